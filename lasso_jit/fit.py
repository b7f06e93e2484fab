"""One fit by the engine: `lasso` and `elastic_net`."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from . import objective
from .backends import Solution, solve
from .certificate import LassoResult
from .standard import StandardProblem
from .threads import threads
from .validation import as_count, as_l1_ratio, as_nonnegative, as_positive, as_vector

if TYPE_CHECKING:
    from scipy.sparse import csc_array


def lasso(
    X: ArrayLike | csc_array,
    y: ArrayLike,
    alpha: float,
    *,
    fit_intercept: bool = True,
    sample_weight: ArrayLike | None = None,
    penalty_weights: ArrayLike | None = None,
    positive: bool = False,
    tol: float = 1e-10,
    max_iter: int = 10_000,
    coef_init: ArrayLike | None = None,
    n_threads: int | None = None,
) -> LassoResult:
    """Fit the Lasso, exactly but for rounding, and certify it.

    Minimises ``sum_i s_i (y_i - b - x_i'w)^2 / (2 sum_i s_i) + alpha sum_j v_j |w_j|``.

    Parameters
    ----------
    X : array_like or scipy.sparse array of shape (n_samples, n_features)
        Not copied if it is column-major float64 or in canonical sparse column format; else copied once.
    y : array_like of shape (n_samples,)
    alpha : float
        Penalty per unit of coefficient, at least 0, in the 1/(2n) form.
    fit_intercept : bool, default True
    sample_weight : array_like of shape (n_samples,), optional
        The weights s, not negative; a weight of k counts as k samples. Default: 1.
    penalty_weights : array_like of shape (n_features,), optional
        The weights v: 0 for no penalty, infinite for a coefficient that must be 0. Default: 1.
    positive : bool, default False
        Whether coefficients must not be negative.
    tol : float, default 1e-10
        Largest relative duality gap, see `duality_gap`. Usually much less is reached.
    max_iter : int, default 10_000
        Largest number of rounds of an exact step on the support and entry of new features.
    coef_init : array_like of shape (n_features,), optional
        Coefficients to start from. Default: along the path from alpha_max.
    n_threads : int, optional
        Threads that linear algebra may use. Default: as many as it likes.

    Returns
    -------
    LassoResult
        Fit and certificate.

    Raises
    ------
    TypeError, ValueError
        An argument is not numeric, not finite, out of range or of the wrong shape; the message names it.

    Warns
    -----
    sklearn.exceptions.ConvergenceWarning
        The gap is above `tol`; the message says what was reached.

    Notes
    -----
    The algorithm is described in `lasso_jit.engine`, the choice of back end in `lasso_jit.backends`.

    Examples
    --------
    >>> fit = lasso([[1.0], [-1.0], [1.0], [-1.0]], [2.0, 0.0, 2.0, 0.0], alpha=0.25)
    >>> fit.coef.tolist(), fit.intercept
    ([0.75], 1.0)
    """
    return elastic_net(
        X,
        y,
        alpha,
        l1_ratio=1.0,
        fit_intercept=fit_intercept,
        sample_weight=sample_weight,
        penalty_weights=penalty_weights,
        positive=positive,
        tol=tol,
        max_iter=max_iter,
        coef_init=coef_init,
        n_threads=n_threads,
    )


def elastic_net(
    X: ArrayLike | csc_array,
    y: ArrayLike,
    alpha: float,
    *,
    l1_ratio: float = 0.5,
    fit_intercept: bool = True,
    sample_weight: ArrayLike | None = None,
    penalty_weights: ArrayLike | None = None,
    positive: bool = False,
    tol: float = 1e-10,
    max_iter: int = 10_000,
    coef_init: ArrayLike | None = None,
    n_threads: int | None = None,
) -> LassoResult:
    """Fit the elastic net, exactly but for rounding, and certify it.

    The penalty is ``alpha sum_j v_j (l1_ratio |w_j| + (1 - l1_ratio) w_j^2 / 2)``. Arguments, errors and
    warnings are those of `lasso`, and:

    Parameters
    ----------
    l1_ratio : float, default 0.5
        From 0 (ridge regression) to 1 (the Lasso).

    Returns
    -------
    LassoResult
        Fit and certificate.

    Examples
    --------
    >>> fit = elastic_net([[1.0], [-1.0]], [1.0, -1.0], alpha=0.5, l1_ratio=0.5)
    >>> fit.coef.round(12).tolist()
    [0.6]
    """
    problem = StandardProblem(
        X, y, fit_intercept=fit_intercept, sample_weight=sample_weight, penalty_weights=penalty_weights,
        positive=positive, n_threads=n_threads,
    )  # fmt: skip
    l1_ratio = as_l1_ratio(l1_ratio)
    return fit(problem, alpha, l1_ratio, tol=tol, max_iter=max_iter, coef_init=coef_init)


def fit(
    problem: StandardProblem,
    alpha: float,
    l1_ratio: float,
    *,
    tol: float,
    max_iter: int,
    coef_init: ArrayLike | None = None,
) -> LassoResult:
    """Fit a validated problem at one alpha; warn if the gap is above `tol`."""
    alpha = as_nonnegative(alpha, "alpha")
    tol, max_iter = as_positive(tol, "tol"), as_count(max_iter, "max_iter")
    start = np.empty(0)
    if coef_init is not None:
        start = problem.unit_coefs(as_vector(coef_init, problem.n_features, "coef_init"))
    with threads(problem.n_threads):
        solution = solve(problem, np.array([alpha]), l1_ratio, tol=tol, max_iter=max_iter, start=start)
        result = result_of(problem, solution, alpha, l1_ratio, tol)
    if not result.gap <= tol:
        warn(f"relative duality gap {result.gap:.2e} after {result.n_iter} rounds, {tol:.0e} was asked for")
    return result


def result_of(
    problem: StandardProblem, solution: Solution, alpha: float, l1_ratio: float, tol: float
) -> LassoResult:
    """Translate a solution for one alpha back to the units of the user."""
    coefs, intercepts = problem.translate(solution)
    coef = coefs[0]
    if problem.needs_projection(alpha):
        dual = objective.dual_point(problem.X, problem.raw_y, coef, alpha, **problem.general(l1_ratio))
    else:
        dual = solution.residual * (solution.shrinks[0] * problem.y_norm)
    return LassoResult(
        coef=coef,
        intercept=float(intercepts[0]),
        alpha=alpha,
        dual=dual,
        gap=float(solution.gaps[0]),
        kkt=float(solution.violations[0]) * problem.y_norm / problem.total,
        n_iter=int(solution.rounds[0]),
        tol=tol,
        l1_ratio=l1_ratio,
    )


def warn(message: str) -> None:
    """Warn that the engine has not converged, in the name of the first caller outside this package."""
    from sklearn.exceptions import ConvergenceWarning  # here: importing scikit-learn takes longer than a fit

    frame, level = sys._getframe(1), 2
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
        frame, level = frame.f_back, level + 1
    message = f"not converged: {message}; raise max_iter, or ask for a larger tol"
    warnings.warn(message, ConvergenceWarning, stacklevel=level)
