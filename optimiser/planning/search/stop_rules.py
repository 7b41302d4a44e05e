"""When the loop ends: a stop rule is any callable that is shown the progress and answers yes or no."""

from __future__ import annotations

from collections.abc import Callable

from optimiser.common.progress import Progress

StopRule = Callable[[Progress], bool]


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
