"""How long a chapter takes to read: what is counted, the rule, and that the pages state both."""

import doctest
import re
from collections import Counter
from pathlib import Path

import pytest
import reading_time
import toc
from bs4 import BeautifulSoup
from docutils import nodes
from html_node import html
from reading_time import SECONDS, WORDS_PER_MINUTE, contents, minutes
from sphinx_exercise.nodes import exercise_enumerable_node, solution_node

ROOT = Path(__file__).resolve().parents[2]


def paragraph(*children):
    return nodes.paragraph("", "", *children)


def cell(code, *outputs, tags=()):
    source = nodes.container("", nodes.literal_block(code, code), nb_element="cell_code_source")
    return nodes.container("", source, *outputs, classes=["cell", *tags], nb_element="cell_code")


WORDS = paragraph(nodes.Text("Four words stand here."))
FIGURE = nodes.figure("", nodes.caption("", "How to read it"))
PRINTED = nodes.literal_block("1.0\n2.0", "1.0\n2.0", classes=["output", "stream"])


@pytest.mark.parametrize(
    ("node", "counted"),
    [
        (WORDS, {"words": 4}),
        (paragraph(nodes.Text("so "), nodes.math("", "a + b"), nodes.Text(" is")), {"words": 3}),
        (nodes.math_block("", "a = b + c"), {"formulas": 1}),
        (cell("x = 1\n\nprint(x)\n", PRINTED), {"lines of code": 2}),
        (cell("x = 1\nprint(x)", PRINTED, tags=["tag_hide-input"]), {}),
        (cell("plot()", FIGURE), {"lines of code": 1, "words": 4}),
        (exercise_enumerable_node("", WORDS.deepcopy()), {"tasks": 1}),
        (html("fieldset", html("legend", "What is left?"), class_="quiz"), {"tasks": 1}),
        (solution_node("", WORDS.deepcopy()), {}),
        (nodes.admonition("", WORDS.deepcopy(), classes=["dropdown"]), {}),
        (nodes.container("", WORDS.deepcopy(), design_component="dropdown"), {}),
        (html("table", html("td", "Rent shrinks.")), {}),
        (nodes.comment("", "not shown"), {}),
    ],
)
def test_contents(node, counted):
    assert contents(nodes.section("", node, WORDS.deepcopy())) == Counter(counted) + Counter(words=4)


def test_rule():
    assert doctest.testmod(reading_time).failed == 0
    assert minutes(Counter()) == 1
    assert minutes(Counter(words=10 * WORDS_PER_MINUTE)) == 10
    for kind, seconds in SECONDS.items():
        assert minutes(Counter({kind: 60})) == seconds


def test_the_rule_is_stated():
    text = " ".join((ROOT / "book" / "how_to_read.md").read_text("utf8").split())
    rule = (
        f"{WORDS_PER_MINUTE} words a minute, {SECONDS['formulas']} seconds for a displayed formula, "
        f"{SECONDS['lines of code']} for a line of code, {SECONDS['tasks']} for a quiz or an exercise."
    )
    assert rule in text


def test_pages_agree(site):
    """Every chapter says both times, the shorter is for reading, and the landing page repeats it."""
    index = BeautifulSoup((site / "book" / "index.html").read_text("utf8"), "html.parser")
    items = index.select(".chapter-list li")
    chapters = [page.removeprefix("chapters/") for page in toc.pages() if page.startswith("chapters/")]
    assert [item["data-chapter"] for item in items] == chapters
    for item in items:
        assert int(item["value"]) == int(item["data-chapter"][:2])
        page = site / "chapters" / f"{item['data-chapter']}.html"
        soup = BeautifulSoup(page.read_text("utf8"), "html.parser")
        said = soup.select_one("h1 + .reading-time").text
        pattern = r"([\d,]+) words, about (\d+) minutes to read; (\d+) to work through\."
        words, reading, working = re.fullmatch(pattern, said).groups()
        assert item.select_one(".reading-time").text == f"{reading} minutes"
        assert any(p.text.startswith(f"{working} minutes. Level:") for p in soup.select("article p"))
        assert 1000 < int(words.replace(",", "")) < 5000 and int(reading) < int(working)
