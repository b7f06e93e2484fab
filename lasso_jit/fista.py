"""FISTA: ISTA with momentum, and a restart when the momentum points uphill.

Sources: A. Beck and M. Teboulle, A fast iterative shrinkage-thresholding algorithm for linear inverse
problems, 2009, section 4 (constant step); B. O'Donoghue and E. Candès, Adaptive restart for accelerated
gradient schemes, 2015 (the gradient scheme).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from .certificate import LassoResult
from .ista import default_step
from .iteration import Problem, solve
from .validation import as_flag


@njit(cache=True)
def fista_step(X, y, coef, ahead, momentum, alpha, step, restart):  # noqa: ANN001, ANN201
    """Return the next iterate, the point ahead of it to step from, and the next momentum."""
    moved = ahead - step * (X.T @ (X @ ahead - y) / y.size)
    new = moved - np.clip(moved, -step * alpha, step * alpha)
    if restart and (ahead - new) @ (new - coef) > 0:
        # (ahead - new)/step plays the gradient's part: the last move went uphill, so forget the speed.
        return new, new, 1.0
    faster = (1.0 + np.sqrt(1.0 + 4.0 * momentum**2)) / 2.0
    return new, new + (momentum - 1.0) / faster * (new - coef), faster


def fista(
    X: ArrayLike,
    y: ArrayLike,
    alpha: float,
    *,
    fit_intercept: bool = True,
    tol: float = 1e-10,
    max_iter: int = 100_000,
    restart: bool = True,
    coef_init: ArrayLike | None = None,
    history: bool = False,
) -> LassoResult:
    """Fit the Lasso by accelerated iterative soft thresholding.

    Arguments, errors and warnings are those of `ista`, with a step of 1/L, and:

    Parameters
    ----------
    restart : bool, default True
        Whether to drop the momentum when it points uphill. Without it the objective ripples.

    Returns
    -------
    LassoResult
        Fit and certificate.

    Examples
    --------
    >>> fit = fista([[1.0], [-1.0], [1.0], [-1.0]], [2.0, 0.0, 2.0, 0.0], alpha=0.25)
    >>> fit.coef.tolist(), fit.intercept
    ([0.75], 1.0)
    """
    problem = Problem.of(X, y, alpha, fit_intercept, coef_init)
    iterates = _iterates(problem, default_step(problem), as_flag(restart, "restart"))
    return solve(problem, iterates, tol=tol, max_iter=max_iter, history=history)


def _iterates(problem: Problem, step: float, restart: bool) -> Iterator[np.ndarray]:
    X, y, alpha = problem.X, problem.y, problem.alpha
    coef, ahead, momentum = problem.start, problem.start, 1.0
    while True:
        yield coef
        coef, ahead, momentum = fista_step(X, y, coef, ahead, momentum, alpha, step, restart)
