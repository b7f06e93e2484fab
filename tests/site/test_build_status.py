import json

import toc
from bs4 import BeautifulSoup
from build_status import RUN_TIMES, count_asserts
from claims import read_claims


def test_count_asserts():
    assert count_asserts("assert a  # assert b\nfor k in x:\n    assert k, 'assert'") == 2


def test_page_adds_up(site):
    """The page has every chapter, its claims are the ledger's, and the last line is the sum."""
    page = BeautifulSoup((site / "book" / "status.html").read_text("utf8"), "html.parser")
    lines = [
        [cell.text.replace(",", "") for cell in row("td")] for row in page.select(".build-status tbody tr")
    ]
    chapters = [name.rpartition("/")[2] for name in toc.pages() if toc.notebook(name)]
    times = json.loads(RUN_TIMES.read_text("utf8"))
    settled = [claim.chapter for claim in read_claims().values() if claim.settled]
    assert [line[2] for line in lines[:-1]] == [str(settled.count(name)) for name in chapters]
    assert [float(line[3]) for line in lines[:-1]] == [times[name]["seconds"] for name in chapters]
    columns = zip(*lines, strict=True)
    assert all(abs(sum(map(float, rest)) - float(total)) < 0.01 for *rest, total in columns)
    assert all(int(cells) > 0 and int(asserts) > 0 for cells, asserts, *_ in lines)
