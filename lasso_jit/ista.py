"""ISTA: a gradient step on the squared error, then a soft threshold.

Sources: I. Daubechies, M. Defrise and C. De Mol, An iterative thresholding algorithm for linear inverse
problems with a sparsity constraint, 2004; A. Beck and M. Teboulle, A fast iterative
shrinkage-thresholding algorithm for linear inverse problems, 2009, section 1.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from .certificate import LassoResult
from .iteration import Problem, solve
from .validation import as_positive


@njit(cache=True)
def ista_step(X, y, coef, alpha, step):  # noqa: ANN001, ANN201  (Numba infers the types)
    """Return the next iterate; X and y are centred, X is column-major."""
    gradient = X.T @ (X @ coef - y) / y.size
    moved = coef - step * gradient
    # The soft threshold: what is left of a number after clipping it to [-t, t].
    return moved - np.clip(moved, -step * alpha, step * alpha)


def ista(
    X: ArrayLike,
    y: ArrayLike,
    alpha: float,
    *,
    fit_intercept: bool = True,
    tol: float = 1e-10,
    max_iter: int = 100_000,
    step: float | None = None,
    coef_init: ArrayLike | None = None,
    history: bool = False,
) -> LassoResult:
    """Fit the Lasso by iterative soft thresholding.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_features)
        Not modified, nor is `y`.
    y : array_like of shape (n_samples,)
    alpha : float
        Penalty, > 0, in ``||y - Xw - b||^2/(2n) + alpha ||w||_1``. At alpha = 0 it is least squares and
        has a formula: use scikit-learn's LinearRegression.
    fit_intercept : bool, default True
        Whether the model has an (unpenalised) intercept.
    tol : float, default 1e-10
        Stop when the relative duality gap is at most this.
    max_iter : int, default 100_000
    step : float, optional
        Length of the gradient step. Default: 1/L with L the largest eigenvalue of X'X/n (X centred if there
        is an intercept). With a step below 2/L the objective never rises, and ISTA converges.
    coef_init : array_like of shape (n_features,), optional
        Where to start. Default: zero.
    history : bool, default False
        Whether to keep every iterate.

    Returns
    -------
    LassoResult
        Fit and certificate.

    Raises
    ------
    TypeError, ValueError
        An argument is not numeric, not finite, or of the wrong shape or sign; the message names it.

    Warns
    -----
    sklearn.exceptions.ConvergenceWarning
        The gap is above `tol` after `max_iter` iterations, or the iterates overflow; the message says what
        the gap is.

    Examples
    --------
    >>> fit = ista([[1.0], [-1.0], [1.0], [-1.0]], [2.0, 0.0, 2.0, 0.0], alpha=0.25)
    >>> fit.coef.tolist(), fit.intercept
    ([0.75], 1.0)
    """
    problem = Problem.of(X, y, alpha, fit_intercept, coef_init)
    step = default_step(problem) if step is None else as_positive(step, "step")
    return solve(problem, _iterates(problem, step), tol=tol, max_iter=max_iter, history=history)


def default_step(problem: Problem) -> float:
    """Return 1/L, or 1 where X is constant and every step does nothing."""
    lipschitz = problem.lipschitz()
    return 1.0 / lipschitz if lipschitz > 0 else 1.0


def _iterates(problem: Problem, step: float) -> Iterator[np.ndarray]:
    coef = problem.start
    while True:
        yield coef
        coef = ista_step(problem.X, problem.y, coef, problem.alpha, step)
