"""What a province and a nation take, how near they are proved, and what more machines would bring.

``python benchmarks/nation.py [--short]`` makes synthetic provinces and nations, plans each in a process of its own with
two workers, and writes `nation.jsonl` and `nation.md` into `benchmarks/results`, or into its folder `short`, and the
tables of `docs/scale.md`. Wall time depends on who else uses the machine, so processor time stands beside it. Memory is
the most that all processes of a run had at the same time. Parts are measured on the districts of a province, one after
another in one process.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from results import HERE, RESULTS, SHORT, Rows, describe_machine, fill, table, version

from optimiser.files.read_nation import read_district, read_nation
from optimiser.files.synthetic.nation import Archipelago, make_files
from optimiser.nation.columns import NationSettings
from optimiser.nation.coordinate import SUBPROBLEM_GAP
from optimiser.nation.district_subproblem import evaluate_column, solve_subproblem
from optimiser.planning.settings import Effort

SEED, SCENARIOS, GAP, WORKERS = 1, 200, 0.015, 2
FEW = 20  # scenarios of the short form
CASES = (("province", True), ("province", False), ("nation", True), ("nation", False))
LIMITS = {"province": 60.0, "nation": 1200.0}  # s of wall time on two cores that are claimed not to be exceeded
PROVED = 0.02  # part of the bound within which twins without interplay are claimed to be proved
BUDGET = {True: 20_000, False: 15_000}  # joint replications of a search, without and with interplay
EVERY = 0.5  # s between two looks at memory
MACHINES, CORES, DISTRICTS = (1, 10, 100), 2, 508
NETWORK = 1e9 / 8  # bytes per s between machines: a link of 1 Gbit/s, assumed
HANDING = 0.005  # s of the driver to hand out a task and to take its answer, beside the bytes; assumed
START = 5.0  # s until all workers have loaded what they need; assumed, about 3 were measured here
KINDS = {"alone": "nothing lent", "prices": "at prices", "settle": "played in fresh scenarios"}
TWINS = {True: "without interplay", False: "with interplay"}
ROOT = HERE.parent
SCALE = ROOT / "docs" / "scale.md"
KEY = ("version", "extent", "separate")
Row = dict[str, Any]


def make(extent: str, separate: bool, folder: Path) -> Path:
    """Write the files of a province or nation; gives the one that names the others."""
    for name, text in make_files(Archipelago(extent, separate, SEED)):  # type: ignore[arg-type]
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "nation.toml"


def play(extent: str, separate: bool, scenarios: int) -> Row:
    """Plan in a process of its own, and watch it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = make(extent, separate, folder)
        settings = ["--seed", str(SEED), "--scenarios", str(scenarios), "--gap", str(GAP), "--workers", str(WORKERS)]
        settings += ["--budget", str(BUDGET[separate]), "--out", str(folder / "run"), "--json", "--quiet"]
        command = [sys.executable, "-m", "optimiser.cli", "nation", str(file), *settings]
        load, begun, before = os.getloadavg()[0], time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        with (folder / "said.json").open("wb") as said, subprocess.Popen(command, stdout=said, cwd=ROOT) as child:
            memory, driver = _watch(child)
        wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        if child.returncode:
            raise SystemExit(child.returncode)
        answers = [f.stat().st_size for f in (folder / "run" / "answers").iterdir()]
        document = json.loads((folder / "said.json").read_bytes())
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures = {"wall": round(wall, 1), "processor": round(cpu, 1), "driver": round(driver, 1), "load": round(load, 1)}
    kept = {key: document["certificate"][key] for key in ("kind", "objective", "bound", "gap", "alone", "joined")}
    loss = {key: document["loss"][key] for key in ("mean", "low", "high")}
    rounds = [[r["asked"], r["gap"]] for r in document["rounds"]]
    kept["saved"] = document["saved"]
    work = {"tasks": len(answers), "bytes": sum(answers), "lent": sum(pool["lent"] for pool in document["pools"])}
    return {**figures, "memory": round(memory), **kept, "loss": loss, "rounds": rounds, **work}


def _watch(child: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Give the most memory of a process and all below it, in MB, and its own processor s; 0 where there is no /proc."""
    most = own = 0.0
    while child.poll() is None:
        most = max(most, sum(map(_resident, [child.pid, *_below(child.pid)])))
        own = max(own, _processor(child.pid))
        time.sleep(EVERY)
    return most, own


def _processor(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # user and system


def _below(pid: int) -> Iterator[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:  # it ended, or there is no such folder
        return
    for one in children:
        yield one
        yield from _below(one)


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def parts(separate: bool, scenarios: int) -> Row:
    """Measure the tasks of a province, district by district: processor s of each kind, and bytes that go to and fro."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        nation = read_nation(make("province", separate, folder))
        settings = NationSettings(
            folder, Effort(scenarios, 2 * scenarios, BUDGET[separate], seed=SEED), SUBPROBLEM_GAP * GAP
        )
        seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
        sent, back = [], []
        for number, district in enumerate(nation.districts):
            pools = nation.serving(district.id)
            body = read_district(folder, district.id, pools).model_dump_json().encode()
            if number == 0:
                solve_subproblem(settings, body, pools, None)  # machine code is loaded
            alone = _clocked(seconds["alone"], solve_subproblem, settings, body, pools, None)
            free = solve_subproblem(settings, body, pools, (0.0,) * len(pools), alone.columns)
            question = (settings, body, pools, (0.3,) * len(pools), (*alone.columns, *free.columns[:1]))
            answer = _clocked(seconds["prices"], solve_subproblem, *question)
            _clocked(seconds["settle"], evaluate_column, settings, body, pools, answer.columns[0])
            sent.append(len(pickle.dumps(question)))
            back.append(len(pickle.dumps(answer)))
    return {"seconds": seconds, "sent": round(mean(sent)), "back": round(mean(back))}


def _clocked(seconds: list[float], task: Callable[..., Any], *question: Any) -> Any:
    begun = time.process_time()
    answer = task(*question)
    seconds.append(round(time.process_time() - begun, 3))
    return answer


# ---------------------------------------------------------------- projection


def makespan(seconds: Sequence[float], cores: int) -> float:
    """Give the time until all tasks are done where each core takes the next one as soon as it is free."""
    free = [0.0] * min(cores, len(seconds))
    for s in seconds:
        heapq.heapreplace(free, free[0] + s)
    return max(free, default=0.0)


def project(part: Row, asked: Sequence[tuple[str, int]], driver: float, machines: int) -> float:
    """Give wall s of a nation on some machines.

    Parameters
    ----------
    part : tasks as `parts` measured them; those of a round are these over and over.
    asked : kind and number of the tasks of each round, one after another.
    driver : processor s of the driver between rounds, which nobody can share.
    """
    total, bytes_ = START + driver, part["sent"] + part["back"]
    for kind, number in asked:
        tasks = [part["seconds"][kind][i % len(part["seconds"][kind])] for i in range(number)]
        handing = number * (HANDING + bytes_ / NETWORK) if machines > 1 else 0.0
        total += max(makespan(tasks, CORES * machines), handing)
    return total


def course(run: Row) -> list[tuple[str, int]]:
    """List kind and number of the tasks of each round of a run."""
    asked = [n for n, _ in run["rounds"]]
    return [("alone", DISTRICTS), *(("prices", n) for n in asked), ("settle", run["tasks"] - DISTRICTS - sum(asked))]


# ---------------------------------------------------------------- pages


def runs_table(rows: Sequence[Row]) -> str:
    """Lay out the runs."""
    heads = ("what", "wall s", "load before", "processor s", "memory, MB", "rounds", "gap", "points, planning")
    heads = (*heads, "lending saves, fresh scenarios")
    lines = []
    for row in rows:
        gaps = f"{100 * row['gap']:.2f} %" if row["bound"] > 0.0 else "bound 0"
        what = row["what"]
        points = f"{row['objective']:,.1f} (nothing lent: {row['alone']:,.1f})"
        cells = [what, f"{row['wall']:,.0f}", f"{row['load']:.1f}", f"{row['processor']:,.0f}", f"{row['memory']:,}"]
        saved = "{mean:,.0f} [{low:,.0f}, {high:,.0f}]".format(**row["saved"]["loss"])
        lines.append([*cells, str(len(row["rounds"])), gaps, points, saved])
    return table(heads, lines)


def claims(rows: Sequence[Row]) -> str:
    """Say what was claimed and whether it holds."""
    lines = []
    for row in rows:
        limit, what = LIMITS[row["extent"]], row["what"]
        inside = row["wall"] <= limit
        verdict = "holds" if inside else "does not hold on the machine as it was"
        lines.append(f"- {what}: at most {limit:,.0f} s: {verdict}; {row['processor'] / CORES:,.0f} s of two cores.")
        if row["separate"]:
            near = row["objective"] - row["bound"] <= PROVED * row["bound"]
            above = 100.0 * (row["objective"] / row["bound"] - 1.0)
            lines.append(f"- {what}: proved within 2 %: {'holds' if near else 'does not hold'}, {above:.2f} %.")
        else:
            lines.append(f"- {what}: a bound of {row['bound']:.4g} points is proved, which is no claim of quality.")
    return "\n".join(lines)


def parts_table(rows: Sequence[Row]) -> str:
    """Lay out the tasks that a run is made of."""
    lines = []
    for row in rows:
        for kind, seconds in row["seconds"].items():
            spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
            size = f"{row['sent']:,} / {row['back']:,}" if kind == "prices" else ""
            lines.append([TWINS[row["separate"]], KINDS[kind], f"{mean(seconds):.2f}", spread, size])
    return table(("districts", "a district", "processor s, mean", "from to", "bytes to / fro"), lines)


def projection_table(rows: Sequence[Row], tasks: Sequence[Row]) -> str:
    """Work out what more machines would bring to a nation, for the rounds that were measured or are foreseen."""
    lines = []
    for part in tasks:
        separate = part["separate"]
        same = [r for r in rows if r["separate"] is separate and r["version"] == part["version"]]
        run = next((r for r in same if r["extent"] == "nation"), None)
        small = next((r for r in same if r["extent"] == "province"), None)
        if run is None and small is None:
            continue
        if run is not None:
            asked, driver, basis = course(run), run["driver"], "rounds and driver of the nation"
        else:
            assert small is not None
            played = (small["tasks"] - 17 - sum(n for n, _ in small["rounds"])) * DISTRICTS // 17
            asked = [("alone", DISTRICTS), *[("prices", DISTRICTS)] * len(small["rounds"]), ("settle", played)]
            driver, basis = small["driver"] * DISTRICTS / 17, "rounds and driver of the province, times 508 / 17"
        walls = [project(part, asked, driver, machines) for machines in MACHINES]
        cells = [f"{wall:,.0f} ({walls[0] / wall:.1f})" for wall in walls]
        lines.append([TWINS[separate], *cells, f"{driver:,.0f}", basis])
    heads = ("nation", *(f"machines: {m}, s (times faster)" for m in MACHINES), "of it the driver, s", "from")
    return table(heads, lines)


def latest(rows: Sequence[Row]) -> list[Row]:
    """Give the last row of each run with what it was in words; where nobody has measured it since, of which version."""
    last = {(row["extent"], row["separate"]): row for row in rows}
    order = [key for key in (*CASES, ("parts", True), ("parts", False)) if key in last]
    earlier = {key: f" ({last[key]['version']})" for key in order if last[key]["version"] != rows[-1]["version"]}
    return [{**last[key], "what": f"{key[0]}, {TWINS[key[1]]}{earlier.get(key, '')}"} for key in order]


def texts_of(rows: Sequence[Row]) -> dict[str, str]:
    """Give the tables of what was measured last, by the marks of `docs/scale.md`."""
    here = latest(rows)
    runs, tasks = ([r for r in here if (r["extent"] == "parts") is kind] for kind in (False, True))
    texts = {"claims": claims(runs), "runs": runs_table(runs), "parts": parts_table(tasks)}
    return {**texts, "projection": projection_table(runs, tasks)}


def page_of(rows: Sequence[Row]) -> str:
    """Write the page."""
    head = [f"# Province and nation, {rows[-1]['version']}", f"{rows[-1]['machine']}."]
    return "\n\n".join([*head, *texts_of(rows).values()]) + "\n"


def main() -> None:
    """Play what is not stored yet, then write the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a province with few scenarios, from the beginning")
    parser.add_argument("--only", choices=("province", "nation"), help="play no other runs")
    parser.add_argument("--tables", action="store_true", help="only write pages anew from what is stored")
    options = parser.parse_args()
    folder: Path = SHORT if options.short else RESULTS
    rows = Rows(folder / "nation.jsonl", KEY)
    if options.short:
        rows.drop(lambda _: True)
    scenarios = FEW if options.short else SCENARIOS
    for extent, separate in () if options.tables else (("parts", True), ("parts", False), *CASES):
        skip = extent not in ("parts", options.only or extent) or (options.short and extent == "nation")
        head = {"version": version(), "extent": extent, "separate": separate}
        if not skip and tuple(head.values()) not in rows.keys:
            found = parts(separate, scenarios) if extent == "parts" else play(extent, separate, scenarios)
            rows.add({**head, "scenarios": scenarios, **found, "machine": describe_machine()})
            print(extent, TWINS[separate], flush=True)
    (folder / "nation.md").write_text(page_of(rows.all), encoding="utf-8")
    print(page_of(rows.all))
    if not options.short:
        for mark, text in texts_of(rows.all).items():
            fill(SCALE, mark, text)


if __name__ == "__main__":
    main()
