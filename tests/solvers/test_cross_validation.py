"""`lasso_cv` and `elastic_net_cv`: the same numbers as a loop over folds that copies, fits and predicts."""

import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest
import reference as ref
import scipy.sparse
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet
from sklearn.model_selection import (
    KFold,
    LeaveOneOut,
    PredefinedSplit,
    RepeatedKFold,
    ShuffleSplit,
    TimeSeriesSplit,
)
from test_fit import EXACT, assert_certified, both, kinds, options_of, sparsified, top

from lasso_jit import (
    CVResult,
    cross_validation,
    elastic_net,
    elastic_net_cv,
    elastic_net_path,
    lasso_cv,
    lasso_path,
    progress,
)

pytestmark = pytest.mark.filterwarnings("error")
N, P = 24, 6
MANY = 40  # more features than samples
sizes = pytest.mark.parametrize("p", [P, MANY])
MASK = np.arange(N) % 3 == 0
EVERY = np.arange(N)

SPLITTERS = {
    "number": 5,
    "NumPy number": np.int64(3),
    "a fold a sample": N,
    "shuffled": KFold(4, shuffle=True, random_state=0),
    "repeated": RepeatedKFold(n_splits=3, n_repeats=3, random_state=0),
    "overlapping test rows": ShuffleSplit(6, test_size=0.4, random_state=0),
    "growing training rows": TimeSeriesSplit(4),
    "leave one out": LeaveOneOut(),
    "one fold, given": PredefinedSplit(np.where(EVERY < 8, 0, -1)),
    "one pair": [(EVERY[8:], EVERY[:8])],
    "masks": [(~MASK, MASK), (MASK, ~MASK)],
    "negative rows": [(np.arange(-8, 0), np.arange(8))],
    "rows in any order, some twice": [
        ([9, 3, 3, 11, 20, 1, 0, 7, 5, 15], [2, 2, 4, 19]),
        (EVERY[::-2], [0, 1]),
    ],
    "tested on what it was fitted to": [(EVERY, EVERY), (EVERY[:12], EVERY[6:18])],
    "lists and tuples": (([*range(12)], (*range(12, 24),)), ((*range(12, 24),), [*range(12)])),
}
splitters = pytest.mark.parametrize("cv", SPLITTERS.values(), ids=SPLITTERS)


def data(p, n=N, seed=0):
    return ref.regression(n, p, seed=seed, correlation=0.3, noise=1.0)


def folds_of(cv, n=N):
    """Return pairs of row numbers, by scikit-learn where it has an opinion."""
    cv = KFold(int(cv)) if isinstance(cv, int | np.integer) else cv
    pairs = cv.split(np.zeros((n, 1))) if hasattr(cv, "split") else cv
    return [tuple(np.arange(n)[np.asarray(rows)] for rows in pair) for pair in pairs]


def error(X, y, rows, coef, intercept, weights):
    """Return the mean squared error on some rows."""
    return np.average(
        (y[rows] - X[rows] @ coef - intercept) ** 2, weights=None if weights is None else weights[rows]
    )


def loop(X, y, folds, alphas, *, sample_weight=None, **options):
    """Return the errors by a loop over the folds, each a copy with a path of its own."""
    errors = np.empty((len(alphas), len(folds)))
    for f, (train, test) in enumerate(folds):
        weights = None if sample_weight is None else sample_weight[train]
        path = elastic_net_path(
            X[train], y[train], alphas=alphas, sample_weight=weights, tol=EXACT, **options
        )
        for t in range(len(alphas)):
            errors[t, f] = error(X, y, test, path.coefs[:, t], path.intercepts[t], sample_weight)
    return errors


def cv_of(X, y, **options):
    return elastic_net_cv(X, y, tol=EXACT, **({"l1_ratio": 1.0} | options))


def by(route, monkeypatch):
    """Choose between Gram matrices and columns, and see to it that the other is not used."""
    monkeypatch.setattr(cross_validation, "prefers_gram", lambda *args: route == "gram")
    monkeypatch.delattr(cross_validation, "_fold_by_columns" if route == "gram" else "_fold_by_gram")


@pytest.mark.parametrize("cv", [3, KFold(3, shuffle=True, random_state=0)])
def test_folds_of_many_columns_sum_up_by_blas(cv):
    X, y = ref.regression(300, 110)
    results = []
    for route in ("columns", "gram"):
        with pytest.MonkeyPatch.context() as patch:
            by(route, patch)
            results.append(cv_of(X, y, cv=cv, alphas=10, eps=0.05))
    np.testing.assert_allclose(results[1].mse, results[0].mse, rtol=1e-9)


def assert_chosen(result, X, y, **options):
    """Check what follows from the errors: both alphas, and certified fits to all data."""
    assert isinstance(result, CVResult)
    n_folds = result.mse.shape[1]
    means = [sum(row) / n_folds for row in result.mse]
    best = means.index(min(means))
    variance = sum((e - means[best]) ** 2 for e in result.mse[best]) / (n_folds - 1) if n_folds > 1 else 0.0
    limit = means[best] + np.sqrt(variance / n_folds)
    assert result.alpha == result.alphas[best]
    within = [alpha for alpha, mean in zip(result.alphas, means, strict=True) if mean <= limit * (1 + 1e-14)]
    assert result.alpha_1se == max(within)
    np.testing.assert_allclose(result.mean, means, rtol=1e-14)
    assert result.standard_error[best] == pytest.approx(np.sqrt(variance / n_folds), rel=1e-12, abs=0)
    assert (result.fit.alpha, result.fit_1se.alpha) == (result.alpha, result.alpha_1se)
    assert_certified(result.fit, X, y, **options)
    assert_certified(result.fit_1se, X, y, **options)
    assert result.coef is result.fit.coef
    assert (result.intercept, result.gap) == (result.fit.intercept, result.fit.gap)
    assert result.gaps.shape == result.mse.shape and result.gaps.max() <= result.fit.tol


# --- the same numbers as the loop ------------------------------------------------------------------------


@splitters
@sizes
def test_errors_are_those_of_the_loop(cv, p):
    X, y = data(p)
    alphas = np.geomspace(1, 0.03, 8) * ref.scale_of_penalty(X, y)
    result = cv_of(X, y, cv=cv, alphas=alphas)
    np.testing.assert_allclose(result.mse, loop(X, y, folds_of(cv), alphas, l1_ratio=1.0), rtol=1e-9)
    np.testing.assert_array_equal(result.alphas, alphas)
    assert_chosen(result, X, y)


@kinds
@both
@pytest.mark.parametrize("route", ["columns", "gram"])
@pytest.mark.parametrize(
    "cv",
    [
        4,
        ShuffleSplit(3, test_size=0.3, random_state=0),
        [(np.r_[0:80, 0:20, 0:20], np.r_[80:96, 80:84]), (np.r_[16:96], np.r_[0:16])],
    ],
    ids=["disjoint", "overlapping", "rows repeated"],
)
def test_both_routes_are_the_loop(kind, cv, route, fit_intercept, monkeypatch):
    X, y = data(P, n=96)
    options = {"fit_intercept": fit_intercept} | options_of(kind, 96, P)
    alphas = np.geomspace(1.1, 0.01, 8) * top(X, y, options)
    by(route, monkeypatch)
    result = cv_of(X, y, cv=cv, alphas=alphas, **options)
    expected = loop(X, y, folds_of(cv, 96), alphas, **({"l1_ratio": 1.0} | options))
    np.testing.assert_allclose(result.mse, expected, rtol=1e-9)
    assert_chosen(result, X, y, **options)


@kinds
@both
@sizes
def test_sparse_is_the_loop(kind, p, fit_intercept):
    X, y = data(p)
    X = sparsified(X)
    options = {"fit_intercept": fit_intercept} | options_of(kind, N, p)
    alphas = np.geomspace(1, 0.03, 6) * top(X, y, options)
    expected = loop(X, y, folds_of(4), alphas, **({"l1_ratio": 1.0} | options))
    for form in (scipy.sparse.csc_array, scipy.sparse.csr_matrix):
        result = cv_of(form(X), y, cv=4, alphas=alphas, **options)
        np.testing.assert_allclose(result.mse, expected, rtol=1e-9)
        assert_chosen(result, X, y, **options)


@both
@sizes
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("l1_ratio", "positive"), [(1.0, False), (0.5, False), (1.0, True)])
def test_errors_are_those_of_scikit_learn(p, l1_ratio, positive, weighted, fit_intercept):
    X, y = data(p, n=40)
    options = {"l1_ratio": l1_ratio, "positive": positive, "fit_intercept": fit_intercept}
    weights = np.random.default_rng(0).uniform(0.2, 2.0, 40) if weighted else None
    alphas = np.array([0.8, 0.4, 0.2, 0.1]) * top(X, y, options)
    expected = np.empty((4, 3))
    for f, (train, test) in enumerate(folds_of(KFold(3, shuffle=True, random_state=1), 40)):
        for t, alpha in enumerate(alphas):
            model = ElasticNet(alpha, tol=1e-14, max_iter=10**5, **options)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # 1e-14 may be below its rounding
                model.fit(X[train], y[train], sample_weight=None if weights is None else weights[train])
            expected[t, f] = error(X, y, test, model.coef_, model.intercept_, weights)
    cv = KFold(3, shuffle=True, random_state=1)
    result = cv_of(X, y, cv=cv, alphas=alphas, sample_weight=weights, **options)
    np.testing.assert_allclose(result.mse, expected, rtol=1e-9)


@sizes
def test_a_weight_is_a_repetition(p):
    """Of a row wherever it trains and wherever it tests."""
    X, y = data(p)
    times = np.random.default_rng(0).integers(1, 4, N)
    weighted = cv_of(X, y, cv=4, sample_weight=times, alphas=10)
    rows = np.repeat(EVERY, times)
    folds = [tuple(np.flatnonzero(np.isin(rows, part)) for part in fold) for fold in folds_of(4)]
    repeated = cv_of(X[rows], y[rows], cv=folds, alphas=weighted.alphas)
    np.testing.assert_allclose(weighted.mse, repeated.mse, rtol=1e-9)
    np.testing.assert_allclose(weighted.coef, repeated.coef, rtol=0, atol=1e-9)


def test_rows_of_weight_zero_do_not_count():
    X, y = data(P)
    weights = np.where(EVERY % 5 == 0, 0.0, 1.0)
    expected = cv_of(X, y, cv=3, sample_weight=weights)
    wild = cv_of(X, np.where(weights == 0, 1e3, y), cv=3, sample_weight=weights, alphas=expected.alphas)
    np.testing.assert_allclose(wild.mse, expected.mse, rtol=1e-9)


@pytest.mark.parametrize(("n", "p"), [(3000, 50), (60, 100)])  # by Gram matrices, by columns
def test_threads_change_nothing(n, p):
    X, y = ref.regression(n, p)
    expected = lasso_cv(X, y, alphas=20)
    for threads in (1, 2, 7):
        result = lasso_cv(X, y, alphas=20, n_threads=threads)
        np.testing.assert_allclose(result.mse, expected.mse, rtol=1e-12)
        np.testing.assert_allclose(result.coef, expected.coef, rtol=0, atol=1e-12)
    assert_chosen(expected, X, y)


def test_large_data_go_by_gram_matrices():
    X, y = ref.regression(3000, 50)
    alphas = np.geomspace(1, 1e-3, 10) * ref.scale_of_penalty(X, y)
    result = lasso_cv(X, y, cv=KFold(5, shuffle=True, random_state=0), alphas=alphas)
    folds = folds_of(KFold(5, shuffle=True, random_state=0), 3000)
    np.testing.assert_allclose(result.mse, loop(X, y, folds, alphas, l1_ratio=1.0), rtol=1e-9)


# --- arguments and results -------------------------------------------------------------------------------


@pytest.mark.parametrize("l1_ratio", [1.0, 0.5])
def test_default_alphas_are_those_of_the_path(l1_ratio):
    X, y = data(P)
    path = elastic_net_path(X, y, l1_ratio=l1_ratio)
    result = cv_of(X, y, l1_ratio=l1_ratio)
    np.testing.assert_array_equal(result.alphas, path.alphas)
    assert result.mse.shape == (100, 5)
    best = np.flatnonzero(path.alphas == result.alpha)[0]
    np.testing.assert_allclose(result.coef, path.coefs[:, best], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(
        lasso_cv(X, y, alphas=7, eps=0.1).alphas, lasso_path(X, y, alphas=7, eps=0.1).alphas
    )


def test_alphas_in_any_order_come_back_descending():
    X, y = data(P)
    expected = lasso_cv(X, y, alphas=6)
    result = lasso_cv(X, y, alphas=expected.alphas[[3, 0, 5, 1, 4, 2]])
    np.testing.assert_array_equal(result.alphas, expected.alphas)
    np.testing.assert_array_equal(result.mse, expected.mse)


@both
@pytest.mark.parametrize("route", ["columns", "gram"])
def test_alphas_may_end_in_zero(route, fit_intercept, monkeypatch):
    X, y = data(P, n=96)
    by(route, monkeypatch)
    result = cv_of(X, y, alphas=[10.0, 0.5, 0.0], fit_intercept=fit_intercept)
    expected = loop(X, y, folds_of(5, 96), [10.0, 0.5, 0.0], fit_intercept=fit_intercept, l1_ratio=1.0)
    np.testing.assert_allclose(result.mse, expected, rtol=1e-9)


def test_the_largest_alpha_within_one_standard_error():
    X, y = data(P, n=60)
    result = lasso_cv(X, y)
    assert result.alpha_1se > result.alpha
    assert np.count_nonzero(result.fit_1se.coef) < np.count_nonzero(result.coef)
    single = lasso_cv(X, y, cv=[(np.arange(30), np.arange(30, 60))])
    assert single.alpha_1se == single.alpha and not single.standard_error.any()


@pytest.mark.parametrize("function", [lasso_cv, elastic_net_cv])
def test_data_frames(function):
    X, y = data(P)
    frame, series = pd.DataFrame(X, index=EVERY[::-1]), pd.Series(y, index=EVERY[::-1])
    expected = function(X, y, cv=KFold(3))
    np.testing.assert_allclose(function(frame, series, cv=KFold(3)).mse, expected.mse, rtol=1e-12)


@pytest.mark.parametrize("form", [np.ascontiguousarray, np.asfortranarray, scipy.sparse.csc_array])
def test_inputs_are_not_modified(form):
    X, y = data(P)
    X, weights, alphas, factors = form(sparsified(X)), EVERY + 1.0, np.array([0.1, 0.3]), np.ones(P)
    folds = [(np.arange(12), np.arange(-12, 0)), (MASK.copy(), ~MASK)]
    given = [y, weights, alphas, factors, *folds[0], *folds[1]]
    given += [X.data, X.indices, X.indptr] if scipy.sparse.issparse(X) else [X]
    before = [a.tobytes("A") for a in given]
    for a in given:
        a.flags.writeable = False
    lasso_cv(X, y, cv=folds, alphas=alphas, sample_weight=weights, penalty_weights=factors)
    assert [a.tobytes("A") for a in given] == before


@pytest.mark.parametrize(("n", "p"), [(30_000, 300), (200, 20_000)])  # by Gram matrices, by columns
@pytest.mark.parametrize("cv", [5, KFold(5, shuffle=True, random_state=0)], ids=["neighbours", "shuffled"])
def test_folds_are_not_copied(n, p, cv):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(p, n)).T
    y = X[:, 0] + rng.normal(size=n)
    lasso_cv(X, y, cv=cv, alphas=3, eps=0.5)
    tracemalloc.start()
    lasso_cv(X, y, cv=cv, alphas=3, eps=0.5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5 * (0.8 * X.nbytes)  # half a fold


# --- progress --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [None, 2])
@sizes
def test_progress_is_reported_to_the_end(p, threads, monkeypatch):
    monkeypatch.setattr(progress, "_SECONDS", 1e-4)
    X, y = data(p)
    calls = []
    lasso_cv(X, y, cv=4, alphas=9, n_threads=threads, progress=lambda *call: calls.append(call))
    done = [d for d, _ in calls]
    assert calls[-1] == (36, 36) and {total for _, total in calls} == {36}
    assert done == sorted(done) and done[0] >= 0


def test_progress_is_written_to_standard_error(capfd):
    X, y = data(P)
    lasso_cv(X, y, alphas=9, progress=True)
    written = capfd.readouterr()
    assert written.err.endswith("45 of 45\n") and written.out == ""


@pytest.mark.parametrize("function", [lasso_cv, elastic_net_cv])
@pytest.mark.parametrize("wrong", ["yes", None, 1, 0, []])
def test_progress_is_a_flag_or_a_function(function, wrong):
    X, y = data(P)
    with pytest.raises(TypeError, match="progress must be True, False or a callable"):
        function(X, y, alphas=3, progress=wrong)


# --- what is wrong with folds ----------------------------------------------------------------------------

WRONG = {
    "one fold": 1,
    "no folds": 0,
    "negative": -2,
    "more folds than samples": N + 1,
    "empty training rows": [([], [0, 1])],
    "empty test rows": [([0, 1], [])],
    "mask of nobody": [(np.zeros(N, bool), ~MASK)],
    "mask of another length": [(MASK[:-1], MASK[:-1])],
    "out of range": [([0, 1], [N])],
    "out of range below": [([0, -N - 1], [1])],
    "fractions": [([0.0, 1.0], [2.0])],
    "text": [(["0", "1"], ["2"])],
    "matrices": [([[0, 1]], [[2]])],
    "scalars": [(0, 1)],
    "triples": [([0], [1], [2])],
    "numbers": [1, 2, 3],
    "nothing": [],
    "an exhausted generator": iter(()),
    "a later fold": [(EVERY[8:], EVERY[:8]), (EVERY[:8], [])],
}
NOT_FOLDS = {"a fraction": 2.5, "a flag": True, "None": None, "text": "kfold", "a function": folds_of}


@pytest.mark.parametrize("function", [lasso_cv, elastic_net_cv])
def test_wrong_folds_are_named(function):
    X, y = data(P)
    for what, cv in (WRONG | NOT_FOLDS).items():
        with pytest.raises(TypeError if what in NOT_FOLDS else ValueError, match=r"\bcv\b"):
            function(X, y, cv=cv)


def test_weights_that_leave_a_fold_empty_are_named():
    X, y = data(P)
    for weights in (EVERY < 12, EVERY >= 12):
        with pytest.raises(ValueError, match=r"sample_weight is zero for all (train|test) rows"):
            lasso_cv(X, y, cv=[(EVERY[:12], EVERY[12:])], sample_weight=weights)


def test_where_the_gram_matrix_of_a_fold_has_too_few_digits_its_columns_have_them():
    X, y = load_diabetes(return_X_y=True)  # and with the smallest alphas nothing but rounding is left to gain
    result = lasso_cv(X, y, eps=1e-9)
    assert result.gaps.max() <= 1e-10
    by_hand = lasso_path(X[100:], y[100:], alphas=result.alphas)
    fits = by_hand.intercepts + X[:89] @ by_hand.coefs
    left_out = lasso_cv(X, y, cv=[(np.arange(100, 442), np.arange(89))], alphas=result.alphas)
    np.testing.assert_allclose(left_out.mse[:, 0], np.mean((y[:89, None] - fits) ** 2, axis=0), rtol=1e-9)


@pytest.mark.parametrize("far", [1e4, 1e7, 1e9])
def test_an_outlier_in_one_fold_takes_no_digits_from_the_others(far):
    X, y = ref.regression(600, 90)
    X[5, 3], X[:, 7] = far, np.arange(600) < 100  # and a column that is constant in some
    alphas = np.geomspace(0.5, 1e-3, 10)
    result = lasso_cv(X, y, cv=3, alphas=alphas)
    train = np.arange(600) >= 200
    by_hand = lasso_path(X[train], y[train], alphas=alphas)
    errors = y[~train, None] - by_hand.intercepts - X[~train] @ by_hand.coefs
    assert by_hand.coefs[3].any()
    np.testing.assert_allclose(result.mse[:, 0], np.mean(errors**2, axis=0), rtol=1e-7)


@sizes
def test_a_fold_that_does_not_converge_warns_once(p):
    X, y = ref.regression(N, p, correlation=0.95)
    with pytest.warns(ConvergenceWarning) as caught:
        result = lasso_cv(X, y, max_iter=1, tol=1e-14)
    folds = [w for w in caught if "in a fold" in str(w.message)]
    assert len(folds) == 1 and f"{result.gaps.max():.2e}" in str(folds[0].message)
    assert all(w.category is ConvergenceWarning and w.filename == __file__ for w in caught)
    assert np.isfinite(result.mse).all() and np.isfinite(result.coef).all()


# --- degenerate data -------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("route", ["columns", "gram"])
def test_constant_in_a_fold(route, fit_intercept, monkeypatch):
    """A column that varies in the test rows only, one that varies nowhere, and a response like the first."""
    X, y = data(P, n=60)
    X[:, 1] = np.where(np.arange(60) < 20, X[:, 1], 0.0)
    X[:, 2], X[:, 3] = 0.0, 1 / 3 if fit_intercept else 0.0
    by(route, monkeypatch)
    for response in (y, np.where(np.arange(60) < 20, y, 0.1 * fit_intercept)):
        result = cv_of(X, response, cv=3, alphas=[0.5, 0.1, 0.02], fit_intercept=fit_intercept)
        expected = loop(
            X, response, folds_of(3, 60), [0.5, 0.1, 0.02], fit_intercept=fit_intercept, l1_ratio=1.0
        )
        np.testing.assert_allclose(result.mse, expected, rtol=1e-9)


def test_nothing_to_explain():
    X, _ = data(P)
    for y in (np.zeros(N), np.full(N, 0.1)):
        result = lasso_cv(X, y, alphas=5)
        assert result.mse.max() <= 1e-33 and not result.coef.any()
        assert result.alpha == result.alpha_1se == result.alphas[0]  # all are equally good: the simplest


def test_two_samples_and_one_feature():
    result = lasso_cv([[1.0], [2.0]], [1.0, 3.0], cv=2, alphas=[1.0, 0.1])
    np.testing.assert_allclose(result.mse, 4.0, rtol=1e-14)  # each is predicted by the other
    result = lasso_cv([[1.0], [2.0], [4.0]], [1.0, 3.0, 2.0], cv=LeaveOneOut(), alphas=[0.1])
    folds = folds_of(LeaveOneOut(), 3)
    expected = loop(np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 3.0, 2.0]), folds, [0.1], l1_ratio=1.0)
    np.testing.assert_allclose(result.mse, expected, rtol=1e-12)


@pytest.mark.parametrize("route", ["columns", "gram"])
@pytest.mark.parametrize("size", [1e-100, 1e100])
def test_units_of_the_response(size, route, monkeypatch):
    X, y = data(P, n=96)
    by(route, monkeypatch)
    expected = cv_of(X, y, alphas=[0.5, 0.1])
    scaled = cv_of(X, size * y, alphas=[0.5 * size, 0.1 * size])
    np.testing.assert_allclose(scaled.mse / size**2, expected.mse, rtol=1e-9)


@pytest.mark.parametrize("route", ["columns", "gram"])
def test_means_far_from_zero(route, monkeypatch):
    X, y = data(P, n=96)
    by(route, monkeypatch)
    expected = cv_of(X, y, alphas=[0.5, 0.1, 0.02])
    moved = cv_of(X + 2.0**20, y - 2.0**20, alphas=[0.5, 0.1, 0.02])
    # Adding a million rounds the data to 1e-10 of their spread.
    np.testing.assert_allclose(moved.mse, expected.mse, rtol=1e-8)


def test_the_choice_is_that_of_single_fits():
    X, y = data(P)
    result = cv_of(X, y, l1_ratio=0.7, alphas=10)
    fit = elastic_net(X, y, result.alpha, l1_ratio=0.7, tol=EXACT)
    np.testing.assert_allclose(result.coef, fit.coef, rtol=0, atol=1e-9)
    assert result.fit.l1_ratio == 0.7
