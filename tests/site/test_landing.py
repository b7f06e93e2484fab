"""The landing page: one picture, live or still, on the first screen; and what it says of the book."""

import pytest
import toc
from claims import read_claims
from playwright.sync_api import expect
from test_browser import open_page

LANDING = "book/index.html"


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_first_screen(page, http, width, height):
    """Title, promise and moving picture are seen without scrolling."""
    page.set_viewport_size({"width": width, "height": height})
    open_page(page, f"{http}/{LANDING}")
    picture = page.locator("svg.ex-picture")
    for part in (page.locator("article h1"), page.locator("article h1 + p"), picture):
        box = part.bounding_box()
        assert box["y"] > 0 and box["y"] + box["height"] <= height
    expect(page.locator("article figure")).to_be_hidden()
    page.emulate_media(media="print")
    expect(picture).to_be_visible()
    expect(page.locator("article figure")).to_be_hidden()


def test_still_picture_without_scripts(browser, http):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{http}/{LANDING}")
    expect(page.locator("#explorable-first-look figure img")).to_be_visible()
    context.close()


def test_what_is_written(page, http):
    """Three parts, all of their claims settled, and some left for the fourth."""
    open_page(page, f"{http}/{LANDING}")
    expect(page.locator("article")).to_contain_text("Three parts are here, and every claim")
    expect(page.locator(".chapter-list h3")).to_have_count(3)
    written = {page.removeprefix("chapters/") for page in toc.pages()}
    assert {claim.chapter in written for claim in read_claims().values() if not claim.settled} == {False}
