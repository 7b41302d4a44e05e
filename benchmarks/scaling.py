"""How time and memory of planning grow with sectors, personnel and scenarios.

``python benchmarks/scaling.py [--short]`` plays every case in a process of its own and writes `scaling.jsonl`,
`scaling.md` and `scaling.svg` into `benchmarks/results`, or into its folder `short`. Measured is what leads to a plan:
hand rules, drawing and search with the default budget, in one thread. Time is processor time, memory the most that the
process ever had. Exponents are slopes of a straight line through the logarithms.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from charts import Line, draw_chart
from results import HERE, RESULTS, SHORT, Rows, describe_machine, fill, table, version

from optimiser import Instance, Simulator, Watcher, draw, read
from optimiser.files.examination.proposals import propose_moving
from optimiser.model.parts.movement import Accompaniment, Movement
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.stop_rules import any_of
from optimiser.planning.settings import default_budget

SEED, SCENARIOS = 1, 1000
CLAIM = 1.3  # exponent of time by sectors that is claimed not to be exceeded
ENOUGH, MOST = 10.0, 3  # s after which a case is not repeated, and how often it is played at most; once if short
MOVING = "with marches, and units that move"
TOWNS = {"none": "without interplay", "marches": "with marches"}
COLOURS, DASHES = ("#0072B2", "#D55E00", "#009E73", "#8C8C8C"), ("", "7 3", "7 3 2 3", "2 3")  # Okabe and Ito's palette
MB = 1024.0 if sys.platform != "darwin" else 1024.0**2  # units of `ru_maxrss`: KiB, or bytes on macOS
KEY = ("version", "axis", "series", "size")
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One problem.

    Attributes
    ----------
    axis : what grows: sectors, personnel or scenarios.
    series : what stays the same.
    size : along the axis.
    instance : its name.
    factor : by which units, cap and room are multiplied.
    scenarios : planning scenarios.
    runs : how often it is played at most.
    moving : whether units may go with every march, and move between as many places as a tenth of the sectors.
    """

    axis: str
    series: str
    size: int
    instance: str
    factor: int = 1
    scenarios: int = SCENARIOS
    runs: int = MOST
    moving: bool = False


def cases(short: bool) -> Iterator[Case]:
    """List what is played, the largest at the end."""
    for count in (200, 500, 1000) if short else (200, 500, 1000, 2000, 4000):
        for name in ("oku-250",) if short else ("oku-250", "oku-250-separate"):
            yield Case("scenarios", name, count, name, scenarios=count)
    for factor in (1, 2) if short else (1, 2, 4, 8):
        yield Case("personnel", "oku-250", 250 * factor, "oku-250", factor, 200)
    for sectors in (12, 30, 100) if short else (30, 100, 300, 1000):
        for kind, title in TOWNS.items():
            if not short or kind == "none" or sectors <= 30:
                yield Case("sectors", title, sectors, f"families/town-{sectors}-tight-{kind}-1")
    for sectors in (12, 30) if short else (12, 30, 100, 300):
        yield Case("sectors", MOVING, sectors, f"families/town-{sectors}-tight-marches-1", moving=True)


def multiplied(instance: Instance, factor: int) -> Instance:
    """Give an instance with so many times the units, the cap and the room, and the same crowd."""
    return instance.altered(
        **{
            "cap": instance.cap * factor,
            "teams": tuple(t.altered(count=t.count * factor) for t in instance.teams),
            "vehicles": tuple(v.altered(count=v.count * factor) for v in instance.vehicles),
            **{
                part: tuple(p.altered(staging_capacity=p.staging_capacity * factor) for p in places)
                for part, places in (("sectors", instance.sectors), ("posts", instance.posts))
            },
        }
    )


def let_move(instance: Instance) -> Instance:
    """Give an instance with what is proposed to move in it: see `Case.moving`."""
    found = propose_moving(instance, most=max(4, len(instance.sectors) // 10))
    parts = {"accompaniments": Accompaniment, "movements": Movement}
    return instance.altered(**{name: tuple(m for m in found if isinstance(m, kind)) for name, kind in parts.items()})


def play(case: Case) -> Row:
    """Plan a case in this process; gives seconds by run and the most memory in MB."""
    instance = multiplied(read(case.instance), case.factor)
    if case.moving:
        instance = let_move(instance)
    warm = read("tiny-2")
    Simulator(warm).losses([candidates(warm)["greedy"]], draw(warm, SEED, 2))  # machine code is loaded
    seconds: list[float] = []
    while len(seconds) < case.runs and sum(seconds) < ENOUGH:
        begun = time.process_time()
        first, planning = candidates(instance), draw(instance, SEED, case.scenarios)
        budget = default_budget(instance, case.scenarios)
        with Simulator(instance, workers=1) as simulator:
            found = search(simulator, planning, first, any_of(), Watcher(), budget=budget)
            replications = simulator.replications
        seconds.append(round(time.process_time() - begun, 3))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB
    figures = {"objective": found.value, "bound": found.bound, "replications": replications}
    return {"seconds": seconds, "memory": round(memory, 1), **figures}


def play_apart(case: Case) -> Row:
    """Plan a case in a process of its own."""
    command = [sys.executable, __file__, "--case", json.dumps(asdict(case))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {"version": version(), **asdict(case), **json.loads(done.stdout), "machine": describe_machine()}


# ---------------------------------------------------------------- page


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Give the slope of the straight line through logarithms, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def series_of(rows: Sequence[Row], axis: str) -> dict[str, list[Row]]:
    """Sort the rows of an axis by series and size."""
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row["size"]):
        if row["axis"] == axis:
            found.setdefault(row["series"], []).append(row)
    return found


def scaling_table(rows: Sequence[Row]) -> str:
    """Time and memory by axis, series and size, with exponents."""
    lines = []
    for axis in ("sectors", "personnel", "scenarios"):
        for series, here in series_of(rows, axis).items():
            times = [median(row["seconds"]) for row in here]
            slope = f"{exponent([row['size'] for row in here], times):.2f}" if len(here) > 1 else ""
            for row, seconds in zip(here, times, strict=True):
                last = row is here[-1]
                cells = [axis, series, f"{row['size']:,}", f"{row['replications']:,}", f"{seconds:.3g}"]
                cells += [f"{row['memory']:.0f}", slope if last else ""]
                lines.append(cells)
    heads = ("axis", "series", "size", "joint replications", "processor s", "memory, MB", "exponent of time")
    return table(heads, lines)


def claim(rows: Sequence[Row]) -> str:
    """Say whether time by sectors grows as slowly as claimed."""
    lines = []
    for series, here in series_of(rows, "sectors").items():
        if len(here) > 1:
            sizes, times = [row["size"] for row in here], [median(row["seconds"]) for row in here]
            slope = exponent(sizes, times)
            steepest = max(exponent(sizes[i : i + 2], times[i : i + 2]) for i in range(len(here) - 1))
            first, last = here[0]["size"], here[-1]["size"]
            holds = "holds" if slope <= CLAIM else "**does not hold**"
            words = f"Time grows no faster than sectors^{CLAIM:g} from {first} to {last:,}, {series}: {holds}"
            lines.append(
                f"- {words}, the exponent is {slope:.2f}; between two neighbouring sizes {steepest:.2f} at most."
            )
    return "\n".join(lines)


def chart(rows: Sequence[Row]) -> str:
    """Draw time by sectors, and what the claimed exponent would be from the first point of the first series."""
    lines, all_ = [], series_of(rows, "sectors")
    for (series, here), colour, dash in zip(all_.items(), COLOURS, DASHES, strict=False):
        xs = [float(row["size"]) for row in here]
        middle, low, high = ([f(row["seconds"]) for row in here] for f in (median, min, max))
        lines.append(Line(series, xs, middle, low, high, colour, dash, 2.4))
    xs = list(lines[0].xs)
    slope = [lines[0].middle[0] * (x / xs[0]) ** CLAIM for x in xs]
    lines.append(Line(f"sectors^{CLAIM:g}", xs, slope, slope, slope, COLOURS[-1], DASHES[-1]))
    floor = 0.6 * min(min(line.low) for line in lines)
    title, subtitle = "Time to plan synthetic towns", "processor time of one thread, median and range of runs"
    return draw_chart(title, subtitle, lines, "sectors", "processor s", floor)


def page_of(rows: Sequence[Row]) -> str:
    """Write the page: one heading for each version, the newest first."""
    parts = ["# Scaling"]
    for release in list(dict.fromkeys(row["version"] for row in rows))[::-1]:
        here = [row for row in rows if row["version"] == release]
        parts += [f"## {release}", f"{here[-1]['machine']}.", claim(here), scaling_table(here)]
    return "\n\n".join([*parts, "![time by sectors](scaling.svg)"]) + "\n"


def main() -> None:
    """Play what is not stored yet, then write page and chart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="small cases only, from the beginning")
    parser.add_argument("--again", action="store_true", help="forget what is stored of this version first")
    parser.add_argument("--most", type=int, default=10**9, help="leave out what has more sectors, units or scenarios")
    parser.add_argument("--tables", action="store_true", help="only write page and chart anew from what is stored")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        print(json.dumps(play(Case(**json.loads(options.case)))))
        return
    folder: Path = SHORT if options.short else RESULTS
    rows = Rows(folder / "scaling.jsonl", KEY)
    if (options.again or options.short) and not options.tables:
        rows.drop(lambda row: row["version"] == version())
    for case in () if options.tables else cases(options.short):
        known = (version(), case.axis, case.series, case.size) in rows.keys
        if not known and case.size <= options.most:
            rows.add(play_apart(replace(case, runs=1) if options.short else case))
            print(f"{case.axis} {case.size} {case.series}: {rows.all[-1]['seconds']} s", flush=True)
    newest = [row for row in rows.all if row["version"] == rows.all[-1]["version"]]
    (folder / "scaling.md").write_text(page_of(rows.all), encoding="utf-8")
    (folder / "scaling.svg").write_text(chart(newest), encoding="utf-8")
    print(f"{claim(newest)}\n\n{scaling_table(newest)}")
    if not options.short:
        fill(HERE / "README.md", "scaling", f"{claim(newest)}\n\n{scaling_table(newest)}")


if __name__ == "__main__":
    main()
