"""Local search over single exchanges: what is not yet known is looked at where it may decide, then exchanges race.

Each exchange has an estimate of what it changes and a standard error. Those whose estimate may be below nought, the
lowest bound first, are looked at more closely (Kalyanakrishnan, Tewari, Auer, Stone 2012, "PAC subset selection in
stochastic multi-armed bandits", call such a rule LUCB); the most promising then race against the incumbent on common
random numbers, and losers are dropped early (after Maron and Moore 1994).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimiser.common.message import Message
from optimiser.model.deployment import Numbers
from optimiser.planning.magnitude import close_to, in_order
from optimiser.planning.programs.neighbourhood import Exchanges, neighbours
from optimiser.planning.search.focus import first_look, focus
from optimiser.planning.search.local.unit_effects import Promise, UnitEffects
from optimiser.planning.search.search_state import Search, Step, Steps
from optimiser.simulation.engine import Floats

Ints = NDArray[np.int64]
Exchange = tuple[bytes, bytes, bytes]  # places, their numbers before, and after


@dataclass(frozen=True)
class LocalSearchParams:
    """Tuned constants; all assumed.

    Attributes
    ----------
    errors : an exchange is looked at as long as its estimate, less so many standard errors, is below nought.
    closely : exchanges whose parts are measured together.
    batch : exchanges that race together.
    spared : standard errors by which a loser must be behind to be dropped from a race.
    kept : one in so many stays in the race from round to round, ...
    least_kept : ... and at least so many.
    few : exchanges times scenarios up to which all exchanges race, whatever they promise.
    last : share of what is left of the budget up to which all exchanges of the best deployment race before a local
        search ends there, whatever they promise.
    growth : factor by which scenarios grow from look to look and from round to round.
    """

    errors: float = 1.0
    closely: int = 16
    batch: int = 8
    spared: float = 0.5
    kept: int = 2
    least_kept: int = 2
    few: int = 5_000
    last: float = 0.1
    growth: int = 4


PARAMS = LocalSearchParams()


@dataclass
class Knowledge:
    """What a search found out about exchanges, and keeps from one local search to the next.

    Attributes
    ----------
    looks : scenarios of each look at a part of an exchange; a race begins with the last number.
    effects : of single units.
    raced : change and standard error of exchanges that raced, in points: beside other places that were not alike they
        are estimates as well, and better ones than sums of parts.
    """

    state: Search
    looks: tuple[int, ...] = field(init=False)
    effects: UnitEffects = field(init=False)
    raced: dict[Exchange, tuple[float, float]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        first, count = first_look(self.state), len(self.state.scenarios)
        self.looks = tuple(sorted({min(count, first), min(count, PARAMS.growth * first)}))
        self.effects = UnitEffects(self.state, self.looks)

    def promise(self, plan: Numbers, exchanges: Exchanges) -> Promise:
        """Estimate the change that each exchange makes: as it raced, where it did, else by its parts."""
        promise = self.effects.promise(plan, exchanges)
        if self.raced:
            for n in np.flatnonzero(promise.lowest(PARAMS.errors) < 0.0):
                raced = self.raced.get(_name(plan, exchanges, int(n)))
                if raced is not None:
                    promise.change[n], promise.error[n], promise.raced[n] = *raced, True
        return promise

    def remember(self, plan: Numbers, exchanges: Exchanges, change: Floats, error: Floats) -> None:
        """Keep how exchanges of a deployment raced."""
        for n, found in enumerate(zip(change.tolist(), error.tolist(), strict=True)):
            self.raced[_name(plan, exchanges, n)] = found


def _name(plan: Numbers, exchanges: Exchanges, n: int) -> Exchange:
    places = exchanges.places[n]
    return places.tobytes(), plan[places].tobytes(), exchanges.rows[n].tobytes()


def local_search(state: Search, plan: Numbers, knowledge: Knowledge | None = None) -> Steps:
    """Make a better exchange of a deployment, again and again, until none promises to be better.

    Where there are few exchanges and few scenarios, none is.

    Parameters
    ----------
    knowledge : from local searches before; nothing if left out.
    """
    known, among = knowledge or Knowledge(state), focus(state, plan)
    better: Numbers | None = plan
    while better is not None:
        plan = better
        kept = state.consider(plan)
        yield Step(Message("exchanged, {points:.4g} points", points=state.value) if kept else "")
        better = yield from _exchange(known, plan, among)


def _exchange(known: Knowledge, plan: Numbers, among: Ints) -> Generator[Step, None, Numbers | None]:
    """Look at exchanges more closely and let them race until one is better; None where none may be."""
    state, effects = known.state, known.effects
    exchanges = neighbours(state.rules, plan, among)
    effects.move_to(plan)
    effects.measure(plan, effects.lacking(plan, exchanges, look=0))
    lost, few = np.zeros(len(exchanges), dtype=bool), len(exchanges) * len(state.scenarios) <= PARAMS.few
    while True:
        promise = known.promise(plan, exchanges)
        lowest = promise.lowest(PARAMS.errors)
        may = np.flatnonzero(~lost & (few | (lowest < -close_to(state.value))))
        may = may[in_order(lowest[may], state.value)]
        if not len(may):
            rest = exchanges.take(~lost)
            return _race(known, plan, rest, first=known.looks[0]) if _affordable(known, plan, len(rest)) else None
        closely = may[: PARAMS.closely]
        lacking = effects.lacking(plan, exchanges.take(closely[~promise.raced[closely]]), look=-1)
        if lacking.any():
            effects.measure(plan, lacking)
        else:
            better = _race(known, plan, exchanges.take(may[: PARAMS.batch]), whole=few)
            if better is not None:
                return better
            lost[may[: PARAMS.batch]] = True
        yield Step()


def _affordable(known: Knowledge, plan: Numbers, count: int) -> bool:
    """Tell whether so many exchanges that promise nothing may race: from the best deployment, at little of the budget.

    Their promises are sums of parts, which neglect what parts do to each other.
    """
    best = np.array_equal(plan, known.state.best)
    return best and count * known.looks[0] <= PARAMS.last * known.state.simulator.left


def _race(
    known: Knowledge, plan: Numbers, exchanges: Exchanges, whole: bool = False, first: int | None = None
) -> Numbers | None:
    """Simulate exchanges against a deployment on the same scenarios, more and more of them; losers drop out.

    Returns the best deployment of those that are better on all planning scenarios; None where none is.

    Parameters
    ----------
    whole : all are simulated in all scenarios, and nobody drops out before.
    first : scenarios that the race begins with; those of the last look if left out.
    """
    state, simulator, done = known.state, known.state.simulator, 0
    count, rivals, racing = len(state.scenarios), exchanges.plans(plan), np.arange(len(exchanges))
    base, losses = simulator.totals(plan[None], state.scenarios), np.zeros((len(exchanges), 0))
    while len(racing):
        end = count if whole else min(count, max(first or known.looks[-1], PARAMS.growth * done))
        fresh = simulator.totals(rivals[racing], state.scenarios, done, end, base=plan)
        losses, done = np.concatenate([losses, fresh], axis=1), end
        change = state.objectives(rivals[racing], losses) - state.objectives(plan[None], base[:, :done])
        error = (losses - base[:, :done]).std(axis=1) * np.sqrt(1.0 / done - 1.0 / count)
        known.remember(plan, exchanges.take(racing), change, error)
        if done == count:
            best = int(in_order(change, state.value)[0])
            return rivals[racing[best]] if change[best] < -close_to(state.value) else None
        alive = np.flatnonzero(change < PARAMS.spared * error - close_to(state.value))
        most = max(PARAMS.least_kept, len(alive) // PARAMS.kept)
        alive = alive[in_order(change[alive], state.value)[:most]]
        racing, losses = racing[alive], losses[alive]
    return None
