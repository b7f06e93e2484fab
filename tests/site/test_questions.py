"""The page of questions: every answer has two sentences and leads into a chapter, every quiz has a proof."""

import re
from functools import cache
from urllib.parse import unquote, urlsplit

import notebooks
import pytest
from bs4 import BeautifulSoup
from quiz import find_quizzes

PAGE = "book/questions"
ARTICLE_B = "What article B is asked"


def title(section):
    return section.find(["h2", "h3"]).get_text().removesuffix("#").strip()


@pytest.fixture(scope="module")
def themes(site):
    """The entries below each second heading, by its title: sections with a question and paragraphs."""
    soup = BeautifulSoup((site / f"{PAGE}.html").read_text("utf8"), "html.parser")
    return {
        title(theme): theme.find_all("section", recursive=False)
        for theme in soup.select("section#questions > section")
    }


@pytest.fixture(scope="module")
def entries(themes):
    """All entries; the first paragraph of each is its answer."""
    return [entry for theme in themes.values() for entry in theme]


def answer(entry):
    return entry.find("p", recursive=False)


def prose(paragraph):
    """The paragraph's text without code and formulas."""
    copy = BeautifulSoup(str(paragraph), "html.parser")
    for part in copy.select("code, .math"):
        part.replace_with("x")
    return copy.get_text().strip()


def test_forty_questions_and_eleven_of_article_b(themes):
    ours = [title(entry) for name, theme in themes.items() if name != ARTICLE_B for entry in theme]
    assert len(ours) == len(set(ours)) == 40
    assert len(themes[ARTICLE_B]) == 11


def test_answers_have_two_sentences(entries):
    bad = [title(entry) for entry in entries if len(re.findall(r"[.?!](?=\s|$)", prose(answer(entry)))) != 2]
    assert not bad


def test_answers_have_no_bare_numbers(entries):
    assert not [title(entry) for entry in entries if re.search(r"\d", prose(answer(entry)))]


def test_answers_lead_into_sections_of_chapters(site, entries):
    @cache
    def sections(chapter):
        return set(re.findall(r'<section id="([^"]+)"', (site / "chapters" / chapter).read_text("utf8")))

    def leads_into_a_section(link):
        url = urlsplit(link["href"])
        folder, _, page = url.path.rpartition("/")
        return folder.endswith("chapters") and unquote(url.fragment) in sections(page)

    bad = [entry for entry in entries if not any(map(leads_into_a_section, answer(entry).select("a[href]")))]
    bad = [title(entry) for entry in bad]
    assert not bad, f"link to the section that answers at length: {bad}"


def test_article_b_is_judged_by_the_ledger(themes):
    for entry in themes[ARTICLE_B]:
        _, judgement = entry.find_all("p", recursive=False)
        assert re.search(r"\bB-\d{3}\b", judgement.get_text()), title(entry)
        assert judgement.select("a[href*='-b-']"), title(entry)


def test_quizzes_have_proofs(site):
    quizzes = find_quizzes((notebooks.ROOT / f"{PAGE}.md").read_text("utf8"))
    page = BeautifulSoup((site / f"{PAGE}.html").read_text("utf8"), "html.parser")
    assert len(quizzes) == len(page.select("input[type=radio]")) / 3 == 8
    proofs = {
        tag
        for path in notebooks.NOTEBOOKS
        for cell in notebooks.load(path).cells
        if cell.cell_type == "code" and re.search(r"^\s*assert\b", cell.source, re.MULTILINE)
        for tag in cell.metadata.get("tags", [])
    }
    assert not [quiz.check for quiz in quizzes if quiz.check not in proofs]
