"""The sheet of one post: who waits there out of sight, when they may be called, where to, and how long it takes."""

from __future__ import annotations

import math

from optimiser.common.number_format import plain
from optimiser.model.instance import Post, Sector, VehicleType
from optimiser.output.blocks import BY_HAND, Pairs, Points, Section, Space, Span, Table, TableColumn, Value
from optimiser.output.orders.doctrine import CALL_PHASES, gates_section, phase_mark
from optimiser.output.orders.form import Paper
from optimiser.output.orders.notes import contact_pairs, radio_pair
from optimiser.output.orders.sheet import crew, room, signature_section, strength_section
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.callable import (
    TeamList,
    count_without_seat,
    expects_cannon,
    list_called_vehicles,
    list_free,
    list_guards,
    list_help,
    may_be_called,
    tell_free,
)
from optimiser.output.orders.staffing.course import MOST_ROWS


def post_sheet(at: Situation, post: Post) -> Paper:
    """Write the sheet of a post where callable reserve waits."""
    _ = at.language
    sections: list[Section] = [
        _post_head(at, post),
        strength_section(at, post),
        _orders_of_post(at, post),
        _by_phase(at, post),
    ]
    sections += [
        _goals(at, post),
        _post_liaison(at, post),
        gates_section(at, post) or Section(_("Notes"), (Space(5),), half=True),
        signature_section(at),
    ]
    return Paper(post.id, _("Order sheet, post"), plain(post.name), tuple(sections), post.id, at.units[post.id])


def _post_head(at: Situation, post: Post) -> Section:
    _ = at.language
    seats = sum(n * int(v.seats) for v, n in at.vehicles(post.id))
    heads = sum(n * int(t.size) for t, n in at.teams(post.id))
    pairs: list[tuple[str, Value]] = [
        (_("Officer in charge"), BY_HAND),
        *([(_("Officer stands at"), plain(post.officer_post))] if post.officer_post else []),
        (_("Ready from"), Span(at.clock(0.0), "strong")),
        (_("Heads here"), room(at, post)),
        (_("Seats"), _("{n} for {heads} heads of teams", n=at.number(seats), heads=at.number(heads))),
        *contact_pairs(at, post),
    ]
    if post.keep:
        keep = at.language.plural("{n} team, unless a sector is red", "{n} teams, unless a sector is red", post.keep)
        pairs.append((_("Keeps back"), Span(keep, "strong")))
    return Section("", (Pairs(tuple(pairs)),))


def _orders_of_post(at: Situation, post: Post) -> Section:
    _ = at.language
    walking = at.teams(post.id) and not any(v.seats for v, n in at.vehicles(post.id))
    items = [
        _("Wait out of sight of every assembly. Teams stay formed, crews at their vehicles, engines off."),
        _("Move only when called through the command post; red is served before yellow, the nearest post first."),
        _("Units move formed, never as individuals. No live ammunition in Dalmas."),
        _("Report setting out, arrival and formed up. Go back when the sector is quiet."),
    ]
    if post.keep:
        items.append(_("Keep back what is ordered above; in red everything may go."))
    if lacking := count_without_seat(at, post):
        heads = at.number(sum(n * int(t.size) for t, n in at.teams(post.id)))
        items.append(_("{n} of {heads} heads of teams have no seat: they march.", n=at.number(lacking), heads=heads))
    if walking:
        items.append(_("There are no seats here: the teams march."))
    return Section(_("Orders"), (Points(tuple(items)),))


def _by_phase(at: Situation, post: Post) -> Section:
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    guards, called = list_guards(at, post), list_called_vehicles(at, post)
    for phase in CALL_PHASES[1:]:
        free = list_free(at, post, phase)
        units = [(tell_free(at, post, free) if phase == "yellow" else at.list(free))] if free else []
        if phase == "red":
            units += [_with(at, vehicle, n, guards.get(vehicle.id, ())) for vehicle, n in called]
        rows.append((phase_mark(at, phase), "; ".join(units) or _("nobody")))
    for vehicle, n in called:
        if along := guards.get(vehicle.id):
            words = {"units": at.list(along), "vehicle": at.count(vehicle, n), "crew": crew(at, vehicle, n)}
            rows.append((_("Stays with it"), _("{units} with {vehicle}{crew}: called with it, never without", **words)))
    kept = [(t, n) for t, n in at.teams(post.id) if not may_be_called(at, t)]
    if kept:
        rows.append((_("Not called"), at.list(kept)))
    columns = (TableColumn(_("A sector that is"), 1.5), TableColumn(_("may call"), 8.5))
    note, presence = "", at.instance.presence
    if any(guards.values()) and not (presence and presence.escort_stays):
        note = _("In the expected figures an escort may be called away; its water cannon then stays where it is.")
    return Section(_("Who may be called"), (Table(columns, tuple(rows), note),))


def _with(at: Situation, vehicle: VehicleType, number: int, along: TeamList) -> str:
    """Name vehicles that are called, and who goes along."""
    words = {"vehicle": at.count(vehicle, number), "units": at.list(along)}
    return at.language("{vehicle} with {units}", **words) if along else words["vehicle"]


def _goals(at: Situation, post: Post) -> Section:
    """List the sectors that a post can help, the nearest first."""
    _ = at.language
    speed = min((float(v.speed) for v, n in at.vehicles(post.id) if v.seats and not v.water_cannon), default=math.inf)
    cannon = any(v.water_cannon for v, n in at.vehicles(post.id))
    form_up, march = float(at.instance.travel.form_up), float(at.instance.travel.march)
    found = []
    for sector in at.instance.sectors:
        km = at.km(post, sector, 0.0, float(at.instance.period.minutes))
        if at.active(sector) and math.isfinite(km[0]):
            found.append((km, sector))
    found.sort(key=lambda pair: (pair[0], pair[1].id))
    rows: list[tuple[Value, ...]] = []
    for km, sector in found[: 2 * MOST_ROWS]:
        ride = (form_up + 60.0 * km[0] / speed, form_up + 60.0 * km[1] / speed)
        rides = at.range(ride, up=True) if math.isfinite(speed) else "–"
        walks = at.range((form_up + 60.0 * km[0] / march, form_up + 60.0 * km[1] / march), up=True)
        where = plain(sector.officer_post) if sector.officer_post and at.units[sector.id] else BY_HAND
        row = (plain(sector.name), where, at.range(km), rides, walks)
        rows.append((*row, _cannon_minutes(at, post, sector)) if cannon else row)
    if len(found) > 2 * MOST_ROWS:
        rows.append((at.language.plural("and {n} more", "and {n} more", len(found) - 2 * MOST_ROWS),))
    if not rows:
        rows = [(Span(_("no sector can be reached"), "bad"),)]
    columns = [
        TableColumn(_("Sector"), 3.4),
        TableColumn(_("Report to the officer at"), 3.0),
        TableColumn(_("km"), 1.0, right=True),
        TableColumn(_("Ride, min"), 1.1, right=True),
        TableColumn(_("March, min"), 1.1, right=True),
    ]
    if cannon:
        columns.append(TableColumn(_("Water cannon, min"), 1.1, right=True))
    note = _("Minutes from the call until formed up, without traffic; the longest where roads are closed; – is no way.")
    return Section(_("Where to, and how long it takes"), (Table(columns, tuple(rows), note),))


def _cannon_minutes(at: Situation, post: Post, sector: Sector) -> str:
    """Write the minutes of the slowest water cannon of a post; a dash where it is not expected."""
    if not expects_cannon(at, sector):
        return "–"
    rides = [h.ride for h in list_help(at, sector) if h.station is post and h.vehicle and h.vehicle[0].water_cannon]
    return at.range(max(rides), up=True) if rides else "–"


def _post_liaison(at: Situation, post: Post) -> Section:
    _ = at.language
    pairs = (radio_pair(at, post), *((label, BY_HAND) for label in (_("Command post"), _("Medical, ambulance"))))
    return Section(_("Communications and liaison"), (Pairs(pairs),), half=True)
