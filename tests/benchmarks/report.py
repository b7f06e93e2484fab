"""Print the results as Markdown: the race, what was asked of it, and the other limits.

python tests/benchmarks/report.py [--details]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from results import LIMITS, OURS, OURS_GAP, RACE, RIVAL_GAP, TASKS, Entry

NEARLY_INTERPOLATED = 0.01  # of the variance of y left unexplained at the end of the path
ASKED = {"path": (("path",), 8.0), "single fit": (("single_10", "single_100"), 5.0), "CV": (("cv",), 12.0)}


def best_rival(task: Entry) -> tuple[str, Entry] | None:
    """Return the rival with the smallest speed-up of ours over it."""
    timed = [(name, entry) for name, entry in task.items() if name != OURS and "speedup" in entry]
    return min(timed, key=lambda item: item[1]["speedup"], default=None)


def race_table(races: Entry) -> list[str]:
    """Return a row a problem: our milliseconds, the best rival, its milliseconds over ours."""
    lines = ["| problem | " + " | ".join(TASKS) + " |", "|---" * (len(TASKS) + 1) + "|"]
    for name, tasks in races.items():
        cells = []
        for task in TASKS:
            best = best_rival(tasks.get(task, {}))
            ours = tasks.get(task, {}).get(OURS, {})
            seconds = f"{1e3 * ours['seconds']:.3g} ms" if "seconds" in ours else ours.get("status", "")
            cells.append(seconds + (f", {best[0]} {best[1]['speedup']:.3g} x" if best else ""))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def detail_table(races: Entry) -> list[str]:
    """Return a row for every solver."""
    lines = ["| problem | task | solver | ms | / ours | tol | gap | call |", "|---" * 8 + "|"]
    for name, tasks in races.items():
        for task in TASKS:
            for solver, entry in tasks.get(task, {}).items():
                row = [name, task, solver]
                if "status" in entry:
                    row += [entry["status"], "", "", "", entry.get("call", "")]
                else:
                    row.append(f"{1e3 * entry['seconds']:.3g}")
                    row.append(f"{entry['speedup']:.3g}" if "speedup" in entry else "")
                    row.append(f"{entry['tol']:.0e}" if entry["tol"] else "exact")
                    row += [f"{entry['gap']:.0e}", entry["call"]]
                lines.append("| " + " | ".join(row) + " |")
    return lines


def race_verdicts(races: Entry) -> list[str]:
    """Return what was asked of the race, what came out, and whether it holds."""
    lines = []
    everywhere = {}
    for kind, (names, asked) in ASKED.items():
        ratios = {}
        for problem, tasks in races.items():
            for task in names:
                best = best_rival(tasks.get(task, {}))
                if best:
                    ratios[f"{problem} {task} ({best[0]})"] = best[1]["speedup"]
        if ratios:
            mean = float(np.exp(np.mean(np.log(list(ratios.values())))))
            lines.append(
                _verdict(f"{kind}: geometric mean over the best rival {mean:.1f} x", asked, mean >= asked)
            )
            everywhere |= ratios
    if everywhere:
        worst = min(everywhere, key=everywhere.__getitem__)
        lines.append(_verdict(f"worst ratio {everywhere[worst]:.2f} x: {worst}", 1, everywhere[worst] >= 1))
    ours = {
        f"{problem} {task}": tasks[task][OURS]
        for problem, tasks in races.items()
        for task in TASKS
        if OURS in tasks.get(task, {})
    }
    for name, entry in ours.items():
        if "status" in entry:
            lines.append(_verdict(f"{name}: {entry['status']}", 0, False))
    done = {name: entry for name, entry in ours.items() if "status" not in entry}
    for text, limit, close in (("not nearly", OURS_GAP, False), ("nearly", 1e-10, True)):
        gaps = {k: e["gap"] for k, e in done.items() if (e["unexplained"] < NEARLY_INTERPOLATED) == close}
        if gaps:
            worst = max(gaps, key=gaps.__getitem__)
            text = f"largest gap where y is {text} interpolated {gaps[worst]:.1e}: {worst}"
            lines.append(_verdict(text, limit, gaps[worst] <= limit))
    choices = [
        tasks["cv"][OURS].get("alpha") == tasks["cv"]["scikit-learn"].get("alpha")
        for tasks in races.values()
        if {OURS, "scikit-learn"} <= tasks.get("cv", {}).keys()
    ]
    if choices:
        lines.append(f"- CV chose the same alpha as LassoCV on {sum(choices)} of {len(choices)} problems")
    if len({entry["sources"] for entry in ours.values()}) > 1:
        lines.append("- Mind: parts were run with different sources of lasso_jit.")
    return lines


def limit_verdicts(data: Entry) -> list[str]:
    """Return the same for calls, start-up, memory and growth."""
    lines = []
    if "calls" in data:
        for name, micro in data["calls"].items():
            asked = 60 if name == "lasso" else None
            lines.append(
                _verdict(f"{name} on 100 x 10, warm: {micro:.1f} microseconds", asked, micro <= (asked or 0))
            )
    for name, runs in data.get("startup", {}).items():
        for cache, asked in (("with cache", 1.0), ("without cache", 15.0)):
            load, first, again = runs[cache]
            text = (
                f"{name}, fresh process, {cache}: import {load:.2f} s, fit {first:.2f} s, again {again:.4f} s"
            )
            lines.append(
                _verdict(text, asked if name.lower().startswith("lasso") else None, load + first <= asked)
            )
    for name, peaks in data.get("memory", {}).items():
        worst = max(peaks["single"], peaks["path"])
        text = f"{name}: X {peaks['X']:.0f} MB, single fit +{peaks['single']:.0f}, path +{peaks['path']:.0f}"
        lines.append(_verdict(text, round(peaks["allowed"]), worst <= peaks["allowed"]))
    for name, table in data.get("growth", {}).items():
        seconds, sizes = np.array(table["seconds"]), np.array(table["size"])
        exponent = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
        steps = ", ".join(f"{size}: {1e3 * s:.3g} ms" for size, s in zip(sizes, seconds, strict=True))
        text = f"time grows as size^{exponent:.2f} in {name} ({steps}; support {table['support']})"
        lines.append(_verdict(text, 1, exponent <= 1))
    if "ugly" in data:
        found = data["ugly"]
        text = (
            f"{found['problems']} ugly problems: {found['certified']} certified, {found['warned']} warned of"
        )
        lines.append(_verdict(f"{text}, neither {found['neither']}", 0, found["neither"] == 0))
        text = f"our time over scikit-learn's on {found['timed']} of them: median {found['median ratio']:.2f}"
        lines.append(_verdict(f"{text}, worst {found['worst ratio']:.1f}", 10, found["worst ratio"] <= 10))
    return lines


def _verdict(text: str, asked: float | None, holds: bool) -> str:
    return f"- {text}" if asked is None else f"- {text} (asked: {asked:g}): {'holds' if holds else 'FAILS'}"


def main() -> None:
    """Print what there is."""
    parser = argparse.ArgumentParser(description="Print the results as Markdown.")
    parser.add_argument("--details", action="store_true", help="every solver")
    parser.add_argument("--race", type=Path, default=RACE)
    parser.add_argument("--limits", type=Path, default=LIMITS)
    options = parser.parse_args()
    lines = []
    if options.race.exists():
        data = json.loads(options.race.read_text())
        machine = data["environment"]
        versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
        lines += [f"{machine['cpu']}, {machine['cores']} cores; {versions}.", ""]
        lines += [
            f"lasso_jit at gap {OURS_GAP:.0e}, rivals at {RIVAL_GAP:.0e}; x: best rival's time over ours.",
            "",
        ]
        lines += [*race_table(data["races"]), "", *race_verdicts(data["races"]), ""]
        if options.details:
            lines += [*detail_table(data["races"]), ""]
    if options.limits.exists():
        lines += limit_verdicts(json.loads(options.limits.read_text()))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
