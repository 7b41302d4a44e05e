"""Ending long work, from another thread or by a signal: whoever computes looks, now and then, whether it is to end.

A signal that raises wherever it falls may fall into compiled code that makes another error of it, as numpy does while
it compares: inside `held_back` it only asks for an end.
"""

from __future__ import annotations

import signal
import threading
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


class _Signals:
    """What the main thread has been asked by signals.

    Attributes
    ----------
    depth : blocks of `held_back` that are entered; 0 while signals raise at once.
    came : one came and was not obeyed yet.
    """

    def __init__(self) -> None:
        self.depth, self.came = 0, False

    def look(self) -> None:
        if self.came:
            self.came = False
            raise Interruption


_SIGNALS = _Signals()  # of the main thread, the only one in which Python handles signals
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


def interrupt(_number: int, _frame: object) -> None:
    """Handle a signal: ask for an end where signals are held back, else raise at once, and so for the second one.

    Raises
    ------
    KeyboardInterrupt : signals are not held back, or the one before was not obeyed yet.
    """
    if _SIGNALS.depth and not _SIGNALS.came:
        _SIGNALS.came = True
        return
    raise KeyboardInterrupt


@contextmanager
def held_back() -> Iterator[None]:
    """Have Ctrl-C, and other signals that `interrupt` handles, wait inside this block until work looks.

    Handlers of others stay as they are. Does nothing outside the main thread.

    Raises
    ------
    Interruption : a signal came after the last look.
    """
    if not _in_main():
        yield
        return
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, interrupt)
    _SIGNALS.depth += 1
    try:
        yield
    finally:
        _SIGNALS.depth -= 1
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        _SIGNALS.look()


@contextmanager
def let_through() -> Iterator[None]:
    """Have signals raise at once inside this block, which only waits for others and cannot look."""
    if not _in_main():
        yield
        return
    depth, _SIGNALS.depth = _SIGNALS.depth, 0
    try:
        _SIGNALS.look()
        yield
    finally:
        _SIGNALS.depth = depth


def lookout() -> Callable[[], None]:
    """Return what has to be called now and then while work goes on, in this thread or in one that works for it."""
    wish, signals = _WISH.get(), _SIGNALS if _in_main() else None

    def look() -> None:
        for asked in (signals, wish):
            if asked is not None:
                asked.look()

    return look


def _in_main() -> bool:
    return threading.current_thread() is threading.main_thread()
