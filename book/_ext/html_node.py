"""A docutils node for an HTML element of any name, for directives whose markup docutils has no node for."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


class html_node(nodes.TextElement):
    """An HTML element; its children are ordinary docutils nodes, so references and maths in it work.

    A TextElement, because Sphinx allows references in nothing else.
    """


def html(tag: str, *children: nodes.Node | str, ids: str | None = None, **attributes: str) -> html_node:
    """Make an element with text or node children.

    Parameters
    ----------
    tag : str
        Name of the element, such as ``"fieldset"``.
    *children : nodes.Node or str
        Contents; a string becomes text.
    ids : str, optional
        The element's id, which Sphinx then knows as a link target.
    **attributes : str
        HTML attributes; ``class_`` is written ``class`` and ``aria_live`` is written ``aria-live``.

    Returns
    -------
    html_node
        The element.
    """
    names = {key: key.rstrip("_").replace("_", "-") for key in attributes}
    node = html_node(tag=tag, attributes={names[key]: value for key, value in attributes.items()})
    if ids:
        node["ids"].append(ids)
    node.extend(nodes.Text(child) if isinstance(child, str) else child for child in children)
    return node


def visit(translator: HTML5Translator, node: html_node) -> None:
    """Write the start tag."""
    translator.body.append(translator.starttag(node, node["tag"], "", **node["attributes"]))


def depart(translator: HTML5Translator, node: html_node) -> None:
    """Write the end tag, unless the element is an empty one."""
    if node["tag"] != "input":
        translator.body.append(f"</{node['tag']}>")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the node."""
    app.add_node(html_node, html=(visit, depart))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
