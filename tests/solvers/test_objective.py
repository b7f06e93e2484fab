"""Objective, dual, gap, optimality conditions and conversions against independent formulas."""

import numpy as np
import pytest
import reference as ref
from sklearn.linear_model import Lasso

from lasso_jit import (
    alpha_max,
    alpha_of,
    constraint_of,
    convert_penalty,
    coordinate_descent,
    dual,
    dual_point,
    duality_gap,
    kkt_violation,
    primal,
)

pytestmark = pytest.mark.filterwarnings("error")
both = pytest.mark.parametrize("fit_intercept", [True, False])
shapes = pytest.mark.parametrize(("n", "p"), [(30, 5), (8, 20), (1, 3), (5, 1)])


def random_points(X, y, count=20):
    rng = np.random.default_rng(5)
    for scale in np.geomspace(1e-3, 1e3, count):
        coef = scale * rng.normal(size=X.shape[1]) * (rng.random(X.shape[1]) < 0.6)
        yield coef, rng.normal(), scale * rng.normal(size=len(y))


@shapes
def test_primal_and_dual_values(n, p):
    X, y = ref.regression(n, p)
    for coef, intercept, theta in random_points(X, y):
        value = float(ref.objective(X, y, coef, intercept, 0.3))
        assert primal(X, y, coef, 0.3, intercept=intercept) == pytest.approx(value, rel=1e-13)
        assert primal(X, y, coef, 0, intercept=-2) == pytest.approx(
            float(ref.objective(X, y, coef, -2, 0)), rel=1e-13
        )
        size = np.abs(theta).mean() * (np.abs(y).max() + np.abs(theta).max())
        assert dual(y, theta) == pytest.approx(
            float(ref.dual_objective(y, theta, False)), abs=1e-13 * max(size, (y**2).mean())
        )


@both
@shapes
def test_weak_duality(n, p, fit_intercept):
    X, y = ref.regression(n, p)
    for alpha in (1e-3, 0.3, 10.0):
        for coef, intercept, theta in random_points(X, y):
            b = intercept if fit_intercept else 0.0
            for point in (
                dual_point(X, y, coef, alpha, fit_intercept=fit_intercept),
                ref.make_feasible(X, theta, alpha, fit_intercept).astype(float),
            ):
                # Rounding: the sum of the point, zero up to eps * size, meets the mean of y.
                slop = 1e-13 * (1 + (y**2).mean())
                assert dual(y, point) <= primal(X, y, coef, alpha, intercept=b) + slop


@both
@shapes
def test_dual_point_is_feasible_and_a_shrunk_residual(n, p, fit_intercept):
    X, y = ref.regression(n, p)
    for coef, _, _ in random_points(X, y):
        point = dual_point(X, y, coef, 0.2, fit_intercept=fit_intercept)
        residual = y - X @ coef
        residual -= residual.mean() if fit_intercept else 0
        expected = ref.make_feasible(X, residual, 0.2, fit_intercept).astype(float)
        scale = max(np.abs(y).max(), np.abs(X @ coef).max())
        np.testing.assert_allclose(point, expected, rtol=0, atol=1e-13 * scale)
        columns = X - X.mean(axis=0) if fit_intercept else X
        assert np.abs(columns.T @ point).max() / n <= 0.2 * (1 + 1e-12) + 1e-15 * scale
        if fit_intercept:
            assert abs(point.sum()) <= 1e-13 * n * scale


@both
@shapes
def test_gap_is_primal_minus_dual(n, p, fit_intercept):
    X, y = ref.regression(n, p)
    if n == 1 and fit_intercept:
        # One observation with an intercept: the empty model is perfect.
        assert duality_gap(X, y, np.zeros(p), 0.2) == 0.0
        assert duality_gap(X, y, np.zeros(p), 0.2, intercept=y[0] + 1) == np.inf
        return
    for coef, _, theta in random_points(X, y):
        best = float(ref.best_intercept(X, y, coef, fit_intercept))
        point = dual_point(X, y, coef, 0.2, fit_intercept=fit_intercept)
        expected = ref.relative_gap(X, y, coef, best, 0.2, point, fit_intercept)
        gap = duality_gap(X, y, coef, 0.2, fit_intercept=fit_intercept)
        assert gap == pytest.approx(expected, rel=1e-11)
        feasible = ref.make_feasible(X, theta, 0.2, fit_intercept)
        expected = ref.relative_gap(X, y, coef, best, 0.2, feasible, fit_intercept)
        given = duality_gap(X, y, coef, 0.2, fit_intercept=fit_intercept, theta=theta)
        assert given == pytest.approx(expected, rel=1e-11)


@shapes
def test_gap_judges_the_intercept(n, p):
    X, y = ref.regression(max(n, 2), p)
    for coef, intercept, theta in random_points(X, y):
        feasible = ref.make_feasible(X, theta, 0.2, True)
        expected = ref.relative_gap(X, y, coef, intercept, 0.2, feasible, True)
        assert duality_gap(X, y, coef, 0.2, intercept=intercept, theta=theta) == pytest.approx(
            expected, rel=1e-11
        )


@both
@shapes
def test_any_theta_gives_an_upper_bound(n, p, fit_intercept):
    X, y = ref.regression(max(n, 2), p)
    fit = coordinate_descent(X, y, 0.2, fit_intercept=fit_intercept, tol=1e-13)
    best = ref.objective(X, y, fit.coef, ref.best_intercept(X, y, fit.coef, fit_intercept), 0.2)
    empty = ref.empty_objective(y, fit_intercept)
    for coef, _, theta in random_points(X, y):
        b = ref.best_intercept(X, y, coef, fit_intercept)
        excess = float((ref.objective(X, y, coef, b, 0.2) - best) / empty)
        for vector in (theta, np.zeros(len(y)), np.ones(len(y)), y, 1e9 * theta):
            gap = duality_gap(X, y, coef, 0.2, fit_intercept=fit_intercept, theta=vector)
            assert gap >= excess * (1 - 1e-12) - 2e-13  # the reference is within 1e-13 of the best itself
            assert gap >= 0


@both
def test_the_residual_is_the_default_theta(fit_intercept):
    X, y = ref.regression(30, 5)
    for coef, _, _ in random_points(X, y):
        explicit = duality_gap(X, y, coef, 0.2, fit_intercept=fit_intercept, theta=y - X @ coef)
        assert explicit == pytest.approx(duality_gap(X, y, coef, 0.2, fit_intercept=fit_intercept), rel=1e-11)


@both
@shapes
def test_kkt_is_the_worst_feature(n, p, fit_intercept):
    X, y = ref.regression(n, p)
    for alpha in (0.0, 0.2, 100.0):
        for coef, intercept, _ in random_points(X, y):
            for given in (None, intercept) if fit_intercept else (None,):
                b = float(ref.best_intercept(X, y, coef, fit_intercept)) if given is None else given
                expected = ref.worst_kkt(X, y, coef, b, alpha, fit_intercept)
                violation = kkt_violation(X, y, coef, alpha, intercept=given, fit_intercept=fit_intercept)
                # Relative to the terms of x'r/n, which cancel.
                size = np.abs(X).max() * (np.abs(y).max() + np.abs(X) @ np.abs(coef)).max()
                assert violation == pytest.approx(expected, abs=1e-13 * size)


def test_a_wrong_fit_is_punished():
    X, y = ref.regression(40, 5)
    fit = coordinate_descent(X, y, 0.2)
    given = {"intercept": fit.intercept}
    assert duality_gap(X, y, fit.coef, 0.2, **given) <= 1e-10
    assert kkt_violation(X, y, fit.coef, 0.2, **given) <= 1e-4
    empty = float(ref.empty_objective(y, True))
    for error in (1e-3, -0.1, 10.0):
        shifted = {"intercept": fit.intercept + error}
        # With an intercept that is off by e the objective is worse by e^2/2, whatever the coefficients.
        assert duality_gap(X, y, fit.coef, 0.2, **shifted) == pytest.approx(error**2 / 2 / empty, rel=1e-3)
        assert kkt_violation(X, y, fit.coef, 0.2, **shifted) == pytest.approx(abs(error), rel=1e-3)
        for j in range(5):
            wrong = fit.coef.copy()
            wrong[j] += error
            assert duality_gap(X, y, wrong, 0.2) > 1e-10
            assert kkt_violation(X, y, wrong, 0.2) > 0.1 * abs(error)


def test_an_intercept_in_a_model_without_one():
    X, y = ref.regression(20, 3)
    coef = np.array([1.0, 0.0, -1.0])
    plain = duality_gap(X, y, coef, 0.2, fit_intercept=False)
    assert duality_gap(X, y, coef, 0.2, fit_intercept=False, intercept=0.0) == plain
    plain = kkt_violation(X, y, coef, 0.2, fit_intercept=False)
    assert kkt_violation(X, y, coef, 0.2, fit_intercept=False, intercept=0.0) == plain
    for judge in (duality_gap, kkt_violation):
        with pytest.raises(ValueError, match="intercept"):
            judge(X, y, coef, 0.2, fit_intercept=False, intercept=0.7)


@both
@shapes
def test_alpha_max_by_a_loop(n, p, fit_intercept):
    X, y = ref.regression(n, p)
    expected = ref.scale_of_penalty(X, y, fit_intercept)
    assert alpha_max(X, y, fit_intercept=fit_intercept) == pytest.approx(expected, rel=1e-12)


def test_gap_of_an_empty_model_at_alpha_max_is_rounding():
    X, y = ref.regression(30, 5)
    top = alpha_max(X, y)
    assert duality_gap(X, y, np.zeros(5), top) == 0.0
    assert duality_gap(X, y, np.zeros(5), 2 * top) == 0.0
    assert duality_gap(X, y, np.zeros(5), 0.9 * top) == pytest.approx(0.01, rel=1e-12)  # (1 - 0.9)^2


FORMS = {  # what each form minimises, from the squared errors and the 1-norm, for its penalty
    "sse": lambda squares, n, norm, penalty: squares + penalty * norm,
    "half_sse": lambda squares, n, norm, penalty: squares / 2 + penalty * norm,
    "mse": lambda squares, n, norm, penalty: squares / n + penalty * norm,
    "half_mse": lambda squares, n, norm, penalty: squares / (2 * n) + penalty * norm,
    "glmnet": lambda squares, n, norm, penalty: squares / (2 * n) + penalty * norm,
}


@pytest.mark.parametrize("source", FORMS)
@pytest.mark.parametrize("target", FORMS)
def test_forms_convert_into_each_other(source, target):
    for n in (1, 7, 160):
        there = convert_penalty(0.3, n, source=source, target=target)
        assert convert_penalty(there, n, source=target, target=source) == pytest.approx(0.3, rel=1e-14)
        # The same problem: one objective is a constant multiple of the other, at every point.
        ratios = [
            FORMS[target](squares, n, norm, there) / FORMS[source](squares, n, norm, 0.3)
            for squares, norm in [(1.0, 0.0), (0.0, 1.0), (2.0, 5.0), (9.0, 0.1)]
        ]
        assert ratios == pytest.approx([ratios[0]] * 4, rel=1e-14)
        assert convert_penalty(0, n, source=source, target=target) == 0


@pytest.mark.parametrize("form", ["sse", "half_sse", "mse"])
def test_converted_penalty_gives_the_same_fit(form):
    """Minimise the textbook form by brute force over a grid and compare with scikit-learn's fit."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=15)
    y = 2 * x + rng.normal(size=15)
    model = Lasso(alpha=0.4, fit_intercept=False, tol=1e-12).fit(x[:, None], y)
    penalty = convert_penalty(0.4, 15, source="half_mse", target=form)
    grid = np.linspace(0, 4, 400_001)  # in steps of 1e-5
    squares = (y @ y) - 2 * grid * (x @ y) + grid**2 * (x @ x)
    best = grid[np.argmin(FORMS[form](squares, 15, np.abs(grid), penalty))]
    assert model.coef_[0] > 0.1
    assert best == pytest.approx(model.coef_[0], abs=2e-5)


def test_glmnet_number_is_ours_on_columns_of_standard_deviation_one():
    """Minimising glmnet's objective, whose penalty weighs columns by their spread, by brute force."""
    X, y = ref.regression(25, 3)
    spread = X.std(axis=0)  # with 1/n
    alpha = convert_penalty(0.3, 25, source="glmnet", target="half_mse")
    standardised = coordinate_descent(X / spread, y, alpha, tol=1e-14).coef / spread
    # glmnet minimises ||r||^2/(2n) + lambda * sum_j sd_j |w_j| in the original columns.
    rng = np.random.default_rng(0)

    def glmnet_objective(coef):
        b = ref.best_intercept(X, y, coef, True)
        return float(ref.objective(X, y, coef, b, 0.0)) + 0.3 * float(np.abs(coef) @ spread)

    value = glmnet_objective(standardised)
    assert standardised.any()
    for size in np.geomspace(1e-4, 1, 200):
        assert value <= glmnet_objective(standardised + size * rng.normal(size=3)) + 1e-13


def test_budget_and_penalty_are_inverse_at_solutions():
    X, y = ref.regression(40, 6)
    top = alpha_max(X, y)
    budgets = []
    for alpha in top * np.array([0.9, 0.5, 0.1, 0.01]):
        fit = coordinate_descent(X, y, alpha, tol=1e-14)
        # x'r/n of an active feature equals alpha to the KKT violation, here rounding.
        assert alpha_of(X, y, fit.coef) == pytest.approx(alpha, rel=1e-6)
        assert constraint_of(fit.coef) == pytest.approx(sum(abs(w) for w in fit.coef), rel=1e-15)
        refit = coordinate_descent(X, y, alpha_of(X, y, fit.coef), tol=1e-14)
        np.testing.assert_allclose(refit.coef, fit.coef, rtol=0, atol=1e-6)
        budgets.append(constraint_of(fit.coef))
    assert budgets == sorted(budgets)  # a smaller penalty is a larger budget
    assert alpha_of(X, y, np.zeros(6)) == alpha_max(X, y)
    assert constraint_of(np.zeros(3)) == 0


@both
def test_budget_form_has_the_same_solution(fit_intercept):
    """No point within the budget has a smaller squared error."""
    X, y = ref.regression(30, 3)
    fit = coordinate_descent(X, y, 0.3, fit_intercept=fit_intercept, tol=1e-14)
    budget, rng = constraint_of(fit.coef), np.random.default_rng(0)
    least = primal(X, y, fit.coef, 0, intercept=fit.intercept)
    for scale in np.geomspace(1e-4, 3, 300):
        coef = fit.coef + scale * rng.normal(size=3)
        coef *= min(1, budget / np.abs(coef).sum())
        b = float(ref.best_intercept(X, y, coef, fit_intercept))
        assert primal(X, y, coef, 0, intercept=b) >= least * (1 - 1e-12)


def test_arguments_are_not_modified():
    X, y = ref.regression(10, 3)
    coef, theta = np.array([1.0, 0.0, -1.0]), y.copy()
    before = [a.tobytes() for a in (X, y, coef, theta)]
    for a in (X, y, coef, theta):
        a.flags.writeable = False
    for fit_intercept in (True, False):
        flag = {"fit_intercept": fit_intercept}
        point = dual_point(X, y, np.zeros(3), 1e9, **flag)
        assert point.flags.writeable and not np.shares_memory(point, y)
        duality_gap(X, y, coef, 0.1, theta=theta, **flag)
        kkt_violation(X, y, coef, 0.1, **flag)
        alpha_of(X, y, coef, **flag)
        alpha_max(X, y, **flag)
    primal(X, y, coef, 0.1)
    dual(y, theta)
    assert [a.tobytes() for a in (X, y, coef, theta)] == before
