"""The exact path: knots by hand, by formula, by other solvers, by certificate; ties, dependent columns."""

import dataclasses
import warnings

import numpy as np
import pytest
import reference as ref
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import lars_path

from lasso_jit import (
    alpha_max,
    coordinate_descent,
    duality_gap,
    kkt_violation,
    lasso,
    lasso_path,
    soft_threshold,
)
from lasso_jit.homotopy import (
    HomotopyPath,
    _violations,
    drop_column,
    homotopy_path,
    solve_lower,
    solve_upper,
)

pytestmark = pytest.mark.filterwarnings("error")
both = pytest.mark.parametrize("fit_intercept", [True, False])
examples = settings(deadline=None, derandomize=True, max_examples=100)


def between(path, count=3):
    """Return alphas strictly between the knots, `count` on each stretch."""
    shares = np.linspace(0, 1, count + 2)[1:-1, None]
    return ((1 - shares) * path.alphas[:-1] + shares * path.alphas[1:]).ravel()


def strongest_pull(X, y):
    """Return the scale on which rounding of a pull is judged."""
    return np.linalg.norm(X, axis=0).max() * np.linalg.norm(y) / len(y)


def assert_exact(path, X, y, *, fit_intercept=True, rounding=1e-12, gap=1e-10):
    """Recompute everything that a path claims, at the knots and between them."""
    assert isinstance(path, HomotopyPath)
    X, y = np.asarray(X, float), np.asarray(y, float)
    (n, p), n_knots = X.shape, len(path.alphas)
    assert path.alphas.shape == path.intercepts.shape == path.gaps.shape == (n_knots,)
    assert path.coefs.shape == (p, n_knots) and len(path.events) == n_knots
    assert path.coefs.dtype == path.alphas.dtype == path.gaps.dtype == np.float64
    assert isinstance(path.violation, float) and isinstance(path.unique, bool)
    assert (np.diff(path.alphas) < 0).all() and path.alphas[-1] >= 0
    slop = rounding * strongest_pull(X, y) + 1e-15 * np.abs(y).max()
    assert abs(path.alphas[0] - ref.scale_of_penalty(X, y, fit_intercept)) <= slop
    assert (path.coefs[:, 0] == 0).all()
    assert 0 <= path.violation <= rounding
    for alpha in (*path.alphas, *between(path), 1.5 * path.alphas[0]):
        coef, b = path.coef_at(alpha), path.intercept_at(alpha)
        assert ref.worst_kkt(X, y, coef, b, alpha, fit_intercept) <= slop
    for alpha, coef, b, claimed in zip(path.alphas, path.coefs.T, path.intercepts, path.gaps, strict=True):
        np.testing.assert_array_equal(path.coef_at(alpha), coef)
        assert path.intercept_at(alpha) == b
        assert 0 <= claimed <= gap
        assert duality_gap(X, y, coef, alpha, fit_intercept=fit_intercept) == pytest.approx(claimed, abs=gap)
    # The events tell which coefficients are not zero until the next knot.
    support = set()
    for k in range(n_knots - 1):
        for what, j in path.events[k]:
            assert isinstance(j, int) and what in ("enters", "leaves")
            (support.add if what == "enters" else support.remove)(j)
        middle = path.coef_at((path.alphas[k] + path.alphas[k + 1]) / 2)
        assert support == set(np.flatnonzero(middle))
        signs = np.sign(path.coefs[:, k : k + 2])
        assert (signs[:, 0] * signs[:, 1] >= 0).all()
        assert len(support) <= min(n - fit_intercept, p)
    assert path.events[-1] == () or path.alphas[-1] > 0


def moderately(alphas):
    """Leave out the alphas at which another solver takes long."""
    return alphas[alphas > 0.03 * alphas[0]]


def to_the_end(X, y, alpha, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return coordinate_descent(X, y, alpha, tol=1e-300, max_iter=2000, **options)


# --- by hand and by formula ------------------------------------------------------------------------------


def test_a_coefficient_that_leaves_and_comes_back_with_the_other_sign():
    """Two features can make no more knots than this: (3^2 + 1)/2."""
    X, y = [[2.0, 0.0], [2.0, 1.0]], [-1.0, 3.0]
    path = homotopy_path(X, y, fit_intercept=False)
    np.testing.assert_allclose(path.alphas, [2, 4 / 3, 1, 1 / 3, 0], rtol=1e-14)
    expected = [[0, 1 / 6, 0, 0, -1 / 2], [0, 0, 1, 7 / 3, 4]]
    np.testing.assert_allclose(path.coefs, expected, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(path.coefs == 0, np.array(expected) == 0)
    assert path.events == ((("enters", 0),), (("enters", 1),), (("leaves", 0),), (("enters", 0),), ())
    assert path.unique
    assert_exact(path, X, y, fit_intercept=False)


def test_two_arrive_together_and_one_is_needed():
    """Going on with either alone or with both would be wrong, except for feature 1."""
    X, y = [[2.0, 1.0], [1.0, 0.0]], [1.0, -1.0]
    path = homotopy_path(X, y, fit_intercept=False)
    np.testing.assert_allclose(path.alphas, [1 / 2, 1 / 6, 0], atol=1e-15)
    np.testing.assert_allclose(path.coefs, [[0, 0, -1], [0, 2 / 3, 3]], rtol=0, atol=1e-14)
    assert path.events == ((("enters", 1),), (("enters", 0),), ()) and path.unique
    assert_exact(path, X, y, fit_intercept=False)


def test_a_dependent_feature_waits_and_takes_over():
    """x_2 = -2 x_0 - x_1: feature 1 is tied from 2/3 on, and enters when feature 2 leaves at 1/2."""
    X, y = [[0.0, 1.0, -1.0], [-1.0, 0.0, 2.0]], [1.0, 2.0]
    path = homotopy_path(X, y, fit_intercept=False)
    np.testing.assert_allclose(path.alphas, [3 / 2, 2 / 3, 1 / 2, 0], atol=1e-15)
    np.testing.assert_allclose(path.coefs, [[0, 0, -1, -2], [0, 0, 0, 1], [0, 1 / 3, 0, 0]], atol=1e-14)
    assert path.events == ((("enters", 2),), (("enters", 0),), (("leaves", 2), ("enters", 1)), ())
    assert not path.unique
    assert_exact(path, X, y, fit_intercept=False)


@pytest.mark.parametrize("p", [1, 3, 8])
def test_orthogonal_design_is_soft_thresholding(p):
    rng = np.random.default_rng(p)
    orthogonal = np.linalg.qr(np.column_stack([np.ones(32), rng.normal(size=(32, p))]))[0]
    X = orthogonal[:, 1:] * np.sqrt(32)  # X'X/n = 1 and columns of mean zero
    y = X @ rng.normal(size=p) + rng.normal(size=32) + 5
    pulls = X.T @ y / 32
    path = homotopy_path(X, y)
    np.testing.assert_allclose(path.alphas, [*np.sort(np.abs(pulls))[::-1], 0], rtol=0, atol=1e-14)
    for alpha in (*path.alphas, *between(path)):
        np.testing.assert_allclose(path.coef_at(alpha), soft_threshold(pulls, alpha), rtol=0, atol=1e-13)
        assert path.intercept_at(alpha) == pytest.approx(y.mean(), rel=1e-14)
    order = np.argsort(-np.abs(pulls))
    assert path.events == (*((("enters", j),) for j in order), ())
    assert_exact(path, X, y)


@both
def test_one_feature_has_a_formula(fit_intercept):
    X, y = ref.regression(12, 1)
    x = X[:, 0] - (X.mean() if fit_intercept else 0)
    target = y - (y.mean() if fit_intercept else 0)
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    np.testing.assert_allclose(path.alphas, [abs(x @ target) / 12, 0], rtol=1e-14)
    np.testing.assert_allclose(path.coefs, [[0, x @ target / (x @ x)]], rtol=1e-14)
    assert_exact(path, X, y, fit_intercept=fit_intercept)


@both
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("p", [2, 4])
def test_agrees_with_brute_force_over_sign_patterns(p, seed, fit_intercept):
    X, y = ref.regression(9, p, seed=seed, correlation=0.7)
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    for alpha in between(path):
        coef, intercept = ref.brute_force(X, y, alpha, fit_intercept)
        np.testing.assert_allclose(path.coef_at(alpha), coef, rtol=0, atol=1e-11)
        assert path.intercept_at(alpha) == pytest.approx(intercept, abs=1e-11)


@both
def test_ends_in_least_squares(fit_intercept):
    X, y = ref.regression(40, 6)
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    columns = np.column_stack([X, np.full(40, float(fit_intercept))])
    coef = np.linalg.lstsq(columns, y)[0]
    assert path.alphas[-1] == 0
    np.testing.assert_allclose(path.coefs[:, -1], coef[:-1], rtol=0, atol=1e-12)
    assert path.intercepts[-1] == pytest.approx(coef[-1], abs=1e-12)


def worst_case(p):
    """Build data with as many knots as possible, one feature at a time, after Mairal and Yu (2012)."""
    X, y = np.ones((1, 1)), np.ones(1)
    while len(y) < p:
        last = homotopy_path(X, y, fit_intercept=False, tol=1e-6).alphas[-2] * len(y)
        size = 0.99 * last / (2 * y @ y + 1)
        X = np.block([[X, 2 * size * y[:, None]], [np.zeros((1, len(y))), np.full((1, 1), size)]])
        y = np.append(y, 1.0)
    return X, y


@pytest.mark.parametrize("p", range(1, 9))
def test_worst_case_has_every_sign_pattern(p):
    X, y = worst_case(p)
    # For p = 8 the last alpha is 1e-9 of the first, beside which the rounding of the pulls is not small.
    path = homotopy_path(X, y, fit_intercept=False, tol=1e-6)
    assert len(path.alphas) == (3**p + 1) // 2 and path.unique
    assert path.violation <= 1e-14 and path.gaps.max() <= 1e-6
    # Each pattern but the empty one, or its mirror image, occurs on exactly one stretch.
    patterns = {tuple(np.sign(path.coef_at(alpha)).astype(int)) for alpha in between(path, 1)}
    assert len(patterns | {tuple(-s for s in pattern) for pattern in patterns}) == 3**p - 1
    assert all(len(happened) == 1 for happened in path.events[:-1])
    if p <= 5:
        assert_exact(path, X, y, fit_intercept=False)


# --- other solvers ---------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize(
    ("n", "p", "correlation"), [(60, 8, 0.5), (30, 20, 0.9), (20, 40, 0.5), (15, 60, 0.9), (40, 40, 0.0)]
)
def test_knots_agree_with_scikit_learn(n, p, correlation, fit_intercept):
    for seed in range(3):
        X, y = ref.regression(n, p, seed=seed, correlation=correlation)
        path = homotopy_path(X, y, fit_intercept=fit_intercept)
        centred = (X - X.mean(axis=0), y - y.mean()) if fit_intercept else (X, y)
        alphas, _, coefs = lars_path(*centred, method="lasso")
        assert path.unique and len(path.alphas) == len(alphas)
        np.testing.assert_allclose(path.alphas, alphas, rtol=0, atol=1e-10 * alphas[0])
        np.testing.assert_allclose(path.coefs, coefs, rtol=0, atol=1e-8 * np.abs(coefs).max())
        assert_exact(path, X, y, fit_intercept=fit_intercept)


def test_diabetes():
    X, y = load_diabetes(return_X_y=True)
    path = homotopy_path(X, y)
    alphas, _, coefs = lars_path(X - X.mean(axis=0), y - y.mean(), method="lasso")
    np.testing.assert_allclose(path.alphas, alphas, rtol=0, atol=1e-10)
    np.testing.assert_allclose(path.coefs, coefs, rtol=0, atol=1e-8)
    assert len(path.alphas) == 13 and path.unique
    assert sum(what == "leaves" for happened in path.events for what, _ in happened) == 1
    assert_exact(path, X, y)


@both
@pytest.mark.parametrize(("n", "p"), [(60, 8), (20, 40)])
def test_agrees_with_coordinate_descent_at_and_between_the_knots(n, p, fit_intercept):
    X, y = ref.regression(n, p, seed=5)
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    alphas = moderately(np.concatenate([path.alphas, between(path, 1)]))
    assert len(alphas) >= 10
    for alpha in alphas:
        fit = to_the_end(X, y, alpha, fit_intercept=fit_intercept)
        np.testing.assert_allclose(path.coef_at(alpha), fit.coef, rtol=0, atol=1e-8)
        assert path.intercept_at(alpha) == pytest.approx(fit.intercept, abs=1e-8)


@both
@pytest.mark.parametrize(("n", "p"), [(60, 8), (20, 40), (40, 40), (100, 300)])
def test_agrees_with_the_engine_at_and_between_the_knots(n, p, fit_intercept):
    for correlation in (0.0, 0.9):
        X, y = ref.regression(n, p, seed=5, correlation=correlation)
        path = homotopy_path(X, y, fit_intercept=fit_intercept)
        alphas = np.sort(np.concatenate([path.alphas, between(path, 1)]))[::-1]
        alphas = alphas[alphas > 1e-3 * alphas[0]]  # below, the rounding of a gap is near 1e-13
        fits = lasso_path(X, y, alphas=alphas, fit_intercept=fit_intercept, tol=1e-13)
        for k, alpha in enumerate(alphas):
            np.testing.assert_allclose(path.coef_at(alpha), fits.coefs[:, k], rtol=0, atol=1e-9)
            assert path.intercept_at(alpha) == pytest.approx(fits.intercepts[k], abs=1e-9)
        one = lasso(X, y, alphas[len(alphas) // 2], fit_intercept=fit_intercept, tol=1e-13)
        np.testing.assert_allclose(path.coef_at(one.alpha), one.coef, rtol=0, atol=1e-9)


@both
def test_agrees_with_the_engine_on_the_fits_of_dependent_columns(fit_intercept):
    X, y = ref.regression(20, 8)
    X = np.column_stack([X, X[:, :3], -X[:, 2:5], X[:, 0] + X[:, 1], (X[:, 2] + X[:, 3]) / 2])
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    assert not path.unique
    for alpha in (*path.alphas[:-1], *between(path, 1)):
        fit = lasso(X, y, alpha, fit_intercept=fit_intercept, tol=1e-13)
        coef = path.coef_at(alpha)
        np.testing.assert_allclose(X @ coef, X @ fit.coef, rtol=0, atol=1e-6)
        assert np.abs(coef).sum() == pytest.approx(np.abs(fit.coef).sum(), abs=1e-6)


@both
def test_knots_are_where_the_support_changes(fit_intercept):
    """Just above and below each knot, another solver sees what the events say."""
    X, y = ref.regression(40, 8, seed=3, correlation=0.8)
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    support = set()
    for alpha, happened in zip(moderately(path.alphas), path.events, strict=False):
        fits = [to_the_end(X, y, alpha * (1 + d), fit_intercept=fit_intercept) for d in (1e-4, -1e-4)]
        assert set(fits[0].support) == support
        for what, j in happened:
            (support.add if what == "enters" else support.remove)(j)
        assert set(fits[1].support) == support
    assert len(support) >= 3


def test_features_leave_and_come_back():
    X, y = ref.regression(40, 40, seed=1, correlation=0.0)
    path = homotopy_path(X, y)
    left = [j for happened in path.events for what, j in happened if what == "leaves"]
    sizes = (path.coefs != 0).sum(axis=0)
    assert len(left) >= 10 and len(set(left)) < len(left) and (np.diff(sizes) < 0).any()
    assert_exact(path, X, y)


# --- ties and dependent columns --------------------------------------------------------------------------


@both
@pytest.mark.parametrize("sign", [1, -1])
def test_duplicates_and_opposite_duplicates(sign, fit_intercept):
    X, y = ref.regression(30, 4)
    doubled = np.column_stack([X, sign * X])
    path = homotopy_path(doubled, y, fit_intercept=fit_intercept)
    single = homotopy_path(X, y, fit_intercept=fit_intercept)
    assert single.unique and not path.unique
    # The first copy is used, the second waits.
    np.testing.assert_allclose(path.alphas, single.alphas, rtol=0, atol=1e-12)
    np.testing.assert_allclose(path.coefs[:4], single.coefs, rtol=0, atol=1e-12)
    assert (path.coefs[4:] == 0).all()
    assert path.events == single.events
    assert_exact(path, doubled, y, fit_intercept=fit_intercept)


@both
def test_a_column_that_depends_on_two_others(fit_intercept):
    X, y = ref.regression(30, 3)
    for extra in (X[:, 0] + X[:, 1], X[:, 0] - X[:, 1], (X[:, 0] + X[:, 1]) / 2, 3 * X[:, 2]):
        for place in (0, 3):
            wider = np.insert(X, place, extra, axis=1)
            path = homotopy_path(wider, y, fit_intercept=fit_intercept)
            assert_exact(path, wider, y, fit_intercept=fit_intercept)
            assert path.alphas[-1] == 0
            fit = np.linalg.lstsq(np.column_stack([wider, np.full(30, float(fit_intercept))]), y)[0]
            fitted = wider @ path.coefs[:, -1] + path.intercepts[-1]
            np.testing.assert_allclose(fitted, wider @ fit[:-1] + fit[-1], rtol=0, atol=1e-11)


def test_a_larger_multiple_is_no_tie():
    """3x is cheaper than x for the same prediction, so x is never used, and the solution is unique."""
    X, y = ref.regression(30, 3)
    path = homotopy_path(np.column_stack([X, 3 * X[:, 0]]), y)
    assert path.unique and (path.coefs[0] == 0).all() and path.coefs[3].any()


def test_all_features_arrive_together():
    path = homotopy_path(np.eye(5), np.array([1.0, -1, 1, -1, 1]), fit_intercept=False)
    np.testing.assert_allclose(path.alphas, [0.2, 0], atol=1e-15)
    assert path.events == (tuple(("enters", j) for j in range(5)), ()) and path.unique
    np.testing.assert_allclose(path.coefs[:, 1], [1, -1, 1, -1, 1], atol=1e-14)
    # Rotated, so that the ties are ties up to rounding only.
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0]
    again = homotopy_path(rotation, rotation @ [1.0, -1, 1, -1, 1], fit_intercept=False)
    assert again.events == path.events and again.unique
    np.testing.assert_allclose(again.alphas, path.alphas, atol=1e-15)


def test_five_arrive_together_and_a_hasty_rule_goes_round_in_circles():
    """Letting all that are on the wrong side change at once comes back to where it was."""
    X = np.array([[2.0, 2, 3, 7, 4], [2, 3, 0, 1, 1], [0, 0, 1, 3, 1], [-3, -4, -1, 3, -2], [1, 1, 0, -2, 1]])
    gram, support, seen = X.T @ X, np.zeros(5, dtype=bool), []
    while support.tolist() not in seen:
        seen.append(support.tolist())
        d = np.zeros(5)
        d[support] = np.linalg.solve(gram[np.ix_(support, support)], np.ones(support.sum()))
        support = support ^ (support != (np.where(support, d, 1 - gram @ d) > 0))
    assert len(seen) - seen.index(support.tolist()) > 1
    y = np.linalg.solve(X.T, np.ones(5))
    path = homotopy_path(X, y, fit_intercept=False)
    np.testing.assert_allclose(X.T @ y / 5, path.alphas[0], rtol=1e-12)
    assert_exact(path, X, y, fit_intercept=False)
    assert path.alphas[-1] == 0


@pytest.mark.parametrize("seed", range(30))
def test_all_arrive_together_in_any_design(seed):
    rng = np.random.default_rng(seed)
    p = rng.integers(2, 8)
    X = np.round(3 * rng.normal(size=(p, p)) + rng.integers(0, 4) * rng.normal(size=(p, 1))) + np.eye(p) / 3
    y = np.linalg.solve(X.T, rng.choice([-1.0, 1.0], size=p))
    path = homotopy_path(X, y, fit_intercept=False)
    assert path.unique and path.alphas[-1] == 0
    assert_exact(path, X, y, fit_intercept=False)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("n", "p"), [(30, 60), (16, 200), (60, 25), (8, 8)])
def test_zeros_and_ones(n, p, seed):
    """Columns of few values tie again and again, and some are equal."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 2, size=(n, p)).astype(float)
    y = rng.integers(0, 4, size=n).astype(float)
    path = homotopy_path(X, y)
    assert_exact(path, X, y)
    assert path.alphas[-1] == 0


def test_cyclic_data_tie_everywhere():
    """Every feature is a shift of the first, and y is the sum of two of them."""
    first = np.array([3.0, 1, 0, -1, 0, 1, -2, 0])
    X = np.array([np.roll(first, k) for k in range(8)]).T
    for y in (X[:, 0] + X[:, 4], X.sum(axis=1), np.tile([1.0, -1.0], 4), X[:, 0] - X[:, 1] + X[:, 2]):
        for fit_intercept in (True, False):
            assert_exact(homotopy_path(X, y, fit_intercept=fit_intercept), X, y, fit_intercept=fit_intercept)


@pytest.mark.parametrize("power", range(1, 17))
def test_nearly_equal_columns(power):
    """As the copy gets closer, the path stays certified or says where it no longer is."""
    X, y = ref.regression(30, 3)
    noise = np.random.default_rng(0).normal(size=30)
    wider = np.column_stack([X, X[:, 0] + 10.0**-power * noise])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        path = homotopy_path(wider, y)
    assert all(warning.category is ConvergenceWarning for warning in caught)
    # With coefficients of size 10^power the residual has lost power digits.
    assert_exact(path, wider, y, rounding=1e-9, gap=1e-10 if not caught else np.inf)
    assert caught or path.alphas[-1] == 0
    assert not caught or power >= 8
    assert path.unique == (power <= 9)


@both
def test_constant_columns_stay_out(fit_intercept):
    X, y = ref.regression(30, 4)
    y += 1e6  # the rounding of its mean must not give a pull to the rounding of theirs
    expected = homotopy_path(X, y, fit_intercept=fit_intercept)
    for constant in (0.0, 0.1, 1 / 3, 1e6, -7.7e-5) if fit_intercept else (0.0,):
        wider = np.insert(X, 2, constant, axis=1)
        path = homotopy_path(wider, y, fit_intercept=fit_intercept)
        assert (path.coefs[2] == 0).all() and path.unique
        np.testing.assert_allclose(path.alphas, expected.alphas, rtol=0, atol=1e-12)
        np.testing.assert_allclose(np.delete(path.coefs, 2, axis=0), expected.coefs, rtol=0, atol=1e-12)


@both
def test_more_features_than_samples(fit_intercept):
    for seed in range(3):
        X, y = ref.regression(12, 50, seed=seed)
        path = homotopy_path(X, y, fit_intercept=fit_intercept)
        assert_exact(path, X, y, fit_intercept=fit_intercept)
        assert path.unique and np.count_nonzero(path.coefs[:, -1]) == 12 - fit_intercept
        # The end fits y exactly, and no other exact fit has a smaller sum of absolute coefficients.
        coef, b = path.coefs[:, -1], path.intercepts[-1]
        np.testing.assert_allclose(X @ coef + b, y, rtol=0, atol=1e-11)
        free = np.full((12, 1), float(fit_intercept))
        least = linprog(
            [1.0] * 100 + [0.0],
            A_eq=np.hstack([X, -X, free]),
            b_eq=y,
            bounds=[(0, None)] * 100 + [(None, None)],
        )
        assert np.abs(coef).sum() == pytest.approx(least.fun, rel=1e-8)


@pytest.mark.parametrize("constant", [0.0, 5.0, 0.1, 1e-3])
def test_nothing_to_explain(constant):
    X, _ = ref.regression(20, 3)
    path = homotopy_path(X, np.full(20, constant))
    assert path.alphas.tolist() == [0.0] and (path.coefs == 0).all() and path.events == ((),)
    assert path.intercepts[0] == pytest.approx(constant, rel=1e-15)
    assert path.gaps.tolist() == [0.0] and path.violation == 0 and path.unique
    assert (path.coef_at(0.3) == 0).all()


@pytest.mark.parametrize("constant", [0.0, 0.1, 1 / 3, 1e6])
def test_nothing_but_constants(constant):
    path = homotopy_path(np.full((7, 3), constant), np.arange(7.0))
    assert path.alphas.tolist() == [0.0] and (path.coefs == 0).all() and path.intercepts.tolist() == [3.0]


def test_a_response_without_any_pull():
    X = np.array([[1.0, 1], [-1, 1], [1, -1], [-1, -1]])
    path = homotopy_path(X, X[:, 0] * X[:, 1])
    assert path.alphas.tolist() == [0.0] and (path.coefs == 0).all()


def test_one_observation():
    path = homotopy_path([[1.0, 2.0, -3.0]], [4.0])
    assert path.alphas.tolist() == [0.0] and path.intercepts.tolist() == [4.0]
    path = homotopy_path([[1.0, 2.0, -3.0]], [4.0], fit_intercept=False)
    np.testing.assert_allclose(path.alphas, [12, 0])
    np.testing.assert_allclose(path.coefs[:, 1], [0, 0, -4 / 3])
    path = homotopy_path([[1.0, 3.0, -3.0]], [4.0], fit_intercept=False)
    np.testing.assert_allclose(path.coefs[:, 1], [0, 4 / 3, 0])
    assert not path.unique


def test_two_observations_many_features():
    X, y = ref.regression(2, 30)
    path = homotopy_path(X, y)
    assert_exact(path, X, y)
    assert len(path.alphas) == 2


def test_perfect_fit():
    X, _ = ref.regression(30, 6)
    truth = np.array([1.0, 0, -2, 0, 0, 0.5])
    path = homotopy_path(X, X @ truth + 7)
    assert_exact(path, X, X @ truth + 7)
    np.testing.assert_allclose(path.coefs[:, -1], truth, rtol=0, atol=1e-12)
    assert path.intercepts[-1] == pytest.approx(7, abs=1e-12)


# --- units -----------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_units_of_everything(factor, fit_intercept):
    X, y = ref.regression(40, 8, seed=2)
    expected = homotopy_path(X, y, fit_intercept=fit_intercept)
    for X_factor, y_factor in ((factor, 1), (1, factor), (factor, factor), (factor, 1 / factor)):
        path = homotopy_path(X_factor * X, y_factor * y, fit_intercept=fit_intercept)
        assert path.events == expected.events and path.violation <= 1e-14 and path.gaps.max() <= 1e-13
        np.testing.assert_allclose(path.alphas / (X_factor * y_factor), expected.alphas, rtol=0, atol=1e-12)
        np.testing.assert_allclose(path.coefs * X_factor / y_factor, expected.coefs, rtol=0, atol=1e-11)


@both
@pytest.mark.parametrize("power", [-300, -100, 100, 300])
def test_powers_of_two_are_exact(power, fit_intercept):
    X, y = ref.regression(30, 5)
    expected = homotopy_path(X, y, fit_intercept=fit_intercept)
    for X_factor, y_factor in ((2.0**power, 1.0), (1.0, 2.0**power)):
        path = homotopy_path(X_factor * X, y_factor * y, fit_intercept=fit_intercept)
        assert path.events == expected.events
        np.testing.assert_array_equal(path.alphas, X_factor * y_factor * expected.alphas)
        np.testing.assert_array_equal(path.coefs, y_factor / X_factor * expected.coefs)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("n", "p"), [(60, 8), (20, 40)])
def test_columns_in_units_that_differ_a_millionfold(n, p, seed):
    X, y = ref.regression(n, p, seed=seed)
    X = X * 10 ** np.random.default_rng(seed).uniform(-3, 3, size=p)
    path = homotopy_path(X, y)
    assert path.violation <= 1e-14 and path.gaps.max() <= 1e-10 and path.alphas[-1] == 0
    assert_exact(path, X, y)


@pytest.mark.parametrize("seed", range(5))
def test_columns_in_units_that_differ_beyond_rounding(seed):
    """The path is followed to its end, and the warning says where the gap is no proof any more."""
    X, y = ref.regression(60, 8, seed=seed)
    units = 10.0 ** np.array([-6, 6, 0, 3, -3, 5, -5, 1])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        path = homotopy_path(X * units, y)
    assert path.alphas[-1] == 0 and path.violation <= 1e-14
    # Whether a gap is above 1e-10 depends on the processor's rounding.
    above = np.flatnonzero(path.gaps > 1e-10)
    assert len(caught) == (above.size > 0)
    if caught:
        certified = path.alphas[above[0] - 1]
        assert caught[0].category is ConvergenceWarning and caught[0].filename == __file__
        assert f"alpha = {certified:.6g} only" in str(caught[0].message)
        assert "rounding of the pulls" in str(caught[0].message)
        assert f"{path.gaps.max():.2e}" in str(caught[0].message)
        short = homotopy_path(X * units, y, alpha_min=certified)
        np.testing.assert_array_equal(short.alphas, path.alphas[path.alphas >= certified])
        assert short.gaps.max() <= 1e-10
    centred = X - X.mean(axis=0)
    coef = np.linalg.lstsq(centred, y - y.mean())[0]
    np.testing.assert_allclose(path.coefs[:, -1] * units, coef, rtol=0, atol=1e-11)


def test_huge_offsets():
    X, y = ref.regression(40, 4)
    expected = homotopy_path(X, y)
    moved = homotopy_path(X + 1e6, y - 1e6)
    # Adding 1e6 rounds the data themselves to 1e6 * eps = 1e-10 each.
    assert moved.events == expected.events
    np.testing.assert_allclose(moved.alphas, expected.alphas, rtol=0, atol=1e-8)
    np.testing.assert_allclose(moved.coefs, expected.coefs, rtol=0, atol=1e-8)


# --- the end of the path, and trouble --------------------------------------------------------------------


def test_alpha_min():
    X, y = ref.regression(40, 8)
    full = homotopy_path(X, y)
    assert len(full.alphas) >= 9
    for alpha in (full.alphas[4], (full.alphas[4] + full.alphas[5]) / 2, full.alphas[5] * (1 + 1e-9)):
        path = homotopy_path(X, y, alpha_min=alpha)
        above = np.count_nonzero(full.alphas > alpha)
        assert path.alphas[-1] == alpha and len(path.alphas) == above + 1
        np.testing.assert_array_equal(path.alphas[:-1], full.alphas[:above])
        np.testing.assert_allclose(path.coefs[:, -1], full.coef_at(alpha), rtol=0, atol=1e-14)
        assert path.events == (*full.events[:above], ())
        with pytest.raises(ValueError, match="alpha must be at least"):
            path.coef_at(0.999 * alpha)
    for alpha in (full.alphas[0], 2 * full.alphas[0]):
        path = homotopy_path(X, y, alpha_min=alpha)
        assert path.alphas.tolist() == [full.alphas[0]] and path.events == ((),)
        assert (path.coefs == 0).all() and (path.coef_at(3 * full.alphas[0]) == 0).all()


@pytest.mark.parametrize("max_knots", [1, 2, 5])
def test_too_few_knots_warn_and_still_return(max_knots):
    X, y = ref.regression(40, 8)
    full = homotopy_path(X, y)
    with pytest.warns(ConvergenceWarning, match="max_knots") as caught:
        path = homotopy_path(X, y, max_knots=max_knots)
    assert len(caught) == 1 and caught[0].filename == __file__
    assert f"{path.alphas[-1]:.6g}" in str(caught[0].message)
    np.testing.assert_array_equal(path.alphas, full.alphas[:max_knots])
    np.testing.assert_array_equal(path.coefs, full.coefs[:, :max_knots])
    assert path.events == full.events[:max_knots]
    with pytest.raises(ValueError, match="alpha must be at least"):
        path.coef_at(0.0)
    assert_exact(path, X, y)


def test_enough_knots_do_not_warn():
    X, y = ref.regression(40, 8)
    needed = len(homotopy_path(X, y).alphas)
    assert len(homotopy_path(X, y, max_knots=needed).alphas) == needed
    with pytest.warns(ConvergenceWarning):
        homotopy_path(X, y, max_knots=needed - 1)


@pytest.mark.parametrize("factor", [0.0, -1.0, 1 + 1e-6, np.nan])
@pytest.mark.parametrize("broken", [3, 5])
def test_what_is_wrong_is_not_returned(broken, factor, monkeypatch):
    """Whatever goes wrong on the way, the path ends at the last knot before it."""
    import lasso_jit.homotopy as module

    X, y = ref.regression(40, 8)
    full = homotopy_path(X, y)
    follow = module._follow

    def sabotaged(*arguments):
        alphas, coefs, events, unique = follow(*arguments)
        coefs[:, broken:] *= factor
        return alphas, coefs, events, unique

    monkeypatch.setattr(module, "_follow", sabotaged)
    with pytest.warns(ConvergenceWarning, match="rounding decides") as caught:
        path = homotopy_path(X, y)
    np.testing.assert_array_equal(path.alphas, full.alphas[:broken])
    np.testing.assert_array_equal(path.coefs, full.coefs[:, :broken])
    assert path.violation <= 1e-14
    assert f"alpha = {full.alphas[broken - 1]:.6g} only" in str(caught[0].message)


def test_a_wrong_stretch_between_two_right_knots_is_noticed(monkeypatch):
    """Without one of its knots, the path is right at all the others and wrong between two of them."""
    import lasso_jit.homotopy as module

    X, y = ref.regression(40, 8)
    full = homotopy_path(X, y)
    follow = module._follow

    def without_a_knot(*arguments):
        alphas, coefs, events, unique = follow(*arguments)
        return np.delete(alphas, 4), np.delete(coefs, 4, axis=1), events, unique

    monkeypatch.setattr(module, "_follow", without_a_knot)
    with pytest.warns(ConvergenceWarning, match="rounding decides"):
        path = homotopy_path(X, y)
    np.testing.assert_array_equal(path.alphas, full.alphas[:4])


def test_a_coefficient_that_passed_zero_is_noticed():
    """The first example by hand, with the line after its second knot followed beyond the third."""
    X, y = np.array([[2.0, 0.0], [2.0, 1.0]]), np.array([-1.0, 3.0])
    alphas, coefs = np.array([2, 4 / 3, 1]), np.array([[0, 1 / 6, 0], [0, 0, 1]])
    assert (_violations(X, y, alphas, coefs) <= 1e-15).all()
    alphas[2], coefs[:, 2] = 0.5, [-1 / 4, 5 / 2]
    np.testing.assert_allclose(X.T @ (y - X @ coefs[:, 2]) / 2, 0.5)  # both pulls are alpha
    assert _violations(X, y, alphas, coefs)[0] <= 1e-15
    assert _violations(X, y, alphas, coefs)[1] == np.inf


def test_ties_that_cannot_be_settled_end_the_path(monkeypatch):
    import lasso_jit.homotopy as module

    X, y = ref.regression(40, 8)
    full = homotopy_path(X, y)
    settle = module._Face.settle
    monkeypatch.setattr(
        module._Face, "settle", lambda face, free: settle(face, free) and len(face.members) < 4
    )
    with pytest.warns(ConvergenceWarning, match="rounding decides"):
        path = homotopy_path(X, y)
    np.testing.assert_array_equal(path.alphas, full.alphas[: len(path.alphas)])
    assert 4 <= len(path.alphas) < len(full.alphas)


def test_tol_decides_about_the_warning_only():
    X, y = ref.regression(40, 5)
    expected = homotopy_path(X, y)
    with pytest.warns(ConvergenceWarning, match="1e-300 was asked for") as caught:
        strict = homotopy_path(X, y, tol=1e-300)
    assert f"{strict.gaps.max():.2e}" in str(caught[0].message) and "stops" not in str(caught[0].message)
    np.testing.assert_array_equal(strict.coefs, expected.coefs)
    np.testing.assert_array_equal(strict.gaps, expected.gaps)


# --- the object ------------------------------------------------------------------------------------------


def test_values_above_the_path_and_below():
    X, y = ref.regression(40, 5)
    path = homotopy_path(X, y)
    top = alpha_max(X, y)
    assert path.alphas[0] == pytest.approx(top, rel=1e-14)
    for alpha in (top * (1 + 1e-9), 2 * top, 1e300, 10**9):
        assert (path.coef_at(alpha) == 0).all() and path.intercept_at(alpha) == pytest.approx(y.mean())
    assert kkt_violation(X, y, path.coef_at(0), 0) <= 1e-13
    assert isinstance(path.intercept_at(0.1), float)
    with pytest.raises(ValueError, match="alpha must not be negative"):
        path.coef_at(-1e-9)
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match="alpha must be finite"):
            path.intercept_at(bad)
    for bad in ("0.1", None, True, [0.1]):
        with pytest.raises(TypeError, match="alpha must be a real number"):
            path.coef_at(bad)


def test_results_cannot_be_reassigned_and_share_no_memory():
    X, y = ref.regression(30, 4)
    path = homotopy_path(X, y)
    with pytest.raises(dataclasses.FrozenInstanceError):
        path.coefs = None
    for alpha in (path.alphas[0] * 2, path.alphas[0], path.alphas[2], path.alphas[2] * 1.01):
        taken = path.coef_at(alpha)
        assert not np.shares_memory(taken, path.coefs)
    assert not np.shares_memory(path.coefs, X) and path == path


@pytest.mark.parametrize("order", ["C", "F"])
@both
def test_inputs_are_not_modified(fit_intercept, order):
    X, y = ref.regression(20, 4)
    X = np.insert(X, 1, 0.1, axis=1)  # a constant, which is set to zero inside
    X = np.array(X, order=order)
    before = [a.tobytes("A") for a in (X, y)]
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    for a in (X, y):
        a.flags.writeable = False
    again = homotopy_path(X, y, fit_intercept=fit_intercept)
    assert [a.tobytes("A") for a in (X, y)] == before
    np.testing.assert_array_equal(path.coefs, again.coefs)
    lists = homotopy_path(X.tolist(), y.tolist(), fit_intercept=fit_intercept)
    np.testing.assert_allclose(path.coefs, lists.coefs, rtol=0, atol=1e-12)


X_good, y_good = [[1.0, 2.0], [3.0, 5.0], [4.0, 1.0]], [1.0, 2.0, 0.0]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": [[np.nan, 1], [1, 2], [3, 4]]}, ValueError, "X has NaN"),
        ({"X": [[np.inf, 1], [1, 2], [3, 4]]}, ValueError, "X has NaN or infinite"),
        ({"X": [1.0, 2, 3]}, ValueError, "X must be 2-D"),
        ({"X": [[], [], []]}, ValueError, "X is empty"),
        ({"X": [["a", "b"]] * 3}, TypeError, "X must hold real numbers"),
        ({"X": sparse.csc_array(X_good)}, TypeError, "X is sparse"),
        ({"X": np.multiply(X_good, 1e120)}, ValueError, "X is too large or too small"),
        ({"X": np.multiply(X_good, 1e-120)}, ValueError, "X is too large or too small"),
        ({"X": np.multiply(X_good, [1, 1e-200])}, ValueError, "X is too large or too small"),
        ({"y": [1.0, np.nan, 0.0]}, ValueError, "y has NaN"),
        ({"y": [1.0, 2.0]}, ValueError, "y must have length 3"),
        ({"y": [[1.0], [2.0], [0.0]]}, ValueError, "y must be 1-D"),
        ({"y": np.multiply(y_good, 1e200)}, ValueError, "y is too large or too small"),
        ({"y": np.multiply(y_good, 1e-200)}, ValueError, "y is too large or too small"),
        ({"fit_intercept": 1}, TypeError, "fit_intercept must be True or False"),
        ({"alpha_min": -1.0}, ValueError, "alpha_min must not be negative"),
        ({"alpha_min": np.nan}, ValueError, "alpha_min must be finite"),
        ({"alpha_min": "0"}, TypeError, "alpha_min must be a real number"),
        ({"max_knots": 0}, ValueError, "max_knots must be at least 1"),
        ({"max_knots": 2.0}, TypeError, "max_knots must be an integer"),
        ({"tol": 0.0}, ValueError, "tol must be positive"),
        ({"tol": None}, TypeError, "tol must be a real number"),
    ],
)
def test_bad_input_names_the_argument(change, error, message):
    arguments = {"X": X_good, "y": y_good} | change
    with pytest.raises(error, match=message):
        homotopy_path(arguments.pop("X"), arguments.pop("y"), **arguments)


# --- properties ------------------------------------------------------------------------------------------


@st.composite
def problems(draw):
    """Draw small integers with ties; some columns constant, or combinations of others."""
    n, p = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    entry = st.integers(-3, 3)
    X = np.array(draw(st.lists(st.lists(entry, min_size=p, max_size=p), min_size=n, max_size=n)), float)
    y = np.array(draw(st.lists(entry, min_size=n, max_size=n)), float) * draw(st.sampled_from([1e-3, 1, 1e4]))
    column = st.integers(0, p - 1)
    for j in range(p):
        kind = draw(st.sampled_from(["as is"] * 4 + ["constant", "copy", "mirror", "sum", "mean"]))
        if kind == "constant":
            X[:, j] = draw(st.sampled_from([0.0, 0.1, 1 / 3, 5.0]))
        elif kind in ("sum", "mean"):
            X[:, j] = (X[:, draw(column)] + X[:, draw(column)]) / (1 if kind == "sum" else 2)
        elif kind != "as is":
            X[:, j] = (1 if kind == "copy" else -1) * X[:, draw(column)]
    X *= np.array(draw(st.lists(st.sampled_from([0.1, 1.0, 1.0, 10.0]), min_size=p, max_size=p)))
    return X, y, draw(st.booleans())


def assert_same_path(one, other, X, signs=1.0, units=1.0):
    """Compare fits and sums of sizes, which are unique even where coefficients are not.

    `signs` and `units` turn the coefficients of `other` into those of `one`; `units` also its alphas.
    """
    scale = max(np.abs(X).max() * np.abs(one.coefs).max(initial=0), np.abs(one.intercepts).max())
    sizes = np.abs(one.coefs).sum(axis=0).max()
    for alpha in (*one.alphas, *between(one), *other.alphas / units, *between(other) / units):
        alpha = max(alpha, other.alphas[-1] / units)
        coef, changed = one.coef_at(alpha), other.coef_at(alpha * units) * signs
        fits = X @ coef + one.intercept_at(alpha), X @ changed + other.intercept_at(alpha * units)
        np.testing.assert_allclose(*fits, rtol=0, atol=1e-10 * scale)
        assert abs(np.abs(coef).sum() - np.abs(changed).sum()) <= 1e-10 * sizes
        if one.unique and alpha > 0:
            np.testing.assert_allclose(coef, changed, rtol=0, atol=1e-9 * sizes)


@examples
@given(problem=problems())
def test_exact_for_any_data(problem):
    X, y, fit_intercept = problem
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    assert path.alphas[-1] == 0
    assert_exact(path, X, y, fit_intercept=fit_intercept)


@examples
@given(problem=problems(), fraction=st.floats(0, 1.2))
def test_optimal_at_any_alpha(problem, fraction):
    X, y, fit_intercept = problem
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    alpha = fraction * path.alphas[0]
    coef, b = path.coef_at(alpha), path.intercept_at(alpha)
    slop = 1e-12 * strongest_pull(X, y) + 1e-15 * np.abs(y).max()
    assert ref.worst_kkt(X, y, coef, b, alpha, fit_intercept) <= slop


@examples
@given(problem=problems(), seed=st.integers(0, 100))
def test_order_of_columns_and_rows(problem, seed):
    X, y, fit_intercept = problem
    rng = np.random.default_rng(seed)
    columns, rows = rng.permutation(X.shape[1]), rng.permutation(len(y))
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    mixed = homotopy_path(X[rows][:, columns], y[rows], fit_intercept=fit_intercept)
    assert mixed.unique == path.unique
    coefs = np.empty_like(mixed.coefs)
    coefs[columns] = mixed.coefs
    assert_same_path(path, dataclasses.replace(mixed, coefs=coefs), X)


@examples
@given(problem=problems(), seed=st.integers(0, 100))
def test_signs(problem, seed):
    X, y, fit_intercept = problem
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=X.shape[1])
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    flipped = homotopy_path(X * signs, y, fit_intercept=fit_intercept)
    assert flipped.events == path.events and flipped.unique == path.unique
    assert_same_path(path, flipped, X, signs=signs)
    mirrored = homotopy_path(X, -y, fit_intercept=fit_intercept)
    np.testing.assert_array_equal(mirrored.coefs, -path.coefs)  # every rounding is symmetric
    np.testing.assert_array_equal(mirrored.alphas, path.alphas)


@examples
@given(problem=problems(), factor=st.sampled_from([1e-6, 0.37, 3.0, 1e7]))
def test_units_of_the_columns_together(problem, factor):
    X, y, fit_intercept = problem
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    scaled = homotopy_path(factor * X, y, fit_intercept=fit_intercept)
    assert_same_path(path, scaled, X, signs=factor, units=factor)


@examples
@given(problem=problems(), times=st.integers(2, 3))
def test_every_row_several_times(problem, times):
    X, y, fit_intercept = problem
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    stacked = homotopy_path(np.vstack([X] * times), np.tile(y, times), fit_intercept=fit_intercept)
    assert_same_path(path, stacked, X)


def has_another_solution(X, coef, sign):
    """Decide by linear programs whether coefficients can move without changing fit or signs.

    `sign` is that of the pull where it is alpha, else 0.
    """
    tied = np.flatnonzero(sign)
    columns = X[:, tied] * sign[tied]
    columns = columns / np.linalg.norm(columns, axis=0)
    free = np.abs(coef[tied]) > 1e-9 * np.abs(coef).max(initial=0)
    for i in range(len(tied)):
        for direction in (1, -1):
            objective = np.zeros(len(tied))
            objective[i] = -direction
            move = linprog(
                objective,
                A_eq=columns,
                b_eq=np.zeros(len(X)),
                bounds=[(-1 if can_fall else 0, 1) for can_fall in free],
            )
            if -move.fun > 1e-4:
                return True
    return False


@examples
@given(problem=problems())
def test_unique_means_unique(problem):
    X, y, fit_intercept = problem
    path = homotopy_path(X, y, fit_intercept=fit_intercept)
    if not path.unique:
        return
    A, b = (X - X.mean(axis=0), y - y.mean()) if fit_intercept else (X, y)
    for alpha in between(path, 1):
        coef = path.coef_at(alpha)
        pulls = A.T @ (b - A @ coef) / len(b)
        assert not has_another_solution(A, coef, np.sign(pulls) * (np.abs(pulls) >= alpha * (1 - 1e-8)))


# --- kernels ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("solve", [solve_upper, solve_lower, solve_upper.py_func, solve_lower.py_func])
@pytest.mark.parametrize("k", [0, 1, 4, 6])
def test_triangles(solve, k):
    rng = np.random.default_rng(k)
    R = rng.normal(size=(6, 6)) + 3 * np.eye(6)  # what is below the diagonal must not be read
    b = rng.normal(size=k)
    before = b.copy()
    x = solve(R, b)
    triangle = np.triu(R)[:k, :k]
    expected = np.linalg.solve(triangle if "upper" in solve.__name__ else triangle.T, b)
    np.testing.assert_allclose(x, expected, rtol=1e-12)
    np.testing.assert_array_equal(b, before)


@pytest.mark.parametrize("drop", [drop_column, drop_column.py_func], ids=["compiled", "python"])
@pytest.mark.parametrize("i", range(5))
def test_dropping_a_column(drop, i):
    rng = np.random.default_rng(i)
    columns = rng.normal(size=(9, 5))
    Q, R = np.zeros((9, 7)), np.zeros((7, 7))
    Q[:, :5], R[:5, :5] = np.linalg.qr(columns)
    drop(Q, R, 5, i)
    np.testing.assert_allclose(Q[:, :4] @ np.triu(R[:4, :4]), np.delete(columns, i, axis=1), atol=1e-14)
    np.testing.assert_allclose(Q[:, :4].T @ Q[:, :4], np.eye(4), atol=1e-14)
    np.testing.assert_allclose(np.tril(R[:4, :4], -1), 0, atol=1e-300)
