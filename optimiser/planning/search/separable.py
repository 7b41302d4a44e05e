"""The search where sectors do not influence each other: tables are exact, so the optimum can be proved.

First the linear relaxation is solved over the configurations that are known, and cheaper ones are looked for beside the
cheapest, until there are none: that is where the best deployments are. Then every other configuration is simulated as
far as it takes to show that it is too dear, which bounds all deployments; and at last the integer program decides among
those that are left.
"""

from __future__ import annotations

import math
from collections.abc import Generator

import numpy as np

from optimiser.common.errors import NoPlan, OptimiserError
from optimiser.common.message import Message
from optimiser.model.deployment import Numbers
from optimiser.planning.programs.configurations import ResponseTable
from optimiser.planning.search.column_generation import Ints, Market, Prices
from optimiser.planning.search.columns import Pool
from optimiser.planning.search.prefix_bound import helpless, unreached
from optimiser.planning.search.search_state import Propose, Search, Steps
from optimiser.simulation.simulator import Spent

GRID = 60_000  # configurations of one place that are all listed; above that part of them is looked at, assumed
PART, FEWEST = 8, 4  # scenarios are looked at in this part first, if it is as many as this; assumed
SLACKS = (0.003, 0.0003, 0.0)  # share of the objective by which a bound may miss what the relaxation allows, in turn
SPANS = (0.1, 0.3, 1.0)  # share of the gap up to which configurations join the integer program, in turn
MOST = 1_500  # configurations of one place in an integer program: beyond that it is not closed in reasonable time
JOINT_SLACK = 0.01  # the same where sectors influence each other, and the bound is loose anyhow
CONTRADICTION = 1e-6  # relative difference of table and simulation that rounding cannot explain; assumed
NODES = 20_000  # of each integer program: a limit that can be replayed; assumed


def relaxation_steps(found: Search, propose: Propose) -> Generator[tuple[bool, str], None, tuple[Market, Prices]]:
    """Solve the relaxation by looking beside what is cheapest, and choose among what is known then.

    What it takes to play the choice is kept back from the budget, so that it is made where the budget ends first.
    """
    market, simulator, kept = open_market(found), found.simulator, len(found.scenarios)
    yield False, Message("first configurations")
    simulator.limit -= kept
    try:
        prices = market.price()
        while market.search_near(prices):
            prices = market.price()
            yield False, Message("{n:,} configurations known", n=_known(market))
    except Spent:
        simulator.limit += kept
        _choose(found, market, propose, [np.flatnonzero(pool.known) for pool in market.pools])
        raise
    simulator.limit += kept
    _choose(found, market, propose, market.columns)
    return market, prices


def separate_steps(found: Search, propose: Propose) -> Steps:
    """Search, bound and prove; see the module."""
    part = len(found.scenarios) // PART
    # a first deployment from few scenarios, so that less is looked at in all; with charges many plans are known anyhow
    if part >= FEWEST and found.charges is None:
        inner = Search(found.simulator, found.scenarios.first(part), found.watcher, found.best, math.inf, 0.0)
        inner.consider(found.best)
        whole = len(found.scenarios)  # kept back, so that what it finds is played where the budget ends first
        found.simulator.limit -= whole
        try:
            yield from relaxation_steps(inner, propose)
        except Spent:
            found.simulator.limit += whole
            found.consider(inner.best)
            raise
        found.simulator.limit += whole
        found.consider(inner.best)
    market, prices = yield from relaxation_steps(found, propose)
    places = [p.id for p in found.simulator.instance.places]
    found.open_places = tuple(places[pool.place] for pool in market.pools if not pool.complete)
    if found.open_places:
        yield True, Message("not every configuration can be listed")
        return
    found.market = market
    yield False, Message("best of the known configurations")
    for slack in SLACKS:
        prices, cheapest = yield from bound_steps(found, market, prices, slack)
        if found.closed or found.bound >= found.value * (1.0 - slack):
            break
    yield from _close(found, market, prices, cheapest, propose)


def open_market(found: Search) -> Market:
    """Make the pools of all places, with the configurations of the best deployment and the smallest ones known."""
    count = len(found.scenarios)
    never, no_help = np.full(count, np.inf), np.full(3, np.inf)
    pools = [
        Pool(found.simulator, p, found.scenarios, never, no_help, GRID, charges=found.charges)
        for p in range(len(found.best))
    ]
    for pool in pools:
        start = found.best[[pool.place]]
        if found.charges is not None:  # priced anew: all that was good at other prices is known at once
            start = np.unique(np.array([plan[pool.place] for plan in (found.best, *found.starts)]), axis=0)
        pool.take_up(np.concatenate([start, np.zeros_like(start)]))
        begin(pool, start)
    return Market(found.simulator.instance, pools, count)


def begin(pool: Pool, start: Numbers) -> None:
    """Know the smallest configuration of a pool, and some others."""
    if not pool.idle:
        pool.look_ahead()
    first = np.append(pool.find(start), int(np.argmin(pool.numbers.sum(axis=1))))
    pool.know(first[first >= 0])


def bound_joint(found: Search) -> Market:
    """Bound all deployments where sectors influence each other; gives the tables that it comes from.

    Each sector is played alone until somebody could come from elsewhere or help could be there (`search.prefix_bound`).
    Posts, where nothing is lost, and sectors with too many configurations to list count as nothing.
    """
    simulator, scenarios, instance = found.simulator, found.scenarios, found.simulator.instance
    until, help_ = unreached(instance, scenarios), helpless(instance)
    pools = []
    for s in range(len(instance.sectors)):
        pool = Pool(simulator, s, scenarios, np.ascontiguousarray(until[:, s]), help_[s], GRID, charges=found.charges)
        if pool.complete and not pool.idle:
            begin(pool, found.best[[s]])
            pools.append(pool)
    market = Market(instance, pools, len(scenarios))
    if pools:
        prices = market.price()
        while market.search_near(prices):
            prices = market.price()
        for _ in bound_steps(found, market, prices, JOINT_SLACK):
            pass
    return market


def bound_steps(
    found: Search, market: Market, prices: Prices, slack: float
) -> Generator[tuple[bool, str], None, tuple[Prices, list[float]]]:
    """Bound all deployments to within a share of what the relaxation allows; gives the prices and what they came to."""
    busy = sum(not pool.idle for pool in market.pools)
    while True:
        room = slack * abs(prices.value) / max(1, busy)
        cheapest = [market.cheapest(pool, prices, room) for pool in market.pools]
        bound = market.bound(prices, cheapest)
        found.prove(bound)
        yield False, Message("bound {bound:.4g}", bound=bound)
        joined = market.admit_cheapest(prices)
        if not joined or bound >= prices.value - slack * abs(prices.value) - 1e-9 * abs(prices.value):
            return prices, cheapest
        prices = market.price()


def _close(found: Search, market: Market, prices: Prices, cheapest: list[float], propose: Propose) -> Steps:
    """Let the integer program decide among all configurations that can still be part of a better deployment."""
    base = market.bound(prices, cheapest)
    for part in SPANS:
        span = part * (found.value - base)
        needed = [market.within(p, prices, cheapest[p] + span, MOST) for p in range(len(market.pools))]
        if any(which is None for which in needed):
            yield True, Message("too many configurations are left for a proof")
            return
        columns = [which for which in needed if which is not None]
        bound = _choose(found, market, propose, columns)
        # whatever holds another configuration costs more than the span beyond what the prices allow
        found.prove(min(bound, base + span))
        done = found.closed
        yield done or part == 1.0, Message("bound {bound:.4g}", bound=found.bound)
        if done:
            return


def _choose(found: Search, market: Market, propose: Propose, columns: list[Ints]) -> float:
    """Ask the integer program for the best deployment of some configurations; gives the bound that it proved."""
    instance = found.simulator.instance
    tables = {}
    for pool, which in zip(market.pools, columns, strict=True):
        place = instance.places[pool.place].id
        tables[place] = ResponseTable.of(instance, place, pool.numbers[which], pool.losses(which))
    try:
        answer = propose(instance, tables, np.zeros(len(found.scenarios)), nodes=NODES)
    except NoPlan:
        return -math.inf
    found.by_clock |= answer.by_clock
    found.consider(answer.deployment.numbers(instance))
    bound = -math.inf if answer.bound is None else answer.bound
    played = found.worth(answer.deployment.numbers(instance))
    if abs(answer.objective - played) > CONTRADICTION * max(abs(answer.objective), abs(played)):
        raise OptimiserError("tables and joint simulation contradict each other")
    return bound


def _known(market: Market) -> int:
    return sum(int(pool.known.sum()) for pool in market.pools)
