"""Occasions that a measure counts: begun at a minute in a place, and how long or how much it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from optimiser.common.message import Message
from optimiser.model.observed_log import Observation

SLACK = 1.0 / 60.0  # minutes: times are written to the second at best


@dataclass(frozen=True)
class Occasion:
    """One time that something was to be done, or that something happened.

    Attributes
    ----------
    place : identifier.
    minute : from the start of the operation, when it began.
    value : how long or how much, in the unit of the measure; None where it was not done at all.
    what : which of several, where a measure has several in one place; empty where there is one.
    expected : how much of the value it takes without any delay of players; None where the measure or the log does not
        tell.
    """

    place: str
    minute: float
    value: float | None
    what: str | Message = ""
    expected: float | None = None


Taken = tuple[Occasion, ...] | None  # None: the log does not hold it


def pair_rows(
    starts: Iterable[Observation], ends: Iterable[Observation], due: Callable[[Observation], float]
) -> list[tuple[Observation, Observation | None]]:
    """Pair what begins with what ends it, in each place: an end belongs to the open begin that is due first.

    Parameters
    ----------
    starts, ends : in order of time.
    due : minute at which a begin should end.

    Returns
    -------
    Each begin in order, with its end, or None where there is none.
    """
    marked: list[tuple[float, int, Observation]] = [(row.minute, 1, row) for row in starts]
    marked += [(row.minute, 0, row) for row in ends]  # at one minute ends come first: what begins then is not over
    opened: dict[str, list[Observation]] = {}
    found: dict[int, Observation] = {}
    order: list[Observation] = []
    for _, begins, row in sorted(marked, key=lambda one: (one[0], one[1])):
        waiting = opened.setdefault(row.place, [])
        if begins:
            waiting.append(row)
            order.append(row)
        elif waiting:
            first = min(waiting, key=due)
            waiting.remove(first)
            found[id(first)] = row
    return [(row, found.get(id(row))) for row in order]


def to_occasions(
    pairs: Sequence[tuple[Observation, Observation | None]], complete: bool
) -> tuple[Occasion, ...] | None:
    """Turn pairs into occasions; what a partial log leaves open is not counted, in a complete one it was not done."""
    found = tuple(
        Occasion(a.place, a.minute, None if b is None else b.minute - a.minute)
        for a, b in pairs
        if b is not None or complete
    )
    return found if found or complete else None
