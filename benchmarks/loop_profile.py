"""Where does the loop spend its time? Simulation, solvers, and what is neither, on four instances.

``python benchmarks/loop_profile.py [--short]`` writes `loop_profile.jsonl` and `loop_profile.md` into
`benchmarks/results`, or into its folder `short`. Processor time of one thread, so that others who use the machine do
not count; every part is measured without what it calls that is a part of its own.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from results import HERE, RESULTS, SHORT, Rows, describe_machine, fill, table, version

from optimiser import Simulator, Watcher, draw, read
from optimiser.planning.programs import feasibility, highs
from optimiser.planning.search import column_generation
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.stop_rules import any_of
from optimiser.planning.settings import default_budget
from optimiser.simulation.compiled_engine.engine import CompiledEngine

SEED = 1
LONG = {
    "oku-250": 1000,
    "oku-250-separate": 1000,
    "families/town-100-tight-none-1": 500,
    "families/town-30-tight-marches-1": 500,
}
BRIEF = {"oku-250": 200, "oku-250-separate": 200, "families/town-12-tight-marches-1": 100}
MOST = 1.0 / 3.0  # share of the time that may be neither simulation nor solver
PARTS = ("simulation", "solver", "translation", "rest")
KEY = ("instance", "scenarios")
FULL_KEY = (*KEY, "version")
Row = dict[str, Any]


class Meter:
    """Adds up processor time by part; while a part within a part runs, the outer one stands still.

    Attributes
    ----------
    spent : seconds by part.
    calls : how often each began.
    """

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self.clock, self.spent, self.calls = clock, Counter[str](), Counter[str]()
        self._open: list[str] = []
        self._since = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Put what happens meanwhile on the account of a part."""
        self._book()
        self._open.append(name)
        self.calls[name] += 1
        try:
            yield
        finally:
            self._book()
            self._open.pop()

    def _book(self) -> None:
        now = self.clock()
        if self._open:
            self.spent[self._open[-1]] += now - self._since
        self._since = now

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give a function that does the same on the account of a part."""

        def measured(*arguments: Any, **options: Any) -> Any:
            with self.part(name):
                return function(*arguments, **options)

        return measured


def measure(name: str, scenarios: int) -> Row:
    """Run the loop once as `optimise` does, with its default budget, and share its time out."""
    instance, meter = read(name), Meter()
    first, planning = candidates(instance), draw(instance, SEED, scenarios)
    budget = default_budget(instance, scenarios)
    watched = (
        (CompiledEngine, "play", "simulation"),
        (CompiledEngine, "attempt", "simulation"),
        (highs.QuietHighs, "run", "solver"),
        (column_generation, "relax", "translation"),
        (feasibility, "solve", "translation"),
    )
    with Simulator(instance, workers=1, engine="compiled") as simulator, ExitStack() as stack:
        for where, what, part in watched:
            stack.enter_context(patch.object(where, what, meter.around(part, getattr(where, what))))
        with meter.part("rest"):
            found = search(simulator, planning, first, any_of(), Watcher(), budget=budget)
        replications = simulator.replications
    return {
        **dict(zip(KEY, (name, scenarios), strict=True)),
        "version": version(),
        "machine": describe_machine(),
        "seconds": round(sum(meter.spent.values()), 3),
        **{part: round(meter.spent[part], 3) for part in PARTS},
        "replications": replications,
        "value": found.value,
        "programs": meter.calls["solver"],
    }


def share_table(rows: list[Row]) -> str:
    """Shares of the loop's time, by instance."""
    heads = ("instance", "scenarios", "joint replications", "processor s", "simulation", "HiGHS", "translation", "rest")
    cells = []
    for row in rows:
        shares = [f"{100.0 * row[part] / row['seconds']:.0f} %" for part in PARTS]
        sizes = [f"{row['scenarios']:,}", f"{row['replications']:,}", f"{row['seconds']:.3g}"]
        cells.append([str(row["instance"]).rsplit("/", maxsplit=1)[-1], *sizes, *shares])
    return table((*heads, "at most a third"), [[*c, _verdict(row)] for c, row in zip(cells, rows, strict=True)])


def _verdict(row: Row) -> str:
    return "yes" if row["rest"] <= MOST * row["seconds"] else "**no**"


def page_of(rows: list[Row]) -> str:
    """Write the page: one table for each version, the newest first."""
    parts = ["# Where the loop's time goes"]
    for release in reversed(list(dict.fromkeys(row["version"] for row in rows))):
        here = [row for row in rows if row["version"] == release]
        parts += [f"## {release}", f"{here[-1]['machine']}.", share_table(here)]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Measure, store and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer scenarios and a smaller town")
    parser.add_argument("--tables", action="store_true", help="only write the table anew from what is stored")
    options = parser.parse_args()
    folder: Path = SHORT if options.short else RESULTS
    rows = Rows(folder / "loop_profile.jsonl", FULL_KEY)
    if not options.tables:
        rows.drop(lambda row: row["version"] == version())
        measure("tiny-2", 20)  # so that nothing is measured that happens once in a process
        for name, scenarios in (BRIEF if options.short else LONG).items():
            rows.add(measure(name, scenarios))
    text = page_of(rows.all)
    (folder / "loop_profile.md").write_text(text, encoding="utf-8")
    print(text)
    if not options.short:
        fill(HERE / "README.md", "profile", share_table([row for row in rows.all if row["version"] == version()]))


if __name__ == "__main__":
    main()
