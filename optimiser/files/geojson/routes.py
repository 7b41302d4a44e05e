"""Routes from a map: each line is one of the ways that a gathering may take, with a stop at every corner near a sector.

A corner that is near no sector is a bend of the street. What may be read in two ways is a fault, never a guess.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import ValidationError

from optimiser.common.errors import Fault
from optimiser.common.faults import Said, make_fault, suggest
from optimiser.common.message import Message
from optimiser.files.edit import Edit
from optimiser.files.geojson.areas import is_degrees, is_inside
from optimiser.model.distances import EARTH_RADIUS
from optimiser.model.instance import Gathering, Instance, Sector
from optimiser.model.parts.outline import Point, parse_outline
from optimiser.model.values.base import Minutes, Model
from optimiser.model.values.field_faults import list_field_faults
from optimiser.model.values.quantity import Amount, Quantity, write_number
from optimiser.model.whatif import Reference

KIND = "route"
LINE = ("LineString", "MultiLineString")
NEAR = 0.3  # km from a corner to a sector where it stops; assumed, some street blocks
CLEAR = 2.0  # times as far the next sector must be, if it is near too; assumed


class _Drawn(Model):
    """What is written beside a line."""

    gathering: Reference
    route: Reference
    weight: Annotated[float, Amount("chance relative to the other routes", 0, 1000)] | None = None
    stay: Minutes | None = None


class DrawnLine(NamedTuple):
    """A line as it stands in the file.

    Attributes
    ----------
    number : of its feature, from 0.
    properties, geometry : of the feature.
    """

    number: int
    properties: Mapping[str, Any]
    geometry: Any


class _Way(NamedTuple):
    drawn: _Drawn
    stops: tuple[str, ...]


def read_routes(instance: Instance, lines: Sequence[DrawnLine]) -> tuple[list[Edit], list[Fault], tuple[str, ...]]:
    """Turn lines into the routes of their gatherings, which replace the itinerary and the routes that these had.

    Parameters
    ----------
    instance : with its places as the map has them.

    Returns
    -------
    The changes; the faults of lines that cannot be used; each route with its stops, as people read it.
    """
    ways: dict[str, dict[str, _Way]] = {}
    faults: list[Fault] = []
    for line in lines:
        faults += _read(instance, line, ways)
    edits = [
        edit
        for i, gathering in enumerate(instance.gatherings)
        if gathering.id in ways
        for edit in _replace(i, gathering, ways[gathering.id])
    ]
    told = [f"{name} {route}: {', '.join(way.stops)}" for name, known in ways.items() for route, way in known.items()]
    return edits, faults, tuple(told)


def _read(instance: Instance, line: DrawnLine, ways: dict[str, dict[str, _Way]]) -> Iterator[Fault]:
    """Add the way of a line to those known, or say what is wrong with it."""
    where = f"features[{line.number}]"
    given = {name: line.properties[name] for name in _Drawn.model_fields if name in line.properties}
    try:
        drawn = _Drawn.model_validate(given)
    except ValidationError as error:
        place = ("features", line.number, "properties")
        yield from list_field_faults(error.errors(include_url=False), _Drawn.model_json_schema(), place)
        return
    names = [gathering.id for gathering in instance.gatherings]
    if drawn.gathering not in names:
        expected = Message("one of {names}", names=", ".join(names) or "-")
        repair = suggest(drawn.gathering, names) or Message("correct the name")
        yield make_fault("unknown-gathering", f"{where}.properties.gathering", drawn.gathering, expected, repair)
        return
    if drawn.route in ways.get(drawn.gathering, ()):
        expected, repair = Message("each route of a gathering once"), Message("rename or remove one of them")
        yield make_fault("duplicate-id", f"{where}.properties.route", drawn.route, expected, repair)
        return
    corners = _corners(line.geometry)
    if corners is None:
        kind = line.geometry.get("type") if isinstance(line.geometry, Mapping) else None
        expected = Message("a line of at least two corners, longitude and latitude")
        repair = Message("draw the route as one line, and save the layer in EPSG:4326")
        yield make_fault("wrong-type", f"{where}.geometry", kind, expected, repair)
        return
    stops: list[str] = []
    faults = list(_stop(instance, f"{where}.geometry.coordinates", corners, stops))
    yield from faults
    if not faults:
        ways.setdefault(drawn.gathering, {})[drawn.route] = _Way(drawn, tuple(stops))


def _corners(geometry: Any) -> list[Point] | None:
    """Return the corners of a line, a single one in a MultiLineString included; None where there is none on Earth."""
    if not isinstance(geometry, Mapping) or geometry.get("type") not in LINE:
        return None
    points = geometry.get("coordinates")
    if geometry["type"] == LINE[1]:
        points = points[0] if isinstance(points, list) and len(points) == 1 else None
    if not isinstance(points, list) or len(points) < 2:
        return None
    if not all(isinstance(p, list) and len(p) >= 2 and all(map(is_degrees, p[:2])) for p in points):
        return None
    corners = [(float(p[0]), float(p[1])) for p in points]
    return None if any(abs(lon) > 180.0 or abs(lat) > 90.0 for lon, lat in corners) else corners


def _stop(instance: Instance, place: str, corners: Sequence[Point], stops: list[str]) -> Iterator[Fault]:
    """Add the sector of each corner that has one to the stops, in their order, or say which corner is unclear."""
    for number, corner in enumerate(corners):
        far = sorted(((_away(corner, s), s.id) for s in instance.sectors if _is_placed(s)), key=lambda pair: pair[0])
        if not far or far[0][0] > NEAR:
            if number in (0, len(corners) - 1):
                found = _tell(far[:1]) if far else Message("nothing")
                expected = Message("a sector within {metres} m of where a route begins and ends", metres=_metres(NEAR))
                repair = Message("draw the line as far as the sector, or give the sector its place on the map")
                yield make_fault("unclear-stop", f"{place}[{number}]", found, expected, repair)
        elif len(far) > 1 and far[1][0] <= min(NEAR, CLEAR * far[0][0]):
            expected = Message("a corner that is clearly at one sector")
            repair = Message("move the corner to the sector that is meant, or away from both")
            yield make_fault("unclear-stop", f"{place}[{number}]", _tell(far[:2]), expected, repair)
        elif stops[-1:] != [far[0][1]]:
            stops.append(far[0][1])


def _is_placed(sector: Sector) -> bool:
    return sector.lat is not None and sector.lon is not None


def _away(point: Point, sector: Sector) -> float:
    """Return how far a point is from a sector, in km; 0 inside its outline. Plain geometry: sectors are near."""
    polygons = None if sector.outline is None else parse_outline(sector.outline)
    if polygons is not None and is_inside(polygons, point):
        return 0.0
    assert sector.lat is not None
    assert sector.lon is not None
    north = math.radians(point[1] - float(sector.lat))
    east = math.radians(point[0] - float(sector.lon)) * math.cos(math.radians(point[1]))
    return EARTH_RADIUS * math.hypot(north, east)


def _tell(far: Sequence[tuple[float, str]]) -> Said:
    """Name sectors with their distance."""
    return Said("{places}", places=", ".join(f"{ident} {_metres(away)} m" for away, ident in far))


def _metres(km: float) -> str:
    return f"{1000.0 * km:.0f}"


def _replace(i: int, gathering: Gathering, ways: Mapping[str, _Way]) -> Iterator[Edit]:
    """Give a gathering the routes that were drawn; stays, weights and sources stay where they were known."""
    known = {route.id: route for route in gathering.routes}
    stays = {stop.sector: stop.stay for stop in reversed(gathering.itinerary)}
    stays_on = {(stop.route, stop.sector): stop.stay for stop in reversed(gathering.itinerary)}
    itinerary, routes = [], []
    for name, way in ways.items():
        for sector in way.stops:
            stay = stays_on.get((name, sector), stays.get(sector)) if way.drawn.stay is None else way.drawn.stay
            itinerary.append({"sector": sector, "route": name, **({} if stay is None else {"stay": _value(stay)})})
        old = known.get(name)
        weight = (old.weight if old else 1.0) if way.drawn.weight is None else way.drawn.weight
        routes.append({"id": name, "weight": _value(weight), "source": old.source if old else "map"})
    yield Edit(("gatherings", i, "itinerary"), itinerary)
    yield Edit(("gatherings", i, "routes"), routes)


def _value(number: Any) -> Any:
    """Return a number as it stands in a file, with its range where it has one."""
    return write_number(number) if isinstance(number, Quantity) else float(number)
