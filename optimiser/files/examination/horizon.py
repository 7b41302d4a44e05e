"""What the end of the day as it is simulated cuts off, by mean times: nothing that comes later is counted.

The day is simulated until people are home, at most the overtime after the operational period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from optimiser.common.message import Message
from optimiser.model.cautions import Caution
from optimiser.model.distances import Distances, measure
from optimiser.model.expected.follow import follow
from optimiser.model.instance import Instance

TOLD = 3  # things named in the line that says what is cut off; further ones are counted
SHORTENED = 0.5  # share of a stay that is cut off before a warning is given; assumed
SHIFTED = 5.0  # minutes by which a change must move something over the end before it is said; assumed


@dataclass(frozen=True)
class Expected:
    """Something announced or expected at its mean time: a stop of a gathering, or a trigger.

    Attributes
    ----------
    key : what it is, the same before and after a change of the instance.
    place : where it stands in the file.
    start, end : minutes from the start of the operation; equal for what takes no time.
    cut : share of it that lies after the end of what is simulated, 0 to 1.
    what : it, in words.
    """

    key: tuple[str, ...]
    place: str
    start: float
    end: float
    cut: float
    what: Message


def list_expected(instance: Instance) -> tuple[Expected, ...]:
    """List the stops of gatherings and the triggers at their mean times, in the order of the instance."""
    names = {sector.id: sector.name for sector in instance.sectors}
    length = instance.period.simulated
    distances = _measure(instance)
    found: list[Expected] = []
    ways = [(g, way) for g, one in enumerate(instance.gatherings) for way in one.ways if way.share > 0.0]
    for g, way in ways:
        one = instance.gatherings[g]
        for leg in follow(one, way, instance, distances):
            sector, number = way.stops[leg.stop].sector, way.numbers[leg.stop]
            stay = leg.leaves - leg.arrives
            cut = 1.0 if leg.arrives >= length else max(0.0, leg.leaves - length) / stay if stay else 0.0
            words = {"gathering": one.name, "sector": names[sector], "start": _tell_time(instance, leg.arrives)}
            what = Message("'{gathering}' at '{sector}' from about {start}", **words)
            if cut < 1.0:
                what = Message(
                    "'{gathering}' at '{sector}', until about {end}", **words, end=_tell_time(instance, leg.leaves)
                )
            place = f"gatherings[{g}].itinerary[{number}]" if leg.stop else f"gatherings[{g}].arrives"
            key = ("stop", one.id, sector, *filter(None, (way.route,)), str(leg.stop))
            found.append(Expected(key, place, leg.arrives, leg.leaves, cut, what))
    for t, trigger in enumerate(instance.triggers):
        minute = instance.minutes(trigger.at) + float(trigger.late)
        what = Message("'{trigger}', about {start}", trigger=trigger.name, start=_tell_time(instance, minute))
        cut = float(minute >= length)
        found.append(Expected(("trigger", trigger.id), f"triggers[{t}].at", minute, minute, cut, what))
    return tuple(found)


def _tell_time(instance: Instance, minute: float) -> Message | str:
    """Return a clock time, with the day where it is a later one than that of the start."""
    clock = instance.clock(minute)
    days = (instance.period.start + dt.timedelta(minutes=minute)).date() - instance.period.start.date()
    if days.days == 1:
        return Message("{clock} of the next day", clock=clock)
    return Message("{clock}, {n} days later", clock=clock, n=days.days) if days.days > 1 else clock


def _measure(instance: Instance) -> Distances:
    """Measure the distances between the stops of marches alone; a town has many other places."""
    ways = [way for one in instance.gatherings for way in one.ways]
    marched = {stop.sector for way in ways if len(way.stops) > 1 for stop in way.stops}
    sectors = tuple(sector for sector in instance.sectors if sector.id in marched) or instance.sectors[:1]
    return measure(instance.altered(sectors=sectors, posts=(), reinforcements=()))


def find_late_cautions(instance: Instance) -> Iterator[Caution]:
    """List what is expected and not counted, or for the lesser part, because the day is simulated no longer."""
    end = instance.clock(instance.period.simulated)
    for one in list_expected(instance):
        if one.cut >= SHORTENED:
            words = {"what": one.what, "end": end}
            found = Message("{what}; the day is simulated until {end}, and nothing later is counted", **words)
            usual = Message("a time before {end}", end=end)
            repair = Message("raise period.hours or period.overtime, or correct the times")
            yield Caution("after-the-end", one.place, found, usual, repair)


def tell_cut(instance: Instance) -> Message | None:
    """Say in one sentence what the end of the period cuts off; None where nothing is expected after it."""
    beyond = [one for one in list_expected(instance) if one.cut > 0.0]
    if not beyond:
        return None
    end = instance.clock(instance.period.simulated)
    words = {"end": end, "list": _list(beyond)}
    return Message("The day is simulated until {end}; what comes later is not counted: {list}.", **words)


def tell_shift(before: Instance, after: Instance) -> Message | None:
    """Say in one sentence what a change moves over the end of the period, or back before it; None where nothing.

    Figures fall when something is no longer counted, and rise when something now is; the day itself is neither better
    nor worse for that.
    """
    old, new = ({one.key: one for one in list_expected(i)} for i in (before, after))
    out = [one for key, one in new.items() if one.cut > 0.0 and (key not in old or _is_later(old[key], one))]
    back = [one for key, one in new.items() if key in old and _is_later(one, old[key])]
    end = after.clock(after.period.simulated)
    parts = []
    if out:
        words = {"end": end, "list": _list(out)}
        parts.append(
            Message(
                "With the change, more falls after {end}, to which the day is simulated, and is not counted: {list}. "
                "Figures that fall may owe it to that alone.",
                **words,
            )
        )
    if back:
        words = {"end": end, "list": _list(back)}
        parts.append(
            Message(
                "With the change, more falls before {end}, to which the day is simulated, and is counted now: {list}. "
                "Figures that rise may owe it to that alone.",
                **words,
            )
        )
    return Message.chain(" ", parts) if parts else None


def _is_later(one: Expected, other: Expected) -> bool:
    """Return whether more of the other is cut off than of one, by more than a few minutes."""
    cut, more = (o.cut * max(o.end - o.start, SHIFTED) for o in (one, other))
    return more - cut >= SHIFTED


def _list(expected: Iterable[Expected]) -> Message:
    items = [one.what for one in expected]
    if len(items) > TOLD:
        items = [*items[:TOLD], Message.plural("{n} more", "{n} more", len(items) - TOLD)]
    return Message.chain("; ", items)
