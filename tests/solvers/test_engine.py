"""The parts of the engine that have answers of their own: columns, Cholesky factor, gap, back ends."""

import subprocess
import sys

import numpy as np
import pytest
import reference as ref
import scipy.sparse
from numba import njit
from test_fit import EXACT, assert_certified, both, kinds, options_of, prove, sparsified, top
from threadpoolctl import threadpool_info

from lasso_jit import (
    alpha_max,
    backends,
    duality_gap,
    elastic_net_path,
    engine,
    kkt_violation,
    lasso,
    lasso_path,
    moments,
    threads,
)
from lasso_jit.standard import StandardProblem

pytestmark = pytest.mark.filterwarnings("error")
forms = pytest.mark.parametrize("form", [np.asarray, np.asfortranarray, scipy.sparse.csc_array])
N, P = 13, 9


def entrance(kernel):
    """Return what calls a kernel that only kernels can call."""
    return njit(lambda *args: kernel(*args))


append, remove, solve = entrance(engine.append), entrance(engine.remove), entrance(engine.solve)
correlate, expand, multiply = entrance(engine.correlate), entrance(engine.expand), entrance(engine.multiply)


def standard(X, y, *, fit_intercept=True, sample_weight=None, penalty_weights=None, positive=False, **_):
    return StandardProblem(
        X,
        y,
        fit_intercept=fit_intercept,
        sample_weight=sample_weight,
        penalty_weights=penalty_weights,
        positive=positive,
    )


def unit_data(form, fit_intercept, weighted):
    """Return a problem, and its unit columns and weights by NumPy."""
    X, y = ref.regression(N, P)
    X = sparsified(X)
    weights = np.where(np.arange(N) == 4, 0.0, np.arange(N) + 1.0) if weighted else None
    shares = np.array(ref.shares(y, weights), float)
    U = X - shares @ X * fit_intercept
    U /= np.sqrt(N * shares @ U**2)
    return standard(form(X), y, fit_intercept=fit_intercept, sample_weight=weights), U, N * shares


def each_case(test):
    for decorate in (forms, both, pytest.mark.parametrize("weighted", [False, True])):
        test = decorate(test)
    return test


# --- columns ---------------------------------------------------------------------------------------------


@each_case
def test_units(form, fit_intercept, weighted):
    problem, U, weights = unit_data(form, fit_intercept, weighted)
    X, y = ref.regression(N, P)
    X, centred = sparsified(X), y - weights @ y / N * fit_intercept
    np.testing.assert_allclose(problem.weight, weights, rtol=1e-14)
    np.testing.assert_allclose(problem.mean, weights @ X / N * fit_intercept, atol=1e-15)
    np.testing.assert_allclose(U * problem.norm + problem.mean, X, atol=1e-14)
    np.testing.assert_allclose(problem.y * problem.y_norm, centred, atol=1e-14)
    assert problem.weight @ problem.y**2 == pytest.approx(1, rel=1e-14)
    assert problem.y_mean == pytest.approx(weights @ y / N, rel=1e-14) or not fit_intercept
    np.testing.assert_allclose(problem.pull, U.T @ (weights * problem.y), atol=1e-14)


@each_case
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, P])
def test_products_with_columns(form, fit_intercept, weighted, count):
    problem, U, weights = unit_data(form, fit_intercept, weighted)
    rng = np.random.default_rng(count)
    features = rng.permutation(P)
    chosen = features[:count]
    vector = weights * rng.normal(size=N)
    pull = np.full(P, 7.0)
    correlate(problem.columns, vector, features, count, pull)
    np.testing.assert_allclose(pull[chosen], U[:, chosen].T @ vector, rtol=0, atol=1e-13)
    assert (np.delete(pull, chosen) == 7.0).all()

    for size in (1, 2, 5):
        block = rng.normal(size=(size, N))
        out = np.full((size, P), 7.0)
        multiply(problem.columns, block, features, count, out)
        np.testing.assert_allclose(out[:, :count], block @ U[:, chosen], rtol=0, atol=1e-13)
        assert (out[:, count:] == 7.0).all()

    coef, residual = rng.normal(size=P) * (rng.random(P) < 0.7), rng.normal(size=N)
    expected = residual - U[:, chosen] @ coef[:count]
    engine.subtract(problem.columns, features, coef, count, residual)
    np.testing.assert_allclose(residual, expected, rtol=0, atol=1e-13)
    out = np.empty(N)
    for j in chosen:
        expand(problem.columns, problem.weight, j, out)
        np.testing.assert_allclose(out, weights * U[:, j], rtol=0, atol=1e-14)


@pytest.mark.parametrize("form", [np.asfortranarray, scipy.sparse.csc_array])
@pytest.mark.parametrize("size", [1e-290, 1e-150, 1e150, 1e290])
def test_units_at_the_ends_of_floating_point(form, size):
    X, y = ref.regression(N, P)
    expected, problem = standard(form(X), y), standard(form(size * X), size * y)
    np.testing.assert_allclose(problem.norm / size, expected.norm, rtol=1e-13)
    np.testing.assert_allclose(problem.pull, expected.pull, rtol=0, atol=1e-13)
    assert problem.y_norm / size == pytest.approx(expected.y_norm, rel=1e-13)


@pytest.mark.parametrize("form", [np.asfortranarray, scipy.sparse.csc_array])
@pytest.mark.parametrize("weights", [None, np.where(np.arange(N) % 2, 1e-6, 1.0), np.linspace(0, 1, N)])
def test_constant_columns_have_no_norm(form, weights):
    X, y = ref.regression(N, P)
    X[:, :4] = [0.0, 0.1, 1e6 / 3, 1e-305]
    X[:, 4] = 1e6 + 1e-3 * np.arange(N)  # varies by a billionth
    problem = standard(form(X), y, sample_weight=weights)
    assert (problem.norm > 0).tolist() == [False] * 4 + [True] * 5
    assert (problem.price < np.inf).tolist() == [False] * 4 + [True] * 5
    expected = standard(np.arange(N)[:, None], y, sample_weight=weights).norm[0] / 1000
    assert problem.norm[4] == pytest.approx(expected, rel=1e-6)
    assert standard(form(X), np.full(N, 0.1), sample_weight=weights).y_norm == 0.0


@pytest.mark.parametrize("form", [np.asfortranarray, scipy.sparse.csc_array])
@pytest.mark.parametrize("n", range(2, 40))
def test_constant_columns_have_no_norm_whatever_the_weights(n, form):
    rng = np.random.default_rng(n)
    X, y = np.tile([0.1, 5.0, 1e6 / 3], (n, 1)), rng.normal(size=n)
    for weights in (None, rng.random(n), rng.choice([1.0, 1e-6], n), rng.choice([1e-3, 1.0, 3.0], n)):
        assert not standard(form(X), y, sample_weight=weights).norm.any()


# --- Cholesky factor -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_the_factor_follows_the_support(seed):
    rng = np.random.default_rng(seed)
    members = 8
    columns = rng.normal(size=(12, members))
    gram, ridge = columns.T @ columns, rng.random(members) * (seed % 2)
    R, support, scratch = np.full((members, members), np.nan), np.full(members, -1), np.empty(members)
    expected = []
    for _ in range(60):
        absent = [k for k in range(members) if k not in expected]
        if absent and (not expected or rng.random() < 0.55):
            k = int(rng.choice(absent))
            assert append(R, len(expected), support, gram, ridge, k, scratch)
            expected.append(k)
        else:
            i = int(rng.integers(len(expected)))
            remove(R, len(expected), support, i)
            del expected[i]
        size = len(expected)
        assert support[:size].tolist() == expected
        system = gram[np.ix_(expected, expected)] + np.diag(ridge[expected])
        factor = np.triu(R[:size, :size])
        np.testing.assert_allclose(factor.T @ factor, system, rtol=0, atol=1e-12)
        b = rng.normal(size=members)
        solution = b.copy()
        solve(R, size, solution)
        np.testing.assert_allclose(system @ solution[:size], b[:size], rtol=0, atol=1e-10)
        assert (solution[size:] == b[size:]).all()


def test_a_dependent_column_is_told():
    columns = np.linalg.qr(np.random.default_rng(0).normal(size=(6, 3)))[0]
    columns = np.column_stack([columns, (columns[:, 0] + columns[:, 1]) / np.sqrt(2)])
    gram, R, support = columns.T @ columns, np.zeros((4, 4)), np.zeros(4, np.int64)
    independent = [append(R, k, support, gram, np.zeros(4), k, np.empty(4)) for k in range(4)]
    assert independent == [True, True, True, False] and (np.diag(R) > 0).all()
    assert append(R, 3, support, gram, np.full(4, 0.1), 3, np.empty(4))  # squares make it independent


# --- gap -------------------------------------------------------------------------------------------------


@kinds
@both
def test_the_gap_is_the_duality_gap(kind, fit_intercept):
    X, y = ref.regression(40, 6)
    options = {"fit_intercept": fit_intercept} | options_of(kind, 40, 6)
    if "penalty_weights" in options:  # what judge says of features without penalty is not the gap
        options["penalty_weights"][1] = 0.5
    problem, l1_ratio = standard(X, y, **options), options.get("l1_ratio", 1.0)
    shares = np.array(ref.shares(y, options.get("sample_weight")), float)
    U = np.divide(X - shares @ X * fit_intercept, problem.norm)
    features = np.flatnonzero(problem.price < np.inf)
    rng = np.random.default_rng(0)
    for alpha in (0.01, 0.3):
        (lam,), (rho,) = problem.lambdas(np.array([alpha]), l1_ratio)
        for _ in range(5):
            unit = np.zeros(6)
            unit[features] = rng.normal(size=features.size) * (rng.random(features.size) < 0.7)
            unit = np.abs(unit) if problem.positive else unit
            residual = problem.y - U @ unit
            pull, square = U.T @ (problem.weight * residual), problem.weight @ residual**2
            inside = np.ones(6, bool)
            gap, shrink, worst = engine.judge(
                lam, rho, problem.price, problem.norm, problem.positive, pull, features, unit[features],
                features.size, inside, features, features.size, square,
            )  # fmt: skip
            coef, units = unit * problem.y_norm / problem.norm, problem.y_norm / problem.total
            proof = prove(coef, shrink * residual * problem.y_norm, X, y, alpha, **options)
            assert gap == pytest.approx(proof.gap, rel=1e-10)
            assert worst * units == pytest.approx(kkt_violation(X, y, coef, alpha, **options), rel=1e-10)
            best = (
                min(gap, proof.value) if kind == "ridge" else gap
            )  # the dual point zero is also feasible there
            assert best == pytest.approx(duality_gap(X, y, coef, alpha, **options), rel=1e-10)


# --- back ends -------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("weighted", [False, True])
def test_gram_matrix_by_blocks(weighted, fit_intercept):
    X, y = ref.regression(1000, 4)
    weights = np.random.default_rng(0).random(1000) if weighted else None
    problem = standard(X, y, sample_weight=weights, fit_intercept=fit_intercept)
    assert len(list(backends.blocks(problem))) == 1
    A = X - problem.mean
    expected = (A.T * problem.weight) @ A
    for block in (1, 1 << 18):  # at least 256 rows at a time
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(backends, "_BLOCK", block)
            patch.setattr(moments, "_BLOCK", block)
            patch.setattr(moments, "_FEW", 3)
            np.testing.assert_allclose(backends.gram_matrix(problem), expected, rtol=1e-12, atol=1e-12)
            for rows in (None, np.arange(0, 1000, 3)):
                heights = [part.shape[0] for part, _, _ in backends.blocks(problem, rows)]
                assert max(heights) <= max(256, block) and sum(heights) == (1000 if rows is None else 334)


@pytest.mark.parametrize("few", [1e8, 1.0, "BLAS"])  # in one piece, in several, by BLAS in several
@pytest.mark.parametrize("p", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("rows", [None, np.arange(100, 700), np.arange(0, 1000, 3), np.array([5])])
def test_moments_are_sums_over_rows(rows, p, few, monkeypatch):
    if few == "BLAS":
        monkeypatch.setattr(moments, "_FEW", 0)
        monkeypatch.setattr(moments, "_BLOCK", 1)  # 256 rows
    else:
        monkeypatch.setattr(threads, "_FEW", few)
    X, y = ref.regression(1000, p)
    rng = np.random.default_rng(0)
    weight, shift = rng.random(1000), rng.normal(size=p)
    weight[::7] = 0.0
    found = moments.moments_of(np.ascontiguousarray(X.T), y, weight, shift, rows)
    chosen = slice(None) if rows is None else rows
    A, b, w = X[chosen] - shift, y[chosen], weight[chosen]
    expected = (w.sum(), w @ A, w @ b, (A.T * w) @ A, (A.T * w) @ b, w @ b**2)
    for value, target in zip(
        (found.weight, found.x, found.y, found.xx, found.xy, found.yy), expected, strict=True
    ):
        np.testing.assert_allclose(value, target, rtol=1e-11, atol=1e-11)
    x, y_mean, xx, xy, yy = found.centred(True)
    A, b = A - np.average(A, axis=0, weights=w), b - np.average(b, weights=w)
    for value, target in ((xx, (A.T * w) @ A), (xy, (A.T * w) @ b), (yy, w @ b**2)):
        np.testing.assert_allclose(value, target, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(
        np.append(x + shift, y_mean), np.average(np.c_[X, y][chosen], axis=0, weights=w)
    )


@pytest.mark.parametrize("work", [0.0, 1e9])
@pytest.mark.parametrize(("count", "n_threads"), [(10, 1), (10, 3), (2, 5), (0, 2), (100, 20), (9, None)])
def test_pieces_are_all_there_is_in_order_whoever_does_them(count, n_threads, work):
    pieces = threads.in_pieces(lambda first, last: list(range(first, last)), count, work, n_threads)
    assert [number for piece in pieces for number in piece] == list(range(count))
    assert len(pieces) == len(threads.in_pieces(lambda first, last: 0, count, work, 1))


def test_a_limit_for_blas_is_set_by_one_at_a_time():
    def limits():
        return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

    before = limits()
    first, second = threads.threads(1), threads.threads(1)
    first.__enter__()
    second.__enter__()
    assert set(limits()) == {1}
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert limits() == before


def test_samples_without_weight_may_be_far_away():
    """At 1e20, say, for a value that is missing: in X and y, in the first row and elsewhere."""
    X, y = ref.regression(60, 4)
    for row in (0, 17):
        weights = np.where(np.arange(60) == row, 0.0, 1.0)
        for far in (1e3, 1e20, -1e25):
            A, b = X.copy(), y.copy()
            A[row, :2] = far
            b[row] = far
            kept = weights > 0
            for alpha in (0.1, 0.01):
                found = lasso(A, b, alpha, sample_weight=weights, tol=EXACT)
                expected = lasso(X[kept], y[kept], alpha, tol=EXACT)
                np.testing.assert_allclose(found.coef, expected.coef, rtol=0, atol=1e-11)
                assert expected.coef.any()


@pytest.mark.parametrize("few", [1e8, 1.0])
def test_pulls_in_one_pass(few, monkeypatch):
    monkeypatch.setattr(threads, "_FEW", few)
    X, y = ref.regression(1000, 5)
    weight, mean = np.random.default_rng(0).random(1000), X.mean(axis=0)
    coef = np.array([1.0, 0.0, -2.0, 0.0, 0.5])
    residual, pull, square = moments.pulls_of(np.ascontiguousarray(X.T), y, weight, mean, coef)
    expected = y - (X - mean) @ coef
    np.testing.assert_allclose(residual, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(pull, (X - mean).T @ (weight * expected), rtol=1e-11, atol=1e-11)
    assert square == pytest.approx(weight @ expected**2, rel=1e-12)


@both
@pytest.mark.parametrize("weighted", [False, True])
def test_tall_data_are_measured_at_once(weighted, fit_intercept, monkeypatch):
    """And come to the same as column by column, whichever way digits could be lost."""
    X, y = ref.regression(2000, 30)
    weights = np.random.default_rng(0).random(2000) if weighted else None
    changed = [
        X + 1e6,
        X * 1e120,
        X * 1e-120,
        np.where(np.arange(30) == 3, 5.0, X),
        X.copy(),
        X.copy(),
        X.copy(),
    ]
    changed[4][:, 0] = np.arange(2000.0)  # far from where it starts
    changed[5][:, 0] = np.where(np.arange(2000) < 256, 1e9, changed[5][:, 0])
    changed[6][:, 0] = 1.0 + 1e-14 * changed[6][:, 0]
    for k, design in enumerate([X, *changed]):
        both_ways = []
        for small in (50_000, 1_000_000):
            monkeypatch.setattr("lasso_jit.standard.SMALL", small)
            both_ways.append(standard(design, y, sample_weight=weights, fit_intercept=fit_intercept))
        at_once, by_column = both_ways
        assert by_column.gram is None
        assert (at_once.gram is None) == (k in ((2, 3, 4, 7) if fit_intercept else (2, 3)))
        for name in ("mean", "norm", "price", "pull"):
            found, expected = getattr(at_once, name), getattr(by_column, name)
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12 * np.abs(expected[1:3]).max())
        for alpha in np.array([0.3, 0.01]) * at_once.alpha_max(1.0):
            options = {"sample_weight": weights, "fit_intercept": fit_intercept}
            fit = lasso(design, y, alpha, **options)
            assert_certified(fit, design, y, **options)


def test_a_start_far_from_the_rest_is_no_place_to_count_from():
    x = 5.0 + 1e-3 * np.random.default_rng(0).normal(size=60_000)
    x[:300] = 0.0
    problem = standard(x[:, None], x)
    assert problem.gram is None
    assert problem.norm[0] == pytest.approx(np.linalg.norm(x - x.mean()), rel=1e-13)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("form", [np.asarray, np.asfortranarray, scipy.sparse.csc_array])
@pytest.mark.parametrize("shape", [(3, 2), (3, 5), (2000, 30), (2000, 70)])
def test_what_is_not_finite_is_found_while_measuring(shape, form, bad):
    for row in (0, -1):
        X = np.ones(shape)
        X[::2] = 1e300
        X[row, 1] = bad
        with pytest.raises(ValueError, match="X has NaN or infinite entries"):
            lasso(form(X), np.arange(shape[0]), 0.1)


def test_the_gram_matrix_is_for_tall_dense_data():
    def prefers(X, n_alphas=100, share=1.0):
        """`share` of the features pull on y by more than the last lambda."""
        problem = standard(X, np.arange(X.shape[0]))
        lowest = np.quantile(problem.reach, 1.0 - share) * (1.0 - 1e-9) * problem.y_norm / problem.total
        return backends.prefers_gram(problem, np.full(n_alphas, lowest), 1.0)

    rng = np.random.default_rng(0)
    tall = rng.normal(size=(2000, 100))
    assert prefers(tall) and not prefers(tall, 1)
    assert prefers(tall[:, :50], 1)
    assert prefers(tall, share=0.8) and not prefers(tall, share=0.5) and prefers(tall[:, :50], share=0.5)
    assert not prefers(scipy.sparse.csc_array(tall))
    assert not prefers(tall[:60])  # fewer samples than features
    assert prefers(tall[:400]) and not prefers(tall[:400, :20], 1)  # small: not for a single fit
    assert not prefers(tall * 1e-150) and not prefers(tall * 1e150)  # squares out of range


def test_no_kernel_is_compiled_for_two_layouts():
    """Each version takes seconds to compile; and strides that are not known cost vectorisation."""
    code = """
import numpy as np
import lasso_jit
from lasso_jit import engine
rng = np.random.default_rng(0)
for n, p in ((20, 40), (60, 12), (500, 101), (2000, 30)):
    X, y, weight = rng.normal(size=(n, p)), rng.normal(size=n), rng.random(n)
    X[:, 0] = 7.0 if n == 60 else X[:, 0]
    for A in (X, np.asfortranarray(X), X.astype(np.float32)):
        lasso_jit.lasso(A, y, 0.1, coef_init=np.ones(p))
        for sample_weight in (None, weight):
            lasso_jit.lasso_path(A, y, sample_weight=sample_weight, tol=1e-8).gaps
            lasso_jit.lasso_cv(A, y, sample_weight=sample_weight, tol=1e-8)
kernels = "standardise measure translate products pulls subtract judge path gram_path".split()
print([len(getattr(engine, name).signatures) for name in kernels])
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str([1] * 9)


def test_a_wrong_gram_matrix_is_found_out_and_the_columns_are_used(monkeypatch):
    X, y = ref.regression(300, 6)
    alphas = np.geomspace(1, 1e-3, 10) * ref.scale_of_penalty(X, y)
    expected = lasso_path(X, y, alphas=alphas, tol=EXACT)
    gram_matrix, spoil = backends.gram_matrix, 1 + 1e-3 * np.random.default_rng(0).random((6, 6))
    monkeypatch.setattr(backends, "prefers_gram", lambda *args: True)
    monkeypatch.setattr(backends, "gram_matrix", lambda problem: gram_matrix(problem) * (spoil + spoil.T))
    path = lasso_path(X, y, alphas=alphas, tol=EXACT)
    np.testing.assert_allclose(path.coefs, expected.coefs, rtol=0, atol=1e-9)
    for t in range(10):
        assert_certified(path.fit(t), X, y)


@kinds
def test_the_residual_of_a_solution(kind):
    X, y = ref.regression(40, 6)
    options = options_of(kind, 40, 6)
    path = elastic_net_path(X, y, alphas=[0.5 * top(X, y, options)], **({"l1_ratio": 1.0} | options))
    problem = standard(X, y, **options)
    unit = path.coefs[:, 0] * problem.norm / problem.y_norm
    residual = backends.residual_of(problem, unit) * problem.y_norm
    np.testing.assert_allclose(residual, y - X @ path.coefs[:, 0] - path.intercepts[0], rtol=0, atol=1e-13)


def broad(seed, n=1500, p=2500, density=0.01):
    """Sparse data of which hundreds of features enter: no Gram matrix, but sweeps."""
    rng = np.random.default_rng(seed)
    X = scipy.sparse.random_array(
        (n, p), density=density, format="csc", rng=rng, data_sampler=rng.standard_normal
    )
    X = X + X[:, np.arange(p) - 1] if seed % 2 else X  # neighbours that correlate
    return X, X[:, :200] @ rng.standard_normal(200) + rng.standard_normal(n), rng


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["plain", "positive", "weighted"])
def test_sweeps(seed, kind):
    """A large support on sparse data, from zero and along a path: certified, and what dense X gives."""
    X, y, rng = broad(seed)
    options = {
        "plain": {},
        "positive": {"positive": True},
        "weighted": {
            "sample_weight": rng.integers(0, 3, y.size),
            "penalty_weights": rng.uniform(0.5, 2, 2500),
        },
    }[kind]
    alphas = alpha_max(X, y, **options) * np.array([0.1, 0.05, 0.03])
    sparse, dense = (lasso_path(form, y, alphas=alphas, tol=1e-12, **options) for form in (X, X.toarray()))
    single = lasso(X, y, alphas[-1], tol=1e-12, **options)
    assert np.count_nonzero(single.coef) > 400 and max(sparse.gaps.max(), single.gap) <= 1e-12
    assert duality_gap(X, y, single.coef, alphas[-1], **options) <= 1e-12
    np.testing.assert_allclose(sparse.coefs, dense.coefs, rtol=0, atol=1e-6 * np.abs(dense.coefs).max())
    np.testing.assert_allclose(
        single.coef, sparse.coefs[:, -1], rtol=0, atol=1e-6 * np.abs(single.coef).max()
    )
