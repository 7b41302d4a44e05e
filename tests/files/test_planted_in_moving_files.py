"""Every fault planted in the data of movements, or in the file of a plan that moves, is told by its code and place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.plan_tables import as_csv, as_workbook, read_back
from support.planted import MOVING_PLAN, MOVING_WORLD, Tree, build, change, put
from support.refusals import refusal
from support.workbook_writers import replace_cell

from optimiser.files.plan_origin import parse_plan
from optimiser.files.read import parse
from optimiser.model.instance import Instance

Told = list[tuple[str, str]]  # code and place of each fault


def told(call: Callable[..., Any], *arguments: Any) -> Told:
    return [(fault.code, fault.place) for fault in refusal(call, *arguments).faults]


# ---------------------------------------------------------------- the data of movements

W, M, A = "world.", "world.movements.", "world.accompaniments."
LEG, WITH, (MARCH,) = "movements[0].legs", MOVING_WORLD["accompaniments"][0], MOVING_WORLD["gatherings"]
RELAY, JOINS = MOVING_WORLD["movements"]
TERMINAL, KPU = {"sector": "terminal", "until": "14:30"}, {"sector": "kpu"}
LONE = {"id": "lone", "name": "Lone", "turnout": 10, "arrives": "14:00", "itinerary": [{"sector": "court"}]}
SPLIT = {
    **MARCH,
    "itinerary": [
        {"sector": "terminal", "route": "usual"},
        {"sector": "kpu", "route": "usual"},
        {"sector": "mall", "route": "seldom"},
        {"sector": "kpu", "route": "seldom"},
    ],
}


def legs(*of: Any) -> Tree:
    return {M + "relay.legs": list(of)}


def moves(**changes: Any) -> Tree:
    return {W + "movements": [{**RELAY, **changes}, JOINS]}


def without(field: str) -> Tree:
    return {W + "movements": [{name: value for name, value in RELAY.items() if name != field}, JOINS]}


def pin(**parts: Any) -> Tree:
    return {W + "pins": [{"place": "relay", "what": "squad", "at_least": 1, **parts}]}


DATA: list[tuple[str, Tree, str, str]] = [
    ("one-leg", legs(KPU), "nowhere-to-go", LEG),
    ("no-legs", legs(), "nowhere-to-go", LEG),
    (
        "beside-people-who-stay",
        {W + "gatherings": [MARCH, LONE], A + "beside.gathering": "lone"},
        "nowhere-to-go",
        "accompaniments[0].gathering",
    ),
    (
        "legs-out-of-order",
        legs(TERMINAL, {"sector": "mall", "until": "14:00"}, KPU),
        "legs-out-of-order",
        f"{LEG}[1].until",
    ),
    (
        "legs-end-together",
        legs(TERMINAL, {"sector": "mall", "until": "14:30"}, KPU),
        "legs-out-of-order",
        f"{LEG}[1].until",
    ),
    (
        "legs-out-of-order-around-people",
        legs(TERMINAL, {"gathering": "march"}, {"sector": "mall", "until": "14:00"}, KPU),
        "legs-out-of-order",
        f"{LEG}[2].until",
    ),
    ("leg-without-place", legs({"until": "14:30"}, KPU), "leg-without-place", f"{LEG}[0].sector"),
    ("last-leg-without-place", legs(TERMINAL, {}), "leg-without-place", f"{LEG}[1].sector"),
    ("two-places-in-one-leg", legs(TERMINAL | {"gathering": "march"}, KPU), "leg-without-place", f"{LEG}[0].gathering"),
    (
        "until-left-without-sector",
        legs({"gathering": "march", "until_left": "march"}, KPU),
        "leg-without-place",
        f"{LEG}[0].until_left",
    ),
    ("leg-without-end", legs({"sector": "terminal"}, KPU), "leg-without-end", f"{LEG}[0].until"),
    (
        "leg-that-people-alone-end",
        legs({"sector": "terminal", "until_left": "march"}, KPU),
        "leg-without-end",
        f"{LEG}[0].until",
    ),
    ("last-leg-ends", legs(TERMINAL, KPU | {"until": "16:00"}), "leg-without-end", f"{LEG}[1].until"),
    ("last-leg-waits", legs(TERMINAL, KPU | {"until_left": "march"}), "leg-without-end", f"{LEG}[1].until_left"),
    ("unknown-sector", legs(TERMINAL, {"sector": "kpuu"}), "unknown-sector", f"{LEG}[1].sector"),
    ("leg-at-a-post", legs(TERMINAL, {"sector": "polres"}), "unknown-sector", f"{LEG}[1].sector"),
    ("gathering-as-sector", legs(TERMINAL, {"sector": "march"}), "unknown-sector", f"{LEG}[1].sector"),
    ("sector-as-gathering", legs(TERMINAL, {"gathering": "kpu"}), "unknown-gathering", f"{LEG}[1].gathering"),
    ("unknown-people", legs(TERMINAL | {"until_left": "marsh"}, KPU), "unknown-gathering", f"{LEG}[0].until_left"),
    ("beside-nobody", {A + "beside.gathering": "marsh"}, "unknown-gathering", "accompaniments[0].gathering"),
    (
        "accompanied-twice",
        {W + "accompaniments": [WITH, {**WITH, "id": "again"}]},
        "accompanied-twice",
        "accompaniments[1].gathering",
    ),
    (
        "beside-people-who-start-anywhere",
        {W + "gatherings": [SPLIT], W + "movements": [RELAY]},
        "starts-anywhere",
        "accompaniments[0].gathering",
    ),
    (
        "joins-people-who-start-anywhere",
        {W + "gatherings": [SPLIT], W + "accompaniments": []},
        "starts-anywhere",
        "movements[1].legs[1].gathering",
    ),
    ("after-the-end", legs(TERMINAL | {"until": "19:30"}, KPU), "time-outside", f"{LEG}[0].until"),
    ("before-the-start", legs(TERMINAL | {"until": "12:30"}, KPU), "time-outside", f"{LEG}[0].until"),
    ("no-such-time", legs(TERMINAL | {"until": "25:00"}, KPU), "bad-clock", f"{LEG}[0].until"),
    ("named-like-a-sector", moves(id="kpu"), "duplicate-id", "movements[0].id"),
    ("named-like-an-accompaniment", moves(id="beside"), "duplicate-id", "movements[0].id"),
    ("moves-twice", {W + "movements": [RELAY, JOINS, RELAY]}, "duplicate-id", "movements[2].id"),
    ("no-name", without("name"), "missing-field", "movements[0].name"),
    ("no-identifier", without("id"), "missing-field", "movements[0].id"),
    ("no-identifier-but-words", moves(id="Relay one"), "bad-identifier", "movements[0].id"),
    ("room-below-nothing", {M + "relay.staging_capacity": -1}, "out-of-range", "movements[0].staging_capacity"),
    ("room-for-half-a-head", {A + "beside.staging_capacity": 1.5}, "wrong-type", "accompaniments[0].staging_capacity"),
    ("field-of-a-leg", legs(TERMINAL | {"sektor": "kpu"}, KPU), "unknown-field", f"{LEG}[0].sektor"),
    ("field-of-a-movement", {M + "relay.sector": "kpu"}, "unknown-field", "movements[0].sector"),
    ("legs-in-words", {M + "relay.legs": "terminal until 14:30, kpu"}, "wrong-type", LEG),
    ("one-movement-as-a-table", {W + "movements": RELAY}, "wrong-type", "movements"),
    ("pin-in-no-movement", pin(place="relays"), "unknown-place", "pins[0].place"),
    ("pin-of-no-kind", pin(what="squat"), "unknown-kind", "pins[0].what"),
    ("pin-above-itself", pin(at_least=2, at_most=1), "minimum-above-maximum", "pins[0].at_least"),
    ("home-that-moves", {W + "teams.squad.home": "relay"}, "unknown-post", "teams[2].home"),
    ("people-spill-to-who-moves", {W + "sectors.kpu.spill_to": "relay"}, "unknown-sector", "sectors[1].spill_to"),
    (
        "way-of-who-moves-closed",
        {W + "travel": {"kind": "coordinates", "closures": [{"a": "relay", "b": "kpu"}]}},
        "unknown-place",
        "travel.closures[0].a",
    ),
]


@pytest.mark.parametrize(("changes", "code", "place"), [row[1:] for row in DATA], ids=[row[0] for row in DATA])
def test_a_fault_planted_in_movements_is_the_only_one_told(changes: Tree, code: str, place: str) -> None:
    world, _ = change(MOVING_WORLD, MOVING_PLAN, changes)
    assert told(parse, world) == [(code, place)]


# ---------------------------------------------------------------- the file of a plan that moves

INSTANCE, PLAN = parse(MOVING_WORLD), build(MOVING_WORLD, MOVING_PLAN)[1]
UNIT, UNITS = "place,unit,number\n", "place,unit,teams,vehicles\n"
TABLE: list[tuple[str, str, str, str]] = [
    ("no-such-movement", UNIT + "relays,squad,1\n", "unknown-place", "plan!A2"),
    ("gathering-as-place", UNIT + "march,squad,1\n", "unknown-place", "plan!A2"),
    ("legs-as-place", UNIT + '"terminal until 14:30, kpu",squad,1\n', "unknown-place", "plan!A2"),
    ("one-leg-as-place", UNIT + "relay:kpu,squad,1\n", "unknown-place", "plan!A2"),
    ("no-place", UNIT + "relay,squad,1\n,squad,1\n", "missing-field", "plan!A3"),
    ("no-such-kind", UNIT + "relay,squat,1\n", "unknown-kind", "plan!B2"),
    ("no-number", UNIT + "relay,squad,\n", "missing-field", "plan!C2"),
    ("half-a-team", UNIT + "relay,squad,1.5\n", "wrong-type", "plan!C2"),
    ("fewer-than-none", UNIT + "relay,squad,-1\n", "wrong-type", "plan!C2"),
    ("half-a-team-in-heads", "place,unit,heads\nrelay,squad,15\n", "wrong-type", "plan!C2"),
    ("vehicles-in-heads", "place,unit,heads\nrelay,truck,2\n", "missing-field", "plan!C2"),
    ("vehicles-as-teams", UNITS + "relay,truck,1,\n", "wrong-type", "plan!C2"),
    ("teams-as-vehicles", UNITS + "relay,squad,,1\n", "wrong-type", "plan!D2"),
    ("more-than-there-are", UNIT + "relay,squad,5\nbeside,squad,3\njoins,squad,2\n", "out-of-range", "plan!C2"),
    ("two-places-in-a-row", "place,place id,unit,number\nKPU,relay,squad,1\n", "unknown-place", "plan!A2"),
    ("kind-of-place", "place,kind,unit,number\nrelay,accompaniment,squad,1\n", "wrong-type", "plan!B2"),
    ("movement-as-sector", "place,kind,unit,number\nrelay,sector,squad,1\n", "wrong-type", "plan!B2"),
    ("heads-that-are-others", "place,unit,number,heads\nrelay,squad,2,10\n", "wrong-type", "plan!D2"),
]


@pytest.mark.parametrize(("text", "code", "place"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_fault_planted_in_a_table_of_a_plan_is_told_in_its_cell(text: str, code: str, place: str) -> None:
    assert told(read_back, text.encode(), ".csv", INSTANCE) == [(code, place)]


# by cell of the sheet as it is written; row 9 has officers of the relay, row 10 its squads, row 11 its truck
BOOK: list[tuple[str, Tree, str]] = [
    ("no-such-movement", {"L10": "relays"}, "unknown-place"),
    ("another-movement-by-name", {"B10": "Court, then with the march"}, "unknown-place"),
    ("no-such-kind", {"M10": "squat"}, "unknown-kind"),
    ("half-a-team", {"F10": 1.5}, "wrong-type"),
    ("more-than-there-are", {"F10": 7, "H10": 70}, "out-of-range"),
    ("vehicles-as-teams", {"F11": 1}, "wrong-type"),
    ("heads-that-are-others", {"H10": 30}, "wrong-type"),
    ("other-role", {"E10": "Negotiators"}, "wrong-type"),
]


@pytest.mark.parametrize(("typed", "code"), [row[1:] for row in BOOK], ids=[row[0] for row in BOOK])
def test_a_fault_planted_in_the_workbook_of_a_plan_is_told_in_its_cell(typed: Tree, code: str) -> None:
    raw = as_workbook(INSTANCE, PLAN)
    for cell, value in typed.items():
        as_text = f'<c r="{cell}" t="inlineStr"><is><t>{value}</t></is></c>'
        as_number = f'<c r="{cell}"><v>{value}</v></c>'
        raw = replace_cell(raw, "Plotting", cell, as_text if isinstance(value, str) else as_number)
    (fault,) = refusal(read_back, raw, ".xlsx", INSTANCE).faults
    assert fault.code == code
    assert f"Plotting!{next(iter(typed))}" in f"{fault.place}, {fault.expected}"  # or both cells of one contradiction


FILE: list[tuple[str, str, Any, str, str]] = [
    ("fewer-than-none", "places.relay.teams.squad", -1, "out-of-range", "places.relay.teams.squad"),
    ("half-a-team", "places.relay.teams.squad", 1.5, "wrong-type", "places.relay.teams.squad"),
    ("number-in-words", "places.relay.teams.squad", "two", "wrong-type", "places.relay.teams.squad"),
    ("teams-without-numbers", "places.relay.teams", ["squad"], "wrong-type", "places.relay.teams"),
    ("time-in-a-plan", "places.relay.until", "14:30", "unknown-field", "places.relay.until"),
    ("legs-in-a-plan", "movements", [RELAY], "unknown-field", "movements"),
    ("name-as-place", "places.Relay one", {"teams": {"squad": 1}}, "bad-identifier", "places.Relay one"),
    ("nothing-in-a-movement", "places.relay", None, "wrong-type", "places.relay"),
]


@pytest.mark.parametrize(("path", "value", "code", "place"), [row[1:] for row in FILE], ids=[row[0] for row in FILE])
def test_a_fault_planted_in_the_file_of_a_plan_is_told_with_its_path(
    path: str, value: Any, code: str, place: str
) -> None:
    document = json.loads(PLAN.model_dump_json())
    put(document, path, value)
    assert told(parse_plan, document, INSTANCE, "plan.json") == [(code, place)]


def test_what_is_planted_was_right_before() -> None:
    for raw, kind in ((as_csv(INSTANCE, PLAN), ".csv"), (as_workbook(INSTANCE, PLAN), ".xlsx")):
        assert read_back(raw, kind, INSTANCE).deployment.fingerprint() == PLAN.fingerprint()
    assert parse_plan(json.loads(PLAN.model_dump_json()), INSTANCE, "plan.json")[0] == PLAN
    assert isinstance(INSTANCE, Instance)
