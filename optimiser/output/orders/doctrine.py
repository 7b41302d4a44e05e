"""Doctrine in a commander's words: phases and who commands in them, gates, the ladder of force."""

from __future__ import annotations

from typing import get_args

from optimiser.common.message import Message
from optimiser.common.number_format import given, plain
from optimiser.model.instance import Post, Sector, Team
from optimiser.model.parts.doctrine import Doctrine
from optimiser.model.values.base import CallPhase
from optimiser.output.blocks import Points, Section, Span, Table, TableColumn, Tone, Value
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.callable import has_cannon, needs_gates
from optimiser.output.words.head_counts import label_team
from optimiser.output.words.presence import list_in_force

CALL_PHASES: tuple[CallPhase, ...] = get_args(CallPhase)
USUAL = Message("PHH, Perkap 16/2006 and Perkap 8/2010")  # as `Doctrine` has it
SHAPES = {"green": "●", "yellow": "▲", "red": "■"}


def phase_name(at: Situation, phase: str) -> str:
    """Name a phase in the reader's language, with the shape that stands for it."""
    _ = at.language
    names = {"green": _("Green"), "yellow": _("Yellow"), "red": _("Red")}
    return f"{SHAPES[phase]} {names[phase]}"


def phase_mark(at: Situation, phase: str) -> Span:
    """Name a phase so that it is seen."""
    tones: dict[str, Tone] = {"green": "green", "yellow": "yellow", "red": "red"}
    return Span(phase_name(at, phase), tones[phase])


def doctrine_name(at: Situation) -> str:
    """Name the doctrine, in the reader's language where a file leaves its name to the default."""
    name = at.instance.doctrine.name
    return at.language(USUAL) if name == Doctrine.model_fields["name"].default else plain(name)


def commander(at: Situation, phase: CallPhase) -> str:
    """Name who commands in a phase."""
    return plain(at.instance.doctrine.command.get(phase, "?"))


def gates_section(at: Situation, place: Sector | Post | None = None) -> Section | None:
    """List the gates before wide-area means, to be ticked in this order; None where there are no such means.

    Parameters
    ----------
    place : for its sheet; None for the whole plan.
    """
    _ = at.language
    if not (has_cannon(at) if place is None else needs_gates(at, place)):
        return None
    doctrine = at.instance.doctrine
    items = (
        _("the sector is red, and {who} has ordered it, at:", who=commander(at, "red")),
        _("the way out is open and shown to the crowd"),
        _("medics are on site"),
        _("the line does not hold without it"),
        _("warning given, {minutes} min before, at:", minutes=given(float(doctrine.warning), _)),
        _("then {minutes} min left to leave, over at:", minutes=given(float(doctrine.time_to_leave), _)),
        _("reason written down by:"),
    )
    return Section(_("Gates before the water cannon runs, each one"), (Points(items, tick=True),), half=True)


def presence_section(at: Situation) -> Section | None:
    """List the rules of presence in force; None where the instance has none."""
    presence = at.instance.presence
    if presence is None or not presence.in_force:
        return None
    items = list_in_force(at.instance, presence, at.language)
    return Section(at.language("Presence: who must be there"), (Points(items),))


def force_section(at: Situation) -> Section:
    """Give the ladder of force (Perkap 1/2009), which ends at its fifth stage here."""
    _ = at.language
    means = (
        _("presence"),
        _("words: appeals, negotiation, orders"),
        _("soft hand: leading away, holding"),
        _("hard hand: holds, pushing the line"),
        _("blunt or chemical means, water: behind every gate, and only in red"),
    )
    rows: list[tuple[Value, ...]] = [(i + 1, text) for i, text in enumerate(means)]
    rows.append((6, Span(_("firearms: out of scope, refer to higher command"), "strong")))
    columns = (TableColumn(_("Stage"), 0.8, right=True), TableColumn(_("Means, always the least that does"), 9.0))
    return Section(
        _("Ladder of force"), (Table(columns, tuple(rows), _("Perkap 1/2009. One step back as soon as it can be.")),)
    )


def team_label(at: Situation, team: Team) -> str:
    """Name a kind of team, with its role where the name tells nothing of it."""
    return label_team(at.roles[team.role], team)
