"""What rules and pins ask for at each place, beside what a plan has there and from when."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from optimiser.common.number_format import given, plain
from optimiser.model.distances import mark_reach
from optimiser.model.instance import Post, Sector, Team, VehicleType
from optimiser.model.parts.movement import Accompaniment, Moving, goes_with_people, list_stops
from optimiser.output.blocks import Span, Value
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.callable import may_be_called
from optimiser.output.words.head_counts import tell_late
from optimiser.planning.programs.requirements import Frame


@dataclass(frozen=True)
class Asked:
    """What a rule or a pin asks for at a place, and what the plan has there.

    Attributes
    ----------
    late : how much of what is there can be used only later, and from when; how much of it comes with people.
    """

    place: str
    what: str
    required: int
    have: int
    why: str
    late: tuple[str, ...] = ()

    @property
    def need(self) -> int:
        """What is missing."""
        return max(0, self.required - self.have)

    @property
    def told(self) -> Value:
        """What is there, and below it from when, where that is later."""
        return with_late(self.have, self.late)


def with_late(number: int, late: tuple[str, ...]) -> Value:
    """Write a number, and below it how much of it comes later."""
    return (str(number), *(Span(text, "soft") for text in late)) if late else number


def list_required(at: Situation) -> Iterator[Asked]:
    """List what rules and pins ask for at each place, beside what the plan has there."""
    _, instance = at.language, at.instance
    for sector in instance.sectors:
        yield from _of_sector(at, sector)
    if instance.doctrine.officer_per_sector:
        for moving in instance.moving:
            if at.units[moving.id]:
                yield _officer_of(at, moving)
    for place in instance.places:
        yield from _of_vehicles(at, place)
    for post in instance.posts:
        yield from _of_post(at, post)
    yield from _of_presence(at)
    yield from _of_pins(at)
    yield from _of_reserve(at)


def _of_sector(at: Situation, sector: Sector) -> Iterator[Asked]:
    _, here = at.language, at.teams(sector.id)
    if at.instance.doctrine.officer_per_sector and at.units[sector.id]:
        yield _officer(at, sector, _("every occupied sector"))
    for role, least in sorted(sector.minimum.items()):
        if least:
            what = _("{role} (teams)", role=plain(at.roles[role].name))
            yield _asked(at, sector, what, int(least), _of_role(here, {role}), _("least of the sector"))
    if sector.traffic_need and at.active(sector):
        why, need = _("way out kept open"), int(sector.traffic_need)
        placed, along = _guides(at, here), _guides(at, _always_there(at, sector))
        asked = _asked(at, sector, _("traffic (heads)"), need, [*placed, *along], why)
        if number := asked.have - math.floor(math.fsum(n for _team, n in placed) + 1e-9):
            said = _("{n} of them with the crowd", n=at.number(number))
            asked = replace(asked, late=(*asked.late, said))
        yield asked


def _guides(at: Situation, here: Iterable[tuple[Team, int]]) -> list[tuple[Team, float]]:
    """Give what teams can do to keep a way out open, in heads."""
    return [(t, float(at.roles[t.role].traffic) * float(t.fitness) * int(t.size) * n) for t, n in here]


def _always_there(at: Situation, sector: Sector) -> Iterator[tuple[Team, int]]:
    """Give the teams that go with people who are the only ones expected in a sector: there whenever these are."""
    crowds = {visit.gathering.id for visit in at.visits.get(sector.id, ())}
    for one in at.instance.accompaniments:
        if crowds == {one.gathering}:
            yield from at.teams(one.id)


def _officer(at: Situation, place: Sector | Moving, why: str) -> Asked:
    officers = {role.id for role in at.instance.roles if role.officer}
    here = _of_role(at.teams(place.id), officers)
    return _asked(at, place, at.language("officer in charge (teams)"), 1, here, why)


def _officer_of(at: Situation, moving: Moving) -> Asked:
    """Ask for an officer along, or for those of the sectors where units stand that go with nobody."""
    _, stops = at.language, {sector.id: sector for sector in at.instance.sectors}
    if isinstance(moving, Accompaniment):
        return _officer(at, moving, _("every accompaniment"))
    along = _officer(at, moving, _("every movement"))
    if along.have or goes_with_people(moving):
        return along
    there = [_officer(at, stops[stop], "") for stop in list_stops(at.instance, moving)]
    fewest = min(there, key=lambda one: one.have)
    return replace(along, have=fewest.have, late=fewest.late, why=_("every movement; of the sectors where it stands"))


def _asked(
    at: Situation,
    place: Sector | Post | Moving | str,
    what: str,
    required: int,
    counted: Iterable[tuple[Team | VehicleType, float]],
    why: str,
) -> Asked:
    """Add up what the plan has of what is asked for, and say how much of it comes later than the place needs it."""
    name, needed = (place, 0.0) if isinstance(place, str) else (plain(place.name), at.stand(place))
    parts = list(counted)
    have = math.floor(math.fsum(n for _, n in parts) + 1e-9)
    return Asked(name, what, required, have, why, tell_late(at.instance, parts, at.language, needed))


def _of_role(here: Iterable[tuple[Team, int]], roles: set[str]) -> Iterator[tuple[Team, int]]:
    return ((t, n) for t, n in here if t.role in roles)


def _of_vehicles(at: Situation, place: Sector | Post | Moving) -> Iterator[Asked]:
    _ = at.language
    asked: dict[str, int] = {}
    for vehicle, n in at.vehicles(place.id):
        for role, heads in ((vehicle.crew_role, vehicle.crew), (vehicle.escort_role, vehicle.escort)):
            if role is not None and heads:
                asked[role] = asked.get(role, 0) + n * int(heads)
    for role, heads in asked.items():
        have = [(t, n * int(t.size)) for t, n in _of_role(at.teams(place.id), {role})]
        what = _("{role} (heads)", role=plain(at.roles[role].name))
        yield _asked(at, place, what, heads, have, _("crew and escort of vehicles"))


def _of_post(at: Situation, post: Post) -> Iterator[Asked]:
    _ = at.language
    heads = sum(n * int(t.size) for t, n in at.teams(post.id))
    required = math.ceil(float(post.mobile) * heads - 1e-9)
    if required:
        seats = [(v, n * int(v.seats)) for v, n in at.vehicles(post.id)]
        yield _asked(at, post, _("seats"), required, seats, _("share that must ride"))


def _of_presence(at: Situation) -> Iterator[Asked]:
    """List who must be there by the rules of presence, as far as each asks for at least one."""
    frame = Frame.of(at.instance)
    numbers = {place.id: {u.kind.id: u.number for u in at.units[place.id]} for place in at.instance.places}
    for requirement in chain(*frame.presence.values()):
        (row, *_rest) = requirement.rows
        if row.least != 1:
            continue
        cells = [(at.instance.places[p], frame.kinds[k]) for p, k in row.terms]
        have = [(kind, numbers[place.id].get(kind.id, 0)) for place, kind in cells]
        what = plain(at.language(requirement.name))
        yield _asked(at, at.instance.places[next(iter(row.terms))[0]], what, 1, have, at.language("rule of presence"))


def _of_pins(at: Situation) -> Iterator[Asked]:
    _, instance = at.language, at.instance
    kinds = {r.id: plain(r.name) for r in instance.roles} | {v.id: plain(v.name) for v in instance.vehicles}
    kinds |= {t.id: plain(t.name) for t in instance.teams}
    places: dict[str, Sector | Post | Moving] = {place.id: place for place in instance.places}
    for pin in instance.pins:
        if pin.at_least:
            here = at.units[pin.place]
            have = [(u.kind, u.number) for u in here if pin.what in (u.kind.id, getattr(u.kind, "role", None))]
            if pin.what not in kinds:  # all heads there, as the checker counts them
                have = [(u.kind, u.heads) for u in here]
            what = kinds.get(pin.what) or _("heads")
            yield _asked(at, places[pin.place], what, pin.at_least, have, plain(pin.why) or _("pin"))


def _of_reserve(at: Situation) -> Iterator[Asked]:
    _, instance = at.language, at.instance
    waiting = [[(t, n) for t, n in at.teams(p.id) if may_be_called(at, t)] for p in instance.posts]
    if instance.doctrine.reserve_least:
        least = int(instance.doctrine.reserve_least)
        yield _asked(at, _("all posts"), _("callable teams"), least, chain(*waiting), _("least reserve"))
    if any(sector.cover for sector in instance.sectors):
        within = mark_reach(instance)
        minutes = given(float(instance.doctrine.reserve_reach), at.language)
        for i, sector in enumerate(instance.sectors):
            if sector.cover:
                have = chain(*(teams for teams, near in zip(waiting, within[i], strict=True) if near))
                why = _("cover within {n} min", n=minutes)
                yield _asked(at, sector, _("callable teams in reach"), int(sector.cover), have, why)
