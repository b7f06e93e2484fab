"""The site in a browser: every page is sound; quizzes, cards and filters work by keyboard and from disk."""

from axe_playwright_python.sync_playwright import Axe
from claims import read_claims
from playwright.sync_api import expect

CHAPTER = "chapters/03_derivation.html"
TYPESET = "() => window.MathJax && MathJax.startup && MathJax.startup.promise.then(() => true)"
NOISE = ("Got invalid theme mode: . Resetting to auto.",)  # the theme's, on a first visit
# What others bring with them, by axe's rule and the start of the element.
THEIRS = {
    "region": '<div class="sidebar-primary-item">',  # the theme: the title above the navigation
    "aria-allowed-role": '<div class="citation"',  # docutils: a bibliography in the roles of 2017
    "aria-deprecated-role": '<div class="citation"',
    "aria-required-children": '<div role="list" class="citation-list">',
    "empty-table-header": "<th></th>",  # pandas: the corner of a data frame
}
AXE = Axe()


def open_page(page, url):
    page.goto(url)
    page.wait_for_function(TYPESET)


def violations(page, **options):
    """What axe finds, one line an element."""
    # Without preload: axe would look for imported style sheets beside the page.
    options |= {"resultTypes": ["violations"], "preload": False}
    found = AXE.run(page, options=options).response["violations"]
    return [
        f"{violation['id']}: {' '.join(node['html'].split())[:200]}"
        for violation in found
        for node in violation["nodes"]
        if not node["html"].startswith(THEIRS.get(violation["id"], "\0"))
    ]


def watch(page, host):
    """Collect what goes wrong while the page loads."""
    trouble = []

    def on_console(message):
        if message.type in ("error", "warning") and message.text not in NOISE:
            trouble.append(f"{message.text} {message.location.get('url', '')}")

    def on_request(request):
        if not request.url.startswith((host, "data:")):
            trouble.append(f"elsewhere: {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("requestfailed", lambda request: trouble.append(f"failed: {request.url}"))
    page.on("request", on_request)
    return trouble


def test_page(page, http, page_name):
    """No errors, nothing from elsewhere, maths typeset, accessible in light and dark, fits a telephone."""
    trouble = watch(page, http)
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, f"{http}/{page_name}.html")
    raw = page.locator(".math:not(:has(mjx-container))")
    trouble += [f"not typeset: {text}" for text in raw.all_text_contents()]
    width = page.evaluate("document.scrollingElement.scrollWidth")
    if width > 390:
        trouble.append(f"{width} pixels wide on a telephone")
    scrolls = {"type": "rule", "values": ["scrollable-region-focusable"]}  # more has to scroll there
    trouble += [f"telephone: {line}" for line in violations(page, runOnly=scrolls)]
    page.set_viewport_size({"width": 1280, "height": 900})
    trouble += [f"light: {line}" for line in violations(page)]
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html[data-theme=dark]")).to_be_attached()
    contrast = {"type": "rule", "values": ["color-contrast"]}  # all that the dark page can change
    trouble += [f"dark: {line}" for line in violations(page, runOnly=contrast)]
    assert not trouble, "\n".join(trouble)


def test_page_from_disk(page, site, page_name):
    """Opened as a file, a page makes no errors, reads only files of the site, and typesets its maths."""
    trouble = watch(page, site.as_uri())
    open_page(page, (site / f"{page_name}.html").as_uri())
    assert not page.locator(".math:not(:has(mjx-container))").count()
    assert not trouble, "\n".join(trouble)


def test_there_is_maths(page, site):
    open_page(page, (site / CHAPTER).as_uri())
    assert page.locator("mjx-container").count()


def test_quiz_by_keyboard(page, address):
    open_page(page, f"{address}/{CHAPTER}")
    quiz = page.locator("fieldset.quiz").first
    options = quiz.locator(".quiz-option")
    why = quiz.locator(".quiz-why:visible")
    expect(why).to_have_count(0)
    options.first.locator("input").focus()
    page.keyboard.press("Space")
    for option in options.all():
        right = "quiz-right" in option.get_attribute("class")
        expect(option.locator("input")).to_be_checked()
        expect(why).to_have_count(1)
        expect(option.locator("[aria-live] .quiz-why")).to_be_visible()
        expect(why).to_contain_text("✓ Right." if right else "✗ Wrong.")
        assert len(why.inner_text()) > len("✗ Wrong.") + 10
        page.keyboard.press("ArrowDown")


def test_print_shows_everything(page, http):
    open_page(page, f"{http}/{CHAPTER}")
    page.emulate_media(media="print")
    expect(page.locator(".quiz-why:visible")).to_have_count(page.locator(".quiz-why").count())
    expect(page.locator(".quiz-answer").first).to_contain_text("Right answer:")
    expect(page.locator(".quiz-answer").first).to_be_visible()


def test_without_scripts(browser, http):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{http}/{CHAPTER}")
    assert page.locator(".quiz-why:visible").count() == page.locator(".quiz-why").count() > 0
    assert page.locator(".quiz-answer:visible").count() == page.locator(".quiz").count()
    page.goto(f"{http}/book/claims.html")
    assert page.locator("table.ledger tbody tr:visible").count() == len(read_claims())
    expect(page.locator(".ledger-filters")).to_be_hidden()
    context.close()


def test_ledger_filters(page, address):
    claims = read_claims().values()
    rows = page.locator("table.ledger tbody tr:visible")
    status = page.get_by_role("status")
    open_page(page, f"{address}/book/claims.html")
    expect(rows).to_have_count(len(claims))
    page.get_by_label("Verdict").select_option("imprecise")
    page.get_by_label("Article").select_option("A")
    chosen = [c for c in claims if c.verdict == "imprecise" and c.article == "A"]
    expect(rows).to_have_count(len(chosen))
    expect(status).to_have_text(f"{len(chosen)} of {len(claims)} claims shown.")
    page.get_by_label("Words").fill(chosen[0].id.lower())
    expect(rows).to_have_count(1)
    page.reload()  # the choice is in the address
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Verdict")).to_have_value("imprecise")
    page.get_by_role("button", name="Show all").press("Enter")
    expect(rows).to_have_count(len(claims))
    page.get_by_label("Settled").select_option("yes")
    expect(rows).to_have_count(sum(c.settled for c in claims))


def test_link_to_a_row_clears_the_filters(page, http):
    claim = next(c for c in read_claims().values() if c.verdict != "false")
    open_page(page, f"{http}/book/claims.html#verdict=false")
    expect(page.locator(f"#{claim.row}")).to_be_hidden()
    page.goto(f"{http}/book/claims.html#{claim.row}")
    expect(page.locator(f"#{claim.row}")).to_be_in_viewport()


def test_hover_cards(page, address):
    open_page(page, f"{address}/{CHAPTER}")
    card = page.get_by_role("tooltip")
    targets = (
        "glossary.html#term-",
        "#equation-",
        "#thm-",
        "references.html#",
        "claims.html#ledger-",
        "#fig-",
    )
    for target in targets:
        link = page.locator(f"article a[href*='{target}']:not(.headerlink)").first
        link.focus()
        expect(card).to_be_visible()
        assert len(card.inner_text()) > 3
        expect(page.locator("#hover-card .math:not(:has(mjx-container))")).to_have_count(0)
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()
    link.blur()
    link.hover()
    expect(card).to_be_visible()
    box = card.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.wait_for_timeout(400)  # the card stays while the pointer is on it
    expect(card).to_be_visible()
    page.mouse.move(1, 1)
    expect(card).to_be_hidden()


def test_claim_card_says_the_verdict(page, http):
    open_page(page, f"{http}/{CHAPTER}")
    mark = page.locator(".claim").first
    claim = next(c for c in read_claims().values() if c.mark == mark.get_attribute("id"))
    mark.locator("a").focus()
    expect(page.get_by_role("tooltip")).to_contain_text(claim.verdict)


def test_solution_opens(page, address):
    open_page(page, f"{address}/{CHAPTER}")
    solution = page.locator("div.solution.dropdown").first
    inside = solution.locator("section").first
    expect(inside).to_be_hidden()
    solution.locator("button.toggle-button").press("Enter")
    expect(inside).to_be_visible()
