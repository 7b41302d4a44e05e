"""What a planner would do by hand: three simple rules, the first candidates and the rivals of every optimised plan.

Each rule writes down what it wants, place by place; `feasibility.nearest` then changes as little as needed to
keep every requirement. Nothing is simulated and nothing drawn: the same instance gives the same deployments.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from optimiser.common.message import Message
from optimiser.model.clocks import span_window
from optimiser.model.deployment import Deployment
from optimiser.model.distances import measure
from optimiser.model.expected.meetings import Stop, list_meetings
from optimiser.model.instance import PHASES, Gathering, Instance, Team, VehicleType
from optimiser.model.laws.constants import make_law
from optimiser.model.laws.escalation_law import perceived_risk
from optimiser.model.parts.movement import list_rests, list_stops
from optimiser.planning.programs.feasibility import nearest
from optimiser.planning.programs.requirements import Frame

Floats = NDArray[np.float64]
Worth = Callable[[Gathering, float], float]  # of people at a stop, by the minutes that they stay
Meetings = Mapping[Stop, tuple[str, ...]]  # moving places whose units meet a gathering at a stop
Key = TypeVar("Key")
NOBODY: Meetings = MappingProxyType({})
WORTHWHILE = 0.01  # active persons per head: below such a fall one more team waits in reserve; assumed
NODES = 2_000  # of the search for the nearest feasible deployment: unlike the clock this limit repeats; assumed


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
    plan, crowd = _Plan(instance), accompanied_crowd(instance)
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
    plan, met = _Plan(instance), _meetings(instance)
    line, risk = _Line(plan, met), _risk(instance, met)
    required = float(instance.doctrine.required_risk)
    for place in np.argsort(-risk, kind="stable"):
        for team in line.teams:
            while line.least(place) < required and plan.put(plan.forward[place], team):
                line.add(place, team)
    plan.support(risk)
    plan.reserve()
    return plan.finish(risk, "risk first")


def greedy(instance: Instance) -> Deployment:
    """Place team after team where expected active people times (1 - perceived risk) falls most per head.

    The fall at one sector does not depend on the others and shrinks from team to team, so that taking the best one each
    time is optimal for equal teams (Armentrout et al., separable convex case); where some move, it is what a planner
    would do. What is hardly worth it waits at posts.
    """
    plan, met = _Plan(instance), _meetings(instance)
    line, places = _Line(plan, met), range(len(plan.forward))
    open_to = np.ones((len(line.teams), len(places)), dtype=bool)
    falls = np.array([[line.fall(p, team) for p in places] for team in line.teams])
    while open_to.any():
        k, p = (int(i) for i in np.unravel_index(np.where(open_to, falls, -1.0).argmax(), falls.shape))
        if falls[k, p] < WORTHWHILE:
            break
        if plan.put(plan.forward[p], line.teams[k]):
            line.add(p, line.teams[k])
            for other in line.beside(p):
                falls[:, other] = [line.fall(other, team) for team in line.teams]
        else:
            open_to[k, p] = False
    crowd = _crowd(instance, met)
    plan.support(crowd)
    plan.reserve()
    return plan.finish(crowd, "greedy")


def expected_crowd(instance: Instance) -> Floats:
    """Person hours expected: turnout times stay, over every gathering that passes, shape (sectors,)."""
    return _crowd(instance, NOBODY)[: len(instance.sectors)]


def accompanied_crowd(instance: Instance) -> Floats:
    """Person hours, of whom moving units meet with those, shape (sectors + moving places,)."""
    return _crowd(instance, list_meetings(instance))


def expected_active(instance: Instance) -> Floats:
    """Persons ready to act in disorder if all gatherings of a sector are there at once, shape (sectors,)."""
    total = _passing(instance, lambda g, _: _active(g), lambda _, sector: (sector,))
    return np.array([total[s.id] for s in instance.sectors])


def expected_risk(instance: Instance) -> Floats:
    """Turnout x tension x militant share in yellow, shape (sectors,), doubled where a critical process always runs.

    The weight of critical windows, 1 + their share of the period, is assumed.
    """
    return _risk(instance, NOBODY)[: len(instance.sectors)]


def _meetings(instance: Instance) -> Meetings:
    """Return whom units meet by the rules that think in sectors: nobody moves where no movement is written.

    Where units may only accompany, all would go with the march: more than three times the loss on oku-250.
    """
    return list_meetings(instance) if instance.movements else NOBODY


def _crowd(instance: Instance, met: Meetings) -> Floats:
    """Person hours by place, shape (sectors + moving places,)."""

    def hours(gathering: Gathering, stay: float) -> float:
        return float(gathering.turnout * min(stay, instance.period.minutes) / 60.0)

    total = _passing(instance, hours, lambda stop, sector: met.get(stop, (sector,)))
    return np.array([total[place.id] for place in (*instance.sectors, *instance.moving)])


def _risk(instance: Instance, met: Meetings) -> Floats:
    """Risk by place, see `expected_risk`, shape (sectors + moving places,)."""
    critical = {}
    for sector in instance.sectors:
        ends = [span_window(instance, window) for window in sector.critical]
        critical[sector.id] = min(1.0, sum(end - start for start, end in ends) / instance.period.minutes)
    total = _passing(
        instance,
        lambda g, _: _active(g) * g.tension,
        lambda stop, sector: tuple((place, sector) for place in met.get(stop, (sector,))),
    )
    risk = dict.fromkeys((place.id for place in (*instance.sectors, *instance.moving)), 0.0)
    for (place, where), worth in total.items():
        risk[place] += worth * (1.0 + critical[where])
    return np.array(list(risk.values()))


def _active(gathering: Gathering) -> float:
    """Persons ready to act in yellow, or in red if they come that way."""
    share = gathering.militant.red if gathering.comes_as == "red" else gathering.militant.yellow
    return float(gathering.turnout * share)


def _passing(instance: Instance, worth: Worth, keys: Callable[[Stop, str], Sequence[Key]]) -> defaultdict[Key, float]:
    """Add up what every gathering is worth at each stop of each way, in equal parts under the keys of the stop."""
    total: defaultdict[Key, float] = defaultdict(float)
    for g, gathering in enumerate(instance.gatherings):
        for w, way in enumerate(gathering.ways):
            for n, stop in enumerate(way.stops):
                found = keys((g, w, n), stop.sector)
                for key in found:
                    part = float(gathering.chance) * way.share * worth(gathering, float(stop.stay))
                    total[key] += part / len(found)
    return total


class _Line:
    """How strong a line is met where, as teams are placed: by sector, apart for stops where others come there too."""

    def __init__(self, plan: _Plan, met: Meetings) -> None:
        self.plan, instance = plan, plan.instance
        self.teams = [team for team in instance.teams if plan.strength(team) > 0.0]
        found = _passing(instance, lambda g, _: _active(g), lambda stop, sector: ((sector, met.get(stop, ())),))
        self.active = list(found.values())
        self.strength = [0.0] * len(found)
        index = {place: p for p, place in enumerate(plan.forward)}
        self.places = [[index[place] for place in (sector, *moving)] for sector, moving in found]
        self.stops: list[list[int]] = [[] for _ in plan.forward]
        for c, places in enumerate(self.places):
            for p in places:
                self.stops[p].append(c)

    def least(self, place: int) -> float:
        """Return the least perceived risk at any stop of a place."""
        return min((self._risk(stop) for stop in self.stops[place]), default=1.0)

    def fall(self, place: int, team: Team) -> float:
        """Return by how much active people whom no line reaches become fewer, per head, with one more team."""
        more = self.plan.strength(team)
        falls = (self.active[c] * (self._risk(c, more) - self._risk(c)) for c in self.stops[place])
        return float(sum(falls) / team.size)

    def add(self, place: int, team: Team) -> None:
        """Place one team."""
        for stop in self.stops[place]:
            self.strength[stop] += self.plan.strength(team)

    def beside(self, place: int) -> set[int]:
        """Return the places that share a stop with one, itself among them."""
        return {place, *(other for stop in self.stops[place] for other in self.places[stop])}

    def _risk(self, stop: int, more: float = 0.0) -> float:
        return perceived_risk(self.plan.law, self.strength[stop] + more, self.active[stop])


class _Plan:
    """What a rule wants so far, and what is left to place. Numbers only grow; requirements are kept in `finish`."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.law = make_law(instance.law)
        self.roles = {role.id: role for role in instance.roles}
        self.sectors = [s.id for s in instance.sectors]
        self.posts = [p.id for p in instance.posts]
        self.forward = [*self.sectors, *(m.id for m in instance.moving)]
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
        """Send each place, the heaviest first and round after round, one team of each kind that holds no line."""
        order = [self.forward[p] for p in np.argsort(-weights, kind="stable") if weights[p] > 0.0]
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
        weights : of sectors and of what moves.
        """
        waiting = np.array(
            [sum(n for (p, _), n in self.heads.items() if p == post) for post in self.posts], dtype=float
        )
        behind = waiting if waiting.any() else self.nearness
        for vehicle in self.instance.vehicles:
            forward = vehicle.stands == "sectors" or (vehicle.stands == "anywhere" and vehicle.medical > 0.0)
            places, share = (self.forward, weights) if forward else (self.posts, behind)
            self.share_out(vehicle, int(vehicle.count), places, share)
        return nearest(self.instance, self.wanted, nodes=NODES).altered(title=title)
