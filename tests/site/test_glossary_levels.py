"""Every term of the glossary has a level, which page and links show; the build warns where one is missing."""

import re
from io import StringIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from glossary_levels import LEVELS
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

SOURCE = Path(__file__).resolve().parents[2] / "book" / "glossary.md"
PAGE = """# Words

See {{term}}`rent` and [the other](#term-knot).

:::{{glossary}}
rent : beginner
  What a coefficient pays.

knot{level}
  Where the path turns.
:::
"""


def build(folder, level):
    """A book of one page; returns the page and the warnings."""
    source = folder / "source"
    source.mkdir()
    (source / "index.md").write_text(PAGE.format(level=level))
    warnings = StringIO()
    settings = {
        "extensions": ["myst_parser", "glossary_levels"],
        "myst_enable_extensions": ["colon_fence"],
        "suppress_warnings": ["myst.xref_missing"],
    }
    with docutils_namespace():
        app = Sphinx(
            source, None, folder / "html", folder / "trees", "html", settings, status=None, warning=warnings
        )
        app.build()
    index = BeautifulSoup((folder / "html" / "genindex.html").read_text("utf8"), "html.parser")
    assert [heading.text for heading in index.select("h2")] == ["K", "R"]  # not by level
    return BeautifulSoup(
        (folder / "html" / "index.html").read_text("utf8"), "html.parser"
    ), warnings.getvalue()


def test_levels(tmp_path):
    page, warnings = build(tmp_path, " : expert")
    assert not warnings
    assert [dt["class"] for dt in page.select("dt")] == [["level-beginner"], ["level-expert"]]
    assert [dt.select_one(".term-level").text.strip() for dt in page.select("dt")] == ["beginner", "expert"]
    assert "level-beginner" in page.select_one("p a[href='#term-rent']")["class"]
    assert "level-expert" in page.select_one("p a[href='#term-knot']")["class"]


@pytest.mark.parametrize("level", ["", " : first"])
def test_a_term_without_a_level_is_a_warning(tmp_path, level):
    page, warnings = build(tmp_path, level)
    assert re.search(r"index\.md:5: WARNING: glossary: a term needs a level: 'knot : beginner'", warnings)
    assert page.select_one("#term-knot") and not page.select_one("#term-knot .term-level")


def test_the_books_glossary(site):
    """Each level is used, and every link to a term from anywhere has the term's level."""
    page = BeautifulSoup((site / "book" / "glossary.html").read_text("utf8"), "html.parser")
    source = SOURCE.read_text("utf8")
    levels = {}
    for term in page.select("dl.glossary > dt"):
        level = term.select_one(".term-level").extract().text.strip()
        term.select_one(".headerlink").extract()
        assert f"\n{term.text} : {level}\n" in source
        assert term["class"] == [f"level-{level}"]
        levels[term["id"]] = level
    assert set(levels.values()) == set(LEVELS)
    links = 0
    for path in (site / "chapters").glob("*.html"):
        for link in BeautifulSoup(path.read_text("utf8"), "html.parser").select("article a[href*='#term-']"):
            assert f"level-{levels[link['href'].partition('#')[2]]}" in link["class"]
            links += 1
    assert links > 100
