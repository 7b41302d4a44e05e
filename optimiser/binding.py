"""Which limits a plan stands against, and what a little slack would bring.

A limit binds where one unit more, or one fewer, of something that it counts would break it. What one unit of slack
brings is the best single exchange that only the slack makes possible, chosen on planning scenarios and shown on fresh
ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimiser.deployment import Deployment, Numbers
from optimiser.evaluation import Interval, estimate
from optimiser.instance import Instance
from optimiser.moves import Move, list_moves
from optimiser.neighbourhood import Ints, Rules, single_exchanges
from optimiser.quantity import Count
from optimiser.requirement import Frame, Requirement, Row, require
from optimiser.rivals import focus
from optimiser.scenario import Scenarios
from optimiser.search import Search, objectives

UNTOLD = ("stands", "officer")  # rules of order, not of quantity: there is nothing to give more of
FINALISTS = 24  # exchanges that are played on all planning scenarios; assumed
GLANCE = 64  # planning scenarios of a first look; assumed


@dataclass(frozen=True)
class Limit:
    """A requirement without slack.

    Attributes
    ----------
    name : in a planner's words.
    have, limit : in the unit of the rule: teams, vehicles, heads or seats.
    least : whether the limit is a least; otherwise a most.
    unit : slack that was tried: the smallest that can change anything.
    change : what the best exchange with that slack changes, in points on fresh scenarios; None where the slack makes no
        exchange possible, or none that is better.
    moves : that exchange.
    looked : whether exchanges were looked for; not for limits of places where little is lost, if there are many.
    """

    code: str
    name: str
    have: int
    limit: int
    least: bool
    unit: int
    change: Interval | None
    moves: tuple[Move, ...]
    looked: bool = True


def find_limits(found: Search, fresh: Scenarios) -> tuple[Limit, ...]:
    """List the limits that bind a search's best deployment, those whose slack would bring most first.

    Parameters
    ----------
    found : its planning scenarios choose what to do with the slack.
    fresh : scenarios that what it brings is measured on.
    """
    instance, plan = found.simulator.instance, found.best
    limits = []
    among, row_number = focus(found), 0
    for requirement in require(instance):
        for row in requirement.rows:
            here, row_number = row_number, row_number + 1
            if requirement.code in UNTOLD:
                continue
            step = _step(instance, plan, row)
            if step is None:
                continue
            least, have, unit = step
            limit = row.least if least else row.most
            assert limit is not None
            looked = requirement.place is None or requirement.place in among
            better = _best(found, requirement, here, least, unit, among) if looked else None
            change: Interval | None = None
            moves: tuple[Move, ...] = ()
            if better is not None:
                losses = found.simulator.totals(np.stack([better, plan]), fresh)
                change = estimate(losses[0] - losses[1])
                after = Deployment.of_numbers(instance, better)
                moves = list_moves(instance, Deployment.of_numbers(instance, plan), after)
            limits.append(Limit(requirement.code, requirement.name, have, limit, least, unit, change, moves, looked))
    return tuple(sorted(limits, key=lambda one: one.change.mean if one.change else 0.0))


def _step(instance: Instance, plan: Numbers, row: Row) -> tuple[bool, int, int] | None:
    """Tell whether a row binds: at its least or most, what there is, and the smallest slack that changes anything."""
    kinds = Frame(instance).kinds
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


def _best(found: Search, requirement: Requirement, row: int, least: bool, unit: int, among: Ints) -> Numbers | None:
    """Find the best exchange that slack makes possible, on the planning scenarios; None if it makes nothing better."""
    plan, simulator = found.best, found.simulator
    rules = Rules(_stocked(found, requirement))
    if least:
        rules.least[row] -= unit
    elif requirement.code != "availability":
        rules.most[row] += unit
    exchanges = single_exchanges(rules, plan, among)
    new = exchanges.take(~found.rules.kept(plan, exchanges)) if len(exchanges) else exchanges
    if not len(new):
        return None
    rivals, few = new.plans(plan), min(GLANCE, len(found.scenarios))
    glance = objectives(found, rivals, simulator.totals(rivals, found.scenarios, 0, few, base=plan))
    rivals = rivals[np.argsort(glance, kind="stable")[:FINALISTS]]
    values = objectives(found, rivals, simulator.totals(rivals, found.scenarios, base=plan))
    best = int(np.argmin(values))
    return rivals[best] if values[best] < found.worth(plan) - 1e-9 else None


def _stocked(found: Search, requirement: Requirement) -> Instance:
    """Give the instance with one more of the kind whose number is the limit."""
    instance = found.simulator.instance
    if requirement.code != "availability":
        return instance
    frame = found.rules.frame
    _, k = next(iter(requirement.rows[0].terms))
    field, parts, at = (
        ("teams", instance.teams, k) if k in frame.teams else ("vehicles", instance.vehicles, k - len(frame.teams))
    )
    more = parts[at].model_copy(update={"count": Count(int(parts[at].count) + 1)})
    return instance.model_copy(update={field: (*parts[:at], more, *parts[at + 1 :])})
