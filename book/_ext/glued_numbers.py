"""Numbers in the prose that come from the run.

A code cell records a formatted string, ``glue("loss", f"{x:.3f}", display=False)``, and the prose shows it
as a link, ``[0.250](glue:loss)``. The text of the link is the number, so it reads well wherever the notebook
is opened; ``make notebooks`` writes it, and the build turns the link into plain text and fails when the two
differ.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

import nbformat
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util import logging

RECORD = "application/papermill.record/text/plain"
LINK = re.compile(r"\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\(glue:(?P<key>[^\s()]+)\)")


def recorded(notebook: NotebookNode) -> dict[str, str]:
    """Collect what the notebook's stored outputs record.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook that was run.

    Returns
    -------
    dict of str to str
        The recorded strings by key; a value that is not a string is left out.
    """
    values = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = output.get("data", {}).get(RECORD, "")
            if text.startswith(("'", '"')):  # the repr of a string: a number is not formatted
                values[output.metadata.scrapbook.name] = ast.literal_eval(text)
    return values


def rewrite(notebook: NotebookNode, replace: Callable[[str, str], str]) -> None:
    """Replace every link in Markdown, captions and alternative texts, in place.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook.
    replace : callable
        Takes the link's text and key, returns what to put in the link's place.
    """

    def mend(text: str) -> str:
        return LINK.sub(lambda link: replace(link["text"], link["key"]), text)

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = mend(cell.source)
        for part, field in (("figure", "caption"), ("image", "alt")):
            options = cell.metadata.get("mystnb", {}).get(part, {})
            if field in options:
                options[field] = mend(options[field])


def fill(notebook: NotebookNode) -> None:
    """Write the recorded values into the links, in place; a link to an unknown key is left as it is.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook that was run.
    """
    values = recorded(notebook)
    rewrite(notebook, lambda text, key: f"[{values.get(key, text)}](glue:{key})")


def unlink(notebook: NotebookNode) -> None:
    """Turn the links into plain text, in place.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook.
    """
    rewrite(notebook, lambda text, key: text)


def problems(notebook: NotebookNode) -> list[str]:
    """Find the links that do not show what the run recorded.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook that was run.

    Returns
    -------
    list of str
        A sentence for every link to an unknown key or with another text than the recorded one.
    """
    values = recorded(notebook)
    found = []

    def look(text: str, key: str) -> str:
        if key not in values:
            found.append(f"[{text}](glue:{key}): no cell records {key!r} as a formatted string")
        elif text != values[key]:
            found.append(f"[{text}](glue:{key}): the run gave {values[key]!r}, `make notebooks` fills it in")
        return f"[{text}](glue:{key})"

    rewrite(notebook, look)
    return found


def _on_source_read(app: Sphinx, docname: str, source: list[str]) -> None:
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook = nbformat.v4.reads(source[0])
    for problem in problems(notebook):
        logging.getLogger(__name__).warning(problem, location=docname, type="glue", subtype="number")
    unlink(notebook)
    source[0] = nbformat.v4.writes(notebook)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("source-read", _on_source_read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
