"""Prices: whatever they are, what they bound is below every deployment; and what is too dear is in no better one."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from support.enumeration import every, instances, values
from support.small_town import tiny as small_town

from optimiser.common.progress import Watcher
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.search import columns as pool_module
from optimiser.planning.search.column_generation import Prices, RestrictedMaster
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.separable import make_master
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

COUNT = 7
SOME = list(islice(instances(500, joined=False), 25))


@pytest.fixture(autouse=True)
def short_widths(monkeypatch) -> None:
    """Little is known at first, and it is looked again often, as in large pools with many scenarios."""
    short = replace(pool_module.PARAMS, widths=(2, 4), least_pilots=2, most_pilots=2)
    monkeypatch.setattr(pool_module, "PARAMS", short)


def master_of(instance: Instance, plan: np.ndarray) -> tuple[RestrictedMaster, Simulator]:
    simulator, scenarios = Simulator(instance), draw(instance, 3, COUNT)
    found = Search(simulator, scenarios, Watcher(), plan, np.inf, 0.0)
    return make_master(found), simulator


def any_prices(master: RestrictedMaster, rng: np.random.Generator) -> Prices:
    """Prices that no relaxation gave, with any weights that the tail allows."""
    rows = rng.choice([0.0, 0.1, 1.0, 20.0], size=len(master.most))
    share = np.full(COUNT, 1.0 / COUNT)
    if master.tail_weight > 0.0:
        size = max(1.0, (1.0 - master.tail) * COUNT)
        order, weights = rng.permutation(COUNT), np.zeros(COUNT)
        weights[order[: int(size)]] = 1.0 / size
        if int(size) < COUNT:
            weights[order[int(size)]] = (size - int(size)) / size
        share = share + master.tail_weight * weights
    return Prices(rows, share, 0.0)


@pytest.mark.parametrize("case", range(12))
def test_the_bound_is_below_every_deployment_whatever_the_prices(case):
    number, instance, plans = SOME[case]
    rng = np.random.default_rng(number)
    master, simulator = master_of(instance, plans[0])
    worth = values(simulator, plans, draw(instance, 3, COUNT))
    for slack in (0.0, 0.5, 0.0):
        for prices in (any_prices(master, rng), master.price()):
            cheapest = [master.cheapest(pool, prices, slack) for pool in master.pools]
            assert master.bound(prices, cheapest) <= worth.min() + 1e-9 * max(1.0, worth.min())
            for pool, least in zip(master.pools, cheapest, strict=True):
                exact = master.fixed(pool, prices) + np.array(pool.least(prices.share))
                assert least <= exact[pool.known].min(initial=np.inf) + 1e-9
                # not lower than needed either: it misses the cheapest by the slack at most
                whole = master.fixed(pool, prices) + _losses(pool) @ prices.share
                assert whole.min() - slack - 1e-9 <= least <= whole.min() + 1e-9


def _losses(pool) -> np.ndarray:
    """Losses of every configuration, played apart."""
    other = pool_module.Pool(
        Simulator(pool.simulator.instance), pool.place, pool.scenarios, pool.until, pool.help, 60_000
    )
    assert np.array_equal(other.numbers, pool.numbers)
    other.know(np.arange(len(other.numbers)))
    return other.losses(np.arange(len(other.numbers)))


@pytest.mark.parametrize("case", range(12))
def test_what_is_not_within_a_span_costs_more_than_the_span(case):
    _, instance, plans = SOME[case]
    master, simulator = master_of(instance, plans[-1])
    worth = values(simulator, plans, draw(instance, 3, COUNT))
    prices = master.price()
    cheapest = [master.cheapest(pool, prices, 0.0) for pool in master.pools]
    base = master.bound(prices, cheapest)
    for span in (0.0, 0.3 * (worth.min() - base), worth.min() - base, 1e3):
        needed = [master.within(p, prices, cheapest[p] + span, 10_000) for p in range(len(master.pools))]
        assert all(which is not None for which in needed)
        left_out = np.zeros(len(plans), dtype=bool)
        for p, (pool, which) in enumerate(zip(master.pools, needed, strict=True)):
            assert pool.known[which].all()
            whole = master.fixed(pool, prices) + _losses(pool) @ prices.share
            assert np.isin(np.flatnonzero(whole <= cheapest[p] + span), which).all()
            if not pool.idle:  # where nothing can be lost, nothing is as good as anything
                left_out |= ~np.isin(pool.find(plans[:, pool.place]), which)
        assert np.all(worth[left_out] > base + span - 1e-9 * max(1.0, base + span))
    assert master.within(0, prices, 1e9, 0) is None


def test_the_relaxation_is_below_the_best_and_its_prices_reach_it():
    """Duality: with every configuration known, the bound at the prices of the relaxation is its value."""
    scarce = 0
    for number in range(24):
        instance = small_town(random.Random(number), joined=False)
        plans = every(instance)
        if plans is None or not len(plans):
            continue
        master, simulator = master_of(instance, plans[0])
        for p, pool in enumerate(master.pools):
            pool.know(np.arange(len(pool.numbers)))
            master.admit(p, np.arange(len(pool.numbers)))
            assert master.admit(p, np.arange(len(pool.numbers))) == 0
        prices = master.price()
        cheapest = [master.cheapest(pool, prices, 0.0) for pool in master.pools]
        best = values(simulator, plans, draw(instance, 3, COUNT)).min()
        assert prices.value <= best + 1e-7 * max(1.0, best)
        assert master.bound(prices, cheapest) == pytest.approx(prices.value, rel=1e-6, abs=1e-6)
        scarce += prices.rows.max() > 0.01
    assert scarce >= 4


def test_weights_of_scenarios_are_those_of_the_mean_and_of_a_tail():
    """Sum 1 + weight of the tail; none below the mean's, none above what a tail may give."""
    tailed = 0
    for _, instance, plans in SOME:
        master, _ = master_of(instance, plans[0])
        share, o = master.price().share - 1.0 / COUNT, instance.objective
        size = max(1.0, (1.0 - float(o.tail)) * COUNT)
        assert share.sum() == pytest.approx(float(o.tail_weight))
        assert share.min() >= -1e-12
        assert share.max() <= float(o.tail_weight) / size + 1e-9
        tailed += o.tail_weight > 0.0
    assert tailed > 5


def test_cheaper_neighbours_join_the_relaxation():
    """Looking beside the cheapest finds them all where each is one step from the next."""
    joined = 0
    for _, instance, plans in SOME:
        master, _ = master_of(instance, plans[0])
        before = master.price().value
        prices = master.price()
        while more := master.search_near(prices):
            joined += more
            prices = master.price()
        assert prices.value <= before + 1e-9 * max(1.0, before)
        for pool, columns in zip(master.pools, master.columns, strict=True):
            assert pool.known[columns].all()
    assert joined > 10


def test_rows_are_units_and_heads_that_count():
    _, instance, plans = SOME[0]
    master, _ = master_of(instance, plans[0])
    heads = [t.size * t.counts for t in instance.teams]
    assert master.use[: len(heads), -1].tolist() == heads
    assert master.most.tolist() == [*(k.count for k in (*instance.teams, *instance.vehicles)), instance.cap]
    shared = plans.sum(axis=1) @ master.use
    assert np.all(shared <= master.most)
    assert Deployment.of_numbers(instance, plans[0]).numbers(instance).tolist() == plans[0].tolist()
