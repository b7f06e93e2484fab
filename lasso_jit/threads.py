"""How many threads linear algebra may use."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .validation import as_count

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

_FEW = 1e8  # multiplications below which more threads cost more than they save


def threads(n_threads: int | None) -> AbstractContextManager:
    """Return a context in which BLAS uses at most `n_threads` threads; None changes nothing."""
    if n_threads is None:
        return nullcontext()
    return _libraries().limit(limits=as_count(n_threads, "n_threads"), user_api="blas")


def workers(n_threads: int | None, multiplications: float = np.inf) -> int:
    """Return how many threads to use: `n_threads`, or all that there are, or one for little work."""
    if n_threads is not None:
        return as_count(n_threads, "n_threads")
    return 1 if multiplications < _FEW else getattr(os, "process_cpu_count", os.cpu_count)() or 1


def threads_for(multiplications: float) -> AbstractContextManager:
    """Return a context in which BLAS uses one thread if there is little to do."""
    return threads(1 if multiplications < _FEW else None)


@cache
def _libraries() -> ThreadpoolController:
    """Return the BLAS libraries that are loaded; to look for them takes longer than a fit."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
