"""`lasso_path` and `elastic_net_path`: single fits at many alphas, in any order, with a certificate each."""

import threading
import warnings

import numpy as np
import pandas as pd
import pytest
import reference as ref
import scipy.sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import enet_path
from test_fit import (
    EXACT,
    assert_certified,
    assert_certified_or_excused,
    both,
    kinds,
    options_of,
    shapes,
    sparsified,
    top,
    worst_case,
)

from lasso_jit import (
    PathResult,
    alpha_max,
    backends,
    elastic_net,
    elastic_net_path,
    engine,
    lasso,
    lasso_path,
    progress,
)

pytestmark = pytest.mark.filterwarnings("error")


def path_of(X, y, *, tol=EXACT, **options):
    """Fit a path, with the options of `options_of` or without."""
    return elastic_net_path(X, y, tol=tol, **({"l1_ratio": 1.0} | options))


def grid(X, y, options, count=12, eps=1e-2):
    """Return alphas from alpha_max down; ridge regression has to be given them."""
    return np.geomspace(1, eps, count) * top(X, y, options)


def assert_path_certified(path, X, y, **options):
    """Check every fit of a path, and that the fields belong together."""
    assert isinstance(path, PathResult)
    k, (_, p) = path.alphas.size, X.shape
    assert path.coefs.shape == (p, k)
    for field in (path.intercepts, path.gaps, path.kkts, path.n_iters):
        assert field.shape == (k,)
    assert (np.diff(path.alphas) <= 0).all()
    for t in range(k):
        fit = path.fit(t)
        assert_certified(fit, X, y, **options)
        np.testing.assert_array_equal(fit.coef, path.coefs[:, t])
        np.testing.assert_array_equal(fit.dual, path.dual(t))
        assert (fit.alpha, fit.intercept) == (path.alphas[t], path.intercepts[t])
        assert (fit.gap, fit.kkt, fit.n_iter) == (path.gaps[t], path.kkts[t], path.n_iters[t])
        assert fit.tol == path.tol and fit.l1_ratio == path.l1_ratio


# --- the same as single fits -----------------------------------------------------------------------------


@kinds
@both
@shapes
def test_a_path_is_single_fits(kind, n, p, fit_intercept):
    X, y = ref.regression(n, p)
    options = {"fit_intercept": fit_intercept} | options_of(kind, n, p)
    path = path_of(X, y, alphas=grid(X, y, options), **options)
    assert_path_certified(path, X, y, **options)
    for alpha, coef, intercept in zip(path.alphas, path.coefs.T, path.intercepts, strict=True):
        fit = elastic_net(X, y, alpha, tol=EXACT, **({"l1_ratio": 1.0} | options))
        np.testing.assert_allclose(coef, fit.coef, rtol=0, atol=1e-9)
        assert intercept == pytest.approx(fit.intercept, abs=1e-9)


@kinds
@both
def test_sparse_is_dense(kind, fit_intercept):
    X, y = ref.regression(30, 20)
    X = sparsified(X)
    options = {"fit_intercept": fit_intercept} | options_of(kind, 30, 20)
    dense = path_of(X, y, alphas=grid(X, y, options), **options)
    sparse = path_of(scipy.sparse.csr_array(X), y, alphas=grid(X, y, options), **options)
    assert_path_certified(sparse, X, y, **options)
    np.testing.assert_allclose(sparse.coefs, dense.coefs, rtol=0, atol=1e-9)
    np.testing.assert_allclose(sparse.intercepts, dense.intercepts, rtol=0, atol=1e-9)


@kinds
@both
@pytest.mark.parametrize(("n", "p"), [(60, 8), (12, 12), (400, 40)])
def test_the_gram_matrix_is_the_residual(kind, n, p, fit_intercept, monkeypatch):
    X, y = ref.regression(n, p)
    options = {"fit_intercept": fit_intercept} | options_of(kind, n, p)
    paths = []
    for gram in (False, True):
        monkeypatch.setattr(backends, "prefers_gram", lambda *args, gram=gram: gram)
        paths.append(path_of(X, y, alphas=grid(X, y, options), **options))
        assert_path_certified(paths[-1], X, y, **options)
    np.testing.assert_allclose(paths[1].coefs, paths[0].coefs, rtol=0, atol=1e-9)
    np.testing.assert_allclose(paths[1].intercepts, paths[0].intercepts, rtol=0, atol=1e-9)


def test_large_data_go_by_the_gram_matrix_and_are_certified():
    X, y = ref.regression(2000, 100, support=5)
    path = lasso_path(X, y, alphas=20)
    assert_path_certified(path, X, y)
    for t in (0, 10, 19):
        fit = lasso(scipy.sparse.csc_array(X), y, path.alphas[t], tol=EXACT)
        np.testing.assert_allclose(path.coefs[:, t], fit.coef, rtol=0, atol=1e-9)


@both
@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("l1_ratio", [1.0, 0.5])
def test_agrees_with_scikit_learn(fit_intercept, positive, l1_ratio):
    X, y = ref.regression(60, 12)
    options = {"positive": positive, "l1_ratio": l1_ratio}
    path = path_of(X, y, alphas=20, fit_intercept=fit_intercept, **options)
    centred = (X - X.mean(axis=0), y - y.mean()) if fit_intercept else (X, y)
    _, coefs, _ = enet_path(*centred, alphas=path.alphas, tol=1e-13, max_iter=10**6, **options)
    np.testing.assert_allclose(path.coefs, coefs, rtol=0, atol=1e-6)


@pytest.mark.parametrize(("n", "p"), [(2000, 60), (30, 60)])  # by Gram matrix, by columns
def test_threads_change_nothing(n, p):
    X, y = ref.regression(n, p)
    expected = path_of(X, y, alphas=10)
    for threads in (1, 2):
        path = path_of(X, y, alphas=10, n_threads=threads)
        np.testing.assert_allclose(path.coefs, expected.coefs, rtol=0, atol=1e-12)


# --- the alphas ------------------------------------------------------------------------------------------


@kinds
@both
def test_a_number_of_alphas_is_a_grid_from_alpha_max(kind, fit_intercept):
    X, y = ref.regression(30, 12)
    options = {"fit_intercept": fit_intercept} | options_of(kind, 30, 12)
    if kind == "ridge":
        with pytest.raises(ValueError, match="alphas must be an array if l1_ratio is 0"):
            path_of(X, y, **options)
        return
    for count, eps in ((100, 1e-3), (7, 0.5), (1, 0.1), (3, 1.0)):
        path = path_of(X, y, alphas=count, eps=eps, **options)
        expected = alpha_max(X, y, **options) * np.geomspace(1, eps, count)
        np.testing.assert_allclose(path.alphas, expected, rtol=1e-12)
    assert path_of(X, y, **options).alphas.size == 100
    # The first model is empty, the second is not.
    penalised = options.get("penalty_weights", np.ones(12)) > 0
    coefs = path_of(X, y, **options).coefs[penalised]
    assert np.abs(coefs[:, 0]).max() <= 1e-12 and coefs[:, 1].any()


def test_alphas_in_any_order_come_back_descending():
    X, y = ref.regression(30, 12)
    expected = lasso_path(X, y, alphas=8)
    for order in (np.arange(8)[::-1], np.random.default_rng(0).permutation(8)):
        given = expected.alphas[order]
        before = given.tobytes()
        path = lasso_path(X, y, alphas=given)
        assert given.tobytes() == before
        np.testing.assert_array_equal(path.alphas, expected.alphas)
        np.testing.assert_array_equal(path.coefs, expected.coefs)


@both
@pytest.mark.parametrize(("n", "p"), [(40, 6), (10, 30)])
def test_alphas_may_repeat_exceed_alpha_max_and_end_in_zero(n, p, fit_intercept):
    X, y = ref.regression(n, p)
    highest = ref.scale_of_penalty(X, y, fit_intercept)
    alphas = highest * np.array([1e6, 2, 1, 1, 0.5, 0.5, 0.1, 1e-4, 0, 0])
    path = lasso_path(X, y, alphas=alphas, fit_intercept=fit_intercept)
    assert_path_certified(path, X, y, fit_intercept=fit_intercept)
    assert not path.coefs[:, :2].any()
    for t in (3, 5, 9):
        np.testing.assert_allclose(path.coefs[:, t], path.coefs[:, t - 1], rtol=0, atol=1e-9)
    only = lasso_path(X, y, alphas=[0.0], fit_intercept=fit_intercept)
    assert_path_certified(only, X, y, fit_intercept=fit_intercept)


@pytest.mark.parametrize(
    "alphas", [(1, 2), np.array([2, 1]), np.array([1, 2], np.float32), pd.Series([2.0, 1])]
)
def test_alphas_of_other_types(alphas):
    X, y = ref.regression(30, 5)
    path = lasso_path(X, y, alphas=alphas)
    assert path.alphas.tolist() == [2.0, 1.0] and path.alphas.dtype == np.float64
    np.testing.assert_array_equal(path.coefs, lasso_path(X, y, alphas=[2.0, 1.0]).coefs)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("n", "p", "correlation"), [(40, 200, 0.9), (100, 100, 0.5), (200, 30, 0.99)])
def test_a_long_path_is_certified_to_its_end(n, p, correlation, seed):
    X, y = ref.regression(n, p, seed=seed, correlation=correlation)
    path = lasso_path(X, y, eps=1e-4)
    assert path.gaps.max() <= 1e-10
    for t in (0, 33, 66, 99):
        assert_certified(path.fit(t), X, y)


@pytest.mark.parametrize("p", range(2, 13))
def test_the_worst_case_is_certified(p):
    X, y = worst_case(p)
    path = lasso_path(X, y, alphas=30, eps=1e-6, fit_intercept=False)
    assert_path_certified(path, X, y, fit_intercept=False)


@pytest.mark.parametrize("power", range(1, 17))
def test_nearly_equal_columns(power):
    X, y = ref.regression(30, 3)
    X = np.column_stack([X, X[:, 0] + 10.0**-power * np.random.default_rng(0).normal(size=30)])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        path = lasso_path(X, y, alphas=20, eps=1e-9)
    assert len(caught) == (not (path.gaps <= 1e-10).all())
    for t in range(20):
        assert_certified_or_excused(path.fit(t), X, y)


@pytest.mark.parametrize("l1_ratio", [1.0, 0.01, 0.0])
@pytest.mark.parametrize(("n", "p"), [(6, 8), (10, 15), (15, 10)])
def test_a_path_goes_from_squares_to_no_penalty_at_all(n, p, l1_ratio):
    """Squares keep all features in, and without them there are more than samples."""
    for seed in range(10):
        rng = np.random.default_rng(seed)
        X, y = rng.integers(-2, 3, (n, p)).astype(float), rng.normal(size=n)
        alphas = [0.1 * alpha_max(X, y), 0.0]
        path = elastic_net_path(X, y, alphas=alphas, l1_ratio=l1_ratio)
        for t in range(2):
            assert path.gaps[t] <= 1e-10
            assert_certified_or_excused(path.fit(t), X, y, l1_ratio=l1_ratio)


# --- what does not converge ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [np.asarray, scipy.sparse.csc_array])
def test_one_warning_tells_the_worst_gap(form):
    X, y = ref.regression(30, 60, correlation=0.95)
    with pytest.warns(ConvergenceWarning) as caught:
        path = lasso_path(form(X), y, alphas=20, max_iter=1, tol=1e-13)
    failed = path.gaps > 1e-13
    assert len(caught) == 1 and failed.any()
    message, worst = str(caught[0].message), np.argmax(path.gaps)
    assert f"{path.gaps[worst]:.2e}" in message and f"alpha={path.alphas[worst]:.6g}" in message
    assert f"{failed.sum()} of 20 alphas" in message and caught[0].filename == __file__
    assert np.isfinite(path.coefs).all() and path.n_iters.max() <= 1
    for t in range(20):
        assert_certified(path.fit(t), X, y, gap=np.inf)


# --- progress --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "p"), [(30, 60), (2000, 60)])  # by columns, by Gram matrix
def test_progress_is_reported_to_the_end(n, p):
    X, y = ref.regression(n, p)
    calls = []
    lasso_path(X, y, alphas=9, progress=lambda done, total: calls.append((done, total)))
    done = [d for d, _ in calls]
    assert calls[-1] == (9, 9) and {total for _, total in calls} == {9}
    assert done == sorted(done) and done[0] >= 0


def test_progress_is_reported_meanwhile(monkeypatch):
    """By another thread, which can run because kernels let go of Python's lock."""
    monkeypatch.setattr(progress, "_SECONDS", 1e-3)
    calls, halfway = [], threading.Event()

    def report(done, total):
        calls.append((done, total, threading.get_ident()))
        if done == 3:
            halfway.set()

    with progress.watched(report, 5) as counts:
        counts[0] = 3
        assert halfway.wait(timeout=60)
        counts[0] = 5
    assert calls[-1][:2] == (5, 5)
    assert {thread == threading.get_ident() for done, _, thread in calls if done == 3} == {False}
    assert engine.path.targetoptions["nogil"] and engine.gram_path.targetoptions["nogil"]


def test_progress_is_written_to_standard_error(capfd):
    X, y = ref.regression(30, 5)
    lasso_path(X, y, alphas=9, progress=True)
    written = capfd.readouterr()
    assert written.err.endswith("9 of 9\n") and written.out == ""
    lasso_path(X, y, alphas=9)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("function", [lasso_path, elastic_net_path])
@pytest.mark.parametrize("wrong", ["yes", None, 1, 0, [], np.array([True])])
def test_progress_is_a_flag_or_a_function(function, wrong):
    X, y = ref.regression(10, 3)
    with pytest.raises(TypeError, match="progress must be True, False or a callable"):
        function(X, y, alphas=3, progress=wrong)


def test_an_error_in_the_callback_is_not_lost():
    X, y = ref.regression(10, 3)

    def fail(done, total):
        raise RuntimeError("stop here")

    with pytest.raises(RuntimeError, match="stop here"):
        lasso_path(X, y, alphas=3, progress=fail)


# --- odds and ends ---------------------------------------------------------------------------------------


@kinds
def test_nothing_to_explain(kind):
    X, _ = ref.regression(20, 5)
    options = options_of(kind, 20, 5)
    for y in (np.zeros(20), np.full(20, 0.1)):
        path = path_of(X, y, alphas=[1.0, 0.1, 0.0], **options)
        assert not path.coefs.any() and not path.gaps.any()
        np.testing.assert_allclose(path.intercepts, y[0], rtol=1e-15)
    path = lasso_path(X, np.zeros(20))  # there is no alpha_max, and any grid will do
    assert path.alphas.size == 100 and (path.alphas > 0).all() and not path.coefs.any()


def test_columns_are_not_copied_for_the_duals():
    X, y = ref.regression(30, 5)
    X = np.asfortranarray(X)
    path = lasso_path(X, y, alphas=3)
    assert np.shares_memory(path._problem.columns[0], X)
