"""Doctrine in a commander's words: who may act when, what takes over, gates, the ladder of force."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from optimiser.common.number_format import given, plain
from optimiser.model.instance import Role, Sector, Team
from optimiser.model.values.base import CallPhase
from optimiser.output.blocks import Points, Section, Span, Table, TableColumn, Tone, Value
from optimiser.output.orders.situation import Situation

CALL_PHASES: tuple[CallPhase, ...] = get_args(CallPhase)
LINE_SHARE = 0.5  # of the strongest containment in a phase: who has less is there for something else, assumed
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


def commander(at: Situation, phase: CallPhase) -> str:
    """Name who commands in a phase."""
    return plain(at.instance.doctrine.command.get(phase, "?"))


def _line_roles(at: Situation) -> dict[CallPhase, tuple[Role, ...]]:
    """Give the roles that first take the line in a phase: soft, second, and third line; officers are none."""
    found: dict[CallPhase, tuple[Role, ...]] = {}
    for i, phase in enumerate(CALL_PHASES):
        able = {r.id: float(getattr(r.containment, phase)) for r in at.instance.roles if phase in r.phases}
        least = LINE_SHARE * max(able.values(), default=0.0)
        earlier = set(CALL_PHASES[:i])
        found[phase] = tuple(
            r
            for r in at.instance.roles
            if able.get(r.id, 0.0) > 0.0 and able[r.id] >= least and not earlier & set(r.phases) and not r.officer
        )
    return found


def tasks_section(at: Situation, sector: Sector) -> Section:
    """Lay out tasks by phase: who commands, who acts, who keeps back, and what is to be done."""
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    for phase in CALL_PHASES:
        here = at.teams(sector.id)
        acts = [(t, n) for t, n in here if phase in at.roles[t.role].phases]
        back = [(t, n) for t, n in here if phase not in at.roles[t.role].phases]
        if not here:
            who = _("nobody here")
        elif not acts:
            who = _("nobody of those here; all keep back")
        elif back:
            who = _("all but {units}, who keep back", units=at.list(back))
        else:
            who = _("all who are here")
        do = {"green": _green, "yellow": _yellow, "red": _red}[phase](at, sector)
        rows.append((phase_mark(at, phase), commander(at, phase), who, tuple(do)))
    heads = ((_("Phase"), 1.0), (_("In command"), 1.1), (_("May act"), 1.8), (_("Tasks"), 7.8))
    columns = tuple(TableColumn(name, width) for name, width in heads)
    return Section(_("Tasks by phase"), (Table(columns, tuple(rows)),))


def _green(at: Situation, sector: Sector) -> Iterator[str]:
    _ = at.language
    yield _("Escort, appeal courteously, keep contact with the organisers; bring the delegation in.")
    if any(float(at.roles[t.role].visibility) >= 1.0 for t, n in at.teams(sector.id)) or at.vehicles(sector.id):
        yield _("Shields, helmets and vehicles stay out of sight: they provoke a calm crowd.")
    if not sector.exit_open:
        yield _("There is no way out for the crowd here: make one, and say so at once.")
    elif sector.traffic_need:
        yield _("Keep the way out open: {n} traffic heads are needed for it.", n=at.number(int(sector.traffic_need)))
    else:
        yield _("Keep the way out open.")


def _yellow(at: Situation, sector: Sector) -> Iterator[str]:
    _ = at.language
    yield _("Negotiators go on as long as possible. Appeal step by step; fire extinguishers at hand.")
    minutes = given(float(at.instance.doctrine.lapis), at.language)
    yield _("Lapis ganti ({minutes} min) to {who}", minutes=minutes, who=_taker(at, sector, "yellow"))
    yield _("Ask for reserve. Never act against all for what a few do.")


def _red(at: Situation, sector: Sector) -> Iterator[str]:
    _ = at.language
    doctrine = at.instance.doctrine
    yield _(
        "Only for crimes, and after negotiation failed. {who} gives the order (about {minutes} min).",
        who=commander(at, "red"),
        minutes=given(float(doctrine.order_red), _),
    )
    minutes = given(float(doctrine.lintas), at.language)
    yield _("Lintas ganti ({minutes} min) to {who}", minutes=minutes, who=_taker(at, sector, "red"))
    yield _("Disperse by stages, the way out open; arrest offenders only; medics help everybody alike.")
    staff = int(sector.official.staff) if sector.official else 0
    if staff:
        rides = any(v.protected for v, n in at.vehicles(sector.id))
        took = given(float(doctrine.evacuation_protected if rides else doctrine.evacuation), _)
        if rides:
            yield _("Take {n} officials out in the protected vehicle (about {minutes} min).", n=staff, minutes=took)
        else:
            yield _("Lead {n} officials out on foot (about {minutes} min).", n=staff, minutes=took)


def _taker(at: Situation, sector: Sector, phase: CallPhase) -> str:
    """Say who takes the line over: those who stand here, else the soonest help, else those to be asked."""
    _ = at.language
    roles = {role.id for role in _line_roles(at)[phase]}
    here = [(t, n) for t, n in at.teams(sector.id) if t.role in roles]
    if here:
        return _("{units}, who are here.", units=at.list(here))
    for help in at.help(sector):
        units = [(t, n) for t, n in help.units if t.role in roles]
        if units:
            soonest = (min(help.ride[0], help.march[0]), min(help.ride[1], help.march[1]))
            return _(
                "{units} from {place}, there {minutes} min after the call.",
                units=at.list(units),
                place=plain(help.station.name),
                minutes=at.range(soonest, up=True),
            )
    if phase == "yellow":
        return _("a second line that this plan has not: ask the nearest Polres for Dalmas lanjut.")
    return _("PHH, which this plan has not: the higher command sends it.")


def gates_section(at: Situation) -> Section | None:
    """List the gates before wide-area means, to be ticked in this order; None where a plan has no such means."""
    _ = at.language
    if not any(v.water_cannon and v.count for v in at.instance.vehicles):
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
    role = at.roles[team.role]
    words = [word.strip(":,;()") for word in role.name.split()]
    told = any(w[:4].lower() in team.name.lower() for w in words if len(w) > 3 or w.isupper())
    return plain(team.name) if told else f"{plain(team.name)}, {plain(role.name)}"
