"""The nearest deployment against trying all of them, and clashes that are as small as they can be."""

from __future__ import annotations

import random

import numpy as np
import pytest
from support.three_places import pair
from support.tiny import build, draw, holds, numbers

from optimiser.common.errors import Infeasible, NoPlan, SolverFailure
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.planning.programs.feasibility import conflict, nearest
from optimiser.planning.programs.requirements import Frame, require
from optimiser.planning.programs.solver import SolverAnswer, Termination


@pytest.mark.parametrize(("name", "seeds"), [("highs", 60), ("cbc", 15)])
def test_nearest_is_feasible_and_truly_nearest(name: str, seeds: int) -> None:
    solved = 0
    for seed in range(seeds):
        rng = random.Random(seed)
        instance = pair(rng)
        kinds = [k.id for k in Frame.of(instance).kinds]
        wanted = {(p.id, k): rng.choice([0.0, 0.4, 1.0, 1.7, 5.0]) for p in instance.places for k in kinds}
        weight = rng.choice([1.0, 2.5])
        want = np.array([[wanted[p.id, k] for k in kinds] for p in instance.places])
        every = numbers(instance)
        every = every[np.all([holds(r, every) for r in require(instance)], axis=0)]
        if not len(every):
            with pytest.raises(Infeasible):
                nearest(instance, wanted, solver=name)  # type: ignore[arg-type]
            continue
        plan = nearest(instance, wanted, {"dalmas": weight}, solver=name)  # type: ignore[arg-type]
        assert check(instance, plan).passed
        found = [
            [*(plan.team_count(p.id, k) for k in kinds[:2]), plan.vehicle_count(p.id, "awc")] for p in instance.places
        ]
        weights = np.array([weight, 1.0, 1.0])
        best = (np.abs(every - want) * weights).sum(axis=(1, 2)).min()
        assert (np.abs(np.array(found) - want) * weights).sum() == pytest.approx(best)
        solved += 1
    assert solved >= seeds // 4


def test_nearest_leaves_a_feasible_plan_alone() -> None:
    instance = build()
    wanted = {("kpu", "dalmas"): 2, ("kpu", "padal"): 1, ("terminal", "brimob"): 1, ("terminal", "awc"): 1}
    plan = nearest(instance, wanted)
    assert plan.title == "nearest"
    again = Deployment.build(instance, {k: n for k, n in wanted.items() if k[1] != "awc"}, {("terminal", "awc"): 1})
    assert plan.fingerprint() == again.fingerprint()


def test_nearest_falls_the_same_way_twice() -> None:
    instance = build(cap=20)
    wanted = {(p.id, "dalmas"): 0.5 for p in instance.places}
    assert nearest(instance, wanted) == nearest(instance, wanted)


def test_nearest_refuses_names_it_does_not_know() -> None:
    with pytest.raises(KeyError):
        nearest(build(), {("kpu", "cavalry"): 1})
    with pytest.raises(KeyError):
        nearest(build(), {("moon", "dalmas"): 1})


def test_nearest_without_a_plan_within_the_limit_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    late = SolverAnswer(Termination.TIME_LIMIT, None, None, None, 1.0, "HiGHS", "1", True, "late")
    monkeypatch.setattr("optimiser.planning.programs.feasibility.solve", lambda *_, **__: late)
    with pytest.raises(NoPlan, match="late"):
        nearest(build(), {}, seconds=0.01)


def test_a_solver_that_fails_is_not_taken_for_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = SolverAnswer(Termination.ERROR, None, None, None, 1.0, "HiGHS", "1", False, "broken")
    monkeypatch.setattr("optimiser.planning.programs.feasibility.solve", lambda *_, **__: broken)
    with pytest.raises(SolverFailure, match="broken"):
        nearest(build(), {})


def test_conflict_of_a_feasible_instance_is_empty() -> None:
    assert conflict(build()) == ()


@pytest.mark.parametrize("name", ["highs", "cbc"])
def test_conflict_by_hand(name: str) -> None:
    sectors = [
        {"id": "kpu", "name": "KPU OKU", "x": 0.0, "y": 0.0, "minimum": {"line": 2}, "cover": 1},
        {"id": "dprd", "name": "DPRD", "x": 3.0, "y": 0.0, "minimum": {"line": 1}, "staging_capacity": 30},
    ]
    assert conflict(build(sectors=sectors), solver=name) == (  # type: ignore[arg-type]
        "only 2 teams of Dalmas awal exist",
        "at least 2 teams of Dalmas awal at KPU OKU",
        "at least 1 team of Dalmas awal at DPRD",
    )


def test_conflict_of_a_cap_names_what_fills_it() -> None:
    pins = [{"place": "terminal", "what": "awc", "at_least": 1, "why": "fire"}]
    assert conflict(build(cap=9, pins=pins)) == (
        "cap of 9 heads",
        "crew for AWC at Terminal",
        "pin: at least 1 of AWC at Terminal (fire)",
    )


def test_a_rule_of_presence_in_a_conflict_says_how_it_could_be_switched_off() -> None:
    sectors = [{"id": "kpu", "name": "KPU OKU", "x": 0.0, "y": 0.0, "records": 5.0}]
    barred = [{"place": "kpu", "what": what, "at_most": 0} for what in ("dalmas", "brimob")]
    instance = build(sectors=sectors, presence={}, pins=barred)
    assert instance.presence is not None
    assert conflict(instance) == (
        "a line that guards the records at KPU OKU at all hours "
        "(rule of presence, could be switched off: presence.records = false in the file, --presence records=off in a "
        "what-if)",
        "pin: at most 0 of Dalmas awal at KPU OKU",
        "pin: at most 0 of Brimob at KPU OKU",
    )
    assert conflict(instance.altered(presence=instance.presence.without("records"))) == ()


def test_conflict_of_what_nobody_can_reach() -> None:
    sectors = [{"id": "kpu", "name": "KPU OKU", "x": 900.0, "y": 0.0, "cover": 1}]
    assert conflict(build(sectors=sectors)) == ("1 team ready to be called within 20 min of KPU OKU",)


def test_nearest_names_the_clash() -> None:
    pins = [{"place": "kpu", "what": "awc", "at_least": 2}]
    with pytest.raises(Infeasible) as raised:
        nearest(build(pins=pins), {})
    assert raised.value.clashing == ("only 1 of AWC exists", "pin: at least 2 of AWC at KPU OKU")


def test_dropping_any_one_of_a_conflict_makes_the_rest_possible() -> None:
    # tried over every deployment with up to one more of each kind than exists, by rows that the checker confirmed
    clashes = 0
    for seed in range(60):
        instance = pair(random.Random(seed))
        names, every = conflict(instance), numbers(instance, more=1)
        everything = require(instance)
        assert bool(names) == (not np.all([holds(r, every) for r in everything], axis=0).any())
        if not names:
            continue
        clashes += 1
        core = [r for r in everything if r.told in names]
        assert len(core) == len(names)
        good = np.array([holds(r, every) for r in core])
        assert not good.all(axis=0).any(), "the requirements do not clash"
        for i, name in enumerate(names):
            assert np.delete(good, i, axis=0).all(axis=0).any(), f"{name} is not needed for the clash"
    assert clashes >= 10


def test_draws_hold_feasible_and_infeasible_ones() -> None:
    found = {bool(conflict(draw(random.Random(seed)))) for seed in range(15)}
    assert found == {True, False}


@pytest.mark.parametrize("seeds", [24, pytest.param(60, marks=pytest.mark.long)])
@pytest.mark.parametrize("moving", [False, True])
def test_large_programs_are_as_near_to_what_is_wanted_as_small_ones(moving, seeds, monkeypatch):
    """With fewer variables, as from `LARGE` on, the distance is the same; deployments may be others as near."""

    def distance(instance, wanted) -> float | None:
        try:
            plan = nearest(instance, wanted)
        except Infeasible:
            return None
        assert check(instance, plan).passed
        places, kinds = instance.places, (*instance.teams, *instance.vehicles)
        numbers = zip(places, plan.numbers(instance).tolist(), strict=True)
        cells = (((p.id, k.id), n) for p, row in numbers for k, n in zip(kinds, row, strict=True))
        return sum(abs(n - wanted.get(cell, 0.0)) for cell, n in cells)

    feasible = 0
    for number in range(seeds):
        rng = random.Random(number)
        instance = draw(rng, accompanied=moving, moving=moving, attended=number % 3 == 0)
        cells = ((p.id, k.id) for p in instance.places for k in (*instance.teams, *instance.vehicles))
        wanted = {cell: rng.choice([0.0, 0.0, 1.0, 2.0, 0.5 * (number % 2)]) for cell in cells}
        monkeypatch.setattr("optimiser.planning.programs.feasibility.LARGE", 5_000)
        small = distance(instance, wanted)
        monkeypatch.setattr("optimiser.planning.programs.feasibility.LARGE", 0)
        assert distance(instance, wanted) == (None if small is None else pytest.approx(small))
        feasible += small is not None
    assert feasible > seeds / 6
