"""The directive ``quiz``: a question with one right answer, every option explained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from docutils import nodes
from docutils.statemachine import StringList
from html_node import html
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

LOGGER = logging.getLogger(__name__)
FEWEST_OPTIONS = 3
BLOCK = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<name>quiz|admonition)\}[ \t]*(?P<title>.*)\n"
    r"(?P<body>(?:.*\n)*?)(?P=fence)[ \t]*$",
    re.MULTILINE,
)


class QuizError(ValueError):
    """A quiz that is not complete, with the reason."""


@dataclass(frozen=True)
class Option:
    """One option: its letter, its text and the explanation shown to those who choose it."""

    letter: str
    text: str
    why: str


@dataclass(frozen=True)
class Quiz:
    """A question, its options, the letter of the right one and the tag of the cell that proves it."""

    question: str
    options: tuple[Option, ...]
    answer: str
    check: str


def parse_quiz(question: str, options: Mapping[str, str | None], body: Iterable[str]) -> Quiz:
    r"""Read a quiz from the parts of its directive.

    Parameters
    ----------
    question : str
        The directive's argument.
    options : mapping
        The directive's options ``answer`` (a letter) and ``check`` (a cell's tag).
    body : iterable of str
        Lines: the rest of the question if it is long, then for each option ``a) text`` and ``: explanation``,
        each of which may run on over further lines.

    Returns
    -------
    Quiz
        The quiz.

    Raises
    ------
    QuizError
        If the quiz is not complete.

    Examples
    --------
    >>> body = "a) 1\n: No.\n\nb) 2\n: Yes.\n\nc) 3\n: No.".splitlines()
    >>> parse_quiz("1 + 1?", {"answer": "b", "check": "sum"}, body).options[1]
    Option(letter='b', text='2', why='Yes.')
    """
    asked = [question]
    texts: list[tuple[str, list[str]]] = []
    whys: list[list[str]] = []
    part = asked  # what a line that starts nothing new belongs to
    for line in body:
        if start := re.match(r"([a-z])\)\s+(.*)", line):
            part = [start[2]]
            texts.append((start[1], part))
            whys.append([])
        elif line.startswith(": ") and whys:
            part = whys[-1]
            part.append(line[2:])
        else:
            part.append(line)
    parsed = tuple(
        Option(letter, _one_line(text), "\n".join(why).strip())
        for (letter, text), why in zip(texts, whys, strict=True)
    )
    quiz = Quiz(_one_line(asked), parsed, options.get("answer") or "", options.get("check") or "")
    _require_complete(quiz)
    return quiz


def _one_line(lines: Iterable[str]) -> str:
    return " ".join("\n".join(lines).split())


def _require_complete(quiz: Quiz) -> None:
    """Raise a QuizError if something is missing or given twice."""
    letters = [option.letter for option in quiz.options]
    if not quiz.question:
        raise QuizError("no question")
    if len(letters) < FEWEST_OPTIONS:
        raise QuizError(f"{len(letters)} options, at least {FEWEST_OPTIONS} are needed")
    for letter in letters:
        if letters.count(letter) > 1:
            raise QuizError(f"two options are called {letter})")
    for option in quiz.options:
        if not option.text:
            raise QuizError(f"option {option.letter}) is empty")
        if not option.why:
            raise QuizError(f"option {option.letter}) has no explanation")
    if quiz.answer not in letters:
        raise QuizError(f"the answer {quiz.answer!r} is not among the options")
    if not quiz.check:
        raise QuizError("no :check:, the tag of the cell that asserts the answer")


def find_quizzes(markdown: str) -> list[Quiz]:
    r"""Find and read all quizzes of a Markdown text: directives, and admonitions of class ``quiz``.

    Parameters
    ----------
    markdown : str
        The text, such as the source of a notebook cell.

    Returns
    -------
    list of Quiz
        The quizzes in their order.

    Raises
    ------
    QuizError
        If one of them is not complete.

    Examples
    --------
    >>> find_quizzes("Nothing to ask.")
    []
    """
    found = []
    for block in BLOCK.finditer(markdown):
        lines = block["body"].splitlines()
        options = {}
        while lines and (option := re.match(r":(\w+):\s*(.*?)\s*$", lines[0])):
            options[option[1]] = option[2]
            lines.pop(0)
        question = block["title"]
        if block["name"] == "admonition":
            if "quiz" not in options.get("class", "").split():
                continue
            question = ""  # its title is for JupyterLab
        if "`" in block["fence"] and "`" in block["title"]:
            # Markdown then takes the fence for code within a line, and no directive is run that could warn.
            raise QuizError("a question with `code` starts on its own line, or the fence is of colons")
        found.append(parse_quiz(question, options, lines))
    return found


class QuizDirective(SphinxDirective):
    """Render a quiz: radio buttons with scripts, plain text with the right answer named without."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    # The checks are made by parse_quiz, so that an incomplete quiz is described in the quiz's terms.
    option_spec = {"answer": str, "check": str}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Parse and render; report what is wrong as a warning at the directive's line."""
        try:
            quiz = parse_quiz(" ".join(self.arguments), self.options, self.content)
        except QuizError as error:
            LOGGER.warning("quiz: %s", error, location=self.get_location())
            return []
        name = f"quiz-{self.env.new_serialno('quiz')}"
        fieldset = html(
            "fieldset", html("legend", *self._inline(quiz.question)), class_="quiz", data_check=quiz.check
        )
        for option in quiz.options:
            fieldset += self._option(option, name, option.letter == quiz.answer)
        fieldset += html("p", f"Right answer: {quiz.answer})", class_="quiz-answer")
        return [fieldset]

    def _option(self, option: Option, name: str, right: bool) -> nodes.Element:
        why = html(
            "div", html("p", "✓ Right." if right else "✗ Wrong.", class_="quiz-verdict"), class_="quiz-why"
        )
        # `why` may hold paragraphs, displayed maths and code, so it is parsed as blocks.
        explanation = nodes.container()
        explanation.document = self.state.document
        self.state.nested_parse(StringList(option.why.splitlines()), self.content_offset, explanation)
        why.extend(explanation.children)
        return html(
            "div",
            html(
                "label",
                html("input", type="radio", name=name, value=option.letter),
                html("span", f"{option.letter})", class_="quiz-letter"),
                html("span", *self._inline(option.text), class_="quiz-text"),
            ),
            # The live region is always there and its content comes and goes: that is what is announced.
            html("div", why, aria_live="polite"),
            class_="quiz-option quiz-right" if right else "quiz-option",
        )

    def _inline(self, text: str) -> list[nodes.Node]:
        parsed, messages = self.state.inline_text(text, self.lineno)
        return parsed + messages


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive and its script."""
    app.setup_extension("html_node")
    app.add_directive("quiz", QuizDirective)
    app.add_js_file("quiz.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
