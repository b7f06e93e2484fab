from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from claims import COLUMNS, LEDGER, VERDICTS, ClaimsError, chapter_title, read_claims

ROW = "A-001,A,Opening,Rent shrinks.,imprecise,03_derivation,claim-a-001"


def ledger(folder: Path, *rows: str, head: str = ",".join(COLUMNS)) -> Path:
    path = folder / "claims.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def test_claim(tmp_path):
    claim = read_claims(ledger(tmp_path, ROW))["A-001"]
    assert (claim.claim, claim.verdict, claim.settled) == ("Rent shrinks.", "imprecise", True)
    assert (claim.mark, claim.row) == ("claim-a-001", "ledger-a-001")
    assert not read_claims(ledger(tmp_path, ROW.replace(",claim-a-001", ",")))["A-001"].settled


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([ROW, ROW], "A-001 is given twice"),
        ([ROW.replace("imprecise", "vague")], "A-001: unknown verdict 'vague'"),
        ([ROW.replace("Rent shrinks.", "")], "A-001: no claim"),
        ([ROW.replace("03_derivation", "")], "A-001: no chapter"),
    ],
)
def test_problems(tmp_path, rows, problem):
    with pytest.raises(ClaimsError, match=problem):
        read_claims(ledger(tmp_path, *rows))


def test_columns(tmp_path):
    with pytest.raises(ClaimsError, match="the columns are"):
        read_claims(ledger(tmp_path, ROW, head="id,claim"))


def test_chapter_title():
    assert chapter_title("09_ista") == "9 Ista"
    assert chapter_title("14_cross_validation") == "14 Cross validation"


def test_ledger_page_counts(site):
    """The page says of every claim what the file says, and its summary adds up."""
    claims = read_claims(LEDGER).values()
    page = BeautifulSoup((site / "book" / "claims.html").read_text("utf8"), "html.parser")
    rows = page.select("table.ledger tbody tr")
    assert [row["id"] for row in rows] == [claim.row for claim in claims]
    assert [row["data-verdict"] for row in rows] == [claim.verdict for claim in claims]
    for row, claim in zip(rows, claims, strict=True):
        assert ("not settled yet" in row.text) != claim.settled
    totals, settled = Counter(c.verdict for c in claims), Counter(c.verdict for c in claims if c.settled)
    summary = [
        [int(cell.text) for cell in row.select("td")] for row in page.select(".ledger-summary tbody tr")
    ]
    assert summary == [[totals[v], settled[v]] for v in VERDICTS] + [[totals.total(), settled.total()]]
