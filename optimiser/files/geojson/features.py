"""The features of a GeoJSON file in degrees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimiser.common.errors import InputFault
from optimiser.common.faults import FILE, make_fault
from optimiser.common.message import Message

SUFFIXES = (".geojson", ".json")


def list_features(data: Any, source: str) -> list[Any]:
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
