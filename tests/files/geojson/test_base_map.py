"""A base map: what is kept of a file, what is left out, and that nothing but drawings knows of it."""

from __future__ import annotations

import json
import math
import re
import tomllib
from pathlib import Path

import pytest
from support.command_line import run
from support.geojson import POINT, located

from optimiser.common.errors import InputFault
from optimiser.files.edit import file_values
from optimiser.files.geojson.base_map import MOST_TEXT, read_base_map, take_base_map
from optimiser.files.read import parse, parse_workbook, read
from optimiser.files.synthetic.town import to_toml
from optimiser.model.parts.base_map import parse_shape
from optimiser.output.excel.template import write_template
from optimiser.output.map_pictures import picture_map
from optimiser.planning.search.hand_rules import proportional
from optimiser.simulation.simulator import _what_plays

LON, LAT = POINT["kpu"]
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def instance():
    return parse(located())


def feature(form, coordinates, **tags):
    return {"type": "Feature", "properties": tags, "geometry": {"type": form, "coordinates": coordinates}}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def line(*steps, **tags):
    return feature("LineString", [[LON + east, LAT + north] for east, north in steps], **tags)


def square(side=0.002, **tags):
    corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    hole = [(side * (1 + x) / 3, side * (1 + y) / 3) for x, y in ((0, 0), (0, 1), (1, 1), (1, 0), (0, 0))]
    return feature("Polygon", [[[LON + x, LAT + y] for x, y in ring] for ring in (corners, hole)], **tags)


def shapes(found):
    return {one.kind: one.shape for one in found.shapes}


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "primary"}, "road"),
        ({"highway": "footway"}, "path"),
        ({"railway": "rail"}, "rail"),
        ({"waterway": "river"}, "water"),
        ({"boundary": "administrative"}, "border"),
        ({}, "road"),
        ({"kind": "border", "highway": "primary"}, "border"),
        ({"kind": "lava"}, "road"),
    ],
)
def test_a_line_is_what_its_tags_say(instance, tags, kind):
    assert list(shapes(take_base_map(collection(line((0, 0), (0.002, 0.001), **tags)), instance, "map"))) == [kind]


def test_an_area_keeps_its_hole(instance):
    (found,) = take_base_map(collection(square(natural="water")), instance, "map").shapes
    assert found.kind == "water"
    assert [len(ring) for ring in parse_shape(found.shape) or ()] == [5, 5]
    assert found.shape.startswith("MULTIPOLYGON (((")


def test_corners_that_do_not_show_and_what_is_far_away_are_left_out(instance):
    straight = line(*((k * 1e-4, 0.0) for k in range(20)), highway="primary")
    far = line((1.0, 1.0), (1.1, 1.1), highway="primary")
    found = take_base_map(collection(straight, far), instance, "map")
    assert (found.kept, found.left_out) == (1, 1)
    assert [len(one) for one in parse_shape(shapes(found)["road"]) or ()] == [2]


def test_a_line_is_cut_where_it_leaves_what_can_be_seen(instance):
    found = take_base_map(collection(line(*((k / 1000.0, k / 1000.0) for k in range(900)))), instance, "map")
    (only,) = parse_shape(shapes(found)["road"]) or ()
    assert max(lon for lon, _ in only) < LON + 0.5


def test_what_is_broken_is_passed_over(instance):
    broken = [
        None,
        7,
        {"type": "Feature"},
        {"type": "Feature", "geometry": {"type": "LineString"}},
        feature("Point", [LON, LAT]),
        feature("LineString", [[LON, "x"], [LON, LAT]]),
        feature("LineString", [[LON], [LAT]]),
        feature("LineString", [[LON, LAT]]),
        feature("LineString", [[LON, math.inf], [LON, LAT]]),
        feature("Polygon", [[[LON, LAT], [LON + 0.001, LAT], [LON, LAT + 0.001]]]),
        feature("Polygon", []),
        feature("MultiPolygon", [[[LON, LAT]], 3]),
        feature("GeometryCollection", []),
        {"type": "Feature", "properties": [1], "geometry": {"type": ["LineString"], "coordinates": {}}},
    ]
    found = take_base_map(collection(*broken, line((0, 0), (0.001, 0.001))), instance, "map")
    assert (found.kept, found.left_out) == (1, len(broken))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"type": "Feature"}, "a GeoJSON FeatureCollection"),
        (collection(), "lines or areas around the places"),
        (collection(feature("LineString", [[500000.0, 9500000.0], [500100.0, 9500100.0]])), "longitude -180 to 180"),
        ({**collection(), "crs": {"properties": {"name": "EPSG:32748"}}}, "longitude and latitude, WGS 84"),
    ],
)
def test_a_file_that_is_no_map_of_the_places_is_refused(instance, data, said):
    with pytest.raises(InputFault, match=re.escape(said)):
        take_base_map(data, instance, "map")


def test_places_without_degrees_have_no_base_map():
    with pytest.raises(InputFault, match="places with latitude and longitude"):
        take_base_map(collection(line((0, 0), (0.001, 0))), read("tiny-2"), "map")


def test_a_large_map_is_thinned_until_it_fits(instance):
    def street(k):
        return [(t * 2e-4, k * 1e-4 + 5e-5 * math.sin(t * 1.7 + k)) for t in range(60)]

    found = take_base_map(collection(*(line(*street(k), highway="service") for k in range(120))), instance, "map")
    letters = sum(len(one.shape) for one in found.shapes)
    assert MOST_TEXT / 4 < letters < MOST_TEXT * 1.05
    assert found.kept > 60


def test_the_instance_stays_one_file_that_round_trips(instance):
    found = take_base_map(collection(line((0, 0), (0.002, 0.001)), square()), instance, "map", credit=HOSTILE)
    whole = instance.replace(base_map=found.shapes)
    assert parse(tomllib.loads(to_toml(file_values(whole)))).base_map == found.shapes
    assert parse(json.loads(whole.model_dump_json())).base_map == found.shapes
    assert parse_workbook(write_template(whole)).base_map == found.shapes


def test_no_plan_and_no_figure_knows_of_it(instance):
    found = take_base_map(collection(line((0, 0), (0.002, 0.001))), instance, "map")
    whole = instance.replace(base_map=found.shapes)
    assert whole.fingerprint() == instance.fingerprint()
    assert _what_plays(whole) == _what_plays(instance)


def test_it_is_drawn_below_everything_else_with_whose_map_it_is(instance):
    found = take_base_map(collection(line((0, 0), (0.01, 0.01)), square(natural="water")), instance, "map", HOSTILE)
    plan = proportional(instance)
    bare = picture_map(instance, plan).splitlines()
    drawn = picture_map(instance.replace(base_map=found.shapes), plan).splitlines()
    added = [one for one in drawn if one not in bare]
    assert [one for one in drawn if one not in added] == bare  # nothing moves for it
    first = next(n for n, one in enumerate(drawn) if "<circle" in one)
    assert all(drawn.index(one) < first for one in added)
    assert not any("<script" in one for one in drawn)
    assert any("&lt;script" in one for one in added)


@pytest.mark.parametrize(
    "text",
    ["LINESTRING (1 2)", "LINESTRING (1 2, 3)", "LINESTRING (1 2, 300 4)", "POLYGON ((1 2, 3 4))", "x" * 29_000],
)
def test_a_shape_that_is_none_is_a_fault_of_the_instance(text):
    with pytest.raises(InputFault, match=r"base_map\[0\].shape"):
        parse({**located(), "base_map": [{"kind": "road", "shape": text}]})


def test_the_command_line_takes_it_into_the_file(tmp_path: Path):
    town, area = tmp_path / "town.toml", tmp_path / "area.geojson"
    town.write_text(to_toml(located()), encoding="utf-8")
    area.write_text(json.dumps(collection(line((0, 0), (0.002, 0.001)), None)), encoding="utf-8")
    words = ["geojson", str(town), "--base-map", str(area), "--credit", "a city", "--to", str(town)]
    for _ in range(2):  # what is there is replaced
        done = run(*words)
        assert done.exit_code == 0, done.stderr
        assert "drawn: 1 features" in done.stderr
        assert [(one.kind, one.credit) for one in read(town).base_map] == [("road", "a city")]
    assert read_base_map(area, read(town), "a city").shapes == read(town).base_map
    assert run("geojson", str(town), "--base-map", str(area)).exit_code == 2
    assert run("geojson", str(town), "--credit", "x").exit_code == 2


def test_one_endless_line_and_far_too_many_lines_are_thinned_too(instance):
    spiral = [(4e-7 * t * math.cos(t), 4e-7 * t * math.sin(t)) for t in range(9000)]
    noise = [line(*((0.003 * math.sin(k * t), 0.003 * math.cos(3 * k + t)) for t in range(9))) for k in range(2000)]
    for features in ([line(*spiral)], noise):
        found = take_base_map(collection(*features), instance, "map")
        assert found.kept > 0
        assert MOST_TEXT / 10 < sum(len(one.shape) for one in found.shapes) < MOST_TEXT * 1.05
        assert all(parse_shape(one.shape) for one in found.shapes)


def test_bug_a_map_of_half_a_million_corners_was_thinned_for_half_a_minute(instance, monkeypatch) -> None:
    """There is a bound in words; below it what is crowded is thinned at once as far as it does not show."""
    zigzag = collection(line(*((n * 1e-5, n % 2 * 1e-2) for n in range(100))))
    fine = take_base_map(zigzag, instance, "map")
    monkeypatch.setattr("optimiser.files.geojson.base_map.CROWDED", 99)
    assert take_base_map(zigzag, instance, "map") == fine, "nothing goes where there is room and it would show"
    monkeypatch.setattr("optimiser.files.geojson.base_map.MOST_CORNERS", 99)
    with pytest.raises(InputFault) as refused:
        take_base_map(zigzag, instance, "map")
    [fault] = refused.value.faults
    assert (fault.code, fault.expected) == ("too-many", "at most 99 corners around the places")
