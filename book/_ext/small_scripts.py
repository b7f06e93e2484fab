"""Store the book's own scripts without comments and spaces: a page should be light."""

from __future__ import annotations

from pathlib import Path

from rjsmin import jsmin
from sphinx.application import Sphinx

SCRIPTS = Path(__file__).resolve().parents[1] / "_static"


def shrink(app: Sphinx, error: Exception | None) -> None:
    """Replace our scripts on the site; those of others are left as they are.

    Parameters
    ----------
    app : Sphinx
        The application.
    error : Exception or None
        What stopped the build, if anything did.
    """
    if error or app.builder.format != "html":
        return
    for source in SCRIPTS.rglob("*.js"):
        built = Path(app.outdir, "_static", source.relative_to(SCRIPTS))
        built.write_text(jsmin(source.read_text("utf8")), "utf8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Wait until all scripts are copied."""
    app.connect("build-finished", shrink)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
