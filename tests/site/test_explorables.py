"""Explorables: their numbers are lasso_jit's, whichever way they are moved, and pages read well without them.

An explorable leaves the numbers that it shows, at full precision, in the property `values` of its section.
"""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from test_browser import open_page, violations, watch

import lasso_jit as lj

PLACES = {
    "tug-of-war": "chapters/03_derivation",
    "first-contact": "chapters/05_geometry",
    "house-prices": "chapters/08_house_prices",
    "solver-race": "chapters/09_ista",
}
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

# Press Play and say where the slider is after the first step.
FIRST_STEP = """slider => new Promise(done => {
    new MutationObserver(() => done(slider.value)).observe(slider, {attributes: true});
    slider.closest("section").querySelector(".ex-buttons button").click();
})"""


def find(page, address, name, state=""):
    open_page(page, f"{address}/{PLACES[name]}.html#explorable-{name}{state}")
    section = page.locator(f"#explorable-{name}")
    expect(section).to_have_class(re.compile("explorable-live"))
    return section


def state_of(**settings):
    return "".join(f"&{key}={value}" for key, value in settings.items())


def values(section):
    return section.evaluate("section => section.values")


def slide(section, label, value):
    section.get_by_role("slider", name=label).evaluate(
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


HOUSES = np.array([[3.0, 4.5, 4], [1.0, 1.0, 1], [2.5, 5.5, 2], [1.5, 5.0, 3]])
PRICES = np.array([3.45, 2.60, 2.55, 2.00])


def test_house_prices(page, http):
    section = find(page, http, "house-prices")
    features = {"footage": "square footage", "distance": "distance", "bathrooms": "bathrooms"}
    knots = 2 * len(PRICES) * lj.homotopy_path(HOUSES, PRICES).alphas
    lambdas = np.random.default_rng(0).uniform(0, 2.5, 40).round(2)
    for lam in [0, 0.5, 1, 1.01, 1.55, 2, 2.25, 2.5, *lambdas]:
        slide(section, "lambda", lam)
        fit = lj.lasso(HOUSES, PRICES, lam / 8, tol=1e-14)
        residual = PRICES - fit.intercept - HOUSES @ fit.coef
        error, penalty = residual @ residual, lam * np.abs(fit.coef).sum()
        shown = values(section)
        wanted = [*fit.coef, error, penalty, 1.2 * lam, 1.2 * lam - error - penalty]
        numbers = [shown[key] for key in (*features, "error", "penalty", "least", "gained")]
        assert np.allclose(numbers, wanted, rtol=0, atol=1e-10)
        assert np.allclose([shown[f"{key}Gone"] for key in features], knots[:3], rtol=0, atol=1e-10)
        if lam <= 1:  # the rise is half of the saving
            assert abs(shown["error"] - shown["gained"]) < 1e-10
        else:
            assert shown["error"] < shown["gained"]
        status = section.get_by_role("status").inner_text()
        kept = [name for name, coef in zip(features.values(), fit.coef, strict=True) if abs(coef) > 1e-12]
        assert (f"In the model: {', '.join(kept)}." if kept else "Nobody is left") in status
        paid = float(re.search(r"pays (\d\.\d{4}),", status)[1])
        assert abs(paid - (error + penalty)) < 0.5001e-4


def race(rho, alpha, start, restart, iterations):
    """What the three solvers of lasso_jit do from `start`: coefficients and gaps, row by row."""
    X = np.sqrt(2) * np.array([[1, rho], [0, np.sqrt(1 - rho**2)]])
    y = X @ [1, 0.6]
    options = {"fit_intercept": False, "coef_init": start, "tol": 1e-300, "history": True}
    found = {}
    for key, solver in (
        ("ista", lj.ista),
        ("fista", lambda *args, **more: lj.fista(*args, restart=restart, **more)),
        ("cd", lj.coordinate_descent),
    ):
        history = solver(X, y, alpha, max_iter=max(1, iterations), **options).history
        last = min(iterations, len(history.gaps) - 1)  # it stops early where the gap is exactly 0
        found |= {f"{key}1": history.coefs[last][0], f"{key}2": history.coefs[last][1]}
        found[f"{key}Gap"] = history.gaps[last]
    return found


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_solver_race(page, http):
    section = find(page, http, "solver-race")
    rng = np.random.default_rng(0)
    lowest, highest = [-0.95, 0.02, -1.4, -0.9], [0.95, 0.6, 2, 1.3]
    for rho, alpha, first, second in rng.uniform(lowest, highest, (50, 4)).round(2):
        restart, iteration = int(rng.integers(2)), int(rng.integers(61))
        slide(section, "correlation", rho)
        slide(section, "price alpha", alpha)
        slide(section, "start, first", first)
        slide(section, "start, second", second)
        slide(section, "iteration", iteration)
        section.get_by_role("combobox").select_option(str(restart))
        shown, expected = values(section), race(rho, alpha, [first, second], bool(restart), iteration)
        assert shown.keys() == expected.keys()
        for key, value in expected.items():
            assert abs(shown[key] - value) < 1e-10 * max(1, abs(value)), key


def test_solver_race_keeps_its_word(page, http):
    """What the text says one should notice."""
    section = find(page, http, "solver-race")
    slide(section, "correlation", 0)
    slide(section, "iteration", 1)
    for first, second in [(-1.2, -0.3), (2, 1.3), (0, 1)]:
        slide(section, "start, first", first)
        slide(section, "start, second", second)
        assert all(values(section)[f"{key}Gap"] < 1e-12 for key in ("ista", "fista", "cd"))
    section.get_by_role("button", name="Reset").click()
    for rho, alpha in [(0.5, 0.1), (0.9, 0.1), (-0.8, 0.03)]:
        slide(section, "correlation", rho)
        slide(section, "price alpha", alpha)
        coef = np.array([1, 0.6]) - alpha / (1 + rho)  # both are in
        left = {"ista": [], "cd": []}
        for iteration in (7, 8):
            slide(section, "iteration", iteration)
            for key, errors in left.items():
                error = np.array([values(section)[f"{key}1"], values(section)[f"{key}2"]]) - coef
                errors.append(error[0] - np.sign(rho) * error[1])
        assert np.isclose(left["ista"][1] / left["ista"][0], 2 * abs(rho) / (1 + abs(rho)), rtol=1e-6)
        assert np.isclose(left["cd"][1] / left["cd"][0], rho**2, rtol=1e-6)
    section = find(page, http, "solver-race", state_of(rho=0.95, alpha=0.02, restart=1))
    page.wait_for_function("document.querySelector('.ex-controls select').value === '1'")
    shown = values(section)
    assert shown["fistaGap"] < shown["cdGap"] < shown["istaGap"]


@pytest.mark.parametrize(
    ("name", "label", "jump"), [("house-prices", "lambda", 0.25), ("solver-race", "iteration", 5)]
)
def test_play(page, http, name, label, jump):
    """It moves on by itself, is stopped, and goes in jumps for those who want less motion."""
    section = find(page, http, name)
    slider = section.get_by_role("slider", name=label)
    lowest, step = float(slider.get_attribute("min")), float(slider.get_attribute("step"))
    button = section.locator(".ex-buttons button").first
    for motion, first in (("reduce", jump), ("no-preference", step)):
        page.emulate_media(reduced_motion=motion)
        slider.press("Home")
        expect(button).to_have_text("Play")  # any control stops it
        assert np.isclose(float(slider.evaluate(FIRST_STEP)), lowest + first)
        expect(button).to_have_text("Pause")
    button.click()
    stopped = slider.input_value()
    page.wait_for_timeout(500)
    assert slider.input_value() == stopped
    slider.press("End")
    slider.press("ArrowLeft")
    button.click()
    expect(button).to_have_text("Play")  # at the end it stops
    assert slider.input_value() == slider.get_attribute("max")
    button.click()  # and begins again
    expect(button).to_have_text("Pause")
    assert float(slider.input_value()) < float(slider.get_attribute("max"))


def test_drag_the_start(page, http):
    section = find(page, http, "solver-race")
    grip = section.locator("[data-drag=start]").bounding_box()
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(grip["x"] + 150, grip["y"] - 100, steps=5)
    page.mouse.up()
    start = [float(section.get_by_label(f"start, {which}").input_value()) for which in ("first", "second")]
    assert start[0] > -0.6 and start[1] > 0
    slide(section, "iteration", 0)
    assert [values(section)["cd1"], values(section)["cd2"]] == start


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
    # The address is written a moment after the last move.
    page.wait_for_function(f"location.hash.match(/^#explorable-{name}&.*={moved[-1]}$/)")
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
