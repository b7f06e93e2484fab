"""Compile before the clock runs."""

import numpy as np

from .coordinate_descent import coordinate_descent
from .cross_validation import lasso_cv
from .fista import fista
from .homotopy import homotopy_path
from .ista import ista
from .path import lasso_path


def warmup() -> None:
    """Compile every kernel, or load it from Numba's cache, by fitting a few points.

    Examples
    --------
    >>> warmup()
    """
    X, y = np.array([[2.0, 0.0], [2.0, 1.0]]), np.array([-1.0, 3.0])
    for solver in (ista, fista, coordinate_descent):
        # Two columns: Numba takes a single one for row-major and would compile for a layout nobody uses.
        solver(X, y, alpha=0.1)
    homotopy_path(X, y, fit_intercept=False)
    from scipy import sparse  # here: it takes longer to import than all else

    many = np.tile(np.column_stack([X, np.eye(2)]), (6000, 2))  # so many that the Gram matrix pays
    lasso_cv(many, np.tile(y, 6000), cv=2, alphas=2)
    for design in (X, sparse.csc_array(X)):
        lasso_path(design, y, alphas=2)
