"""Another cap, another number of teams or vehicles: what is assumed, and that it only relaxes requirements."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from support import tiny
from support.small import small_instance

from optimiser.common.errors import Infeasible, InputFault
from optimiser.model.checker import check
from optimiser.planning.search.hand_rules import proportional
from optimiser.questions.resources import Resource, choose_levels, default_levels, existing, supply, tell_rule


def test_heads_below_what_exists_move_the_cap_alone() -> None:
    instance = tiny.build()
    fewer = supply(instance, Resource("heads"), 30)
    assert fewer.cap == 30
    assert fewer.teams == instance.teams


def test_heads_beyond_what_exists_let_kinds_grow_in_proportion() -> None:
    instance = tiny.build()  # 2 x 20 and 2 x 3 and 10 heads count; officers do not
    assert existing(instance) == 56
    more = supply(instance, Resource("heads"), 112)
    assert {t.id: int(t.count) for t in more.teams} == {"dalmas": 4, "nego": 4, "brimob": 2, "padal": 2}
    assert more.vehicles == instance.vehicles
    assert "56 heads exist" in tell_rule(instance, Resource("heads"))


def test_none_ever_shrinks_as_heads_grow() -> None:
    instance = tiny.build()
    counts = [[int(t.count) for t in supply(instance, Resource("heads"), n).teams] for n in range(1, 300)]
    assert all(a <= b for lower, upper in pairwise(counts) for a, b in zip(lower, upper, strict=True))


def test_one_more_team_brings_its_heads() -> None:
    instance = tiny.build()
    more = supply(instance, Resource("team", "dalmas"), 3)
    assert (int(more.cap), int(more.teams[0].count)) == (220, 3)
    outside = supply(instance, Resource("team", "padal"), 3)  # does not count in the cap
    assert (int(outside.cap), int(outside.teams[3].count)) == (200, 3)
    vehicle = supply(instance, Resource("vehicle", "awc"), 2)  # crewed by a team: no heads of its own
    assert (int(vehicle.cap), int(vehicle.vehicles[0].count)) == (200, 2)


def test_what_was_feasible_with_less_is_feasible_with_more() -> None:
    rng, held = random.Random(5), 0
    for _ in range(60):
        instance = tiny.draw(rng)
        try:
            plan = proportional(instance)
        except Infeasible:
            continue
        for resource in [Resource("heads"), *(Resource("team", t.id) for t in instance.teams)]:
            for more in (1, 7, 100):
                assert check(supply(instance, resource, resource.amount(instance) + more), plan).passed
        held += 1
    assert held > 20


def test_resources_are_read_and_refused() -> None:
    instance = small_instance()
    assert str(Resource.of("team:nego", instance)) == "team:nego"
    assert Resource.of("vehicle:awc", instance).amount(instance) == 1
    with pytest.raises(InputFault, match="team:dalmas"):
        Resource.of("team:tank", instance)


def test_levels_have_defaults_and_limits() -> None:
    instance = tiny.build(cap=250)
    assert list(choose_levels(instance, Resource("heads"), None, None, None)) == [100, 150, 200, 250, 300, 350, 400]
    assert default_levels(instance, Resource("team", "brimob")) == (0, 3, 1)
    assert list(choose_levels(instance, Resource("heads"), 10, 30, 10)) == [10, 20, 30]
    with pytest.raises(InputFault, match="levels"):
        choose_levels(instance, Resource("heads"), 30, 10, None)
    with pytest.raises(InputFault, match="levels"):
        choose_levels(instance, Resource("heads"), 1, 1000, 1)
