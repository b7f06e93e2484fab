"""Lasso solvers in Numba, every fit with a certificate of optimality.

Objective everywhere: ||y - Xw - b||^2/(2n) + alpha ||w||_1. To read: `ista`, `fista`, `coordinate_descent`
and `homotopy_path`, one algorithm a file. To run: `lasso`, `lasso_path`, `lasso_cv`, their elastic-net
siblings, and the estimators `Lasso`, `LassoCV`, `ElasticNet` and `ElasticNetCV`.
"""

from importlib import import_module as _import_module

from .certificate import Certificate, History, LassoResult
from .coordinate_descent import coordinate_descent
from .cross_validation import CVResult, elastic_net_cv, lasso_cv
from .fista import fista
from .fit import elastic_net, lasso
from .homotopy import HomotopyPath, homotopy_path
from .ista import ista
from .objective import (
    alpha_max,
    alpha_of,
    constraint_of,
    convert_penalty,
    dual,
    dual_point,
    duality_gap,
    kkt_violation,
    primal,
)
from .path import PathResult, elastic_net_path, lasso_path
from .prox import hard_threshold, prox_elastic_net, prox_ridge, soft_threshold
from .warmup import warmup

#: These need scikit-learn or matplotlib, which take longer to import than a fit takes to run.
_LAZY = {
    "CVDisplay": "display",
    "ElasticNet": "estimators",
    "ElasticNetCV": "estimators",
    "Lasso": "estimators",
    "LassoCV": "estimators",
    "PathDisplay": "display",
}

__all__ = [
    "CVDisplay",
    "CVResult",
    "Certificate",
    "ElasticNet",
    "ElasticNetCV",
    "History",
    "HomotopyPath",
    "Lasso",
    "LassoCV",
    "LassoResult",
    "PathDisplay",
    "PathResult",
    "alpha_max",
    "alpha_of",
    "constraint_of",
    "convert_penalty",
    "coordinate_descent",
    "dual",
    "dual_point",
    "duality_gap",
    "elastic_net",
    "elastic_net_cv",
    "elastic_net_path",
    "fista",
    "hard_threshold",
    "homotopy_path",
    "ista",
    "kkt_violation",
    "lasso",
    "lasso_cv",
    "lasso_path",
    "primal",
    "prox_elastic_net",
    "prox_ridge",
    "soft_threshold",
    "warmup",
]


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'lasso_jit' has no attribute {name!r}")
    return getattr(_import_module(f".{_LAZY[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
