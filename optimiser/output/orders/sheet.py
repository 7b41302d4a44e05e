"""The sheet of one sector: who stands there, when and what for; one page for the officer in charge."""

from __future__ import annotations

import math

from optimiser.common.number_format import given, percent, plain, span
from optimiser.model.clocks import span_window
from optimiser.model.instance import Official, Post, Reinforcement, Sector, Team, VehicleType
from optimiser.output.blocks import BY_HAND, Pairs, Section, Signatures, Space, Span, Table, TableColumn, Value
from optimiser.output.orders.doctrine import CALL_PHASES, gates_section, phase_name, tasks_section, team_label
from optimiser.output.orders.form import Paper, Unit
from optimiser.output.orders.notes import contact_pairs, equipped_cell, leader_cell, radio_pair
from optimiser.output.orders.situation import Situation

MOST_ROWS = 9  # of a list on a sheet, so that it stays one page; the rest is counted, assumed
MOST_HELP = 4  # stations on a sheet, assumed


def sector_sheet(at: Situation, sector: Sector) -> Paper:
    """Write the sheet of a sector."""
    _ = at.language
    sections: list[Section] = [_head(at, sector), strength_section(at, sector), _talk(at, sector), _course(at, sector)]
    sections.append(tasks_section(at, sector))
    sections += [
        _help(at, sector),
        gates_section(at) or Section(_("Notes"), (Space(5),), half=True),
        _liaison(at, sector),
        signature_section(at),
    ]
    kind = _("Order sheet, sector, ring {ring}", ring=ring_name(at, sector.ring))
    return Paper(sector.id, kind, plain(sector.name), tuple(sections), sector.id, at.units[sector.id])


# ---------------------------------------------------------------- who and when


def _head(at: Situation, sector: Sector) -> Section:
    _ = at.language
    visits = at.visits.get(sector.id, ())
    pairs: list[tuple[str, Value]] = [
        (_("Officer in charge (Padal)"), BY_HAND),
        (_("Officer stands at"), plain(sector.officer_post) if sector.officer_post else BY_HAND),
        (_("Formed up by"), Span(at.clock(at.stand(sector)), "strong")),
        (_("First people expected"), _first(at, sector)),
        (_("Heads here"), room(at, sector)),
        *contact_pairs(at, sector),
    ]
    if visits:
        peak = at.number(at.peaks[sector.id])
        pairs.append((_("Most people at once"), _("about {n}", n=peak)))
    if sector.critical:
        pairs.append((_("Must go on"), Span("; ".join(windows(at, sector)), "strong")))
    stays = [(p, stay) for p in CALL_PHASES[1:] if (stay := at.stay(sector, p))]
    if stays:
        shares = ", ".join(f"{phase_name(at, p)} {percent(s.reached, language=_)}" for p, s in stays)
        pairs.append((_("Reached in scenarios"), shares))
    return Section("", (Pairs(tuple(pairs)),))


def ring_name(at: Situation, number: int) -> str:
    """Name a ring."""
    _ = at.language
    return {1: _("1, inner"), 2: _("2, middle"), 3: _("3, outer")}.get(number, str(number))


def windows(at: Situation, sector: Sector) -> list[str]:
    """Write the critical windows of a sector."""
    clock = at.language.clock
    return [f"{plain(w.name)} {clock(w.start)}–{clock(w.end)}" for w in sector.critical]


def _first(at: Situation, sector: Sector) -> str:
    _ = at.language
    visits = at.visits.get(sector.id, ())
    if not visits:
        return _("no gathering is expected")
    return _("about {mean}, at the earliest {first}", mean=at.clock(visits[0].start), first=at.clock(at.stand(sector)))


def room(at: Situation, place: Sector | Post) -> str:
    """Write the heads at a place and how many it can hold."""
    _ = at.language
    return _("{n}; room for {most}", n=at.number(at.heads(place.id)), most=at.number(int(place.staging_capacity)))


def strength_section(at: Situation, place: Sector | Post) -> Section:
    """List teams and vehicles of a place, each with running numbers, heads and room for a name."""
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    for u in at.units[place.id]:
        name, *cells = unit_cells(at, u)
        rows.append((equipped_cell(name, u), *cells, leader_cell(u), _leaves(at, u, place)))
    if not rows:
        rows = [(Span(_("Nobody is placed here; see who can be called."), "soft"),)]
    else:
        rows.append((Span(_("Together"), "strong"), "", Span(at.number(at.heads(place.id)), "strong"), "", ""))
    columns = (
        TableColumn(_("Unit"), 4.1),
        TableColumn(_("No."), 0.9),
        TableColumn(_("Heads"), 0.95, right=True),
        TableColumn(_("Leader, call sign"), 2.8),
        TableColumn(_("Leaves"), 3.0),
    )
    note = ""
    if isinstance(place, Sector) and at.units[place.id]:
        note = _(
            "Leaving times are the latest, at the pace of columns without traffic. "
            "Expected figures take everybody in place from {clock}.",
            clock=at.clock(0.0),
        )
    return Section(_("Strength"), (Table(columns, tuple(rows), note),))


def unit_cells(at: Situation, unit: Unit) -> tuple[Value, Value, Value]:
    """Write a unit as name, running numbers and heads."""
    _ = at.language
    kind = unit.kind
    if isinstance(kind, Team):
        name = f"{at.number(unit.number)} × {team_label(at, kind)}"
        if not kind.counts:
            name = _("{units} (outside the cap)", units=name)
        return (name, unit.numbers, unit.heads)
    return (f"{at.count(kind, unit.number)}{crew(at, kind, unit.number)}", unit.numbers, unit.heads)


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


def _leaves(at: Situation, unit: Unit, place: Sector | Post) -> str:
    """Say from where and when a unit leaves, or from when it can be used."""
    _ = at.language
    kind = unit.kind
    home = plain(at.homes[kind.home].name)
    late = at.language.clock(kind.available) if isinstance(kind, Team) and kind.available else ""
    usable = _("; not before {clock}", clock=late) if late else ""
    if kind.home == place.id:
        return _("is there") + usable
    if isinstance(place, Post):
        return _("from {place}", place=home) + usable
    minute = at.leave(kind, place)
    if minute is None:
        return _("no open way from {place}", place=home)
    when = at.clock(math.floor(minute))
    return _("{place} by {clock}", place=home, clock=when) + usable


# ---------------------------------------------------------------- what is expected


def _talk(at: Situation, sector: Sector) -> Section:
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


def _course(at: Situation, sector: Sector) -> Section:
    _ = at.language
    events = sorted(_events(at, sector), key=lambda e: (e[0], e[1]))
    rows: list[tuple[Value, ...]] = [(at.clock(m), text) for m, text in events[:MOST_ROWS]]
    if len(events) > MOST_ROWS:
        more = at.language.plural("and {n} more", "and {n} more", len(events) - MOST_ROWS)
        rows.append(("", more))
    if not rows:
        rows = [("–", _("nothing is expected here; people may come over from other sectors"))]
    columns = (TableColumn(_("About"), 1.0), TableColumn(_("What"), 6.0))
    return Section(_("Expected course"), (Table(columns, tuple(rows)),), half=True)


def _events(at: Situation, sector: Sector) -> list[tuple[float, str]]:
    """List what is expected in a sector, by minute."""
    _, instance = at.language, at.instance
    found: list[tuple[float, str]] = []
    for visit in at.visits.get(sector.id, ()):
        people = _range(at, visit.gathering.turnout, visit.people)
        name = plain(visit.gathering.name)
        known = _(", organisers known") if visit.gathering.liaison else ""
        found.append((visit.start, _("{name} comes, {people} people", name=name, people=people) + known))
        stops = [stop.sector for stop in visit.gathering.itinerary]
        after = stops[stops.index(sector.id) + 1 :]
        if visit.end < instance.period.minutes:
            goes = _("{name} marches on to {place}", name=name, place=at.names[after[0]]) if after else ""
            found.append((visit.end, goes or _("{name} goes home", name=name)))
    for window in sector.critical:
        begins, ends = span_window(instance, window)
        restart = given(float(window.restart), _)
        what = plain(window.name)
        text = _("{what} until {clock}; once stopped, {n} min to restart", what=what, clock=at.clock(ends), n=restart)
        found.append((begins, text))
    for trigger in instance.triggers:
        if not trigger.sectors or sector.id in trigger.sectors:
            likely = percent(float(trigger.chance), language=_)
            text = _("{name} ({share} likely)", name=plain(trigger.name), share=likely)
            found.append((instance.minutes(trigger.at) + float(trigger.late), text))
    every = float(instance.doctrine.relief_every)
    if every > 0.0 and at.teams(sector.id):
        for i in range(1, math.ceil(instance.period.minutes / every)):
            found.append((i * every, _("relief, like for like")))
    return found


def _range(at: Situation, turnout: float, people: int) -> str:
    low, high = getattr(turnout, "low", None), getattr(turnout, "high", None)
    told = at.number(people)
    return told if low is None or high is None else f"{told} ({at.number(round(low))}–{at.number(round(high))})"


# ---------------------------------------------------------------- help


def _help(at: Situation, sector: Sector) -> Section:
    _ = at.language
    helps = at.help(sector)
    rows: list[tuple[Value, ...]] = []
    for help in helps[:MOST_HELP]:
        name = plain(help.station.name)
        if isinstance(help.station, Reinforcement):
            asked = phase_name(at, help.station.asked)
            name = _("{place}, from outside, once {phase}", place=name, phase=asked)
        rows.append((name, at.list(help.units), at.range(help.ride, up=True), at.range(help.march, up=True)))
    if len(helps) > MOST_HELP:
        rows.append((at.language.plural("and {n} more", "and {n} more", len(helps) - MOST_HELP),))
    if not rows:
        rows = [(Span(_("nobody can be called here"), "bad"),)]
    columns = (
        TableColumn(_("Where"), 3.2),
        TableColumn(_("Who"), 4.6),
        TableColumn(_("Ride, min"), 0.9, right=True),
        TableColumn(_("March, min"), 1.0, right=True),
    )
    again = given(float(at.instance.doctrine.ask_again), _)
    note = _(
        "Minutes from the call until formed up, without traffic; – is no way. If refused, ask again after {n} min.",
        n=again,
    )
    return Section(_("Reserve that can be called"), (Table(columns, tuple(rows), note),))


def _liaison(at: Situation, sector: Sector) -> Section:
    _ = at.language
    pairs: list[tuple[str, Value]] = [radio_pair(at, sector), (_("Command post"), BY_HAND)]
    contacts = list({v.gathering.id: v.gathering for v in at.visits.get(sector.id, ())}.values())
    for gathering in contacts[:2]:
        label = _("Organisers, {name}", name=plain(gathering.name))
        pairs.append((label, BY_HAND))
    pairs += [(_("Medical, ambulance"), BY_HAND), (_("Fire brigade"), BY_HAND)]
    return Section(_("Communications and liaison"), (Pairs(tuple(pairs)),), half=True)


def signature_section(at: Situation) -> Section:
    """Give the lines where a sheet is signed."""
    _ = at.language
    people = (_("Prepared by"), _("Received: officer in charge"), _("Ordered by: {who}", who=_chief(at)))
    return Section("", (Signatures(people, (_("Name, rank, date"),)),))


def _chief(at: Situation) -> str:
    """Name who commands in yellow, whose plan it is."""
    return plain(at.instance.doctrine.command.get("yellow", "Kapolres"))
