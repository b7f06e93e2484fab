"""How long a chapter takes to read: counted at the build, shown under its title and kept for other pages."""

from __future__ import annotations

import re
from collections import Counter

from docutils import nodes
from html_node import html, html_node
from sphinx.application import Sphinx
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node, solution_node

CHAPTERS = "chapters/"
#: The rule; how_to_read.md states it.
WORDS_PER_MINUTE = 200
SECONDS = {"formulas": 10, "lines of code": 2, "tasks": 30}
AUTHORED = re.compile(r"(\d+) minutes\. Level:")


def contents(node: nodes.Node) -> Counter[str]:
    """Count what there is to read: words, displayed formulas, lines of code, quizzes and exercises.

    What is folded away, what the code printed and the list of claims are not counted. A quiz or an exercise
    is one task, whatever its length.

    Parameters
    ----------
    node : nodes.Node
        A page or a part of one.

    Returns
    -------
    Counter
        Numbers of ``words``, ``formulas``, ``lines of code`` and ``tasks``.
    """
    if isinstance(node, nodes.Text):
        return Counter({"words": len(node.split())})
    if isinstance(node, nodes.math):
        return Counter({"words": 1})
    if isinstance(node, nodes.math_block):
        return Counter({"formulas": 1})
    if isinstance(node, exercise_node | exercise_enumerable_node) or _is_html(node, "fieldset"):
        return Counter({"tasks": 1})
    if _is_folded(node) or _is_html(node, "table") or isinstance(node, nodes.Invisible | nodes.raw):
        return Counter()
    if isinstance(node, nodes.literal_block):
        if "output" in node["classes"]:
            return Counter()
        return Counter({"lines of code": sum(bool(line.strip()) for line in node.astext().splitlines())})
    return sum(map(contents, node.children), Counter())


def _is_html(node: nodes.Node, tag: str) -> bool:
    return isinstance(node, html_node) and node["tag"] == tag


def _is_folded(node: nodes.Element) -> bool:
    """Tell dropdowns, solutions and hidden code, of which nothing is shown until asked for."""
    hidden_code = node.get("nb_element") == "cell_code_source" and "tag_hide-input" in node.parent["classes"]
    dropdown = "dropdown" in (*node["classes"], node.get("design_component"))
    return hidden_code or dropdown or isinstance(node, solution_node)


def minutes(counted: Counter[str]) -> int:
    """Apply the rule.

    Parameters
    ----------
    counted : Counter
        What `contents` found.

    Returns
    -------
    int
        Minutes, at least one.

    Examples
    --------
    >>> minutes(Counter({"words": 2000, "formulas": 6, "lines of code": 60, "tasks": 8}))
    17
    """
    seconds = 60 * counted["words"] / WORDS_PER_MINUTE
    seconds += sum(each * counted[kind] for kind, each in SECONDS.items())
    return max(1, round(seconds / 60))


def add_reading_time(app: Sphinx, doctree: nodes.document) -> None:
    """Count a chapter, say so under its title, and keep the minutes for `reading_minutes`.

    The authors' own minutes, those with exercises, stand in the line that begins "40 minutes. Level:".

    Parameters
    ----------
    app : Sphinx
        The application.
    doctree : nodes.document
        The page.
    """
    page = app.env.docname
    title = doctree.next_node(nodes.title)
    if not page.startswith(CHAPTERS) or title is None:
        return
    counted = contents(doctree)
    app.env.metadata[page]["reading_minutes"] = minutes(counted)
    text = f"{counted['words']:,} words, about {minutes(counted)} minutes to read"
    authored = (AUTHORED.match(paragraph.astext()) for paragraph in doctree.findall(nodes.paragraph))
    if found := next(filter(None, authored), None):
        text += f"; {found[1]} to work through"
    title.parent.insert(title.parent.index(title) + 1, html("p", f"{text}.", class_="reading-time"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Count each page when it has been read."""
    app.setup_extension("html_node")
    app.connect("doctree-read", add_reading_time)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
