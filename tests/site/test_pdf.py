"""The book in one PDF: everything that the website has is in it once, and two of its pages are printed."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pdf
import pytest
import toc
from bs4 import BeautifulSoup

PARTS = {"": ["book/index"], "A part": ["chapters/03_derivation"], "Another": ["book/notation"]}


@pytest.fixture(scope="module")
def book(site):
    return BeautifulSoup(pdf.assemble(site, toc.parts()), "html.parser")


def test_every_page_is_in_the_book_in_order(book):
    pages = [page for pages in toc.parts().values() for page in pages]
    assert [article["id"] for article in book.find_all("article")] == [pdf.anchor(page) for page in pages]
    entries = [entry["href"] for entry in book.select(".book-contents a")]
    assert entries == [f"#{pdf.anchor(page)}" for page in pages]
    assert [part.text for part in book.select("h1.part")] == [title for title in toc.parts() if title]


def test_ids_are_unique_and_links_lead_somewhere(book):
    ids = Counter(tag["id"] for tag in book.find_all(id=True))
    assert not [name for name, count in ids.items() if count > 1]
    links = [link["href"] for link in book.select("a[href]")]
    assert not [link for link in links if link.startswith("#") and link[1:] not in ids]
    assert {urlsplit(link).scheme for link in links} <= {"", "http", "https"}
    assert all(link.startswith("#") for link in links if not urlsplit(link).scheme)
    assert sum(link.startswith("#") for link in links) > 1000


def test_styles_scripts_and_pictures_are_there(book):
    used = [tag.get("src") or tag["href"] for tag in book.select("img, script[src], link")]
    assert not [url for url in used if not Path(unquote(urlsplit(url).path)).exists()]
    assert {urlsplit(url).scheme for url in used} == {"file"}


def test_nothing_is_folded_or_waits_for_a_click(book):
    assert all("open" in details.attrs for details in book.find_all("details"))
    assert not book.select("form, input, button, .headerlink, .quiz-live")
    assert book.select(".quiz-why") and book.select("details")


def test_print(site, page, tmp_path):
    whole = tmp_path / "book.html"
    whole.write_text(pdf.assemble(site, PARTS), "utf8")
    printed = pdf.print_book(page, whole.as_uri())
    assert not page.locator(".math:not(:has(mjx-container))").count()
    assert page.locator(".explorable-stage svg").count() == page.locator("[data-explorable]").count() == 2
    assert page.evaluate("[...document.images].every(image => image.naturalWidth)")
    numbers = pdf.page_numbers(printed)
    begins = [numbers[pdf.anchor(name)] for names in PARTS.values() for name in names]
    shown = [int(text) for text in page.locator(".book-contents .page-number").all_text_contents()]
    assert shown == begins
    assert begins[0] == 3  # after the title and the contents
    assert begins[1] + 10 < begins[2]  # a long chapter
    assert printed.count(b"/Type /Page\n") >= begins[2]
    outline = re.findall(rb"/Title \(([^)]*)\)", printed)
    for heading in ("A part", "Another", "Notation", "Derive the soft threshold by hand", "Solutions"):
        assert heading.encode() in outline, outline
