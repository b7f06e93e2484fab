"""Every claim has a home and a verdict, and every settled one a check that ran."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import notebooks
import pytest
from claims import VERDICTS, read_claims

ROOT = Path(__file__).parents[2]
CHAPTERS = {path.stem: path for path in sorted((ROOT / "chapters").glob("*.ipynb"))}
HOMES = """
01_why_shrink 02_objective 03_derivation 04_subgradient 05_geometry 06_matrix_form 07_scaling 08_house_prices
09_ista 10_coordinate_descent 11_paths 12_uniqueness 13_fast_solver
14_cross_validation 15_information_criteria 16_implementation 17_model_race 18_bias_and_refit 19_correlation
20_data_preparation
21_inference 22_bayes 23_when_selection_works 24_beyond_squares 25_scale 26_deployment 27_case_studies
""".split()
IDS = [f"A-{i:03d}" for i in range(1, 250)] + [f"B-{i:03d}" for i in range(1, 67)]


@pytest.fixture(scope="module")
def claims():
    return read_claims()


@cache
def cells(stem):
    return notebooks.load(CHAPTERS[stem]).cells


@cache
def marks(stem):
    """Count how often the chapter's Markdown marks each claim."""
    text = "\n".join(cell.source for cell in cells(stem) if cell.cell_type == "markdown")
    return Counter(re.findall(r"\{claim\}`([^`]*)`", text))


def tagged(stem, claim_id):
    return [cell for cell in cells(stem) if claim_id in cell.metadata.get("tags", [])]


def check_problem(claim):
    """Say what is wrong with the claim's check, or nothing."""
    place, _, name = claim.check.partition("::")
    path = ROOT / place
    if not path.is_file():
        return f"{place} does not exist"
    if path.suffix == ".py":
        functions = [
            node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)
        ]
        return None if name in functions else f"{place} has no function {name}"
    if path != CHAPTERS.get(claim.chapter) or name != claim.id:
        return f"expected chapters/{claim.chapter}.ipynb::{claim.id}"
    good = [
        c
        for c in tagged(path.stem, name)
        if c.get("execution_count") and re.search(r"^\s*assert\b", c.source, re.M)
    ]
    return None if good else f"no executed cell of {place} with an assert is tagged {name}"


def test_all_claims_are_there(claims):
    assert sorted(claims) == sorted(IDS)


def test_verdicts(claims):
    six = {"true", "true with conditions", "imprecise", "false", "outdated", "internally inconsistent"}
    assert set(VERDICTS) == six
    assert {claim.verdict for claim in claims.values()} <= six


def test_article_and_home_and_sentence(claims):
    bad = [
        c.id for c in claims.values() if c.article != c.id[0] or c.chapter not in HOMES or not c.claim.strip()
    ]
    assert not bad, (
        f"give article, chapter (a file name of the contents, without its ending) and sentence: {bad}"
    )


def test_checks_exist_and_ran(claims):
    problems = {c.id: problem for c in claims.values() if c.check and (problem := check_problem(c))}
    assert not problems, f"mend the column `check` or the cell: {problems}"


def test_claims_of_written_chapters_are_settled(claims):
    open_claims = [c.id for c in claims.values() if c.chapter in CHAPTERS and not c.check]
    assert not open_claims, f"settle them in their chapter, or give them another home: {open_claims}"


def test_settled_claims_are_marked_once_in_their_chapter(claims):
    bad = [
        c.id
        for c in claims.values()
        if c.check and (c.chapter not in CHAPTERS or marks(c.chapter)[c.id] != 1)
    ]
    assert not bad, f"mark each of them once, {{claim}}`A-001`, in its chapter's text: {bad}"


@pytest.mark.parametrize("stem", CHAPTERS)
def test_chapter_marks_and_tags_only_its_own_claims(stem, claims):
    tags = {tag for cell in cells(stem) for tag in cell.metadata.get("tags", [])}
    named = set(marks(stem)) | {tag for tag in tags if re.fullmatch(r"[AB]-\d+", tag)}
    bad = [
        name
        for name in sorted(named)
        if name not in claims or claims[name].chapter != stem or not claims[name].check
    ]
    assert not bad, f"not settled here according to book/claims.csv: {bad}"
