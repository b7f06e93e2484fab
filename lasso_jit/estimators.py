"""scikit-learn's estimators on the engine: only the import changes.

Parameters, attributes, shapes and dtypes are those of `sklearn.linear_model` in version 1.9; the docstrings
say what is different. Only scikit-learn's public interface is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from numbers import Integral, Number
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn import get_config
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.model_selection import check_cv
from sklearn.utils import Tags, check_array, check_random_state
from sklearn.utils.metadata_routing import UNUSED, MetadataRouter, MethodMapping, process_routing
from sklearn.utils.validation import check_is_fitted, validate_data

from .certificate import LassoResult
from .cross_validation import elastic_net_cv
from .fit import elastic_net
from .path import elastic_net_path
from .validation import (
    as_count,
    as_flag,
    as_l1_ratio,
    as_matrix,
    as_nonnegative,
    as_penalty_weights,
    as_positive,
    as_vector,
    as_weights,
)

if TYPE_CHECKING:
    from scipy.sparse import csc_array, csr_array, csr_matrix

_DTYPES = [np.float64, np.float32]


class InvalidParameterError(ValueError, TypeError):
    """A parameter of an estimator has a wrong type or value: both errors at once, as in scikit-learn."""


def enet_path(
    X: ArrayLike | csc_array,
    y: ArrayLike,
    *,
    l1_ratio: float = 0.5,
    eps: float = 1e-3,
    n_alphas: int = 100,
    alphas: int | ArrayLike | None = None,
    precompute: bool | str | ArrayLike = "auto",
    Xy: ArrayLike | None = None,
    copy_X: bool = True,
    coef_init: ArrayLike | None = None,
    verbose: bool | int = False,
    return_n_iter: bool = False,
    positive: bool = False,
    check_input: bool = True,
    tol: float = 1e-10,
    max_iter: int = 10_000,
    random_state: int | np.random.RandomState | None = None,
    selection: str = "cyclic",
) -> tuple:
    """Compute a path as `sklearn.linear_model.enet_path` does: without intercept, for one output.

    The method `path` of the estimators. `lasso_jit.elastic_net_path` says more, and can fit an intercept.

    Parameters
    ----------
    X, y, l1_ratio, eps, positive, tol, max_iter
        As for `lasso_jit.elastic_net_path`.
    alphas : int or array_like of shape (n_alphas,), optional
        The alphas, or how many. Default: `n_alphas`.
    n_alphas : int, default 100
        How many alphas, if `alphas` does not say.
    return_n_iter : bool, default False
    precompute, Xy, copy_X, coef_init, verbose, check_input, random_state, selection
        Accepted, and change nothing: the answer is exact.

    Returns
    -------
    alphas : numpy.ndarray of shape (n_alphas,)
        Descending.
    coefs : numpy.ndarray of shape (n_features, n_alphas)
    dual_gaps : numpy.ndarray of shape (n_alphas,)
        Not divided by the objective of the empty model.
    n_iters : list of int
        Only if `return_n_iter` is true.

    Raises
    ------
    TypeError, ValueError
        An argument is not valid; the message names it.

    Examples
    --------
    >>> alphas, coefs, gaps = enet_path([[1.0], [-1.0]], [1.0, -1.0], alphas=[0.5])
    >>> coefs.round(12).tolist()
    [[0.6]]
    """
    X = check_array(X, accept_sparse="csc", dtype=_DTYPES, order="F")
    y = as_vector(y, X.shape[0])
    path = elastic_net_path(
        X, y, l1_ratio=l1_ratio, alphas=n_alphas if alphas is None else alphas, eps=eps, fit_intercept=False,
        positive=positive, tol=_tolerance(tol), max_iter=max_iter,
    )  # fmt: skip
    answer = (path.alphas, path.coefs.astype(_float_type(X)), path.gaps * _empty_objective(y, None, False))
    return (*answer, path.n_iters.tolist()) if return_n_iter else answer


def _lasso_path(X: ArrayLike | csc_array, y: ArrayLike, **options: Any) -> tuple:  # noqa: ANN401
    """Compute a path as `sklearn.linear_model.lasso_path` does: `enet_path` with the `l1_ratio` 1."""
    return enet_path(X, y, l1_ratio=1.0, **options)


class _Linear(RegressorMixin, BaseEstimator):
    """What all estimators share: parameters, predictions and the coefficients in sparse form."""

    def predict(self, X: ArrayLike | csc_array) -> np.ndarray:
        """Predict.

        Parameters
        ----------
        X : array_like or scipy.sparse matrix of shape (n_samples, n_features)

        Returns
        -------
        numpy.ndarray of shape (n_samples,) or (n_samples, n_targets)
        """
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse=["csr", "csc", "coo"], reset=False)
        return X @ self.coef_.T + self.intercept_

    @property
    def sparse_coef_(self) -> csr_matrix | csr_array:
        """`coef_` as a sparse matrix of shape (n_targets, n_features)."""
        as_array = get_config().get("sparse_interface") == "sparray"
        return (sparse.csr_array if as_array else sparse.csr_matrix)(np.atleast_2d(self.coef_))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _settings(self, n_features: int, *gram_words: str) -> dict:
        """Check the parameters that all estimators have, and return those that the engine takes."""
        as_flag(self.copy_X, "copy_X")
        if not isinstance(self.selection, str) or self.selection not in ("cyclic", "random"):
            raise ValueError(f"selection must be 'cyclic' or 'random', got {self.selection!r}")
        try:
            check_random_state(self.random_state)
        except ValueError as error:
            raise ValueError(f"random_state: {error}") from error
        _check_precompute(self.precompute, n_features, gram_words)
        return {
            "fit_intercept": as_flag(self.fit_intercept, "fit_intercept"),
            "penalty_weights": as_penalty_weights(self.penalty_weights, n_features),
            "positive": as_flag(self.positive, "positive"),
            "tol": _tolerance(self.tol),
            "max_iter": as_count(self.max_iter, "max_iter"),
        }


class ElasticNet(MultiOutputMixin, _Linear):
    """Linear regression with the elastic net penalty, exact but for rounding.

    Minimises, for each column of `y` by itself, ``sum_i s_i (y_i - b - x_i'w)^2 / (2 sum_i s_i)
    + alpha sum_j v_j (l1_ratio |w_j| + (1 - l1_ratio) w_j^2 / 2)``.

    Parameters and attributes are those of `Lasso`, and:

    Parameters
    ----------
    l1_ratio : float, default 0.5
        From 0 (ridge regression) to 1 (the Lasso).

    Examples
    --------
    >>> ElasticNet(alpha=0.5).fit([[1.0], [-1.0]], [1.0, -1.0]).coef_.round(12).tolist()
    [0.6]
    """

    # Not for a pipeline to pass on.
    __metadata_request__fit = {"check_input": UNUSED}  # noqa: RUF012

    path = staticmethod(enet_path)

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        l1_ratio: float = 0.5,
        fit_intercept: bool = True,
        precompute: bool | ArrayLike = False,
        max_iter: int = 10_000,
        copy_X: bool = True,
        tol: float = 1e-10,
        warm_start: bool = False,
        positive: bool = False,
        random_state: int | np.random.RandomState | None = None,
        selection: str = "cyclic",
        penalty_weights: ArrayLike | None = None,
    ) -> None:
        self.alpha = alpha
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.precompute = precompute
        self.max_iter = max_iter
        self.copy_X = copy_X
        self.tol = tol
        self.warm_start = warm_start
        self.positive = positive
        self.random_state = random_state
        self.selection = selection
        self.penalty_weights = penalty_weights

    def fit(
        self,
        X: ArrayLike | csc_array,
        y: ArrayLike,
        sample_weight: float | ArrayLike | None = None,
        check_input: bool = True,
    ) -> Self:
        """Fit each column of `y`.

        Parameters
        ----------
        X : array_like or scipy.sparse matrix of shape (n_samples, n_features)
            Not copied if it is column-major float64, or in sparse column format; never modified.
        y : array_like of shape (n_samples,) or (n_samples, n_targets)
        sample_weight : array_like of shape (n_samples,), optional
            A weight of k counts as k samples. Default, and if it is a number: all the same.
        check_input : bool, default True
            False leaves out scikit-learn's checks of arrays that have passed them before.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            The data or a parameter are not valid; the message names the parameter.

        Warns
        -----
        sklearn.exceptions.ConvergenceWarning
            A gap is above `tol`; the message says what was reached.
        """
        if check_input:
            X, y = validate_data(
                self, X, y, accept_sparse="csc", dtype=_DTYPES, order="F", multi_output=True, y_numeric=True
            )
            y = check_array(y, dtype=np.float64, ensure_2d=False, input_name="y")
        with _parameters():
            settings = self._settings(X.shape[1])
            alpha, l1_ratio = as_nonnegative(self.alpha, "alpha"), as_l1_ratio(self.l1_ratio)
            warm = as_flag(self.warm_start, "warm_start") and hasattr(self, "coef_")
        settings |= {"l1_ratio": l1_ratio, "sample_weight": _as_weights(sample_weight, X.shape[0])}
        design, targets = X.astype(np.float64, copy=False), np.ascontiguousarray(y.reshape(X.shape[0], -1).T)
        starts = self._starts((len(targets), X.shape[1])) if warm else [None] * len(targets)
        fits = [
            elastic_net(design, target, alpha, coef_init=start, **settings)
            for target, start in zip(targets, starts, strict=True)
        ]
        gaps = np.array([fit.gap for fit in fits])
        empty = [
            _empty_objective(target, settings["sample_weight"], self.fit_intercept) for target in targets
        ]
        dtype = _float_type(X)
        self.coef_ = np.array([fit.coef for fit in fits], dtype)
        self.intercept_ = np.array([fit.intercept for fit in fits], dtype) if self.fit_intercept else 0.0
        self.dual_gap_ = (gaps * empty).astype(dtype)
        self.n_iter_ = [fit.n_iter for fit in fits]
        self.gap_, self.certificate_ = gaps, [fit.certificate for fit in fits]
        if len(fits) == 1:
            for name in ("coef_", "dual_gap_", "n_iter_", "gap_", "certificate_"):
                setattr(self, name, getattr(self, name)[0])
        if y.ndim == 1 and self.fit_intercept:
            self.intercept_ = self.intercept_[0]
        return self

    def _starts(self, shape: tuple[int, int]) -> np.ndarray:
        starts = np.atleast_2d(self.coef_)
        if starts.shape != shape:
            raise ValueError(
                f"warm_start: the last fit had {starts.shape[0]} targets and {starts.shape[1]} features, "
                f"not {shape[0]} and {shape[1]}"
            )
        return starts


class Lasso(ElasticNet):
    """The Lasso, exact but for rounding, with a certificate.

    Minimises, for each column of `y` by itself, ``sum_i s_i (y_i - b - x_i'w)^2 / (2 sum_i s_i)
    + alpha sum_j v_j |w_j|``: `sklearn.linear_model.Lasso`, with weights v.

    Parameters
    ----------
    alpha : float, default 1.0
        Penalty per unit of coefficient, at least 0. At 0 the fit is that of least squares, without a warning.
    fit_intercept : bool, default True
    precompute : bool or array_like of shape (n_features, n_features), default False
        Changes nothing: the engine decides for itself whether a Gram matrix pays.
    copy_X : bool, default True
        Changes nothing: `X` is never modified.
    max_iter : int, default 10_000
        Largest number of rounds of an exact step on the support and entry of new features. These are not the
        sweeps that scikit-learn counts; a few are usual.
    tol : float, default 1e-10
        Largest *relative duality gap*, see `lasso_jit.duality_gap`. scikit-learn's 1e-4 bounds half of it,
        once a sweep moves no coefficient by more than 1e-4 of the largest. Usually much less than `tol` is
        reached; 0 asks for more than rounding allows.
    warm_start : bool, default False
        Whether to start from the last fit. Only the time depends on it, not the answer.
    positive : bool, default False
        Whether coefficients must not be negative.
    random_state, selection : default None, "cyclic"
        Change nothing: the engine is not random.
    penalty_weights : array_like of shape (n_features,), optional
        The weights v: 0 for no penalty, infinite for a coefficient that must be 0. Default: 1.

    Attributes
    ----------
    coef_ : numpy.ndarray of shape (n_features,) or (n_targets, n_features)
        Computed in float64. Rounded to float32 if `X` is float32, as scikit-learn's is.
    sparse_coef_ : scipy.sparse matrix of shape (n_targets, n_features)
    intercept_ : float or numpy.ndarray of shape (n_targets,)
    n_iter_ : int or list of int
        Rounds of the engine.
    dual_gap_ : float or numpy.ndarray of shape (n_targets,)
        Duality gap in the units of the objective, as scikit-learn's.
    gap_ : float or numpy.ndarray of shape (n_targets,)
        Relative duality gap, what `tol` bounds.
    certificate_ : Certificate or list of Certificate
        Print it.
    n_features_in_ : int
    feature_names_in_ : numpy.ndarray of shape (n_features,)
        Only if `X` has names for its columns.

    Examples
    --------
    >>> model = Lasso(alpha=0.1).fit([[0, 0], [1, 1], [2, 2]], [0, 1, 2])
    >>> model.coef_.sum().round(12), model.intercept_.round(12)
    (np.float64(0.85), np.float64(0.15))
    """

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        fit_intercept: bool = True,
        precompute: bool | ArrayLike = False,
        copy_X: bool = True,
        max_iter: int = 10_000,
        tol: float = 1e-10,
        warm_start: bool = False,
        positive: bool = False,
        random_state: int | np.random.RandomState | None = None,
        selection: str = "cyclic",
        penalty_weights: ArrayLike | None = None,
    ) -> None:
        super().__init__(
            alpha=alpha, l1_ratio=1.0, fit_intercept=fit_intercept, precompute=precompute, max_iter=max_iter,
            copy_X=copy_X, tol=tol, warm_start=warm_start, positive=positive, random_state=random_state,
            selection=selection, penalty_weights=penalty_weights,
        )  # fmt: skip


class _LinearCV(_Linear):
    """What `LassoCV` and `ElasticNetCV` share."""

    def fit(
        self,
        X: ArrayLike | csc_array,
        y: ArrayLike,
        sample_weight: float | ArrayLike | None = None,
        **params: Any,  # noqa: ANN401
    ) -> Self:
        """Choose by cross-validation, and fit all data with the choice.

        Parameters
        ----------
        X : array_like or scipy.sparse matrix of shape (n_samples, n_features)
            Not copied if it is column-major float64, or in sparse column format; never modified.
        y : array_like of shape (n_samples,)
        sample_weight : array_like of shape (n_samples,), optional
            Weights of the fits and of the errors on the rows that a fold tests; all folds count the same.
            Default, and if it is a number: all the same.
        **params
            Passed to the splitter, such as ``groups``, if scikit-learn's ``enable_metadata_routing`` is set.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            The data or a parameter are not valid; the message names the parameter.

        Warns
        -----
        sklearn.exceptions.ConvergenceWarning
            A gap is above `tol`; the message says what was reached.
        """
        routing = get_config()["enable_metadata_routing"]
        if params and not routing:
            raise ValueError(
                f"fit takes {', '.join(params)} only if scikit-learn's enable_metadata_routing is set"
            )
        X, y = validate_data(self, X, y, accept_sparse="csc", dtype=_DTYPES, order="F", y_numeric=True)
        with _parameters():
            settings = self._settings(X.shape[1], "auto")
            eps = as_positive(self.eps, "eps")
            alphas, count = self.alphas, np.ndim(self.alphas) == 0
            alphas = as_count(alphas, "alphas") if count else as_vector(alphas, name="alphas")
            l1_ratios = as_vector(np.atleast_1d(getattr(self, "l1_ratio", 1.0)), name="l1_ratio")
            l1_ratios = [as_l1_ratio(l1_ratio) for l1_ratio in l1_ratios]
            n_jobs, verbose = _jobs(self.n_jobs), _as_verbose(self.verbose)
        if routing:
            options = process_routing(self, "fit", sample_weight=sample_weight, **params).splitter.split
        else:
            options = {}
        folds = list(check_cv(self.cv).split(X, y, **options))
        weights = _as_weights(sample_weight, X.shape[0])
        settings |= {"alphas": alphas, "eps": eps, "cv": folds, "sample_weight": weights, "progress": verbose}
        settings |= {"n_threads": None if self.n_jobs is None else n_jobs}
        design, target = X.astype(np.float64, copy=False), y.astype(np.float64, copy=False)
        results = [elastic_net_cv(design, target, l1_ratio=l1_ratio, **settings) for l1_ratio in l1_ratios]
        best = min(results, key=lambda result: result.mean.min())
        grids = np.array([result.alphas for result in results])
        self.alphas_ = grids if count and len(grids) > 1 else grids[0]
        # scikit-learn drops every axis of length 1, even that of a single alpha.
        self.mse_path_ = np.squeeze([result.mse for result in results])
        self.alpha_, self.alpha_1se_ = np.float64(best.alpha), np.float64(best.alpha_1se)
        dtype = _float_type(X)
        self.coef_, self.intercept_ = self._model(best.fit, dtype)
        self.coef_1se_, self.intercept_1se_ = self._model(best.fit_1se, dtype)
        empty = _empty_objective(target, weights, self.fit_intercept)
        self.dual_gap_ = dtype(best.fit.gap * empty)
        self.n_iter_, self.gap_, self.certificate_ = best.fit.n_iter, best.fit.gap, best.fit.certificate
        if hasattr(self, "l1_ratio"):
            self.l1_ratio_ = np.float64(best.fit.l1_ratio)
        return self

    def _model(self, fit: LassoResult, dtype: type) -> tuple[np.ndarray, float]:
        return fit.coef.astype(dtype), dtype(fit.intercept) if self.fit_intercept else 0.0

    def get_metadata_routing(self) -> MetadataRouter:
        """Tell scikit-learn that `fit` passes metadata on to the splitter."""
        router = MetadataRouter(owner=self).add_self_request(self)
        mapping = MethodMapping().add(caller="fit", callee="split")
        return router.add(splitter=check_cv(self.cv), method_mapping=mapping)


class LassoCV(_LinearCV):
    """The Lasso with alpha chosen by cross-validation.

    The folds, the alphas and the errors are those of `sklearn.linear_model.LassoCV`; all fits are exact.

    Parameters
    ----------
    eps : float, default 1e-3
        The last alpha over the first, at most 1; not used if `alphas` is an array.
    alphas : int or array_like of shape (n_alphas,), default 100
        The alphas, or how many there should be from alpha_max down, in equal ratios.
    precompute : "auto", bool or array_like of shape (n_features, n_features), default "auto"
        Changes nothing: the engine decides for itself whether a Gram matrix pays.
    cv : int, splitter or iterable, optional
        A number of folds of neighbouring rows, a scikit-learn splitter, or pairs (train, test) of rows.
        Default: 5.
    verbose : bool or int, default False
        Whether to write how much is done to standard error.
    n_jobs : int, optional
        How many folds are worked on at the same time, -1: one on each processor. Default: `lasso_cv` decides.
    fit_intercept, max_iter, tol, copy_X, positive, random_state, selection, penalty_weights
        As for `Lasso`.

    Attributes
    ----------
    alpha_ : float
        The alpha with the smallest mean error.
    alpha_1se_ : float
        The largest alpha whose mean error is within one standard error of the smallest: a sparser choice.
    coef_, intercept_ : numpy.ndarray of shape (n_features,), float
        Those of `alpha_`, which `predict` uses.
    coef_1se_, intercept_1se_ : numpy.ndarray of shape (n_features,), float
        Those of `alpha_1se_`.
    alphas_ : numpy.ndarray of shape (n_alphas,)
        Descending.
    mse_path_ : numpy.ndarray of shape (n_alphas, n_folds)
        Mean squared error on the rows that a fold tests. As in scikit-learn, an axis of length 1 is dropped.
    sparse_coef_, n_iter_, dual_gap_, gap_, certificate_, n_features_in_, feature_names_in_
        As for `Lasso`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((60, 4))
    >>> model = LassoCV(cv=4).fit(X, X[:, 0] + rng.standard_normal(60))
    >>> model.mse_path_.shape, bool(model.alpha_ <= model.alpha_1se_)
    ((100, 4), True)
    """

    path = staticmethod(_lasso_path)

    def __init__(
        self,
        *,
        eps: float = 1e-3,
        alphas: int | ArrayLike = 100,
        fit_intercept: bool = True,
        precompute: bool | str | ArrayLike = "auto",
        max_iter: int = 10_000,
        tol: float = 1e-10,
        copy_X: bool = True,
        cv: int | object | Iterable | None = None,
        verbose: bool | int = False,
        n_jobs: int | None = None,
        positive: bool = False,
        random_state: int | np.random.RandomState | None = None,
        selection: str = "cyclic",
        penalty_weights: ArrayLike | None = None,
    ) -> None:
        self.eps = eps
        self.alphas = alphas
        self.fit_intercept = fit_intercept
        self.precompute = precompute
        self.max_iter = max_iter
        self.tol = tol
        self.copy_X = copy_X
        self.cv = cv
        self.verbose = verbose
        self.n_jobs = n_jobs
        self.positive = positive
        self.random_state = random_state
        self.selection = selection
        self.penalty_weights = penalty_weights


class ElasticNetCV(_LinearCV):
    """The elastic net with alpha, and l1_ratio if there are several, chosen by cross-validation.

    Parameters and attributes are those of `LassoCV`, and:

    Parameters
    ----------
    l1_ratio : float or array_like of shape (n_l1_ratios,), default 0.5
        From 0 (ridge regression; `alphas` must then be an array) to 1 (the Lasso).

    Attributes
    ----------
    l1_ratio_ : float
        The one with the smallest mean error at its best alpha; `alpha_1se_` belongs to it, too.
    alphas_ : numpy.ndarray of shape (n_alphas,) or (n_l1_ratios, n_alphas)
        The latter if there are several ratios, and the parameter `alphas` is a number.
    mse_path_ : numpy.ndarray of shape (n_alphas, n_folds) or (n_l1_ratios, n_alphas, n_folds)

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((60, 4))
    >>> model = ElasticNetCV(l1_ratio=[0.5, 0.9]).fit(X, X[:, 0] + rng.standard_normal(60))
    >>> model.mse_path_.shape, model.l1_ratio_
    ((2, 100, 5), np.float64(0.9))
    """

    path = staticmethod(enet_path)

    def __init__(
        self,
        *,
        l1_ratio: float | Sequence[float] = 0.5,
        eps: float = 1e-3,
        alphas: int | ArrayLike = 100,
        fit_intercept: bool = True,
        precompute: bool | str | ArrayLike = "auto",
        max_iter: int = 10_000,
        tol: float = 1e-10,
        cv: int | object | Iterable | None = None,
        copy_X: bool = True,
        verbose: bool | int = 0,
        n_jobs: int | None = None,
        positive: bool = False,
        random_state: int | np.random.RandomState | None = None,
        selection: str = "cyclic",
        penalty_weights: ArrayLike | None = None,
    ) -> None:
        self.l1_ratio = l1_ratio
        self.eps = eps
        self.alphas = alphas
        self.fit_intercept = fit_intercept
        self.precompute = precompute
        self.max_iter = max_iter
        self.tol = tol
        self.cv = cv
        self.copy_X = copy_X
        self.verbose = verbose
        self.n_jobs = n_jobs
        self.positive = positive
        self.random_state = random_state
        self.selection = selection
        self.penalty_weights = penalty_weights


@contextmanager
def _parameters() -> Iterator[None]:
    """Turn what is wrong with a parameter into an error that is both a ValueError and a TypeError."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise InvalidParameterError(str(error)) from error


def _check_precompute(precompute: object, n_features: int, words: tuple[str, ...]) -> None:
    if isinstance(precompute, bool | np.bool_) or (isinstance(precompute, str) and precompute in words):
        return
    if isinstance(precompute, str) or not hasattr(precompute, "__len__"):
        choices = ", ".join(["True", "False", *map(repr, words)])
        raise ValueError(f"precompute must be {choices} or a Gram matrix, got {precompute!r}")
    shape = as_matrix(precompute, "precompute").shape
    if shape != (n_features, n_features):
        raise ValueError(f"precompute must have shape {(n_features, n_features)}, got {shape}")


def _tolerance(tol: float) -> float:
    """Return `tol`, or instead of 0, which scikit-learn allows, the smallest number that is not."""
    return as_nonnegative(tol, "tol") or np.finfo(float).tiny


def _jobs(n_jobs: int | None) -> int:
    if n_jobs is not None and (isinstance(n_jobs, bool) or not isinstance(n_jobs, Integral) or n_jobs == 0):
        raise ValueError(f"n_jobs must be None or an integer other than 0, got {n_jobs!r}")
    return effective_n_jobs(n_jobs)


def _as_verbose(verbose: bool | int) -> bool:
    if not isinstance(verbose, bool | np.bool_ | Integral) or verbose < 0:
        raise ValueError(f"verbose must be True, False or a number of at least 0, got {verbose!r}")
    return bool(verbose)


def _as_weights(sample_weight: float | ArrayLike | None, n_samples: int) -> np.ndarray | None:
    """Return weights of at most 1, or None for a number: the same weight for all samples changes nothing."""
    return None if isinstance(sample_weight, Number) else as_weights(sample_weight, n_samples)


def _float_type(X: np.ndarray | csc_array) -> type:
    return np.float32 if X.dtype == np.float32 else np.float64


def _empty_objective(y: np.ndarray, sample_weight: np.ndarray | None, fit_intercept: bool) -> float:
    """Return the objective of the best constant or, without intercept, of zero: what `gap` is relative to."""
    constant = np.average(y, weights=sample_weight) if fit_intercept else 0.0
    with np.errstate(over="ignore"):  # then it is infinite, as the objective is
        return float(np.average((y - constant) ** 2, weights=sample_weight) / 2)
