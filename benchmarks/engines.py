"""How fast are the two engines? Against each other on instances, and general-purpose tools on a queue, in one run.

``python benchmarks/engines.py [--short]`` writes `engines.json` and `engines.md` into `benchmarks/results`, or into its
folder `short`. One thread, processor time, every measurement once in each of five rounds, so that ratios are of the
same minute; tables show medians with ranges. A bare time says little about another machine, the ratio says more.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from engines_queues import QUEUES
from results import HERE, RESULTS, SHORT, describe_machine, fill, table, version
from rivals_methods import version_of

from optimiser import Instance, Scenarios, Simulator, draw, read
from optimiser.planning.programs.configurations import place_configurations
from optimiser.planning.search.hand_rules import proportional
from optimiser.planning.search.prefix_bound import helpless, unreached
from optimiser.simulation.engine import Trial

TOWNS = tuple(f"families/town-{n}-tight-marches-1" for n in (5, 12, 30, 100, 300))
LONG = ("tiny-2", "markov/markov-8-05", "oku-250", "oku-recap-330", *TOWNS)
BRIEF = ("tiny-2", "oku-250", "families/town-30-tight-marches-1")
ROUNDS, FEWER = 5, 3  # of the long and of the short form
LEAST = 0.4  # s that a measurement lasts at least, so that a clock of 1 ms does not matter
MOST = 40_000  # scenarios of a measurement at most
GRID = 20  # configurations of a sector that are played alone
ALONE = 500  # scenarios in which they are played
START = """
import sys, time
from pathlib import Path
begun = time.perf_counter()
from optimiser import Simulator, read
instance = read("tiny-2")
import numba
import optimiser.simulation.compiled_engine.engine
from optimiser.simulation.compiled_engine import code_cache
code_cache.folders = lambda function: [Path(sys.argv[1])]  # not what lies beside the source
loaded = time.perf_counter()
Simulator(instance, workers=1, engine="compiled")
print(loaded - begun, time.perf_counter() - loaded)
"""
Row = dict[str, Any]


class Speed:
    """One engine on one instance: the hand rule *proportional* in as many scenarios as take long enough."""

    def __init__(self, instance: Instance, scenarios: Scenarios, engine: Any) -> None:
        self.engine, self.scenarios, self.count = Simulator(instance, workers=1, engine=engine).engine, scenarios, 1
        self.plans = proportional(instance).numbers(instance)[None]
        self.play()
        while self.count < len(scenarios) and self.play()["seconds"] < LEAST:
            self.count = min(len(scenarios), 2 * self.count)

    def play(self) -> Row:
        """Play once; gives replications, logged events and seconds."""
        columns = np.arange(self.count)
        begun = time.process_time()
        played = self.engine.play(self.plans, np.zeros_like(columns), columns, self.scenarios)
        return {
            "seconds": time.process_time() - begun,
            "replications": self.count,
            "events": int(played.events.sum()),
        }


class Alone:
    """Sectors played alone, see `Simulator.attempt`: the first configurations of every sector that a crowd comes to."""

    def __init__(self, instance: Instance, scenarios: Scenarios) -> None:
        self.simulator, self.scenarios = Simulator(instance, workers=1), scenarios.first(min(ALONE, len(scenarios)))
        self.instance, self.until, self.help = instance, unreached(instance, self.scenarios), helpless(instance)
        visited = {stop.sector for g in instance.gatherings for stop in g.itinerary}
        self.numbers = {
            s: np.array([[*c.teams, *c.vehicles] for c in place_configurations(instance, sector.id, GRID)[0]])
            for s, sector in enumerate(instance.sectors)
            if sector.id in visited
        }
        self.play()

    def play(self) -> Row:
        """Play once; gives sectors played and seconds."""
        played, begun = 0, time.process_time()
        for s, numbers in self.numbers.items():
            trial = Trial.of(s, numbers, self.until[:, s].copy(), self.help[s])
            self.simulator.attempt(trial, self.scenarios, len(self.scenarios))
            played += int(trial.played.sum())
        return {"seconds": time.process_time() - begun, "sectors": played}


def queue(name: str) -> Callable[[], Row]:
    """Give what plays a queue by one of the tools."""
    play, customers, _ = QUEUES[name]
    play(100, 1)

    def measure() -> Row:
        begun = time.process_time()
        wait = play(customers, 1)
        return {"seconds": time.process_time() - begun, "customers": customers, "wait": wait}

    return measure


def start(folder: str) -> Row:
    """Start a process that makes a compiled engine, with machine code kept in a folder; wall time."""
    done = subprocess.run([sys.executable, "-c", START, folder], capture_output=True, text=True, check=True)
    imports, ready = (float(word) for word in done.stdout.split())
    return {"imports": imports, "seconds": ready}


def measure(names: tuple[str, ...], rounds: int) -> Row:
    """Measure everything, round after round."""
    works: dict[str, Callable[[], Row]] = {}
    about: Row = {}
    for name in names:
        instance = read(name)
        scenarios = draw(instance, 1, MOST)
        simpy, compiled = (Speed(instance, scenarios, e) for e in ("simpy", "compiled"))
        works |= {f"{name} simpy": simpy.play, f"{name} compiled": compiled.play}
        works[f"{name} alone"] = Alone(instance, scenarios).play
        about[name] = {"sectors": len(instance.sectors)}
        print(f"{name} is ready", flush=True)
    there = [name for name, (_, _, package) in QUEUES.items() if package is None or version_of(package)]
    works |= {f"queue {name}": queue(name) for name in there}
    found: dict[str, list[Row]] = {work: [] for work in works}
    for turn in range(rounds):
        for work, play in works.items():
            found[work].append(play())
        print(f"round {turn + 1} of {rounds}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        found["cold"] = [start(folder)]
        found["warm"] = [start(folder) for _ in range(rounds)]
    versions = {p: version_of(p) for p in ("simpy", "ciw", "salabim", "numba")}
    return {"version": version(), "machine": describe_machine(), "versions": versions, "about": about, "found": found}


# ---------------------------------------------------------------- tables


def rates(rows: list[Row], what: str) -> list[float]:
    """Give how much was done in a second, round by round."""
    return [row[what] / row["seconds"] for row in rows]


def ratios(first: list[float], second: list[float]) -> list[float]:
    """Divide round by round."""
    return [a / b for a, b in zip(first, second, strict=True)]


def show(values: list[float]) -> str:
    """Write a median with its range."""
    return f"{_digits(median(values))} [{_digits(min(values))}, {_digits(max(values))}]"


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 999.5 else f"{value:.3g}"


def speed_table(data: Row) -> str:
    """Both engines by instance."""
    rows, found = [], data["found"]
    for name, about in data["about"].items():
        simpy, compiled = found[f"{name} simpy"], found[f"{name} compiled"]
        alone = [1e6 / rate for rate in rates(found[f"{name} alone"], "sectors")]
        joint = [1e6 / rate / about["sectors"] for rate in rates(compiled, "replications")]
        times = ratios(rates(compiled, "events"), rates(simpy, "events"))
        rows.append(
            [
                *(name.rsplit("/", maxsplit=1)[-1], str(about["sectors"])),
                f"{compiled[0]['events'] / compiled[0]['replications']:.0f}",
                *(show(rates(compiled, "replications")), show(rates(simpy, "replications"))),
                *(show(rates(compiled, "events")), show(times), show(joint), show(alone)),
            ]
        )
    heads = ("instance", "sectors", "events logged a replication", "compiled, replications/s", "SimPy, replications/s")
    more = ("compiled, events/s", "compiled / SimPy", "µs a sector, jointly", "µs a sector, alone")
    return table((*heads, *more), rows)


def queue_table(data: Row) -> str:
    """Tools on the queue, and what the engines' logged events are beside a heap's."""
    found = data["found"]
    works = {work.removeprefix("queue "): rows for work, rows in found.items() if work.startswith("queue ")}
    base = rates(works["SimPy"], "customers")
    rows = []
    for name, done in works.items():
        customers = rates(done, "customers")
        rows.append([name, f"{done[0]['customers']:,}", show(customers), show(ratios(customers, base))])
    return table(("tool", "customers", "customers/s", "times SimPy"), rows)


def start_table(data: Row) -> str:
    """What comes before the first replication."""
    cold, warm = data["found"]["cold"], data["found"]["warm"]
    rows = [
        ["imports, numba among them", show([row["imports"] for row in warm])],
        ["compiling, once for each version of the code", f"{cold[0]['seconds']:.3g}"],
        ["loading compiled code that was kept", show([row["seconds"] for row in warm])],
    ]
    return table(("", "s"), rows)


def main() -> None:
    """Measure, store and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few instances, three rounds")
    parser.add_argument("--tables", action="store_true", help="only write the tables anew from what is stored")
    options = parser.parse_args()
    folder: Path = SHORT if options.short else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "engines.json"
    if not options.tables:
        found = measure(BRIEF, FEWER) if options.short else measure(LONG, ROUNDS)
        file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    data = json.loads(file.read_text(encoding="utf-8"))
    parts = {"speed": speed_table(data), "queues": queue_table(data), "start": start_table(data)}
    text = "\n\n".join(["# Engines", f"## {data['version']}", f"{data['machine']}.", *parts.values()])
    (folder / "engines.md").write_text(text + "\n", encoding="utf-8")
    print(text)
    if not options.short:
        for name, part in parts.items():
            fill(HERE / "README.md", f"engines {name}", part)


if __name__ == "__main__":
    main()
