"""The driver of a batch: it moves cases from the ledger to an executor and writes down what comes back.

Of each case that comes back it writes the result's file first, a line in the journal second and its row in the ledger
third. Whatever is killed at whatever time, a later driver goes on where this one was.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from optimiser.batch.case import PLAN, solve_case
from optimiser.batch.run_folder import Run
from optimiser.batch.run_journal import FinishedCase
from optimiser.common.cancellation import lookout
from optimiser.common.errors import FileTrouble
from optimiser.common.version import program_version
from optimiser.jobs.executor import CallResult, Executor
from optimiser.jobs.outcome import record_end, store_result
from optimiser.jobs.process_identity import this_process
from optimiser.jobs.task import LedgerEntry, State
from optimiser.jobs.warm_up import warm_up
from optimiser.model.laws.escalation_law import EscalationLaw

POLL_INTERVAL = 0.5  # s between two looks at the executor; Ctrl-C and the display wait no longer
RECOUNT_INTERVAL = 10.0  # s after which it is looked what other drivers have done; assumed
DEATH = {"kind": "Died", "code": 1, "message": "its worker died while it worked on it"}


class BatchProgress(NamedTuple):
    """How far a batch has come.

    Attributes
    ----------
    counts : cases of this version of the program by state.
    others : cases of another version, or of a law that was not given; they are left alone.
    ended : cases that ended since this call began.
    seconds : since this call began.
    """

    counts: dict[State, int]
    others: int
    ended: int
    seconds: float

    @property
    def total(self) -> int:
        """Cases of this version."""
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """Cases that are not over."""
        return self.counts["waiting"] + self.counts["running"]

    @property
    def rate(self) -> float:
        """Cases that ended, per second."""
        return self.ended / self.seconds if self.seconds > 0.0 else 0.0

    @property
    def time_left(self) -> float | None:
        """Seconds until all are over, at the rate until now; None where that is not known."""
        return self.left / self.rate if self.ended else None


class BatchObserver:
    """Is told how a batch comes along; override what you need."""

    def restored(self, count: int) -> None:
        """The ledger was damaged or gone, and is made anew from so many results; comes first."""

    def began(self, progress: BatchProgress, new: int, redone: int) -> None:
        """Cases are listed, `new` of them for the first time.

        `redone` are done again because their files are missing or not what was written.
        """

    def compiling(self) -> None:
        """The simulation has to be compiled first, once after an installation; that takes a while."""

    def ended(self, entry: LedgerEntry, progress: BatchProgress) -> None:
        """A case is over, or its worker died and it waits again."""

    def waited(self, progress: BatchProgress) -> None:
        """Nothing has ended for a while."""


@dataclass
class Driver:
    """Drives one batch.

    Attributes
    ----------
    laws : of the user's own, by the version that each makes of this program.
    cold : whether the workers are of this machine and may have to compile the simulation first.
    leased : keys of the cases that the executor has.
    arrived : results that came back and are not written down yet.
    """

    run: Run
    executor: Executor
    observer: BatchObserver
    laws: Mapping[str, EscalationLaw]
    cold: bool = False
    leased: set[str] = field(default_factory=set)
    arrived: list[CallResult] = field(default_factory=list)
    ended: int = 0

    def drive(self, new: int, again: bool) -> BatchProgress:
        """Work until no case waits; returns how far the batch has come.

        Parameters
        ----------
        new : cases that were listed for the first time.
        again : whether cases that failed or were set aside are tried once more.
        """
        self.owner, self.version, self.begun = this_process(), (program_version(), *self.laws), time.monotonic()
        redone, look = self._resume(again), lookout()
        self._count()
        self.observer.began(self.progress(), new, redone)
        if self.cold and self._waiting():
            warm_up(self.executor, self.observer.compiling)
        try:
            self._submit(self._write_down(self.arrived))
            while self.leased or self._waiting():
                look()
                self.arrived += self.executor.wait(POLL_INTERVAL)
                if not self.arrived:
                    self.observer.waited(self.progress())
                self._submit(self._write_down(self.arrived))
        finally:
            self._leave()
        self._count()
        return self.progress()

    def progress(self) -> BatchProgress:
        """Return how far it is; what other drivers do is seen at the next count."""
        return BatchProgress(dict(self.counts), self.others, self.ended, time.monotonic() - self.begun)

    def _waiting(self) -> bool:
        """Tell whether cases wait though no worker is busy: all workers are being started again."""
        return self.run.ledger.counts(PLAN, self.version)["waiting"] > 0

    def _count(self) -> None:
        """Count the cases; that takes the longer the more there are, so it is not done for each."""
        self.counts, self.counted = self.run.ledger.counts(PLAN, self.version), time.monotonic()
        self.others = sum(self.run.ledger.counts(PLAN).values()) - sum(self.counts.values())

    def _resume(self, again: bool) -> int:
        """Take up what earlier drivers left; returns how many results are not there as they were written."""
        ledger, results = self.run.ledger, self.run.results
        ledger.reclaim()
        if not ledger.counts(PLAN)["running"]:
            results.remove_parts()
        if again:
            ledger.retry("failed", "aside", version=self.version)
        done = ledger.entries("done", PLAN, self.version)
        lost = [entry.task.key for entry in done if results.condition(entry) != "whole"]
        for key in lost:
            ledger.requeue(key)
        return len(lost)

    def _submit(self, entries: Iterable[LedgerEntry]) -> None:
        for entry in entries:
            task = entry.task
            law = (self.laws[task.version],) if task.version in self.laws else ()
            body = self.run.ledger.read_input(task.input)
            self.executor.submit(task.key, solve_case, body, dict(task.spec), task.version, *law)

    def _write_down(self, ended: Sequence[CallResult], more: bool = True) -> list[LedgerEntry]:
        """Write files of what came back, then in one transaction its rows and the next leases; returns those.

        A result is forgotten here only when its row is on the disk.
        """
        ledger, free = self.run.ledger, self.executor.free if more else 0
        if not ended and free <= 0:
            return []
        files = [store_result(self.run.results, one) for one in ended]
        self.run.journal.add(self._finished(ended, files), ledger)
        with ledger.transaction():
            over = [record_end(ledger, one, file, DEATH) for one, file in zip(ended, files, strict=True)]
            leased = ledger.lease(self.owner, free, PLAN, self.version) if free > 0 else []
            self.leased.update(entry.task.key for entry in leased)  # before the commit, so that they are released
        self.leased.difference_update(entry.task.key for entry in over)
        self.leased.update(entry.task.key for entry in leased)  # of which one may have come back with its worker dead
        self.arrived = [one for one in self.arrived if all(one is not other for other in ended)]
        self._tell(over, len(leased))
        return leased

    def _finished(self, ended: Sequence[CallResult], files: Sequence[tuple[int, str] | None]) -> Iterator[FinishedCase]:
        for one, file in zip(ended, files, strict=True):
            if file is not None:
                yield FinishedCase(self.run.ledger.entry(str(one.ticket)), one.value.summary, *file)

    def _tell(self, over: Sequence[LedgerEntry], leased: int) -> None:
        """Count on, and tell the observer."""
        self.counts["waiting"] -= leased
        self.counts["running"] += leased
        if time.monotonic() - self.counted > RECOUNT_INTERVAL:
            self._count()
        else:
            for entry in over:
                self.counts["running"] -= 1
                self.counts[entry.state] += 1
        for entry in over:
            self.ended += entry.state != "waiting"
            self.observer.ended(entry, self.progress())

    def _leave(self) -> None:
        """Write down what has come back, end the workers, and release the leases that are left."""
        if self.leased:
            with contextlib.suppress(FileTrouble):  # the cluster is gone: that is why the driver leaves
                self.arrived += self.executor.wait(0.0)
        for one in list(self.arrived):
            with contextlib.suppress(FileTrouble):  # the disk is full: what is not written down will be done again
                self._write_down([one], more=False)
        self.executor.close()
        with contextlib.suppress(FileTrouble):
            self.run.ledger.release(self.owner, self.leased)
