"""Lasso solvers in Numba, every fit with a certificate of optimality.

Objective everywhere: ||y - Xw - b||^2/(2n) + alpha ||w||_1.
"""

from .certificate import Certificate, History, LassoResult
from .coordinate_descent import coordinate_descent
from .fista import fista
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
from .prox import hard_threshold, prox_elastic_net, prox_ridge, soft_threshold
from .warmup import warmup

__all__ = [
    "Certificate",
    "History",
    "LassoResult",
    "alpha_max",
    "alpha_of",
    "constraint_of",
    "convert_penalty",
    "coordinate_descent",
    "dual",
    "dual_point",
    "duality_gap",
    "fista",
    "hard_threshold",
    "ista",
    "kkt_violation",
    "primal",
    "prox_elastic_net",
    "prox_ridge",
    "soft_threshold",
    "warmup",
]
