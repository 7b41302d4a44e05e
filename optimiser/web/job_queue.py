"""The office: takes jobs, has workers do them, and knows what has become of each; all of it survives a restart.

A job is a task in the ledger, its result a file on the results. One thread moves jobs from the ledger to the workers and
back; requests only look things up and list new ones.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optimiser.common.errors import Cancelled, FileTrouble, OptimiserError
from optimiser.common.message import Message
from optimiser.jobs.executor import CallResult
from optimiser.jobs.ledger import Ledger
from optimiser.jobs.process_executor import ProcessExecutor
from optimiser.jobs.process_identity import this_process
from optimiser.jobs.result_store import ResultStore
from optimiser.jobs.task import LedgerEntry, State, Task
from optimiser.web.asking import Kind, Understood
from optimiser.web.work import Done, read_progress, work

BREATH = 0.1  # s between two looks at the workers
WORK = "job"  # kind of the tasks that jobs are
LEDGER, RESULTS, NOTES = "ledger.sqlite", "results", "notes"
OVER: tuple[State, ...] = ("done", "failed", "aside")


class Full(OptimiserError):
    """As many jobs wait as may; another one has to be asked for later."""


class Reused(OptimiserError):
    """An idempotency key that another request has had."""


class Runs(OptimiserError):
    """A job that runs cannot be removed."""


class Office:
    """Jobs in a folder.

    Parameters
    ----------
    folder : made if it does not exist.
    workers : processes that do jobs; as many as there are processors if None.
    most : jobs that may wait or run; beyond it `submit` refuses.

    Raises
    ------
    FileTrouble : the folder cannot be used.
    """

    def __init__(self, folder: str | Path, workers: int | None = None, most: int = 100) -> None:
        self.folder = Path(folder)
        self.ledger = Ledger(self.folder / LEDGER)
        self.results = ResultStore(self.folder / RESULTS)
        self.notes = self.folder / NOTES
        self.most = most
        self._opened = False
        self._executor = ProcessExecutor(workers, low_priority=True)
        self._door = threading.Lock()  # of those who submit, so that no more come in than may
        self._bell, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="office", daemon=True)
        self._given: set[str] = set()
        self._claimed: deque[LedgerEntry] = deque()  # what no worker has been given yet
        self._arrived: deque[CallResult] = deque()  # what came back and is not written down yet

    def open(self) -> None:
        """Take up what an earlier server left, and begin to work."""
        self.notes.mkdir(parents=True, exist_ok=True)
        self.ledger.reclaim()
        if not self.ledger.counts(WORK)["running"]:
            self._sweep()
        self._opened = True
        self._thread.start()

    def _sweep(self) -> None:
        """Remove what a server that was killed left: halves of files, notes and results of jobs that are not there."""
        self.results.remove_parts()
        for key in self.results.list_keys():
            if not self._known(key):
                self.results.remove(key)
        for note in self.notes.iterdir():
            if note.suffix == ".part" or not self._known(note.stem) or self.job(note.stem).state in OVER:
                with contextlib.suppress(OSError):
                    note.unlink()

    def _known(self, key: str) -> bool:
        try:
            self.ledger.entry(key)
        except KeyError:
            return False
        return True

    @property
    def closing(self) -> bool:
        """Whether nobody works any more, or soon will not."""
        return self._closing.is_set()

    def leave(self) -> None:
        """Begin no work any more; `close` has to follow."""
        self._closing.set()
        self._bell.set()

    def close(self) -> None:
        """Stop working at once; what is not done waits for the next server."""
        self.leave()
        if self._thread.is_alive():
            self._thread.join()
        self._executor.close()
        with contextlib.suppress(FileTrouble):
            self.ledger.release(this_process(), self._given)
        self.ledger.close()

    # ------------------------------------------------------------ for requests

    def submit(self, kind: Kind, asked: Understood, once: str | None = None) -> LedgerEntry:
        """List a job; it is on the disk when this returns.

        Parameters
        ----------
        once : idempotency key of the request; who sends the same request again with the same key gets the same job.

        Raises
        ------
        Full : too many wait already.
        FileTrouble : it cannot be written down, or nobody is there to do it.
        Reused : another request has had the key.
        """
        if self._opened and not self._thread.is_alive():
            raise FileTrouble(Message("nobody works any more; the server has to be started again"))
        spec = {"do": kind, "instance": asked.instance.name, "numbers": dict(asked.numbers)}
        key = os.urandom(16).hex() if once is None else hashlib.sha256(f"once {once}".encode()).hexdigest()[:32]
        body = asked.body()
        with self._door:
            if self._known(key):
                earlier = self.ledger.entry(key)
                if (dict(earlier.task.spec), earlier.task.input) != (spec, hashlib.sha256(body).hexdigest()):
                    raise Reused(Message("another request has had this Idempotency-Key; take a new one"))
                return earlier
            counts = self.ledger.counts(WORK)
            if counts["waiting"] + counts["running"] >= self.most:
                raise Full(Message("{n} jobs wait or run, and no more may", n=str(self.most)))
            with self.ledger.transaction():  # both or none: an input that nobody has may be removed
                self.ledger.add([Task(key, WORK, spec, self.ledger.store_input(body))])
        self._bell.set()
        return self.ledger.entry(key)

    def job(self, key: str) -> LedgerEntry:
        """Return a job.

        Raises
        ------
        KeyError : there is none.
        """
        return self.ledger.entry(key)

    def latest(self, most: int, before: int | None = None) -> list[LedgerEntry]:
        """List jobs, the latest first.

        Parameters
        ----------
        before : only those listed before this position.
        """
        return self.ledger.latest(most, before, WORK)

    def progress(self, key: str) -> dict[str, Any] | None:
        """Tell how far a job that runs has come; None where nothing is known."""
        return read_progress(self.notes / f"{key}.progress")

    def result(self, entry: LedgerEntry) -> bytes:
        """Return the document of a job that is done.

        Raises
        ------
        FileTrouble : the file is missing or was changed.
        """
        return self.results.get(entry)

    def cancel(self, key: str) -> LedgerEntry:
        """Call a job off: one that waits ends at once, one that runs gives the best it has so far.

        Raises
        ------
        KeyError : there is none.
        FileTrouble : it cannot be written down.
        """
        with self.ledger.transaction():
            entry = self.ledger.entry(key)
            if entry.state == "waiting":
                said = Message("cancelled before it was begun")
                self.ledger.fail(key, {"kind": "Cancelled", "code": 130, "message": said, "said": said.pack()})
        if entry.state == "running":
            file = self.notes / f"{key}.cancel"
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()
            except OSError as error:
                reason = error.strerror or str(error)
                raise FileTrouble(
                    Message("{file}: could not be written: {error}", file=str(file), error=reason)
                ) from error
        return self.ledger.entry(key)

    def remove(self, key: str) -> None:
        """Forget a job that does not run: its line, what it was asked with, its document.

        Raises
        ------
        KeyError : there is none.
        Runs : it runs.
        FileTrouble : it cannot be removed.
        """
        if not self.ledger.remove(key, "waiting", *OVER):
            raise Runs(Message("the job runs; call it off, and remove it when it is over"))
        self.results.remove(key)
        for ending in ("progress", "cancel"):
            with contextlib.suppress(OSError):
                (self.notes / f"{key}.{ending}").unlink(missing_ok=True)

    # ------------------------------------------------------------ for workers

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._step()
            except (FileTrouble, OSError):  # no room on the disk, or for a process: what came back is kept, and goes on
                self._closing.wait(1.0)

    def _step(self) -> None:
        self._bell.clear()
        if self._executor.free > 0 and not self._claimed:
            self._claimed.extend(self.ledger.lease(this_process(), self._executor.free, WORK))
            self._given.update(entry.task.key for entry in self._claimed)
        while self._claimed:
            task = self._claimed[0].task
            body, files = self.ledger.read_input(task.input), str(self.notes / task.key)
            self._executor.submit(task.key, work, task.spec["do"], body, task.spec["numbers"], files)
            self._claimed.popleft()  # only what a worker has is forgotten here
        if self._given:
            self._arrived.extend(self._executor.wait(BREATH))
            while self._arrived:
                self._write_down(str(self._arrived[0].ticket), self._arrived[0])
                self._arrived.popleft()  # only what is on the disk is forgotten here
        else:
            self._bell.wait(1.0)

    def _write_down(self, key: str, ended: CallResult) -> None:
        """Write the file first and the row second, so that nobody is told of a result that is not there."""
        if ended.died:
            said = Message("its worker died")
            self.ledger.record_death(key, {"kind": "Died", "code": 1, "message": said, "said": said.pack()})
        elif ended.error is not None:
            self.ledger.fail(key, {"kind": type(ended.error).__name__, "code": 1, "message": str(ended.error)})
        else:
            self._keep(key, ended.value)
        self._given.discard(key)
        with contextlib.suppress(OSError):  # a note that stays says nothing: nobody reads it once the job is over
            (self.notes / f"{key}.progress").unlink(missing_ok=True)
            if not ended.died:  # it will be done again, and then called off again
                (self.notes / f"{key}.cancel").unlink(missing_ok=True)

    def _keep(self, key: str, done: Done) -> None:
        if done.content is None:
            self.ledger.fail(key, done.error)
        else:
            size, mark = self.results.put(key, done.content)
            self.ledger.finish(key, done.summary, size, mark)


def was_cancelled(entry: LedgerEntry) -> bool:
    """Tell whether a job ended because it was called off, with the best until then or with nothing."""
    if entry.state == "done":
        return bool(entry.summary.get("interrupted", False))
    return entry.state == "failed" and entry.error.get("kind") == Cancelled.__name__


def tell_failure(entry: LedgerEntry) -> str:
    """Return why a job has no result, as a `Message` wherever it can be told in another language."""
    error = entry.error
    return Message.unpack(error["said"]) if "said" in error else str(error.get("message", ""))


def describe_job(entry: LedgerEntry, progress: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a job as a document."""
    spec, error = entry.task.spec, entry.error
    names = ("kind", "code", "message", "faults")
    state = "cancelled" if was_cancelled(entry) else entry.state
    return {
        "format": "optimiser-job/1",
        "id": entry.task.key,
        "position": entry.position,
        "do": spec["do"],
        "instance": spec["instance"],
        "settings": spec["numbers"],
        "state": state,
        "over": entry.state in OVER,
        "interrupted": bool(entry.summary.get("interrupted", False)),
        "result": entry.summary.get("format"),
        "progress": dict(progress) if progress is not None else None,
        "error": {name: error[name] for name in names if name in error} if entry.state in ("failed", "aside") else None,
    }
