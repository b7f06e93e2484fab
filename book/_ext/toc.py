"""The table of contents as ``_toc.yml`` has it, for all that goes through the book in its order."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
TOC = ROOT / "_toc.yml"


def parts() -> dict[str, list[str]]:
    """Read the parts of the book.

    Returns
    -------
    dict of str to list of str
        The pages of each part by its title, in the book's order; the front page first, without a title.
    """
    toc = yaml.safe_load(TOC.read_text("utf8"))
    titled = {part["caption"]: [chapter["file"] for chapter in part["chapters"]] for part in toc["parts"]}
    return {"": [toc["root"]]} | titled


def pages() -> list[str]:
    """List the pages of the book.

    Returns
    -------
    list of str
        Their names, in the book's order.
    """
    return [page for members in parts().values() for page in members]


def notebook(page: str) -> Path | None:
    """Find the notebook of a page.

    Parameters
    ----------
    page : str
        The page's name in the table of contents.

    Returns
    -------
    Path or None
        The notebook's file; None if the page is not a notebook.
    """
    path = ROOT / f"{page}.ipynb"
    return path if path.exists() else None
