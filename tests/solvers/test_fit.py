"""`lasso` and `elastic_net`: every answer is proved again, and compared with whoever else can find it."""

import subprocess
import sys
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import reference as ref
import scipy.sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet, Ridge
from test_solvers import LAYOUTS

from lasso_jit import (
    LassoResult,
    alpha_max,
    backends,
    coordinate_descent,
    duality_gap,
    elastic_net,
    lasso,
    lasso_path,
)
from lasso_jit.homotopy import homotopy_path
from lasso_jit.standard import StandardProblem

# Warnings fail a test unless it asks for them: a fit that does not converge is one.
pytestmark = pytest.mark.filterwarnings("error")
both = pytest.mark.parametrize("fit_intercept", [True, False])
shapes = pytest.mark.parametrize(("n", "p"), [(60, 8), (20, 40), (12, 12)])
EXACT = 1e-13  # a gap that only rounding leaves

# --- the proof -------------------------------------------------------------------------------------------


@dataclass
class Proof:
    """What is true of coefficients and a dual point, in units where y and the columns have norm 1."""

    value: float  # objective, as a fraction of the empty model's
    gap: float  # P - D, as a fraction of the same
    violation: float  # the worst of the optimality conditions, in the units of alpha
    infeasible: float  # by how many times its rounding the worst pull of the dual point exceeds its penalty
    blur: float  # a gap that rounding alone can make of the solution
    condition: float  # of the features without penalty: largest over smallest singular value but for zeros


def prove(
    coef,
    dual,
    X,
    y,
    alpha,
    *,
    fit_intercept=True,
    l1_ratio=1.0,
    sample_weight=None,
    penalty_weights=None,
    positive=False,
):
    """Recompute in extended precision what a fit claims, without a line of the library."""
    X, y = ref.wide(X.toarray() if scipy.sparse.issparse(X) else X), ref.wide(y)
    share = ref.shares(y, sample_weight)
    A, b = X, y
    for _ in range(2 * fit_intercept):  # the second time removes the rounding of the first
        A, b = A - share @ A, b - share @ b
    largest = np.abs(X[share > 0]).max(axis=0)
    largest[largest == 0] = 1
    norm = np.sqrt(share @ (A / largest) ** 2) * largest
    l1, l2 = ref.penalties(X.shape[1], alpha, l1_ratio, penalty_weights)
    usable = (norm > 1e-14 * largest) & np.isfinite(l1 + l2)  # neither constant nor excluded
    assert not np.any(coef[~usable])
    size = np.sqrt(share @ b**2)
    unit, norm = A[:, usable] / norm[usable], norm[usable]
    b, theta, w = b / size, ref.wide(dual) / size, ref.wide(coef)[usable] * norm / size
    l1, l2 = l1[usable] / norm / size, l2[usable] / norm**2
    squares = l2 > 0

    residual = b - unit @ w
    pulls = unit.T @ (share * residual)
    active = np.abs(pulls - l2 * w - l1 * np.sign(w))
    inactive = (pulls if positive else np.abs(pulls)) - l1
    violation = np.max(np.where(w != 0, active, np.maximum(inactive, 0)) * norm * size, initial=0.0)

    # What float64 makes of a pull: the mean of the column takes digits, and so does all that is fitted.
    digits = largest[usable] / norm
    rounding = 1e-15 * (digits + np.abs(w) @ digits)
    side = unit.T @ (share * theta)
    over = np.maximum((side if positive else np.abs(side)) - l1, 0)
    value = share @ residual**2 + 2 * l1 @ np.abs(w) + l2 @ w**2
    if positive and w.min(initial=0) < 0:
        value = np.inf
    excess = np.maximum(over - 2 * rounding, 0)  # what is not rounding costs excess^2 / mu
    bound = share @ (theta * (2 * b - theta)) - np.sum(excess[squares] ** 2 / l2[squares])
    means = [np.abs(share @ theta) / np.max(rounding, initial=1e-15)] if fit_intercept else []
    # A dual point that is moved by the rounding costs its square, over what it may be shrunk by or over mu.
    flexible = np.maximum(l1, np.sqrt(l2))
    penalised = flexible > 0
    blur = 2 * rounding @ np.abs(w) + np.sum((rounding[penalised] / flexible[penalised]) ** 2)
    free = (np.sqrt(share)[:, None] * unit[:, ~penalised]).astype(float)
    singular = np.linalg.svd(free, compute_uv=False) if free.size else np.ones(1)
    return Proof(
        value=float(value),
        gap=float(value - bound),
        violation=float(violation),
        infeasible=float(np.max([*(over / (rounding + 1e-13 * l1))[~squares], *means], initial=0.0)),
        blur=float(blur),
        condition=float(singular[0] / singular[singular > 2e-16 * singular[0]].min()),
    )


def assert_certified(fit, X, y, *, gap=None, **options):
    """Check everything that a fit of well-behaved data says of itself; `gap` is by default its tol."""
    assert isinstance(fit, LassoResult)
    n, p = X.shape
    assert fit.coef.shape == (p,) and fit.dual.shape == (n,)
    assert fit.coef.dtype == fit.dual.dtype == np.float64
    assert all(isinstance(number, float) for number in (fit.intercept, fit.alpha, fit.gap, fit.kkt, fit.tol))
    assert isinstance(fit.n_iter, int) and fit.n_iter >= 0
    assert np.isfinite(fit.coef).all() and np.isfinite(fit.dual).all()
    dense = X.toarray() if scipy.sparse.issparse(X) else X
    if options.get("fit_intercept", True):
        expected = ref.general_intercept(dense, y, fit.coef, sample_weight=options.get("sample_weight"))
        assert abs(fit.intercept - expected) <= 1e-14 * (
            np.abs(y).max() + np.abs(dense).max(axis=0) @ np.abs(fit.coef)
        )
    else:
        assert fit.intercept == 0.0
    if explains_nothing(y, **options):
        assert not fit.coef.any() and fit.gap == 0.0
        return
    proof = prove(fit.coef, fit.dual, X, y, fit.alpha, **options)
    assert proof.infeasible <= 10
    assert abs(proof.gap - fit.gap) <= 1e-13 + 10 * proof.blur
    assert proof.gap <= (fit.tol if gap is None else gap)
    assert fit.certificate.holds == (fit.gap <= fit.tol)
    pulls = np.abs(dense).max() * np.abs(y).max()
    assert abs(proof.violation - fit.kkt) <= 1e-13 * pulls


def explains_nothing(y, *, fit_intercept=True, sample_weight=None, **_):
    """Return whether y is zero or, with an intercept, constant but for rounding."""
    y = np.asarray(y, float)[ref.shares(y, sample_weight) > 0]
    return np.abs(y - y.mean() * fit_intercept).max() <= 1e-14 * np.abs(y).max()


def assert_warned(fit, caught):
    """Check that there is one warning if the gap is above tol, which says the gap, and else none."""
    assert [warning.category for warning in caught] == [ConvergenceWarning] * (not fit.gap <= fit.tol)
    assert all(f"{fit.gap:.2e}" in str(warning.message) for warning in caught)


def assert_certified_or_excused(fit, X, y, **options):
    """Check a fit of awkward data: where it is not certified it is no nonsense, and float64 is to blame."""
    assert np.isfinite(fit.coef).all() and np.isfinite(fit.dual).all() and np.isfinite(fit.intercept)
    if explains_nothing(y, **options):
        assert not fit.coef.any() and fit.gap == 0.0
        return
    proof = prove(fit.coef, fit.dual, X, y, fit.alpha, **options)
    assert proof.value <= 1 + 1e-9, "worse than no model"
    if proof.condition <= 1e6 and proof.blur < 1:
        assert abs(proof.gap - fit.gap) <= 1e-12 + 10 * proof.blur + 7 * np.sqrt(fit.gap * proof.blur)
        assert proof.infeasible <= 100
        assert fit.gap <= fit.tol or proof.blur > 0.1 * fit.tol


def fit_and_prove(X, y, alpha, *, tol=EXACT, coef_init=None, **options):
    """Fit tightly, prove it, and return the fit."""
    fit = elastic_net(X, y, alpha, tol=tol, coef_init=coef_init, **({"l1_ratio": 1.0} | options))
    assert_certified(fit, X, y, **options)
    return fit


# --- the problems ----------------------------------------------------------------------------------------

KINDS = {
    "lasso": (),
    "elastic net": ("l1_ratio",),
    "ridge": ("ridge",),
    "positive": ("positive",),
    "weights": ("sample_weight",),
    "factors": ("penalty_weights",),
    "positive elastic net": ("positive", "l1_ratio"),
    "positive factors": ("positive", "penalty_weights"),
    "everything": ("l1_ratio", "positive", "sample_weight", "penalty_weights"),
}
kinds = pytest.mark.parametrize("kind", KINDS)


def options_of(kind, n, p):
    """Return the options of a kind of problem; some weights are zero, some features free or excluded."""
    rng = np.random.default_rng(n + p)
    weights = rng.uniform(0.1, 3.0, n)
    weights[::7] = 0.0
    factors = rng.uniform(0.5, 2.0, p)
    factors[[1, -1]] = [0.0, np.inf]
    every = {
        "l1_ratio": {"l1_ratio": 0.6},
        "ridge": {"l1_ratio": 0.0},
        "positive": {"positive": True},
        "sample_weight": {"sample_weight": weights},
        "penalty_weights": {"penalty_weights": factors},
    }
    return {key: value for part in KINDS[kind] for key, value in every[part].items()}


def top(X, y, options):
    """Return alpha_max, that of the Lasso if squares alone have none."""
    return alpha_max(X, y, **(options | {"l1_ratio": options.get("l1_ratio", 1.0) or 1.0}))


def worst_case(p):
    """Build data whose path has (3^p + 1)/2 knots, after Mairal and Yu (2012), a feature at a time."""
    X, y = np.ones((1, 1)), np.ones(1)
    for k in range(p - 1):
        size = 0.25 / 40.0**k  # small enough for the knots so far to come first
        X = np.block([[X, 2 * size * y[:, None]], [np.zeros((1, k + 1)), np.full((1, 1), size)]])
        y = np.append(y, 1.0)
    return X, y


def sparsified(X):
    """Return X with its entries of less than average size set to zero."""
    return np.where(np.abs(X) > 0.7, X, 0.0)


# --- right answers ---------------------------------------------------------------------------------------


@kinds
@both
@shapes
def test_every_fit_is_proved(kind, n, p, fit_intercept):
    X, y = ref.regression(n, p)
    options = {"fit_intercept": fit_intercept} | options_of(kind, n, p)
    for fraction in (1.5, 0.9, 0.3, 0.03, 1e-3):
        alpha = fraction * top(X, y, options)
        fit = fit_and_prove(X, y, alpha, tol=1e-10, **options)
        assert fit.alpha == alpha and fit.tol == 1e-10 and fit.l1_ratio == options.get("l1_ratio", 1.0)
        fit_and_prove(X, y, alpha, **options)


@kinds
@both
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_brute_force_over_sign_patterns(kind, seed, fit_intercept):
    X, y = ref.regression(10, 4, seed=seed, correlation=0.7)
    options = options_of(kind, 10, 4)
    for fraction in (0.02, 0.3, 0.8):
        alpha = fraction * top(X, y, options | {"fit_intercept": fit_intercept})
        coef, intercept = ref.general_brute_force(X, y, alpha, fit_intercept, **options)
        fit = fit_and_prove(X, y, alpha, fit_intercept=fit_intercept, **options)
        np.testing.assert_allclose(fit.coef, coef, rtol=0, atol=1e-11)
        np.testing.assert_array_equal(fit.support, np.flatnonzero(coef))
        assert fit.intercept == pytest.approx(intercept, abs=1e-11)


@both
@shapes
@pytest.mark.parametrize("fraction", [0.7, 0.2, 0.02])
def test_agrees_with_coordinate_descent(n, p, fraction, fit_intercept):
    X, y = ref.regression(n, p, seed=4)
    alpha = fraction * ref.scale_of_penalty(X, y, fit_intercept)
    fit = fit_and_prove(X, y, alpha, fit_intercept=fit_intercept)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it goes on until nothing moves
        slow = coordinate_descent(X, y, alpha, fit_intercept=fit_intercept, tol=1e-300, max_iter=3000)
    np.testing.assert_allclose(fit.coef, slow.coef, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(fit.support, slow.support)


@both
@shapes
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("l1_ratio", [1.0, 0.5, 0.01])
def test_agrees_with_scikit_learn(n, p, fit_intercept, sparse, weighted, positive, l1_ratio):
    X, y = ref.regression(n, p, seed=2)
    X = scipy.sparse.csc_array(sparsified(X)) if sparse else X
    weights = options_of("weights", n, p)["sample_weight"] if weighted else None
    options = {"fit_intercept": fit_intercept, "positive": positive, "l1_ratio": l1_ratio}
    alpha = 0.1 * alpha_max(X, y, sample_weight=weights, **options)
    model = ElasticNet(alpha, tol=1e-13, max_iter=10**6, **options).fit(X, y, sample_weight=weights)
    fit = fit_and_prove(X, y, alpha, sample_weight=weights, **options)
    np.testing.assert_allclose(fit.coef, model.coef_, rtol=0, atol=1e-6)
    assert fit.intercept == pytest.approx(model.intercept_, abs=1e-6)
    assert fit.coef.any()


# --- where the answer is known ---------------------------------------------------------------------------


@kinds
@both
@shapes
def test_zeros_from_alpha_max_on(kind, n, p, fit_intercept):
    X, y = ref.regression(n, p)
    options = {"fit_intercept": fit_intercept} | options_of(kind, n, p)
    factors = options.get("penalty_weights", np.ones(p))
    if kind == "ridge":
        assert fit_and_prove(X, y, 1e6, **options).coef.all()  # squares never make a coefficient zero
        return
    alpha = top(X, y, options)
    for factor in (1 + 1e-12, 1.1, 1e6, 1e200):
        assert not fit_and_prove(X, y, factor * alpha, **options).coef[factors > 0].any()
    assert fit_and_prove(X, y, (1 - 1e-6) * alpha, **options).coef[factors > 0].any()


@both
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("function", [lasso, elastic_net])
def test_no_penalty_is_least_squares(function, fit_intercept, weighted):
    X, y = ref.regression(60, 8)
    weights = options_of("weights", 60, 8)["sample_weight"] if weighted else None
    root = np.sqrt(np.ones(60) if weights is None else weights)
    columns = np.column_stack([X, np.full(60, float(fit_intercept))])
    expected = np.linalg.lstsq(columns * root[:, None], y * root)[0]
    fit = function(X, y, 0.0, fit_intercept=fit_intercept, sample_weight=weights)
    assert_certified(fit, X, y, fit_intercept=fit_intercept, sample_weight=weights)
    np.testing.assert_allclose(fit.coef, expected[:-1], rtol=0, atol=1e-12)
    assert fit.intercept == pytest.approx(expected[-1], abs=1e-12)


@both
@pytest.mark.parametrize(("n", "p"), [(20, 40), (12, 12), (3, 200)])
def test_no_penalty_interpolates_if_there_are_enough_features(n, p, fit_intercept):
    X, y = ref.regression(n, p)
    fit = fit_and_prove(X, y, 0.0, fit_intercept=fit_intercept, tol=1e-10)
    np.testing.assert_allclose(X @ fit.coef + fit.intercept, y, rtol=0, atol=1e-9)


@both
@shapes
def test_a_penalty_factor_is_the_unit_of_its_column(n, p, fit_intercept):
    X, y = ref.regression(n, p)
    factors = np.random.default_rng(0).uniform(0.2, 5.0, p)
    alpha = 0.1 * alpha_max(X, y, fit_intercept=fit_intercept, penalty_weights=factors)
    fit = fit_and_prove(X, y, alpha, fit_intercept=fit_intercept, penalty_weights=factors)
    scaled = fit_and_prove(X / factors, y, alpha, fit_intercept=fit_intercept)
    np.testing.assert_allclose(fit.coef, scaled.coef / factors, rtol=0, atol=1e-11)


@both
@shapes
@pytest.mark.parametrize("l1_ratio", [1.0, 0.5])
def test_an_infinite_penalty_factor_is_a_feature_less(n, p, l1_ratio, fit_intercept):
    X, y = ref.regression(n, p)
    factors = np.ones(p)
    factors[[0, 3]] = np.inf
    alpha = 0.1 * ref.scale_of_penalty(X, y)
    options = {"l1_ratio": l1_ratio, "fit_intercept": fit_intercept}
    fit = fit_and_prove(X, y, alpha, penalty_weights=factors, **options)
    less = fit_and_prove(np.delete(X, [0, 3], axis=1), y, alpha, **options)
    np.testing.assert_allclose(np.delete(fit.coef, [0, 3]), less.coef, rtol=0, atol=1e-11)
    assert not fit.coef[[0, 3]].any()
    assert not lasso(X, y, alpha, penalty_weights=np.full(p, np.inf)).coef.any()


@both
def test_features_without_penalty_are_projected_out(fit_intercept):
    """Frisch and Waugh: what the free features explain leaves y and the other columns first."""
    X, y = ref.regression(60, 12)
    free = np.arange(12) % 4 == 0
    factors = np.where(free, 0.0, 1.0)
    fit = fit_and_prove(X, y, 0.2, fit_intercept=fit_intercept, penalty_weights=factors)
    Z = np.column_stack([X[:, free], np.full(60, float(fit_intercept))])
    others, rest = (v - Z @ np.linalg.lstsq(Z, v)[0] for v in (X[:, ~free], y))
    expected = fit_and_prove(others, rest, 0.2, fit_intercept=False)
    np.testing.assert_allclose(fit.coef[~free], expected.coef, rtol=0, atol=1e-10)
    assert 0 < np.count_nonzero(expected.coef) < 9 and fit.coef[free].all()


@pytest.mark.parametrize("seed", range(40))
def test_features_without_penalty_come_first_however_weakly_they_pull(seed):
    """Else the others make them needless: here the first explains all of the sample with little weight."""
    X, y = np.random.default_rng(seed).normal(size=(2, 3)), np.random.default_rng(seed).normal(size=2)
    X[1, 1] = X[0, 2] = 0.0
    options = {"fit_intercept": False, "sample_weight": np.array([1e-6, 1.0])}
    fit = lasso(X, y, 1e-8, penalty_weights=[1.0, 0.0, 1.0], tol=EXACT, **options)
    assert fit.gap <= EXACT and fit.coef[1] != 0.0


@pytest.mark.filterwarnings("ignore:not converged")
@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_no_certificate_where_no_digit_is_left(seed, positive):
    """The means of these sparse columns are a million times what varies, and w may be as huge as it likes."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(3, 12)), rng.normal(size=3)
    X[:, 0] += 1e6
    X[:, 1] = X[:, 0] + 1e-6 * rng.normal(size=3)
    start = rng.choice([0.0, 1e-3, 1.0], 12)
    fit = lasso(scipy.sparse.csc_array(X), y, 0.0, positive=positive, coef_init=start)
    residual, centred = y - X @ fit.coef, y - y.mean()
    residual -= residual.mean()
    assert residual @ residual <= (1 + 1e-6) * (centred @ centred)
    assert fit.gap > 1e-10 or duality_gap(X, y, fit.coef, 0.0, positive=positive) <= 1e-6


@pytest.mark.parametrize("seed", range(40))
def test_the_gap_is_the_one_after_projection(seed):
    """Features without a penalty that are nearly parallel make it thousands of times what the engine sees."""
    rng = np.random.default_rng(seed)
    X, y, factors = rng.normal(size=(4, 1)) + 1e-5 * rng.normal(size=(4, 6)), rng.normal(size=4), np.ones(6)
    factors[:2] = 0.0
    alphas = alpha_max(X, y, penalty_weights=factors) * np.array([0.1, 1e-3, 1e-6])
    path = lasso_path(X, y, alphas=alphas, penalty_weights=factors)
    assert lasso(X, y, alphas[-1], penalty_weights=factors).gap <= 1e-10 and (path.gaps <= 1e-10).all()


@both
@shapes
@pytest.mark.parametrize("alpha", [1e-3, 0.3, 100.0])
def test_squares_alone_are_ridge_regression(n, p, alpha, fit_intercept):
    X, y = ref.regression(n, p)
    model = Ridge(alpha * n, fit_intercept=fit_intercept, solver="svd").fit(X, y)
    fit = fit_and_prove(X, y, alpha, l1_ratio=0.0, fit_intercept=fit_intercept)
    np.testing.assert_allclose(fit.coef, model.coef_, rtol=0, atol=1e-10)


@shapes
def test_hardly_any_squares_are_nearly_the_lasso(n, p):
    X, y = ref.regression(n, p)
    alpha = 0.1 * ref.scale_of_penalty(X, y)
    expected = fit_and_prove(X, y, alpha).coef
    distances = [
        np.abs(fit_and_prove(X, y, alpha, l1_ratio=1 - share).coef - expected).max()
        for share in (1e-3, 1e-6, 1e-9, 1e-12, 1e-15)
    ]
    assert (np.diff(distances[:3]) < 0).all() and distances[2] < 1e-6 and max(distances[3:]) < 1e-9


@both
def test_orthogonal_design_is_soft_thresholding(fit_intercept):
    rng = np.random.default_rng(0)
    X = np.linalg.qr(np.column_stack([np.ones(32), rng.normal(size=(32, 6))]))[0][:, 1:] * np.sqrt(32)
    y = X @ [2.0, -1.0, 0.5, 0.1, 0, 0] + rng.normal(size=32)
    pulls = X.T @ y / 32
    for alpha, l1_ratio in ((0.05, 1.0), (0.4, 1.0), (0.4, 0.3)):
        fit = fit_and_prove(X, y, alpha, l1_ratio=l1_ratio, fit_intercept=fit_intercept)
        shrunk = np.sign(pulls) * np.maximum(np.abs(pulls) - alpha * l1_ratio, 0)
        np.testing.assert_allclose(fit.coef, shrunk / (1 + alpha * (1 - l1_ratio)), rtol=0, atol=1e-14)


# --- the same problem in another form --------------------------------------------------------------------


@kinds
@both
@shapes
def test_sparse_is_dense(kind, n, p, fit_intercept):
    X, y = ref.regression(n, p)
    X = sparsified(X)
    options = {"fit_intercept": fit_intercept} | options_of(kind, n, p)
    for fraction in (0.5, 0.05):
        alpha = fraction * top(X, y, options)
        dense = fit_and_prove(X, y, alpha, **options)
        for kind_of in (scipy.sparse.csc_array, scipy.sparse.csr_matrix, scipy.sparse.coo_array):
            sparse = fit_and_prove(kind_of(X), y, alpha, **options)
            np.testing.assert_allclose(sparse.coef, dense.coef, rtol=0, atol=1e-9)
            assert sparse.intercept == pytest.approx(dense.intercept, abs=1e-9)
            np.testing.assert_allclose(sparse.dual, dense.dual, rtol=0, atol=1e-9)


@kinds
@both
@shapes
def test_a_weight_is_a_repetition(kind, n, p, fit_intercept):
    X, y = ref.regression(n, p)
    times = np.random.default_rng(0).integers(0, 4, n)
    rows = np.repeat(np.arange(n), times)
    options = {"fit_intercept": fit_intercept} | options_of(kind, n, p)
    options.pop("sample_weight", None)
    alpha = 0.1 * top(X[rows], y[rows], options)
    repeated = fit_and_prove(X[rows], y[rows], alpha, **options)
    for scale in (1, 1e-300, 7.3):
        fit = fit_and_prove(X, y, alpha, sample_weight=scale * times, **options)
        np.testing.assert_allclose(fit.coef, repeated.coef, rtol=0, atol=1e-9)
        np.testing.assert_allclose(fit.dual[rows], repeated.dual, rtol=0, atol=1e-9)
        assert fit.intercept == pytest.approx(repeated.intercept, abs=1e-9)
        assert fit.kkt == pytest.approx(repeated.kkt, abs=1e-11)


@kinds
@both
@pytest.mark.parametrize(("n", "p"), [(60, 8), (12, 12), (400, 90)])
def test_the_gram_matrix_is_the_residual(kind, n, p, fit_intercept, monkeypatch):
    X, y = ref.regression(n, p)
    options = {"fit_intercept": fit_intercept} | options_of(kind, n, p)
    for fraction in (2.0, 0.5, 0.05):
        alpha = fraction * top(X, y, options)
        fits = []
        for gram in (False, True):
            monkeypatch.setattr(backends, "prefers_gram", lambda *args, gram=gram: gram)
            fits.append(fit_and_prove(X, y, alpha, **options))
        np.testing.assert_allclose(fits[1].coef, fits[0].coef, rtol=0, atol=1e-9)
        np.testing.assert_allclose(fits[1].dual, fits[0].dual, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("n", "p"), [(2000, 60), (60, 100)])  # by Gram matrix, by columns
def test_threads_change_nothing(n, p):
    X, y = ref.regression(n, p)
    fits = [fit_and_prove(X, y, 0.1)] + [lasso(X, y, 0.1, tol=EXACT, n_threads=k) for k in (1, 2, 5)]
    for fit in fits[1:]:
        np.testing.assert_allclose(fit.coef, fits[0].coef, rtol=0, atol=1e-12)


@shapes
def test_order_of_columns_and_rows(n, p):
    X, y = ref.regression(n, p)
    rng = np.random.default_rng(1)
    columns, rows = rng.permutation(p), rng.permutation(n)
    fit = fit_and_prove(X, y, 0.1)
    mixed = fit_and_prove(X[rows][:, columns], y[rows], 0.1)
    np.testing.assert_allclose(mixed.coef, fit.coef[columns], rtol=0, atol=1e-10)
    np.testing.assert_allclose(mixed.dual, fit.dual[rows], rtol=0, atol=1e-10)


@kinds
@shapes
def test_signs_of_columns_and_of_the_response(kind, n, p):
    X, y = ref.regression(n, p)
    options = options_of(kind, n, p)
    fit = fit_and_prove(X, y, 0.1, **options)
    if options.get("positive"):
        # What may not be negative may, for the mirrored column, not be positive: the problem is another.
        assert (fit.coef >= 0).all() and fit.coef.any()
        return
    signs = np.random.default_rng(1).choice([-1.0, 1.0], p)
    np.testing.assert_allclose(fit_and_prove(X * signs, y, 0.1, **options).coef * signs, fit.coef, atol=1e-13)
    mirrored = fit_and_prove(X, -y, 0.1, **options)
    np.testing.assert_array_equal(mirrored.coef, -fit.coef)  # every rounding is symmetric
    assert mirrored.intercept == -fit.intercept


@both
@shapes
@pytest.mark.parametrize("power", [-400, -7, 3, 400])
def test_units_that_are_powers_of_two_change_no_digit(n, p, power, fit_intercept):
    X, y = ref.regression(n, p)
    unit = 2.0**power
    options = {"fit_intercept": fit_intercept, "tol": EXACT}
    fit = lasso(X, y, 0.1, **options)
    response = lasso(X, unit * y, unit * 0.1, **options)
    np.testing.assert_array_equal(response.coef, unit * fit.coef)
    np.testing.assert_array_equal(response.dual, unit * fit.dual)
    assert response.intercept == unit * fit.intercept and response.gap == fit.gap
    columns = lasso(unit * X, y, unit * 0.1, **options)
    np.testing.assert_array_equal(columns.coef, fit.coef / unit)
    assert columns.intercept == fit.intercept and columns.gap == fit.gap


@shapes
def test_units_of_the_columns_with_the_penalty_in_the_same(n, p):
    X, y = ref.regression(n, p)
    units = 10.0 ** np.random.default_rng(0).integers(-100, 100, p)
    fit = fit_and_prove(X, y, 0.1)
    scaled = fit_and_prove(X * units, y, 0.1, penalty_weights=units)
    np.testing.assert_allclose(scaled.coef * units, fit.coef, rtol=0, atol=1e-10)
    np.testing.assert_array_equal(scaled.support, fit.support)


@pytest.mark.parametrize("kind_of", [np.array, scipy.sparse.csc_array])
@pytest.mark.parametrize("shift", [1.0, 1e3, 1e6])
def test_offsets_go_into_the_intercept(shift, kind_of):
    X, y = ref.regression(60, 8)
    fit = fit_and_prove(X, y, 0.1)
    shifts = shift * np.arange(1, 9)
    accuracy = 1e-14 * max(
        shift, 10
    )  # data a million times their spread are rounded to 1e-10 of it themselves
    tol = max(EXACT, 0.1 * accuracy) if kind_of is scipy.sparse.csc_array else EXACT
    moved = fit_and_prove(kind_of(X + shifts), y - shift, 0.1, tol=tol)
    np.testing.assert_allclose(moved.coef, fit.coef, rtol=0, atol=accuracy)
    expected = fit.intercept - shift - shifts @ fit.coef
    assert moved.intercept == pytest.approx(expected, abs=accuracy * shifts.sum())


# --- starts ----------------------------------------------------------------------------------------------


@kinds
@both
@shapes
def test_the_start_does_not_matter(kind, n, p, fit_intercept):
    X, y = ref.regression(n, p)
    options = {"fit_intercept": fit_intercept} | options_of(kind, n, p)
    alpha = 0.05 * top(X, y, options)
    cold = fit_and_prove(X, y, alpha, **options)
    rng = np.random.default_rng(0)
    starts = {
        "solution": cold.coef,
        "nearby": cold.coef + 1e-6 * rng.normal(size=p),
        "zeros": np.zeros(p),
        "anything": rng.normal(size=p),  # of either sign, and where it is forbidden
        "mirrored": -cold.coef,
        "far": 1e3 * rng.normal(size=p),
    }
    for name, start in starts.items():
        warm = fit_and_prove(X, y, alpha, coef_init=start, **options)
        np.testing.assert_allclose(warm.coef, cold.coef, rtol=0, atol=1e-9, err_msg=name)
    assert lasso(X, y, 0.1, coef_init=lasso(X, y, 0.1).coef).n_iter == 1


@pytest.mark.parametrize("size", [1e10, 1e100, 1e150, 1e200, 1e308])
def test_a_start_beyond_reason_is_survived(size):
    X, y = ref.regression(40, 3)
    fit_and_prove(X, y, 0.1, coef_init=np.full(3, size))


# --- data in every form ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def integers():
    rng = np.random.default_rng(1)
    X = rng.integers(-5, 6, size=(20, 4)).astype(float)
    return X, X @ [2.0, 0, -1, 0] + rng.integers(-2, 3, size=20)


@both
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_and_type_do_not_matter(layout, fit_intercept, integers):
    X, y = integers
    form = LAYOUTS[layout]
    weights, factors = np.arange(20) % 5, np.array([1.0, 2.0, 0.0, 1.0])
    expected = fit_and_prove(
        X, y, 0.5, fit_intercept=fit_intercept, sample_weight=weights, penalty_weights=factors
    )
    fit = lasso(
        form(X), form(y), 0.5, fit_intercept=fit_intercept, sample_weight=form(weights.astype(float)),
        penalty_weights=form(factors), coef_init=form(np.array([1.0, 0.0, -2.0, 3.0])), tol=EXACT,
    )  # fmt: skip
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=0, atol=1e-12)
    assert fit.intercept == pytest.approx(expected.intercept, abs=1e-12) and fit.coef.dtype == np.float64


def test_single_precision_is_fitted_in_double():
    X, y = (a.astype(np.float32) for a in ref.regression(60, 8))
    expected = fit_and_prove(X.astype(float), y.astype(float), 0.1)
    for given in (X, np.asfortranarray(X), scipy.sparse.csc_array(X)):
        np.testing.assert_allclose(lasso(given, y, 0.1, tol=EXACT).coef, expected.coef, rtol=0, atol=1e-12)


def test_a_data_frame_and_a_series():
    X, y = ref.regression(30, 4)
    frame = pd.DataFrame(X, columns=list("abcd")).assign(yes=X[:, 0] > 0)
    expected = fit_and_prove(np.column_stack([X, X[:, 0] > 0]), y, 0.1)
    np.testing.assert_allclose(lasso(frame, pd.Series(y), 0.1, tol=EXACT).coef, expected.coef, atol=1e-12)


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_memory_map_that_cannot_be_written(tmp_path, order):
    X, y = ref.regression(60, 8)
    written = np.memmap(tmp_path / "X", float, "w+", shape=X.shape, order=order)
    written[:] = X
    written.flush()
    mapped = np.memmap(tmp_path / "X", float, "r", shape=X.shape, order=order)
    np.testing.assert_allclose(lasso(mapped, y, 0.1).coef, lasso(X, y, 0.1).coef, rtol=0, atol=1e-12)
    if order == "F":
        assert np.shares_memory(standard(mapped, y).columns[0], mapped)


@kinds
@both
@pytest.mark.parametrize("form", [np.ascontiguousarray, np.asfortranarray, scipy.sparse.csc_array])
def test_inputs_are_not_modified(kind, form, fit_intercept):
    X, y = ref.regression(20, 5)
    X, options = form(sparsified(X)), options_of(kind, 20, 5)
    settings = {"l1_ratio": 1.0, "fit_intercept": fit_intercept, "coef_init": np.ones(5)} | options
    numbers = [X.data, X.indices, X.indptr] if scipy.sparse.issparse(X) else [X]
    given = [*numbers, y, *(v for v in settings.values() if isinstance(v, np.ndarray))]
    before = [a.tobytes("A") for a in given]
    coefs = []
    for writeable in (True, False):
        for a in given:
            a.flags.writeable = writeable
        coefs.append(elastic_net(X, y, 0.1, **settings).coef)
        assert [a.tobytes("A") for a in given] == before
    np.testing.assert_allclose(*coefs, rtol=0, atol=1e-12)


def standard(X, y, **options):
    settings = {"fit_intercept": True, "sample_weight": None, "penalty_weights": None, "positive": False}
    return StandardProblem(X, y, **(settings | options))


def test_columns_are_not_copied():
    X, y = ref.regression(60, 8)
    columns = np.asfortranarray(X)
    for given in (columns, columns[:, ::1], np.asfortranarray(np.column_stack([columns, columns]))[:, 3:9]):
        assert np.shares_memory(standard(given, y).columns[0], given)
    sparse = scipy.sparse.csc_array(sparsified(X))
    for given in (sparse, scipy.sparse.csc_matrix(sparse)):
        parts = standard(given, y, sample_weight=np.arange(60)).columns
        for part, original in zip(parts, (given.data, given.indices, given.indptr), strict=False):
            assert np.shares_memory(part, original)


# --- not converging --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "ridge"])  # one exact step solves that
@both
@shapes
def test_too_few_rounds_warn_and_still_return(kind, n, p, fit_intercept):
    X, y = ref.regression(n, p, correlation=0.95)
    options = {"fit_intercept": fit_intercept} | options_of(kind, n, p)
    settings = {"l1_ratio": 1.0} | options
    alpha = 1e-3 * top(X, y, options)
    start = np.zeros(p)  # without it the way from alpha_max on takes rounds of its own
    with pytest.warns(ConvergenceWarning) as caught:
        fit = elastic_net(X, y, alpha, max_iter=1, tol=1e-20, coef_init=start, **settings)
    assert len(caught) == 1 and f"{fit.gap:.2e}" in str(caught[0].message)
    assert "max_iter" in str(caught[0].message) and caught[0].filename == __file__
    assert fit.n_iter == 1 and not fit.certificate.holds
    assert_certified(fit, X, y, gap=np.inf, **options)
    assert prove(fit.coef, fit.dual, X, y, alpha, **options).value <= 1 + 1e-12


def test_max_iter_is_a_limit_not_a_goal():
    X, y = ref.regression(40, 12, correlation=0.95)
    start = np.zeros(12)
    needed = lasso(X, y, 0.01, coef_init=start).n_iter
    assert needed > 1
    assert lasso(X, y, 0.01, coef_init=start, max_iter=needed).n_iter == needed
    with pytest.warns(ConvergenceWarning):
        assert lasso(X, y, 0.01, coef_init=start, max_iter=needed - 1).n_iter == needed - 1


@pytest.mark.parametrize("fraction", [0.1, 1e-3, 1e-6, 1e-9, 0.0])
@pytest.mark.parametrize("power", range(1, 17))
def test_nearly_equal_columns(power, fraction):
    """As the copy gets closer, fits stay certified or say where they no longer are."""
    X, y = ref.regression(30, 3)
    X = np.column_stack([X, X[:, 0] + 10.0**-power * np.random.default_rng(0).normal(size=30)])
    alpha = fraction * ref.scale_of_penalty(X, y)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit = lasso(X, y, alpha)
    assert_warned(fit, caught)
    assert_certified_or_excused(fit, X, y)
    assert not caught or (power > 3 and fraction < 1e-3)


@pytest.mark.parametrize("fraction", [1e-2, 1e-3])
@pytest.mark.parametrize("power", range(4, 11))
def test_each_column_has_a_near_copy(power, fraction):
    for seed in range(30):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(5, 20))
        X = np.hstack([X, X + 10.0**-power * rng.normal(size=X.shape)])
        y = rng.normal(size=5)
        fit = lasso(X, y, fraction * ref.scale_of_penalty(X, y))
        assert fit.gap <= fit.tol
        assert_certified_or_excused(fit, X, y)


LARGE_START = """
import resource
import numpy as np, scipy.sparse
from lasso_jit import alpha_max, lasso

rng = np.random.default_rng(0)
X = scipy.sparse.random_array((4000, 6000), density=0.003, rng=rng, format="csc")
y = X @ rng.normal(size=6000) + 0.1 * rng.normal(size=4000)
alpha = 1e-2 * alpha_max(X, y)
cold = lasso(X, y, alpha)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
warm = lasso(X, y, 0.8 * alpha, coef_init=cold.coef)
growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(cold.support.size, warm.gap, growth)
"""


def test_a_large_support_on_sparse_data_needs_no_gram_matrix_not_even_for_a_start():
    run = subprocess.run([sys.executable, "-c", LARGE_START], capture_output=True, text=True, check=True)
    support, gap, growth = (float(number) for number in run.stdout.split())
    assert support > 2500 and gap <= 1e-10
    unit = 1024 if sys.platform == "linux" else 1  # of ru_maxrss, in bytes
    assert growth * unit < 8 * support**2


# --- degenerate data -------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("alpha", [0.0, 0.05, 0.5])
def test_constant_columns_stay_out(alpha, fit_intercept):
    X, y = ref.regression(30, 4)
    expected = fit_and_prove(X, y, alpha, fit_intercept=fit_intercept)
    for constant in (0.0, 0.1, 1 / 3, 1e6, -7.7e-5) if fit_intercept else (0.0,):
        wider = np.insert(X, 2, constant, axis=1)
        for given in (wider, scipy.sparse.csc_array(wider)):
            for start in (None, np.ones(5)):
                fit = fit_and_prove(given, y, alpha, fit_intercept=fit_intercept, coef_init=start)
                assert fit.coef[2] == 0
                np.testing.assert_allclose(np.delete(fit.coef, 2), expected.coef, rtol=0, atol=1e-9)


@kinds
@pytest.mark.parametrize("alpha", [0.0, 0.1])
@pytest.mark.parametrize("constant", [0.0, 5.0, 0.1, 1e6 / 3])
def test_nothing_to_explain(kind, constant, alpha):
    X, _ = ref.regression(20, 3)
    options = options_of(kind, 20, 3)
    y = np.full(20, constant)
    for start in (None, [1.0, -2.0, 0.5]):
        fit = elastic_net(X, y, alpha, coef_init=start, **({"l1_ratio": 1.0} | options))
        assert not fit.coef.any() and fit.gap == 0 and fit.certificate.holds
        assert fit.intercept == pytest.approx(constant, rel=1e-15)
    fit = lasso(X, np.zeros(20), alpha, fit_intercept=False)
    assert not fit.coef.any() and fit.gap == 0 and not fit.dual.any()


@pytest.mark.parametrize("alpha", [0.0, 0.1])
def test_nothing_to_explain_in_very_small_units(alpha):
    X, _ = ref.regression(20, 3)
    fit = lasso(X, np.full(20, 1e-136), alpha)
    assert not fit.coef.any() and fit.gap == 0 and fit.intercept == pytest.approx(1e-136, rel=1e-15)


@pytest.mark.parametrize("constant", [0.0, 0.1, 1 / 3, 1e6])
@pytest.mark.parametrize("alpha", [0.0, 0.1])
def test_nothing_to_explain_it_with(constant, alpha):
    X, y = np.full((7, 3), constant), np.arange(7.0)
    fit = fit_and_prove(X, y, alpha)
    assert not fit.coef.any() and fit.intercept == 3.0
    fit = fit_and_prove(np.zeros((7, 3)), y, alpha, fit_intercept=False)
    assert not fit.coef.any() and fit.gap == 0.0


def test_one_observation():
    X, y = np.array([[1.0, 2.0, -3.0]]), np.array([4.0])
    fit = fit_and_prove(X, y, 0.1)
    assert not fit.coef.any() and fit.intercept == 4.0 and fit.gap == 0.0
    # Without intercept the cheapest way to explain it is the longest entry: 4 = -3 w, less the penalty.
    fit = fit_and_prove(X, y, 0.3, fit_intercept=False)
    np.testing.assert_allclose(fit.coef, [0, 0, -(4 - 0.3 / 3) / 3], rtol=1e-14)


@both
@pytest.mark.parametrize("l1_ratio", [1.0, 0.4, 0.0])
def test_one_feature_has_a_formula(fit_intercept, l1_ratio):
    X, y = ref.regression(12, 1)
    x, target = (X[:, 0] - X.mean(), y - y.mean()) if fit_intercept else (X[:, 0], y)
    pull, square = x @ target / 12, x @ x / 12
    for alpha in (0.0, 0.01, 0.5, 1.0, 100.0):
        fit = fit_and_prove(X, y, alpha, l1_ratio=l1_ratio, fit_intercept=fit_intercept)
        slope = np.sign(pull) * max(abs(pull) - alpha * l1_ratio, 0) / (square + alpha * (1 - l1_ratio))
        assert fit.coef[0] == pytest.approx(slope, rel=1e-13)


@pytest.mark.parametrize(
    "factors", [[1.0], [1.0, 2.0], [0.0, 1.0, 2.0]], ids=["lasso", "factors", "free features"]
)
@pytest.mark.parametrize(("n", "p"), [(5, 4), (10, 8), (20, 10), (20, 30)])
def test_a_start_on_copies_is_no_trap(n, p, factors):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        X, y = rng.normal(size=(n, p)), rng.normal(size=n)
        X[:, 1::2] = rng.choice([1.0, -1.0, 0.5, -2.0], p // 2) * X[:, ::2]
        options = {"penalty_weights": rng.choice(factors, p)}
        alpha = 0.3 * max(alpha_max(X, y, **options), 1e-3)
        cold = fit_and_prove(X, y, alpha, tol=1e-10, **options)
        start = rng.choice([0.0, 1.0, -1.0], p) * np.maximum(np.abs(cold.coef), rng.random())
        fit_and_prove(X, y, alpha, tol=1e-10, coef_init=start, **options)


@both
@shapes
def test_duplicates_share_one_fit(n, p, fit_intercept):
    X, y = ref.regression(n, p)
    alpha = 0.05 * ref.scale_of_penalty(X, y, fit_intercept)
    single = fit_and_prove(X, y, alpha, fit_intercept=fit_intercept)
    doubled = np.column_stack([X, X[:, 0], -X[:, 1], X])
    fit = fit_and_prove(doubled, y, alpha, fit_intercept=fit_intercept)
    # How the weight is split is not determined; the fit and the sum of sizes are.
    np.testing.assert_allclose(fit.dual, single.dual, rtol=0, atol=1e-9)
    assert np.abs(fit.coef).sum() == pytest.approx(np.abs(single.coef).sum(), abs=1e-9)
    # Squares determine it: copies get the same.
    fit = fit_and_prove(np.column_stack([X, X]), y, alpha, fit_intercept=fit_intercept, l1_ratio=0.5)
    np.testing.assert_allclose(fit.coef[:p], fit.coef[p:], rtol=0, atol=1e-10)


@both
def test_without_penalty_dependent_columns_do_no_harm(fit_intercept):
    X, y = ref.regression(40, 5)
    X = np.column_stack([X, X[:, :2], X[:, 0] + X[:, 1], -X[:, 4]])
    columns = np.column_stack([X, np.full(40, float(fit_intercept))])
    fit = fit_and_prove(X, y, 0.0, fit_intercept=fit_intercept, tol=1e-10)
    fitted = columns @ np.linalg.lstsq(columns, y)[0]
    np.testing.assert_allclose(X @ fit.coef + fit.intercept, fitted, rtol=0, atol=1e-8)


@pytest.mark.parametrize("l1_ratio", [0.5, 0.01, 0.0])
@pytest.mark.parametrize(("n", "p"), [(1, 17), (2, 33), (4, 39), (10, 60)])
def test_squares_let_in_more_features_than_there_are_samples(n, p, l1_ratio):
    for seed in range(3):
        rng = np.random.default_rng(seed)
        y = rng.normal(size=n)
        for X in (rng.normal(size=(n, p)), rng.integers(-2, 3, size=(n, p)).astype(float)):
            options = {"l1_ratio": l1_ratio, "fit_intercept": n > 2}
            for fraction in (1e-2, 1e-4, 1e-6):
                alpha = fraction * top(X, y, options)
                fit = fit_and_prove(X, y, alpha, tol=1e-10, **options)
                start = fit.coef * (np.arange(p) % 2)
                assert_certified(elastic_net(X, y, alpha, coef_init=start, **options), X, y, **options)


def nearly_parallel(n, p, distance, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1)) + distance * rng.normal(size=(n, p)), rng.normal(size=n)


@pytest.mark.parametrize("form", [np.asarray, scipy.sparse.csc_array])
@pytest.mark.parametrize("offset", [0.0, 1e6])
@pytest.mark.parametrize(("n", "p"), [(6, 6), (18, 12), (5, 10), (10, 40)])
def test_without_penalty_nearly_parallel_columns_do_no_harm(n, p, offset, form):
    """A condition of a million is no reason to be worse than the empty model."""
    for seed in range(15):
        X, y = nearly_parallel(n, p, 1e-6 if offset == 0 else 1e-5, seed)
        X[:, 0] += offset
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            fit = lasso(form(X), y, 0.0)
        if (
            offset and form is scipy.sparse.csc_array
        ):  # centred on the fly, which leaves too few digits to solve
            assert prove(fit.coef, fit.dual, X, y, 0.0).value <= 1 + 1e-9
        else:
            assert_certified_or_excused(fit, X, y)


@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("distance", [1e-2, 1e-4])
@pytest.mark.parametrize(("n", "p"), [(5, 5), (4, 13), (11, 11), (22, 22), (40, 8)])
def test_without_penalty_any_start_leads_to_the_end(n, p, distance, positive):
    for seed in range(15):
        X, y = nearly_parallel(n, p, distance, seed)
        start = None
        for _ in range(2):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                fit = lasso(X, y, 0.0, positive=positive, coef_init=start)
            assert_certified_or_excused(fit, X, y, positive=positive)
            start = np.abs(fit.coef) * (np.arange(p) % 2)


@pytest.mark.parametrize("fraction", [0.5, 0.1, 1e-2, 1e-4, 1e-6])
@pytest.mark.parametrize("p", range(2, 13))
def test_the_worst_case_for_paths_is_one_fit_like_others(p, fraction):
    X, y = worst_case(p)
    fit = lasso(X, y, fraction * ref.scale_of_penalty(X, y, False), fit_intercept=False)
    assert_certified(fit, X, y, fit_intercept=False)
    assert fit.n_iter <= 100


@pytest.mark.parametrize("p", range(2, 6))
def test_the_worst_case_is_one(p):
    assert len(homotopy_path(*worst_case(p), fit_intercept=False).alphas) == (3**p + 1) // 2


@pytest.mark.parametrize("size", [1e-150, 1e-100, 1e100, 1e150])
def test_sizes_of_the_response_and_of_columns(size):
    X, y = ref.regression(30, 4)
    expected = fit_and_prove(X, y, 0.1)
    np.testing.assert_allclose(fit_and_prove(X, size * y, size * 0.1).coef / size, expected.coef, atol=1e-10)
    np.testing.assert_allclose(fit_and_prove(size * X, y, size * 0.1).coef * size, expected.coef, atol=1e-10)


def test_squares_out_of_all_proportion_leave_a_coefficient_zero():
    """Beside the others the first column is so small that only a coefficient of zero is cheap enough."""
    X, y = ref.regression(20, 4)
    X = X * [1e-150, 1.0, 1e100, 1e150]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit = elastic_net(X, y, 1e145, l1_ratio=0.0)
    assert_warned(fit, caught)
    assert_certified_or_excused(fit, X, y, l1_ratio=0.0)


@pytest.mark.parametrize("seed", [53, 177])
def test_a_start_from_which_rounding_hides_the_way_is_forgotten(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(20, 2)) @ rng.normal(size=(2, 20)) * 10.0 ** rng.integers(-10, 11, 20)
    y = rng.normal(size=20)
    fit = lasso(X, y, 1e-6 * alpha_max(X, y), coef_init=np.full(20, 0.4))
    assert_certified_or_excused(fit, X, y)
    assert fit.gap <= fit.tol
