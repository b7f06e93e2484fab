"""How many threads linear algebra may use."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from .validation import as_count

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

#: What a pass over X costs, in multiplications per number.
PASS = 50
_FEW = 1e8  # multiplications below which more threads cost more than they save
_T = TypeVar("_T")


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


def in_pieces(part: Callable[[int, int], _T], count: int, n_threads: int) -> list[_T]:
    """Return what `part` returns for pieces (first, last) of `count` things, one for each thread.

    The caller's thread does one of them: so it is not given to a processor that has another to do.
    """
    if n_threads == 1:
        return [part(0, count)]
    bounds = [count * k // n_threads for k in range(n_threads + 1)]
    with ThreadPoolExecutor(n_threads - 1) as pool:
        others = pool.map(part, bounds[1:-1], bounds[2:])
        return [part(*bounds[:2]), *others]


def threads_for(multiplications: float) -> AbstractContextManager:
    """Return a context in which BLAS uses one thread if there is little to do."""
    return threads(1 if multiplications < _FEW else None)


@cache
def _libraries() -> ThreadpoolController:
    """Return the BLAS libraries that are loaded; to look for them takes longer than a fit."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
