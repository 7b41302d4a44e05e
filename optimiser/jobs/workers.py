"""Workers that do many pieces of work side by side and may be killed at any time: processes here, or a Dask cluster.

A crew is given pieces of work, each under a ticket, and says what came of each. A worker that dies takes only its own
piece of work with it; another one takes its place, and the crew says so. A piece that it had not begun is not to blame
for its death and goes to another worker.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import threading
import warnings
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

import cloudpickle

from optimiser.common.cancellation import lookout
from optimiser.common.errors import CacheWarning, FileTrouble
from optimiser.common.message import Message
from optimiser.common.processors import processors

Work = Callable[..., Any]
BREATH = 0.25  # s between two looks whether it was called off
ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
BEHIND = 10  # of the 19 steps by which a process can stand behind others, see nice(2); assumed


class Ended(NamedTuple):
    """What came of a piece of work.

    Attributes
    ----------
    value : what the function gave back.
    error : what it raised.
    died : its worker died.
    """

    ticket: Hashable
    value: Any = None
    error: BaseException | None = None
    died: bool = False


class Crew(Protocol):
    """Workers, here or elsewhere."""

    @property
    def size(self) -> int:
        """Pieces of work that run at once."""
        ...

    @property
    def room(self) -> int:
        """Pieces of work that may be given now, so that no worker waits and no long queue builds up."""
        ...

    def give(self, ticket: Hashable, work: Work, *arguments: Any) -> None:
        """Have a function called with arguments; all of it is pickled, and so is what it gives back."""
        ...

    def wait(self, seconds: float) -> list[Ended]:
        """Wait until something has ended, at most so long; gives all that has."""
        ...

    def close(self) -> None:
        """End the workers at once; what they are doing is lost."""
        ...


def gather(crew: Crew, work: Work, pieces: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
    """Call a function for each tuple of arguments, in any order; gives each one's number and value as it comes.

    The pieces are taken from the iterable as there is room, so that there may be any number of them. A piece whose
    worker dies is given once more. It can be called off, see `cancellation.cancelled_by`.

    Raises
    ------
    RuntimeError : a piece killed its worker twice. What the function raises is raised here.
    """
    waiting, given, again = enumerate(pieces), dict[int, tuple[Any, ...]](), set[int]()
    left, look = True, lookout()
    while left or given:
        look()
        while left and crew.room > 0:
            number, piece = next(waiting, (-1, ()))
            left = number >= 0
            if left:
                given[number] = piece
                crew.give(number, work, *piece)
        for ended in crew.wait(BREATH) if given else ():
            number = int(str(ended.ticket))
            if ended.error is not None:
                raise ended.error
            if not ended.died:
                del given[number]
                yield number, ended.value
            elif number in again:
                raise RuntimeError(f"piece {number} killed its worker twice")
            else:
                again.add(number)
                crew.give(number, work, *given[number])


class Here:
    """A crew without workers: this process does one piece at a time, while it is waited for."""

    size = 1

    def __init__(self) -> None:
        self._given: deque[_Piece] = deque()

    @property
    def room(self) -> int:
        """See `Crew`."""
        return self.size - len(self._given)

    def give(self, ticket: Hashable, work: Work, *arguments: Any) -> None:
        """See `Crew`."""
        self._given.append(_Piece(ticket, work, arguments))

    def wait(self, _: float) -> list[Ended]:
        """See `Crew`; does a piece, however long that takes."""
        if not self._given:
            return []
        piece = self._given.popleft()
        try:
            return [Ended(piece.ticket, piece.work(*piece.arguments))]
        except Exception as error:
            return [Ended(piece.ticket, error=error)]

    def close(self) -> None:
        """See `Crew`."""
        self._given.clear()


class Processes:
    """Workers that are processes of this machine, each in one thread.

    No ``__main__`` guard is needed. A worker ends itself when this process is gone, however that came about.

    Parameters
    ----------
    workers : how many; as many as there are processors for this process if None.
    behind : whether they stand behind all other processes of this machine, which are to answer at once.

    Raises
    ------
    ValueError : fewer workers than one.
    """

    def __init__(self, workers: int | None = None, behind: bool = False) -> None:
        if workers is not None and workers < 1:
            raise ValueError(f"{workers} workers would never end")
        self._size, self._behind = workers or processors(), behind
        self._workers: list[_Worker] = []
        self._queue: deque[_Piece] = deque()

    @property
    def size(self) -> int:
        """See `Crew`."""
        return self._size

    @property
    def room(self) -> int:
        """See `Crew`."""
        return self._size - len(self._queue) - sum(worker.busy for worker in self._workers)

    def pids(self) -> list[int]:
        """Give the numbers of the processes."""
        return [int(worker.process.pid) for worker in self._workers]

    def give(self, ticket: Hashable, work: Work, *arguments: Any) -> None:
        """See `Crew`."""
        self._queue.append(_Piece(ticket, work, arguments))
        with contextlib.suppress(OSError):  # it is in the queue, and `wait` tries again
            self._hand_out()

    def _hand_out(self) -> None:
        """Start what is in the queue.

        Raises
        ------
        OSError : there is no room for another process; what waits for one stays in the queue.
        """
        for worker in [w for w in self._workers if not w.busy and not w.process.is_alive()]:
            worker.end()  # killed while it had nothing to do: no piece of work is to blame
            self._workers.remove(worker)
        while self._queue:
            idle = [w for w in self._workers if not w.busy]
            if not idle and len(self._workers) >= self._size:
                return
            if not idle:
                idle = [_Worker(self._behind)]
                self._workers += idle
            idle[0].start(self._queue.popleft())

    def wait(self, seconds: float) -> list[Ended]:
        """See `Crew`.

        Raises
        ------
        FileTrouble : nobody works, and there is no room for a process.
        """
        from multiprocessing.connection import wait  # noqa: PLC0415 - only where there are workers

        pipes = {worker.pipe: worker for worker in self._workers if worker.busy}
        ended = []
        for pipe in wait(list(pipes), seconds) if pipes else []:
            worker = pipes[pipe]
            if (came := worker.collect()) is None:
                continue
            if came.died:
                worker.end()
                self._workers.remove(worker)
            if came.died and not worker.begun and not worker.piece.missed:
                self._queue.appendleft(worker.piece._replace(missed=True))
            else:
                ended.append(came)
        try:
            self._hand_out()
        except OSError as error:
            if not ended and not any(worker.busy for worker in self._workers):
                reason = error.strerror or str(error)
                raise FileTrouble(Message("no process can be started: {error}", error=reason)) from error
        return ended

    def close(self) -> None:
        """See `Crew`."""
        workers, self._workers = self._workers, []
        self._queue.clear()
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.end()


class _Piece(NamedTuple):
    """A piece of work; ``missed`` says that a worker died before it began with it."""

    ticket: Hashable
    work: Work
    arguments: tuple[Any, ...]
    missed: bool = False


class _Worker:
    """One process, and this end of the pipe to it; ``begun`` says that it has begun with its piece of work."""

    piece: _Piece

    def __init__(self, behind: bool) -> None:
        from loky.backend import get_context  # noqa: PLC0415 - only where there are workers

        context = get_context("loky")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_serve, args=(other, behind), daemon=True)
        with _held_back():  # one that comes while it is loading would end it in a traceback
            self.process.start()
        other.close()
        self.busy = self.begun = False

    def start(self, piece: _Piece) -> None:
        order = cloudpickle.dumps((piece.work, piece.arguments))  # also functions of a script, which nobody can import
        self.piece, self.busy, self.begun = piece, True, False
        with contextlib.suppress(OSError):  # it has died, and `collect` will say so
            self.pipe.send_bytes(order)

    def collect(self) -> Ended | None:
        """Take what it sent: that it has begun, which is no end, or what came of its piece; or see that it died."""
        try:
            answer = self.pipe.recv_bytes()
        except (EOFError, OSError):
            return Ended(self.piece.ticket, died=True)
        if not self.begun:
            self.begun = True
            return None
        self.busy = False
        return Ended(self.piece.ticket, *pickle.loads(answer))

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
def _held_back() -> Iterator[None]:
    """Hold back, in this thread and in processes that it starts, signals that end a program; they come afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from loky.backend import resource_tracker  # noqa: PLC0415 - only where there are workers

    resource_tracker.ensure_running()  # when it is started it lets signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Any, behind: bool) -> None:
    """Do what comes through the pipe, in a worker, until nobody is at its other end."""
    for number in ENDING:  # to the whole group, as terminals and services send them
        signal.signal(number, signal.SIG_IGN)  # they are for the process that has the crew
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    warnings.simplefilter("ignore", CacheWarning)  # said once for all workers, see `readiness.make_ready`
    if behind and hasattr(os, "nice"):
        os.nice(BEHIND)
    arrived: deque[bytes] = deque()
    something = threading.Semaphore(0)

    def listen() -> None:
        try:
            while True:
                arrived.append(pipe.recv_bytes())
                something.release()
        except (EOFError, OSError):
            os._exit(0)  # whatever is being done, nobody waits for it any more

    threading.Thread(target=listen, daemon=True).start()
    while True:
        something.acquire()
        try:
            pipe.send_bytes(b"begun")
            pipe.send_bytes(_answer(arrived.popleft()))
        except OSError:  # nobody waits for it any more, and the other thread has not heard so yet
            os._exit(0)


def _answer(order: bytes) -> bytes:
    """Do a piece of work; gives its value and what it raised, pickled."""
    try:
        work, arguments = pickle.loads(order)
        answer: bytes = cloudpickle.dumps((work(*arguments), None))
    except Exception as error:
        try:
            answer = cloudpickle.dumps((None, error))
            pickle.loads(answer)  # what cannot be told here cannot be told there
        except Exception:
            answer = pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))
    return answer
