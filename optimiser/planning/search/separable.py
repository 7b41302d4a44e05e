"""The search where sectors do not influence each other: tables are exact, so the optimum can be proved.

First the linear relaxation is solved over the configurations that are known, and cheaper ones are looked for beside the
cheapest, until there are none: that is where the best deployments are. Then every other configuration is simulated as
far as it takes to show that it is too dear, which bounds all deployments; and at last the integer program decides among
those that are left.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from optimiser.common.errors import NoPlan, OptimiserError
from optimiser.common.message import Message
from optimiser.model.deployment import Numbers
from optimiser.planning.programs.configurations import ResponseTable
from optimiser.planning.search.column_generation import Ints, Prices, RestrictedMaster
from optimiser.planning.search.columns import Pool
from optimiser.planning.search.prefix_bound import helpless, unreached
from optimiser.planning.search.search_state import Propose, Search, Step, Steps
from optimiser.simulation.engine import Spent
from optimiser.simulation.scenario import Scenarios


@dataclass(frozen=True)
class SeparableParams:
    """Tuned constants; all assumed.

    Attributes
    ----------
    grid : configurations of one place that are all listed; where there are more, part of them is looked at.
    part : one part in so many of the scenarios is looked at first ...
    least_part : ... if it is as many scenarios as this.
    slacks : shares of the objective by which a bound may miss what the relaxation allows, in turn.
    joint_slack : the same where sectors influence each other, and the bound is loose anyhow.
    spans : shares of the gap up to which configurations join the integer program, in turn.
    most : configurations of one place in an integer program: beyond that it is not closed in reasonable time.
    nodes : of each integer program: a limit that can be replayed.
    """

    grid: int = 60_000
    part: int = 8
    least_part: int = 4
    slacks: tuple[float, ...] = (0.003, 0.0003, 0.0)
    joint_slack: float = 0.01
    spans: tuple[float, ...] = (0.1, 0.3, 1.0)
    most: int = 1_500
    nodes: int = 20_000


PARAMS = SeparableParams()
CONTRADICTION = 1e-6  # relative difference of table and simulation that rounding cannot explain; assumed


def relaxation_steps(state: Search, propose: Propose) -> Generator[Step, None, tuple[RestrictedMaster, Prices]]:
    """Solve the relaxation by looking beside what is cheapest, and choose among what is known then.

    What it takes to play the choice is kept back from the budget, so that it is made where the budget ends first.
    """
    master, simulator, kept = make_master(state), state.simulator, len(state.scenarios)
    yield Step(Message("first configurations"))
    try:
        with simulator.reserved(kept):
            prices = master.price()
            while master.search_near(prices):
                prices = master.price()
                yield Step(Message("{n:,} configurations known", n=_known(master)))
    except Spent:
        _choose(state, master, propose, [np.flatnonzero(pool.known) for pool in master.pools])
        raise
    _choose(state, master, propose, master.columns)
    return master, prices


def generate_columns(state: Search, propose: Propose) -> Steps:
    """Search where sectors do not influence each other, whose optimum can be proved: column generation.

    The method of Luebbecke and Desrosiers 2005, doi 10.1287/opre.1050.0234, with columns whose cost is simulated only
    as far as it takes; bounds are Lagrangian, and the last integer program has the columns that reduced costs leave.
    """
    # A first deployment from part of the scenarios, so that fewer columns are simulated in all of them; where units
    # have charges many deployments are known anyhow.
    part = len(state.scenarios) // PARAMS.part
    if part >= PARAMS.least_part and state.charges is None:
        yield from _start_from_part(state, state.scenarios.first(part), propose)

    # Linear relaxation over the known columns: price, look for cheaper columns beside the cheapest, and again.
    master, prices = yield from relaxation_steps(state, propose)
    places = [p.id for p in state.simulator.instance.places]
    state.open_places = tuple(places[pool.place] for pool in master.pools if not pool.complete)
    if state.open_places:
        yield Step(Message("not every configuration can be listed"), finished=True)
        return
    state.master = master
    yield Step(Message("best of the known configurations"))

    # Lagrangian bound: every other column is simulated until it is known or too dear at these prices.
    for slack in PARAMS.slacks:
        prices, cheapest = yield from bound_steps(state, master, prices, slack)
        if state.closed or state.bound >= state.value * (1.0 - slack):
            break

    # Integer program over the columns that can still be part of a better deployment.
    yield from _close(state, master, prices, cheapest, propose)


def _start_from_part(state: Search, scenarios: Scenarios, propose: Propose) -> Steps:
    """Improve the incumbent on part of the scenarios; what is found is simulated in all, whatever the budget."""
    inner = Search(state.simulator, scenarios, state.watcher, state.best, math.inf, 0.0)
    inner.consider(state.best)
    try:
        with state.simulator.reserved(len(state.scenarios)):
            yield from relaxation_steps(inner, propose)
    except Spent:
        state.consider(inner.best)
        raise
    state.consider(inner.best)


def make_master(state: Search) -> RestrictedMaster:
    """Make the pools of all places, with the configurations of the best deployment and the smallest ones known."""
    count = len(state.scenarios)
    never, no_help = np.full(count, np.inf), np.full(3, np.inf)
    pools = [
        Pool(state.simulator, p, state.scenarios, never, no_help, PARAMS.grid, charges=state.charges)
        for p in range(len(state.best))
    ]
    for pool in pools:
        start = state.best[[pool.place]]
        if state.charges is not None:  # priced anew: all that was good at other prices is known at once
            start = np.unique(np.array([plan[pool.place] for plan in (state.best, *state.starts)]), axis=0)
        pool.take_up(np.concatenate([start, np.zeros_like(start)]))
        _begin(pool, start)
    return RestrictedMaster(state.simulator.instance, pools, count)


def _begin(pool: Pool, start: Numbers) -> None:
    """Know the smallest configuration of a pool, and some others."""
    if not pool.idle:
        pool.look_ahead()
    first = np.append(pool.find(start), int(np.argmin(pool.numbers.sum(axis=1))))
    pool.know(first[first >= 0])


def bound_joint(state: Search) -> RestrictedMaster:
    """Bound all deployments where sectors influence each other; returns the tables that it comes from.

    Each sector is simulated alone until somebody could come from elsewhere or help could be there
    (`search.prefix_bound`). Posts, where nothing is lost, and sectors with too many configurations to list count as
    nothing.
    """
    simulator, scenarios, instance = state.simulator, state.scenarios, state.simulator.instance
    until, help_ = unreached(instance, scenarios), helpless(instance, scenarios.uncertain)
    pools = []
    for s in range(len(instance.sectors)):
        minute = np.ascontiguousarray(until[:, s])
        pool = Pool(simulator, s, scenarios, minute, help_[s], PARAMS.grid, charges=state.charges)
        if pool.complete and not pool.idle:
            _begin(pool, state.best[[s]])
            pools.append(pool)
    master = RestrictedMaster(instance, pools, len(scenarios))
    if pools:
        prices = master.price()
        while master.search_near(prices):
            prices = master.price()
        for _ in bound_steps(state, master, prices, PARAMS.joint_slack):
            pass
    return master


def bound_steps(
    state: Search, master: RestrictedMaster, prices: Prices, slack: float
) -> Generator[Step, None, tuple[Prices, list[float]]]:
    """Bound all deployments to within a share of what the relaxation allows; returns prices and least costs."""
    busy = sum(not pool.idle for pool in master.pools)
    while True:
        room = slack * abs(prices.value) / max(1, busy)
        cheapest = [master.cheapest(pool, prices, room) for pool in master.pools]
        bound = master.bound(prices, cheapest)
        state.prove(bound)
        yield Step(Message("bound {bound:.4g}", bound=bound))
        joined = master.admit_cheapest(prices)
        if not joined or bound >= prices.value - slack * abs(prices.value) - 1e-9 * abs(prices.value):
            return prices, cheapest
        prices = master.price()


def _close(state: Search, master: RestrictedMaster, prices: Prices, cheapest: list[float], propose: Propose) -> Steps:
    """Let the integer program decide among all configurations that can still be part of a better deployment."""
    base = master.bound(prices, cheapest)
    for part in PARAMS.spans:
        span = part * (state.value - base)
        needed = [master.within(p, prices, cheapest[p] + span, PARAMS.most) for p in range(len(master.pools))]
        if any(which is None for which in needed):
            yield Step(Message("too many configurations are left for a proof"), finished=True)
            return
        columns = [which for which in needed if which is not None]
        bound = _choose(state, master, propose, columns)
        # whatever holds another configuration costs more than the span beyond what the prices allow
        state.prove(min(bound, base + span))
        done = state.closed
        yield Step(Message("bound {bound:.4g}", bound=state.bound), finished=done or part == 1.0)
        if done:
            return


def _choose(state: Search, master: RestrictedMaster, propose: Propose, columns: list[Ints]) -> float:
    """Ask the integer program for the best deployment of some configurations; returns the bound that it proved."""
    instance = state.simulator.instance
    tables = {}
    for pool, which in zip(master.pools, columns, strict=True):
        place = instance.places[pool.place].id
        tables[place] = ResponseTable.of(instance, place, pool.numbers[which], pool.losses(which))
    try:
        answer = propose(instance, tables, np.zeros(len(state.scenarios)), nodes=PARAMS.nodes)
    except NoPlan:
        return -math.inf
    state.by_clock |= answer.by_clock
    state.consider(answer.deployment.numbers(instance))
    bound = -math.inf if answer.bound is None else answer.bound
    played = state.worth(answer.deployment.numbers(instance))
    if abs(answer.objective - played) > CONTRADICTION * max(abs(answer.objective), abs(played)):
        raise OptimiserError("tables and joint simulation contradict each other")
    return bound


def _known(master: RestrictedMaster) -> int:
    return sum(int(pool.known.sum()) for pool in master.pools)
