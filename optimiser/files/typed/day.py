"""Times of day in the operation of an instance that is written as plain data: where they lie, and which is meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from optimiser.common.message import Message
from optimiser.common.typed.times import find_other_half, settle_clock
from optimiser.files.typed.names import bare_number
from optimiser.files.typed.unclear import Unclear, two_ways
from optimiser.model.clocks import turns_back
from optimiser.model.whatif import Close, Hours

DAY = 1440  # minutes


class Day:
    """The day of an operation.

    Parameters
    ----------
    data : the instance as plain data; its period may change later.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data

    @property
    def length(self) -> float:
        """Minutes that the operation lasts."""
        return 60.0 * float(bare_number(self.data["period"]["hours"]))

    def count(self, clock: str) -> int:
        """Return the minutes from the start of the operation to a time of day, 0 to 1439."""
        start, time = dt.datetime.fromisoformat(self.data["period"]["start"]), dt.time.fromisoformat(clock)
        return (time.hour * 60 + time.minute - start.hour * 60 - start.minute) % DAY

    def place(self, clock: str) -> int:
        """Return the minute of a time of day; outside the operation on its nearer side, negative before it."""
        minute = self.count(clock)
        return minute - DAY if minute >= self.length and DAY - minute < minute - self.length else minute

    def settle(self, said: str, ends: bool = False) -> str:
        """Return the time of day that was said, ``HH:MM``.

        Parameters
        ----------
        ends : whether something ends then, which may be when the operation does.

        Raises
        ------
        Unclear : it lies outside the operation, and the time 12 hours from it, which may be meant as well, does not.
        """
        clock, other = settle_clock(said), find_other_half(said)
        if other is None or self._holds(clock, ends) or not self._holds(other, ends):
            return clock
        raise two_ways({clock: Message("outside the operation"), other: Message("within the operation")})

    def settle_span(self, span: Close | Hours) -> tuple[str | None, str | None]:
        """Return the two times of day between which something is so; None for one that is left out.

        Raises
        ------
        Unclear : as in `settle`.
        """
        start = None if span.start is None else self.settle(span.start)
        return start, None if span.end is None else self.settle(span.end, ends=True)

    def settle_closing(self, change: Close) -> dict[str, str | None]:
        """Return from when until when something is closed.

        Raises
        ------
        Unclear : as in `settle`, or the end is not after the start.
        """
        start, end = self.settle_span(change)
        if start is None or end is None or not turns_back(self.place(start), self.place(end), self.length):
            return {"start": start, "end": end}
        expected = Message("an end that is later than the start")
        if start == end:
            raise Unclear(expected, Message("leave out both if it is closed all the time"), "time-order")
        ways = {
            f"@{end}-{start}": Message("both exchanged"),
            f"@-{end}": Message("open from {clock} on", clock=end),
            f"@{start}-": Message("closed from {clock} on", clock=start),
        }
        raise Unclear(expected, two_ways(ways).repair, "time-order")

    def _holds(self, clock: str, ends: bool) -> bool:
        """Return whether a time of day lies in the operation."""
        minute = self.count(clock)
        return 0 < minute <= self.length if ends else minute < self.length


def tell_span(span: Close | Hours) -> str:
    """Write from when until when as it is typed."""
    return f"{span.start or ''}-{span.end or ''}"


def list_clocks(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """List the clock times that must lie in the operation, each with the identifier of what it belongs to."""
    for sector in data["sectors"]:
        yield from ((sector["id"], window["start"]) for window in sector["critical"])
    for part, field in (("teams", "available"), ("gatherings", "arrives"), ("triggers", "at")):
        yield from ((item["id"], item[field]) for item in data[part] if item[field] is not None)
    for movement in data["movements"]:
        yield from ((movement["id"], leg["until"]) for leg in movement["legs"] if leg.get("until") is not None)
