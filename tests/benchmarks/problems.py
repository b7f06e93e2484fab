"""The problems of the race, the same on every run: from seeds, from scikit-learn, from files on the machine.

Dense X is column-major float64 and centred, so that no solver needs an intercept for a fit or a path: several
rivals' paths have none. Sparse X is not centred (that would fill it), so everybody fits an intercept there.
y is centred everywhere.
"""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.datasets import load_diabetes
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

N_ALPHAS = 100
N_TRUE = 20
SNR = 3.0  # variance of the signal over variance of the noise


@dataclass(frozen=True, eq=False)
class Problem:
    """X, y and the grid of alphas that every solver gets."""

    name: str
    X: np.ndarray | sparse.csc_matrix
    y: np.ndarray

    @property
    def intercept(self) -> bool:
        """Whether a fit or a path needs an intercept: only where X could not be centred."""
        return sparse.issparse(self.X)

    @cached_property
    def alphas(self) -> np.ndarray:
        """From alpha_max down to a thousandth of it, or a hundredth where y could be interpolated."""
        n, p = self.X.shape
        alpha_max = np.abs(self.X.T @ self.y).max() / n
        return alpha_max * np.geomspace(1.0, 1e-3 if n > p else 1e-2, N_ALPHAS)

    @cached_property
    def folds(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Training and test rows of five blocks of neighbours, as scikit-learn's cv=5."""
        rows = np.arange(self.X.shape[0])
        return [(np.setdiff1d(rows, test), test) for test in np.array_split(rows, 5)]

    @property
    def corner(self) -> Problem:
        """A small problem of the same kind and a similar shape, to compile and load what this one needs."""
        n, p = (60, 20) if self.X.shape[0] > self.X.shape[1] else (20, 60)
        X, y = self.X[:n, :p], self.y[:n]
        X = X if self.intercept else np.asfortranarray(X - X.mean(axis=0))
        return Problem("corner", X, y - y.mean())


def dense(name: str, n: int, p: int, rho: float = 0.5) -> Problem:
    """Neighbouring columns have correlation rho (an AR(1) process), 20 of them (at most p/2) matter."""
    rng = np.random.default_rng(n + p)
    X = np.asfortranarray(rng.standard_normal((p, n)).T)
    for j in range(1, p):
        X[:, j] = rho * X[:, j - 1] + np.sqrt(1 - rho**2) * X[:, j]
    return _with_target(name, X, rng)


def random_sparse(name: str, n: int, p: int, density: float) -> Problem:
    """Normal entries at random places."""
    rng = np.random.default_rng(n + p)
    X = sparse.random(n, p, density, format="csc", random_state=rng, data_rvs=rng.standard_normal)
    return _with_target(name, X, rng)


def diabetes(name: str) -> Problem:
    """Ten measurements, their squares (but that of sex, which has two values) and products: 64 columns.

    Source: B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, Least angle regression, 2004.
    """
    X, y = load_diabetes(return_X_y=True, scaled=False)
    X = PolynomialFeatures(degree=2, include_bias=False).fit_transform(StandardScaler().fit_transform(X))
    sex_squared = (
        10 + 10
    )  # the squares and products follow the ten measurements, row by row; sex is the second
    X = StandardScaler().fit_transform(np.delete(X, sex_squared, axis=1))
    return Problem(name, np.asfortranarray(X), y - y.mean())


def source_text(name: str) -> Problem:
    """Pieces of 50 lines of the Python standard library as tf-idf of their words; how often do they say self?

    The word itself is left out of X. The pieces differ between versions of Python, not between runs.
    """
    library = Path(sysconfig.get_path("stdlib"))
    pieces = []
    for file in sorted(library.rglob("*.py")):
        if "site-packages" not in file.parts:
            lines = file.read_text(errors="ignore").splitlines()
            pieces += ["\n".join(lines[start : start + 50]) for start in range(0, len(lines), 50)]
    pieces = [pieces[i] for i in np.random.default_rng(0).permutation(len(pieces))[:5000]]
    words = TfidfVectorizer(token_pattern=r"[A-Za-z_]\w+", min_df=3, sublinear_tf=True, stop_words=["self"])
    X = sparse.csc_matrix(words.fit_transform(pieces))
    X.sort_indices()
    y = np.log1p([len(re.findall(r"\bself\b", piece)) for piece in pieces])
    return Problem(name, X, y - y.mean())


def _with_target(name: str, X: np.ndarray | sparse.csc_matrix, rng: np.random.Generator) -> Problem:
    n, p = X.shape
    if not sparse.issparse(X):
        X -= X.mean(axis=0)
    coef = np.zeros(p)
    true = rng.choice(p, min(N_TRUE, p // 2), replace=False)
    coef[true] = rng.choice([-1.0, 1.0], true.size)
    signal = X @ coef
    y = signal + rng.standard_normal(n) * np.sqrt(signal.var() / SNR)
    return Problem(name, X, y - y.mean())


_BUILDERS: dict[str, Callable[[str], Problem]] = {
    "diabetes": diabetes,
    "100x10": partial(dense, n=100, p=10),
    "500x100": partial(dense, n=500, p=100),
    "100x7000": partial(dense, n=100, p=7000),
    "500x20000": partial(dense, n=500, p=20_000),
    "10000x1000": partial(dense, n=10_000, p=1000),
    "10000x1000-rho.95": partial(dense, n=10_000, p=1000, rho=0.95),
    "200000x50": partial(dense, n=200_000, p=50),
    "sparse": partial(random_sparse, n=20_000, p=20_000, density=0.00325),
    "text": source_text,
}
NAMES = list(_BUILDERS)
QUICK = ["diabetes", "100x10", "500x100"]


def build(name: str) -> Problem:
    """Return the problem called `name`, one of `NAMES`."""
    return _BUILDERS[name](name)
