"""Print the built website as one PDF: ``python book/pdf.py``.

The pages are put into one in the book's order, so that figures, numbers and links are the website's. Chromium
cannot write page numbers into a table of contents. So the book is printed twice, and the first print says on
which page each chapter begins.
"""

from __future__ import annotations

import posixpath
import re
import sys
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import chromium
import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
import toc  # noqa: E402

SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "lasso.pdf"
WIDTH = 650  # of a page without its margins, in pixels: explorables draw themselves to it
# What a page is shown with; other scripts are for readers who can click.
SCRIPTS = ("mathjax/", "kernels.js", "explorable.js", "explorables/")
OMITTED = "script, form, input, .headerlink"
# Ink-coloured parts of code: a tagged PDF describes every part, and these would be half of the file.
UNCOLOURED = {"", "n", "nn", "o", "p", "w"}
FRONT = "About this book"  # the title of the front page, whose own is the book's
TYPESET = "() => window.MathJax && MathJax.startup && MathJax.startup.promise.then(() => true)"
DRAWN = """() => [...document.querySelectorAll("[data-explorable]")].every(
    (section) => section.classList.contains("explorable-live"))"""
NUMBER_CONTENTS = """numbers => document.querySelectorAll(".book-contents a").forEach((link) => {
    link.querySelector(".page-number").textContent = numbers[link.getAttribute("href").slice(1)];
})"""
SHELL = """<!DOCTYPE html><html lang="en-GB" data-theme="light"><head><meta charset="utf-8"></head>
<body><div class="bd-main"><div class="bd-content"><div class="bd-article-container"></div></div></div></body>
</html>"""


def anchor(page: str, fragment: str = "") -> str:
    """Name a place of a page in the whole book, where many chapters have a summary.

    Parameters
    ----------
    page : str
        The page's name in the table of contents.
    fragment : str, optional
        The place's id on its page; the page itself without.

    Returns
    -------
    str
        The id.
    """
    return f"{page}-{fragment}".replace("/", "-").rstrip("-")


def assemble(site: Path, parts: dict[str, list[str]]) -> str:
    """Put the pages of the website into one.

    Parameters
    ----------
    site : Path
        The folder of the built website.
    parts : dict of str to list of str
        The pages of each part by its title, as `toc.parts` returns them.

    Returns
    -------
    str
        The page, which finds styles and pictures wherever it is stored.
    """
    book = BeautifulSoup(SHELL, "html.parser")
    place = book.select_one(".bd-article-container")
    contents = book.new_tag("nav", attrs={"class": "book-contents"})
    contents.append(_new(book, "h2", "Contents"))
    place.extend([_title_page(book), contents])
    pages = [page for pages in parts.values() for page in pages]
    head: dict[str, Tag] = {}
    for title, members in parts.items():
        if title:
            contents.append(_new(book, "p", title, class_="part"))
            place.append(_new(book, "h1", title, class_="part"))
        for page in members:
            source = BeautifulSoup((site / f"{page}.html").read_text("utf8"), "html.parser")
            address = f"{site.as_uri()}/{page}.html"
            article = _article(source, page, pages, address)
            if not title:
                article.h2.string = FRONT
            place.append(article)
            entry = _new(book, "a", article.h2.get_text(), href=f"#{anchor(page)}")
            entry.append(_new(book, "span", "", class_="page-number"))
            contents.append(entry)
            head |= {str(tag): tag for tag in _head(source, address)}
    book.head.extend(head.values())
    book.head.append(_new(book, "style", (ROOT / "book" / "pdf.css").read_text("utf8")))
    return str(book)


def _new(book: BeautifulSoup, tag: str, text: str, class_: str = "", **attributes: str) -> Tag:
    element = book.new_tag(tag, attrs=({"class": class_} if class_ else {}) | attributes)
    element.string = text
    return element


def _title_page(book: BeautifulSoup) -> Tag:
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))
    page = book.new_tag("header", attrs={"class": "title-page"})
    page.append(_new(book, "h1", config["title"]))
    page.append(_new(book, "p", config["author"]))
    page.append(_new(book, "p", config["copyright"]))
    page.append(_new(book, "p", "Prose and figures under CC BY 4.0, code under BSD-3-Clause."))
    page.append(_new(book, "p", config["repository"]["url"]))
    book.head.append(_new(book, "title", config["title"]))
    return page


def _head(source: BeautifulSoup, address: str) -> list[Tag]:
    """Choose the styles and scripts of a page; a tag that many pages have is the same on each."""
    chosen = []
    for tag in source.select("link[rel=stylesheet], script"):
        key = "href" if tag.name == "link" else "src"
        if key in tag.attrs:
            if tag.name == "script" and not any(name in tag[key] for name in SCRIPTS):
                continue
            tag[key] = urljoin(address, tag[key])
        elif not (tag.string or "").startswith("window.MathJax"):
            continue
        chosen.append(tag)
    return chosen


def _article(source: BeautifulSoup, page: str, pages: list[str], address: str) -> Tag:
    """Fit the text of a page into the book."""
    article = source.find("article")
    for tag in article.select(OMITTED):
        tag.decompose()
    for heading in article.find_all(re.compile("^h[1-5]$")):
        heading.name = f"h{int(heading.name[1]) + 1}"  # a part is above its chapters
    seen = set()
    for tag in article.find_all(id=True):
        if tag["id"] in seen:
            del tag["id"]  # some extensions repeat them; nothing leads there
            continue
        seen.add(tag["id"])
        tag["id"] = anchor(page, tag["id"])
    article["id"] = anchor(page)
    for tag in article.select("[aria-labelledby]"):
        tag["aria-labelledby"] = anchor(page, tag["aria-labelledby"])
    for details in article.find_all("details"):
        details["open"] = ""
    for token in article.select("pre span"):
        if " ".join(token.get("class", ())) in UNCOLOURED:
            token.unwrap()
    for image in article.find_all("img"):
        image["src"] = urljoin(address, image["src"])
        del image["loading"]
    for link in article.select("a[href]"):
        _redirect(link, page, pages)
    return article


def _redirect(link: Tag, page: str, pages: list[str]) -> None:
    """Let a link lead to its place in the book; one to a page that is not in the book becomes text."""
    url = urlsplit(link["href"])
    if url.scheme:
        return
    path = posixpath.join(posixpath.dirname(page), unquote(url.path)) if url.path else page
    other = posixpath.normpath(path).removesuffix(".html")
    if other in pages:
        link["href"] = f"#{anchor(other, unquote(url.fragment))}"
    else:
        link.unwrap()


def page_numbers(pdf: bytes) -> dict[str, int]:
    """Find the pages that links lead to, in a PDF as Chromium writes it.

    Parameters
    ----------
    pdf : bytes
        The file.

    Returns
    -------
    dict of str to int
        The number of the page, counted from one, by the id of the place.
    """
    found = re.finditer(rb"^(\d+) 0 obj\s(.*?)\sendobj", pdf, re.DOTALL | re.MULTILINE)
    objects = {int(number): text for number, text in (match.groups() for match in found)}
    catalog = next(text for text in objects.values() if b"/Type /Catalog" in text)

    def leaves(number: int) -> list[int]:
        kids = re.search(rb"/Kids \[(.*?)\]", objects[number], re.DOTALL)
        if kids is None:
            return [number]
        return [leaf for kid in re.findall(rb"(\d+) 0 R", kids[1]) for leaf in leaves(int(kid))]

    order = {page: k for k, page in enumerate(leaves(_reference(catalog, b"Pages")), start=1)}
    destinations = re.findall(rb"/(\S+)\s+\[(\d+) 0 R", objects[_reference(catalog, b"Dests")])
    return {name.decode(): order[int(page)] for name, page in destinations}


def _reference(text: bytes, key: bytes) -> int:
    return int(re.search(rb"/" + key + rb" (\d+) 0 R", text)[1])


def print_book(page: Page, address: str) -> bytes:
    """Print the assembled book.

    Parameters
    ----------
    page : Page
        A page of the browser.
    address : str
        Where the book is.

    Returns
    -------
    bytes
        The PDF.
    """
    page.set_viewport_size({"width": WIDTH, "height": 1000})
    page.emulate_media(
        media="print", color_scheme="light", reduced_motion="reduce"
    )  # before maths is measured
    page.goto(address, timeout=0)
    page.wait_for_function(TYPESET, timeout=0)
    page.wait_for_function(DRAWN)
    first = _print(page)
    page.evaluate(NUMBER_CONTENTS, page_numbers(first))
    return _print(page)


def _print(page: Page) -> bytes:
    return page.pdf(prefer_css_page_size=True, outline=True, tagged=True)


def main() -> int:
    """Print the book.

    Returns
    -------
    int
        The exit code, 1 without a browser.
    """
    path = chromium.find()
    if path is None:
        print(chromium.INSTALL, file=sys.stderr)
        return 1
    whole = SITE.with_name("book.html")
    whole.write_text(assemble(SITE, toc.parts()), "utf8")
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright, path)
        TARGET.write_bytes(print_book(browser.new_page(), whole.as_uri()))
        browser.close()
    print(f"The PDF is at {TARGET.as_uri()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
