"""Clock times that say from when until when: where they lie in the operational period, in minutes from its start.

A clock time alone repeats every day. One that lies in the period is meant there. One outside lies on the nearer side:
at an operation from 08:00 to 16:00, 07:00 is before the start and 17:00 after the end.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimiser.model.instance import CriticalWindow, Instance, Team, VehicleType
    from optimiser.model.parts.travel_data import Closure

DAY = 1440.0  # minutes
Span = tuple[float, float]


def place_clock(instance: Instance, clock: str) -> float:
    """Return minutes from the start of the operation, negative before it; outside the period on its nearer side."""
    minute, length = instance.minutes(clock), instance.period.minutes
    return minute - DAY if minute > length and DAY - minute < minute - length else minute


def span_window(instance: Instance, window: CriticalWindow) -> Span:
    """Return the minutes from which and until which a critical process runs.

    An end at the clock time at which the operation starts is a day later, when one of 24 hours ends.
    """
    return instance.minutes(window.start), instance.minutes(window.end) or DAY


def find_late_start(instance: Instance, kind: Team | VehicleType) -> str | None:
    """Return the clock time from which a kind can be used; None where that is the start of the operation."""
    clock: str | None = getattr(kind, "available", None)
    return clock if clock is not None and instance.minutes(clock) > 0.0 else None


def find_first_minute(instance: Instance, kind: Team | VehicleType) -> float:
    """Return the minute from which a kind can be used, 0 from the start on."""
    clock = find_late_start(instance, kind)
    return 0.0 if clock is None else instance.minutes(clock)


def is_reversed(instance: Instance, closure: Closure) -> bool:
    """Return whether a closure ends no later than it starts: equal times, or both on one side of the same night."""
    if closure.start is None or closure.end is None:
        return False
    length = instance.period.minutes
    start, end = (place_clock(instance, clock) for clock in (closure.start, closure.end))
    together = (start < 0.0 and end < 0.0) or (0.0 <= start < length and 0.0 < end <= length) or end >= length
    return closure.start == closure.end or (start > end and together)


def span_closure(instance: Instance, closure: Closure) -> Span:
    """Return the minutes from which and until which a closure is in force, while the day is played; equal if never.

    Without a start it is closed before the operation begins, without an end for as long as the day is played. One over
    midnight is told by either end: from 15:00 until 07:00 holds from 15:00 on, from 20:00 until 09:00 holds until
    09:00. What `is_reversed` is never in force; reading refuses it.
    """
    length = instance.period.minutes
    start = -DAY if closure.start is None else place_clock(instance, closure.start)
    end = math.inf if closure.end is None else place_clock(instance, closure.end)
    if closure.end is not None and closure.start is not None and end < start and not is_reversed(instance, closure):
        if start < length:
            end += DAY  # until a time before the operation: of the next day
        elif end > 0.0:
            start = 0.0  # from a time after the operation: of the day before
    first, last = max(0.0, start), min(instance.period.simulated, end)
    return (first, last) if first < last else (0.0, 0.0)
