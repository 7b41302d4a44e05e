"""What could not be read, so that nothing is said of values that are not known.

Faults between values are looked for although single values are faulty. Those values are filled with others for the
time being, and a fault that relies on one of them would only be a consequence: it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from optimiser.common.errors import Fault
from optimiser.common.faults import make_fault

_LAST = re.compile(r"(\[[\d*]+\]|\.?[^.\[\]]+)$")


class Finding(NamedTuple):
    """A fault between values, and the places of the values that it relies on."""

    fault: Fault
    relies: tuple[str, ...]


def find(
    code: str, place: str, found: object, expected: str, repair: str, relies: tuple[str, ...] | None = None
) -> Finding:
    """Make a fault between values, see `make_fault`.

    Parameters
    ----------
    relies : places of the values that it follows from; the place of the fault alone if left out.
    """
    return Finding(make_fault(code, place, found, expected, repair), (place,) if relies is None else relies)


class Unread:
    """Places of values that are not known.

    Parameters
    ----------
    places : such as ``gatherings[0].arrives``; a table or a list is unknown with all inside.
    spelt : places of identifiers that are none and were spelt as one, so that it is open how they will be written.
    """

    def __init__(self, places: Collection[str] = (), spelt: Collection[str] = ()) -> None:
        self.spelt = frozenset(spelt)
        self.places = frozenset(places) | {re.sub(r"\[\d+\]", "[*]", place) for place in places}
        self._around = frozenset(outer for place in self.places for outer in _list_around(place))

    def holds(self, place: str) -> bool:
        """Return whether the value at a place, one inside it or one around it is not known; ``[*]`` is any entry."""
        if not self.places:
            return False
        return place in self.places or place in self._around or any(o in self.places for o in _list_around(place))

    def sound(self, findings: Iterable[Finding]) -> list[Fault]:
        """Return the faults that rely on known values alone."""
        return [found.fault for found in findings if not any(map(self.holds, found.relies))]


def _list_around(place: str) -> list[str]:
    """List what holds a place, from inside out."""
    outer = []
    while (shorter := _LAST.sub("", place)) not in (place, ""):
        outer.append(shorter)
        place = shorter
    return outer


NOTHING = Unread()
