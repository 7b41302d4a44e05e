"""Units that move while the operation goes on, as data: a place whose sector changes, by the clock or with people.

Two kinds of it are written in an instance: an accompaniment goes with one gathering as long as there is one; a movement
has legs, each in a sector, with a gathering, or at a post where its units rest, until a clock time or until a gathering
has gone on.
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
OPTIONAL = (*SECTIONS, "presence")  # parts that are not written where there are none
WHERE = ("sector", "gathering", "post")  # fields of a leg that say where its units are


class Leg(Model):
    """One part of a movement: where its units are, and until when."""

    sector: Identifier | None = Field(None, description="sector where they stand")
    gathering: Identifier | None = Field(None, description="or gathering that they go with, until it goes home")
    until: Clock | None = Field(None, description="clock time at which they set out for the next leg, at the latest")
    until_left: Identifier | None = Field(None, description="gathering; they set out once it has left the sector")
    post: Identifier | None = Field(None, description="post where they rest instead; nobody may call them from there")


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
    """Units that stand in one sector, go with people or rest at a post, and then move on: a planned movement."""

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
    """What writes accompaniments, movements and presence only where there are some; what has none stays as it was."""

    @model_serializer(mode="wrap")
    def _leave_out_none(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = write(self)
        for section in OPTIONAL:
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


def goes_with_people(moving: Moving) -> bool:
    """Tell whether its units go with a gathering in any leg, so that they are in no one's charge on the way."""
    return any(leg.gathering is not None for leg in moving.parts)


def list_rests(moving: Moving) -> tuple[str, ...]:
    """List the posts where its units rest, each once, in the order of its legs."""
    return tuple(dict.fromkeys(leg.post for leg in moving.parts if leg.post is not None))


def find_likeliest(instance: Instance, gathering: str) -> tuple[Gathering, Way]:
    """Return a gathering, and its likeliest way, the first of several that are as likely."""
    found = next(g for g in instance.gatherings if g.id == gathering)
    return found, max(found.ways, key=lambda way: way.share)


def find_assembly(instance: Instance, moving: Moving) -> str:
    """Return the sector or post where its units are first: with a gathering the first stop of its likeliest way."""
    first = moving.parts[0]
    return first.sector or first.post or find_likeliest(instance, first.gathering or "")[1].stops[0].sector


# ---------------------------------------------------------------- what does not go together


def find_movement_faults(instance: Instance) -> Iterator[Finding]:
    """Check that accompanied gatherings go somewhere, none twice, and that legs say where and until when."""
    yield from _accompanied(instance)
    for i, movement in enumerate(instance.movements):
        yield from _legs(instance, i, movement)


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


def _legs(instance: Instance, number: int, movement: Movement) -> Iterator[Finding]:
    where, before = f"movements[{number}].legs", None
    yield from find_leg_faults(number, movement)
    for j, leg in enumerate(movement.legs):
        place = f"{where}[{j}].until"
        if leg.gathering is not None and leg.sector is None and leg.post is None:
            yield from _followed(instance, f"{where}[{j}].gathering", leg.gathering, goes_on=False)
        if leg.until is None or instance.minutes(leg.until) > instance.period.minutes:  # told as outside the operation
            continue
        if before is not None and instance.minutes(leg.until) <= instance.minutes(before):
            expected = Message("a time later than {clock}, when the leg before ends", clock=before)
            repair = Message("correct it, or write the legs in the order of the day")
            yield make_finding("legs-out-of-order", place, leg.until, expected, repair, ("period", where))
        before = leg.until


def find_leg_faults(number: int, movement: Movement) -> Iterator[Finding]:
    """Check what a movement says by itself, whatever it is in: at least two legs, each with one place and an end.

    In one of them at least its units do not rest.

    Parameters
    ----------
    number : of the movement in its file, from 0.
    """
    where, own = f"movements[{number}].legs", f"movements[{number}].id"  # of a row without one nobody knows the others
    if len(movement.legs) < 2:
        expected, repair = Message("at least two legs"), Message("write where the units go, or place them in a sector")
        yield make_finding("nowhere-to-go", where, len(movement.legs), expected, repair, (where, own))
    elif all(leg.post is not None for leg in movement.legs):
        expected = Message("a leg in a sector or with a gathering")
        repair = Message("write where its units are on duty, or let them wait at the post as reserve")
        yield make_finding("nowhere-to-go", where, len(movement.legs), expected, repair, (where, own))
    for j, leg in enumerate(movement.legs):
        place, last = f"{where}[{j}]", j == len(movement.legs) - 1
        ways, ends = tuple(f"{place}.{name}" for name in WHERE), (f"{place}.until", f"{place}.until_left")
        named = [(way, value) for name, way in zip(WHERE, ways, strict=True) if (value := getattr(leg, name))]
        if not named:
            expected = Message("a sector, a gathering or a post")
            repair = Message("write where the units are, or with whom")
            yield make_finding("leg-without-place", ways[0], None, expected, repair, ways)
        elif len(named) > 1:
            expected = Message("nothing beside the gathering, {gathering}", gathering=leg.gathering)
            if leg.sector is not None:
                expected = Message("nothing beside the sector, {sector}", sector=leg.sector)
            repair = Message("write one of the two; where both are meant, each is a leg of its own")
            yield make_finding("leg-without-place", *named[1], expected, repair, ways)
        if leg.until_left is not None and leg.sector is None:
            expected = Message("a sector that the gathering leaves")
            repair = Message("leave it out: units that go with people set out with them")
            yield make_finding("leg-without-place", ends[1], leg.until_left, expected, repair, (*ways, ends[1]))
        elif last and (leg.until is not None or leg.until_left is not None):
            expected = Message("no end of the last leg")
            repair = Message("write where the units go then, or leave it out")
            end = ends[0] if leg.until is not None else ends[1]
            yield make_finding("leg-without-end", end, leg.until or leg.until_left, expected, repair, (own, end))
        elif not last and (leg.sector or leg.post) is not None and leg.until is None:
            expected = Message("a clock time HH:MM")
            repair = Message("write when they set out at the latest")
            yield make_finding("leg-without-end", ends[0], None, expected, repair, (own, *ways, ends[0]))
