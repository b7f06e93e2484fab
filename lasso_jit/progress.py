"""Watch a kernel that counts what it has done in a shared array."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

_SECONDS = 0.2  # between two looks


@contextmanager
def watched(progress: bool | Callable[[int, int], object], total: int) -> Iterator[np.ndarray]:
    """Give an array whose sum is reported while the block runs, and once more at its end.

    Kernels release the lock of the interpreter, so that the watching thread runs beside them.
    """
    counts = np.zeros(1, np.int64)
    if progress is False:
        yield counts
        return
    if progress is True:
        report = _write
    elif callable(progress):
        report = progress
    else:
        raise TypeError(f"progress must be True, False or a callable, got {progress!r}")
    finished = threading.Event()

    def watch() -> None:
        while not finished.wait(_SECONDS):
            report(int(counts.sum()), total)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield counts
    finally:
        finished.set()
        thread.join()
    report(int(counts.sum()), total)


def _write(done: int, total: int) -> None:
    print(f"\r{done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)
