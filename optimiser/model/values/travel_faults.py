"""Faults in where places are and how one travels between them: coordinates, matrix, roads, closures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from optimiser.common.faults import ADVISED
from optimiser.common.message import Message
from optimiser.model.values.references import EXISTING, NO_ADVICE, advise_name
from optimiser.model.values.unread import Finding, make_finding

if TYPE_CHECKING:
    from optimiser.model.instance import Instance
    from optimiser.model.values.base import Place

KIND = "travel.kind"
ROADS = (KIND, "travel.roads")
IDS = ("sectors[*].id", "posts[*].id", "reinforcements[*].id")


def find_travel_faults(instance: Instance) -> Iterator[Finding]:
    """List the faults of each way to state distances that the instance uses."""
    for check in (_coordinates, _matrix, _roads, _closures):
        yield from check(instance)


def _located(instance: Instance) -> Iterator[tuple[str, Place]]:
    """List every place that one travels to or from, with its place in the file."""
    for section in ("sectors", "posts", "reinforcements"):
        for number, place in enumerate(getattr(instance, section)):
            yield f"{section}[{number}]", place


def _coordinates(instance: Instance) -> Iterator[Finding]:
    """Check that no coordinate stands alone and, where travel goes by them, that all are of one system.

    Where places have both, degrees are used.
    """
    needed = instance.travel.kind == "coordinates"
    by_degrees = any(place.lat is not None for _, place in _located(instance))
    by_plane = any(place.x is not None for _, place in _located(instance))
    if by_degrees:
        system = Message("lat and lon in degrees")
    elif by_plane:
        system = Message("x and y in km")
    else:
        system = Message("lat and lon in degrees, or x and y in km")
    for where, place in _located(instance):
        own = tuple(f"{where}.{name}" for name in ("lat", "lon", "x", "y"))
        degrees = (place.lat is not None) + (place.lon is not None)
        kilometres = (place.x is not None) + (place.y is not None)
        if degrees == 1 or kilometres == 1:
            found, expected = Message("half of a pair"), Message("both or none of a pair")
            yield make_finding("missing-coordinates", where, found, expected, Message("add the other"), own)
        elif needed and degrees + kilometres == 0:
            repair = Message("add them, or give travel another kind")
            yield make_finding("missing-coordinates", where, None, system, repair, (KIND, *own))
        elif needed and by_degrees and not degrees:
            found, expected = Message("x and y"), Message("lat and lon in degrees, as other places have")
            yield make_finding(
                "mixed-coordinates", where, found, expected, Message("use one system everywhere"), (KIND, *own)
            )


def _matrix(instance: Instance) -> Iterator[Finding]:
    """Check that the matrix is square, has a zero diagonal, and covers every place once."""
    travel = instance.travel
    if travel.kind != "matrix":
        return
    size, places = len(travel.places), {place.id for _, place in _located(instance)}
    if len(travel.km) != size:
        found = Message("{n} rows", n=len(travel.km))
        expected = Message("{n} rows, one for each of travel.places", n=size)
        yield make_finding(
            "matrix-shape", "travel.km", found, expected, Message("add or remove rows"), (KIND, "travel.places")
        )
    for i, row in enumerate(travel.km):
        where = f"travel.km[{i}]"
        if len(row) != size:
            found = Message("{n} entries", n=len(row))
            expected = Message("{n} entries, one for each of travel.places", n=size)
            yield make_finding(
                "matrix-shape", where, found, expected, Message("complete the row"), (KIND, "travel.places")
            )
        if i < len(row) and row[i] != 0:
            expected, repair, entry = Message("0 km"), Message("set it to 0"), f"{where}[{i}]"
            yield make_finding("matrix-diagonal", entry, float(row[i]), expected, repair, (KIND, entry))
    seen: set[str] = set()
    for i, name in enumerate(travel.places):
        if name in seen or name not in places:
            expected = Message("a sector, post or reinforcement, each once")
            repair = Message("correct it, or remove it with its row and column")
            entry = f"travel.places[{i}]"
            yield make_finding("matrix-places", entry, name, expected, repair, (KIND, entry, *IDS))
        seen.add(name)
    for where, place in _located(instance):
        if place.id not in seen:
            expected = Message("a name in travel.places")
            repair = Message("add it to travel.places, with its row and column")
            relies = (KIND, "travel.places", f"{where}.id")
            yield make_finding("matrix-places", f"{where}.id", place.id, expected, repair, relies)


def _roads(instance: Instance) -> Iterator[Finding]:
    """Check that every place lies on a road and can be reached from the first one while nothing is closed."""
    roads = instance.travel.roads
    near: dict[str, list[str]] = {}
    for i, road in enumerate(roads):
        if road.a == road.b:
            expected, repair = Message("two different ends"), Message("correct one end")
            ends = (f"travel.roads[{i}].a", f"travel.roads[{i}].b")
            yield make_finding("same-place", f"travel.roads[{i}]", road.a, expected, repair, ends)
        near.setdefault(road.a, []).append(road.b)
        near.setdefault(road.b, []).append(road.a)
    if instance.travel.kind != "roads":
        return
    start = next((place.id for _, place in _located(instance) if place.id in near), None)
    reached = {start}
    frontier = [start] if start is not None else []
    while frontier:
        further = [end for end in near[frontier.pop()] if end not in reached]
        reached.update(further)
        frontier.extend(further)
    for where, place in _located(instance):
        if place.id not in near:
            expected, repair = Message("an end of a road"), Message("add a road to it in travel.roads")
            yield make_finding("no-road", f"{where}.id", place.id, expected, repair, (*ROADS, f"{where}.id"))
        elif place.id not in reached:
            expected = Message("a way by road from '{start}'", start=start)
            repair = Message("add the road that joins them in travel.roads")
            yield make_finding("unreachable", f"{where}.id", place.id, expected, repair, (*ROADS, *IDS))


def _closures(instance: Instance) -> Iterator[Finding]:
    """Check that a closure names a road, or a pair of places where travel does not go by roads."""
    travel = instance.travel
    roads = {frozenset((road.a, road.b)) for road in travel.roads}
    places = {place.id: f"{where}.id" for where, place in _located(instance)}
    titles = {place.name.lower(): place.id for _, place in _located(instance)}
    for i, closure in enumerate(travel.closures):
        where = f"travel.closures[{i}]"
        ends = (f"{where}.a", f"{where}.b")
        if closure.a == closure.b:
            expected, repair = Message("two different ends"), Message("correct one end")
            yield make_finding("same-place", where, closure.a, expected, repair, ends)
        elif travel.kind == "roads":
            if frozenset((closure.a, closure.b)) not in roads:
                found = Message("{a} to {b}", a=closure.a, b=closure.b)
                expected = Message("the two ends of one road in travel.roads")
                repair = Message("name a road, or add it")
                yield make_finding("unknown-road", where, found, expected, repair, (*ROADS, *ends))
        else:
            expected = EXISTING["place"]
            for end, name in zip(ends, (closure.a, closure.b), strict=True):
                if name not in places:
                    advice = advise_name(name, places, titles) if i < ADVISED else NO_ADVICE
                    relies: tuple[str, ...] = (KIND, end) if advice else (KIND, end, *IDS)
                    yield make_finding("unknown-place", end, name, expected, advice or Message("correct it"), relies)
