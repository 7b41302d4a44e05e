"""The checker catches every violation planted where units go with people or move leg by leg.

The march comes to the terminal and goes to KPU, one time in ten to the mall. Some go beside it, some stand at the
terminal until it leaves and then at KPU, some wait at the court and join the march.
"""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import pytest
from support.planted import MOVING_PLAN as PLAN
from support.planted import MOVING_WORLD as WORLD
from support.planted import Tree, build, change

from optimiser.files.read import parse
from optimiser.model import checker
from optimiser.model.checker import CODES, RULES, check
from optimiser.model.checking.presence import PRESENCE_CODES
from optimiser.model.verdict import Verdict

W, P = "world.", "plan.places."


def room(sector: str, heads: int) -> Tree:
    return {f"{W}sectors.{sector}.staging_capacity": heads}


def most(sector: str, **roles: int) -> Tree:
    return {f"{W}sectors.{sector}.maximum": roles}


def least(sector: str, **roles: int) -> Tree:
    return {f"{W}sectors.{sector}.minimum": roles}


def pin(place: str, what: str, **limits: int) -> Tree:
    return {W + "pins": [{"place": place, "what": what, **limits}]}


def placed(place: str, **numbers: int) -> Tree:
    kinds = {"truck": "vehicles", "van": "vehicles", "awc": "vehicles", "car": "vehicles", "tank": "vehicles"}
    return {f"{P}{place}.{kinds.get(name, 'teams')}.{name}": n for name, n in numbers.items()}


def several(kind: str, count: int) -> Tree:
    part = "vehicles" if kind in ("truck", "car") else "teams"
    return {f"{W}{part}.{kind}.count": count}


JOINS = WORLD["movements"][1:]
WITHOUT_RELAY = {place: here for place, here in PLAN["places"].items() if place != "relay"}
WIDE = (
    {W + "accompaniments.beside.staging_capacity": 100} | room("terminal", 200) | room("kpu", 200) | room("mall", 200)
)
ALONE = {P + "joins": {}, P + "relay": {}}  # only those beside the march move

# title, changes that still pass, changes that break exactly one thing, (code, place, what, found, required)
PLANTED: list[tuple[str, Tree, Tree, tuple[str, str, str, int, int]]] = [
    # what the deployment names
    ("place-no-movement", {}, placed("relays", squad=1), ("unknown", "relays", "", 1, 0)),
    ("place-is-a-gathering", {}, placed("march", squad=1), ("unknown", "march", "", 1, 0)),
    (
        "movement-taken-away",
        {W + "movements": JOINS, "plan.places": WITHOUT_RELAY},
        {W + "movements": JOINS},
        ("unknown", "relay", "", 4, 0),
    ),
    ("accompaniment-taken-away", {}, {W + "accompaniments": []}, ("unknown", "beside", "", 3, 0)),
    ("kind-in-a-movement", {}, placed("relay", ghosts=1), ("unknown", "relay", "ghosts", 1, 0)),
    ("vehicle-in-an-accompaniment", {}, placed("beside", tank=2), ("unknown", "beside", "tank", 2, 0)),
    # what there is
    ("teams-over-movements", several("squad", 6), several("squad", 5), ("availability", "", "squad", 6, 5)),
    ("officers-over-movements", several("chief", 4), several("chief", 3), ("availability", "", "chief", 4, 3)),
    ("vehicles-over-movements", several("truck", 1), several("truck", 0), ("availability", "", "truck", 1, 0)),
    ("cap-over-movements", {W + "cap": 80}, {W + "cap": 79}, ("cap", "", "", 80, 79)),
    ("cap-of-moving-crews", {W + "cap": 80}, {W + "cap": 80} | placed("beside", truck=1), ("cap", "", "", 82, 80)),
    # room
    (
        "room-of-an-accompaniment",
        {W + "accompaniments.beside.staging_capacity": 15},
        {W + "accompaniments.beside.staging_capacity": 14},
        ("staging", "beside", "", 15, 14),
    ),
    (
        "room-of-a-movement-with-crews",
        {W + "movements.relay.staging_capacity": 24},
        {W + "movements.relay.staging_capacity": 23},
        ("staging", "relay", "", 24, 23),
    ),
    ("room-at-a-leg", room("terminal", 54), room("terminal", 53), ("staging", "terminal", "", 54, 53)),
    ("room-where-all-meet", room("kpu", 59), room("kpu", 58), ("staging", "kpu", "", 59, 58)),
    ("room-on-the-way-seldom-taken", room("mall", 30), room("mall", 29), ("staging", "mall", "", 30, 29)),
    ("room-at-the-first-leg-alone", room("court", 15), room("court", 14), ("staging", "court", "", 15, 14)),
    ("room-beside-a-march-alone", ALONE | room("kpu", 20), ALONE | room("kpu", 19), ("staging", "kpu", "", 20, 19)),
    # least and most of a role
    ("most-with-a-movement", most("kpu", line=4), most("kpu", line=3), ("maximum", "kpu", "line", 4, 3)),
    ("most-on-the-way-seldom-taken", most("mall", nego=2), most("mall", nego=1), ("maximum", "mall", "nego", 2, 1)),
    (
        "most-none-beside-a-march",
        ALONE | most("mall", phh=0),
        ALONE | most("mall", line=0),
        ("maximum", "mall", "line", 1, 0),
    ),
    ("most-at-the-first-leg", most("court", line=1), most("court", line=0), ("maximum", "court", "line", 1, 0)),
    (
        "most-of-officers",
        most("terminal", command=3),
        most("terminal", command=2),
        ("maximum", "terminal", "command", 3, 2),
    ),
    ("least-not-of-who-comes", least("kpu", nego=1), least("kpu", nego=2), ("minimum", "kpu", "nego", 1, 2)),
    (
        "least-at-a-stop-where-nobody-stands",
        least("mall", nego=0),
        least("mall", nego=1),
        ("minimum", "mall", "nego", 0, 1),
    ),
    # crews and escorts
    (
        "crew-in-a-movement",
        {W + "vehicles.car.crew": 10},
        {W + "vehicles.car.crew": 11},
        ("crew", "joins", "line", 10, 11),
    ),
    (
        "crew-beside-a-march",
        placed("beside", car=1),
        placed("beside", car=1, squad=0),
        ("crew", "beside", "line", 0, 2),
    ),
    (
        "crew-at-the-stop-drives-nothing",
        placed("kpu", squad=1),
        placed("kpu", squad=1) | placed("joins", squad=0),
        ("crew", "joins", "line", 0, 2),
    ),
    (
        "escort-in-a-movement",
        {W + "vehicles.car.escort": 3},
        {W + "vehicles.car.escort": 4},
        ("escort", "joins", "nego", 3, 4),
    ),
    (
        "escort-beside-a-march",
        placed("beside", car=1),
        placed("beside", car=1, talkers=0),
        ("escort", "beside", "nego", 0, 3),
    ),
    # who may move
    (
        "posts-only-beside-a-march",
        WIDE | {W + "roles.phh.stands": "anywhere"} | placed("beside", sst=1),
        WIDE | placed("beside", sst=1),
        ("stands", "beside", "sst", 1, 0),
    ),
    (
        "posts-only-in-a-movement",
        {W + "vehicles.van.stands": "anywhere"} | placed("relay", van=1) | placed("polres", van=0, truck=1),
        placed("relay", van=1) | placed("polres", van=0, truck=1),
        ("stands", "relay", "van", 1, 0),
    ),
    (
        "cannon-beside-a-march",
        placed("kpu", awc=1, squad=1),
        placed("beside", awc=1),
        ("stands", "beside", "awc", 1, 0),
    ),
    (
        "cannon-in-a-movement",
        {W + "vehicles.awc.water_cannon": False} | placed("relay", awc=1),
        placed("relay", awc=1),
        ("stands", "relay", "awc", 1, 0),
    ),
    # who leads
    (
        "officer-beside-a-march",
        {W + "doctrine.officer_per_sector": False} | placed("beside", chief=0),
        placed("beside", chief=0),
        ("officer", "beside", "", 0, 1),
    ),
    ("officer-in-a-movement", {P + "relay": {}}, placed("relay", chief=0), ("officer", "relay", "", 0, 1)),
    (
        "officers-of-sectors-lead-who-moves-by-the-clock",
        placed("relay", chief=0) | {P + "terminal": {"teams": {"chief": 1}}},
        placed("relay", chief=0) | {P + "terminal": {"teams": {}}},
        ("officer", "relay", "", 0, 1),
    ),
    (
        "officers-of-sectors-lead-nobody-with-people",
        {P + "court": {"teams": {"chief": 1}}, P + "terminal": {"teams": {"chief": 1}}},
        placed("joins", chief=0)
        | {P + place: {"teams": {"chief": 1}} for place in ("court", "terminal", "mall")}
        | placed("relay", chief=0),
        ("officer", "joins", "", 0, 1),
    ),
    (
        "officer-of-a-movement-leads-no-sector",
        placed("kpu", chief=2),
        placed("kpu", chief=0),
        ("officer", "kpu", "", 0, 1),
    ),
    (
        "officer-with-a-lone-vehicle",
        {P + "relay": {"teams": {"chief": 1}, "vehicles": {"truck": 1}}},
        {P + "relay": {"teams": {}, "vehicles": {"truck": 1}}},
        ("officer", "relay", "", 0, 1),
    ),
    # reserve
    (
        "reserve-without-who-moves",
        {W + "doctrine.reserve_least": 2},
        {W + "doctrine.reserve_least": 3},
        ("reserve", "", "", 2, 3),
    ),
    ("cover-without-who-moves", {W + "sectors.kpu.cover": 2}, {W + "sectors.kpu.cover": 3}, ("cover", "kpu", "", 2, 3)),
    (
        "seats-that-move-away",
        placed("polres", van=0, truck=1),
        placed("polres", van=0) | placed("relay", truck=2),
        ("seats", "polres", "", 0, 10),
    ),
    # pins
    (
        "pin-team-least",
        pin("relay", "squad", at_least=2),
        pin("relay", "squad", at_least=3),
        ("pin", "relay", "squad", 2, 3),
    ),
    (
        "pin-team-most",
        pin("relay", "squad", at_most=2),
        pin("relay", "squad", at_most=1),
        ("pin", "relay", "squad", 2, 1),
    ),
    (
        "pin-role-least",
        pin("joins", "nego", at_least=1),
        pin("joins", "nego", at_least=2),
        ("pin", "joins", "nego", 1, 2),
    ),
    ("pin-vehicle-most", pin("joins", "car", at_most=1), pin("joins", "car", at_most=0), ("pin", "joins", "car", 1, 0)),
    (
        "pin-heads-least",
        pin("relay", "heads", at_least=24),
        pin("relay", "heads", at_least=25),
        ("pin", "relay", "heads", 24, 25),
    ),
    (
        "pin-heads-most",
        pin("beside", "heads", at_most=15),
        pin("beside", "heads", at_most=14),
        ("pin", "beside", "heads", 15, 14),
    ),
    (
        "pin-role-most-beside-a-march",
        pin("beside", "line", at_most=1),
        pin("beside", "line", at_most=0),
        ("pin", "beside", "line", 1, 0),
    ),
    (
        "pin-of-a-sector-not-of-who-comes",
        pin("kpu", "squad", at_least=0),
        pin("kpu", "squad", at_least=1),
        ("pin", "kpu", "squad", 0, 1),
    ),
]
TITLES = [row[0] for row in PLANTED]


def verdict(changes: Tree) -> Verdict:
    return check(*build(*change(WORLD, PLAN, changes)))


def test_the_world_is_right_and_units_move_in_it() -> None:
    assert len(parse(WORLD).moving) == 3
    assert verdict({}).passed


@pytest.mark.parametrize(("near", "broken", "expected"), [row[1:] for row in PLANTED], ids=TITLES)
def test_one_violation_planted_where_units_move_is_the_only_one_found(
    near: Tree, broken: Tree, expected: tuple[Any, ...]
) -> None:
    assert verdict(near).violations == ()
    assert [astuple(v)[:5] for v in verdict(broken).violations] == [expected]


@pytest.mark.parametrize(("broken", "expected"), [row[2:] for row in PLANTED], ids=TITLES)
def test_it_is_told_in_a_sentence_with_the_name_of_the_place(broken: Tree, expected: tuple[Any, ...]) -> None:
    instance, plan = build(*change(WORLD, PLAN, broken))
    (violation,) = check(instance, plan).violations
    names = {place.id: place.name for place in instance.places}
    assert f"'{names.get(violation.place, violation.place)}'" in violation.message or not violation.place
    assert violation.message.endswith(".")


def test_40_kinds_are_planted_and_every_rule_is_among_them() -> None:
    assert len(PLANTED) >= 40
    assert len(set(TITLES)) == len(TITLES)
    assert {row[3][0] for row in PLANTED} == set(CODES) - set(PRESENCE_CODES)
    cases = [checker.LaidOut.of(*build(*change(WORLD, PLAN, row[2]))) for row in PLANTED]
    assert [rule.__name__ for rule in RULES if not any(any(rule(case)) for case in cases)] == []
