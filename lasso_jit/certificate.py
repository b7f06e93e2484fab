"""What a solver returns: the fit, and the proof of how good it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_ROUNDING = 1e-13  # below this a gap or a violation is rounding, which differs from machine to machine


@dataclass(frozen=True, eq=False)
class Certificate:
    """Proof that a fit is (nearly) optimal, readable without trusting the solver.

    Attributes
    ----------
    gap : float
        Relative duality gap, see `lasso_jit.duality_gap`: no other coefficients can lower the objective by
        more than this fraction of the empty model's.
    tol : float
        The gap that was asked for.
    kkt : float
        Worst violation of the optimality conditions as a fraction of alpha (as it is if alpha is 0), see
        `lasso_jit.kkt_violation`.
    support : numpy.ndarray of int
        Indices of the nonzero coefficients, counted from 0.
    n_features : int

    Examples
    --------
    >>> print(Certificate(2.5e-11, 1e-10, 3e-7, np.array([0, 2]), 4))
    relative duality gap  2.5e-11  (asked for 1e-10: reached)
    worst KKT violation   3.0e-07 of alpha
    support               2 of 4 features: 0, 2
    """

    gap: float
    tol: float
    kkt: float
    support: np.ndarray
    n_features: int

    @property
    def holds(self) -> bool:
        """Whether the gap is at most what was asked for (False if it is NaN)."""
        return bool(self.gap <= self.tol)

    def __str__(self) -> str:
        names = ", ".join(str(j) for j in self.support[:12]) + (", ..." if len(self.support) > 12 else "")
        return (
            f"relative duality gap  {_small(self.gap)}  "
            f"(asked for {self.tol:.0e}: {'reached' if self.holds else 'NOT reached'})\n"
            f"worst KKT violation   {_small(self.kkt)} of alpha\n"
            f"support               {len(self.support)} of {self.n_features} features"
            f"{': ' if names else ''}{names}"
        )


@dataclass(frozen=True, eq=False)  # arrays do not compare to one truth value
class History:
    """The iterates of a solver, the start included, for looking at how it got there.

    Attributes
    ----------
    coefs : numpy.ndarray of shape (n_iter + 1, n_features)
    objectives : numpy.ndarray of shape (n_iter + 1,)
        The Lasso objective at each iterate, with the best intercept for it.
    gaps : numpy.ndarray of shape (n_iter + 1,)
        The relative duality gap at each iterate.
    """

    coefs: np.ndarray
    objectives: np.ndarray
    gaps: np.ndarray


@dataclass(frozen=True, eq=False)
class LassoResult:
    """A fit with its certificate.

    Attributes
    ----------
    coef : numpy.ndarray of shape (n_features,)
    intercept : float
        mean(y) - mean(X) @ coef, or 0.0 without intercept.
    alpha : float
    dual : numpy.ndarray of shape (n_samples,)
        The feasible dual point that the gap was computed with.
    gap : float
        Relative duality gap reached.
    kkt : float
        Worst violation of the optimality conditions, in the units of alpha.
    n_iter : int
        Iterations done (for coordinate descent, sweeps over all features; for the engine, rounds of an exact
        step on the support and the entry of new features).
    tol : float
        The gap that was asked for.
    history : History or None
    l1_ratio : float
        1 for the Lasso.
    """

    coef: np.ndarray
    intercept: float
    alpha: float
    dual: np.ndarray
    gap: float
    kkt: float
    n_iter: int
    tol: float
    history: History | None = None
    l1_ratio: float = 1.0

    @property
    def support(self) -> np.ndarray:
        """Indices of the nonzero coefficients."""
        return np.flatnonzero(self.coef)

    @property
    def certificate(self) -> Certificate:
        """The proof of optimality; print it."""
        kkt = self.kkt / self.alpha if self.alpha > 0 else self.kkt
        return Certificate(self.gap, self.tol, kkt, self.support, self.coef.size)


def _small(value: float) -> str:
    return f"< {_ROUNDING:.0e}" if value < _ROUNDING else f"{value:.1e}"
