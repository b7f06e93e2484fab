"""Keep the site self-contained: a page fetches nothing from elsewhere."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx


def drop_thebe(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Leave out Thebe, which Jupyter Book always adds, and which loads itself from unpkg.com.

    Its inline script also declares the same constants twice, an error in the console of every page.

    Parameters
    ----------
    app : Sphinx
        The application.
    page, template : str
        The page and its template.
    context : dict
        What the template is given; its ``script_files`` are changed.
    doctree : nodes.document or None
        The page's contents.
    """
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if "THEBE_JS_URL" not in (getattr(script, "attributes", {}).get("body") or "")
        and "sphinx-thebe" not in str(script)
    ]


def setup(app: Sphinx) -> dict[str, bool]:
    """Filter late, when all extensions have added their scripts."""
    app.connect("html-page-context", drop_thebe, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
