"""The directives ``figure-index`` and ``explorable-index``: all figures of the book, and those that move."""

from __future__ import annotations

import re
from collections.abc import Iterator

import toc
from docutils import nodes
from html_node import html, html_node
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

OTHER_PAGES = "Outside the chapters"


class figure_list(nodes.General, nodes.Element):
    """Keeps the place of the list of the figures on its ``pages`` until all pages are read."""


class explorable_list(nodes.General, nodes.Element):
    """Keeps the place of the list of the explorables on its ``pages`` until all pages are read."""


class FigureIndex(SphinxDirective):
    """A section for each part with chapters, and one for all pages that are not chapters."""

    def run(self) -> list[nodes.Node]:
        """Lay out the sections."""
        self.env.note_dependency(str(toc.TOC))
        sections: dict[str, list[str]] = {OTHER_PAGES: []}
        for title, pages in toc.parts().items():
            has_chapters = any(map(toc.notebook, pages))
            sections.setdefault(title if has_chapters else OTHER_PAGES, []).extend(pages)
        return [self._section(title, pages) for title, pages in sections.items()]

    def _section(self, title: str, pages: list[str]) -> nodes.section:
        section = nodes.section("", nodes.title("", title), figure_list(pages=pages), names=[title.lower()])
        self.state.document.note_implicit_target(section)
        return section


class ExplorableIndex(SphinxDirective):
    """The explorables in the order of the book."""

    def run(self) -> list[nodes.Node]:
        """Keep the place."""
        self.env.note_dependency(str(toc.TOC))
        return [explorable_list(pages=toc.pages())]


class FillIndex(SphinxPostTransform):
    """Replace the places by the lists."""

    default_priority = 5  # before references are resolved, since captions hold some

    def run(self) -> None:
        """Fill the page."""
        for place in list(self.document.findall(figure_list)):
            place.replace_self([node for page in place["pages"] for node in self._figures(page)])
        for place in list(self.document.findall(explorable_list)):
            place.replace_self(html("ul", *self._explorables(place["pages"]), class_="explorable-index"))

    def _figures(self, page: str) -> list[nodes.Node]:
        """List the figures of a page under its title."""
        numbers = self.env.toc_fignumbers.get(page, {}).get("figure", {})
        figures = [f for f in self.env.get_doctree(page).findall(nodes.figure) if f["ids"][0] in numbers]
        entries = [self._figure(page, figure, numbers[figure["ids"][0]]) for figure in figures]
        heading = html("h3", self._link(page, "", self.env.titles[page].astext()), class_="figure-chapter")
        return [heading, html("ul", *entries, class_="figure-index")] if entries else []

    def _figure(self, page: str, figure: nodes.figure, number: tuple[int, ...]) -> nodes.Node:
        image = next(figure.findall(nodes.image))
        picture = nodes.image(**{key: image[key] for key in ("uri", "candidates", "alt")}, loading="lazy")
        label = self.config.numfig_format["figure"] % ".".join(map(str, number))
        caption = next(figure.findall(nodes.caption))
        message = html("span", *first_sentence(copies(caption, self.env.docname)))
        return html("li", picture, html("p", self._link(page, figure["ids"][0], label), " ", message))

    def _explorables(self, pages: list[str]) -> Iterator[nodes.Node]:
        """List each explorable where it is first met: the gallery repeats them."""
        seen = set()
        for page in pages:
            for node in self.env.get_doctree(page).findall(html_node):
                name = node["attributes"].get("data-explorable")
                if name is None or name in seen:
                    continue
                seen.add(name)
                title, question = node.children[:2]
                name = self._link(page, node["ids"][0], title.astext())
                place = html("span", " In ", self._link(page, "", self.env.titles[page].astext()), ".")
                yield html("li", name, ": ", *copies(question, self.env.docname), place)

    def _link(self, page: str, anchor: str, text: str) -> nodes.reference:
        uri = self.app.builder.get_relative_uri(self.env.docname, page) + (anchor and f"#{anchor}")
        return nodes.reference("", text, refuri=uri, internal=True)


def copies(text: nodes.Element, docname: str) -> list[nodes.Node]:
    """Copy what is in a paragraph to another page.

    Parameters
    ----------
    text : nodes.Element
        The paragraph, its references not resolved yet.
    docname : str
        The other page.

    Returns
    -------
    list of nodes.Node
        The copies.
    """
    copy = text.deepcopy()
    for reference in copy.findall(pending_xref):
        reference["refdoc"] = docname
    return copy.children


def first_sentence(text: list[nodes.Node]) -> list[nodes.Node]:
    """Take the first sentence of a text, without citations: their sources stand in the caption.

    Parameters
    ----------
    text : list of nodes.Node
        The text.

    Returns
    -------
    list of nodes.Node
        The sentence.
    """
    found: list[nodes.Node] = []
    for node in text:
        if any(reference["refdomain"] == "cite" for reference in node.findall(pending_xref)):
            found[-1] = nodes.Text(found[-1].rstrip())  # the space before it
        elif isinstance(node, nodes.Text) and (sentence := re.match(r".*?[.!?](?=\s)", node, re.DOTALL)):
            return [*found, nodes.Text(sentence[0])]
        else:
            found.append(node)
    return found


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.setup_extension("html_node")
    app.add_node(figure_list)
    app.add_node(explorable_list)
    app.add_directive("figure-index", FigureIndex)
    app.add_directive("explorable-index", ExplorableIndex)
    app.add_post_transform(FillIndex)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
