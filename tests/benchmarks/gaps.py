"""The outside check: relative duality gaps recomputed from X and y, whoever made the coefficients.

The same quantity as `lasso_jit.duality_gap` (see `lasso_jit/objective.py`), written again for all alphas of a
path at once and for sparse X, so that nothing of the solver under test takes part in its own judgement.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

Array = np.ndarray


def relative_gaps(
    X: Array | sparse.csc_matrix,
    y: Array,
    alphas: Array,
    coefs: Array,
    intercepts: Array,
    thetas: Array | None = None,
) -> Array:
    """Return the gap at each alpha for `coefs` (n_features, n_alphas) and `intercepts` (n_alphas,).

    Of two dual points the better counts: the residual, and the solver's own from `thetas` (n_samples,
    n_alphas) if it gives one, in the scale of a residual. Each is centred and shrunk until feasible, so a
    wrong one can do no harm. A residual that sums to zero does not feel the means of X, so X stays as it is.
    """
    residual = y[:, None] - X @ coefs
    offset = residual.mean(axis=0) - intercepts
    residual -= residual.mean(axis=0)
    gap = _gaps(X, alphas, coefs, residual, residual)
    if thetas is not None:
        gap = np.minimum(gap, _gaps(X, alphas, coefs, residual, thetas - thetas.mean(axis=0)))
    centred = y - y.mean()
    return (gap + offset**2 / 2) / (centred @ centred / (2 * len(y)))


def _gaps(X: Array | sparse.csc_matrix, alphas: Array, coefs: Array, residual: Array, theta: Array) -> Array:
    n = X.shape[0]
    pulls = X.T @ theta / n
    shrink = np.minimum(1.0, alphas / np.maximum(np.abs(pulls).max(axis=0), 1e-300))
    # P - D with its cancelling terms removed by hand: two amounts that cannot be negative.
    misfit = ((residual - theta * shrink) ** 2).sum(axis=0) / (2 * n)
    slack = alphas * np.abs(coefs).sum(axis=0) - (coefs * pulls).sum(axis=0) * shrink
    return misfit + np.maximum(slack, 0.0)
