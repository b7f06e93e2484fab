r"""Soft thresholding and its relatives: proximal operators with a formula.

The proximal operator of a penalty h answers: starting from z, which w is worth its penalty?

.. math:: \operatorname{prox}_h(z) = \arg\min_w \tfrac12 (w - z)^2 + h(w)

It is the whole Lasso for one standardised feature, and the inner step of ISTA, FISTA and coordinate
descent. Source: N. Parikh and S. Boyd, Proximal Algorithms, 2014, sections 2 and 6.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .validation import as_array, as_nonnegative


def soft_threshold(z: ArrayLike, threshold: float) -> np.ndarray | np.float64:
    r"""Move `z` towards zero by `threshold` and stop there: the prox of :math:`t\,|w|`.

    Parameters
    ----------
    z : array_like
        Starting values, any shape.
    threshold : float
        How far to move, at least 0, in the units of `z`.

    Returns
    -------
    numpy.ndarray or numpy.float64
        ``z - threshold`` where z is above the threshold, ``z + threshold`` where it is below minus the
        threshold, exactly 0 in between.

    Raises
    ------
    TypeError, ValueError
        `z` or `threshold` is not numeric or not finite, or `threshold` is negative.

    Examples
    --------
    >>> soft_threshold([0.62, -0.1, -2.0], 0.25).tolist()
    [0.37, 0.0, -1.75]

    References
    ----------
    D. Donoho and I. Johnstone, Ideal spatial adaptation by wavelet shrinkage, Biometrika, 1994.
    """
    threshold = as_nonnegative(threshold, "threshold")
    z = as_array(z, "z")
    return z - np.clip(z, -threshold, threshold)


def hard_threshold(z: ArrayLike, threshold: float) -> np.ndarray | np.float64:
    r"""Keep `z` where it exceeds `threshold` in size, else 0: the prox of :math:`\tfrac12 t^2\,[w \ne 0]`.

    Best subset selection does this to each coefficient of an orthogonal design. Arguments and errors are
    those of `soft_threshold`.

    Examples
    --------
    >>> hard_threshold([0.62, -0.1, -2.0], 0.25).tolist()
    [0.62, 0.0, -2.0]
    """
    threshold = as_nonnegative(threshold, "threshold")
    z = as_array(z, "z")
    return np.where(np.abs(z) > threshold, z, 0.0)[()]


def prox_ridge(z: ArrayLike, alpha: float) -> np.ndarray | np.float64:
    r"""Divide `z` by 1 + `alpha`: the prox of :math:`\tfrac12 \alpha w^2`, which never returns 0 for z != 0.

    Examples
    --------
    >>> prox_ridge([2.0, -1.0], 1.0).tolist()
    [1.0, -0.5]
    """
    return as_array(z, "z") / (1.0 + as_nonnegative(alpha, "alpha"))


def prox_elastic_net(z: ArrayLike, alpha: float, l1_ratio: float) -> np.ndarray | np.float64:
    r"""Soft threshold, then divide: the prox of :math:`\alpha\rho|w| + \tfrac12\alpha(1-\rho)w^2`.

    `l1_ratio` is :math:`\rho` in [0, 1]: 1 is the Lasso, 0 is ridge.

    Raises
    ------
    TypeError, ValueError
        `z`, `alpha` or `l1_ratio` is not numeric or not finite, `alpha` is negative, or `l1_ratio` is outside
        [0, 1].

    Examples
    --------
    >>> prox_elastic_net([2.0, -0.2], 1.0, 0.5).tolist()
    [1.0, 0.0]

    References
    ----------
    H. Zou and T. Hastie, Regularization and variable selection via the elastic net, 2005 (the naive
    elastic net of an orthogonal design).
    """
    alpha = as_nonnegative(alpha, "alpha")
    l1_ratio = as_nonnegative(l1_ratio, "l1_ratio")
    if l1_ratio > 1:
        raise ValueError(f"l1_ratio must be between 0 and 1, got {l1_ratio}")
    return prox_ridge(soft_threshold(z, alpha * l1_ratio), alpha * (1.0 - l1_ratio))
