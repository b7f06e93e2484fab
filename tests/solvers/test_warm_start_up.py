"""After `warmup()` a new process loads compiled kernels from the cache and compiles nothing."""

import json
import os
import subprocess
import sys

COMPILE = "from lasso_jit import warmup; warmup()"

USE = """
import json
import numpy as np
from lasso_jit import coordinate_descent, fista, ista
from lasso_jit.coordinate_descent import sweep
from lasso_jit.fista import fista_step
from lasso_jit.ista import ista_step

X = np.array([[1.0, 2.0, 0.5], [-1.0, 0.0, 0.3], [2.0, 1.0, -1.0], [0.0, -3.0, 1.0]])
for solver in (ista, fista, coordinate_descent):
    solver(X, X[:, 0], 0.1)
    solver(X, X[:, 0], 0.1, coef_init=[1.0, 0.0, 1.0], fit_intercept=False)
fista(X, X[:, 0], 0.1, restart=False)
ista(X, X[:, 0], 0.1, step=np.float64(0.1))
print(json.dumps({
    kernel.__name__: [sum(kernel.stats.cache_hits.values()), sum(kernel.stats.cache_misses.values())]
    for kernel in (ista_step, fista_step, sweep)
}))
"""


def test_a_second_process_compiles_nothing(tmp_path):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}

    def run(code):
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(COMPILE)
    for kernel, (hits, misses) in json.loads(run(USE)).items():
        assert hits > 0, f"{kernel} was not in the cache"
        assert misses == 0, f"{kernel} was compiled again: warmup() compiled it for other types"
