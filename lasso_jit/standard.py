"""From the user's problem to the units of the engine and back."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from . import engine, objective
from .moments import moments_of
from .threads import PASS, in_pieces
from .validation import (
    as_count,
    as_design,
    as_flag,
    as_penalty_weights,
    as_vector,
    as_weights,
    check_finite,
)

if TYPE_CHECKING:
    from .backends import Solution

#: A mean that is a smaller fraction than this of the standard deviation changes no digit of a Gram matrix.
_CENTRED = 1e-12
#: Up to so many columns, and for more numbers than these in X, the Gram matrix always pays, see `backends`.
NARROW, SMALL = 60, 50_000
#: So many samples tell roughly where a column is.
_START = 256


class StandardProblem:
    """A validated problem in the units of the engine: y and each column centred and of norm 1.

    Nothing of X is copied if it is dense and column-major float64, or sparse in canonical column format.

    Attributes
    ----------
    columns : tuple
        What `engine.measure` describes; for dense X the rows of its first entry are the features.
    y : numpy.ndarray of shape (n_samples,)
    weight : numpy.ndarray of shape (n_samples,)
        Sample weights; they sum to `total`.
    price : numpy.ndarray of shape (n_features,)
        Penalty weight over norm, infinite for a feature that is excluded or constant.
    pull : numpy.ndarray of shape (n_features,)
        The unit columns times y.
    gram : numpy.ndarray of shape (n_features, n_features) or None
        The Gram matrix of the centred columns, not divided by their norms, if it is known already: that of a
        dense, tall and narrow X is computed at once, since every fit uses it.
    """

    def __init__(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        fit_intercept: bool,
        sample_weight: ArrayLike | None,
        penalty_weights: ArrayLike | None,
        positive: bool,
        n_threads: int | None = None,
    ) -> None:
        self.X = X = as_design(X, finite=False)  # `engine.measure` looks at all numbers anyway
        n, p = X.shape
        y = as_vector(y, n)
        weight = as_weights(sample_weight, n)
        self.penalty_weights = as_penalty_weights(penalty_weights, p)
        self.fit_intercept = as_flag(fit_intercept, "fit_intercept")
        self.positive = as_flag(positive, "positive")
        self.uniform = weight is None
        if isinstance(X, np.ndarray):
            data = (np.asfortranarray(X).T,)
        else:
            data = (X.data, X.indices, X.indptr)
        self._set_samples(data, y, np.ones(n) if weight is None else weight * (n / weight.sum()), p)
        self.n_threads = None if n_threads is None else as_count(n_threads, "n_threads")
        self.gram = None
        if not (len(data) == 1 and p <= NARROW and n * p > SMALL and self._measure_at_once()):
            self._measure()

    def _set_samples(self, data: tuple, y: np.ndarray, weight: np.ndarray, p: int) -> None:
        self.raw_y, self.weight, self.total = y, weight, float(weight.sum())
        # Numba compiles for read-only and writable arrays apart. So X is always shown as read-only.
        self.data = tuple(_read_only(part) for part in data)
        self.columns = (*self.data, np.empty(p), np.empty(p))
        self.y = np.empty(y.size)
        self.y_mean, self.y_norm = engine.standardise(_read_only(y), weight, self.fit_intercept, self.y)
        self.price = np.ones(p) if self.penalty_weights is None else self.penalty_weights.copy()
        self.mean, self.norm = self.columns[-2:]

    def _measure(self) -> None:
        self.pull = np.empty(self.n_features)
        in_pieces(
            lambda first, last: engine.measure(
                self.columns, self.y, self.weight, self.fit_intercept, self.price, self.pull, first, last
            ),
            self.n_features,
            PASS * self.data[0].size,
            self.n_threads,
        )
        if not np.isfinite(self.norm).all():
            check_finite(self.data[0], "X")
            raise ValueError("X has entries so large that the norm of a column is no float")

    def _measure_at_once(self) -> bool:
        """Measure all columns and find their Gram matrix in one pass, unless digits would be lost.

        They would be if squares are too small or too large, or if a mean is far from what a column starts
        with, so that sums of squares cancel. Returns whether it was done.
        """
        X = self.data[0]
        with np.errstate(all="ignore"):
            shift = X[:, :_START].mean(axis=1) if self.fit_intercept else np.zeros(self.n_features)
            m = moments_of(X, self.y, self.weight, shift, n_threads=self.n_threads)
            x, _, xx, xy, _ = m.centred(self.fit_intercept)
            before, square = np.diag(m.xx), np.diag(xx)
            fine = (engine.LOW < before) & (before < engine.HIGH) & (square > 1e-2 * before)
            fine &= square > 1e-20 * self.total * shift**2
        if fine.all():
            self.gram, self.mean[:], self.norm[:] = xx, shift + x, np.sqrt(square)
            self.pull, self.price = xy / self.norm, self.price / self.norm
        return fine.all()

    def with_weight(self, weight: np.ndarray) -> StandardProblem:
        """Return the same problem with other sample weights; X is shared."""
        other = object.__new__(StandardProblem)
        other.penalty_weights, other.fit_intercept = self.penalty_weights, self.fit_intercept
        other.X, other.positive, other.uniform = self.X, self.positive, False
        other.n_threads, other.gram = 1, None
        other._set_samples(self.data, self.raw_y, weight, self.norm.size)
        other._measure()
        return other

    @property
    def n_samples(self) -> int:
        """Number of rows of X."""
        return self.y.size

    @property
    def n_features(self) -> int:
        """Number of columns of X."""
        return self.norm.size

    @property
    def is_sparse(self) -> bool:
        """Whether X is sparse."""
        return len(self.columns) > 3

    @property
    def has_free(self) -> bool:
        """Whether some feature has no penalty."""
        return self.penalty_weights is not None and not self.price.all()

    @cached_property
    def is_off_centre(self) -> bool:
        """Whether the means of the columns matter; if not, nothing need be copied to be centred."""
        return self.fit_intercept and bool(
            (np.abs(self.mean) * np.sqrt(self.total) > _CENTRED * self.norm).any()
        )

    def needs_projection(self, alpha: float) -> bool:
        """Whether a feature has no penalty at `alpha`: then no multiple of the residual is dual feasible."""
        return self.y_norm > 0 and (alpha == 0 or self.has_free)

    def lambdas(self, alphas: np.ndarray, l1_ratio: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the penalties of the engine: n alpha l1_ratio / ||y|| and n alpha (1 - l1_ratio)."""
        return alphas * (self.total * l1_ratio / self.y_norm), alphas * (self.total * (1.0 - l1_ratio))

    def general(self, l1_ratio: float) -> dict:
        """Return the keyword arguments with which the functions of `objective` describe this problem."""
        return {
            "fit_intercept": self.fit_intercept,
            "l1_ratio": l1_ratio,
            "sample_weight": None if self.uniform else self.weight,
            "penalty_weights": self.penalty_weights,
            "positive": self.positive,
        }

    @property
    def reach(self) -> np.ndarray:
        """The lambda at which each feature would enter if it were alone; no number if it has no penalty."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return (np.maximum(self.pull, 0.0) if self.positive else np.abs(self.pull)) / self.price

    def alpha_max(self, l1_ratio: float) -> float:
        """Return the smallest alpha at which every penalised coefficient is zero."""
        if self.has_free:
            return objective.alpha_max(self.X, self.raw_y, **self.general(l1_ratio))
        return float(self.reach.max()) * (self.y_norm / self.total) / l1_ratio

    def translate(self, solution: Solution) -> tuple[np.ndarray, np.ndarray]:
        """Return the coefficients of X for those of unit columns, row by row, and intercepts.

        Where a float cannot hold them the gap becomes infinite. If nobody needs the coefficients of the unit
        columns any more, those of X take their place.
        """
        units = solution.coefs
        coefs = units if solution.from_data else np.zeros(units.shape)
        intercepts = np.empty(len(units))
        engine.translate(
            units, self.mean, self.norm, self.y_mean, self.y_norm, coefs, intercepts, solution.gaps
        )
        return coefs, intercepts

    def unit_coefs(self, coef: np.ndarray) -> np.ndarray:
        """Translate coefficients of X to those of unit columns; what cannot have one gets zero."""
        if self.y_norm == 0.0:
            return np.zeros(self.n_features)
        with np.errstate(invalid="ignore", over="ignore"):
            unit = np.where(self.price < np.inf, coef * self.norm / self.y_norm, 0.0)
        return np.maximum(unit, 0.0) if self.positive else unit


def _read_only(array: np.ndarray) -> np.ndarray:
    view = array.view()
    view.flags.writeable = False
    return view
