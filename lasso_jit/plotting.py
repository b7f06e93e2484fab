"""The book's palette and direct labels; needs matplotlib: ``pip install lasso-jit[plot]``.

A colour means the same in every figure. The palette is that of M. Okabe and K. Ito, Color universal design,
2008, which holds for the common colour vision deficiencies; a dash, marker or label always doubles it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.colors import to_rgb

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

LASSO = "#0072B2"
RIDGE = "#E69F00"
ELASTIC_NET = "#009E73"
ALARM = "#D55E00"  # violations, false positives
CERTIFICATE = "#CC79A7"
DATA = "#6E6E6E"  # data and least squares
TRUTH = "#000000"  # drawn dashed


def label(ax: Axes, x: float, y: float, text: str, color: str, **kwargs: object) -> Text:
    """Write `text` beside the point (x, y) in a darker shade of its line's colour: labels, not a legend.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    x, y : float
        The point in data coordinates, usually the end of a line.
    text, color : str
    **kwargs
        Passed to ``ax.annotate``, for example ``xytext=(0, 8)``, the offset in points (default (5, 0)).

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> label(plt.figure().gca(), 1.0, 2.0, "lasso", LASSO).get_text()
    'lasso'
    """
    ink = [0.7 * channel for channel in to_rgb(color)]  # the palette's own orange is too light to read
    options = {"xytext": (5, 0), "textcoords": "offset points", "va": "center", "annotation_clip": False}
    return ax.annotate(text, (x, y), color=ink, **(options | kwargs))


def zero_line(ax: Axes) -> None:
    """Draw a thin line at zero.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> zero_line(plt.figure().gca())
    """
    ax.axhline(0.0, color=DATA, linewidth=0.8, zorder=0)
