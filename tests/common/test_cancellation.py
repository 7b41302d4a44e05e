"""Signals that are held back while something is computed, and obeyed where it looks."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

import pytest

from optimiser.common.cancellation import held_back, let_through, lookout


def strike() -> None:
    """Press Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def fail_after_a_signal() -> None:
    """Press Ctrl-C where an error follows before anybody looks."""
    with held_back():
        strike()
        raise ValueError


def test_a_signal_is_obeyed_at_the_next_look_and_once() -> None:
    with held_back():
        look = lookout()
        strike()
        with pytest.raises(KeyboardInterrupt):
            look()
        look()
    lookout()()


def test_a_second_signal_ends_at_once() -> None:
    with held_back():
        strike()
        with pytest.raises(KeyboardInterrupt):
            strike()
        with pytest.raises(KeyboardInterrupt):
            lookout()()


def test_a_signal_after_the_last_look_is_obeyed_at_the_end_whatever_the_end_is() -> None:
    with pytest.raises(KeyboardInterrupt), held_back(), held_back():
        strike()
    with pytest.raises(KeyboardInterrupt):
        fail_after_a_signal()
    with held_back():
        pass


def test_what_waits_for_others_is_ended_at_once() -> None:
    with held_back():
        with pytest.raises(KeyboardInterrupt), let_through():
            strike()
        strike()
        with pytest.raises(KeyboardInterrupt), let_through():
            pytest.fail("what came before is obeyed before it waits")


def test_a_thread_that_works_for_the_main_one_looks_for_it_and_others_do_not() -> None:
    heard: list[str] = []

    def ask(name: str, look: Callable[[], None]) -> None:
        try:
            look()
        except KeyboardInterrupt:
            heard.append(name)

    def run(name: str, look: Callable[[], None] | None = None) -> None:
        thread = threading.Thread(target=lambda: ask(name, look or lookout()))
        thread.start()
        thread.join()

    with held_back():
        strike()
        run("own")
        run("helping", lookout())
    assert heard == ["helping"]


def test_handlers_are_put_back_and_those_of_others_stay() -> None:
    heard: list[int] = []

    def own(number: int, frame: object) -> None:
        heard.append(number)

    with held_back():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    before = signal.signal(signal.SIGINT, own)
    try:
        with held_back():
            strike()
            lookout()()
        assert heard == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)
