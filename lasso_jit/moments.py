"""Sums over the rows of a dense X: all that the Gram back end and cross-validation need of it.

For few columns by one pass over X, by a kernel of `engine` that runs in threads: BLAS needs a copy with the
means taken out, which then costs as much as the product. For many columns by BLAS, in blocks of rows.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from . import engine
from .threads import PASS, in_pieces, threads

_NO_ROWS = np.empty(0, np.int64)
_FEW = 100  # columns
_BLOCK = 1 << 21  # numbers in a block of rows


class Moments:
    """Weighted sums over some rows; a shift has been subtracted from x.

    Attributes
    ----------
    products : numpy.ndarray of shape (n_features + 2, n_features + 2)
        Sums of the products of x, one and y, in this order, with one another. All else are its parts.
    weight : float
        The sum of the weights.
    x : numpy.ndarray of shape (n_features,)
    y : float
    xx : numpy.ndarray of shape (n_features, n_features)
    xy : numpy.ndarray of shape (n_features,)
    yy : float
    """

    def __init__(self, products: np.ndarray) -> None:
        self.products = products
        self.weight, self.y, self.yy = products[-2, -2], products[-2, -1], products[-1, -1]
        self.x, self.xx, self.xy = products[-2, :-2], products[:-2, :-2], products[-1, :-2]

    def centred(self, by_mean: bool) -> tuple[np.ndarray, float, np.ndarray, np.ndarray, float]:
        """Return the means of x and y, or zeros, and what xx, xy and yy are when these are subtracted."""
        if not by_mean:
            return np.zeros_like(self.x), 0.0, self.xx, self.xy, self.yy
        means = self.products[-2] / self.weight
        left = self.products - np.outer(self.weight * means, means)
        return means[:-2], means[-1], left[:-2, :-2], left[-1, :-2], left[-1, -1]


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
    if X.shape[0] > _FEW:
        with threads(n_threads, (X.shape[1] if rows is None else rows.size) * X.shape[0] ** 2):
            return Moments(_products(X, y, weight, shift, rows))
    first, count, rows = run_of(rows, X.shape[1])
    size = 4 * ((X.shape[0] + 5) // 4)  # ones and y as well, and the kernel takes four at a time

    def part(begin: int, end: int) -> np.ndarray:
        out = np.zeros((size, size))
        given = _NO_ROWS if rows is None else rows
        engine.products(X, y, weight, shift, given, first + begin, first + end, out)
        return out

    products = sum(in_pieces(part, count, count * X.shape[0] ** 2, n_threads))
    return Moments(products[: X.shape[0] + 2, : X.shape[0] + 2])


def _products(
    X: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    shift: np.ndarray,
    rows: np.ndarray | None,
) -> np.ndarray:
    """Return what `engine.products` does, by BLAS."""
    p = X.shape[0]
    products = np.zeros((p + 2, p + 2))
    for part in parts_of(rows, X.shape[1], _BLOCK // p):
        root = np.sqrt(weight[part])
        block = np.empty((p + 2, root.size))
        np.subtract(X[:, part], shift[:, None], out=block[:p])
        block[p], block[p + 1] = 1.0, y[part]
        if (root != 1.0).any():
            block *= root
        products += block @ block.T
    return products


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
        engine.pulls(X, y, weight, mean, coef, first, last, residual, out)
        return out

    found = sum(in_pieces(part, y.size, PASS * X.size, n_threads))
    return residual, found[:-1], found[-1]


def combined(moments: list[Moments], counts: np.ndarray) -> Moments:
    """Return the sums over the rows of all groups, each as often as it counts."""
    return Moments(sum(c * m.products for m, c in zip(moments, counts, strict=True) if c))


def parts_of(rows: np.ndarray | None, n_samples: int, size: int) -> Iterator[slice | np.ndarray]:
    """Yield what indexes the rows, all or those listed: `size` of them at a time, but at least 256."""
    first, count, rows = run_of(rows, n_samples)
    size = max(256, size)
    for start in range(first, first + count, size):
        part = slice(start, min(start + size, first + count))
        yield part if rows is None else rows[part]


def run_of(rows: np.ndarray | None, n_samples: int) -> tuple[int, int, np.ndarray | None]:
    """Return where rows begin, how many there are, and which, or None if they are neighbours."""
    if rows is None:
        return 0, n_samples, None
    if rows.size and rows[-1] - rows[0] + 1 == rows.size and (np.diff(rows) == 1).all():
        return int(rows[0]), rows.size, None
    return 0, rows.size, rows
