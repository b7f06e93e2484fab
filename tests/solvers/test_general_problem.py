"""Elastic net, weights, signs, exclusions, sparse X: what is said of an answer, whoever found it, is true."""

import subprocess
import sys

import numpy as np
import pytest
import reference as ref
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge

from lasso_jit import alpha_max, alpha_of, dual, dual_point, duality_gap, kkt_violation, lasso, primal
from lasso_jit.general_problem import nonnegative_least_squares

pytestmark = pytest.mark.filterwarnings("error")
both = pytest.mark.parametrize("fit_intercept", [True, False])

WEIGHTS = np.array([1.0, 2.0, 0.0, 0.3, 5.0, 1.0, 1.0, 0.25, 3.0, 1.0])
FACTORS = np.array([1.0, 0.0, 2.0, np.inf])
PROBLEMS = {
    "lasso": {},
    "elastic net": {"l1_ratio": 0.5},
    "nearly lasso": {"l1_ratio": 0.999999},
    "ridge": {"l1_ratio": 0.0},
    "positive": {"positive": True},
    "positive elastic net": {"positive": True, "l1_ratio": 0.3},
    "weights": {"sample_weight": WEIGHTS},
    "factors": {"penalty_weights": FACTORS},
    "positive factors": {"penalty_weights": [0.0, 0.0, 1.0, 0.5], "positive": True},
    "everything": {
        "l1_ratio": 0.7,
        "sample_weight": WEIGHTS,
        "penalty_weights": FACTORS,
        "positive": True,
    },
    "everything but signs": {"l1_ratio": 0.2, "sample_weight": WEIGHTS, "penalty_weights": FACTORS},
}
problems = pytest.mark.parametrize("options", PROBLEMS.values(), ids=PROBLEMS)


def data(seed=0, n=10, p=4):
    X, y = ref.regression(n, p, seed=seed, support=2)
    return X, y


def allowed(coef, options):
    """Make `coef` one that the problem allows."""
    coef = np.abs(coef) if options.get("positive") else coef
    factors = np.asarray(options.get("penalty_weights", np.ones(len(coef))))
    return np.where(np.isinf(factors), 0.0, coef)


def points(X, y, alpha, fit_intercept, options, count=8):
    """Draw coefficients from far to near the solution, sparse ones among them."""
    solution, _ = ref.general_brute_force(X, y, alpha, fit_intercept, **options)
    rng = np.random.default_rng(5)
    for scale in np.geomspace(1e-5, 100, count):
        change = scale * rng.normal(size=len(solution)) * (rng.random(len(solution)) < 0.7)
        yield allowed(solution + change, options), rng.normal(), scale * rng.normal(size=len(y))


def value(X, y, coef, alpha, fit_intercept, options, intercept=None):
    if intercept is None:
        weights = options.get("sample_weight")
        intercept = ref.general_intercept(X, y, coef, sample_weight=weights) if fit_intercept else 0.0
    return ref.general_objective(X, y, coef, intercept, alpha, **options)


def empty(y, fit_intercept, options):
    shares = ref.shares(y, options.get("sample_weight"))
    return float((shares * (y - (shares @ y if fit_intercept else 0)) ** 2).sum() / 2)


@problems
@both
def test_primal(options, fit_intercept):
    X, y = data()
    for alpha in (0.0, 0.3):
        for coef, intercept, _ in points(X, y, alpha, fit_intercept, options):
            expected = float(value(X, y, coef, alpha, fit_intercept, options, intercept))
            assert primal(X, y, coef, alpha, intercept=intercept, **options) == pytest.approx(
                expected, rel=1e-13
            )


@problems
@both
def test_the_gap_is_primal_minus_dual_at_a_feasible_point(options, fit_intercept):
    X, y = data()
    weights, size = options.get("sample_weight"), empty(y, fit_intercept, options)
    shares = ref.shares(y, weights)
    # Centred, because the rounding of the mean of the point would meet the means of the data.
    b = y - (shares @ y if fit_intercept else 0)
    A = X - (shares @ X if fit_intercept else 0)
    for alpha in (0.0, 0.01, 0.3):
        solution, _ = ref.general_brute_force(X, y, alpha, fit_intercept, **options)
        least = value(X, y, solution, alpha, fit_intercept, options)
        for coef, intercept, theta in points(X, y, alpha, fit_intercept, options):
            point = dual_point(X, y, coef, alpha, fit_intercept=fit_intercept, **options)
            bound, excess = ref.general_dual(A, b, point, alpha, **options)
            scale = np.abs(A).max() * max(np.abs(b).max(), np.abs(A @ coef).max())
            assert excess <= 1e-13 * scale
            assert not fit_intercept or abs(shares @ point) <= 1e-15 * scale
            best = value(X, y, coef, alpha, fit_intercept, options)
            gap = duality_gap(X, y, coef, alpha, fit_intercept=fit_intercept, **options)
            rounding = 1e-13 * max(float(best), size) / size
            assert gap == pytest.approx(float((best - bound) / size), rel=1e-11, abs=rounding)
            assert gap >= 0
            if (
                0 in options.get("penalty_weights", ()) or alpha == 0
            ):  # then zero is tried as a dual point, too
                assert gap <= float(best) / size * (1 + 1e-12)
            mine = dual(b, point, X=A, alpha=alpha, **options)
            assert mine == pytest.approx(float(bound), abs=1e-13 * max(size, float(best)))
            # The same coefficients with another intercept, and another direction for the dual point.
            if fit_intercept:
                there = ref.general_intercept(X, y, coef, sample_weight=weights)
                judged = duality_gap(X, y, coef, alpha, intercept=intercept, **options)
                worse = float((there - intercept) ** 2 / 2 / size)
                assert judged == pytest.approx(gap + worse, rel=1e-11, abs=rounding)
            other = duality_gap(X, y, coef, alpha, fit_intercept=fit_intercept, theta=theta, **options)
            assert other >= float((best - least) / size) - rounding


@problems
@both
@pytest.mark.parametrize("alpha", [0.0, 0.02, 0.3, 10.0])
def test_the_gap_bounds_what_is_left_to_gain_and_is_zero_at_the_solution(options, fit_intercept, alpha):
    for seed in range(3):
        X, y = data(seed)
        given = {"fit_intercept": fit_intercept, **options}
        solution, intercept = ref.general_brute_force(X, y, alpha, fit_intercept, **options)
        assert duality_gap(X, y, solution, alpha, **given) <= 1e-13
        assert duality_gap(X, y, solution, alpha, intercept=intercept, **given) <= 1e-13
        assert (
            kkt_violation(X, y, solution, alpha, intercept=intercept, **given) <= 1e-13 * np.abs(X).max() ** 2
        )
        least = value(X, y, solution, alpha, fit_intercept, options)
        gaps = []
        for coef, _, _ in points(X, y, alpha, fit_intercept, options):
            left = (value(X, y, coef, alpha, fit_intercept, options) - least) / empty(
                y, fit_intercept, options
            )
            gaps.append(duality_gap(X, y, coef, alpha, **given))
            assert gaps[-1] >= float(left) * (1 - 1e-12) - 1e-15
        assert gaps[0] <= 2e-3  # 1e-5 from the solution


@problems
@both
def test_kkt_is_the_worst_feature(options, fit_intercept):
    X, y = data()
    weights = options.get("sample_weight")
    shares = ref.shares(y, weights)
    A = ref.wide(X) - (shares @ X if fit_intercept else 0)
    for alpha in (0.0, 0.3):
        for coef, intercept, _ in points(X, y, alpha, fit_intercept, options):
            b = ref.general_intercept(X, y, coef, sample_weight=weights) if fit_intercept else 0.0
            pulls = ref.general_pulls(A, y - X @ ref.wide(coef) - b, sample_weight=weights)
            l1s, l2s = ref.penalties(4, alpha, options.get("l1_ratio", 1.0), options.get("penalty_weights"))
            worst = 0.0
            for c, w, l1, l2 in zip(pulls, coef, l1s, l2s, strict=True):
                if np.isinf(l1 + l2):
                    continue
                if w != 0:
                    worst = max(worst, abs(c - l2 * w - l1 * np.sign(w)))
                else:
                    worst = max(worst, (c if options.get("positive") else abs(c)) - l1)
            size = np.abs(X).max() * (np.abs(y).max() + np.abs(X) @ np.abs(coef)).max()
            violation = kkt_violation(X, y, coef, alpha, fit_intercept=fit_intercept, **options)
            assert violation == pytest.approx(float(worst), abs=1e-13 * size)
            if fit_intercept:
                violation = kkt_violation(X, y, coef, alpha, intercept=intercept, **options)
                assert violation == pytest.approx(float(max(worst, abs(b - intercept))), abs=1e-13 * size)


@problems
@both
def test_sparse_is_dense(options, fit_intercept):
    X, y = data()
    X = np.where(np.abs(X) > 0.7, X, 0.0)
    given = {"fit_intercept": fit_intercept, **options}
    kinds = [scipy.sparse.csc_array, scipy.sparse.csr_matrix, scipy.sparse.coo_array, scipy.sparse.bsr_array]
    for (coef, intercept, theta), kind in zip(
        points(X, y, 0.2, fit_intercept, options), kinds * 2, strict=True
    ):
        S = kind(X)
        assert primal(S, y, coef, 0.2, **options) == pytest.approx(
            primal(X, y, coef, 0.2, **options), rel=1e-12
        )
        np.testing.assert_allclose(
            dual_point(S, y, coef, 0.2, **given),
            dual_point(X, y, coef, 0.2, **given),
            rtol=0,
            atol=1e-12 * (np.abs(y).max() + np.abs(X @ coef).max()),
        )
        for more in ({}, {"theta": theta}, {"intercept": intercept if fit_intercept else 0.0}):
            sparse, dense = (duality_gap(Z, y, coef, 0.2, **given, **more) for Z in (S, X))
            assert sparse == pytest.approx(dense, rel=1e-11, abs=1e-14)
        sparse, dense = (kkt_violation(Z, y, coef, 0.2, **given) for Z in (S, X))
        assert sparse == pytest.approx(dense, rel=1e-12, abs=1e-14 * (1 + np.abs(X @ coef).max()))
        assert dual(y, theta, X=S, alpha=0.2, **options) == pytest.approx(
            dual(y, theta, X=X, alpha=0.2, **options), rel=1e-12
        )
        sparse, dense = (alpha_of(Z, y, coef, fit_intercept=fit_intercept) for Z in (S, X))
        assert sparse == pytest.approx(dense, rel=1e-12)
        sparse, dense = (alpha_max(Z, y, **given) for Z in (S, X))
        assert sparse == pytest.approx(dense, rel=1e-12)


def test_sparse_data_are_not_made_dense():
    rng = np.random.default_rng(0)
    n, p = 200_000, 100_000  # 160 GB if dense
    X = scipy.sparse.random_array((n, p), density=1e-6, rng=rng, format="csc")
    y = X @ np.where(np.arange(p) < 9, 1.0, 0.0) + 0.1 * rng.normal(size=n)
    top = alpha_max(X, y)
    assert duality_gap(X, y, np.zeros(p), top) == 0.0
    assert kkt_violation(X, y, np.zeros(p), 0.9 * top) == pytest.approx(0.1 * top, rel=1e-9)
    factors = np.where(np.arange(p) < 3, 0.0, 1.0)
    assert 0 < duality_gap(X, y, np.zeros(p), top, l1_ratio=0.5, penalty_weights=factors) < 1


@problems
@both
def test_a_weight_is_a_repetition(options, fit_intercept):
    X, y = data()
    times = np.array([1, 2, 0, 3, 1, 1, 2, 0, 1, 4])
    options = {key: option for key, option in options.items() if key != "sample_weight"}
    rows = np.repeat(np.arange(10), times)
    given = {"fit_intercept": fit_intercept, **options}
    weighted = {"sample_weight": times, **given}
    for coef, intercept, _ in points(X[rows], y[rows], 0.2, fit_intercept, options):
        theta = y - 0.7 * X @ coef
        size = 1 + np.abs(X @ coef).max()
        judged = given | {"intercept": intercept if fit_intercept else 0.0}
        for function, more in (
            (primal, options | {"intercept": intercept}),
            (duality_gap, judged),
            (kkt_violation, judged),
        ):
            one = function(X, y, coef, 0.2, sample_weight=times, **more)
            other = function(X[rows], y[rows], coef, 0.2, **more)
            assert one == pytest.approx(other, rel=1e-12, abs=1e-14 * size)
        one = duality_gap(X, y, coef, 0.2, theta=theta, **weighted)
        other = duality_gap(X[rows], y[rows], coef, 0.2, theta=theta[rows], **given)
        assert one == pytest.approx(other, rel=1e-11, abs=1e-14)
        np.testing.assert_allclose(
            dual_point(X, y, coef, 0.2, **weighted)[rows],
            dual_point(X[rows], y[rows], coef, 0.2, **given),
            rtol=0,
            atol=1e-12 * (np.abs(y).max() + np.abs(X @ coef).max()),
        )
        assert dual(y, theta, X=X, alpha=0.2, sample_weight=times, **options) == pytest.approx(
            dual(y[rows], theta[rows], X=X[rows], alpha=0.2, **options), rel=1e-12
        )
    assert alpha_max(X, y, **weighted) == pytest.approx(alpha_max(X[rows], y[rows], **given), rel=1e-12)


@problems
@both
def test_units(options, fit_intercept):
    X, y = data()
    given = {"fit_intercept": fit_intercept, **options}
    weights = options.get("sample_weight", np.ones(10))
    factors = np.asarray(options.get("penalty_weights", np.ones(4)))
    for coef, _, _ in points(X, y, 0.2, fit_intercept, options):
        gap = pytest.approx(duality_gap(X, y, coef, 0.2, **given), rel=1e-11, abs=1e-15)
        ratio = options.get("l1_ratio", 1.0)
        if ratio == 1:  # squares of coefficients have other units than their sizes
            assert duality_gap(X, 1e6 * y, 1e6 * coef, 0.2 * 1e6, **given) == gap
            assert duality_gap(1e6 * X, y, coef / 1e6, 0.2 * 1e6, **given) == gap
        for scale in (1e-300, 1e-3, 1e306):
            assert duality_gap(X, y, coef, 0.2, **given | {"sample_weight": scale * weights}) == gap
        for scale in (1e-9, 1e9):
            assert duality_gap(X, y, coef, 0.2 / scale, **given | {"penalty_weights": scale * factors}) == gap


@problems
@both
def test_alpha_max_is_where_the_penalised_features_enter(options, fit_intercept):
    X, y = data()
    y = y + 2 * X[:, 2]  # or nothing would enter upwards
    given = {"fit_intercept": fit_intercept, **options}
    top = alpha_max(X, y, **given)
    if options.get("l1_ratio") == 0:
        assert top == np.inf
        return
    factors = np.asarray(options.get("penalty_weights", np.ones(4)))
    # Fit the unpenalised features alone.
    alone = {**options, "penalty_weights": np.where(factors == 0, 0.0, np.inf)}
    coef, _ = ref.general_brute_force(X, y, 1.0, fit_intercept, **alone)
    assert top > 0
    for alpha in (top, 2 * top):
        assert duality_gap(X, y, coef, alpha, **given) <= 1e-15
    assert duality_gap(X, y, coef, 0.9 * top, **given) > 1e-6
    solution, _ = ref.general_brute_force(X, y, 0.9 * top, fit_intercept, **options)
    assert solution[factors > 0].any()


def test_alpha_max_without_anything_to_enter():
    X, y = data()
    assert alpha_max(X, y, penalty_weights=np.zeros(4)) == 0.0
    assert alpha_max(X, y, penalty_weights=np.full(4, np.inf)) == 0.0
    assert alpha_max(X, 2 * X[:, 0] + 1, penalty_weights=[0, 1, 1, 1]) <= 1e-14
    assert alpha_max(-X[:, :1], X[:, 0], positive=True) == 0.0
    assert alpha_max(np.ones((3, 1)), [1.0, 2.0, 4.0], l1_ratio=0.0) == 0.0


@both
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("l1_ratio", [1.0, 0.9, 0.1])
def test_scikit_learn_is_certified(fit_intercept, weighted, positive, l1_ratio):
    X, y = ref.regression(60, 20, seed=3)
    weights = np.random.default_rng(1).uniform(0, 3, size=60) if weighted else None
    model = ElasticNet(0.05, l1_ratio=l1_ratio, fit_intercept=fit_intercept, positive=positive)
    model.set_params(tol=1e-14, max_iter=100_000).fit(X, y, sample_weight=weights)
    given = {
        "fit_intercept": fit_intercept,
        "sample_weight": weights,
        "l1_ratio": l1_ratio,
        "positive": positive,
    }
    assert duality_gap(X, y, model.coef_, 0.05, intercept=model.intercept_, **given) <= 1e-12
    assert kkt_violation(X, y, model.coef_, 0.05, intercept=model.intercept_, **given) <= 1e-6
    # The same coefficients do not solve another problem.
    for other in (
        {"l1_ratio": 0.5},
        {"sample_weight": np.linspace(0.1, 1, 60)},
        {"penalty_weights": np.linspace(0.5, 2, 20)},
    ):
        assert duality_gap(X, y, model.coef_, 0.05, **given | other) > 1e-6


def test_scikit_learn_on_sparse_data_is_certified():
    rng = np.random.default_rng(0)
    X = scipy.sparse.random_array((100, 50), density=0.1, rng=rng, format="csc")
    y = X @ rng.normal(size=50) + 5
    for positive in (False, True):
        model = Lasso(0.01, tol=1e-12, max_iter=100_000, positive=positive).fit(X, y)
        gap = duality_gap(X, y, model.coef_, 0.01, intercept=model.intercept_, positive=positive)
        assert gap <= 1e-11


@both
@pytest.mark.parametrize("weighted", [False, True])
def test_other_models_of_scikit_learn(fit_intercept, weighted):
    """Ridge is l1_ratio 0, least squares is alpha 0."""
    X, y = ref.regression(40, 6)
    weights = np.random.default_rng(1).uniform(0, 3, size=40) if weighted else None
    given = {"fit_intercept": fit_intercept, "sample_weight": weights}
    total = 40 if weights is None else weights.sum()
    model = Ridge(0.3 * total, fit_intercept=fit_intercept).fit(X, y, sample_weight=weights)
    gap = duality_gap(X, y, model.coef_, 0.3, intercept=model.intercept_, l1_ratio=0, **given)
    assert gap <= 1e-13
    model = LinearRegression(fit_intercept=fit_intercept).fit(X, y, sample_weight=weights)
    assert duality_gap(X, y, model.coef_, 0.0, intercept=model.intercept_, **given) <= 1e-13
    assert duality_gap(X, y, 1.001 * model.coef_, 0.0, **given) > 1e-8


@both
def test_without_penalty(fit_intercept):
    for n, p in ((30, 4), (5, 12)):
        X, y = ref.regression(n, p)
        A = X - X.mean(axis=0) if fit_intercept else X
        coef = np.linalg.lstsq(A, y - y.mean() if fit_intercept else y, rcond=None)[0]
        given = {"fit_intercept": fit_intercept}
        for none in ({"alpha": 0.0}, {"alpha": 0.4, "penalty_weights": np.zeros(p)}):
            assert duality_gap(X, y, coef, **none, **given) <= 1e-13
            worse = coef + 0.1
            left = ref.objective(X, y, worse, ref.best_intercept(X, y, worse, fit_intercept), 0.0)
            left -= ref.objective(X, y, coef, ref.best_intercept(X, y, coef, fit_intercept), 0.0)
            # Without any penalty the bound is the exact amount.
            gap = duality_gap(X, y, worse, **none, **given)
            assert gap == pytest.approx(float(left / ref.empty_objective(y, fit_intercept)), rel=1e-10)
            point = dual_point(X, y, worse, **none, **given)
            assert np.abs(A.T @ point).max() <= 1e-12
            if p >= n:
                assert np.abs(point).max() <= 1e-12
    # With as many features as samples every y is explained: the point is zero, and the gap is the whole.
    assert duality_gap(np.eye(3), [1.0, 2.0, 3.0], np.zeros(3), 0.0, fit_intercept=False) == pytest.approx(
        1.0
    )


@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("kind", [np.asarray, scipy.sparse.csr_array])
def test_unpenalised_columns_of_all_kinds(positive, kind):
    X, y = ref.regression(30, 4)
    y = y + 3 * X[:, 1]
    base, _ = ref.general_brute_force(X, y, 0.2, True, penalty_weights=[0, 0, 1, 1], positive=positive)
    assert base[:2].all()
    rng = np.random.default_rng(0)
    rounded = np.where(rng.random(30) < 0.5, 0.3, 0.1 * 3)
    assert len(set(rounded)) == 2
    # Constants, a copy, a negative copy: their coefficients can be zero.
    more = np.column_stack([X, np.full(30, 0.1), rounded, X[:, 0], -X[:, 0]])
    factors = [0, 0, 1, 1, 0, 0, 0, 0]
    wrong = [[0.9, 1, 1, 1, 1, 1, 1, 1], [1, 0.9, 1, 1, 1, 1, 1, 1]]
    expected = [
        duality_gap(X, y, base * w[:4], 0.2, penalty_weights=factors[:4], positive=positive) for w in wrong
    ]
    for scale in (1e-20, 1.0, 1e20):
        units = np.array([1, scale, 1, 1, 1, 1, 1, scale])
        coef = np.append(base, np.zeros(4)) / units
        given = {"penalty_weights": factors, "positive": positive}
        assert duality_gap(kind(more * units), y, coef, 0.2, **given) <= 1e-13
        gaps = [duality_gap(kind(more * units), y, coef * w, 0.2, **given) for w in wrong]
        assert min(gaps) > 1e-4
        if not positive:  # else the copies, which hold one another, do change the bound
            assert gaps == pytest.approx(expected, rel=1e-9)
        assert 0 < alpha_max(kind(more * units), y, **given) < np.inf


def test_what_is_constant_but_for_rounding_is_so_for_the_engine_and_for_its_judge():
    X, y = ref.regression(30, 3)
    for spread in (1e-15, 3e-15, 8e-15):
        column = 1.0 + spread * np.sign(X[:, 0] - np.median(X[:, 0]))
        fit = lasso(np.column_stack([X, column]), y, 0.0)
        assert fit.coef[3] == 0
        assert fit.gap <= 1e-12


@both
def test_what_unpenalised_columns_leave_is_orthogonal_to_them_however_little(fit_intercept):
    X, y = ref.regression(30, 4)
    y = X[:, :3] @ [1.0, 2.0, 3.0] + 1e-9 * y
    given = {"fit_intercept": fit_intercept, "penalty_weights": [0, 0, 0, 1]}
    point = dual_point(X, y, np.zeros(4), 1.0, **given)
    centred = X - X.mean(axis=0) if fit_intercept else X
    assert 1e-10 < np.linalg.norm(point) < 1e-8
    cosines = centred.T @ point / np.linalg.norm(centred, axis=0) / np.linalg.norm(point)
    assert np.abs(cosines[:3]).max() <= 1e-14


def test_alpha_max_when_least_squares_would_be_negative():
    """Both unpenalised features pull upwards, and yet the best fit with no negative coefficient uses one."""
    X, _ = ref.regression(40, 3, correlation=0.8, seed=1)
    y = X @ [1.0, -0.5, 0.3] + 0.1 * np.random.default_rng(0).normal(size=40)
    options = {"penalty_weights": [0, 0, 1], "positive": True}
    centred = X - X.mean(axis=0)
    assert (centred[:, :2].T @ y > 0).all()
    alone, _ = ref.general_brute_force(X, y, 1.0, True, penalty_weights=[0, 0, np.inf], positive=True)
    assert alone[0] > 0 and alone[1] == 0
    residual = y - X @ alone
    expected = centred[:, 2] @ (residual - residual.mean()) / 40
    assert expected > 0
    assert alpha_max(X, y, **options) == pytest.approx(expected, rel=1e-12)


def test_the_gap_of_a_sign_constraint_is_continuous():
    """An unpenalised coefficient that should be zero and is only nearly so costs next to nothing."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20, 3))
    y = X @ [1.0, 0.5, -1.0]
    solution, _ = ref.general_brute_force(X, y, 0.0, True, positive=True)
    assert solution[2] == 0 and solution[:2].all()
    gaps = [duality_gap(X, y, solution + np.array([0, 0, e]), 0.0, positive=True) for e in (1e-3, 1e-6, 1e-9)]
    assert gaps[0] < 1e-2 and gaps[1] < 1e-5 and gaps[2] < 1e-8


@pytest.mark.parametrize("judge", [primal, duality_gap, kkt_violation])
def test_what_is_forbidden_is_infinitely_bad(judge):
    X, y = data()
    coef = np.array([1.0, -1e-9, 0.0, 0.0])
    assert np.isfinite(judge(X, y, coef, 0.1))
    assert judge(X, y, coef, 0.1, positive=True) == np.inf
    assert judge(X, y, coef, 0.1, penalty_weights=[1, np.inf, 1, 1]) == np.inf
    assert judge(X, y, coef, 0.0, penalty_weights=[1, np.inf, 1, 1]) == np.inf
    # More than a float can hold is as good as infinite.
    assert judge(X, y, coef, 10.0, penalty_weights=[1, 1e308, 1, 1]) == np.inf
    assert np.isfinite(judge(X, y, coef, 10.0, penalty_weights=[1, 1, np.inf, np.inf]))
    # An excluded feature is as one that is not there.
    less = judge(X[:, :2], y, coef[:2], 0.1)
    assert judge(X, y, coef, 0.1, penalty_weights=[1, 1, np.inf, np.inf]) == pytest.approx(less, rel=1e-12)


def test_a_dual_point_does_not_mind_what_is_forbidden():
    X, y = data()
    for options in (
        {"positive": True},
        {"penalty_weights": [1, np.inf, 1, 1]},
        {"positive": True, "l1_ratio": 0.5},
    ):
        point = dual_point(X, y, [1.0, -2.0, 0.0, 0.5], 0.1, **options)
        assert ref.general_dual(X - X.mean(axis=0), y, point, 0.1, **options)[1] <= 1e-13
        assert abs(point.mean()) <= 1e-14


def test_all_features_excluded():
    X, y = data()
    none = {"penalty_weights": np.full(4, np.inf)}
    assert duality_gap(X, y, np.zeros(4), 0.1, **none) == 0.0
    assert kkt_violation(X, y, np.zeros(4), 0.1, **none) == 0.0


@problems
@pytest.mark.parametrize("sparse", [False, True])
def test_means_far_from_zero(options, sparse):
    """Adding a million to y and X is the intercept's business; what remains is the rounding of the data."""
    X, y = data()
    X, y = np.round(X * 2**10) / 2**10, np.round(y * 2**10) / 2**10  # no rounding in the sums
    far = X + 2.0**20, y + 2.0**20
    far = (scipy.sparse.csr_array(far[0]), far[1]) if sparse else far
    solution, _ = ref.general_brute_force(X, y, 0.1, True, **options)
    # The rounding of a sparse X is that of its entries, of a dense one that of the deviations.
    assert duality_gap(*far, solution, 0.1, **options) <= (1e-8 if sparse else 1e-12)
    assert alpha_max(*far, **options) == pytest.approx(
        alpha_max(X, y, **options), rel=1e-8 if sparse else 1e-12
    )
    worse = allowed(solution + 0.1, options)
    expected = duality_gap(X, y, worse, 0.1, **options)
    assert duality_gap(*far, worse, 0.1, **options) == pytest.approx(expected, rel=1e-8 if sparse else 1e-11)


@problems
@both
def test_what_is_too_small_is_not_certified(options, fit_intercept):
    X, y = data()
    given = {"fit_intercept": fit_intercept, **options}
    solution, _ = ref.general_brute_force(X, y, 0.1, fit_intercept, **options)
    # Squares of 1e-150 have all their digits, squares of 1e-160 have not.
    tiny = 1e-150 * solution
    if options.get("l1_ratio", 1.0) == 1:
        assert duality_gap(X, 1e-150 * y, tiny, 0.1 * 1e-150, **given) <= 1e-13
    assert np.isnan(duality_gap(X, 1e-160 * y, np.zeros(4), 0.1 * 1e-160, **given))
    zero = np.zeros(10)
    assert duality_gap(X, zero, np.zeros(4), 0.1, **given) == 0.0
    assert duality_gap(X, zero, allowed(np.ones(4), options), 0.1, **given) == np.inf


def test_rows_of_weight_zero_do_not_count():
    X, y = data()
    weights = np.where(np.arange(10) < 8, 1.0, 0.0)
    wild = y + np.where(weights == 0, 1e6, 0.0)
    options = {"l1_ratio": 0.5, "penalty_weights": FACTORS}
    for coef, _, _ in points(X, y, 0.1, True, options):
        for function in (duality_gap, kkt_violation):
            expected = function(X[:8], y[:8], coef, 0.1, **options)
            found = function(X, wild, coef, 0.1, sample_weight=weights, **options)
            assert found == pytest.approx(expected, rel=1e-11, abs=1e-14)
    # Not even when they are all that varies.
    only = np.where(weights == 0, y, 0.0)
    assert duality_gap(X, only, np.zeros(4), 0.1, sample_weight=weights) == 0.0


def test_the_dual_needs_the_data_for_squares_only():
    X, y = data()
    theta = np.zeros(10)
    assert dual(y, theta) == dual(y, theta, X=X, alpha=0.1) == 0.0
    for missing in ({}, {"X": X}, {"alpha": 0.1}):
        with pytest.raises(ValueError, match="X and alpha are needed"):
            dual(y, theta, l1_ratio=0.5, **missing)


def test_nonnegative_least_squares():
    """Checked by its optimality conditions, on data where SciPy's nnls fails among others."""
    rng = np.random.default_rng(0)
    for case in range(1000):
        n, k = rng.integers(1, 12), rng.integers(1, 9)
        A = rng.integers(-3, 4, size=(n, k)).astype(float) if case % 2 else rng.normal(size=(n, k))
        near = rng.choice([0.0, 1e-12, 1e-9, 1e-6]) if case % 5 == 0 else 0.0
        for j in range(k):
            if rng.random() < 0.2:
                A[:, j] = A[:, rng.integers(k)] * rng.choice([-1, 1, 2]) + near * rng.normal(size=n)
        A = A[:, A.any(axis=0)]
        A /= np.abs(A).max(axis=0)
        b = rng.normal(size=n)
        if case % 3 == 0 and A.size:
            b -= A @ np.linalg.lstsq(A, b, rcond=None)[0]  # nothing to explain
        x = nonnegative_least_squares(A, b)
        pull = A.T @ (b - A @ x)
        assert (x >= 0).all()
        rounding = 1e-9 if near == 0 else 1e-7  # columns nearer than 1e-8 count as one
        assert np.max(pull, initial=0.0) <= rounding and abs(pull @ x) <= rounding * max(1.0, x.sum())


def test_arguments_are_not_modified():
    X, y = data()
    sparse = scipy.sparse.csc_array(X)
    coef, theta, factors = np.array([1.0, 0.5, 0.0, 0.0]), y.copy(), FACTORS.copy()
    arrays = [X, y, coef, theta, factors, WEIGHTS, sparse.data, sparse.indices, sparse.indptr]
    before = [a.tobytes() for a in arrays]
    for a in arrays:
        a.flags.writeable = False
    for Z in (X, sparse):
        for positive in (False, True):
            options = {
                "sample_weight": WEIGHTS,
                "penalty_weights": factors,
                "positive": positive,
                "l1_ratio": 0.5,
            }
            for flag in (False, True):
                duality_gap(Z, y, coef, 0.1, theta=theta, fit_intercept=flag, **options)
                dual_point(Z, y, coef, 0.1, fit_intercept=flag, **options)
                kkt_violation(Z, y, coef, 0.1, fit_intercept=flag, **options)
                alpha_max(Z, y, fit_intercept=flag, **options)
            primal(Z, y, coef, 0.1, **options)
            dual(y, theta, X=Z, alpha=0.1, **options)
    WEIGHTS.flags.writeable = True
    assert [a.tobytes() for a in arrays] == before


def test_importing_does_not_import_scipy_sparse_or_scikit_learn():
    code = "import sys, lasso_jit; print({'scipy.sparse', 'scipy.optimize', 'sklearn'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


@st.composite
def awkward(draw):
    """Draw small integers with ties, copies and constants, any options, and two coefficient vectors."""
    n, p = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    entry = st.integers(-3, 3)
    X = np.array(draw(st.lists(st.lists(entry, min_size=p, max_size=p), min_size=n, max_size=n)), float)
    y = np.array(draw(st.lists(entry, min_size=n, max_size=n)), float)
    for j in range(p):
        kind = draw(st.sampled_from(["as is", "as is", "constant", "copy", "mirror"]))
        if kind == "constant":
            X[:, j] = draw(st.sampled_from([0.0, 0.1, 5.0]))
        elif kind != "as is":
            X[:, j] = (1 if kind == "copy" else -1) * X[:, draw(st.integers(0, p - 1))]
    options = {
        "l1_ratio": draw(st.sampled_from([1.0, 1.0, 0.9999, 0.5, 0.0])),
        "positive": draw(st.booleans()),
        "penalty_weights": np.array(
            draw(st.lists(st.sampled_from([1.0, 0.0, 0.3, np.inf]), min_size=p, max_size=p))
        ),
    }
    weight = st.sampled_from([1.0, 2.0, 0.0, 1e-6])
    weights = np.array(draw(st.lists(weight, min_size=n, max_size=n)))
    options["sample_weight"] = weights if weights.any() else None
    number = st.sampled_from([0.0, 0.0, 1.0, -1.0, 0.25, 1e-6, 7.0])
    coefs = [np.array(draw(st.lists(number, min_size=p, max_size=p))) for _ in range(2)]
    alpha = draw(st.sampled_from([0.0, 1e-3, 0.2, 5.0]))
    return X, y, alpha, draw(st.booleans()), options, [allowed(coef, options) for coef in coefs]


@settings(deadline=None, derandomize=True, max_examples=300)
@given(problem=awkward(), sparse=st.booleans())
def test_no_coefficients_are_better_than_the_gap_admits(problem, sparse):
    X, y, alpha, fit_intercept, options, (one, other) = problem
    Z = scipy.sparse.coo_array(X) if sparse else X
    size = empty(y, fit_intercept, options)
    gap = duality_gap(Z, y, one, alpha, fit_intercept=fit_intercept, **options)
    values = [value(X, y, coef, alpha, fit_intercept, options) for coef in (one, other)]
    assert gap >= 0 or size == 0
    if size > 1e-20:
        assert float(values[0] - values[1]) <= gap * size * (1 + 1e-11) + 1e-12 * float(max(values))
        theta = X @ other  # any vector at all
        gap = duality_gap(Z, y, one, alpha, fit_intercept=fit_intercept, theta=theta, **options)
        assert float(values[0] - values[1]) <= gap * size * (1 + 1e-11) + 1e-12 * float(max(values))


@settings(deadline=None, derandomize=True, max_examples=150)
@given(problem=awkward())
def test_the_gap_of_any_solution_is_rounding(problem):
    X, y, alpha, fit_intercept, options, _ = problem
    size = empty(y, fit_intercept, options)
    if size < 1e-20:
        return
    solution, _ = ref.general_brute_force(X, y, alpha, fit_intercept, **options)
    assert duality_gap(X, y, solution, alpha, fit_intercept=fit_intercept, **options) <= 1e-10
