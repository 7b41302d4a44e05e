"""A deployment as it is written down by hand: what is wanted where, what is left, and who has to come along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from optimiser.model.deployment import Deployment
from optimiser.model.distances import measure
from optimiser.model.instance import PHASES, Instance, Team, VehicleType
from optimiser.model.laws.constants import make_law
from optimiser.model.parts.movement import goes_with_people, list_rests, list_stops
from optimiser.planning.programs.feasibility import nearest
from optimiser.planning.programs.requirements import Frame
from optimiser.planning.search.hand_rules.expected import Floats, expected_crowd

NODES = 2_000  # of the search for the nearest feasible deployment: unlike the clock this limit repeats; assumed


class Draft:
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
        self.stops = {m.id: set(list_stops(instance, m)) for m in instance.moving if not goes_with_people(m)}
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
        if place in self.stops and self.stops[place] <= self.led:  # officers of sectors are in charge of who comes
            return True
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
