r"""The general problem that `objective` states: elastic net, weights, signs, sparse X.

The gap is written as a sum of amounts that cannot be negative, so that no digits cancel. With the residual r
of the best intercept, a feasible dual point :math:`\theta` and its pulls :math:`c_j` it is

.. math:: P - D = \frac{1}{2S}\sum_i s_i (r_i - \theta_i)^2
              + \sum_j \left( h_j(w_j) + h_j^*(c_j) - w_j c_j \right)

and no bracket is negative (Fenchel-Young inequality). Sources: S. Boyd and L. Vandenberghe, Convex
Optimization, 2004, section 3.3.2; E. Ndiaye, O. Fercoq, A. Gramfort and J. Salmon, Gap safe screening rules
for sparsity enforcing penalties, 2017.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .validation import (
    as_design,
    as_flag,
    as_l1_ratio,
    as_nonnegative,
    as_penalty_weights,
    as_real,
    as_vector,
    as_weights,
)

if TYPE_CHECKING:
    from scipy.sparse import csc_array

#: Below this the squares of y lose digits (a float resolves 5e-324), and no gap can be certified.
_SMALLEST = 1e-303
#: A column whose standard deviation is at most this fraction of its root mean square is constant but for
#: rounding.
CONSTANT = 1e-14


@dataclass(frozen=True, eq=False)
class GeneralProblem:
    """The data, centred if there is an intercept, and what the penalty asks of each feature.

    A sparse X stays as it is, since centring would fill it; every vector that meets it has mean zero instead.
    """

    X: np.ndarray | csc_array
    y: np.ndarray
    x_mean: np.ndarray
    y_mean: float
    fit_intercept: bool
    weights: np.ndarray | None
    l1: np.ndarray  # what multiplies |w_j|; 0 for an excluded feature, like l2
    l2: np.ndarray  # what multiplies w_j^2 / 2
    excluded: np.ndarray
    positive: bool

    @classmethod
    def of(
        cls,
        X: ArrayLike | csc_array,
        y: ArrayLike,
        alpha: float,
        fit_intercept: bool,
        l1_ratio: float,
        sample_weight: ArrayLike | None,
        penalty_weights: ArrayLike | None,
        positive: bool,
    ) -> GeneralProblem:
        """Check what the user passed and centre it."""
        X = as_design(X)
        n, p = X.shape
        y = as_vector(y, n)
        alpha = as_nonnegative(alpha, "alpha")
        fit_intercept = as_flag(fit_intercept, "fit_intercept")
        l1_ratio = as_l1_ratio(l1_ratio)
        weights = as_weights(sample_weight, n)
        factors = as_penalty_weights(penalty_weights, p)
        with np.errstate(over="ignore", invalid="ignore"):  # 0 * inf
            penalty = np.full(p, alpha) if factors is None else alpha * factors
        excluded = ~np.isfinite(penalty)
        penalty[excluded] = 0.0
        x_mean, y_mean = np.zeros(p), 0.0
        if fit_intercept:
            y_mean = np.average(y, weights=weights)
            y = y - y_mean
            if isinstance(X, np.ndarray):
                x_mean = np.average(X, axis=0, weights=weights)
                X = X - x_mean
        l1, l2 = l1_ratio * penalty, (1 - l1_ratio) * penalty
        positive = as_flag(positive, "positive")
        return cls(X, y, x_mean, y_mean, fit_intercept, weights, l1, l2, excluded, positive)

    @property
    def free(self) -> np.ndarray:
        """Which features have no penalty."""
        return ~self.excluded & (self.l1 == 0) & (self.l2 == 0)

    def allows(self, coef: np.ndarray) -> bool:
        """Return whether the objective is finite: no excluded feature, no forbidden sign."""
        return not (coef[self.excluded].any() or (self.positive and coef.min() < 0))

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Return the weighted mean over the samples."""
        return np.average(values, axis=0, weights=self.weights)

    def centred(self, values: np.ndarray) -> np.ndarray:
        """Return `values` minus their mean, if there is an intercept."""
        if not self.fit_intercept:
            return values
        values = values - self.mean(values)
        return values - self.mean(values)  # what the rounding of a large mean has left

    def residual(self, coef: np.ndarray) -> np.ndarray:
        """Return the residual of `coef` and the best intercept for it."""
        return self.centred(self.y - self.X @ coef)

    def offset(self, coef: np.ndarray, intercept: float | None) -> float:
        """Return how far the user's intercept is from the best one for the coefficients."""
        if intercept is None:
            return 0.0
        intercept = as_real(intercept, "intercept")
        if self.fit_intercept:
            return float(self.y_mean - self.x_mean @ coef + self.mean(self.y - self.X @ coef) - intercept)
        if intercept != 0:
            raise ValueError(f"intercept must be 0 with fit_intercept=False, got {intercept}")
        return 0.0

    def pull(self, theta: np.ndarray) -> np.ndarray:
        """Return how hard a vector of mean zero pulls each feature: c_j."""
        if self.weights is None:
            return self.X.T @ theta / len(theta)
        return self.X.T @ (self.weights * theta) / self.weights.sum()

    def strength(self, pull: np.ndarray) -> np.ndarray:
        """Return the part of the pulls that a penalty has to hold: with `positive` only the upward one."""
        return pull if self.positive else np.abs(pull)

    def objective(self, coef: np.ndarray) -> float:
        """Return P with the best intercept."""
        if not self.allows(coef):
            return np.inf
        penalty = self.l1 @ np.abs(coef) + self.l2 @ coef**2 / 2
        return float(self.mean(self.residual(coef) ** 2) / 2 + penalty)

    def conjugate(self, pull: np.ndarray) -> float:
        """Return the sum of h_j*(c_j) for feasible pulls."""
        squares = self.l2 > 0
        excess = np.maximum(self.strength(pull) - self.l1, 0.0)[squares]
        return float((excess**2 / (2 * self.l2[squares])).sum())

    def worst_violation(self, coef: np.ndarray) -> float:
        """Return the worst violation of the optimality conditions of the features."""
        if not self.allows(coef):
            return np.inf
        pull = self.pull(self.residual(coef))
        active = np.abs(pull - self.l2 * coef - self.l1 * np.sign(coef))
        inactive = np.maximum(self.strength(pull) - self.l1, 0.0)
        return float(np.max(np.where(coef != 0, active, inactive)[~self.excluded], initial=0.0))

    def alpha_max(self) -> float:
        """Return the smallest alpha, as a multiple of the present one, that leaves no penalised feature."""
        residual = self.residual(np.zeros(len(self.l1)))
        if self.positive and self.free.any():
            Z, root = self._unpenalised()
            residual = residual - Z @ nonnegative_least_squares((root * Z.T).T, root * residual)
        strength = self.strength(self.pull(self.unexplained(residual)))
        pulled = ~self.excluded & ~self.free & (strength > 0)
        with np.errstate(divide="ignore"):  # no alpha is enough for squares alone: infinity
            return float(np.max(strength[pulled] / self.l1[pulled], initial=0.0))

    def unexplained(self, theta: np.ndarray) -> np.ndarray:
        """Return `theta` without what the unpenalised features explain of it, by least squares.

        No penalty holds their pulls: as the intercept makes the mean of a dual point zero, so they make their
        pulls zero. With `positive` a pull must only not be above zero, and what is explained are the pulls
        that are, until none is left. At the solution that is nothing.
        """
        if not self.free.any():
            return theta
        Z, root = self._unpenalised()
        chosen = np.zeros(Z.shape[1], bool)
        while True:
            new = ~chosen
            if self.positive:
                new &= Z.T @ (root**2 * theta) > 0
            if not new.any():
                return theta
            chosen |= new
            A = Z[:, chosen]
            for _ in range(2):  # the second time removes the rounding of the first
                theta = theta - A @ np.linalg.lstsq((root * A.T).T, root * theta, rcond=None)[0]

    def _unpenalised(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the unpenalised columns, dense, centred and scaled, and the roots of the sample weights."""
        free = np.flatnonzero(self.free)
        Z = self.X[:, free]
        Z = Z if isinstance(Z, np.ndarray) else Z.toarray()
        root = np.ones(len(Z)) if self.weights is None else np.sqrt(self.weights)
        level = np.abs(self.x_mean[free] + self.mean(Z)) if self.fit_intercept else np.zeros(free.size)
        Z = self.centred(Z)
        size = np.abs(root * Z.T).max(axis=1)
        scaled = Z / np.where(size > 0, size, 1.0)
        spread = np.sqrt(self.mean(scaled**2)) * size
        varies = spread > CONSTANT * level  # what is constant but for rounding is the intercept's
        # Scaled, or least squares would take columns in small units for rounding.
        return Z[:, varies] / size[varies], root

    def dual_point(self, coef: np.ndarray, theta: np.ndarray | None = None) -> tuple[np.ndarray, float]:
        """Return a feasible point made of `theta` (by default the residual), and P - D for it."""
        residual = self.residual(coef)
        theta = self.unexplained(residual if theta is None else self.centred(theta))
        pull = self.pull(theta)
        pull[self.excluded] = 0.0
        # What rounding left of the pulls that are zero by construction.
        pull[self.free] = np.minimum(pull[self.free], 0.0) if self.positive else 0.0
        strength = self.strength(pull)
        over = strength > self.l1
        scales = [np.min(self.l1[over] / strength[over], initial=1.0)]
        if self.free.any():  # least squares has left rounding in theta; if it is all there is, zero is better
            scales.append(0.0)
        if over.any() and (self.l2[over] > 0).all():
            scales.append(1.0)  # squares make every point feasible; near the solution this one is the better
        gaps = [
            float(self.mean((residual - scale * theta) ** 2) / 2 + self._brackets(coef, scale * pull).sum())
            for scale in scales
        ]
        best = int(np.argmin(gaps))
        return scales[best] * theta, gaps[best]

    def _brackets(self, coef: np.ndarray, pull: np.ndarray) -> np.ndarray:
        """Return h_j(w_j) + h_j*(c_j) - w_j c_j of each feature, for feasible pulls.

        With c counted in the direction of w this is |w| (lambda - c)_+ and, if there are squares,
        ((mu |w| - (c - lambda)_+)^2 + (-c - lambda)_+^2) / (2 mu).
        """
        size = np.abs(coef)
        along = np.where(coef < 0, -pull, pull)
        brackets = size * np.maximum(self.l1 - along, 0.0)
        squares = self.l2 > 0
        l2 = self.l2[squares]
        ahead = l2 * size[squares] - np.maximum(along - self.l1, 0.0)[squares]
        against = 0.0 if self.positive else np.maximum(-along - self.l1, 0.0)[squares]
        with np.errstate(over="ignore"):  # next to no squares: then the other scale is the better
            brackets[squares] += (ahead**2 + against**2) / (2 * l2)
        return brackets

    def relative(self, gap: float) -> float:
        """Return `gap` as a fraction of the objective of the empty model."""
        y = self.y if self.weights is None else self.y[self.weights > 0]
        return fraction_of_empty(gap, float(self.mean(self.y**2) / 2), y)


def fraction_of_empty(gap: float, empty: float, y: np.ndarray) -> float:
    """Return gap / empty; NaN if y is too small for that, and the limit if y is zero."""
    if empty > _SMALLEST:
        return gap / empty
    if y.any():
        return np.nan
    return 0.0 if gap == 0 else np.inf


def nonnegative_least_squares(A: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Minimise ||A x - b|| over x >= 0; each column of A has a largest entry of 1.

    Source: C. Lawson and R. Hanson, Solving Least Squares Problems, 1974, chapter 23. SciPy's `nnls` may stop
    short of the solution and not say so (scipy issue 25389; seen in SciPy 1.17).
    """
    x = np.zeros(A.shape[1])
    held = np.zeros(A.shape[1], bool)  # the positive ones
    for _ in range(10 * A.shape[1]):  # many more than it takes, unless rounding makes it go in circles
        pull = np.where(held, 0.0, A.T @ (b - A @ x))
        if pull.max() <= 1e-10 * np.linalg.norm(b):
            break
        held[pull.argmax()] = True
        while True:
            target = np.zeros_like(x)
            # What is nearer to dependent than 1e-8 counts as dependent: rounding would decide the signs.
            target[held] = np.linalg.lstsq(A[:, held], b, rcond=1e-8)[0]
            leaving = np.flatnonzero(target < 0)
            if leaving.size == 0:
                break
            steps = x[leaving] / (x[leaving] - target[leaving])
            x = np.maximum(x + steps.min() * (target - x), 0.0)  # to where the first of them reaches zero
            held[leaving[steps.argmin()]] = False
        x = target
    return x
