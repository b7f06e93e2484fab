# ruff: noqa: ANN001, ANN201, ANN202  (Numba infers the types)
"""The kernels that a page may call: thin wrappers around the compiled functions of ``lasso_jit``.

Arguments are numbers and arrays of doubles. An entry writes its results into arrays that the caller passes,
and ``wasm_build.py`` compiles it to WebAssembly. Python can call the same functions.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from lasso_jit import engine
from lasso_jit.coordinate_descent import sweep as one_sweep
from lasso_jit.fista import fista_step as one_fista_step
from lasso_jit.ista import ista_step as one_ista_step

_TOL, _MAX_ROUNDS = 1e-13, 1000
_BISECTIONS = 60


@njit(error_model="numpy")
def soft_threshold(z, alpha, out):
    """Write to out[0] where coordinate descent takes a coefficient whose least squares value is z."""
    X, residual, out[0] = np.ones((1, 1)).T, np.full(1, z), 0.0
    one_sweep(X, residual, out, np.ones(1), alpha)


@njit(error_model="numpy")
def ista_step(X, y, coef, alpha, step):
    """Replace `coef` by the next iterate of ISTA."""
    coef[:] = one_ista_step(X, y, coef, alpha, step)


@njit(error_model="numpy")
def fista_step(X, y, coef, ahead, momentum, alpha, step, restart):
    """Replace `coef`, `ahead` and momentum[0] by those of the next iteration of FISTA."""
    coef[:], ahead[:], momentum[0] = one_fista_step(X, y, coef, ahead, momentum[0], alpha, step, restart != 0)


@njit(error_model="numpy")
def sweep(X, y, coef, alpha):
    """Update each coefficient once by coordinate descent, in place."""
    p = coef.shape[0]
    curvature = np.empty(p)
    for j in range(p):
        curvature[j] = np.mean(X[:, j] ** 2)
    one_sweep(X, y - X @ coef, coef, curvature, alpha)


@njit(error_model="numpy")
def contact(gram, least_squares, budget, ridge, coef, price):
    """Find where the contours around `least_squares` touch the region that the budget allows.

    The region is ``sum |w| <= budget``, or ``sum w**2 <= budget**2`` if `ridge` is not 0. The Gram matrix is
    regular and has ones on its diagonal. Written are the coefficients and price[0], the penalty at which the
    engine finds them. What they spend falls as the penalty rises, so that bisection finds it.
    """
    pull, price[0], coef[:] = gram @ least_squares, 0.0, least_squares
    if _spent(coef, ridge) <= budget:
        return
    low, high, before, after = 0.0, _largest(pull), coef.copy(), np.zeros(coef.shape[0])
    if budget <= 0.0:
        price[0], coef[:] = high, 0.0
        return
    while ridge != 0.0:  # no penalty makes all of ridge's coefficients zero
        _penalised(gram, pull, high, ridge, after)
        if _spent(after, ridge) <= budget:
            break
        high *= 2.0
    for _ in range(_BISECTIONS):
        price[0] = 0.5 * (low + high)
        _penalised(gram, pull, price[0], ridge, coef)
        if _spent(coef, ridge) > budget:
            low, before[:] = price[0], coef
        else:
            high, after[:] = price[0], coef
    excess, slack = _spent(before, ridge) - budget, budget - _spent(after, ridge)
    share = excess / (excess + slack) if excess + slack > 0.0 else 0.0
    coef[:] = before + share * (after - before)


@njit(error_model="numpy")
def _penalised(gram, pull, penalty, ridge, coef):
    """Solve with columns whose Gram matrix has ones on its diagonal."""
    coefs, ones, penalties = np.zeros((1, pull.shape[0])), np.ones(pull.shape[0]), np.full(1, penalty)
    lambdas, rhos = (penalties, np.zeros(1)) if ridge == 0.0 else (np.zeros(1), penalties)
    engine.gram_path(
        gram, pull, ones, ones, lambdas, rhos, False, _TOL, _MAX_ROUNDS, np.empty(0), coefs, np.zeros(1),
        np.zeros(1, np.int64), np.zeros(1, np.int64),
    )  # fmt: skip
    coef[:] = coefs[0]


@njit(error_model="numpy")
def _largest(vector):
    largest = 0.0
    for entry in vector:
        largest = max(largest, abs(entry))
    return largest


@njit(error_model="numpy")
def _spent(coef, ridge):
    return np.sum(np.abs(coef)) if ridge == 0.0 else np.sqrt(np.sum(coef**2))


@njit(error_model="numpy")
def path(X, y, alphas, coefs, intercepts, gaps):
    """Write the coefficients, row by row, and intercepts of the Lasso at the descending `alphas`."""
    n, p = X.shape
    rows, weight, unit_y = X.T, np.ones(n), np.empty(n)
    y_mean, y_norm = engine.standardise(y, weight, True, unit_y)
    columns = (rows, np.empty(p), np.empty(p))
    pull, price, m = np.empty(p), np.empty(p), alphas.shape[0]
    for j in range(p):
        centre, _, square, product = engine.moments(columns, unit_y, weight, float(n), True, j, 1.0)
        columns[1][j], columns[2][j] = centre, np.sqrt(square)
        pull[j], price[j] = product / columns[2][j], 1.0 / columns[2][j]
    every, units, gram = np.arange(p), np.empty((p, n)), np.empty((p, p))
    for j in range(p):
        engine.expand(columns, weight, j, units[j])
    engine.multiply(columns, units, every, p, gram)
    found = np.zeros((m, p))
    engine.gram_path(
        gram, pull, price, columns[2], alphas * (n / y_norm), np.zeros(m), False, _TOL, _MAX_ROUNDS,
        np.empty(0), found, gaps, np.zeros(m, np.int64), np.zeros(1, np.int64),
    )  # fmt: skip
    coefs[:] = 0.0
    engine.translate(found, columns[1], columns[2], y_mean, y_norm, coefs, intercepts, gaps)


@njit(error_model="numpy")
def cross_validate(X, y, n_folds, alphas, errors):
    """Write the mean squared errors of each fold, row by row; a fold is a block of rows, as in `lasso_cv`."""
    n, p = X.shape
    m, first = alphas.shape[0], 0
    coefs, intercepts, gaps = np.empty((m, p)), np.empty(m), np.empty(m)
    for fold in range(n_folds):
        last = first + n // n_folds + (1 if fold < n % n_folds else 0)
        rows, target = np.empty((p, n - (last - first))), np.empty(n - (last - first))
        for i in range(n - (last - first)):
            source = i if i < first else i + last - first
            target[i] = y[source]
            for j in range(p):
                rows[j, i] = X[source, j]
        path(rows.T, target, alphas, coefs, intercepts, gaps)
        for t in range(m):
            total = 0.0
            for i in range(first, last):
                left = y[i] - intercepts[t]
                for j in range(p):
                    left -= X[i, j] * coefs[t, j]
                total += left * left
            errors[fold, t] = total / (last - first)
        first = last


@njit(error_model="numpy")
def gap(X, y, coef, alpha, out):
    """Write to out[0] the relative duality gap, and to out[1] the objective, of centred data.

    The formulas are those of ``lasso_jit.objective.relative_gap``, which the tests compare.
    """
    n = y.shape[0]
    residual = y - X @ coef
    pull = X.T @ residual / n
    length, strongest, square = np.sum(np.abs(coef)), _largest(pull), np.sum(residual**2) / (2 * n)
    shrink = alpha / strongest if strongest > alpha else 1.0
    slack = alpha * length - shrink * np.sum(coef * pull)
    out[0] = ((1.0 - shrink) ** 2 * square + max(slack, 0.0)) / (np.sum(y**2) / (2 * n))
    out[1] = square + alpha * length


@njit(error_model="numpy")
def normals(seed, out):
    """Fill `out` with standard normal numbers that depend on nothing but the seed.

    Uniform numbers come from SplitMix64 (Steele, Lea and Flood 2014), and pairs of normal ones from these by
    the polar method (Marsaglia and Bray 1964).
    """
    state, k, n = np.uint64(np.int64(seed)), 0, out.shape[0]
    pair = np.empty(2)
    while k < n:
        for i in range(2):
            state += np.uint64(0x9E3779B97F4A7C15)
            z = state
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z ^= z >> np.uint64(31)
            pair[i] = float(np.int64(z >> np.uint64(11))) * 2.0**-52 - 1.0
        square = pair[0] * pair[0] + pair[1] * pair[1]
        if 0.0 < square < 1.0:
            scale = np.sqrt(-2.0 * _log(square) / square)
            out[k] = pair[0] * scale
            if k + 1 < n:
                out[k + 1] = pair[1] * scale
            k += 2


@njit(error_model="numpy")
def _log(x):
    """Return the logarithm of a number in (0, 1): a WebAssembly module has none of its own."""
    doublings = 0
    while x < 0.7:
        x *= 2.0
        doublings += 1
    s = (x - 1.0) / (x + 1.0)
    power, total = s, 0.0
    for k in range(1, 26, 2):
        total += power / k
        power *= s * s
    return 2.0 * total - doublings * 0.6931471805599453


#: Entry, and its arguments: the shape of an array ("n,p"; "n;p" if it is column-major), "number" or
#: "integer". Sizes that are not arguments themselves are passed before the arguments.
ENTRIES = {
    soft_threshold: {"z": "number", "alpha": "number", "out": "1"},
    ista_step: {"X": "n;p", "y": "n", "coef": "p", "alpha": "number", "step": "number"},
    fista_step: {
        "X": "n;p", "y": "n", "coef": "p", "ahead": "p", "momentum": "1", "alpha": "number", "step": "number",
        "restart": "number",
    },
    sweep: {"X": "n;p", "y": "n", "coef": "p", "alpha": "number"},
    contact: {
        "gram": "p,p", "least_squares": "p", "budget": "number", "ridge": "number", "coef": "p", "price": "1",
    },
    path: {"X": "n;p", "y": "n", "alphas": "m", "coefs": "m,p", "intercepts": "m", "gaps": "m"},
    cross_validate: {"X": "n;p", "y": "n", "n_folds": "integer", "alphas": "m", "errors": "n_folds,m"},
    gap: {"X": "n;p", "y": "n", "coef": "p", "alpha": "number", "out": "2"},
    normals: {"seed": "integer", "out": "n"},
}  # fmt: skip
