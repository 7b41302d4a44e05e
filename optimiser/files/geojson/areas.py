"""Areas of a GeoJSON file: polygons with holes, a point that surely lies inside, and fewer corners where too many.

Plain geometry in degrees: a sector is some hundred metres wide, where a degree is the same everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from optimiser.common.errors import InputFault
from optimiser.common.faults import Said, make_fault
from optimiser.common.message import Message
from optimiser.model.parts.outline import (
    DIGITS,
    MOST_LETTERS,
    UNCROSS,
    UNCROSSED,
    Point,
    Polygon,
    Ring,
    find_crossing,
    parse_outline,
    tell_crossing,
    write_outline,
)

AREAS = ("Polygon", "MultiPolygon")
STILL = 5.5e-7  # degrees, 6 cm: half of the last of 6 digits, which RFC 7946, section 11.2, calls enough, and some dust
COARSER = 1.5  # factor from one tolerance to the next while an outline is too long; assumed
FINEST = 2e-6  # degrees, 0.2 m: where it begins; assumed


def read_area(place: str, geometry: Mapping[str, Any]) -> tuple[Polygon, ...]:
    """Return the polygons of a geometry, their corners to 0.1 m, their rings turned as RFC 7946 has them.

    Parameters
    ----------
    place : of the geometry in the file, for faults.

    Raises
    ------
    InputFault : its coordinates are no closed areas on Earth.
    """
    coordinates = geometry.get("coordinates")
    bodies = [coordinates] if geometry.get("type") == AREAS[0] else coordinates
    polygons: list[Polygon] = []
    for body in bodies if isinstance(bodies, list) else [None]:
        corners = [_read_corners(ring) for ring in body] if isinstance(body, list) and body else [None]
        _refuse_misdrawn(f"{place}.coordinates", [ring for ring in corners if ring is not None])
        rings = [None if ring is None else _ring(ring) for ring in corners]
        whole = tuple(ring for ring in rings if ring is not None)
        if len(whole) < len(rings):
            expected = Message("rings of at least three corners, longitude and latitude, the last corner the first")
            repair = Message("draw the area again, and save the layer in EPSG:4326")
            raise InputFault("", [make_fault("wrong-type", f"{place}.coordinates", None, expected, repair)])
        polygons.append(turn_rings(whole))
    return tuple(polygons)


def _refuse_misdrawn(place: str, rings: Sequence[Sequence[Point]]) -> None:
    """Refuse corners that are not in degrees, whose numbers are exchanged, or whose sides cross each other.

    Raises
    ------
    InputFault : they are.
    """
    points = [point for ring in rings for point in ring]
    outside = next((point for point in points if abs(point[0]) > 180.0 or abs(point[1]) > 90.0), None)
    if outside is not None:
        expected = Message("longitude -180 to 180, then latitude -90 to 90 degrees")
        raise InputFault("", [make_fault("out-of-range", place, tell_point(outside), expected, place_right(outside))])
    crossing = find_crossing([tuple(map(tuple, rings))])
    if crossing is not None:
        raise InputFault("", [make_fault("wrong-type", place, tell_crossing(crossing), UNCROSSED, UNCROSS)])


def tell_point(point: Point) -> Said:
    """Show two numbers as they stand in the file."""
    return Said("[{lon}, {lat}]", lon=f"{point[0]:g}", lat=f"{point[1]:g}")


def place_right(point: Point) -> Message:
    """Say what to do about a point that is not on Earth."""
    if abs(point[0]) <= 90.0 and abs(point[1]) <= 180.0:
        return Message("the latitude stands first; exchange the numbers, longitude first")
    return Message("save the layer in EPSG:4326 (degrees), longitude first")


def _read_corners(ring: Any) -> list[Point] | None:
    """Return the corners of a ring as numbers; None where it is none."""
    if not isinstance(ring, list) or not all(isinstance(p, list) and len(p) >= 2 for p in ring):
        return None
    if not all(is_degrees(number) for point in ring for number in point[:2]):
        return None
    return [(round(float(p[0]), DIGITS), round(float(p[1]), DIGITS)) for p in ring]


def _ring(corners: Sequence[Point]) -> Ring | None:
    """Return a ring without corners that stand twice; None where it is not closed, or has no area."""
    corners = [corner for i, corner in enumerate(corners) if i == 0 or corner != corners[i - 1]]
    if len(corners) < 4 or corners[0] != corners[-1] or _area(corners) == 0.0:
        return None
    return tuple(corners)


def is_degrees(value: Any) -> bool:
    """Return whether a value is a number that can be looked at as degrees."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9 and math.isfinite(value)


def _area(ring: Sequence[Point]) -> float:
    """Return the signed area in square degrees, positive where corners go counterclockwise; the shoelace formula."""
    (x0, y0) = ring[0]
    return sum((x - x0) * (v - y0) - (u - x0) * (y - y0) for (x, y), (u, v) in pairwise(ring)) / 2.0


def turn_rings(polygon: Polygon) -> Polygon:
    """Return a polygon whose outer ring goes counterclockwise and whose holes go clockwise, as RFC 7946 has it."""
    return tuple(ring if (_area(ring) > 0.0) == (n == 0) else ring[::-1] for n, ring in enumerate(polygon))


def is_inside(polygons: Iterable[Polygon], point: Point) -> bool:
    """Return whether a point lies in one of the polygons and in none of its holes, by the even-odd rule."""
    x, y = point
    return any(sum(u > x for u in _crossings(polygon, y)) % 2 == 1 for polygon in polygons)


def find_point_inside(polygons: Sequence[Polygon]) -> Point:
    """Return a point inside: the middle of the widest piece of a line from west to east through an area.

    The line runs halfway between two corners next to the middle of the polygon, so it meets no corner. The method is
    that of the JTS Topology Suite (InteriorPointArea); a centroid may lie outside a bent area or in a hole.
    """
    found: list[tuple[float, Point]] = []
    for polygon in polygons:
        heights = sorted({y for ring in polygon for _, y in ring})
        middle = (heights[0] + heights[-1]) / 2.0
        below = max(y for y in heights if y <= middle)
        y = (below + min(y for y in heights if y > below)) / 2.0
        line = _crossings(polygon, y)
        found += [(right - left, ((left + right) / 2.0, y)) for left, right in zip(line[::2], line[1::2], strict=True)]
    lon, lat = max(found)[1]
    short = (round(lon, DIGITS), round(lat, DIGITS))
    return short if is_inside(polygons, short) else (lon, lat)


def _crossings(polygon: Polygon, y: float) -> list[float]:
    """Return where rings cross a line from west to east, sorted."""
    return sorted(
        a + (y - b) * (c - a) / (d - b) for ring in polygon for (a, b), (c, d) in pairwise(ring) if (b > y) != (d > y)
    )


def shorten_outline(polygons: tuple[Polygon, ...]) -> str:
    """Write an outline, with fewer corners where it would not fit a cell of a workbook."""
    text, tolerance = write_outline(polygons), FINEST
    while len(text) > MOST_LETTERS:
        fewer = [tuple(simplify(ring, tolerance) for ring in polygon) for polygon in polygons]
        kept = [tuple(ring for ring in polygon if len(ring) > 3) for polygon in fewer if len(polygon[0]) > 3]
        if not kept or find_crossing(kept) is None:
            text = write_outline(kept or [polygons[0][:1]])
        tolerance *= COARSER
        if not kept:
            break
    return text


def same_outline(text: str | None, area: tuple[Polygon, ...]) -> bool:
    """Return whether an area is the outline that is known already, as rounded by whatever saved it."""
    old = None if text is None else parse_outline(text)
    new = parse_outline(shorten_outline(area))
    if old is None or new is None or [list(map(len, p)) for p in old] != [list(map(len, p)) for p in new]:
        return False
    old = tuple(map(turn_rings, old))
    mine, theirs = ([c for polygon in a for ring in polygon for p in ring for c in p] for a in (old, new))
    return all(abs(a - b) <= STILL for a, b in zip(mine, theirs, strict=True))


def simplify(ring: Ring, tolerance: float) -> Ring:
    """Leave out corners of a ring or a line that lie within the tolerance of a line between others.

    Douglas and Peucker 1973, doi 10.3138/FM57-6770-U75U-7727. A ring is cut at the corner farthest from its first.
    """
    far = max(range(len(ring)), key=lambda i: math.dist(ring[0], ring[i]))
    keep, todo = {0, far, len(ring) - 1}, [(0, far), (far, len(ring) - 1)]
    while todo:
        first, last = todo.pop()
        if last - first < 2:
            continue
        worst = max(range(first + 1, last), key=lambda i: _away(ring[i], ring[first], ring[last]))
        if _away(ring[worst], ring[first], ring[last]) > tolerance:
            keep.add(worst)
            todo += [(first, worst), (worst, last)]
    return tuple(ring[i] for i in sorted(keep))


def _away(point: Point, a: Point, b: Point) -> float:
    """Return how far a point is from the line between two others, in degrees."""
    (x, y), (dx, dy) = (point[0] - a[0], point[1] - a[1]), (b[0] - a[0], b[1] - a[1])
    length = dx * dx + dy * dy
    t = 0.0 if length == 0.0 else min(1.0, max(0.0, (x * dx + y * dy) / length))
    return math.hypot(x - t * dx, y - t * dy)
