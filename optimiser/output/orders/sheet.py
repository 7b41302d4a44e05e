"""The sheet of one sector: who stands there, when and what for; one page for the officer in charge."""

from __future__ import annotations

import math
from collections.abc import Iterator

from optimiser.common.number_format import given, percent, plain, span
from optimiser.model.clocks import find_first_minute, span_window
from optimiser.model.instance import CriticalWindow, Official, Post, Reinforcement, Sector, Team, VehicleType
from optimiser.model.parts.movement import Movement, Moving
from optimiser.output.blocks import (
    BLANK,
    BY_HAND,
    Pairs,
    Points,
    Section,
    Signatures,
    Space,
    Span,
    Table,
    TableColumn,
    Value,
)
from optimiser.output.orders.doctrine import CALL_PHASES, gates_section, phase_name, team_label
from optimiser.output.orders.form import Paper, Unit
from optimiser.output.orders.notes import contact_pairs, equipped_cell, leader_cell, radio_pair
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.along import coming_lines, list_coming
from optimiser.output.orders.staffing.callable import (
    LIKELY,
    Help,
    count_without_seat,
    expects_cannon,
    has_cannon,
    list_help,
    needs_gates,
)
from optimiser.output.orders.staffing.course import course_section, fit_course
from optimiser.output.orders.staffing.in_phase import tell_callable
from optimiser.output.orders.staffing.lift import tell_lift
from optimiser.output.orders.staffing.relief import overdue_pairs
from optimiser.output.orders.staffing.tasks import tasks_section
from optimiser.output.words.head_counts import with_start

AGAIN = "″"  # as in the row above
MOST_HELP = 4  # stations on a sheet, assumed


def sector_sheet(at: Situation, sector: Sector) -> Paper:
    """Write the sheet of a sector where somebody stands."""
    return fit_course(lambda rows: _sector_sheet(at, sector, rows))


def _sector_sheet(at: Situation, sector: Sector, rows: int) -> Paper:
    _ = at.language
    sections: list[Section] = [_head(at, sector), *coming_sections(at, sector), strength_section(at, sector)]
    sections += [talk_section(at, sector), course_section(at, sector, rows), tasks_section(at, sector)]
    sections += [
        help_section(at, sector),
        gates_section(at, sector) or Section(_("Notes"), (Space(5),), half=True),
        liaison_section(at, sector),
        signature_section(at),
    ]
    kind = _("Order sheet, sector, ring {ring}", ring=ring_name(at, sector.ring))
    return Paper(sector.id, kind, plain(sector.name), tuple(sections), sector.id, at.units[sector.id])


# ---------------------------------------------------------------- who and when


def _head(at: Situation, sector: Sector) -> Section:
    _ = at.language
    pairs: list[tuple[str, Value]] = [
        (_("Officer in charge (Padal)"), BY_HAND),
        (_("Officer stands at"), plain(sector.officer_post) if sector.officer_post else BY_HAND),
        (_("Formed up by"), Span(at.clock(at.stand(sector)), "strong")),
        (_("First people expected"), _first(at, sector)),
        (_("Heads here"), room(at, sector)),
        *overdue_pairs(at, sector.id),
        *expected_pairs(at, sector),
        *contact_pairs(at, sector),
    ]
    return Section("", (Pairs(tuple(pairs)),))


def coming_sections(at: Situation, sector: Sector) -> Iterator[Section]:
    """Say who comes along with people or as planned, apart from those who stand in a sector all day."""
    if several := tuple(coming_lines(at, sector)):
        under = (at.language("Under the officer in charge here while they stand here."),) if at.units[sector.id] else ()
        yield Section(_label(at, sector), (Points((*several, *under)),))


def _label(at: Situation, sector: Sector) -> str:
    """Name those who are in a sector for a time."""
    if any(isinstance(one.moving, Movement) for one in list_coming(at, sector)):
        return at.language("With the crowd or as planned, not counted here")
    return at.language("With the crowd, not counted here")


def expected_pairs(at: Situation, sector: Sector) -> Iterator[tuple[str, Value]]:
    """Say how many people are expected at most, what must go on, and how often it turns yellow and red."""
    _ = at.language
    if sector.id in at.visits:
        yield _("Most people at once"), _("about {n}", n=at.number(at.peaks[sector.id]))
    if sector.critical:
        yield _("Must go on"), Span("; ".join(windows(at, sector)), "strong")
    if shares := tell_shares(at, sector):
        yield _("Reached in scenarios"), shares


def tell_shares(at: Situation, sector: Sector) -> str:
    """Say in which share of scenarios a sector turns yellow and red; empty where none was played."""
    stays = [(p, stay) for p in CALL_PHASES[1:] if (stay := at.stay(sector, p))]
    return ", ".join(f"{phase_name(at, p)} {percent(s.reached, language=at.language)}" for p, s in stays)


def ring_name(at: Situation, number: int) -> str:
    """Name a ring."""
    _ = at.language
    return {1: _("1, inner"), 2: _("2, middle"), 3: _("3, outer")}.get(number, str(number))


def windows(at: Situation, sector: Sector) -> list[str]:
    """Write the critical windows of a sector in the order of the day."""
    in_order = sorted(sector.critical, key=lambda w: span_window(at.instance, w))
    return [f"{plain(w.name)} {tell_window(at, w)}" for w in in_order]


def tell_window(at: Situation, window: CriticalWindow) -> str:
    """Write from when until when a process must go on."""
    return f"{at.language.clock(window.start)}–{at.language.clock(window.end)}"


def _first(at: Situation, sector: Sector) -> str:
    _ = at.language
    visits = at.visits.get(sector.id, ())
    if not visits:
        return _("no gathering is expected")
    first = at.clock(at.first_people[sector.id])
    return _("about {mean}, at the earliest {first}", mean=at.clock(visits[0].start), first=first)


def room(at: Situation, place: Sector | Post | Moving) -> str:
    """Write the heads at a place, from when there are so many, and how many it can hold."""
    _ = at.language
    return _("{n}; room for {most}", n=tell_heads(at, place), most=at.number(int(place.staging_capacity)))


def tell_heads(at: Situation, place: Sector | Post | Moving) -> str:
    """Write the heads at a place: ``67``, or ``57, from 13:00 67`` where some can be used only later."""
    due = at.stand(place)
    steps = [(minute, heads) for minute, heads in at.strength(place.id) if minute > due]
    first = at.heads(place.id) if not steps else at.strength(place.id)[-len(steps) - 1][1]
    later = (at.language("from {clock} {n}", clock=at.clock(m), n=at.number(n)) for m, n in steps)
    return ", ".join([at.number(first), *later])


def strength_section(at: Situation, place: Sector | Post | Moving) -> Section:
    """List teams and vehicles of a place, each with running numbers, heads and room for a name."""
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    before = ""
    for u in at.units[place.id]:
        name, *cells = unit_cells(at, u, at.stand(place))
        leaves = _leaves(at, u, place)
        told: Value = Span(AGAIN, "soft") if leaves == before else leaves
        rows.append((equipped_cell(name, u), *cells, leader_cell(u), told))
        before = leaves
    rows.append((Span(_("Together"), "strong"), BLANK, Span(at.number(at.heads(place.id)), "strong"), BLANK, BLANK))
    columns = (
        TableColumn(_("Unit"), 4.1),
        TableColumn(_("No."), 0.9),
        TableColumn(_("Heads"), 0.95, right=True),
        TableColumn(_("Leader, call sign"), 2.8),
        TableColumn(_("Leaves"), 3.0),
    )
    return Section(_("Strength"), (Table(columns, tuple(rows), tell_lift(at, place)),))


def unit_cells(at: Situation, unit: Unit, needed: float = 0.0) -> tuple[Value, Value, Value]:
    """Write a unit, needed at a minute, as name, running numbers and heads; see `Situation.count`."""
    _ = at.language
    kind = unit.kind
    if isinstance(kind, Team):
        name = with_start(at.instance, kind, f"{at.number(unit.number)} × {team_label(at, kind)}", _, needed)
        if not kind.counts:
            name = _("{units} (outside the cap)", units=name)
        return (name, unit.numbers, unit.heads)
    return (f"{at.count(kind, unit.number, needed)}{crew(at, kind, unit.number)}", unit.numbers, unit.heads)


def crew(at: Situation, kind: VehicleType, number: int) -> str:
    """Say where the crew of vehicles comes from, and their escort and seats."""
    _ = at.language
    parts = []
    if kind.crew and kind.crew_role is None:
        parts.append(_("own crew of {n}", n=number * int(kind.crew)))
    elif kind.crew and kind.crew_role in at.roles:
        parts.append(_("crew of {n} from {role}", n=number * int(kind.crew), role=plain(at.roles[kind.crew_role].name)))
    if kind.escort and kind.escort_role in at.roles:
        role = plain(at.roles[str(kind.escort_role)].name)
        parts.append(_("escort of {n} from {role}", n=number * int(kind.escort), role=role))
    if kind.seats:
        parts.append(at.language.plural("{n} seat", "{n} seats", number * int(kind.seats)))
    return f" ({'; '.join(parts)})" if parts else ""


def _leaves(at: Situation, unit: Unit, place: Sector | Post | Moving) -> str:
    """Say from where and when a unit leaves, or from when it can be used."""
    _ = at.language
    kind = unit.kind
    home = plain(at.homes[kind.home].name)
    minute = find_first_minute(at.instance, kind)
    clock = at.clock(minute) if minute > at.stand(place) else ""
    late = _("; there from {clock}", clock=clock) if clock else ""
    if kind.home == place.id:
        return _("is there from {clock}", clock=clock) if clock else _("is there")
    leave = at.leave(kind, place)
    if leave is None:
        return _("no open way from {place}", place=home) + late
    return _("{place} by {clock}", place=home, clock=at.clock(math.floor(leave))) + late


# ---------------------------------------------------------------- what is expected


def talk_section(at: Situation, sector: Sector) -> Section:
    """Say who receives the delegation, how soon, and what agreeing on a time would bring."""
    _ = at.language
    official, visits = sector.official, at.visits.get(sector.id, ())
    if official is None:
        pairs: tuple[tuple[str, Value], ...] = (
            (_("Receives the delegation"), _("nobody is named; ask for somebody:")),
            (_("Name, phone"), BY_HAND),
        )
        return Section(_("First: talk"), (Pairs(pairs),), half=True)
    found: list[tuple[str, Value]] = [(_("Receives the delegation"), Span(plain(official.name), "strong"))]
    found.append((_("How soon"), how_soon(at, official)))
    if official.promised is None:
        lever = next((x for x in at.expected.levers if x.sector == sector.id), None)
        if lever is not None:
            change = span(lever.change.loss.interval, True, _)
            gain = _("within {minutes} min: {points} points", minutes=given(lever.minutes, _), points=change)
            found.append((_("Try to agree on"), gain))
    if visits:
        first = visits[0].start
        marks = [at.clock(first + float(m)) for m in at.instance.doctrine.waiting_marks]
        if marks:
            found.append((_("Unmet, trust is lost at"), ", ".join(marks)))
    found += [(_("Name, phone"), BY_HAND), (_("Talks began; received at"), BY_HAND)]
    return Section(_("First: talk"), (Pairs(tuple(found)),), half=True)


def how_soon(at: Situation, official: Official) -> Value:
    """Say how soon an official receives a delegation, and whether that is agreed."""
    _ = at.language
    if official.promised is not None:
        return Span(_("agreed, within {minutes} min", minutes=given(float(official.promised), _)), "strong")
    if not official.chance:
        return _("not agreed, and not expected")
    likely, after = percent(float(official.chance), language=_), given(float(official.after), _)
    return _("not agreed; {share} likely, after about {n} min", share=likely, n=after)


# ---------------------------------------------------------------- help


def help_section(at: Situation, sector: Sector) -> Section:
    """List who can be called and how soon: stations with their teams, every water cannon that may come, ambulances."""
    _ = at.language
    cannon = expects_cannon(at, sector)
    helps = [h for h in list_help(at, sector) if cannon or h.vehicle is None or not h.vehicle[0].water_cannon]
    stations = [h for h in helps if h.vehicle is None]
    shown = [h for h in helps if h.vehicle is not None or h in stations[:MOST_HELP]]
    rows = [_help_row(at, h) for h in shown]
    if len(stations) > MOST_HELP:
        rows.append((at.language.plural("and {n} more", "and {n} more", len(stations) - MOST_HELP),))
    if not rows:
        rows = [(Span(_("nobody can be called here"), "bad"),)]
    columns = (
        TableColumn(_("Where"), 3.0),
        TableColumn(_("Who"), 4.8),
        TableColumn(_("Ride, min"), 0.9, right=True),
        TableColumn(_("March, min"), 1.0, right=True),
    )
    again = given(float(at.instance.doctrine.ask_again), _)
    note = _(
        "Minutes from the call until formed up, without traffic; – is no way. If refused, ask again after {n} min.",
        n=again,
    )
    few = [plain(h.station.name) for h in shown if isinstance(h.station, Post) and count_without_seat(at, h.station)]
    if few:
        note += " " + _("Too few seats for all, the rest march: {places}.", places=", ".join(dict.fromkeys(few)))
    return Section(
        _("Reserve that can be called"), (Table(columns, tuple(rows), f"{note} {_tell_gates(at, sector)}".strip()),)
    )


def _tell_gates(at: Situation, sector: Sector) -> str:
    """Say where the gates of the water cannon are; nothing where the sheet itself has them, or there is no cannon."""
    _ = at.language
    if not has_cannon(at) or needs_gates(at, sector):
        return ""
    if not expects_cannon(at, sector):
        return _("The water cannon is not expected here; its gates are in the operation order.")
    return _(
        "The water cannon comes here only in red, in under {share} of scenarios; its gates are in the operation order.",
        share=percent(LIKELY, language=_),
    )


def _help_row(at: Situation, help: Help) -> tuple[Value, ...]:
    """Write a station with its teams, or with a vehicle and who goes along."""
    _ = at.language
    where, who = plain(help.station.name), at.list(help.teams) if help.vehicle else tell_callable(at, help)
    if isinstance(help.station, Reinforcement):
        where = _("{place}, from outside, once {phase}", place=where, phase=phase_name(at, help.station.asked))
    if help.vehicle is not None:
        kind, number = help.vehicle
        words = {"unit": at.count(kind, number), "phase": phase_name(at, "red"), "teams": who}
        who = _("{unit}, once {phase}, with {teams}", **words) if who else _("{unit}, once {phase}", **words)
    return where, who, at.range(help.ride, up=True), at.range(help.march, up=True)


def liaison_section(at: Situation, sector: Sector) -> Section:
    """Leave room for channels and phone numbers."""
    _ = at.language
    pairs: list[tuple[str, Value]] = [radio_pair(at, sector), (_("Command post"), BY_HAND)]
    contacts = list({v.gathering.id: v.gathering for v in at.visits.get(sector.id, ())}.values())
    for gathering in contacts[:2]:
        label = _("Organisers, {name}", name=plain(gathering.name))
        pairs.append((label, BY_HAND))
    pairs += [(_("Medical, ambulance"), BY_HAND), (_("Fire brigade"), BY_HAND)]
    return Section(_("Communications and liaison"), (Pairs(tuple(pairs)),), half=True)


def signature_section(at: Situation, received: str | None = None) -> Section:
    """Give the lines where a sheet is signed; by the officer in charge unless it says who else receives it."""
    _ = at.language
    received = received or _("Received: officer in charge")
    people = (_("Prepared by"), received, _("Ordered by: {who}", who=_chief(at)))
    return Section("", (Signatures(people, (_("Name, rank, date"),)),))


def _chief(at: Situation) -> str:
    """Name who commands in yellow, whose plan it is."""
    return plain(at.instance.doctrine.command.get("yellow", "Kapolres"))
