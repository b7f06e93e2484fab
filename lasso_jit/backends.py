"""The back ends of the engine, and the choice between them.

Columns (dense or sparse)
    The engine looks at X itself, at few columns at a time. One look at all of them costs n p multiplications.
Gram
    All of X'X is computed once, and the engine never looks at X: up to 60 columns in one pass that measures
    them too, else by BLAS (`moments`). The residuals and the pulls that certify the answers
    are then computed from X, for all alphas at once.

The Gram matrix costs about p/50 times as much as one look, since BLAS does more multiplications per second
than a look, which waits for memory. Without it an answer takes a few looks, and one more for about every
third alpha of a path. So the Gram matrix pays for dense data with at least as many samples as features if
p <= 60 + 20 n_alphas, unless the alphas are few and the data so small that any call to BLAS costs more than
the fits, or few features have a pull on y that lets them in at the last alpha: then the looks are at few. It
must not take more memory than a fifth of X or 64 MB, either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from . import engine, objective
from .moments import moments_of, parts_of, pulls_of
from .standard import NARROW, SMALL, StandardProblem
from .threads import threads

_FEW = 10  # alphas up to which fits to small data take less time than calls to BLAS
_SHARE = 0.6  # of the features that the last lambda lets in, by their pulls on y
_MEMORY = 64e6  # bytes
_BLOCK = 1 << 19  # numbers in a block of rows, which is copied to be centred
_CLOSER = 1e-3  # of tol, for another attempt where a gap that takes a projection was underestimated
_NONE = np.empty(0)
_NO_COEFS = np.empty((0, 0))


@dataclass
class Solution:
    """What a back end returns, in the units of the engine; the arrays are as in `engine.path`.

    `from_data` says whether gaps, shrinkages and violations are computed from X and y, and not only from the
    Gram matrix; if not, `certify` does it.
    """

    coefs: np.ndarray
    gaps: np.ndarray
    shrinks: np.ndarray
    violations: np.ndarray
    rounds: np.ndarray
    errors: np.ndarray
    residual: np.ndarray
    from_data: bool = True

    @classmethod
    def empty(cls, problem: StandardProblem, n_alphas: int, *, with_coefs: bool = True) -> Solution:
        """Return arrays for a back end to fill."""
        return cls(
            coefs=np.zeros((n_alphas, problem.n_features)) if with_coefs else _NO_COEFS,
            gaps=np.zeros(n_alphas),
            shrinks=np.ones(n_alphas),
            violations=np.zeros(n_alphas),
            rounds=np.zeros(n_alphas, np.int64),
            errors=np.zeros(n_alphas),
            residual=problem.y.copy(),
        )


def prefers_gram(problem: StandardProblem, alphas: np.ndarray, l1_ratio: float, n_folds: int = 1) -> bool:
    """Return whether the Gram back end is predicted to be the faster one, see the top of this file."""
    n, p, n_fits = problem.n_samples, problem.n_features, n_folds * alphas.size
    if problem.gram is not None:
        return True
    if problem.is_sparse or p > min(n, NARROW + 20 * n_fits):
        return False
    if n * p <= SMALL and n_fits <= _FEW:
        return False
    if 16 * p * p > max(_MEMORY, 0.2 * 8 * n * p):
        return False
    lambdas, _ = problem.lambdas(alphas, l1_ratio)
    if p > NARROW and np.count_nonzero(problem.reach > lambdas[-1]) < _SHARE * p:
        return False
    norms = problem.norm[problem.norm > 0]
    return norms.size > 0 and norms.max() < 1e100 and norms.min() > 1e-100  # squares are within range


def solve(
    problem: StandardProblem,
    alphas: np.ndarray,
    l1_ratio: float,
    *,
    tol: float,
    max_iter: int,
    start: np.ndarray = _NONE,
    progress: np.ndarray | None = None,
) -> Solution:
    """Solve for the descending `alphas`; what one attempt leaves above `tol` has others, and the best counts.

    They are without the start, which may be so far away that rounding hides the way back; and closer, where
    the gap takes a projection, since the engine sees a smaller one.
    """
    best = _attempt(problem, alphas, l1_ratio, tol, max_iter, start, progress)
    others = [(_NONE, tol)] if start.size else []
    if problem.needs_projection(alphas[-1]):
        others.append((_NONE, _CLOSER * tol))
    for other_start, other_tol in others:
        if (best.gaps <= tol).all() or not (best.rounds < max_iter).all():
            break
        other = _attempt(problem, alphas, l1_ratio, other_tol, max_iter, other_start)
        best = min(best, other, key=lambda s: s.gaps.max())
    return best


def _attempt(
    problem: StandardProblem,
    alphas: np.ndarray,
    l1_ratio: float,
    tol: float,
    max_iter: int,
    start: np.ndarray,
    progress: np.ndarray | None = None,
) -> Solution:
    """Solve by the back end that is predicted to be fastest, and project where the gaps take that."""
    if problem.y_norm == 0.0:
        return Solution.empty(problem, alphas.size)
    lambdas, rhos = problem.lambdas(alphas, l1_ratio)
    solver = _solve_by_gram_first if prefers_gram(problem, alphas, l1_ratio) else solve_by_columns
    s = solver(problem, lambdas, rhos, tol=tol, max_iter=max_iter, start=start, progress=progress)
    if problem.needs_projection(alphas[-1]):
        if not s.from_data:
            certify(problem, lambdas, rhos, s)
        coefs, _ = problem.translate(replace(s, coefs=s.coefs.copy()))
        for t, alpha in enumerate(alphas):
            if problem.needs_projection(alpha):
                s.gaps[t] = objective.duality_gap(
                    problem.X, problem.raw_y, coefs[t], alpha, **problem.general(l1_ratio)
                )
    return s


def _solve_by_gram_first(
    problem: StandardProblem,
    lambdas: np.ndarray,
    rhos: np.ndarray,
    *,
    tol: float,
    max_iter: int,
    start: np.ndarray,
    progress: np.ndarray | None,
) -> Solution:
    """Solve in terms of the Gram matrix, and finish on the columns of X what it is not good enough for."""
    s = solve_by_gram(problem, lambdas, rhos, tol=tol, max_iter=max_iter, start=start, progress=progress)
    last = Solution.empty(problem, 1)
    last.coefs[0] = s.coefs[-1]
    certify(problem, lambdas[-1:], rhos[-1:], last)
    if not last.gaps[0] <= tol:  # the Gram matrix is not to be trusted
        certify(problem, lambdas, rhos, s)
    elif lambdas.size == 1:
        s = replace(last, rounds=s.rounds)
    for t in np.flatnonzero(~(s.gaps <= tol)):
        one = solve_by_columns(
            problem, lambdas[t : t + 1], rhos[t : t + 1], tol=tol, max_iter=max_iter, start=s.coefs[t].copy()
        )
        s.coefs[t], s.gaps[t], s.shrinks[t] = one.coefs[0], one.gaps[0], one.shrinks[0]
        s.violations[t] = one.violations[0]
        s.rounds[t] += one.rounds[0]
        s.residual = one.residual
    return s


def solve_by_columns(
    problem: StandardProblem,
    lambdas: np.ndarray,
    rhos: np.ndarray,
    *,
    tol: float,
    max_iter: int,
    start: np.ndarray = _NONE,
    progress: np.ndarray | None = None,
    test: np.ndarray = _NONE,
    with_coefs: bool = True,
) -> Solution:
    """Solve by looking at the columns of X."""
    start = _without_rivals(problem, start)
    s = Solution.empty(problem, lambdas.size, with_coefs=with_coefs)
    engine.path(
        problem.columns, problem.y, problem.weight, test, problem.fit_intercept, problem.price,
        problem.pull.copy(), lambdas, rhos, problem.positive, tol, max_iter, start, s.coefs, s.gaps,
        s.shrinks, s.violations, s.rounds, s.errors, s.residual,
        np.zeros(1, np.int64) if progress is None else progress,
    )  # fmt: skip
    return s


def solve_by_gram(
    problem: StandardProblem,
    lambdas: np.ndarray,
    rhos: np.ndarray,
    *,
    tol: float,
    max_iter: int,
    start: np.ndarray = _NONE,
    progress: np.ndarray | None = None,
) -> Solution:
    """Solve in terms of the Gram matrix."""
    start = _without_rivals(problem, start)
    s = Solution.empty(problem, lambdas.size)
    s.coefs, s.gaps, s.rounds = solve_gram(
        gram_matrix(problem), problem.pull, problem.price, problem.norm, lambdas, rhos,
        positive=problem.positive, tol=tol, max_iter=max_iter, start=start, progress=progress,
    )  # fmt: skip
    s.from_data = False
    return s


def _without_rivals(problem: StandardProblem, start: np.ndarray) -> np.ndarray:
    """Let only features without a penalty start, if there are any: a copy of one could keep it out.

    A start as far away as `engine.FAR` is none.
    """
    if not np.abs(start).sum() < engine.FAR:
        return _NONE
    return np.where(problem.price == 0, start, 0.0) if start.size and problem.has_free else start


def solve_gram(
    gram: np.ndarray,
    pull: np.ndarray,
    price: np.ndarray,
    norm: np.ndarray,
    lambdas: np.ndarray,
    rhos: np.ndarray,
    *,
    positive: bool,
    tol: float,
    max_iter: int,
    start: np.ndarray = _NONE,
    progress: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return coefficients of unit columns, gaps and rounds, given the Gram matrix, which is overwritten."""
    usable = np.flatnonzero(price < np.inf)
    unit = np.ascontiguousarray(gram if usable.size == norm.size else gram[np.ix_(usable, usable)])
    unit /= norm[usable]
    unit /= norm[usable][:, None]
    coefs, gaps = np.zeros((lambdas.size, usable.size)), np.empty(lambdas.size)
    rounds = np.zeros(lambdas.size, np.int64)
    engine.gram_path(
        unit, pull[usable], price[usable], norm[usable], lambdas, rhos, positive, tol, max_iter,
        start[usable] if start.size else start, coefs, gaps, rounds,
        np.zeros(1, np.int64) if progress is None else progress,
    )  # fmt: skip
    if usable.size == norm.size:
        return coefs, gaps, rounds
    every = np.zeros((lambdas.size, norm.size))
    every[:, usable] = coefs
    return every, gaps, rounds


def gram_matrix(problem: StandardProblem) -> np.ndarray:
    """Return the weighted Gram matrix of the centred columns."""
    if problem.gram is not None:
        return problem.gram.copy()
    X = problem.columns[0]
    if problem.uniform and not problem.is_off_centre:
        with threads(problem.n_threads, problem.n_samples * problem.n_features**2):
            return X @ X.T
    return moments_of(X, problem.y, problem.weight, problem.mean, n_threads=problem.n_threads).xx.copy()


def blocks(
    problem: StandardProblem, rows: np.ndarray | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield blocks of rows of the centred X, with their y and weights."""
    X = problem.columns[0]
    for part in parts_of(rows, problem.n_samples, _BLOCK // problem.n_features):
        block = X[:, part].T
        yield block - problem.mean if problem.is_off_centre else block, problem.y[part], problem.weight[part]


def certify(problem: StandardProblem, lambdas: np.ndarray, rhos: np.ndarray, s: Solution) -> None:
    """Write into `s` the gaps and what belongs to them, computed from X and y, all alphas at once."""
    p = problem.n_features
    inverse = 1.0 / np.where(problem.norm > 0, problem.norm, 1.0)
    if lambdas.size == 1:
        s.residual, pull, square = pulls_of(
            problem.columns[0],
            problem.y,
            problem.weight,
            problem.mean,
            s.coefs[0] * inverse,
            problem.n_threads,
        )
        pulls, squares = (pull * inverse)[None], [square]
    else:
        pulls, squares = _all_pulls(problem, inverse, s)
    features = np.flatnonzero(problem.price < np.inf)
    inside = np.ones(p, np.bool_)
    for t in range(lambdas.size):
        s.gaps[t], s.shrinks[t], s.violations[t] = engine.judge(
            lambdas[t], rhos[t], problem.price, problem.norm, problem.positive, pulls[t], features,
            s.coefs[t][features], features.size, inside, features, features.size, squares[t],
        )  # fmt: skip
    s.from_data = True


def _all_pulls(problem: StandardProblem, inverse: np.ndarray, s: Solution) -> tuple[np.ndarray, np.ndarray]:
    """Return the pulls on the residuals of all alphas, and the squares of these; write the last residual."""
    coefs = np.ascontiguousarray((s.coefs * inverse).T)
    pulls, squares = np.zeros(coefs.shape), np.zeros(coefs.shape[1])
    residual = []
    with threads(problem.n_threads, problem.n_samples * coefs.size):
        for X, y, weight in blocks(problem):
            residuals = y[:, None] - X @ coefs
            residual.append(residuals[:, -1].copy())
            weighted = residuals if problem.uniform else residuals * weight[:, None]
            pulls += X.T @ weighted
            squares += np.einsum("it,it->t", weighted, residuals)
    s.residual = np.concatenate(residual)
    return np.ascontiguousarray((pulls * inverse[:, None]).T), squares


def residual_of(problem: StandardProblem, coefs: np.ndarray) -> np.ndarray:
    """Return the residual of coefficients of the unit columns, in the units of `problem.y`."""
    residual, features = problem.y.copy(), np.flatnonzero(coefs)
    engine.subtract(problem.columns, features, coefs[features], features.size, residual)
    if problem.fit_intercept:
        residual -= problem.weight @ residual / problem.total
    return residual
