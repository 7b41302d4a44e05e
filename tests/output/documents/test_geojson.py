"""The map: valid by RFC 7946, longitude first, nothing drawn that has no position, who stands where as properties."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.geojson import POINT, by_id, located, look_at
from support.late_town import late_town, shifts
from support.sample_solution import solved
from support.small import small_instance
from typer.testing import CliRunner

from optimiser.cli import app
from optimiser.common.errors import InputFault
from optimiser.common.language import language
from optimiser.files.geojson.places import read_places
from optimiser.files.read import parse, read
from optimiser.model.deployment import Deployment
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.words.reasons import give_reasons
from optimiser.output.write import describe_plan, dump, has_degrees, map_plan, write_solution


def roads():
    """Give it roads, one of them by way of a junction."""
    data = located()
    data["travel"] = {
        "kind": "roads",
        "roads": [
            {"a": "kpu", "b": "market", "km": 1.5},
            {"a": "market", "b": "polres", "km": 2.0},
            {"a": "market", "b": "bend", "km": 1.0},
            {"a": "bend", "b": "martapura", "km": 30.0},
        ],
        "closures": [{"a": "kpu", "b": "market", "start": "15:00"}, {"a": "market", "b": "polres"}],
    }
    return data


def test_places_marches_and_reinforcements_are_drawn_longitude_first():
    collection = map_plan(parse(located()))
    look_at(collection)
    found = by_id(collection)
    assert set(found) == {
        "sector:kpu",
        "sector:market",
        "post:polres",
        "reinforcement:martapura",
        "march:recount",
        "closure:kpu:market",
    }
    for ident, point in POINT.items():
        (feature,) = [f for f in collection["features"] if f["properties"]["id"] == ident]
        assert feature["geometry"] == {"type": "Point", "coordinates": list(point)}
    march = found["march:recount"]
    assert march["geometry"] == {"type": "LineString", "coordinates": [list(POINT["kpu"]), list(POINT["market"])]}
    assert march["properties"]["stops"] == ["kpu", "market"]
    assert found["sector:kpu"]["properties"]["gatherings"] == ["recount"]
    assert found["reinforcement:martapura"]["properties"]["heads_if_called"] == 20
    assert "heads" not in found["sector:kpu"]["properties"]


def test_who_stands_where_stands_in_the_properties():
    instance = parse(located())
    teams = {("kpu", "dalmas"): 2, ("kpu", "chief"): 1, ("polres", "brimob"): 1}
    deployment = Deployment.build(instance, teams, {("polres", "truck"): 1})
    found = by_id(map_plan(instance, deployment))
    kpu, polres = found["sector:kpu"]["properties"], found["post:polres"]["properties"]
    assert (kpu["heads"], kpu["who"]) == (21, "2 x Dalmas squad; 1 x Officers")
    assert kpu["teams"] == {"dalmas": 2, "chief": 1}
    assert (polres["heads"], polres["vehicles"]) == (12, {"truck": 1})  # 10 and the crew of the truck
    assert found["sector:market"]["properties"]["heads"] == 0


def test_the_ways_of_a_crowd_that_displaces_say_how_often_each_is_drawn_and_how_often_none():
    instance = read("oku-250")
    march = {**instance.gatherings[0].model_dump(mode="json"), "chance": 0.8, "displacement": 0.5}
    changed = instance.replace(gatherings=[march, *instance.gatherings[1:]])
    ways = [f["properties"] for f in map_plan(changed)["features"] if str(f["id"]).startswith("march:pawai:")]
    assert [way["chance"] for way in ways] == [0.16, 0.1, 0.06, 0.04, 0.04]
    assert {way["displacement"] for way in ways} == {0.4}
    assert not any("displacement" in f["properties"] for f in map_plan(instance)["features"])


def test_roads_are_drawn_and_those_over_junctions_are_named():
    collection = map_plan(parse(roads()))
    look_at(collection)
    found = by_id(collection)
    assert found["road:kpu:market"]["properties"] == {
        "kind": "road",
        "id": "kpu:market",
        "km": 1.5,
        "closed": False,
    }
    assert found["road:market:polres"]["properties"]["closed"] is True
    assert found["closure:kpu:market"]["properties"]["start"] == "15:00"
    assert collection["left_out"] == ["road market:bend", "road bend:martapura"]
    assert not any("bend" in ident for ident in found)


def test_a_place_without_degrees_has_no_geometry_and_keeps_its_properties():
    data = located()
    for place in (data["sectors"][1], data["posts"][0], data["reinforcements"][0]):
        del place["lat"], place["lon"]
    names = ["kpu", "market", "polres", "martapura"]
    km = [[0.0 if a == b else 3.0 for b in names] for a in names]
    data["travel"] = {"kind": "matrix", "places": names, "km": km}
    collection = map_plan(parse(data))
    look_at(collection)
    assert by_id(collection)["sector:market"]["geometry"] is None
    assert by_id(collection)["sector:market"]["properties"]["name"] == "Market"
    assert collection["left_out"] == ["march recount"]


@pytest.mark.parametrize(("name", "found"), [("tiny-2", "kilometres"), ("kaur-2005", "no positions")])
def test_without_degrees_nothing_is_invented(name, found):
    assert not has_degrees(read(name))
    with pytest.raises(InputFault, match=found) as caught:
        map_plan(read(name))
    assert (caught.value.exit_code, caught.value.faults[0].code) == (3, "missing-coordinates")
    done = CliRunner().invoke(app, ["geojson", name])
    assert (done.exit_code, done.stdout) == (3, "")
    assert "nothing is invented" in done.stderr


def test_shipped_instances_are_drawn_and_read_back_unchanged(tmp_path):
    for name in ("oku-250", "oku-recap-330"):
        instance = read(name)
        file = tmp_path / "map.geojson"
        file.write_text(dump(map_plan(instance)))
        look_at(json.loads(file.read_text()))
        assert read_places(file, instance).edits == ()


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=4, max_size=4))
def test_round_trip_loses_no_bit_of_a_position(tmp_path_factory, points):
    data = located()
    for place, (lon, lat) in zip((*data["sectors"], *data["posts"], *data["reinforcements"]), points, strict=True):
        place["lon"], place["lat"] = lon, lat
    instance = parse(data)
    written = json.loads(dump(map_plan(instance)))
    places = [f["geometry"]["coordinates"] for f in written["features"] if f["geometry"]["type"] == "Point"]
    assert [tuple(p) for p in places] == points
    file = tmp_path_factory.mktemp("map") / "a.geojson"
    file.write_text(json.dumps(written))
    assert read_places(file, instance).edits == ()


def test_a_plan_brings_phases_and_reasons_and_the_same_map_as_its_folder(tmp_path, monkeypatch):
    solution = solved()
    assert not has_degrees(solution.instance)
    names = [file.name for file in write_solution(solution, tmp_path / "none")]
    assert "plan.geojson" not in names
    from dataclasses import replace

    data = solution.instance.model_dump(mode="json", exclude_none=True)
    for i, place in enumerate((*data["sectors"], *data["posts"], *data["reinforcements"])):
        place["lat"], place["lon"] = -4.0 - i / 1000, 104.0 + i / 1000
    instance = type(solution.instance).model_validate(data, context=SHAPE_ONLY)
    located_solution = replace(solution, instance=instance)
    files = write_solution(located_solution, tmp_path / "some")
    assert files[-1].name == "plan.json"
    collection = json.loads((tmp_path / "some" / "plan.geojson").read_text())
    look_at(collection)
    sector = instance.sectors[0].id
    told = by_id(collection)[f"sector:{sector}"]["properties"]
    phases = describe_plan(located_solution)["evaluation"]["phases"][sector]
    assert told["yellow_chance"] == pytest.approx(phases["yellow"]["reached"], abs=0.0006)
    assert told["green_minutes"] == pytest.approx(phases["green"]["minutes"], abs=0.06)
    assert told["why"]
    injuries = located_solution.evaluation.harms_at(0)["injuries"].mean
    assert told["expected_injuries"] == pytest.approx(injuries, abs=0.0006)
    monkeypatch.setattr("optimiser.files.read.read", lambda _: instance)
    done = CliRunner().invoke(app, ["geojson", "town", str(tmp_path / "some" / "plan.json")])
    assert done.exit_code == 0, done.stderr
    assert done.stdout == (tmp_path / "some" / "plan.geojson").read_text()


# ------------------------------------------------------------ the command


def run(*arguments: object):
    return CliRunner().invoke(app, ["geojson", *map(str, arguments)])


def test_a_moved_and_an_added_place_come_back(tmp_path):
    assert run("oku-250", "--out", tmp_path / "map.geojson").exit_code == 0
    collection = json.loads((tmp_path / "map.geojson").read_text())
    collection["features"][0]["geometry"]["coordinates"] = [104.2, -4.2]
    new = {"kind": "sector", "id": "alun", "name": "Town square", "ring": 2.0, "staging_capacity": 90}
    collection["features"].append(
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [104.17, -4.13]}, "properties": new}
    )
    (tmp_path / "map.geojson").write_text(json.dumps(collection))
    done = run("oku-250", "--places", tmp_path / "map.geojson", "--to", tmp_path / "new" / "oku.toml")
    assert done.exit_code == 0, done.stderr
    for words in ("moved: terminal", "added: alun", "changed: none"):
        assert words in done.stderr
    before, after = read("oku-250"), read(tmp_path / "new" / "oku.toml")
    assert (after.sectors[0].lat, after.sectors[0].lon) == (-4.2, 104.2)
    assert after.sectors[1:-1] == before.sectors[1:]
    assert after.sectors[-1].model_dump(include={"id", "ring", "lat", "lon", "staging_capacity", "source"}) == {
        "id": "alun",
        "ring": 2,
        "lat": -4.13,
        "lon": 104.17,
        "staging_capacity": 90,
        "source": "map",
    }
    assert "# Real: 250 personnel" in (tmp_path / "new" / "oku.toml").read_text(encoding="utf-8")


def test_the_historical_plan_is_named_only_where_it_lies(tmp_path):
    run("oku-recap-330", "--out", tmp_path / "map.geojson")
    done = run("oku-recap-330", "--places", tmp_path / "map.geojson", "--to", tmp_path / "new.toml")
    assert "left out: the historical plan" in done.stderr
    assert read(tmp_path / "new.toml").historical is None


def test_options_that_do_not_go_together_are_wrong_use(tmp_path):
    (tmp_path / "a.geojson").write_text("{}")
    assert run("oku-250", "--places", tmp_path / "a.geojson").exit_code == 2
    assert run("oku-250", "--to", tmp_path / "a.toml").exit_code == 2
    both = ("--places", tmp_path / "a.geojson", "--to", tmp_path / "a.toml")
    assert run("oku-250", *both, "--out", tmp_path / "b.geojson").exit_code == 2
    assert run("oku-250", *both).exit_code == 3
    assert not (tmp_path / "a.toml").exists()


def test_a_plan_of_another_town_is_not_half_drawn(tmp_path):
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"instance": "small", "places": {"moon": {"teams": {"dalmas": 1}}}}))
    town = tmp_path / "small.json"
    town.write_text(json.dumps(located()))
    done = run(town, file)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "places.moon = 'moon'; expected a plan for small;" in done.stderr
    file.write_text(json.dumps({"instance": "small", "places": {"kpu": {"teams": {"dalmas": 3}}}}))
    done = run(town, file)
    assert done.exit_code == 0
    assert "breaks" in done.stderr
    assert by_id(json.loads(done.stdout))["sector:kpu"]["properties"]["heads"] == 30


def test_roads_left_out_are_said_aside(tmp_path):
    file = tmp_path / "roads.json"
    file.write_text(json.dumps(roads()))
    done = run(file)
    assert "left out, because an end has no position: road market:bend" in done.stderr
    assert small_instance().travel.kind == "coordinates"


def test_bug_a_map_for_indonesians_spoke_english() -> None:
    """It said "(from 16:00)" of a second shift, and the reasons of plan.json in English."""
    instance = late_town()
    solution = solved(instance, shifts(instance))
    told = language("id")
    drawn = map_plan(instance, solution.deployment, describe_plan(solution), told, give_reasons(solution, told))
    kpu = next(f["properties"] for f in drawn["features"] if f["id"] == "sector:kpu")
    assert "(mulai 16.00)" in kpu["who"]
    assert kpu["why"] == give_reasons(solution, told)["kpu"]
    assert kpu["why"] != give_reasons(solution)["kpu"]
    without = map_plan(instance, solution.deployment, describe_plan(solution), told)
    assert "why" not in next(f["properties"] for f in without["features"] if f["id"] == "sector:kpu")


def test_who_accompanies_a_gathering_is_a_point_at_its_first_stop():
    along = {"id": "with-recount", "name": "With the recount", "gathering": "recount", "call_sign": "Alpha"}
    instance = parse({**located(), "accompaniments": [along], "pins": []})
    team = instance.teams[0]
    plan = Deployment.build(instance, {("with-recount", team.id): 1}, {})
    collection = map_plan(instance, plan)
    look_at(collection)
    feature = by_id(collection)["accompaniment:with-recount"]
    assert feature["geometry"] == {"type": "Point", "coordinates": list(POINT["kpu"])}
    told = feature["properties"]
    assert (told["gathering"], told["stops"], told["call_sign"]) == ("recount", ["kpu", "market"], "Alpha")
    assert (told["heads"], told["teams"]) == (int(team.size), {team.id: 1})


def test_each_place_where_units_stand_is_a_point_with_its_times(tmp_path):
    """By the clock from the KPU to the market and back; who has no units is not drawn."""
    data = located()
    legs = [{"sector": "kpu", "until": "13:30"}, {"sector": "market", "until": "14:30"}, {"sector": "kpu"}]
    data["movements"] = [{"id": "round", "name": "Round", "legs": legs}, {"id": "spare", "name": "Spare", "legs": legs}]
    instance = parse(data)
    team = instance.teams[0].id
    collection = map_plan(instance, Deployment.build(instance, {("round", team): 1}, {}))
    look_at(collection)
    found = [f for f in collection["features"] if f["properties"]["kind"] == "stand"]
    first, second, third = (f["properties"] for f in found)
    assert {f["properties"]["moving"] for f in found} == {"round"}
    assert [f["geometry"]["coordinates"] for f in found] == [list(POINT[name]) for name in ("kpu", "market", "kpu")]
    day = f"{instance.period.start:%Y-%m-%d}"
    assert (first["end"], second["end"]) == (f"{day}T13:30:00", f"{day}T14:30:00")
    assert first["end"] < second["begin"] < second["end"] < third["begin"] < third["end"]
    assert second["heads"] == instance.teams[0].size
    file = tmp_path / "map.geojson"
    file.write_text(json.dumps(collection), encoding="utf-8")
    assert read_places(file, instance).edits == ()


def test_who_only_passes_is_no_point_on_the_map():
    """The market is 20 minutes away, and the time there is over after one: units go on when they come."""
    data = located()
    legs = [{"sector": "kpu", "until": "13:30"}, {"sector": "market", "until": "13:31"}, {"sector": "kpu"}]
    data["movements"] = [{"id": "round", "name": "Round", "legs": legs}]
    stands = [f["properties"] for f in map_plan(parse(data))["features"] if f["properties"]["kind"] == "stand"]
    assert [stand["place"] for stand in stands] == ["kpu", "kpu"]
