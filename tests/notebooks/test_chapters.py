"""What a chapter has to be, apart from right: nbval compares its outputs with a new run."""

import ast
import re
from collections import Counter
from functools import cached_property
from pathlib import Path

import glued_numbers
import notebooks
import pytest
from quiz import QuizError, find_quizzes

CHAPTERS = sorted((Path(__file__).parents[2] / "chapters").glob("*.ipynb"))

FENCED = r"^(?P<fence>`{3,}|:{3,})%s.*\n(?:.*\n)*?(?P=fence)[ \t]*$"
DIRECTIVE = r"^[`:]{3,}\{%s(?:-start)?\}(?P<title>.*)\n(?P<options>(?:[ \t]*:[\w-]+:.*\n)*)"
TIMING = re.compile(r"perf_counter|time\.time\(|process_time|timeit|%time\b")
NUMBER = re.compile(r"(?<![\w.,])(\d+(?:\.\d+)?(?:e-?\d+)?)(\s?%)?(?!\w|\.\d)")
NOT_PROSE = [
    re.compile(FENCED % r"(?:\{(?:exercise|math|code-block|raw)\}|\{admonition\} Quiz|[a-z])", re.MULTILINE),
    re.compile(
        r"^[ \t]*[`:]{3,}(?:\{[\w:-]+\})?", re.MULTILINE
    ),  # the fence of a directive, but not what is in it
    re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL),
    glued_numbers.LINK,
    re.compile(r"`[^`]*`|\]\([^)]*\)|https?://\S+|</?[a-z][^>]*>"),  # code and roles, links, addresses, HTML
    re.compile(r"^[ \t]*:[\w-]+:.*$", re.MULTILINE),  # options of directives
    re.compile(r"\b(?:sections?|chapters?|version|Python) [\d.]+(?:(?:,| and| to) [\d.]+)*", re.IGNORECASE),
]
ORDER = {
    "a title": r"^# ",
    "goals": r"\{admonition\} Goals",
    "a pitfall": r"\{admonition\} Pitfall",
    # These two as admonitions, because JupyterLab shows a directive that it does not know as an error.
    "quizzes": r"\{admonition\} Quiz\n:class: quiz$",
    "exercises": r"\{exercise(?:-start)?\}",
    "solutions": r"^## Solutions$",
    "a summary": r"^## Summary",
    "the claims settled": r"\{admonition\} .*\n:class: claims-settled$",
    "further reading": r"^## Further reading",
}


class Chapter:
    def __init__(self, path):
        self.path = path
        self.notebook = notebooks.load(path)

    @cached_property
    def code(self):
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @cached_property
    def markdown(self):
        return [cell for cell in self.notebook.cells if cell.cell_type == "markdown"]

    @cached_property
    def text(self):
        return "\n\n".join(cell.source for cell in self.markdown)


@pytest.fixture(scope="module", params=notebooks.NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return Chapter(request.param)


@pytest.fixture(scope="module", params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request):
    return Chapter(request.param)


def none(advice, offenders):
    """Fail with what to do and where."""
    places = [
        f"cell {getattr(o, 'id', '')}: {o.source[:100]!r}" if hasattr(o, "source") else o for o in offenders
    ]
    assert not places, f"{advice}:\n" + "\n".join(places)


def tags(cell):
    return cell.metadata.get("tags", [])


def asserts(cell):
    return re.search(r"^\s*assert\b", cell.source, re.MULTILINE)


def prints(cell):
    """Whether the cell prints or shows something when it runs, and not only in a function it defines."""
    found = False
    queue = list(ast.parse(re.sub(r"^\s*[%!].*$", "pass", cell.source, flags=re.MULTILINE)).body)
    while queue:
        node = queue.pop()
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.If):
            queue += ast.iter_child_nodes(node)
        if isinstance(node, ast.Call):
            found |= ast.unparse(node.func) in ("print", "plt.show", "display")
    return found


def test_there_are_chapters():
    assert CHAPTERS, "chapters/ holds no notebook, so nothing is tested"


def test_was_run_from_top_to_bottom(notebook):
    counts = [cell.execution_count for cell in notebook.code]
    assert counts == list(range(1, len(counts) + 1)), (
        f"run `make notebooks NB={notebook.path}`: counts {counts}"
    )


def test_outputs_are_stored(notebook):
    none("store the outputs with `make notebooks`", [c for c in notebook.code if prints(c) and not c.outputs])


def test_neither_errors_nor_warnings(notebook):
    bad = [
        c for c in notebook.code for o in c.outputs if o.output_type == "error" or o.get("name") == "stderr"
    ]
    none("mend the cause of the error or warning", bad)


def test_is_stored_as_make_notebooks_stores_it(notebook):
    none(f"run `make notebooks NB={notebook.path}`", notebooks.check(notebook.path))


def test_figures_have_name_caption_and_alternative_text(notebook):
    bad = []
    for cell in notebook.code:
        if any(kind.startswith("image/") for output in cell.outputs for kind in output.get("data", {})):
            options = cell.metadata.get("mystnb", {})
            figure, alt = options.get("figure", {}), options.get("image", {}).get("alt")
            if not (alt and figure.get("caption") and figure.get("name", "").startswith("fig-")):
                bad.append(cell)
    none("give the cell the metadata mystnb: {image: {alt}, figure: {caption, name: fig-...}}", bad)


def test_no_semicolon_hides_an_output(notebook):
    bad = [cell for cell in notebook.code if cell.source.rstrip().endswith(";")]
    none("nbval shows what `;` hides; write `_ = ...` or end with plt.show()", bad)


def test_no_global_seed(notebook):
    bad = [c for c in notebook.code if "random.seed(" in c.source and "quotes-article" not in tags(c)]
    none("use np.random.default_rng(seed), or tag the cell quotes-article if it quotes one", bad)


def test_no_matplotlib_magic(notebook):
    none("drop the magic, inline is the default", [c for c in notebook.code if "%matplotlib" in c.source])


def test_code_fits_beside_the_margins(notebook):
    long = [line for cell in notebook.code for line in cell.source.splitlines() if len(line) > 76]
    none("wrap the code", long)


def test_timings_are_not_compared(notebook):
    bad = [c for c in notebook.code if TIMING.search(c.source) and "nbval-ignore-output" not in tags(c)]
    none("a timing differs on every run: tag the cell nbval-ignore-output", bad)


def test_three_quizzes_with_checked_answers(chapter):
    try:
        quizzes = find_quizzes(chapter.text)
    except QuizError as error:
        pytest.fail(f"mend the quiz: {error}")
    assert len(quizzes) == 3, f"a chapter has three quizzes, not {len(quizzes)}"
    checks = Counter(tag for cell in chapter.code if asserts(cell) for tag in tags(cell))
    bad = [quiz.check for quiz in quizzes if checks[quiz.check] != 1]
    none("tag one code cell that asserts the answer with the quiz's :check:", bad)


def directives(name, text):
    """Find the directives of this name, gated ones too: (title, text of the options)."""
    found = re.finditer(DIRECTIVE % name, text + "\n", re.MULTILINE)
    return [(match["title"].strip(), match["options"]) for match in found]


def test_four_to_six_exercises_each_with_a_solution(chapter):
    options = [options for _, options in directives("exercise", chapter.text)]
    assert 4 <= len(options) <= 6, f"a chapter has four to six exercises, not {len(options)}"
    labels = Counter(re.findall(r":label:\s*(\S+)", "".join(options)))
    none("give every exercise a :label:", [option for option in options if ":label:" not in option])
    solved = Counter(label for label, _ in directives("solution", chapter.text))
    none("solve every exercise once", sorted((labels - solved) + (solved - labels)))


def test_solutions_stay_closed_until_asked_for(chapter):
    bad = [label for label, options in directives("solution", chapter.text) if "dropdown" not in options]
    none("give the solution the option `:class: dropdown`, for the website", bad)
    sources = [cell.source.strip() for cell in chapter.markdown]
    assert "## Solutions" in sources, "put the solutions under a cell that holds only `## Solutions`"
    start = sources.index("## Solutions")
    closed = chapter.markdown[start].metadata.get("jp-MarkdownHeadingCollapsed")
    assert closed, (
        'give the cell `## Solutions` the metadata "jp-MarkdownHeadingCollapsed": true, for JupyterLab'
    )
    ends = (i for i in range(start + 1, len(sources)) if re.match(r"##? ", sources[i]))
    end = next(ends, len(sources))
    outside = "\n".join(sources[:start] + sources[end:])
    none("move the solution under `## Solutions`", [label for label, _ in directives("solution", outside)])


def typed_numbers(chapter):
    """Find the decimals and percentages in the prose that are neither glued nor written in the code."""
    code = "\n".join(cell.source for cell in chapter.code)
    written = {float(number) for number in re.findall(r"(?<![\w.])\d[\d_]*\.?\d*(?:e-?\d+)?", code)}
    prose = chapter.text.split("\n## Further reading")[0]
    for pattern in NOT_PROSE:
        prose = pattern.sub(" ", prose)
    found = []
    for match in NUMBER.finditer(prose):
        number, percent = match.groups()
        counts = number.isdigit() and not percent
        if not counts and float(number) / (100 if percent else 1) not in written:
            found.append(" ".join(prose[max(0, match.start() - 40) : match.end() + 20].split()))
    return found


def test_numbers_in_the_prose_come_from_the_run(notebook):
    none("record the number with glue() and write [?](glue:key)", typed_numbers(notebook))


def test_follows_the_template(chapter):
    found = {part: re.search(pattern, chapter.text, re.MULTILINE) for part, pattern in ORDER.items()}
    none("a chapter also has", [part for part, match in found.items() if not match])
    order = sorted(ORDER, key=lambda part: found[part].start())
    assert order == list(ORDER), f"the parts of a chapter come in this order: {', '.join(ORDER)}"
