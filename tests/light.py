"""Work that stands in for planning where only the batch around it is tested: quick, and the same bytes every time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from optimiser import batch
from optimiser.batch import Observer, run_batch
from optimiser.case import Case, Result, Subject
from optimiser.reading import read

SUMMARY = {"objective": 1.0, "bound": 1.0, "gap": 0.0, "status": "proved-optimal"}


def stand_in(body: bytes, spec: dict[str, Any], version: str) -> Result:
    """Come to a document that its case decides; seeds from 1,000 on kill the worker, those from 2,000 on fail."""
    seed = spec["seed"]
    if 1000 <= seed < 2000:
        os.kill(os.getpid(), signal.SIGKILL)
    if seed >= 2000:
        return Result(None, {}, {"kind": "Infeasible", "code": 5, "message": "no deployment"})
    time.sleep(0.002 * (seed % 5))
    document = {"seed": seed, "size": len(body), "text": "x" * (seed % 7) * 1000}
    return Result(json.dumps(document).encode(), SUMMARY, {})


def cases(*seeds: int) -> Iterator[Case]:
    """Give cases of one small town."""
    subject = Subject(read("tiny-2"))
    return (Case(subject, seed) for seed in seeds)


@contextlib.contextmanager
def lightly() -> Iterator[None]:
    """Have the batch do light work."""
    with mock.patch.object(batch, "solve", stand_in):
        yield


def files(out: Path) -> dict[str, bytes]:
    """Give everything that lies in a run besides the ledger."""
    return {
        str(f.relative_to(out)): f.read_bytes()
        for f in sorted(out.rglob("*"))
        if f.is_file() and "sqlite" not in f.name
    }


class Loud(Observer):
    """Writes a line for each case that is over, so that whoever kills can wait for one."""

    def ended(self, entry: Any, tally: Any) -> None:
        print(entry.state, flush=True)


if __name__ == "__main__":  # python light.py RUN CASES WORKERS [SCHEDULER]
    out, count, workers, *address = sys.argv[1:]
    crew = None
    if address:
        from optimiser.cluster import Cluster

        crew = Cluster(address[0])
    with lightly():
        run_batch(cases(*range(int(count))), out, workers=int(workers), crew=crew, observer=Loud())
