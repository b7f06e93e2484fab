"""The reader's comforts: scripts that remember level, progress, answers and place, in the browser only.

reader.js is the memory. Where the browser has none for us, and without scripts, the pages are as they are.
"""

from __future__ import annotations

from docutils import nodes
from page_scripts import load_where_needed
from reading_time import CHAPTERS
from sphinx.application import Sphinx

EVERYWHERE = ("reading_level.js", "read_marks.js")
IN_CHAPTERS = ("quiz_scores.js", "resume.js")
ON_THE_LANDING_PAGE = ("quiz_scores.js", "progress.js")


def scripts_of(app: Sphinx, page: str, doctree: nodes.document | None) -> tuple[str, ...]:
    """Name the scripts of a page beside those of all.

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
    tuple of str
        The scripts.
    """
    if page == app.config.root_doc:
        return ON_THE_LANDING_PAGE
    return IN_CHAPTERS if page.startswith(CHAPTERS) else ()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the scripts; the memory comes before those that use it."""
    app.add_js_file("reader.js", loading_method="defer", priority=400)
    for script in EVERYWHERE:
        app.add_js_file(script, loading_method="defer")
    load_where_needed(app, scripts_of)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
