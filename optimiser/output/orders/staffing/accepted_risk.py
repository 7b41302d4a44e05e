"""Sectors where people are expected and nobody is placed: the risk that is accepted, and what manning would take.

Nobody there can be given a task. The sheet says how likely disorder is, who is nearest and how soon, what it would
take to man the sector, and leaves the decision to whoever commands, to be signed.
"""

from __future__ import annotations

import math
import shlex

from optimiser.common.language import Language
from optimiser.common.number_format import plain, signed, span
from optimiser.model.clocks import find_first_minute
from optimiser.model.deployment import count_unit_heads
from optimiser.model.expected.visits import order_by_day
from optimiser.model.instance import Post, Sector, Team
from optimiser.output.blocks import BY_HAND, Pairs, Paragraph, Points, Section, Signatures, Span, Spans, Value
from optimiser.output.orders.doctrine import commander, gates_section, phase_name
from optimiser.output.orders.form import Paper
from optimiser.output.orders.sheet import (
    coming_sections,
    expected_pairs,
    help_section,
    liaison_section,
    ring_name,
    talk_section,
    tell_shares,
)
from optimiser.output.orders.situation import BASE, Situation
from optimiser.output.orders.staffing.along import list_coming
from optimiser.output.orders.staffing.callable import Help, list_help, prefer_in_time
from optimiser.output.orders.staffing.course import course_section, fit_course
from optimiser.output.orders.staffing.in_phase import comes_before_red
from optimiser.output.words.expectation import StoredMargin

MOST_MARGINS = 4  # kinds of team on a sheet, those first that would help most; assumed


def list_unmanned(at: Situation) -> list[Sector]:
    """List the sectors where something is expected and nobody stands, in the order of the day."""
    return order_by_day((s for s in at.instance.sectors if at.active(s) and not at.units[s.id]), at.due)


def accepted_risk_sheet(at: Situation, sector: Sector) -> Paper:
    """Write the sheet of a sector where nobody stands."""
    return fit_course(lambda rows: _accepted_risk_sheet(at, sector, rows))


def _accepted_risk_sheet(at: Situation, sector: Sector, rows: int) -> Paper:
    _ = at.language
    gates, question = gates_section(at, sector), _question(at, sector)
    sections = [
        _head(at, sector),
        *coming_sections(at, sector),
        talk_section(at, sector),
        course_section(at, sector, rows),
        help_section(at, sector),
        _cost(at, sector),
        *([question] if question else []),
        *([gates] if gates else []),
        liaison_section(at, sector),
        _decision(at, sector, gates is None),
        _written(at),
        _signatures(at),
    ]
    ring = ring_name(at, sector.ring)
    kind = _("Accepted risk, nobody is placed; sector, ring {ring}", ring=ring)
    if _for_a_time(at, sector):
        kind = _("Accepted risk, nobody is placed for the whole day; sector, ring {ring}", ring=ring)
    return Paper(sector.id, kind, plain(sector.name), tuple(sections), sector.id)


def _head(at: Situation, sector: Sector) -> Section:
    _ = at.language
    none = _("0: nobody is placed here by this plan")
    if _for_a_time(at, sector):
        none = _("0 for the whole day; others by this plan for a time")
    pairs: list[tuple[str, Value]] = [
        (_("Heads here"), Span(none, "strong")),
        (_("First people expected"), first_people(at, sector)),
        *expected_pairs(at, sector),
        (_("Nearest who can be called"), nearest_help(at, sector)),
        (_("Nearest officer in charge"), _officers(at, sector)),
        (_("Watches it and reports"), BY_HAND),
    ]
    return Section("", (Pairs(tuple(pairs)),))


def first_people(at: Situation, sector: Sector) -> str:
    """Say when the first people are expected in a sector."""
    visits = at.visits.get(sector.id, ())
    if not visits:
        return at.language("no gathering is expected")
    return at.language("about {clock}", clock=at.clock(visits[0].start))


def nearest_help(at: Situation, sector: Sector) -> str:
    """Name the post whose teams are there soonest, and when, and who is before red where those wait for that.

    Where no post can help it is who comes from outside.
    """
    _ = at.language
    teams = [h for h in list_help(at, sector) if h.vehicle is None]
    helps = prefer_in_time(at, sector, [h for h in teams if isinstance(h.station, Post)] or teams)
    if not helps:
        return _("nobody can be called here")
    first = _tell_help(at, sector, helps[0])
    if not isinstance(helps[0].station, Post) or comes_before_red(at, helps[0]):
        return first
    before = next((_tell_help(at, sector, help) for help in helps if comes_before_red(at, help)), "")
    if before:
        return _("{before}; once {phase}: {first}", before=before, first=first, phase=phase_name(at, "red"))
    return _("once {phase}: {first}", first=first, phase=phase_name(at, "red"))


def _tell_help(at: Situation, sector: Sector, help: Help) -> str:
    """Name a station and how soon its teams are there, and from when, where they can be used only later."""
    _, minutes = at.language, at.range(help.soonest, up=True)
    words = {"place": plain(help.station.name), "minutes": minutes}
    late = min(find_first_minute(at.instance, team) for team, _n in help.teams)
    if late > at.stand(sector):
        return _("{place} from {clock}, {minutes} min after the call", clock=at.clock(late), **words)
    return _("{place}, {minutes} min after the call", **words)


def _for_a_time(at: Situation, sector: Sector) -> bool:
    """Tell whether anybody stands in a sector for a time, as planned."""
    return any(one.planned for one in list_coming(at, sector))


def _officers(at: Situation, sector: Sector) -> Value:
    """Name who comes with an officer, then the nearest besides."""
    come = {one.moving.id: plain(one.moving.name) for one in list_coming(at, sector)}
    led = [name for ident, name in come.items() if any(at.roles[t.role].officer for t, _n in at.teams(ident))]
    nearest = _nearest_officer(at, sector)
    return (at.language("{names}: while they are here", names="; ".join(led)), nearest) if led else nearest


def _nearest_officer(at: Situation, sector: Sector) -> str:
    """Name the nearest place with an officer in charge, placed or held at base, and how far it is."""
    _, start = at.language, at.stand(sector)
    places = (*at.instance.sectors, *at.instance.posts)
    placed = {p.id for p in places if any(at.roles[t.role].officer for t, _n in at.teams(p.id))}
    held = {t.home for t, _n in at.teams(BASE) if at.roles[t.role].officer}
    ways = [(at.km(p, sector, start, start)[1], p.id in placed, p) for p in places if p.id in placed | held]
    found = [way for way in ways if math.isfinite(way[0])]
    if not found:
        return _("none in reach")
    km, stands, other = min(found, key=lambda way: (way[0], way[1], way[2].id))
    walk = at.range((60.0 * km / float(at.instance.travel.march),) * 2, up=True)
    words = {"place": plain(other.name), "km": at.range((km, km)), "minutes": walk}
    if stands:
        return _("{place}, {km} km, {minutes} min on foot", **words)
    return _("held at base: {place}, {km} km, {minutes} min on foot", **words)


# ---------------------------------------------------------------- what manning would take


def _cost(at: Situation, sector: Sector) -> Section:
    """Say what it would take to man a sector: least heads, room under the cap, points of one team more, how to ask."""
    _ = at.language
    spare = int(at.instance.cap) - _counted(at)
    left = at.language.plural("{n} head left of the cap", "{n} heads left of the cap", max(0, spare))
    if spare <= 0:
        left = _("none left of the cap: somebody is missing elsewhere then")
    pairs: list[tuple[str, Value]] = [(_("Least to man it"), _least(at, sector)), (_("Heads to spare"), left)]
    margins = _margins(at, sector)
    for team, margin in margins:
        label = _("One {team} more ({heads})", team=plain(team.name), heads=int(team.size))
        pairs.append((label, _("{points} points of harm", points=_points(margin, _))))
    if not margins:
        pairs.append((_("In points of harm"), _("not known from this plan; ask for it:")))
    fresh = all(margin.intervals for _team, margin in margins)
    heading = _("What manning would take")
    if margins and fresh:
        heading = _("What manning would take; points over fresh scenarios, [95 % interval each], less is better")
    elif margins:
        heading = _("What manning would take; points are those of the search, less is better: a direction")
    return Section(heading, (Pairs(tuple(pairs)),))


def _question(at: Situation, sector: Sector) -> Section | None:
    """Give the command that answers what a line here would cost elsewhere; None where no team can be one."""
    margins = _margins(at, sector)
    kind = margins[0][0].id if margins else _first_line(at)
    if not kind:
        return None
    command = f"optimiser whatif {shlex.join(at.files)} --at-least {sector.id}:{kind}=1"
    asked = Spans((at.language("To be asked with:"), " ", Span(command, "typed")))
    return Section("", (Paragraph(asked, "note"),))


def _least(at: Situation, sector: Sector) -> str:
    """Name the least teams that rules ask for once anybody stands in a sector: an officer, and its minimum."""
    _ = at.language
    asked = {role: int(n) for role, n in sector.minimum.items() if n}
    if at.instance.doctrine.officer_per_sector and not any(at.roles[role].officer for role in asked):
        officer = next((r.id for r in at.instance.roles if r.officer), None)
        if officer is not None:
            asked[officer] = 1
    units: list[tuple[Team, int]] = []
    for role, number in asked.items():
        kinds = [t for t in at.instance.teams if t.role == role]
        if kinds:
            units.append((min(kinds, key=lambda t: int(t.size)), number))
    if not units:
        presence = at.instance.presence
        return _("a line") if presence and presence.backed else _("no rule asks for anybody; any team")
    heads = sum(count_unit_heads(team, n) for team, n in units)
    return _("{units} ({heads} heads), and a line", units=at.list(units, at.stand(sector)), heads=at.number(heads))


def _counted(at: Situation) -> int:
    """Heads of the whole plan that count in the cap."""
    return sum(u.heads for p in at.instance.places for u in at.units[p.id] if u.kind.counts)


def _points(margin: StoredMargin, language: Language) -> str:
    """Write the points of one team more, with their interval where there is one."""
    more = margin.more or 0.0
    if margin.intervals is None or margin.intervals.more is None:
        return signed(more, abs(more), language)
    return span(margin.intervals.more.interval, True, language)


def _margins(at: Situation, sector: Sector) -> list[tuple[Team, StoredMargin]]:
    """Give what one team more of a kind would change in points, those first that help most."""
    kinds = {t.id: t for t in at.instance.teams}
    stored = next((s.margins for s in at.expected.sectors if s.id == sector.id), ())
    found = [(m.more, m.team, m) for m in stored if m.more is not None and m.team in kinds]
    return [(kinds[team], margin) for _more, team, margin in sorted(found, key=lambda one: one[:2])[:MOST_MARGINS]]


def _first_line(at: Situation) -> str:
    """Give the kind of team that holds a green line best for its heads; empty where there is none."""
    able = [(float(at.roles[t.role].containment.green), t.id) for t in at.instance.teams if t.count]
    best = max(able, default=(0.0, ""))
    return best[1] if best[0] > 0.0 else ""


# ---------------------------------------------------------------- who decides


def _decision(at: Situation, sector: Sector, half: bool) -> Section:
    _ = at.language
    shares = tell_shares(at, sector) or _("not played")
    accepted = _("Accepted: nobody stands here. Reached in scenarios: {shares}.", shares=shares)
    if _for_a_time(at, sector):
        accepted = _(
            "Accepted: nobody stands here but who comes with the crowd or as planned. Reached in scenarios: {shares}.",
            shares=shares,
        )
    elif list_coming(at, sector):
        accepted = _(
            "Accepted: nobody stands here but who comes with the crowd. Reached in scenarios: {shares}.", shares=shares
        )
    items = (
        accepted,
        _("Not accepted; to be manned from, until, with:"),
    )
    return Section(_("Decision"), (Points(items, tick=True),), half=half)


def _written(at: Situation) -> Section:
    """Leave lines for what is decided."""
    _ = at.language
    pairs: tuple[tuple[str, Value], ...] = (
        (_("Manned from, until, with"), BY_HAND),
        (_("Reason, conditions"), BY_HAND),
    )
    return Section("", (Pairs(pairs),))


def _signatures(at: Situation) -> Section:
    _ = at.language
    people = (_("Prepared by"), _("Informed: {who}", who=commander(at, "green")))
    decides = _("Risk accepted by: {who}", who=commander(at, "yellow"))
    return Section("", (Signatures((*people, decides), (_("Name, rank, date"),), stamped=True),))
