"""The checker catches every planted violation, passes what is exactly at a limit, and agrees with plain loops."""

from __future__ import annotations

import ast
import copy
import itertools
import math
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.planted import Tree, build, change

from optimiser.files.check_files import check_files
from optimiser.model import checker
from optimiser.model.checker import CODES, RULES, check
from optimiser.model.checking.presence import PRESENCE_CODES
from optimiser.model.deployment import Allotment, Deployment
from optimiser.model.instance import Instance
from optimiser.model.verdict import Verdict

PLACES = ["kpu", "terminal", "dprd", "polres", "brimob"]
ALL_PHASES = ["green", "yellow", "red"]

WORLD: Tree = {
    "name": "small",
    "title": "Small",
    "period": {"start": "2024-08-20T13:00:00", "hours": 6.0},
    "cap": 200,
    "sectors": [
        {
            "id": "kpu",
            "name": "KPU OKU",
            "staging_capacity": 120,
            "minimum": {"dalmas": 1},
            "maximum": {"dalmas": 5},
            "cover": 2,
        },
        {"id": "terminal", "name": "Terminal Batukuning", "staging_capacity": 80},
        {"id": "dprd", "name": "DPRD"},
    ],
    "posts": [
        {"id": "polres", "name": "Polres OKU", "staging_capacity": 150, "mobile": 0.5},
        {"id": "brimob", "name": "Mako Brimob", "staging_capacity": 120},
    ],
    "roles": [
        {"id": "command", "name": "Command", "phases": ALL_PHASES, "officer": True},
        {"id": "nego", "name": "Negotiators", "phases": ["green", "yellow"], "stands": "sectors"},
        {"id": "dalmas", "name": "Dalmas", "phases": ["green", "yellow"]},
        {"id": "phh", "name": "PHH Brimob", "phases": ["red"], "stands": "posts"},
        {"id": "traffic", "name": "Traffic", "phases": ["green"]},
    ],
    "teams": [
        {"id": "chief", "name": "Command group", "role": "command", "size": 2, "count": 4, "home": "polres"},
        {"id": "talkers", "name": "Negotiating team", "role": "nego", "size": 3, "count": 2, "home": "polres"},
        {"id": "platoon", "name": "Dalmas platoon", "role": "dalmas", "size": 30, "count": 4, "home": "polres"},
        {"id": "squad", "name": "Dalmas squad", "role": "dalmas", "size": 10, "count": 5, "home": "polres"},
        {"id": "sst", "name": "Brimob SST", "role": "phh", "size": 30, "count": 2, "home": "brimob", "counts": False},
        {"id": "point", "name": "Traffic point", "role": "traffic", "size": 5, "count": 3, "home": "polres"},
    ],
    "vehicles": [
        {
            "id": "awc",
            "name": "AWC",
            "count": 3,
            "home": "polres",
            "crew": 4,
            "crew_role": "dalmas",
            "escort_role": "dalmas",
            "escort": 10,
        },
        {"id": "truck", "name": "Dalmas truck", "count": 4, "home": "polres", "crew": 2, "seats": 30},
        {
            "id": "ambulance",
            "name": "Ambulance",
            "count": 2,
            "home": "polres",
            "crew": 3,
            "counts": False,
            "stands": "sectors",
        },
        {"id": "van", "name": "Van", "count": 2, "home": "polres", "crew": 0, "seats": 6, "stands": "posts"},
    ],
    "travel": {
        "kind": "matrix",
        "drive": 30.0,
        "places": PLACES,
        # polres is exactly 20 minutes from kpu, brimob 30; the way back differs and must not be looked at
        "km": [
            [0.0, 5.0, 2.0, 99.0, 3.0],
            [5.0, 0.0, 6.0, 4.0, 12.0],
            [2.0, 6.0, 0.0, 9.0, 16.0],
            [10.0, 4.0, 9.0, 0.0, 14.0],
            [15.0, 12.0, 16.0, 14.0, 0.0],
        ],
    },
    "doctrine": {"reserve_least": 3, "reserve_reach": 20.0},
}
# kpu 78 heads, terminal 24, dprd 0, polres 47, brimob 60; 146 count under the cap
PLAN: Tree = {
    "instance": "small",
    "places": {
        "kpu": {
            "teams": {"chief": 1, "talkers": 1, "platoon": 2, "squad": 1},
            "vehicles": {"awc": 1, "ambulance": 1},
        },
        "terminal": {"teams": {"chief": 1, "squad": 2}, "vehicles": {"truck": 1}},
        "polres": {"teams": {"platoon": 1, "squad": 1, "point": 1}, "vehicles": {"truck": 1}},
        "brimob": {"teams": {"sst": 2}, "vehicles": {}},
    },
}


def changed(changes: Tree) -> tuple[Instance, Deployment]:
    """Build the small world and its plan with some values changed; paths begin with world or plan."""
    return build(*change(WORLD, PLAN, changes))


def verdict(changes: Tree) -> Verdict:
    return check(*changed(changes))


def pin(place: str, what: str, **limits: int) -> Tree:
    return {"world.pins": [{"place": place, "what": what, **limits}]}


def closure(**times: str) -> Tree:
    return {"world.travel.closures": [{"a": "kpu", "b": "polres", **times}]}


W, P = "world.", "plan.places."
GREEN_DALMAS = {W + "doctrine.reserve_least": 2, W + "roles.dalmas.phases": ["green"]}
AWC_AT_TERMINAL = {P + "terminal.vehicles.awc": 1}
EXTRA = {"id": "polda", "name": "Polda", "teams": 5}
ONLY_VAN = {P + "brimob.vehicles.van": 1, W + "posts.brimob.mobile": 0.1}
SHARED_ROLE = {
    P + "polres.vehicles.van": 1,
    W + "vehicles.van.crew": 30,
    W + "vehicles.van.crew_role": "dalmas",
    W + "vehicles.truck.escort_role": "dalmas",
}
TWO_ESCORTS = {W + "vehicles.awc.escort": 66, W + "vehicles.ambulance.escort_role": "nego"}
NO_TRUCK_AT_TERMINAL = {P + "terminal.vehicles": {}, W + "vehicles.truck.escort_role": "traffic"}

# title, changes that still pass, changes that break exactly one thing, (code, place, what, found, required)
PLANTED: list[tuple[str, Tree, Tree, tuple[str, str, str, int, int]]] = [
    ("instance-other", {"plan.title": "x"}, {"plan.instance": "other"}, ("unknown", "", "other", 1, 0)),
    (
        "place-other",
        {P + "dprd.teams": {"chief": 1}},
        {P + "ghost.teams": {"point": 1}},
        ("unknown", "ghost", "", 1, 0),
    ),
    ("place-empty", {P + "dprd": {}}, {P + "ghost": {}}, ("unknown", "ghost", "", 0, 0)),
    ("team-other", {}, {P + "kpu.teams.ghosts": 1}, ("unknown", "kpu", "ghosts", 1, 0)),
    ("team-other-none", {}, {P + "kpu.teams.ghosts": 0}, ("unknown", "kpu", "ghosts", 0, 0)),
    ("team-by-role", {}, {P + "kpu.teams.dalmas": 1}, ("unknown", "kpu", "dalmas", 1, 0)),
    ("team-is-vehicle", {}, {P + "polres.teams.truck": 1}, ("unknown", "polres", "truck", 1, 0)),
    ("vehicle-other", {}, {P + "polres.vehicles.tank": 2}, ("unknown", "polres", "tank", 2, 0)),
    ("vehicle-is-team", {}, {P + "terminal.vehicles.squad": 1}, ("unknown", "terminal", "squad", 1, 0)),
    (
        "place-of-reinforcement",
        {W + "reinforcements": [{**EXTRA, "team": "squad"}]},
        {W + "reinforcements": [{**EXTRA, "team": "squad"}], P + "polda.teams": {"squad": 1}},
        ("unknown", "polda", "", 1, 0),
    ),
    ("teams-all", {W + "teams.squad.count": 4}, {W + "teams.squad.count": 3}, ("availability", "", "squad", 4, 3)),
    (
        "teams-with-posts",
        {W + "teams.platoon.count": 3},
        {W + "teams.platoon.count": 2},
        ("availability", "", "platoon", 3, 2),
    ),
    ("teams-outside-cap", {W + "teams.sst.count": 2}, {W + "teams.sst.count": 1}, ("availability", "", "sst", 2, 1)),
    ("teams-placed", {P + "dprd.teams.chief": 2}, {P + "dprd.teams.chief": 3}, ("availability", "", "chief", 5, 4)),
    (
        "teams-reinforced",
        {W + "teams.squad.count": 4, W + "reinforcements": [{**EXTRA, "team": "squad"}]},
        {W + "teams.squad.count": 3, W + "reinforcements": [{**EXTRA, "team": "squad"}]},
        ("availability", "", "squad", 4, 3),
    ),
    (
        "vehicles-all",
        {W + "vehicles.truck.count": 2},
        {W + "vehicles.truck.count": 1},
        ("availability", "", "truck", 2, 1),
    ),
    (
        "vehicles-none",
        {W + "vehicles.awc.count": 1},
        {W + "vehicles.awc.count": 0},
        ("availability", "", "awc", 1, 0),
    ),
    ("cap", {W + "cap": 146}, {W + "cap": 145}, ("cap", "", "", 146, 145)),
    (
        "cap-extra-crew",
        {W + "cap": 146, W + "vehicles.truck.crew": 2},
        {W + "cap": 146, W + "vehicles.truck.crew": 3},
        ("cap", "", "", 148, 146),
    ),
    (
        "cap-team-counts",
        {W + "cap": 206, W + "teams.sst.counts": True},
        {W + "cap": 205, W + "teams.sst.counts": True},
        ("cap", "", "", 206, 205),
    ),
    (
        "cap-crew-counts",
        {W + "cap": 146, W + "vehicles.ambulance.crew": 9},
        {W + "cap": 146, W + "vehicles.ambulance.counts": True},
        ("cap", "", "", 149, 146),
    ),
    (
        "cap-own-crew",
        {W + "cap": 146, W + "vehicles.awc.crew": 9},
        {W + "cap": 146, W + "vehicles.awc.crew_role": None},
        ("cap", "", "", 150, 146),
    ),
    (
        "staging-sector",
        {W + "sectors.kpu.staging_capacity": 78},
        {W + "sectors.kpu.staging_capacity": 77},
        ("staging", "kpu", "", 78, 77),
    ),
    (
        "staging-crew",
        {W + "sectors.terminal.staging_capacity": 24},
        {W + "sectors.terminal.staging_capacity": 23},
        ("staging", "terminal", "", 24, 23),
    ),
    (
        "staging-post",
        {W + "posts.polres.staging_capacity": 47},
        {W + "posts.polres.staging_capacity": 46},
        ("staging", "polres", "", 47, 46),
    ),
    (
        "staging-outside-cap",
        {W + "posts.brimob.staging_capacity": 60},
        {W + "posts.brimob.staging_capacity": 59},
        ("staging", "brimob", "", 60, 59),
    ),
    (
        "minimum",
        {W + "sectors.kpu.minimum.dalmas": 3},
        {W + "sectors.kpu.minimum.dalmas": 4},
        ("minimum", "kpu", "dalmas", 3, 4),
    ),
    (
        "minimum-unoccupied",
        {W + "sectors.dprd.minimum.nego": 0},
        {W + "sectors.dprd.minimum.nego": 1},
        ("minimum", "dprd", "nego", 0, 1),
    ),
    (
        "maximum",
        {W + "sectors.kpu.maximum.dalmas": 3},
        {W + "sectors.kpu.maximum.dalmas": 2},
        ("maximum", "kpu", "dalmas", 3, 2),
    ),
    (
        "maximum-none",
        {W + "sectors.terminal.maximum.traffic": 0},
        {W + "sectors.terminal.maximum.traffic": 0, P + "terminal.teams.point": 1},
        ("maximum", "terminal", "traffic", 1, 0),
    ),
    (
        "crew",
        AWC_AT_TERMINAL | {W + "vehicles.awc.escort": 0, W + "vehicles.awc.crew": 20},
        AWC_AT_TERMINAL | {W + "vehicles.awc.escort": 0, W + "vehicles.awc.crew": 21},
        ("crew", "terminal", "dalmas", 20, 21),
    ),
    (
        "crew-of-two",
        {P + "terminal.vehicles.awc": 2, W + "vehicles.awc.escort": 0, W + "vehicles.awc.crew": 10},
        {P + "terminal.vehicles.awc": 2, W + "vehicles.awc.escort": 0, W + "vehicles.awc.crew": 11},
        ("crew", "terminal", "dalmas", 20, 22),
    ),
    (
        "crew-of-two-types",
        SHARED_ROLE | {P + "polres.vehicles.awc": 1, W + "vehicles.awc.escort": 0, W + "vehicles.awc.crew": 10},
        SHARED_ROLE | {P + "polres.vehicles.awc": 1, W + "vehicles.awc.escort": 0, W + "vehicles.awc.crew": 11},
        ("crew", "polres", "dalmas", 40, 41),
    ),
    (
        "crew-elsewhere",
        {P + "polres.vehicles.awc": 1, W + "vehicles.awc.escort": 0},
        {P + "brimob.vehicles.awc": 1, W + "vehicles.awc.escort": 0},
        ("crew", "brimob", "dalmas", 0, 4),
    ),
    (
        "crew-other-role",
        {W + "vehicles.awc.crew": 2, W + "vehicles.awc.crew_role": "command"},
        {W + "vehicles.awc.crew": 3, W + "vehicles.awc.crew_role": "command"},
        ("crew", "kpu", "command", 2, 3),
    ),
    (
        "escort-beside-crew",
        AWC_AT_TERMINAL | {W + "vehicles.awc.escort": 16},
        AWC_AT_TERMINAL | {W + "vehicles.awc.escort": 17},
        ("escort", "terminal", "dalmas", 20, 21),
    ),
    (
        "escort-other-role",
        {W + "vehicles.awc.escort_role": "nego", W + "vehicles.awc.escort": 3},
        {W + "vehicles.awc.escort_role": "nego", W + "vehicles.awc.escort": 4},
        ("escort", "kpu", "nego", 3, 4),
    ),
    (
        "escort-extra-crew",
        NO_TRUCK_AT_TERMINAL | {W + "vehicles.truck.escort": 5},
        NO_TRUCK_AT_TERMINAL | {W + "vehicles.truck.escort": 6},
        ("escort", "polres", "traffic", 5, 6),
    ),
    (
        "escort-beside-other-crew",
        SHARED_ROLE | {W + "vehicles.truck.escort": 10},
        SHARED_ROLE | {W + "vehicles.truck.escort": 11},
        ("escort", "polres", "dalmas", 40, 41),
    ),
    (
        "escort-of-two",
        {P + "kpu.vehicles.awc": 2, W + "vehicles.awc.escort": 31},
        {P + "kpu.vehicles.awc": 2, W + "vehicles.awc.escort": 32},
        ("escort", "kpu", "dalmas", 70, 72),
    ),
    (
        "escort-of-two-roles",
        TWO_ESCORTS | {W + "vehicles.ambulance.escort": 3},
        TWO_ESCORTS | {W + "vehicles.ambulance.escort": 4},
        ("escort", "kpu", "nego", 3, 4),
    ),
    (
        "stands-team-at-post",
        {P + "terminal.teams.talkers": 1},
        {P + "polres.teams.talkers": 1, W + "vehicles.truck.seats": 40},
        ("stands", "polres", "talkers", 1, 0),
    ),
    (
        "stands-team-in-sector",
        {P + "brimob.teams.sst": 1, P + "polres.teams.sst": 1, W + "vehicles.truck.seats": 40},
        {P + "brimob.teams.sst": 1, P + "terminal.teams.sst": 1},
        ("stands", "terminal", "sst", 1, 0),
    ),
    (
        "stands-vehicle-at-post",
        {P + "kpu.vehicles.ambulance": 2},
        {P + "polres.vehicles.ambulance": 1},
        ("stands", "polres", "ambulance", 1, 0),
    ),
    (
        "stands-vehicle-in-sector",
        {P + "polres.vehicles.van": 2},
        {P + "kpu.vehicles.van": 2},
        ("stands", "kpu", "van", 2, 0),
    ),
    (
        "officer",
        {P + "terminal.teams.chief": 0, W + "doctrine.officer_per_sector": False},
        {P + "terminal.teams.chief": 0},
        ("officer", "terminal", "", 0, 1),
    ),
    (
        "officer-only-vehicle",
        {P + "dprd": {"teams": {"chief": 1}, "vehicles": {"ambulance": 1}}},
        {P + "dprd": {"vehicles": {"ambulance": 1}}},
        ("officer", "dprd", "", 0, 1),
    ),
    (
        "officer-only-team",
        {P + "dprd": {"teams": {"chief": 0, "talkers": 0}}},
        {P + "dprd": {"teams": {"chief": 0, "talkers": 1}}},
        ("officer", "dprd", "", 0, 1),
    ),
    (
        "seats-half-rounds-up",
        {W + "vehicles.truck.seats": 23},
        {W + "vehicles.truck.seats": 22},
        ("seats", "polres", "", 22, 23),
    ),
    (
        "seats-not-for-crews",
        {W + "posts.polres.mobile": 1.0, W + "vehicles.truck.seats": 45},
        {W + "posts.polres.mobile": 1.0, W + "vehicles.truck.seats": 44},
        ("seats", "polres", "", 44, 45),
    ),
    (
        "seats-of-two",
        {P + "polres.vehicles.truck": 2, W + "vehicles.truck.seats": 12},
        {P + "polres.vehicles.truck": 2, W + "vehicles.truck.seats": 11},
        ("seats", "polres", "", 22, 23),
    ),
    (
        "seats-exact-tenth",
        ONLY_VAN | {W + "vehicles.van.seats": 6},
        ONLY_VAN | {W + "vehicles.van.seats": 5},
        ("seats", "brimob", "", 5, 6),
    ),
    (
        "seats-elsewhere",
        {W + "posts.brimob.mobile": 0.0},
        {W + "posts.brimob.mobile": 0.01},
        ("seats", "brimob", "", 0, 1),
    ),
    ("cover", {W + "sectors.kpu.cover": 2}, {W + "sectors.kpu.cover": 3}, ("cover", "kpu", "", 2, 3)),
    ("cover-km", {W + "travel.km.3.0": 10.0}, {W + "travel.km.3.0": 10.0001}, ("cover", "kpu", "", 0, 2)),
    ("cover-drive", {W + "travel.drive": 30.0}, {W + "travel.drive": 29.99}, ("cover", "kpu", "", 0, 2)),
    (
        "cover-reach",
        {W + "doctrine.reserve_reach": 20.0},
        {W + "doctrine.reserve_reach": 19.99},
        ("cover", "kpu", "", 0, 2),
    ),
    ("cover-closed", closure(start="14:00"), closure(), ("cover", "kpu", "", 0, 2)),
    ("cover-closed-until", closure(end="14:00"), closure(), ("cover", "kpu", "", 0, 2)),
    ("cover-closed-between", closure(start="14:00", end="15:00"), closure(), ("cover", "kpu", "", 0, 2)),
    (
        "cover-not-callable",
        GREEN_DALMAS | {W + "sectors.kpu.cover": 0},
        GREEN_DALMAS | {W + "sectors.kpu.cover": 1},
        ("cover", "kpu", "", 0, 1),
    ),
    (
        "cover-officers",
        {P + "dprd.teams.chief": 2, W + "sectors.kpu.cover": 2},
        {P + "polres.teams.chief": 2, W + "sectors.kpu.cover": 3},
        ("cover", "kpu", "", 2, 3),
    ),
    (
        "cover-two-posts",
        {W + "sectors.kpu.cover": 4, W + "doctrine.reserve_reach": 30.0},
        {W + "sectors.kpu.cover": 5, W + "doctrine.reserve_reach": 30.0},
        ("cover", "kpu", "", 4, 5),
    ),
    (
        "cover-second-sector",
        {W + "sectors.terminal.cover": 2},
        {W + "sectors.terminal.cover": 3},
        ("cover", "terminal", "", 2, 3),
    ),
    ("reserve", {W + "doctrine.reserve_least": 4}, {W + "doctrine.reserve_least": 5}, ("reserve", "", "", 4, 5)),
    (
        "reserve-without-officers",
        {P + "polres.teams.chief": 2},
        {P + "brimob.teams.chief": 2, W + "doctrine.reserve_least": 5},
        ("reserve", "", "", 4, 5),
    ),
    (
        "reserve-red-only",
        {W + "doctrine.reserve_least": 3, P + "brimob.teams.sst": 1},
        {W + "doctrine.reserve_least": 3, P + "brimob.teams.sst": 0},
        ("reserve", "", "", 2, 3),
    ),
    ("pin-team", pin("kpu", "platoon", at_least=2), pin("kpu", "platoon", at_least=3), ("pin", "kpu", "platoon", 2, 3)),
    ("pin-most", pin("kpu", "platoon", at_most=2), pin("kpu", "platoon", at_most=1), ("pin", "kpu", "platoon", 2, 1)),
    ("pin-role", pin("kpu", "dalmas", at_least=3), pin("kpu", "dalmas", at_least=4), ("pin", "kpu", "dalmas", 3, 4)),
    (
        "pin-role-most",
        pin("polres", "dalmas", at_most=2),
        pin("polres", "dalmas", at_most=1),
        ("pin", "polres", "dalmas", 2, 1),
    ),
    (
        "pin-vehicle",
        pin("polres", "truck", at_least=1, at_most=1),
        pin("polres", "truck", at_least=2, at_most=2),
        ("pin", "polres", "truck", 1, 2),
    ),
    ("pin-heads", pin("kpu", "heads", at_least=78), pin("kpu", "heads", at_least=79), ("pin", "kpu", "heads", 78, 79)),
    (
        "pin-heads-most",
        pin("kpu", "heads", at_most=78),
        pin("kpu", "heads", at_most=77),
        ("pin", "kpu", "heads", 78, 77),
    ),
    ("pin-never", pin("terminal", "awc", at_most=0), pin("kpu", "awc", at_most=0), ("pin", "kpu", "awc", 1, 0)),
    (
        "pin-unoccupied",
        pin("dprd", "talkers", at_least=0),
        pin("dprd", "talkers", at_least=1),
        ("pin", "dprd", "talkers", 0, 1),
    ),
]
TITLES = [row[0] for row in PLANTED]


@pytest.mark.parametrize(("near", "broken", "expected"), [row[1:] for row in PLANTED], ids=TITLES)
def test_one_planted_violation_is_the_only_one_found(near: Tree, broken: Tree, expected: tuple[Any, ...]) -> None:
    assert verdict({}).passed
    assert verdict(near).violations == ()
    assert [astuple(v)[:5] for v in verdict(broken).violations] == [expected]


def test_every_rule_has_planted_violations() -> None:
    assert {row[3][0] for row in PLANTED} == set(CODES) - set(PRESENCE_CODES)
    assert len(PLANTED) >= 30
    assert len(set(TITLES)) == len(TITLES)
    cases = [checker.LaidOut.of(*changed(row[2])) for row in PLANTED]
    assert [rule.__name__ for rule in RULES if not any(any(rule(case)) for case in cases)] == []


@pytest.mark.parametrize(("broken", "expected"), [row[2:] for row in PLANTED], ids=TITLES)
def test_messages_are_sentences_with_names(broken: Tree, expected: tuple[Any, ...]) -> None:
    instance, plan = changed(broken)
    (violation,) = check(instance, plan).violations
    assert violation.message[0].isupper()
    assert violation.message.endswith(".")
    assert str(violation.required) in violation.message or violation.code in ("unknown", "stands", "officer")
    names = {x.id: x.name for x in (*instance.places, *instance.teams, *instance.roles, *instance.vehicles)}
    for ident in filter(None, (violation.place, violation.what)):
        if violation.code != "unknown" and ident != "heads":
            assert f"'{names[ident]}'" in violation.message
            assert f"'{ident}'" not in violation.message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({W + "sectors.kpu.staging_capacity": 77}, "Sector 'KPU OKU' holds 78 heads; at most 77 can be staged there."),
        (
            AWC_AT_TERMINAL | {W + "vehicles.awc.escort": 17},
            "Vehicles at sector 'Terminal Batukuning' take 21 heads of role 'Dalmas', 4 as crew and 17 as escort; "
            "the teams there have 20.",
        ),
        (
            {P + "polres.vehicles.ambulance": 1},
            "Post 'Polres OKU' has 1 vehicle of 'Ambulance', which may stand only in sectors.",
        ),
        (
            {P + "kpu.vehicles.van": 2},
            "Sector 'KPU OKU' has 2 vehicles of 'Van', which may stand only at posts.",
        ),
        (closure(), "Sector 'KPU OKU' has 0 callable teams within 20 minutes; it needs 2."),
        (
            pin("kpu", "dalmas", at_least=4),
            "Sector 'KPU OKU' has 3 of role 'Dalmas'; a pin wants at least 4 there.",
        ),
        (
            pin("kpu", "heads", at_least=90),
            "Sector 'KPU OKU' has 78 heads; a pin wants at least 90 there.",
        ),
        ({P + "ghost": {}}, "The deployment names the place 'ghost', which the instance does not have."),
        (
            {P + "polres.vehicles.tank": 2},
            "At post 'Polres OKU' the deployment names the vehicle 'tank', which the instance does not have.",
        ),
    ],
)
def test_message(changes: Tree, message: str) -> None:
    assert [v.message for v in verdict(changes).violations] == [message]


def test_verdict_says_its_result_in_a_sentence() -> None:
    passed, refused = verdict({}), verdict({W + "cap": 145})
    assert passed.passed
    assert str(passed) == passed.sentence() == "The checker passed this deployment: 13 rules, 0 violations."
    assert not refused.passed
    assert refused.sentence() == "The checker refused this deployment: 13 rules, 1 violation."
    assert str(refused).splitlines() == [
        refused.sentence(),
        "  - The deployment has 146 heads that count under the cap; at most 145 may be deployed. [cap]",
    ]


def test_all_violations_are_reported_in_the_order_of_the_rules() -> None:
    changes = {row_path: value for row in PLANTED for row_path, value in row[2].items() if row[3][0] != "unknown"}
    found = [v.code for v in verdict({**changes, "plan.instance": "other"}).violations]
    assert len(set(found)) >= 9
    order = {code: i for i, code in enumerate(c for c in CODES if c != "maximum")} | {"maximum": CODES.index("minimum")}
    assert [order[c] for c in found] == sorted(order[c] for c in found)


def test_one_rule_broken_at_several_places_is_reported_at_each() -> None:
    found = verdict({W + f"{kind}.staging_capacity": 1 for kind in ("posts.polres", "sectors.terminal", "sectors.kpu")})
    assert [(v.code, v.place) for v in found.violations] == [("staging", p) for p in ("kpu", "terminal", "polres")]


def test_order_of_the_plan_does_not_matter() -> None:
    instance, plan = changed({P + "ghost.teams": {"squad": 9}, P + "aside.teams": {"nobody": 1, "anybody": 1}})
    turned = plan.altered(places=dict(reversed(plan.places.items())))
    assert list(turned.places) != list(plan.places)
    assert check(instance, turned) == check(instance, plan)


def test_teams_at_an_unknown_place_still_use_up_availability_and_cap() -> None:
    found = verdict({P + "ghost.teams": {"squad": 2}, W + "cap": 165})
    assert [(v.code, v.found) for v in found.violations] == [("unknown", 2), ("availability", 6), ("cap", 166)]
    assert found.heads.lost == 20
    found = verdict({P + "ghost": {"teams": {"point": 2}, "vehicles": {"awc": 1}}})
    assert [(v.code, v.found) for v in found.violations] == [("unknown", 3)]


def test_heads_are_accounted_for() -> None:
    # base: 2 chiefs, 1 talkers, 1 platoon, 1 squad, 2 points = 57; 2 trucks = 4; vans have no crew; awc is drawn
    expected = {"sectors": 102, "posts": 107, "crews": 7, "lost": 0, "counted": 146, "cap": 200, "outside": 63}
    expected["accompanying"] = 0
    assert vars(verdict({}).heads) == expected | {"base": 61}
    # what does not count does not wait at base, and nobody is there where more are placed than there are
    more = {W + "teams.sst.count": 9, W + "vehicles.ambulance.count": 9, W + "teams.squad.count": 3}
    assert vars(verdict(more).heads) == expected | {"base": 51}
    assert vars(verdict({W + "vehicles.truck.count": 2}).heads) == expected | {"base": 57}
    assert vars(verdict({W + "vehicles.truck.count": 1}).heads) == expected | {"base": 57}


def test_empty_deployment_breaks_only_what_asks_for_presence() -> None:
    instance, _ = changed(pin("kpu", "awc", at_least=1))
    found = check(instance, Deployment(instance="small")).violations
    assert [v.code for v in found] == ["minimum", "cover", "reserve", "pin"]


def test_escort_needs_both_a_role_and_heads() -> None:
    assert verdict({W + "vehicles.truck.escort": 200}).passed
    assert verdict({W + "vehicles.awc.escort_role": "traffic", W + "vehicles.awc.escort": 0}).passed


def test_pin_prefers_a_team_kind_where_a_role_has_the_same_name() -> None:
    squad_like = {**WORLD["teams"][3], "id": "dalmas", "count": 9}
    changes = pin("kpu", "dalmas", at_least=1) | {W + "teams": [*WORLD["teams"], squad_like]}
    assert [v.found for v in verdict(changes).violations] == [0]


@pytest.mark.parametrize("number", [-1, 1.5, True, "1", 10_001])
def test_numbers_that_are_not_whole_never_reach_the_checker(number: object) -> None:
    with pytest.raises(ValidationError):
        Allotment(teams={"squad": number})  # type: ignore[dict-item]


def covered(travel: Tree, near: Tree | None = None, far: Tree | None = None, **doctrine: float) -> bool:
    """Tell whether the callable teams at polres cover kpu, given a travel table and fields of both places."""
    changes: Tree = {W + "travel": travel, W + "doctrine.reserve_least": 0}
    changes |= {W + f"sectors.kpu.{k}": v for k, v in (near or {}).items()}
    changes |= {W + f"posts.polres.{k}": v for k, v in (far or {}).items()}
    changes |= {W + f"doctrine.{k}": v for k, v in doctrine.items()}
    found = verdict(changes).violations
    assert {v.code for v in found} <= {"cover"}
    return not found


@pytest.mark.parametrize(
    ("a", "b", "degrees"),
    [
        ((0.0, 0.0), (0.0, 1.0), 1.0),
        ((0.0, 179.5), (0.0, -179.5), 1.0),
        ((-4.0, 104.0), (-4.5, 104.0), 0.5),
        ((89.5, 0.0), (89.5, 180.0), 1.0),
        # spherical law of cosines
        (
            (-4.1254, 104.1721),
            (-4.014, 104.210),
            math.degrees(
                math.acos(
                    math.sin(math.radians(-4.1254)) * math.sin(math.radians(-4.014))
                    + math.cos(math.radians(-4.1254))
                    * math.cos(math.radians(-4.014))
                    * math.cos(math.radians(104.210 - 104.1721))
                )
            ),
        ),
    ],
)
def test_coordinates_on_the_globe(a: tuple[float, float], b: tuple[float, float], degrees: float) -> None:
    km = 1.3 * 6371.0088 * math.radians(degrees)
    near, far = ({"lat": p[0], "lon": p[1]} for p in (a, b))
    travel = {"kind": "coordinates", "drive": 60.0, "detour": 1.3}
    assert covered(travel, near, far, reserve_reach=km + 0.001)
    assert not covered(travel, near, far, reserve_reach=km - 0.001)


def test_great_circle_gives_the_distance_of_a_district_from_town() -> None:
    # Lubuk Batang is 13.0 km from the centre of Baturaja
    travel = {"kind": "coordinates", "drive": 60.0, "detour": 1.0}
    near, far = {"lat": -4.1254, "lon": 104.1721}, {"lat": -4.014, "lon": 104.210}
    assert covered(travel, near, far, reserve_reach=13.1)
    assert not covered(travel, near, far, reserve_reach=12.9)


def test_coordinates_in_the_plane_meet_the_limit_exactly() -> None:
    travel = {"kind": "coordinates", "drive": 60.0, "detour": 1.3}
    near, far = {"x": 1.0, "y": 2.0}, {"x": 4.0, "y": 6.0}
    assert covered(travel, near, far, reserve_reach=6.5)
    assert not covered(travel, near, far, reserve_reach=6.4999)
    assert not covered(travel | {"closures": [{"a": "polres", "b": "kpu"}]}, near, far, reserve_reach=6.5)
    assert covered(travel | {"closures": [{"a": "polres", "b": "dprd"}]}, near, far, reserve_reach=6.5)


def test_coordinates_of_different_kinds_or_none_are_out_of_reach() -> None:
    travel = {"kind": "coordinates"}
    globe, plane = {"lat": 0.0, "lon": 0.0}, {"x": 0.0, "y": 0.0}
    assert covered(travel, globe, globe)
    assert covered(travel, globe | plane, plane)
    assert not covered(travel, globe, plane)
    assert not covered(travel, plane, None)
    for point in (globe, plane):
        for missing in point:
            half = {k: v for k, v in point.items() if k != missing}
            assert not covered(travel, half, point)
            assert not covered(travel, point, half)


def test_a_place_outside_the_matrix_is_out_of_reach() -> None:
    assert covered({"kind": "matrix", "places": ["kpu", "polres"], "km": [[0.0, 1.0], [1.0, 0.0]]})
    assert not covered({"kind": "matrix", "places": ["kpu", "dprd"], "km": [[0.0, 1.0], [1.0, 0.0]]})


def road(a: str, b: str, km: float) -> Tree:
    return {"a": a, "b": b, "km": km}


def test_roads_take_the_shortest_open_way_in_either_direction() -> None:
    roads = [road("kpu", "polres", 9.0), road("kpu", "bridge", 0.1), road("polres", "bridge", 0.2)]
    travel = {"kind": "roads", "drive": 60.0, "roads": roads}
    assert covered(travel, reserve_reach=0.3)
    assert not covered(travel, reserve_reach=0.29)
    for ends in ({"a": "bridge", "b": "kpu"}, {"a": "polres", "b": "bridge"}):
        assert covered(travel | {"closures": [ends]}, reserve_reach=9.0)
        assert not covered(travel | {"closures": [ends]}, reserve_reach=8.9)
        assert covered(travel | {"closures": [ends | {"end": "23:00"}]}, reserve_reach=0.3)
    # on a road graph only roads can be closed, and all roads between the two ends are
    assert covered(travel | {"closures": [{"a": "polres", "b": "kpu"}]}, reserve_reach=0.3)
    both = [{"a": "polres", "b": "kpu"}, {"a": "bridge", "b": "kpu"}]
    twice = [*roads, road("polres", "kpu", 8.0)]
    assert not covered(travel | {"roads": twice, "closures": both}, reserve_reach=100.0)
    assert not covered(travel | {"roads": [road("kpu", "bridge", 1.0)]}, reserve_reach=100.0)


def test_a_way_found_first_does_not_hide_a_shorter_one() -> None:
    roads = [road("polres", "b", 2.0), road("polres", "a", 0.5), road("a", "b", 0.5), road("b", "kpu", 2.0)]
    travel = {"kind": "roads", "drive": 60.0, "roads": roads}
    assert covered(travel, reserve_reach=3.0)
    assert not covered(travel, reserve_reach=2.99)


def test_a_limit_is_met_within_a_millimetre_so_that_rounded_minutes_do_not_matter() -> None:
    travel = copy.deepcopy(WORLD["travel"]) | {"drive": 27.0}
    travel["km"][3][0] = 0.02
    assert covered(travel, reserve_reach=0.02 / 27.0 * 60.0)  # 0.0444... in floats, a little less than exactly
    travel["drive"] = 30.0
    for km, within in ((10.0000009, True), (10.0000011, False)):
        travel["km"][3][0] = km
        assert covered(travel, reserve_reach=20.0) is within


def test_check_files_reads_both_and_checks(tmp_path: Path) -> None:
    instance, plan = tmp_path / "small.json", tmp_path / "plan.json"
    for changes, passed in (({}, True), ({W + "cap": 145}, False)):
        made = changed(changes)
        instance.write_text(made[0].model_dump_json(), encoding="utf-8")
        plan.write_text(made[1].model_dump_json(), encoding="utf-8")
        found = check_files(instance, str(plan))
        assert found.passed is passed
        assert found == check(*made)


def test_the_checker_imports_nothing_of_what_it_checks() -> None:
    data = ("common.errors", "common.message", "model.instance", "model.deployment")
    kinds = ("model.values.arguments", "model.values.base", "model.values.quantity")
    kinds = (*kinds, "model.parts.travel_data", "model.parts.movement")
    own = ("checker", "checking.case", "checking.presence", "checking.reach", "verdict")
    day = ("clocks", "parts.presence", "expected.crowds", "expected.mean_day", "expected.stands")  # as on papers
    allowed = {f"optimiser.{name}" for name in (*data, *kinds, *(f"model.{name}" for name in (*own, *day)))}
    files = [Path(checker.__file__).parent / f"{name.replace('.', '/')}.py" for name in own]
    nodes = [n for file in files for n in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    imported = {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
    imported |= {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    assert {name for name in imported if name.startswith("optimiser")} <= allowed
    assert not any(n.level for n in nodes if isinstance(n, ast.ImportFrom))


# --- random instances and deployments against plain loops ------------------------------------------------------------

COUNT = st.integers(0, 3)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Tree, Tree]:
    """Draw a small consistent world and a deployment that may break any rule but `unknown`."""
    sectors = [f"s{i}" for i in range(draw(st.integers(1, 3)))]
    posts = [f"p{i}" for i in range(draw(st.integers(1, 2)))]
    roles = [f"r{i}" for i in range(draw(st.integers(1, 3)))]
    kinds = [f"t{i}" for i in range(draw(st.integers(1, 3)))]
    types = [f"v{i}" for i in range(draw(st.integers(0, 3)))]
    stands = st.sampled_from(["anywhere", "anywhere", "sectors", "posts"])
    some = st.sampled_from(roles)
    beside = [f"a{i}" for i in range(draw(st.integers(0, 2)))]
    moving = [f"m{i}" for i in range(draw(st.integers(0, 2)))]
    going = [*beside, *moving]
    limits = st.dictionaries(some, st.integers(0, 4), max_size=2)
    world: Tree = {
        "name": "random",
        "title": "Random",
        "period": WORLD["period"],
        "cap": draw(st.integers(0, 60)),
        "sectors": [
            {
                "id": s,
                "name": s.upper(),
                "staging_capacity": draw(st.integers(0, 40)),
                "minimum": draw(limits),
                "maximum": draw(limits),
                "cover": draw(COUNT),
            }
            for s in sectors
        ],
        "posts": [
            {
                "id": p,
                "name": p.upper(),
                "staging_capacity": draw(st.integers(0, 40)),
                "mobile": draw(st.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0])),
            }
            for p in posts
        ],
        "gatherings": [
            {
                "id": f"g-{a}",
                "name": a.upper(),
                "turnout": 1,
                "arrives": "14:00",
                "itinerary": [{"sector": s} for s in draw(st.lists(st.sampled_from(sectors), min_size=2, max_size=3))],
            }
            for a in beside
        ],
        "accompaniments": [
            {"id": a, "name": a.upper(), "gathering": f"g-{a}", "staging_capacity": draw(st.integers(0, 40))}
            for a in beside
        ],
        "movements": [
            {
                "id": m,
                "name": m.upper(),
                "staging_capacity": draw(st.integers(0, 40)),
                "legs": [draw(_legs(sectors, [f"g-{a}" for a in beside])) for _ in range(2)],
            }
            for m in moving
        ],
        "roles": [
            {
                "id": r,
                "name": r.upper(),
                "phases": draw(st.lists(st.sampled_from(ALL_PHASES), min_size=1, max_size=2, unique=True)),
                "stands": draw(stands),
                "officer": draw(st.booleans()),
            }
            for r in roles
        ],
        "teams": [
            {
                "id": t,
                "name": t.upper(),
                "role": draw(some),
                "size": draw(st.integers(1, 10)),
                "count": draw(st.integers(0, 6)),
                "home": posts[0],
                "counts": draw(st.booleans()),
            }
            for t in kinds
        ],
        "vehicles": [
            {
                "id": v,
                "name": v.upper(),
                "count": draw(st.integers(0, 5)),
                "home": posts[0],
                "crew": draw(st.integers(0, 6)),
                "crew_role": draw(st.none() | some),
                "seats": draw(st.integers(0, 9)),
                "escort_role": draw(st.none() | some),
                "escort": draw(st.integers(0, 6)),
                "stands": draw(stands),
                "counts": draw(st.booleans()),
                "water_cannon": draw(st.booleans()),
            }
            for v in types
        ],
        "travel": draw(ways([*sectors, *posts])),
        "doctrine": {
            "officer_per_sector": draw(st.booleans()),
            "reserve_least": draw(COUNT),
            "reserve_reach": float(draw(st.integers(1, 12))),
        },
        "pins": draw(
            st.lists(
                st.fixed_dictionaries(
                    {
                        "place": st.sampled_from([*sectors, *posts, *going]),
                        "what": st.sampled_from([*kinds, *roles, *types, "heads"]),
                        "at_least": st.none() | COUNT,
                        "at_most": st.none() | COUNT,
                    }
                ),
                max_size=3,
            )
        ),
    }
    plan: Tree = {"instance": "random", "places": {}}
    for place in [*sectors, *posts, *going]:
        if draw(st.booleans()):
            teams = {t: draw(COUNT) for t in kinds if draw(st.booleans())}
            plan["places"][place] = {"teams": teams, "vehicles": {v: draw(COUNT) for v in types if draw(st.booleans())}}
    return world, plan


def _legs(sectors: list[str], gatherings: list[str]) -> st.SearchStrategy[Tree]:
    """Draw a leg in a sector, or with a gathering where there is one."""
    places = st.sampled_from([("sector", s) for s in sectors] + [("gathering", g) for g in gatherings])
    return places.map(lambda where: dict([where]))


@st.composite
def ways(draw: st.DrawFn, places: list[str]) -> Tree:
    """Draw a matrix or a road graph in whole km, with closures; at 60 km/h a kilometre is a minute."""
    some = st.sampled_from([*places, "j0", "j1"])
    km = st.integers(1, 8).map(float)
    clock = st.none() | st.just("15:00")
    ends = st.fixed_dictionaries({"a": some, "b": some, "start": clock, "end": clock})
    travel: Tree = {"kind": draw(st.sampled_from(["matrix", "roads"])), "drive": 60.0}
    travel["closures"] = draw(st.lists(ends, max_size=3))
    travel["roads"] = draw(st.lists(st.fixed_dictionaries({"a": some, "b": some, "km": km}), max_size=8))
    travel["places"] = places
    travel["km"] = [[draw(km) for _ in places] for _ in places]
    return travel


def plain_km(world: Tree) -> dict[tuple[str, str], float]:
    """All road kilometres by Floyd's method or from the matrix, infinite where there is no way."""
    travel = world["travel"]
    closed = [{c["a"], c["b"]} for c in travel["closures"] if c["start"] is None and c["end"] is None]
    nodes = [*travel["places"], "j0", "j1"]
    km = {(a, b): 0.0 if a == b else math.inf for a in nodes for b in nodes}
    if travel["kind"] == "matrix":
        for i, a in enumerate(travel["places"]):
            for j, b in enumerate(travel["places"]):
                if {a, b} not in closed:
                    km[a, b] = travel["km"][i][j]
        return km
    for r in travel["roads"]:
        if {r["a"], r["b"]} not in closed:
            km[r["a"], r["b"]] = km[r["b"], r["a"]] = min(km[r["a"], r["b"]], r["km"])
    for via, a, b in itertools.product(nodes, nodes, nodes):
        km[a, b] = min(km[a, b], km[a, via] + km[via, b])
    return km


def plain_check(world: Tree, plan: Tree) -> set[tuple[str, str, str]]:
    """Apply the rules to the raw tables with plain loops: (code, place, what) of each violation."""
    bad: set[tuple[str, str, str]] = set()
    teams = {t["id"]: t for t in world["teams"]}
    vehicles = {v["id"]: v for v in world["vehicles"]}
    roles = {r["id"]: r for r in world["roles"]}
    used: dict[str, int] = dict.fromkeys([*teams, *vehicles], 0)
    counted, reserve = 0, 0
    at_post: dict[str, int] = {}
    everywhere = dict[str, int]()  # heads by place
    by_role = dict[str, dict[str, int]]()  # teams and vehicles by place
    for place in [*world["sectors"], *world["posts"], *world["accompaniments"], *world["movements"]]:
        ident, is_post, is_sector = place["id"], place in world["posts"], place in world["sectors"]
        here = plan["places"].get(ident, {"teams": {}, "vehicles": {}})
        number = dict.fromkeys([*teams, *roles, *vehicles], 0)
        heads, waiting, seats, calls = 0, 0, 0, 0
        crew, escort, role_heads = (dict.fromkeys(roles, 0) for _ in range(3))
        occupied, commanded = False, False
        for t, n in here["teams"].items():
            role = roles[teams[t]["role"]]
            used[t] += n
            number[t] += n
            number[role["id"]] += n
            heads += n * teams[t]["size"]
            waiting += n * teams[t]["size"]
            role_heads[role["id"]] += n * teams[t]["size"]
            if teams[t]["counts"]:
                counted += n * teams[t]["size"]
            if n > 0:
                occupied = True
                commanded = commanded or role["officer"]
                if role["stands"] == ("sectors" if is_post else "posts"):
                    bad.add(("stands", ident, t))
            if not role["officer"] and ("yellow" in role["phases"] or "red" in role["phases"]):
                calls += n
        for v, n in here["vehicles"].items():
            used[v] += n
            number[v] += n
            seats += n * vehicles[v]["seats"]
            if vehicles[v]["crew_role"] is None:
                heads += n * vehicles[v]["crew"]
                if vehicles[v]["counts"]:
                    counted += n * vehicles[v]["crew"]
            else:
                crew[vehicles[v]["crew_role"]] += n * vehicles[v]["crew"]
            if vehicles[v]["escort_role"] is not None:
                escort[vehicles[v]["escort_role"]] += n * vehicles[v]["escort"]
            if n > 0:
                occupied = True
                goes = not is_post and not is_sector
                if vehicles[v]["stands"] == ("sectors" if is_post else "posts") or (
                    goes and vehicles[v]["water_cannon"]
                ):
                    bad.add(("stands", ident, v))
        everywhere[ident], by_role[ident] = heads, number
        if heads > place["staging_capacity"]:
            bad.add(("staging", ident, ""))
        for r in roles:
            if crew[r] > role_heads[r]:
                bad.add(("crew", ident, r))
            if escort[r] > 0 and crew[r] + escort[r] > role_heads[r]:
                bad.add(("escort", ident, r))
            if is_sector and number[r] < place["minimum"].get(r, 0):
                bad.add(("minimum", ident, r))
        if is_post:
            at_post[ident] = calls
            reserve += calls
            if 10 * seats < round(10 * place["mobile"]) * waiting:
                bad.add(("seats", ident, ""))
        elif occupied and not commanded and world["doctrine"]["officer_per_sector"]:
            bad.add(("officer", ident, ""))
        for p in world["pins"]:
            least, most = p["at_least"] or 0, 10**9 if p["at_most"] is None else p["at_most"]
            if p["place"] == ident and not least <= {**number, "heads": heads}[p["what"]] <= most:
                bad.add(("pin", ident, p["what"]))
    marched = {g["id"]: {stop["sector"] for stop in g["itinerary"]} for g in world["gatherings"]}
    for s in world["sectors"]:
        coming = [s["id"]]
        for a in world["accompaniments"]:
            if s["id"] in marched[a["gathering"]]:
                coming.append(a["id"])
        for m in world["movements"]:
            stops = [{leg["sector"]} if "sector" in leg else marched[leg["gathering"]] for leg in m["legs"]]
            if any(s["id"] in some for some in stops):
                coming.append(m["id"])
        there = sum(everywhere[place] for place in coming)
        for r, most in s["maximum"].items():
            if sum(by_role[place][r] for place in coming) > most:
                bad.add(("maximum", s["id"], r))
        if there > s["staging_capacity"]:
            bad.add(("staging", s["id"], ""))
    bad |= {("availability", "", k) for k, v in (teams | vehicles).items() if used[k] > v["count"]}
    if counted > world["cap"]:
        bad.add(("cap", "", ""))
    if reserve < world["doctrine"]["reserve_least"]:
        bad.add(("reserve", "", ""))
    km = plain_km(world)
    for s in world["sectors"]:
        if sum(n for p, n in at_post.items() if km[p, s["id"]] <= world["doctrine"]["reserve_reach"]) < s["cover"]:
            bad.add(("cover", s["id"], ""))
    return bad


def keys(found: Verdict) -> set[tuple[str, str, str]]:
    return {(v.code, v.place, v.what) for v in found.violations}


@given(worlds())
def test_agrees_with_plain_loops(case: tuple[Tree, Tree]) -> None:
    assert keys(check(*build(*case))) == plain_check(*case)


@given(worlds())
def test_heads_add_up_and_agree_with_the_table_of_the_deployment(case: tuple[Tree, Tree]) -> None:
    instance, plan = build(*case)
    heads = check(instance, plan).heads
    assert heads.sectors + heads.posts + heads.accompanying + heads.lost == heads.counted + heads.outside
    assert heads.lost == 0
    table = plan.table(instance)
    deployed = table[table["kind"] != "base"]
    assert heads.sectors == deployed[deployed["kind"] == "sector"]["heads"].sum()
    along = deployed["kind"].isin(["accompaniment", "movement"])
    assert heads.accompanying == deployed[along]["heads"].sum()
    assert heads.posts == deployed[deployed["kind"] == "post"]["heads"].sum()
    assert heads.crews == deployed[deployed["what"] == "vehicle"]["heads"].sum()


@given(worlds(), st.data())
def test_removing_a_vehicle_never_adds_to_crew_escort_stands_staging_cap_or_availability(
    case: tuple[Tree, Tree], data: st.DataObject
) -> None:
    world, plan = case
    standing = [(p, v) for p, a in plan["places"].items() for v, n in a["vehicles"].items() if n]
    if not standing:
        return
    before = keys(check(*build(world, plan)))
    place, kind = data.draw(st.sampled_from(standing))
    plan["places"][place]["vehicles"][kind] -= 1
    added = keys(check(*build(world, plan))) - before
    assert {code for code, _, _ in added} <= {"seats", "pin"}


@given(worlds(), st.data())
def test_one_team_more_than_available_is_always_caught(case: tuple[Tree, Tree], data: st.DataObject) -> None:
    world, plan = case
    kind = data.draw(st.sampled_from(world["teams"]))
    place = data.draw(st.sampled_from([*world["sectors"], *world["posts"]]))["id"]
    for allotment in plan["places"].values():
        allotment["teams"].pop(kind["id"], None)
    teams = plan["places"].setdefault(place, {"teams": {}, "vehicles": {}})["teams"]
    teams[kind["id"]] = kind["count"]
    fault = ("availability", "", kind["id"])
    assert fault not in keys(check(*build(world, plan)))
    teams[kind["id"]] = kind["count"] + 1
    assert fault in keys(check(*build(world, plan)))


@given(worlds())
def test_wider_limits_never_add_violations(case: tuple[Tree, Tree]) -> None:
    world, plan = case
    before = keys(check(*build(world, plan)))
    world["cap"] += 1
    world["doctrine"]["reserve_reach"] += 1.0
    for place in [*world["sectors"], *world["posts"]]:
        place["staging_capacity"] += 1
    for kind in [*world["teams"], *world["vehicles"]]:
        kind["count"] += 1
    for sector in world["sectors"]:
        sector["minimum"] = {r: max(0, n - 1) for r, n in sector["minimum"].items()}
        sector["maximum"] = {r: n + 1 for r, n in sector["maximum"].items()}
    assert keys(check(*build(world, plan))) <= before
