"""An instance with what the rules look up in it, and everything that is required of a deployment of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from optimiser.model.instance import Instance, Pin, Role, Team, VehicleType
from optimiser.model.parts.movement import Moving
from optimiser.model.values.derived import derived
from optimiser.planning.programs.requirements.joint import gathered, led, overall, waiting
from optimiser.planning.programs.requirements.local import local
from optimiser.planning.programs.requirements.presence import attended
from optimiser.planning.programs.requirements.rows import SHORT, Cell, Requirement


@dataclass(frozen=True)
class Frame:
    """An instance with what the rules look up in it; see `of`."""

    instance: Instance

    @staticmethod
    @derived
    def of(instance: Instance) -> Frame:
        """Return the frame of an instance, the same one as long as it is in use."""
        return Frame(instance)

    @cached_property
    def kinds(self) -> tuple[Team | VehicleType, ...]:
        """Team kinds, then vehicle types."""
        return (*self.instance.teams, *self.instance.vehicles)

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Roles by identifier."""
        return {role.id: role for role in self.instance.roles}

    @cached_property
    def teams(self) -> range:
        """Indices of the kinds that are teams."""
        return range(len(self.instance.teams))

    @cached_property
    def vehicles(self) -> tuple[tuple[int, VehicleType], ...]:
        """Indices of the kinds that are vehicles, with their types."""
        return tuple(enumerate(self.instance.vehicles, len(self.instance.teams)))

    @cached_property
    def callables(self) -> tuple[int, ...]:
        """Kinds that a sector may call from a post: they act in yellow or red and are no officers."""
        roles = [self.roles[t.role] for t in self.instance.teams]
        return tuple(k for k, r in enumerate(roles) if not r.officer and {"yellow", "red"} & set(r.phases))

    @cached_property
    def heads(self) -> tuple[int, ...]:
        """Heads that one unit of each kind brings: a team's size, a vehicle's extra crew."""
        crews = (0 if v.crew_role else int(v.crew) for v in self.instance.vehicles)
        return (*(int(t.size) for t in self.instance.teams), *crews)

    @cached_property
    def pins(self) -> dict[str, list[tuple[int, Pin]]]:
        """Pins with their indices, by place."""
        pins: dict[str, list[tuple[int, Pin]]] = {}
        for i, pin in enumerate(self.instance.pins):
            pins.setdefault(pin.place, []).append((i, pin))
        return pins

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """Everything that `require` lists."""
        places = range(len(self.instance.places))
        joined = {r.number for r in self.passing if r.number}  # these ask more of a place than it does by itself
        own = (r for p in places for r in local(self, p) if r.number not in joined)
        return (*overall(self, places), *own, *waiting(self), *self.passing, *self.presence[None])

    @cached_property
    def passing(self) -> tuple[Requirement, ...]:
        """What joins a place with those who come there with people or as planned: room, a most, who is in charge."""
        return (*gathered(self), *led(self))

    @cached_property
    def officers(self) -> tuple[int, ...]:
        """Kinds that can be in charge."""
        return tuple(k for k in self.teams if self.roles[self.instance.teams[k].role].officer)

    @cached_property
    def presence(self) -> dict[int | None, list[Requirement]]:
        """What the rules of presence ask for, by the place alone concerned; None where several are."""
        found: dict[int | None, list[Requirement]] = defaultdict(list)
        for requirement in attended(self):
            found[requirement.place].append(requirement)
        return found

    @cached_property
    def reserve_share(self) -> Fraction:
        """The share of the heads of all lines that must wait for ring 1, in thousandths, rounded up."""
        share = self.instance.presence.reserve_share if self.instance.presence else 0.0
        return Fraction(math.ceil(Fraction(repr(float(share))) * SHORT), SHORT)

    def needed_elsewhere(self, place: int) -> list[int]:
        """List the kinds of which fewer at a place may break a rule that joins it with others."""
        kinds = set(self.callables) if self.is_post(place) else set()
        for requirement in (*(r for r in self.passing if r.code == "officer"), *self.presence[None]):
            for row in requirement.rows:
                sign = 1 if row.least is not None else -1
                kinds |= {k for (p, k), c in row.terms.items() if p == place and sign * c > 0}
        return sorted(kinds)

    def heads_at(self, places: Iterable[int]) -> dict[Cell, int]:
        """Count the heads that each kind brings to some places."""
        return {(p, k): heads for p in places for k, heads in enumerate(self.heads) if heads}

    def of_role(self, role: str) -> list[int]:
        """Team kinds of a role."""
        return [k for k, team in enumerate(self.instance.teams) if team.role == role]

    def stands(self, kind: int) -> str:
        """Say where a kind may stand: anywhere, sectors or posts."""
        if kind in self.teams:
            return self.roles[self.instance.teams[kind].role].stands
        return self.instance.vehicles[kind - len(self.teams)].stands

    @cached_property
    def posts(self) -> range:
        """Indices of the places that are posts."""
        sectors = len(self.instance.sectors)
        return range(sectors, sectors + len(self.instance.posts))

    @cached_property
    def moving(self) -> tuple[tuple[int, Moving], ...]:
        """Indices of the places that move from sector to sector, with what they are."""
        return tuple(enumerate(self.instance.moving, self.posts.stop))

    def is_post(self, place: int) -> bool:
        """Tell posts from sectors and from what goes from sector to sector."""
        return place in self.posts

    def may_stand(self, place: int, kind: int) -> bool:
        """Tell whether a kind may stand at a place: sectors also stand for what moves from one to another.

        A water cannon does not move so, see `model.checker`.
        """
        if place >= self.posts.stop and getattr(self.kinds[kind], "water_cannon", False):
            return False
        return self.stands(kind) in ("anywhere", "posts" if self.is_post(place) else "sectors")

    def locate(self, place: int) -> tuple[str, int]:
        """Return the part of the instance that a place is in, and its number there."""
        if place < self.posts.start:
            return "sectors", place
        if self.is_post(place):
            return "posts", place - self.posts.start
        first = self.posts.stop + len(self.instance.accompaniments)
        return ("accompaniments", place - self.posts.stop) if place < first else ("movements", place - first)


def require(instance: Instance) -> tuple[Requirement, ...]:
    """List everything a deployment must satisfy to be feasible, besides naming what the instance has."""
    return Frame.of(instance).requirements


def shared(frame: Frame) -> tuple[Requirement, ...]:
    """List what joins places: what limits all of them, the reserve at posts, and stops where units come along."""
    places = range(len(frame.instance.places))
    return (*overall(frame, places), *waiting(frame), *frame.passing, *frame.presence[None])
