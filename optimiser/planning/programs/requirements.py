"""The rules of feasibility as linear rows in whole numbers, each belonging to a requirement in a planner's words.

A row is about the numbers of teams and vehicles at places. Both are counted by kind: the kinds of an instance are its
team kinds, then its vehicle types. No solver is needed here; `programs.allocation` turns rows into constraints.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from optimiser.common.message import Message
from optimiser.model.distances import mark_reach
from optimiser.model.instance import Instance, Pin, Post, Role, Sector, Team, VehicleType
from optimiser.model.parts.movement import Moving, list_rests, list_stops
from optimiser.model.values.derived import derived

SHORT = 1000  # longest denominator that goes into a row as it is: coefficients stay far below a solver's 1e9
MOST = 10_000  # teams or vehicles of a kind at a place: the limit of the deployment format

Cell = tuple[int, int]  # place by index of `Instance.places`, kind by index


@dataclass(frozen=True)
class Row:
    """least <= sum of coefficient * number <= most; all whole, so that a solver's tolerance cannot blur it.

    Attributes
    ----------
    terms : coefficient by place and kind.
    least, most : limits in the unit of the rule (teams, vehicles, heads or seats); None where there is none.
    """

    terms: Mapping[Cell, int]
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Requirement:
    """One thing a planner or doctrine asks for.

    Attributes
    ----------
    code : name of the rule, as the checker calls it.
    name : the requirement in a planner's words.
    place : index of the only place concerned; None where several are.
    rows : what must hold.
    number : where the number that is asked for stands in the instance, such as ``("sectors", 0, "minimum", "line")``;
        empty where no single number is.
    """

    code: str
    name: Message
    place: int | None
    rows: tuple[Row, ...]
    number: tuple[str | int, ...] = ()


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
        places, joint = range(len(self.instance.places)), tuple(gathered(self))
        joined = {requirement.number for requirement in joint}  # these ask more of a place than it does by itself
        own = (r for p in places for r in local(self, p) if r.number not in joined)
        return (*overall(self, places), *own, *waiting(self), *joint)

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
    return (*overall(frame, range(len(frame.instance.places))), *waiting(frame), *gathered(frame))


def overall(frame: Frame, places: Collection[int]) -> Iterator[Requirement]:
    """List what limits all places together: availability, the cap on heads, and where a kind may stand.

    All coefficients and limits are at least 0, so with one place only the rows still hold for that place alone.
    """
    instance = frame.instance
    for k, kind in enumerate(frame.kinds):
        count = int(kind.count)
        if k in frame.teams:
            name = Message.plural(
                "only {n} team of {kind} exists", "only {n} teams of {kind} exist", count, kind=kind.name
            )
        else:
            name = Message.plural("only {n} of {kind} exists", "only {n} of {kind} exist", count, kind=kind.name)
        number = ("teams", k, "count") if k in frame.teams else ("vehicles", k - len(frame.teams), "count")
        yield Requirement("availability", name, None, (Row({(p, k): 1 for p in places}, most=count),), number)
    counted = [(k, frame.heads[k]) for k, kind in enumerate(frame.kinds) if kind.counts and frame.heads[k]]
    terms = {(p, k): heads for p in places for k, heads in counted}
    name = Message("cap of {heads} heads", heads=instance.cap)
    yield Requirement("cap", name, None, (Row(terms, most=int(instance.cap)),), ("cap",))
    for k, kind in enumerate(frame.kinds):
        wrong = [p for p in places if not frame.may_stand(p, k)]
        if (where := frame.stands(k)) != "anywhere" or wrong:
            name = Message("{kind} only at posts", kind=kind.name)
            if where == "sectors":
                name = Message("{kind} only in sectors", kind=kind.name)
            elif where == "anywhere":
                name = Message("{kind} neither accompanies people nor moves as planned", kind=kind.name)
            yield Requirement("stands", name, None, (Row({(p, k): 1 for p in wrong}, most=0),))


def local(frame: Frame, p: int) -> Iterator[Requirement]:
    """List what concerns one place alone."""
    place = frame.instance.places[p]
    capacity = int(place.staging_capacity)
    name = Message("staging capacity of {heads} heads at {place}", heads=capacity, place=place.name)
    number = (*frame.locate(p), "staging_capacity")
    yield Requirement("staging", name, p, (Row(_heads_at(frame, [p]), most=capacity),), number)
    if isinstance(place, Sector):
        yield from _limits(frame, p, place)
    yield from _crews(frame, p, place.name)
    if not isinstance(place, Post) and frame.instance.doctrine.officer_per_sector:
        yield _officer(frame, p, place.name)
    if isinstance(place, Post) and place.mobile > 0.0:
        yield _seats(frame, p, place)
    for i, pin in frame.pins.get(place.id, ()):
        yield from _pin(frame, p, i, pin)


def waiting(frame: Frame) -> Iterator[Requirement]:
    """List what the reserve at posts must give: cover of sectors, and a least number in all."""
    instance, sectors = frame.instance, len(frame.instance.sectors)
    if any(sector.cover for sector in instance.sectors):
        near = mark_reach(instance)
        within = f"{instance.doctrine.reserve_reach:g}"
        for s, sector in enumerate(instance.sectors):
            if sector.cover:
                posts = [sectors + int(post) for post in near[s].nonzero()[0]]
                row = Row(_count(posts, frame.callables), least=int(sector.cover))
                name = Message(
                    "{teams} ready to be called within {minutes} min of {sector}",
                    teams=_teams(sector.cover),
                    minutes=within,
                    sector=sector.name,
                )
                yield Requirement("cover", name, None, (row,), ("sectors", s, "cover"))
    if least := int(instance.doctrine.reserve_least):
        name = Message("at least {teams} ready to be called at all posts", teams=_teams(least))
        rows = (Row(_count(frame.posts, frame.callables), least=least),)
        yield Requirement("reserve", name, None, rows, ("doctrine", "reserve_least"))


def gathered(frame: Frame) -> Iterator[Requirement]:
    """List what limits who stands at a stop and who comes there with people or as planned, at once: room, a most.

    Room at a post is shared by who waits there and who rests there between two legs.
    """
    coming: dict[str, list[int]] = {}
    for p, moving in frame.moving:
        for stop in (*list_stops(frame.instance, moving), *list_rests(moving)):
            coming.setdefault(stop, []).append(p)
    places: tuple[Sector | Post, ...] = (*frame.instance.sectors, *frame.instance.posts)
    for p, place in enumerate(places):
        if place.id in coming:
            words = {"heads": int(place.staging_capacity), "place": place.name}
            name = Message(
                "staging capacity of {heads} heads at {place}, with those who come there with people or as planned",
                **words,
            )
            row = Row(_heads_at(frame, [p, *coming[place.id]]), most=int(place.staging_capacity))
            yield Requirement("staging", name, None, (row,), (*frame.locate(p), "staging_capacity"))
            if isinstance(place, Sector):
                yield from _most_of_roles(frame, p, place, coming[place.id])


def _most_of_roles(frame: Frame, s: int, sector: Sector, coming: Sequence[int]) -> Iterator[Requirement]:
    """List the most of each role at a stop, with those who come there with people or as planned."""
    for role, most in sorted(sector.maximum.items()):
        words = {"teams": _teams(most), "role": frame.roles[role].name, "place": sector.name}
        name = Message(
            "at most {teams} of {role} at {place}, with those who come there with people or as planned", **words
        )
        row = Row(_count([s, *coming], frame.of_role(role)), most=int(most))
        yield Requirement("maximum", name, None, (row,), ("sectors", s, "maximum", role))


def _heads_at(frame: Frame, places: Iterable[int]) -> dict[Cell, int]:
    return {(p, k): heads for p in places for k, heads in enumerate(frame.heads) if heads}


def _teams(number: int) -> Message:
    return Message.plural("{n} team", "{n} teams", int(number))


def _count(places: Iterable[int], kinds: Sequence[int]) -> dict[Cell, int]:
    return {(p, k): 1 for p in places for k in kinds}


def _limits(frame: Frame, p: int, sector: Sector) -> Iterator[Requirement]:
    for role, least in sorted(sector.minimum.items()):
        words = {"teams": _teams(least), "role": frame.roles[role].name, "place": sector.name}
        name = Message("at least {teams} of {role} at {place}", **words)
        row = Row(_count([p], frame.of_role(role)), least=int(least))
        yield Requirement("minimum", name, p, (row,), ("sectors", p, "minimum", role))
    for role, most in sorted(sector.maximum.items()):
        words = {"teams": _teams(most), "role": frame.roles[role].name, "place": sector.name}
        name = Message("at most {teams} of {role} at {place}", **words)
        row = Row(_count([p], frame.of_role(role)), most=int(most))
        yield Requirement("maximum", name, p, (row,), ("sectors", p, "maximum", role))


def _crews(frame: Frame, p: int, place: str) -> Iterator[Requirement]:
    """Crews, and crews and escorts together, are heads of a role at the same place: escorts are not the crew."""
    for role in frame.instance.roles:
        heads = {(p, k): frame.heads[k] for k in frame.of_role(role.id)}
        crewed = [(k, v, int(v.crew)) for k, v in frame.vehicles if v.crew_role == role.id and v.crew]
        escorted = [(k, v, int(v.escort)) for k, v in frame.vehicles if v.escort_role == role.id and v.escort]
        if crewed:
            terms = {**heads, **{(p, k): -crew for k, _, crew in crewed}}
            name = Message("crew for {vehicles} at {place}", vehicles=_names(crewed), place=place)
            yield Requirement("crew", name, p, (Row(terms, least=0),))
        if escorted:
            need = {(p, k): 0 for k, _, _ in (*crewed, *escorted)}
            for k, _, number in (*crewed, *escorted):
                need[p, k] -= number
            name = Message("escort for {vehicles} at {place}", vehicles=_names(escorted), place=place)
            yield Requirement("escort", name, p, (Row({**heads, **need}, least=0),))


def _names(vehicles: Iterable[tuple[int, VehicleType, int]]) -> str:
    return ", ".join(v.name for _, v, _ in vehicles)


def _officer(frame: Frame, p: int, place: str) -> Requirement:
    """Whatever is in a sector or moves needs an officer there: n <= 10,000 * officers for other kinds."""
    officers = [k for k in frame.teams if frame.roles[frame.instance.teams[k].role].officer]
    rows = []
    for k in range(len(frame.kinds)):
        if k not in officers:
            rows.append(Row({(p, k): 1, **{(p, o): -MOST for o in officers}}, most=0))
    name = Message("officer in charge of {place}, if anyone stands there", place=place)
    return Requirement("officer", name, p, tuple(rows))


def seat_share(frame: Frame, post: Post) -> Fraction:
    """Return the share of heads at a post that need a seat, in whole numbers that a solver does not blur.

    A share that is no short fraction is replaced by one that asks for the same seats: the least a / b with
    a = ceil(share * b) and b up to the most heads that can be there. Then b * seats >= a * heads has no rounding.
    """
    share = Fraction(repr(float(post.mobile)))
    if share.denominator > SHORT:
        most = min(int(post.staging_capacity), sum(int(t.size) * int(t.count) for t in frame.instance.teams))
        share = min((Fraction(math.ceil(share * heads), heads) for heads in range(1, most + 1)), default=Fraction(1))
    return share


def _seats(frame: Frame, p: int, post: Post) -> Requirement:
    """Seats >= share * heads, in whole numbers."""
    share = seat_share(frame, post)
    terms = {(p, k): -share.numerator * frame.heads[k] for k in frame.teams}
    terms.update({(p, k): share.denominator * int(v.seats) for k, v in frame.vehicles if v.seats})
    name = Message("seats for {share:.3g} of the heads at {place}", share=float(post.mobile), place=post.name)
    return Requirement("seats", name, p, (Row(terms, least=0),), (*frame.locate(p), "mobile"))


def _pin(frame: Frame, p: int, i: int, pin: Pin) -> Iterator[Requirement]:
    """Where names clash a team kind goes before a role before a vehicle type before all heads."""
    same, what = pinned(frame, pin)
    if not what:
        yield from _pin_heads(frame, p, i, pin)
        return
    place, why = frame.instance.places[p].name, f" ({pin.why})" if pin.why else ""
    words = {"what": what, "place": place, "why": why}
    terms = _count([p], same)
    if pin.at_least is not None:
        name = Message("pin: at least {least} of {what} at {place}{why}", least=pin.at_least, **words)
        yield Requirement("pin", name, p, (Row(terms, least=pin.at_least),), ("pins", i, "at_least"))
    if pin.at_most is not None:
        name = Message("pin: at most {most} of {what} at {place}{why}", most=pin.at_most, **words)
        yield Requirement("pin", name, p, (Row(terms, most=pin.at_most),), ("pins", i, "at_most"))


def _pin_heads(frame: Frame, p: int, i: int, pin: Pin) -> Iterator[Requirement]:
    """List what a pin asks of all heads at a place, extra crews included."""
    terms = _heads_at(frame, [p])
    words = {"place": frame.instance.places[p].name, "why": f" ({pin.why})" if pin.why else ""}
    if pin.at_least is not None:
        name = Message("pin: at least {least} heads at {place}{why}", least=pin.at_least, **words)
        yield Requirement("pin", name, p, (Row(terms, least=pin.at_least),), ("pins", i, "at_least"))
    if pin.at_most is not None:
        name = Message("pin: at most {most} heads at {place}{why}", most=pin.at_most, **words)
        yield Requirement("pin", name, p, (Row(terms, most=pin.at_most),), ("pins", i, "at_most"))


def pinned(frame: Frame, pin: Pin) -> tuple[list[int], str]:
    """Return the kinds that a pin is about, and its name; none and no name where it is about heads."""
    same = [k for k in frame.teams if frame.instance.teams[k].id == pin.what]
    if same:
        return same, frame.kinds[same[0]].name
    if pin.what in frame.roles:
        return frame.of_role(pin.what), frame.roles[pin.what].name
    same = [k for k, v in frame.vehicles if v.id == pin.what]
    return same, frame.kinds[same[0]].name if same else ""
