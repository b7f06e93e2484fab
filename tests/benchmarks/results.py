"""Where the results are, and what every file of results carries: versions, machine, threads.

``race.json`` holds ``races[problem][task][solver]``: the call that was fastest, its tol, the median seconds,
the worst gap recomputed outside, the most nonzeros, the smallest unexplained part of y's variance
and, for rivals, ``speedup``: the median of their seconds over ours, with its range. Instead of these there
may be a ``status``: why there is no time. ``limits.json`` holds what the functions in `limits.py` return.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_info

RACE = Path(__file__).parent / "results" / "race.json"
LIMITS = RACE.with_name("limits.json")

OURS = "lasso_jit"
OURS_GAP = 1e-12
RIVAL_GAP = 1e-6
TASKS = {"single_10": 10, "single_100": 100, "path": None, "cv": None}  # alpha_max divided by

Entry = dict[str, Any]


def sources() -> str:
    """Return a fingerprint of lasso_jit's sources: results of different sources should not be compared."""
    import lasso_jit

    files = sorted(Path(lasso_jit.__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def environment() -> Entry:
    """Return versions, machine and threads."""
    cpu = platform.processor()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), cpu)
    packages = ["numpy", "scipy", "numba", "scikit-learn", "celer", "skglm", "adelie"]
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {"python": platform.python_version()} | {name: version(name) for name in packages},
        "threads": {
            f"{pool['user_api']} {pool['internal_api']} {pool.get('version')}": pool["num_threads"]
            for pool in threadpool_info()
        },
    }


def load(file: Path) -> Entry:
    """Return earlier results if they were made on this machine with these versions."""
    now = environment()
    if not file.exists():
        return {"environment": now}
    data = json.loads(file.read_text())
    if data["environment"] != now:
        sys.exit(f"{file} comes from another machine or other versions: move it away, or name another --out")
    return data


def save(data: Entry, file: Path) -> None:
    """Write `data` as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(data, indent=1) + "\n")
