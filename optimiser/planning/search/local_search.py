"""Local search over single exchanges, and perturbation of its result.

Exchanges are tried the most promising first, by what one unit more or less changes, against the incumbent on common
random numbers; losers are dropped early (a race, after Maron and Moore 1994).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.common.message import Message
from optimiser.common.random_streams import name_stream, uniform
from optimiser.model.deployment import Numbers
from optimiser.planning.magnitude import close_to, in_order
from optimiser.planning.programs.neighbourhood import Exchanges, single_exchanges
from optimiser.planning.search.focus import first_look, focus
from optimiser.planning.search.search_state import Search, Step, Steps
from optimiser.simulation.engine import Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class LocalSearchParams:
    """Tuned constants; all assumed.

    Attributes
    ----------
    batch : exchanges that race together.
    spared : standard errors by which a loser must be behind to be dropped.
    kept : one in so many stays in the race from round to round, ...
    least_kept : ... and at least so many.
    growth : factor by which scenarios grow from round to round.
    least_random, most_random : exchanges that a perturbation makes.
    """

    batch: int = 32
    spared: float = 1.5
    kept: int = 3
    least_kept: int = 4
    growth: int = 4
    least_random: int = 2
    most_random: int = 5


PARAMS = LocalSearchParams()


def local_search(state: Search, plan: Numbers) -> Steps:
    """Make the best exchange of a deployment that was found, again and again, until none is better."""
    effects, among = UnitEffects(np.zeros(plan.shape), np.zeros(plan.shape)), focus(state, plan)
    effects.measure(state, plan, among)
    while True:
        exchanges = single_exchanges(state.rules, plan, among)
        promise = effects.add_up(plan, exchanges) + _placing(state, plan, exchanges)
        better = None
        for batch in _batches(in_order(promise, state.value)):
            better = _race(state, plan, exchanges.take(batch).plans(plan))
            if better is not None:
                break
            yield Step()
        if better is None:
            yield Step()
            return
        changed = np.flatnonzero(np.any(better != plan, axis=1))
        plan = better
        kept = state.consider(plan)
        yield Step(Message("exchanged, {points:.4g} points", points=state.value) if kept else "")
        effects.measure(state, plan, changed)


@dataclass
class UnitEffects:
    """What one unit more or less of a kind at a place changes in the mean, where it was measured.

    Attributes
    ----------
    more, less : points, shape (places, kinds); 0 where not measured.
    """

    more: Floats
    less: Floats

    def measure(self, state: Search, plan: Numbers, places: Ints) -> None:
        """Simulate one unit more and less at some places, in the few scenarios of a first look."""
        few, steps = first_look(state), state.rules.unit_steps(plan, places)
        base = state.simulator.totals(plan[None], state.scenarios, 0, few)[0]
        losses = state.simulator.totals(steps.exchanges.plans(plan), state.scenarios, 0, few, base=plan)
        mean = (losses - base).mean(axis=1)
        for effect, by in ((self.more, 1), (self.less, -1)):
            here = steps.by == by
            effect[steps.place[here], steps.kind[here]] = mean[here]

    def add_up(self, plan: Numbers, exchanges: Exchanges) -> Floats:
        """Estimate the change of each exchange by the sum of its parts, in points."""
        by, more, less = exchanges.differences(plan), self.more[exchanges.places], self.less[exchanges.places]
        result: Floats = (np.maximum(by, 0) * more + np.maximum(-by, 0) * less).sum(axis=(1, 2))
        return result


def _placing(state: Search, plan: Numbers, exchanges: Exchanges) -> Floats:
    """Change of the cost of placement of each exchange, in points."""
    result: Floats = (exchanges.differences(plan) * state.cost[exchanges.places]).sum(axis=(1, 2))
    return result


def _batches(order: Ints) -> Iterator[Ints]:
    return (order[i : i + PARAMS.batch] for i in range(0, len(order), PARAMS.batch))


def _race(state: Search, plan: Numbers, rivals: Numbers) -> Numbers | None:
    """Simulate rivals against a deployment on the same scenarios, more and more of them; losers drop out.

    Returns the best of those that are better on all planning scenarios; None where none is.
    """
    count, simulator, done = len(state.scenarios), state.simulator, 0
    base = simulator.totals(plan[None], state.scenarios)
    losses = np.zeros((len(rivals), 0))
    while len(rivals):
        end = min(count, max(first_look(state), PARAMS.growth * done))
        fresh = simulator.totals(rivals, state.scenarios, done, end, base=plan)
        losses, done = np.concatenate([losses, fresh], axis=1), end
        change = state.objectives(rivals, losses) - state.objectives(plan[None], base[:, :done])
        if done == count:
            best = int(in_order(change, state.value)[0])
            return rivals[best] if change[best] < -close_to(state.value) else None
        spread = (losses - base[:, :done]).std(axis=1) / np.sqrt(done)
        alive = np.flatnonzero(change < PARAMS.spared * spread - close_to(state.value))
        most = max(PARAMS.least_kept, len(alive) // PARAMS.kept)
        alive = alive[in_order(change[alive], state.value)[:most]]
        rivals, losses = rivals[alive], losses[alive]
    return None


class Perturbation:
    """Random exchanges of the incumbent, drawn from a stream that is named after the instance.

    Attributes
    ----------
    draws : random numbers that were used so far; the same number leads to the same exchanges.
    """

    def __init__(self, state: Search, draws: int = 0) -> None:
        self.state, self.draws = state, draws
        self.key = name_stream(0, "search", state.simulator.instance.name)

    def perturb(self) -> Numbers | None:
        """Return the incumbent after a few random exchanges; None where there is nothing to exchange."""
        state, plan = self.state, self.state.best.copy()
        least, choices = PARAMS.least_random, PARAMS.most_random - PARAMS.least_random + 1
        for _ in range(least + int(choices * uniform(self.key, self.draws))):
            exchanges = single_exchanges(state.rules, plan, focus(state, plan))
            if not len(exchanges):
                return None
            self.draws += 1
            which = int(len(exchanges) * uniform(self.key, self.draws))
            plan = exchanges.take(np.array([which])).plans(plan)[0]
        self.draws += 1
        return plan
