"""What could not be read, so that nothing is said of values that are not known.

Faults between values are looked for although single values are faulty. Those values are filled with others for the
time being, and a fault that relies on one of them would only be a consequence: it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from optimiser.common.errors import Fault
from optimiser.common.faults import make_fault

_LAST = re.compile(r"(\[[\d*]+\]|\.?[^.\[\]]+)$")


class Finding(NamedTuple):
    """A fault between values, and the places of the values that it relies on."""

    fault: Fault
    relies: tuple[str, ...]


def make_finding(
    code: str, place: str, found: object, expected: str, repair: str, relies: tuple[str, ...] | None = None
) -> Finding:
    """Make a fault between values, see `make_fault`.

    Parameters
    ----------
    relies : places of the values that it follows from; the place of the fault alone if left out.
    """
    return Finding(make_fault(code, place, found, expected, repair), (place,) if relies is None else relies)


class Naming(NamedTuple):
    """A name that refers to something: where it stands, the name, and the kind of what it should be."""

    place: str
    name: str
    kind: str


@dataclass(frozen=True)
class Unread:
    """What of a file is not known, or stands elsewhere than in its data.

    Attributes
    ----------
    places : of values that are not known, such as ``gatherings[0].arrives``; a table or a list is unknown with all
        inside.
    spelt : of identifiers that are none and were spelt as one, so that it is open how they will be written.
    strays : of things that are in no file, made so that what belongs to nothing is looked at.
    names : that refer to something and are not in the data.
    faults : of these names.
    """

    places: Set[str] = frozenset()
    spelt: Set[str] = frozenset()
    strays: Set[str] = frozenset()
    names: tuple[Naming, ...] = ()
    faults: tuple[Fault, ...] = ()

    def and_also(self, places: Set[str], spelt: Set[str]) -> Unread:
        """Return the same with further places."""
        return replace(self, places=self.places | places, spelt=self.spelt | spelt)

    @cached_property
    def _known(self) -> frozenset[str]:
        """The places, also as any entry of their lists, and what is around them."""
        starred = {re.sub(r"\[\d+\]", "[*]", place) for place in self.places}
        return frozenset(self.places) | starred

    @cached_property
    def _around(self) -> frozenset[str]:
        return frozenset(outer for place in self._known for outer in _list_around(place))

    def holds(self, place: str) -> bool:
        """Return whether the value at a place, one inside it or one around it is not known; ``[*]`` is any entry."""
        if not self.places:
            return False
        return place in self._known or place in self._around or any(o in self._known for o in _list_around(place))

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
