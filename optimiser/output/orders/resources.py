"""Forms of the Incident Command System: ICS 204, who is assigned where, and ICS 215, required, there and missing."""

from __future__ import annotations

import math
from collections.abc import Iterator

from optimiser.common.language import Language
from optimiser.common.number_format import given, plain
from optimiser.model.instance import Post, Sector
from optimiser.model.parts.movement import Moving
from optimiser.output.blocks import BY_HAND, Pairs, Section, Signatures, Span, Table, TableColumn, Value
from optimiser.output.orders.doctrine import phase_mark
from optimiser.output.orders.form import Paper
from optimiser.output.orders.notes import leader_cell
from optimiser.output.orders.sheet import AGAIN, ring_name, unit_cells
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.along import list_coming, name_assembly
from optimiser.output.orders.staffing.balance import Balance, list_balances
from optimiser.output.orders.staffing.relief import relief_pairs
from optimiser.output.orders.staffing.required import list_required, with_late


def assignment_list(at: Situation) -> Paper:
    """Write ICS 204: resources assigned, ring by ring, then who moves and where to when, then the reserve."""
    _, instance = at.language, at.instance
    columns = (
        TableColumn(_("Place"), 2.4),
        TableColumn(_("Resource"), 3.6),
        TableColumn(_("No."), 0.8),
        TableColumn(_("Persons"), 0.9, right=True),
        TableColumn(_("Leader, contact"), 2.2),
        TableColumn(_("Reports to, when"), 2.6),
    )
    sections: list[Section] = [
        Section(
            "",
            (
                Pairs(
                    (
                        (_("1. Operation"), plain(instance.title)),
                        (_("2. Operational period"), period(at)),
                        (_("3. Operations officer"), BY_HAND),
                        (_("4. Branch officer"), BY_HAND),
                    )
                ),
            ),
        )
    ]
    for number in sorted({s.ring for s in instance.sectors}):
        rows = [row for s in instance.sectors if s.ring == number for row in _assigned(at, s)]
        if rows:
            sections.append(
                Section(
                    _("5. Resources assigned, ring {ring}", ring=ring_name(at, number)), (Table(columns, tuple(rows)),)
                )
            )
    along = [row for one in instance.accompaniments for row in _assigned(at, one)]
    if along:
        sections.append(Section(_("5. Resources assigned, with gatherings"), (Table(columns, tuple(along)),)))
    moving = [row for movement in instance.movements for row in _assigned(at, movement)]
    if moving:
        sections.append(Section(_("5. Resources assigned, movements"), (Table(columns, tuple(moving)),)))
    sections += _stages(at)
    waiting = [row for post in instance.posts for row in _assigned(at, post)]
    if waiting:
        sections.append(Section(_("5. Resources assigned, reserve"), (Table(columns, tuple(waiting)),)))
    sections.append(
        Section(
            "",
            (
                Pairs(
                    (
                        (_("6. Work assignments"), _("on the sheet of each place")),
                        (_("7. Special instructions"), _("facilitation first; exits kept open; firearms out of scope")),
                        *relief_pairs(at),
                        (_("8. Communications"), BY_HAND),
                    )
                ),
            ),
        )
    )
    sections.append(Section("", (Signatures((_("9. Prepared by"), _("Approved by")), (_("Name, rank, date"),)),)))
    return Paper("ics-204", _("Assignment list, shape of ICS 204"), plain(instance.title), tuple(sections))


def _stages(at: Situation) -> Iterator[Section]:
    """List every place of those who move, with the times of their sheets: where they report first is the first one.

    Places that they only pass, as the time there is over by then, are left out.
    """
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    for one in at.instance.moving:
        stands, heads = at.stands(one), at.number(at.heads(one.id))
        sets_out = [*(at.clock(after.sent) for after in stands[1:]), _("stays")]
        stages = [
            stage for number, stage in enumerate(zip(stands, sets_out, strict=False)) if not number or stage[0].lasts
        ]
        for number, (stand, onward) in enumerate(stages):
            name: Value = Span(plain(one.name), "strong") if not number else ""
            there = (at.names[stand.sector], at.clock(stand.formed), onward)
            rows.append((name, heads if not number else "", number + 1, *there, _tell_officer(at, stand.sector)))
    if not rows:
        return
    columns = (
        TableColumn(_("Place"), 2.6),
        TableColumn(_("Persons"), 0.9, right=True),
        TableColumn(_("Stage"), 0.7, right=True),
        TableColumn(_("Stands at"), 2.8),
        TableColumn(_("Formed up by"), 1.1),
        TableColumn(_("Sets out"), 1.0),
        TableColumn(_("Reports there to"), 2.4),
    )
    note = _("All of a place move together. With people the times are the mean times of their likeliest way.")
    yield Section(_("5. Resources assigned, by stage of those who move"), (Table(columns, tuple(rows), note),))


def _tell_officer(at: Situation, place: str) -> Value:
    """Say where the officer in charge of a sector stands; where nobody is placed the sheet says who is in charge."""
    _ = at.language
    if place in at.homes:
        return Span(_("rest"), "soft")
    if not at.units[place]:
        return Span(_("nobody is placed there: see its sheet"), "soft")
    sector = next(s for s in at.instance.sectors if s.id == place)
    return plain(sector.officer_post) if sector.officer_post else BY_HAND


def period(at: Situation) -> str:
    """Write the operational period."""
    instance = at.instance
    start, end = at.clock(0.0), at.clock(instance.period.minutes)
    return f"{at.language.date(instance.period.start.date())}, {start}–{end}"


def _assigned(at: Situation, place: Sector | Post | Moving) -> Iterator[tuple[Value, ...]]:
    before = ""
    for i, unit in enumerate(at.units[place.id]):
        where = Span(plain(place.name), "strong") if i == 0 else ""
        if isinstance(place, Sector):
            goal = plain(place.officer_post) if place.officer_post else plain(place.name)
        elif isinstance(place, Post):
            goal = plain(place.name)
        else:
            goal = name_assembly(at, place)
        reports = f"{goal}, {at.clock(at.report(unit.kind, place))}"
        yield (
            where,
            *unit_cells(at, unit, at.stand(place)),
            leader_cell(unit),
            Span(AGAIN, "soft") if reports == before else reports,
        )
        before = reports


# ---------------------------------------------------------------- required, there, missing


def required_columns(language: Language) -> tuple[TableColumn, ...]:
    """Return the columns of what is required, there and missing, as ICS 215 has them."""
    return (
        TableColumn(language("Place"), 2.8),
        TableColumn(language("Resource"), 3.4),
        TableColumn(language("Req"), 0.8, right=True),
        TableColumn(language("Have"), 0.8, right=True),
        TableColumn(language("Need"), 0.8, right=True),
        TableColumn(language("Why"), 3.0),
    )


def planning_worksheet(at: Situation) -> Paper:
    """Write ICS 215: what is required at each place, there and missing; then what a crowd asks for."""
    _ = at.language
    columns = required_columns(_)
    rows: list[tuple[Value, ...]] = []
    for asked in list_required(at):
        need: Value = Span(at.number(asked.need), "bad") if asked.need else 0
        rows.append((asked.place, asked.what, asked.required, asked.told, need, asked.why))
    if not rows:
        rows = [(_("No rule and no pin requires anything."),)]
    note = _("Req: least that rules and pins ask for. Have: in this plan. Need: what is missing.")
    sections: list[Section] = [
        Section("", (Pairs(((_("Operation"), plain(at.instance.title)), (_("Operational period"), period(at)))),)),
        Section(_("Required by rules and pins"), (Table(columns, tuple(rows), note),)),
    ]
    held = _crowd(at)
    if held:
        sections.append(held)
    sections.append(Section("", (Signatures((_("Prepared by"), _("Approved by")), (_("Name, rank, date"),)),)))
    return Paper("ics-215", _("Planning worksheet, shape of ICS 215"), plain(at.instance.title), tuple(sections))


def _crowd(at: Situation) -> Section | None:
    """Lay out what the expected crowd would ask for, what there is, and what is missing."""
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    for balance in list_balances(at):
        name = plain(balance.sector.name) if balance.phase == "yellow" else ""
        need: Value = Span(at.number(balance.missing), "bad") if balance.missing else 0
        here = with_late(math.floor(balance.here + balance.along), (*_along(at, balance), *balance.here_late))
        ready = with_late(math.floor(balance.ready), balance.ready_late)
        have = (here, ready, math.floor(balance.outside))
        rows.append((name, phase_mark(at, balance.phase), math.ceil(balance.required), *have, need))
    if not rows:
        return None
    columns = (
        TableColumn(_("Sector"), 3.4),
        TableColumn(_("If it turns"), 1.3),
        TableColumn(_("Req"), 0.9, right=True),
        TableColumn(_("Have, there"), 1.1, right=True),
        TableColumn(_("Have, in reach"), 1.2, right=True),
        TableColumn(_("From outside"), 1.2, right=True),
        TableColumn(_("Need"), 0.9, right=True),
    )
    risk = given(100.0 * float(at.instance.doctrine.required_risk), _)
    note = _(
        "Head equivalents in the line for a perceived risk of {risk} % at the most people expected. Reserve in reach "
        "and help from outside are shared by all sectors. What is missing is asked of the higher command.",
        risk=risk,
    )
    if any(at.units[a.id] for a in at.instance.accompaniments):
        note += " " + _("With people who are accompanied it is the crowd with which most is missing.")
    if any(at.units[m.id] for m in at.instance.movements):
        note += " " + _("Where units move it is the minute at which most is missing.")
    return Section(_("If the expected crowd turns"), (Table(columns, tuple(rows), note),))


def _along(at: Situation, balance: Balance) -> tuple[str, ...]:
    """Say how much of a line comes with the crowd or as planned; nothing where none of it does."""
    number = math.floor(balance.here + balance.along) - math.floor(balance.here)
    if not number:
        return ()
    if any(one.planned for one in list_coming(at, balance.sector)):
        return (at.language("{n} of them with the crowd or as planned", n=at.number(number)),)
    return (at.language("{n} of them with the crowd", n=at.number(number)),)
