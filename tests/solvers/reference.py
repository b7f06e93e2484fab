"""The Lasso's formulas a second time, written so as not to repeat a mistake of the library.

The library removes the cancelling terms of the gap by hand and works on centred float64 columns. Here the
gap is primal minus dual, with the dual point spelt out, in extended precision where the machine has it, and
the optimality conditions are a loop over features.
"""

from itertools import product

import numpy as np

from lasso_jit import LassoResult

# Rounding of a relative gap: an n-term sum of float64 products, relative to its size, with room to spare.
ROUNDING = 1e-13


def wide(values):
    return np.asarray(values, dtype=np.longdouble)


def objective(X, y, coef, intercept, alpha):
    residual = wide(y) - wide(X) @ wide(coef) - wide(intercept)
    return (residual**2).sum() / (2 * len(residual)) + wide(alpha) * np.abs(wide(coef)).sum()


def empty_objective(y, fit_intercept):
    y = wide(y)
    return ((y - (y.mean() if fit_intercept else 0)) ** 2).sum() / (2 * len(y))


def best_intercept(X, y, coef, fit_intercept):
    return (wide(y) - wide(X) @ wide(coef)).mean() if fit_intercept else wide(0)


def dual_objective(y, theta, fit_intercept):
    # Centring y changes nothing for a theta of sum zero, and keeps the rounding of that sum out of the way.
    y = wide(y) - (wide(y).mean() if fit_intercept else 0)
    return ((y**2).sum() - ((y - wide(theta)) ** 2).sum()) / (2 * len(y))


def relative_gap(X, y, coef, intercept, alpha, theta, fit_intercept):
    difference = objective(X, y, coef, intercept, alpha) - dual_objective(y, theta, fit_intercept)
    empty = empty_objective(y, fit_intercept)
    return float(difference / empty) if empty > 0 else (0.0 if difference == 0 else np.inf)


def make_feasible(X, theta, alpha, fit_intercept):
    theta = wide(theta) - (wide(theta).mean() if fit_intercept else 0)
    largest = max(abs(column @ theta) for column in wide(X).T) / len(theta)
    return theta if largest <= alpha else theta * wide(alpha) / largest


def worst_kkt(X, y, coef, intercept, alpha, fit_intercept):
    X, residual = wide(X), wide(y) - wide(X) @ wide(coef) - wide(intercept)
    worst = abs(residual.mean()) if fit_intercept else wide(0)
    for column, weight in zip(X.T, coef, strict=True):
        correlation = (column - (column.mean() if fit_intercept else 0)) @ residual / len(residual)
        if weight > 0:
            worst = max(worst, abs(correlation - alpha))
        elif weight < 0:
            worst = max(worst, abs(correlation + alpha))
        else:
            worst = max(worst, abs(correlation) - alpha)
    return float(worst)


def brute_force(X, y, alpha, fit_intercept):
    """Solve the Lasso exactly: among all sign patterns, the one whose linear system keeps its signs."""
    X, y = np.asarray(X, float), np.asarray(y, float)
    n, p = X.shape
    x_mean, y_mean = (X.mean(axis=0), y.mean()) if fit_intercept else (np.zeros(p), 0.0)
    Xc, yc = X - x_mean, y - y_mean
    best, best_value = None, np.inf
    for signs in product((-1, 0, 1), repeat=p):
        signs = np.array(signs)
        active = signs != 0
        if active.sum() > n:
            continue
        coef = np.zeros(p)
        A = Xc[:, active]
        coef[active] = np.linalg.lstsq(A.T @ A, A.T @ yc - n * alpha * signs[active], rcond=None)[0]
        if np.array_equal(np.sign(coef), signs):
            value = float(objective(Xc, yc, coef, 0.0, alpha))
            if value < best_value:
                best, best_value = coef, value
    return best, y_mean - x_mean @ best


def assert_certified(fit, X, y, *, fit_intercept=True, rounding=ROUNDING):
    """Recompute everything that a result claims; `rounding` is relative to the scale of the data."""
    assert isinstance(fit, LassoResult)
    X, y = np.asarray(X, float), np.asarray(y, float)
    n, p = X.shape
    assert fit.coef.shape == (p,) and fit.coef.dtype == np.float64
    assert fit.dual.shape == (n,) and fit.dual.dtype == np.float64
    assert isinstance(fit.intercept, float) and isinstance(fit.gap, float) and isinstance(fit.kkt, float)
    spread = np.sqrt(2 * float(empty_objective(y, fit_intercept)))
    means = np.abs(X).mean(axis=0)
    terms = np.abs(y).mean() + means @ np.abs(fit.coef)
    if fit_intercept:
        assert abs(best_intercept(X, y, fit.coef, True) - fit.intercept) <= rounding * terms
        assert abs(wide(fit.dual).mean()) <= rounding * terms
    else:
        assert fit.intercept == 0.0
    columns = wide(X) - (wide(X).mean(axis=0) if fit_intercept else 0)
    for column, mean in zip(columns.T, means, strict=True):
        # Where the mean of a column dwarfs its spread, centring leaves eps * mean in each of its entries.
        blur = rounding * float(mean) * np.abs(fit.dual).mean()
        assert abs(column @ wide(fit.dual)) / n <= fit.alpha * (1 + 1e-12) + blur
    intercept = best_intercept(X, y, fit.coef, fit_intercept)
    gap = relative_gap(X, y, fit.coef, intercept, fit.alpha, fit.dual, fit_intercept)
    assert gap == fit.gap or abs(gap - fit.gap) <= rounding
    assert fit.certificate.holds == (fit.gap <= fit.tol)
    kkt = worst_kkt(X, y, fit.coef, intercept, fit.alpha, fit_intercept)
    largest_column = np.abs(X).max()
    assert abs(max(kkt, 0.0) - fit.kkt) <= rounding * largest_column * max(spread, terms)
    np.testing.assert_array_equal(fit.support, np.flatnonzero(fit.coef))
    assert fit.certificate.gap == fit.gap and fit.certificate.kkt == fit.kkt / fit.alpha
    assert fit.certificate.tol == fit.tol and fit.certificate.n_features == p


def regression(n, p, *, seed=0, correlation=0.5, support=3, noise=0.5, intercept=3.0):
    """Draw neighbouring columns with the given correlation and means that are not zero; sparse truth."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    for j in range(1, p):
        X[:, j] = correlation * X[:, j - 1] + np.sqrt(1 - correlation**2) * X[:, j]
    X += rng.uniform(-2, 2, size=p)
    truth = np.zeros(p)
    truth[: min(support, p)] = [2.0, -1.5, 1.0, 0.5, -0.5][: min(support, p)]
    return X, X @ truth + intercept + noise * rng.normal(size=n)


def scale_of_penalty(X, y, fit_intercept=True):
    """Return the smallest alpha with an empty model, by a loop."""
    y = wide(y) - (wide(y).mean() if fit_intercept else 0)
    return float(max(abs((c - (c.mean() if fit_intercept else 0)) @ y) for c in wide(X).T) / len(y))


def shares(y, weights):
    """Return the sample weights, summing to one."""
    weights = wide(np.ones(len(y)) if weights is None else weights)
    return weights / weights.sum()


def penalties(p, alpha, l1_ratio, penalty_weights):
    """Return what multiplies |w_j| and w_j^2/2; both infinite for an excluded feature."""
    factors = np.ones(p) if penalty_weights is None else np.asarray(penalty_weights, float)
    both = [
        [np.inf if np.isinf(v) else part * alpha * v for v in factors] for part in (l1_ratio, 1 - l1_ratio)
    ]
    return wide(both[0]), wide(both[1])


def general_intercept(X, y, coef, *, sample_weight=None):
    return (shares(y, sample_weight) * (wide(y) - wide(X) @ wide(coef))).sum()


def general_objective(
    X, y, coef, intercept, alpha, *, l1_ratio=1.0, sample_weight=None, penalty_weights=None, positive=False
):
    residual = wide(y) - wide(X) @ wide(coef) - wide(intercept)
    value = (shares(y, sample_weight) * residual**2).sum() / 2
    for w, l1, l2 in zip(coef, *penalties(len(coef), alpha, l1_ratio, penalty_weights), strict=True):
        if positive and w < 0:
            return np.inf
        if w != 0:
            value += l1 * abs(wide(w)) + l2 * wide(w) ** 2 / 2
    return value


def general_pulls(X, theta, *, sample_weight=None):
    return wide(X).T @ (shares(theta, sample_weight) * wide(theta))


def general_dual(
    X, y, theta, alpha, *, l1_ratio=1.0, sample_weight=None, penalty_weights=None, positive=False
):
    """Return the dual objective of a feasible theta, and by how much it is infeasible."""
    value = (shares(y, sample_weight) * (wide(y) ** 2 - (wide(y) - wide(theta)) ** 2)).sum() / 2
    excess = wide(0)
    pulls = general_pulls(X, theta, sample_weight=sample_weight)
    for c, l1, l2 in zip(pulls, *penalties(len(pulls), alpha, l1_ratio, penalty_weights), strict=True):
        over = max((c if positive else abs(c)) - l1, wide(0))
        if l2 == 0:
            excess = max(excess, over)
        else:
            value -= over**2 / (2 * l2)
    return value, excess


def general_brute_force(
    X,
    y,
    alpha,
    fit_intercept,
    *,
    l1_ratio=1.0,
    sample_weight=None,
    penalty_weights=None,
    positive=False,
):
    """Solve the general problem exactly: among all patterns of signs, the best that keeps its own."""
    share = shares(y, sample_weight)
    X, y = wide(X), wide(y)
    x_mean, y_mean = (share @ X, share @ y) if fit_intercept else (wide(np.zeros(X.shape[1])), wide(0))
    A, b = X - x_mean, y - y_mean
    gram, target = (A.T * share) @ A, A.T @ (share * b)
    l1s, l2s = penalties(X.shape[1], alpha, l1_ratio, penalty_weights)
    options = []  # the signs that each coefficient may have; 2 is any
    for l1, l2 in zip(l1s, l2s, strict=True):
        if np.isinf(l1 + l2):
            options.append((0,))
        elif l1 == 0 and not positive:
            options.append((0, 2))
        else:
            options.append((0, 1) if positive else (0, 1, -1))
    best, best_value = None, np.inf
    for signs in product(*options):
        signs = np.array(signs)
        active = np.flatnonzero(signs)
        coef = np.zeros(X.shape[1])
        system = gram[np.ix_(active, active)] + np.diag(l2s[active])
        sides = target[active] - np.where(signs[active] == 2, 0, l1s[active] * signs[active])
        units = np.sqrt(np.maximum(np.diag(system), np.finfo(float).tiny))
        inverse = np.linalg.pinv((system / np.outer(units, units)).astype(float))
        for _ in range(3):  # once and two refinements: the best objective is to be right to the last digit
            coef[active] += inverse @ ((sides - system @ wide(coef[active])) / units).astype(float) / units
        if np.all((signs == 2) | (np.sign(coef) == signs)):
            value = general_objective(
                A, b, coef, 0, alpha, l1_ratio=l1_ratio, sample_weight=sample_weight,
                penalty_weights=penalty_weights, positive=positive,
            )  # fmt: skip
            if value < best_value:
                best, best_value = coef, value
    return best, float(y_mean - x_mean @ wide(best))
