"""Places from a map: a GeoJSON file in which somebody moved, changed or added sectors and posts, as changes.

A sector may be an area, as QGIS draws it and Overpass exports it: its outline is kept, and its point is one inside.
What is read back is what a map is for, positions and a few fields that stand beside them, and lines that are routes of
a gathering (`routes`); what `optimiser geojson` writes besides is passed over. Places that the file leaves out stay
where they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import make_fault, suggest
from optimiser.common.language import CODES
from optimiser.common.message import Message
from optimiser.files.edit import Edit, amend
from optimiser.files.geojson.areas import (
    AREAS,
    STILL,
    find_point_inside,
    is_degrees,
    is_inside,
    place_right,
    read_area,
    same_outline,
    shorten_outline,
    tell_point,
)
from optimiser.files.geojson.features import SUFFIXES, list_features
from optimiser.files.geojson.routes import KIND as ROUTE
from optimiser.files.geojson.routes import DrawnLine, read_routes
from optimiser.files.read import read_json
from optimiser.model.instance import Instance, Post, Reinforcement, Sector
from optimiser.model.parts.outline import Polygon
from optimiser.model.values.base import Place
from optimiser.model.values.field_faults import list_field_faults

KINDS: dict[str, tuple[str, type[Place], tuple[str, ...]]] = {  # list in the instance, model, fields read
    "sector": ("sectors", Sector, ("name", "ring", "public", "staging_capacity", "officer_post")),
    "post": ("posts", Post, ("name", "staging_capacity")),
    "reinforcement": ("reinforcements", Reinforcement, ("name",)),
}
LINES = ("march", "legs", "road", "closure")  # drawn for the eye; where they go follows from the places
ALONG = ("accompaniment", "movement", "stand")  # drawn where units begin or come, which a gathering or a leg says
AREA = "area"  # kind of a feature of ours that is the outline of a sector
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True)
class Places:
    """What a map changes in an instance.

    Attributes
    ----------
    edits : the changes, as `optimiser.files.edit` takes them.
    moved, changed, added : identifiers of places that moved, whose other fields changed, that are new.
    absent : identifiers of places that the file does not have; they stay.
    lines : features that are no places and no routes.
    routes : each route that was drawn, with its stops, as people read it.
    """

    edits: tuple[Edit, ...]
    moved: tuple[str, ...]
    changed: tuple[str, ...]
    added: tuple[str, ...]
    absent: tuple[str, ...]
    lines: int
    routes: tuple[str, ...] = ()


def read_places(path: str | Path, instance: Instance) -> Places:
    """Read sectors, posts and reinforcements from a GeoJSON file.

    Parameters
    ----------
    path : FeatureCollection with Points; the property ``id`` names a place of the instance. A new one needs ``kind``
        (sector or post), ``id`` and ``name``. A sector may be a Polygon or MultiPolygon, and then a name alone will do.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : features that cannot be used, each fault with the number of its feature and the property.
    """
    source = str(path)
    features = list_features(read_json(path, SUFFIXES), source)
    reader = _Reader(instance)
    faults = [fault for i, feature in enumerate(features) for fault in reader.take(i, feature)]
    if not faults:
        reader.finish()
        faults = reader.draw_routes()
    if faults:
        raise InputFault(source, faults)
    seen = {ident for ident, _ in reader.seen}
    absent = tuple(ident for ident in reader.known if ident not in seen)
    return Places(
        tuple(reader.edits),
        tuple(reader.moved),
        tuple(reader.changed),
        tuple(reader.added),
        absent,
        reader.lines,
        reader.routes,
    )


class _Reader:
    """Goes through the features and remembers what each changes."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.known: dict[str, tuple[str, int]] = {}
        for kind, (section, _, _) in KINDS.items():
            self.known.update({place.id: (kind, i) for i, place in enumerate(getattr(instance, section))})
        self.length = {kind: len(getattr(instance, section)) for kind, (section, _, _) in KINDS.items()}
        self.edits: list[Edit] = []
        self.moved: list[str] = []
        self.changed: list[str] = []
        self.added: list[str] = []
        self.seen: dict[tuple[str, bool], int] = {}
        self.fresh: dict[str, tuple[str, dict[str, Any]]] = {}
        self.areas: dict[str, tuple[Polygon, ...]] = {}
        self.pointed: set[str] = set()
        self.names = {
            " ".join(place.name.split()).casefold(): place.id
            for section, _, _ in KINDS.values()
            for told in (*(instance.told_in(code) for code in CODES), instance)
            for place in getattr(told, section)
        }
        self.lines = 0
        self.drawn: list[DrawnLine] = []
        self.routes: tuple[str, ...] = ()

    def finish(self) -> None:
        """Put new places behind those that are known; give areas their outline, and a point where there is no other."""
        for ident, area in self.areas.items():
            if ident in self.fresh:
                self.fresh[ident][1].setdefault("outline", shorten_outline(area))
            else:
                self._outline(ident, area)
        for ident, (kind, place) in self.fresh.items():
            self.edits.append(Edit((KINDS[kind][0], self.length[kind]), place))
            self.length[kind] += 1
            self.added.append(ident)

    def draw_routes(self) -> list[Fault]:
        """Read the routes among the places as they are now on the map; return their faults."""
        if not self.drawn:
            return []
        edits, faults, self.routes = read_routes(amend(self.instance, self.edits), self.drawn)
        self.edits += edits
        return faults

    def _outline(self, ident: str, area: tuple[Polygon, ...]) -> None:
        kind, index = self.known[ident]
        section = KINDS[kind][0]
        old = getattr(self.instance, section)[index]
        if isinstance(old, Sector) and not same_outline(old.outline, area):
            self.edits.append(Edit((section, index, "outline"), shorten_outline(area)))
            if ident not in self.changed:
                self.changed.append(ident)
        here = None if old.lat is None or old.lon is None else (float(old.lon), float(old.lat))
        if ident not in self.pointed and (here is None or not is_inside(area, here)):
            self._move(ident, find_point_inside(area))

    def _move(self, ident: str, point: tuple[float, float]) -> None:
        kind, index = self.known[ident]
        lon, lat = point
        section = KINDS[kind][0]
        self.edits += [Edit((section, index, "lat"), lat), Edit((section, index, "lon"), lon)]
        self.moved.append(ident)

    def take(self, i: int, feature: Any) -> Iterator[Fault]:
        """Take over one feature; return its faults."""
        where = f"features[{i}]"
        if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
            yield make_fault("wrong-type", where, feature, Message("a Feature"), Message("save the layer as GeoJSON"))
            return
        given = feature.get("properties")
        if given is not None and not isinstance(given, Mapping):
            yield make_fault(
                "wrong-type", f"{where}.properties", given, Message("a table"), Message("save the layer as GeoJSON")
            )
            return
        properties = {name: _whole(value) for name, value in (given or {}).items() if value is not None}
        if properties.get("kind") in LINES:
            self.lines += 1
            return
        if properties.get("kind") in ALONG:
            return
        geometry = feature.get("geometry")
        if properties.get("kind") == ROUTE:
            self.drawn.append(DrawnLine(i, properties, geometry))
            return
        drawn: Mapping[str, Any] = geometry if isinstance(geometry, Mapping) else {}
        is_area = drawn.get("type") in AREAS
        properties = self._name(properties, is_area)
        faults, point, area = [], None, None
        for found in (*self._kind(where, properties), *self._ident(i, where, properties, is_area)):
            faults.append(found)
        kind, fresh = self._identify(properties)
        if kind is not None:
            faults += _shape(i, kind, properties if fresh else {"name": "known", **properties})
        try:
            if is_area:
                area = read_area(f"{where}.geometry", drawn)
            else:
                point = _position(where, geometry, fresh)
        except InputFault as error:
            faults += error.faults
        yield from faults
        if not faults and kind is not None:
            self._change(kind, properties, point, area)

    def _name(self, given: dict[str, Any], is_area: bool) -> dict[str, Any]:
        """Find out which place is meant where a feature has no id of ours: by its name, else by what it is called.

        An area without a kind is a sector, as no other place is one. Features of OpenStreetMap have ``@id`` such as
        ``way/123``; areas drawn in a program may have a name alone.
        """
        properties = {**given, "kind": "sector"} if given.get("kind") == AREA else dict(given)
        ident, name = properties.get("id"), properties.get("name")
        if isinstance(ident, str) and (ident in self.known or _IDENTIFIER.fullmatch(ident)):
            new = is_area and ident not in self.known
            return {"kind": "sector", "name": name or ident, **properties} if new else properties
        if isinstance(name, str) and (known := self.names.get(" ".join(name.split()).casefold())):
            return {**properties, "id": known}
        called = [text for text in (name, given.get("@id"), ident) if text is not None]
        if is_area and called:
            spelled = next((made for text in called if (made := _spell(str(text)))), None)
            kind = {} if "kind" in properties or spelled in self.known else {"kind": "sector"}
            return {"name": str(called[0])[:120], **properties, **kind, "id": spelled or ident}
        return properties

    def _identify(self, properties: Mapping[str, Any]) -> tuple[str | None, bool]:
        """Return the kind of place that is meant, and whether it is new."""
        ident = properties.get("id")
        known = self.known.get(ident) if isinstance(ident, str) else None
        kind = properties.get("kind", known[0] if known else None)
        return (kind if isinstance(kind, str) and kind in KINDS else None), known is None

    def _kind(self, where: str, properties: Mapping[str, Any]) -> Iterator[Fault]:
        place, ident, kind = f"{where}.properties.kind", properties.get("id"), properties.get("kind")
        known = self.known.get(ident) if isinstance(ident, str) else None
        if kind is None:
            if known is None:
                repair = Message("write which it is, or the id of a place that exists")
                yield make_fault("missing-field", place, None, Message("sector or post for a new place"), repair)
        elif not isinstance(kind, str) or kind not in KINDS:
            advice = suggest(kind, [*KINDS, *LINES, ROUTE]) if isinstance(kind, str) else ""
            choices = Message("one of {names}", names=", ".join(KINDS))
            yield make_fault("not-a-choice", place, kind, choices, advice or Message("choose one of these"))
        elif known is not None and kind != known[0]:
            repair = Message("correct the kind, or give the new place another id")
            expected = Message("{kind}, which '{place}' is", kind=known[0], place=ident)
            yield make_fault("duplicate-id", place, kind, expected, repair)
        elif known is None and kind == "reinforcement":
            repair = Message("add it to the instance itself, with its team")
            yield make_fault(
                "unknown-place", f"{where}.properties.id", ident, Message("a reinforcement that exists"), repair
            )

    def _ident(self, i: int, where: str, properties: Mapping[str, Any], is_area: bool) -> Iterator[Fault]:
        ident = properties.get("id")
        if not isinstance(ident, str):
            return  # the shape says so
        earlier = self.seen.setdefault((ident, is_area), i)  # a point and an area may be of one place
        if earlier != i:
            expected = Message("each place once; it is features[{i}] too", i=str(earlier))
            repair = Message("remove one of them")
            yield make_fault("duplicate-id", f"{where}.properties.id", ident, expected, repair)

    def _change(
        self,
        kind: str,
        properties: Mapping[str, Any],
        point: tuple[float, float] | None,
        area: tuple[Polygon, ...] | None,
    ) -> None:
        section, _, fields = KINDS[kind]
        ident = properties["id"]
        given = {name: properties[name] for name in fields if name in properties}
        if area is not None and (kind == "sector" or ident in self.known):
            self.areas[ident] = area
        if ident not in self.known:
            lon, lat = point if point is not None else find_point_inside(area or ())
            place = {"id": ident, **given, "lat": lat, "lon": lon, "source": "map"}
            earlier = self.fresh.get(ident)
            if earlier is None or area is None:
                self.fresh[ident] = (kind, place)
            return
        index = self.known[ident][1]
        old = getattr(self.instance, section)[index]
        new = {name: value for name, value in given.items() if value != getattr(old, name)}
        self.edits += [Edit((section, index, name), value) for name, value in new.items()]
        if new:
            self.changed.append(ident)
        if point is not None:
            self.pointed.add(ident)
            if _moves(old, point):
                self._move(ident, point)


def _whole(value: Any) -> Any:
    """Take 2.0, as some programs write whole numbers, for 2."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _shape(i: int, kind: str, properties: Mapping[str, Any]) -> list[Fault]:
    """Look at each field by itself, as the instance's own format does."""
    _, model, fields = KINDS[kind]
    model = Post if model is Reinforcement else model  # whose further fields stand in the instance
    given = {name: properties[name] for name in ("id", *fields) if name in properties}
    try:
        model.model_validate(given)
    except ValidationError as error:
        return list_field_faults(
            error.errors(include_url=False), model.model_json_schema(), ("features", i, "properties")
        )
    return []


def _position(where: str, geometry: Any, fresh: bool) -> tuple[float, float] | None:
    """Return longitude and latitude; None where a known place has no geometry.

    Raises
    ------
    InputFault : there is no point, or none on Earth.
    """
    place = f"{where}.geometry"
    if geometry is None:
        if not fresh:
            return None
        raise _wrong("missing-coordinates", place, None, Message("a Point"), Message("draw the place on the map"))
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if not isinstance(geometry, Mapping) or kind not in ("Point", "MultiPoint"):
        repair = Message("draw places as points, or sectors as areas")
        raise _wrong("wrong-type", place, kind, Message("a Point, Polygon or MultiPolygon"), repair)
    coordinates = geometry.get("coordinates")
    if kind == "MultiPoint":
        if not isinstance(coordinates, list) or len(coordinates) != 1:
            repair = Message("split it into single points")
            raise _wrong("wrong-type", f"{place}.coordinates", coordinates, Message("one point"), repair)
        coordinates = coordinates[0]
    if not isinstance(coordinates, list) or len(coordinates) < 2 or not all(is_degrees(c) for c in coordinates[:2]):
        expected = Message("longitude and latitude, two finite numbers")
        raise _wrong("wrong-type", f"{place}.coordinates", coordinates, expected, Message("draw the point again"))
    lon, lat = float(coordinates[0]), float(coordinates[1])
    if not (abs(lon) <= 180.0 and abs(lat) <= 90.0):
        expected = Message("longitude -180 to 180, then latitude -90 to 90 degrees")
        raise _wrong("out-of-range", f"{place}.coordinates", tell_point((lon, lat)), expected, place_right((lon, lat)))
    return lon, lat


def _wrong(code: str, place: str, found: Any, expected: str, repair: str) -> InputFault:
    return InputFault("", [make_fault(code, place, found, expected, repair)])


def _moves(place: Place, point: tuple[float, float]) -> bool:
    if place.lat is None or place.lon is None:
        return True
    return max(abs(float(place.lon) - point[0]), abs(float(place.lat) - point[1])) > STILL


def _spell(text: str) -> str:
    """Make an identifier of a name: small letters and digits, everything else a dash."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", bare)[:60].strip("-")
