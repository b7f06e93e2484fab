"""A page printed from the browser: the text and nothing around it, black on white, everything open."""

import pytest
from playwright.sync_api import expect
from test_browser import CHAPTER, open_page

FOLDED = "article details:not([open]), article .toggle-hidden"
STATE = f"() => [document.documentElement.dataset.theme, document.querySelectorAll('{FOLDED}').length]"


@pytest.fixture
def printed(page, http):
    """A chapter as it is printed from a dark page."""
    page.emulate_media(color_scheme="dark")
    open_page(page, f"{http}/{CHAPTER}")
    expect(page.locator("html[data-theme=dark]")).to_be_attached()
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    return page


def style(locator, name, pseudo=None):
    return locator.evaluate("(tag, [name, pseudo]) => getComputedStyle(tag, pseudo)[name]", [name, pseudo])


def test_everything_is_open(printed):
    for part in ("details > *:last-child", ".toggle > section", ".quiz-why", ".quiz-answer"):
        assert (
            printed.locator(f"article {part}").count()
            == printed.locator(f"article {part}:visible").count()
            > 0
        )
    assert printed.locator(FOLDED).count() == 0


def test_nothing_stands_around_the_text(printed):
    around = "header, footer, .bd-sidebar-primary, .bd-sidebar-secondary"
    around += ", .headerlink, .ex-controls, button, input, summary svg"
    expect(printed.locator(around).filter(visible=True)).to_have_count(0)
    expect(printed.locator("h1:visible")).to_have_count(1)
    box = printed.locator("article").bounding_box()
    assert (box["x"], box["width"]) == (0, printed.viewport_size["width"])


def test_black_on_white(printed):
    paragraph = printed.locator("article p").first
    assert style(printed.locator("body"), "backgroundColor") == "rgb(255, 255, 255)"
    assert style(paragraph, "color") == "rgb(0, 0, 0)"
    assert style(printed.locator("figure img").first, "filter") == "none"


def test_links(printed):
    inside = printed.locator("article p a.internal").first
    assert (style(inside, "textDecorationLine"), style(inside, "color")) == ("none", "rgb(0, 0, 0)")
    link = printed.locator("article p").first.evaluate_handle(
        "p => p.appendChild(Object.assign(document.createElement('a'), {className: 'external'}))"
    )
    for address, shown in (("https://example.org/a", True), ("https://doi.org/10/x", False)):
        link.evaluate("(link, address) => { link.href = address; }", address)
        assert (address in style(link, "content", "::after")) == shown


def test_what_is_not_broken_across_pages(printed):
    for whole in ("figure", ".cell_input", ".cell_output", "tr", ".quiz"):
        assert style(printed.locator(f"article {whole}").first, "breakInside") == "avoid"
    for heading in ("h1", "h2", ".admonition-title"):
        assert style(printed.locator(f"article {heading}").first, "breakAfter") == "avoid"


def test_screen_is_as_before(page, http):
    page.emulate_media(color_scheme="dark")
    open_page(page, f"{http}/{CHAPTER}")
    before = page.evaluate(STATE)
    page.evaluate(f"() => matchMedia('print').onchange = (e) => e.matches && (window.paper = ({STATE})())")
    page.pdf()
    assert page.evaluate("window.paper") == ["light", 0]
    assert page.evaluate(STATE) == before
    assert before[0] == "dark" and before[1] > 0
