"""How long each chapter ran when its outputs were stored, with what and where: ``run_times.json``."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

FILE = Path(__file__).with_name("run_times.json")
PACKAGES = ("numpy", "numba", "scikit-learn")


def processor() -> str:
    """Name the processor.

    Returns
    -------
    str
        What the system calls it; Python itself knows only its family.
    """
    if platform.system() == "Darwin":
        return subprocess.check_output(["sysctl", "-n", "machdep.cpu.brand_string"], text=True).strip()
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def record(chapter: str, seconds: float) -> None:
    """Replace the entry of a chapter. One entry a line, so that a difference names the chapters that ran.

    Parameters
    ----------
    chapter : str
        The name of the notebook's file without its ending.
    seconds : float
        How long it ran.
    """
    entries = json.loads(FILE.read_text("utf8")) if FILE.exists() else {}
    entries[chapter] = {
        "seconds": round(seconds, 1),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "machine": {"processor": processor(), "cores": os.cpu_count()},
    }
    lines = (f"{json.dumps(name)}: {json.dumps(entries[name])}" for name in sorted(entries))
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf8")
