"""How units get to their first places: no lift is planned, so papers say who has to go, and ask who arranges it."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.model.instance import Post, Sector, VehicleType
from optimiser.model.parts.movement import Moving
from optimiser.output.blocks import BY_HAND, Value
from optimiser.output.orders.situation import Situation


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
    placed = [unit for place in at.instance.places for unit in at.units[place.id]]
    seats = sum(int(unit.kind.seats) * unit.number for unit in placed if isinstance(unit.kind, VehicleType))
    said = _(
        "{heads} leave home, {seats} in this plan; times are those of one turn",
        heads=_.plural("{n} head", "{n} heads", heads),
        seats=_.plural("{n} seat", "{n} seats", seats),
    )
    yield _("Lift, not planned"), said
    yield _("Lift arranged by"), BY_HAND
