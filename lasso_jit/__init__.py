"""Lasso solvers in Numba, every fit with a certificate of optimality.

Objective everywhere: ||y - Xw - b||^2/(2n) + alpha ||w||_1.
"""

from .certificate import Certificate, History, LassoResult
from .coordinate_descent import coordinate_descent
from .cross_validation import CVResult, elastic_net_cv, lasso_cv
from .fista import fista
from .fit import elastic_net, lasso
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

__all__ = [
    "CVResult",
    "Certificate",
    "History",
    "LassoResult",
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
