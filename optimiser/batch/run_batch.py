"""Many cases, solved side by side and written down one by one, so that nothing finished is lost or done again.

The driver lists the cases in the ledger, gives them to a crew a few at a time, and for each that comes back writes the
result's file first, a line in the journal second and its row in the ledger third. Whatever is killed at whatever time,
the same call goes on where it was. Neither memory nor the crew's queue grows with the number of cases.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import psutil

from optimiser.batch.case import PLAN, Case, solve
from optimiser.batch.run_folder import LEDGER, Run
from optimiser.batch.run_journal import Finished
from optimiser.common.cancellation import lookout
from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message
from optimiser.common.version import program_version
from optimiser.jobs.ledger import Ledger
from optimiser.jobs.process_identity import me
from optimiser.jobs.task import Entry, State, Task
from optimiser.jobs.warm_up import make_ready
from optimiser.jobs.workers import Crew, Ended, Processes
from optimiser.model.escalation_law import EscalationLaw
from optimiser.model.values.arguments import a, checked, maybe

BREATH = 0.5  # s between two looks at the crew; Ctrl-C and the display wait no longer
RECOUNT = 10.0  # s after which it is looked what other calls have done; assumed
DRAFT = "optimiser-draft-"  # how the names of temporary folders begin; the number of their process follows
DIED = "its worker died while it worked on it"


class Tally(NamedTuple):
    """How far a batch has come.

    Attributes
    ----------
    counts : cases of this version of the program by state.
    others : cases that another version listed, or of a law that nobody gave; they are left alone.
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


class Observer:
    """Told how a batch comes along; overwrite what you need."""

    def restored(self, count: int) -> None:
        """The ledger was damaged or gone, and is made anew from so many results; comes first."""

    def began(self, tally: Tally, new: int, redone: int) -> None:
        """Cases are listed, `new` of them for the first time.

        `redone` are done again because their files are missing or not what was written.
        """

    def compiling(self) -> None:
        """The simulation has to be compiled first, once after an installation; that takes a while."""

    def ended(self, entry: Entry, tally: Tally) -> None:
        """A case is over, or its worker died and it waits again."""

    def waited(self, tally: Tally) -> None:
        """Nothing has ended for a while."""


@checked(observer=maybe(a(Observer, Message("derive your own from Observer"))))
def run_batch(
    cases: Iterable[Case],
    out: str | Path,
    *,
    workers: int | None = None,
    crew: Crew | None = None,
    again: bool = False,
    observer: Observer | None = None,
) -> Tally:
    """Solve cases and keep their results in a folder; called again, it goes on where it was.

    Parameters
    ----------
    cases : taken one by one, so there may be any number; those that the folder knows are not listed twice. None at all
        goes on with what is there, but for cases of a law of one's own, which has to be given again. If the iterable
        raises, none of them is listed and no folder is made.
    out : folder, made if it does not exist. Several calls may work on it at the same time, on one machine.
    workers : processes; as many as there are processors if None.
    crew : who does the work instead, such as `cluster.Cluster`; it is closed at the end.
    again : whether cases that failed or were set aside are tried once more.

    Raises
    ------
    FileTrouble : a file cannot be written, or the cluster is gone; what was finished is kept.
    OptimiserError : nothing tells when the law of a case is another one, see `law_signature.sign`.
    BadSetting : an argument is none that can be used; all that are wrong are named.
    KeyboardInterrupt : interrupted, or called off by `cancelled_by`; what was finished is kept.
    """
    laws: dict[str, EscalationLaw] = {}
    with contextlib.closing(crew or Processes(workers)) as hands, _draft(cases, laws) as draft, Run(out) as run:
        observer = observer or Observer()
        if run.restored is not None:
            observer.restored(run.restored)
        new = run.ledger.enlist(_listed(draft, run.ledger))
        return _Driver(run, hands, observer, laws, fresh=crew is None).drive(new, again)


def results(out: str | Path) -> Iterator[tuple[Entry, bytes | None]]:
    """Give every case of a folder with its document, None where it has none, in the order in which they were listed.

    Raises
    ------
    FileTrouble : there is no run, or a file is missing or was changed.
    """
    with Run(out, create=False) as run:
        for entry in run.ledger.entries(kind=PLAN):
            yield entry, run.shelf.get(entry) if entry.state == "done" else None


@contextlib.contextmanager
def _draft(cases: Iterable[Case], laws: dict[str, EscalationLaw]) -> Iterator[Ledger]:
    """List cases in a ledger that is thrown away, and their laws by the version that each makes.

    Listing may be refused at its last case and may take long; until it is through, nothing is written into the run, and
    nobody who works on it waits.
    """
    _sweep_drafts()
    try:
        folder = tempfile.TemporaryDirectory(prefix=f"{DRAFT}{os.getpid()}-", ignore_cleanup_errors=True)
    except OSError as error:
        raise FileTrouble(Message("no temporary folder can be made: {error}", error=str(error))) from error
    with folder, Ledger(Path(folder.name) / LEDGER) as draft:
        draft.enlist(_tasks(cases, draft, laws))
        yield draft


def _sweep_drafts() -> None:
    """Remove the drafts of our user's processes that were killed: they hold whole instances."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as found:
        for entry in found:
            number = entry.name.removeprefix(DRAFT).partition("-")[0]
            if entry.name.startswith(DRAFT) and number.isdecimal() and not psutil.pid_exists(int(number)):
                with contextlib.suppress(OSError):
                    mine = not hasattr(os, "getuid") or entry.stat(follow_symlinks=False).st_uid == os.getuid()
                    if mine and entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path, ignore_errors=True)


def _tasks(cases: Iterable[Case], ledger: Ledger, laws: dict[str, EscalationLaw]) -> Iterator[Task]:
    last = ""
    for case in cases:
        task = case.task()
        if task.input != last:
            last = ledger.keep(case.subject.body)
        if case.law is not None and task.version != program_version():
            laws[task.version] = case.law
        yield task


def _listed(draft: Ledger, ledger: Ledger) -> Iterator[Task]:
    last = ""
    for entry in draft.entries():
        if entry.task.input != last:
            last = ledger.keep(draft.input(entry.task.input))
        yield entry.task


@dataclass
class _Driver:
    """Moves cases from the ledger to the crew and back.

    Attributes
    ----------
    laws : of the user's own, by the version that each makes of this program.
    fresh : whether the crew is of this machine and nobody has seen to it that it is ready.
    given : keys of the cases that the crew has.
    arrived : what came back and is not written down yet.
    """

    run: Run
    crew: Crew
    observer: Observer
    laws: Mapping[str, EscalationLaw]
    fresh: bool = False
    given: set[str] = field(default_factory=set)
    arrived: list[Ended] = field(default_factory=list)
    ended: int = 0

    def drive(self, new: int, again: bool) -> Tally:
        """Work until nothing waits."""
        self.owner, self.version, self.begun = me(), (program_version(), *self.laws), time.monotonic()
        redone, look = self._look_back(again), lookout()
        self._count()
        self.observer.began(self.tally(), new, redone)
        if self.fresh and self._waiting():
            make_ready(self.crew, self.observer.compiling)
        try:
            self._hand_out(self._write_down(self.arrived))
            while self.given or self._waiting():
                look()
                self.arrived += self.crew.wait(BREATH)
                if not self.arrived:
                    self.observer.waited(self.tally())
                self._hand_out(self._write_down(self.arrived))
        finally:
            self._leave()
        self._count()
        return self.tally()

    def _waiting(self) -> bool:
        """Tell whether cases wait though nobody works: those who could are being started again."""
        return self.run.ledger.counts(PLAN, self.version)["waiting"] > 0

    def tally(self) -> Tally:
        """Give how far it is; what other calls do is seen at the next count."""
        return Tally(dict(self.counts), self.others, self.ended, time.monotonic() - self.begun)

    def _count(self) -> None:
        """Count the cases; that takes the longer the more there are, so it is not done for each."""
        self.counts, self.counted = self.run.ledger.counts(PLAN, self.version), time.monotonic()
        self.others = sum(self.run.ledger.counts(PLAN).values()) - sum(self.counts.values())

    def _look_back(self, again: bool) -> int:
        """Take up what earlier calls left; gives how many results are not there as they were written."""
        ledger, shelf = self.run.ledger, self.run.shelf
        ledger.reclaim()
        if not ledger.counts(PLAN)["running"]:
            shelf.sweep()
        if again:
            ledger.retry("failed", "aside", version=self.version)
        done = ledger.entries("done", PLAN, self.version)
        lost = [entry.task.key for entry in done if shelf.condition(entry) != "whole"]
        for key in lost:
            ledger.redo(key)
        return len(lost)

    def _hand_out(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            task = entry.task
            law = (self.laws[task.version],) if task.version in self.laws else ()
            self.crew.give(task.key, solve, self.run.ledger.input(task.input), dict(task.spec), task.version, *law)

    def _write_down(self, ended: Sequence[Ended], more: bool = True) -> list[Entry]:
        """Write files of what came back, then in one transaction its rows and the claim of what is next; gives that.

        What came back is forgotten here only when its row is on the disk.
        """
        ledger, room = self.run.ledger, self.crew.room if more else 0
        if not ended and room <= 0:
            return []
        files = [self._keep(one) for one in ended]
        self.run.journal.add(self._finished(ended, files), ledger)
        with ledger.transaction():
            over = [self._settle(one, file) for one, file in zip(ended, files, strict=True)]
            claimed = ledger.claim(self.owner, room, PLAN, self.version) if room > 0 else []
            self.given.update(
                entry.task.key for entry in claimed
            )  # before the commit: whatever comes, it is given back
        self.given.difference_update(entry.task.key for entry in over)
        self.given.update(entry.task.key for entry in claimed)  # of which one may have come back with its worker dead
        self.arrived = [one for one in self.arrived if all(one is not other for other in ended)]
        self._tell(over, len(claimed))
        return claimed

    def _keep(self, ended: Ended) -> tuple[int, str] | None:
        content = ended.value.content if ended.value is not None else None
        return self.run.shelf.put(str(ended.ticket), content) if content is not None else None

    def _finished(self, ended: Sequence[Ended], files: Sequence[tuple[int, str] | None]) -> Iterator[Finished]:
        for one, file in zip(ended, files, strict=True):
            if file is not None:
                yield Finished(self.run.ledger.entry(str(one.ticket)), one.value.summary, *file)

    def _settle(self, ended: Ended, file: tuple[int, str] | None) -> Entry:
        ledger, key, error = self.run.ledger, str(ended.ticket), ended.error
        if ledger.entry(key).state != "running":
            pass  # interrupted right after its row was written, we are here for the second time
        elif ended.died:
            ledger.bury(key, {"kind": "Died", "code": 1, "message": DIED})
        elif error is not None:
            ledger.fail(key, {"kind": type(error).__name__, "code": 1, "message": str(error)})
        elif file is None:
            ledger.fail(key, ended.value.error)
        else:
            ledger.finish(key, ended.value.summary, *file)
        return ledger.entry(key)

    def _tell(self, over: Sequence[Entry], claimed: int) -> None:
        """Count on, and tell the observer."""
        self.counts["waiting"] -= claimed
        self.counts["running"] += claimed
        if time.monotonic() - self.counted > RECOUNT:
            self._count()
        else:
            for entry in over:
                self.counts["running"] -= 1
                self.counts[entry.state] += 1
        for entry in over:
            self.ended += entry.state != "waiting"
            self.observer.ended(entry, self.tally())

    def _leave(self) -> None:
        """Keep what has come back, end the workers, and give back what they had."""
        if self.given:
            with contextlib.suppress(FileTrouble):  # the cluster is gone: that is what we leave for
                self.arrived += self.crew.wait(0.0)
        for one in list(self.arrived):
            with contextlib.suppress(FileTrouble):  # the disk is full: what is not written down will be done again
                self._write_down([one], more=False)
        self.crew.close()
        with contextlib.suppress(FileTrouble):
            self.run.ledger.release(self.owner, self.given)
