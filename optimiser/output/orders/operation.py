"""The operation order, from information to human rights, facilitation first; its shape is a matter of headings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from optimiser.common.language import Language
from optimiser.common.number_format import capitalise, given, percent, plain, span, tell_rare
from optimiser.model.clocks import span_closure, span_window
from optimiser.model.expected.visits import Visit, order_by_day
from optimiser.model.harms import LISTED, Harm
from optimiser.model.instance import Sector
from optimiser.model.parts.movement import Moving
from optimiser.model.parts.travel_data import Closure
from optimiser.model.verdict import Verdict
from optimiser.output.blocks import (
    BY_HAND,
    Heading,
    Pairs,
    Points,
    Section,
    Signatures,
    Span,
    Table,
    TableColumn,
    Value,
)
from optimiser.output.orders.doctrine import (
    CALL_PHASES,
    commander,
    doctrine_name,
    force_section,
    gates_section,
    phase_mark,
    phase_name,
    presence_section,
)
from optimiser.output.orders.form import Paper
from optimiser.output.orders.placement import placement_sections
from optimiser.output.orders.shapes import Part, Shape, shape_name, shape_parts
from optimiser.output.orders.sheet import how_soon, tell_window, unit_cells
from optimiser.output.orders.situation import BASE, Situation
from optimiser.output.orders.staffing.callable import has_cannon
from optimiser.output.orders.staffing.lift import lift_pairs, lift_sections
from optimiser.output.orders.staffing.relief import relief_pairs
from optimiser.output.orders.staffing.tasks import list_hard_units
from optimiser.output.words.reasons import tell_share, tell_thinnest


def operation_order(at: Situation, verdict: Verdict, shape: Shape = "iimarch") -> Paper:
    """Write the operation order of the whole plan in a shape, facilitation first."""
    _ = at.language
    write: dict[Part, Callable[[], list[Section]]] = {
        "information": lambda: _information(at),
        "intention": lambda: _intention(at),
        "method": lambda: _method(at),
        "administration": lambda: _administration(at, verdict),
        "risk": lambda: _risk(at),
        "communications": lambda: _communications(at),
        "rights": lambda: _rights(at),
    }
    sections: list[Section] = []
    for heading, parts in shape_parts(shape, _):
        sections.append(Section("", (Heading(heading),)))
        for part in parts:
            sections += write[part]()
    sections.append(
        Section(
            "",
            (
                Signatures(
                    (_("Prepared by"), _("Checked by"), _("Ordered by: {who}", who=commander(at, "yellow"))),
                    (_("Name, rank, date"),),
                ),
            ),
        )
    )
    return Paper("order", shape_name(shape, _), plain(at.instance.title), tuple(sections), units=at.units[BASE])


def _where(at: Situation, visit: Visit) -> str:
    """Name the sector of a visit, with the share of days where it is not every day."""
    name = at.names[visit.sector]
    if visit.is_sure:
        return name
    share = tell_share(visit, at.language)
    return at.language("{name} (on {share} of days)", name=name, share=share)


def _information(at: Situation) -> list[Section]:
    _, instance = at.language, at.instance
    rows: list[tuple[Value, ...]] = []
    ways = {
        g.id: [v for sector in at.visits.values() for v in sector if v.gathering.id == g.id]
        for g in instance.gatherings
    }
    for g in sorted(instance.gatherings, key=lambda g: instance.minutes(g.arrives)):
        visits = sorted(ways[g.id], key=lambda v: v.start)
        way = tuple(f"{at.clock(v.start)}–{at.clock(v.end)} {_where(at, v)}" for v in visits)
        contact = _("in contact") if g.liaison else _("not yet known: find them")
        rows.append((plain(g.name), at.number(round(float(g.turnout))), way, contact))
    columns = (
        TableColumn(_("Gathering"), 2.6),
        TableColumn(_("People"), 0.9, right=True),
        TableColumn(_("Expected at"), 4.2),
        TableColumn(_("Organisers"), 1.6),
    )
    sections: list[Section] = [
        Section(_("Who comes together; lawful until proved otherwise"), (Table(columns, tuple(rows)),)),
    ]
    processes = [(span_window(instance, w)[0], s, w) for s in instance.sectors for w in s.critical]
    if processes:
        processes.sort(key=lambda process: process[0])
        items = tuple(f"{tell_window(at, w)} {plain(w.name)}, {at.names[s.id]}" for _minute, s, w in processes)
        sections.append(Section(_("Processes that must go on"), (Points(items),), half=True))
    if changes := sorted(_changes(at), key=lambda change: change[0]):
        items = tuple(text for _minute, text in changes)
        sections.append(Section(_("What may change the day"), (Points(items),), half=True))
    return sections


def _changes(at: Situation) -> Iterator[tuple[float, str]]:
    """Give what may change the day, each with its minute: triggers, crowds that choose by the line, closed roads."""
    _, instance = at.language, at.instance
    for t in instance.triggers:
        minute = instance.minutes(t.at) + float(t.late)  # as on the sheets, and as gatherings are expected
        words = {"clock": at.clock(minute), "name": plain(t.name), "share": percent(float(t.chance), language=_)}
        yield minute, _("{clock} {name} ({share} likely)", **words)
    for g in instance.gatherings:
        if said := tell_thinnest(g, _):
            yield instance.minutes(g.arrives), said
    ends = {p.id: plain(p.name) for p in instance.reinforcements} | at.names
    for c in instance.travel.closures:
        words = {"clock": _closed(c, _), "a": ends.get(c.a, c.a), "b": ends.get(c.b, c.b)}
        yield span_closure(instance, c)[0], _("{clock} road closed between {a} and {b}", **words)


def _closed(closure: Closure, _: Language) -> str:
    if closure.start is not None and closure.end is not None:
        return f"{_.clock(closure.start)}–{_.clock(closure.end)}"
    if closure.start is not None:
        return _("from {clock}", clock=_.clock(closure.start))
    return _("all day") if closure.end is None else _("until {clock}", clock=_.clock(closure.end))


def _intention(at: Situation) -> list[Section]:
    _ = at.language
    items = (
        Span(_("Everybody can take part safely, and the democratic process goes on."), "strong"),
        _("Facilitate: meet organisers, have delegations received soon, keep talking."),
        _("Protect everybody alike: participants, the public, officials, personnel. Every injury counts the same."),
        _("Keep ballot boxes, result forms and the process itself going, or restart them at once."),
        _("Act against offenders only, step by step, with the least means; step back as soon as it can be."),
    )
    return [Section("", (Points(items),))]


def _method(at: Situation) -> list[Section]:
    _ = at.language
    sections: list[Section] = [
        _delegations(at),
        *placement_sections(at),
    ]
    rows = tuple((phase_mark(at, p), commander(at, p), text) for p, text in zip(CALL_PHASES, _words(at), strict=True))
    columns = (TableColumn(_("Phase"), 1.2), TableColumn(_("In command"), 1.4), TableColumn(_("What is done"), 7.0))
    sections.append(Section(_("Phases"), (Table(columns, rows, _("Doctrine: {name}.", name=doctrine_name(at))),)))
    sections += [section for section in (presence_section(at), force_section(at)) if section]
    gate = gates_section(at)
    if gate:
        sections.append(replace(gate, half=False))
    return sections


def _words(at: Situation) -> tuple[str, str, str]:
    _ = at.language
    return (
        _(
            "Dalmas awal escorts and facilitates; delegations are received; exits kept open; {gear}.",
            gear=tell_gear(at),
        ),
        _("Lapis ganti to Dalmas lanjut. Negotiators go on as long as possible; stepwise appeals; reserve."),
        _("Only for crimes and after negotiation failed: lintas ganti to PHH on order, arrests, an exit left open."),
    )


def tell_gear(at: Situation) -> str:
    """Say that gear is out of sight, but for where the plan places it in view, or lets it go along with people."""
    _ = at.language
    shown: tuple[Sector | Moving, ...] = (*at.instance.sectors, *at.instance.moving)
    places = [plain(place.name) for place in shown if list_hard_units(at, place)]
    if not places:
        return _("gear stays out of sight")
    return _("gear stays out of sight, but for what this plan places at: {places}", places=", ".join(places))


def _delegations(at: Situation) -> Section:
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    for s in order_by_day(at.instance.sectors, at.due):
        official = s.official
        if official is None:
            continue
        lever = next((x for x in at.expected.levers if x.sector == s.id), None)
        gain: str = "–"
        if lever is not None:
            change = span(lever.change.loss.interval, True, _)
            gain = _("within {minutes} min: {points} points", minutes=given(lever.minutes, _), points=change)
        rows.append((plain(s.name), plain(official.name), how_soon(at, official), gain))
    if not rows:
        return Section(
            _("First: who receives the delegations"), (Points((_("Nobody is named yet: ask for somebody."),)),)
        )
    columns = (
        TableColumn(_("Sector"), 2.6),
        TableColumn(_("Receives the delegation"), 2.8),
        TableColumn(_("How soon"), 2.9),
        TableColumn(_("If agreed"), 2.4),
    )
    note = _("Before anything else: agree with each of them on a time. Points are expected harm; less is better.")
    return Section(_("First: who receives the delegations"), (Table(columns, tuple(rows), note),))


def _administration(at: Situation, verdict: Verdict) -> list[Section]:
    _, heads = at.language, verdict.heads
    number = at.number
    pairs: list[tuple[str, Value]] = [
        (_("In sectors"), number(heads.sectors)),
        (_("At posts"), number(heads.posts)),
        *([(_("On the move"), number(heads.accompanying))] if heads.accompanying else []),
        (_("Vehicle crews among them"), number(heads.crews)),
        (_("Deployed, of the cap"), _("{n} of {cap}", n=number(heads.counted), cap=number(heads.cap))),
        (_("Outside the cap"), number(heads.outside)),
        (_("Held at base"), number(heads.base)),
    ]
    pairs += relief_pairs(at)
    pairs += lift_pairs(at)
    pairs.append((_("Meals and water"), BY_HAND))
    pairs.append((_("Fuel, refill of the water cannon") if has_cannon(at) else _("Fuel"), BY_HAND))
    rows: tuple[tuple[Value, ...], ...] = tuple(unit_cells(at, unit) for unit in at.units[BASE])
    columns = (TableColumn(_("Unit"), 5.0), TableColumn(_("No."), 1.0), TableColumn(_("Heads"), 1.5, right=True))
    base = Section(_("Held at base, not callable"), (Table(columns, rows or ((_("nobody"), "", ""),)),), half=True)
    return [
        Section(_("Heads and supply"), (Pairs(tuple(pairs)),), half=True),
        base,
        *lift_sections(at),
    ]


def harms(at: Situation, among: Iterable[Harm] = LISTED) -> tuple[tuple[str, str], ...]:
    """Return name and unit of each harm, with its mean and 95 % interval; nothing where nothing was simulated."""
    evaluation, language = at.expected.evaluation, at.language
    if evaluation is None:
        return ()
    return tuple(
        (
            language(h.label) if h.part_of else f"{capitalise(language(h.label))} ({language(h.measure)})",
            span(evaluation.harms[h.id].interval, language=language),
        )
        for h in among
        if h.id in evaluation.harms
    )


def _risk(at: Situation) -> list[Section]:
    _ = at.language
    sections: list[Section] = []
    evaluation = at.expected.evaluation
    if evaluation is None:
        none = _("This plan was not played; a plan file of `optimiser plan` brings expected harms and phases.")
        sections.append(Section("", (Points((Span(none, "soft"),)),)))
    else:
        scenarios = at.language.plural("Mean of {n} scenario", "Mean of {n} scenarios", evaluation.scenarios)
        rows: tuple[tuple[Value, ...], ...] = harms(at)
        columns = (TableColumn(_("Harm"), 3.0), TableColumn(_("Expected [95 %]"), 2.4))
        note = _("{scenarios} that the choice never saw. The model's constants are assumptions.", scenarios=scenarios)
        note = f"{note} {tell_rare((harm.interval for harm in evaluation.harms.values()), _)}".strip()
        sections.append(Section(_("What to expect of the whole day"), (Table(columns, rows, note),), half=True))
        sections.append(_worst(at))
    items = (
        _("A delegation that waits: the strongest risk, and the cheapest to take away. Agree on a time beforehand."),
        _("Gear in view of a calm crowd provokes it: keep reserve out of sight."),
        _("People move on to further places: report every march and every departure."),
        _("Rumours: say early and publicly what is true."),
        _("A closed way out turns a crowd into a crush: check exits before and during every step."),
    )
    sections.append(Section(_("What to do about it"), (Points(items),)))
    return sections


def _worst(at: Situation) -> Section:
    _ = at.language

    def shares(sector: Sector) -> tuple[float, float]:
        """Give the shares of scenarios that turn yellow or worse, and red."""
        yellow, red = at.stay(sector, "yellow"), at.stay(sector, "red")
        worst = red.reached if red else 0.0
        return max(worst, yellow.reached if yellow else 0.0), worst

    told = sorted(((shares(sector), sector) for sector in at.instance.sectors), key=lambda one: one[0], reverse=True)
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (plain(sector.name), *(percent(share, language=_) for share in found))
        for found, sector in told[:6]
        if any(found)
    )
    columns = (
        TableColumn(_("Sector"), 3.6),
        TableColumn(phase_name(at, "yellow"), 1.3, right=True),
        TableColumn(phase_name(at, "red"), 1.3, right=True),
    )
    none = ((_("never worse than green"), "", ""),)
    return Section(_("Most often disorderly, share of scenarios"), (Table(columns, rows or none),), half=True)


def _communications(at: Situation) -> list[Section]:
    _ = at.language
    ask_again = given(float(at.instance.doctrine.ask_again), _)
    pairs: tuple[tuple[str, Value], ...] = (
        (_("Command channel"), BY_HAND),
        (_("Reserve channel"), BY_HAND),
        (_("Command post, phone"), BY_HAND),
        (_("Liaison to the election commission"), BY_HAND),
        (_("Liaison to organisers"), BY_HAND),
        (_("Public information, press"), BY_HAND),
        (_("Hospital, ambulance"), BY_HAND),
        (_("Fire brigade"), BY_HAND),
    )
    report = (
        _("Officers in charge report at once: phase, people, delegation waiting or received, exit, injured."),
        _("Reserve is asked for through the command post; a refused call is repeated after {n} min.", n=ask_again),
        _(
            "Yellow: report to {yellow}. Red: {yellow} asks {red} for the order.",
            yellow=commander(at, "yellow"),
            red=commander(at, "red"),
        ),
        _("Everything said to the crowd is written down with its time."),
    )
    return [
        Section(_("Channels"), (Pairs(pairs),), half=True),
        Section(_("Reports"), (Points(report),), half=True),
    ]


def _rights(at: Situation) -> list[Section]:
    _ = at.language
    items = (
        _("Taking part in a peaceful assembly is a right; what people think of the matter is no threat."),
        _("Legal, necessary, proportionate, without discrimination; every use of force is recorded with its reason."),
        _("Participants who do nothing are never treated as those who do; an exit stays open."),
        _("Help for the injured comes first, whoever they are. Journalists and observers may work."),
        _(
            "Sources: Perkap 16/2006, 8/2010, 1/2009; UN Basic Principles 1990; "
            "UN Guidance on Less-Lethal Weapons 2020; General Comment 37."
        ),
        Span(_("Firearms: out of scope, refer to higher command."), "strong"),
        _("After the operation: review (kaji ulang), on the form attached."),
    )
    return [Section("", (Points(items),))]
