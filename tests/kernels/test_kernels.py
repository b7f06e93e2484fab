"""The kernels that pages call: the stored WebAssembly module gives what ``lasso_jit`` gives.

Where `make kernels` has installed Zig, a module compiled anew has to, too.
"""

import subprocess
import sys

import numpy as np
import pytest
import wasm_build
import wasm_entries
from wasm_call import Kernels

import lasso_jit as lj
from lasso_jit.fista import fista_step
from lasso_jit.ista import ista_step

SIGNATURES = {entry.__name__: arguments for entry, arguments in wasm_entries.ENTRIES.items()}
SEEDS = range(200)
EXACT = {"rtol": 0, "atol": 1e-12}


@pytest.fixture(scope="module", params=["stored", "recompiled"] if wasm_build.ZIG.exists() else ["stored"])
def kernels(request):
    if request.param == "stored":
        return Kernels(wasm_build.read_script()[1], SIGNATURES)
    code = "import wasm_build, sys; sys.stdout.buffer.write(wasm_build.build())"
    again = subprocess.run(
        [sys.executable, "-c", code], cwd=wasm_build.HERE, capture_output=True, check=True
    ).stdout
    return Kernels(again, SIGNATURES)


def problem(seed, *, centred=True):
    """A random problem: sizes, correlation, scale and noise vary."""
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(8, 60)), int(rng.integers(1, 7))
    mix = np.eye(p) + rng.uniform(0, 2) * rng.standard_normal((p, p))
    X = rng.standard_normal((n, p)) @ mix + rng.standard_normal(p)
    y = X @ (rng.standard_normal(p) * (rng.random(p) < 0.6)) + rng.uniform(0.1, 2) * rng.standard_normal(n)
    if centred:
        X = (X - X.mean(axis=0)) / X.std(axis=0)
        y = (y - y.mean()) / y.std()
    return np.asfortranarray(X), y, rng


def test_up_to_date():
    assert wasm_build.read_script()[0] == wasm_build.digest(), "run make kernels"


def test_soft_threshold(kernels):
    rng, out = np.random.default_rng(0), np.empty(1)
    for z, alpha in [*(3 * rng.standard_normal((300, 2))), (0.25, 0.25), (-0.25, 0.25), (0.0, 0.0)]:
        kernels("soft_threshold", float(z), abs(float(alpha)), out)
        assert out[0] == lj.soft_threshold(float(z), abs(float(alpha)))


@pytest.mark.parametrize("seed", SEEDS)
def test_steps(kernels, seed):
    X, y, rng = problem(seed)
    n, p = X.shape
    alpha, step = rng.uniform(0, 0.5), n / np.linalg.norm(X, 2) ** 2
    coef, ahead, momentum = rng.standard_normal(p), rng.standard_normal(p), np.array([rng.uniform(1, 5)])

    ours = coef.copy()
    kernels("ista_step", X, y, ours, alpha, step)
    np.testing.assert_allclose(ours, ista_step(X, y, coef, alpha, step), **EXACT)

    for restart in (0, 1):
        expected = fista_step(X, y, coef, ahead, momentum[0], alpha, step, bool(restart))
        ours, further, faster = coef.copy(), ahead.copy(), momentum.copy()
        kernels("fista_step", X, y, ours, further, faster, alpha, step, float(restart))
        for value, wanted in zip((ours, further, faster[0]), expected, strict=True):
            np.testing.assert_allclose(value, wanted, **EXACT)

    out = np.empty(2)
    kernels("gap", X, y, coef, alpha, out)
    np.testing.assert_allclose(out[0], lj.duality_gap(X, y, coef, alpha), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(out[1], lj.primal(X, y, coef, alpha), rtol=1e-12)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("seed", SEEDS)
def test_sweep(kernels, seed):
    X, y, rng = problem(seed)
    alpha, coef = rng.uniform(0.01, 0.5), rng.standard_normal(X.shape[1])
    run = lj.coordinate_descent(
        X, y, alpha, fit_intercept=False, coef_init=coef, max_iter=3, tol=1e-300, history=True
    )
    for expected in run.history.coefs[1:]:
        kernels("sweep", X, y, coef, alpha)
        np.testing.assert_allclose(coef, expected, **EXACT)


@pytest.mark.parametrize("seed", SEEDS)
def test_contact(kernels, seed):
    X, y, rng = problem(seed)
    n, p = X.shape
    gram, b = X.T @ X / n, np.linalg.lstsq(X, y)[0]
    budget, coef, price = rng.uniform(0, 1.1) * np.abs(b).sum(), np.empty(p), np.empty(1)
    kernels("contact", gram, b, budget, 0.0, coef, price)
    homotopy = lj.homotopy_path(X, y, fit_intercept=False)
    spent = np.abs(homotopy.coefs).sum(axis=0)
    expected = homotopy.coef_at(np.interp(budget, spent, homotopy.alphas))
    np.testing.assert_allclose(coef, expected, rtol=0, atol=1e-11 * np.linalg.cond(gram))
    assert np.abs(coef).sum() <= budget + 1e-12

    budget = rng.uniform(0, 1.1) * np.linalg.norm(b)
    kernels("contact", gram, b, budget, 1.0, coef, price)
    assert np.linalg.norm(coef) <= budget + 1e-12
    np.testing.assert_allclose(gram @ (b - coef), price[0] * coef, rtol=0, atol=1e-11)
    assert price[0] == 0.0 or abs(np.linalg.norm(coef) - budget) < 1e-12


@pytest.mark.parametrize("seed", SEEDS)
def test_path(kernels, seed):
    X, y, _ = problem(seed, centred=False)
    expected = lj.lasso_path(X, y, alphas=20, eps=1e-2, tol=1e-14)
    m, p = 20, X.shape[1]
    coefs, intercepts, gaps = np.empty((m, p)), np.empty(m), np.empty(m)
    kernels("path", X, y, expected.alphas.copy(), coefs, intercepts, gaps)
    scale = max(1.0, np.abs(expected.coefs).max()) * np.linalg.cond(X - X.mean(axis=0)) ** 2
    np.testing.assert_allclose(coefs.T, expected.coefs, rtol=0, atol=1e-12 * scale)
    np.testing.assert_allclose(intercepts, expected.intercepts, rtol=0, atol=1e-12 * scale)
    assert gaps.max() < 1e-12


@pytest.mark.parametrize("seed", SEEDS)
def test_cross_validate(kernels, seed):
    X, y, rng = problem(seed, centred=False)
    folds = int(rng.integers(2, 6))
    rows = len(y) - -(-len(y) // folds)
    X = X[:, : rows - 3]  # so that the fit without a fold is unique
    expected = lj.lasso_cv(X, y, cv=folds, alphas=20, eps=1e-2, tol=1e-14)
    errors = np.empty((folds, 20))
    kernels("cross_validate", X, y, folds, expected.alphas.copy(), errors)
    np.testing.assert_allclose(errors.T, expected.mse, rtol=1e-9)


def test_normals(kernels):
    out = np.empty(10_001)
    kernels("normals", 7, out)
    python = np.empty(out.size)
    wasm_entries.normals(7, python)
    np.testing.assert_array_equal(out, python)
    assert abs(out.mean()) < 0.04 and abs(out.std() - 1) < 0.03 and abs((out**4).mean() - 3) < 0.3
    other = np.empty(5)
    kernels("normals", 8, other)
    assert not np.isclose(other, out[:5]).any()
