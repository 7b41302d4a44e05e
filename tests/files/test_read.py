"""Reading: every fault has its place and its code, all of them come at once, and no file brings a traceback."""

from __future__ import annotations

import copy
import datetime as dt
import json
import math
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.faulty_workbooks import EXPECTED, RECIPES, STORED
from support.refusals import listed, refusal
from support.small import SMALL, small_data, small_instance

from optimiser.common import faults, parsing
from optimiser.common.errors import FileTrouble, InputFault
from optimiser.files import read as reading
from optimiser.files.read import (
    deployment_schema,
    instances_folder,
    parse,
    read,
    read_deployment,
    schema,
    shipped,
)
from optimiser.model.deployment import Deployment
from optimiser.model.values.quantity import Count

GONE = object()
PLAN = {"format": "optimiser-deployment/1", "instance": "small", "places": {"kpu": {"teams": {"nego": 1, "chief": 1}}}}


def change(data, place, value):
    """Set what lies at a place such as ``sectors[0].cover``, or take it away."""
    keys = [int(k) if k.isdigit() else k for k in re.findall(r"[^.\[\]]+", place)]
    for key in keys[:-1]:
        data = data.setdefault(key, {}) if isinstance(data, dict) else data[key]
    if value is GONE:
        del data[keys[-1]]
    else:
        data[keys[-1]] = value


def found(data):
    """List code and place of all faults of an instance given as data."""
    return listed(refusal(parse, data, "data"), "data")


def found_in(reader, path):
    """List code and place of all faults of a file."""
    return listed(refusal(reader, path), str(path))


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


# ---------------------------------------------------------------- one change, one fault

WINDOW = "sectors[0].critical[0]"
ONE_FAULT = [
    # a field that is missing, unknown or refused
    ("missing-field", "cap", GONE),
    ("missing-field", "period.hours", GONE),
    ("missing-field", "sectors[1].name", GONE),
    ("missing-field", "gatherings[0].itinerary[1].sector", GONE),
    ("unknown-field", "capp", 5),
    ("unknown-field", "sectors[0].official.promise", 30),
    ("unknown-field", "gatherings[0].turnout.least", 100),
    ("unknown-field", "doctrine.command_level", "Kapolres"),
    ("forbidden-field", "gatherings[0].party", "any"),
    ("forbidden-field", "gatherings[0].candidate_support", 0.5),
    ("forbidden-field", "sectors[1].affiliation", "any"),
    ("forbidden-field", "sectors[1].ideology", "any"),
    ("forbidden-field", "sectors[1].religion", "any"),
    ("forbidden-field", "sectors[1].ethnicity-share", 0.5),
    ("forbidden-field", "teams[2].firearm", 1),
    ("forbidden-field", "roles[2].live_ammunition", True),
    # a value of the wrong type
    ("wrong-type", "cap", 60.5),
    ("wrong-type", "cap", 60.0),
    ("wrong-type", "cap", "60"),
    ("wrong-type", "cap", True),
    ("wrong-type", "period.hours", True),
    ("bad-date", "period.start", True),
    ("bad-date", "period.start", 45623),
    ("bad-date", "period.start", dt.date(2024, 8, 20)),
    ("bad-date", "period.start", "2024-08-20"),
    ("wrong-type", "gatherings[0].turnout", [400]),
    ("wrong-type", "gatherings[0].turnout.value", "400"),
    ("wrong-type", "sectors[0].exit_open", "perhaps"),
    ("wrong-type", "sectors[0].name", 5),
    ("wrong-type", "sectors[0]", "kpu"),
    ("wrong-type", "vehicles", "none"),
    ("wrong-type", "doctrine", []),
    ("wrong-type", "pins[0].at_least", True),
    ("wrong-type", "pins[0].at_most", "2"),
    ("wrong-type", "sectors[0].ring", True),
    ("wrong-type", "law.clash", "0.1"),
    ("wrong-format", "format", "optimiser-instance/2"),
    # a number outside its limits
    ("out-of-range", "sectors[0].staging_capacity", -20),
    ("out-of-range", "sectors[0].official.chance", 1.01),
    ("out-of-range", "sectors[0].minimum.talk", -1),
    ("out-of-range", "posts[0].y", -10_000.5),
    ("out-of-range", "period.hours", 25),
    ("out-of-range", "period.hours", 0.2),
    ("out-of-range", "sectors[0].ring", 6),
    ("out-of-range", "gatherings[0].turnout", 10**400),
    ("out-of-range", "gatherings[0].displacement", 1.5),
    ("out-of-range", "cap", 10**400),
    ("out-of-range", "gatherings[0].turnout.high", 2_000_000),
    ("out-of-range", "doctrine.waiting_marks", [15, 1441]),
    ("not-finite", "period.hours", math.nan),
    ("not-finite", "cap", math.nan),
    ("not-finite", "gatherings[0].turnout", math.inf),
    ("not-finite", "objective.injury", -math.inf),
    ("range-order", "gatherings[0].turnout", {"value": 400, "low": 500}),
    ("range-order", "teams[0].count", {"value": 4, "high": 3}),
    # a text of the wrong form
    ("bad-identifier", "sectors[1].spill_to", "KPU Baturaja"),
    ("bad-identifier", "name", "a" * 61),
    ("bad-identifier", "name", "small\n"),
    ("bad-identifier", "sectors[0].minimum.Talk", 1),
    ("bad-text", "title", ""),
    ("bad-text", "title", "t" * 121),
    ("bad-text", "title", "two\nlines"),
    ("bad-text", "about", "\ud800"),
    ("bad-text", "gatherings[0].turnout.source", ""),
    ("bad-clock", "gatherings[0].arrives", "24:00"),
    ("bad-clock", "gatherings[0].arrives", "9:30"),
    ("bad-clock", "triggers[0].at", "16.00"),
    ("bad-clock", "triggers[0].at", dt.time(16, 0)),
    ("bad-date", "period.start", "20 August"),
    ("bad-date", "period.start", "2024-13-20T13:00:00"),
    ("bad-date", "period.start", "2024-08-20T13:00:00+07:00"),
    ("bad-date", "period.start", "2024-08-20T13:00:30"),
    ("bad-date", "period.start", "9999-12-31T23:00:00"),
    ("bad-date", "period.start", 1724160000),
    ("not-a-choice", "travel.kind", "air"),
    ("not-a-choice", "roles[0].phases[1]", "blue"),
    ("not-a-choice", "doctrine.command.blue", "Kapolres"),
    ("too-few", "gatherings[0].itinerary", []),
    ("too-few", "posts", []),
    ("too-many", "vehicles", [SMALL["vehicles"][0]] * 101),
    # names that lead nowhere, or to the wrong thing
    ("duplicate-id", "posts[0].id", "market"),
    ("duplicate-id", "sectors[1].id", "polres"),
    ("duplicate-id", "teams[3].id", "brimob"),
    ("duplicate-id", "roles[0].id", "nego"),
    ("duplicate-id", "vehicles[0].id", "awc"),
    ("unknown-role", "teams[0].role", "negotiators"),
    ("unknown-role", "vehicles[1].crew_role", "crew"),
    ("unknown-role", "vehicles[1].escort_role", "dalmas"),
    ("unknown-role", "sectors[1].minimum.nego", 1),
    ("unknown-role", "sectors[1].maximum.nego", 1),
    ("unknown-post", "teams[0].home", "kpu"),
    ("unknown-post", "vehicles[0].home", "garage"),
    ("unknown-sector", "gatherings[0].itinerary[0].sector", "polres"),
    ("unknown-route", "gatherings[0].itinerary[0].route", "east"),
    ("route-without-stop", "gatherings[0].routes", [{"id": "east"}, {"id": "west"}]),
    ("no-route", "gatherings[0].routes", [{"id": "east", "weight": 0}]),
    ("no-choice-of-routes", "gatherings[0].displacement", 0.5),
    ("duplicate-id", "gatherings[0].routes", [{"id": "east"}, {"id": "east"}]),
    ("unknown-sector", "triggers[0].sectors[0]", "kpud"),
    ("unknown-sector", "sectors[0].spill_to", "polres"),
    ("unknown-team", "reinforcements[0].team", "phh"),
    ("unknown-place", "pins[0].place", "martapura"),
    ("unknown-place", "travel.closures[0].b", "bridge"),
    ("unknown-kind", "pins[0].what", "kpu"),
    ("unknown-constant", "law.clashes", 0.1),
    ("same-place", "sectors[0].spill_to", "kpu"),
    # times and numbers that do not fit together
    ("time-outside", "gatherings[0].arrives", "12:59"),
    ("time-outside", "gatherings[0].arrives", "18:01"),
    ("time-outside", "triggers[0].at", "19:00"),
    ("time-outside", "teams[0].available", "07:00"),
    ("time-outside", f"{WINDOW}.start", "12:00"),
    ("time-outside", f"{WINDOW}.end", "18:30"),
    ("time-order", f"{WINDOW}.end", "13:30"),
    ("minimum-above-maximum", "sectors[0].minimum.talk", 3),
    ("minimum-above-maximum", "pins[0].at_least", 3),
    ("dry-water-cannon", "vehicles[1].endurance", 0),
    ("no-crew", "vehicles[1].crew", 0),
    ("escort-role", "vehicles[1].escort_role", GONE),
    ("no-commander", "doctrine.command", {"green": "Kapolsek", "red": "Kapolda"}),
    ("no-officer", "roles[3].officer", False),
    ("doctrine-phase", "roles[1].containment.red", 0.5),
    ("constant-range", "law.clash", -0.1),
    ("constant-range", "law.n_half", -500),
    ("constant-range", "law.arrest_gain", 1.1),
    ("constant-range", "law.threshold", 1.0),
    ("bad-file-name", "historical", "/etc/passwd"),
    ("bad-file-name", "historical", "../plan.json"),
    ("bad-file-name", "historical", "c:\\plan.json"),
    ("bad-file-name", "historical", ""),
]
# where the place of the fault is not the place of the change
WHERE = {
    ("no-officer", "roles[3].officer"): "roles",
    ("no-commander", "doctrine.command"): "doctrine.command.yellow",
    ("out-of-range", "doctrine.waiting_marks"): "doctrine.waiting_marks[1]",
    ("duplicate-id", "roles[0].id"): "roles[0].id",
    ("duplicate-id", "gatherings[0].routes"): "gatherings[0].routes[1].id",
    ("route-without-stop", "gatherings[0].routes"): "gatherings[0].routes[1].id",
    ("duplicate-id", "sectors[1].id"): "posts[0].id",
    ("duplicate-id", "vehicles[0].id"): "vehicles[1].id",
}


@pytest.mark.parametrize(("code", "place", "value"), ONE_FAULT)
def test_a_fault_has_its_code_and_place(code, place, value):
    data = small_data()
    if code == "route-without-stop":
        for stop in data["gatherings"][0]["itinerary"]:
            stop["route"] = "east"
    change(data, place, value)
    expected = (code, WHERE.get((code, place), place))
    if code == "duplicate-id":  # an identifier that was taken away from others is missed where they name it
        assert expected in found(data)
    else:
        assert found(data) == [expected]


def test_the_small_instance_has_no_fault():
    assert found(small_data()) == []
    assert small_instance().name == "small"


def test_there_are_codes_for_all_and_words_for_every_code():
    """Every code that exists is met in this file or in a stored fault."""
    met = {code for code, _, _ in ONE_FAULT}
    met |= {code for expected in EXPECTED.values() for code, _, _ in expected}
    met |= {"too-large", "too-deep", "more-faults"}  # tested below, too large to store
    met |= {"unknown-gathering"}  # of a change, see test_whatif
    met |= {"accompanied-twice", "nowhere-to-go", "starts-anywhere"}  # see model/test_accompaniment
    met |= {"leg-without-place", "leg-without-end", "legs-out-of-order", "unknown-movement"}  # workbook/test_movements
    met |= {"unclear-stop"}  # of a line on a map, see geojson/test_routes
    met |= {"unknown-case", "unknown-instance"}  # of runs and lists of cases, see test_runs and test_listing
    met |= {"duplicate-row"}  # of a log, see logs/test_read_log
    met |= {"contradiction"}  # of reports of a situation, see tests/operation/now
    met |= {"unknown-district", "wrong-district"}  # of nations, see tests/nation
    assert met == set(faults.CODES)
    assert all(text.endswith(".") and len(text) > 20 for text in faults.CODES.values())
    with pytest.raises(KeyError):
        faults.make_fault("no-such-code", "a", 1, "b", "c")


def test_both_ends_of_the_period_are_inside():
    data = small_data()
    change(data, "gatherings[0].arrives", "18:00")
    change(data, f"{WINDOW}.start", "13:00")
    change(data, f"{WINDOW}.end", "18:00")
    assert found(data) == []


def test_a_period_over_midnight():
    data = small_data(period={"start": "2024-08-20T22:00:00", "hours": 6}, triggers=[], teams=SMALL["teams"][:2])
    data["reinforcements"] = []
    change(data, "gatherings[0].arrives", "01:00")
    change(data, f"{WINDOW}.start", "23:00")
    change(data, f"{WINDOW}.end", "03:30")
    assert found(data) == []
    change(data, f"{WINDOW}.end", "22:30")
    assert found(data) == [("time-order", f"{WINDOW}.end")]


def test_a_day_long_process_may_end_at_the_clock_time_of_the_start():
    data = small_data(period={"start": "2024-08-20T13:00:00", "hours": 24})
    change(data, f"{WINDOW}.end", "13:00")
    assert found(data) == []


# ---------------------------------------------------------------- the words of a fault


def fault_of(place, value):
    data = small_data()
    change(data, place, value)
    with pytest.raises(InputFault) as caught:
        parse(data, "data")
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    ("place", "value", "found", "expected", "repair"),
    [
        ("sectors[1].staging_capacity", -20, "-20", "0 to 1000000 heads", "limits"),
        ("travel.detour", 0.5, "0.5", "1 to 5 road km per straight km", "unit"),
        ("teams[1].size", "10", "'10'", "a whole number, 1 to 1000 heads", "write 10"),
        ("travel.march", True, "true", "a number, 0.1 to 200 km/h", "write a number"),
        ("period.hours", GONE, "nothing", "a number, 0.25 to 24 h", "add"),
        ("gatherings[0].turnoutt", 5, "5", "turnout", "did you mean 'turnout'?"),
        ("sectors[0].capcity", 5, "5", "staging_capacity", "did you mean 'staging_capacity'?"),
        ("teams[0].role", "tlak", "'tlak'", "a role", "did you mean 'talk' (roles[0].id)?"),
        ("gatherings[0].arrives", "10:00", "'10:00'", "13:00 to 18:00", "period"),
        ("gatherings[0].arrives", dt.time(14), "14:00:00", "HH:MM", "in quotes"),
        ("gatherings[0].party", 1, "1", "on purpose", "never a sign of threat"),
        ("teams[0].firearms", 1, "1", "on purpose", "out of scope"),
        ("gatherings[0].turnout", 10**400, "1329 bits", "0 to 1000000 persons", "limits"),
        ("title", "\x1b[2J", r"'\x1b[2J'", "1 to 120 characters", "text"),
        ("roles[0].phases[0]", "blue", "'blue'", "'green', 'yellow', 'red'", "choose"),
        ("travel.closures", {"a": 1}, "a table of 1", "a list", "type"),
        ("law.n_haf", 1, "'n_haf'", "a constant", "did you mean 'n_half'?"),
    ],
)
def test_a_fault_says_what_was_found_expected_and_what_to_do(place, value, found, expected, repair):
    fault = fault_of(place, value)
    assert found in fault.found
    assert expected in fault.expected
    assert repair in fault.repair
    assert str(fault).isprintable()
    assert len(fault.found) <= 60


@pytest.mark.parametrize("field", ["lapis", "refusal", "reserve_least", "ask_again"])
def test_limits_come_from_the_field_itself(field):
    rules = schema()["$defs"]["Doctrine"]["properties"][field]
    least, most = rules["anyOf"][0]["minimum"], rules["anyOf"][0]["maximum"]
    assert fault_of(f"doctrine.{field}", most + 1).expected == f"{least} to {most} {rules['unit']}"


def test_a_number_that_remembers_has_the_same_place_as_a_plain_one():
    fault = fault_of("cap", Count(-5, source="assumed"))
    assert (fault.code, fault.place) == ("out-of-range", "cap")


# ---------------------------------------------------------------- all faults in one go


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.name)
def test_a_stored_file_is_answered_with_exactly_these_places_and_repairs(path):
    refused = refusal(read, path)
    assert sorted(listed(refused, str(path))) == sorted((code, place) for code, place, _ in EXPECTED[path.name])
    for code, place, words in EXPECTED[path.name]:
        repairs = [fault.repair for fault in refused.faults if (fault.code, fault.place) == (code, place)]
        assert any(words in repair for repair in repairs), (code, place, repairs)


def test_every_stored_file_has_its_expectation_and_every_workbook_its_recipe():
    assert {path.name for path in STORED} == set(EXPECTED)
    workbooks = [path for path in STORED if path.suffix == ".xlsx"]
    assert {path.stem for path in workbooks} == set(RECIPES)
    assert len(workbooks) >= 30
    assert sum(path.stat().st_size for path in STORED) < 500_000


def test_faults_of_shape_and_between_values_come_together():
    data = small_data()
    change(data, "cap", -1)
    change(data, "sectors[0].officer", "x")
    change(data, "teams[0].role", "nobody")
    change(data, "travel.closures[0].a", "nowhere")
    assert found(data) == [
        ("out-of-range", "cap"),
        ("unknown-field", "sectors[0].officer"),
        ("unknown-role", "teams[0].role"),
        ("unknown-place", "travel.closures[0].a"),
    ]


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ("doctrine.waiting_marks", [15, -3, 30], ("out-of-range", "doctrine.waiting_marks[1]")),
        ("sectors[0].minimum.talk", -1, ("out-of-range", "sectors[0].minimum.talk")),
        ("sectors[0].minimum.talk", {"value": "1"}, ("wrong-type", "sectors[0].minimum.talk.value")),
        ("law.threshold", "x", ("wrong-type", "law.threshold")),
        ("vehicles[1].crew", {"low": 2}, ("missing-field", "vehicles[1].crew.value")),
        ("sectors[0].x", math.inf, ("not-finite", "sectors[0].x")),
    ],
)
def test_a_fault_of_shape_brings_no_second_fault_that_only_follows_from_it(place, value, fault):
    data = small_data()
    change(data, place, value)
    assert found(data) == [fault]


def test_every_combination_of_two_faults_is_found():
    """Two independent faults, whichever they are, are both told."""
    independent = [
        ("out-of-range", "cap", -1),
        ("unknown-field", "sectors[0].foo", 1),
        ("unknown-role", "teams[0].role", "nobody"),
        ("time-outside", "triggers[0].at", "03:00"),
        ("waiting-marks", "doctrine.waiting_marks", [0]),
        ("forbidden-field", "vehicles[0].gun", 1),
        ("range-order", "gatherings[0].turnout", {"value": 5, "low": 6}),
    ]
    where = {"doctrine.waiting_marks": "doctrine.waiting_marks[0]"}
    for i, first in enumerate(independent):
        for second in independent[:i]:
            data = small_data()
            for _, place, value in (first, second):
                change(data, place, value)
            assert set(found(data)) == {(code, where.get(place, place)) for code, place, _ in (first, second)}


# ---------------------------------------------------------------- where places are


def without_coordinates(**changes):
    data = small_data(**changes)
    for section in ("sectors", "posts", "reinforcements"):
        for place in data[section]:
            del place["x"], place["y"]
    return data


def test_coordinates_are_needed_only_where_travel_goes_by_them():
    data = without_coordinates()
    places = ["sectors[0]", "sectors[1]", "posts[0]", "reinforcements[0]"]
    assert found(data) == [("missing-coordinates", place) for place in places]
    data["travel"] = {
        "kind": "matrix",
        "places": ["market", "kpu", "polres", "martapura"],
        "km": [[0 if i == j else 2 for j in range(4)] for i in range(4)],
    }
    assert found(data) == []
    ways = [("kpu", "bridge"), ("bridge", "market"), ("polres", "kpu"), ("bridge", "martapura")]
    data["travel"] = {"kind": "roads", "roads": [{"a": a, "b": b, "km": 1} for a, b in ways]}
    assert found(data) == []
    data["travel"]["closures"] = [{"a": "bridge", "b": "kpu"}]
    assert found(data) == [], "places must be reachable while nothing is closed"


def test_one_place_in_degrees_among_places_in_kilometres():
    data = small_data()
    data["posts"][0] = {"id": "polres", "name": "Polres", "lat": -4.1, "lon": 104.1}
    assert found(data) == [("mixed-coordinates", place) for place in ("sectors[0]", "sectors[1]", "reinforcements[0]")]
    for section in ("sectors", "reinforcements"):
        for place in data[section]:
            place.update(lat=-4.1, lon=104.2)
    assert found(data) == [], "where all have degrees, kilometres beside them do no harm"


@pytest.mark.parametrize("missing", ["x", "y"])
def test_half_a_pair_is_a_fault_in_every_kind_of_travel(missing):
    data = small_data()
    del data["sectors"][1][missing]
    assert found(data) == [("missing-coordinates", "sectors[1]")]


def test_reinforcements_must_be_in_the_matrix():
    data = without_coordinates(pins=[])
    names = ["kpu", "market", "polres"]
    data["travel"] = {"kind": "matrix", "places": names, "km": [[0, 1, 1], [1, 0, 1], [1, 1, 0]]}
    assert found(data) == [("matrix-places", "reinforcements[0].id")]


@pytest.mark.parametrize(("section"), ["gatherings", "triggers", "reinforcements"])
def test_identifiers_are_unique_in_every_namespace(section):
    data = small_data()
    data[section].append(copy.deepcopy(data[section][0]))
    assert found(data) == [("duplicate-id", f"{section}[1].id")]


# ---------------------------------------------------------------- files that are not trusted


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("nest.json", b"[" * 100_000, ("too-deep", "(file)")),
        ("nest.json", b'{"a":' * 100_000, ("too-deep", "(file)")),
        ("nest.json", b"[" * 200 + b"]" * 200, ("too-deep", "(file)")),
        ("nest.json", b'{"sectors":' + b"[" * 40 + b"]" * 40 + b"}", ("too-deep", "(file)")),
        ("nest.toml", b"a = " + b"[" * 100_000, ("too-deep", "(file)")),
        ("nest.toml", b"a = " + b"{a=" * 100_000, ("too-deep", "(file)")),
        ("dots.toml", b"a." * 100_000 + b"a = 1", ("too-deep", "(file)")),
        ("dots.toml", b'["a"' + b' . "a\\""' * 100_000 + b"]", ("too-deep", "(file)")),
        ("large.toml", b"#" * (parsing.MOST_BYTES + 1), ("too-large", "(file)")),
        ("long.json", b'{"pins": [' + b"0," * parsing.MOST_ENTRIES + b"0]}", ("too-many", "(file)")),
        ("utf-16.toml", 'name = "a"'.encode("utf-16"), ("not-text", "(file)")),
        ("digits.json", b'{"cap": ' + b"9" * 5000 + b"}", ("bad-syntax", "(file)")),
        ("digits.toml", b"cap = " + b"9" * 5000, ("bad-syntax", "(file)")),
        ("empty.json", b"", ("bad-syntax", "line 1, column 1")),
        ("null.json", b"null", ("wrong-type", "(file)")),
        ("nul.toml", b'name = "a"\x00', ("bad-syntax", "line 1, column 11")),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value)[:40],
)
def test_a_hostile_file_gets_one_fault(tmp_path, name, content, fault):
    assert found_in(read, write(tmp_path / name, content)) == [fault]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_json_numbers_that_are_none(tmp_path, text):
    data = json.dumps(small_data(cap="@")).replace('"@"', text).encode()
    assert found_in(read, write(tmp_path / "a.json", data)) == [("not-finite", "cap")]


@pytest.mark.parametrize("text", ["nan", "-inf", "1e999", "0x" + "f" * 10_000])
def test_toml_numbers_that_are_none_or_endless(tmp_path, text):
    faults_found = found_in(read, write(tmp_path / "a.toml", f"cap = {text}".encode()))
    code = "out-of-range" if text.startswith("0x") else "not-finite"
    assert (code, "cap") in faults_found


def test_no_more_faults_are_listed_than_help():
    pins = [{"place": "nowhere", "what": "nothing"}] * 1500
    some = found(small_data(pins=pins))
    assert len(some) == parsing.MOST_FAULTS + 1
    assert some[-1] == ("more-faults", "(file)")
    pins = [{"place": 0, "what": 0, "why": 0}] * 20_000
    assert found(small_data(pins=pins)) == [("more-faults", "(file)")]


TEXT = json.dumps(SMALL).encode()
TOML = (instances_folder() / "oku-250.toml").read_bytes()
SCRAPS = st.sampled_from([b"9", b"-", b"e999", b".5", b"x", b"true", b'"', b"[", b"{", b"=", b":", b"\n"])
NEW = SCRAPS | st.binary(max_size=4)
CUTS = st.lists(st.tuples(st.integers(0, 50_000), st.integers(0, 3), NEW), min_size=1, max_size=3)


@pytest.mark.parametrize(("name", "sound"), [("m.json", TEXT), ("m.toml", TOML)], ids=["json", "toml"])
def test_no_mutated_file_brings_a_traceback(tmp_path, name, sound):
    seen = set()

    @given(CUTS)
    def check(cuts):
        content = sound
        for start, length, new in cuts:
            at = start % len(content)
            content = content[:at] + new + content[at + length :]
        seen.update(code for code, _ in found_in(read, write(tmp_path / name, content)))

    check()
    assert "bad-syntax" in seen
    assert seen - {"bad-syntax", "not-text"}, "mutations should reach beyond the syntax"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def spots(data, keys=()):
    """Every place in nested data."""
    yield keys
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, inner in pairs:
        yield from spots(inner, (*keys, key))


def has(owner, key):
    """Tell whether a change before this one has left the key in place."""
    return key in owner if isinstance(owner, dict) else isinstance(owner, list) and key in range(len(owner))


@given(st.lists(st.tuples(st.sampled_from(list(spots(SMALL))[1:]), VALUES), min_size=1, max_size=3))
def test_no_value_anywhere_brings_a_traceback(changes):
    data = small_data()
    for keys, value in changes:
        owner = data
        for key in keys[:-1]:
            owner = owner[key] if has(owner, key) else {}
        if has(owner, keys[-1]):
            owner[keys[-1]] = value
    found(data)


# ---------------------------------------------------------------- which file


@pytest.mark.parametrize("kind", ["toml", "json"])
def test_both_kinds_of_file_say_the_same(tmp_path, kind):
    data = {
        "name": "same",
        "title": "Kerumunan – same",
        "period": {"start": "2024-08-20T13:00:00", "hours": 4},
        "cap": 10,
        "sectors": [{"id": "kpu", "name": "KPU", "x": 0, "y": 0.5}],
        "posts": [{"id": "polres", "name": "Polres", "x": 1, "y": 0}],
        "roles": [{"id": "padal", "name": "Padal", "phases": ["green"], "officer": True}],
        "teams": [{"id": "chief", "name": "Chief", "role": "padal", "size": 1, "count": 1, "home": "polres"}],
    }
    lines = []
    for key, value in data.items():
        inline = json.dumps(value, ensure_ascii=False)
        lines.append(f"{key} = " + re.sub(r'"(\w+)":', r"\1 =", inline))
    text = json.dumps(data, ensure_ascii=False) if kind == "json" else "\n".join(lines)
    path = tmp_path / f"same.{kind}"
    path.write_text(text, encoding="utf-8-sig")  # the mark that some editors put first is no fault
    assert read(path) == read(str(path)) == parse(data)


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_instance_is_read_by_its_name(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    instance = read(name)
    assert instance.name == name
    assert read(f"instances/{name}.toml") == read(f"{name}.toml") == read(Path(name)) == instance


def test_a_local_file_goes_before_a_shipped_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = shipped()[0]
    write(tmp_path / f"{name}.toml", b"")
    assert ("missing-field", "cap") in found_in(read, f"{name}.toml")


def test_a_shipped_instance_in_a_folder_below_is_read_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    instance = read("markov/markov-4-01")
    assert instance.name == "markov-4-01"
    assert read("instances/markov/markov-4-01.toml") == read(Path("markov/markov-4-01.toml")) == instance
    assert not any("markov" in name for name in shipped())


@pytest.mark.parametrize(
    "outside",
    [
        "../README.md",
        "markov/../../pyproject.toml",
        "markov",
        "instances/../pyproject.toml",
        "other/oku-250",
        "..",
        ".",
        "nope",
    ],
)
def test_nothing_outside_the_folder_is_taken_for_a_shipped_one(outside, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileTrouble, match="oku-250") as caught:
        read(outside)
    assert caught.value.exit_code == 4


def test_files_that_cannot_be_read(tmp_path, monkeypatch):
    for path in (tmp_path, tmp_path / "none.toml", "a\x00b", "x" * 5000):
        with pytest.raises(FileTrouble):
            read(path)
    odd = write(tmp_path / "instance.ods", b"")
    with pytest.raises(FileTrouble, match=r"\.toml or \.json"):
        read(odd)
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    with pytest.raises(FileTrouble, match="is not a file"):
        read(pipe)
    shut = write(tmp_path / "shut.toml", b"")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(FileTrouble, match="Permission denied"):
        read(shut)


def test_without_a_folder_of_instances_one_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "__file__", str(tmp_path / "package" / "files" / "read.py"))
    with pytest.raises(FileTrouble, match="install the package again"):
        shipped()
    inside = tmp_path / "package" / "instances"
    inside.mkdir(parents=True)
    write(inside / "b.toml", b"")
    write(inside / "a.toml", b"")
    write(inside / "a.json", b"")
    assert instances_folder() == inside
    assert shipped() == ["a", "b"]


# ---------------------------------------------------------------- deployments


def test_a_deployment_is_read_bare_or_inside_a_plan(tmp_path, small):
    bare = read_deployment(write(tmp_path / "bare.json", PLAN))
    plan = read_deployment(write(tmp_path / "plan.json", {"value": [1.5] * 60_000, "deployment": PLAN}))
    text = '[deployment]\ninstance = "small"\nplaces.kpu.teams = { nego = 1, chief = 1 }\n'
    toml = read_deployment(write(tmp_path / "plan.toml", text.encode()))
    assert bare == plan == toml == Deployment.model_validate(PLAN)
    assert bare.team_count("kpu", "nego") == 1
    by_hand = {"places": PLAN["places"]}
    assert read_deployment(write(tmp_path / "hand.json", by_hand), small) == bare
    other = {**PLAN, "instance": "other"}
    assert read_deployment(write(tmp_path / "other.json", other), small).instance == "other"


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        ("instance", GONE, "missing-field"),
        ("instance", "No Name", "bad-identifier"),
        ("format", "optimiser-instance/1", "wrong-format"),
        ("places.kpu.teams.nego", -1, "out-of-range"),
        ("places.kpu.teams.nego", 1.5, "wrong-type"),
        ("places.kpu.teams.nego", True, "wrong-type"),
        ("places.kpu.vehicles", [], "wrong-type"),
        ("places.kpu.soldiers", {}, "unknown-field"),
        ("places.kpu.guns", 5, "forbidden-field"),
        ("places.KPU", {}, "bad-identifier"),
        ("title", "", "bad-text"),
    ],
)
def test_a_deployment_has_faults_of_shape(tmp_path, place, value, code):
    plan = copy.deepcopy(PLAN)
    change(plan, place, value)
    assert found_in(read_deployment, write(tmp_path / "bare.json", plan)) == [(code, place)]
    inside = write(tmp_path / "plan.json", {"deployment": plan})
    assert found_in(read_deployment, inside) == [(code, f"deployment.{place}")]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ({"deployment": 5}, ("wrong-type", "deployment")),
        ([PLAN], ("wrong-type", "(file)")),
        ({"deployment": {"places": {"k": [[[[]]] * 60_000]}}}, ("too-many", "(file)")),
    ],
)
def test_what_is_no_deployment(tmp_path, content, fault):
    assert found_in(read_deployment, write(tmp_path / "plan.json", content)) == [fault]


# ---------------------------------------------------------------- the schemas


@cache
def validator(make):
    """Build a schema once; that it is one is tested below."""
    return jsonschema.Draft202012Validator(make())


def as_json(data):
    return json.loads(json.dumps(data, default=lambda moment: moment.isoformat()))


def test_the_schemas_are_schemas():
    for rules in (schema(), deployment_schema()):
        jsonschema.Draft202012Validator.check_schema(rules)
        assert rules["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
        assert rules["$id"].startswith("urn:")
        assert rules["title"]


@pytest.mark.parametrize("name", shipped())
def test_the_schema_accepts_what_is_shipped(name):
    data = tomllib.loads((instances_folder() / f"{name}.toml").read_text(encoding="utf-8"))
    validator(schema).validate(as_json(data))
    validator(schema).validate(read(name).model_dump(mode="json"))


SCHEMA_CODES = (
    "missing-field unknown-field forbidden-field out-of-range not-a-choice too-few too-many bad-identifier bad-clock"
)
# without the newline at the end: $ of Python's regular expressions, with which the schema is tested, lets it pass
SCHEMA_FAULTS = [case for case in ONE_FAULT if case[0] in SCHEMA_CODES.split() and case[2] != "small\n"]


@pytest.mark.parametrize(("code", "place", "value"), SCHEMA_FAULTS)
def test_the_schema_refuses_what_the_reader_refuses(code, place, value):
    data = small_data()
    validator(schema).validate(data)
    change(data, place, value)
    with pytest.raises(jsonschema.ValidationError):
        validator(schema).validate(data)


def test_the_schema_of_a_deployment():
    validator(deployment_schema).validate(PLAN)
    for place, value in (("places.kpu.teams.nego", -1), ("places.KPU", {}), ("instance", GONE), ("plan", {})):
        plan = copy.deepcopy(PLAN)
        change(plan, place, value)
        with pytest.raises(jsonschema.ValidationError):
            validator(deployment_schema).validate(plan)


# ---------------------------------------------------------------- light


def test_reading_an_instance_loads_nothing_heavy():
    program = (
        "import sys; from optimiser.files.read import read; read('tiny-2')\n"
        "print(sorted({'pandas', 'numpy', 'pulp', 'simpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint16])
def test_bug_a_whole_number_of_numpy_was_no_whole_number(kind: Any) -> None:
    data = small_data()
    assert read({**data, "cap": kind(100)}) == read({**data, "cap": 100})
