"""The estimators: scikit-learn's own checks, and the same answers, shapes and types as scikit-learn's."""

import pickle
import subprocess
import sys
import warnings
from itertools import product

import numpy as np
import pandas as pd
import pytest
import reference as ref
import sklearn.linear_model as sk
from scipy import sparse
from sklearn import config_context
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin, clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import BaggingRegressor
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.feature_selection import SelectFromModel
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    ShuffleSplit,
    cross_val_predict,
    cross_val_score,
)
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import lasso_jit
from lasso_jit import estimators
from lasso_jit.estimators import ElasticNet, ElasticNetCV, Lasso, LassoCV

# Warnings fail a test unless it asks for them: a fit that does not converge, or NumPy complaining inside.
pytestmark = pytest.mark.filterwarnings("error")
SINGLE, CROSS_VALIDATED = ["Lasso", "ElasticNet"], ["LassoCV", "ElasticNetCV"]
# With a gap of g coefficients are within sqrt(2 g P(0)/curvature) of the solution. On the small data below
# scikit-learn at this tol reaches a gap of some 1e-15, and errors of some 1e-8.
TIGHT = 1e-14
CLOSE = {"rtol": 1e-7, "atol": 1e-7}


def data(n=60, p=8, *, targets=0, dtype=float, kind="dense"):
    rng = np.random.default_rng(n + p)
    X = rng.standard_normal((n, p)) + 0.5
    coef = np.zeros((max(targets, 1), p))
    coef[:, :3] = rng.standard_normal((max(targets, 1), 3)) + 2
    y = X @ coef.T + rng.standard_normal((n, max(targets, 1))) + 3
    if kind != "dense":
        X[rng.random(X.shape) < 0.6] = 0
        X = {"csc": sparse.csc_matrix, "csr": sparse.csr_array}[kind](X)
    return X.astype(dtype), y if targets else y[:, 0]


def weights(n=60):
    return np.random.default_rng(n).uniform(0.1, 2.0, n)


def converged(model, X, y, **options):
    """Fit one of scikit-learn's estimators as far as it gets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.set_params(tol=TIGHT, max_iter=100_000).fit(X, y, **options)


def pair(name, X, y, *, sample_weight=None, **params):
    """Fit our estimator of that name, and scikit-learn's."""
    ours = getattr(estimators, name)(**params).fit(X, y, sample_weight=sample_weight)
    return ours, converged(getattr(sk, name)(**params), X, y, sample_weight=sample_weight)


def described(value):
    if isinstance(value, list):
        return [type(entry) for entry in value]
    return type(value), getattr(value, "dtype", None), np.shape(value)


def assert_same(ours, theirs, X, *, rtol=1e-7, atol=1e-7):
    for name, expected in vars(theirs).items():
        if name.endswith("_"):
            assert described(getattr(ours, name)) == described(expected), name
    for name in ("coef_", "intercept_", "alphas_", "alpha_", "l1_ratio_", "mse_path_"):
        if hasattr(theirs, name):
            found, expected = getattr(ours, name), getattr(theirs, name)
            np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol, err_msg=name)
    found, expected = ours.predict(X), theirs.predict(X)
    assert described(found) == described(expected)
    np.testing.assert_allclose(found, expected, rtol=10 * rtol, atol=10 * atol)


@parametrize_with_checks([Lasso(), ElasticNet(), LassoCV(), ElasticNetCV()])
def test_scikit_learns_checks(estimator, check, monkeypatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # without it scikit-learn leaves one of the checks out
    check(estimator)


@pytest.mark.parametrize("cls", [Lasso, ElasticNet, LassoCV, ElasticNetCV])
def test_only_public_base_classes_are_used(cls):
    public = {BaseEstimator, RegressorMixin, MultiOutputMixin}
    for ours in cls.__mro__:
        if ours.__module__.startswith("lasso_jit"):
            assert all(base in public or base.__module__.startswith("lasso_jit") for base in ours.__bases__)


@pytest.mark.parametrize("name", SINGLE + CROSS_VALIDATED)
def test_parameters_are_scikit_learns_with_the_same_defaults(name):
    ours, theirs = getattr(estimators, name)().get_params(), getattr(sk, name)().get_params()
    assert {key for key in ours if key not in theirs} == {"penalty_weights"}
    assert {key for key in theirs if key not in ours or ours[key] != theirs[key]} == {"tol", "max_iter"}


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("positive", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("kind", ["dense", "csc", "csr"])
@pytest.mark.parametrize("targets", [0, 1, 3])
def test_same_fit(name, fit_intercept, positive, weighted, kind, targets):
    X, y = data(kind=kind, targets=targets)
    params = {"alpha": 0.1, "fit_intercept": fit_intercept, "positive": positive}
    ours, theirs = pair(name, X, y, sample_weight=weights() if weighted else None, **params)
    assert_same(ours, theirs, X)
    assert described(ours.sparse_coef_) == described(theirs.sparse_coef_)
    assert (ours.sparse_coef_.toarray() == np.atleast_2d(ours.coef_)).all()


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("dtype", [np.float32, int, bool, object])
@pytest.mark.parametrize("targets", [0, 2])
def test_same_types_for_other_numbers(name, dtype, targets):
    X, y = data(targets=targets)
    X = (X * 10 if dtype is int else X > 0.5 if dtype is bool else X).astype(dtype)
    ours, theirs = pair(name, X, y, alpha=0.05)
    # In float32 scikit-learn's sums are as rough as its numbers.
    assert_same(ours, theirs, X, **({"rtol": 1e-4, "atol": 1e-4} if dtype is np.float32 else CLOSE))


def test_float32_is_computed_in_float64():
    X, y = data(dtype=np.float32)
    exact = Lasso(alpha=0.1).fit(X.astype(float), y)
    assert (Lasso(alpha=0.1).fit(X, y).coef_ == exact.coef_.astype(np.float32)).all()


@pytest.mark.parametrize("name", CROSS_VALIDATED)
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("kind", ["dense", "csr"])
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"fit_intercept": False},
        {"positive": True},
        {"cv": 3, "alphas": 20, "eps": 1e-2},
        {"cv": KFold(4, shuffle=True, random_state=0)},
        {"cv": ShuffleSplit(6, random_state=0), "n_jobs": 2},
        {"alphas": [0.1, 0.01, 1.0]},
        {"alphas": 1},
    ],
    ids=str,
)
def test_same_cross_validation(name, weighted, kind, params):
    X, y = data(kind=kind)
    ours, theirs = pair(name, X, y, sample_weight=weights() if weighted else None, **params)
    assert_same(ours, theirs, X, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("shape", [(60, 8), (20, 40)])
@pytest.mark.parametrize("alphas", [30, [0.3, 0.1, 0.03], 1])
@pytest.mark.parametrize("l1_ratio", [0.3, [0.3], [0.2, 0.9, 0.5]])
def test_same_cross_validation_over_l1_ratios(shape, alphas, l1_ratio):
    X, y = data(*shape)
    assert_same(*pair("ElasticNetCV", X, y, l1_ratio=l1_ratio, alphas=alphas), X, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", CROSS_VALIDATED)
def test_same_cross_validation_of_float32(name):
    X, y = data(dtype=np.float32)
    assert_same(*pair(name, X, y, alphas=20), X, rtol=1e-3, atol=1e-3)


def test_same_cross_validation_with_folds_given_as_rows():
    X, y = data()
    folds = [(np.arange(0, 40), np.arange(40, 60)), (np.arange(20, 60), np.arange(0, 20))]
    ours, theirs = pair("LassoCV", X, y, cv=folds)
    assert_same(ours, theirs, X, rtol=1e-6, atol=1e-6)
    again = LassoCV(cv=iter(folds)).fit(X, y)
    assert (again.mse_path_ == ours.mse_path_).all()


def test_folds_that_need_groups():
    X, y = data()
    groups = np.arange(60) % 7
    with config_context(enable_metadata_routing=True):
        ours = LassoCV(cv=GroupKFold(3)).fit(X, y, groups=groups)
        theirs = converged(sk.LassoCV(cv=GroupKFold(3)), X, y, groups=groups)
        assert_same(ours, theirs, X, rtol=1e-6, atol=1e-6)
        scores = cross_val_score(LassoCV(cv=GroupKFold(2)), X, y, cv=GroupKFold(3), params={"groups": groups})
    assert scores.shape == (3,)
    with pytest.raises(ValueError, match="groups"):
        LassoCV(cv=GroupKFold(3)).fit(X, y, groups=groups)


@pytest.mark.parametrize("name", CROSS_VALIDATED)
def test_one_standard_error_rule(name):
    X, y = data(40, 15)
    model = getattr(estimators, name)(cv=6, penalty_weights=np.linspace(0.5, 2, 15)).fit(X, y)
    mean = model.mse_path_.mean(axis=1)
    error = np.sqrt(((model.mse_path_ - mean[:, None]) ** 2).sum(axis=1) / (5 * 6))
    best = mean.argmin()
    assert model.alpha_ == model.alphas_[best]
    assert model.alpha_1se_ == model.alphas_[mean <= mean[best] + error[best]].max() > model.alpha_
    single = {"LassoCV": Lasso, "ElasticNetCV": ElasticNet}[name](penalty_weights=model.penalty_weights)
    for suffix in ("", "1se_"):
        single.set_params(alpha=getattr(model, "alpha_" + suffix)).fit(X, y)
        np.testing.assert_allclose(getattr(model, "coef_" + suffix), single.coef_, atol=1e-10)
        np.testing.assert_allclose(getattr(model, "intercept_" + suffix), single.intercept_, atol=1e-10)
    assert (model.predict(X) == X @ model.coef_ + model.intercept_).all()


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("targets", [0, 2])
def test_warm_start(name, targets):
    X, y = data(80, 120, targets=targets)
    model = getattr(estimators, name)(alpha=1.0, warm_start=True).fit(X, y)
    for alpha in (0.5, 0.1, 0.02):
        cold = clone(model).set_params(alpha=alpha, warm_start=False).fit(X, y)
        first = model.set_params(alpha=alpha).fit(X, y).coef_
        np.testing.assert_allclose(first, cold.coef_, atol=1e-9)
        model.fit(X, y)  # again, from the answer
        np.testing.assert_allclose(model.coef_, first, atol=1e-12)
        assert (np.array(model.n_iter_) <= np.array(cold.n_iter_)).all()


def test_warm_start_needs_data_of_the_same_shape():
    X, y = data()
    model = Lasso(warm_start=True).fit(X, y)
    for other in ((X[:, :3], y), (X, np.column_stack([y, y]))):
        with pytest.raises(ValueError, match="warm_start"):
            model.fit(*other)


@pytest.mark.parametrize("kind", ["dense", "csc"])
def test_penalty_weights_are_scales_of_columns(kind):
    X, y = data(kind=kind)
    v = np.array([0.5, 1, 2, 3, 0.2, 1, 1, 4])
    scaled = sparse.csc_array(X / v) if kind == "csc" else X / v
    theirs = converged(sk.Lasso(alpha=0.1), scaled, y)
    model = Lasso(alpha=0.1, penalty_weights=v).fit(X, y)
    np.testing.assert_allclose(model.coef_, theirs.coef_ / v, **CLOSE)
    cv = LassoCV(penalty_weights=v).fit(X, y)
    theirs = converged(sk.LassoCV(), scaled, y)
    np.testing.assert_allclose(cv.alphas_, theirs.alphas_, rtol=1e-12)
    np.testing.assert_allclose(cv.mse_path_, theirs.mse_path_, rtol=1e-6)
    kept = np.flatnonzero(v <= 2)
    model = Lasso(alpha=0.1, penalty_weights=np.where(v <= 2, 0, np.inf)).fit(X, y)
    least_squares = sk.LinearRegression().fit(X[:, kept], y)
    np.testing.assert_allclose(model.coef_[kept], least_squares.coef_, **CLOSE)
    assert (model.coef_[v > 2] == 0).all()


@pytest.mark.parametrize("name", SINGLE)
def test_a_sample_weight_counts_samples(name):
    X, y = data()
    counts = np.arange(60) % 3
    model = getattr(estimators, name)(alpha=0.1)
    weighted = clone(model).fit(X, y, sample_weight=counts)
    repeated = clone(model).fit(np.repeat(X, counts, axis=0), np.repeat(y, counts))
    np.testing.assert_allclose(weighted.coef_, repeated.coef_, atol=1e-12)
    np.testing.assert_allclose(weighted.dual_gap_, repeated.dual_gap_, atol=1e-12)
    assert (clone(model).fit(X, y, sample_weight=2.5).coef_ == clone(model).fit(X, y).coef_).all()


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("targets", [0, 2])
def test_gaps_and_certificates(fit_intercept, targets):
    X, y = data(targets=targets)
    model = Lasso(alpha=0.1, fit_intercept=fit_intercept, tol=0.2).fit(X, y)
    columns = y.reshape(len(y), -1).T
    found = zip(*(np.atleast_1d(v) for v in (model.gap_, model.dual_gap_, model.certificate_)), strict=True)
    for column, coef, (gap, absolute, certificate) in zip(
        columns, np.atleast_2d(model.coef_), found, strict=True
    ):
        expected = lasso_jit.duality_gap(X, column, coef, 0.1, fit_intercept=fit_intercept)
        np.testing.assert_allclose(gap, expected, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(
            absolute, gap * float(ref.empty_objective(column, fit_intercept)), rtol=1e-12
        )
        assert certificate.gap == gap
        assert certificate.holds
        assert certificate.support.tolist() == np.flatnonzero(coef).tolist()
    cv = LassoCV(fit_intercept=fit_intercept).fit(X, columns[0])
    assert cv.gap_ == cv.certificate_.gap <= cv.tol
    empty = float(ref.empty_objective(columns[0], fit_intercept))
    np.testing.assert_allclose(cv.dual_gap_, cv.gap_ * empty, rtol=1e-12)


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("positive", [True, False])
def test_path_is_scikit_learns(name, positive):
    X, y = data()
    options = {"positive": positive, "max_iter": 100_000, "return_n_iter": True}
    for how in ({}, {"alphas": 5, "eps": 0.1}, {"alphas": [0.1, 1.0]}, {"l1_ratio": 1.0}):
        theirs = getattr(sk, name).path(X, y, tol=1e-13, **options, **how)
        ours = getattr(estimators, name).path(X, y, **options, **how)
        assert [described(v)[0] for v in ours] == [described(v)[0] for v in theirs]
        for found, expected in zip(ours[:2], theirs, strict=False):
            np.testing.assert_allclose(found, expected, **CLOSE)
        assert (ours[2] <= 1e-10 * (y @ y / 120)).all()
        assert len(ours[3]) == len(ours[0])


def test_path_takes_the_older_name_for_the_number_of_alphas():
    assert len(Lasso.path(*data(), n_alphas=7)[0]) == 7


def test_path_of_the_cross_validated_lasso_is_the_lassos():
    X, y = data(dtype=np.float32)
    alphas, coefs, _ = LassoCV.path(X, y, alphas=[0.5, 0.1], Xy=X.T @ y, precompute=True, copy_X=False)
    assert coefs.dtype == np.float32
    exact = lasso_jit.lasso_path(X, y, alphas=alphas, fit_intercept=False)
    assert (coefs == exact.coefs.astype(np.float32)).all()
    with pytest.raises(ValueError, match="y must be 1-D"):
        Lasso.path(X, np.column_stack([y, y]))


@pytest.mark.parametrize("kind", ["dense", "csc", "csr"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("name", SINGLE + CROSS_VALIDATED)
def test_nothing_is_modified(kind, order, name):
    X, y = data(kind=kind)
    X = np.array(X, order=order) if kind == "dense" else X
    sample_weight = weights()
    parts = [X, y, sample_weight] if kind == "dense" else [X.data, X.indices, X.indptr, y, sample_weight]
    before = [part.copy() for part in parts]
    for part in parts:
        part.flags.writeable = False
    getattr(estimators, name)(copy_X=False).fit(X, y, sample_weight=sample_weight).predict(X)
    assert all((part == copy).all() for part, copy in zip(parts, before, strict=True))


def test_parameters_that_change_nothing():
    X, y = data()
    plain = Lasso(alpha=0.1).fit(X, y)
    gram = (X - X.mean(axis=0)).T @ (X - X.mean(axis=0))
    for precompute, selection, random_state in product(
        [True, False, gram, gram.tolist()], ["cyclic", "random"], [0, np.random.RandomState(1)]
    ):
        params = {"precompute": precompute, "selection": selection, "random_state": random_state}
        assert (Lasso(alpha=0.1, **params).fit(X, y).coef_ == plain.coef_).all()
    assert (LassoCV(precompute="auto").fit(X, y).coef_ == LassoCV(precompute=gram).fit(X, y).coef_).all()


def test_check_input():
    X, y = data()
    plain = Lasso(alpha=0.1).fit(X, y)
    for dtype in (float, int):
        fast = Lasso(alpha=0.1).fit(np.asfortranarray(X), y, check_input=False)
        assert (fast.coef_ == plain.coef_).all()
        assert fast.coef_.dtype == float
        X = (X * 10).astype(dtype)
        plain = Lasso(alpha=0.1).fit(X, y)


def test_alpha_zero_is_least_squares_without_a_warning():
    X, y = data()
    exact = sk.LinearRegression().fit(X, y)
    np.testing.assert_allclose(Lasso(alpha=0).fit(X, y).coef_, exact.coef_, atol=1e-12)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("name", SINGLE + CROSS_VALIDATED)
def test_nothing_to_explain(name, fit_intercept):
    X, _ = data()
    y = np.full(60, 0.1 if fit_intercept else 0.0)
    model = getattr(estimators, name)(fit_intercept=fit_intercept).fit(X, y)
    assert (model.coef_ == 0).all()
    np.testing.assert_allclose(model.predict(X), y, rtol=1e-15)
    assert model.gap_ == model.dual_gap_ == 0


def test_warm_start_with_nothing_to_explain():
    X, y = data()
    model = Lasso(alpha=0.1, warm_start=True).fit(X, y).fit(X, np.full(60, 0.1))
    assert (model.coef_ == 0).all()


def test_not_converged():
    X, y = data(50, 100)
    with pytest.warns(ConvergenceWarning, match="gap"):
        Lasso(alpha=0.01, max_iter=1).fit(X, y)
    with pytest.warns(ConvergenceWarning, match="gap"):
        model = Lasso(alpha=0.01, tol=0).fit(X, y)
    assert model.gap_ < 1e-13


def test_verbose_writes_to_standard_error(capsys):
    X, y = data()
    LassoCV(verbose=1).fit(X, y)
    assert "500 of 500" in capsys.readouterr().err
    LassoCV().fit(X, y)
    assert capsys.readouterr().err == ""


def test_jobs_change_nothing():
    X, y = data(30, 50)
    one = LassoCV().fit(X, y)
    for n_jobs in (1, 2, -1):
        assert (LassoCV(n_jobs=n_jobs).fit(X, y).mse_path_ == one.mse_path_).all()


def test_sparse_coef_follows_the_configuration():
    X, y = data()
    model = Lasso(alpha=0.1).fit(X, y)
    with config_context(sparse_interface="sparray"):
        assert isinstance(model.sparse_coef_, sparse.csr_array)
    assert isinstance(model.sparse_coef_, sparse.csr_matrix)


@pytest.mark.parametrize("name", SINGLE + CROSS_VALIDATED)
def test_clone_and_pickle(name):
    X, y = data()
    model = getattr(estimators, name)(penalty_weights=np.arange(1.0, 9.0)).fit(X, y)
    restored = pickle.loads(pickle.dumps(model))
    assert (restored.predict(X) == model.predict(X)).all()
    assert str(restored.certificate_) == str(model.certificate_)
    copy = clone(model)
    with pytest.raises(NotFittedError):
        copy.predict(X)
    assert (copy.fit(X, y).coef_ == model.coef_).all()
    assert "penalty_weights" in repr(model)


def test_names_of_features():
    X, y = data()
    frame = pd.DataFrame(X, columns=[f"feature {j}" for j in range(8)])
    for cls in (Lasso, LassoCV):
        model = cls().fit(frame, pd.Series(y))
        assert model.feature_names_in_.tolist() == frame.columns.tolist()
        with pytest.raises(ValueError, match="feature names"):
            model.predict(frame[frame.columns[::-1]])


# Code as it is written for scikit-learn. It gets the module that Lasso and the others are imported from. What
# differs is how exact the answers are, so tol is small.


def use_as_regressor(module, X, y):
    model = module.Lasso(0.1, tol=1e-12, max_iter=100_000, selection="cyclic", random_state=0).fit(X, y)
    return (
        model.predict(X),
        model.score(X, y),
        model.coef_.round(6),
        model.intercept_.round(6),
        model.l1_ratio,
    )


def use_in_pipeline(module, X, y):
    model = make_pipeline(StandardScaler(), module.ElasticNet(alpha=0.1, l1_ratio=0.7, tol=1e-12))
    return model.fit(X, y).predict(X[:5]), model[-1].sparse_coef_.toarray()


def use_in_grid_search(module, X, y):
    grid = {"alpha": [1.0, 0.1, 0.01], "fit_intercept": [True, False]}
    search = GridSearchCV(module.Lasso(tol=1e-12, max_iter=100_000), grid, cv=4).fit(X, y)
    return search.best_params_["alpha"], search.cv_results_["mean_test_score"], search.predict(X)


def use_in_cross_validation(module, X, y):
    scores = cross_val_score(module.LassoCV(alphas=20, tol=1e-12), X, y)
    return scores, cross_val_predict(module.Lasso(0.1, tol=1e-12), X, y)


def use_to_select_features(module, X, y):
    selector = SelectFromModel(module.LassoCV(tol=1e-12, max_iter=100_000), threshold=0.05).fit(X, y)
    return selector.get_support(), selector.transform(X)


def use_in_ensemble(module, X, y):
    model = BaggingRegressor(module.ElasticNet(alpha=0.1, tol=1e-12), 5, random_state=0)
    model.fit(X, y, sample_weight=np.arange(1, len(y) + 1))
    return model.predict(X[:7]), [len(member.coef_) for member in model.estimators_]


def use_with_many_targets(module, X, y):
    Y = np.column_stack([y, -y, y**2])
    model = module.Lasso(alpha=0.1, tol=1e-12).fit(X, Y)
    each = MultiOutputRegressor(module.Lasso(alpha=0.1, tol=1e-12)).fit(X, Y)
    return model.predict(X), model.score(X, Y), each.predict(X), len(model.n_iter_), model.dual_gap_.shape


def use_with_transformed_target(module, X, y):
    regressor = module.ElasticNetCV(l1_ratio=[0.5, 1.0], tol=1e-12)
    model = TransformedTargetRegressor(regressor, func=np.cbrt, inverse_func=lambda z: z**3).fit(X, y)
    fitted = model.regressor_
    return model.predict(X), fitted.alpha_, fitted.l1_ratio_, fitted.mse_path_.mean(axis=-1), fitted.alphas_


def use_for_a_regularisation_path(module, X, y):
    coefs, model = [], module.Lasso(warm_start=True, tol=1e-12, max_iter=100_000)
    for alpha in np.geomspace(1.0, 0.01, 8):
        coefs.append(model.set_params(alpha=alpha).fit(X, y).coef_.copy())
    alphas, path, gaps = module.Lasso.path(X, y, alphas=np.geomspace(1.0, 0.01, 8), l1_ratio=1.0, tol=1e-12)
    return np.array(coefs), alphas, path, gaps.shape


def use_with_sparse_data(module, X, y):
    X = sparse.csr_matrix(np.where(X > 1, X, 0))
    model = module.Lasso(alpha=0.05, tol=1e-12, positive=True).fit(X, y)
    return model.predict(X), model.sparse_coef_.nnz, model.sparse_coef_ @ X.T.toarray()


CALLS = [value for name, value in list(globals().items()) if name.startswith("use_")]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_only_the_import_changes(call):
    X, y = data()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        expected = call(sk, X, y)
    found = call(estimators, X, y)
    for a, b in zip(found, expected, strict=True):
        assert np.shape(a) == np.shape(b)
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"alpha": -1.0}, "alpha"),
        ({"alpha": "0.1"}, "alpha"),
        ({"alpha": np.nan}, "alpha"),
        ({"fit_intercept": 1}, "fit_intercept"),
        ({"precompute": "auto"}, "precompute"),
        ({"precompute": np.eye(3)}, "precompute"),
        ({"precompute": [[1.0], [1.0, 2.0]]}, "precompute"),
        ({"precompute": 2}, "precompute"),
        ({"copy_X": None}, "copy_X"),
        ({"max_iter": 0}, "max_iter"),
        ({"max_iter": 10.0}, "max_iter"),
        ({"tol": -1e-4}, "tol"),
        ({"tol": None}, "tol"),
        ({"warm_start": "yes"}, "warm_start"),
        ({"positive": "yes"}, "positive"),
        ({"random_state": "seed"}, "random_state"),
        ({"selection": "greedy"}, "selection"),
        ({"selection": np.ones(2)}, "selection"),
        ({"penalty_weights": np.ones(3)}, "penalty_weights"),
        ({"penalty_weights": -np.ones(8)}, "penalty_weights"),
        ({"penalty_weights": "heavy"}, "penalty_weights"),
        ({"l1_ratio": 1.5}, "l1_ratio"),
        ({"l1_ratio": [0.5]}, "l1_ratio"),
    ],
)
def test_errors_name_the_parameter(params, name):
    model = ElasticNet(**params)
    with pytest.raises(ValueError, match=name) as caught:
        model.fit(*data())
    assert isinstance(caught.value, TypeError)  # like scikit-learn's, it is both


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"l1_ratio": []}, "l1_ratio"),
        ({"l1_ratio": [0.5, 2.0]}, "l1_ratio"),
        ({"l1_ratio": 0.0}, "l1_ratio"),
        ({"eps": 0.0}, "eps"),
        ({"eps": 2.0}, "eps"),
        ({"alphas": 0}, "alphas"),
        ({"alphas": []}, "alphas"),
        ({"alphas": [0.1, -0.1]}, "alphas"),
        ({"alphas": "many"}, "alphas"),
        ({"alphas": [[0.1]]}, "alphas"),
        ({"cv": "five"}, "cv"),
        ({"cv": 100}, "n_splits"),
        ({"n_jobs": 0}, "n_jobs"),
        ({"n_jobs": 1.5}, "n_jobs"),
        ({"verbose": -1}, "verbose"),
        ({"verbose": "very"}, "verbose"),
        ({"tol": -1.0}, "tol"),
        ({"precompute": "always"}, "precompute"),
        ({"penalty_weights": [1.0]}, "penalty_weights"),
    ],
)
def test_errors_of_cross_validation_name_the_parameter(params, name):
    with pytest.raises(ValueError, match=name):
        ElasticNetCV(**params).fit(*data())


def test_errors_of_data_name_the_argument():
    X, y = data()
    for model in (Lasso(), LassoCV()):
        for bad in (-y, y[:3], np.zeros(60), np.full(60, np.nan), ["a"] * 60, weights()[:, None]):
            with pytest.raises((ValueError, TypeError), match="sample_weight"):
                model.fit(X, y, sample_weight=bad)
    with pytest.raises(ValueError, match="1d array"):
        LassoCV().fit(X, np.column_stack([y, y]))


def test_importing_lasso_jit_imports_neither_scikit_learn_nor_matplotlib():
    code = "import sys, lasso_jit; print([m for m in ('sklearn', 'matplotlib') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
