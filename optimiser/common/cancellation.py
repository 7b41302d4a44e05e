"""Ending long work from another thread: whoever computes looks, now and then, at an event that others may set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from optimiser.common.errors import Cancelled
from optimiser.common.message import Message


class Flag(Protocol):
    """What may be set to cancel: `threading.Event`, or anything else that can be asked whether it is set."""

    def is_set(self) -> bool:
        """Return whether work should end."""
        ...


class Interruption(KeyboardInterrupt):
    """Raised where work is going on; it ends a search just as Ctrl-C does."""


class _Wish:
    """A flag, and whether it was obeyed: what is still to be done after a search that was ended must not be ended."""

    def __init__(self, flag: Flag) -> None:
        self.flag, self.obeyed = flag, False

    def look(self) -> None:
        if not self.obeyed and self.flag.is_set():
            self.obeyed = True
            raise Interruption


_WISH: ContextVar[_Wish | None] = ContextVar("optimiser_cancellation", default=None)  # each thread has its own


@contextmanager
def cancelled_by(flag: Flag) -> Iterator[None]:
    """Let a flag end what is done inside this ``with`` block, as Ctrl-C would.

    `optimiser.optimise` and `optimiser.whatif` then give the best plan so far, marked ``interrupted``; what gives
    nothing by halves raises. The flag is obeyed once, within a fraction of a second, or once the solver has finished
    the program it is at.

    Parameters
    ----------
    flag : set from any thread. The block must be entered in the thread that computes.

    Raises
    ------
    Cancelled : the flag was set before there was anything to give.
    """
    wish = _Wish(flag)
    token = _WISH.set(wish)
    try:
        yield
    except KeyboardInterrupt:
        if wish.obeyed:
            raise Cancelled(Message("cancelled before there was a result")) from None
        raise
    finally:
        _WISH.reset(token)


def lookout() -> Callable[[], None]:
    """Return what has to be called now and then while work goes on, in this thread or in one that works for it."""
    wish = _WISH.get()
    return wish.look if wish else _go_on


def _go_on() -> None:
    """Nobody may cancel."""
