# ruff: noqa: ANN001, ANN201  (Numba infers the types)
"""Sums over the rows of a dense X: all that the Gram back end and cross-validation need of it.

One pass over X, by a kernel of our own that runs in threads: BLAS would need a copy with the means taken out,
which for few columns costs as much as the product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .engine import _kernel
from .threads import PASS, in_pieces

_ROWS = 192  # samples that the kernel works on at a time: they stay in the cache
_NO_ROWS = np.empty(0, np.int64)


@dataclass
class Moments:
    """Weighted sums over some rows; a shift has been subtracted from x.

    Attributes
    ----------
    weight : float
        The sum of the weights.
    x : numpy.ndarray of shape (n_features,)
    y : float
    xx : numpy.ndarray of shape (n_features, n_features)
    xy : numpy.ndarray of shape (n_features,)
    yy : float
    """

    weight: float
    x: np.ndarray
    y: float
    xx: np.ndarray
    xy: np.ndarray
    yy: float

    def centred(self) -> tuple[np.ndarray, float, np.ndarray, np.ndarray, float]:
        """Return the means of x and y, and what xx, xy and yy are when these are subtracted."""
        x, y = self.x / self.weight, self.y / self.weight
        xx = self.xx - self.weight * np.outer(x, x)
        return x, y, xx, self.xy - self.weight * x * y, self.yy - self.weight * y * y


def moments_of(
    X: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    shift: np.ndarray,
    rows: np.ndarray | None = None,
    n_threads: int | None = None,
) -> Moments:
    """Sum over all rows, or those listed.

    Parameters
    ----------
    X : numpy.ndarray of shape (n_features, n_samples)
        The rows are the features.
    y, weight : numpy.ndarray of shape (n_samples,)
    shift : numpy.ndarray of shape (n_features,)
        Subtracted from each feature; near the means, so that no digits cancel.
    rows : numpy.ndarray of int, optional
    n_threads : int, optional

    Returns
    -------
    Moments
        The sums.
    """
    first, count, rows = run_of(rows, X.shape[1])
    size = 4 * (X.shape[0] // 4) + 8  # the kernel computes blocks of four

    def part(begin: int, end: int) -> np.ndarray:
        out = np.zeros((size, size))
        given = _NO_ROWS if rows is None else rows
        products(X, y, weight, shift, given, first + begin, first + end, out)
        return out

    return _sorted(sum(in_pieces(part, count, count * X.shape[0] ** 2, n_threads)), X.shape[0])


def pulls_of(
    X: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    mean: np.ndarray,
    coef: np.ndarray,
    n_threads: int | None = None,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the residual of coefficients of the centred features, its products with these, and with itself.

    The products are weighted. The parameters are those of `moments_of`.
    """
    residual = np.empty(y.size)

    def part(first: int, last: int) -> np.ndarray:
        out = np.zeros(coef.size + 1)
        pulls(X, y, weight, mean, coef, first, last, residual, out)
        return out

    found = sum(in_pieces(part, y.size, PASS * X.size, n_threads))
    return residual, found[:-1], found[-1]


def combined(moments: list[Moments], counts: np.ndarray) -> Moments:
    """Return the sums over the rows of all groups, each as often as it counts."""
    parts = [
        [count * value for value in vars(group).values()]
        for group, count in zip(moments, counts, strict=True)
        if count
    ]
    return Moments(*(sum(values) for values in zip(*parts, strict=True)))


def run_of(rows: np.ndarray | None, n_samples: int) -> tuple[int, int, np.ndarray | None]:
    """Return where rows begin, how many there are, and which, or None if they are neighbours."""
    if rows is None:
        return 0, n_samples, None
    if rows.size and rows[-1] - rows[0] + 1 == rows.size and (np.diff(rows) == 1).all():
        return int(rows[0]), rows.size, None
    return 0, rows.size, rows


def _sorted(products: np.ndarray, p: int) -> Moments:
    """Sort the products of x, ones and y with one another into their places; only the upper half is used."""
    xx = np.triu(products[:p, :p])
    xx += np.triu(xx, 1).T
    return Moments(
        weight=float(products[p, p]),
        x=products[:p, p].copy(),
        y=float(products[p, p + 1]),
        xx=xx,
        xy=products[:p, p + 1].copy(),
        yy=float(products[p + 1, p + 1]),
    )


@_kernel
def products(X, y, weight, shift, rows, first, last, out):
    """Add to `out` the products of x less shift, ones and y, in this order, with one another: its upper half.

    The samples are those from `first` to `last`, or the rows with these numbers if there are any.
    """
    p = X.shape[0]
    z, numbers = np.zeros((out.shape[0], _ROWS)), np.empty(_ROWS, np.uint64)
    for start in range(first, last, _ROWS):
        count = min(_ROWS, last - start)
        for i in range(count):
            numbers[i] = rows[start + i] if rows.shape[0] > 0 else start + i
            z[p, i] = np.sqrt(weight[numbers[i]])
            z[p + 1, i] = z[p, i] * y[numbers[i]]
        if rows.shape[0] > 0:
            for j in range(p):
                for i in range(count):
                    z[j, i] = z[p, i] * (X[j, numbers[i]] - shift[j])
        else:
            begin = numbers[0]
            for j in range(p):
                for i in range(np.uint64(count)):
                    z[j, i] = z[p, i] * (X[j, begin + i] - shift[j])
        if count < _ROWS:
            z[:, count:] = 0.0
        for a in range(0, p + 2, 2):
            for b in range(a - a % 4, p + 2, 4):  # eight sums stay in registers
                s0, s1, s2, s3, t0, t1, t2, t3 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
                for i in range(_ROWS):
                    u, v = z[a, i], z[a + 1, i]
                    x0, x1, x2, x3 = z[b, i], z[b + 1, i], z[b + 2, i], z[b + 3, i]
                    s0 += x0 * u
                    s1 += x1 * u
                    s2 += x2 * u
                    s3 += x3 * u
                    t0 += x0 * v
                    t1 += x1 * v
                    t2 += x2 * v
                    t3 += x3 * v
                out[a, b] += s0
                out[a, b + 1] += s1
                out[a, b + 2] += s2
                out[a, b + 3] += s3
                out[a + 1, b] += t0
                out[a + 1, b + 1] += t1
                out[a + 1, b + 2] += t2
                out[a + 1, b + 3] += t3


@_kernel
def pulls(X, y, weight, mean, coef, first, last, residual, out):
    """Write the residual of the samples from `first` to `last`; add to `out` its products, see `pulls_of`."""
    r, weighted = np.empty(_ROWS), np.empty(_ROWS)
    for start in range(first, last, _ROWS):
        begin, count = np.uint64(start), np.uint64(min(_ROWS, last - start))
        for i in range(count):
            r[i] = y[begin + i]
        for j in range(coef.shape[0]):
            if coef[j] != 0.0:
                for i in range(count):
                    r[i] -= coef[j] * (X[j, begin + i] - mean[j])
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
                total += (X[j, begin + i] - mean[j]) * weighted[i]
            out[j] += total
