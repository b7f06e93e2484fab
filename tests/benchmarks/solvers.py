"""lasso_jit and its rivals behind one interface.

A solver's `solve(X, y, alphas, tol, **settings)` makes a public call for a single alpha or a path and returns
a `Fit`; `choices` names the calls and settings that are worth a try, of which the race keeps the fastest;
`cross_validate` is five-fold cross-validation with refit. X dense is centred and nobody fits an intercept; X
sparse is not and everybody does (see `problems.py`). Only what a user would have to do is timed: turning the
answer into one form (`Fit.arrays`) is not.

celer and skglm have no usable cross-validation here (celer 0.7.4's LassoCV cannot be constructed with
scikit-learn 1.9; skglm 0.5's draws new folds for every alpha), nor has adelie's covariance method, nor
lars_path on a common grid: for them `cross_validate` is a loop over the folds around their path.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import adelie
import joblib
import numpy as np
from celer import celer_path
from problems import Problem
from scipy import sparse
from skglm.datafits import Quadratic
from skglm.penalties import L1
from skglm.solvers import AndersonCD, GramCD
from sklearn.linear_model import Lasso, LassoCV, lars_path, lars_path_gram, lasso_path

Array = np.ndarray
Matrix = np.ndarray | sparse.csc_matrix
CORES = os.cpu_count() or 1
adelie.logger.logger.setLevel("ERROR")  # it reports a stopped call with its traceback
# Importing adelie binds this process, and all threads and processes that it starts, to one core.
os.environ.pop("OMP_PROC_BIND", None)
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, range(CORES))
MANY = 1_000_000  # iterations: nobody is to be stopped by a limit


class NotAvailable(Exception):
    """The solver cannot do this; the text says why."""


@dataclass(frozen=True, eq=False)
class Fit:
    """What came out: coefs (n_features, n_alphas), perhaps with the solver's own dual points."""

    coefs: Any
    intercepts: Array | None = None
    thetas: Array | None = None  # (n_samples, n_alphas), in the scale of a residual
    alphas: Array | None = None  # where they are not those asked for: the alpha that cross-validation chose

    def arrays(self) -> tuple[Array, Array, Array | None]:
        """Return coefs, intercepts and thetas as dense arrays."""
        coefs = self.coefs.toarray() if sparse.issparse(self.coefs) else np.asarray(self.coefs)
        intercepts = np.zeros(coefs.shape[1]) if self.intercepts is None else np.asarray(self.intercepts)
        return coefs, intercepts, self.thetas


def gram_pays(problem: Problem) -> bool:
    """Return whether the Gram matrix is worth a try."""
    return problem.X.shape[0] > problem.X.shape[1] and not problem.intercept


class Solver:
    """Base of all: cross-validation by hand around `solve`."""

    name = ""
    first_tol = 1e-6  # where the search for the loosest tolerance starts; 0: there is none to search

    def choices(self, problem: Problem, task: str) -> dict[str, dict[str, Any]]:
        """Return the settings to try for a task, "single" or "path", under a label that says which call."""
        raise NotImplementedError

    def solve(self, X: Matrix, y: Array, alphas: Array, tol: float, **settings: Any) -> Fit:
        """Solve for all `alphas`, which descend."""
        raise NotImplementedError

    def cv_choices(self, label: str, settings: dict[str, Any], slow: bool) -> dict[str, dict[str, Any]]:
        """Return the settings to try for cross-validation, given the best for a path."""
        choices = {f"loop over folds: {label}": settings | {"n_jobs": 1}}
        if slow and CORES > 1:  # starting work in a process costs tens of milliseconds
            choices[f"loop over folds in {CORES} processes: {label}"] = settings | {"n_jobs": CORES}
        return choices

    def cross_validate(self, problem: Problem, tol: float, n_jobs: int = 1, **settings: Any) -> Fit:
        """Return the refit at the best of the common alphas."""
        task = joblib.delayed(_fold_errors)
        errors = joblib.Parallel(n_jobs=n_jobs)(
            task(self, problem.X, problem.y, train, test, problem.alphas, tol, settings)
            for train, test in problem.folds
        )
        best = problem.alphas[[np.mean(errors, axis=0).argmin()]]
        fit = self.solve(problem.X, problem.y, best, tol, **settings)
        return Fit(fit.coefs, fit.intercepts, fit.thetas, alphas=best)


def _fold_errors(
    solver: Solver,
    X: Matrix,
    y: Array,
    train: Array,
    test: Array,
    alphas: Array,
    tol: float,
    settings: dict[str, Any],
) -> Array:
    y_mean = y[train].mean()
    if sparse.issparse(X):
        X_train, x_mean = X[train], np.zeros(X.shape[1])
    else:
        X_train = X.T.take(train, axis=1).T  # column-major, one copy
        x_mean = X_train.mean(axis=0)
        X_train -= x_mean
    coefs, intercepts, _ = solver.solve(X_train, y[train] - y_mean, alphas, tol, **settings).arrays()
    return np.mean((y[test, None] - X[test] @ coefs - (intercepts + y_mean - x_mean @ coefs)) ** 2, axis=0)


class LassoJit(Solver):
    """The solver of this repository."""

    name = "lasso_jit"
    first_tol = 1e-12

    def choices(self, problem: Problem, task: str) -> dict[str, dict[str, Any]]:
        return {"lasso" if task == "single" else "lasso_path": {}}

    def solve(self, X: Matrix, y: Array, alphas: Array, tol: float) -> Fit:
        import lasso_jit

        intercept = sparse.issparse(X)
        if len(alphas) == 1:
            fit = lasso_jit.lasso(X, y, alphas[0], fit_intercept=intercept, tol=tol)
            return Fit(fit.coef[:, None], np.array([fit.intercept]), fit.dual[:, None])
        path = lasso_jit.lasso_path(X, y, alphas=alphas, fit_intercept=intercept, tol=tol)
        return Fit(path.coefs, path.intercepts)

    def cv_choices(self, label: str, settings: dict[str, Any], slow: bool) -> dict[str, dict[str, Any]]:
        return {"lasso_cv": {}}

    def cross_validate(self, problem: Problem, tol: float) -> Fit:
        import lasso_jit

        fit = lasso_jit.lasso_cv(problem.X, problem.y, cv=5, alphas=problem.alphas, tol=tol)
        return Fit(fit.coef[:, None], np.array([fit.intercept]), alphas=np.array([fit.alpha]))


class ScikitLearn(Solver):
    """Coordinate descent on residuals or on the Gram matrix. tol is half of our relative gap."""

    name = "scikit-learn"
    first_tol = 5e-7

    def choices(self, problem: Problem, task: str) -> dict[str, dict[str, Any]]:
        choices = {"lasso_path, Gram": {"precompute": True}} if gram_pays(problem) else {}
        choices["lasso_path"] = {"precompute": False}
        if task == "single":
            choices["Lasso.fit"] = {"precompute": False, "estimator": True}
        return choices

    def solve(
        self, X: Matrix, y: Array, alphas: Array, tol: float, precompute: bool, estimator: bool = False
    ) -> Fit:
        if estimator:
            fit = Lasso(alphas[0], fit_intercept=sparse.issparse(X), tol=tol, max_iter=MANY).fit(X, y)
            return Fit(fit.coef_[:, None], np.array([fit.intercept_]))
        options = {"alphas": alphas, "tol": tol, "max_iter": MANY, "precompute": precompute}
        if not sparse.issparse(X):
            return Fit(lasso_path(X, y, **options)[1])
        x_mean = np.asarray(X.mean(axis=0)).ravel()
        coefs = lasso_path(X, y, X_offset=x_mean, X_scale=np.ones(len(x_mean)), **options)[1]
        return Fit(coefs, -x_mean @ coefs)

    def cv_choices(self, label: str, settings: dict[str, Any], slow: bool) -> dict[str, dict[str, Any]]:
        choices = {"LassoCV": {"n_jobs": 1}}
        if slow and CORES > 1:
            choices[f"LassoCV, n_jobs={CORES}"] = {"n_jobs": CORES}
        return choices

    def cross_validate(self, problem: Problem, tol: float, n_jobs: int) -> Fit:
        fit = LassoCV(alphas=problem.alphas, cv=5, tol=tol, max_iter=MANY, n_jobs=n_jobs)
        fit.fit(problem.X, problem.y)
        return Fit(fit.coef_[:, None], np.array([fit.intercept_]), alphas=np.array([fit.alpha_]))


class LarsPath(Solver):
    """scikit-learn's homotopy: all knots down to the last alpha, then interpolated, which is exact."""

    name = "lars_path"
    first_tol = 0.0

    def choices(self, problem: Problem, task: str) -> dict[str, dict[str, Any]]:
        if problem.intercept:
            raise NotAvailable("dense X only")
        choices = {"lars_path_gram": {"gram": True}} if gram_pays(problem) else {}
        return choices | {"lars_path": {"gram": False}}

    def solve(self, X: Matrix, y: Array, alphas: Array, tol: float, gram: bool) -> Fit:
        single = len(alphas) == 1
        options = {"alpha_min": alphas[-1], "method": "lasso", "max_iter": MANY, "return_path": not single}
        if gram:
            knots, _, coefs = lars_path_gram(X.T @ y, X.T @ X, n_samples=len(y), copy_Gram=False, **options)
        else:
            knots, _, coefs = lars_path(X, y, **options)
        if single:
            return Fit(coefs[:, None])
        after = np.clip(np.searchsorted(-knots, -alphas), 1, len(knots) - 1)
        weight = np.clip((knots[after - 1] - alphas) / (knots[after - 1] - knots[after]), 0.0, 1.0)
        return Fit(coefs[:, after - 1] * (1.0 - weight) + coefs[:, after] * weight)


class Celer(Solver):
    """Working sets and dual extrapolation. tol is half of our relative gap, judged at its own dual point."""

    name = "celer"
    first_tol = 5e-7

    def choices(self, problem: Problem, task: str) -> dict[str, dict[str, Any]]:
        return {"celer_path": {"prune": 0}, "celer_path, prune": {"prune": 1}}

    def solve(self, X: Matrix, y: Array, alphas: Array, tol: float, prune: int) -> Fit:
        options = {"alphas": alphas, "tol": tol, "prune": prune, "max_iter": 1000, "max_epochs": MANY}
        x_mean = None
        if sparse.issparse(X):
            x_mean = np.asarray(X.mean(axis=0)).ravel()
            options |= {"X_offset": x_mean, "X_scale": np.ones(len(x_mean))}
        _, coefs, _, thetas = celer_path(X, y, "lasso", return_thetas=True, **options)
        return Fit(coefs, None if x_mean is None else -x_mean @ coefs, thetas.T * X.shape[0])


class Skglm(Solver):
    """Working sets and Anderson acceleration, or on the Gram matrix.

    It stops when no optimality condition is violated by more than its tol; ours is in units of alpha_max.
    """

    name = "skglm"
    first_tol = 3e-7

    def choices(self, problem: Problem, task: str) -> dict[str, dict[str, Any]]:
        choices = {"GramCD.solve": {"gram": True}} if gram_pays(problem) else {}
        call = "solve" if task == "single" else "path"
        return choices | {f"AndersonCD.{call}": {"gram": False}}

    def solve(self, X: Matrix, y: Array, alphas: Array, tol: float, gram: bool) -> Fit:
        n, p = X.shape
        intercept = sparse.issparse(X)
        tol *= np.abs(X.T @ y).max() / n
        if gram:  # it has no path: warm starts by hand
            cd = GramCD(max_iter=MANY, tol=tol, fit_intercept=False, greedy_cd=False, use_acc=True)
            coefs = np.empty((p, len(alphas)), order="F")
            coef = np.zeros(p)
            for k, alpha in enumerate(alphas):
                coefs[:, k] = coef = cd.solve(X, y, None, L1(alpha), w_init=coef)[0]
            return Fit(coefs)
        cd = AndersonCD(max_iter=1000, max_epochs=MANY, tol=tol, fit_intercept=intercept, warm_start=True)
        if len(alphas) == 1:
            coefs = cd.solve(X, y, Quadratic(), L1(alphas[0]))[0][:, None]
        else:
            coefs = cd.path(X, y, Quadratic(), L1(alphas[0]), alphas)[1]
        return Fit(coefs[:p], coefs[p] if intercept else None)


class Adelie(Solver):
    """The pivot rule and coordinate descent, on residuals or on the Gram matrix.

    It stops when no step changes the fit by more than tol times the variance of y.
    """

    name = "adelie"
    first_tol = 1e-14

    def choices(self, problem: Problem, task: str) -> dict[str, dict[str, Any]]:
        choices = {"gaussian_cov": {"cov": True}} if gram_pays(problem) else {}
        choices["grpnet"] = {"n_threads": 1}
        if problem.X.size > 1e6 and CORES > 1:  # it starts no threads for less
            choices[f"grpnet, n_threads={CORES}"] = {"n_threads": CORES}
        return choices

    def solve(
        self, X: Matrix, y: Array, alphas: Array, tol: float, cov: bool = False, n_threads: int = 1
    ) -> Fit:
        options = {"lmda_path": alphas, "early_exit": False, "progress_bar": False, "max_iters": MANY}
        if cov:
            n = len(y)
            A = np.asfortranarray(X.T @ X / n)
            state = adelie.gaussian_cov(A, X.T @ y / n, tol=tol * y.var(), **options)
            return Fit(state.betas.T)
        intercept = sparse.issparse(X)
        if intercept:
            X = adelie.matrix.sparse(sparse.csc_matrix(X), method="naive", n_threads=n_threads)
        glm = adelie.glm.gaussian(y=y)
        state = adelie.grpnet(X, glm, intercept=intercept, tol=tol, n_threads=n_threads, **options)
        return Fit(state.betas.T, state.intercepts if intercept else None)

    def cv_choices(self, label: str, settings: dict[str, Any], slow: bool) -> dict[str, dict[str, Any]]:
        if settings.get("cov"):
            return super().cv_choices(label, settings, slow)
        return {label.replace("grpnet", "cv_grpnet"): settings}

    def cross_validate(
        self, problem: Problem, tol: float, cov: bool = False, n_threads: int = 1, n_jobs: int = 1
    ) -> Fit:
        if cov:
            return super().cross_validate(problem, tol, n_jobs=n_jobs, cov=True)
        X, alphas = problem.X, problem.alphas
        if sparse.issparse(X):
            X = adelie.matrix.sparse(X, method="naive", n_threads=n_threads)
        glm = adelie.glm.gaussian(y=problem.y)
        options = {"tol": tol, "n_threads": n_threads, "progress_bar": False, "max_iters": MANY}
        # Its folds are random and its grid is ours, extended upwards where a fold needs it.
        cv = adelie.cv_grpnet(X, glm, min_ratio=alphas[-1] / alphas[0], n_folds=5, seed=0, **options)
        best = cv.lmdas[[cv.best_idx]]
        state = adelie.grpnet(X, glm, lmda_path=best, early_exit=False, **options)
        return Fit(state.betas.T, state.intercepts, alphas=best)


SOLVERS = {
    solver.name: solver for solver in (LassoJit(), ScikitLearn(), LarsPath(), Celer(), Skglm(), Adelie())
}
