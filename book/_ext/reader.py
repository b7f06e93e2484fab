"""The reader's comforts: scripts that remember level, progress, answers and place, in the browser only.

reader.js is the memory. Where the browser has none for us, and without scripts, the pages are as they are.
"""

from __future__ import annotations

from docutils import nodes
from reading_time import CHAPTERS
from sphinx.application import Sphinx

EVERYWHERE = ("reading_level.js", "read_marks.js")
IN_CHAPTERS = ("quiz_scores.js", "resume.js")
ON_THE_LANDING_PAGE = ("quiz_scores.js", "progress.js")


def add_scripts(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Load the scripts on the pages that need them.

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
    scripts = IN_CHAPTERS if page.startswith(CHAPTERS) else ()
    scripts = ON_THE_LANDING_PAGE if page == app.config.root_doc else scripts
    for script in scripts:
        app.add_js_file(script, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the scripts; the memory comes before those that use it."""
    app.add_js_file("reader.js", loading_method="defer", priority=400)
    for script in EVERYWHERE:
        app.add_js_file(script, loading_method="defer")
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
