"""Explorables: their numbers are lasso_jit's, whichever way they are moved, and pages read well without them.

An explorable leaves the numbers that it shows, at full precision, in the property `values` of its section.
"""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from test_browser import open_page, violations, watch

import lasso_jit as lj

PLACES = {"tug-of-war": "chapters/03_derivation", "first-contact": "chapters/05_geometry"}
CONTROLS = ".ex-controls :is(input, select)"
LARGEST = 80_000  # bytes of scripts and kernels on one page
# Half of the updates take less than this, in milliseconds: that is a frame.
FRAME = 16
MEASURE = """section => {
    const slider = section.querySelector("input[type=range]"), times = [];
    for (let k = 0; k < 200; k++) {
        slider.value = Number(slider.min) + (slider.max - slider.min) * k / 199;
        const start = performance.now();
        slider.dispatchEvent(new Event("input"));
        section.getBoundingClientRect();
        times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[100];
}"""


def find(page, address, name, state=""):
    open_page(page, f"{address}/{PLACES[name]}.html#explorable-{name}{state}")
    section = page.locator(f"#explorable-{name}")
    expect(section).to_have_class(re.compile("explorable-live"))
    return section


def values(section):
    return section.evaluate("section => section.values")


def slide(section, label, value):
    section.get_by_label(label).evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }", str(value)
    )


def test_tug_of_war(page, http):
    section = find(page, http, "tug-of-war")
    rng = np.random.default_rng(0)
    for z, alpha in [(0.3, 0.3), (-0.31, 0.3), (0, 0), *rng.uniform([-1.2, 0], [1.2, 1], (60, 2)).round(2)]:
        slide(section, "least squares z", z)
        slide(section, "price alpha", alpha)
        coef = lj.soft_threshold(float(z), float(alpha))
        shown = values(section)
        assert abs(shown["coef"] - coef) < 1e-10 and abs(shown["pull"] - (z - coef)) < 1e-10
        status = section.get_by_role("status").inner_text().replace("\u2212", "-")
        assert ("exactly 0" in status) if coef == 0 else (f"slides to {coef:.2f}" in status)


def test_first_contact(page, http):
    section = find(page, http, "first-contact")
    rng = np.random.default_rng(0)
    for b1, b2, rho, budget in rng.uniform([-1, -1, -0.95, 0.05], [1.5, 1.2, 0.95, 1.1], (60, 4)).round(2):
        for label, value in (("first", b1), ("second", b2)):
            slide(section, f"least squares, {label}", value)
        slide(section, "correlation", rho)
        slide(section, "budget t", budget)
        X = np.linalg.cholesky(np.array([[1, rho], [rho, 1]])).T * np.sqrt(
            2
        )  # so that X'X/2 is the correlations
        path = lj.homotopy_path(X, X @ [b1, b2], fit_intercept=False)
        w = path.coef_at(np.interp(budget, np.abs(path.coefs).sum(axis=0), path.alphas))
        shown = values(section)
        assert np.allclose([shown["lasso1"], shown["lasso2"]], w, rtol=0, atol=1e-10)
        if shown["alpha"] > 1e-6:
            fit = lj.coordinate_descent(X, X @ [b1, b2], shown["alpha"], fit_intercept=False, tol=1e-14)
            assert np.allclose(fit.coef, w, atol=1e-6)
        ridge = np.array([shown["ridge1"], shown["ridge2"]])
        pull = X.T @ X @ (np.array([b1, b2]) - ridge) / 2
        assert np.linalg.norm(ridge) < budget + 1e-10
        assert abs(pull[0] * ridge[1] - pull[1] * ridge[0]) < 1e-10  # it points straight out


def test_drag_the_anchor(page, http):
    section = find(page, http, "tug-of-war")
    grip = section.locator("[data-drag=z]").bounding_box()
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(grip["x"] - 150, grip["y"] + 20, steps=5)
    page.mouse.up()
    z = float(section.get_by_label("least squares z").input_value())
    assert z < 0.2
    assert abs(values(section)["coef"] - lj.soft_threshold(z, 0.25)) < 1e-10
    page.mouse.move(grip["x"], grip["y"])  # let go of
    assert float(section.get_by_label("least squares z").input_value()) == z


@pytest.mark.parametrize("name", PLACES)
def test_by_keyboard(page, address, name):
    """Every control is reached by the tab key and moved by arrows; the address remembers, reset forgets."""
    section = find(page, address, name)
    controls = section.locator(CONTROLS)
    before = [control.input_value() for control in controls.all()]
    controls.first.focus()
    for k in range(controls.count()):
        control = controls.nth(k)
        expect(control).to_be_focused()
        seen = section.get_by_role("status").inner_text(), values(section)
        page.keyboard.press("ArrowDown" if control.evaluate("e => e.tagName") == "SELECT" else "ArrowRight")
        if control.input_value() == before[k]:  # it was at its end
            page.keyboard.press("ArrowLeft")
        assert control.input_value() != before[k]
        assert (section.get_by_role("status").inner_text(), values(section)) != seen
        page.keyboard.press("Tab")
    for button in section.locator(".ex-buttons button").all():
        expect(button).to_be_focused()
        page.keyboard.press("Tab")
    moved, shown = [control.input_value() for control in controls.all()], values(section)
    page.wait_for_function(f"location.hash.startsWith('#explorable-{name}&')")
    page.reload()
    expect(section).to_have_class(re.compile("explorable-live"))
    assert [control.input_value() for control in controls.all()] == moved and values(section) == shown
    expect(section).to_be_in_viewport()
    section.get_by_role("button", name="Reset").press("Enter")
    assert [control.input_value() for control in controls.all()] == before


@pytest.mark.parametrize("name", PLACES)
def test_nonsense_in_the_address(page, http, name):
    trouble = watch(page, http)
    section = find(page, http, name, "&z=abc&alpha=1e9&other=1&=")
    assert all(np.isfinite(list(values(section).values())))
    assert not trouble


@pytest.mark.parametrize("name", PLACES)
def test_fits_and_is_accessible(page, http, name):
    """At both ends of all controls: as wide as a telephone, accessible in light and dark."""
    trouble = watch(page, http)
    page.set_viewport_size({"width": 390, "height": 844})
    section = find(page, http, name)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(f"html[data-theme={scheme}]")).to_be_attached()
        for end in ("Home", "End"):
            for control in section.locator(CONTROLS).all():
                control.press(end)
                width = page.evaluate("document.scrollingElement.scrollWidth")
                trouble += [f"{scheme} {end}: {width} pixels wide"] if width > 390 else []
            trouble += [f"{scheme} {end}: {line}" for line in violations(page)]
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize("name", PLACES)
def test_fast_and_small(page, http, site, name):
    sizes = []
    section = find(page, http, name)
    for script in page.locator("script[src*='explorable'], script[src*='kernels']").all():
        sizes.append(
            (site / "_static" / script.get_attribute("src").split("_static/")[1].split("?")[0]).stat().st_size
        )
    assert len(sizes) >= 3 and sum(sizes) < LARGEST
    assert section.evaluate(MEASURE) < FRAME


@pytest.mark.parametrize("name", PLACES)
def test_without_scripts(browser, http, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{http}/{PLACES[name]}.html")
    section = page.locator(f"#explorable-{name}")
    expect(section).to_contain_text("?")
    expect(section.locator(".explorable-stage")).to_be_empty()
    assert section.locator("a[href*='chapters'], a[href*='#fig-']").count()  # where a picture stands still
    context.close()


@pytest.mark.parametrize("name", PLACES)
def test_on_paper(page, http, name):
    section = find(page, http, name)
    page.emulate_media(media="print")
    expect(section.locator("svg.ex-picture")).to_be_visible()
    expect(section.locator(".ex-controls")).to_be_hidden()


def test_pages_without_explorables_load_nothing(site):
    assert "kernels.js" not in (site / "chapters" / "02_objective.html").read_text("utf8")
