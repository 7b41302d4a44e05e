"""Routes from a map: a line is a way of a gathering, its corners near sectors are the stops, and nothing is guessed."""

from __future__ import annotations

import json

import pytest
from support.command_line import run
from support.geojson import POINT, located

from optimiser.common.errors import InputFault
from optimiser.files.edit import amend, write_amended
from optimiser.files.geojson.places import read_places
from optimiser.files.read import parse, read

KPU, MARKET = POINT["kpu"], POINT["market"]  # 830 m apart
BEND = ((KPU[0] + MARKET[0]) / 2, -4.125)


@pytest.fixture(scope="module")
def instance():
    return parse(located())


def line(*corners, kind="LineString", **properties):
    body = [list(corner) for corner in corners]
    geometry = {"type": kind, "coordinates": [body] if kind == "MultiLineString" else body}
    told = {"kind": "route", "gathering": "recount", **properties}
    return {"type": "Feature", "properties": told, "geometry": geometry}


def read_lines(tmp_path, instance, *features):
    file = tmp_path / "map.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return read_places(file, instance)


def faults(tmp_path, instance, *features):
    with pytest.raises(InputFault) as caught:
        read_lines(tmp_path, instance, *features)
    return [(fault.code, fault.place) for fault in caught.value.faults]


def test_lines_are_the_routes_of_their_gathering_with_a_stop_at_every_sector(tmp_path, instance):
    there = line(KPU, BEND, MARKET, route="there", weight=3)
    back = line(MARKET, MARKET, KPU, kind="MultiLineString", route="Back", stay=20, fid=7, gathering="Recount")
    found = read_lines(tmp_path, instance, there, back)
    assert found.routes == ("recount there: kpu, market", "recount back: market, kpu")
    after = amend(instance, found.edits)
    ways = [(way.route, way.share, [stop.sector for stop in way.stops]) for way in after.gatherings[0].ways]
    assert ways == [("there", 0.75, ["kpu", "market"]), ("back", 0.25, ["market", "kpu"])]
    before = {stop.sector: stop.stay for stop in instance.gatherings[0].itinerary}
    assert after.gatherings[0].itinerary[0].stay == before["kpu"]
    assert [stop.stay for stop in after.gatherings[0].itinerary[2:]] == [20.0, 20.0]
    assert after.gatherings[1:] == instance.gatherings[1:]
    assert [route.source for route in after.gatherings[0].routes] == ["map", "map"]


def test_what_is_drawn_again_keeps_its_weight_and_what_is_not_drawn_goes(tmp_path, instance):
    first = amend(instance, read_lines(tmp_path, instance, line(KPU, MARKET, route="there", weight=3)).edits)
    second = read_lines(tmp_path, first, line(MARKET, KPU, route="there"), line(KPU, BEND, KPU, route="stay"))
    after = amend(first, second.edits)
    assert [(route.id, float(route.weight)) for route in after.gatherings[0].routes] == [("there", 3.0), ("stay", 1.0)]
    assert [stop.sector for stop in after.gatherings[0].itinerary] == ["market", "kpu", "kpu"]
    third = read_lines(tmp_path, after, line(KPU, MARKET, route="only"))
    assert [route.id for route in amend(after, third.edits).gatherings[0].routes] == ["only"]


def test_a_route_leads_to_where_the_same_map_puts_the_sector(tmp_path, instance):
    moved = {
        "type": "Feature",
        "properties": {"id": "market"},
        "geometry": {"type": "Point", "coordinates": [104.3, -4.2]},
    }
    found = read_lines(tmp_path, instance, line(KPU, (104.3001, -4.2), route="far"), moved)
    assert found.routes == ("recount far: kpu, market",)
    corners = [[104.2, -4.3], [104.3, -4.3], [104.3, -4.2], [104.2, -4.2], [104.2, -4.3]]
    area = {"type": "Polygon", "coordinates": [corners]}
    outline = {"type": "Feature", "properties": {"id": "market"}, "geometry": area}
    found = read_lines(tmp_path, instance, line(KPU, (104.201, -4.299), route="in"), outline)
    assert found.routes == ("recount in: kpu, market",)


def test_what_is_unclear_is_said_with_feature_and_corner(tmp_path, instance):
    near = {
        "type": "Feature",
        "properties": {"kind": "sector", "id": "gate", "name": "Gate"},
        "geometry": {"type": "Point", "coordinates": [KPU[0] + 0.002, KPU[1]]},  # 220 m away
    }
    between = (KPU[0] + 0.001, KPU[1])
    assert faults(tmp_path, instance, near, line(between, MARKET, route="a"), line(BEND, KPU, route="b")) == [
        ("unclear-stop", "features[1].geometry.coordinates[0]"),
        ("unclear-stop", "features[2].geometry.coordinates[0]"),
    ]
    assert read_lines(tmp_path, instance, near, line(KPU, MARKET, route="a")).routes == ("recount a: kpu, market",)
    assert faults(
        tmp_path,
        instance,
        line(KPU, MARKET, route="a", gathering="recont"),
        line(KPU, MARKET),
        line(KPU, MARKET, route="b", weight=-1),
        line(KPU, MARKET, route="c"),
        line(KPU, MARKET, route="c"),
        line(KPU, route="d"),
        line(KPU, (204.0, -4.0), route="e"),
        {**line(route="f"), "geometry": None},
    ) == [
        ("unknown-gathering", "features[0].properties.gathering"),
        ("missing-field", "features[1].properties.route"),
        ("out-of-range", "features[2].properties.weight"),
        ("duplicate-id", "features[4].properties.route"),
        ("wrong-type", "features[5].geometry"),
        ("wrong-type", "features[6].geometry"),
        ("wrong-type", "features[7].geometry"),
    ]


def test_the_command_says_which_stops_were_read_and_writes_an_instance_that_has_them(tmp_path, instance):
    town, drawn, changed = tmp_path / "town.toml", tmp_path / "drawn.geojson", tmp_path / "changed.toml"
    (tmp_path / "town.json").write_text(json.dumps(located()))
    town.write_text(write_amended(tmp_path / "town.json", (), town))
    read_lines(tmp_path, instance, line(KPU, MARKET, route="there"), line(MARKET, KPU, route="back", weight=2))
    (tmp_path / "map.geojson").rename(drawn)
    done = run("geojson", str(town), "--places", str(drawn), "--to", str(changed))
    assert done.exit_code == 0, done.stderr
    assert "route recount there: kpu, market" in done.stderr
    shares = [(way.route, way.share) for way in read(changed).gatherings[0].ways]
    assert shares == [("there", pytest.approx(1 / 3)), ("back", pytest.approx(2 / 3))]
