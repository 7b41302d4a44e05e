"""The problem apart: no link between sectors is left, and its deployments fit the whole one with the reserve back."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from support.enumeration import every, instances
from support.town import posted, town

from optimiser.common.progress import Watcher
from optimiser.files.read import read
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.planning.programs.allocation import allocate
from optimiser.planning.programs.neighbourhood import Rules
from optimiser.planning.search.decoupled_start import STARTS, _best_apart, decouple, start_decoupled
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.response_tables import interplay
from optimiser.planning.search.search_state import Search
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator


def test_every_stop_of_a_march_is_a_gathering_of_its_own_at_its_mean_minute():
    instance = town()
    apart = decouple(instance, posted(instance).numbers(instance)[3:])
    assert [(g.id, [s.sector for s in g.itinerary]) for g in apart.gatherings] == [
        ("march-0", ["terminal"]),
        ("march-1", ["kpu"]),
        ("march-2", ["mall"]),
    ]
    start = [apart.minutes(g.arrives) for g in apart.gatherings]
    march, detour = float(instance.travel.march), float(instance.travel.detour)
    assert start[0] == instance.minutes("13:30")
    assert start[1] == pytest.approx(start[0] + 40.0 + 60.0 * 3.0 * detour / march, abs=1.0)
    assert start[2] == pytest.approx(start[1] + 120.0 + 60.0 * 2.0**0.5 * detour / march, abs=1.0)
    assert [g.groups for g in apart.gatherings][1:] == [1, 1]
    assert all(g.regroup == 0.0 for g in apart.gatherings)


def test_a_stop_beyond_the_period_is_left_out():
    data = town().model_dump(mode="json")
    late = {**data["gatherings"][0], "arrives": "18:30"}
    instance = town(gatherings=[late], period={**data["period"], "overtime": 0.0})
    apart = decouple(instance, np.zeros((1, 11), dtype=np.int64))
    assert [g.id for g in apart.gatherings] == ["march-0"]


def test_what_waits_is_taken_from_what_there_is():
    instance = town()
    plan = posted(instance).numbers(instance)
    apart = decouple(instance, plan[3:])
    kinds, before = (*apart.teams, *apart.vehicles), (*instance.teams, *instance.vehicles)
    left = [k.count - n for k, n in zip(before, plan[3], strict=True)]
    assert [k.count for k in kinds] == left
    heads = sum(n * t.size for n, t in zip(plan[3], instance.teams, strict=False) if t.counts)
    extra = sum(n * v.crew for n, v in zip(plan[3][len(instance.teams) :], instance.vehicles, strict=True))
    assert apart.cap == instance.cap - heads - extra


def test_nothing_links_sectors_any_more_and_what_is_feasible_apart_is_feasible_with_the_reserve_back():
    tried = 0
    for number, instance, plans in islice(instances(700, joined=True), 40):
        plan = plans[number % len(plans)]
        sectors = len(instance.sectors)
        apart = decouple(instance, plan[sectors:])
        unmanned = any(v.crew == 0 for v in apart.vehicles)  # may stand at a post, where the search leaves nothing
        assert set(interplay(apart)) <= ({"sectors share callable reserve"} if unmanned else set())
        start = np.concatenate([plan[:sectors], np.zeros_like(plan[sectors:])])
        assert Rules(apart).holds(start)
        assert check(apart, Deployment.of_numbers(apart, start)).passed
        for other in every(apart)[:20]:
            if other[sectors:].any():
                continue
            whole = np.concatenate([other[:sectors], plan[sectors:]])
            assert check(instance, Deployment.of_numbers(instance, whole)).passed
            tried += 1
    assert tried > 100


@pytest.mark.parametrize("moving", [False, True])
def test_who_moves_is_taken_from_what_there_is_and_goes_back_as_it_was(moving):
    tried = 0
    for number, instance, plans in islice(instances(0, joined=True, accompanied=True, moving=moving), 40):
        plan, sectors, posts = plans[number % len(plans)], len(instance.sectors), len(instance.posts)
        apart = decouple(instance, plan[sectors:])
        assert not apart.moving
        left = [k.count for k in (*apart.teams, *apart.vehicles)]
        kept = plan[sectors:].sum(axis=0)
        counts = [k.count for k in (*instance.teams, *instance.vehicles)]
        assert left == [n - k for n, k in zip(counts, kept, strict=True)]
        assert Rules(apart).holds(np.concatenate([plan[:sectors], np.zeros_like(plan[sectors : sectors + posts])]))
        tried += plan[sectors + posts :].any()
    assert tried > 10


def test_nothing_is_tried_where_nothing_joins_sectors_but_units_that_move():
    instance = read("markov-moving/markov-moving-4-01")
    assert not interplay(instance.altered(movements=()))
    plans = [plan.numbers(instance) for plan in candidates(instance).values()]
    with Simulator(instance) as simulator:
        found = Search(simulator, draw(instance, 1, 10), Watcher(), plans[0], np.inf, 0.0)
        found.starts, before = tuple(plans), simulator.sector_replications
        assert list(start_decoupled(found, allocate)) == []
        assert simulator.sector_replications == before


def test_the_best_candidates_that_differ_in_their_reserve_are_tried():
    instance = town()
    sectors, plan = len(instance.sectors), posted(instance).numbers(instance)
    plans = [plan.copy() for _ in range(5)]
    for number, other in enumerate(plans[:4]):  # the last one waits and moves as the one before
        other[sectors:] = 0
        other[sectors, 0] = number
    plans[4][:] = plans[3]
    plans[4][0] = 0
    with Simulator(instance) as simulator:
        found = Search(simulator, draw(instance, 1, 40), Watcher(), plan, np.inf, 0.0)
        found.starts = tuple(plans)
        found.consider(plan)
        tried = _best_apart(found, sectors)
        worth = [found.worth(start) for start in tried]
        best = [min(found.worth(p) for p in plans if p[sectors, 0] == n) for n in range(4)]
    assert len(tried) == STARTS < 4
    assert worth == sorted(best)[:STARTS]
