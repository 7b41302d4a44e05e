"""Units that accompany a gathering as data: a place that goes where the people go, whichever route they take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from optimiser.common.message import Message
from optimiser.model.parts.notes import CallSign, Contact, Equipment
from optimiser.model.values.base import Heads, Identifier, Model, Name, Source
from optimiser.model.values.unread import Finding, make_finding

if TYPE_CHECKING:
    from optimiser.model.instance import Gathering, Instance
    from optimiser.model.parts.itinerary import Way

SECTION = "accompaniments"


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


class Accompanied(Model):
    """What writes accompaniments only where there are some, so that whatever has none stays as it was."""

    @model_serializer(mode="wrap")
    def _leave_out_none(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = write(self)
        if SECTION in data and not data[SECTION]:
            del data[SECTION]
        return data


def list_stops(instance: Instance, accompaniment: Accompaniment) -> tuple[str, ...]:
    """List the sectors where its gathering may stop on any of its ways, each once, in the order of the itinerary."""
    stops = (stop.sector for g in instance.gatherings if g.id == accompaniment.gathering for stop in g.itinerary)
    return tuple(dict.fromkeys(stops))


def find_likeliest(instance: Instance, accompaniment: Accompaniment) -> tuple[Gathering, Way]:
    """Return the gathering that is accompanied, and its likeliest way, the first of several that are as likely."""
    gathering = next(g for g in instance.gatherings if g.id == accompaniment.gathering)
    return gathering, max(gathering.ways, key=lambda way: way.share)


def find_assembly(instance: Instance, accompaniment: Accompaniment) -> str:
    """Return the sector where it assembles: the first stop of the likeliest way of its gathering."""
    return find_likeliest(instance, accompaniment)[1].stops[0].sector


def find_accompaniment_faults(instance: Instance) -> Iterator[Finding]:
    """Check that each accompanied gathering goes somewhere, and that none is accompanied twice."""
    gatherings = {gathering.id: number for number, gathering in enumerate(instance.gatherings)}
    first: dict[str, int] = {}
    for i, accompaniment in enumerate(instance.accompaniments):
        place, number = f"{SECTION}[{i}].gathering", gatherings.get(accompaniment.gathering)
        if number is None:  # told as a name that leads nowhere
            continue
        earlier = first.setdefault(accompaniment.gathering, i)
        if earlier != i:
            expected, repair = Message("each gathering once"), Message("put its units into one accompaniment")
            relies = (place, f"{SECTION}[{earlier}].gathering")
            yield make_finding("accompanied-twice", place, accompaniment.gathering, expected, repair, relies)
        elif not _goes_on(instance.gatherings[number]):
            expected = Message("a gathering with at least two stops")
            repair = Message("place the units in its sector instead, or write where it goes on to")
            relies = (place, f"gatherings[{number}].itinerary")
            yield make_finding("nowhere-to-go", place, accompaniment.gathering, expected, repair, relies)
        elif len({way.stops[0].sector for way in instance.gatherings[number].ways if way.share > 0.0}) > 1:
            expected = Message("a gathering that assembles at one place, whichever way it takes then")
            repair = Message("nobody knows where to wait for it: split it into gatherings with a chance each")
            relies = (place, f"gatherings[{number}].itinerary")
            yield make_finding("starts-anywhere", place, accompaniment.gathering, expected, repair, relies)


def _goes_on(gathering: Gathering) -> bool:
    """Return whether there is a way that it may take on which it has another stop after its first."""
    return any(len(way.stops) > 1 for way in gathering.ways if way.share > 0.0)
