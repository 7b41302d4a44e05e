"""The best known deployment of every shipped instance: `instances/best_known.csv`, with the plans beside it.

``python benchmarks/best_known.py [NAME ...]`` searches again and keeps what is better; without names, for all. A stored
plan whose objective is another one today, because the instance or the model has changed, is only a start of the search.

What is stored is a problem of its own that anybody can recompute: the objective on the first 200 planning scenarios of
seed 1. It flatters the plan, as every choice on a sample does; what the plan is worth on other scenarios is another
question.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from optimiser import Deployment, Infeasible, Instance, draw, read
from optimiser.common.progress import Watcher
from optimiser.common.version import installed
from optimiser.files.read import GROUPS, shipped
from optimiser.planning.magnitude import relative_gap
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import after_iterations
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

FOLDER = Path(__file__).parents[1] / "instances"
TABLE, PLANS = FOLDER / "best_known.csv", FOLDER / "best"
SEED, SCENARIOS = 1, 200
BUDGET = 3_600_000  # sectors played for an instance: 300,000 joint replications of twelve sectors
LIMIT = 100_000  # iterations; none comes near
LARGE = tuple(f"families/town-{size}-tight-{kind}-1" for size in (300, 1000) for kind in ("none", "marches"))
COLUMNS = ("instance", "sectors", "heads", "objective", "bound", "gap", "status", "version", "date", "plan")


def names() -> list[str]:
    """List all instances of the library, those that are made on demand at the end."""
    return [name for group in ("", *GROUPS) for name in shipped(group)] + list(LARGE)


def stored() -> dict[str, dict[str, str]]:
    """Read the table, by instance."""
    if not TABLE.exists():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["instance"]: row for row in csv.DictReader(file)}


def plan_of(row: dict[str, str], instance: Instance) -> Deployment:
    """Read the stored plan of a row."""
    values = json.loads((PLANS / row["plan"]).read_text(encoding="utf-8"))
    return Deployment.model_validate({"instance": instance.name, "title": "best known", "places": values})


def look(name: str, row: dict[str, str] | None, plays: int = BUDGET) -> dict[str, Any]:
    """Search an instance again, from the stored plan if there is one; give its new row."""
    instance = read(name)
    common = {"instance": name, "sectors": len(instance.sectors), "heads": int(instance.cap)}
    today = {"version": installed()["deployment-optimiser"], "date": dt.date.today().isoformat()}
    try:
        starts = candidates(instance)
    except Infeasible:
        empty = dict.fromkeys(("objective", "bound", "gap", "plan"), "")
        return {**common, **empty, "status": "infeasible", **today}
    if row is not None and row["plan"]:
        starts = {"stored": plan_of(row, instance), **starts}
    with Simulator(instance, workers=2) as simulator:
        budget = max(10_000, plays // len(instance.sectors))
        planning = draw(instance, SEED, SCENARIOS)
        holds = row is not None and bool(row["plan"]) and _holds(simulator, planning, starts["stored"], row)
        found = search(simulator, planning, starts, after_iterations(LIMIT), Watcher(), budget=budget)
    if row is not None and holds and not _better(found, row):
        return dict(row)
    file = f"{name.replace('/', '-')}.json"
    places = found.deployment.model_dump(mode="json", exclude_defaults=True)["places"]
    PLANS.mkdir(exist_ok=True)
    (PLANS / file).write_text(json.dumps(places, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")
    gap = relative_gap(found.value, found.bound)
    status = "proved optimal" if gap == 0.0 else "best found"
    figures = {"objective": repr(found.value), "bound": repr(found.bound), "gap": f"{gap:.6f}", "status": status}
    return {**common, **figures, **today, "plan": file}


def _holds(simulator: Simulator, planning: Scenarios, plan: Deployment, row: dict[str, str]) -> bool:
    """Tell whether a stored plan still has the objective that is stored with it."""
    numbers = plan.numbers(simulator.instance)
    worth = Search(simulator, planning, Watcher(), numbers, math.inf, 0.0).worth(numbers)
    return math.isclose(worth, float(row["objective"]), rel_tol=1e-9, abs_tol=1e-9)


def _better(found: Search, row: dict[str, str]) -> bool:
    """Tell whether a search found a better deployment or proved a better bound than what is stored."""
    value, bound = float(row["objective"]), float(row["bound"])
    return found.value < value - 1e-9 * abs(value) or found.bound > bound + 1e-9 * max(1.0, abs(bound))


def write(rows: Iterable[dict[str, Any]]) -> None:
    """Write the table in the order of the library."""
    order = {name: i for i, name in enumerate(names())}
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(sorted(rows, key=lambda row: order.get(row["instance"], len(order))))


def main() -> None:
    """Search, and keep what is better."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="instances; all if left out")
    parser.add_argument("--plays", type=int, default=BUDGET, help="sectors played for an instance")
    given = parser.parse_args()
    chosen = given.names or names()
    rows = stored()
    for name in chosen:
        rows[name] = look(name, rows.get(name), given.plays)
        write(rows.values())
        row = rows[name]
        print(f"{name}: {row['status']} {row['objective']} bound {row['bound']}", flush=True)


if __name__ == "__main__":
    main()
