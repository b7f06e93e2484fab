"""Choosing alpha: `lasso_cv` and `elastic_net_cv`.

No fold is ever copied. With at least as many samples as features, rows that are used by the same folds form
a group, the Gram matrix of each group is computed once, and that of the rows on which a fold trains, or which
it tests, is the sum of its groups'. Otherwise the engine runs on all rows, those that do not train having the
weight zero; what is left of them is the validation error.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .backends import blocks, prefers_gram, solve_by_columns, solve_gram
from .certificate import LassoResult
from .fit import warn
from .moments import Moments, combined, moments_of
from .path import alpha_grid, path
from .progress import watched
from .standard import StandardProblem
from .threads import cores, shared, threads
from .validation import as_count, as_l1_ratio, as_positive

if TYPE_CHECKING:
    from scipy.sparse import csc_array

_SMALL = 10_000  # numbers in X up to which a fold takes less time than a thread to start
_CANCELLED = 1e-6  # of the squares of y: smaller errors have lost digits if computed from moments
_MEMORY = 5e8  # bytes that the Gram matrices of all folds may take


@dataclass(frozen=True, eq=False)
class CVResult:
    """A cross-validation, and the fits to all data that it leads to.

    Attributes
    ----------
    alpha : float
        The alpha with the smallest mean validation error.
    alpha_1se : float
        The largest alpha whose mean error is within one standard error of the smallest.
    alphas : numpy.ndarray of shape (n_alphas,)
        Descending.
    mse : numpy.ndarray of shape (n_alphas, n_folds)
        Mean squared error on the rows that a fold tests, weighted if there are sample weights.
    gaps : numpy.ndarray of shape (n_alphas, n_folds)
        Relative duality gaps of the fits to the folds' training rows (told by their Gram matrices, if these
        were used).
    fit, fit_1se : LassoResult
        Certified fits to all data at `alpha` and `alpha_1se`.
    """

    alpha: float
    alpha_1se: float
    alphas: np.ndarray
    mse: np.ndarray
    gaps: np.ndarray
    fit: LassoResult
    fit_1se: LassoResult

    @property
    def coef(self) -> np.ndarray:
        """Coefficients at `alpha`."""
        return self.fit.coef

    @property
    def intercept(self) -> float:
        """Intercept at `alpha`."""
        return self.fit.intercept

    @property
    def gap(self) -> float:
        """Relative duality gap of the fit at `alpha`."""
        return self.fit.gap

    @property
    def mean(self) -> np.ndarray:
        """Mean over the folds of `mse`, of shape (n_alphas,)."""
        return self.mse.mean(axis=1)

    @property
    def standard_error(self) -> np.ndarray:
        """Standard error of `mean`, as if the folds were independent; zero if there is only one."""
        return standard_error_of(self.mse)


def lasso_cv(
    X: ArrayLike | csc_array,
    y: ArrayLike,
    *,
    cv: int | object | Iterable = 5,
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
) -> CVResult:
    """Choose alpha for the Lasso by cross-validation, and fit all data with it.

    All folds use the same alphas, those of a path through all data. Arguments, errors and warnings are those
    of `lasso_path`, and:

    Parameters
    ----------
    cv : int, splitter or iterable, default 5
        A number of folds of neighbouring rows (shuffle ordered data first), an object with a method
        ``split(X, y)`` such as scikit-learn's splitters, or pairs of row numbers (train, test).
    n_threads : int, optional
        How many folds are worked on at the same time. Default: as many as there are processors, unless X is
        so small that starting threads takes longer than a fold.

    Returns
    -------
    CVResult
        All errors, both choices and their fits.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((60, 4))
    >>> cv = lasso_cv(X, X[:, 0] + rng.standard_normal(60), cv=4)
    >>> cv.mse.shape, bool(cv.alpha <= cv.alpha_1se)
    ((100, 4), True)
    """
    return elastic_net_cv(
        X,
        y,
        l1_ratio=1.0,
        cv=cv,
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


def elastic_net_cv(
    X: ArrayLike | csc_array,
    y: ArrayLike,
    *,
    l1_ratio: float = 0.5,
    cv: int | object | Iterable = 5,
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
) -> CVResult:
    """Choose alpha for the elastic net by cross-validation, and fit all data with it.

    Arguments, errors and warnings are those of `elastic_net_path` and `lasso_cv`.

    Returns
    -------
    CVResult
        All errors, both choices and their fits.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((60, 4))
    >>> elastic_net_cv(X, X[:, 0] + rng.standard_normal(60), alphas=30).fit.l1_ratio
    0.5
    """
    problem = StandardProblem(
        X, y, fit_intercept=fit_intercept, sample_weight=sample_weight, penalty_weights=penalty_weights,
        positive=positive, n_threads=n_threads,
    )  # fmt: skip
    l1_ratio = as_l1_ratio(l1_ratio)
    folds, grid = _folds(cv, X, y, problem), alpha_grid(problem, alphas, eps, l1_ratio)
    return _cross_validate(problem, folds, grid, l1_ratio, tol, max_iter, progress)


def _cross_validate(
    problem: StandardProblem,
    folds: list[tuple[np.ndarray, np.ndarray]],
    alphas: np.ndarray,
    l1_ratio: float,
    tol: float,
    max_iter: int,
    progress: bool | Callable[[int, int], object],
) -> CVResult:
    tol, max_iter = as_positive(tol, "tol"), as_count(max_iter, "max_iter")
    size = problem.n_samples * problem.n_features
    n_threads = problem.n_threads or (cores() if size >= _SMALL else 1)
    partition = None
    if problem.y_norm > 0 and prefers_gram(problem, alphas, l1_ratio, len(folds)):
        partition = _groups(problem, folds)
    with watched(progress, alphas.size * len(folds)) as done:
        if partition is not None:
            groups, uses = partition
            data = (problem.columns[0], problem.y, problem.weight, problem.mean)
            moments = [moments_of(*data, rows, problem.n_threads) for rows in groups]
            problem.gram = combined(moments, np.ones(len(groups))).xx  # for the fit to all data

            def one(f: int) -> tuple[np.ndarray, np.ndarray]:
                train, test = (combined(moments, counts) for counts in uses[f])
                return _fold_by_gram(problem, train, test, folds[f], alphas, l1_ratio, tol, max_iter)
        else:

            def one(f: int) -> tuple[np.ndarray, np.ndarray]:
                return _fold_by_columns(problem, *folds[f], alphas, l1_ratio, tol, max_iter)

        def counted(f: int) -> tuple[np.ndarray, np.ndarray]:
            result = one(f)
            done[0] += alphas.size
            return result

        with threads(1):
            results = shared(counted, len(folds), n_threads)
    mse = np.column_stack([errors for errors, _ in results])
    gaps = np.column_stack([gap for _, gap in results])
    mean = mse.mean(axis=1)
    best = int(np.argmin(mean))
    choice = int(np.argmax(mean <= mean[best] + standard_error_of(mse)[best]))
    if not (gaps <= tol).all():
        warn(f"relative duality gap {np.nanmax(gaps):.2e} in a fold, {tol:.0e} was asked for")
    refit = path(problem, alphas[[choice, best]], l1_ratio, tol=tol, max_iter=max_iter)
    fits = [refit.fit(k) for k in range(2)]
    scale = problem.y_norm or 1.0
    with np.errstate(over="ignore"):
        mse = mse * scale * scale
    return CVResult(float(alphas[best]), float(alphas[choice]), alphas, mse, gaps, fits[1], fits[0])


def standard_error_of(mse: np.ndarray) -> np.ndarray:
    """Return the standard error of the mean over the folds, the last axis; zero if there is only one fold."""
    n_folds = mse.shape[1]
    return mse.std(axis=1, ddof=1) / np.sqrt(n_folds) if n_folds > 1 else np.zeros(mse.shape[0])


def _folds(
    cv: int | object | Iterable, X: ArrayLike, y: ArrayLike, problem: StandardProblem
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return pairs of row numbers (train, test)."""
    n = problem.n_samples
    if isinstance(cv, int | np.integer) and not isinstance(cv, bool):
        if not 2 <= cv <= n:
            raise ValueError(f"cv must be from 2 to the number of samples ({n}), got {cv}")
        every = np.arange(n)
        return [(np.delete(every, slice(test[0], test[-1] + 1)), test) for test in np.array_split(every, cv)]
    if hasattr(cv, "split") and not isinstance(cv, str):
        cv = cv.split(X, y)
    elif not isinstance(cv, Iterable) or isinstance(cv, str):
        raise TypeError(f"cv must be an integer, a splitter or pairs (train, test), got {cv!r}")
    folds = []
    for number, fold in enumerate(cv):
        try:
            train, test = fold
        except (TypeError, ValueError) as error:
            raise ValueError(f"cv must give pairs (train, test); fold {number} is not one") from error
        name = f"cv: fold {number}"
        folds.append((_rows(train, n, f"{name}, train,"), _rows(test, n, f"{name}, test,")))
    if not folds:
        raise ValueError("cv gives no folds")
    return folds


def _rows(rows: ArrayLike, n: int, name: str) -> np.ndarray:
    rows = np.asarray(rows)
    if rows.dtype == bool and rows.shape == (n,):
        rows = np.flatnonzero(rows)
    if rows.ndim != 1 or rows.size == 0 or rows.dtype.kind not in "iu":
        raise ValueError(f"{name} must be a vector of row numbers, and not empty")
    if rows.min() < -n or rows.max() >= n:
        raise ValueError(f"{name} has row numbers out of range for {n} samples")
    return np.where(rows < 0, rows + n, rows)


def _fold_by_columns(
    problem: StandardProblem,
    train: np.ndarray,
    test: np.ndarray,
    alphas: np.ndarray,
    l1_ratio: float,
    tol: float,
    max_iter: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return validation errors, in units of ``problem.y_norm**2``, and gaps of a fold, from weighted rows."""
    n = problem.n_samples
    counts = np.bincount(test, minlength=n) * problem.weight
    counts = counts / _total(counts, "test")
    weight = np.bincount(train, minlength=n) * problem.weight
    _total(weight, "train")
    fold = problem.with_weight(weight)
    if fold.y_norm == 0.0:
        offsets = (fold.raw_y - fold.y_mean) / (problem.y_norm or 1.0)
        return np.full(alphas.size, counts @ offsets**2), np.zeros(alphas.size)
    solution = solve_by_columns(
        fold, *fold.lambdas(alphas, l1_ratio), tol=tol, max_iter=max_iter, test=counts, with_coefs=False
    )
    return solution.errors * (fold.y_norm / problem.y_norm) ** 2, solution.gaps


def _groups(
    problem: StandardProblem, folds: list
) -> tuple[list[np.ndarray], list[tuple[np.ndarray, np.ndarray]]] | None:
    """Return rows that all folds use alike, and how often each fold trains and tests on each group of them.

    None stands for too many groups to be worth it.
    """
    n, p = problem.n_samples, problem.n_features
    group = np.zeros(n, np.int64)
    for rows in itertools.chain.from_iterable(folds):
        count = np.bincount(rows, minlength=n)
        code = group * (count.max() + 1) + count
        number = np.cumsum(np.bincount(code) > 0)
        group, n_groups = number[code] - 1, int(number[-1])
        if n_groups * len(folds) > n or 8.0 * p * p * n_groups > _MEMORY:
            return None
    groups = [np.flatnonzero(group == g) for g in range(n_groups)]
    first = [rows[0] for rows in groups]
    return groups, [tuple(np.bincount(rows, minlength=n)[first] for rows in fold) for fold in folds]


def _fold_by_gram(
    problem: StandardProblem,
    train: Moments,
    test: Moments,
    fold: tuple[np.ndarray, np.ndarray],
    alphas: np.ndarray,
    l1_ratio: float,
    tol: float,
    max_iter: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return what `_fold_by_columns` does, from the Gram matrices of the fold's rows where these will do."""
    total = _total(train.weight, "train")
    x_mean, y_mean, xx, xy, yy = train.centred(problem.fit_intercept)
    # Little is left of a sum of squares after the mean is taken out where a column is constant on these rows,
    # and then it is rounding; or where an outlier among the others is so far away that it hides the digits.
    square, hidden = np.diag(xx).copy(), np.diag(xx) < 1e-6 * np.diag(train.xx)
    if any(np.ptp(problem.columns[0][j, fold[0]]) > 0 for j in np.flatnonzero(hidden)):
        return _fold_by_columns(problem, *fold, alphas, l1_ratio, tol, max_iter)
    square[hidden] = 0.0
    norm, y_norm = np.sqrt(square), np.sqrt(yy) if yy > 1e-13 * train.yy else 0.0
    coefs, gaps = np.zeros((alphas.size, norm.size)), np.zeros(alphas.size)
    if y_norm > 0:
        penalty = np.ones_like(norm) if problem.penalty_weights is None else problem.penalty_weights
        price = np.divide(penalty, norm, out=np.full_like(norm, np.inf), where=norm > 0)
        pull = np.divide(xy, norm * y_norm, out=np.zeros_like(norm), where=norm > 0)
        # problem.y is y / problem.y_norm, and alpha is in the units of X and y.
        lambdas = alphas * (total * l1_ratio / (y_norm * problem.y_norm))
        unit, gaps, _ = solve_gram(
            xx, pull, price, norm, lambdas, alphas * (total * (1.0 - l1_ratio)), positive=problem.positive,
            tol=tol, max_iter=max_iter,
        )  # fmt: skip
        coefs = np.divide(unit * y_norm, norm, out=coefs, where=norm > 0)
    errors, bad = _errors(problem, coefs, y_mean - coefs @ x_mean, test, fold[1]), ~(gaps <= tol)
    if bad.any():  # the Gram matrix has too few digits for these
        errors[bad], gaps[bad] = _fold_by_columns(problem, *fold, alphas[bad], l1_ratio, tol, max_iter)
    return errors, gaps


def _errors(
    problem: StandardProblem, coefs: np.ndarray, intercepts: np.ndarray, test: Moments, rows: np.ndarray
) -> np.ndarray:
    """Return the mean squared errors on the rows tested."""
    squares = test.yy - 2.0 * (coefs @ test.xy) + np.einsum("tj,tj->t", coefs @ test.xx, coefs)
    shifts = 2.0 * (coefs @ test.x - test.y) + intercepts * test.weight
    errors = squares + intercepts * shifts
    if not (errors > _CANCELLED * test.yy).all():
        columns, errors = np.ascontiguousarray(coefs.T), np.zeros(coefs.shape[0])
        for block, y, weight in blocks(problem, rows):
            errors += weight @ ((y[:, None] - intercepts) - block @ columns) ** 2
    return errors / _total(test.weight, "test")


def _total(weight: np.ndarray | float, name: str) -> float:
    total = float(np.sum(weight))
    if not total > 0:
        raise ValueError(f"sample_weight is zero for all {name} rows of a fold")
    return total
