"""A deployment laid out over an instance for the checker: what stands at each place, and what is placed in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from optimiser.common.message import Message
from optimiser.model.deployment import Allotment, Deployment
from optimiser.model.expected.mean_day import MeanDay
from optimiser.model.instance import Instance, Post, Role, Sector, Team, VehicleType
from optimiser.model.parts.movement import Accompaniment, Movement, Moving


@dataclass(frozen=True)
class Occupied:
    """What stands at one sector, post or accompaniment: positive numbers, kinds in the order of the instance."""

    place: Sector | Post | Moving
    teams: tuple[tuple[Team, int], ...]
    vehicles: tuple[tuple[VehicleType, int], ...]

    @property
    def name(self) -> Message:
        """The place inside a sentence."""
        if isinstance(self.place, Sector):
            return Message("sector '{name}'", name=self.place.name)
        if isinstance(self.place, Accompaniment):
            return Message("accompaniment '{name}'", name=self.place.name)
        if isinstance(self.place, Movement):
            return Message("movement '{name}'", name=self.place.name)
        return Message("post '{name}'", name=self.place.name)

    @property
    def title(self) -> Message:
        """The place at the beginning of a sentence."""
        if isinstance(self.place, Sector):
            return Message("Sector '{name}'", name=self.place.name)
        if isinstance(self.place, Accompaniment):
            return Message("Accompaniment '{name}'", name=self.place.name)
        if isinstance(self.place, Movement):
            return Message("Movement '{name}'", name=self.place.name)
        return Message("Post '{name}'", name=self.place.name)

    def team_heads(self, role: str | None = None) -> int:
        return sum(n * int(t.size) for t, n in self.teams if role in (None, t.role))

    def role_teams(self, role: str) -> int:
        return sum(n for t, n in self.teams if t.role == role)

    def heads(self) -> int:
        return self.team_heads() + self.crew_heads()

    def crew_heads(self) -> int:
        return sum(n * int(v.crew) for v, n in self.vehicles if v.crew_role is None)

    def drawn_crews(self, role: str) -> int:
        return sum(n * int(v.crew) for v, n in self.vehicles if v.crew_role == role)

    def escorts(self, role: str) -> int:
        return sum(n * int(v.escort) for v, n in self.vehicles if v.escort_role == role)


@dataclass(frozen=True)
class LaidOut:
    """One deployment laid out over one instance: what stands at each place, and what is placed in all."""

    instance: Instance
    deployment: Deployment
    spots: tuple[Occupied, ...]
    roles: dict[str, Role]
    teams: Counter[str]  # by kind, over every place named, known or not
    vehicles: Counter[str]  # by type, likewise
    day: MeanDay
    noted: dict[str, Any] = field(default_factory=dict)  # by crowd: what rules found out, once

    @classmethod
    def of(cls, instance: Instance, deployment: Deployment) -> LaidOut:
        teams, vehicles = Counter[str](), Counter[str]()
        for allotment in deployment.places.values():
            teams.update(allotment.teams)
            vehicles.update(allotment.vehicles)
        spots = []
        for place in instance.places:
            here = deployment.places.get(place.id, Allotment())
            t = tuple((kind, n) for kind in instance.teams if (n := here.teams.get(kind.id, 0)))
            v = tuple((kind, n) for kind in instance.vehicles if (n := here.vehicles.get(kind.id, 0)))
            spots.append(Occupied(place, t, v))
        roles = {role.id: role for role in instance.roles}
        return cls(instance, deployment, tuple(spots), roles, teams, vehicles, MeanDay.of(instance))

    def posts(self) -> Iterator[tuple[Post, Occupied]]:
        return ((spot.place, spot) for spot in self.spots if isinstance(spot.place, Post))

    def moving(self, place: str) -> tuple[Occupied, ...]:
        """Who may come to a sector with gatherings, on whichever way those go, or as they move by their legs.

        At a post: who rests there.
        """
        return tuple(self._moving.get(place, ()))

    @cached_property
    def _moving(self) -> dict[str, list[Occupied]]:
        """Who may come, by sector and post."""
        stops = {g.id: [stop.sector for stop in g.itinerary] for g in self.instance.gatherings}
        found: dict[str, list[Occupied]] = {}
        for spot in self.spots:
            for leg in spot.place.parts if isinstance(spot.place, Moving) else ():
                for place in (leg.sector, leg.post, *stops.get(leg.gathering or "", ())):
                    here = found.setdefault(place or "", [])
                    if not here or here[-1] is not spot:
                        here.append(spot)
        return found

    def role_name(self, role: str) -> str:
        return self.roles[role].name if role in self.roles else role

    def callable_teams(self, spot: Occupied) -> int:
        """Teams that a sector may call: their role acts in yellow or red and they are no officers."""
        fit = {r.id for r in self.instance.roles if {"yellow", "red"} & set(r.phases) and not r.officer}
        return sum(n for team, n in spot.teams if team.role in fit)


Placed = tuple[Team | VehicleType, int, Message]  # kind, number, and the number in words


def say_teams(number: int) -> Message:
    """Say a number of teams."""
    return Message.plural("{n} team", "{n} teams", number)


def say_heads(number: int) -> Message:
    """Say a number of heads."""
    return Message.plural("{n} head", "{n} heads", number)


def say_callable_teams(number: int) -> Message:
    """Say a number of callable teams."""
    return Message.plural("{n} callable team", "{n} callable teams", number)


def say_vehicles(number: int) -> Message:
    """Say a number of vehicles."""
    return Message.plural("{n} vehicle", "{n} vehicles", number)


def take_exactly(number: float) -> Fraction:
    """Take a number as the decimal it is written as: 0.1 is one tenth."""
    return Fraction(repr(float(number)))
