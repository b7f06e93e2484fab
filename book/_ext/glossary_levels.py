"""Reading levels in the glossary: ``term : level``, where readers up to that level may need the definition.

A link to a term carries the term's level as a class, ``level-expert``. reading_level.js lets the reader
choose a level, and hover_cards.js then shows no cards for the terms below it.
"""

from __future__ import annotations

from docutils import nodes
from html_node import html
from page_scripts import load_where_needed
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.std import Glossary
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
LEVELS = ("beginner", "intermediate", "expert")


class LevelledGlossary(Glossary):
    """Sphinx's glossary, in which the word after the colon is a level."""

    def run(self) -> list[nodes.Node]:
        """Render the filter, which glossary_filter.js shows, and the terms with their levels beside them."""
        found = super().run()
        for node in found:
            for term in node.findall(nodes.term):
                self._level(term)
        return [self._filter(), *found]

    def _level(self, term: nodes.term) -> None:
        """Move the level from where Sphinx puts it, which is the term's heading in the index."""
        index = term.next_node(addnodes.index)
        *entry, level = index["entries"][0]
        index["entries"] = [(*entry, None)]
        if level not in LEVELS:
            wanted = ", ".join(f"'{term.astext()} : {name}'" for name in LEVELS)
            LOGGER.warning("glossary: a term needs a level: %s", wanted, location=self.get_location())
            return
        term["classes"].append(f"level-{level}")
        term += html("span", f" {level}", class_="term-level")
        self.env.metadata[self.env.docname].setdefault("term_levels", {})[term["ids"][0]] = level

    def _filter(self) -> nodes.Element:
        options = (html("option", name, value=name) for name in LEVELS)
        choice = html("select", html("option", "all", value=""), *options, name="level")
        status = html("p", role="status")
        return html("form", html("label", "Level", choice), status, class_="glossary-filter", hidden="hidden")


def mark_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give every link to a term the class of the term's level.

    Parameters
    ----------
    app : Sphinx
        The application.
    doctree : nodes.document
        The page, links resolved.
    docname : str
        Sphinx's name of it.
    """
    levels = {
        anchor: level
        for page in app.env.metadata.values()
        for anchor, level in page.get("term_levels", {}).items()
    }
    for reference in doctree.findall(nodes.reference):
        anchor = reference.get("refid") or reference.get("refuri", "").rpartition("#")[2]
        if anchor in levels:
            reference["classes"].append(f"level-{levels[anchor]}")


def setup(app: Sphinx) -> dict[str, bool]:
    """Take the place of Sphinx's glossary."""
    app.setup_extension("html_node")
    app.add_directive_to_domain("std", "glossary", LevelledGlossary, override=True)
    app.connect("doctree-resolved", mark_links)
    load_where_needed(
        app, lambda app, page, _: ["glossary_filter.js"] * ("term_levels" in app.env.metadata.get(page, ()))
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
