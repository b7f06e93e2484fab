"""Run notebooks and store outputs that are the same on every run: ``python book/notebooks.py [paths]``.

``--check`` runs nothing and names the files that are not as this script would store them.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import struct
import sys
import time
from pathlib import Path

import nbformat
import run_times
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
import glued_numbers  # noqa: E402

NOTEBOOKS = [*sorted((ROOT / "chapters").glob("*.ipynb")), ROOT / "book" / "conversions.ipynb"]
SECONDS_PER_CELL = 120
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# What Jupyter, its extensions and jupytext leave behind: it says how a file was edited, not what is in it.
TRANSIENT = {"ExecuteTime", "collapsed", "editable", "execution", "jupytext", "scrolled", "slideshow"}
# Tags by which the website hides a cell's source; JupyterLab wants to be told in its own way.
HIDDEN = {"hide-cell", "hide-input", "remove-cell", "remove-input"}


class ThisPython(AsyncKernelManager):
    """Starts the running interpreter, whatever kernel is installed as "python3" elsewhere."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The running interpreter as a kernel."""
        return KernelSpec(**get_kernel_dict())


def load(path: Path) -> NotebookNode:
    """Read a notebook as it is, without nbformat's repairs, which draw random cell ids.

    Parameters
    ----------
    path : Path
        The notebook's file.

    Returns
    -------
    NotebookNode
        The notebook.
    """
    return nbformat.v4.reads(path.read_text(encoding="utf-8"))


def dump(notebook: NotebookNode) -> str:
    """Write a notebook, keys sorted.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook.

    Returns
    -------
    str
        The text of its file.
    """
    return nbformat.v4.writes(notebook) + "\n"


def normalise(notebook: NotebookNode) -> None:
    """Drop whatever differs between runs, editors or machines, in place.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook.
    """
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = _lasting(notebook.metadata)
    notebook.metadata |= {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    _name_cells(notebook)
    for cell in notebook.cells:
        cell.metadata = _lasting(cell.metadata)
        if cell.cell_type == "code":
            if HIDDEN & set(cell.metadata.get("tags", [])):
                cell.metadata["jupyter"] = {"source_hidden": True}
            cell.outputs = _merge_streams(cell.outputs)
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    output.data["image/png"] = _without_comments(output.data["image/png"])


def _lasting(metadata: NotebookNode) -> NotebookNode:
    kept = {key: value for key, value in metadata.items() if key not in TRANSIENT and value not in ({}, [])}
    return nbformat.from_dict(kept)


def _name_cells(notebook: NotebookNode) -> None:
    """Give the cells without an id, or with one already taken, an id that depends on nothing but the text."""
    taken = set()
    for cell in notebook.cells:
        copies = 0
        while cell.get("id") is None or cell.id in taken:
            cell.id = hashlib.sha256(f"{copies} {cell.source}".encode()).hexdigest()[:8]
            copies += 1
        taken.add(cell.id)


def _merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join what was printed in one go and arrived in pieces."""
    merged: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and merged and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def _without_comments(image: str) -> str:
    """Drop the text and time chunks of a PNG: Matplotlib writes its version there."""
    png = base64.b64decode(image)
    kept, start = png[:8], 8
    while start < len(png):
        (length,) = struct.unpack_from(">I", png, start)
        end = start + length + 12  # length, type and checksum take four bytes each
        if png[start + 4 : start + 8] not in (b"tEXt", b"iTXt", b"zTXt", b"tIME"):
            kept += png[start:end]
        start = end
    return base64.b64encode(kept).decode()


def run(path: Path) -> list[str]:
    """Run a notebook in its folder, fill in its numbers and store what changed; note a chapter's time.

    Parameters
    ----------
    path : Path
        The notebook's file, left alone if a cell fails.

    Returns
    -------
    list of str
        What is wrong: the cell that failed, or numbers that no cell records.
    """
    notebook = load(path)
    normalise(notebook)
    cells = []  # the index of every cell started, so that the last one is to blame
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        record_timing=False,
        kernel_manager_class=ThisPython,
        extra_arguments=["--log-level=CRITICAL"],  # its remarks on sockets are noise here
        on_cell_start=lambda cell, cell_index: cells.append(cell_index),
        resources={"metadata": {"path": str(path.resolve().parent)}},
    )
    start = time.perf_counter()
    try:
        client.execute()
    except (CellControlSignal, DeadKernelError) as error:
        index = cells[-1]
        return [f"cell {index + 1} ({notebook.cells[index].id}) failed, nothing is stored\n{error}"]
    seconds = time.perf_counter() - start
    normalise(notebook)
    glued_numbers.fill(notebook)
    text = dump(notebook)
    if text != path.read_text(encoding="utf-8"):
        path.write_text(text, encoding="utf-8", newline="\n")
    if path.resolve() in NOTEBOOKS:
        run_times.record(path.stem, seconds)
    return glued_numbers.problems(notebook)


def check(path: Path) -> list[str]:
    """Compare a notebook's file with what ``run`` would store, without running it.

    Parameters
    ----------
    path : Path
        The notebook's file.

    Returns
    -------
    list of str
        What is wrong: numbers that differ from the recorded ones, and whether the file is not normalised.
    """
    notebook = load(path)
    found = glued_numbers.problems(notebook)
    normalise(notebook)
    if dump(notebook) != path.read_text(encoding="utf-8"):
        found.append("not stored as `make notebooks` stores it")
    return found


def main() -> int:
    """Run or check the notebooks named on the command line, or all of the book.

    Returns
    -------
    int
        The exit code, 1 if anything is wrong.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks; all of the book if none is named")
    parser.add_argument("--check", action="store_true", help="run nothing, only name what would change")
    options = parser.parse_args()
    failed = False
    for path in options.paths or NOTEBOOKS:
        found = check(path) if options.check else run(path)
        for problem in found:
            print(f"{path}: {problem}", file=sys.stderr)
        failed |= bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
