"""Sectors as areas: a point that lies inside, an outline that is kept, and nothing taken for moved that was rounded."""

from __future__ import annotations

import copy
import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.geojson import POINT, located

from optimiser.common.errors import FileTrouble, InputFault
from optimiser.files.edit import amend, write_amended
from optimiser.files.geojson.areas import find_point_inside, is_inside, shorten_outline, turn_rings
from optimiser.files.geojson.places import read_places
from optimiser.files.read import parse
from optimiser.model.parts.outline import MOST_LETTERS, find_crossing, parse_outline, write_outline
from optimiser.output.write import map_plan

U = [(0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3), (0, 0)]
HOLED = ([(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)], [(1, 1), (1, 3), (3, 3), (3, 1), (1, 1)])


@pytest.fixture(scope="module")
def instance():
    return parse(located())


def around(place: str, size: float = 0.002) -> list[list[float]]:
    lon, lat = POINT[place]
    return [[lon + size * x, lat + size * y] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]


def area(*rings, **properties):
    kind = "Polygon" if len(rings) == 1 else "MultiPolygon"
    coordinates = [rings[0]] if len(rings) == 1 else [[ring] for ring in rings]
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def taken(tmp_path, instance, *features):
    file = tmp_path / "map.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return read_places(file, instance)


# ---------------------------------------------------------------- geometry


@pytest.mark.parametrize("polygon", [(tuple(U),), tuple(map(tuple, HOLED))], ids=["bent", "holed"])
def test_a_point_is_inside_where_a_centroid_is_not(polygon) -> None:
    xs, ys = zip(*polygon[0][:-1], strict=True)
    assert not is_inside([polygon], (sum(xs) / len(xs), sum(ys) / len(ys)))
    assert is_inside([polygon], find_point_inside([polygon]))


@given(st.lists(st.tuples(st.floats(0.1, 1.0), st.floats(0.05, 1.0)), min_size=3, max_size=12), st.floats(0.1, 0.9))
def test_the_point_is_inside_any_star_with_a_hole(spokes, share) -> None:
    turns = [sum(step for _, step in spokes[: i + 1]) for i in range(len(spokes))]
    angles = [2.0 * math.pi * t / turns[-1] for t in turns]
    ring = [(r * math.cos(a), r * math.sin(a)) for (r, _), a in zip(spokes, angles, strict=True)]
    hole = [(share * x, share * y) for x, y in ring]
    polygon = tuple((*r, r[0]) for r in (ring, hole))
    try:
        point = find_point_inside([polygon])
    except ValueError:
        return  # no area
    assert is_inside([polygon], point)


def test_an_outline_is_read_back_and_long_ones_lose_corners() -> None:
    polygons = (turn_rings(tuple(map(tuple, HOLED))), turn_rings((tuple((x + 10, y) for x, y in U),)))
    assert parse_outline(write_outline(polygons)) == tuple(
        tuple(tuple((float(x), float(y)) for x, y in ring) for ring in polygon) for polygon in polygons
    )
    angles = [2.0 * math.pi * i / 5000 for i in range(5000)]
    ring = [(104.0 + 0.01 * math.cos(a), -4.0 + 0.01 * math.sin(a)) for a in angles]
    text = shorten_outline((((*ring, ring[0]),),))
    short = parse_outline(text)
    assert len(text) <= MOST_LETTERS
    assert short is not None
    assert all(abs(math.hypot(x - 104.0, y + 4.0) - 0.01) < 2e-6 for x, y in short[0][0])
    middles = [((a + c) / 2.0 - 104.0, (b + d) / 2.0 + 4.0) for (a, b), (c, d) in pairwise(short[0][0])]
    assert all(0.01 - math.hypot(x, y) < 1e-4 for x, y in middles)


@pytest.mark.parametrize(
    "text",
    ["", "POLYGON", "POLYGON ((0 0, 1 0, 1 1))", "POLYGON ((0 0, 1 0, 1 1, 0 0)) x", "POLYGON (R)", "POINT (1 2)"],
)
def test_what_is_no_outline_is_a_fault_of_the_instance(text: str) -> None:
    data = located()
    data["sectors"][0]["outline"] = text
    with pytest.raises(InputFault) as caught:
        parse(data)
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [("bad-text", "sectors[0].outline")]


# ---------------------------------------------------------------- from a map


def test_an_area_of_openstreetmap_is_known_by_its_name(tmp_path, instance) -> None:
    ring = around("kpu")
    found = taken(tmp_path, instance, area(ring, **{"@id": "way/123", "name": " kpu ", "amenity": "townhall"}))
    assert (found.changed, found.moved, found.added) == (("kpu",), (), ())  # its point lies inside already
    kpu = amend(instance, found.edits).sectors[0]
    assert parse_outline(kpu.outline or "") is not None
    assert (kpu.lat, kpu.lon) == (instance.sectors[0].lat, instance.sectors[0].lon)


def test_a_place_outside_of_its_area_gets_a_point_inside(tmp_path, instance) -> None:
    found = taken(tmp_path, instance, area(around("polres"), around("martapura", 0.001), id="market"))
    assert (found.changed, found.moved) == (("market",), ("market",))
    market = amend(instance, found.edits).sectors[1]
    polygons = parse_outline(market.outline or "")
    assert polygons is not None
    assert len(polygons) == 2
    assert is_inside(polygons, (float(market.lon), float(market.lat)))


def test_a_new_area_is_a_sector_with_a_name_or_with_an_id_alone(tmp_path, instance) -> None:
    features = [
        area(around("polres"), **{"@id": "way/1", "name": "Pasar Atas Baru"}),
        area(around("martapura"), **{"@id": "relation/7", "name": None}),
    ]
    found = taken(tmp_path, instance, *features)
    assert found.added == ("pasar-atas-baru", "relation-7")
    changed = amend(instance, found.edits)
    assert [s.name for s in changed.sectors[2:]] == ["Pasar Atas Baru", "relation/7"]
    assert all(s.outline for s in changed.sectors[2:])


def test_an_area_of_a_post_gives_its_point(tmp_path, instance) -> None:
    found = taken(tmp_path, instance, area(around("market", 0.0005), id="polres"))
    assert (found.moved, found.changed) == (("polres",), ())


def test_a_point_beside_the_area_decides_where_the_place_is(tmp_path, instance) -> None:
    gate = {"type": "Feature", "properties": {"id": "kpu"}, "geometry": {"type": "Point", "coordinates": [104.2, -4.1]}}
    found = taken(tmp_path, instance, area(around("polres"), id="kpu", kind="area"), gate)
    kpu = amend(instance, found.edits).sectors[0]
    assert (kpu.lon, kpu.lat) == (104.2, -4.1)
    assert kpu.outline


def test_what_was_written_is_not_changed_by_programs_that_round(tmp_path, instance) -> None:
    drawn = amend(instance, taken(tmp_path, instance, area(around("kpu"), id="kpu")).edits)
    data = copy.deepcopy(map_plan(drawn))
    assert data["features"][-1]["properties"]["kind"] == "area"
    for digits in (7, 6):
        rounded = json.loads(json.dumps(data), parse_float=lambda text, n=digits: round(float(text), n))
        assert taken(tmp_path, drawn, *rounded["features"]).edits == ()


def test_coordinates_of_many_digits_are_not_moved_by_rounding(tmp_path) -> None:
    data = located()
    for place in (*data["sectors"], *data["posts"], *data["reinforcements"]):
        place["lat"] += 4.56789e-7
        place["lon"] -= 3.21987e-7
    instance = parse(data)
    features = json.loads(json.dumps(map_plan(instance)), parse_float=lambda text: round(float(text), 6))["features"]
    assert taken(tmp_path, instance, *features).edits == ()
    features[0]["geometry"]["coordinates"][0] += 2e-6
    assert taken(tmp_path, instance, *features).moved == ("kpu",)


@pytest.mark.parametrize(
    "ring",
    [
        [[0, 0], [1, 0], [1, 1]],
        [[0, 0], [1, 1], [2, 2], [0, 0]],
        [[0, 0], [200, 0], [1, 1], [0, 0]],
        "x",
        [],
        [[0], [1]],
    ],
)
def test_areas_that_are_none_are_told(tmp_path, instance, ring) -> None:
    with pytest.raises(InputFault) as caught:
        taken(tmp_path, instance, area(ring, id="kpu"))
    (fault,) = caught.value.faults
    code = "out-of-range" if ring[1:2] == [[200, 0]] else "wrong-type"
    assert (fault.code, fault.place) == (code, "features[0].geometry.coordinates")


@given(
    st.dictionaries(
        st.sampled_from(["id", "@id", "name", "kind"]), st.one_of(st.none(), st.integers(), st.text(max_size=9))
    ),
    st.recursive(st.floats(-200, 200), lambda inner: st.lists(inner, max_size=4), max_leaves=20),
)
def test_any_area_is_read_or_told(tmp_path_factory, properties, coordinates) -> None:
    instance = parse(located())
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": coordinates},
    }
    try:
        taken(tmp_path_factory.mktemp("area"), instance, feature)
    except InputFault as refused:
        assert refused.faults


@pytest.mark.parametrize("corners", [[(0, 0), (1, 1), (1, 0), (0, 1)], [(0, 0), (3, 2), (3, 0), (0, 1), (-1, 4)]])
def test_bug_an_area_whose_sides_cross_was_taken_or_told_as_something_else(tmp_path, instance, corners) -> None:
    lon, lat = POINT["kpu"]
    ring = [[lon + 0.001 * x, lat + 0.001 * y] for x, y in (*corners, corners[0])]
    with pytest.raises(InputFault) as refused:
        taken(tmp_path, instance, area(ring, id="kpu"))
    (fault,) = refused.value.faults
    assert fault.place == "features[0].geometry.coordinates"
    assert "cross at latitude" in fault.found
    text = write_outline(((tuple(map(tuple, ring)),),))
    sector = instance.sectors[0].model_copy(update={"outline": text})
    with pytest.raises(InputFault, match="cross at latitude"):
        instance.replace(sectors=(sector, *instance.sectors[1:]))


@pytest.mark.parametrize("shape", ["point", "area"])
def test_bug_exchanged_coordinates_were_told_to_be_drawn_again(tmp_path, instance, shape) -> None:
    turned = [[-4.1 + 0.001 * lat, 104.1 + 0.001 * lon] for lat, lon in ((0, 0), (1, 0), (1, 1), (0, 0))]
    feature = area(turned, id="kpu")
    if shape == "point":
        feature["geometry"] = {"type": "Point", "coordinates": turned[0]}
    with pytest.raises(InputFault) as refused:
        taken(tmp_path, instance, feature)
    (fault,) = refused.value.faults
    assert (fault.code, fault.repair) == (
        "out-of-range",
        "the latitude stands first; exchange the numbers, longitude first",
    )


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=9, unique=True))
def test_a_crossing_is_found_wherever_two_sides_cross(corners) -> None:
    """Compare with every pair of sides, in whole numbers."""
    ring = (*corners, corners[0])

    def turn(a, b, c):
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    sides = list(pairwise(ring))
    expected = any(
        turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0 for a, b in sides for c, d in sides
    )
    assert (find_crossing([(ring,)]) is not None) == expected


def test_bug_an_area_with_an_id_of_its_own_needed_a_kind(tmp_path, instance) -> None:
    """Nothing but a sector is an area; an area that was drawn with an id alone was refused."""
    found = taken(tmp_path, instance, area(around("kpu"), id="alun"), area(around("kpu", 0.001), id="kpu"))
    assert found.added == ("alun",)
    (added,) = [edit.value for edit in found.edits if isinstance(edit.value, dict) and edit.value.get("id") == "alun"]
    assert added["name"] == "alun"


def test_bug_a_workbook_to_write_was_refused_without_a_way(tmp_path) -> None:
    with pytest.raises(FileTrouble, match=r"write .*p\.toml, then make the workbook: optimiser template .*p\.xlsx"):
        write_amended("oku-250", (), tmp_path / "p.xlsx")
