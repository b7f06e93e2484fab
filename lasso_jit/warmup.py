"""Compile before the clock runs."""

from .coordinate_descent import coordinate_descent
from .fista import fista
from .ista import ista


def warmup() -> None:
    """Compile every kernel, or load it from Numba's cache, by fitting two points.

    Examples
    --------
    >>> warmup()
    """
    for solver in (ista, fista, coordinate_descent):
        # Two columns: Numba takes a single one for row-major and would compile for a layout nobody uses.
        solver([[1.0, 0.5], [-1.0, 0.5]], [1.0, -1.0], alpha=0.1)
