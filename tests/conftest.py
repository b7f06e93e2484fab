import hashlib
import os
import sys
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).parents[1]

# Numba does not see that a cached kernel's callee in another file has changed, so the cache is named by the
# sources, as in the Makefile. Set before anything imports Numba; the kernels that nbval starts inherit it.
if "NUMBA_CACHE_DIR" not in os.environ:
    sources = b"".join(path.read_bytes() for path in sorted((ROOT / "lasso_jit").glob("*.py")))
    os.environ["NUMBA_CACHE_DIR"] = str(ROOT / ".cache" / "numba" / hashlib.sha256(sources).hexdigest()[:16])

sys.path[:0] = [str(ROOT / "book" / folder) for folder in ("", "_ext", "kernels")]

# How many examples a property test draws unless it says so itself, and whether they are always the same.
settings.register_profile("test", deadline=None, derandomize=True, max_examples=300)
settings.register_profile("thorough", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))
