"""What the batch costs around the cases: processes against bare loops, Dask against the pool, ledger, resuming, memory.

``python benchmarks/batch.py [--short]`` writes `batch.jsonl` and `batch.md` into `benchmarks/results`, or into its
folder `short`. Each round measures all that is compared, one after the other, so that ratios are of the same minute.
Rates are of a batch in its stride: from the end of its first cases, when all workers are there, to that of the last.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from results import HERE, RESULTS, SHORT, Rows, describe_machine, fill, table, version

from optimiser.batch.case import Case, CaseSettings, Subject
from optimiser.batch.driver import BatchObserver, BatchProgress
from optimiser.batch.run_batch import run_batch
from optimiser.files.read import read
from optimiser.jobs.dask_executor import DaskExecutor
from optimiser.jobs.executor import CallResult, Executor
from optimiser.jobs.process_executor import ProcessExecutor
from optimiser.jobs.result_store import ResultStore
from optimiser.jobs.task import LedgerEntry, TaskResult

LOOP = 5_000_000  # turns of a bare loop, about half a second
STARTED = 4  # cases after which a batch is in its stride
LEAST_GAIN, MOST_OVER, MOST_LEDGER, MOST_MEMORY = 0.9, 0.1, 5.0, 500.0  # share, share, ms a case, MB: what is claimed
MB = 1024.0 if sys.platform != "darwin" else 1024.0**2  # units of `ru_maxrss`: KiB, or bytes on macOS
KEY = ("version", "measure", "size", "round")
BRIEF = (
    "families/town-5-tight-marches-1",
    CaseSettings(scenarios=50, reporting=50, budget=2_000),
)  # a case of some 0.3 s
SECOND = "oku-250", CaseSettings(scenarios=50, reporting=50, budget=2_000)  # a case of about a second
Row = dict[str, Any]


# ---------------------------------------------------------------- what is measured


class Stride(BatchObserver):
    """Notes when each case ended."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def ended(self, entry: LedgerEntry, _: BatchProgress) -> None:
        """See `BatchObserver`."""
        assert entry.state == "done", entry.error
        self.times.append(time.perf_counter())

    def rate(self, first: int) -> float:
        """Give cases a second from the first ones on."""
        return (len(self.times) - first) / (self.times[-1] - self.times[first - 1])


def solve_many(executor: Executor, count: int, what: tuple[str, CaseSettings]) -> float:
    """Solve cases in a folder that is thrown away; gives their rate, per second."""
    name, effort = what
    stride, town = Stride(), Subject(read(name))
    with tempfile.TemporaryDirectory() as out:
        cases = (Case(town, seed, settings=effort) for seed in range(count + STARTED))
        run_batch(cases, out, executor=executor, observer=stride)
    return stride.rate(STARTED)


def turn(times: int) -> None:
    """Turn a bare loop, which needs nothing but a processor."""
    number = 1
    for _ in range(times):
        number = number * 48_271 % 2_147_483_647


def loops(processes: int, count: int) -> float:
    """Turn bare loops, all processes at once; gives loops a second, of all together."""
    context = get_context("spawn")
    with context.Pool(processes) as pool:
        pool.map(turn, [1] * processes, 1)
        begun = time.perf_counter()
        pool.map(turn, [LOOP] * count, 1)
        return count / (time.perf_counter() - begun)


def throughput(count: int) -> Row:
    """One and two processes, beside one and two bare loops."""
    return {
        "loops": [loops(1, count), loops(2, 2 * count)],
        "cases": [solve_many(ProcessExecutor(n), 2 * count * n, BRIEF) for n in (1, 2)],
    }


@contextlib.contextmanager
def cluster(workers: int = 2) -> Iterator[str]:
    """Start a Dask cluster of processes here; gives its address."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = str(one.getsockname()[1])
    address, running = f"tcp://127.0.0.1:{port}", []
    for arguments in (
        ("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"),
        ("worker", address, "--nworkers", str(workers), "--nthreads", "1", "--no-dashboard"),
    ):
        program = [sys.executable, "-m", "dask", *arguments]
        running.append(subprocess.Popen(program, stderr=subprocess.DEVNULL))
    try:
        yield address
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait()


def against_dask(count: int, address: str) -> Row:
    """The same cases by two processes and by a cluster of two workers."""
    return {
        "pool": solve_many(ProcessExecutor(2), count, SECOND),
        "dask": solve_many(DaskExecutor(address), count, SECOND),
    }


class Ready:
    """An executor whose work is done at once, so that all that is left is what the batch itself costs."""

    size = 2

    def __init__(self) -> None:
        self.given: list[Any] = []

    @property
    def free(self) -> int:
        """See `Executor`."""
        return self.size - len(self.given)

    def submit(self, ticket: Any, *_: Any) -> None:
        """See `Executor`."""
        self.given.append(ticket)

    def wait(self, _: float) -> list[CallResult]:
        """See `Executor`."""
        given, self.given = self.given, []
        return [CallResult(ticket, TaskResult(b"{}" * 10_000, {"objective": 1.0}, {})) for ticket in given]

    def close(self) -> None:
        """See `Executor`."""


def costs(count: int, folder: Path) -> Row:
    """List so many cases, write down as many results of 20 kB, and look them through again; in this process.

    Milliseconds a case: ``ledger`` is all but the results' files.
    """
    town, files, put = Subject(read("tiny-2")), [0.0], ResultStore.put

    def timed(results: ResultStore, key: str, content: bytes) -> tuple[int, str]:
        begun = time.perf_counter()
        kept = put(results, key, content)
        files[0] += time.perf_counter() - begun
        return kept

    def asked() -> Iterator[Case]:
        return (Case(town, seed) for seed in range(count))

    begun = time.perf_counter()
    with patch.object(ResultStore, "put", timed):
        run_batch(asked(), folder, executor=Ready())
    over = time.perf_counter()
    run_batch(asked(), folder, executor=Ready())
    again = time.perf_counter()
    milliseconds = 1e3 / count
    return {
        "ledger": (over - begun - files[0]) * milliseconds,
        "files": files[0] * milliseconds,
        "resuming": (again - over) * milliseconds,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB,
    }


def force(folder: Path, count: int = 200) -> float:
    """Give the milliseconds in which this disk takes 4 kB for good, as a ledger has it do for every case."""
    with (folder / "log").open("wb", buffering=0) as log:
        begun = time.perf_counter()
        for _ in range(count):
            log.write(b"x" * 4096)
            os.fsync(log.fileno())
        return (time.perf_counter() - begun) * 1e3 / count


def costs_apart(count: int) -> Row:
    """Measure costs in a process of their own, for the sake of memory, on the disk that this file is on."""
    with tempfile.TemporaryDirectory(dir=HERE) as folder:
        before = force(Path(folder))
        command = [sys.executable, __file__, "--costs", str(count), str(Path(folder) / "run")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return {**json.loads(done.stdout), "force": (before + force(Path(folder))) / 2.0}


# ---------------------------------------------------------------- page


def of(rows: Sequence[Row], measure: str) -> list[Row]:
    """Give the rows of a measure, the small ones first."""
    return sorted((row for row in rows if row["measure"] == measure), key=lambda row: (row["size"], row["round"]))


def spread(values: Sequence[float], digits: int = 3) -> str:
    """Write a median with its range."""
    return f"{median(values):.{digits}g} [{min(values):.{digits}g}, {max(values):.{digits}g}]"


def claims(rows: Sequence[Row]) -> str:
    """Say of each claim whether it holds."""
    found = []
    if here := of(rows, "throughput"):
        bare, ours = ([row[name][1] / row[name][0] for row in here] for name in ("loops", "cases"))
        share = [one / other for one, other in zip(ours, bare, strict=True)]
        found.append(
            (
                median(share) >= LEAST_GAIN,
                f"Two processes gain at least {100.0 * LEAST_GAIN:.0f} % of what two bare loops gain",
                f"{spread(ours)} times as many cases against {spread(bare)} times as many loops, {spread(share)} of it",
            )
        )
    if here := of(rows, "dask"):
        over = [row["pool"] / row["dask"] - 1.0 for row in here]
        words = f"A Dask cluster takes at most {100.0 * MOST_OVER:.0f} % longer than processes, on cases of a second"
        found.append(
            (
                median(over) <= MOST_OVER,
                words,
                f"{100 * median(over):+.1f} % [{100 * min(over):+.1f}, {100 * max(over):+.1f}], rounds: {len(over)}",
            )
        )
    if here := of(rows, "costs"):
        largest = here[-1]
        size = f"{largest['size']:,} cases"
        found.append(
            (
                largest["ledger"] < MOST_LEDGER,
                f"The ledger costs less than {MOST_LEDGER:g} ms a case, of {size}",
                f"{largest['ledger']:.2g} ms, and the disk takes {largest['force']:.2g} ms for one forced write",
            )
        )
        found.append(
            (
                largest["memory"] < MOST_MEMORY,
                f"The driver of {size} needs less than {MOST_MEMORY:g} MB",
                f"{largest['memory']:.0f} MB",
            )
        )
    return "\n".join(
        f"- {words}: {'holds' if held else '**does not hold**'}; {figures}." for held, words, figures in found
    )


def tables(rows: Sequence[Row]) -> str:
    """Rates by round, and costs by number of cases."""
    heads = ("round", "bare loops/s, 1", "2", "cases/s, 1 process", "2 processes", "share of the gain")
    rates = []
    for row in of(rows, "throughput"):
        (loops_1, loops_2), (cases_1, cases_2) = row["loops"], row["cases"]
        share = cases_2 / cases_1 / (loops_2 / loops_1)
        rates.append([str(row["round"]), *(f"{v:.3g}" for v in (loops_1, loops_2, cases_1, cases_2, share))])
    dask = [
        [str(r["round"]), f"{r['pool']:.3g}", f"{r['dask']:.3g}", f"{100 * (r['pool'] / r['dask'] - 1):+.1f} %"]
        for r in of(rows, "dask")
    ]
    cost = [
        [f"{r['size']:,}", *(f"{r[n]:.2g}" for n in ("ledger", "files", "resuming", "force")), f"{r['memory']:.0f}"]
        for r in of(rows, "costs")
    ]
    parts = [table(heads, rates)] if rates else []
    beside = ("round", "cases/s, 2 processes", "Dask, 2 workers", "Dask takes longer by")
    parts += [table(beside, dask)] if dask else []
    names = (
        "cases",
        "ledger, ms a case",
        "files, ms a case",
        "resuming, ms a case",
        "one forced write, ms",
        "memory, MB",
    )
    parts += [table(names, cost)] if cost else []
    return "\n\n".join(parts)


def page_of(rows: Sequence[Row]) -> str:
    """Write the page: one heading for each version, the newest first."""
    parts = ["# Batches"]
    for release in list(dict.fromkeys(row["version"] for row in rows))[::-1]:
        here = [row for row in rows if row["version"] == release]
        parts += [f"## {release}", f"{here[-1]['machine']}.", claims(here), tables(here)]
    return "\n\n".join(parts) + "\n"


def measure(rows: Rows, short: bool, only: str | None, rounds: int) -> None:
    """Measure what is not stored yet."""
    count = 6 if short else 12

    def missing(name: str, size: int, number: int) -> bool:
        return only in (None, name) and (version(), name, size, number) not in rows.keys

    def add(name: str, size: int, number: int, found: Row) -> None:
        rows.add(
            {
                "version": version(),
                "measure": name,
                "size": size,
                "round": number,
                **found,
                "machine": describe_machine(),
            }
        )
        print(f"{name} {size} {number}: {found}", flush=True)

    for size in (100, 1_000) if short else (100, 1_000, 10_000):
        if missing("costs", size, 1):
            add("costs", size, 1, costs_apart(size))
    for number in range(1, rounds + 1):
        if missing("throughput", count, number):
            add("throughput", count, number, throughput(count))
        if missing("dask", count, number):
            with cluster() as address:
                add("dask", count, number, against_dask(count, address))


def main() -> None:
    """Measure what is not stored yet, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a minute, from the beginning")
    parser.add_argument("--again", action="store_true", help="forget what is stored of this version first")
    parser.add_argument("--only", choices=("costs", "throughput", "dask"), help="measure only this")
    parser.add_argument("--rounds", type=int, default=4, help="how often rates are measured")
    parser.add_argument("--tables", action="store_true", help="only write the page anew from what is stored")
    parser.add_argument("--costs", nargs=2, metavar=("CASES", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.costs:
        print(json.dumps(costs(int(options.costs[0]), Path(options.costs[1]))))
        return
    folder: Path = SHORT if options.short else RESULTS
    rows = Rows(folder / "batch.jsonl", KEY)
    if (options.again or options.short) and not options.tables:
        rows.drop(lambda row: row["version"] == version())
    if not options.tables:
        measure(rows, options.short, options.only, 1 if options.short else options.rounds)
    newest = [row for row in rows.all if row["version"] == rows.all[-1]["version"]]
    (folder / "batch.md").write_text(page_of(rows.all), encoding="utf-8")
    print(f"{claims(newest)}\n\n{tables(newest)}")
    if not options.short:
        fill(HERE / "README.md", "batch", f"{claims(newest)}\n\n{tables(newest)}")


if __name__ == "__main__":
    main()
