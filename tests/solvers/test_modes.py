"""The engine as plain Python, and compiled with bounds checked: the same numbers, no index out of range."""

import json
import os
import subprocess
import sys

import numba
import numpy as np
import pytest
import reference as ref
import scipy.sparse

from lasso_jit import backends, cross_validation, elastic_net, elastic_net_cv, elastic_net_path

ALPHAS = [0.9, 0.2, 0.05, 0.0]
OPTIONS = [
    {"l1_ratio": 1.0},
    {"l1_ratio": 0.5, "positive": True, "fit_intercept": False},
    {
        "l1_ratio": 0.9,
        "sample_weight": [1.0, 0.0, 2.0] * 4,
        "penalty_weights": [0.0, 1.0, 1.0, 2.0, 1.0, 1.0, np.inf],
    },
]


def by_every_route():
    """Return what small problems come to: dense, sparse, by Gram matrices, with copies, with p > n."""
    X, y = ref.regression(12, 7)
    found = []
    for gram in (False, True):
        for module in (backends, cross_validation):
            module.prefers_gram = lambda *args, gram=gram: gram
        for options in OPTIONS:
            for given in (X,) if gram else (X, scipy.sparse.csc_array(np.where(X > 0, X, 0.0))):
                path = elastic_net_path(given, y, alphas=ALPHAS, **options)
                start = elastic_net(given, y, 0.1, coef_init=path.coefs[:, 1], **options)
                cv = elastic_net_cv(given, y, cv=3, alphas=ALPHAS, **options)
                found += [path.coefs, path.fit(1).dual, start.coef, cv.mse]
    wide = np.column_stack([X, X**2, X[:, :3]])
    found += [
        elastic_net_path(wide, y, alphas=ALPHAS[:3], l1_ratio=ratio).fit(2).dual for ratio in (1.0, 0.5)
    ]
    return [values.ravel().tolist() for values in found]


def run(variable=None):
    """Return whether another process compiles and checks bounds, and its numbers."""
    environment = dict(os.environ)
    if variable is not None:
        # Numba does not tell from a cached kernel whether it checks bounds, so these have their own folder.
        cache = os.path.join(environment["NUMBA_CACHE_DIR"], variable)
        environment |= {variable: "1", "NUMBA_CACHE_DIR": cache}
    done = subprocess.run([sys.executable, __file__], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def expected():
    compiled, checked, numbers = run()
    assert compiled and not checked
    return numbers


@pytest.mark.parametrize("variable", ["NUMBA_DISABLE_JIT", "NUMBA_BOUNDSCHECK"])
def test_same_numbers(variable, expected):
    compiled, checked, numbers = run(variable)
    assert (compiled, checked) == (variable == "NUMBA_BOUNDSCHECK",) * 2
    for one, other in zip(numbers, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-9)


if __name__ == "__main__":
    print(json.dumps([not numba.config.DISABLE_JIT, bool(numba.config.BOUNDSCHECK), by_every_route()]))
