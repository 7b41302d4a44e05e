"""The three rules: each decides how many of whom go where, place by place.

What a rule writes down need not be feasible: `Draft.finish` changes as little as needed to keep every requirement.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimiser.common.errors import Infeasible, NoPlan
from optimiser.common.message import Message
from optimiser.model.deployment import Deployment
from optimiser.model.distances import measure
from optimiser.model.expected.meetings import list_meetings
from optimiser.model.instance import Instance
from optimiser.planning.programs.requirements import Frame
from optimiser.planning.search.hand_rules.draft import Draft
from optimiser.planning.search.hand_rules.expected import (
    Floats,
    Meetings,
    count_hours,
    keep_meetings,
    list_met_by_movements,
    weigh_risk,
)
from optimiser.planning.search.hand_rules.lines import Lines

Rule = Callable[[Instance, Meetings], tuple[Draft, Floats]]  # with the weights of sectors and of what moves
WORTHWHILE = 0.01  # active persons per head: below such a fall one more team waits in reserve; assumed


def candidates(instance: Instance) -> dict[str, Deployment]:
    """Make all hand rules, by name; where an instance has movements, each with and without them.

    A plan by hand whose units move may be worse than one whose units stay where they are, and nothing is simulated to
    tell: a planner would draw both. A rule that moves nobody after all is listed once.

    Raises
    ------
    Infeasible : it is proved that there is no feasible deployment.
    NoPlan : none was found within the limit of the search.
    """
    if not instance.movements:
        return _follow_rules(instance)
    moving: dict[str, Deployment] = {
        Message("{rule}, moving", rule=name): plan for name, plan in _follow_rules(instance).items()
    }
    names = {movement.id for movement in instance.movements}
    if any(pin.place in names for pin in instance.pins):  # who asks for somebody in a movement wants it made
        return moving
    try:
        still = _follow_rules(instance.altered(movements=()))
    except (Infeasible, NoPlan):  # some rule of presence is kept by those who move alone
        return moving
    return {**still, **{name: plan for name, plan in moving.items() if names & set(plan.places)}}


def _follow_rules(instance: Instance) -> dict[str, Deployment]:
    _held = Frame.of(instance), measure(instance)  # so that each is computed once
    return {
        Message("proportional"): proportional(instance),
        Message("risk first"): risk_first(instance),
        Message("greedy"): greedy(instance),
    }


def proportional(instance: Instance) -> Deployment:
    """Share every kind out by expected crowd, what only acts later by nearness to the crowd.

    Numbers are rounded by largest remainder (Hamilton). People whom moving units meet count for those, in equal parts
    for several, and not for their sector.
    """
    return _draw(instance, _share_by_crowd, list_meetings(instance), "proportional")


def risk_first(instance: Instance) -> Deployment:
    """Fill the riskiest place to the perceived risk that doctrine requires, then the next; the rest waits at posts.

    What moves is full once this holds at each of its stops.
    """
    return _draw(instance, _fill_by_risk, list_met_by_movements(instance), "risk first")


def greedy(instance: Instance) -> Deployment:
    """Place team after team where expected active people times (1 - perceived risk) falls most per head.

    The fall at one sector does not depend on the others and shrinks from team to team, so that taking the best one each
    time is optimal for equal teams (Armentrout et al., separable convex case); where some move, it is what a planner
    would do. What is hardly worth it waits at posts.
    """
    return _draw(instance, _place_where_active_fall_most, list_met_by_movements(instance), "greedy")


def _draw(instance: Instance, rule: Rule, met: Meetings, title: str) -> Deployment:
    """Follow a rule, and again without what moves and got nobody, until whatever is left of it moves somebody.

    Officers, room or a minimum elsewhere may leave nobody for a movement. A planner strikes it out then: whom it was to
    meet count for their sectors again. Left as it is nobody would be sent to them at all.
    """
    while True:
        draft, weights = rule(instance, met)
        moving = {place for places in met.values() for place in places}
        idle = moving - {place for place, _ in draft.wanted}
        if not idle:
            plan = draft.finish(weights, title)
            idle = moving - set(plan.places)
            if not idle:
                return plan
        met = keep_meetings(met, moving - idle)


def _share_by_crowd(instance: Instance, met: Meetings) -> tuple[Draft, Floats]:
    draft, crowd = Draft(instance), count_hours(instance, met)
    for team in instance.teams:
        if draft.waits(team):
            draft.share_out(team, draft.left[team.id], draft.posts, draft.nearness)
        elif not draft.leads(team):
            draft.share_out(team, draft.left[team.id], draft.forward, crowd)
    return draft, crowd


def _fill_by_risk(instance: Instance, met: Meetings) -> tuple[Draft, Floats]:
    draft, risk = Draft(instance), weigh_risk(instance, met)
    lines, required = Lines(draft, met), float(instance.doctrine.required_risk)
    for place in np.argsort(-risk, kind="stable"):
        for team in lines.teams:
            while lines.least(place) < required and draft.put(draft.forward[place], team):
                lines.add(place, team)
    draft.support(risk)
    draft.reserve()
    return draft, risk


def _place_where_active_fall_most(instance: Instance, met: Meetings) -> tuple[Draft, Floats]:
    draft, crowd = Draft(instance), count_hours(instance, met)
    lines, places = Lines(draft, met), range(len(draft.forward))
    open_to = np.ones((len(lines.teams), len(places)), dtype=bool)
    falls = np.array([[lines.fall(p, team) for p in places] for team in lines.teams])
    while open_to.any():
        k, p = (int(i) for i in np.unravel_index(np.where(open_to, falls, -1.0).argmax(), falls.shape))
        if falls[k, p] < WORTHWHILE:
            break
        if draft.put(draft.forward[p], lines.teams[k]):
            lines.add(p, lines.teams[k])
            for other in lines.beside(p):
                falls[:, other] = [lines.fall(other, team) for team in lines.teams]
        else:
            open_to[k, p] = False
    draft.support(crowd)
    draft.reserve()
    return draft, crowd
