"""An executor whose workers are processes of this machine."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
from collections import deque
from collections.abc import Hashable, Iterator
from typing import Any

import cloudpickle

from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message
from optimiser.common.processors import processors
from optimiser.jobs.executor import Call, CallResult, Function
from optimiser.jobs.worker_process import END_SIGNALS, run_worker


class ProcessExecutor:
    """Workers that are processes of this machine, each in one thread.

    No ``__main__`` guard is needed. A worker ends itself when this process is gone, however that came about.

    Parameters
    ----------
    workers : how many; as many as there are processors for this process if None.
    low_priority : whether all other processes of this machine, which are to answer at once, go first.

    Raises
    ------
    ValueError : fewer workers than one.
    """

    def __init__(self, workers: int | None = None, low_priority: bool = False) -> None:
        if workers is not None and workers < 1:
            raise ValueError(f"{workers} workers would never end")
        self._size, self._low_priority = workers or processors(), low_priority
        self._workers: list[_Worker] = []
        self._queue: deque[Call] = deque()

    @property
    def size(self) -> int:
        """See `Executor`."""
        return self._size

    @property
    def free(self) -> int:
        """See `Executor`."""
        return self._size - len(self._queue) - sum(worker.busy for worker in self._workers)

    def pids(self) -> list[int]:
        """Return the numbers of the processes."""
        return [int(worker.process.pid) for worker in self._workers]

    def submit(self, ticket: Hashable, function: Function, *arguments: Any) -> None:
        """See `Executor`."""
        self._queue.append(Call(ticket, function, arguments))
        with contextlib.suppress(OSError):  # it is in the queue, and `wait` tries again
            self._dispatch()

    def _dispatch(self) -> None:
        """Send calls from the queue to workers that are idle or are started for them.

        Raises
        ------
        OSError : there is no room for another process; the call stays in the queue.
        """
        for worker in [w for w in self._workers if not w.busy and not w.process.is_alive()]:
            worker.end()  # killed while it had nothing to do: no call is to blame
            self._workers.remove(worker)
        while self._queue:
            idle = [w for w in self._workers if not w.busy]
            if not idle and len(self._workers) >= self._size:
                return
            if not idle:
                idle = [_Worker(self._low_priority)]
                self._workers += idle
            idle[0].start(self._queue.popleft())

    def wait(self, seconds: float) -> list[CallResult]:
        """See `Executor`.

        Raises
        ------
        FileTrouble : no worker is busy, and there is no room for a process.
        """
        from multiprocessing.connection import wait  # noqa: PLC0415 - only where there are workers

        pipes = {worker.pipe: worker for worker in self._workers if worker.busy}
        ended = []
        for pipe in wait(list(pipes), seconds) if pipes else []:
            worker = pipes[pipe]
            if (result := worker.collect()) is None:
                continue
            if result.died:
                worker.end()
                self._workers.remove(worker)
            if result.died and not worker.begun and not worker.call.missed:
                self._queue.appendleft(worker.call._replace(missed=True))
            else:
                ended.append(result)
        try:
            self._dispatch()
        except OSError as error:
            if not ended and not any(worker.busy for worker in self._workers):
                reason = error.strerror or str(error)
                raise FileTrouble(Message("no process can be started: {error}", error=reason)) from error
        return ended

    def close(self) -> None:
        """See `Executor`."""
        workers, self._workers = self._workers, []
        self._queue.clear()
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.end()


class _Worker:
    """One process, and this end of the pipe to it; ``begun`` says that it has begun with its call."""

    call: Call

    def __init__(self, low_priority: bool) -> None:
        from loky.backend import get_context  # noqa: PLC0415 - only where there are workers

        context = get_context("loky")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=run_worker, args=(other, low_priority), daemon=True)
        with _signals_blocked():  # one that comes while it is loading would end it in a traceback
            self.process.start()
        other.close()
        self.busy = self.begun = False

    def start(self, call: Call) -> None:
        order = cloudpickle.dumps(
            (call.function, call.arguments)
        )  # also functions of a script, which nobody can import
        self.call, self.busy, self.begun = call, True, False
        with contextlib.suppress(OSError):  # it has died, and `collect` will say so
            self.pipe.send_bytes(order)

    def collect(self) -> CallResult | None:
        """Receive what it sent: that it has begun, which is no result, or its result; or see that it died."""
        try:
            answer = self.pipe.recv_bytes()
        except (EOFError, OSError):
            return CallResult(self.call.ticket, died=True)
        if not self.begun:
            self.begun = True
            return None
        self.busy = False
        return CallResult(self.call.ticket, *pickle.loads(answer))

    def kill(self) -> None:
        if not self.process.is_alive():
            return
        with contextlib.suppress(ProcessLookupError):  # a program that has us may wait for all its children
            if hasattr(signal, "SIGKILL"):
                os.kill(self.process.pid, signal.SIGKILL)
            else:
                self.process.terminate()

    def end(self) -> None:
        self.kill()
        self.process.join()
        self.pipe.close()


@contextlib.contextmanager
def _signals_blocked() -> Iterator[None]:
    """Block, in this thread and in processes that it starts, signals that end a program; they come afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker  # noqa: PLC0415 - only where there are workers

    from loky.backend import resource_tracker as loky_tracker  # noqa: PLC0415 - as above

    for tracker in (resource_tracker, loky_tracker):  # the first worker starts both, and they unblock signals then
        tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, END_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
