"""Pools: what is known of configurations is exact, what is not known is bounded from below, nothing is played twice."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.enumeration import instances
from support.small_town import tiny as small_town
from support.town import town

from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.planning.search import columns
from optimiser.planning.search.columns import Pool
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

COUNT = 12
NEVER, NO_HELP = np.full(COUNT, np.inf), np.full(3, np.inf)


def make(instance: Instance, place: int = 0, limit: int = 5_000, **more) -> Pool:
    return Pool(Simulator(instance), place, draw(instance, 4, COUNT), NEVER, NO_HELP, limit, **more)


@pytest.fixture
def short_widths(monkeypatch) -> None:
    """Steps between which it is looked again, as with many scenarios."""
    monkeypatch.setattr(columns, "PARAMS", replace(columns.PARAMS, widths=(2, 5, 9)))


def separate(number: int = 3) -> Instance:
    return small_town(random.Random(number), joined=False)


def true_losses(pool: Pool) -> np.ndarray:
    """Play the whole town for every configuration of the place, with nobody elsewhere."""
    instance = pool.simulator.instance
    plans = np.zeros((len(pool.numbers), len(instance.places), pool.numbers.shape[1]), dtype=np.int64)
    plans[:, pool.place] = pool.numbers
    with Simulator(instance) as other:
        return np.array([other.course(plan, pool.scenarios).loss[:, pool.place] for plan in plans])


def test_a_known_configuration_has_the_losses_of_the_whole_simulation(short_widths):
    pool = make(separate())
    pool.look_ahead()
    pool.know(np.arange(len(pool.numbers)))
    assert pool.known.all()
    assert np.array_equal(pool.losses(np.arange(len(pool.numbers))), true_losses(pool))
    assert true_losses(pool).any()


@given(number=st.integers(0, 5), data=st.data())
def test_whatever_is_played_the_bound_of_each_stays_below_its_loss_and_nothing_is_played_twice(number, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "PARAMS", replace(columns.PARAMS, widths=(2, 5, 9)))
        pool = make(separate(number))
        truth, everyone = true_losses(pool), np.arange(len(pool.numbers))
        if data.draw(st.booleans()):
            pool.look_ahead()
        for _ in range(data.draw(st.integers(1, 5))):
            weights = np.array(data.draw(st.lists(st.sampled_from([0.0, 1.0, 3.0]), min_size=COUNT, max_size=COUNT)))
            share = 1.0 / COUNT + weights / COUNT
            which = np.array(sorted(data.draw(st.sets(st.sampled_from(everyone.tolist()), min_size=1))))
            which = which[~pool.known[which]]
            limit = np.full(len(which), data.draw(st.sampled_from([0.0, 1.0, 10.0, 100.0, np.inf])))
            if not len(which):
                continue
            dear = pool.advance(which, share, limit, data.draw(st.integers(1, 4)))
            worth = truth @ share
            assert set(dear) <= set(which)
            assert np.all(worth[dear] > limit[0] - 1e-9)
            assert np.all(pool.least(share) <= worth + 1e-9)
            assert np.allclose(pool.least(share)[pool.known], worth[pool.known])
            assert np.array_equal(pool.losses(everyone[pool.known]), truth[pool.known])
            for tier, held in enumerate(pool.tiers):
                assert np.array_equal(held.members[pool.row_of[held.members]], held.members)
                assert np.array_equal(np.sort(held.members), np.flatnonzero(pool.tier_of == tier))
        played = pool.simulator.sector_replications
        pool.know(everyone)
        pool.know(everyone)
        rest = pool.simulator.sector_replications - played
        assert rest <= COUNT * len(everyone)
        assert np.array_equal(pool.losses(everyone), truth)


def test_what_was_played_is_not_played_again(short_widths):
    pool = make(separate())
    everyone, share = np.arange(len(pool.numbers)), np.full(COUNT, 1.0 / COUNT)
    for _ in range(4):
        pool.advance(everyone, share, np.full(len(everyone), np.inf))
    assert pool.known.all()
    assert pool.simulator.sector_replications == COUNT * len(everyone)
    assert not len(pool.advance(everyone[:0], share, np.zeros(0)))
    pool.know(everyone)
    assert pool.simulator.sector_replications == COUNT * len(everyone)


def test_a_dear_configuration_is_given_up_before_the_end(short_widths):
    pool = make(separate())
    pool.look_ahead()
    share = np.full(COUNT, 1.0 / COUNT)
    rest = np.flatnonzero(~pool.known)
    rest = rest if len(rest) else np.arange(len(pool.numbers))[:0]
    dear = pool.advance(rest, share, np.zeros(len(rest)), 4)
    lost = true_losses(pool).sum(axis=1) > 0.0
    assert set(dear) == set(rest[lost[rest]])


def test_configurations_are_those_that_the_rules_of_the_place_allow():
    for _, instance, plans in islice(instances(0, joined=False), 10):
        for p in range(len(instance.places)):
            pool = make(instance, p, every=True)
            assert pool.complete
            assert np.all(pool.find(np.unique(plans[:, p], axis=0)) >= 0)
            assert len(np.unique(pool.numbers, axis=0)) == len(pool.numbers)


def test_a_place_where_nothing_can_be_lost_needs_nobody():
    post = make(separate(), 2)
    assert post.idle
    assert post.complete
    assert not post.numbers.any()
    assert post.known.all()
    assert not post.losses(np.array([0])).any()
    assert len(make(separate(), 2, every=True).numbers) >= 1


def test_a_pool_too_large_to_list_takes_up_what_it_is_asked_for():
    instance = town(doctrine={"officer_per_sector": False})
    pool = make(instance, 0, limit=50)
    assert not pool.complete
    one = np.zeros((1, pool.numbers.shape[1]), dtype=np.int64)
    many = one + 99
    pool.take_up(np.concatenate([one, one, many]))
    assert np.array_equal(pool.numbers, one)
    assert np.array_equal(pool.find(np.concatenate([one, many])), [0, -1])
    near = pool.around(np.array([0]))
    steps = pool.numbers[near]
    assert np.all(np.abs(steps).sum(axis=1) == 1)
    assert len(near) >= 8
    assert np.all(pool.rules.hold(pool.numbers))
    before = len(pool.numbers)
    pool.take_up(pool.numbers)
    assert len(pool.numbers) == before


def test_a_pool_finds_each_of_its_configurations_and_no_other():
    pool = make(separate())
    assert np.array_equal(pool.find(pool.numbers), np.arange(len(pool.numbers)))
    assert np.all(pool.find(-1 - pool.numbers) == -1)
    assert np.all(pool.find(pool.numbers + 50) == -1)


def test_bug_with_many_kinds_a_configuration_was_taken_for_another():
    """Its code in digits did not fit into 64 bits; 2 ** 64 counts as 0."""
    data = town().model_dump(mode="json", exclude_none=True)
    squad = {"role": "rope", "size": 1, "count": 3, "home": "polres"}
    teams = [{"id": f"t{i}", "name": f"Squad {i}", **squad} for i in range(40)]
    changes = {"teams": teams, "vehicles": [], "reinforcements": [], "doctrine": {"officer_per_sector": False}}
    instance = Instance.model_validate({**data, **changes}, context=SHAPE_ONLY)
    pool = make(instance, 0, limit=50)
    ones = np.eye(40, dtype=np.int64)
    pool.take_up(np.concatenate([ones, 3 * ones]))
    assert len(pool.numbers) == 80
    assert np.array_equal(pool.find(pool.numbers), np.arange(80))
    assert np.all(pool.find(2 * ones) == -1)


def test_losses_of_weighted_scenarios_are_weighted_in_every_tier(short_widths) -> None:
    """Whatever was simulated at once or width by width; a configuration is given up by its weighted loss."""
    instance, weight = small_town(random.Random(3), joined=False), np.linspace(0.2, 5.0, COUNT)
    plain, drawn = make(instance), draw(instance, 4, COUNT)
    heavy = Pool(plain.simulator, 0, drawn.take(np.arange(COUNT), weight), NEVER, NO_HELP, 5_000)
    which = np.arange(min(8, len(plain.numbers)))
    for pool in (plain, heavy):
        pool.look_ahead()
        pool.know(which)
    assert plain.losses(which).any()
    assert heavy.losses(which) == pytest.approx(plain.losses(which) * weight)
    share = np.full(COUNT, 1.0 / COUNT)
    assert heavy.least(share)[which] == pytest.approx((plain.losses(which) * weight).mean(axis=1))


def test_no_configuration_is_given_up_that_loses_less_by_weight_than_its_limit(short_widths) -> None:
    instance = small_town(random.Random(3), joined=False)
    scenarios = draw(instance, 4, COUNT).take(np.arange(COUNT), np.full(COUNT, 0.2))
    pool, known = (Pool(Simulator(instance), 0, scenarios, NEVER, NO_HELP, 5_000) for _ in range(2))
    which = np.arange(min(8, len(pool.numbers)))
    known.know(which)
    lost = known.losses(which).mean(axis=1)
    assert (lost > 0.0).any()
    assert not len(pool.advance(which, np.full(COUNT, 1.0 / COUNT), 1.01 * lost, len(pool.widths)))
