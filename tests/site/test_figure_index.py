import pytest
import toc
from bs4 import BeautifulSoup
from docutils import nodes
from figure_index import first_sentence
from sphinx.addnodes import pending_xref


@pytest.fixture(scope="module")
def soups(site):
    return {
        page: BeautifulSoup((site / f"{page}.html").read_text("utf8"), "html.parser") for page in toc.pages()
    }


def picture(element):
    return element.img["src"], element.img["alt"]


def test_every_figure_is_listed_once_in_the_order_of_the_book(soups):
    figures = [
        (
            figure.select_one(".caption-number").text.strip(),
            figure["id"],
            figure.img["src"],
            figure.img["alt"],
        )
        for soup in soups.values()
        for figure in soup.select("article figure")
    ]
    listed = [
        (item.a.text, item.a["href"].partition("#")[2], *picture(item))
        for item in soups["book/figures"].select(".figure-index li")
    ]
    assert listed == figures
    assert len(listed) > 50


def test_messages(soups):
    for item in soups["book/figures"].select(".figure-index li"):
        message = item.p.span.text
        assert message.endswith((".", "?", "!")) and " ." not in message, message
        assert item.img["loading"] == "lazy"


def test_every_part_with_chapters_has_a_heading(soups):
    headings = [heading.contents[0] for heading in soups["book/figures"].select("article h2")]
    assert headings[1:-1] == [title for title, pages in toc.parts().items() if any(map(toc.notebook, pages))]


def test_every_explorable_is_listed_once(soups):
    names = {
        section["data-explorable"] for soup in soups.values() for section in soup.select("[data-explorable]")
    }
    links = [item.a["href"] for item in soups["book/figures"].select(".explorable-index li")]
    assert sorted(link.partition("#explorable-")[2] for link in links) == sorted(names)


def test_first_sentence():
    cited = nodes.inline("", "", pending_xref(refdomain="cite"))
    caption = [
        nodes.Text("At 0.5 see "),
        nodes.math("", "w"),
        nodes.Text(" move "),
        cited,
        nodes.Text(". Then rest."),
    ]
    assert "".join(node.astext() for node in first_sentence(caption)) == "At 0.5 see w move."
    assert [node.astext() for node in first_sentence([nodes.Text("One only.")])] == ["One only."]
