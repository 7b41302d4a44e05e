"""A base map from a GeoJSON file: roads, rivers and borders around the places, as few corners as a drawing needs.

What is kept is what lies around the places, each kind as text that fits cells of a workbook. Where there is too much,
corners that hardly show go first, then what is short. Points are passed over, and so is whatever is broken: a base map
is looked at, nothing is computed from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from optimiser.common.errors import InputFault
from optimiser.common.faults import FILE, make_fault
from optimiser.common.message import Message
from optimiser.files.geojson.areas import AREAS, is_degrees, place_right, simplify, tell_point, turn_rings
from optimiser.files.geojson.features import SUFFIXES, list_features
from optimiser.files.read import read_json
from optimiser.model.instance import Instance
from optimiser.model.parts.base_map import Kind, MapShape
from optimiser.model.parts.outline import MOST_LETTERS, Point

MOST_TEXT = 100_000  # letters of all shapes together, some 5,500 corners; a screen sends them along; assumed
ROOM = 100  # letters of a shape besides those of its pieces, at most
MOST_PIECE = MOST_LETTERS - 2 * ROOM  # letters of one line or area
LONGEST = 1000  # corners of one line
STRETCH = 64  # corners that are thinned at once, so that no line takes the square of its length
DIGITS = 5  # decimals of degrees, 1 m
AROUND = 0.6  # of the extent of the places that is kept on every side; a drawing shows less
LEAST = 0.005  # degrees, half a kilometre, that is kept around places that are near one another; assumed
FINEST = 1e-5  # degrees, 1 m: where leaving out corners begins
COARSER = 1.6  # factor from one tolerance to the next; assumed
SEEN = 1 / 400  # of what is shown, some 2 px: the most by which a line may leave its way; assumed
MOST_CORNERS = 200_000  # around the places, some ten times those of a town's roads; thinned in seconds; assumed
CROWDED = 40_000  # corners from which on they are thinned once, as far as it does not show; assumed, some seconds
SHORT = 3.0  # tolerances: what is shorter is left out
KINDS: tuple[Kind, ...] = get_args(Kind)
FOOT = ("footway", "path", "cycleway", "steps", "pedestrian", "track", "bridleway", "corridor")
TAGS: tuple[tuple[str, Kind], ...] = (  # keys of OpenStreetMap, the first that a feature has decides
    ("highway", "road"),
    ("railway", "rail"),
    ("waterway", "water"),
    ("boundary", "border"),
    ("admin_level", "border"),
)
WATER = ("water", "wetland", "bay", "strait", "coastline")  # values of natural
LINES = ("LineString", "MultiLineString")
Line = tuple[Point, ...]


@dataclass(frozen=True)
class BaseMap:
    """What a map file gives.

    Attributes
    ----------
    shapes : for `Instance.base_map`.
    kept, left_out : features that are drawn, and those that are not: points, broken ones, and what is too far or small.
    """

    shapes: tuple[MapShape, ...]
    kept: int
    left_out: int


@dataclass(frozen=True)
class _Piece:
    """One line or ring of a feature; a hole follows the ring that it is in."""

    feature: int
    kind: Kind
    closed: bool
    points: Line
    hole: bool = False


def read_base_map(path: str | Path, instance: Instance, credit: str | None = None) -> BaseMap:
    """Read the base map of an instance from a GeoJSON file.

    Parameters
    ----------
    credit : whose map it is, to be written on drawings.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it is no map in degrees, nothing or too much of it is around the places, or these have no coordinates.
    """
    return take_base_map(read_json(path, SUFFIXES), instance, str(path), credit)


def take_base_map(data: Any, instance: Instance, source: str, credit: str | None = None) -> BaseMap:
    """Take the base map of an instance from GeoJSON that was read already.

    Raises
    ------
    InputFault : it is no map in degrees, nothing or too much of it is around the places, or these have no coordinates.
    """
    window = _find_window(instance, source)
    features = list_features(data, source)
    pieces = [piece for n, feature in enumerate(features) for piece in _read(n, feature, source)]
    near = [part for piece in pieces for cut in _cut(piece, window) for part in _part(cut)]
    if (corners := sum(len(piece.points) for piece in near)) > MOST_CORNERS:
        expected = Message("at most {n} corners around the places", n=str(MOST_CORNERS))
        repair = Message("export main roads and rivers only, or a smaller part of the map")
        raise InputFault(source, [make_fault("too-many", FILE, corners, expected, repair)])
    fewer = _thin(near, window[2] - window[0])
    if not fewer:
        expected = Message("lines or areas around the places")
        repair = Message("choose the part of the map where the places are")
        raise InputFault(source, [make_fault("missing-field", FILE, None, expected, repair)])
    kept = len({piece.feature for piece in fewer})
    return BaseMap(tuple(_write(fewer, credit)), kept, len(features) - kept)


def _find_window(instance: Instance, source: str) -> tuple[float, float, float, float]:
    """Return west, south, east and north of what is kept.

    Raises
    ------
    InputFault : no place has latitude and longitude.
    """
    places = (*instance.sectors, *instance.posts)
    known = [(float(p.lon), float(p.lat)) for p in places if p.lat is not None and p.lon is not None]
    if not known:
        expected = Message("places with latitude and longitude")
        repair = Message("give places their latitude and longitude first")
        raise InputFault(source, [make_fault("missing-field", FILE, None, expected, repair)])
    (west, east), (south, north) = ((min(axis), max(axis)) for axis in zip(*known, strict=True))
    around = max(LEAST, AROUND * max(east - west, north - south))
    return west - around, south - around, east + around, north + around


def _read(number: int, feature: Any, source: str) -> Iterator[_Piece]:
    """Give the lines and rings of a feature; nothing of one that is broken.

    Raises
    ------
    InputFault : its numbers are no degrees.
    """
    geometry = feature.get("geometry") if isinstance(feature, Mapping) else None
    if not isinstance(geometry, Mapping):
        return
    form, coordinates = geometry.get("type"), geometry.get("coordinates")
    properties = feature.get("properties")
    kind = _find_kind(properties if isinstance(properties, Mapping) else {}, str(form))
    closed = form in AREAS
    bodies = coordinates if form in ("MultiPolygon", "MultiLineString") else [coordinates]
    for body in bodies if isinstance(bodies, list) and form in (*AREAS, *LINES) else ():
        rings = [_read_points(number, one, source) for one in (body if closed and isinstance(body, list) else [body])]
        if closed and all(len(ring) > 3 and ring[0] == ring[-1] for ring in rings):
            turned = turn_rings(tuple(rings))
            yield from (_Piece(number, kind, True, ring, n > 0) for n, ring in enumerate(turned))
        elif not closed and len(rings[0]) > 1:
            yield _Piece(number, kind, False, rings[0])


def _read_points(number: int, line: Any, source: str) -> Line:
    """Read corners to 1 m; none of a line that is broken.

    Raises
    ------
    InputFault : its numbers are no degrees.
    """
    if not isinstance(line, list) or not all(isinstance(p, list) and len(p) >= 2 for p in line):
        return ()
    if not all(is_degrees(value) for point in line for value in point[:2]):
        return ()
    points = tuple((round(float(point[0]), DIGITS), round(float(point[1]), DIGITS)) for point in line)
    lost = next((point for point in points if abs(point[0]) > 180.0 or abs(point[1]) > 90.0), None)
    if lost is not None:
        expected = Message("longitude -180 to 180, then latitude -90 to 90 degrees")
        place = f"features[{number}].geometry.coordinates"
        raise InputFault(source, [make_fault("out-of-range", place, tell_point(lost), expected, place_right(lost))])
    return points


def _find_kind(properties: Mapping[str, Any], form: str) -> Kind:
    """Say what a feature is: by ``kind``, by the keys of OpenStreetMap, else a road or an area."""
    named = properties.get("kind")
    for kind in KINDS:
        if named == kind:
            return kind
    if properties.get("highway") in FOOT:
        return "path"
    for key, kind in TAGS:
        if properties.get(key):
            return kind
    if properties.get("natural") in WATER:
        return "water"
    return "area" if form.endswith("Polygon") else "road"


def _cut(piece: _Piece, window: tuple[float, float, float, float]) -> Iterator[_Piece]:
    """Give what lies around the places: stretches of a line, with a corner beyond; an area whole, if any of it does."""
    west, south, east, north = window
    xs, ys = [x for x, _ in piece.points], [y for _, y in piece.points]
    if max(xs) < west or min(xs) > east or max(ys) < south or min(ys) > north:
        return
    if piece.closed:
        points = tuple((min(max(x, west), east), min(max(y, south), north)) for x, y in piece.points)
        yield replace(piece, points=points)
        return
    inside = [west <= x <= east and south <= y <= north for x, y in piece.points]
    if not any(inside):
        yield piece  # it passes by, or leads through between two corners
        return
    begin = 0
    while begin < len(inside):
        if not inside[begin]:
            begin += 1
            continue
        end = next((n for n in range(begin, len(inside)) if not inside[n]), len(inside))
        yield replace(piece, points=piece.points[max(0, begin - 1) : end + 1])
        begin = end


def _part(piece: _Piece) -> Iterator[_Piece]:
    """Part a line that is too long for one text; an area stays whole."""
    for begin in range(0, 1 if piece.closed else len(piece.points) - 1, LONGEST):
        yield piece if piece.closed else replace(piece, points=piece.points[begin : begin + LONGEST + 1])


def _thin(pieces: Sequence[_Piece], across: float) -> list[_Piece]:
    """Leave out corners, then what is short, until all of it is short enough to be written.

    Parameters
    ----------
    across : degrees that are shown; where leaving out corners would begin to show, the longest pieces are kept.
    """
    corners = sum(len(piece.points) for piece in pieces)
    kept, tolerance = list(pieces), FINEST if corners <= CROWDED else max(FINEST, across * SEEN)
    while True:
        thinner = [replace(piece, points=_simplify(piece.points, tolerance)) for piece in kept]
        kept = [piece for piece in thinner if len(set(piece.points)) > (2 if piece.closed else 1)]
        letters = [4 + len(_write_points(piece.points)) for piece in kept]
        if sum(letters) <= MOST_TEXT and max(letters, default=0) <= MOST_PIECE:
            return kept
        if tolerance >= across * SEEN:
            break
        tolerance *= COARSER
        kept = [piece for piece in kept if _extent(piece.points) > SHORT * tolerance]
    room, chosen = MOST_TEXT, set()
    for n in sorted(range(len(kept)), key=lambda n: -_extent(kept[n].points)):
        if letters[n] <= min(room, MOST_PIECE):
            room -= letters[n]
            chosen.add(n)
    return [piece for n, piece in enumerate(kept) if n in chosen]


def _simplify(points: Line, tolerance: float) -> Line:
    kept: list[Point] = []
    for begin in range(0, len(points) - 1, STRETCH):
        kept += simplify(points[begin : begin + STRETCH + 1], tolerance)[min(1, begin) :]
    return tuple(kept)


def _extent(points: Line) -> float:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return math.hypot(max(xs) - min(xs), max(ys) - min(ys))


def _write(pieces: Sequence[_Piece], credit: str | None) -> Iterator[MapShape]:
    """Write pieces of one kind together, as many as one text holds."""
    for kind in KINDS:
        for closed, word in ((True, "MULTIPOLYGON"), (False, "MULTILINESTRING")):
            texts: list[str] = []
            for text in _write_parts([piece for piece in pieces if (piece.kind, piece.closed) == (kind, closed)]):
                if texts and sum(len(one) + 2 for one in texts) + len(text) > MOST_PIECE + ROOM:
                    yield MapShape(kind=kind, shape=f"{word} ({', '.join(texts)})", credit=credit)
                    texts = []
                texts.append(text)
            if texts:
                yield MapShape(kind=kind, shape=f"{word} ({', '.join(texts)})", credit=credit)


def _write_parts(pieces: Sequence[_Piece]) -> list[str]:
    """Write lines, or areas with their holes; a hole of what was left out goes with it."""
    texts: list[str] = []
    owner = -1
    for piece in pieces:
        text = f"({_write_points(piece.points)})"
        if piece.hole and owner == piece.feature and len(texts[-1]) + len(text) <= MOST_PIECE:
            texts[-1] = f"{texts[-1][:-1]}, {text})"
        elif not piece.hole:
            owner = piece.feature
            texts.append(f"({text})" if piece.closed else text)
    return texts


def _write_points(points: Line) -> str:
    return ", ".join(f"{_short(lon)} {_short(lat)}" for lon, lat in points)


def _short(degrees: float) -> str:
    text = f"{degrees:.{DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
