"""Properties that hold for any data, on data that are made to be awkward.

Solutions need not be unique here (ties, duplicates, constants), so fits are compared by their objectives:
each is within its own certified gap of the best, so two fits of one problem differ by at most the sum.
"""

import warnings

import numpy as np
import pytest
import reference as ref
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning

from lasso_jit import coordinate_descent, fista, ista, kkt_violation

examples = settings(deadline=None, derandomize=True, max_examples=50)
solvers = pytest.mark.parametrize("solver", [ista, fista, coordinate_descent], ids=lambda f: f.__name__)
pytestmark = pytest.mark.filterwarnings("error")


@st.composite
def problems(draw):
    """Draw small integers with ties, times column scales, some columns constant or copies of another."""
    n, p = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    entry = st.integers(-3, 3)
    X = np.array(draw(st.lists(st.lists(entry, min_size=p, max_size=p), min_size=n, max_size=n)), float)
    y = np.array(draw(st.lists(entry, min_size=n, max_size=n)), float) * draw(st.sampled_from([1e-3, 1, 1e4]))
    for j in range(p):
        kind = draw(st.sampled_from(["as is", "as is", "as is", "constant", "copy", "mirror"]))
        if kind == "constant":
            X[:, j] = draw(st.sampled_from([0.0, 0.1, 1 / 3, 5.0]))
        elif kind != "as is":
            X[:, j] = (1 if kind == "copy" else -1) * X[:, draw(st.integers(0, p - 1))]
    X *= np.array(draw(st.lists(st.sampled_from([0.1, 1.0, 10.0]), min_size=p, max_size=p)))
    fit_intercept = draw(st.booleans())
    top = ref.scale_of_penalty(X, y, fit_intercept)
    # Centring leaves rounding in constant columns, which is no scale for a penalty.
    scale = top if top > 1e-10 * np.abs(X).max() * np.abs(y).max() else 1.0
    return X, y, scale * draw(st.sampled_from([0.03, 0.3, 0.9, 1.5])), fit_intercept


def run(solver, X, y, alpha, fit_intercept, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit = solver(X, y, alpha, fit_intercept=fit_intercept, max_iter=1000, **options)
    assert all(w.category is ConvergenceWarning for w in caught)
    assert fit.certificate.holds == (not caught)
    return fit


def assert_same_objective(X, y, alpha, fit_intercept, one, other, gaps):
    """Compare two coefficient vectors of one problem whose relative gaps sum up to `gaps`."""
    values = [
        ref.objective(X, y, coef, ref.best_intercept(X, y, coef, fit_intercept), alpha)
        for coef in (one, other)
    ]
    empty = ref.empty_objective(y, fit_intercept)
    assert abs(values[0] - values[1]) <= (gaps + ref.ROUNDING) * empty + 1e-300


@solvers
@examples
@given(problem=problems())
def test_certificate_holds_or_warns(solver, problem):
    X, y, alpha, fit_intercept = problem
    fit = run(solver, X, y, alpha, fit_intercept)
    if fit.certificate.holds or ref.empty_objective(y, fit_intercept) > 1e-20:
        ref.assert_certified(fit, X, y, fit_intercept=fit_intercept, rounding=1e-12)


@solvers
@examples
@given(problem=problems(), seed=st.integers(0, 100))
def test_nothing_random_is_better(solver, problem, seed):
    X, y, alpha, fit_intercept = problem
    fit = run(solver, X, y, alpha, fit_intercept)
    value = ref.objective(X, y, fit.coef, fit.intercept, alpha)
    allowed = (fit.gap + ref.ROUNDING) * ref.empty_objective(y, fit_intercept) + 1e-300
    rng = np.random.default_rng(seed)
    for size in np.geomspace(1e-6, 1, 12) * (np.abs(fit.coef).max() + np.abs(y).max()):
        coef = fit.coef + size * rng.normal(size=fit.coef.size) * (rng.random(fit.coef.size) < 0.7)
        assert (
            value <= ref.objective(X, y, coef, ref.best_intercept(X, y, coef, fit_intercept), alpha) + allowed
        )


@solvers
@examples
@given(problem=problems(), seed=st.integers(0, 100))
def test_order_of_columns_and_rows(solver, problem, seed):
    X, y, alpha, fit_intercept = problem
    rng = np.random.default_rng(seed)
    columns, rows = rng.permutation(X.shape[1]), rng.permutation(len(y))
    fit = run(solver, X, y, alpha, fit_intercept)
    mixed = run(solver, X[rows][:, columns], y[rows], alpha, fit_intercept)
    coef = np.empty_like(mixed.coef)
    coef[columns] = mixed.coef
    assert_same_objective(X, y, alpha, fit_intercept, fit.coef, coef, fit.gap + mixed.gap)


@solvers
@examples
@given(problem=problems(), seed=st.integers(0, 100))
def test_signs(solver, problem, seed):
    X, y, alpha, fit_intercept = problem
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=X.shape[1])
    fit = run(solver, X, y, alpha, fit_intercept)
    flipped = run(solver, X * signs, y, alpha, fit_intercept)
    assert_same_objective(X, y, alpha, fit_intercept, fit.coef, flipped.coef * signs, fit.gap + flipped.gap)
    mirrored = run(solver, X, -y, alpha, fit_intercept)
    np.testing.assert_array_equal(mirrored.coef, -fit.coef)  # every rounding is symmetric


@solvers
@examples
@given(problem=problems(), factor=st.sampled_from([1e-6, 0.37, 3.0, 1e7]))
def test_units_of_the_response(solver, problem, factor):
    X, y, alpha, fit_intercept = problem
    fit = run(solver, X, y, alpha, fit_intercept)
    scaled = run(solver, X, factor * y, factor * alpha, fit_intercept)
    gaps = fit.gap + scaled.gap
    assert_same_objective(X, y, alpha, fit_intercept, fit.coef, scaled.coef / factor, gaps)


@solvers
@examples
@given(problem=problems(), factor=st.sampled_from([1e-4, 0.37, 3.0, 1e5]))
def test_units_of_all_columns_together(solver, problem, factor):
    X, y, alpha, fit_intercept = problem
    fit = run(solver, X, y, alpha, fit_intercept)
    scaled = run(solver, factor * X, y, factor * alpha, fit_intercept)
    gaps = fit.gap + scaled.gap
    assert_same_objective(X, y, alpha, fit_intercept, fit.coef, scaled.coef * factor, gaps)


@solvers
@examples
@given(problem=problems(), times=st.integers(2, 3))
def test_every_row_several_times(solver, problem, times):
    X, y, alpha, fit_intercept = problem
    fit = run(solver, X, y, alpha, fit_intercept)
    stacked = run(solver, np.vstack([X] * times), np.tile(y, times), alpha, fit_intercept)
    assert_same_objective(X, y, alpha, fit_intercept, fit.coef, stacked.coef, fit.gap + stacked.gap)


@examples
@given(problem=problems())
def test_three_solvers_one_objective(problem):
    X, y, alpha, fit_intercept = problem
    slow, fast, coordinates = (run(f, X, y, alpha, fit_intercept) for f in (ista, fista, coordinate_descent))
    for other in (slow, fast):
        gaps = other.gap + coordinates.gap
        assert_same_objective(X, y, alpha, fit_intercept, other.coef, coordinates.coef, gaps)


@examples
@given(problem=problems(), shift=st.sampled_from([-3.0, 0.1, 50.0]))
def test_offsets_go_into_the_intercept(problem, shift):
    X, y, alpha, _ = problem
    fit = run(coordinate_descent, X, y, alpha, True)
    moved = run(coordinate_descent, X + shift, y - shift, alpha, True)
    # The shift rounds the data, which counts in full where they hardly vary.
    spread = float(ref.empty_objective(y, True))
    blur = 1e-14 * shift**2 / spread if spread > 0 else 0.0
    assert_same_objective(X, y, alpha, True, fit.coef, moved.coef, fit.gap + moved.gap + blur)


@examples
@given(problem=problems())
def test_a_warm_start_from_any_solution_stops_at_once(problem):
    X, y, alpha, fit_intercept = problem
    fit = run(coordinate_descent, X, y, alpha, fit_intercept)
    for solver in (ista, fista, coordinate_descent):
        again = run(solver, X, y, alpha, fit_intercept, coef_init=fit.coef)
        assert again.n_iter == 0 or not fit.certificate.holds
    assert kkt_violation(X, y, fit.coef, alpha, fit_intercept=fit_intercept) == pytest.approx(
        fit.kkt, abs=1e-12 * np.abs(X).max() * np.abs(y).max()
    )
