"""Cyclic coordinate descent: one coefficient at a time, each update exact.

Source: J. Friedman, T. Hastie and R. Tibshirani, Regularization paths for generalized linear models via
coordinate descent, 2010, section 2.1 (naive updates, which keep the residual).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from .certificate import LassoResult
from .iteration import Problem, solve


@njit(cache=True)
def sweep(X, residual, coef, curvature, alpha):  # noqa: ANN001, ANN201  (Numba infers the types)
    """Update each coefficient once, in place, and keep ``residual = y - X @ coef``."""
    n, p = X.shape
    for j in range(p):
        new = 0.0
        if curvature[j] > 0.0:
            correlation = 0.0
            for i in range(n):
                correlation += X[i, j] * residual[i]
            # Least squares on what the other features leave over, then the soft threshold.
            target = correlation / n + curvature[j] * coef[j]
            new = (target - min(max(target, -alpha), alpha)) / curvature[j]
        change = new - coef[j]
        if change != 0.0:
            coef[j] = new
            for i in range(n):
                residual[i] -= change * X[i, j]


def coordinate_descent(
    X: ArrayLike,
    y: ArrayLike,
    alpha: float,
    *,
    fit_intercept: bool = True,
    tol: float = 1e-10,
    max_iter: int = 100_000,
    coef_init: ArrayLike | None = None,
    history: bool = False,
) -> LassoResult:
    """Fit the Lasso by cyclic coordinate descent.

    Arguments, errors and warnings are those of `ista`, except for the step, and:

    Parameters
    ----------
    max_iter : int, default 100_000
        Largest number of sweeps over all features; an iterate of the history is the end of a sweep.

    Returns
    -------
    LassoResult
        Fit and certificate.

    Examples
    --------
    >>> fit = coordinate_descent([[1.0], [-1.0], [1.0], [-1.0]], [2.0, 0.0, 2.0, 0.0], alpha=0.25)
    >>> fit.coef.tolist(), fit.intercept, fit.n_iter
    ([0.75], 1.0, 1)
    """
    problem = Problem.of(X, y, alpha, fit_intercept, coef_init)
    return solve(problem, _iterates(problem), tol=tol, max_iter=max_iter, history=history)


def _iterates(problem: Problem) -> Iterator[np.ndarray]:
    X, y, coef = problem.X, problem.y, problem.start
    curvature = (X**2).mean(axis=0)
    while True:
        yield coef
        residual = y - X @ coef  # anew each time: updates alone would add up their rounding
        sweep(X, residual, coef, curvature, problem.alpha)
