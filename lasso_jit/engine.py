# ruff: noqa: ANN001, ANN201  (Numba infers the types)
r"""The engine: a working set, its Gram matrix, and exact steps on the support.

Primal, dual, scaling
---------------------
Every column is centred and divided by its norm, and so is y; nothing is copied, the means and norms are
applied on the fly. In these units, with columns u_j and the intercept gone, the problem is

.. math:: P(w) = \tfrac12\lVert y - Uw\rVert^2 + \sum_j \lambda_j|w_j| + \tfrac12\sum_j \mu_j w_j^2

where lambda_j and mu_j carry alpha, the l1_ratio and the weight of feature j. Samples have weights s_i, which
sum to n; a sample of weight zero takes no part, which is how the folds of a cross-validation are left out
(and then they sum to the weight of the others).
Write r = y - Uw for the residual and c_j = u_j'r for the pull of feature j on it. At the solution

.. math:: c_j - \mu_j w_j = \lambda_j\operatorname{sign}(w_j)\ \text{ if } w_j\ne0,\qquad
          |c_j|\le\lambda_j\ \text{ if } w_j=0.

The dual point is the residual, shrunk until no pull exceeds its lambda_j. The solver stops when the gap
between primal and dual is at most tol times the objective of the empty model, which is 1/2 here.

How it works
------------
1. Few features matter. The working set E holds those with a strong pull (Tibshirani et al. 2012, strong
   rules); `path` solves on E, then looks for features outside whose pull exceeds lambda_j, and repeats.
2. On E everything is in its Gram matrix: a step changes all pulls without looking at a sample.
3. If the support and the signs were known, the solution would solve linear equations. `descend` solves them
   with a Cholesky factor of the support's Gram matrix that gains and loses a row as features come and go
   and walks towards the answer until a coefficient reaches zero, which then leaves. From the solution at the
   last lambda this is the exact warm start (Larsson and Wallin 2022, Hessian screening).
4. Features of E that now pull too hard `enter` by one step of coordinate descent, and 3 is repeated. The
   objective falls in each step, so no support with its signs comes twice, and the end is exact.
5. Where the support changes by few features from one lambda to the next, 3 and 4 are left with nothing to do:
   as lambda falls, the solution moves on a line from one change of the support to the next, and `follow` goes
   along (Osborne, Presnell and Turlach 2000; Efron et al. 2004).
6. Looking at all pulls is the one step that costs n p. A pull moves by at most the distance that the residual
   has moved since the pull was last computed, not counting that both shrink, so that most need not be looked
   at (`look`): they are certainly below lambda_j. The gap that is returned is no less exact for it.
7. With a support too large for its Gram matrix, as on sparse data, coordinate descent on the residual
   (`sweep`) takes the place of 3 and 4: there it costs less than linear equations do. Anderson's
   extrapolation saves some of the sweeps (Bertrand and Massias 2021).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from .general_problem import CONSTANT

# Sums may be reordered, so that they are vectorised; NaN and infinity keep their meaning. A loop that sums
# does not store: if it did, the order of the sum would depend on where the arrays happen to lie in memory.
_options = {"nogil": True, "error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz", "arcp"}}
# Of a whole number that it can read Numba compiles versions apart: where a kernel takes such a number from
# another, the first of them is written `np.int64(0)`.
_kernel = njit(cache=True, **_options)
# What allocates no array need not count who uses which: that took two fifths of the time of a small path.
_light_kernel = njit(cache=True, _nrt=False, **_options)
# What only kernels call needs no entrance for Python, which takes time to compile.
_inside = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_maker = njit(cache=True, **_inside, **_options)
_inner = njit(cache=True, _nrt=False, **_inside, **_options)

#: A pivot of the Cholesky factor is never let below this (columns have norm 1). Along nearly dependent
#: columns the step is then shorter than exact, in the same direction, and ends where a coefficient is zero.
_PIVOT = 1e-14
#: From one lambda to the next, the engine stops on the way if the next is less than this fraction, at first.
_STRIDE = 0.7
#: The same with at least as many samples as features, where no step can lead to too many features.
_LONG_STRIDE = 0.25
#: A lambda at which only features without a penalty enter.
HUGE = 1e250
#: So many features may enter the working set at once, or as many as the support has.
_ENTRANTS = 20
#: How far a pull is supposed to have grown, at most, as a fraction of how far it can, before the last lambda.
_CAUTION = 0.2
#: With a support this many times larger than the entries of a column, coordinate descent takes over: sweeping
#: over the data costs less than what is exact. That is so with more than 5000 features, and never with 500.
_SPARSE, _FEW, _MANY = 8, 500, 5000
#: Coefficients of unit columns whose sum is as large as this cancel one another to the last digit.
FAR = 1e13
#: Where mu_j is as large as this, which takes a column with a norm of 1e-100, only zero is cheap enough.
_STIFF = 1e200
#: Entries below this are zeros: their squares, even after scaling, are out of reach.
_TINY = 1e-300
_LARGEST = np.finfo(np.float64).max
#: No sample with a weight is as many norms of y away, and the square is a float.
_FARTHEST = 1e150
#: Between these, sums of squares have all their digits.
LOW, HIGH = 1e-200, 1e200
#: What varies by less than the root of this, as a fraction of its size, is constant but for rounding: it gets
#: the norm 0. Such a column never enters.
_CONSTANT = CONSTANT**2
#: With diagonal elements of the factor at least this large, the way along the path has enough digits.
_STEADY = 1e-4
#: So many changes of the support are followed between two lambdas. Where there are more it is cheaper to
#: solve for many at once.
_TURNS = 4
#: Where this fraction of the pulls must be looked at, all are: later fewer need be.
_ALL = 1 / 6
#: At most so many columns are multiplied with the working set at a time, and so many numbers of theirs kept
#: for it; of each the product takes so many samples at a time, which stay in the cache.
_BLOCK, _NUMBERS, _SAMPLES = 32, 1 << 22, 2048
#: So many samples of all columns are worked on at a time in one pass over X.
PIECE = 192
#: Coordinate descent on sparse data extrapolates from so many sweeps.
_PAST = 5

# -----------------------------------------------------------------------------------------------------------
# Columns: the only functions that look at X. `columns` is (rows, mean, norm) for dense data, one feature a
# row, and (data, indices, indptr, mean, norm) for sparse data, by columns. Numba compiles only the branch
# that applies, because the length of a tuple is known to it.
# -----------------------------------------------------------------------------------------------------------


@_inner
def count_up(first, last):
    """Return the numbers from `first` to before `last`.

    They are unsigned, as are the rows of sparse entries wherever these are used: so Numba need not ask
    whether an index is negative, and a loop that does not begin at zero takes a third of the time.
    """
    return range(np.uint64(first), np.uint64(last))


@_inner
def span(indptr, j):
    """Return the numbers of the entries of sparse column j."""
    return count_up(indptr[j], indptr[j + 1])


@_light_kernel
def standardise(y, weight, centred, out):
    """Write y, centred and divided by its norm, to `out`; return its mean and norm (0 if y is constant)."""
    n = y.shape[0]
    total, mean, largest, square = 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        total += weight[i]
        if weight[i] > 0.0:
            largest = max(largest, abs(y[i]))
    if centred:
        for i in range(n):
            mean += weight[i] * y[i]
        mean /= total
    inverse = 1.0 / largest if largest > _TINY else 0.0
    for i in range(n):
        entry = (y[i] - mean) * inverse
        square += weight[i] * entry * entry
    if square <= _CONSTANT * total:
        out[:] = 0.0
        return mean, 0.0
    length = np.sqrt(square)
    for i in range(n):  # a sample without weight may be anything, but not infinite: zero times that is NaN
        out[i] = min(max((y[i] - mean) * inverse / length, -_FARTHEST), _FARTHEST)
    return mean, largest * length


@_light_kernel
def measure(columns, y, weight, centred, price, pull, first, last):
    """Fill in mean and norm of the columns from `first` to `last`, and the pulls of the unit columns on y.

    `price` holds the penalty weights and is divided by the norms. What cannot enter gets an infinite price. A
    column with NaN or infinite entries gets the norm NaN, so that nobody need look for them before.
    """
    mean, norm, total = columns[-2], columns[-1], 0.0
    for i in range(y.shape[0]):
        total += weight[i]
    for j in range(first, last):
        scale = 1.0
        centre, raw, square, product = moments(columns, y, weight, total, centred, j, scale)
        if not LOW < raw < HIGH:  # squares are too small or too large: divide by the largest entry first
            scale = scale_of(columns, j)
            centre, raw, square, product = moments(columns, y, weight, total, centred, j, scale)
        mean[j] = centre / scale
        # What is constant but for rounding gets the norm 0.
        norm[j] = np.sqrt(square) / scale if square > _CONSTANT * raw else 0.0
        if not raw < np.inf:
            norm[j] = np.nan
        pull[j] = product / np.sqrt(square) if norm[j] > 0.0 else 0.0
        price[j] = price[j] / norm[j] if norm[j] > 0.0 else np.inf


@_light_kernel
def translate(units, mean, norm, y_mean, y_norm, coefs, intercepts, gaps):
    """Write the coefficients of X, and intercepts, that belong to those of unit columns, row by row.

    `coefs` holds zeros, or is `units`. What no float can hold becomes the largest, and the gap infinite.
    """
    for t in range(units.shape[0]):
        intercept = y_mean
        for j in range(units.shape[1]):
            if units[t, j] != 0.0:
                coef = units[t, j] / norm[j] * y_norm
                if not abs(coef) < _LARGEST:
                    coef, gaps[t] = np.copysign(_LARGEST, coef), np.inf
                coefs[t, j] = coef
                intercept -= coef * mean[j]
        intercepts[t] = min(max(intercept, -_LARGEST), _LARGEST)


@_inner
def moments(columns, y, weight, total, centred, j, scale):
    """Return mean, square before and after centring, and product with y, of column j times `scale`.

    A dense column is read once if its first entry is as good as its mean to subtract: within ten standard
    deviations of it, so that no more than two digits cancel. Else it is read again. Since y sums to zero if
    centred, centring changes nothing in the product.
    """
    centre, raw, square, product = 0.0, 0.0, 0.0, 0.0
    if len(columns) == 3:
        rows, _, _ = columns
        if centred:
            first = 0
            while weight[first] == 0.0:
                first += 1
            centre = rows[j, first] * scale
        for _ in range(3):
            left, around, product = 0.0, 0.0, 0.0
            for i in range(y.shape[0]):
                off = rows[j, i] * scale - centre
                weighted = weight[i] * off
                left += weighted
                around += weighted * off
                product += weighted * y[i]
            if not centred:
                return 0.0, around, around, product
            left /= total
            square = around - total * left * left
            centre += left
            raw = square + total * centre * centre
            if square >= 1e-2 * around:
                break
    else:
        data, indices, indptr, _, _ = columns
        seen = 0.0
        for e in span(indptr, j):
            row, entry = np.uint64(indices[e]), data[e] * scale
            w = weight[row]
            seen += w
            centre += w * entry
            raw += w * entry * entry
            product += w * entry * y[row]
        centre = centre / total if centred else 0.0
        for e in span(indptr, j):
            square += weight[np.uint64(indices[e])] * (data[e] * scale - centre) ** 2
        if indptr[j + 1] - indptr[j] < y.shape[0]:  # the zeros that are not stored
            square += (total - seen) * centre * centre
    return centre, raw, square, product


@_inner
def scale_of(columns, j):
    """Return a power of two near one over the largest entry of column j: it changes no digit."""
    largest = 0.0
    if len(columns) == 3:
        rows, _, _ = columns
        for i in range(rows.shape[1]):
            largest = max(largest, abs(rows[j, i]))
    else:
        data, _, indptr, _, _ = columns
        for e in span(indptr, j):
            largest = max(largest, abs(data[e]))
    return 2.0 ** -np.floor(np.log2(largest)) if largest > _TINY else 1.0


@_inner
def correlate(columns, vector, features, count, pull):
    """Set pull[j] = u_j'vector for the first `count` features listed."""
    if len(columns) == 3:
        rows, mean, norm = columns
        n = rows.shape[1]
        for first in range(0, count, 4):  # four at a time read the vector once
            j0 = features[first]
            j1 = features[min(first + 1, count - 1)]
            j2 = features[min(first + 2, count - 1)]
            j3 = features[min(first + 3, count - 1)]
            m0, m1, m2, m3 = mean[j0], mean[j1], mean[j2], mean[j3]
            s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
            for i in range(n):
                v = vector[i]
                s0 += (rows[j0, i] - m0) * v
                s1 += (rows[j1, i] - m1) * v
                s2 += (rows[j2, i] - m2) * v
                s3 += (rows[j3, i] - m3) * v
            pull[j0], pull[j1], pull[j2], pull[j3] = (
                s0 / norm[j0],
                s1 / norm[j1],
                s2 / norm[j2],
                s3 / norm[j3],
            )
    else:
        data, indices, indptr, mean, norm = columns
        total = 0.0
        for i in range(vector.shape[0]):
            total += vector[i]
        for f in range(count):
            j = features[f]
            s = -mean[j] * total
            for e in span(indptr, j):
                s += data[e] * vector[np.uint64(indices[e])]
            pull[j] = s / norm[j]


@_inner
def expand(columns, weight, j, out):
    """Write the unit column u_j, times the weights of the samples, into `out`."""
    if len(columns) == 3:
        rows, mean, norm = columns
        for i in range(rows.shape[1]):
            out[i] = weight[i] * ((rows[j, i] - mean[j]) / norm[j])
    else:
        data, indices, indptr, mean, norm = columns
        for i in range(out.shape[0]):
            out[i] = -weight[i] * (mean[j] / norm[j])
        for e in span(indptr, j):
            row = np.uint64(indices[e])
            out[row] += weight[row] * (data[e] / norm[j])


@_inner
def multiply(columns, block, features, count, out):
    """Set out[b, f] = block[b]'u_j for the first `count` features j listed, and each vector of the block."""
    if len(columns) == 3:
        rows, mean, norm = columns
        size, n = block.shape
        for start in range(0, n, _SAMPLES):  # a piece of the block stays in the cache
            end = min(start + _SAMPLES, n)
            for first in range(0, count, 4):  # two vectors times four columns: eight sums stay in registers
                f1, f2, f3 = min(first + 1, count - 1), min(first + 2, count - 1), min(first + 3, count - 1)
                j0, j1, j2, j3 = features[first], features[f1], features[f2], features[f3]
                m0, m1, m2, m3 = mean[j0], mean[j1], mean[j2], mean[j3]
                d0, d1, d2, d3 = norm[j0], norm[j1], norm[j2], norm[j3]
                for a in range(0, size, 2):
                    b = min(a + 1, size - 1)
                    s0, s1, s2, s3, t0, t1, t2, t3 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
                    for i in count_up(start, end):
                        u, v = block[a, i], block[b, i]
                        x0, x1 = rows[j0, i] - m0, rows[j1, i] - m1
                        x2, x3 = rows[j2, i] - m2, rows[j3, i] - m3
                        s0 += x0 * u
                        s1 += x1 * u
                        s2 += x2 * u
                        s3 += x3 * u
                        t0 += x0 * v
                        t1 += x1 * v
                        t2 += x2 * v
                        t3 += x3 * v
                    # At the end of a list the same product is here more than once: nothing is added twice.
                    s0, s1, s2, s3 = s0 / d0, s1 / d1, s2 / d2, s3 / d3
                    t0, t1, t2, t3 = t0 / d0, t1 / d1, t2 / d2, t3 / d3
                    if start > 0:
                        s0, s1, s2, s3 = s0 + out[a, first], s1 + out[a, f1], s2 + out[a, f2], s3 + out[a, f3]
                        t0, t1, t2, t3 = t0 + out[b, first], t1 + out[b, f1], t2 + out[b, f2], t3 + out[b, f3]
                    out[a, first], out[a, f1], out[a, f2], out[a, f3] = s0, s1, s2, s3
                    out[b, first], out[b, f1], out[b, f2], out[b, f3] = t0, t1, t2, t3
    else:
        data, indices, indptr, mean, norm = columns
        for b in range(block.shape[0]):
            total = 0.0
            for i in range(block.shape[1]):
                total += block[b, i]
            for f in range(count):
                j = features[f]
                s = -mean[j] * total
                for e in span(indptr, j):
                    s += data[e] * block[b, np.uint64(indices[e])]
                out[b, f] = s / norm[j]


@_kernel
def products(rows, y, weight, shift, numbers, first, last, out):
    """Add to `out` the products of x less shift, ones and y, in this order, with one another.

    The samples are those from `first` to `last`, or those with these `numbers` if there are any.
    """
    p, size = rows.shape[0], out.shape[0]
    z, every, block = np.zeros((size, PIECE)), np.arange(size), np.empty((4, size))
    columns = (z, np.zeros(size), np.ones(size))
    for start in range(first, last, PIECE):
        begin, count = np.uint64(start), min(PIECE, last - start)
        for i in range(count):
            sample = numbers[start + i] if numbers.shape[0] > 0 else start + i
            z[p, i] = np.sqrt(weight[sample])
            z[p + 1, i] = z[p, i] * y[sample]
        for j in range(p):
            if numbers.shape[0] > 0:
                for i in range(count):
                    z[j, i] = z[p, i] * (rows[j, numbers[start + i]] - shift[j])
            else:
                for i in count_up(0, count):
                    z[j, i] = z[p, i] * (rows[j, begin + i] - shift[j])
        z[:, count:] = 0.0
        for a in range(0, size, 4):
            multiply(columns, z[a : a + 4], every[a:], size - a, block)
            for b in range(4):
                for f in range(size - a):
                    out[a + b, a + f] += block[b, f]
    for a in range(size):
        for b in range(a):
            out[a, b] = out[b, a]


@_kernel
def pulls(rows, y, weight, mean, coef, first, last, residual, out):
    """Write the residual of the samples from `first` to `last`, and add its products to `out`.

    These are the products with the features less their means, and with itself, weighted.
    """
    r, weighted = np.empty(PIECE), np.empty(PIECE)
    for start in range(first, last, PIECE):
        begin, count = np.uint64(start), np.uint64(min(PIECE, last - start))
        for i in range(count):
            r[i] = y[begin + i]
        for j in range(coef.shape[0]):
            if coef[j] != 0.0:
                for i in range(count):
                    r[i] -= coef[j] * (rows[j, begin + i] - mean[j])
        for i in range(count):
            residual[begin + i] = r[i]
            weighted[i] = weight[begin + i] * r[i]
        square = 0.0
        for i in range(count):
            square += weighted[i] * r[i]
        out[-1] += square
        for j in range(coef.shape[0]):
            total = 0.0
            for i in range(count):
                total += (rows[j, begin + i] - mean[j]) * weighted[i]
            out[j] += total


@_light_kernel
def subtract(columns, features, w, count, residual):
    """Subtract w[f] u_j from `residual` for the first `count` features j listed."""
    if len(columns) == 3:
        rows, mean, norm = columns
        for f in range(count):
            if w[f] != 0.0:
                j = features[f]
                step, centre = w[f] / norm[j], mean[j]
                for i in range(residual.shape[0]):
                    residual[i] -= step * (rows[j, i] - centre)
    else:
        data, indices, indptr, mean, norm = columns
        shift = 0.0
        for f in range(count):
            if w[f] != 0.0:
                j = features[f]
                step = w[f] / norm[j]
                shift += step * mean[j]
                for e in span(indptr, j):
                    residual[np.uint64(indices[e])] -= step * data[e]
        for i in range(residual.shape[0]):
            residual[i] += shift


@_inner
def pull_of(columns, weighted, j, missing):
    """Return u_j'weighted; a sparse residual lacks a constant, `missing` over the sum of weights."""
    s = 0.0
    if len(columns) == 3:
        rows, mean, norm = columns
        for i in range(weighted.shape[0]):
            s += (rows[j, i] - mean[j]) * weighted[i]
    else:
        data, indices, indptr, mean, norm = columns
        for e in span(indptr, j):
            s += data[e] * weighted[np.uint64(indices[e])]
        s += missing * mean[j]  # the residual sums to zero, so that centring changes nothing else
    return s / norm[j]


@_inner
def entries_of(columns):
    """Return the mean number of entries of a column."""
    if len(columns) == 3:
        return float(columns[0].shape[1])
    return columns[2][-1] / columns[-1].shape[0]


@_inner
def push(columns, weight, weighted, j, change):
    """Subtract change times u_j, times `weight`, from the weighted residual.

    If X is sparse this leaves out a constant, which is returned.
    """
    if len(columns) == 3:
        rows, mean, norm = columns
        step, centre = change / norm[j], mean[j]
        for i in range(weighted.shape[0]):
            weighted[i] -= weight[i] * (step * (rows[j, i] - centre))
        return 0.0
    data, indices, indptr, mean, norm = columns
    step = change / norm[j]
    for e in span(indptr, j):
        row = np.uint64(indices[e])
        weighted[row] -= weight[row] * (step * data[e])
    return step * mean[j]


# -----------------------------------------------------------------------------------------------------------
# Linear algebra: an upper triangular R with R'R the Gram matrix of the support, ridge included. `support[i]`
# is the position in the working set of the i-th of `size` features. All loops run along rows.
# -----------------------------------------------------------------------------------------------------------


@_inner
def append(R, size, support, gram, ridge, k, column):
    """Append position k of the working set to the support, and to R; return whether it is independent."""
    for i in range(size):
        column[i] = gram[k, support[i]]
    pivot = gram[k, k] + ridge[k]
    for i in range(size):
        z = column[i] / R[i, i]
        R[i, size] = z
        pivot -= z * z
        for m in count_up(i + 1, size):
            column[m] -= z * R[i, m]
    R[size, size] = np.sqrt(max(pivot, _PIVOT))
    support[size] = k
    return pivot > _PIVOT


@_inner
def remove(R, size, support, i):
    """Remove the i-th member of the support, and its column of R; rotations make R triangular again."""
    for t in range(i, size - 1):
        support[t] = support[t + 1]
    for t in range(size):
        for m in count_up(max(i, t - 1) + 1, size):
            R[t, m - np.uint64(1)] = R[t, m]
    for t in range(i, size - 1):
        length = np.hypot(R[t, t], R[t + 1, t])
        cosine, sine = R[t, t] / length, R[t + 1, t] / length
        R[t, t] = length
        for m in count_up(t + 1, size - 1):
            above, below = R[t, m], R[t + 1, m]
            R[t, m] = cosine * above + sine * below
            R[t + 1, m] = cosine * below - sine * above


@_inner
def solve(R, size, b):
    """Replace the first `size` numbers of b by the solution z of R'R z = b."""
    for i in range(size):
        z = b[i] / R[i, i]
        b[i] = z
        if z != 0.0:
            for m in count_up(i + 1, size):
                b[m] -= z * R[i, m]
    for i in range(size - 1, -1, -1):
        s = b[i]
        for m in count_up(i + 1, size):
            s -= R[i, m] * b[m]
        b[i] = s / R[i, i]


# -----------------------------------------------------------------------------------------------------------
# The problem on the working set
# -----------------------------------------------------------------------------------------------------------


class Work(NamedTuple):
    """The working set: `members` features in order of entry, `size` of them in the support.

    `features` says which they are. All else goes by member, unlike in `Outlook`: `pull` is c_j - mu_j w_j,
    which optimality compares with lambda_j, the `threshold`, lambda times the `price`; `ridge` is mu_j.
    `support` lists members, in the order of the rows of `R`. As lambda falls by one, the support changes by
    `along` and the pulls fall by `drift`, which is known for the first `known[0]` members (an array, since
    numbers in a tuple do not change). `slope`, `step` and `moved` are scratch; `moved` is zero between calls.
    """

    features: np.ndarray
    w: np.ndarray
    pull: np.ndarray
    threshold: np.ndarray
    price: np.ndarray
    ridge: np.ndarray
    gram: np.ndarray
    R: np.ndarray
    support: np.ndarray
    along: np.ndarray
    drift: np.ndarray
    known: np.ndarray
    slope: np.ndarray
    step: np.ndarray
    moved: np.ndarray


@_maker
def working_set(p, capacity):
    """Return an empty working set with room for `capacity` of p features."""
    return Work(
        np.empty(p, np.int64), np.zeros(p), np.empty(p), np.empty(p), np.empty(p), np.zeros(p),
        np.empty((capacity, capacity)), np.empty((capacity, capacity)), np.empty(p, np.int64),
        np.empty(p), np.empty(p), np.zeros(1, np.int64), np.empty(p), np.empty(p), np.zeros(p),
    )  # fmt: skip


@_inner
def pull_by(work, members, k, change):
    """Update all pulls as w[k] changes."""
    row = work.gram[k]
    for i in range(members):
        work.pull[i] -= change * row[i]
    work.pull[k] -= change * work.ridge[k]


@_inner
def descend(work, positive, members, size):
    """Move to the minimum over the support with its signs, dropping each coefficient that reaches zero.

    Returns the size of the support and by how much the objective fell.
    """
    w, slope, step, moved, support, R = work.w, work.slope, work.step, work.moved, work.support, work.R
    work.known[0] = 0
    gain, nobody = 0.0, np.int64(-1)
    for i in range(size):
        k = support[i]
        slope[i] = work.pull[k] - np.copysign(work.threshold[k], w[k])
    while size > 0:
        for i in range(size):
            step[i] = slope[i]
        solve(R, size, step)
        fraction, leaver, product = 1.0, nobody, 0.0
        for i in range(size):
            k = support[i]
            product += slope[i] * step[i]
            if w[k] == 0.0:
                fraction, leaver = 0.0, i
            # An unpenalised coefficient may change its sign: its objective is smooth at zero.
            elif (work.threshold[k] > 0.0 or positive) and np.copysign(1.0, w[k]) * (w[k] + step[i]) <= 0.0:
                if -w[k] / step[i] < fraction:
                    fraction, leaver = -w[k] / step[i], i
        gain += (fraction - 0.5 * fraction * fraction) * product
        for i in range(size):
            k = support[i]
            change = -w[k] if i == leaver else fraction * step[i]
            w[k] += change
            moved[k] += change
            slope[i] *= 1.0 - fraction  # the slope along the support falls in proportion
        if leaver < 0:
            break
        w[support[leaver]] = 0.0
        remove(R, size, support, leaver)
        size -= 1
        for i in range(leaver, size):
            slope[i] = slope[i + 1]
    for k in range(members):
        if moved[k] != 0.0:
            pull_by(work, members, k, moved[k])
            moved[k] = 0.0
    return size, gain


@_inner
def enter(work, positive, members, size, rounding):
    """Give each member that pulls too hard a first value, and append it to the support.

    Returns the size of the support and by how much the objective fell.
    """
    w, pull = work.w, work.pull
    work.known[0] = 0
    gain = 0.0
    for k in range(members):
        excess = abs(pull[k]) - work.threshold[k]
        if w[k] == 0.0 and excess > rounding and (pull[k] > 0.0 or not positive):
            independent = append(work.R, size, work.support, work.gram, work.ridge, k, work.step)
            if not independent and work.threshold[k] == 0.0 and not positive:
                continue  # the support can do without it, and nothing would bound its coefficient
            curvature = work.gram[k, k] + work.ridge[k]
            w[k] = np.copysign(excess / curvature, pull[k])
            gain += 0.5 * curvature * w[k] * w[k]
            pull_by(work, members, k, w[k])
            size += 1
            if not independent:  # it takes the place of another: let that leave before more enter
                break
    return size, gain


@_inner
def aim(work, members, size):
    """Find out how support and pulls change as lambda falls, unless it is known."""
    w, price, along, drift, support = work.w, work.price, work.along, work.drift, work.support
    first = work.known[0]
    if first == 0:
        for i in range(size):
            along[i] = np.copysign(price[support[i]], w[support[i]])
        solve(work.R, size, along)
    drift[first:members] = 0.0
    for i in range(size):
        row, change = work.gram[support[i]], along[i]
        for k in count_up(first, members):
            drift[k] += change * row[k]
    work.known[0] = members


@_inner
def turn(work, members, size, i):
    """Change `along` and `drift` so that they suit a support which the i-th member has entered or leaves."""
    price, along, drift, step, support = work.price, work.along, work.drift, work.step, work.support
    k = support[i]
    step[:size] = 0.0
    step[i] = 1.0
    solve(work.R, size, step)
    if work.w[k] == 0.0:
        change = -along[i] / step[i]  # it will not move any more
    else:
        change = np.copysign(price[k], work.w[k]) - drift[k]  # its pull will fall as fast as its threshold
    for m in range(size):
        step[m] *= change
        along[m] += step[m]
    for m in range(size):
        row, change = work.gram[support[m]], step[m]
        for k in range(members):
            drift[k] += change * row[k]


@_inner
def follow(work, positive, members, size, lam, target, limit):
    """Follow the solution as lambda falls from `lam` to `target`, but over no more than `limit` changes.

    What then is left to do, what pulls too hard from the beginning, and features that nearly depend on one
    another are for `optimise`. Returns the size of the support and how often it has changed.
    """
    w, pull, price, along, drift = work.w, work.pull, work.price, work.along, work.drift
    support = work.support
    for i in range(size):
        if work.R[i, i] < _STEADY:
            return size, 0
    aim(work, members, size)
    turns, nobody = 0, np.int64(-1)
    while True:
        fall, leaver, entrant = lam - target, nobody, nobody
        for i in range(size):
            k = support[i]
            if w[k] * along[i] < 0.0 and -w[k] / along[i] < fall and (price[k] > 0.0 or positive):
                fall, leaver = -w[k] / along[i], i
        for k in range(members):
            if w[k] == 0.0 and price[k] > 0.0:
                side = 1.0 if pull[k] > drift[k] * lam or positive else -1.0  # where they meet, if they do
                slack, rate = lam * price[k] - side * pull[k], price[k] - side * drift[k]
                if -1e-12 * price[k] * lam < slack < fall * rate and rate > 1e-9 * price[k]:
                    fall, leaver, entrant = max(slack, 0.0) / rate, nobody, k
        for i in range(size):
            w[support[i]] += fall * along[i]
        for k in range(members):
            pull[k] -= fall * drift[k]
        lam -= fall
        if leaver >= 0:
            w[support[leaver]] = 0.0
            turn(work, members, size, leaver)
            remove(work.R, size, support, leaver)
            size -= 1
            for i in range(leaver, size):
                along[i] = along[i + 1]
        elif entrant >= 0:
            append(work.R, size, support, work.gram, work.ridge, entrant, work.step)
            if work.R[size, size] < _STEADY:
                break
            w[entrant] = np.copysign(_TINY, pull[entrant])  # so that its sign is known
            along[size] = 0.0
            size += 1
            turn(work, members, size, size - 1)
        else:
            break
        turns += 1
        if turns == limit:
            break
    return size, turns


@_inner
def violation(work, positive, members):
    """Return the worst violation of the optimality conditions in the working set."""
    worst = 0.0
    for k in range(members):
        if work.w[k] != 0.0:
            excess = abs(work.pull[k] - np.copysign(work.threshold[k], work.w[k]))
        else:
            excess = (work.pull[k] if positive else abs(work.pull[k])) - work.threshold[k]
        worst = max(worst, excess)
    return worst


@_inner
def optimise(work, positive, members, size, lam, target, tol, max_rounds, follows):
    """Solve on the working set for lambda `target`; if it `follows`, from the solution at `lam`.

    Returns the size of the support, the number of rounds, and of changes of the support.
    """
    before, turns, gain, idle = size, 0, 0.0, 0
    if follows:
        size, turns = follow(work, positive, members, size, lam, target, min(_TURNS, max_rounds))
    rounds, arrived = turns, follows
    while rounds < max_rounds:
        rounds += 1
        if not arrived:
            size, more = descend(work, positive, members, size)
            gain += more
        length = 0.0
        for i in range(size):
            length += abs(work.w[work.support[i]])
        # A violation of this size costs at most tol, because the gap is at most violation * ||w||_1 and terms
        # of second order; and no pull is known better than to rounding.
        worst, rounding = violation(work, positive, members), 4e-16 * (1.0 + length)
        if worst <= max(tol / (1.0 + length), rounding):
            break
        if arrived:  # not quite
            arrived = False
            continue
        idle = 0 if gain > 1e-3 * tol else idle + 1
        if idle == 5 or not length < FAR:  # all that is left is rounding
            break
        size, gain = enter(work, positive, members, size, rounding)
    return size, rounds, turns if follows else abs(size - before)


@_inner
def set_penalties(work, members, size, lam, rho, price, norm):
    """Set lambda_j and mu_j of all members; R is computed anew if mu_j has changed.

    Returns the size of the support: less of a ridge may leave features in it that depend on others, and they
    are set to zero, to `enter` again one by one.
    """
    changed = False
    for k in range(members):
        j = work.features[k]
        mu = ridge_of(rho, price[j], norm[j])
        changed = changed or mu != work.ridge[k]
        work.pull[k] += (work.ridge[k] - mu) * work.w[k]
        work.threshold[k], work.ridge[k] = lam * price[j] if mu < _STIFF else np.inf, mu
        work.price[k] = price[j]
    if not changed:
        return size
    kept, work.known[0] = np.int64(0), 0
    for i in range(size):
        k = work.support[i]
        if append(work.R, kept, work.support, work.gram, work.ridge, k, work.step):
            kept += 1
        else:
            w = work.w[k]
            work.w[k] = 0.0
            pull_by(work, members, k, -w)
    return kept


@_inner
def set_pulls(work, members, pull):
    """Set the pulls of all members, given those of all features."""
    for k in range(members):
        work.pull[k] = pull[work.features[k]] - work.ridge[k] * work.w[k]


@_inner
def supported(work, members):
    """Make the members with a coefficient the support, but for those the others can do without: these get 0.

    Returns the size of the support.
    """
    size = np.int64(0)
    for k in range(members):
        if work.w[k] != 0.0:
            if append(work.R, size, work.support, work.gram, work.ridge, k, work.step):
                size += 1
            else:
                work.w[k] = 0.0
    return size


@_inner
def ridge_of(rho, price, norm):
    """Return mu_j, at most `_STIFF`."""
    return min(rho * price / norm, _STIFF) if rho > 0.0 else 0.0


@_inner
def next_stride(stride, usual, rounds):
    """Return the factor by which lambda falls next, on the way to the one asked for.

    Far from a solution steps are many, so the way goes along the path. Where one round was enough the support
    has hardly changed, and the stride grows.
    """
    return max(stride * stride, 1e-3) if rounds <= 1 else usual


@_inner
def next_stop(last, target, rho, stride, highest, free):
    """Return the lambda to solve for after `last`, on the way to `target`, its rho, and whether it is that.

    `rho` is the one at the target. If there are features without a penalty they come first, alone.
    """
    if free:
        return HUGE, 0.0, False
    lam = stride * last
    if not lam > target or not last > 1e-12 * highest:
        return target, rho, True
    return lam, rho * (lam / target) if target > 0.0 else rho, False


# -----------------------------------------------------------------------------------------------------------
# The whole problem
# -----------------------------------------------------------------------------------------------------------


class Problem(NamedTuple):
    """What does not change along a path; see `path`."""

    columns: tuple
    y: np.ndarray
    weight: np.ndarray
    centred: bool
    price: np.ndarray
    norm: np.ndarray
    positive: bool


class Outlook(NamedTuple):
    """What is known of all features.

    `usable` lists those that may enter, `inside` says which are in the working set. `pull` is u_j'residual
    when it was last computed, and `reach` the lambda at which the feature would enter by it, or by a guess.
    `reference` is the size that all pulls had at the residual `anchor`; `looked` lists the features with
    pulls computed last. `weighted` is the `residual` times the weights of the samples.
    """

    usable: np.ndarray
    inside: np.ndarray
    pull: np.ndarray
    reach: np.ndarray
    reference: np.ndarray
    looked: np.ndarray
    residual: np.ndarray
    anchor: np.ndarray
    weighted: np.ndarray


@_maker
def outlook_at_zero(problem, pull, residual):
    """Return what is known when all coefficients are zero, from the pulls on y."""
    n, p, count = problem.y.shape[0], problem.price.shape[0], 0
    usable, reach, reference = np.empty(p, np.int64), np.zeros(p), np.zeros(p)
    for j in range(p):
        if problem.price[j] < np.inf:
            usable[count] = j
            count += 1
            reference[j] = pull[j] if problem.positive else abs(pull[j])
            if problem.price[j] > 0.0:
                reach[j] = reference[j] / problem.price[j]
    anchor, weighted = np.empty(n), np.empty(n)
    for i in range(n):
        residual[i] = anchor[i] = problem.y[i]
        weighted[i] = problem.weight[i] * problem.y[i]
    return Outlook(
        usable[:count], np.zeros(p, np.bool_), pull, reach, reference, np.empty(p, np.int64),
        residual, anchor, weighted,
    )  # fmt: skip


@_inner
def choose(outlook, work, members, cutoff, least, limit):
    """List the features outside whose reach is longest and above `cutoff`; return how many.

    If there are more than `limit` it takes no more than that, and not much fewer than `least`.
    """
    reach, inside = outlook.reach, outlook.inside
    low, high, count = cutoff, 0.0, 0
    for j in range(reach.shape[0]):
        above = reach[j] > low and not inside[j]
        count += above
        high = max(high, reach[j] if above else 0.0)
    for _ in range(30):  # bisection: cheaper than sorting, and ties cost nothing
        if count <= limit:
            break
        middle = 0.5 * (low + high)
        above = 0
        for j in range(reach.shape[0]):
            above += reach[j] > middle and not inside[j]
        if above < least:
            high = middle
        else:
            low, count = middle, above
    entrants = 0
    if count == 0:
        return entrants
    for j in range(reach.shape[0]):
        if reach[j] > low and not inside[j] and entrants < limit:
            work.features[members + entrants] = j
            work.w[members + entrants] = 0.0
            entrants += 1
    return entrants


@_maker
def admit(problem, outlook, work, members, entrants, block, product, sweeping):
    """Make the features listed next members: compute their pulls and their rows of the Gram matrix."""
    features, end = work.features, members + entrants
    correlate(problem.columns, outlook.weighted, features[members:end], entrants, outlook.pull)
    if sweeping:
        for k in range(members, end):
            outlook.inside[features[k]] = True
        return
    for first in range(members, end, block.shape[0]):
        last = min(first + block.shape[0], end)
        for k in range(first, last):
            outlook.inside[features[k]] = True
            expand(problem.columns, problem.weight, features[k], block[k - first])
        multiply(problem.columns, block[: last - first], features, last, product)
        for k in range(first, last):
            for i in range(last):
                work.gram[k, i] = product[k - first, i]
                work.gram[i, k] = product[k - first, i]


@_maker
def grown(work, members, size, capacity):
    """Return the working set with room for more."""
    gram, R = np.empty((capacity, capacity)), np.empty((capacity, capacity))
    for k in range(members):
        for i in range(members):
            gram[k, i] = work.gram[k, i]
    for k in range(size):
        for i in range(k, size):
            R[k, i] = work.R[k, i]
    return Work(
        work.features, work.w, work.pull, work.threshold, work.price, work.ridge, gram, R, work.support,
        work.along, work.drift, work.known, work.slope, work.step, work.moved,
    )  # fmt: skip


@_inner
def look(problem, outlook, work, members, lam, caution):
    """Compute the residual, and each pull that may reach its lambda_j; return how many of them there are.

    The pull of feature j was reference[j] when the residual was `anchor`. Since u_j has norm 1, it is now at
    most share * reference[j] + ||residual - share * anchor||, whatever the share, and least for about that
    of the anchor that is left in the residual. With `caution` 1 no pull that reaches its lambda_j is missed;
    on the way to the lambda asked for less will do, because most grow by much less than they might.
    """
    weight, residual, anchor = problem.weight, outlook.residual, outlook.anchor
    n = residual.shape[0]
    for i in range(n):
        residual[i] = problem.y[i]
    subtract(problem.columns, work.features, work.w, members, residual)
    if problem.centred:
        weights, total = 0.0, 0.0
        for i in range(n):
            weights += weight[i]
            total += weight[i] * residual[i]
        for i in range(n):
            residual[i] -= total / weights
    distance, share = 0.0, 1.0
    if caution == 1.0:
        product, square = 0.0, 0.0
        for i in range(n):
            product += weight[i] * residual[i] * anchor[i]
            square += weight[i] * anchor[i] * anchor[i]
        share = max(product, 0.0) / square if square > 0.0 else 0.0
    for i in range(n):
        distance += weight[i] * (residual[i] - share * anchor[i]) ** 2
    for i in range(n):
        outlook.weighted[i] = weight[i] * residual[i]
    distance = caution * np.sqrt(distance) + 1e-14
    looked, count = outlook.looked, 0
    for j in range(looked.shape[0]):  # without a branch, which nobody could predict
        looked[count] = j
        count += outlook.inside[j] | (share * outlook.reference[j] + distance >= lam * problem.price[j])
    everywhere = count > _ALL * outlook.usable.shape[0]
    if everywhere:  # then at all of them, and this residual becomes the anchor
        count = outlook.usable.shape[0]
        for f in range(count):
            looked[f] = outlook.usable[f]
        for i in range(n):
            anchor[i] = residual[i]
    elif share != 1.0:  # a guess for those that are not looked at
        for j in range(looked.shape[0]):
            guess = share * outlook.reference[j]
            outlook.reach[j] = guess / problem.price[j] if problem.price[j] > 0.0 else 0.0
    correlate(problem.columns, outlook.weighted, looked, count, outlook.pull)
    for f in range(count):
        j = looked[f]
        side = outlook.pull[j] if problem.positive else abs(outlook.pull[j])
        if everywhere:
            outlook.reference[j] = side
        outlook.reach[j] = side / problem.price[j] if problem.price[j] > 0.0 else 0.0
    return count


@_maker
def sweep(problem, outlook, work, members, tol, max_rounds):
    """Solve on a working set too large for a Gram matrix, by coordinate descent on the residual.

    Returns the number of sweeps over all members. Now and then `extrapolate` saves some.
    """
    columns, weight, weighted, w = problem.columns, problem.weight, outlook.weighted, work.w
    total, last = 0.0, _PAST
    for i in range(weighted.shape[0]):
        total += weight[i]
    coefs, residuals = np.empty((_PAST + 1, members)), np.empty((_PAST + 1, weighted.shape[0]))
    for rounds in range(1, max_rounds + 1):
        worst, length, shift = 0.0, 0.0, 0.0
        for k in range(members):
            j = work.features[k]
            target = w[k] + pull_of(columns, weighted, j, shift * total)
            new = max(abs(target) - work.threshold[k], 0.0) / (1.0 + work.ridge[k])
            if target < 0.0:
                new = 0.0 if problem.positive else -new
            change = new - w[k]
            if change != 0.0:
                w[k] = new
                shift += push(columns, weight, weighted, j, change)
                worst = max(worst, abs(change) * (1.0 + work.ridge[k]))
            length += abs(new)
        for i in range(weighted.shape[0]):
            weighted[i] += weight[i] * shift
        if worst <= max(tol / (1.0 + length), 4e-16 * (1.0 + length)):
            return rounds
        last = last + 1 if last < _PAST else 0
        for k in range(members):
            coefs[last, k] = w[k]
        for i in range(weighted.shape[0]):
            residuals[last, i] = weighted[i]
        if last == _PAST:
            extrapolate(problem, work, members, coefs, residuals, weighted)
    return max_rounds


@_maker
def extrapolate(problem, work, members, coefs, residuals, weighted):
    """Replace the coefficients by a combination of those after the last sweeps, if it is better.

    It is the combination whose changes nearly cancel (Anderson 1965; Bertrand and Massias 2021). `coefs` and
    `residuals`, one row a sweep, are overwritten; `weighted` is replaced by the combination's residual.
    """
    past = coefs.shape[0] - 1
    gram, R, share, scratch = np.empty((past, past)), np.empty((past, past)), np.empty(past), np.empty(past)
    support, ridge = np.empty(past, np.int64), np.zeros(past)
    for a in range(past):
        for b in range(a + 1):
            product = 0.0
            for k in range(members):
                product += (coefs[a + 1, k] - coefs[a, k]) * (coefs[b + 1, k] - coefs[b, k])
            gram[a, b] = product
    square, total = gram[0, 0], 0.0
    if not square > 0.0:
        return
    for a in range(past):
        for b in range(a + 1):
            gram[a, b] /= square
        append(R, a, support, gram, ridge, a, scratch)
        share[a] = 1.0
    solve(R, past, share)
    for a in range(past):
        total += share[a]
    for a in range(past):
        share[a] /= total
    combine(share, coefs)
    combine(share, residuals)
    w, residual = coefs[0], residuals[0]
    for k in range(members):
        if problem.positive and w[k] < 0.0:
            return
    if objective(problem, work, w, residual) < objective(problem, work, work.w[:members], weighted):
        for k in range(members):
            work.w[k] = w[k]
        for i in range(weighted.shape[0]):
            weighted[i] = residual[i]


@_inner
def size_of(columns, n, work, members):
    """Return the sum of the norms of all that adds up to the fit: of a sparse column and its mean apart."""
    mean, norm, total = columns[-2], columns[-1], 0.0
    for k in range(members):
        if work.w[k] != 0.0:
            j = work.features[k]
            total += abs(work.w[k])
            if len(columns) > 3:
                total += abs(work.w[k]) * np.sqrt(n) * abs(mean[j]) / norm[j]
    return total


@_inner
def combine(share, rows):
    """Write to the first of the rows the sum of the others, each times its share."""
    for k in range(rows.shape[1]):
        total = 0.0
        for a in range(share.shape[0]):
            total += share[a] * rows[a + 1, k]
        rows[0, k] = total


@_inner
def objective(problem, work, w, weighted):
    """Return twice the objective of the members' coefficients w, given their residual times the weights."""
    value = 0.0
    for i in range(weighted.shape[0]):
        if problem.weight[i] > 0.0:
            value += weighted[i] * (weighted[i] / problem.weight[i])
    return value + penalty(work, w)


@_inner
def penalty(work, w):
    """Return twice the penalty of the members' coefficients w."""
    total = 0.0
    for k in range(w.shape[0]):
        if w[k] != 0.0:  # the threshold may be infinite
            total += 2.0 * work.threshold[k] * abs(w[k]) + work.ridge[k] * w[k] ** 2
    return total


@_light_kernel
def judge(lam, rho, price, norm, positive, pull, features, w, members, inside, looked, count, square):
    """Return the relative gap, the shrinkage of the residual that gives it, and the worst KKT violation.

    `square` is the squared norm of the residual. The terms of the gap are at least zero one by one
    (Fenchel-Young), so nothing cancels. Where mu_j > 0 the dual puts a price on a pull above lambda_j instead
    of forbidding it, so that the residual itself may be the better dual point: both are tried. A feature
    without any penalty demands a pull of exactly zero; what it has stands here for what
    `objective.duality_gap` computes by projection.
    """
    strongest, worst, exceptions = 1.0, 0.0, rho > 0.0
    for f in range(count):
        j = looked[f]
        side = pull[j] if positive else abs(pull[j])
        threshold = lam * price[j]
        if threshold == 0.0:
            exceptions = True
        elif side > strongest * threshold:
            strongest = side / threshold
        if not inside[j]:
            worst = max(worst, (side - threshold) * norm[j])
    gap, best = np.inf, 1.0
    for shrink in (1.0 / strongest, 1.0):
        misfit, slack = (1.0 - shrink) ** 2 * square, 0.0
        for f in range(count if exceptions else 0):
            j = looked[f]
            side = shrink * (pull[j] if positive else abs(pull[j]))
            threshold, mu = lam * price[j], ridge_of(rho, price[j], norm[j])
            if mu > 0.0:
                if shrink == 1.0 or threshold == 0.0:  # else the pull was shrunk to the threshold
                    slack += 0.5 * max(side - threshold, 0.0) ** 2 / mu
            elif threshold == 0.0 and not inside[j]:
                misfit += max(side, 0.0)
        for k in range(members):
            j = features[k]
            threshold, mu = lam * price[j], ridge_of(rho, price[j], norm[j])
            if threshold > 0.0 or mu > 0.0:
                if w[k] != 0.0:  # the threshold may be infinite
                    slack += (threshold * abs(w[k]) - shrink * pull[j] * w[k]) + 0.5 * mu * w[k] * w[k]
            elif w[k] != 0.0 or not positive:
                misfit += abs(pull[j])
            else:
                misfit += max(pull[j], 0.0)
        if misfit + 2.0 * max(slack, 0.0) < gap:
            gap, best = misfit + 2.0 * max(slack, 0.0), shrink
        if rho == 0.0:
            break
    for k in range(members):
        j = features[k]
        threshold, mu = lam * price[j], ridge_of(rho, price[j], norm[j])
        if w[k] != 0.0:
            excess = abs(pull[j] - mu * w[k] - np.copysign(threshold, w[k]))
        else:
            excess = (pull[j] if positive else abs(pull[j])) - threshold
        worst = max(worst, excess * norm[j])
    return gap, best, worst


@_inner
def verdict(problem, outlook, work, members, lam, rho):
    """Look at all pulls that matter; return what `judge` says of them, and the objective.

    The objective is relative to that of the empty model.
    """
    count, square = look(problem, outlook, work, members, lam, 1.0), 0.0
    for i in range(outlook.residual.shape[0]):
        square += outlook.weighted[i] * outlook.residual[i]
    value = square + penalty(work, work.w[:members])
    gap, shrink, worst = judge(
        lam, rho, problem.price, problem.norm, problem.positive, outlook.pull, work.features, work.w, members,
        outlook.inside, outlook.looked, count, square,
    )  # fmt: skip
    return gap, shrink, worst, value


@_kernel
def path(columns, y, weight, test, centred, price, pull, lambdas, rhos, positive, tol, max_rounds, start,
         coefs, gaps, shrinks, violations, rounds, errors, residual, progress):  # fmt: skip
    """Solve for each of the descending `lambdas`, each from the one before.

    Parameters
    ----------
    columns : tuple
        The columns with their means and norms, see `measure`.
    y : (n,)
        Centred, of norm 1 in the weights.
    weight : (n,)
        Weights of the samples.
    test : (n,) or (0,)
        Weights with which squared errors are summed up in `errors`.
    price : (p,)
        lambda_j / lambda: penalty weight over norm; infinite for what must not enter.
    pull : (p,)
        The pulls on y; overwritten.
    lambdas, rhos : (n_alphas,)
        S alpha l1_ratio / ||y|| and S alpha (1 - l1_ratio), where S is the sum of the weights; mu_j is
        rho price_j / norm_j.
    start : (p,) or (0,)
        Coefficients of the unit columns to start from.
    coefs : (n_alphas, p), or (0, p) if they are not wanted
        Zeros; the coefficients of the unit columns are written here.
    gaps, shrinks, violations, rounds, errors : (n_alphas,)
        Zeros; written are: relative gap; what the residual is multiplied by to give the dual point; worst
        violation of the optimality conditions, times norm_j; rounds of exact step and entry; sum of `test`
        times squared residual.
    residual : (n,)
        Written: the residual at the last lambda.
    progress : (1,)
        How many of the lambdas are done, for whoever watches.
    """
    n, p = y.shape[0], price.shape[0]
    problem = Problem(columns, y, weight, centred, price, columns[-1], positive)
    outlook = outlook_at_zero(problem, pull, residual)
    none = np.int64(0)
    capacity, members, size = np.int64(64), none, none
    height = min(_BLOCK, max(_NUMBERS // n, 2))
    work, block, product = working_set(p, capacity), np.empty((height, n)), np.empty((height, capacity))

    # Features without a penalty, or with a coefficient to start from, are members from the beginning.
    highest, entrants, cold = longest_reach(pull, price, positive), 0, start.shape[0] == 0
    for j in outlook.usable:
        if price[j] == 0.0 or (not cold and start[j] != 0.0):
            work.features[entrants], work.w[entrants] = j, 0.0 if cold else start[j]
            entrants += 1
    limit = int(min(max(_SPARSE * entries_of(columns), _FEW), _MANY))
    # Sparse columns are nearly orthogonal: the pulls on y tell how large the support will be.
    sweeping = len(columns) > 3 and cold and entrants == 0
    sweeping = sweeping and choose(outlook, work, members, lambdas[0], 1, p) > limit
    usual_stride = _STRIDE if outlook.usable.shape[0] > n else _LONG_STRIDE
    lam, t, stride, preset, turns = highest if cold else lambdas[0], 0, usual_stride, entrants > 0, 0
    while t < lambdas.shape[0]:
        last, target = lam, lambdas[t]
        pace = 0.0 if sweeping else stride  # sweeps need no stops on the way
        lam, rho, asked = next_stop(last, target, rhos[t], pace, highest, cold and preset)
        size = set_penalties(work, members, size, lam, rho, price, problem.norm)
        cutoff = max(2.0 * lam - last, 0.5 * lam)  # the strong rule, but no lower than half of lambda
        # What features without a penalty leave to the others they may not get back.
        accuracy = 0.1 * tol if asked or lam == HUGE else max(0.1 * tol, 1e-3)
        done, gap, value, best, idle = 0, np.inf, np.inf, np.inf, 0
        while True:
            if not preset:
                most = max(limit, members) if sweeping else max(_ENTRANTS, size)
                entrants = choose(outlook, work, members, cutoff, most // 2 if sweeping else 1, most)
            if max(size, entrants) > limit:
                sweeping, size, work = True, none, grown(work, none, none, none)
            if members + entrants > capacity and not sweeping:
                capacity = max(2 * capacity, members + entrants)
                work, product = grown(work, members, size, capacity), np.empty((height, capacity))
            if entrants > 0:
                admit(problem, outlook, work, members, entrants, block, product, sweeping)
                members += entrants
                set_penalties(work, members, none, lam, rho, price, problem.norm)
            if preset:
                preset = False
                size = none if sweeping else supported(work, members)
                look(problem, outlook, work, members, lam, 1.0)

            # Solve on the working set, from the pulls of the true residual: this mends what rounding spoilt.
            set_pulls(work, members, pull)
            if sweeping:
                if t == 0 and gap == np.inf:  # the first working set is a guess
                    accuracy = max(accuracy, 1e-2)
                more = sweep(problem, outlook, work, members, accuracy, max_rounds - done)
            else:
                follows = done == 0 and rho == 0.0 and lam < last and turns < _TURNS
                size, more, turns = optimise(
                    work, positive, members, size, last, lam, accuracy, max_rounds - done, follows
                )
            done += more
            if not asked:
                # Features without a penalty change all pulls, and the way on begins with the longest reach.
                look(problem, outlook, work, members, 0.0 if lam == HUGE else lam, _CAUTION)
                break
            gap, shrinks[t], violations[t], value = verdict(problem, outlook, work, members, lam, rho)
            if gap < 0.5 * best or entrants > 0:
                best, idle = min(best, gap), 0
            else:
                idle += 1
            if gap <= tol or done >= max_rounds or idle == 4:  # after four vain attempts all is rounding
                break
            cutoff = lam
            # Sweeps cost too much to be more exact than the working set is complete.
            if sweeping:
                share = 0.1 if t == 0 and entrants > 0 else 1e-3
                accuracy = max(0.1 * tol, share * min(gap, 0.1))
            else:
                accuracy *= 0.1
        if asked:
            # Nothing but rounding, and worse than no model, or who knows.
            if not value <= 1.0 + tol or not size_of(columns, n, work, members) < FAR:
                work.w[:members] = 0.0
                size, work.known[0] = none, 0
                gap, shrinks[t], violations[t], value = verdict(problem, outlook, work, members, lam, rho)
            gaps[t] = gap
        rounds[t] += done
        stride = next_stride(stride, usual_stride, done)
        if lam == HUGE:
            highest = longest_reach(pull, price, positive)
            lam = highest
        elif asked:
            errors[t] = error_of(residual, test)
            if coefs.shape[0] > 0:
                for k in range(members):
                    coefs[t, work.features[k]] = work.w[k]
            t += 1
            progress[0] = t


@_kernel
def gram_path(gram, pull, price, norm, lambdas, rhos, positive, tol, max_rounds, start,
              coefs, gaps, rounds, progress):  # fmt: skip
    """Do the same with all features in the working set, given their Gram matrix and their pulls on y.

    The parameters are those of `path`; all features must be usable (finite price). The gaps are those that
    the Gram matrix tells of.
    """
    p = pull.shape[0]
    empty, size, every = working_set(p, 0), np.int64(0), np.arange(p)
    work = Work(
        every, empty.w, pull.copy(), empty.threshold, empty.price, empty.ridge, gram, np.empty((p, p)),
        empty.support, empty.along, empty.drift, empty.known, empty.slope, empty.step, empty.moved,
    )  # fmt: skip
    free, cold, raw, inside = False, start.shape[0] == 0, np.empty(p), np.ones(p, np.bool_)
    if cold:
        for j in range(p):
            free = free or price[j] == 0.0
    else:
        for j in range(p):
            work.w[j] = start[j]
        size = supported(work, p)
        for i in range(size):
            k = work.support[i]
            pull_by(work, p, k, work.w[k])
    highest = longest_reach(work.pull, price, positive)
    lam, t, stride, turns = highest if cold else lambdas[0], 0, _LONG_STRIDE, 0
    while t < lambdas.shape[0]:
        last, target = lam, lambdas[t]
        lam, rho, asked = next_stop(last, target, rhos[t], stride, highest, free)
        size = set_penalties(work, p, size, lam, rho, price, norm)
        accuracy = 0.1 * tol if asked or lam == HUGE else max(0.1 * tol, 1e-3)
        follows = rho == 0.0 and lam < last and turns < _TURNS
        size, done, turns = optimise(work, positive, p, size, last, lam, accuracy, max_rounds, follows)
        rounds[t] += done
        stride = next_stride(stride, _LONG_STRIDE, done)
        if lam == HUGE:
            free, highest = False, longest_reach(work.pull, price, positive)
            lam = highest
        elif asked:
            square = 1.0  # the squared norm of the residual, that of y less w'X'(y + residual)
            for k in range(p):
                raw[k] = work.pull[k] + work.ridge[k] * work.w[k]
                square -= work.w[k] * (pull[k] + raw[k])
            gaps[t] = judge(
                lam, rho, price, norm, positive, raw, every, work.w, p, inside, every, p, max(square, 0.0)
            )[0]
            for k in range(p):
                coefs[t, k] = work.w[k]
            t += 1
            progress[0] = t


@_inner
def error_of(residual, test):
    """Return the sum of the squared residuals, weighted by `test` if this is not empty, else 0."""
    total = 0.0
    for i in range(test.shape[0]):
        total += test[i] * residual[i] ** 2
    return total


@_inner
def longest_reach(pull, price, positive):
    """Return the largest lambda at which a feature with a penalty would enter."""
    longest = 0.0
    for j in range(pull.shape[0]):
        if price[j] > 0.0:
            longest = max(longest, (pull[j] if positive else abs(pull[j])) / price[j])
    return longest
