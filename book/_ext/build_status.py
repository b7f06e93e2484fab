"""The directive ``build-status``: what the chapters hold, how long they ran, and on what."""

from __future__ import annotations

import ast
import json
from collections import defaultdict
from pathlib import Path

import nbformat
import toc
from claims import ClaimsDirective, link, stem_of, table
from docutils import nodes
from html_node import html
from sphinx.application import Sphinx

RUN_TIMES = Path(__file__).resolve().parents[1] / "run_times.json"


def code_cells(path: Path) -> list[str]:
    """Read the code of a notebook.

    Parameters
    ----------
    path : Path
        The notebook's file.

    Returns
    -------
    list of str
        The source of each code cell.
    """
    notebook = nbformat.v4.reads(path.read_text("utf8"))
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def count_asserts(source: str) -> int:
    """Count the assert statements of a cell.

    Parameters
    ----------
    source : str
        Python, without IPython's magics.

    Returns
    -------
    int
        Their number.
    """
    return sum(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(source)))


class BuildStatus(ClaimsDirective):
    """A table of the chapters, and a table of what their stored outputs were made with."""

    def run(self) -> list[nodes.Node]:
        """Render both tables."""
        times = json.loads(RUN_TIMES.read_text("utf8"))
        pages = [page for page in toc.pages() if toc.notebook(page)]
        if missing := [page for page in pages if stem_of(page) not in times]:
            raise self.error(f"{RUN_TIMES.name} has no time of {', '.join(missing)}: run `make notebooks`")
        for file in (RUN_TIMES, toc.TOC, *map(toc.notebook, pages)):
            self.env.note_dependency(str(file))
        settled = [claim.chapter for claim in self.claims() if claim.settled]
        lines = []
        for page in pages:
            cells = code_cells(toc.notebook(page))
            seconds = times[stem_of(page)]["seconds"]
            lines.append((len(cells), sum(map(count_asserts, cells)), settled.count(stem_of(page)), seconds))
        return [self._chapters(pages, lines), self._environments([times[stem_of(page)] for page in pages])]

    def _chapters(self, pages: list[str], lines: list[tuple[int, int, int, float]]) -> nodes.Node:
        titles: list[nodes.Node | str] = [link(self.env.docname, f"/{page}", kind="doc") for page in pages]
        totals = [sum(column) for column in zip(*lines, strict=True)]
        rows = [
            html(
                "tr",
                html("th", title, scope="row"),
                *(html("td", f"{count:,}") for count in counts),
                html("td", f"{seconds:.1f}"),
            )
            for title, (*counts, seconds) in zip([*titles, "all"], [*lines, totals], strict=True)
        ]
        columns = ("Chapter", "Code cells", "Asserts", "Claims settled", "Seconds")
        return table("build-status", "The chapters", columns, rows)

    def _environments(self, entries: list[dict]) -> nodes.Node:
        """Set side by side what the outputs were made with: one column if all were made with the same."""
        chapters: dict[tuple, int] = defaultdict(int)
        for entry in entries:
            chapters[tuple((entry["versions"] | entry["machine"]).items())] += 1
        heads = (f"{count} chapter{'s' * (count > 1)}" for count in chapters.values())
        made_with = [dict(environment) for environment in chapters]
        rows = [
            html("tr", html("th", name, scope="row"), *(html("td", str(made[name])) for made in made_with))
            for name in made_with[0]
        ]
        return table("", "What the stored outputs were made with", ("Outputs of", *heads), rows)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.setup_extension("claims")
    app.add_directive("build-status", BuildStatus)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
