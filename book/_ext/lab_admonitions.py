"""Our directives, written as admonitions: JupyterLab knows those, and shows ours as errors.

An admonition with the class ``quiz``, ``claims-settled`` or ``explorable`` becomes the directive of that name
on the website. The title of the first two is for JupyterLab and other readers of the notebook.
"""

from __future__ import annotations

from claims import ClaimsSettled
from docutils import nodes
from docutils.parsers.rst.directives.admonitions import Admonition
from explorables import ExplorableDirective
from quiz import QuizDirective
from sphinx.application import Sphinx

ROUTES = {"quiz": QuizDirective, "claims-settled": ClaimsSettled, "explorable": ExplorableDirective}


class RoutedAdmonition(Admonition):
    """An admonition, or the directive that its class names."""

    option_spec = Admonition.option_spec | QuizDirective.option_spec

    def run(self) -> list[nodes.Node]:
        """Render the admonition, or let the directive do so."""
        for name in self.options.get("class", []):
            if directive := ROUTES.get(name):
                place = (self.lineno, self.content_offset, self.block_text, self.state, self.state_machine)
                title = self.arguments[: directive.required_arguments]
                return directive(name, title, self.options, self.content, *place).run()
        return super().run()


def setup(app: Sphinx) -> dict[str, bool]:
    """Take the place of docutils' admonition."""
    app.setup_extension("claims")
    app.setup_extension("explorables")
    app.setup_extension("quiz")
    app.add_directive("admonition", RoutedAdmonition, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
