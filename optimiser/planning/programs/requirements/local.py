"""Rules that concern one place alone: its room, teams that a role must or may have, crews, officers, seats, pins."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from optimiser.common.message import Message
from optimiser.model.instance import Pin, Post, Sector, VehicleType
from optimiser.model.parts.movement import Movement, goes_with_people
from optimiser.planning.programs.requirements.rows import SHORT, Requirement, Row, count_units, in_charge, tell_teams

if TYPE_CHECKING:
    from optimiser.planning.programs.requirements.frame import Frame


def local(frame: Frame, p: int) -> Iterator[Requirement]:
    """List what concerns one place alone."""
    place = frame.instance.places[p]
    capacity = int(place.staging_capacity)
    name = Message("staging capacity of {heads} heads at {place}", heads=capacity, place=place.name)
    number = (*frame.locate(p), "staging_capacity")
    yield Requirement("staging", name, p, (Row(frame.heads_at([p]), most=capacity),), number)
    if isinstance(place, Sector):
        yield from _limits(frame, p, place)
    yield from _crews(frame, p, place.name)
    elsewhere = isinstance(place, Post) or (isinstance(place, Movement) and not goes_with_people(place))
    if frame.instance.doctrine.officer_per_sector and not elsewhere:
        name = Message("officer in charge of {place}, if anyone stands there", place=place.name)
        yield Requirement("officer", name, p, tuple(in_charge(frame, p, [p])))
    if isinstance(place, Post) and place.mobile > 0.0:
        yield _seats(frame, p, place)
    yield from frame.presence[p]
    for i, pin in frame.pins.get(place.id, ()):
        yield from _pin(frame, p, i, pin)


def _limits(frame: Frame, p: int, sector: Sector) -> Iterator[Requirement]:
    for role, least in sorted(sector.minimum.items()):
        words = {"teams": tell_teams(least), "role": frame.roles[role].name, "place": sector.name}
        name = Message("at least {teams} of {role} at {place}", **words)
        row = Row(count_units([p], frame.of_role(role)), least=int(least))
        yield Requirement("minimum", name, p, (row,), ("sectors", p, "minimum", role))
    for role, most in sorted(sector.maximum.items()):
        words = {"teams": tell_teams(most), "role": frame.roles[role].name, "place": sector.name}
        name = Message("at most {teams} of {role} at {place}", **words)
        row = Row(count_units([p], frame.of_role(role)), most=int(most))
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
    terms = count_units([p], same)
    if pin.at_least is not None:
        name = Message("pin: at least {least} of {what} at {place}{why}", least=pin.at_least, **words)
        yield Requirement("pin", name, p, (Row(terms, least=pin.at_least),), ("pins", i, "at_least"))
    if pin.at_most is not None:
        name = Message("pin: at most {most} of {what} at {place}{why}", most=pin.at_most, **words)
        yield Requirement("pin", name, p, (Row(terms, most=pin.at_most),), ("pins", i, "at_most"))


def _pin_heads(frame: Frame, p: int, i: int, pin: Pin) -> Iterator[Requirement]:
    """List what a pin asks of all heads at a place, extra crews included."""
    terms = frame.heads_at([p])
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
