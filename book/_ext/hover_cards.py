"""Hover cards: what a link inside the book leads to, shown beside the link.

Each page gets a script ``_static/cards/<page>.js`` with the cards of its links, because a page opened from
disk may not fetch other pages. hover_cards.js shows them.
"""

from __future__ import annotations

import json
import posixpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from page_scripts import load_where_needed
from sphinx.application import Sphinx

WHOLE = (
    "figure, div.math, div.proof, div.exercise, div.citation"  # shown as they are; see `card` for the rest
)
OMITTED = "script, form, button, .headerlink, .backrefs, .viewcode-link, .term-level"


class Pages:
    """The built pages: what a link on one of them leads to.

    Parameters
    ----------
    html : dict of str to str
        The HTML of each page by Sphinx's name of it.
    """

    def __init__(self, html: dict[str, str]) -> None:
        self.contents = {
            page: BeautifulSoup(text, "html.parser").find("article") for page, text in html.items()
        }
        self.targets = {
            page: {tag["id"]: tag for tag in article.find_all(id=True)}
            for page, article in self.contents.items()
            if article
        }

    def cards(self, page: str) -> dict[str, str]:
        """Make the cards of a page.

        Parameters
        ----------
        page : str
            Sphinx's name of the page.

        Returns
        -------
        dict of str to str
            The card of each link that has one, by the link's ``href``.
        """
        links = self.contents[page].select("a[href]:not(.headerlink)") if self.contents[page] else []
        found = {link["href"]: self.card(page, link["href"]) for link in links}
        return {href: text for href, text in sorted(found.items()) if text}

    def card(self, page: str, href: str) -> str | None:
        """Make the card of a link.

        Parameters
        ----------
        page, href : str
            The page the link is on and where it leads.

        Returns
        -------
        str or None
            HTML without ids and links; None if the link does not lead to something worth a card.
        """
        url = urlsplit(href)
        if url.scheme or url.netloc or not url.fragment:
            return None
        other = (
            posixpath.normpath(posixpath.join(posixpath.dirname(page), url.path))[:-5] if url.path else page
        )
        target = self.targets.get(other, {}).get(unquote(url.fragment))
        if target is None:
            return None
        if "claim" in target.get("class", []):  # the mark of a claim: show what its own link leads to
            return self.card(other, target.a["href"])
        if target.name == "tr":
            parts = target.select(".claim-sentence, .claim-verdict")
        elif target.name == "dt":
            definition = target.find_next_sibling("dd")
            parts = [
                target,
                *(definition.find_all(["p", "div"], recursive=False, limit=2) if definition else []),
            ]
        elif target.css.match(WHOLE):
            parts = [target]
        else:
            return None
        return shown(
            parts, posixpath.relpath(posixpath.dirname(other) or ".", posixpath.dirname(page) or ".")
        )


def shown(parts: list[Tag], folder: str) -> str:
    """Copy elements for a card.

    Parameters
    ----------
    parts : list of Tag
        What the card shows.
    folder : str
        The way from the page with the card to the folder of the page with the elements.

    Returns
    -------
    str
        HTML without ids, links and controls; images are found from the page with the card.
    """
    copies = (
        f"<div>{tag.decode_contents()}</div>" if tag.name in ("td", "dt") else str(tag) for tag in parts
    )
    soup = BeautifulSoup("".join(copies), "html.parser")
    for tag in soup.select(OMITTED):
        tag.decompose()
    for tag in soup.find_all("a"):
        tag.unwrap()
    for tag in soup.find_all(True):
        tag.attrs.pop("id", None)
        if tag.name == "img":
            tag["src"] = posixpath.normpath(posixpath.join(folder, tag["src"]))
    return str(soup)


def write_cards(app: Sphinx, exception: Exception | None) -> None:
    """Write the cards when all pages are written.

    Parameters
    ----------
    app : Sphinx
        The application.
    exception : Exception or None
        What stopped the build, if anything did.
    """
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir)
    pages = Pages({page: (folder / f"{page}.html").read_text("utf8") for page in app.env.found_docs})
    for page in app.env.found_docs:
        script = folder / "_static" / "cards" / f"{page}.js"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(f"window.hoverCards = {json.dumps(pages.cards(page))};\n", "utf8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the scripts; MathJax goes on every page, since any page may show a card with a formula."""
    app.set_html_assets_policy("always")
    app.add_js_file("hover_cards.js", loading_method="defer")
    load_where_needed(app, lambda app, page, doctree: [f"cards/{page}.js"] if doctree else [])
    app.connect("build-finished", write_cards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
