"""Places from a map: moved, changed, added; every fault at once with the number of its feature and the property."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.geojson import located, look_at
from support.small import small_instance

from optimiser.common.errors import FileTrouble, InputFault
from optimiser.files.edit import Edit, amend
from optimiser.files.geojson.places import read_places
from optimiser.files.read import parse
from optimiser.output.write import map_plan


@pytest.fixture(scope="module")
def instance():
    return parse(located())


@pytest.fixture
def collection(instance):
    return copy.deepcopy(map_plan(instance))


def point(lon, lat, **properties):
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [lon, lat]}}


def taken(tmp_path, instance, collection):
    file = tmp_path / "map.geojson"
    file.write_text(json.dumps(collection))
    return read_places(file, instance)


def faults(tmp_path, instance, *features, **members):
    with pytest.raises(InputFault) as caught:
        taken(tmp_path, instance, {"type": "FeatureCollection", "features": list(features), **members})
    return [(fault.code, fault.place) for fault in caught.value.faults]


def test_what_was_moved_is_an_edit(tmp_path, instance, collection):
    collection["features"][1]["geometry"]["coordinates"] = [104.5, -4.5, 120.0]  # a height is passed over
    found = taken(tmp_path, instance, collection)
    assert found.edits == (Edit(("sectors", 1, "lat"), -4.5), Edit(("sectors", 1, "lon"), 104.5))
    assert (found.moved, found.changed, found.added, found.absent) == (("market",), (), (), ())
    assert found.lines == 2
    look_at(map_plan(amend(instance, found.edits)))


def test_a_program_that_rounds_the_last_digit_moves_nothing(tmp_path, instance, collection):
    collection["features"][0]["geometry"]["coordinates"][0] += 1e-12
    assert taken(tmp_path, instance, collection).edits == ()
    collection["features"][0]["geometry"]["coordinates"][0] += 1e-6
    assert taken(tmp_path, instance, collection).moved == ("kpu",)


def test_fields_beside_the_position_are_taken_and_the_rest_passed_over(tmp_path, instance, collection):
    properties = collection["features"][0]["properties"]
    properties |= {"name": "KPU, gate", "ring": 1.0, "officer_post": "Gate", "heads": 999, "who": "nobody"}
    found = taken(tmp_path, instance, collection)
    assert found.changed == ("kpu",)
    kpu = amend(instance, found.edits).sectors[0]
    assert (kpu.name, kpu.ring, kpu.officer_post) == ("KPU, gate", 1, "Gate")
    assert kpu.minimum == {"talk": 1}


def test_null_properties_and_geometries_change_nothing(tmp_path, instance, collection):
    collection["features"][0]["geometry"] = None
    collection["features"][0]["properties"] |= {"ring": None, "name": None, "kind": None}
    assert taken(tmp_path, instance, collection).edits == ()


def test_places_that_are_not_on_the_map_stay(tmp_path, instance, collection):
    del collection["features"][1:]
    found = taken(tmp_path, instance, collection)
    assert (found.edits, found.absent) == ((), ("market", "polres", "martapura"))


def test_new_points_become_sectors_and_posts(tmp_path, instance, collection):
    collection["features"] += [
        point(104.1, -4.1, kind="post", id="barn", name="Barn", staging_capacity=30),
        {
            "type": "Feature",
            "properties": {"kind": "sector", "id": "alun", "name": "Square"},
            "geometry": {"type": "MultiPoint", "coordinates": [[104.2, -4.2]]},
        },
    ]
    found = taken(tmp_path, instance, collection)
    assert found.added == ("barn", "alun")
    after = amend(instance, found.edits)
    assert [post.id for post in after.posts] == ["polres", "barn"]
    assert (after.sectors[2].id, after.sectors[2].ring, after.sectors[2].lat) == ("alun", 2, -4.2)
    assert after.sectors[:2] == instance.sectors


def test_an_instance_in_kilometres_is_put_on_the_map_as_a_whole(tmp_path):
    plane = small_instance()
    idents = ("kpu", "market", "polres", "martapura")
    features = [point(104.0 + i / 100, -4.0, id=ident) for i, ident in enumerate(idents)]
    found = taken(tmp_path, plane, {"type": "FeatureCollection", "features": features})
    after = amend(plane, found.edits)
    assert found.moved == idents
    assert len(map_plan(after)["features"]) >= 4


def test_every_fault_comes_at_once_with_feature_and_property(tmp_path, instance):
    found = faults(
        tmp_path,
        instance,
        point(104.0, -4.0, id="kpu", ring=9, staging_capacity="many"),
        point(104.0, -4.0, id="kpu"),
        point(104.0, -4.0, kind="post", id="Bad Id", name=""),
        point(104.0, -4.0, kind="sectr", id="new", name="New"),
        point(104.0, -4.0, id="new-2", name="New"),
        point(104.0, -4.0, kind="sector", name="No id"),
        point(104.0, -4.0, kind="sector", id="no-name"),
        point(104.0, -4.0, kind="sector", id="polres", name="A post"),
        point(104.0, -4.0, kind="reinforcement", id="army", name="Army"),
        point(471_000.0, 9_544_000.0, id="market"),
        {"type": "Feature", "properties": {"kind": "post", "id": "air", "name": "Air"}, "geometry": None},
        {
            "type": "Feature",
            "properties": {"id": "polres"},
            "geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 0], [0, 1]]},
        },
        point("104", -4.0, id="martapura"),
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Feature", "properties": 7, "geometry": None},
    )
    assert found == [
        ("out-of-range", "features[0].properties.ring"),
        ("wrong-type", "features[0].properties.staging_capacity"),
        ("duplicate-id", "features[1].properties.id"),
        ("bad-identifier", "features[2].properties.id"),
        ("bad-text", "features[2].properties.name"),
        ("not-a-choice", "features[3].properties.kind"),
        ("missing-field", "features[4].properties.kind"),
        ("missing-field", "features[5].properties.id"),
        ("missing-field", "features[6].properties.name"),
        ("duplicate-id", "features[7].properties.kind"),
        ("unknown-place", "features[8].properties.id"),
        ("out-of-range", "features[9].geometry.coordinates"),
        ("missing-coordinates", "features[10].geometry"),
        ("duplicate-id", "features[11].properties.id"),
        ("wrong-type", "features[11].geometry"),
        ("wrong-type", "features[12].geometry.coordinates"),
        ("wrong-type", "features[13]"),
        ("wrong-type", "features[14].properties"),
    ]


def test_a_projected_layer_is_refused_as_a_whole(tmp_path, instance):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32748"}}
    assert faults(tmp_path, instance, crs=crs) == [("wrong-format", "crs.properties.name")]
    for crs in (7, {"type": "name"}, {"properties": {"name": []}}):
        assert faults(tmp_path, instance, crs=crs) == [("wrong-format", "crs.properties.name")]
    fine = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    file = {"type": "FeatureCollection", "crs": fine, "features": []}
    assert taken(tmp_path, instance, file).edits == ()


@pytest.mark.parametrize("data", [[], {}, 7, None, {"type": "FeatureCollection"}, {"type": "Feature", "features": []}])
def test_another_document_is_refused(tmp_path, instance, data):
    with pytest.raises(InputFault, match="FeatureCollection"):
        taken(tmp_path, instance, data)


def test_files_are_read_with_the_guards_of_an_instance(tmp_path, instance):
    with pytest.raises(FileTrouble, match=r"\.geojson or \.json"):
        read_places(tmp_path / "map.kml", instance)
    with pytest.raises(FileTrouble, match="cannot be read"):
        read_places(tmp_path / "map.geojson", instance)
    file = tmp_path / "map.geojson"
    file.write_text('{"features": ' + "[" * 500 + "]" * 500 + "}")
    with pytest.raises(InputFault, match="levels"):
        read_places(file, instance)
    file.write_text("{")
    with pytest.raises(InputFault, match="valid JSON"):
        read_places(file, instance)


def test_not_a_number_is_no_position(tmp_path, instance):
    for lon in (float("nan"), float("inf"), True, None, 10**400):
        found = faults(tmp_path, instance, point(lon, 0.0, id="kpu"))
        assert found == [("wrong-type", "features[0].geometry.coordinates")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["kind", "id", "name", "ring", "public", "staging_capacity", "officer_post"])


@given(
    st.lists(
        st.fixed_dictionaries(
            {"type": st.just("Feature"), "properties": st.dictionaries(FIELDS, JSON, max_size=5) | JSON},
            optional={"geometry": st.fixed_dictionaries({"type": st.just("Point"), "coordinates": JSON}) | JSON},
        )
        | JSON,
        max_size=4,
    )
)
def test_any_document_is_taken_or_refused_in_words(tmp_path_factory, features):
    instance = small_instance()
    file = tmp_path_factory.mktemp("map") / "map.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    try:
        read_places(file, instance)
    except InputFault as error:
        assert error.faults
        assert all(fault.place.startswith(("features[", "(file)")) for fault in error.faults)
