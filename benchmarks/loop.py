"""What does the loop bring? Its plan against hand rules, a program without simulation, and everything there is.

``python benchmarks/loop.py [--short]`` plans every shipped instance as a user would, by `optimise`, and writes
`loop.jsonl` and `loop.md` into `benchmarks/results`, or into its folder `short`. It goes on where it was stopped.
Defaults are kept but for one: fewer reporting scenarios where there are many sectors, which does not change the plan.
They are what the statement about single exchanges is made on, and that takes longer than the search by default. Every
deployment of an instance is valued on the same fresh scenarios, which nobody chose anything on.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from loop_peers import static_program, try_everything
from loop_report import summary, write_page
from results import HERE, RESULTS, SHORT, Rows, describe_machine, version
from rivals_judge import Judge

from optimiser import Deployment, Infeasible, Instance, NoPlan, Scenarios, Simulator, Solution, draw, optimise, read
from optimiser.files.read import GROUPS, shipped
from optimiser.planning.evaluation import CONFIDENCE, score, student
from optimiser.planning.search.hand_rules import candidates
from optimiser.simulation.scenario import PLANNING, REPORTING

SEED, SCENARIOS = 1, 1000  # of `optimise`, its defaults
REPORTED = 12_000  # reporting scenarios of `optimise`, times sectors; at least 50 and at most its default
JUDGE = 990_001  # seed of the fresh scenarios
SECTORS, LEAST, MOST = (
    300_000,
    500,
    10_000,
)  # fresh scenarios: so many sectors are played for a deployment, within limits
BATCHES = 20  # means of batches of scenarios, whose differences between two deployments give an interval
LARGE = tuple(f"families/town-300-{tight}-{kind}-1" for tight in ("tight", "loose") for kind in ("none", "marches"))
LARGEST = tuple(f"families/town-1000-tight-{kind}-1" for kind in ("none", "marches"))
BRIEF = (
    *("tiny-2", "oku-250", "oku-250-separate", "muratara-2024", "markov/markov-4-01", "markov/markov-8-01"),
    *("families/town-12-tight-none-1", "families/town-12-tight-marches-1", "families/town-30-tight-reserves-1"),
    *("infeasible-1", "infeasible/cap-too-low", "infeasible/cover-out-of-reach"),
)
KEY = ("version", "instance")
Row = dict[str, Any]


def names() -> list[str]:
    """List all instances of the long form: the shipped ones, then those that are made on demand."""
    return [name for group in ("", *GROUPS) for name in shipped(group)] + [*LARGE, *LARGEST]


def look(name: str, scenarios: int = SCENARIOS, fresh: int | None = None) -> Row:
    """Plan one instance and value everything on the same fresh scenarios; gives its row."""
    instance = read(name)
    row: Row = {"version": version(), "instance": name, "sectors": len(instance.sectors), "heads": int(instance.cap)}
    row["interplay"] = _kind_of(name)
    begun, used = time.monotonic(), time.process_time()
    try:
        reporting = int(np.clip(REPORTED // len(instance.sectors), 50, 2 * scenarios))
        solution = optimise(instance, seed=SEED, scenarios=scenarios, reporting=reporting)
    except Infeasible as clash:
        return {**row, "status": "infeasible", **_times(begun, used), "clash": len(clash.clashing)}
    row |= {**_claim(solution), **_times(begun, used)}
    count = fresh or int(np.clip(SECTORS // len(instance.sectors), LEAST, MOST))
    row["fresh"] = count
    begun = time.monotonic()
    plans: dict[str, Deployment] = {"ours": solution.deployment, **candidates(instance)}
    try:
        plans["static"] = static_program(instance)
    except NoPlan:
        row["static"] = None  # none within the limits of the program
    row["seconds_static"] = round(time.monotonic() - begun, 3)
    with Simulator(instance) as simulator:
        values = value_all(simulator, plans, draw(instance, JUDGE, count, REPORTING))
        everything = try_everything(simulator, draw(instance, SEED, scenarios, PLANNING))
    row["values"] = values
    if everything is not None:
        row["everything"] = {"deployments": everything.deployments, "value": everything.value}
    return row | _exact(instance, solution.deployment)


def _kind_of(name: str) -> str:
    """Say to which part of the table an instance belongs."""
    folder, _, rest = name.rpartition("/")
    return rest.split("-")[3] if folder == "families" else folder


def _times(begun: float, used: float) -> Row:
    """Wall and processor time since two marks, in seconds."""
    return {"seconds": round(time.monotonic() - begun, 3), "processor": round(time.process_time() - used, 3)}


def _claim(solution: Solution) -> Row:
    """Give what is claimed about a plan, in figures."""
    claim = solution.certificate
    return {
        "status": claim.kind,
        "objective": claim.objective,
        "bound": claim.bound,
        "gap": round(claim.gap, 6),
        "compared": claim.compared,
        "delta": None if claim.local is None else round(claim.local.delta, 6),
        "replications": solution.history[-1].replications if solution.history else 0,
        "searched": round(solution.history[-1].seconds, 3) if solution.history else 0.0,
    }


def value_all(simulator: Simulator, plans: Mapping[str, Deployment], scenarios: Scenarios) -> dict[str, Row]:
    """Value deployments on the same scenarios: the objective, and what it is above that of ours with an interval.

    The interval is Student's over batches of scenarios, of which each gives a difference of objectives.
    """
    instance, found = simulator.instance, dict[str, Row]()
    parts: dict[str, list[float]] = {}
    for name, plan in plans.items():
        losses = simulator.totals(plan.numbers(instance)[None], scenarios)[0]
        parts[name] = [score(instance, plan, batch) for batch in np.array_split(losses, BATCHES)]
        found[name] = {"value": round(score(instance, plan, losses), 9)}
    for name in plans:
        above = np.array(parts[name]) - np.array(parts["ours"])
        half = student(CONFIDENCE, BATCHES - 1) * float(above.std(ddof=1)) / math.sqrt(BATCHES)
        found[name] |= {"above": round(found[name]["value"] - found["ours"]["value"], 9), "half": round(half, 9)}
    return found


def _exact(instance: Instance, plan: Deployment) -> Row:
    """Add true value and true optimum where they are known."""
    judge = Judge(instance)
    if judge.optimum is None:
        return {}
    return {"exact": {"value": round(judge.value(plan)[0], 9), "optimum": judge.optimum}}


def main() -> None:
    """Plan what is not stored yet, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="instances; those of the form if left out")
    parser.add_argument("--short", action="store_true", help="a few instances, from the beginning")
    parser.add_argument("--again", action="store_true", help="forget what is stored of these instances first")
    parser.add_argument("--tables", action="store_true", help="only write the page anew from what is stored")
    options = parser.parse_args()
    folder: Path = SHORT if options.short else RESULTS
    chosen = options.names or (BRIEF if options.short else names())
    rows = Rows(folder / "loop.jsonl", KEY)
    if (options.again or options.short) and not options.tables:
        rows.drop(lambda row: row["version"] == version() and row["instance"] in chosen)
    look("tiny-2", 20, 20)  # so that nothing is measured that happens once in a process
    for name in () if options.tables else chosen:
        if (version(), name) not in rows.keys:
            row = look(name)
            rows.add({**row, "machine": describe_machine()})
            print(f"{name}: {row['status']}, {row['seconds']:.1f} s", flush=True)
    write_page(rows.all, folder / "loop.md", None if options.short else HERE / "README.md")
    print(summary([row for row in rows.all if row["version"] == rows.all[-1]["version"]]))


if __name__ == "__main__":
    main()
