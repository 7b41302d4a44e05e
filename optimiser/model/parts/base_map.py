"""A map of one's own below the places: roads, rivers, borders. Nothing but drawings reads it.

Lines and areas are well-known text (OGC 06-103r4) of longitude and latitude, as outlines are: a text fits a cell of a
workbook and a line of TOML alike, so that an instance with its map stays one file. It has no part in the hash by which
a plan knows its instance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from optimiser.common.message import Message
from optimiser.model.parts.outline import MOST_LETTERS, NUMBER, Point, parse_outline
from optimiser.model.values.base import Model, Note
from optimiser.model.values.unread import Finding, make_finding

if TYPE_CHECKING:
    from optimiser.model.instance import Instance

MOST_SHAPES = 20  # texts of `MOST_LETTERS` each; an instance is sent with every question of a screen; assumed
Kind = Literal["area", "water", "border", "path", "rail", "road"]
_LINE = rf"\( *({NUMBER} +{NUMBER}(?: *, *{NUMBER} +{NUMBER})+) *\)"
_LINES = {
    "LINESTRING": re.compile(_LINE),
    "MULTILINESTRING": re.compile(rf"\( *{_LINE}(?: *, *{_LINE})* *\)"),
}
_PART = re.compile(r"\(([^()]+)\)")


class MapShape(Model):
    """A map of one's own below the places: lines and areas of one kind; nothing but drawings reads it."""

    kind: Kind = Field(description="how it is drawn")
    shape: Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)] = Field(
        description="LINESTRING, MULTILINESTRING, POLYGON or MULTIPOLYGON of longitude and latitude, as text"
    )
    credit: Note | None = Field(None, description="whose map it is, written small on every map that shows it")


def parse_shape(text: str) -> tuple[tuple[Point, ...], ...] | None:
    """Return the lines of a shape, or the rings of its areas, which are closed; None where the text is none."""
    kind, _, body = text.strip().partition("(")
    form = _LINES.get(kind.strip().upper())
    if form is None:
        polygons = parse_outline(text)
        return None if polygons is None else tuple(ring for polygon in polygons for ring in polygon)
    if len(text) > MOST_LETTERS or not form.fullmatch(f"({body}"):
        return None
    lines = tuple(tuple(_read_point(point) for point in part.split(",")) for part in _PART.findall(f"({body}"))
    on_earth = all(abs(lon) <= 180.0 and abs(lat) <= 90.0 for line in lines for lon, lat in line)
    return lines if on_earth else None


def is_area(text: str) -> bool:
    """Return whether a shape is filled."""
    return "POLYGON" in text[:20].upper()


def _read_point(text: str) -> Point:
    lon, lat = text.split()
    return float(lon), float(lat)


def find_base_map_faults(instance: Instance) -> Iterator[Finding]:
    """Find shapes that are neither lines nor areas."""
    for number, one in enumerate(instance.base_map):
        if parse_shape(one.shape) is None:
            expected = Message("LINESTRING (longitude latitude, ...), MULTILINESTRING, POLYGON or MULTIPOLYGON")
            repair = Message("read it from the map again, or leave the row out")
            yield make_finding("bad-text", f"base_map[{number}].shape", one.shape, expected, repair)
