"""The reader's comforts: level, progress, quiz scores, place. Kept, shown, exported and forgotten."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from test_browser import AXE

CHAPTER, OTHER = "chapters/03_derivation.html", "chapters/10_coordinate_descent.html"
STEM = "03_derivation"
LANDING, GLOSSARY = "book/index.html", "book/glossary.html"
OURS = (
    "reader.js", "reading_level.js", "read_marks.js", "quiz_scores.js", "resume.js", "progress.js",
    "glossary_filter.js",
)  # fmt: skip
STATIC = Path(__file__).resolve().parents[2] / "book" / "_static"
LARGEST, LARGEST_PAGE = 10 * 1024, 80_000  # bytes of these scripts, and of all the book's scripts on one page
LEVELS = ("beginner", "intermediate", "expert")
COMFORTS = (
    ".reading-level, .read-mark, .chapter-end, .quiz-first, .resume, .progress-summary, .chapter-score, "
    ".glossary-filter"
)


@pytest.fixture
def page(page):
    """Formulas stay as they are written: they take most of the time, and are no part of these tests."""
    nothing = "MathJax.startup = { promise: Promise.resolve() };"
    page.route("**/mathjax/**", lambda route: route.fulfill(body=nothing, content_type="text/javascript"))
    return page


def go(page, address, place):
    page.goto(f"{address}/{place}", wait_until="load")


def stored(page):
    return page.evaluate("reader.all()")


def tab_to(page, locator):
    """Reach an element by the tab key alone, from the one before it in the order."""
    page.evaluate(
        """target => {
            const stops = [...document.querySelectorAll("a[href], button, input, select, [tabindex='0']")]
                .filter((element) => element.checkVisibility({ visibilityProperty: true }));
            stops[stops.indexOf(target) - 1].focus();
        }""",
        locator.element_handle(),
    )
    page.keyboard.press("Tab")
    expect(locator).to_be_focused()


def test_level_decides_which_terms_have_cards(page, address):
    """The level is chosen by keyboard, holds on the next page, and leaves every link where it leads."""
    go(page, address, OTHER)
    card = page.get_by_role("tooltip")
    level = page.get_by_label("Reading level")
    expect(level).to_have_value("beginner")
    links = {name: page.locator(f"article a.level-{name}").first for name in LEVELS}
    for known, chosen in enumerate(LEVELS):
        page.reload()
        expect(level).to_have_value(chosen)
        for name, link in links.items():
            link.focus()
            expect(card).to_be_visible(visible=LEVELS.index(name) >= known)
            style = link.evaluate("link => getComputedStyle(link).textDecorationStyle")
            assert style == ("dotted" if LEVELS.index(name) >= known else "solid")
            assert "glossary.html#term-" in link.get_attribute("href")
        tab_to(page, level)
        page.keyboard.press("ArrowDown")
    page.locator("article a[href*='references.html#']").first.focus()
    expect(card).to_be_visible()  # the level is about terms only
    assert stored(page)["level"] == "expert"


def test_mark_as_read(page, address):
    go(page, address, CHAPTER)
    button = page.get_by_role("button", name="Mark as read")
    mark = page.locator("nav.bd-links").get_by_role("link", name=re.compile("soft threshold.* read$"))
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(mark).to_have_count(0)
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(mark).to_have_count(1)
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    go(page, address, LANDING)
    expect(mark).to_have_count(1)
    chapters = page.locator(".chapter-list li")
    expect(page.locator(".progress-summary")).to_contain_text(f"1 of {chapters.count()} chapters read")
    expect(page.locator(".chapter-list .read-mark")).to_have_count(1)
    expect(page.locator(f"[data-chapter='{STEM}'] .read-mark")).to_have_count(1)
    # Read, so the next chapter is offered.
    expect(page.locator(".progress-summary a")).to_have_attribute("href", re.compile("04_subgradient"))
    page.go_back()
    button.click()
    expect(mark).to_have_count(0)
    page.go_forward()  # the page may come from the browser's memory
    expect(page.locator(".chapter-list .read-mark")).to_have_count(0)


def test_quiz_scores(page, http):
    """The first answer counts, right or wrong."""
    go(page, http, CHAPTER)
    quizzes = page.locator("fieldset.quiz")
    score = page.locator(".chapter-end p")
    expect(score).to_be_empty()
    wrong = quizzes.nth(0).locator(".quiz-option:not(.quiz-right) input").first
    tab_to(page, wrong)
    page.keyboard.press("Space")
    quizzes.nth(0).locator(".quiz-right input").check()  # too late
    quizzes.nth(1).locator(".quiz-right input").check()
    text = "1 of 2 quizzes right at first try"
    expect(score).to_have_text(f"{text}, {quizzes.count() - 2} not answered yet.")
    page.reload()
    expect(score).to_contain_text(text)
    expect(page.locator(".quiz-first")).to_have_count(2)
    expect(quizzes.nth(0)).to_contain_text("Your first answer was a, wrong.")
    go(page, http, OTHER)
    page.locator(".quiz-right input").first.check()
    expect(score).to_contain_text("1 of 1 quizzes right")
    go(page, http, LANDING)
    expect(page.locator(f"[data-chapter='{STEM}']")).to_contain_text(text)
    expect(page.locator(".progress-summary")).to_contain_text("2 of 3 quizzes right at first try")


def test_resume(page, address):
    """The heading reached is offered on the landing page and at the next visit; nothing moves by itself."""
    go(page, address, LANDING)
    expect(page.locator(".progress-summary a")).to_have_count(0)
    go(page, address, CHAPTER)
    heading = page.locator("article h2").nth(3)
    section = heading.locator("..").get_attribute("id")
    text = heading.inner_text().removesuffix("#")
    heading.evaluate("heading => heading.scrollIntoView()")
    page.wait_for_function(f"reader.get('place/{STEM}')?.startsWith('{section} ')")
    go(page, address, LANDING)
    proceed = page.locator(".progress-summary").get_by_role("link")
    expect(proceed).to_have_text(f"Derive the soft threshold by hand, {text}")
    go(page, address, CHAPTER)
    offer = page.locator(".resume")
    expect(offer).to_have_text(f"You left off at {text}.")
    assert page.evaluate("scrollY") == 0
    offer.get_by_role("link").press("Enter")
    expect(heading).to_be_in_viewport()
    go(page, address, LANDING)
    proceed.press("Enter")
    expect(heading).to_be_in_viewport()
    expect(offer).to_have_count(0)  # the reader is there


def test_export_import_reset(page, address, tmp_path):
    go(page, address, CHAPTER)
    page.get_by_label("Reading level").select_option("expert")
    page.get_by_role("button", name="Mark as read").click()
    page.locator(".quiz-right input").first.check()
    go(page, address, LANDING)
    kept = stored(page)
    assert {"level", "last", f"read/{STEM}"} < set(kept) and any(name.startswith("quiz/") for name in kept)
    summary = page.locator(".progress-summary")
    with page.expect_download() as download:
        summary.get_by_role("button", name="Export").press("Enter")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert json.loads(file.read_text("utf8")) == kept
    page.evaluate("localStorage.setItem('another site', 'is left alone')")

    page.once("dialog", lambda dialog: dialog.dismiss())
    summary.get_by_role("button", name="Reset").press("Enter")
    assert stored(page) == kept
    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_navigation():
        summary.get_by_role("button", name="Reset").press("Enter")
    expect(summary).to_contain_text("0 of")
    assert stored(page) == {}
    expect(page.locator(".read-mark, .chapter-score")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('another site')") == "is left alone"

    with page.expect_file_chooser() as chooser:
        summary.get_by_role("button", name="Import").press("Enter")
    with page.expect_navigation():
        chooser.value.set_files(file)
    expect(summary).to_contain_text("1 of")
    assert stored(page) == kept
    (tmp_path / "other.json").write_text("not ours")
    page.locator("input[type=file]").set_input_files(tmp_path / "other.json")
    expect(summary).to_contain_text("This file was not exported by the book.")
    assert stored(page) == kept


def test_glossary_filter(page, http):
    go(page, http, GLOSSARY)
    terms = page.locator("dl.glossary > dt")
    shown = page.locator("dl.glossary > dt:visible")
    expect(shown).to_have_count(terms.count())
    choice = page.get_by_role("combobox", name="Level", exact=True)
    tab_to(page, choice)
    for level in LEVELS:
        page.keyboard.press("ArrowDown")
        expect(choice).to_have_value(level)
        count = page.locator(f"dl.glossary > dt.level-{level}").count()
        expect(shown).to_have_count(count)
        expect(page.locator("dl.glossary > dd:visible")).to_have_count(count)
        expect(page.get_by_role("status")).to_have_text(f"{count} of {terms.count()} terms shown.")
    page.locator("dd:visible a.level-beginner, dd:visible a.level-intermediate").first.press("Enter")
    expect(shown).to_have_count(terms.count())  # the link leads to a term that was hidden


@pytest.mark.parametrize("place", [CHAPTER, LANDING, GLOSSARY])
def test_without_scripts(browser, http, place):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    go(page, http, place)
    expect(page.locator(COMFORTS).locator("visible=true")).to_have_count(0)
    expect(page.locator("dl.glossary > dt:visible")).to_have_count(page.locator("dl.glossary > dt").count())
    context.close()


@pytest.mark.parametrize("place", [CHAPTER, LANDING])
def test_without_storage(page, http, place):
    """A browser that refuses: no error, nothing offered that would not be kept, cards for all terms."""
    stacks = []
    page.on("pageerror", lambda error: stacks.append(error.stack))
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get: () => { throw new Error('no storage'); } })"
    )
    go(page, http, place)
    expect(page.locator(COMFORTS).locator("visible=true")).to_have_count(0)
    if place == CHAPTER:
        page.locator(".quiz-right input").first.check()
        expect(page.locator(".quiz-why:visible")).to_have_count(1)
        page.locator("article a.level-beginner").first.focus()
        expect(page.get_by_role("tooltip")).to_be_visible()
    # The theme stores the choice of light or dark without asking whether it may.
    own = [path.name for path in STATIC.rglob("*.js")]
    assert stacks and not [stack for stack in stacks if any(f"/{name}" in stack for name in own)]


def test_print_hides_the_controls(page, http):
    go(page, http, LANDING)
    page.evaluate(
        "() => { reader.set('last', '03_derivation'); reader.set('quiz/03_derivation/x', 'a, right'); }"
    )
    for place in (LANDING, CHAPTER, GLOSSARY):
        go(page, http, place)
        page.emulate_media(media="print")
        controls = page.locator(".reading-level, .chapter-end, .resume, .progress-summary, .glossary-filter")
        assert controls.count()
        expect(controls.locator("visible=true")).to_have_count(0)


@pytest.mark.parametrize(("place", "own"), [(CHAPTER, ".chapter-end"), (LANDING, ".bd-article")])
def test_fits_and_is_accessible(page, http, place, own):
    """With everything on the page, as wide as a telephone, in light and dark."""
    go(page, http, LANDING)
    page.evaluate(
        """chapter => {
            const id = "subtract-alpha-stop-at-zero";
            reader.set("level", "intermediate");
            reader.set("last", chapter);
            reader.set("read/01_why_shrink", "yes");
            reader.set(`place/${chapter}`, `${id} Subtract alpha, stop at zero`);
            reader.set(`quiz/${chapter}/quiz-rent`, "b, right");
        }""",
        STEM,
    )
    go(page, http, place)
    expect(page.locator(".resume, .progress-summary a")).to_have_count(1)
    ours = {"include": [[".bd-sidebar-primary nav"], [".reading-level"], [own], ["article h1 ~ p"]]}
    trouble = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(f"html[data-theme={scheme}]")).to_be_attached()
        found = AXE.run(page, context=ours, options={"preload": False}).response["violations"]
        trouble += [f"{scheme}: {each['id']} {node['html']}" for each in found for node in each["nodes"]]
    page.set_viewport_size({"width": 390, "height": 844})
    width = page.evaluate("document.scrollingElement.scrollWidth")
    trouble += [f"{width} pixels wide on a telephone"] if width > 390 else []
    page.locator("button.primary-toggle").click()
    page.get_by_label("Reading level").select_option("expert")
    assert stored(page)["level"] == "expert"
    assert not trouble, "\n".join(trouble)


def test_small(site, pages):
    """Small in themselves, and on each page together with the book's other scripts."""
    assert sum((site / "_static" / name).stat().st_size for name in OURS) <= LARGEST
    for page in pages:
        loaded = re.findall(r"_static/([\w./-]+\.js)", page.read_text("utf8"))
        sizes = [(site / "_static" / name).stat().st_size for name in loaded if (STATIC / name).exists()]
        assert len(sizes) > 3 and sum(sizes) < LARGEST_PAGE, page.name


def test_scripts_are_loaded_where_they_are_used(pages):
    for page in pages:
        text = page.read_text("utf8")
        loaded = re.findall(r"_static/([\w./-]+\.js)", text)
        assert loaded.index("reader.js") < loaded.index("reading_level.js")
        for name, used in (
            ("resume.js", page.parent.name == "chapters"),
            ("quiz_scores.js", page.parent.name == "chapters" or page.name == "index.html"),
            ("progress.js", 'class="chapter-list"' in text),
            ("glossary_filter.js", 'class="glossary-filter"' in text),
        ):
            assert (name in loaded) == used, f"{page.name}: {name}"
