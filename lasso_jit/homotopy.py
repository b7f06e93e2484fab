r"""Homotopy: the exact path, followed along straight lines from knot to knot.

As long as the support A and its signs s stay the same, optimality is a linear system, ``X_A'r = n alpha s``.
With ``X_A = QR`` (orthonormal columns times a triangle) and ``z = R'^{-1}s`` its solution is

.. math:: w_A(\alpha) = R^{-1}Q^\top y - \alpha\,n R^{-1}z, \qquad
          \frac{x_j^\top r(\alpha)}{n} = \frac{x_j^\top(y - QQ^\top y)}{n} + \alpha\,x_j^\top Qz

Coefficients and pulls are straight lines in alpha: what least squares on A says, and a slope. (In steps: as
alpha falls by t, w_A gains t times ``n (X_A'X_A)^{-1}s``.) The line ends at the largest alpha at which a
coefficient of A reaches zero or the pull of another feature reaches alpha: the next knot.

Ties. At a knot a feature is free if its pull is alpha and its coefficient zero, and there may be several.
Those that the support needs are found by a rule: as alpha falls, no free coefficient may move against its
sign and no free pull may fall more slowly than alpha; of the features that do, the one with the smallest
index changes sides, until none is left. The rule ends: the direction d of the path minimises the convex
function ``|Xd|^2/(2n) - s'd`` over the d that respect the signs, and if the last feature comes in because
that lowers it, the minimum lies where its coefficient grows, so that it does not go out again; by induction
the others settle in between (K. Murty, 1974).

Dependent columns. If ``x_j = X_A c`` is tied, its pull is ``alpha c's`` all along the line, so that it stays
tied and may stay out, with coefficient zero. Hence the columns of the support are always independent, and the
path is a solution path. It is the only one if the columns of all tied features are independent (R.
Tibshirani, 2013).

Sources: M. Osborne, B. Presnell and B. Turlach, A new approach to variable selection in least squares
problems, 2000; B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, Least angle regression, 2004, section
3.1; K. Murty, Note on a Bard-type scheme for solving the complementarity problem, 1974; R. Tibshirani, The
Lasso problem and uniqueness, 2013.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from .objective import centre, relative_gap
from .validation import as_count, as_flag, as_matrix, as_nonnegative, as_positive, as_vector

# Relative to the lengths of y and of the feature's column, so that units do not matter.
_ROUNDING = 1e-13  # a pull, a coefficient or a slope that is this close to its limit is at its limit
_DEPENDENT = 1e-10  # a column lies in the span of others if this little of it sticks out
_ACCEPTED = 1e-9  # a violation of the optimality conditions that is more than rounding


@dataclass(frozen=True, eq=False)  # arrays do not compare to one truth value
class HomotopyPath:
    """The solutions for every alpha from `alphas[0]` down to `alphas[-1]`: straight lines between knots.

    Attributes
    ----------
    alphas : numpy.ndarray of shape (n_knots,)
        The knots, descending. The first is alpha_max, above which the model is empty; the last is the
        `alpha_min` asked for, or where the path had to stop.
    coefs : numpy.ndarray of shape (n_features, n_knots)
        The solution at each knot.
    intercepts : numpy.ndarray of shape (n_knots,)
    gaps : numpy.ndarray of shape (n_knots,)
        Relative duality gap at each knot, see `lasso_jit.duality_gap`.
    violation : float
        Worst violation of the optimality conditions, at the knots and between them; for feature j in units
        of ``|x_j| |y|/n``, the strongest pull that it can have (lengths after centring).
    events : tuple of tuples
        What happens at each knot as alpha falls past it, such as ``(("leaves", 0), ("enters", 3))``. Empty at
        an end of the path that is no knot.
    unique : bool
        True if there is no other solution at any positive alpha of the path: the columns of all features
        whose pull is alpha were linearly independent throughout. If False, there may be others.
    """

    alphas: np.ndarray
    coefs: np.ndarray
    intercepts: np.ndarray
    gaps: np.ndarray
    violation: float
    events: tuple[tuple[tuple[str, int], ...], ...]
    unique: bool

    def coef_at(self, alpha: float) -> np.ndarray:
        """Return the solution at `alpha`, shape (n_features,).

        Raises
        ------
        TypeError, ValueError
            `alpha` is not a finite number of at least 0, or lies below the end of the path.
        """
        return self._at(self.coefs, alpha)

    def intercept_at(self, alpha: float) -> float:
        """Return the intercept at `alpha`; errors are those of `coef_at`."""
        return float(self._at(self.intercepts, alpha))

    def _at(self, values: np.ndarray, alpha: float) -> np.ndarray:
        alpha = as_nonnegative(alpha, "alpha")
        if alpha < self.alphas[-1]:
            raise ValueError(f"alpha must be at least {self.alphas[-1]:.6g}, the path's end, got {alpha}")
        after = np.searchsorted(-self.alphas, -alpha)  # the first knot at or below alpha
        if after == 0:
            return values[..., 0].copy()
        high, low = self.alphas[after - 1], self.alphas[after]
        share = (high - alpha) / (high - low)
        return (1 - share) * values[..., after - 1] + share * values[..., after]


def homotopy_path(
    X: ArrayLike,
    y: ArrayLike,
    *,
    fit_intercept: bool = True,
    alpha_min: float = 0.0,
    max_knots: int = 10_000,
    tol: float = 1e-10,
) -> HomotopyPath:
    """Compute the exact Lasso path, with all its knots.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_features)
        Not modified, nor is `y`.
    y : array_like of shape (n_samples,)
    fit_intercept : bool, default True
        Whether the model has an (unpenalised) intercept.
    alpha_min : float, default 0.0
        Where to stop. At 0 the path ends in a least squares solution with the smallest possible sum of
        absolute coefficients.
    max_knots : int, default 10_000
        Stop after so many knots. Usually there are a few times min(n_samples, n_features). The worst data
        have ``(3**n_features + 1)/2`` (J. Mairal and B. Yu, Complexity analysis of the Lasso regularization
        path, 2012).
    tol : float, default 1e-10
        Warn where the relative duality gap at a knot is above this.

    Returns
    -------
    HomotopyPath
        Knots, solutions and certificates.

    Raises
    ------
    TypeError, ValueError
        An argument is not numeric, not finite, or of the wrong shape or sign, or its squares leave the range
        of floating point; the message names it.

    Warns
    -----
    sklearn.exceptions.ConvergenceWarning
        The path stops above `alpha_min`, because of `max_knots` or because what follows would fail the
        optimality conditions; or a gap is above `tol`. The gap divides the rounding of the pulls by alpha, so
        this happens where alpha is below about 1e-10 of the strongest possible pull: the path is still
        followed, but cannot be certified to `tol`. The message says down to which alpha it is.

    Notes
    -----
    A feature whose column depends on those of the support waits outside as long as both are tied. So of two
    copies of a column the first is used, and `unique` is False.

    Examples
    --------
    >>> path = homotopy_path([[2.0, 0.0], [0.0, 1.0]], [2.0, 3.0], fit_intercept=False)
    >>> path.alphas.tolist(), path.events
    ([2.0, 1.5, 0.0], ((('enters', 0),), (('enters', 1),), ()))
    >>> path.coefs.tolist()
    [[0.0, 0.25, 1.0], [0.0, 0.0, 3.0]]
    >>> path.coef_at(0.75).tolist()
    [0.625, 1.5]
    """
    X = as_matrix(X)
    y = as_vector(y, X.shape[0])
    alpha_min = as_nonnegative(alpha_min, "alpha_min")
    max_knots = as_count(max_knots, "max_knots")
    tol = as_positive(tol, "tol")
    sizes = _checked_length(X, "X"), _checked_length(y, "y")
    X, y, x_mean, y_mean = centre(X, y, fit_intercept=as_flag(fit_intercept, "fit_intercept"))
    # What centring leaves of a constant is rounding. Without this it would be a feature like any other.
    X[:, np.linalg.norm(X, axis=0) <= 1e-14 * sizes[0]] = 0.0
    if np.linalg.norm(y) <= 1e-14 * sizes[1]:
        y[:] = 0.0

    alphas, coefs, events, unique = _follow(X, y, alpha_min, max_knots)
    violations = _violations(X, y, alphas, coefs)
    wrong = np.flatnonzero(~(violations <= _ACCEPTED))
    kept = wrong[0] + 1 if wrong.size else len(alphas)  # the knots before the first wrong stretch
    alphas, coefs = alphas[:kept], coefs[:, :kept]
    gaps = np.array([_gap(X, y, coef, alpha) for coef, alpha in zip(coefs.T, alphas, strict=True)])
    _warn_unless_certified(alphas, gaps, alpha_min, max_knots, tol)
    return HomotopyPath(
        alphas=alphas,
        coefs=coefs,
        intercepts=y_mean - x_mean @ coefs,
        gaps=gaps,
        violation=float(violations[: kept - 1].max(initial=0.0)),
        events=tuple(events[:kept]),
        unique=unique,
    )


def _follow(
    X: np.ndarray, y: np.ndarray, alpha_min: float, max_knots: int
) -> tuple[np.ndarray, np.ndarray, list, bool]:
    """Return knots, solutions, events and uniqueness for centred data; the caller checks the solutions."""
    face = _Face(X, y)
    alphas, coefs, events, unique = [], [], [], True
    alpha, settled = np.inf, True
    while settled and len(alphas) < max_knots:
        alpha, arrived = face.next_knot(alpha)
        at_end = alpha <= alpha_min
        if at_end and alphas:
            alpha = alpha_min
        coef, pull = face.fit - alpha * face.step, face.left + alpha * face.drag
        coef[~face.inside | arrived | (face.sign * coef <= face.coef_noise)] = 0.0
        alphas.append(alpha)
        coefs.append(coef)
        events.append(())
        if at_end:
            break
        tied = face.inside | arrived | (alpha - np.abs(pull) <= face.pull_noise)
        face.sign = np.where(face.inside, face.sign, np.sign(pull) * tied)
        before = face.inside.copy()
        settled = face.settle(tied & (coef == 0))
        left, came = np.flatnonzero(before & ~face.inside), np.flatnonzero(face.inside & ~before)
        events[-1] = (*(("leaves", int(j)) for j in left), *(("enters", int(j)) for j in came))
        unique = unique and face.tied_are_independent(tied)
    return np.array(alphas), np.array(coefs).T, events, unique


class _Face:
    """Support and signs, the factors X_A = QR, and the line on which they solve the problem.

    On the line the coefficients are ``fit - alpha * step`` and the pulls ``left + alpha * drag``.
    """

    def __init__(self, X: np.ndarray, y: np.ndarray) -> None:
        n, p = X.shape
        self.X, self.y, self.lengths = X, y, np.linalg.norm(X, axis=0)
        self.pull_noise = _ROUNDING * self.lengths * np.linalg.norm(y) / n
        self.coef_noise = _ROUNDING * np.linalg.norm(y) / np.maximum(self.lengths, 1e-100)
        self.inside, self.sign = np.zeros(p, dtype=bool), np.zeros(p)  # sign: of the pull, where it is alpha
        self.members: list[int] = []  # the support in order of entry, which is the order in Q and R
        self.Q, self.R = np.zeros((n, min(n, p))), np.zeros((min(n, p), min(n, p)))
        self.solve()

    def solve(self) -> None:
        """Find the line for the present support and signs."""
        n, p = self.X.shape
        Q = self.Q[:, : len(self.members)]
        along, z = Q.T @ self.y, solve_lower(self.R, self.sign[self.members])
        self.fit, self.step = np.zeros(p), np.zeros(p)
        self.fit[self.members] = solve_upper(self.R, along)
        self.step[self.members] = n * solve_upper(self.R, z)
        self.left, self.drag = np.stack([(self.y - Q @ along) / n, Q @ z]) @ self.X
        self.left[np.abs(self.left) <= self.pull_noise] = 0.0
        self.urge_noise = _ROUNDING * (1 + self.lengths * np.linalg.norm(z))

    def urge(self) -> np.ndarray:
        """Return, for free features, a number that is positive if and only if the support needs them.

        Inside it is how fast the coefficient grows with its sign as alpha falls (times the column's mean
        square), outside how much more slowly than alpha the pull falls.
        """
        growth = self.step * self.lengths**2 / len(self.y)
        urge = self.sign * np.where(self.inside, growth, self.sign - self.drag)
        return np.where(np.abs(urge) <= self.urge_noise, 0.0, urge)

    def next_knot(self, alpha: float) -> tuple[float, np.ndarray]:
        """Return the largest alpha below the given one at which features arrive at a limit, and which do."""
        event = np.zeros(self.sign.size)
        # On its way to least squares a coefficient meets zero if it has the other sign there.
        leaving = self.inside & (self.sign * self.fit < -self.coef_noise) & (self.sign * self.step < 0)
        event[leaving] = self.fit[leaving] / self.step[leaving]
        # A pull ends as what is left at alpha = 0, so it can meet alpha only on that side of zero; those
        # that are there already are moving away.
        side = np.sign(self.left)
        approach = 1 - side * self.drag
        entering = ~self.inside & (side != 0) & (side != self.sign) & (approach > 0)
        event[entering] = np.abs(self.left[entering]) / approach[entering]
        event[event >= alpha] = 0.0
        return float(event.max()), (event > 0) & (event == event.max())

    def settle(self, free: np.ndarray) -> bool:
        """Let free features change sides, smallest index first; False if that does not come to an end."""
        for _ in range(100 * int(free.sum()) + 1):  # Murty's worst case is longer, but nothing like usual
            wrong = np.flatnonzero(free & (self.inside != (self.urge() > 0)))
            if not any(self.change_sides(j) for j in wrong):  # stops at the first that can
                return True
            self.solve()
        return False

    def change_sides(self, j: int) -> bool:
        """Take j in or out; False if it cannot come in, because its column depends on the support's."""
        k = len(self.members)
        if self.inside[j]:
            drop_column(self.Q, self.R, k, self.members.index(j))
            self.members.remove(j)
        else:
            Q, rest, along = self.Q[:, :k], self.X[:, j].copy(), np.zeros(k)
            for _ in range(2):  # one round of Gram-Schmidt leaves rounding of the size of x_j
                shadow = Q.T @ rest
                along += shadow
                rest -= Q @ shadow
            length = np.linalg.norm(rest)
            if k == len(self.R) or length <= _DEPENDENT * self.lengths[j]:
                return False
            self.Q[:, k], self.R[:k, k], self.R[k, k] = rest / length, along, length
            self.members.append(j)
        self.inside[j] = not self.inside[j]
        return True

    def tied_are_independent(self, tied: np.ndarray) -> bool:
        """Return whether the columns of all features that stay tied along the line are independent."""
        waiting = np.flatnonzero(tied & ~self.inside & (self.urge() >= 0))
        could_enter = [j for j in waiting if self.change_sides(j)]
        for j in reversed(could_enter):
            self.change_sides(j)
        return len(could_enter) == len(waiting)


@njit(cache=True)
def solve_upper(R, b):  # noqa: ANN001, ANN201  (Numba infers the types)
    """Return x with ``Rx = b``, where R is the leading triangle of the size of b."""
    x = b.copy()
    for i in range(x.size - 1, -1, -1):
        for j in range(i + 1, x.size):
            x[i] -= R[i, j] * x[j]
        x[i] /= R[i, i]
    return x


@njit(cache=True)
def solve_lower(R, b):  # noqa: ANN001, ANN201
    """Return x with ``R'x = b``, where R is the leading triangle of the size of b."""
    x = b.copy()
    for i in range(x.size):
        x[i] /= R[i, i]
        for j in range(i + 1, x.size):
            x[j] -= R[i, j] * x[i]
    return x


@njit(cache=True)
def drop_column(Q, R, k, i):  # noqa: ANN001, ANN201
    """Turn the factors of k columns, in place, into those of the k - 1 without column i."""
    for c in range(i, k - 1):
        for r in range(c + 2):
            R[r, c] = R[r, c + 1]
        # The column that moved up has an entry below the diagonal. A rotation of two rows of R, and of the
        # same two columns of Q, makes it zero.
        length = np.hypot(R[c, c], R[c + 1, c])
        cos, sin = R[c, c] / length, R[c + 1, c] / length
        R[c, c], R[c + 1, c] = length, 0.0
        for m in range(c + 2, k):
            R[c, m], R[c + 1, m] = cos * R[c, m] + sin * R[c + 1, m], cos * R[c + 1, m] - sin * R[c, m]
        for r in range(Q.shape[0]):
            Q[r, c], Q[r, c + 1] = cos * Q[r, c] + sin * Q[r, c + 1], cos * Q[r, c + 1] - sin * Q[r, c]


def _violations(X: np.ndarray, y: np.ndarray, alphas: np.ndarray, coefs: np.ndarray) -> np.ndarray:
    """Return the worst violation of the optimality conditions on each stretch between two knots.

    Where coefficients are straight lines, so are the pulls, and the conditions for given signs are linear: if
    they hold at both ends of a stretch with the same signs, they hold on all of it.
    """
    pulls = X.T @ (y[:, None] - X @ coefs) / len(y)
    first, second = coefs[:, :-1], coefs[:, 1:]
    sign = np.sign(np.where(first != 0, first, second))
    worst = np.where(sign * second < 0, np.inf, 0.0)
    for pull, alpha in ((pulls[:, :-1], alphas[:-1]), (pulls[:, 1:], alphas[1:])):
        active, inactive = np.abs(pull - alpha * sign), np.abs(pull) - alpha
        worst = np.maximum(worst, np.where(sign != 0, active, inactive))
    strongest = np.linalg.norm(X, axis=0) * np.linalg.norm(y) / len(y)
    return np.max(worst / np.maximum(strongest, 1e-300)[:, None], axis=0)


def _gap(X: np.ndarray, y: np.ndarray, coef: np.ndarray, alpha: float) -> float:
    """Return the relative duality gap, also at alpha = 0, where a feasible point may have no pull at all."""
    if alpha > 0:
        return relative_gap(X, y, coef, alpha)
    residual = y - X @ coef
    columns = X / np.maximum(np.linalg.norm(X, axis=0), 1e-100)
    theta = residual - columns @ np.linalg.lstsq(columns, residual)[0]
    return relative_gap(X, y, coef, alpha, theta=theta)


def _checked_length(array: np.ndarray, name: str) -> np.ndarray:
    """Return the Euclidean length of each column of X, or of y, after checking that it can be computed."""
    with np.errstate(over="ignore", under="ignore"):
        length = np.linalg.norm(array, axis=0)
    if ((length > 1e100) | ((length < 1e-100) & array.any(axis=0))).any():
        raise ValueError(f"{name} is too large or too small to compute with its squares: change its units")
    return length


def _warn_unless_certified(
    alphas: np.ndarray, gaps: np.ndarray, alpha_min: float, max_knots: int, tol: float
) -> None:
    loose = np.flatnonzero(~(gaps <= tol))
    if alphas[-1] <= alpha_min and not loose.size:
        return
    from sklearn.exceptions import ConvergenceWarning  # here: importing scikit-learn takes longer than a path

    certified = alphas[loose[0] - 1] if loose.size else alphas[-1]
    message = f"the path is certified down to alpha = {certified:.6g} only"
    if loose.size:
        message += (
            f"; below, the relative duality gap reaches {gaps.max():.2e}, {tol:.0e} was asked for: alpha is "
            "small beside the rounding of the pulls; standardise the features, or raise alpha_min"
        )
    if alphas[-1] > alpha_min:
        message += f"; it stops at alpha = {alphas[-1]:.6g}, above alpha_min = {alpha_min:.6g}, "
        message += (
            f"after {max_knots} knots: raise max_knots"
            if len(alphas) == max_knots
            else "because rounding decides what comes next: look for nearly dependent columns"
        )
    warnings.warn(message, ConvergenceWarning, stacklevel=3)
