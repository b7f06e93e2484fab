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

That is the Lasso. The functions below also judge a more general problem, of which it is the case
:math:`s_i = v_j = \rho = 1`:

.. math:: P(w, b) = \frac{1}{2S}\sum_i s_i (y_i - x_i^\top w - b)^2 + \sum_j h_j(w_j), \qquad
          h_j(t) = \lambda_j |t| + \tfrac12 \mu_j t^2

with sample weights s of sum S, penalty weights v, :math:`\lambda_j = \alpha\rho v_j`,
:math:`\mu_j = \alpha(1 - \rho) v_j` and :math:`\rho` the `l1_ratio` of the elastic net; on request no
coefficient may be negative. With :math:`c_j = \sum_i s_i x_{ij}\theta_i / S` the dual objective is

.. math:: D(\theta) = \frac{1}{2S}\sum_i s_i \left(y_i^2 - (y_i - \theta_i)^2\right) - \sum_j h_j^*(c_j),
          \qquad h_j^*(c) = \frac{1}{2\mu_j} \max(|c| - \lambda_j, 0)^2 .

Where :math:`\mu_j = 0` the last term is the condition :math:`|c_j| \le \lambda_j` instead; where coefficients
may not be negative, c takes the place of :math:`|c|`. With an intercept, :math:`\sum_i s_i\theta_i = 0`.
Source: H. Zou and T. Hastie, Regularization and variable selection via the elastic net, 2005. The work is
done in `general_problem`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .general_problem import GeneralProblem, fraction_of_empty
from .validation import as_count, as_l1_ratio, as_nonnegative, as_real, as_vector, as_weights

if TYPE_CHECKING:
    from scipy.sparse import csc_array

#: Each form of the penalised problem, and its penalty for alpha = 1 as a multiple of n_samples to a power:
#: (factor, power of n_samples).
PENALTY_FORMS = {
    "sse": (2.0, 1),  # ||r||^2 + lambda |w|: the textbook form
    "half_sse": (1.0, 1),  # ||r||^2 / 2 + lambda |w|
    "mse": (2.0, 0),  # ||r||^2 / n + lambda |w|
    "half_mse": (1.0, 0),  # ||r||^2 / (2n) + alpha |w|: scikit-learn and lasso_jit
    "glmnet": (1.0, 0),  # the same; but glmnet divides each column by its standard deviation first
}


def primal(
    X: ArrayLike | csc_array,
    y: ArrayLike,
    coef: ArrayLike,
    alpha: float,
    *,
    intercept: float = 0.0,
    l1_ratio: float = 1.0,
    sample_weight: ArrayLike | None = None,
    penalty_weights: ArrayLike | None = None,
    positive: bool = False,
) -> float:
    """Return the objective P at `coef` and `intercept`: the Lasso's, unless the options say otherwise.

    Parameters
    ----------
    X : array_like or scipy.sparse matrix of shape (n_samples, n_features)
    y : array_like of shape (n_samples,)
    coef : array_like of shape (n_features,)
    alpha : float
        Penalty per unit of coefficient, at least 0, in the 1/(2n) form.
    intercept : float, default 0.0
    l1_ratio : float, default 1.0
        From 0 (ridge: only squares) to 1 (Lasso: only absolute values); between is the elastic net.
    sample_weight : array_like of shape (n_samples,), optional
        A weight of 2 is the sample twice. Default: 1 each.
    penalty_weights : array_like of shape (n_features,), optional
        What multiplies `alpha`, feature by feature: 0 does not penalise, infinity excludes. Default: 1 each.
    positive : bool, default False
        Whether a negative coefficient is forbidden. A forbidden or excluded one makes the objective infinite.

    Raises
    ------
    TypeError, ValueError
        An argument is not numeric, not finite, or of the wrong shape; the message names it.

    Examples
    --------
    >>> primal([[1.0], [-1.0]], [1.0, -1.0], [0.5], alpha=0.1)
    0.175
    """
    y = as_vector(y) - as_real(intercept, "intercept")
    problem = GeneralProblem.of(X, y, alpha, False, l1_ratio, sample_weight, penalty_weights, positive)
    return problem.objective(as_vector(coef, problem.X.shape[1], "coef"))


def dual(
    y: ArrayLike,
    theta: ArrayLike,
    *,
    X: ArrayLike | csc_array | None = None,
    alpha: float | None = None,
    l1_ratio: float = 1.0,
    sample_weight: ArrayLike | None = None,
    penalty_weights: ArrayLike | None = None,
    positive: bool = False,
) -> float:
    """Return the dual objective D at a feasible `theta` of shape (n_samples,); see `dual_point`.

    Parameters and errors are those of `primal`. Only with an `l1_ratio` below 1 does D depend on `X`, `alpha`
    and the penalty.

    Examples
    --------
    >>> dual([1.0, -1.0], [0.1, -0.1])
    0.095
    """
    y = as_vector(y)
    theta = as_vector(theta, y.size, "theta")
    weights = as_weights(sample_weight, y.size)
    value = float(np.average((2 * y - theta) * theta, weights=weights) / 2)  # 2 y t - t^2 = y^2 - (y - t)^2
    if X is None or alpha is None:
        if as_l1_ratio(l1_ratio) < 1:
            raise ValueError("X and alpha are needed with an l1_ratio below 1")
        return value
    problem = GeneralProblem.of(X, y, alpha, False, l1_ratio, sample_weight, penalty_weights, positive)
    return value - problem.conjugate(problem.pull(theta))


def dual_point(
    X: ArrayLike | csc_array,
    y: ArrayLike,
    coef: ArrayLike,
    alpha: float,
    *,
    fit_intercept: bool = True,
    l1_ratio: float = 1.0,
    sample_weight: ArrayLike | None = None,
    penalty_weights: ArrayLike | None = None,
    positive: bool = False,
) -> np.ndarray:
    """Return a feasible dual point of shape (n_samples,): the residual, shrunk until it is feasible.

    What unpenalised features explain of the residual is taken out of it first. With an `l1_ratio` below 1
    every point is feasible, and it is shrunk only if that makes the gap smaller.

    Parameters
    ----------
    X, y, coef, alpha, l1_ratio, sample_weight, penalty_weights, positive
        As for `primal`.
    fit_intercept : bool, default True
        Whether the model has an intercept; if so the point, times the sample weights, sums to zero.

    Raises
    ------
    TypeError, ValueError
        As for `primal`.

    Examples
    --------
    >>> dual_point([[1.0], [-1.0]], [1.0, -1.0], [0.5], alpha=0.1).tolist()
    [0.1, -0.1]
    """
    problem = GeneralProblem.of(
        X, y, alpha, fit_intercept, l1_ratio, sample_weight, penalty_weights, positive
    )
    return problem.dual_point(as_vector(coef, problem.X.shape[1], "coef"))[0]


def duality_gap(
    X: ArrayLike | csc_array,
    y: ArrayLike,
    coef: ArrayLike,
    alpha: float,
    *,
    intercept: float | None = None,
    fit_intercept: bool = True,
    theta: ArrayLike | None = None,
    l1_ratio: float = 1.0,
    sample_weight: ArrayLike | None = None,
    penalty_weights: ArrayLike | None = None,
    positive: bool = False,
) -> float:
    """Return the relative duality gap: a bound on how much of the objective is left to gain.

    Parameters
    ----------
    X, y, coef, alpha, l1_ratio, sample_weight, penalty_weights, positive
        As for `primal`.
    intercept : float, optional
        The intercept to judge together with `coef`. Default: the best one for `coef`, or 0 without intercept.
    fit_intercept : bool, default True
        Whether the model has an intercept.
    theta : array_like of shape (n_samples,), optional
        Dual point to judge against; any vector is allowed, since it is made feasible as in `dual_point`.
        Default: `dual_point` of `coef`.

    Returns
    -------
    float
        (P - D) divided by the objective of the empty model, ``||y - mean(y)||^2/(2n)`` (without intercept
        ``||y||^2/(2n)``; with sample weights, their mean of the same squares). 0 is optimal; the solvers
        stop at 1e-10 by default. Infinite if P is; NaN or infinite if y is too small to certify anything.

    Raises
    ------
    TypeError, ValueError
        As for `primal`.

    Notes
    -----
    Unpenalised features (at `alpha` = 0 all of them) cost a least squares problem, and are made dense for it.

    Examples
    --------
    >>> X, y = [[1.0], [-1.0]], [1.0, -1.0]
    >>> round(duality_gap(X, y, [0.5], alpha=0.1), 12)
    0.16
    >>> round(duality_gap(X, y, [0.9], alpha=0.1), 12)
    0.0
    """
    problem = GeneralProblem.of(
        X, y, alpha, fit_intercept, l1_ratio, sample_weight, penalty_weights, positive
    )
    coef = as_vector(coef, problem.X.shape[1], "coef")
    theta = None if theta is None else as_vector(theta, problem.y.size, "theta")
    offset = problem.offset(coef, intercept)
    if not problem.allows(coef):
        return np.inf
    return problem.relative(problem.dual_point(coef, theta)[1] + offset**2 / 2)


def kkt_violation(
    X: ArrayLike | csc_array,
    y: ArrayLike,
    coef: ArrayLike,
    alpha: float,
    *,
    intercept: float | None = None,
    fit_intercept: bool = True,
    l1_ratio: float = 1.0,
    sample_weight: ArrayLike | None = None,
    penalty_weights: ArrayLike | None = None,
    positive: bool = False,
) -> float:
    """Return the worst violation of the optimality conditions, in the units of `alpha`.

    A nonzero coefficient must have ``x_j'r/n = alpha sign(coef_j)``, a zero one ``|x_j'r|/n <= alpha``, and
    with an intercept the residual r must have mean zero (the size of its mean counts as a violation too).
    In the general problem a nonzero one must have ``c_j = lambda_j sign(coef_j) + mu_j coef_j`` with c_j at
    the residual, and a zero one ``|c_j| <= lambda_j`` (with `positive`, ``c_j <= lambda_j``).

    Parameters and errors are those of `duality_gap`.

    Examples
    --------
    >>> round(kkt_violation([[1.0], [-1.0]], [1.0, -1.0], [0.5], alpha=0.1), 12)
    0.4
    """
    problem = GeneralProblem.of(
        X, y, alpha, fit_intercept, l1_ratio, sample_weight, penalty_weights, positive
    )
    coef = as_vector(coef, problem.X.shape[1], "coef")
    return max(problem.worst_violation(coef), abs(problem.offset(coef, intercept)))


def alpha_max(
    X: ArrayLike | csc_array,
    y: ArrayLike,
    *,
    fit_intercept: bool = True,
    l1_ratio: float = 1.0,
    sample_weight: ArrayLike | None = None,
    penalty_weights: ArrayLike | None = None,
    positive: bool = False,
) -> float:
    """Return the smallest `alpha` at which every coefficient is zero: ``max_j |x_j'(y - mean(y))|/n``.

    With an `l1_ratio` it is that divided by the ratio, and infinite at 0, where squares never make a
    coefficient zero. Unpenalised features are fitted first, and are no coefficients in this sense.
    Parameters and errors are those of `dual_point`, without `coef` and `alpha`.

    Examples
    --------
    >>> alpha_max([[1.0], [-1.0]], [1.0, -1.0])
    1.0
    """
    problem = GeneralProblem.of(X, y, 1.0, fit_intercept, l1_ratio, sample_weight, penalty_weights, positive)
    return problem.alpha_max()


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


def alpha_of(X: ArrayLike | csc_array, y: ArrayLike, coef: ArrayLike, *, fit_intercept: bool = True) -> float:
    """Return ``max_j |x_j'r|/n``: at a solution of the constrained form, the alpha with the same solution.

    Together with `constraint_of` it translates between a budget t and alpha. The translation needs a
    solution, because it depends on the data; it is not defined where the budget does not bind.
    Parameters and errors are those of `dual_point`, without `alpha`.

    Examples
    --------
    >>> round(alpha_of([[1.0], [-1.0]], [1.0, -1.0], [0.9]), 12)
    0.1
    """
    problem = GeneralProblem.of(X, y, 0.0, fit_intercept, 1.0, None, None, False)
    coef = as_vector(coef, problem.X.shape[1], "coef")
    return float(np.abs(problem.pull(problem.residual(coef))).max())


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
    return fraction_of_empty(gap, empty, y)
