"""Batches of light work, for tests here and, as a script, for drivers that are killed."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from optimiser.batch import run_batch as batch
from optimiser.batch.case import Case, Subject
from optimiser.batch.run_batch import Observer, run_batch
from optimiser.common.errors import OptimiserError
from optimiser.files.read import read
from support.stub_planning import stand_in


def cases(*seeds: int) -> Iterator[Case]:
    """Give cases of one small town."""
    subject = Subject(read("tiny-2"))
    return (Case(subject, seed) for seed in seeds)


@contextlib.contextmanager
def lightly() -> Iterator[None]:
    """Have the batch do light work."""
    with mock.patch.object(batch, "make_ready"), mock.patch.object(batch, "solve", stand_in):
        yield


def files(out: Path) -> dict[str, bytes]:
    """Give everything that lies in a run besides the ledger and its journal."""
    return {
        str(f.relative_to(out)): f.read_bytes()
        for f in sorted(out.rglob("*"))
        if f.is_file() and not f.name.startswith("ledger.")
    }


class Loud(Observer):
    """Writes a line for each case that is over, so that whoever kills can wait for one."""

    def ended(self, entry: Any, tally: Any) -> None:
        print(entry.state, flush=True)


if __name__ == "__main__":  # python -m support.stub_batch RUN CASES WORKERS [SCHEDULER]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may have it ignored
    out, count, workers, *address = sys.argv[1:]
    crew = None
    if address:
        from optimiser.jobs.dask_workers import Cluster

        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # as the command line does
        crew = Cluster(address[0])
    with lightly():
        try:
            run_batch(cases(*range(int(count))), out, workers=int(workers), crew=crew, observer=Loud())
        except OptimiserError as error:
            sys.exit(error.exit_code)
