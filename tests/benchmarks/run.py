"""The race: lasso_jit against its rivals, every rival no more exact than it has to be.

    python tests/benchmarks/run.py [--quick] [--problems ...] [--tasks ...] [--solvers ...]

Before a rival is timed, its loosest tolerance is searched at which the worst relative gap over the alphas,
recomputed in `gaps.py`, is at most 1e-6; the fastest of its settings is kept. lasso_jit runs at 1e-12. Then
the two take turns, and what counts is the median of the ratios. Everything is compiled before the clock runs.
All solvers have the same threads: what the machine and the BLAS give by default.

Results are merged by problem, task and solver into results/race.json, so the race can be run in pieces; known
settings and tolerances are used again if they still reach the gap (`--search` forgets them).
"""

from __future__ import annotations

import argparse
import datetime
import gc
import os
import signal
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from gaps import relative_gaps
from problems import NAMES, QUICK, Problem, build
from results import OURS, RACE, RIVAL_GAP, TASKS, Entry, load, save, sources
from solvers import SOLVERS, Fit, NotAvailable, Solver

BUDGET = 60.0  # seconds for one call
ONCE = 2.0  # a call that takes longer is measured once
PATIENCE = 10.0  # and one that takes this long is not repeated for a finer tolerance
PAIR_SECONDS = 2.0  # for the turns of one pair of solvers
STEPS = 10  # alphas on the way to a single one, for rivals
BATCH = 2e-3  # calls shorter than this are timed in batches
# After a call of BLAS its threads spin for up to a tenth of a second, and who comes next would pay for it.
# So before a turn nothing happens for as long, an untimed call wakes everything up, and three in a row count.
ROW, PAUSE, BRIEF = 3, 0.1, 0.5


class OverBudget(Exception):
    """A call took too long and was stopped."""


class Stopwatch:
    """Runs one call under the budget. Solvers loop over alphas in Python, so the alarm gets through."""

    def __init__(self) -> None:
        self.expired = False
        signal.signal(signal.SIGALRM, self._stop)

    def _stop(self, *_: object) -> None:
        self.expired = True
        raise OverBudget

    def timed(self, call: Callable[[], Fit], budget: float) -> tuple[float, Fit]:
        """Return the seconds that `call` took and what it returned."""
        self.expired = False
        signal.setitimer(signal.ITIMER_REAL, budget)
        try:
            start = time.perf_counter()
            fit = call()
            seconds = time.perf_counter() - start
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        if self.expired:  # adelie swallows the exception and returns what it has
            raise OverBudget
        return seconds, fit


class Contest:
    """One problem and one task: how each solver is called and judged."""

    def __init__(self, problem: Problem, task: str, stopwatch: Stopwatch) -> None:
        self.problem, self.task, self.stopwatch = problem, task, stopwatch
        divisor = TASKS[task]
        self.alphas = problem.alphas if divisor is None else problem.alphas[:1] / divisor

    def call(self, solver: Solver, tol: float, settings: dict[str, Any]) -> Callable[[], Fit]:
        """Return the call to be timed."""
        if self.task == "cv":
            return lambda: solver.cross_validate(self.problem, tol, **settings)
        X, y, alphas = self.problem.X, self.problem.y, self.alphas
        settings = dict(settings)
        if steps := settings.pop("steps", 0):
            alphas = np.geomspace(self.problem.alphas[0], alphas[0], steps)
        return lambda: solver.solve(X, y, alphas, tol, **settings)

    def choices(self, solver: Solver, path: Entry | None) -> dict[str, dict[str, Any]]:
        """Return the settings to try; `path` is the entry for the path, needed for cross-validation."""
        if self.task == "path":
            return solver.choices(self.problem, "path")
        if self.task == "cv":
            settings = solver.choices(self.problem, "path")[path["call"]]
            return solver.cv_choices(path["call"], settings, slow=path["seconds"] > 0.1)
        choices = solver.choices(self.problem, "single")
        if solver.first_tol > 0 and solver.name != OURS:  # warm starts can beat a cold one
            for label, settings in list(choices.items()):
                if "estimator" not in settings:
                    choices[f"{label}, {STEPS} alphas"] = settings | {"steps": STEPS}
        return choices

    def judge(self, fit: Fit) -> Entry:
        """Return the worst gap, and how large and close the fits are."""
        coefs, intercepts, thetas = fit.arrays()
        alphas = self.alphas if fit.alphas is None else fit.alphas
        if coefs.shape[1] < len(alphas):
            return {"gap": np.inf}
        coefs, intercepts = coefs[:, -len(alphas) :], intercepts[-len(alphas) :]  # the last of several steps
        thetas = None if thetas is None else thetas[:, -len(alphas) :]
        X, y = self.problem.X, self.problem.y
        residual = y[:, None] - X @ coefs - intercepts
        return {
            "gap": float(relative_gaps(X, y, alphas, coefs, intercepts, thetas).max()),
            "nonzeros": int((coefs != 0).sum(axis=0).max()),
            "unexplained": float(((residual**2).sum(axis=0) / (y @ y)).min()),
        } | ({"alpha": float(alphas[0])} if self.task == "cv" else {})

    def attempt(
        self, solver: Solver, label: str, settings: dict[str, Any], tol: float, budget: float
    ) -> Entry:
        """Make one call and judge it."""
        seconds, fit = self.stopwatch.timed(self.call(solver, tol, settings), budget)
        return {"call": label, "tol": tol, "seconds": seconds} | self.judge(fit)

    def warm_up(self, solver: Solver, choices: dict[str, dict[str, Any]]) -> None:
        """Compile, load and start whatever there is, on a corner of the problem."""
        contest = Contest(self.problem.corner, self.task, self.stopwatch)
        for settings in choices.values():
            contest.call(solver, 1e-3, settings)()

    def loosest(
        self, solver: Solver, label: str, settings: dict[str, Any], tol: float, budget: float
    ) -> Entry:
        """Return the entry for the loosest tolerance that reaches the gap, in steps of ten, then of three."""
        best = self.attempt(solver, label, settings, tol, budget)
        if solver.name == OURS or not tol:
            return best
        enough = best["gap"] <= RIVAL_GAP
        while best["gap"] > RIVAL_GAP and tol > 1e-18:
            tol /= 10
            best = self.attempt(solver, label, settings, tol, budget)
        if best["gap"] > RIVAL_GAP or self.task == "cv":  # for cross-validation it is the path's
            return best
        while enough and best["seconds"] < PATIENCE and best["tol"] < 0.1:
            looser = self.attempt(solver, label, settings, best["tol"] * 10, BUDGET)
            enough = looser["gap"] <= RIVAL_GAP
            best = looser if enough else best
        if best["seconds"] < PATIENCE:
            looser = self.attempt(solver, label, settings, best["tol"] * 3, BUDGET)
            best = looser if looser["gap"] <= RIVAL_GAP else best
        return best

    def prepare(self, solver: Solver, known: Entry | None, path: Entry | None) -> Entry:
        """Return the entry of the fastest choice that reaches the gap; `path` is that for the path."""
        choices = self.choices(solver, path)
        tol = path["tol"] if self.task == "cv" else solver.first_tol
        if known and "status" in known and solver.name != OURS:
            return known
        if known and known["call"] in choices:
            label, tol = known["call"], known["tol"]
            self.warm_up(solver, {label: choices[label]})
            entry = self.attempt(solver, label, choices[label], tol, BUDGET)
            if entry["gap"] <= RIVAL_GAP:
                return entry | {"settings": choices[label]}
        self.warm_up(solver, choices)
        best: Entry = {}
        budget = BUDGET
        for label, settings in choices.items():
            expected = 5 * path["seconds"] / settings.get("n_jobs", 1) if self.task == "cv" else 0.0
            try:
                if expected > BUDGET:
                    raise OverBudget
                entry = self.loosest(solver, label, settings, tol, budget) | {"settings": settings}
                if entry["seconds"] < 1 or solver.name == OURS:  # one short call says little
                    call = self.call(solver, entry["tol"], settings)
                    entry["seconds"] = min(clock(call, entry["seconds"]) for _ in range(3))
            except OverBudget:
                reason = f"not run: five paths take {expected:.0f} s" if expected > BUDGET else "stopped"
                entry = {"call": label, "status": f"over {budget:.0f} s, {reason}"}
            best = min(
                best or entry, entry, key=lambda e: (e.get("gap", np.inf) > RIVAL_GAP, e.get("seconds", 0))
            )
            if best.get("gap", np.inf) <= RIVAL_GAP:
                tol = best["tol"]
                budget = min(BUDGET, 1.2 * best["seconds"] + 0.5)
        return best


def take_turns(ours: Callable[[], Fit], about: float, rival: Callable[[], Fit], entry: Entry) -> list[float]:
    """Time both alternately, fill in the rival's seconds and the ratios (medians); return our seconds."""
    if entry["seconds"] > ONCE:
        own = [clock(ours, about) for _ in range(3)]
        theirs, ratios = [entry["seconds"]], [entry["seconds"] / median(own)]
    else:
        turns = int(np.clip(PAIR_SECONDS / (about + entry["seconds"]) / ROW, 1, 7)) | 1
        own, theirs = [], []
        for turn in range(turns):
            pair = [(own, ours, about), (theirs, rival, entry["seconds"])]
            for times, call, guess in pair if turn % 2 else reversed(pair):
                if guess < BRIEF:
                    time.sleep(PAUSE)
                    call()
                times.extend(clock(call, guess) for _ in range(ROW))
        ratios = [b / a for a, b in zip(own, theirs, strict=True)]
    entry |= {"seconds": median(theirs), "turns": len(theirs), "speedup": median(ratios)}
    entry |= {"speedup_range": [min(ratios), max(ratios)]}
    return own


def clock(call: Callable[[], Fit], about: float) -> float:
    """Return the seconds of one call, from a batch if it is short."""
    number = max(1, int(BATCH / about))
    gc.disable()
    try:
        start = time.perf_counter()
        for _ in range(number):
            call()
        return (time.perf_counter() - start) / number
    finally:
        gc.enable()


def race(
    problem: Problem, task: str, names: list[str], results: Entry, search: bool, stopwatch: Stopwatch
) -> None:
    """Run one task on one problem for the solvers called `names` and merge into `results`."""
    contest = Contest(problem, task, stopwatch)
    old: Entry = results.get(problem.name, {}).get(task, {})
    paths: Entry = results.get(problem.name, {}).get("path", {})
    new: Entry = {}
    for name in names:
        solver = SOLVERS[name]
        known = None if search else old.get(name)
        try:
            path = paths.get(name)
            if task == "cv" and (path is None or "tol" not in path):
                path = Contest(problem, "path", stopwatch).prepare(solver, None, None)
                if path.get("gap", np.inf) > RIVAL_GAP:
                    raise NotAvailable(f"path: {path.get('status', 'the gap is not reached')}")
            entry = contest.prepare(solver, known, path)
            if "status" not in entry and entry["gap"] > RIVAL_GAP and name != OURS:
                entry["status"] = f"reaches {entry['gap']:.0e} only"
        except NotAvailable as reason:
            entry = {"status": f"not available: {reason}"}
        except OverBudget:
            entry = {"status": f"over {BUDGET:.0f} s, stopped"}
        except Exception as error:  # a rival's failure is a result; ours must be seen
            if name == OURS:
                raise
            entry = {"status": f"failed: {type(error).__name__}: {error}"[:200]}
        new[name] = entry
        print(f"{problem.name:18} {task:10} {describe(name, entry)}", flush=True)
    stamp = {"date": datetime.date.today().isoformat(), "load": os.getloadavg()[0]}
    calls = {
        name: contest.call(SOLVERS[name], entry["tol"], entry.pop("settings"))
        for name, entry in new.items()
        if "settings" in entry
    }
    own = []
    for name, entry in new.items():
        if "status" not in entry and name != OURS and OURS in calls:
            own += take_turns(calls[OURS], new[OURS]["seconds"], calls[name], entry)
            print(f"{problem.name:18} {task:10} {describe(name, entry)}", flush=True)
        entry |= stamp
    if OURS in new:
        new[OURS] |= {"sources": sources()} | ({"seconds": median(own)} if own else {})
    results.setdefault(problem.name, {}).setdefault(task, {}).update(new)
    results[problem.name]["shape"] = list(problem.X.shape)


def describe(name: str, entry: Entry) -> str:
    """Return a line for the screen."""
    if "status" in entry:
        return f"{name:12} {entry['status']}"
    speedup = f"  {entry['speedup']:6.1f} x ours" if "speedup" in entry else ""
    tol = f"tol {entry['tol']:.0e}" if entry["tol"] else "exact    "
    return (
        f"{name:12} {entry['seconds'] * 1e3:10.3f} ms  {tol}  gap {entry['gap']:.1e}"
        f"  {entry['call']}{speedup}"
    )


def main() -> None:
    """Run what the command line asks for."""
    global PAIR_SECONDS
    parser = argparse.ArgumentParser(description="Race lasso_jit against its rivals.")
    parser.add_argument("--problems", nargs="+", choices=NAMES, default=None)
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--solvers", nargs="+", choices=SOLVERS, default=list(SOLVERS))
    parser.add_argument("--quick", action="store_true", help="small problems, few turns, quick.json")
    parser.add_argument("--search", action="store_true", help="search settings and tolerances afresh")
    parser.add_argument("--out", type=Path, default=RACE)
    options = parser.parse_args()
    if options.quick:
        PAIR_SECONDS = 0.3
        options.out = RACE.with_name("quick.json") if options.out == RACE else options.out
    warnings.simplefilter("ignore")  # rivals warn about convergence; the gap decides
    data = load(options.out)
    data.setdefault("races", {})
    stopwatch = Stopwatch()
    for name in options.problems or (QUICK if options.quick else NAMES):
        problem = build(name)
        for task in options.tasks:
            race(problem, task, options.solvers, data["races"], options.search, stopwatch)
            data["races"] = {key: data["races"][key] for key in NAMES if key in data["races"]}
            save(data, options.out)


if __name__ == "__main__":
    main()
