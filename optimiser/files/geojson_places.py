"""Places from a map: a GeoJSON file in which somebody moved, changed or added sectors and posts, as changes.

What is read back is what a map is for, positions and a few fields that stand beside them; what `optimiser geojson`
writes besides is passed over. Places that the file leaves out stay where they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import FILE, Said, make_fault, suggest
from optimiser.common.message import Message
from optimiser.files.edit import Edit
from optimiser.files.read import read_json
from optimiser.model.instance import Instance, Post, Reinforcement, Sector
from optimiser.model.values.base import Place
from optimiser.model.values.field_faults import list_field_faults

KINDS: dict[str, tuple[str, type[Place], tuple[str, ...]]] = {  # list in the instance, model, fields read
    "sector": ("sectors", Sector, ("name", "ring", "public", "staging_capacity", "officer_post")),
    "post": ("posts", Post, ("name", "staging_capacity")),
    "reinforcement": ("reinforcements", Reinforcement, ("name",)),
}
LINES = ("march", "road", "closure")  # drawn for the eye; where they go follows from the places
STILL = 1e-9  # degrees, assumed: 0.1 mm, above what other programs round and below what anybody moves
SUFFIXES = (".geojson", ".json")


@dataclass(frozen=True)
class Places:
    """What a map changes in an instance.

    Attributes
    ----------
    edits : the changes, as `optimiser.files.edit` takes them.
    moved, changed, added : identifiers of places that moved, whose other fields changed, that are new.
    absent : identifiers of places that the file does not have; they stay.
    lines : features that are no places.
    """

    edits: tuple[Edit, ...]
    moved: tuple[str, ...]
    changed: tuple[str, ...]
    added: tuple[str, ...]
    absent: tuple[str, ...]
    lines: int


def read_places(path: str | Path, instance: Instance) -> Places:
    """Read sectors, posts and reinforcements from a GeoJSON file.

    Parameters
    ----------
    path : FeatureCollection with Points; the property ``id`` names a place of the instance. A new one needs ``kind``
        (sector or post), ``id`` and ``name``.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : features that cannot be used, each fault with the number of its feature and the property.
    """
    source = str(path)
    features = _features(read_json(path, SUFFIXES), source)
    reader = _Reader(instance)
    faults = [fault for i, feature in enumerate(features) for fault in reader.take(i, feature)]
    if faults:
        raise InputFault(source, faults)
    absent = tuple(ident for ident in reader.known if ident not in reader.seen)
    return Places(
        tuple(reader.edits), tuple(reader.moved), tuple(reader.changed), tuple(reader.added), absent, reader.lines
    )


def _features(data: Any, source: str) -> list[Any]:
    """Take the features out of the document.

    Raises
    ------
    InputFault : it is no FeatureCollection in degrees.
    """
    features = data.get("features") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or data.get("type") != "FeatureCollection" or not isinstance(features, list):
        found = data.get("type") if isinstance(data, Mapping) else data
        repair = Message("save the layer as GeoJSON")
        raise InputFault(
            source, [make_fault("wrong-format", FILE, found, Message("a GeoJSON FeatureCollection"), repair)]
        )
    crs = data.get("crs")
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    if crs is not None and not (isinstance(name, str) and name.endswith((":CRS84", ":4326"))):
        expected = Message("longitude and latitude, WGS 84 (EPSG:4326)")
        repair = Message("save the layer in EPSG:4326, which GeoJSON is always in")
        raise InputFault(source, [make_fault("wrong-format", "crs.properties.name", name, expected, repair)])
    return features


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
        self.seen: dict[str, int] = {}
        self.lines = 0

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
        faults, point = [], None
        for found in (*self._kind(where, properties), *self._ident(i, where, properties)):
            faults.append(found)
        kind, fresh = self._identify(properties)
        if kind is not None:
            faults += _shape(i, kind, properties if fresh else {"name": "known", **properties})
        try:
            point = _position(where, feature.get("geometry"), fresh)
        except InputFault as error:
            faults += error.faults
        yield from faults
        if not faults and kind is not None:
            self._change(kind, properties, point)

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
            advice = suggest(kind, [*KINDS, *LINES]) if isinstance(kind, str) else ""
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

    def _ident(self, i: int, where: str, properties: Mapping[str, Any]) -> Iterator[Fault]:
        ident = properties.get("id")
        if not isinstance(ident, str):
            return  # the shape says so
        if ident in self.seen:
            expected = Message("each place once; it is features[{i}] too", i=str(self.seen[ident]))
            repair = Message("remove one of them")
            yield make_fault("duplicate-id", f"{where}.properties.id", ident, expected, repair)
        self.seen.setdefault(ident, i)

    def _change(self, kind: str, properties: Mapping[str, Any], point: tuple[float, float] | None) -> None:
        section, _, fields = KINDS[kind]
        ident = properties["id"]
        given = {name: properties[name] for name in fields if name in properties}
        if ident not in self.known:
            assert point is not None
            lon, lat = point
            place = {"id": ident, **given, "lat": lat, "lon": lon, "source": "map"}
            self.edits.append(Edit((section, self.length[kind]), place))
            self.length[kind] += 1
            self.added.append(ident)
            return
        index = self.known[ident][1]
        old = getattr(self.instance, section)[index]
        new = {name: value for name, value in given.items() if value != getattr(old, name)}
        self.edits += [Edit((section, index, name), value) for name, value in new.items()]
        if new:
            self.changed.append(ident)
        if point is not None and _moves(old, point):
            lon, lat = point
            self.edits += [Edit((section, index, "lat"), lat), Edit((section, index, "lon"), lon)]
            self.moved.append(ident)


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
        raise _wrong("wrong-type", place, kind, Message("a Point"), Message("draw places as points"))
    coordinates = geometry.get("coordinates")
    if kind == "MultiPoint":
        if not isinstance(coordinates, list) or len(coordinates) != 1:
            repair = Message("split it into single points")
            raise _wrong("wrong-type", f"{place}.coordinates", coordinates, Message("one point"), repair)
        coordinates = coordinates[0]
    if not isinstance(coordinates, list) or len(coordinates) < 2 or not all(_number(c) for c in coordinates[:2]):
        expected = Message("longitude and latitude, two finite numbers")
        raise _wrong("wrong-type", f"{place}.coordinates", coordinates, expected, Message("draw the point again"))
    lon, lat = float(coordinates[0]), float(coordinates[1])
    if not (abs(lon) <= 180.0 and abs(lat) <= 90.0):
        found = Said("[{lon}, {lat}]", lon=f"{lon:g}", lat=f"{lat:g}")
        expected = Message("longitude -180 to 180, then latitude -90 to 90 degrees")
        repair = Message("save the layer in EPSG:4326 (degrees), longitude first")
        raise _wrong("out-of-range", f"{place}.coordinates", found, expected, repair)
    return lon, lat


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9 and math.isfinite(value)


def _wrong(code: str, place: str, found: Any, expected: str, repair: str) -> InputFault:
    return InputFault("", [make_fault(code, place, found, expected, repair)])


def _moves(place: Place, point: tuple[float, float]) -> bool:
    if place.lat is None or place.lon is None:
        return True
    return max(abs(float(place.lon) - point[0]), abs(float(place.lat) - point[1])) > STILL
