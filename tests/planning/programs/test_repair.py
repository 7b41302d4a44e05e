"""The repair makes possible what was not, and no cheaper one exists: tried with every deployment of tiny instances."""

from __future__ import annotations

import math
import pickle
import random
from fractions import Fraction

import numpy as np
import pytest
from support.three_places import pair
from support.tiny import build, draw, holds, numbers

from optimiser.common.errors import NoPlan, Unrepairable
from optimiser.files.edit import amend
from optimiser.files.read import read, shipped
from optimiser.model.checker import check
from optimiser.planning.programs.feasibility import conflict, nearest
from optimiser.planning.programs.repair import FINE, LARGEST, PRICES
from optimiser.planning.programs.repair import repair as find_repair
from optimiser.planning.programs.requirements import require
from optimiser.planning.programs.solver import SolverAnswer, Termination

NAMES = ["infeasible-1", *shipped("infeasible")]
FIXED = {"stands", "crew", "escort", "officer", "reserve"}  # doctrine, and what a vehicle needs to work


def price_of(instance, requirement) -> int:
    """Points for one unit, written down a second time."""
    if requirement.code != "availability":
        return {**PRICES, "staging": 2, "seats": 30}[requirement.code]
    part, index, _ = requirement.number
    if part == "teams":
        return 10 * instance.teams[index].size
    vehicle = instance.vehicles[index]
    return 50 + (0 if vehicle.crew_role else 10 * vehicle.crew)


def cheapest_by_trying(instance, more: int) -> int | None:
    """Price what each deployment breaks, and take the least; None where all break doctrine."""
    every = numbers(instance, more)
    requirements = require(instance)
    every = every[np.all([holds(r, every) for r in requirements if r.code in FIXED], axis=0)]
    if not len(every):
        return None
    points = np.zeros(len(every), dtype=int)
    for requirement in requirements:
        if requirement.code in FIXED:
            continue
        if requirement.code == "seats":
            post = instance.posts[requirement.number[1]]
            here = every[:, len(instance.sectors) + requirement.number[1]]
            heads = here[:, : len(instance.teams)] @ [int(t.size) for t in instance.teams]
            seats = here[:, len(instance.teams) :] @ [int(v.seats) for v in instance.vehicles]
            share = Fraction(repr(float(post.mobile)))
            needed = np.array([math.ceil(share * int(h)) for h in heads])
            lacking = np.maximum(0, needed - seats)
        else:
            (row,) = requirement.rows
            value = sum((c * every[:, p, k] for (p, k), c in row.terms.items()), np.zeros(len(every), dtype=int))
            lacking = np.maximum(0, (row.least - value) if row.least is not None else (value - row.most))
        points += price_of(instance, requirement) * lacking
    return int(points.min())


@pytest.mark.parametrize("name", NAMES)
def test_every_infeasible_instance_is_repaired_by_its_own_data(name):
    instance = read(name)
    repair = find_repair(instance)
    assert repair.changes
    assert repair.proved
    assert repair.points == sum(c.need * c.price for c in repair.changes) > 0
    repaired = amend(instance, repair.edits)
    assert conflict(repaired) == ()
    assert check(repaired, repair.deployment).passed
    assert check(repaired, nearest(repaired, {})).passed
    assert not check(instance, repair.deployment).passed
    for left_out in range(len(repair.edits)):  # nothing in it is idle
        assert conflict(amend(instance, [e for i, e in enumerate(repair.edits) if i != left_out]))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cap-too-low", [("cap", "", "", 42, 40)]),
        ("cover-out-of-reach", [("staging", "barn", "", 20, 15)]),
        ("no-room-for-escort", [("staging", "kpu", "", 32, 25)]),
        ("one-officer", [("availability", "", "padal-team", 2, 1)]),
        ("pin-against-limit", [("maximum", "kpu", "line", 3, 2)]),
        ("too-few-seats", [("availability", "", "truck", 2, 1)]),
    ],
)
def test_repairs_by_hand(name, expected):
    changes = find_repair(read(f"infeasible/{name}")).changes
    assert [(c.code, c.place, c.what, c.required, c.have) for c in changes] == expected


@pytest.mark.slow
@pytest.mark.parametrize(("solver", "seeds"), [("highs", 50), ("cbc", 8)])
def test_no_cheaper_repair_exists_on_tiny_instances(solver, seeds):
    repaired = 0
    for seed in range(seeds):
        instance = pair(random.Random(seed))
        best = cheapest_by_trying(instance, more=1)
        repair = find_repair(instance, solver=solver)
        assert repair.proved
        assert (not repair.changes) == (conflict(instance) == ())
        if all(c.need <= 1 for c in repair.changes if c.code == "availability"):
            assert repair.points == best
        else:
            assert repair.points <= best
        repaired += bool(repair.changes)
    assert repaired >= seeds // 8


@pytest.mark.slow
def test_random_instances_in_which_any_rule_binds_are_repaired_or_said_not_to_be():
    codes: set[str] = set()
    hopeless = 0
    for seed in range(150):
        instance = draw(random.Random(seed))
        try:
            repair = find_repair(instance)
        except Unrepairable as error:
            hopeless += 1
            assert error.clashing
            assert conflict(instance)
            continue
        assert (not repair.changes) == (conflict(instance) == ())
        assert check(repair.repaired, nearest(repair.repaired, {})).passed
        codes |= {c.code for c in repair.changes}
    assert hopeless
    assert codes >= {"availability", "cap", "staging", "minimum", "maximum"}


def test_a_feasible_instance_needs_nothing():
    repair = find_repair(build())
    assert (repair.changes, repair.points, repair.proved) == ((), 0, True)
    assert repair.repaired == repair.instance


def test_a_measure_that_is_not_to_be_had_is_not_used():
    instance = read("infeasible/too-few-seats")
    assert [c.code for c in find_repair(instance, {"vehicle": None}).changes] == ["seats"]
    assert [c.code for c in find_repair(instance, {"seat": 17}).changes] == [
        "seats"
    ]  # 4 * 17 = 68 points, a truck has 70
    assert [c.code for c in find_repair(instance, {"seat": 18}).changes] == ["availability"]
    with pytest.raises(Unrepairable, match="2 teams ready") as caught:
        find_repair(instance, {"vehicle": None, "seat": None})
    assert caught.value.exit_code == 5
    assert any("seats" in words for words in caught.value.clashing)


def test_with_nothing_allowed_what_clashes_is_the_clash_itself():
    instance = read("infeasible/one-officer")
    with pytest.raises(Unrepairable) as caught:
        find_repair(instance, dict.fromkeys(PRICES))
    assert caught.value.clashing == conflict(instance)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (Unrepairable, str(caught.value))
    assert find_repair(build(), dict.fromkeys(PRICES)).changes == ()


def test_seats_that_are_waived_become_a_share_that_the_checker_takes():
    post = {"id": "p", "name": "Post", "x": 1.0, "y": 0.0, "mobile": 0.33333, "staging_capacity": 500}
    instance = build(
        posts=[post],
        teams=[
            {"id": "dalmas", "name": "Dalmas", "role": "line", "size": 7, "count": 9, "home": "p"},
            {"id": "padal", "name": "Padal", "role": "chief", "size": 1, "count": 2, "home": "p"},
        ],
        vehicles=[],
        pins=[{"place": "p", "what": "dalmas", "at_least": 9}],
    )
    repair = find_repair(instance, {"pin": None})
    (change,) = repair.changes
    assert (change.code, change.required, change.have) == ("seats", 21, 0)  # a third of 63 heads, just below
    assert change.edit.value == 0.0
    vehicle = {"id": "van", "name": "Van", "count": 1, "home": "p", "seats": 20}
    repair = find_repair(build(**{**instance.model_dump(mode="json"), "vehicles": [vehicle]}))
    assert (repair.changes[0].need, repair.changes[0].edit.value) == (1, math.floor(20 * FINE / 63) / FINE)


def test_a_place_is_never_made_larger_than_any():
    crowd = {"id": "d", "name": "D", "role": "line", "size": 1000, "count": 50, "home": "polres"}
    officer = {"id": "c", "name": "C", "role": "chief", "size": 1, "count": 1, "home": "polres"}
    pin = {"place": "kpu", "what": "d", "at_least": 11}
    repair = find_repair(
        build(cap=0, teams=[crowd, officer], vehicles=[], pins=[pin]), {"cap": 1, "room": 1, "pin": 100_000}
    )
    kept = {c.code: c for c in repair.changes}
    assert kept["staging"].required <= LARGEST
    assert kept["pin"].have == 9  # ten thousand heads leave no room for the officer


@pytest.mark.parametrize("prices", [{"rooms": 2}, {"room": 0}, {"room": -1}])
def test_prices_that_mean_nothing_are_refused(prices):
    with pytest.raises(ValueError, match="room"):
        find_repair(build(), prices)


@pytest.mark.parametrize(
    ("answer", "proved"),
    [(Termination.NODE_LIMIT, False), (Termination.TIME_LIMIT, False), (Termination.OPTIMAL, True)],
)
def test_only_a_closed_gap_is_called_proved(monkeypatch, answer, proved):
    from dataclasses import replace

    from optimiser.planning.programs import feasibility

    instance = read("infeasible/one-officer")
    real = feasibility.solve

    def cut(problem, **rest):
        done = real(problem, **rest)
        return replace(done, termination=answer) if problem.name == "repair" else done

    monkeypatch.setattr(feasibility, "solve", cut)
    assert find_repair(instance).proved is proved


def test_no_repair_within_the_limits_proves_nothing(monkeypatch):
    late = SolverAnswer(Termination.TIME_LIMIT, None, None, None, 1.0, "HiGHS", "1", True, "late")
    monkeypatch.setattr("optimiser.planning.programs.feasibility.solve", lambda *_, **__: late)
    with pytest.raises(NoPlan, match="late"):
        find_repair(build(), seconds=0.01)
