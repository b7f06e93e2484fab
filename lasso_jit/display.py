"""Pictures of a path and of a cross-validation, used as scikit-learn's displays are; they need matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike

from .cross_validation import CVResult, standard_error_of
from .path import PathResult, elastic_net_path
from .validation import as_vector

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from scipy.sparse import csc_array
    from sklearn.base import BaseEstimator

_LINE_HEIGHT = 1.2  # times the size of the letters


class PathDisplay:
    """The coefficients along a path; see `from_estimator` and `from_result`.

    The names of features stand to the right of the axes; a figure with ``layout="constrained"`` makes room.

    Parameters
    ----------
    alphas : array_like of shape (n_alphas,)
    coefs : array_like of shape (n_features, n_alphas)
    l1_ratio : float, default 1.0
        Gives the colour: that of the Lasso, the elastic net or ridge regression.
    feature_names : array_like of str, of shape (n_features,), optional
        Default: x0, x1 and so on.
    alpha : float, optional
        An alpha to mark.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
    figure_ : matplotlib.figure.Figure
    lines_ : list of matplotlib.lines.Line2D
        One for each feature.
    labels_ : list of matplotlib.text.Text

    Examples
    --------
    >>> display = PathDisplay(alphas=[1.0, 0.5], coefs=[[0.0, 0.25], [0.0, 0.0]]).plot()
    >>> len(display.lines_), [label.get_text() for label in display.labels_]
    (2, ['x0'])
    """

    def __init__(
        self,
        *,
        alphas: ArrayLike,
        coefs: ArrayLike,
        l1_ratio: float = 1.0,
        feature_names: ArrayLike | None = None,
        alpha: float | None = None,
    ) -> None:
        self.alphas = as_vector(alphas, name="alphas")
        self.coefs = np.asarray(coefs, dtype=float)
        if self.coefs.ndim != 2 or self.coefs.shape[1] != self.alphas.size:
            raise ValueError(
                f"coefs must have shape (n_features, {self.alphas.size}) like alphas, got {self.coefs.shape}"
            )
        self.l1_ratio, self.alpha = l1_ratio, alpha
        if feature_names is None:
            feature_names = [f"x{j}" for j in range(len(self.coefs))]
        self.feature_names = list(feature_names)
        if len(self.feature_names) != len(self.coefs):
            raise ValueError(
                f"feature_names must have length {len(self.coefs)}, got {len(self.feature_names)}"
            )

    @classmethod
    def from_estimator(
        cls,
        estimator: BaseEstimator,
        X: ArrayLike | csc_array,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        alphas: int | ArrayLike | None = None,
        eps: float | None = None,
        x_axis: str = "alpha",
        n_labels: int = 8,
        feature_names: ArrayLike | None = None,
        ax: Axes | None = None,
        **line_kw: object,
    ) -> Self:
        """Compute the path with the settings of an estimator, and plot it.

        Parameters
        ----------
        estimator : Lasso, LassoCV, ElasticNet or ElasticNetCV
            Fitted or not. Its alpha (for cross-validation the chosen one, if it is fitted) is marked.
        X, y, sample_weight
            The data, as for `lasso_jit.elastic_net_path`.
        alphas, eps : optional
            As for `lasso_jit.elastic_net_path`. Default: those of the estimator, or 100 and 1e-3.
        x_axis, n_labels, ax, **line_kw
            As for `plot`.
        feature_names : array_like of str, of shape (n_features,), optional
            Default: the names of the columns of `X`, if it has any.

        Returns
        -------
        PathDisplay

        Raises
        ------
        TypeError, ValueError
            An argument is not valid; the message names it.

        Examples
        --------
        >>> from lasso_jit.estimators import Lasso
        >>> rng = np.random.default_rng(0)
        >>> X = rng.standard_normal((50, 3))
        >>> display = PathDisplay.from_estimator(Lasso(alpha=0.1), X, X[:, 0] - X[:, 1])
        >>> display.coefs.shape
        (3, 100)
        """
        l1_ratio = getattr(estimator, "l1_ratio_", getattr(estimator, "l1_ratio", 1.0))
        if np.ndim(l1_ratio):
            raise ValueError("estimator must be fitted first: its l1_ratio is not chosen yet")
        path = elastic_net_path(
            X,
            y,
            l1_ratio=l1_ratio,
            alphas=getattr(estimator, "alphas", 100) if alphas is None else alphas,
            eps=getattr(estimator, "eps", 1e-3) if eps is None else eps,
            fit_intercept=estimator.fit_intercept,
            sample_weight=sample_weight,
            penalty_weights=getattr(estimator, "penalty_weights", None),
            positive=estimator.positive,
        )
        alpha = getattr(estimator, "alpha_", getattr(estimator, "alpha", None))
        if feature_names is None:
            feature_names = getattr(X, "columns", None)
        options = {"x_axis": x_axis, "n_labels": n_labels, "ax": ax, **line_kw}
        return cls.from_result(path, feature_names=feature_names, alpha=alpha, **options)

    @classmethod
    def from_result(
        cls,
        path: PathResult,
        *,
        feature_names: ArrayLike | None = None,
        alpha: float | None = None,
        x_axis: str = "alpha",
        n_labels: int = 8,
        ax: Axes | None = None,
        **line_kw: object,
    ) -> Self:
        """Plot what `lasso_jit.lasso_path` or `lasso_jit.elastic_net_path` returned.

        Parameters
        ----------
        path : PathResult
        feature_names, alpha
            As for the class.
        x_axis, n_labels, ax, **line_kw
            As for `plot`.

        Returns
        -------
        PathDisplay

        Examples
        --------
        >>> from lasso_jit import lasso_path
        >>> path = lasso_path([[1.0], [-1.0]], [1.0, -1.0], alphas=3, eps=0.25)
        >>> PathDisplay.from_result(path).lines_[0].get_ydata().round(12).tolist()
        [0.0, 0.5, 0.75]
        """
        display = cls(
            alphas=path.alphas,
            coefs=path.coefs,
            l1_ratio=path.l1_ratio,
            feature_names=feature_names,
            alpha=alpha,
        )
        return display.plot(ax, x_axis=x_axis, n_labels=n_labels, **line_kw)

    def plot(
        self, ax: Axes | None = None, *, x_axis: str = "alpha", n_labels: int = 8, **line_kw: object
    ) -> Self:
        """Plot.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Default: those of a new figure.
        x_axis : {"alpha", "l1"}, default "alpha"
            What is to the right: smaller alphas, or larger sums of absolute coefficients.
        n_labels : int, default 8
            How many features have colour and name: those with the largest coefficients at the path's end.
        **line_kw
            Passed to ``ax.plot``.

        Returns
        -------
        PathDisplay
            This one.

        Raises
        ------
        ValueError
            `x_axis` is not known.
        """
        if x_axis not in ("alpha", "l1"):
            raise ValueError(f"x_axis must be 'alpha' or 'l1', got {x_axis!r}")
        ax = self.ax_ = _axes(ax)
        self.figure_ = ax.figure
        from .plotting import DATA, label, zero_line

        color, order = _color(self.l1_ratio), np.argsort(-self.alphas, kind="stable")
        alphas, coefs = self.alphas[order], self.coefs[:, order]
        norms = np.abs(coefs).sum(axis=0)
        last = np.abs(coefs[:, -1])
        largest = np.argsort(-last, kind="stable")[: max(n_labels, 0)]
        named = [j for j in largest if last[j] > 0]
        x = alphas if x_axis == "alpha" else norms
        zero_line(ax)
        self.lines_ = []
        for j, coef in enumerate(coefs):
            style = {"color": color, "zorder": 3} if j in named else {"color": DATA, "linewidth": 0.8}
            self.lines_ += ax.plot(x, coef, **(style | line_kw))
        if x_axis == "alpha":
            _alpha_axis(ax, alphas)
        else:
            ax.set_xlabel(r"$\Vert w\Vert_1$")
        ax.set_ylabel("coefficient")
        ax.margins(x=0.01, y=0.12)
        ax.autoscale_view()  # now, since labels are placed by where the lines are on the page
        if self.alpha is not None and alphas[-1] <= self.alpha <= alphas[0]:
            at = self.alpha if x_axis == "alpha" else np.interp(self.alpha, alphas[::-1], norms[::-1])
            # On the right are the names of the features.
            right = ax.transAxes.inverted().transform(ax.transData.transform((at, 0.0)))[0] > 0.5
            _mark(ax, at, rf"$\alpha = {self.alpha:.3g}$", left=right)
        named.sort(key=lambda j: coefs[j, -1])
        shifts = _apart(ax, x[-1], coefs[named, -1])
        self.labels_ = [
            label(ax, x[-1], coefs[j, -1], str(self.feature_names[j]), color, xytext=(5, shift))
            for j, shift in zip(named, shifts, strict=True)
        ]
        return self


class CVDisplay:
    """The error of a cross-validation over alpha, and the alphas it leads to; see `from_estimator`.

    Parameters
    ----------
    alphas : array_like of shape (n_alphas,)
    mse : array_like of shape (n_alphas, n_folds)
    alpha, alpha_1se : float
        The alpha of the smallest mean error, and the largest whose mean error is within one standard error.
    l1_ratio : float, default 1.0
        Gives the colour: that of the Lasso, the elastic net or ridge regression.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
    figure_ : matplotlib.figure.Figure
    line_ : matplotlib.lines.Line2D
        The mean over the folds.
    fill_between_ : matplotlib.collections.PolyCollection
        One standard error above and below it.
    marks_ : list of matplotlib.lines.Line2D
        At `alpha` and `alpha_1se`.

    Examples
    --------
    >>> mse = [[3.0, 3.2], [1.0, 2.0], [1.5, 2.5]]
    >>> display = CVDisplay(alphas=[1.0, 0.5, 0.25], mse=mse, alpha=0.5, alpha_1se=0.5).plot()
    >>> display.line_.get_ydata().tolist()
    [3.1, 1.5, 2.0]
    """

    def __init__(
        self, *, alphas: ArrayLike, mse: ArrayLike, alpha: float, alpha_1se: float, l1_ratio: float = 1.0
    ) -> None:
        self.alphas = as_vector(alphas, name="alphas")
        self.mse = np.asarray(mse, dtype=float)
        if self.mse.ndim != 2 or len(self.mse) != self.alphas.size:
            raise ValueError(
                f"mse must have shape ({self.alphas.size}, n_folds) like alphas, got {self.mse.shape}"
            )
        self.alpha, self.alpha_1se, self.l1_ratio = alpha, alpha_1se, l1_ratio

    @classmethod
    def from_estimator(cls, estimator: BaseEstimator, *, ax: Axes | None = None, **line_kw: object) -> Self:
        """Plot the cross-validation of a fitted `LassoCV` or, for the l1_ratio that it chose, `ElasticNetCV`.

        Parameters
        ----------
        estimator : LassoCV or ElasticNetCV
        ax, **line_kw
            As for `plot`.

        Returns
        -------
        CVDisplay

        Raises
        ------
        TypeError
            The estimator is neither of these.
        ValueError
            It is not fitted (scikit-learn's ``NotFittedError``).

        Examples
        --------
        >>> from lasso_jit.estimators import LassoCV
        >>> rng = np.random.default_rng(0)
        >>> X = rng.standard_normal((60, 4))
        >>> display = CVDisplay.from_estimator(LassoCV().fit(X, X[:, 0] + rng.standard_normal(60)))
        >>> display.mse.shape
        (100, 5)
        """
        from sklearn.utils.validation import check_is_fitted

        from .estimators import ElasticNetCV, LassoCV

        if not isinstance(estimator, LassoCV | ElasticNetCV):
            raise TypeError(f"estimator must be a LassoCV or an ElasticNetCV, got {type(estimator).__name__}")
        check_is_fitted(estimator)
        l1_ratios = list(np.atleast_1d(getattr(estimator, "l1_ratio", 1.0)))
        l1_ratio = getattr(estimator, "l1_ratio_", 1.0)
        chosen, count = l1_ratios.index(l1_ratio), np.shape(estimator.alphas_)[-1]
        display = cls(
            alphas=np.broadcast_to(estimator.alphas_, (len(l1_ratios), count))[chosen],
            mse=np.reshape(estimator.mse_path_, (len(l1_ratios), count, -1))[chosen],
            alpha=estimator.alpha_,
            alpha_1se=estimator.alpha_1se_,
            l1_ratio=l1_ratio,
        )
        return display.plot(ax, **line_kw)

    @classmethod
    def from_result(cls, cv: CVResult, *, ax: Axes | None = None, **line_kw: object) -> Self:
        """Plot what `lasso_jit.lasso_cv` or `lasso_jit.elastic_net_cv` returned.

        Parameters
        ----------
        cv : CVResult
        ax, **line_kw
            As for `plot`.

        Returns
        -------
        CVDisplay

        Examples
        --------
        >>> from lasso_jit.cross_validation import lasso_cv
        >>> rng = np.random.default_rng(0)
        >>> X = rng.standard_normal((60, 4))
        >>> cv = lasso_cv(X, X[:, 0] + rng.standard_normal(60))
        >>> len(CVDisplay.from_result(cv).marks_)
        2
        """
        display = cls(
            alphas=cv.alphas, mse=cv.mse, alpha=cv.alpha, alpha_1se=cv.alpha_1se, l1_ratio=cv.fit.l1_ratio
        )
        return display.plot(ax, **line_kw)

    def plot(self, ax: Axes | None = None, **line_kw: object) -> Self:
        """Plot.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Default: those of a new figure.
        **line_kw
            Passed to ``ax.plot``.

        Returns
        -------
        CVDisplay
            This one.
        """
        ax = self.ax_ = _axes(ax)
        self.figure_ = ax.figure
        order = np.argsort(-self.alphas, kind="stable")
        alphas, mse = self.alphas[order], self.mse[order]
        mean, error = mse.mean(axis=1), standard_error_of(mse)
        (self.line_,) = ax.plot(alphas, mean, **({"color": _color(self.l1_ratio), "zorder": 3} | line_kw))
        self.fill_between_ = ax.fill_between(
            alphas, mean - error, mean + error, color=self.line_.get_color(), alpha=0.2, linewidth=0
        )
        _alpha_axis(ax, alphas)
        ax.set_ylabel("mean squared error")
        # The taller line is to the left of the other, so that the name at its top crosses nothing.
        self.marks_ = [
            _mark(ax, self.alpha, "least error", height=0.84),
            _mark(ax, self.alpha_1se, "one standard error", height=1.0),
        ]
        return self


def _axes(ax: Axes | None) -> Axes:
    """Return `ax` or, if it is None, those of a new figure."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError("displays need matplotlib: pip install lasso-jit[plot]") from error
    return plt.subplots()[1] if ax is None else ax


def _alpha_axis(ax: Axes, alphas: np.ndarray) -> None:
    """Make the horizontal axis logarithmic, large alphas to the left."""
    positive = alphas[alphas > 0]
    if positive.size == alphas.size:
        ax.set_xscale("log")
    elif positive.size:
        ax.set_xscale("symlog", linthresh=positive.min())
    ax.xaxis.set_inverted(True)
    ax.set_xlabel(r"$\alpha$")


def _color(l1_ratio: float) -> str:
    from .plotting import ELASTIC_NET, LASSO, RIDGE

    return {0.0: RIDGE, 1.0: LASSO}.get(l1_ratio, ELASTIC_NET)


def _mark(ax: Axes, x: float, text: str, *, height: float = 1.0, left: bool = False) -> Line2D:
    """Draw a dotted line at x, of a height in fractions of the axes, and write at its top what it is."""
    from .plotting import DATA, label

    line = ax.axvline(x, ymax=height, color=DATA, linewidth=1.0, linestyle=":", zorder=1)
    side = {"xytext": (-4, 0), "ha": "right"} if left else {"xytext": (4, 0)}
    label(ax, x, height, text, DATA, xycoords=ax.get_xaxis_transform(), va="top", **side)
    return line


def _apart(ax: Axes, x: float, heights: np.ndarray) -> np.ndarray:
    """Return by how many points to shift labels at ascending heights, so that none covers another.

    The sum of the squared shifts is the smallest possible: with the line's number times its height taken off,
    this is an isotonic regression.
    """
    from matplotlib import rcParams
    from sklearn.isotonic import isotonic_regression

    if heights.size == 0:
        return heights
    pixels = ax.transData.transform(np.column_stack([np.full_like(heights, x), heights]))[:, 1]
    points = pixels * 72.0 / ax.figure.dpi
    steps = np.arange(heights.size) * _LINE_HEIGHT * rcParams["font.size"]
    return isotonic_regression(points - steps) + steps - points
