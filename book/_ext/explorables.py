"""The directive ``explorable``: a picture that the reader moves, computed by the book's own kernels."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from html_node import html, html_node
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


def add_scripts(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Load the scripts on the pages that need them, data before what draws them.

    Parameters
    ----------
    app : Sphinx
        The application.
    page, template : str
        The page and its template.
    context : dict
        What the template is given.
    doctree : nodes.document or None
        The page's contents.
    """
    found = doctree.findall(html_node) if doctree else ()
    names = {node["attributes"].get("data-explorable"): None for node in found}
    names.pop(None, None)
    own = [f"{name}{part}.js" for name in names for part in ("-data", "")]
    own = [f"explorables/{script}" for script in own if (SCRIPTS / script).exists()]
    for script in (*SHARED, *own) if names else ():
        app.add_js_file(script, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.setup_extension("html_node")
    app.add_directive("explorable", ExplorableDirective)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
