"""What is unusual in where places are and in the ways between them."""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Iterator, Sequence
from statistics import median

import numpy as np

from optimiser.common.message import ClockTime, Message
from optimiser.model.cautions import TOLD, Caution
from optimiser.model.clocks import DAY, place_clock, span_closure
from optimiser.model.distances import EARTH_RADIUS, measure
from optimiser.model.instance import Instance
from optimiser.model.parts.travel_data import Closure
from optimiser.model.values.base import Place

FAR = 30.0  # km from the median of all places; assumed: beyond an hour of a column in town
SPREAD = 4.0  # times the median distance from there; assumed: the places of a whole regency may lie apart
ZERO = 0.01  # degrees, about 1 km; assumed: nobody holds an election in the Gulf of Guinea
POLAR = 66.5  # degrees of latitude, the polar circles
LATE_IN_DAY = 120.0  # minutes before the same clock time comes again; assumed

Located = list[tuple[str, Place]]


def find_way_cautions(instance: Instance) -> Iterator[Caution]:
    """List what is unusual in places, distances, roads and closures."""
    odd = list(_odd_coordinates(instance))
    far = list(_far_places(instance, {caution.place for caution in odd}))
    yield from (*odd, *far)
    yield from _same_names(instance)
    yield from _two_roads(instance)
    if not odd and not far:
        yield from _long_distances(instance)
    yield from _closures(instance)


def list_located(instance: Instance, sections: Sequence[str]) -> Located:
    """List places with where they stand in the file."""
    return [(f"{name}[{i}]", place) for name in sections for i, place in enumerate(getattr(instance, name))]


def _odd_coordinates(instance: Instance) -> Iterator[Caution]:
    """Find places at 0, 0, which is what an empty cell or a failed search gives, and beyond the polar circles."""
    for where, place in list_located(instance, ("sectors", "posts", "reinforcements")):
        if place.lat is None or place.lon is None:
            continue
        lat, lon = float(place.lat), float(place.lon)
        zero = abs(lat) < ZERO and abs(lon) < ZERO
        if zero or abs(lat) > POLAR:
            found = Message("'{name}' lies at {lat}, {lon}", name=place.name, lat=f"{lat:g}", lon=f"{lon:g}")
            usual = Message("a latitude up to {most} degrees and not 0, 0", most=f"{POLAR:g}")
            check = Message("look the place up on a map and correct lat and lon")
            yield Caution("odd-coordinates", f"{where}.lat", found, usual, check)


def _far_places(instance: Instance, told: set[str]) -> Iterator[Caution]:
    """Find places far from the median of all; help from outside may come from far."""
    located = list_located(instance, ("sectors", "posts"))
    for first, second in (("lat", "lon"), ("x", "y")):
        known = [(where, place) for where, place in located if getattr(place, first) is not None]
        known = [(where, place) for where, place in known if getattr(place, second) is not None]
        if len(known) < 3:  # of two nobody can say which is far
            continue
        points = [(float(getattr(p, first)), float(getattr(p, second))) for _, p in known]
        middle = (median(a for a, _ in points), median(b for _, b in points))
        away = [_kilometres(point, middle, first == "lat") for point in points]
        limit = max(FAR, SPREAD * median(away))
        for (where, place), km in zip(known, away, strict=True):
            at = f"{where}.{first}"
            if km > limit and at not in told:
                found = Message("'{name}' lies {km:,.0f} km from the middle of all places", name=place.name, km=km)
                usual = Message("at most {km:,.0f} km here", km=limit)
                check = Message("check sign, digits and order of {fields}", fields=f"{first}, {second}")
                yield Caution("far-place", at, found, usual, check)


def _kilometres(a: tuple[float, float], b: tuple[float, float], degrees: bool) -> float:
    """Straight kilometres in the plane, or over the sphere (haversine)."""
    if not degrees:
        return math.hypot(a[0] - b[0], a[1] - b[1])
    lat, lon, to_lat, to_lon = map(math.radians, (*a, *b))
    h = math.sin((to_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2.0 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, h)))


def _same_names(instance: Instance) -> Iterator[Caution]:
    """Find places that people cannot tell apart, whatever their identifiers."""
    first: dict[str, str] = {}
    sections = ("sectors", "posts", "reinforcements", "accompaniments", "movements")
    for where, place in ((f"{name}[{i}]", one) for name in sections for i, one in enumerate(getattr(instance, name))):
        name = " ".join(unicodedata.normalize("NFKC", place.name).casefold().split())
        earlier = first.setdefault(name, where)
        if earlier != where:
            found = Message("'{name}' is also the name of {place}", name=place.name, place=earlier)
            check = Message("give each the name by which people tell them apart, or remove the one entered twice")
            yield Caution("same-name", f"{where}.name", found, Message("a name of its own for each place"), check)


def _two_roads(instance: Instance) -> Iterator[Caution]:
    first: dict[frozenset[str], int] = {}
    for i, road in enumerate(instance.travel.roads):
        earlier = first.setdefault(frozenset((road.a, road.b)), i)
        if earlier != i:
            km = float(instance.travel.roads[earlier].km)
            words = {"a": road.a, "b": road.b, "km": f"{float(road.km):g}", "other": f"{km:g}"}
            found = Message("a second road from '{a}' to '{b}', of {km} km beside {other} km", **words)
            usual = Message("one road between two ends; the shorter one is used, and a closure closes both")
            check = Message("remove the wrong one, or put a junction on one of them")
            yield Caution("two-roads", f"travel.roads[{i}]", found, usual, check)


def _long_distances(instance: Instance) -> Iterator[Caution]:
    """Find distances that nobody can drive while the operation lasts: metres written as kilometres, for one."""
    travel, hours = instance.travel, float(instance.period.hours)
    limit = float(travel.drive) * hours
    usual = Message("at most {km:,.0f} km, {hours:g} h at {speed:g} km/h", km=limit, hours=hours, speed=travel.drive)
    check = Message("check whether metres were written as kilometres, and the coordinates")
    if travel.kind == "roads":
        for i, road in enumerate(travel.roads):
            if float(road.km) > limit:
                found = Message("the road from '{a}' to '{b}' has {km:,.0f} km", a=road.a, b=road.b, km=float(road.km))
                yield Caution("long-distance", f"travel.roads[{i}].km", found, usual, check)
        return
    if travel.kind == "matrix":
        yield from _long_entries(instance, limit, usual, check)
    km = measure(instance.altered(travel=travel.altered(closures=()))).km[0]
    sectors, posts = len(instance.sectors), len(instance.posts)
    if travel.kind == "coordinates":
        for i, nearest in enumerate(km[:sectors, sectors : sectors + posts].min(axis=1).tolist()):
            if nearest <= limit:
                continue
            found = Message("'{name}' is {km:,.0f} km from the nearest post", name=instance.sectors[i].name, km=nearest)
            yield Caution("long-distance", f"sectors[{i}]", found, usual, check)
    for i, station in enumerate(instance.reinforcements):
        nearest, most = float(km[sectors + posts + i, :sectors].min()), float(station.speed) * hours
        if most < nearest < math.inf:
            found = Message("'{name}' is {km:,.0f} km from the nearest sector", name=station.name, km=nearest)
            near = Message("at most {km:,.0f} km, {hours:g} h at its speed", km=most, hours=hours)
            yield Caution("long-distance", f"reinforcements[{i}]", found, near, check)


def _long_entries(instance: Instance, limit: float, usual: Message, check: Message) -> Iterator[Caution]:
    """Find entries of the matrix that are too long; the first stands for all."""
    entries = np.array(instance.travel.km, dtype=float)
    long = np.argwhere(entries > limit)
    if len(long):
        a, b = map(int, long[0])
        words = {"a": instance.travel.places[a], "b": instance.travel.places[b], "km": float(entries[a, b])}
        found = Message("from '{a}' to '{b}' it is {km:,.0f} km", **words)
        if len(long) > 1:
            more = Message.plural("{n} other entry is as long", "{n} other entries are as long", len(long) - 1)
            found = Message("{first}, and {more}", first=found, more=more)
        yield Caution("long-distance", f"travel.km[{a}][{b}]", found, usual, check)


def _closures(instance: Instance) -> Iterator[Caution]:
    """Find closures that are never in force, and times that are read as those of the next day.

    Of closures in a row that close one place at the same times, one caution names all.
    """
    numbered = enumerate(instance.travel.closures)
    for _, group in itertools.groupby(numbered, lambda item: (item[1].a, item[1].start, item[1].end)):
        alike = list(group)
        number, closure = alike[0]
        where = f"travel.closures[{number}]"
        words = {"a": closure.a, "ends": _tell_ends([one.b for _, one in alike]), "times": tell_times(closure)}
        start, end = span_closure(instance, closure)
        last = instance.clock(instance.period.minutes)
        usual = Message("a time within {low} to {high}", low=instance.clock(0.0), high=last)
        if start == end or start >= instance.period.minutes:
            found = Message("'{a}' to {ends}, closed {times}, is closed at no time of the operation", **words)
            if closure.end is not None and place_clock(instance, closure.end) <= 0.0:
                found = Message("'{a}' to {ends}, closed {times}, is open again when the operation starts", **words)
            check = Message("correct start and end; remove the closure if the road is open by then")
            yield Caution("closed-outside", where, found, usual, check)
        elif closure.start is not None and instance.minutes(closure.start) > DAY - LATE_IN_DAY and start > 0.0:
            clock = ClockTime(closure.start)
            found = Message(
                "'{a}' to {ends}, closed {times}, is open until {clock} of the next day", **words, clock=clock
            )
            check = Message("leave out start if it is closed when the operation begins")
            yield Caution("closed-outside", f"{where}.start", found, usual, check)


def _tell_ends(names: Sequence[str]) -> Message:
    told: list[str] = [f"'{name}'" for name in names[:TOLD]]
    if len(names) > TOLD:
        told.append(Message.plural("{n} more", "{n} more", len(names) - TOLD))
    return Message.chain(", ", told)


def tell_times(closure: Closure) -> Message:
    """Say from when until when something is closed."""
    start, end = (None if clock is None else ClockTime(clock) for clock in (closure.start, closure.end))
    if start is not None and end is not None:
        return Message("{start} to {end}", start=start, end=end)
    if start is not None:
        return Message("from {clock}", clock=start)
    return Message("all day") if end is None else Message("until {clock}", clock=end)
