"""Which limits a plan stands against, and what a little slack would bring.

A limit binds where one unit more, or one fewer, of something that it counts would break it. What one unit of slack
brings is the best single exchange that only the slack makes possible, chosen on planning scenarios and shown on fresh
ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.model.deployment import Deployment, Numbers
from optimiser.model.instance import Instance, Team, VehicleType
from optimiser.model.moves import Move, list_moves
from optimiser.planning.evaluation import Interval, estimate
from optimiser.planning.magnitude import close_to
from optimiser.planning.programs.neighbourhood import Exchanges, Ints, exchanges_beyond
from optimiser.planning.programs.requirements import Frame, Requirement, Row, require
from optimiser.planning.search.search_state import Search
from optimiser.questions.why.rival_plans import exchange_places
from optimiser.questions.why.screening import look_at
from optimiser.simulation.scenario import Scenarios

UNTOLD = ("stands", "officer", "presence-backed")  # rules of order, not of quantity: there is nothing to give more of
FINALISTS, FEWEST = 24, 2  # exchanges that are simulated on all planning scenarios for a limit; assumed
FEWEST_LIMITS = 8  # limits whose exchanges are simulated, where simulating takes long: those that promise most; assumed
WORK = 3_000_000  # sectors that are simulated for those of all limits, if they are not the fewest; assumed
SHOWN_ON, SHOWING = 100, 2_000_000  # fresh scenarios at least, and sectors simulated to show what slack brings; assumed


@dataclass(frozen=True)
class BindingLimit:
    """A requirement without slack, or one that the plan breaks.

    Attributes
    ----------
    name : in a planner's words.
    have, limit : in the unit of the rule: teams, vehicles, heads or seats.
    least : whether the limit is a least; otherwise a most.
    unit : slack that was tried: the smallest that can change anything; 0 where the limit is broken.
    change : what the best exchange with that slack changes, in points on fresh scenarios; None where the slack makes no
        exchange possible, or none that is better.
    moves : that exchange.
    looked : whether exchanges were simulated; not for limits of places where little is lost, nor for those that promise
        less than others at a first look, if there are many.
    broken : whether the plan breaks it; no slack is tried then.
    """

    code: str
    name: str
    have: int
    limit: int
    least: bool
    unit: int
    change: Interval | None = None
    moves: tuple[Move, ...] = ()
    looked: bool = True
    broken: bool = False


def find_limits(state: Search, fresh: Scenarios) -> tuple[BindingLimit, ...]:
    """List the limits of a search's best deployment that it breaks, then those that bind.

    Of those that bind, the ones whose slack would bring most come first. What slack makes possible is looked at for all
    limits at once; where simulating takes long only those that promise most are simulated.

    Parameters
    ----------
    state : its planning scenarios choose what to do with the slack.
    fresh : scenarios that what it brings is measured on; fewer are simulated where simulating takes long.
    """
    among, sectors = exchange_places(state), len(state.simulator.instance.sectors)
    beyond = exchanges_beyond(state.rules, state.best, among)
    glance = look_at(state, beyond.exchanges)
    broken: list[BindingLimit] = []
    binding: list[BindingLimit] = []
    hopeful: dict[int, Ints] = {}  # by index in `binding`: exchanges that may bring something, the best first
    for row, requirement, limit in _list_limits(state.simulator.instance, state.best):
        if limit.broken:
            broken.append(limit)
            continue
        looked = requirement.place is None or requirement.place in among
        best = glance.best(beyond.within(row, -limit.unit if limit.least else limit.unit), FINALISTS)
        if looked and len(best):
            hopeful[len(binding)] = best
        binding.append(replace(limit, looked=looked))
    played = sorted(hopeful, key=lambda i: glance.value[hopeful[i][0]])
    for i in played[(most := max(FEWEST_LIMITS, WORK // (sectors * (FEWEST * len(state.scenarios) + SHOWN_ON)))) :]:
        binding[i] = replace(binding[i], looked=False)
    work = max(1, len(played[:most]) * sectors)  # sectors, for one exchange of each limit in one scenario
    finalists = min(FINALISTS, max(FEWEST, WORK // (work * len(state.scenarios))))
    few = fresh.first(min(len(fresh), max(SHOWN_ON, SHOWING // work)))
    for i in played[:most]:
        binding[i] = _price(state, binding[i], beyond.exchanges.take(hopeful[i][:finalists]), few)
    binding.sort(key=lambda one: one.change.mean if one.change else 0.0)
    return (*broken, *binding)


def _list_limits(instance: Instance, plan: Numbers) -> Iterator[tuple[int, Requirement, BindingLimit]]:
    """Return the requirements that are broken, once each, and the rows without slack, with the number of the row."""
    kinds, number = Frame.of(instance).kinds, 0
    for requirement in require(instance):
        known = False
        for row in requirement.rows:
            here, number = number, number + 1
            breach = _breach(requirement, plan, row)
            step = None if requirement.code in UNTOLD or breach else _step(kinds, plan, row)
            if breach and not known:
                known = True
                yield here, requirement, breach
            elif step is not None:
                least, have, unit = step
                limit = row.least if least else row.most
                assert limit is not None
                yield here, requirement, BindingLimit(requirement.code, requirement.name, have, limit, least, unit)


def _price(state: Search, limit: BindingLimit, new: Exchanges, fresh: Scenarios) -> BindingLimit:
    """Say what slack brings: the best of some exchanges on the planning scenarios, shown on fresh ones."""
    better, instance, plan = _best(state, new), state.simulator.instance, state.best
    if better is None:
        return limit
    losses = state.simulator.totals(np.stack([better, plan]), fresh)
    moves = list_moves(instance, Deployment.of_numbers(instance, plan), Deployment.of_numbers(instance, better))
    return replace(limit, change=estimate(losses[0] - losses[1]), moves=moves)


def _breach(requirement: Requirement, plan: Numbers, row: Row) -> BindingLimit | None:
    """Return the limit of a row that the plan breaks; None where it keeps it."""
    have = sum(c * int(plan[cell]) for cell, c in row.terms.items())
    for limit, least in ((row.least, True), (row.most, False)):
        if limit is not None and (have < limit if least else have > limit):
            return BindingLimit(requirement.code, requirement.name, have, limit, least, 0, broken=True)
    return None


def _step(kinds: Sequence[Team | VehicleType], plan: Numbers, row: Row) -> tuple[bool, int, int] | None:
    """Tell whether a row binds: at its least or most, what there is, and the smallest slack that changes anything."""
    have = sum(c * int(plan[cell]) for cell, c in row.terms.items())
    if row.most is not None:
        adds = [c for (_, k), c in row.terms.items() if c > 0 and kinds[k].count]
        if adds and have + min(adds) > row.most:
            return False, have, have + min(adds) - row.most
    if row.least is not None:
        takes = [c for cell, c in row.terms.items() if c > 0 and plan[cell] > 0]
        if takes and have - min(takes) < row.least and (row.least > 0 or min(row.terms.values()) < 0):
            return True, have, row.least - (have - min(takes))
    return None


def _best(state: Search, new: Exchanges) -> Numbers | None:
    """Find the best of the exchanges that slack makes possible, on the planning scenarios; None if none is better."""
    plan, simulator = state.best, state.simulator
    rivals = new.plans(plan)
    values = state.objectives(rivals, simulator.totals(rivals, state.scenarios, base=plan))
    best = int(np.argmin(values))
    worth = state.worth(plan)
    return rivals[best] if values[best] < worth - close_to(worth) else None
