"""When a search ends: a stop rule is any callable that is shown the progress and answers yes or no."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from optimiser.common.message import Message
from optimiser.common.progress import Progress

StopRule = Callable[[Progress], bool]


class Ending(Enum):
    """Why a search ended, with what is said of it where the gap is not closed; COMPLETE needs no excuse."""

    COMPLETE = None  # nothing is left to try
    BUDGET = Message("the budget ended first")
    CLOCK = Message("the clock ended the search first")
    RULE = Message("a stop rule ended the search first")  # one that the caller gave
    INTERRUPT = Message("interrupted")


def after_iterations(most: int) -> StopRule:
    """Stop after so many iterations."""
    return lambda p: p.iteration >= most


def after_replications(most: int) -> StopRule:
    """Stop once so many joint replications were simulated; the budget that is the same on every machine."""
    return lambda p: p.replications >= most


def after_seconds(most: float) -> StopRule:
    """Stop after so many seconds of wall time; such a run cannot be replayed to the same bytes."""
    return lambda p: p.seconds >= most


def gap_below(share: float) -> StopRule:
    """Stop once the proved gap is at most this share."""
    return lambda p: p.gap <= share


def unchanged(most: int) -> StopRule:
    """Stop after so many iterations without a better deployment."""
    return lambda p: p.unchanged >= most


def any_of(*rules: StopRule) -> StopRule:
    """Stop as soon as one of the rules says so."""
    return lambda p: any(rule(p) for rule in rules)
