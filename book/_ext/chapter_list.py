"""The directive ``chapter-list``: the parts and chapters of the table of contents, with reading times."""

from __future__ import annotations

import toc
from claims import link, stem_of
from docutils import nodes
from html_node import html, html_node
from reading_time import CHAPTERS
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class ChapterListDirective(SphinxDirective):
    """List the chapters by parts; progress.js adds what the reader has done."""

    def run(self) -> list[nodes.Node]:
        """Render a heading and a list for each part that has chapters."""
        self.env.note_dependency(str(toc.TOC))
        items: list[nodes.Node] = []
        for title, pages in toc.parts().items():
            if chapters := [page for page in pages if page.startswith(CHAPTERS)]:
                items += [html("h3", title), html("ol", *map(self._item, chapters))]
        return [html("div", *items, class_="chapter-list")]

    def _item(self, page: str) -> nodes.Element:
        stem = stem_of(page)
        title = link(self.env.docname, f"/{page}", kind="doc")
        time = html("span", class_="reading-time", data_page=page)
        number = {"value": str(int(stem[:2]))} if stem[:2].isdigit() else {}
        return html("li", title, nodes.Text(" "), time, data_chapter=stem, **number)


def fill_in_times(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write the reading times, which are known when all pages have been read.

    Parameters
    ----------
    app : Sphinx
        The application.
    doctree : nodes.document
        The page.
    docname : str
        Sphinx's name of it.
    """
    for node in doctree.findall(html_node):
        if page := node["attributes"].get("data-page"):
            node += nodes.Text(f"{app.env.metadata[page]['reading_minutes']} minutes")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.setup_extension("claims")
    app.setup_extension("reading_time")
    app.add_directive("chapter-list", ChapterListDirective)
    app.connect("doctree-resolved", fill_in_times)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
