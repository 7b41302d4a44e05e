"""Executors: they run calls on workers that may be killed at any time, and return the result of each.

A call is submitted under a ticket. A worker that dies takes only its own call with it: another worker takes its place,
and the executor says so. A call that the worker had not begun is not to blame for its death and goes to another worker.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from optimiser.common.cancellation import lookout
from optimiser.common.errors import Cancelled

POLL_INTERVAL = 0.25  # s between two looks whether the work was cancelled
Function = Callable[..., Any]


class CallResult(NamedTuple):
    """The result of a call.

    Attributes
    ----------
    value : what the function returned.
    error : what it raised.
    died : its worker died.
    """

    ticket: Hashable
    value: Any = None
    error: BaseException | None = None
    died: bool = False


class Executor(Protocol):
    """Workers, here or elsewhere."""

    @property
    def size(self) -> int:
        """Calls that run at once."""
        ...

    @property
    def free(self) -> int:
        """Calls that may be submitted now, so that no worker waits and no long queue builds up."""
        ...

    def submit(self, ticket: Hashable, function: Function, *arguments: Any) -> None:
        """Have a function called with arguments; all of it is pickled, and so is what it returns."""
        ...

    def wait(self, seconds: float) -> list[CallResult]:
        """Wait until a call has ended, at most so long; returns the results of all that have."""
        ...

    def close(self) -> None:
        """End the workers at once; what they are doing is lost."""
        ...


class Call(NamedTuple):
    """A call that was submitted; ``missed`` says that a worker died before it began with it."""

    ticket: Hashable
    function: Function
    arguments: tuple[Any, ...]
    missed: bool = False


class InlineExecutor:
    """An executor without workers: this process does one call at a time, while it is waited for."""

    size = 1

    def __init__(self) -> None:
        self._queue: deque[Call] = deque()

    @property
    def free(self) -> int:
        """See `Executor`."""
        return self.size - len(self._queue)

    def submit(self, ticket: Hashable, function: Function, *arguments: Any) -> None:
        """See `Executor`."""
        self._queue.append(Call(ticket, function, arguments))

    def wait(self, _: float) -> list[CallResult]:
        """See `Executor`; does a call, however long that takes.

        Raises
        ------
        Cancelled : work in this process was cancelled, which is no result of the call.
        """
        if not self._queue:
            return []
        call = self._queue.popleft()
        try:
            return [CallResult(call.ticket, call.function(*call.arguments))]
        except Cancelled:
            raise
        except Exception as error:
            return [CallResult(call.ticket, error=error)]

    def close(self) -> None:
        """See `Executor`."""
        self._queue.clear()


def map_unordered(
    executor: Executor, function: Function, calls: Iterable[tuple[Any, ...]]
) -> Iterator[tuple[int, Any]]:
    """Call a function for each tuple of arguments, in any order; yields each one's number and value as it comes.

    The tuples are taken from the iterable as workers are free, so that there may be any number of them. A call whose
    worker dies is submitted once more. It can be cancelled, see `cancellation.cancelled_by`.

    Raises
    ------
    RuntimeError : a call killed its worker twice. What the function raises is raised here.
    """
    waiting, running, again = enumerate(calls), dict[int, tuple[Any, ...]](), set[int]()
    left, look = True, lookout()
    while left or running:
        look()
        while left and executor.free > 0:
            number, arguments = next(waiting, (-1, ()))
            left = number >= 0
            if left:
                running[number] = arguments
                executor.submit(number, function, *arguments)
        for ended in executor.wait(POLL_INTERVAL) if running else ():
            number = int(str(ended.ticket))
            if ended.error is not None:
                raise ended.error
            if not ended.died:
                del running[number]
                yield number, ended.value
            elif number in again:
                raise RuntimeError(f"piece {number} killed its worker twice")
            else:
                again.add(number)
                executor.submit(number, function, *running[number])
