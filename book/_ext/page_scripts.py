"""Scripts that only some pages load."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from docutils import nodes
from sphinx.application import Sphinx


def load_where_needed(
    app: Sphinx, choose: Callable[[Sphinx, str, nodes.document | None], Iterable[str]]
) -> None:
    """Load scripts on the pages that need them.

    Parameters
    ----------
    app : Sphinx
        The application.
    choose : callable
        Names a page's scripts, in order, given the application, Sphinx's name of the page and its contents,
        which are None for pages that Sphinx makes, such as the search.
    """

    def add(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
        for script in choose(app, page, doctree):
            app.add_js_file(script, loading_method="defer")

    app.connect("html-page-context", add)
