"""The queue of jobs: it takes jobs, has workers do them, and keeps their states; all of it survives a restart.

A job is a task in the ledger, its result a file. One thread moves jobs from the ledger to the workers and back;
requests only look things up and add new ones.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections import Counter, deque
from pathlib import Path
from typing import Any

from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message
from optimiser.common.processors import processors
from optimiser.jobs.executor import CallResult
from optimiser.jobs.folder_lock import FolderLock
from optimiser.jobs.ledger import Ledger
from optimiser.jobs.outcome import record_end, store_result
from optimiser.jobs.process_executor import ProcessExecutor
from optimiser.jobs.process_identity import this_process
from optimiser.jobs.result_store import ResultStore
from optimiser.jobs.task import OVER, LedgerEntry, Task
from optimiser.output.documents.schemas.publish import JobKind
from optimiser.web.job_errors import JobRunning, KeyReused, QueueFull
from optimiser.web.requests import JobRequest
from optimiser.web.run_job import read_progress, run_job

POLL_INTERVAL = 0.1  # s between two looks at the workers
SEARCH, QUICK, BACKGROUND = "job", "quick job", "background job"  # kinds of the tasks that jobs are
JOBS = (QUICK, SEARCH, BACKGROUND)  # in the order in which they are begun
TASK_KINDS: dict[JobKind, str] = {  # all others are searches, of a minute or many
    **dict.fromkeys(("simulate", "compare", "score", "exercise"), QUICK),  # of seconds, and somebody waits
    "firm": BACKGROUND,  # of minutes, and nobody waits: a board asks for it by itself
}
LEDGER, RESULTS, NOTES = "ledger.sqlite", "results", "notes"


class JobQueue:
    """Jobs in a folder.

    A short question never waits for a search: one process more than do searches is there for it. What nobody waits for
    is begun where there is no search for a worker, and keeps no other job waiting.

    Parameters
    ----------
    folder : made if it does not exist.
    workers : searches that are done at once; as many as there are processors if None.
    most : jobs that may wait or run; beyond it `submit` refuses.

    Raises
    ------
    FileTrouble : the folder cannot be used, or another queue works in it.
    """

    def __init__(self, folder: str | Path, workers: int | None = None, most: int = 100) -> None:
        self.folder = Path(folder)
        self._lock = FolderLock(self.folder)
        self.ledger = Ledger(self.folder / LEDGER)
        self.results = ResultStore(self.folder / RESULTS)
        self.notes = self.folder / NOTES
        self.most = most
        self._opened = False
        self.workers = workers or processors()
        # two more than search: one for what is quick, and one for what nobody waits for
        self._executor = ProcessExecutor(self.workers + 2, low_priority=True)
        self._submitting = threading.Lock()  # so that no more jobs wait or run than may
        self._submitted, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="job-queue", daemon=True)
        self._leased: dict[str, str] = {}  # jobs that the workers have: key and kind of task
        self._unsent: deque[LedgerEntry] = deque()  # leased, and not submitted to the executor yet
        self._arrived: deque[CallResult] = deque()  # results that are not written down yet

    def open(self) -> None:
        """Take up what an earlier server left, and start to work."""
        self.notes.mkdir(parents=True, exist_ok=True)
        self.ledger.reclaim()
        if not self.ledger.counts(JOBS)["running"]:
            self._remove_leftovers()
        self._opened = True
        self._thread.start()

    def _remove_leftovers(self) -> None:
        """Remove what a server that was killed left: halves of files, how far jobs were, and what no job there has."""
        self.results.remove_parts()
        for key in self.results.list_keys():
            if not self._known(key):
                self.results.remove(key)
        for note in self.notes.iterdir():
            if note.suffix in (".part", ".progress") or not self._known(note.stem) or self.job(note.stem).state in OVER:
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
        """Whether the queue works no more, or soon will not."""
        return self._closing.is_set()

    def stop(self) -> None:
        """Start no job any more; `close` has to follow."""
        self._closing.set()
        self._submitted.set()

    def close(self) -> None:
        """Stop working at once; what is not done waits for the next server."""
        self.stop()
        if self._thread.is_alive():
            self._thread.join()
        self._executor.close()
        with contextlib.suppress(FileTrouble):
            self.ledger.release(this_process(), self._leased)
        self.ledger.close()
        self._lock.close()

    # ------------------------------------------------------------ for requests

    def submit(self, kind: JobKind, asked: JobRequest, once: str | None = None) -> LedgerEntry:
        """Add a job; it is on the disk when this returns.

        Parameters
        ----------
        once : idempotency key of the request; the same request with the same key is the same job.

        Raises
        ------
        QueueFull : too many wait already.
        FileTrouble : it cannot be written down, or the queue works no more.
        KeyReused : another request has had the key.
        """
        if self._opened and not self._thread.is_alive():
            raise FileTrouble(Message("nobody works any more; the server has to be started again"))
        spec = {"do": kind, "instance": asked.instance.name, "numbers": dict(asked.numbers)}
        key = os.urandom(16).hex() if once is None else hashlib.sha256(f"once {once}".encode()).hexdigest()[:32]
        body = asked.body()
        with self._submitting:
            if self._known(key):
                earlier = self.ledger.entry(key)
                if (dict(earlier.task.spec), earlier.task.input) != (spec, hashlib.sha256(body).hexdigest()):
                    raise KeyReused(Message("another request has had this Idempotency-Key; take a new one"))
                return earlier
            counts = self.ledger.counts(JOBS)
            if counts["waiting"] + counts["running"] >= self.most:
                raise QueueFull(Message("{n} jobs wait or run, and no more may", n=str(self.most)))
            with self.ledger.transaction():  # both or none: an input that no task has may be removed
                self.ledger.add([Task(key, TASK_KINDS.get(kind, SEARCH), spec, self.ledger.store_input(body))])
        self._submitted.set()
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
        before : only those added before this position.
        """
        return self.ledger.latest(most, before, JOBS)

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

    def body(self, entry: LedgerEntry) -> bytes:
        """Return what a job was asked with besides its numbers, see `JobRequest.of`."""
        return self.ledger.read_input(entry.task.input)

    def cancel(self, key: str) -> LedgerEntry:
        """Cancel a job: one that waits ends at once, one that runs results in the best plan so far.

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
        """Remove a job that does not run: its entry, its input, its document.

        Raises
        ------
        KeyError : there is none.
        JobRunning : it runs.
        FileTrouble : it cannot be removed.
        """
        if not self.ledger.remove(key, "waiting", *OVER):
            raise JobRunning(Message("the job runs; call it off, and remove it when it is over"))
        self.results.remove(key)
        for ending in ("progress", "cancel"):
            with contextlib.suppress(OSError):
                (self.notes / f"{key}.{ending}").unlink(missing_ok=True)

    # ------------------------------------------------------------ for workers

    def _work(self) -> None:
        while not self._closing.is_set():
            try:
                self._step()
            except (FileTrouble, OSError):  # no room on the disk, or for a process: it is tried again
                self._closing.wait(1.0)

    def _step(self) -> None:
        self._submitted.clear()
        if not self._unsent:
            for kind in JOBS:
                self._lease(kind)
        while self._unsent:
            task = self._unsent[0].task
            body, files = self.ledger.read_input(task.input), str(self.notes / task.key)
            self._executor.submit(task.key, run_job, task.spec["do"], body, task.spec["numbers"], files)
            self._unsent.popleft()  # only what a worker has is forgotten here
        if self._leased:
            self._arrived.extend(self._executor.wait(POLL_INTERVAL))
            while self._arrived:
                self._write_down(self._arrived[0])
                self._arrived.popleft()  # only what is on the disk is forgotten here
        else:
            self._submitted.wait(1.0)

    def _lease(self, kind: str) -> None:
        """Take as many jobs of a kind as there are workers for."""
        had = Counter(self._leased.values())
        free = {
            QUICK: self._executor.size - had.total(),
            SEARCH: self.workers - had[SEARCH],
            BACKGROUND: min(1, self.workers - had[SEARCH]) - had[BACKGROUND],
        }
        most = min(free[kind], free[QUICK])
        if most > 0:
            entries = self.ledger.lease(this_process(), most, kind)
            self._unsent.extend(entries)
            self._leased.update((entry.task.key, kind) for entry in entries)

    def _write_down(self, ended: CallResult) -> None:
        """Write the file first and the entry second, so that no client learns of a result that is not there."""
        key, death = str(ended.ticket), Message("its worker died")
        file = store_result(self.results, ended)
        record_end(self.ledger, ended, file, {"kind": "Died", "code": 1, "message": death, "said": death.pack()})
        self._leased.pop(key, None)
        with contextlib.suppress(OSError):  # a note that stays does nothing: it is not read once the job is over
            (self.notes / f"{key}.progress").unlink(missing_ok=True)
            if not ended.died:  # it will be done again, and then cancelled again
                (self.notes / f"{key}.cancel").unlink(missing_ok=True)
