"""What must hold besides speed. Writes results/limits.json.

Call overhead, start-up, memory, growth, and ten thousand ugly problems:
python tests/benchmarks/limits.py [--only calls startup memory growth ugly]
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from problems import NAMES, Problem, build
from results import LIMITS, OURS_GAP, load, save
from scipy import sparse
from ugly import ugly

import lasso_jit

SNIPPETS = {
    "lasso": "import lasso_jit; fit = lambda: lasso_jit.lasso(X, y, 0.1)",
    "lasso_path": "import lasso_jit; fit = lambda: lasso_jit.lasso_path(X, y)",
    "lasso_cv": "import lasso_jit; fit = lambda: lasso_jit.lasso_cv(X, y)",
    "lasso, sparse": "import lasso_jit, scipy.sparse; S = scipy.sparse.csc_array(X); "
    "fit = lambda: lasso_jit.lasso(S, y, 0.1)",
    "Lasso": "import lasso_jit; fit = lambda: lasso_jit.Lasso(alpha=0.1).fit(X, y)",
    "scikit-learn": "from sklearn.linear_model import Lasso; fit = lambda: Lasso(alpha=0.1).fit(X, y)",
    "celer": "from celer import Lasso; fit = lambda: Lasso(alpha=0.1).fit(X, y)",
    "skglm": "from skglm import Lasso; fit = lambda: Lasso(alpha=0.1).fit(X, y)",
    "adelie": "import adelie; fit = lambda: adelie.grpnet(X, adelie.glm.gaussian(y), progress_bar=False)",
}
FRESH = """
import time
start = time.perf_counter()
import numpy
X = numpy.random.default_rng(0).standard_normal((100, 10)); y = X[:, 0] + X[:, 1]
{snippet}
def called(depth): return fit() if depth == 0 else called(depth - 1)
imported = time.perf_counter(); called({depth})
first = time.perf_counter(); fit()
print(imported - start, first - imported, time.perf_counter() - first)
"""


def calls() -> dict[str, float]:
    """Return the microseconds of one warm call on 100 x 10."""
    problem = build("100x10")
    X, y, alpha = problem.X, problem.y, problem.alphas[0] / 10
    functions: dict[str, Callable[[], Any]] = {
        "lasso": lambda: lasso_jit.lasso(X, y, alpha),
        "lasso_path": lambda: lasso_jit.lasso_path(X, y),
        "lasso_cv": lambda: lasso_jit.lasso_cv(X, y),
    }
    return {name: 1e6 * _seconds(call, number=200, repeats=11) for name, call in functions.items()}


def startup() -> dict[str, dict[str, list[float]]]:
    """Return the seconds to import, to fit first and to fit again in a fresh process, 100 x 10.

    Medians of three: with Numba's cache empty, and with what the process before left there. The call is from
    another depth each time, because CPython 3.11 keeps its frames in chunks of 16 kB: where a loop of Numba's
    runs across the end of a chunk, each of its rounds asks the system for memory, and compiling takes a third
    longer, or not, as one function more or less calls the other.
    """
    seconds = {}
    for name, snippet in SNIPPETS.items():
        cold, warm = [], []
        for depth in range(3):
            code = FRESH.format(snippet=snippet, depth=depth)
            with tempfile.TemporaryDirectory() as cache:
                cold.append(_fresh(code, cache))
                warm.append(_fresh(code, cache))
        seconds[name] = {
            "without cache": np.median(cold, axis=0).tolist(),
            "with cache": np.median(warm, axis=0).tolist(),
        }
        print(name, seconds[name], flush=True)
    return seconds


def memory() -> dict[str, dict[str, float]]:
    """Return, in MB, the size of X and how far a fit and a path go beyond what was in memory before them."""
    spawn = multiprocessing.get_context("spawn")
    peaks = {}
    for name in NAMES:
        problem = build(name)
        X = problem.X
        parts = [X.data, X.indices, X.indptr] if problem.intercept else [X]
        size = sum(part.nbytes for part in parts)
        peaks[name] = {"X": size / 2**20, "allowed": max(0.2 * size / 2**20, 64.0)}
        with tempfile.TemporaryDirectory() as folder:
            for k, part in enumerate(parts):
                np.save(f"{folder}/{k}.npy", part)
            for task, alphas in (("single", problem.alphas[:1] / 100), ("path", problem.alphas)):
                with spawn.Pool(1) as pool:
                    peak = pool.apply(_peak, (folder, X.shape, problem.y, alphas))
                peaks[name][task] = peak / 2**20
        print(name, peaks[name], flush=True)
    return peaks


def growth() -> dict[str, dict[str, list[float]]]:
    """Return the seconds of a path of 100 to alpha_max/10 as n or p doubles, and the last support's size.

    The first twenty features matter and the noise is a hundredth, so the support stays theirs. All sizes are
    corners of one design.
    """
    sizes = {
        "n, p=500": [(n, 500) for n in (1000, 2000, 4000, 8000, 16000, 32000)],
        "p, n=500": [(500, p) for p in (1000, 2000, 4000, 8000, 16000, 32000, 64000)],
        "p, n=20000": [(20_000, p) for p in (50, 100, 200, 400, 800)],
    }
    tables = {}
    for name, shapes in sizes.items():
        table: dict[str, list[float]] = {"size": [], "seconds": [], "support": []}
        largest, rng = shapes[-1], np.random.default_rng(0)
        design, noise = rng.standard_normal(largest[::-1]).T, 0.2 * rng.standard_normal(largest[0])
        for n, p in shapes:
            X = np.asfortranarray(design[:n, :p])
            y = X[:, :20].sum(axis=1) + noise[:n]
            alphas = np.abs(X.T @ (y - y.mean())).max() / n * np.geomspace(1, 0.1, 100)
            path = lasso_jit.lasso_path(X, y, alphas=alphas, tol=OURS_GAP)
            table["size"].append(n if name.startswith("n") else p)
            table["support"].append(int((path.coefs[:, -1] != 0).sum()))
            table["seconds"].append(
                _seconds(
                    lambda X=X, y=y, alphas=alphas: lasso_jit.lasso_path(X, y, alphas=alphas, tol=OURS_GAP)
                )
            )
        tables[name] = table
        print(name, table, flush=True)
    return tables


def _seconds(call: Callable[[], Any], number: int = 1, repeats: int = 7) -> float:
    call()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(number):
            call()
        times.append((time.perf_counter() - start) / number)
    return median(times)


def _fresh(code: str, cache: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=os.environ | {"NUMBA_CACHE_DIR": cache},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [float(word) for word in done.stdout.split()]


def _peak(folder: str, shape: tuple[int, int], y: np.ndarray, alphas: np.ndarray) -> float:
    """Return the bytes that a fit needs at its peak; runs in a process of its own."""
    parts = [np.load(file) for file in sorted(Path(folder).iterdir())]
    X = parts[0] if len(parts) == 1 else sparse.csc_matrix(tuple(parts), shape=shape)
    corner = Problem("", X, y).corner
    _fit(corner.X, corner.y, corner.alphas[-len(alphas) :])  # compile
    gc.collect()
    if (reset := Path("/proc/self/clear_refs")).exists():
        reset.write_text("5")  # the peak begins anew from what is in memory
    before = _highest()
    _fit(X, y, alphas)
    return _highest() - before


def _highest() -> float:
    """Return the most bytes that were in memory so far; what `resource` says is at least the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * float(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _fit(X: np.ndarray | sparse.csc_matrix, y: np.ndarray, alphas: np.ndarray) -> object:
    intercept = sparse.issparse(X)
    if len(alphas) == 1:
        return lasso_jit.lasso(X, y, alphas[0], fit_intercept=intercept, tol=OURS_GAP)
    return lasso_jit.lasso_path(X, y, alphas=alphas, fit_intercept=intercept, tol=OURS_GAP)


def main() -> None:
    """Measure what the command line asks for and merge it into the results."""
    parts = {"calls": calls, "startup": startup, "memory": memory, "growth": growth, "ugly": ugly}
    parser = argparse.ArgumentParser(description="Measure what must hold besides speed.")
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts))
    parser.add_argument("--out", type=Path, default=LIMITS)
    options = parser.parse_args()
    data = load(options.out)
    for name in options.only:
        data[name] = parts[name]()
        save(data, options.out)


if __name__ == "__main__":
    main()
