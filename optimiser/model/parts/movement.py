"""Units that move while the operation goes on, as data: a place whose sector changes, by the clock or with people.

Two kinds of it are written in an instance: an accompaniment goes with one gathering as long as there is one; a movement
has legs, each in a sector or with a gathering, until a clock time or until a gathering has gone on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from optimiser.common.message import Message
from optimiser.model.parts.notes import CallSign, Contact, Equipment
from optimiser.model.values.base import Clock, Heads, Identifier, Model, Name, Source
from optimiser.model.values.unread import Finding, make_finding

if TYPE_CHECKING:
    from optimiser.model.instance import Gathering, Instance
    from optimiser.model.parts.itinerary import Way

SECTIONS = ("accompaniments", "movements")


class Leg(Model):
    """One part of a movement: where its units are, and until when."""

    sector: Identifier | None = Field(None, description="sector where they stand")
    gathering: Identifier | None = Field(None, description="or gathering that they go with, until it goes home")
    until: Clock | None = Field(None, description="clock time at which they set out for the next leg, at the latest")
    until_left: Identifier | None = Field(None, description="gathering; they set out once it has left the sector")


class Accompaniment(Model):
    """Units that go with a gathering from stop to stop, on every route that it may take."""

    id: Identifier
    name: Name
    gathering: Identifier = Field(description="gathering that the units go with; one with at least two stops")
    staging_capacity: Heads = Field(500, validate_default=True, description="most heads that go with it")
    call_sign: CallSign = None
    contact: Contact = None
    equipment: Equipment = None
    source: Source = "assumed"

    @property
    def parts(self) -> tuple[Leg, ...]:
        """One leg: with the gathering."""
        return (Leg(gathering=self.gathering),)


class Movement(Model):
    """Units that stand in one sector, or go with people, and then move to another: a planned movement."""

    id: Identifier
    name: Name
    legs: tuple[Leg, ...] = Field((), description="where the units are, one leg after the other; at least two")
    staging_capacity: Heads = Field(500, validate_default=True, description="most heads that move together")
    call_sign: CallSign = None
    contact: Contact = None
    equipment: Equipment = None
    source: Source = "assumed"

    @property
    def parts(self) -> tuple[Leg, ...]:
        """Its legs."""
        return self.legs


Moving = Accompaniment | Movement


class Accompanied(Model):
    """What writes accompaniments and movements only where there are some; whatever has none stays as it was."""

    @model_serializer(mode="wrap")
    def _leave_out_none(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = write(self)
        for section in SECTIONS:
            if section in data and not data[section]:
                del data[section]
        return data


def list_stops(instance: Instance, moving: Moving) -> tuple[str, ...]:
    """List the sectors where its units may stand, each once, in the order of its legs and of itineraries."""
    itineraries = {g.id: tuple(stop.sector for stop in g.itinerary) for g in instance.gatherings}
    stops: list[str] = []
    for leg in moving.parts:
        stops.extend((leg.sector,) if leg.sector is not None else itineraries.get(leg.gathering or "", ()))
    return tuple(dict.fromkeys(stops))


def find_likeliest(instance: Instance, gathering: str) -> tuple[Gathering, Way]:
    """Return a gathering, and its likeliest way, the first of several that are as likely."""
    found = next(g for g in instance.gatherings if g.id == gathering)
    return found, max(found.ways, key=lambda way: way.share)


def find_assembly(instance: Instance, moving: Moving) -> str:
    """Return the sector where its units are first: with a gathering the first stop of its likeliest way."""
    first = moving.parts[0]
    return first.sector or find_likeliest(instance, first.gathering or "")[1].stops[0].sector


# ---------------------------------------------------------------- what does not go together


def find_movement_faults(instance: Instance) -> Iterator[Finding]:
    """Check that accompanied gatherings go somewhere, none twice, and that legs say where and until when."""
    yield from _accompanied(instance)
    for i, movement in enumerate(instance.movements):
        yield from _legs(instance, f"movements[{i}].legs", movement)


def _accompanied(instance: Instance) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for i, accompaniment in enumerate(instance.accompaniments):
        place = f"accompaniments[{i}].gathering"
        earlier = first.setdefault(accompaniment.gathering, i)
        if earlier != i:
            expected, repair = Message("each gathering once"), Message("put its units into one accompaniment")
            relies = (place, f"accompaniments[{earlier}].gathering")
            yield make_finding("accompanied-twice", place, accompaniment.gathering, expected, repair, relies)
        else:
            yield from _followed(instance, place, accompaniment.gathering, goes_on=True)


def _followed(instance: Instance, place: str, name: str, *, goes_on: bool) -> Iterator[Finding]:
    """Check that a gathering that units go with can be waited for, and where it is asked, that it goes anywhere."""
    number = {gathering.id: n for n, gathering in enumerate(instance.gatherings)}.get(name)
    if number is None:  # told as a name that leads nowhere
        return
    ways = [way for way in instance.gatherings[number].ways if way.share > 0.0]
    relies = (place, f"gatherings[{number}].itinerary")
    if goes_on and not any(len(way.stops) > 1 for way in ways):
        expected = Message("a gathering with at least two stops")
        repair = Message("place the units in its sector instead, or write where it goes on to")
        yield make_finding("nowhere-to-go", place, name, expected, repair, relies)
    elif len({way.stops[0].sector for way in ways}) > 1:
        expected = Message("a gathering that assembles at one place, whichever way it takes then")
        repair = Message("nobody knows where to wait for it: split it into gatherings with a chance each")
        yield make_finding("starts-anywhere", place, name, expected, repair, relies)


def _legs(instance: Instance, where: str, movement: Movement) -> Iterator[Finding]:
    legs, earlier = movement.legs, -1.0
    if len(legs) < 2:
        expected, repair = Message("at least two legs"), Message("write where the units go, or place them in a sector")
        yield make_finding("nowhere-to-go", where, len(legs), expected, repair)
    for j, leg in enumerate(legs):
        place, last = f"{where}[{j}]", j == len(legs) - 1
        if (leg.sector is None) == (leg.gathering is None):
            expected, repair = Message("a sector or a gathering"), Message("write one of the two")
            yield make_finding("leg-without-place", place, leg.sector or "", expected, repair)
            continue
        if leg.gathering is not None:
            yield from _followed(instance, f"{place}.gathering", leg.gathering, goes_on=False)
        if last and (leg.until is not None or leg.until_left is not None):
            expected = Message("no end of the last leg")
            repair = Message("write where the units go then, or leave it out")
            yield make_finding("leg-without-end", f"{place}.until", leg.until or leg.until_left, expected, repair)
        if not last and leg.sector is not None and leg.until is None:
            expected = Message("a clock time HH:MM")
            repair = Message("write when they set out at the latest")
            yield make_finding("leg-without-end", f"{place}.until", "", expected, repair)
        if leg.until is not None:
            minute = instance.minutes(leg.until)
            if minute <= earlier:
                expected, repair = Message("a time later than that of the leg before"), Message("write legs in order")
                yield make_finding("legs-out-of-order", f"{place}.until", leg.until, expected, repair)
            earlier = max(earlier, minute)
        if leg.until_left is not None and leg.sector is None:
            expected = Message("a sector that the gathering leaves")
            repair = Message("leave it out: units that go with people set out with them")
            yield make_finding("leg-without-place", f"{place}.until_left", leg.until_left, expected, repair)
