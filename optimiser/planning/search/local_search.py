"""The search where sectors influence each other: the joint simulation decides, everything else only proposes.

Tables around an incumbent tell what each place would change if it alone changed; the integer program combines them
within a trust region, as long as promises are kept. Then single exchanges are tried, the most promising first by the
same tables, against the incumbent on common random numbers, and losers are dropped early. Where no exchange is better,
the search starts again from the best deployment with a few exchanges made at random, as long as the budget lasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.common.errors import NoPlan
from optimiser.common.message import Message
from optimiser.common.random_streams import name_stream, uniform
from optimiser.model.deployment import Deployment, Numbers
from optimiser.planning.magnitude import close_to, in_order
from optimiser.planning.programs.allocation import Exhausted
from optimiser.planning.programs.configurations import ResponseTable
from optimiser.planning.programs.neighbourhood import Exchanges, single_exchanges
from optimiser.planning.search.decoupled_start import decouple
from optimiser.planning.search.no_good_cuts import cut_steps
from optimiser.planning.search.response_tables import tabulate_around
from optimiser.planning.search.search_state import Propose, Search, Steps, objectives
from optimiser.planning.search.separable import bound_joint, relaxation_steps
from optimiser.simulation.engine import Floats
from optimiser.simulation.scenario import draw_set
from optimiser.simulation.simulator import Simulator

Ints = NDArray[np.int64]
APART = 100  # scenarios in which starts are looked for as if sectors were apart; assumed
SCREEN, GLANCE = 64, 16  # scenarios that a first look at a neighbour takes, less where looking takes long; assumed,
# as are the numbers below
FIRST_TRUST = 4  # moves that the first step around an incumbent may make
WIDEST = 12  # moves that one step may make at most
PATIENCE = 4  # broken promises before exchanges are tried one by one
AT_ONCE = 3_000_000  # sectors that may be played to look around an incumbent once
BATCH = 32  # exchanges that race together
SPARED = 1.5  # standard errors by which a loser must be behind to be dropped
KEPT = 3  # one in so many stays in the race from round to round, and at least four
IDLE = 20  # searches from random exchanges in a row that play nothing new before there is nothing left to find
KICKS = (2, 6)  # exchanges made at random before the search starts again, at least and below


def joint_steps(found: Search, propose: Propose) -> Steps:
    """Search as the module says; ends only by a stop rule or the budget, unless there is nothing left to try."""
    if found.provable:
        bound_joint(found)
        yield False, Message("bound {bound:.4g}", bound=found.bound)
    yield from _start_apart(found, propose)
    yield from _trusting_steps(found, propose)
    yield from descend(found, found.best)
    if found.provable:
        yield from cut_steps(found, propose)
    key, draws, idle = name_stream(0, "search", found.simulator.instance.name), 0, 0
    while idle < IDLE:
        before = found.simulator.sector_replications
        plan, draws = _kick(found, key, draws)
        if plan is None:
            yield True, Message("nothing to exchange")
            return
        yield from descend(found, plan)
        idle = idle + 1 if found.simulator.sector_replications == before else 0
    yield True, Message("nothing new to play")


def _start_apart(found: Search, propose: Propose) -> Steps:
    """Try the deployments that would be best if sectors did not influence each other, beside different reserves."""
    instance, simulator = found.simulator.instance, found.simulator
    sectors = len(instance.sectors)
    for start in found.starts:
        apart = decouple(instance, start[sectors:])
        scenarios = draw_set(apart, found.scenarios.seed, min(APART, len(found.scenarios)), found.scenarios.group)
        with Simulator(apart, simulator.law, workers=simulator.workers, engine=simulator.engine.name) as other:
            alone = np.concatenate([start[:sectors], np.zeros_like(start[sectors:])])
            inner = Search(other, scenarios, found.watcher, alone, np.inf, 0.0, charges=found.charges)
            other.limit = simulator.limit - simulator.replications
            try:
                inner.consider(alone)
                for _ in relaxation_steps(inner, propose):
                    pass
            finally:
                simulator.sector_replications += other.sector_replications
        plan = np.concatenate([inner.best[:sectors], start[sectors:]])
        if found.rules.holds(plan):
            found.consider(plan)
        yield False, Message("planned as if sectors were apart")


# ---------------------------------------------------------------- tables and trust


def _trusting_steps(found: Search, propose: Propose) -> Steps:
    """Let the integer program propose a few moves at a time around the best deployment; check every promise."""
    trust, tried = FIRST_TRUST, list[Numbers]()
    tables, base = _tables(found)
    while len(tried) < PATIENCE:
        promise, proposal = _promise(found, propose, tables, base, trust, tried)
        if proposal is None or promise <= close_to(found.value):
            return
        before = found.value
        if found.consider(proposal):
            kept = before - found.value
            trust, tried = min(WIDEST, 2 * trust) if kept >= 0.5 * promise else trust, []
            yield False, Message("moved, {points:.3g} points better", points=kept)
            tables, base = _tables(found)
        else:
            trust = max(1, trust // 2)
            tried.append(proposal)
            yield False, Message("promise not kept")


def _tables(found: Search) -> tuple[dict[str, ResponseTable], Floats]:
    few = found.scenarios.first(_screen(found))
    return tabulate_around(found.simulator, few, found.best, found.rules, _focus(found, found.best))


def _promise(
    found: Search,
    propose: Propose,
    tables: dict[str, ResponseTable],
    base: Floats,
    trust: int,
    tried: Sequence[Numbers],
) -> tuple[float, Numbers | None]:
    """Ask for the best deployment near the incumbent that was not tried, and what the tables promise of it."""
    instance = found.simulator.instance
    centre, *others = (Deployment.of_numbers(instance, plan) for plan in (found.best, *tried))
    try:
        answer = propose(instance, tables, base, trust=(centre, trust), exclude=[centre, *others])
    except Exhausted:
        return 0.0, None
    except NoPlan:
        found.by_clock = True
        return 0.0, None
    found.by_clock |= answer.by_clock
    return found.objective(found.best, base) - answer.objective, answer.deployment.numbers(instance)


# ---------------------------------------------------------------- exchanges


@dataclass
class _Guess:
    """What one unit more or less of a kind at a place would change in the mean, where it was looked at.

    Attributes
    ----------
    more, less : points, shape (places, kinds); 0 where not looked at.
    """

    more: Floats
    less: Floats

    def of(self, plan: Numbers, exchanges: Exchanges) -> Floats:
        """Guess the change of each exchange by adding up its parts, in points."""
        by = exchanges.rows - plan[exchanges.places]
        by[exchanges.places[:, 0] == exchanges.places[:, 1], 1] = 0
        more, less = self.more[exchanges.places], self.less[exchanges.places]
        result: Floats = (np.maximum(by, 0) * more + np.maximum(-by, 0) * less).sum(axis=(1, 2))
        return result


def descend(found: Search, plan: Numbers) -> Steps:
    """Make the best exchange found, again and again, until none is better."""
    guess, focus = _Guess(np.zeros(plan.shape), np.zeros(plan.shape)), _focus(found, plan)
    _look(found, plan, guess, focus)
    while True:
        exchanges = single_exchanges(found.rules, plan, focus)
        promise = guess.of(plan, exchanges) + _placing(found, plan, exchanges)
        better = None
        for batch in _batches(in_order(promise, found.value)):
            better = _race(found, plan, exchanges.take(batch).plans(plan))
            if better is not None:
                break
            yield False, ""
        if better is None:
            yield False, ""
            return
        changed = np.flatnonzero(np.any(better != plan, axis=1))
        plan = better
        kept = found.consider(plan)
        yield False, Message("exchanged, {points:.4g} points", points=found.value) if kept else ""
        _look(found, plan, guess, changed)


def _placing(found: Search, plan: Numbers, exchanges: Exchanges) -> Floats:
    """Change of the cost of placement of each exchange, in points."""
    by = exchanges.rows - plan[exchanges.places]
    by[exchanges.places[:, 0] == exchanges.places[:, 1], 1] = 0
    result: Floats = (by * found.cost[exchanges.places]).sum(axis=(1, 2))
    return result


def _focus(found: Search, plan: Numbers) -> Ints:
    """Give the places that are looked at: all, or where most is lost and all posts, if all would take too long."""
    affordable = _affordable(found, _screen(found))
    if found.rules.places <= affordable:
        return np.arange(found.rules.places)
    course = found.simulator.course(plan, found.scenarios.first(min(SCREEN, len(found.scenarios))))
    worst = np.argsort(-course.loss.mean(axis=0), kind="stable")[: max(4, affordable)]
    posts = np.flatnonzero(plan[course.loss.shape[1] :].sum(axis=1)) + course.loss.shape[1]
    return np.sort(np.concatenate([worst, posts[: affordable // 2]]))


def _affordable(found: Search, scenarios: int) -> int:
    """Places that can be looked at once: one unit of each kind more and less, in so many scenarios."""
    return AT_ONCE // (2 * scenarios * found.rules.kinds * len(found.simulator.instance.sectors))


def _screen(found: Search) -> int:
    """Scenarios that a first look takes: few where not all places can be looked at."""
    few = SCREEN if _affordable(found, SCREEN) >= found.rules.places else GLANCE
    return min(few, len(found.scenarios))


def _batches(order: Ints) -> Iterator[Ints]:
    return (order[i : i + BATCH] for i in range(0, len(order), BATCH))


def _look(found: Search, plan: Numbers, guess: _Guess, places: Ints) -> None:
    """Look in a few scenarios what one unit more or less would change at some places."""
    rules, few = found.rules, _screen(found)
    cells = [
        (p, k, by) for p in places for k in np.flatnonzero(rules.standing[p]) for by in (1, -1) if plan[p, k] + by >= 0
    ]
    where, kind, by = np.array(cells, dtype=np.int64).reshape(-1, 3).T
    rows = np.repeat(plan[where][:, None], 2, axis=1)
    rows[np.arange(len(where)), :, kind] += by[:, None]
    beside = rules.complete(plan, np.stack([where, where], axis=1), rows)
    base = found.simulator.totals(plan[None], found.scenarios, 0, few)[0]
    change = found.simulator.totals(beside.plans(plan), found.scenarios, 0, few, base=plan) - base
    mean = change.mean(axis=1)
    guess.more[where[by > 0], kind[by > 0]] = mean[by > 0]
    guess.less[where[by < 0], kind[by < 0]] = mean[by < 0]


def _race(found: Search, plan: Numbers, rivals: Numbers) -> Numbers | None:
    """Play rivals against the incumbent on the same scenarios, more and more of them; losers drop out.

    Gives the best of those that are better on all planning scenarios.
    """
    count, simulator, done = len(found.scenarios), found.simulator, 0
    base = simulator.totals(plan[None], found.scenarios)
    losses = np.zeros((len(rivals), 0))
    while len(rivals):
        end = min(count, max(_screen(found), 4 * done))
        fresh = simulator.totals(rivals, found.scenarios, done, end, base=plan)
        losses, done = np.concatenate([losses, fresh], axis=1), end
        change = objectives(found, rivals, losses) - objectives(found, plan[None], base[:, :done])
        if done == count:
            best = int(in_order(change, found.value)[0])
            return rivals[best] if change[best] < -close_to(found.value) else None
        spread = (losses - base[:, :done]).std(axis=1) / np.sqrt(done)
        alive = np.flatnonzero(change < SPARED * spread - close_to(found.value))
        alive = alive[in_order(change[alive], found.value)[: max(4, len(alive) // KEPT)]]
        rivals, losses = rivals[alive], losses[alive]
    return None


def _kick(found: Search, key: int, draws: int) -> tuple[Numbers | None, int]:
    """Make a few exchanges of the best deployment at random."""
    plan = found.best.copy()
    least, most = KICKS
    for _ in range(least + int((most - least) * uniform(key, draws))):
        exchanges = single_exchanges(found.rules, plan, _focus(found, plan))
        if not len(exchanges):
            return None, draws
        draws += 1
        which = int(len(exchanges) * uniform(key, draws))
        plan = exchanges.take(np.array([which])).plans(plan)[0]
    return plan, draws + 1
