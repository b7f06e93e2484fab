"""ISTA, FISTA and coordinate descent: fits, certificates, histories and degenerate data."""

import warnings

import numpy as np
import pandas as pd
import pytest
import reference as ref
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Lasso

from lasso_jit import alpha_max, coordinate_descent, fista, ista, soft_threshold
from lasso_jit.coordinate_descent import sweep
from lasso_jit.fista import fista_step
from lasso_jit.ista import ista_step

# Warnings fail a test unless it asks for them: a fit that does not converge, or NumPy complaining inside.
pytestmark = pytest.mark.filterwarnings("error")
SOLVERS = [ista, fista, coordinate_descent]
solvers = pytest.mark.parametrize("solver", SOLVERS, ids=lambda f: f.__name__)
both = pytest.mark.parametrize("fit_intercept", [True, False])
shapes = pytest.mark.parametrize(("n", "p"), [(60, 8), (20, 40)])


def to_the_end(solver, X, y, alpha, **options):
    """Iterate until nothing moves any more, long after the gap allows to stop.

    A gap of g leaves an error of up to sqrt(2 g P(0)/curvature) in the coefficients: to compare those to 1e-8
    the gap would have to be below its own rounding.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return solver(X, y, alpha, tol=1e-300, max_iter=3000, **options)


def steepest(X, fit_intercept=True):
    X = X - X.mean(axis=0) if fit_intercept else X
    return np.linalg.eigvalsh(X.T @ X / len(X)).max()


# --- right answers -------------------------------------------------------------------------------------


@solvers
@both
@shapes
@pytest.mark.parametrize("fraction", [0.9, 0.5, 0.2])
def test_agrees_with_scikit_learn(solver, n, p, fit_intercept, fraction):
    X, y = ref.regression(n, p)
    alpha = fraction * ref.scale_of_penalty(X, y, fit_intercept)
    fit = to_the_end(solver, X, y, alpha, fit_intercept=fit_intercept)
    ref.assert_certified(fit, X, y, fit_intercept=fit_intercept)
    model = Lasso(alpha=alpha, fit_intercept=fit_intercept, tol=1e-12, max_iter=10**6).fit(X, y)
    np.testing.assert_allclose(fit.coef, model.coef_, rtol=0, atol=1e-8)
    assert fit.intercept == pytest.approx(model.intercept_, abs=1e-8)
    assert fit.coef.any()


@solvers
@both
@shapes
def test_default_tolerance_is_reached_and_recomputed(solver, n, p, fit_intercept):
    X, y = ref.regression(n, p, seed=1)
    for alpha in (0.1, 0.5, 2.0):
        fit = solver(X, y, alpha, fit_intercept=fit_intercept)
        assert fit.tol == 1e-10 and fit.gap <= 1e-10 and fit.certificate.holds and fit.alpha == alpha
        ref.assert_certified(fit, X, y, fit_intercept=fit_intercept)
        # Near the solution P(w) - P* >= |x'r/n - alpha s|^2/(2L): the gap bounds the KKT violation of a
        # feature on the support, and shrinking the residual the excess of one that is off it.
        size = steepest(X, fit_intercept) * 2 * float(ref.empty_objective(y, fit_intercept))
        assert fit.kkt <= 2 * np.sqrt(1e-10 * size)


@solvers
@both
@pytest.mark.parametrize("tol", [1e-4, 1e-10])
def test_gap_bounds_the_error_of_the_coefficients(solver, fit_intercept, tol):
    """Where X'X/n has least eigenvalue m > 0, P(w) - P* >= m |w - w*|^2/2."""
    X, y = ref.regression(60, 8, correlation=0.9)
    best = to_the_end(coordinate_descent, X, y, 0.1, fit_intercept=fit_intercept).coef
    fit = solver(X, y, 0.1, fit_intercept=fit_intercept, tol=tol)
    columns = X - X.mean(axis=0) if fit_intercept else X
    least = np.linalg.eigvalsh(columns.T @ columns / 60).min()
    excess = fit.gap * float(ref.empty_objective(y, fit_intercept))
    assert 0 < np.linalg.norm(fit.coef - best) <= np.sqrt(2 * excess / least)


@solvers
@both
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("p", [1, 2, 4])
def test_agrees_with_brute_force_over_sign_patterns(solver, p, seed, fit_intercept):
    X, y = ref.regression(9, p, seed=seed, correlation=0.7)
    for fraction in (0.05, 0.4, 0.8):
        alpha = fraction * ref.scale_of_penalty(X, y, fit_intercept)
        coef, intercept = ref.brute_force(X, y, alpha, fit_intercept)
        fit = to_the_end(solver, X, y, alpha, fit_intercept=fit_intercept)
        np.testing.assert_allclose(fit.coef, coef, rtol=0, atol=1e-8)
        np.testing.assert_array_equal(fit.support, np.flatnonzero(coef))
        assert fit.intercept == pytest.approx(intercept, abs=1e-8)


@solvers
@both
def test_one_feature_has_a_formula(solver, fit_intercept):
    X, y = ref.regression(12, 1)
    x = X[:, 0] - (X.mean() if fit_intercept else 0)
    target = y - (y.mean() if fit_intercept else 0)
    for alpha in (0.01, 0.5, 1.0):
        slope = float(soft_threshold(x @ target / 12, alpha)) / (x @ x / 12)
        fit = to_the_end(solver, X, y, alpha, fit_intercept=fit_intercept)
        assert fit.coef[0] == pytest.approx(slope, abs=1e-12)
        assert fit.intercept == pytest.approx(y.mean() - X.mean() * slope if fit_intercept else 0, abs=1e-12)


@solvers
@pytest.mark.parametrize("alpha", [0.05, 0.4, 1.0])
def test_orthogonal_design_is_soft_thresholding(solver, alpha):
    rng = np.random.default_rng(0)
    orthogonal = np.linalg.qr(np.column_stack([np.ones(32), rng.normal(size=(32, 6))]))[0]
    X = orthogonal[:, 1:] * np.sqrt(32)  # X'X/n = 1 and columns of mean zero
    y = X @ [2.0, -1.0, 0.5, 0.1, 0, 0] + rng.normal(size=32) + 5
    fit = to_the_end(solver, X, y, alpha)
    expected = soft_threshold(X.T @ y / 32, alpha)
    np.testing.assert_allclose(fit.coef, expected, rtol=0, atol=1e-13)
    np.testing.assert_array_equal(fit.support, np.flatnonzero(expected))
    assert solver(X, y, alpha).n_iter == 1  # each of them solves this in one step


@both
@shapes
def test_solvers_agree(n, p, fit_intercept):
    X, y = ref.regression(n, p, seed=2)
    alpha = 0.2 * ref.scale_of_penalty(X, y, fit_intercept)
    fits = [to_the_end(solver, X, y, alpha, fit_intercept=fit_intercept) for solver in SOLVERS]
    fits.append(to_the_end(fista, X, y, alpha, fit_intercept=fit_intercept, restart=False))
    for fit in fits:
        np.testing.assert_allclose(fit.coef, fits[0].coef, rtol=0, atol=1e-8)
        np.testing.assert_array_equal(fit.support, fits[0].support)


def test_acceleration_and_coordinates_pay():
    """Strong correlation is what the accelerated and the coordinate solver are for."""
    X, y = ref.regression(60, 8, correlation=0.95)
    slow, fast, coordinates = (solver(X, y, 0.01) for solver in SOLVERS)
    assert fast.n_iter < slow.n_iter / 2 and coordinates.n_iter < slow.n_iter / 2


def test_restarting_takes_the_ripples_away():
    X, y = ref.regression(60, 8, correlation=0.95)
    plain, restarted = (fista(X, y, 0.01, restart=flag, history=True) for flag in (False, True))
    assert restarted.n_iter < plain.n_iter
    rises = [np.diff(fit.history.objectives).max() / fit.history.objectives[0] for fit in (plain, restarted)]
    assert rises[0] > 1e-9 and rises[1] < rises[0] / 10


@solvers
@both
def test_zeros_at_and_above_alpha_max(solver, fit_intercept):
    for seed in range(5):
        X, y = ref.regression(25, 6, seed=seed)
        top = alpha_max(X, y, fit_intercept=fit_intercept)
        for alpha in (top, np.nextafter(top, np.inf), 1.001 * top, 10 * top, 1e300):
            for start in (None, np.zeros(6)):
                fit = solver(X, y, alpha, fit_intercept=fit_intercept, coef_init=start)
                assert (fit.coef == 0).all() and not np.signbit(fit.coef).any() and fit.support.size == 0
                assert fit.n_iter == 0 and fit.gap <= 1e-30
                assert fit.intercept == (y.mean() if fit_intercept else 0.0)
        # Coming from elsewhere, the zeros are still exact; below alpha_max a fit cannot be empty, since the
        # gap of the empty model is (1 - alpha/alpha_max)^2.
        away = solver(X, y, 1.5 * top, fit_intercept=fit_intercept, coef_init=np.ones(6))
        assert (away.coef == 0).all() and not np.signbit(away.coef).any()
        assert solver(X, y, 0.999 * top, fit_intercept=fit_intercept).support.size >= 1


@solvers
def test_zeros_are_exact_and_positive(solver):
    X, y = ref.regression(40, 10, seed=4)
    fit = solver(X, -y, 0.5, coef_init=np.full(10, -0.5))
    zeros = fit.coef[fit.coef == 0]
    assert zeros.size >= 5 and not np.signbit(zeros).any()
    assert np.abs(fit.coef[fit.support]).min() > 1e-6  # nothing is merely small


# --- options -------------------------------------------------------------------------------------------


@solvers
@both
def test_history(solver, fit_intercept):
    X, y = ref.regression(30, 6)
    start = np.array([1.0, -1.0, 0.0, 2.0, 0.0, 0.0])
    options = {"fit_intercept": fit_intercept, "coef_init": start}
    fit = solver(X, y, 0.1, history=True, **options)
    history = fit.history
    assert fit.n_iter >= 3
    assert history.coefs.shape == (fit.n_iter + 1, 6)
    assert history.objectives.shape == history.gaps.shape == (fit.n_iter + 1,)
    np.testing.assert_array_equal(history.coefs[0], start)
    np.testing.assert_array_equal(history.coefs[-1], fit.coef)
    assert history.gaps[-1] == fit.gap
    assert (history.gaps[:-1] > fit.tol).all()  # it stops at the first iterate that is good enough
    assert len(np.unique(history.coefs, axis=0)) == fit.n_iter + 1
    for coef, value, gap in zip(history.coefs, history.objectives, history.gaps, strict=True):
        b = ref.best_intercept(X, y, coef, fit_intercept)
        assert value == pytest.approx(float(ref.objective(X, y, coef, b, 0.1)), rel=1e-12)
        residual = ref.wide(y) - ref.wide(X) @ ref.wide(coef) - b
        theta = ref.make_feasible(X, residual, 0.1, fit_intercept)
        assert gap == pytest.approx(
            ref.relative_gap(X, y, coef, b, 0.1, theta, fit_intercept), abs=1e-13, rel=1e-12
        )
    plain = solver(X, y, 0.1, **options)
    assert plain.history is None and plain.n_iter == fit.n_iter
    np.testing.assert_array_equal(plain.coef, fit.coef)
    # The same iterates one at a time.
    for k in (1, 2):
        with pytest.warns(ConvergenceWarning):
            np.testing.assert_array_equal(solver(X, y, 0.1, max_iter=k, **options).coef, history.coefs[k])


@both
@shapes
def test_objective_never_rises(n, p, fit_intercept):
    X, y = ref.regression(n, p, seed=3)
    longest = 1 / steepest(X, fit_intercept)
    runs = [ista(X, y, 0.1, fit_intercept=fit_intercept, history=True)]
    runs += [
        ista(X, y, 0.1, fit_intercept=fit_intercept, history=True, step=fraction * longest)
        for fraction in (0.999999, 0.5)
    ]
    runs.append(coordinate_descent(X, y, 0.1, fit_intercept=fit_intercept, history=True))
    for fit in runs:
        rise = np.diff(fit.history.objectives)
        assert rise.max() <= 1e-14 * fit.history.objectives[0]  # rounding


def test_a_step_between_one_and_two_over_L_converges():
    X, y = ref.regression(40, 5)
    fit = ista(X, y, 0.1, step=1.9 / steepest(X))
    np.testing.assert_allclose(fit.coef, coordinate_descent(X, y, 0.1).coef, rtol=0, atol=1e-5)
    ref.assert_certified(fit, X, y)


def test_default_step_is_one_over_L():
    X, y = ref.regression(40, 5)
    for fit_intercept in (True, False):
        explicit = ista(X, y, 0.1, fit_intercept=fit_intercept, step=1 / steepest(X, fit_intercept))
        default = ista(X, y, 0.1, fit_intercept=fit_intercept)
        assert default.n_iter == explicit.n_iter
        np.testing.assert_allclose(default.coef, explicit.coef, rtol=0, atol=1e-12)


@solvers
def test_results_share_no_memory(solver):
    X, y = ref.regression(30, 4)
    for start in (None, np.array([1.0, 0.0, -1.0, 0.5])):
        fit = solver(X, y, 0.1, coef_init=start, history=True)
        coef = fit.coef.copy()
        arrays = [fit.coef, fit.dual, fit.history.coefs, fit.history.objectives, fit.history.gaps, X, y]
        arrays += [] if start is None else [start]
        for i, one in enumerate(arrays):
            assert not any(np.shares_memory(one, other) for other in arrays[i + 1 :])
        fit.history.coefs[:] = 99.0
        np.testing.assert_array_equal(fit.coef, coef)
        assert all(a.flags.writeable for a in arrays)
    # Also when no iteration is done.
    still = solver(X, y, 0.1, coef_init=coef, history=True)
    assert still.n_iter == 0 and not np.shares_memory(still.coef, coef)
    assert not np.shares_memory(still.coef, still.history.coefs)
    empty = solver(X, y, 1e6, fit_intercept=False)
    assert not np.shares_memory(empty.dual, y)


@solvers
@both
def test_warm_start(solver, fit_intercept):
    X, y = ref.regression(40, 8)
    cold = solver(X, y, 0.1, fit_intercept=fit_intercept)
    start = cold.coef.copy()
    start.flags.writeable = False
    again = solver(X, y, 0.1, fit_intercept=fit_intercept, coef_init=start)
    assert again.n_iter == 0 and again.gap == cold.gap
    np.testing.assert_array_equal(again.coef, cold.coef)
    nearby = solver(X, y, 0.09, fit_intercept=fit_intercept, coef_init=start)
    far = solver(X, y, 0.09, fit_intercept=fit_intercept, coef_init=[50, -50, 50, 0, 0, -50, 0, 50])
    for warm in (nearby, far):
        ref.assert_certified(warm, X, y, fit_intercept=fit_intercept)
        assert warm.gap <= 1e-10
    assert nearby.n_iter < far.n_iter


@solvers
def test_a_far_away_start_is_forgotten(solver):
    """The rounding of a residual of size 1e13 must not stay in the iterates for ever."""
    X, y = ref.regression(40, 3)
    fit = solver(X, y, 0.1, coef_init=np.full(3, 1e13), max_iter=2000)
    ref.assert_certified(fit, X, y)
    assert fit.gap <= 1e-10


# --- inputs --------------------------------------------------------------------------------------------


def padded(array):
    """Return a view with the same values and gaps between them."""
    room = np.full([3 * size for size in array.shape], np.pi)
    view = room[tuple(slice(None, None, 3) for _ in array.shape)]
    view[...] = array
    return view


def backwards(array):
    """Return a view with the same values and negative strides."""
    reverse = tuple(slice(None, None, -1) for _ in array.shape)
    return array[reverse].copy()[reverse]


LAYOUTS = {
    "column-major": np.asfortranarray,
    "row-major": np.ascontiguousarray,
    "gaps": padded,
    "backwards": backwards,
    "lists": lambda a: a.tolist(),
    "integers": lambda a: a.astype(np.int64),
    "small integers": lambda a: a.astype(np.int8),
    "float32": lambda a: a.astype(np.float32),
    "float16": lambda a: a.astype(np.float16),
    "extended": lambda a: a.astype(np.longdouble),
    "big-endian": lambda a: a.astype(">f8"),
    "objects": lambda a: a.astype(object),
    "matrix or vector of pandas": lambda a: (
        pd.DataFrame(a, index=range(10, 10 + len(a)))
        if a.ndim == 2
        else pd.Series(a, index=range(len(a))[::-1])
    ),
    "masked array without masked entries": np.ma.array,
}


@pytest.fixture(scope="module")
def integers():
    rng = np.random.default_rng(1)
    X = rng.integers(-5, 6, size=(20, 4)).astype(float)
    return X, X @ [2.0, 0, -1, 0] + rng.integers(-2, 3, size=20)


@solvers
@both
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_and_type_do_not_matter(solver, fit_intercept, layout, integers):
    X, y = integers
    options = {"fit_intercept": fit_intercept}
    expected = solver(X, y, 0.5, **options)
    fit = solver(LAYOUTS[layout](X), LAYOUTS[layout](y), 0.5, **options)
    # The values are the same; the order of summation may not be.
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=0, atol=1e-12)
    assert fit.intercept == pytest.approx(expected.intercept, abs=1e-12)
    assert fit.coef.dtype == np.float64
    ref.assert_certified(fit, X, y, fit_intercept=fit_intercept)
    start = LAYOUTS[layout](np.array([1.0, 0.0, -2.0, 3.0]))
    assert solver(X, y, 0.5, coef_init=start, **options).gap <= 1e-10


@solvers
def test_mixed_data_frames_and_booleans(solver):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "whole": rng.integers(0, 9, 30),
            "real": rng.normal(size=30),
            "yes": rng.random(30) < 0.5,
            "nullable": pd.array(rng.integers(0, 3, 30), dtype="Int64"),
        }
    )
    y = frame["whole"] * 0.5 + frame["yes"]
    X = np.column_stack([frame[name].to_numpy(dtype=float) for name in frame])
    expected = solver(X, y.to_numpy(dtype=float), 0.05)
    for given in (frame, frame.astype(object)):
        fit = solver(given, y, 0.05)
        np.testing.assert_allclose(fit.coef, expected.coef, rtol=0, atol=1e-12)
    flags = X[:, :2] > 1
    for given in (flags, flags.tolist(), pd.DataFrame(flags)):
        fit = solver(given, flags[:, 0], 0.05)
        np.testing.assert_allclose(fit.coef, solver(flags.astype(float), flags[:, 0], 0.05).coef, atol=1e-12)


@solvers
@both
@pytest.mark.parametrize("order", ["C", "F"])
def test_inputs_are_not_modified(solver, fit_intercept, order):
    X, y = ref.regression(20, 4)
    X = np.array(X, order=order)
    start = np.array([1.0, 0.0, -1.0, 2.0])
    before = [a.tobytes("A") for a in (X, y, start)]
    options = {"fit_intercept": fit_intercept, "coef_init": start, "history": True}
    writeable = solver(X, y, 0.1, **options)
    assert [a.tobytes("A") for a in (X, y, start)] == before
    for a in (X, y, start):
        a.flags.writeable = False
    read_only = solver(X, y, 0.1, **options)
    assert [a.tobytes("A") for a in (X, y, start)] == before
    np.testing.assert_array_equal(read_only.coef, writeable.coef)


# --- not converging ------------------------------------------------------------------------------------


@solvers
@pytest.mark.parametrize("max_iter", [1, 2, 5])
def test_too_few_iterations_warn_and_still_return(solver, max_iter):
    X, y = ref.regression(40, 10, correlation=0.95)
    with pytest.warns(ConvergenceWarning) as caught:
        fit = solver(X, y, 0.01, max_iter=max_iter, history=True)
    assert len(caught) == 1
    assert f"{fit.gap:.2e}" in str(caught[0].message) and "max_iter" in str(caught[0].message)
    assert caught[0].filename == __file__  # it points at the caller, not into the library
    assert fit.n_iter == max_iter and len(fit.history.gaps) == max_iter + 1
    assert fit.gap > fit.tol and not fit.certificate.holds and "NOT reached" in str(fit.certificate)
    ref.assert_certified(fit, X, y)


@solvers
def test_max_iter_is_a_limit_not_a_goal(solver):
    X, y = ref.regression(40, 5)
    needed = solver(X, y, 0.1).n_iter
    assert solver(X, y, 0.1, max_iter=needed).n_iter == needed
    with pytest.warns(ConvergenceWarning):
        assert solver(X, y, 0.1, max_iter=needed - 1).n_iter == needed - 1
    assert solver(X, y, 0.1, tol=1e-3).n_iter < needed
    assert solver(X, y, 0.1, tol=1e6).n_iter == 0


@pytest.mark.parametrize("times", [10, 1e10, 1e100, 1e200, 1e300, np.inf])
@pytest.mark.parametrize("history", [False, True])
def test_a_step_that_is_too_long_warns_and_nothing_else(times, history):
    X, y = ref.regression(40, 5)
    with pytest.warns(ConvergenceWarning) as caught:
        step = min(times / steepest(X), np.finfo(float).max)
        fit = ista(X, y, 0.1, step=step, max_iter=2000, history=history)
    assert [w.category for w in caught] == [ConvergenceWarning]
    assert not fit.certificate.holds and "NOT reached" in str(fit.certificate)


@solvers
@pytest.mark.parametrize("start", [1e150, 1e200, 1e308])
def test_a_start_beyond_reason_warns_at_most(solver, start):
    X, y = ref.regression(40, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit = solver(X, y, 0.1, coef_init=np.full(3, start), max_iter=2000)
    if fit.certificate.holds:
        ref.assert_certified(fit, X, y)


# --- degenerate data -----------------------------------------------------------------------------------


@solvers
@both
def test_constant_columns_stay_out(solver, fit_intercept):
    X, y = ref.regression(30, 4)
    expected = solver(X, y, 0.1, fit_intercept=fit_intercept, tol=1e-13)
    constants = [0.0] + ([0.1, 1 / 3, 1e6, -7.7e-5] if fit_intercept else [])
    for constant in constants:
        wider = np.insert(X, 2, constant, axis=1)
        for start in (None, np.ones(5)):
            fit = solver(wider, y, 0.1, fit_intercept=fit_intercept, coef_init=start, tol=1e-13)
            assert fit.coef[2] == 0
            np.testing.assert_allclose(np.delete(fit.coef, 2), expected.coef, rtol=0, atol=1e-6)
            ref.assert_certified(fit, wider, y, fit_intercept=fit_intercept)


@solvers
@pytest.mark.parametrize("constant", [0.0, 0.1, 1 / 3, 1e6])
def test_nothing_but_constants(solver, constant):
    X, y = np.full((7, 3), constant), np.arange(7.0)
    fit = solver(X, y, 0.01)
    assert (fit.coef == 0).all() and fit.intercept == 3.0 and fit.gap <= 1e-10


@solvers
def test_zero_matrix_without_intercept(solver):
    fit = to_the_end(
        solver, np.zeros((5, 2)), np.arange(5.0), 0.1, fit_intercept=False, coef_init=[1.0, -1.0]
    )
    assert (fit.coef == 0).all() and fit.gap == 0
    ref.assert_certified(fit, np.zeros((5, 2)), np.arange(5.0), fit_intercept=False)


@solvers
@both
def test_duplicate_columns_share_one_fit(solver, fit_intercept):
    X, y = ref.regression(30, 3)
    single = to_the_end(solver, X, y, 0.1, fit_intercept=fit_intercept)
    doubled = np.column_stack([X, X[:, 0], -X[:, 1]])
    fit = to_the_end(solver, doubled, y, 0.1, fit_intercept=fit_intercept)
    ref.assert_certified(fit, doubled, y, fit_intercept=fit_intercept)
    # How the weight is split is not determined; the fit and the sum of sizes are.
    np.testing.assert_allclose(
        doubled @ fit.coef + fit.intercept, X @ single.coef + single.intercept, rtol=0, atol=1e-7
    )
    assert np.abs(fit.coef).sum() == pytest.approx(np.abs(single.coef).sum(), abs=1e-7)


@solvers
@both
@pytest.mark.parametrize("start", [None, [1.0, -2.0, 0.5]])
def test_nothing_to_explain(solver, fit_intercept, start):
    X, _ = ref.regression(20, 3)
    fit = solver(X, np.zeros(20), 0.1, fit_intercept=fit_intercept, coef_init=start)
    assert (fit.coef == 0).all() and fit.intercept == 0 and fit.gap == 0 and fit.certificate.holds
    for constant in (5.0, 0.1):
        fit = solver(X, np.full(20, constant), 0.1, coef_init=start)
        assert (fit.coef == 0).all() and fit.intercept == pytest.approx(constant, rel=1e-15)
        assert fit.gap <= 1e-10


@solvers
def test_one_observation(solver):
    fit = solver([[1.0, 2.0, -3.0]], [4.0], 0.1)
    assert (fit.coef == 0).all() and fit.intercept == 4.0 and fit.gap == 0
    # Without intercept the cheapest way to explain it is the longest entry: 4 = -3 w, less the penalty.
    fit = to_the_end(solver, [[1.0, 2.0, -3.0]], [4.0], 0.3, fit_intercept=False)
    np.testing.assert_allclose(fit.coef, [0, 0, -(4 - 0.3 / 3) / 3], rtol=0, atol=1e-7)
    ref.assert_certified(fit, [[1.0, 2.0, -3.0]], [4.0], fit_intercept=False)


@solvers
def test_two_observations_many_features(solver):
    X, y = ref.regression(2, 30)
    fit = solver(X, y, 0.01)
    ref.assert_certified(fit, X, y)
    assert fit.gap <= 1e-10


@solvers
def test_huge_offsets(solver):
    X, y = ref.regression(40, 4)
    expected = solver(X, y, 0.1, tol=1e-14)
    moved = solver(X + 1e6, y - 1e6, 0.1, tol=1e-14)
    # Adding 1e6 rounds the data themselves to 1e6 * eps = 1e-10 each.
    np.testing.assert_allclose(moved.coef, expected.coef, rtol=0, atol=1e-8)
    np.testing.assert_allclose(
        (X + 1e6) @ moved.coef + moved.intercept + 1e6, X @ expected.coef + expected.intercept, atol=1e-7
    )
    ref.assert_certified(moved, X + 1e6, y - 1e6, rounding=1e-9)


@solvers
def test_badly_scaled_columns(solver):
    """Coordinate descent solves this; the others may give up, but must say so and may not lie."""
    X, y = ref.regression(30, 5)
    X = X * [1e-6, 1e-3, 1.0, 1e3, 1e6]
    if solver is coordinate_descent:
        fit = solver(X, y, 0.05, max_iter=2000)
        assert fit.gap <= 1e-10
    else:
        with pytest.warns(ConvergenceWarning):
            fit = solver(X, y, 0.05, max_iter=2000)
    # The gap's terms are of the size of P(0), whatever the columns' scale.
    ref.assert_certified(fit, X, y, rounding=1e-12)


@solvers
@both
@pytest.mark.parametrize("power", [-500, -490, 0, 480, 500])
def test_powers_of_two_are_exact(solver, fit_intercept, power):
    """y and alpha times 2^k: the same digits. 2^500 is 3e150."""
    X, y = ref.regression(30, 4)
    expected = solver(X, y, 0.1, fit_intercept=fit_intercept)
    factor = 2.0**power
    fit = solver(X, factor * y, factor * 0.1, fit_intercept=fit_intercept)
    np.testing.assert_array_equal(fit.coef, factor * expected.coef)
    assert fit.gap == pytest.approx(expected.gap, rel=1e-3) and fit.n_iter == expected.n_iter


@solvers
@pytest.mark.parametrize("size", [1e-161, 1e-157, 1e-153, 1e150, 1e153])
def test_sizes_near_the_ends_of_floating_point(solver, size):
    """Where squares under- or overflow a certificate may be refused, but it may not be wrong."""
    X, y = ref.regression(30, 4)
    y, alpha = y * size, 0.1 * size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit = solver(X, y, alpha, max_iter=2000)
    if fit.certificate.holds:
        back = 2.0 ** -np.round(np.log2(size))  # exact, since none of the numbers is subnormal
        theta = ref.make_feasible(X, back * (y - X @ fit.coef), back * alpha, True)
        coef = back * fit.coef
        b = ref.best_intercept(X, back * y, coef, True)
        gap = ref.relative_gap(X, back * y, coef, b, back * alpha, theta, True)
        assert gap <= fit.tol * (1 + 1e-3)


@solvers
@pytest.mark.parametrize("size", [1e-160, 1e-100, 1e100, 1e150, 1e160])
def test_sizes_of_columns(solver, size):
    X, y = ref.regression(30, 4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit = solver(X * size, y, 0.1 * size, max_iter=2000)
    if fit.certificate.holds:
        np.testing.assert_allclose(fit.coef * size, coordinate_descent(X, y, 0.1).coef, rtol=0, atol=1e-4)


@solvers
def test_a_penalty_out_of_all_proportion(solver):
    """alpha/alpha_max overflows here."""
    X, y = ref.regression(30, 4)
    fit = solver(1e-160 * X, 1e-150 * y, 1.0)
    assert (fit.coef == 0).all() and fit.gap == 0


@solvers
@both
def test_perfect_fit(solver, fit_intercept):
    X, _ = ref.regression(30, 4)
    truth = np.array([1.0, 0.0, -2.0, 0.0])
    y = X @ truth + (7.0 if fit_intercept else 0.0)
    fit = solver(X, y, 1e-8, fit_intercept=fit_intercept, tol=1e-12)
    ref.assert_certified(fit, X, y, fit_intercept=fit_intercept)
    np.testing.assert_allclose(fit.coef, truth, rtol=0, atol=1e-5)


# --- the right statement about scaling -------------------------------------------------------------------


@solvers
def test_the_units_of_one_column_matter_and_those_of_all_do_not(solver):
    X, y = ref.regression(40, 4)
    fit = to_the_end(solver, X, y, 0.3)
    # All columns in other units, with the penalty in the same: the same predictions.
    np.testing.assert_allclose(
        to_the_end(solver, X * 2.5, y, 0.3 * 2.5).coef * 2.5, fit.coef, rtol=0, atol=1e-8
    )
    # One column in smaller units: its coefficient becomes cheaper in terms of predictions, so it grows.
    units = np.array([10.0, 1.0, 1.0, 1.0])
    scaled = to_the_end(solver, X * units, y, 0.3).coef * units
    assert abs(scaled[0]) > abs(fit.coef[0]) + 0.05


# --- kernels -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "p"), [(30, 5), (5, 30), (4, 1), (1, 4)])
def test_kernels_are_also_plain_python(n, p):
    X, y = ref.regression(n, p)
    X = np.asfortranarray(X)
    rng = np.random.default_rng(0)
    coef, ahead = rng.normal(size=(2, p))
    size = 1e-12 * np.abs(X).sum() * np.abs(y).max()  # sums in another order
    step = 1 / np.linalg.norm(X, 2) ** 2 * n
    np.testing.assert_allclose(
        ista_step.py_func(X, y, coef, 0.1, step), ista_step(X, y, coef, 0.1, step), rtol=0, atol=size
    )
    for restart in (True, False):
        arguments = (X, y, coef, ahead, 1.7, 0.1, step, restart)
        for plain, compiled in zip(fista_step.py_func(*arguments), fista_step(*arguments), strict=True):
            np.testing.assert_allclose(plain, compiled, rtol=0, atol=size)
    residual, weights = y - X @ coef, coef.copy()
    plain_residual, plain_weights = residual.copy(), coef.copy()
    curvature = (X**2).mean(axis=0)
    sweep(X, residual, weights, curvature, 0.1)
    sweep.py_func(X, plain_residual, plain_weights, curvature, 0.1)
    np.testing.assert_allclose(plain_weights, weights, rtol=0, atol=size)
    np.testing.assert_allclose(plain_residual, residual, rtol=0, atol=size)
    np.testing.assert_allclose(residual, y - X @ weights, rtol=0, atol=size)
