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

from support.stub_planning import stand_in

from optimiser.batch import driver
from optimiser.batch.case import Case, Subject
from optimiser.batch.driver import BatchObserver
from optimiser.batch.run_batch import run_batch
from optimiser.common.errors import OptimiserError
from optimiser.files.read import read


def cases(*seeds: int) -> Iterator[Case]:
    """Give cases of one small town."""
    subject = Subject(read("tiny-2"))
    return (Case(subject, seed) for seed in seeds)


@contextlib.contextmanager
def lightly() -> Iterator[None]:
    """Have the batch do light work."""
    with mock.patch.object(driver, "warm_up"), mock.patch.object(driver, "solve_case", stand_in):
        yield


def files(out: Path) -> dict[str, bytes]:
    """Give everything that lies in a run besides the ledger and its journal."""
    return {
        str(f.relative_to(out)): f.read_bytes()
        for f in sorted(out.rglob("*"))
        if f.is_file() and not f.name.startswith("ledger.")
    }


class PrintingObserver(BatchObserver):
    """Writes a line for each case that is over, so that whoever kills can wait for one."""

    def ended(self, entry: Any, tally: Any) -> None:
        print(entry.state, flush=True)


if __name__ == "__main__":  # python -m support.stub_batch RUN CASES WORKERS [SCHEDULER]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may have it ignored
    out, count, workers, *address = sys.argv[1:]
    executor = None
    if address:
        from optimiser.jobs.dask_executor import DaskExecutor

        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # as the command line does
        executor = DaskExecutor(address[0])
    with lightly():
        try:
            run_batch(
                cases(*range(int(count))), out, workers=int(workers), executor=executor, observer=PrintingObserver()
            )
        except OptimiserError as error:
            sys.exit(error.exit_code)
