"""The small instance with degrees, and what RFC 7946 asks of a document."""

from __future__ import annotations

from support.small import small_data

POINT = {"kpu": (104.1775, -4.1195), "market": (104.17, -4.12), "polres": (104.18, -4.13), "martapura": (104.36, -4.31)}


def located(**changes):
    """Give the small instance degrees."""
    data = small_data(**changes)
    for section in ("sectors", "posts", "reinforcements"):
        for place in data[section]:
            del place["x"], place["y"]
            place["lon"], place["lat"] = POINT[place["id"]]
    return data


def by_id(collection):
    return {feature["id"]: feature for feature in collection["features"]}


def look_at(collection) -> None:
    """Check what RFC 7946 asks of it."""
    assert collection["type"] == "FeatureCollection"
    assert not {"coordinates", "geometries", "geometry", "properties", "crs"} & set(collection)
    assert len(by_id(collection)) == len(collection["features"])
    for feature in collection["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        assert feature["type"] == "Feature"
        geometry = feature["geometry"]
        if geometry is None:
            continue
        assert set(geometry) == {"type", "coordinates"}
        positions = [geometry["coordinates"]] if geometry["type"] == "Point" else geometry["coordinates"]
        assert geometry["type"] == "Point" or len(positions) >= 2
        for lon, lat in positions:
            assert -180 <= lon <= 180
            assert -90 <= lat <= 90
