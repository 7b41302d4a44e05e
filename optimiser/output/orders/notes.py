"""What a planner noted beside the numbers, on papers: call signs, contacts, equipment; what is not noted is a line."""

from __future__ import annotations

from optimiser.common.number_format import plain
from optimiser.model.instance import Post, Sector
from optimiser.model.parts.movement import Moving
from optimiser.model.parts.notes import say_call_signs
from optimiser.output.blocks import BY_HAND, Inline, Span, Value
from optimiser.output.orders.form import Unit
from optimiser.output.orders.situation import Situation


def contact_pairs(at: Situation, place: Sector | Post | Moving) -> list[tuple[str, Value]]:
    """List contact and equipment of a place where they are noted."""
    _ = at.language
    noted = ((_("Contact"), place.contact), (_("Equipment"), place.equipment))
    return [(label, plain(text)) for label, text in noted if text]


def radio_pair(at: Situation, place: Sector | Post | Moving) -> tuple[str, Value]:
    """Write the call sign of a place, or a line for it."""
    label = at.language("Radio channel, call sign")
    return (label, Span(plain(place.call_sign), "strong") if place.call_sign else BY_HAND)


def leader_cell(unit: Unit) -> Value:
    """Write call signs and contact of a unit below each other, or leave a line."""
    signs = say_call_signs(unit.kind, unit.first, unit.number)
    texts = [plain(text) for text in (signs, unit.kind.contact) if text]
    return tuple(texts) if texts else BY_HAND


def equipped_cell(cell: Value, unit: Unit) -> Value:
    """Write below the name of a unit what it brings along."""
    if not unit.kind.equipment or not isinstance(cell, str | Span):
        return cell
    below: Inline = Span(plain(unit.kind.equipment), "soft")
    return (cell, below)
