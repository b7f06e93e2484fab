"""How many threads to use, and how work is shared among them."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

#: What a pass over X costs, in multiplications per number.
PASS = 50
_FEW = 1e8  # multiplications below which more threads cost more than they save
_HARDLY_ANY = 1e5  # and below which BLAS multiplies matrices with one by itself
_PIECES = 8  # of more work than that
_limiting = Lock()
_T = TypeVar("_T")


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_pieces(
    part: Callable[[int, int], _T], count: int, multiplications: float, n_threads: int | None
) -> list[_T]:
    """Return what `part` returns for pieces (first, last) of `count` things, in order.

    The pieces depend on the work alone, so that a sum over them is the same with any number of threads.
    """
    pieces = _PIECES if multiplications >= _FEW else 1
    bounds = [count * k // pieces for k in range(pieces + 1)]
    return shared(lambda k: part(bounds[k], bounds[k + 1]), pieces, n_threads or cores())


def shared(part: Callable[[int], _T], count: int, n_threads: int) -> list[_T]:
    """Return what `part` returns for the numbers from 0 to before `count`, in order.

    The caller's thread takes its share: so it is not given to a processor that has another to do.
    """
    n_threads = min(count, n_threads)

    def share(first: int) -> list[_T]:
        return [part(k) for k in range(first, count, n_threads)]

    if n_threads == 1:
        return share(0)
    with ThreadPoolExecutor(n_threads - 1) as pool:
        others = pool.map(share, range(1, n_threads))
        shares = [share(0), *others]
    return [shares[k % n_threads][k // n_threads] for k in range(count)]


@contextmanager
def threads(n_threads: int | None, multiplications: float = math.inf) -> Iterator[None]:
    """Let BLAS use at most `n_threads` threads, and only one if there is little to do; None changes nothing.

    Where there is hardly anything to do BLAS need not be told, which takes longer than the work.

    The limit is the whole process's. While somebody has set one, nobody else does: two who each restore what
    they found could leave it as it is between.
    """
    limit = 1 if multiplications < _FEW else n_threads
    if limit is None or multiplications < _HARDLY_ANY or not _limiting.acquire(blocking=False):
        yield
        return
    try:
        with _libraries().limit(limits=limit, user_api="blas"):
            yield
    finally:
        _limiting.release()


@cache
def _libraries() -> ThreadpoolController:
    """Return the BLAS libraries that are loaded; to look for them takes longer than a fit."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
