"""Descent: the first better exchange is made, on a few scenarios at first, then on twice as many, and so on.

A local search that looks at every exchange before it makes one needs many replications for its first step. Where a
budget has too few for that, the first exchange found to be better is made at once (first improvement: Hansen and
Mladenovic 2006, doi 10.1016/j.dam.2005.05.020), and again as long as it is better. Sample sizes grow as the search
comes closer (retrospective search: Wang, Pasupathy and Schmeiser 2013, doi 10.1145/2499913.2499916).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimiser.common.message import Message
from optimiser.common.random_streams import name_stream
from optimiser.model.deployment import Numbers
from optimiser.planning.magnitude import close_to
from optimiser.planning.programs.neighbourhood import Exchanges, neighbours
from optimiser.planning.search.focus import focus
from optimiser.planning.search.search_state import Search, Step, Steps
from optimiser.simulation.draws.streams import Stream, for_each
from optimiser.simulation.engine import Floats
from optimiser.simulation.scenario import Scenarios

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class DescentParams:
    """Tuned constants; all assumed.

    Attributes
    ----------
    block : scenarios of the first comparison at least; every further one doubles what was compared.
    parts : the first comparison takes at least this part of all scenarios.
    sure : standard errors above 0 at which an exchange is dropped.
    greed : how far the order of exchanges follows what is lost where units come: 0 not at all, 1 nothing else.
    least : the weight in that order of a place where nothing is lost.
    visited : share of sectors that anybody comes to, from which on it does not pay to find out where an exchange
        cannot matter.
    """

    block: int = 8
    parts: int = 16
    sure: float = 0.25
    greed: float = 0.5
    least: float = 1e-3
    visited: float = 0.9


PARAMS = DescentParams()
FIRST = 16  # scenarios that a descent begins in; assumed


def descend(state: Search, scenarios: Scenarios) -> Steps:
    """Go down from the best deployment in the first few scenarios, then in twice as many, until it was in all of them.

    The state's scenarios are the first few, and grow with every level, which begins at a first candidate where that is
    better.
    """
    chance = Stream(name_stream(0, "descent", state.simulator.instance.name))
    while True:
        descent = _Descent(state, chance)
        while descent.improve():
            yield Step(Message("exchanged, {points:.4g} points", points=state.value))
        if len(state.scenarios) == len(scenarios):
            return
        state.turn_to(scenarios.first(min(len(scenarios), 2 * len(state.scenarios))), leaders=1)
        yield Step(Message("went on in {n:,} scenarios", n=len(state.scenarios)))


@dataclass
class _Descent:
    """A deployment that exchanges make better in the scenarios of the state.

    Attributes
    ----------
    plan : its numbers, shape (places, kinds).
    losses : its points in each scenario, shape (scenarios,).
    weight : of each place in the order of exchanges, shape (places,).
    skips : whether scenarios in which an exchange cannot matter are left out.
    """

    state: Search
    chance: Stream
    plan: Numbers = field(init=False)
    losses: Floats = field(init=False)
    weight: Floats = field(init=False)
    skips: bool = field(init=False)

    def __post_init__(self) -> None:
        self.plan = self.state.best
        course = self.state.simulator.course(self.plan, self.state.scenarios)
        self.losses, lost = course.total, course.mean
        self.skips = bool(course.visited.mean() < PARAMS.visited)
        self.weight = np.ones(self.state.rules.places)
        if lost.sum() > 0.0:
            self.weight[: len(lost)] = 1.0 - PARAMS.greed + PARAMS.greed * lost / lost.mean()

    def improve(self) -> bool:
        """Make the first exchange that is better, and again as long as it is; tells whether there was one."""
        exchanges = neighbours(self.state.rules, self.plan, focus(self.state, self.plan))
        for n in self._in_order(exchanges):
            one = exchanges.take(np.array([n]))
            by = one.differences(self.plan)
            if self._take(one):
                while self._take(self._again(one.places, by)):
                    pass
                return True
        return False

    def _in_order(self, exchanges: Exchanges) -> Ints:
        """Draw an order in which exchanges that bring units to places where much is lost come early."""
        comes = exchanges.differences(self.plan).max(axis=2) > 0
        weight = np.where(comes, self.weight[exchanges.places], 0.0).max(axis=1)
        weight = np.where(comes[:, 0] | comes[:, 1], np.maximum(weight, PARAMS.least), 1.0)
        drawn = for_each(lambda u: -math.log(u), self.chance.uniforms(len(exchanges)))
        return np.argsort(drawn / weight, kind="stable")

    def _again(self, places: Ints, by: Ints) -> Exchanges:
        """Return the same change of the deployment as it is now, none where rules forbid it."""
        rows = self.plan[places] + by
        alone = places[:, 0] == places[:, 1]
        rows[alone, 1] = rows[alone, 0]
        return self.state.rules.keep(self.plan, Exchanges(places, rows))

    def _take(self, exchange: Exchanges) -> bool:
        """Compare one exchange with the deployment, block after block of scenarios, and make it if it is better.

        The first block is another one each time, so that nothing is dropped for good by the same few scenarios.
        """
        if not len(exchange):
            return False
        state, count = self.state, len(self.losses)
        other, size = exchange.plans(self.plan)[0], min(count, max(PARAMS.block, count // PARAMS.parts))
        price = float(((other - self.plan) * state.cost).sum())
        begin, done, found = int(self.chance.uniform() * (count // size)) * size, 0, np.full(count, np.nan)
        while done < count:
            end = min(count, begin + min(count - done, max(size, done)))
            near = self.plan if self.skips else None
            found[begin:end] = state.simulator.totals(other[None], state.scenarios, begin, end, base=near)[0]
            done, begin = done + end - begin, end % count
            worse = (found - self.losses)[~np.isnan(found)]
            if done < count and worse.mean() + price > max(0.0, PARAMS.sure * float(worse.std()) / np.sqrt(done)):
                return False
        now, then = state.objectives(np.stack([self.plan, other]), np.stack([self.losses, found]))
        if then >= now - close_to(now):
            state.count(other, float(then))
            return False
        self.plan, self.losses = other, found
        return state.consider(other)
