"""The outline of an area as text: POLYGON or MULTIPOLYGON of longitude and latitude.

It is the well-known text of OGC 06-103r4. A text fits a cell of a workbook and a line of TOML alike, and geographic
programs copy it as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from optimiser.common.message import Message
from optimiser.model.values.unread import Finding, make_finding

if TYPE_CHECKING:
    from optimiser.model.instance import Instance

MOST_LETTERS = 30_000  # characters; a cell of a workbook holds 32,767
UNCROSSED = Message("an outline whose sides do not cross each other")
UNCROSS = Message("draw its corners again in the order in which one walks around the area")
DIGITS = 6  # decimals of degrees, 0.1 m: no outline is known better
Point = tuple[float, float]  # longitude, latitude in degrees
Ring = tuple[Point, ...]  # closed: the last point is the first
Polygon = tuple[Ring, ...]  # the outer ring, then the holes
NUMBER = r"[+-]?\d{1,3}(?:\.\d{1,18})?"
_POINT = rf"{NUMBER} +{NUMBER}"
_RING = re.compile(rf"\( *({_POINT}(?: *, *{_POINT})*) *\)")
_BODY = r"\(R(?:,R)*\)"  # of a polygon, a letter for each ring
_SHAPES = {"POLYGON": re.compile(_BODY), "MULTIPOLYGON": re.compile(rf"\({_BODY}(?:,{_BODY})*\)")}


def parse_outline(text: str) -> tuple[Polygon, ...] | None:
    """Return the polygons of an outline; None where the text is none, or its rings are not closed areas on Earth."""
    kind, _, body = text.strip().partition("(")
    shape = _SHAPES.get(kind.strip().upper())
    if shape is None or len(text) > MOST_LETTERS:
        return None
    rings: list[Ring] = []

    def take(ring: re.Match[str]) -> str:
        points = (point.split() for point in ring[1].split(","))
        rings.append(tuple((float(lon), float(lat)) for lon, lat in points))
        return "R"

    left = _RING.sub(take, f"({body}").replace(" ", "")
    if not shape.fullmatch(left) or left.count("R") > len(rings) or not all(_is_ring(ring) for ring in rings):
        return None
    polygons, rest = [], iter(rings)
    for body in re.findall(r"[R,]*R", left):
        polygons.append(tuple(next(rest) for _ in range(body.count("R"))))
    return tuple(polygons)


def _is_ring(ring: Ring) -> bool:
    """Return whether a ring is closed, has an area, and lies on Earth."""
    on_earth = all(abs(lon) <= 180.0 and abs(lat) <= 90.0 for lon, lat in ring)
    return on_earth and len(ring) >= 4 and ring[0] == ring[-1] and len(set(ring)) >= 3


def write_outline(polygons: Sequence[Polygon]) -> str:
    """Write polygons as text, to 0.1 m."""
    bodies = [f"({', '.join(_write_ring(ring) for ring in polygon)})" for polygon in polygons]
    return f"POLYGON {bodies[0]}" if len(bodies) == 1 else f"MULTIPOLYGON ({', '.join(bodies)})"


def _write_ring(ring: Ring) -> str:
    return f"({', '.join(f'{_short(lon)} {_short(lat)}' for lon, lat in ring)})"


def _short(degrees: float) -> str:
    text = f"{degrees:.{DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def find_crossing(polygons: Sequence[Polygon]) -> Point | None:
    """Return where two sides of an outline cross each other; None where none do. Sides that only touch do not.

    Sides are compared with those alone that begin before they end, from west to east.
    """
    for polygon in polygons:
        sides = sorted((min(a, b), max(a, b)) for ring in polygon for a, b in pairwise(ring))
        open_sides: list[tuple[Point, Point]] = []
        for side in sides:
            open_sides = [other for other in open_sides if other[1][0] >= side[0][0]]
            for other in open_sides:
                if (point := _cross(side, other)) is not None:
                    return point
            open_sides.append(side)
    return None


def tell_crossing(point: Point) -> Message:
    """Say where two sides of an outline cross each other."""
    return Message(
        "two sides that cross at latitude {lat}, longitude {lon}", lat=_short(point[1]), lon=_short(point[0])
    )


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> Point | None:
    """Return where two sides cross inside both; None where they do not."""
    (a, b), (c, d) = one, other
    first, second = _turn(c, d, a), _turn(c, d, b)
    if first * second >= 0.0 or _turn(a, b, c) * _turn(a, b, d) >= 0.0:
        return None
    share = first / (first - second)
    return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))


def _turn(a: Point, b: Point, c: Point) -> float:
    """Return twice the signed area of a triangle."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def find_outline_faults(instance: Instance) -> Iterator[Finding]:
    """Find outlines that are no areas."""
    for number, sector in enumerate(instance.sectors):
        if sector.outline is None:
            continue
        polygons = parse_outline(sector.outline)
        if polygons is None:
            expected = Message("POLYGON ((longitude latitude, ...)) or MULTIPOLYGON, each ring closed")
            repair = Message("copy it from the map again, or leave it out")
            yield make_finding("bad-text", f"sectors[{number}].outline", sector.outline, expected, repair)
        elif (point := find_crossing(polygons)) is not None:
            yield make_finding("bad-text", f"sectors[{number}].outline", tell_crossing(point), UNCROSSED, UNCROSS)
