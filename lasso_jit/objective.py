r"""The problem, written down once.

.. math:: P(w, b) = \frac{1}{2n}\lVert y - Xw - b\rVert^2 + \alpha\lVert w\rVert_1

X has shape (n_samples, n_features), y (n_samples,), w (n_features,). The intercept b is not penalised; for
any w the best b is mean(y - Xw), so centring y and the columns of X removes it from the problem.

The dual problem is to choose one number per sample, :math:`\theta`, so as to maximise

.. math:: D(\theta) = \frac{1}{2n}\left(\lVert y\rVert^2 - \lVert y - \theta\rVert^2\right)
          \quad\text{with } |x_j^\top\theta| \le n\alpha \text{ for all } j

and, if there is an intercept, :math:`\sum_i\theta_i = 0`. Every feasible :math:`\theta` has
:math:`D(\theta) \le P(w, b)` for every w and b, so P - D bounds how far P(w, b) is above the best objective
without knowing the best. At the solution :math:`\theta` is the residual. Sources: S.-J. Kim et al., An
interior-point method for large-scale l1-regularized least squares, 2007; O. Fercoq, A. Gramfort and
J. Salmon, Mind the duality gap: safer rules for the Lasso, 2015.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .validation import as_count, as_flag, as_matrix, as_nonnegative, as_positive, as_real, as_vector

#: Each form of the penalised problem, and its penalty for alpha = 1 as a multiple of n_samples to a power:
#: (factor, power of n_samples).
PENALTY_FORMS = {
    "sse": (2.0, 1),  # ||r||^2 + lambda |w|: the textbook form
    "half_sse": (1.0, 1),  # ||r||^2 / 2 + lambda |w|
    "mse": (2.0, 0),  # ||r||^2 / n + lambda |w|
    "half_mse": (1.0, 0),  # ||r||^2 / (2n) + alpha |w|: scikit-learn and lasso_jit
    "glmnet": (1.0, 0),  # the same; but glmnet divides each column by its standard deviation first
}

#: Below this the squares of y lose digits (a float resolves 5e-324), and no gap can be certified.
_SMALLEST = 1e-303


def primal(X: ArrayLike, y: ArrayLike, coef: ArrayLike, alpha: float, *, intercept: float = 0.0) -> float:
    """Return the Lasso objective P at `coef` and `intercept`.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_features)
    y : array_like of shape (n_samples,)
    coef : array_like of shape (n_features,)
    alpha : float
        Penalty per unit of coefficient, at least 0, in the 1/(2n) form.
    intercept : float, default 0.0

    Raises
    ------
    TypeError, ValueError
        An argument is not numeric, not finite, or of the wrong shape; the message names it.

    Examples
    --------
    >>> primal([[1.0], [-1.0]], [1.0, -1.0], [0.5], alpha=0.1)
    0.175
    """
    X, y, coef = _as_problem(X, y, coef)
    alpha = as_nonnegative(alpha, "alpha")
    return objective_value(X, y - as_real(intercept, "intercept"), coef, alpha)


def dual(y: ArrayLike, theta: ArrayLike) -> float:
    """Return the dual objective D at a feasible `theta` of shape (n_samples,); see `dual_point`.

    Examples
    --------
    >>> dual([1.0, -1.0], [0.1, -0.1])
    0.095
    """
    y = as_vector(y)
    theta = as_vector(theta, y.size, "theta")
    return float((2 * y - theta) @ theta / (2 * len(y)))  # = (||y||^2 - ||y - theta||^2) / (2n)


def dual_point(
    X: ArrayLike, y: ArrayLike, coef: ArrayLike, alpha: float, *, fit_intercept: bool = True
) -> np.ndarray:
    """Return a feasible dual point of shape (n_samples,): the residual, shrunk until it is feasible.

    Parameters
    ----------
    X, y, coef, alpha
        As for `primal`; `alpha` must be positive.
    fit_intercept : bool, default True
        Whether the model has an intercept; if so the point sums to zero.

    Raises
    ------
    TypeError, ValueError
        As for `primal`.

    Examples
    --------
    >>> dual_point([[1.0], [-1.0]], [1.0, -1.0], [0.5], alpha=0.1).tolist()
    [0.1, -0.1]
    """
    X, y, coef = _as_problem(X, y, coef)
    alpha = as_positive(alpha, "alpha")
    X, y, _, _ = centre(X, y, fit_intercept=as_flag(fit_intercept, "fit_intercept"))
    return feasible(X, y - X @ coef, alpha)


def duality_gap(
    X: ArrayLike,
    y: ArrayLike,
    coef: ArrayLike,
    alpha: float,
    *,
    intercept: float | None = None,
    fit_intercept: bool = True,
    theta: ArrayLike | None = None,
) -> float:
    """Return the relative duality gap: a bound on how much of the objective is left to gain.

    Parameters
    ----------
    X, y, coef, alpha
        As for `primal`; `alpha` must be positive.
    intercept : float, optional
        The intercept to judge together with `coef`. Default: the best one for `coef`, or 0 without intercept.
    fit_intercept : bool, default True
        Whether the model has an intercept.
    theta : array_like of shape (n_samples,), optional
        Dual point to judge against; any vector is allowed, since it is centred and shrunk until feasible.
        Default: `dual_point` of `coef`.

    Returns
    -------
    float
        (P - D) divided by the objective of the empty model, ``||y - mean(y)||^2/(2n)`` (without intercept
        ``||y||^2/(2n)``). 0 is optimal; the
        solvers stop at 1e-10 by default. NaN or infinite if y is too small to certify anything.

    Raises
    ------
    TypeError, ValueError
        As for `primal`.

    Examples
    --------
    >>> X, y = [[1.0], [-1.0]], [1.0, -1.0]
    >>> round(duality_gap(X, y, [0.5], alpha=0.1), 12)
    0.16
    >>> round(duality_gap(X, y, [0.9], alpha=0.1), 12)
    0.0
    """
    X, y, coef = _as_problem(X, y, coef)
    alpha = as_positive(alpha, "alpha")
    fit_intercept = as_flag(fit_intercept, "fit_intercept")
    X, y, x_mean, y_mean = centre(X, y, fit_intercept=fit_intercept)
    if theta is not None:
        theta = as_vector(theta, len(y), "theta")
        theta = feasible(X, theta - theta.mean() if fit_intercept else theta, alpha)
    offset = _offset(intercept, y_mean - x_mean @ coef, fit_intercept)
    return relative_gap(X, y, coef, alpha, theta=theta, offset=offset)


def kkt_violation(
    X: ArrayLike,
    y: ArrayLike,
    coef: ArrayLike,
    alpha: float,
    *,
    intercept: float | None = None,
    fit_intercept: bool = True,
) -> float:
    """Return the worst violation of the optimality conditions, in the units of `alpha`.

    A nonzero coefficient must have ``x_j'r/n = alpha sign(coef_j)``, a zero one ``|x_j'r|/n <= alpha``, and
    with an intercept the residual r must have mean zero (the size of its mean counts as a violation too).

    Parameters and errors are those of `duality_gap`, except that `alpha` may be 0.

    Examples
    --------
    >>> round(kkt_violation([[1.0], [-1.0]], [1.0, -1.0], [0.5], alpha=0.1), 12)
    0.4
    """
    X, y, coef = _as_problem(X, y, coef)
    alpha = as_nonnegative(alpha, "alpha")
    fit_intercept = as_flag(fit_intercept, "fit_intercept")
    X, y, x_mean, y_mean = centre(X, y, fit_intercept=fit_intercept)
    offset = _offset(intercept, y_mean - x_mean @ coef, fit_intercept)
    return max(worst_violation(X, y, coef, alpha), abs(offset))


def alpha_max(X: ArrayLike, y: ArrayLike, *, fit_intercept: bool = True) -> float:
    """Return the smallest `alpha` at which every coefficient is zero: ``max_j |x_j'(y - mean(y))|/n``.

    Parameters and errors are those of `dual_point`, without `coef` and `alpha`.

    Examples
    --------
    >>> alpha_max([[1.0], [-1.0]], [1.0, -1.0])
    1.0
    """
    X = as_matrix(X)
    y = as_vector(y, X.shape[0])
    X, y, _, _ = centre(X, y, fit_intercept=as_flag(fit_intercept, "fit_intercept"))
    return strongest_pull(X, y)


def convert_penalty(value: float, n_samples: int, *, source: str, target: str) -> float:
    """Translate a penalty between the forms in which books and packages write the Lasso.

    Parameters
    ----------
    value : float
        The penalty in the form `source`, at least 0.
    n_samples : int
    source, target : {"sse", "half_sse", "mse", "half_mse", "glmnet"}
        What multiplies the sum of squared errors is 1, 1/2, 1/n, 1/(2n) and 1/(2n). glmnet's number agrees
        with ours on columns of standard deviation 1 (computed with 1/n), which it makes unless told not to.

    Returns
    -------
    float
        The penalty in the form `target` with the same solution.

    Raises
    ------
    TypeError, ValueError
        A number is not valid or a form is unknown.

    Examples
    --------
    >>> convert_penalty(0.1, 160, source="half_mse", target="sse")
    32.0
    """
    penalty = as_nonnegative(value, "value")
    n_samples = as_count(n_samples, "n_samples")
    for name, form in (("source", source), ("target", target)):
        if not isinstance(form, str) or form not in PENALTY_FORMS:
            raise ValueError(f"{name} must be one of {', '.join(PENALTY_FORMS)}, got {form!r}")
    (from_factor, from_power), (to_factor, to_power) = PENALTY_FORMS[source], PENALTY_FORMS[target]
    return penalty * to_factor / from_factor * float(n_samples) ** (to_power - from_power)


def constraint_of(coef: ArrayLike) -> float:
    """Return ``t = ||coef||_1``: at a solution, the budget of the constrained form with the same solution.

    Examples
    --------
    >>> constraint_of([0.5, -0.25])
    0.75
    """
    return float(np.abs(as_vector(coef, name="coef")).sum())


def alpha_of(X: ArrayLike, y: ArrayLike, coef: ArrayLike, *, fit_intercept: bool = True) -> float:
    """Return ``max_j |x_j'r|/n``: at a solution of the constrained form, the alpha with the same solution.

    Together with `constraint_of` it translates between a budget t and alpha. The translation needs a
    solution, because it depends on the data; it is not defined where the budget does not bind.
    Parameters and errors are those of `dual_point`, without `alpha`.

    Examples
    --------
    >>> round(alpha_of([[1.0], [-1.0]], [1.0, -1.0], [0.9]), 12)
    0.1
    """
    X, y, coef = _as_problem(X, y, coef)
    X, y, _, _ = centre(X, y, fit_intercept=as_flag(fit_intercept, "fit_intercept"))
    return strongest_pull(X, y - X @ coef)


def centre(
    X: np.ndarray, y: np.ndarray, *, fit_intercept: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return copies of X (column-major) and y minus their means, and the means (zero without intercept)."""
    if not fit_intercept:
        return np.array(X, order="F"), np.array(y), np.zeros(X.shape[1]), 0.0
    x_mean, y_mean = X.mean(axis=0), float(y.mean())
    return np.asfortranarray(X - x_mean), y - y_mean, x_mean, y_mean


def strongest_pull(X: np.ndarray, theta: np.ndarray) -> float:
    """Return max_j |x_j'theta|/n over the columns of the (centred) X."""
    return float(np.max(np.abs(X.T @ theta)) / len(theta))


def feasible(X: np.ndarray, theta: np.ndarray, alpha: float) -> np.ndarray:
    """Shrink `theta` until it pulls no feature harder than `alpha`."""
    pull = strongest_pull(X, theta)
    return theta * (alpha / pull) if pull > alpha else theta


def objective_value(X: np.ndarray, y: np.ndarray, coef: np.ndarray, alpha: float) -> float:
    """Return the objective, without intercept, on validated data."""
    residual = y - X @ coef
    return float(residual @ residual / (2 * len(y)) + alpha * np.abs(coef).sum())


def worst_violation(X: np.ndarray, y: np.ndarray, coef: np.ndarray, alpha: float) -> float:
    """Return the worst violation of the optimality conditions on centred, validated data."""
    correlation = X.T @ (y - X @ coef) / len(y)
    active = np.abs(correlation - alpha * np.sign(coef))
    inactive = np.maximum(np.abs(correlation) - alpha, 0.0)
    return float(np.max(np.where(coef != 0, active, inactive)))


def relative_gap(
    X: np.ndarray,
    y: np.ndarray,
    coef: np.ndarray,
    alpha: float,
    *,
    theta: np.ndarray | None = None,
    offset: float = 0.0,
) -> float:
    """Return (P - D)/P(0) on centred, validated data; `offset` is the mean of the residual."""
    n = len(y)
    residual = y - X @ coef
    if theta is None:
        theta = feasible(X, residual, alpha)
    # P - D with the cancelling terms removed by hand: two amounts, neither of which can be negative.
    misfit = (residual - theta) @ (residual - theta) / (2 * n) + offset**2 / 2
    slack = alpha * np.abs(coef).sum() - coef @ (X.T @ theta) / n
    gap, empty = float(misfit + max(slack, 0.0)), float(y @ y / (2 * n))
    if empty > _SMALLEST:
        return gap / empty
    if y.any():
        return np.nan
    return 0.0 if gap == 0 else np.inf


def _offset(intercept: float | None, best: float, fit_intercept: bool) -> float:
    """Return how far the user's intercept is from the best one for the coefficients."""
    if intercept is None:
        return 0.0
    intercept = as_real(intercept, "intercept")
    if not fit_intercept and intercept != 0:
        raise ValueError(f"intercept must be 0 with fit_intercept=False, got {intercept}")
    return float(best - intercept)


def _as_problem(X: ArrayLike, y: ArrayLike, coef: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    X = as_matrix(X)
    return X, as_vector(y, X.shape[0]), as_vector(coef, X.shape[1], "coef")
