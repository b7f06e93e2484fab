"""Many fits by the engine, each from the one before: `lasso_path` and `elastic_net_path`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from . import objective
from .backends import Solution, certify, residual_of, solve
from .certificate import LassoResult
from .fit import warn
from .progress import watched
from .standard import StandardProblem
from .threads import threads
from .validation import as_count, as_l1_ratio, as_positive, as_vector

if TYPE_CHECKING:
    from scipy.sparse import csc_array


@dataclass(frozen=True, eq=False)
class PathResult:
    """Fits along a path, with their certificates.

    Attributes
    ----------
    alphas : numpy.ndarray of shape (n_alphas,)
        Descending.
    coefs : numpy.ndarray of shape (n_features, n_alphas)
    intercepts : numpy.ndarray of shape (n_alphas,)
    n_iters : numpy.ndarray of int, of shape (n_alphas,)
    tol : float
        The gap that was asked for.
    l1_ratio : float
        1 for the Lasso.
    """

    alphas: np.ndarray
    coefs: np.ndarray
    intercepts: np.ndarray
    n_iters: np.ndarray
    tol: float
    l1_ratio: float
    _problem: StandardProblem = field(repr=False)
    _solution: Solution = field(repr=False)

    @property
    def gaps(self) -> np.ndarray:
        """Relative duality gaps of shape (n_alphas,), computed from X and y, see `lasso_jit.duality_gap`.

        If the engine worked with the Gram matrix they are computed when first asked for, from the X that was
        passed, which must not have changed since. (The gaps that the Gram matrix tells of were at most `tol`,
        or there was a warning.)
        """
        return self._proof[0]

    @property
    def kkts(self) -> np.ndarray:
        """Worst violations of the optimality conditions, of shape (n_alphas,), in the units of alpha."""
        return self._proof[1]

    @cached_property
    def _proof(self) -> tuple[np.ndarray, np.ndarray]:
        problem, solution = self._problem, self._solution
        if not solution.from_data:
            certify(problem, *problem.lambdas(self.alphas, self.l1_ratio), solution)
        return solution.gaps.copy(), solution.violations * (problem.y_norm / problem.total)

    def fit(self, k: int) -> LassoResult:
        """Return the fit at ``alphas[k]`` by itself."""
        return LassoResult(
            coef=self.coefs[:, k].copy(),
            intercept=float(self.intercepts[k]),
            alpha=float(self.alphas[k]),
            dual=self.dual(k),
            gap=float(self.gaps[k]),
            kkt=float(self.kkts[k]),
            n_iter=int(self.n_iters[k]),
            tol=self.tol,
            l1_ratio=self.l1_ratio,
        )

    def dual(self, k: int) -> np.ndarray:
        """Return the feasible dual point, of shape (n_samples,), that proves the gap of ``alphas[k]``.

        It is computed when asked for, from the X that was passed, which must not have changed since.
        """
        problem, _ = self._problem, self._proof
        if problem.needs_projection(self.alphas[k]):
            general = problem.general(self.l1_ratio)
            return objective.dual_point(problem.X, problem.raw_y, self.coefs[:, k], self.alphas[k], **general)
        unit = problem.unit_coefs(self.coefs[:, k])
        return residual_of(problem, unit) * (self._solution.shrinks[k] * problem.y_norm)


def lasso_path(
    X: ArrayLike | csc_array,
    y: ArrayLike,
    *,
    alphas: int | ArrayLike = 100,
    eps: float = 1e-3,
    fit_intercept: bool = True,
    sample_weight: ArrayLike | None = None,
    penalty_weights: ArrayLike | None = None,
    positive: bool = False,
    tol: float = 1e-10,
    max_iter: int = 10_000,
    n_threads: int | None = None,
    progress: bool | Callable[[int, int], object] = False,
) -> PathResult:
    """Fit the Lasso for many alphas, each exactly but for rounding.

    Arguments, errors and warnings are those of `lasso`, and:

    Parameters
    ----------
    alphas : int or array_like of shape (n_alphas,), default 100
        The alphas, in any order, or how many there should be from alpha_max down, in equal ratios.
    eps : float, default 1e-3
        The last of them over the first; not used if `alphas` is an array.
    progress : bool or callable, default False
        True writes how many alphas are done to standard error; a callable gets ``(done, total)``.

    Returns
    -------
    PathResult
        Fits and certificates.

    Examples
    --------
    >>> path = lasso_path([[1.0], [-1.0]], [1.0, -1.0], alphas=3, eps=0.25)
    >>> path.alphas.round(12).tolist(), path.coefs.round(12).tolist()
    ([1.0, 0.5, 0.25], [[0.0, 0.5, 0.75]])
    """
    return elastic_net_path(
        X,
        y,
        l1_ratio=1.0,
        alphas=alphas,
        eps=eps,
        fit_intercept=fit_intercept,
        sample_weight=sample_weight,
        penalty_weights=penalty_weights,
        positive=positive,
        tol=tol,
        max_iter=max_iter,
        n_threads=n_threads,
        progress=progress,
    )


def elastic_net_path(
    X: ArrayLike | csc_array,
    y: ArrayLike,
    *,
    l1_ratio: float = 0.5,
    alphas: int | ArrayLike = 100,
    eps: float = 1e-3,
    fit_intercept: bool = True,
    sample_weight: ArrayLike | None = None,
    penalty_weights: ArrayLike | None = None,
    positive: bool = False,
    tol: float = 1e-10,
    max_iter: int = 10_000,
    n_threads: int | None = None,
    progress: bool | Callable[[int, int], object] = False,
) -> PathResult:
    """Fit the elastic net for many alphas, each exactly but for rounding.

    Arguments, errors and warnings are those of `elastic_net` and `lasso_path`. With ``l1_ratio=0`` there is
    no alpha_max, and `alphas` must be an array.

    Returns
    -------
    PathResult
        Fits and certificates.

    Examples
    --------
    >>> path = elastic_net_path([[1.0], [-1.0]], [1.0, -1.0], alphas=[1.0, 0.5])
    >>> path.coefs.round(12).tolist()
    [[0.333333333333, 0.6]]
    """
    problem = StandardProblem(
        X, y, fit_intercept=fit_intercept, sample_weight=sample_weight, penalty_weights=penalty_weights,
        positive=positive, n_threads=n_threads,
    )  # fmt: skip
    l1_ratio = as_l1_ratio(l1_ratio)
    grid = alpha_grid(problem, alphas, eps, l1_ratio)
    return path(problem, grid, l1_ratio, tol=tol, max_iter=max_iter, progress=progress)


def alpha_grid(problem: StandardProblem, alphas: int | ArrayLike, eps: float, l1_ratio: float) -> np.ndarray:
    """Return the alphas asked for, descending."""
    if np.ndim(alphas) > 0:
        grid = np.sort(as_vector(alphas, name="alphas"))[::-1].copy()
        if grid[-1] < 0:
            raise ValueError(f"alphas must not be negative, found {grid[-1]}")
        return grid
    count, eps = as_count(alphas, "alphas"), as_positive(eps, "eps")
    if eps > 1:
        raise ValueError(f"eps must not be above 1, got {eps}")
    if l1_ratio == 0:
        raise ValueError("alphas must be an array if l1_ratio is 0: there is no alpha_max to start from")
    # Where no feature correlates with y all alphas are the same to it; any positive number will do.
    highest = problem.alpha_max(l1_ratio) or np.finfo(float).resolution
    return np.geomspace(highest, highest * eps, count)


def path(
    problem: StandardProblem,
    alphas: np.ndarray,
    l1_ratio: float,
    *,
    tol: float,
    max_iter: int,
    progress: bool | Callable[[int, int], object] = False,
) -> PathResult:
    """Fit a validated problem at descending alphas; warn if a gap is above `tol`."""
    tol, max_iter = as_positive(tol, "tol"), as_count(max_iter, "max_iter")
    with threads(problem.n_threads), watched(progress, alphas.size) as done:
        solution = solve(problem, alphas, l1_ratio, tol=tol, max_iter=max_iter, progress=done)
    coefs, intercepts = problem.translate(solution)
    result = PathResult(
        alphas=alphas,
        coefs=coefs.T,
        intercepts=intercepts,
        n_iters=solution.rounds,
        tol=tol,
        l1_ratio=l1_ratio,
        _problem=problem,
        _solution=solution,
    )
    gaps = solution.gaps
    failed = np.flatnonzero(~(gaps <= tol))
    if failed.size:
        worst = failed[np.argmax(gaps[failed])]
        warn(
            f"relative duality gap {gaps[worst]:.2e} at alpha={alphas[worst]:.6g}, {tol:.0e} was asked for "
            f"({failed.size} of {alphas.size} alphas)"
        )
    return result
