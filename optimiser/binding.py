"""Which limits a plan stands against, and what a little slack would bring.

A limit binds where one unit more, or one fewer, of something that it counts would break it. What one unit of slack
brings is the best single exchange that only the slack makes possible, chosen on planning scenarios and shown on fresh
ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.deployment import Deployment, Numbers
from optimiser.evaluation import Interval, estimate
from optimiser.glance import look_at
from optimiser.instance import Team, VehicleType
from optimiser.moves import Move, list_moves
from optimiser.neighbourhood import Exchanges, exchanges_beyond
from optimiser.requirement import Frame, Requirement, Row, require
from optimiser.rivals import focus
from optimiser.scenario import Scenarios
from optimiser.search import Search, objectives

UNTOLD = ("stands", "officer")  # rules of order, not of quantity: there is nothing to give more of
FINALISTS, FEWEST = 24, 2  # exchanges that are played on all planning scenarios for a limit; assumed
WORK = 3_000_000  # sectors that are played for those of all limits, if they are not the fewest; assumed
SHOWN_ON, SHOWING = 100, 2_000_000  # fresh scenarios at least, and sectors played to show what slack brings; assumed


@dataclass(frozen=True)
class Limit:
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
    looked : whether exchanges were looked for; not for limits of places where little is lost, if there are many.
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


def find_limits(found: Search, fresh: Scenarios) -> tuple[Limit, ...]:
    """List the limits of a search's best deployment that it breaks, then those that bind.

    Of those that bind, the ones whose slack would bring most come first.

    Parameters
    ----------
    found : its planning scenarios choose what to do with the slack.
    fresh : scenarios that what it brings is measured on; fewer are played where playing takes long.
    """
    instance, plan = found.simulator.instance, found.best
    kinds, among = Frame(instance).kinds, focus(found)
    beyond = exchanges_beyond(found.rules, plan, among)
    glance = look_at(found, beyond.exchanges)
    played = max(1, len(np.unique(beyond.row[glance.hopeful])) * len(instance.sectors))  # sectors, one exchange each
    finalists = min(FINALISTS, max(FEWEST, WORK // (played * len(found.scenarios))))
    fresh = fresh.first(min(len(fresh), max(SHOWN_ON, SHOWING // played)))
    broken, binding, row_number = [], [], 0
    for requirement in require(instance):
        breach = None
        for row in requirement.rows:
            here, row_number = row_number, row_number + 1
            over = _breach(requirement, plan, row)
            breach = breach or over
            step = None if requirement.code in UNTOLD or over else _step(kinds, plan, row)
            if step is None:
                continue
            least, have, unit = step
            limit = row.least if least else row.most
            assert limit is not None
            looked = requirement.place is None or requirement.place in among
            within = beyond.within(here, -unit if least else unit)
            better = _best(found, beyond.exchanges.take(glance.best(within, finalists))) if looked else None
            change: Interval | None = None
            moves: tuple[Move, ...] = ()
            if better is not None:
                losses = found.simulator.totals(np.stack([better, plan]), fresh)
                change = estimate(losses[0] - losses[1])
                after = Deployment.of_numbers(instance, better)
                moves = list_moves(instance, Deployment.of_numbers(instance, plan), after)
            binding.append(Limit(requirement.code, requirement.name, have, limit, least, unit, change, moves, looked))
        broken += [breach] if breach else []
    binding.sort(key=lambda one: one.change.mean if one.change else 0.0)
    return (*broken, *binding)


def _breach(requirement: Requirement, plan: Numbers, row: Row) -> Limit | None:
    """Give the limit of a row that the plan breaks; None where it keeps it."""
    have = sum(c * int(plan[cell]) for cell, c in row.terms.items())
    for limit, least in ((row.least, True), (row.most, False)):
        if limit is not None and (have < limit if least else have > limit):
            return Limit(requirement.code, requirement.name, have, limit, least, 0, broken=True)
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


def _best(found: Search, new: Exchanges) -> Numbers | None:
    """Find the best of the exchanges that slack makes possible, on the planning scenarios; None if none is better."""
    if not len(new):
        return None
    plan, simulator = found.best, found.simulator
    rivals = new.plans(plan)
    values = objectives(found, rivals, simulator.totals(rivals, found.scenarios, base=plan))
    best = int(np.argmin(values))
    return rivals[best] if values[best] < found.worth(plan) - 1e-9 else None
