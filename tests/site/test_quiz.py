import doctest

import pytest
import quiz
from quiz import Option, QuizError, find_quizzes, parse_quiz

BODY = """a) 0.155
: Multiplying is ridge.

b) 0.37, the
  rest
: Subtract,

  then stop at zero.

c) 0.62
: Rent is due."""
OPTIONS = {"answer": "b", "check": "quiz-rent"}


def test_examples():
    assert doctest.testmod(quiz).failed == 0


def test_parts():
    parsed = parse_quiz("What is left?", OPTIONS, BODY.splitlines())
    assert (parsed.question, parsed.answer, parsed.check) == ("What is left?", "b", "quiz-rent")
    assert parsed.options[1] == Option("b", "0.37, the rest", "Subtract,\n\n  then stop at zero.")


def test_long_question():
    assert parse_quiz("What", OPTIONS, ["is `left`?", "", *BODY.splitlines()]).question == "What is `left`?"


@pytest.mark.parametrize(
    ("question", "options", "body", "problem"),
    [
        ("", OPTIONS, BODY, "no question"),
        ("?", OPTIONS, BODY.replace("c) 0.62\n: Rent is due.", ""), "2 options, at least 3"),
        ("?", OPTIONS, BODY.replace("c)", "a)"), r"two options are called a\)"),
        ("?", OPTIONS, BODY.replace(": Rent is due.", ""), r"option c\) has no explanation"),
        ("?", OPTIONS, BODY.replace("c) 0.62", "c) "), r"option c\) is empty"),
        ("?", OPTIONS | {"answer": "d"}, BODY, "the answer 'd' is not among the options"),
        ("?", {"check": "quiz-rent"}, BODY, "the answer '' is not among the options"),
        ("?", {"answer": "b"}, BODY, "no :check:"),
    ],
)
def test_problems(question, options, body, problem):
    with pytest.raises(QuizError, match=problem):
        parse_quiz(question, options, body.splitlines())


@pytest.mark.parametrize("fence", ["```", "````", ":::"])
def test_find(fence):
    block = f"{fence}{{quiz}} What?\n:answer: b\n:check: quiz-rent\n\n{BODY}\n{fence}\n"
    found = find_quizzes(f"Text.\n\n{block}\nMore.\n\n{block}")
    assert found == [parse_quiz("What?", OPTIONS, BODY.splitlines())] * 2


def test_find_admonitions():
    quiz = f"```{{admonition}} Quiz\n:class: quiz\n:answer: b\n:check: quiz-rent\n\nWhat?\n\n{BODY}\n```\n"
    other = "```{admonition} Pitfall\n:class: warning\n\nCare.\n```\n"
    assert find_quizzes(f"{other}\n{quiz}\n{other}") == [parse_quiz("What?", OPTIONS, BODY.splitlines())]


def test_code_in_the_first_line_needs_colons():
    block = f"{{quiz}} What is `x`?\n:answer: b\n:check: quiz-rent\n\n{BODY}\n"
    assert find_quizzes(f":::{block}:::")
    with pytest.raises(QuizError, match="of colons"):
        find_quizzes(f"```{block}```")
