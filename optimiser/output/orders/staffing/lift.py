"""How units get to their first places: no lift is planned, so papers say who has to go, and ask who arranges it.

What has to be settled is laid out: who goes from where to where, when at the latest, and how often vehicles have to
drive at least. Which vehicle carries whom, and in which turn, is left to be filled in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from optimiser.model.instance import Post, Sector, Team, VehicleType
from optimiser.model.parts.movement import Moving
from optimiser.output.blocks import BY_HAND, Section, Span, Table, TableColumn, Value
from optimiser.output.orders.form import Unit
from optimiser.output.orders.situation import Situation


@dataclass(frozen=True)
class _Going:
    """Teams that go from their home to their first place.

    Attributes
    ----------
    goal : that, and who moves on from there.
    leaves : minute at which they leave at the latest; infinite where no way is open.
    way : minutes there at the pace of columns; infinite likewise.
    """

    goal: Value
    heads: int
    leaves: float
    way: float


def leave_home(at: Situation, place: Sector | Post | Moving) -> int:
    """Count the heads of a place whose first place is not their home."""
    first = at.assembly[place.id].id if isinstance(place, Moving) else place.id
    return sum(unit.heads for unit in at.units[place.id] if unit.kind.home != first)


def tell_lift(at: Situation, place: Sector | Post | Moving) -> str:
    """Say what leaving times take for granted, and where to read how units get to a place that is not their home."""
    _ = at.language
    said = []
    if not isinstance(place, Post):
        text = _(
            "Leaving times are the latest, at the pace of columns without traffic. "
            "Expected figures take everybody in place from {clock}, who comes later from the time given.",
            clock=at.clock(0.0),
        )
        said.append(text)
    if leave_home(at, place):
        said.append(_("Lift: as arranged in the operation order."))
    return " ".join(said)


def lift_pairs(at: Situation) -> Iterator[tuple[str, Value]]:
    """Say how many have to get to another place first and how many seats there are, with a line for who arranges it."""
    _ = at.language
    heads = sum(leave_home(at, place) for place in at.instance.places)
    if not heads:
        return
    said = _(
        "{heads} leave home, {seats} in this plan; times are those of one turn",
        heads=_.plural("{n} head", "{n} heads", heads),
        seats=_.plural("{n} seat", "{n} seats", sum(_count_seats(at, post) for post in at.instance.posts)),
    )
    yield _("Lift, not planned"), said
    yield _("Lift arranged by"), BY_HAND


def lift_sections(at: Situation) -> Iterator[Section]:
    """List who of the teams has to get from where to which first place, until when, with room for what carries them.

    By home, with how often its vehicles have to drive at least; then in the order in which they leave. Who has no open
    way comes last and is not counted in turns.
    """
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    for home in at.instance.posts:
        going = sorted(_list_going(at, home), key=lambda one: one.leaves)
        total, seats = sum(one.heads for one in going if math.isfinite(one.leaves)), _count_seats(at, home)
        for number, one in enumerate(going):
            name, turns = Span(at.names[home.id], "strong"), (_tell_turns(at, total, seats),) if total else ()
            start: Value = (name, *turns) if not number else ""
            row = (start, one.goal, at.number(one.heads))
            if math.isfinite(one.leaves):
                there_and_back = at.range((2.0 * one.way,) * 2, up=True)
                rows.append((*row, at.clock(one.leaves), there_and_back, BY_HAND))
            else:
                rows.append((*row, "–", "–", Span(_("no open way"), "bad")))
    if not rows:
        return
    columns = (
        TableColumn(_("Where from"), 3.4),
        TableColumn(_("To"), 3.0),
        TableColumn(_("Heads"), 0.9, right=True),
        TableColumn(_("Leaves"), 1.0),
        TableColumn(_("There and back, min"), 1.1, right=True),
        TableColumn(_("Rides in, turn"), 2.6),
    )
    note = _(
        "To be settled by whoever arranges the lift: which vehicle carries whom, and in which turn. Leaving times are "
        "the latest, with room for all at once; whoever must ride before a vehicle is needed again leaves as much "
        "earlier as it takes there and back."
    )
    if any(u.heads and u.kind.home != first for u, first in _list_vehicles(at)):
        note += " " + _("Crews of vehicles are not among them.")
    yield Section(_("Lift to the first places, not planned"), (Table(columns, tuple(rows), note),))


def _tell_turns(at: Situation, heads: int, seats: int) -> Span:
    _ = at.language
    words = {"heads": _.plural("{n} head", "{n} heads", heads), "seats": _.plural("{n} seat", "{n} seats", seats)}
    if not seats:
        return Span(_("{heads}, no seat", **words), "bad")
    turns = math.ceil(heads / seats)
    said = _.plural("{heads}, {seats}: {n} turn at least", "{heads}, {seats}: {n} turns at least", turns, **words)
    return Span(said, "bad" if turns > 1 else "soft")


def _list_going(at: Situation, home: Post) -> Iterator[_Going]:
    """List where teams of a post have to go first, by when they leave."""
    form_up = float(at.instance.travel.form_up)
    for place in at.instance.places:
        first = at.assembly[place.id] if isinstance(place, Moving) else place
        moves = (Span(at.names[place.id], "soft"),) if isinstance(place, Moving) else ()
        name = (Span(at.names[first.id]), *moves)
        found: dict[float, _Going] = {}
        for unit in at.units[place.id]:
            if isinstance(unit.kind, Team) and unit.kind.home == home.id != first.id:
                leaves = at.leave(unit.kind, place)
                way = math.inf if leaves is None else at.report(unit.kind, place) - form_up - leaves
                minute = math.inf if leaves is None else leaves
                heads = unit.heads + (found[minute].heads if minute in found else 0)
                found[minute] = _Going(name, heads, minute, way)
        yield from found.values()


def _count_seats(at: Situation, home: Post) -> int:
    """Count the seats of a post's vehicles in the plan."""
    vehicles = [(unit.kind, unit.number) for unit, _first in _list_vehicles(at) if unit.kind.home == home.id]
    return sum(int(kind.seats) * n for kind, n in vehicles if isinstance(kind, VehicleType) and not kind.water_cannon)


def _list_vehicles(at: Situation) -> list[tuple[Unit, str]]:
    """List the vehicles of the plan, each with its first place."""
    return [
        (unit, at.assembly[place.id].id if isinstance(place, Moving) else place.id)
        for place in at.instance.places
        for unit in at.units[place.id]
        if isinstance(unit.kind, VehicleType)
    ]
