"""The directive ``explorable``: a picture that the reader moves, computed by the book's own kernels."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from html_node import html, html_node
from page_scripts import load_where_needed
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

PREFIX = "explorable-"
#: With scripts, these are loaded by the pages that have an explorable, before the explorables' own.
SHARED = ("kernels.js", "explorable.js")
SCRIPTS = Path(__file__).resolve().parents[1] / "_static" / "explorables"


class ExplorableDirective(SphinxDirective):
    """A title, an empty stage that the script fills, and the text around it; without scripts only the text.

    The option ``name`` is ``explorable-`` and the name of the script in ``_static/explorables``.
    """

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"name": str}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Render the frame; the first paragraph, a question, comes before the stage."""
        name = self.options.get("name", "")
        if not name.startswith(PREFIX):
            raise self.error(f"an explorable needs a :name: that begins with {PREFIX}")
        text = nodes.container()
        text.document = self.state.document
        self.state.nested_parse(self.content, self.content_offset, text)
        title = html("p", self.arguments[0], class_="explorable-title", ids=f"{name}-title")
        stage = html("div", class_="explorable-stage")
        section = html(
            "section", title, *text.children[:1], stage, *text.children[1:], ids=name, class_="explorable",
            data_explorable=name.removeprefix(PREFIX), aria_labelledby=f"{name}-title",
        )  # fmt: skip
        return [section]


def scripts_of(app: Sphinx, page: str, doctree: nodes.document | None) -> list[str]:
    """Name the scripts of a page, data before what draws them.

    Parameters
    ----------
    app : Sphinx
        The application.
    page : str
        The page.
    doctree : nodes.document or None
        Its contents.

    Returns
    -------
    list of str
        The scripts; none without an explorable.
    """
    found = doctree.findall(html_node) if doctree else ()
    names = {node["attributes"].get("data-explorable"): None for node in found}
    names.pop(None, None)
    own = [f"{name}{part}.js" for name in names for part in ("-data", "")]
    own = [f"explorables/{script}" for script in own if (SCRIPTS / script).exists()]
    return [*SHARED, *own] if names else []


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.setup_extension("html_node")
    app.add_directive("explorable", ExplorableDirective)
    load_where_needed(app, scripts_of)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
