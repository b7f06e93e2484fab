"""Fits of ugly problems, drawn by the tests: is each certified or told of, and is scikit-learn's faster?"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet

sys.path.insert(0, str(Path(__file__).parents[1] / "solvers"))
from test_engine_properties import Problem, alpha_for, fractions, problems

import lasso_jit

REPEATS = 3  # of which the fastest counts


def seconds(call: Callable[[], Any]) -> float:
    """Return how long a call takes."""
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


def ugly(number: int = 10_000) -> dict[str, float]:
    """Return how many fits are certified, how many warn, and how our times compare with scikit-learn's."""
    certified, warned, silent, ratios = [], [], [], []

    @settings(max_examples=number, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
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
                ours = seconds(lambda: problem.run(lasso_jit.elastic_net, alpha=alpha))
                ratios.append(ours / seconds(theirs))
            except (ValueError, FloatingPointError, np.linalg.LinAlgError):
                return  # scikit-learn's squares overflow

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lasso_jit.warmup()
        one()
    return {
        "problems": len(certified) + len(warned) + len(silent),
        "certified": len(certified),
        "warned": len(warned),
        "neither": len(silent),
        "timed": len(ratios),
        "median ratio": float(np.median(ratios)),
        "worst ratio": float(np.max(ratios)),
    }
