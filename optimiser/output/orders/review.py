"""The after-action form (kaji ulang): what was planned and expected, room for what happened, ratings P, S, M, U."""

from __future__ import annotations

from optimiser.common.number_format import given, percent, plain
from optimiser.model.harms import INDEPENDENT, INJURED
from optimiser.model.instance import Post, Sector
from optimiser.model.parts.movement import Moving
from optimiser.output.blocks import BY_HAND, Pairs, Points, Section, Signatures, Space, Span, Table, TableColumn, Value
from optimiser.output.orders.doctrine import CALL_PHASES, phase_name
from optimiser.output.orders.form import Paper
from optimiser.output.orders.operation import harms, tell_gear
from optimiser.output.orders.resources import period
from optimiser.output.orders.sheet import how_soon, windows
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.along import list_coming
from optimiser.output.orders.staffing.callable import has_cannon
from optimiser.output.orders.staffing.movement import list_relocations

BOXES = "P ☐  S ☐  M ☐  U ☐"
Row = tuple[Value, ...]


def review_form(at: Situation) -> Paper:
    """Write the form for the review that every operation ends with."""
    _ = at.language
    sections: list[Section] = [
        Section(
            "",
            (
                Pairs(
                    (
                        (_("Operation"), plain(at.instance.title)),
                        (_("Operational period"), period(at)),
                        (_("Actual start and end"), BY_HAND),
                        (_("Led the review"), BY_HAND),
                    )
                ),
            ),
        ),
        Section(
            _("Ratings"),
            (
                Points(
                    (
                        _("P: performed without challenges. S: performed with some challenges."),
                        _("M: performed with major challenges. U: unable to be performed."),
                    )
                ),
            ),
        ),
        _table(at, _("1. Talking first"), _talking(at)),
        _table(at, _("2. People safe"), _people(at)),
        _table(at, _("3. The process goes on"), _process(at)),
        _table(at, _("4. Phases, by sector"), _phases(at)),
        _table(at, _("5. Doctrine kept"), _doctrine(at)),
        _table(at, _("6. In place in time"), _places(at)),
        Section(_("7. What went well, and is to be kept"), (Space(4),)),
        _actions(at),
        _overall(at),
        Section("", (Signatures((_("Led the review"), _("Approved by")), (_("Name, rank, date"),)),)),
    ]
    return Paper("review", _("After-action review (kaji ulang)"), plain(at.instance.title), tuple(sections))


def _table(at: Situation, title: str, rows: list[Row]) -> Section:
    _ = at.language
    columns = (
        TableColumn(_("What"), 3.0),
        TableColumn(_("Planned or expected"), 2.8),
        TableColumn(_("What happened"), 3.0),
        TableColumn(_("Rating"), 2.1),
    )
    return Section(title, (Table(columns, tuple(rows)),))


def _row(what: str, planned: Value) -> Row:
    return (what, planned, BY_HAND, BOXES)


def _visited(at: Situation) -> list[Sector]:
    return [s for s in at.instance.sectors if s.id in at.visits]


def _talking(at: Situation) -> list[Row]:
    _ = at.language
    rows = []
    speakers = {role.id for role in at.instance.roles if float(role.dialogue) > 0.0}
    for s in _visited(at):
        coming = {one.moving.id: one for one in list_coming(at, s)}
        along = [(t, n, one.planned) for ident, one in coming.items() for t, n in at.teams(ident) if t.role in speakers]
        talk = at.list([(t, n) for t, n in at.teams(s.id) if t.role in speakers], at.stand(s))
        if with_crowd := at.list((t, n) for t, n, planned in along if not planned):
            talk = "; ".join(filter(None, (talk, _("with the crowd: {units}", units=with_crowd))))
        if for_a_time := at.list((t, n) for t, n, planned in along if planned):
            talk = "; ".join(filter(None, (talk, _("for a time, as planned: {units}", units=for_a_time))))
        talk = talk or _("nobody to talk")
        first = at.clock(at.visits[s.id][0].start)
        label = _("{place}: minutes to the first negotiation", place=plain(s.name))
        rows.append(_row(label, _("{units}; first people about {clock}", units=talk, clock=first)))
        if s.official is not None:
            label = _("{place}: delegation received, by whom, after", place=plain(s.name))
            rows.append(_row(label, how_soon(at, s.official)))
    return rows or [_row(_("minutes to the first negotiation"), "–")]


def _people(at: Situation) -> list[Row]:
    _ = at.language
    people = harms(at, INJURED)
    if not people:
        labels = (_("Injured participants"), _("Injured public"), _("Injured personnel"))
        people = tuple((label, _("not played")) for label in labels)
    rows = [_row(name, value) for name, value in people]
    rows.append(_row(_("Injured: minutes until helped"), _("soon, whoever they are")))
    rows.append(_row(_("Highest stage of force, and why"), _("the least that did; never above 5")))
    return rows


def _process(at: Situation) -> list[Row]:
    _ = at.language
    rows = []
    for s in at.instance.sectors:
        for text in windows(at, s):
            rows.append(_row(_("{place}: minutes stopped", place=plain(s.name)), _("{window} goes on", window=text)))
    rows += [_row(name, value) for name, value in harms(at, INDEPENDENT[1:])]
    return rows or [_row(_("Process stopped (minutes)"), _("no critical window in this plan"))]


def _phases(at: Situation) -> list[Row]:
    _ = at.language
    rows = []
    for s in at.instance.sectors:
        if not at.active(s):
            continue
        told = []
        for phase in CALL_PHASES[1:]:
            stay = at.stay(s, phase)
            if stay is not None and stay.reached > 0.0:
                share, minutes = percent(stay.reached, language=_), given(stay.minutes, _)
                told.append(
                    _("{phase} in {share}, {n} min on average", phase=phase_name(at, phase), share=share, n=minutes)
                )
        none = _("green") if at.expected.evaluation else _("not played")
        stays = tuple(told) or none
        rows.append(_row(_("{place}: yellow and red, from to", place=plain(s.name)), stays))
    return rows


def _doctrine(at: Situation) -> list[Row]:
    _, doctrine = at.language, at.instance.doctrine

    def minutes(value: float) -> str:
        return _("{n} min", n=given(float(value), _))

    rows = [
        _row(_("Way out open in every phase"), _("always")),
        _row(_("Gear out of a calm crowd's sight"), tell_gear(at)),
        _row(_("Lapis ganti: minutes, line held"), minutes(doctrine.lapis)),
        _row(_("Lintas ganti: minutes, line held"), minutes(doctrine.lintas)),
        _row(_("Red: order of {who} after", who=plain(doctrine.command.get("red", "?"))), minutes(doctrine.order_red)),
        _row(_("Reserve called: minutes until formed up"), _("as on the sheets")),
    ]
    if has_cannon(at):
        rows.append(_row(_("Water cannon: every gate kept, in order"), _("all seven, or not used")))
    rows.append(_row(_("Units moved formed"), _("always")))
    return rows


def _places(at: Situation) -> list[Row]:
    _ = at.language
    rows = [_row(plain(p.name), _due(at, p)) for p in at.instance.places if at.units[p.id]]
    for movement in at.instance.movements:
        for step in list_relocations(at, movement):
            words = {"name": plain(movement.name), "place": at.names[step.goal.sector]}
            times = {"clock": at.clock(step.goal.sent), "formed": at.clock(step.goal.formed)}
            planned = _("sets out {clock}, formed up {formed}", **times)
            rows.append(_row(_("{name}: to {place}", **words), planned))
    return rows


def _due(at: Situation, place: Sector | Post | Moving) -> str:
    """Say how many heads are to be in place by when, and how many from when on where some come later."""
    _ = at.language
    by = {max(at.stand(place), minute): heads for minute, heads in at.strength(place.id)}
    return "; ".join(_("{n} heads by {clock}", n=at.number(n), clock=at.clock(m)) for m, n in by.items() if n)


def _actions(at: Situation) -> Section:
    _ = at.language
    columns = (TableColumn(_("What is to change"), 5.0), TableColumn(_("Who"), 2.0), TableColumn(_("Until"), 1.4))
    return Section(
        _("8. Lessons and what follows from them"), (Table(columns, tuple((BY_HAND,) * 3 for _i in range(5))),)
    )


def _overall(at: Situation) -> Section:
    _ = at.language
    columns = (
        TableColumn(_("Readiness as a whole"), 3.0),
        TableColumn(_("Rating"), 2.0),
        TableColumn(_("Reason"), 5.0),
    )
    areas = (_("Facilitation and communication"), _("Safety of everybody"), _("The process"), _("Command and drill"))
    rows: tuple[Row, ...] = tuple((Span(area, "strong"), BOXES, BY_HAND) for area in areas)
    return Section(_("9. Overall"), (Table(columns, rows),))
