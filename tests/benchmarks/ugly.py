"""Fits of ugly problems, ours and scikit-learn's: is each certified, or said not to be, and how long does it take?

python tests/benchmarks/ugly.py [--number 10000]; writes results/ugly.json.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from results import RESULTS, save
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet

sys.path.insert(0, str(Path(__file__).parents[1] / "solvers"))
from test_engine_properties import Problem, alpha_for, fractions, problems

import lasso_jit

REPEATS = 3  # of which the fastest counts


def seconds(call: Callable[[], Any]) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def rival(problem: Problem, alpha: float) -> Callable[[], Any] | None:
    """Return scikit-learn's fit of the same problem, if it has one for it."""
    options = problem.options
    weighted = options["penalty_weights"] is not None
    if weighted or options["l1_ratio"] == 0.0 or alpha == 0.0:
        return None
    model = ElasticNet(
        alpha=alpha, l1_ratio=options["l1_ratio"], fit_intercept=options["fit_intercept"],
        positive=options["positive"], tol=1e-10, max_iter=10_000,
    )  # fmt: skip
    return lambda: model.fit(problem.X, problem.y, sample_weight=options["sample_weight"])


def measure(number: int) -> dict[str, Any]:
    """Return how many fits are certified, how many warn, and the ratios of our times to scikit-learn's."""
    certified, warned, silent, ratios = [], [], [], []

    @settings(max_examples=number, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(problem=problems(), fraction=fractions)
    def one(problem: Problem, fraction: float) -> None:
        alpha = alpha_for(problem, fraction)
        fit, caught = problem.run(lasso_jit.elastic_net, alpha=alpha)
        assert np.isfinite(fit.coef).all() and np.isfinite(fit.gap)
        told = any(w.category is ConvergenceWarning and f"{fit.gap:.2e}" in str(w.message) for w in caught)
        (certified if fit.gap <= fit.tol else warned if told else silent).append(fit.gap)
        theirs = rival(problem, alpha)
        if theirs is not None:
            try:
                ratios.append(seconds(lambda: problem.run(lasso_jit.elastic_net, alpha=alpha)) / seconds(theirs))
            except (ValueError, FloatingPointError, np.linalg.LinAlgError):
                return  # scikit-learn's squares overflow

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lasso_jit.warmup()
        one()
    return {
        "problems": len(certified) + len(warned) + len(silent),
        "certified": len(certified),
        "not certified, warned": len(warned),
        "not certified, silent": len(silent),
        "timed against scikit-learn": len(ratios),
        "our time over scikit-learn's": {
            name: float(np.quantile(ratios, q)) for name, q in (("median", 0.5), ("99 %", 0.99), ("worst", 1.0))
        },
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--number", type=int, default=10_000)
    data = measure(parser.parse_args().number)
    save(data, RESULTS / "ugly.json")
    print(data)


if __name__ == "__main__":
    main()
