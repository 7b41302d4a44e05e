"""Ours and its rivals on equal budgets: what each decides, valued by us, one stored row a run.

``python benchmarks/rivals.py --short`` plays a few instances into `benchmarks/results/short`; without ``--short`` all
of them into `benchmarks/results`, for hours. Either goes on where it was stopped. ``--methods ours --again`` plays ours
anew and leaves the others; tables and curves are then made from the rows (`rivals_report.py`).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from results import RESULTS, SHORT, Rows, describe_machine, version
from rivals_judge import Judge
from rivals_methods import METHODS, Answer, Method, play, version_of
from rivals_space import Space

from optimiser import Deployment, Instance, check, read

RUNS, FEWER = 5, 3  # of the long and of the short form
MARKOV = tuple(f"markov/markov-{size}-{n:02d}" for size in (4, 6, 8, 12, 20) for n in range(1, 9))
MOVING = tuple(f"markov-moving/markov-moving-{size}-{n:02d}" for size in (4, 6, 8) for n in range(1, 9))
TOWNS = tuple(f"families/town-{n}-tight-{kind}-1" for n in (12, 30) for kind in ("none", "reserves", "marches"))
JOINT = ("oku-250", "oku-250-separate", "oku-recap-330", *TOWNS)
CURVES = ("markov/markov-20-03", "oku-250", "oku-recap-330", "families/town-12-tight-marches-1")
LONG = dict.fromkeys((1_000, 10_000, 100_000), (*MARKOV, *MOVING, *JOINT))
LONG |= dict.fromkeys((3_000, 30_000, 300_000, 1_000_000), CURVES)
BRIEF = dict.fromkeys((1_000, 10_000), ("markov/markov-4-03", *CURVES[:2], CURVES[3]))
OWN_WORK = {"TPE": 100_000}  # largest budget that it takes part in: its own work grows with the square of its points
CHALLENGERS = 5  # decisions of others that a claim is held against
KEY = ("instance", "method", "budget", "run")


@dataclass(frozen=True)
class Case:
    """One run that is to be played."""

    instance: str
    method: str
    budget: int
    run: int

    @property
    def key(self) -> tuple[Any, ...]:
        """What no two rows have in common."""
        return self.instance, self.method, self.budget, self.run


def cases(budgets: dict[int, tuple[str, ...]], methods: list[str], runs: int) -> Iterator[Case]:
    """List the runs, small budgets first."""
    for budget, instances in sorted(budgets.items()):
        for instance in instances:
            for method in methods:
                if budget <= OWN_WORK.get(method, budget):
                    yield from (Case(instance, method, budget, run) for run in range(1, runs + 1))


def row_of(case: Case, answer: Answer, judge: Judge, rows: Rows) -> dict[str, Any]:
    """Value an answer and write it down.

    Raises
    ------
    ArithmeticError : the checker refuses the decision.
    """
    verdict = check(judge.instance, answer.deployment)
    if not verdict.passed:
        raise ArithmeticError(f"{case}: {verdict.sentence()}")
    value, batches = judge.value(answer.deployment)
    row = {
        "version": version(),
        **dict(zip(KEY, case.key, strict=True)),
        "value": round(value, 9),
        "replications": answer.replications,
        "seconds": round(answer.seconds, 3),
        "estimate": None if answer.estimate is None else round(answer.estimate, 6),
    }
    if judge.optimum is not None:
        row["regret"] = max(0.0, round(value - judge.optimum, 9))
    else:
        row["batches"] = [round(b, 6) for b in batches]
        row["plan"] = write(answer.deployment)
    if answer.certificate is not None:
        row["claim"] = answer.certificate.kind
        row["scenarios"] = answer.certificate.scenarios
        row["gap"] = round(answer.certificate.gap, 6)
        if answer.certificate.proved:
            others = [judge.best] if judge.best else challengers(judge.instance, case, rows)
            row["refuted"] = judge.refute(answer.certificate, case.run, others)
    return row


def challengers(instance: Instance, case: Case, rows: Rows) -> list[Deployment]:
    """Give the best decisions of others on an instance that are stored."""
    known = [r for r in rows.all if r["instance"] == case.instance and r["method"] != case.method and "plan" in r]
    best = sorted(known, key=lambda r: r["value"])[:CHALLENGERS]
    return [Deployment.model_validate({"instance": instance.name, "places": r["plan"]}) for r in best]


def write(deployment: Deployment) -> dict[str, Any]:
    """Give the places of a deployment as plain data."""
    places = deployment.model_dump(mode="json")["places"]
    return {p: {part: n for part, n in here.items() if n} for p, here in places.items()}


def run_all(todo: list[Case], rows: Rows, seconds: float) -> None:
    """Play what is not stored yet; no run is begun after so many seconds."""
    begun, spaces, judges = time.monotonic(), {}, {}
    for number, case in enumerate(todo, 1):
        if case.key in rows.keys:
            continue
        if time.monotonic() - begun > seconds:
            print(f"stopped after {seconds / 60.0:.0f} min; {len(todo) - number + 1} runs may be left")
            return
        if case.instance not in spaces:
            instance = read(case.instance)
            spaces[case.instance], judges[case.instance] = Space(instance), Judge(instance)
        answer = play(METHODS[case.method], spaces[case.instance], case.budget, case.run)
        row = row_of(case, answer, judges[case.instance], rows)
        rows.add(row)
        print(
            f"{number}/{len(todo)} {case.instance} {case.method} {case.budget} {case.run}: {row['value']:.6g}",
            flush=True,
        )


def setup(methods: list[Method]) -> dict[str, Any]:
    """Write down machine, versions and settings."""
    versions = {m.name: {p: version_of(p) for p in m.packages} for m in methods}
    settings = {m.name: m.settings for m in methods}
    return {"version": version(), "machine": describe_machine(), "versions": versions, "settings": settings}


def main() -> None:
    """Play the runs that are missing, then make tables and curves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few instances, three runs, from the beginning")
    parser.add_argument("--methods", help="names, separated by a semicolon; all that are installed if left out")
    parser.add_argument("--instances", help="names, separated by commas; those of the form if left out")
    parser.add_argument("--budgets", help="joint replications, separated by commas; those of the form if left out")
    parser.add_argument("--runs", type=int, help="runs a method, instance and budget")
    parser.add_argument("--again", action="store_true", help="forget what is stored of these methods first")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no run after so long")
    options = parser.parse_args()
    names = options.methods.split(";") if options.methods else [m.name for m in METHODS.values() if not m.missing]
    for method in METHODS.values():
        if method.missing:
            print(f"{method.name} is left out: {', '.join(method.missing)} is not installed (make .venv/benched)")
    budgets = BRIEF if options.short else LONG
    if options.budgets:
        budgets = {b: budgets.get(b, CURVES) for b in (int(float(word)) for word in options.budgets.split(","))}
    if options.instances:
        budgets = dict.fromkeys(budgets, tuple(options.instances.split(",")))
    folder: Path = SHORT if options.short else RESULTS
    rows = Rows(folder / "rivals.jsonl", KEY)
    rows.drop(lambda row: row["version"] != version())  # decisions under another law are no rivals of these
    if options.again or options.short:
        rows.drop(lambda row: row["method"] in names)
    todo = list(cases(budgets, names, options.runs or (FEWER if options.short else RUNS)))
    run_all(todo, rows, 60.0 * options.minutes)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rivals.json").write_text(json.dumps(setup(list(METHODS.values())), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
