"""What a planner would do by hand: three simple rules, the first candidates and the rivals of every optimised plan.

Each rule writes down what it wants, place by place; `optimiser.feasibility.nearest` then changes as little as needed to
keep every requirement. Nothing is simulated and nothing drawn: the same instance gives the same deployments.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from optimiser.deployment import Deployment
from optimiser.escalation import make_law, perceived_risk
from optimiser.feasibility import nearest
from optimiser.instance import Gathering, Instance, Team, VehicleType
from optimiser.travel import measure

Floats = NDArray[np.float64]
WORTHWHILE = 0.01  # active persons per head: below such a fall one more team waits in reserve; assumed
NODES = 2_000  # of the search for the nearest feasible deployment: unlike the clock this limit repeats; assumed


def candidates(instance: Instance) -> dict[str, Deployment]:
    """Make all hand rules, by name.

    Raises
    ------
    Infeasible : it is proved that there is no feasible deployment.
    NoPlan : none was found within the limit of the search.
    """
    return {rule.__name__: rule(instance) for rule in (proportional, risk_first, greedy)}


def proportional(instance: Instance) -> Deployment:
    """Share every kind out by expected crowd, what only acts later by nearness to the crowd.

    If the cap is short every kind is cut by the same share. Numbers are rounded by largest remainder (Hamilton).
    """
    plan, crowd = _Plan(instance), expected_crowd(instance)
    needed = sum(int(t.size) * int(t.count) for t in instance.teams if t.counts)
    share = min(1.0, instance.cap / needed) if needed else 1.0
    for team in instance.teams:
        count = math.floor(team.count * share) if team.counts else int(team.count)
        if plan.waits(team):
            plan.share_out(team, count, plan.posts, plan.nearness)
        elif not plan.leads(team):
            plan.share_out(team, count, plan.sectors, crowd)
    return plan.finish(crowd, "proportional")


def risk_first(instance: Instance) -> Deployment:
    """Fill the riskiest sector to the perceived risk that doctrine requires, then the next; the rest waits at posts."""
    plan, risk, active = _Plan(instance), expected_risk(instance), expected_active(instance)
    required = float(instance.doctrine.required_risk)
    lines = [t for t in instance.teams if plan.strength(t) > 0.0]
    for s in np.argsort(-risk, kind="stable"):
        strength = 0.0
        for team in lines:
            while perceived_risk(plan.law, strength, active[s]) < required and plan.put(plan.sectors[s], team):
                strength += plan.strength(team)
    plan.support(risk)
    plan.reserve()
    return plan.finish(risk, "risk first")


def greedy(instance: Instance) -> Deployment:
    """Place team after team where expected active people times (1 - perceived risk) falls most per head.

    The fall at one sector does not depend on the others and shrinks from team to team, so that taking the best one each
    time is optimal for equal teams (Armentrout et al., separable convex case). What is hardly worth it waits at posts.
    """
    plan, active = _Plan(instance), expected_active(instance)
    lines = [t for t in instance.teams if plan.strength(t) > 0.0]
    strength = np.zeros(len(active))
    open_to = np.ones((len(lines), len(active)), dtype=bool)

    def loose(containment: Floats) -> Floats:
        risk = [perceived_risk(plan.law, c, a) for c, a in zip(containment, active, strict=True)]
        return active * (1.0 - np.array(risk))

    falls = np.array([(loose(strength) - loose(strength + plan.strength(t))) / t.size for t in lines])
    while open_to.any():
        k, s = (int(i) for i in np.unravel_index(np.where(open_to, falls, -1.0).argmax(), falls.shape))
        if falls[k, s] < WORTHWHILE:
            break
        if plan.put(plan.sectors[s], lines[k]):
            strength[s] += plan.strength(lines[k])
            for j, team in enumerate(lines):
                less, more = strength[s], strength[s] + plan.strength(team)
                gain = perceived_risk(plan.law, more, active[s]) - perceived_risk(plan.law, less, active[s])
                falls[j, s] = active[s] * gain / team.size
        else:
            open_to[k, s] = False
    plan.support(active)
    plan.reserve()
    return plan.finish(active, "greedy")


def expected_crowd(instance: Instance) -> Floats:
    """Person hours expected: turnout times stay, over every gathering that passes, shape (sectors,)."""
    return _passing(instance, lambda g, stay: g.turnout * min(stay, instance.period.minutes) / 60.0)


def expected_active(instance: Instance) -> Floats:
    """Persons ready to act in yellow if all gatherings of a sector are there at once, shape (sectors,)."""
    return _passing(instance, lambda g, _: g.turnout * g.militant.yellow)


def expected_risk(instance: Instance) -> Floats:
    """Turnout x tension x militant share in yellow, shape (sectors,), doubled where a critical process always runs.

    The weight of critical windows, 1 + their share of the period, is assumed.
    """
    risk = _passing(instance, lambda g, _: g.turnout * g.tension * g.militant.yellow)
    spans = [
        [(instance.minutes(w.end) - instance.minutes(w.start)) % 1440 for w in s.critical] for s in instance.sectors
    ]
    critical = np.array([sum(span) / instance.period.minutes for span in spans])
    return risk * (1.0 + np.minimum(1.0, critical))


def _passing(instance: Instance, worth: Callable[[Gathering, float], float]) -> Floats:
    total = {s.id: 0.0 for s in instance.sectors}
    for gathering in instance.gatherings:
        for stop in gathering.itinerary:
            total[stop.sector] += worth(gathering, float(stop.stay))
    return np.array(list(total.values()))


class _Plan:
    """What a rule wants so far, and what is left to place. Numbers only grow; requirements are kept in `finish`."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.law = make_law(instance.law)
        self.roles = {role.id: role for role in instance.roles}
        self.sectors = [s.id for s in instance.sectors]
        self.posts = [p.id for p in instance.posts]
        self.wanted: dict[tuple[str, str], int] = {}
        self.left = {kind.id: int(kind.count) for kind in (*instance.teams, *instance.vehicles)}
        self.cap = int(instance.cap)
        self.room = {place.id: int(place.staging_capacity) for place in instance.places}
        self.led = set(self.posts) if instance.doctrine.officer_per_sector else set(self.room)
        self.nearness = self._nearness()

    def _nearness(self) -> Floats:
        """Person hours per kilometre (and one) from each post, shape (posts,)."""
        sectors, posts = len(self.sectors), len(self.posts)
        km = measure(self.instance).km[0, sectors : sectors + posts, :sectors]
        near: Floats = (expected_crowd(self.instance) / (1.0 + km)).sum(axis=1)
        return near

    def leads(self, team: Team) -> bool:
        """Tell whether it is an officer in charge."""
        return self.roles[team.role].officer

    def waits(self, team: Team) -> bool:
        """Tell whether it belongs to the reserve: it may not act in green, or may stand at posts only."""
        role = self.roles[team.role]
        late = "green" not in role.phases and role.stands != "sectors"
        return not role.officer and (late or role.stands == "posts")

    def strength(self, team: Team) -> float:
        """Most containment of one team standing in a sector before red, in head equivalents; 0 for any other."""
        role = self.roles[team.role]
        if self.leads(team) or self.waits(team):
            return 0.0
        each = [role.containment.green * ("green" in role.phases), role.containment.yellow * ("yellow" in role.phases)]
        return float(max(each) * team.size * team.fitness)

    def put(self, place: str, kind: Team | VehicleType) -> bool:
        """Place one more; False where none is left, it may not stand there, or it does not fit."""
        if isinstance(kind, Team):
            stands, heads = self.roles[kind.role].stands, int(kind.size)
        else:
            stands, heads = kind.stands, 0 if kind.crew_role else int(kind.crew)
        counted = heads if kind.counts else 0
        here = "posts" if place in self.posts else "sectors"
        if stands not in ("anywhere", here) or not self.left[kind.id] or heads > self.room[place] or counted > self.cap:
            return False
        if place not in self.led:
            self.led.add(place)  # from here on an officer is looked for once
            officers = [t for t in self.instance.teams if self.leads(t)]
            if not (isinstance(kind, Team) and self.leads(kind)) and not any(self.put(place, t) for t in officers):
                self.led.discard(place)
                return False
            return self.put(place, kind)
        self.left[kind.id] -= 1
        self.room[place] -= heads
        self.cap -= counted
        self.wanted[place, kind.id] = self.wanted.get((place, kind.id), 0) + 1
        return True

    def share_out(self, kind: Team | VehicleType, count: int, places: Sequence[str], weights: Floats) -> None:
        """Share a number out by weight, by largest remainder (Hamilton); places without weight get none."""
        if not weights.sum() > 0.0:
            return
        quota = count * weights / weights.sum()
        whole = np.floor(quota).astype(int)
        rest = count - int(whole.sum())
        whole[np.argsort(-(quota - whole), kind="stable")[:rest]] += 1
        for place, n in zip(places, whole, strict=True):
            for _ in range(n):
                self.put(place, kind)

    def support(self, weights: Floats) -> None:
        """Give each sector, the heaviest first and round after round, one team of each kind that holds no line."""
        order = [self.sectors[s] for s in np.argsort(-weights, kind="stable") if weights[s] > 0.0]
        for team in self.instance.teams:
            if not (self.leads(team) or self.waits(team) or self.strength(team) > 0.0):
                while any([self.put(place, team) for place in order]):
                    pass

    def reserve(self) -> None:
        """Send what may be called from a post to the posts, the nearest to the crowd first."""
        order = [self.posts[p] for p in np.argsort(-self.nearness, kind="stable")]
        for team in self.instance.teams:
            if not self.leads(team) and {"yellow", "red"} & set(self.roles[team.role].phases):
                for place in order:
                    while self.put(place, team):
                        pass

    def finish(self, weights: Floats, title: str) -> Deployment:
        """Add vehicles (medical ones to sectors, the others out of sight) and keep every requirement."""
        for vehicle in self.instance.vehicles:
            forward = vehicle.stands == "sectors" or (vehicle.stands == "anywhere" and vehicle.medical > 0.0)
            places, share = (self.sectors, weights) if forward else (self.posts, self.nearness)
            self.share_out(vehicle, int(vehicle.count), places, share)
        return nearest(self.instance, self.wanted, nodes=NODES).model_copy(update={"title": title})
