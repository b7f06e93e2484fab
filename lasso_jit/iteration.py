"""The loop that ISTA, FISTA and coordinate descent share: iterate until the duality gap is small enough."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .certificate import History, LassoResult
from .objective import centre, feasible, objective_value, relative_gap, worst_violation
from .validation import as_count, as_flag, as_matrix, as_positive, as_vector


@dataclass(frozen=True)
class Problem:
    """A validated Lasso problem with the intercept centred away.

    `X` is column-major and, like `y`, a copy: a solver may do with them what it likes.
    """

    X: np.ndarray
    y: np.ndarray
    x_mean: np.ndarray
    y_mean: float
    alpha: float
    start: np.ndarray

    @classmethod
    def of(
        cls, X: ArrayLike, y: ArrayLike, alpha: float, fit_intercept: bool, coef_init: ArrayLike | None
    ) -> Problem:
        """Check what the user passed and centre it; without `coef_init` the start is zero."""
        X = as_matrix(X)
        y = as_vector(y, X.shape[0])
        p = X.shape[1]
        start = np.zeros(p) if coef_init is None else as_vector(coef_init, p, "coef_init").copy()
        alpha = as_positive(alpha, "alpha")
        return cls(*centre(X, y, fit_intercept=as_flag(fit_intercept, "fit_intercept")), alpha, start)

    def lipschitz(self) -> float:
        """Return the largest eigenvalue of X'X/n, the largest curvature of the squared error."""
        with np.errstate(over="ignore"):
            return float(np.linalg.norm(self.X, 2) ** 2 / len(self.y))


def solve(
    problem: Problem, iterates: Iterator[np.ndarray], *, tol: float, max_iter: int, history: bool
) -> LassoResult:
    """Draw from `iterates` until the relative duality gap is at most `tol`, and certify the last one.

    Warns with scikit-learn's ``ConvergenceWarning`` when `max_iter` iterations were not enough or the
    iterates left the range of floating point.
    """
    tol = as_positive(tol, "tol")
    max_iter = as_count(max_iter, "max_iter")
    history = as_flag(history, "history")
    X, y, alpha = problem.X, problem.y, problem.alpha
    coefs, objectives, gaps = [], [], []
    with np.errstate(over="ignore", invalid="ignore"):  # iterates that overflow are reported by the warning
        for n_iter, coef in enumerate(iterates):
            gap = relative_gap(X, y, coef, alpha)
            if history:
                coefs.append(coef.copy())
                objectives.append(objective_value(X, y, coef, alpha))
                gaps.append(gap)
            if gap <= tol or n_iter == max_iter or np.isnan(gap) or not np.isfinite(coef).all():
                break
        result = LassoResult(
            coef=coef,
            intercept=float(problem.y_mean - problem.x_mean @ coef),
            alpha=alpha,
            dual=feasible(X, y - X @ coef, alpha),
            gap=gap,
            kkt=worst_violation(X, y, coef, alpha),
            n_iter=n_iter,
            tol=tol,
            history=History(np.array(coefs), np.array(objectives), np.array(gaps)) if history else None,
        )
    if not result.certificate.holds:
        _warn(result)
    return result


def _warn(result: LassoResult) -> None:
    from sklearn.exceptions import ConvergenceWarning  # here: importing scikit-learn takes longer than a fit

    warnings.warn(
        f"not converged: relative duality gap {result.gap:.2e} after {result.n_iter} iterations, "
        f"{result.tol:.0e} was asked for; raise max_iter, or standardise the features",
        ConvergenceWarning,
        stacklevel=4,
    )
