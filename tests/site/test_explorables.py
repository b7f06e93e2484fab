"""Explorables: their numbers are lasso_jit's, whichever way they are moved, and pages read well without them.

An explorable leaves the numbers that it shows, at full precision, in the property `values` of its section.
"""

import re

import first_look
import numpy as np
import pytest
from playwright.sync_api import expect
from test_browser import open_page, violations, watch
from wasm_entries import normals

import lasso_jit as lj

PLACES = {
    "first-look": "book/index",
    "tug-of-war": "chapters/03_derivation",
    "first-contact": "chapters/05_geometry",
    "house-prices": "chapters/08_house_prices",
    "solver-race": "chapters/09_ista",
    "path-explorer": "chapters/11_paths",
    "cv-explorer": "chapters/14_cross_validation",
}
CONTROLS = ".ex-controls :is(input, select)"

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


FIRST_LOOK = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")


def leave_out(X, y, fold, coef, intercept):
    """Mean squared error of each column of coefficients in one fold."""
    return np.mean((y[fold, None] - X[fold] @ coef - intercept) ** 2, axis=0)


def unseen_references(X, y):
    """What forecasting the mean and what least squares leave in the five folds of lasso_cv, on average."""
    found = []
    for fold in np.array_split(np.arange(len(y)), 5):
        seen = np.setdiff1d(np.arange(len(y)), fold)
        ones = np.column_stack([np.ones(len(seen)), X[seen]])
        intercept, *coef = np.linalg.lstsq(ones, y[seen])[0]
        coefs = np.column_stack([np.zeros(len(coef)), coef])
        found.append(leave_out(X, y, fold, coefs, [y[seen].mean(), intercept]))
    return np.mean(found, axis=0)


def test_first_look(page, http):
    section = find(page, http, "first-look")
    X, y = first_look.patients()
    empty, least = unseen_references(X, y)
    rises = np.random.default_rng(0).uniform(-1.3, 1.7, 60).round(2)
    rises = np.unique([-1.3, -1.1, 0.8, 1.65, 1.7, *rises])[::-1]
    cv = lj.lasso_cv(X, y, alphas=10**rises, tol=1e-12)
    for rise, error in zip(rises, cv.mean, strict=True):
        slide(section, "price alpha", rise)
        coef = lj.lasso(X, y, 10**rise, tol=1e-14).coef
        shown = values(section)
        assert np.allclose([shown[name] for name in FIRST_LOOK], coef, rtol=0, atol=1e-10)
        assert np.allclose(
            [shown["error"], shown["empty"], shown["least"]], [error, empty, least], rtol=1e-10, atol=0
        )
        status = section.get_by_role("status").inner_text()
        count = np.count_nonzero(coef)
        assert status.startswith(f"{count} of 10" if count else "No measurement is in")
        assert f"{100 * error / empty:.1f}%" in status and status.endswith(f"{100 * least / empty:.1f}%.")


def test_condensed_patients():
    """The tables in the script are those of today's data, and lasso_jit fits both alike."""
    assert np.allclose(first_look.read(), first_look.tables(), rtol=0, atol=1e-10)
    X, y = first_look.patients()
    for table, group in zip(first_look.read(), first_look.groups(), strict=True):
        assert len(table) == 12
        for alpha in np.geomspace(0.05, 50, 10):
            few = lj.lasso(table[:, :-1], table[:, -1], alpha, tol=1e-14)
            all_rows = lj.lasso(X[group], y[group], alpha, tol=1e-14)
            assert np.allclose(few.coef, all_rows.coef, rtol=0, atol=1e-10)
            assert abs(few.intercept - all_rows.intercept) < 1e-10


def test_what_to_notice_at_first_look(page, http):
    """What the landing page says, at the places of the slider, and with other folds and units."""
    X, y = first_look.patients()
    assert X.shape == (442, 10)
    alphas = 10 ** np.linspace(1.7, -1.3, 301)
    coefs = lj.lasso_path(X, y, alphas=alphas, tol=1e-13).coefs
    counts = np.count_nonzero(coefs, axis=0)
    empty, least = unseen_references(X, y)
    shares = 100 * lj.lasso_cv(X, y, alphas=alphas, tol=1e-12).mean / empty
    seven, four = np.argmin(np.abs(alphas - 1)), np.flatnonzero(counts == 4)[-1]
    assert counts[seven] == 7 and f"{shares[seven]:.1f}" == f"{100 * least / empty:.1f}"
    stays = {name: alphas[coef != 0].max() for name, coef in zip(FIRST_LOOK, coefs, strict=True)}
    in_order = sorted(stays, key=stays.get)
    start = np.linalg.lstsq(X, y - y.mean())[0]
    assert in_order[3] == FIRST_LOOK[np.abs(start).argmax()] == "s1"
    hdl = coefs[FIRST_LOOK.index("s3")]
    assert in_order.index("s3") > 5 and hdl[-1] > 0 > hdl[seven] and np.any(hdl[seven:] == 0)
    assert set(in_order[-4:]) == {FIRST_LOOK[j] for j in np.flatnonzero(coefs[:, four])}

    lost = []
    for seed in range(100):
        rows = np.random.default_rng(seed).permutation(len(y))
        references = unseen_references(X[rows], y[rows])
        error = lj.lasso_cv(X[rows], y[rows], alphas=[alphas[four]]).mean[0]
        lost.append(100 * (error - references[1]) / references[0])
    own_units = []
    for fold in np.array_split(np.arange(len(y)), 5):
        seen = np.setdiff1d(np.arange(len(y)), fold)
        Z = (X - X[seen].mean(axis=0)) / X[seen].std(axis=0)
        path = lj.lasso_path(Z[seen], y[seen], alphas=alphas)
        own_units.append(leave_out(Z, y, fold, path.coefs, path.intercepts))
    assert np.abs(100 * np.mean(own_units, axis=0) / empty - shares).max() < 0.5
    section = find(page, http, "first-look")
    for sentence in (
        f"to 1 and seven measurements are left, with the error of all ten: {shares[seven]:.1f}% of",
        f"At {alphas[four]:.1f} four are left, with {shares[four]:.1f}%",
        f"With two it is at least {shares[counts == 2].min():.1f}%",
        f"between {min(lost):.1f} and {max(lost):.1f} percentage points",
        f"{np.mean(lost):.1f} on average",
    ):
        expect(section).to_contain_text(sentence)


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


def regression(signal, noise, rho):
    """The path explorer's data."""
    Z = np.empty((7, 60))
    normals(2, Z.reshape(-1))
    Z = (Z - Z.mean(axis=1, keepdims=True)).T
    Q, R = np.linalg.qr(Z[:, :6])
    X, e = np.sqrt(60) * Q * np.sign(np.diag(R)), Z[:, 6] / Z[:, 6].std()
    X[:, 3] = rho * (X[:, 0] - X[:, 1] + X[:, 2]) + np.sqrt(1 - 3 * rho**2) * X[:, 3]
    return X, signal * X[:, :3] @ [1, -0.8, 0.6] + noise * e


def test_path_explorer(page, http):
    section = find(page, http, "path-explorer")
    rng = np.random.default_rng(0)
    settings = rng.integers([-50, 4, 0, 0], [201, 31, 41, 56], (60, 4)) * [0.01, 0.05, 0.05, 0.01]
    for k, setting in enumerate([(2, 0.2, 0, 0), (2, 1.5, 0, 0.5), *settings.round(2)]):
        for label, value in zip(("price alpha", "signal", "noise", "correlation"), setting, strict=True):
            slide(section, label, value)
        section.get_by_label("axis").select_option(str(k % 3))
        fall, signal, noise, rho = setting
        X, y = regression(signal, noise, rho)
        path, alpha, shown = lj.homotopy_path(X, y), 10**-fall, values(section)
        w = path.coef_at(alpha)
        pulls = np.abs(X.T @ (y - y.mean() - X @ w)) / 60
        share = np.abs(w).sum() / np.abs(path.coefs[:, -1]).sum()
        across = (fall, max(-alpha, -1.12 * path.alphas[0]), share)[k % 3]
        assert abs(shown["alpha"] - alpha) < 1e-10 and abs(shown["across"] - across) < 1e-10
        assert np.allclose([shown[f"coef{j + 1}"] for j in range(6)], w, rtol=0, atol=1e-10)
        assert np.allclose([shown[f"pull{j + 1}"] for j in range(6)], pulls, rtol=0, atol=1e-10)
        listed = re.search(r"features? (.*) (is|are) in,", section.get_by_role("status").inner_text())
        inside = [str(j + 1) for j in np.flatnonzero(w)]
        assert (re.findall(r"\d", listed[1]) if listed else []) == inside


def test_what_to_notice_on_the_path():
    """What the chapter says of the path explorer, at every place of its sliders."""
    for rho in np.arange(0, 0.56, 0.01).round(2):
        order = []
        for signal in (0.2, 1, 1.5):
            path = lj.homotopy_path(*regression(signal, 0, rho))
            positive = path.alphas > 1e-9
            order.append((path.alphas[positive] / signal, path.events[: positive.sum()]))
            assert np.allclose(order[-1][0], order[0][0]) and order[-1][1] == order[0][1]
            enter = {j for what in order[-1][1] for _, j in what}
            assert enter == ({0, 1, 2, 3} if rho > 0.335 else {0, 1, 2})
            assert (path.events[0] == (("enters", 3),)) == (rho > 0.415)
            assert abs(path.coefs[3, -1]) < 1e-9  # and falls to zero
    path = lj.homotopy_path(*regression(1, 0.6, 0.2))
    assert np.all(path.coefs[:, -1])


def cross_validated(seed, n, noise, folds):
    """The data of the cross-validation explorer, cross-validated."""
    Z = np.empty((n, 21))
    normals(seed, Z.reshape(-1))
    X, y = Z[:, :20], Z[:, :3] @ [1, -0.75, 0.5] + noise * Z[:, 20]
    return lj.lasso_cv(X, y, cv=folds, alphas=50, eps=5e-3, tol=1e-13)


def kept(fit):
    inside = np.abs(fit.coef) > 1e-12  # at alpha_max rounding would decide
    return [np.count_nonzero(inside[:3]), np.count_nonzero(inside[3:])]


def test_cv_explorer(page, http):
    section = find(page, http, "cv-explorer")
    settings = np.random.default_rng(0).integers([4, 3, 3, 1], [21, 21, 11, 51], (60, 4))
    for tens, tenths, folds, seed in [(4, 20, 3, 1), (20, 3, 10, 50), *settings.tolist()]:
        n, noise = 10 * tens, tenths / 10
        for label, value in (("rows", n), ("noise", noise), ("folds", folds), ("data set", seed)):
            slide(section, label, value)
        cv, shown = cross_validated(seed, n, noise, folds), values(section)
        best, first = np.argmin(cv.mean), np.flatnonzero(cv.alphas == cv.alpha_1se)[0]
        expected = {
            "alpha": cv.alpha,
            "alpha_1se": cv.alpha_1se,
            "error": cv.mean[best],
            "error_1se": cv.mean[first],
            "standard_error": cv.standard_error[best],
            "left_end": cv.mean[-1],
            "right_end": cv.mean[0],
        }
        for name, value in expected.items():
            assert abs(shown[name] - value) < 1e-10 * max(1, value), (name, n, noise, folds, seed)
        assert [shown["right"], shown["wrong"]] == kept(cv.fit)
        assert [shown["right_1se"], shown["wrong_1se"]] == kept(cv.fit_1se)
    section.get_by_role("button", name="Reset").click()
    before = values(section)
    section.get_by_role("button", name="New data").click()
    assert values(section) != before and section.get_by_label("data set").input_value() == "2"


def test_what_to_notice_about_cross_validation(page, http):
    """The averages in the chapter's text are those of the fifty data sets."""
    counts, alphas = {}, {}
    for setting in [(100, 1.0), (200, 1.0), (100, 0.3), (100, 2.0)]:
        found = [cross_validated(seed, *setting, 5) for seed in range(1, 51)]
        counts[setting] = np.array([[kept(cv.fit), kept(cv.fit_1se)] for cv in found])
        alphas[setting] = np.mean([[cv.alpha, cv.alpha_1se] for cv in found], axis=0)
    start, noisy = counts[100, 1.0], counts[100, 2.0].sum(axis=0)
    at_min, at_1se = start[:, 0, 1], start[:, 1, 1]
    assert np.all(at_1se <= at_min)
    rows, less = (counts[setting][:, 0, 1].mean() for setting in ((200, 1.0), (100, 0.3)))
    assert round(rows) == round(less)
    assert np.all(alphas[200, 1.0] < alphas[100, 1.0]) and np.all(alphas[100, 0.3] < alphas[100, 1.0])
    section = find(page, http, "cv-explorer")
    for sentence in (
        f"{at_min.mean():.1f} false features on average, anything from {at_min.min()} to {at_min.max()},",
        f"the one-standard-error choice {at_1se.mean():.1f}, never more than the minimum",
        f"it still keeps about {rows:.0f}",
        f"With noise 2 it keeps {noisy[1, 0]} of the 150 (three in each data set), the minimum {noisy[0, 0]}",
    ):
        expect(section).to_contain_text(sentence)


def test_drag_the_cursor(page, http):
    section = find(page, http, "path-explorer")
    for axis in range(3):
        section.get_by_role("button", name="Reset").click()
        section.get_by_label("axis").select_option(str(axis))
        before = values(section)
        section.locator(".ex-picture").scroll_into_view_if_needed()
        grip = section.locator("[data-drag=fall] circle").bounding_box()
        page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
        page.mouse.down()
        page.mouse.move(grip["x"] + 100, grip["y"] + 40, steps=4)
        page.mouse.up()
        moved = section.locator("[data-drag=fall] circle").bounding_box()
        assert abs(moved["x"] + moved["width"] / 2 - grip["x"] - 100) < 10
        assert values(section)["alpha"] < before["alpha"]


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
    # The first value belongs to the name of the explorable.
    remembered = "moved => [...new URLSearchParams(location.hash).values()].slice(1).join() === moved.join()"
    page.wait_for_function(remembered, arg=moved)
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
