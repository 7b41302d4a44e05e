"""What a planner would do by hand: three simple rules, the first candidates and the rivals of every optimised plan.

Each rule writes down what it wants, place by place; `feasibility.nearest` then changes as little as needed to
keep every requirement. Nothing is simulated and nothing drawn: the same instance gives the same deployments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from optimiser.common.message import Message
from optimiser.model.clocks import span_window
from optimiser.model.deployment import Deployment
from optimiser.model.distances import measure
from optimiser.model.instance import PHASES, Gathering, Instance, Team, VehicleType
from optimiser.model.laws.constants import make_law
from optimiser.model.laws.escalation_law import perceived_risk
from optimiser.model.parts.movement import list_rests, list_stops
from optimiser.planning.programs.feasibility import nearest
from optimiser.planning.programs.requirements import Frame

Floats = NDArray[np.float64]
Worth = Callable[[Gathering, float], float]  # of people at a stop, by the minutes that they stay
NOWHERE: Mapping[str, str] = MappingProxyType({})
WORTHWHILE = 0.01  # active persons per head: below such a fall one more team waits in reserve; assumed
NODES = 2_000  # of the search for the nearest feasible deployment: unlike the clock this limit repeats; assumed


def candidates(instance: Instance) -> dict[str, Deployment]:
    """Make all hand rules, by name.

    Raises
    ------
    Infeasible : it is proved that there is no feasible deployment.
    NoPlan : none was found within the limit of the search.
    """
    return {
        Message("proportional"): proportional(instance),
        Message("risk first"): risk_first(instance),
        Message("greedy"): greedy(instance),
    }


def proportional(instance: Instance) -> Deployment:
    """Share every kind out by expected crowd, what only acts later by nearness to the crowd.

    Numbers are rounded by largest remainder (Hamilton). The share of all stops of a gathering goes with it, where it
    can be accompanied.
    """
    plan, crowd = _Plan(instance), accompanied_crowd(instance)
    for team in instance.teams:
        if plan.waits(team):
            plan.share_out(team, plan.left[team.id], plan.posts, plan.nearness)
        elif not plan.leads(team):
            plan.share_out(team, plan.left[team.id], plan.forward, crowd)
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

    def fall(team: Team, s: int) -> float:
        held = strength[s]
        more = perceived_risk(plan.law, held + plan.strength(team), active[s])
        return float(active[s] * (more - perceived_risk(plan.law, held, active[s])) / team.size)

    falls = np.array([[fall(team, s) for s in range(len(active))] for team in lines])
    while open_to.any():
        k, s = (int(i) for i in np.unravel_index(np.where(open_to, falls, -1.0).argmax(), falls.shape))
        if falls[k, s] < WORTHWHILE:
            break
        if plan.put(plan.sectors[s], lines[k]):
            strength[s] += plan.strength(lines[k])
            falls[:, s] = [fall(team, s) for team in lines]
        else:
            open_to[k, s] = False
    crowd = expected_crowd(instance)
    plan.support(crowd)
    plan.reserve()
    return plan.finish(crowd, "greedy")


def expected_crowd(instance: Instance) -> Floats:
    """Person hours expected: turnout times stay, over every gathering that passes, shape (sectors,)."""
    return _passing(instance, _person_hours(instance))


def accompanied_crowd(instance: Instance) -> Floats:
    """Person hours, of who can be accompanied with whoever does, shape (sectors + accompaniments,)."""
    goes = {accompaniment.gathering: accompaniment.id for accompaniment in instance.accompaniments}
    return _passing(instance, _person_hours(instance), goes)


def _person_hours(instance: Instance) -> Worth:
    return lambda g, stay: float(g.turnout * min(stay, instance.period.minutes) / 60.0)


def expected_active(instance: Instance) -> Floats:
    """Persons ready to act in disorder if all gatherings of a sector are there at once, shape (sectors,)."""
    return _passing(instance, lambda g, _: _active(g))


def expected_risk(instance: Instance) -> Floats:
    """Turnout x tension x militant share in yellow, shape (sectors,), doubled where a critical process always runs.

    The weight of critical windows, 1 + their share of the period, is assumed.
    """
    risk = _passing(instance, lambda g, _: _active(g) * g.tension)
    spans = [[span_window(instance, w) for w in s.critical] for s in instance.sectors]
    critical = np.array([sum(end - start for start, end in ends) / instance.period.minutes for ends in spans])
    weighted: Floats = risk * (1.0 + np.minimum(1.0, critical))
    return weighted


def _active(gathering: Gathering) -> float:
    """Persons ready to act in yellow, or in red if they come that way."""
    share = gathering.militant.red if gathering.comes_as == "red" else gathering.militant.yellow
    return float(gathering.turnout * share)


def _passing(instance: Instance, worth: Worth, goes: Mapping[str, str] = NOWHERE) -> Floats:
    """Add up what every gathering is worth at each stop of each way; what `goes` names by gathering, at that place."""
    total = dict.fromkeys((*(s.id for s in instance.sectors), *goes.values()), 0.0)
    for gathering in instance.gatherings:
        for way in gathering.ways:
            for stop in way.stops:
                total[goes.get(gathering.id, stop.sector)] += (
                    float(gathering.chance) * way.share * worth(gathering, float(stop.stay))
                )
    return np.array(list(total.values()))


class _Plan:
    """What a rule wants so far, and what is left to place. Numbers only grow; requirements are kept in `finish`."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.law = make_law(instance.law)
        self.roles = {role.id: role for role in instance.roles}
        self.sectors = [s.id for s in instance.sectors]
        self.posts = [p.id for p in instance.posts]
        self.forward = [*self.sectors, *(a.id for a in instance.accompaniments)]
        self.arrivals = {"green", min((g.comes_as for g in instance.gatherings), key=PHASES.index, default="green")}
        self.wanted: dict[tuple[str, str], int] = {}
        self.heads: Counter[tuple[str, str]] = Counter()  # by place and role, of teams that crew and escort nothing yet
        self.left = self._stock()
        self.cap = int(instance.cap)
        self.room = {place.id: int(place.staging_capacity) for place in instance.places}
        self.takes = {m.id: (*list_stops(instance, m), *list_rests(m)) for m in instance.moving}  # room there as well
        self.led = set(self.posts) if instance.doctrine.officer_per_sector else set(self.room)
        self.nearness = self._nearness()

    def _stock(self) -> dict[str, int]:
        """Number by kind that may be placed; where the cap is short every kind that counts is cut by the same share."""
        frame = Frame.of(self.instance)
        counted = [(heads if kind.counts else 0) for kind, heads in zip(frame.kinds, frame.heads, strict=True)]
        needed = sum(int(kind.count) * heads for kind, heads in zip(frame.kinds, counted, strict=True))
        share = min(1.0, self.instance.cap / needed) if needed else 1.0
        cut = [share if heads else 1.0 for heads in counted]
        return {k.id: int(k.count * part + 0.5) for k, part in zip(frame.kinds, cut, strict=True)}

    def _nearness(self) -> Floats:
        """Person hours per kilometre (and one) from each post, shape (posts,)."""
        sectors, posts = len(self.sectors), len(self.posts)
        km = measure(self.instance).km[0, sectors : sectors + posts, :sectors]
        crowd = expected_crowd(self.instance)
        return np.array([float((crowd / (1.0 + row)).sum()) for row in km])

    def leads(self, team: Team) -> bool:
        """Tell whether it is an officer in charge."""
        return self.roles[team.role].officer

    def waits(self, team: Team) -> bool:
        """Tell whether it belongs to the reserve: not meant for the first phase of any crowd, or for posts only."""
        role = self.roles[team.role]
        late = not self.arrivals & set(role.phases) and role.stands != "sectors"
        return not role.officer and (late or role.stands == "posts")

    def strength(self, team: Team) -> float:
        """Most containment of one team in a sector, on arrival or in yellow, in head equivalents.

        0 for officers, for what waits, and for whoever is better at something else than at holding a line.
        """
        role = self.roles[team.role]
        if self.leads(team) or self.waits(team):
            return 0.0
        phases = (self.arrivals | {"yellow"}) & set(role.phases)
        holds = max((getattr(role.containment, phase) for phase in phases), default=0.0)
        better = holds >= max(role.dialogue, role.medical, role.traffic, role.information)
        return float(holds * team.size * team.fitness) if better else 0.0

    def put(self, place: str, kind: Team | VehicleType) -> bool:
        """Place one more; False where none is left, it may not stand there, or it does not fit."""
        here = "posts" if place in self.posts else "sectors"
        brought = Counter[str]()  # heads by role that it adds, or takes as crew and escort
        if isinstance(kind, Team):
            stands, heads = self.roles[kind.role].stands, int(kind.size)
            brought[kind.role] += heads
        else:
            stands, heads = kind.stands, 0 if kind.crew_role else int(kind.crew)
            for role, number in ((kind.crew_role, int(kind.crew)), (kind.escort_role, int(kind.escort))):
                if role is not None:
                    brought[role] -= number
            if kind.water_cannon and place in self.takes:
                return False
        counted = heads if kind.counts else 0
        rooms = (place, *self.takes.get(place, ()))
        room = min(self.room[where] for where in rooms)
        if stands not in ("anywhere", here) or not self.left[kind.id] or heads > room or counted > self.cap:
            return False
        if any(self.heads[place, role] + number < 0 for role, number in brought.items()):
            return False
        if not self.led_by(place, kind):
            return False
        self.left[kind.id] -= 1
        for where in rooms:
            self.room[where] -= heads
        self.cap -= counted
        self.heads.update({(place, role): number for role, number in brought.items()})
        self.wanted[place, kind.id] = self.wanted.get((place, kind.id), 0) + 1
        return True

    def led_by(self, place: str, kind: Team | VehicleType) -> bool:
        """Tell whether somebody is in charge of a place once a unit is there; sends an officer where none is."""
        officers = [team for team in self.instance.teams if self.leads(team)]
        if place in self.led or kind in officers or any(self.put(place, officer) for officer in officers):
            self.led.add(place)
        return place in self.led

    def share_out(self, kind: Team | VehicleType, count: int, places: Sequence[str], weights: Floats) -> None:
        """Share a number out by weight, by largest remainder (Hamilton); places without weight get none.

        What does not fit goes to the heaviest place where it does.
        """
        if not weights.sum() > 0.0:
            return
        quota = count * weights / weights.sum()
        whole = np.floor(quota).astype(int)
        whole[np.argsort(-(quota - whole), kind="stable")[: count - int(whole.sum())]] += 1
        missed = sum(not self.put(place, kind) for place, n in zip(places, whole, strict=True) for _ in range(n))
        order = [places[i] for i in np.argsort(-weights, kind="stable") if weights[i] > 0.0]
        for _ in range(missed):
            if not any(self.put(place, kind) for place in order):
                break

    def support(self, weights: Floats) -> None:
        """Return each sector, the heaviest first and round after round, one team of each kind that holds no line."""
        order = [self.sectors[s] for s in np.argsort(-weights, kind="stable") if weights[s] > 0.0]
        for team in self.instance.teams:
            if not (self.leads(team) or self.waits(team) or self.strength(team) > 0.0):
                while sum(self.put(place, team) for place in order):  # a round in which somebody got one
                    pass

    def reserve(self) -> None:
        """Share what waits, then what is left of the lines, out over the posts by nearness to the crowd."""
        waiting = [team for team in self.instance.teams if self.waits(team)]
        for team in (*waiting, *(t for t in self.instance.teams if self.strength(t) > 0.0)):
            self.share_out(team, self.left[team.id], self.posts, self.nearness)

    def finish(self, weights: Floats, title: str) -> Deployment:
        """Add vehicles (medical ones to sectors, the others out of sight) and keep every requirement.

        Parameters
        ----------
        weights : of sectors, and of accompaniments where the rule places somebody there.
        """
        waiting = np.array(
            [sum(n for (p, _), n in self.heads.items() if p == post) for post in self.posts], dtype=float
        )
        behind = waiting if waiting.any() else self.nearness
        for vehicle in self.instance.vehicles:
            forward = vehicle.stands == "sectors" or (vehicle.stands == "anywhere" and vehicle.medical > 0.0)
            places, share = (self.forward[: len(weights)], weights) if forward else (self.posts, behind)
            self.share_out(vehicle, int(vehicle.count), places, share)
        return nearest(self.instance, self.wanted, nodes=NODES).altered(title=title)
