"""The places of a plan on one time axis: who from when, which people when, how likely disorder is, what would lack."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.common.number_format import given, percent, plain
from optimiser.model.expected.visits import Visit
from optimiser.model.instance import Post, Sector
from optimiser.model.parts.movement import Moving
from optimiser.output.blocks import Block, Brief, Inline, Paragraph, Span, Spans, Strip, Table, TableColumn, Tone, Value
from optimiser.output.drawing.strip import draw_axis, draw_strip
from optimiser.output.map_pictures import short_names
from optimiser.output.orders.doctrine import CALL_PHASES, SHAPES, commander, phase_name
from optimiser.output.orders.situation import Situation
from optimiser.output.overview.along import list_companions
from optimiser.output.overview.day import PlaceDay, Shares, list_place_days, pick_worst
from optimiser.output.render_page import drawing
from optimiser.output.words.reasons import tell_share, tell_thinnest

TOGETHER = "\u00a0×\u00a0"  # a number is not parted from what it counts
LIKELY = 0.2  # share of days from which on a visit is told by itself; assumed


def day_blocks(at: Situation, shares: Shares | None = None) -> list[Block]:
    """Lay out the day: places on one axis, what is left out, what the columns mean.

    Parameters
    ----------
    shares : of scenarios that turn yellow or worse, and red, by sector; None where nothing was simulated.
    """
    _ = at.language
    days = list_place_days(at, shares)
    shown = pick_worst(days)
    names = short_names(at.instance)
    period = at.instance.period
    columns = (
        TableColumn(_("Where"), 2.0),
        TableColumn(_("Who"), 4.3),
        TableColumn(_("When"), 3.7, scale=drawing(draw_axis(period.start, period.minutes, _))),
        TableColumn(phase_name(at, "yellow"), 1.0, firm=True),
        TableColumn(phase_name(at, "red"), 1.0, firm=True),
    )
    rows = [
        (
            Brief(Span(plain(day.place.name), "strong"), Span(names[day.place.id], "strong")),
            _who(at, day),
            _when(at, day),
            *_risk(at, day),
        )
        for day in shown
    ]
    blocks: list[Block] = [Table(columns, rows, wide=True, dense=True)]
    if len(shown) < len(days):
        words = {"n": len(shown), "all": len(days)}
        blocks.append(Paragraph(_("The {n} of {all} places where disorder is likeliest.", **words), "note"))
    blocks.append(Paragraph(_explain(at, days), "note"))
    return blocks


def drawn_key(at: Situation) -> Paragraph:
    """Say what the strips show."""
    _ = at.language
    said = _(
        "Upper bar: people expected; as much of its height is yellow or red as of the scenarios turn so. Lower bar: "
        "personnel in place. Line above: a process that must go on."
    )
    return Paragraph(said, "note")


def deciders(at: Situation) -> str:
    """Say who decides in which phase."""
    _ = at.language
    phases = "; ".join(f"{phase_name(at, phase)} {commander(at, phase)}" for phase in CALL_PHASES)
    minutes = given(float(at.instance.doctrine.order_red), _)
    return _("{phases} (the order takes about {minutes} min)", phases=phases, minutes=minutes)


def _who(at: Situation, day: PlaceDay) -> Value:
    _ = at.language
    units = at.units[day.place.id]
    along = "; ".join(list_companions(at, day.place)) if isinstance(day.place, Sector) else ""
    if not units:
        return Span(along or _("nobody"), "bad" if day.visits and not along else "soft")
    total = at.number(at.heads(day.place.id))
    largest = max(units, key=lambda unit: unit.heads)
    needed = at.stand(day.place)
    first = at.count(largest.kind, largest.number, needed)
    rest = at.heads(day.place.id) - largest.heads
    every = ", ".join(at.count(u.kind, u.number, needed).replace(" × ", TOGETHER) for u in units)
    with_people = f"; {along}" if along else ""
    return Brief(_strong(total, every + with_people), _strong(total, first + _others(at, rest) + with_people))


def _others(at: Situation, heads: int) -> str:
    """Say how many heads stand there besides the largest unit."""
    return " " + at.language.plural("+ {n} other", "+ {n} others", heads) if heads else ""


def _strong(total: str, who: str) -> Spans:
    return Spans((Span(total, "strong"), f": {who}"))


def _pick_likely(day: PlaceDay) -> Sequence[Visit]:
    """Pick the visits that are told one by one: the first two of those that are likely, else the first."""
    return [v for v in day.visits if v.most >= LIKELY][:2] or day.visits[:1]


def _when(at: Situation, day: PlaceDay) -> Inline:
    _ = at.language
    told = _tell_stops(at, day) if day.stops else _since(at, day)
    shown = _pick_likely(day)
    for visit in shown:
        words = {"n": at.number(visit.people), "start": at.clock(visit.start), "end": at.clock(visit.end)}
        if visit.is_sure:
            told.append(_("{n} people {start}–{end}", **words))
        else:
            share = tell_share(visit, _)
            told.append(_("{n} people {start}–{end} ({share})", share=share, **words))
    if more := len(day.visits) - len(shown):
        told.append(_.plural("and {n} more", "and {n} more", more))
    period = at.instance.period
    picture = draw_strip(
        period.start,
        period.minutes,
        crowds=[(v.start, v.end) for v in day.visits],
        shares=day.shares,
        heads=[] if day.stops else [minute for minute, _n in day.heads],
        stands=[(begin, end) for _sector, begin, end in day.stops],
        windows=day.windows,
    )
    return Strip(drawing(picture), "; ".join(told))


def _tell_stops(at: Situation, day: PlaceDay) -> list[str]:
    """Say where units that move are, and when, along the likeliest ways; the rest of the day is the road."""
    names = short_names(at.instance)
    return [f"{names[sector]} {at.clock(begin)}–{at.clock(end)}" for sector, begin, end in day.stops]


def _since(at: Situation, day: PlaceDay) -> list[str]:
    """Say from when a place is manned, or its reserve can be called; where more come later, how many from when on."""
    _ = at.language
    if len(day.heads) > 1:
        return [_("{n} from {clock}", n=at.number(n), clock=at.clock(minute)) for minute, n in day.heads]
    if isinstance(day.place, Post):
        return [_("callable from {clock}", clock=at.clock(minute)) for minute, _n in day.heads]
    return [_("from {clock}", clock=at.clock(minute)) for minute, _n in day.heads]


def _risk(at: Situation, day: PlaceDay) -> tuple[Value, Value]:
    """Write how often a place turns yellow, and red, and what its line would lack then."""
    if isinstance(day.place, (Post, Moving)):
        return "", ""
    tones: tuple[Tone, ...] = ("yellow", "red")
    cells: list[Value] = []
    for i, tone in enumerate(tones):
        share = percent(day.shares[i], language=at.language) if day.shares else "–"
        often = Span(f"{SHAPES[tone]} {share}", tone)
        lacks = at.language("lacks {n}", n=at.number(day.missing[i]))
        cells.append((often, Span(lacks, "bad")) if day.missing[i] else often)
    return cells[0], cells[1]


def _explain(at: Situation, days: Sequence[PlaceDay]) -> str:
    _ = at.language
    ways = _(" Behind people: on how many days they come there, by whichever way.")
    unsure = any(not visit.is_sure for day in days for visit in _pick_likely(day))
    along = _(
        " Who comes with the people or as planned counts in that line, and is listed last, with the stops of the "
        "likeliest way."
    )
    moving = any(day.stops for day in days)
    thinnest = "".join(f" {said}" for g in at.instance.gatherings if (said := tell_thinnest(g, _)))
    return _explain_phases(at, days) + (ways if unsure else "") + thinnest + (along if moving else "")


def _explain_phases(at: Situation, days: Sequence[PlaceDay]) -> str:
    _ = at.language
    if not any(any(day.missing) for day in days):
        return _(
            "Yellow, red: in how many simulated days the place turns so. No line would lack anybody then, with reserve "
            "in reach and help from outside."
        )
    return _(
        "Yellow, red: in how many simulated days the place turns so, and what its line would lack then: head "
        "equivalents, with reserve in reach and help from outside, which all sectors share. The higher command is "
        "asked for them."
    )
