"""The three rules: each decides how many of whom go where, place by place.

What a rule writes down need not be feasible: `Draft.finish` changes as little as needed to keep every requirement.
"""

from __future__ import annotations

import numpy as np

from optimiser.common.message import Message
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.search.hand_rules.draft import Draft
from optimiser.planning.search.hand_rules.expected import (
    accompanied_crowd,
    count_hours,
    find_meetings,
    weigh_risk,
)
from optimiser.planning.search.hand_rules.lines import Lines

WORTHWHILE = 0.01  # active persons per head: below such a fall one more team waits in reserve; assumed


def candidates(instance: Instance) -> dict[str, Deployment]:
    """Make all hand rules, by name; where an instance has movements, each with and without them.

    A plan by hand whose units move may be worse than one whose units stay where they are, and nothing is simulated to
    tell: a planner would draw both.

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
    return {**_follow_rules(instance.altered(movements=())), **moving}


def _follow_rules(instance: Instance) -> dict[str, Deployment]:
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
    plan, crowd = Draft(instance), accompanied_crowd(instance)
    for team in instance.teams:
        if plan.waits(team):
            plan.share_out(team, plan.left[team.id], plan.posts, plan.nearness)
        elif not plan.leads(team):
            plan.share_out(team, plan.left[team.id], plan.forward, crowd)
    return plan.finish(crowd, "proportional")


def risk_first(instance: Instance) -> Deployment:
    """Fill the riskiest place to the perceived risk that doctrine requires, then the next; the rest waits at posts.

    What moves is full once this holds at each of its stops.
    """
    plan, met = Draft(instance), find_meetings(instance)
    lines, risk = Lines(plan, met), weigh_risk(instance, met)
    required = float(instance.doctrine.required_risk)
    for place in np.argsort(-risk, kind="stable"):
        for team in lines.teams:
            while lines.least(place) < required and plan.put(plan.forward[place], team):
                lines.add(place, team)
    plan.support(risk)
    plan.reserve()
    return plan.finish(risk, "risk first")


def greedy(instance: Instance) -> Deployment:
    """Place team after team where expected active people times (1 - perceived risk) falls most per head.

    The fall at one sector does not depend on the others and shrinks from team to team, so that taking the best one each
    time is optimal for equal teams (Armentrout et al., separable convex case); where some move, it is what a planner
    would do. What is hardly worth it waits at posts.
    """
    plan, met = Draft(instance), find_meetings(instance)
    lines, places = Lines(plan, met), range(len(plan.forward))
    open_to = np.ones((len(lines.teams), len(places)), dtype=bool)
    falls = np.array([[lines.fall(p, team) for p in places] for team in lines.teams])
    while open_to.any():
        k, p = (int(i) for i in np.unravel_index(np.where(open_to, falls, -1.0).argmax(), falls.shape))
        if falls[k, p] < WORTHWHILE:
            break
        if plan.put(plan.forward[p], lines.teams[k]):
            lines.add(p, lines.teams[k])
            for other in lines.beside(p):
                falls[:, other] = [lines.fall(other, team) for team in lines.teams]
        else:
            open_to[k, p] = False
    crowd = count_hours(instance, met)
    plan.support(crowd)
    plan.reserve()
    return plan.finish(crowd, "greedy")
