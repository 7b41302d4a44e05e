"""What the end of the operational period cuts off, by mean times: nothing that comes later is simulated or counted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from optimiser.caution import Caution
from optimiser.instance import Gathering, Instance
from optimiser.message import Message
from optimiser.travel import Distances, measure

TOLD = 3  # things named in the line that says what is cut off; further ones are counted


@dataclass(frozen=True)
class Leg:
    """One stop of a gathering at its mean times, nobody sent home on the way.

    Attributes
    ----------
    gathering, stop : their numbers in the instance.
    arrives : minute of the arrival; infinite where the way is closed.
    leaves : minute at which it marches on or goes home.
    """

    gathering: int
    stop: int
    arrives: float
    leaves: float


@dataclass(frozen=True)
class Beyond:
    """Something expected at or after the end of the period.

    Attributes
    ----------
    key : what it is, the same before and after a change of the instance.
    place : where it stands in the file.
    minute : when it is expected, from the start.
    what : it, in words.
    """

    key: tuple[str, ...]
    place: str
    minute: float
    what: Message


def follow(gathering: Gathering, number: int, instance: Instance, distances: Distances) -> Iterator[Leg]:
    """Follow a gathering along its way at its mean times."""
    index = {name: i for i, name in enumerate(distances.places)}
    minute = instance.minutes(gathering.arrives) + float(gathering.late)
    here = ""
    for j, stop in enumerate(gathering.itinerary):
        if j:
            km = distances.km[distances.at(minute)][index[here]][index[stop.sector]]
            minute += 60.0 * float(km) / float(instance.travel.march)
        assembling = float(gathering.arrival_spread) if j == 0 else 0.0
        leaves = minute + max(float(stop.stay), assembling)
        yield Leg(number, j, minute, leaves)
        minute, here = leaves, stop.sector


def list_beyond(instance: Instance) -> tuple[Beyond, ...]:
    """List the stops and triggers that are expected when the period is over, in the order of the instance."""
    known = {sector.id: sector.name for sector in instance.sectors}
    gatherings = [
        (g, one) for g, one in enumerate(instance.gatherings) if all(s.sector in known for s in one.itinerary)
    ]
    distances = _measure(instance, (one for _, one in gatherings))
    found: list[Beyond] = []
    for g, one in gatherings:
        for leg in follow(one, g, instance, distances):
            if instance.period.minutes <= leg.arrives < math.inf:
                sector = one.itinerary[leg.stop].sector
                words = {"gathering": one.name, "sector": known[sector], "clock": instance.clock(leg.arrives)}
                what = Message("'{gathering}' at '{sector}', about {clock}", **words)
                place = f"gatherings[{g}].itinerary[{leg.stop}]" if leg.stop else f"gatherings[{g}].arrives"
                found.append(Beyond(("stop", one.id, str(leg.stop), sector), place, leg.arrives, what))
    for t, trigger in enumerate(instance.triggers):
        minute = instance.minutes(trigger.at) + float(trigger.late)
        if minute >= instance.period.minutes:
            what = Message("'{trigger}', about {clock}", trigger=trigger.name, clock=instance.clock(minute))
            found.append(Beyond(("trigger", trigger.id), f"triggers[{t}].at", minute, what))
    return tuple(found)


def _measure(instance: Instance, gatherings: Iterable[Gathering]) -> Distances:
    """Measure the distances between the stops of marches alone; a town has many other places."""
    marched = {stop.sector for one in gatherings if len(one.itinerary) > 1 for stop in one.itinerary}
    sectors = tuple(sector for sector in instance.sectors if sector.id in marched) or instance.sectors[:1]
    return measure(instance.model_copy(update={"sectors": sectors, "posts": (), "reinforcements": ()}))


def find_late_cautions(instance: Instance) -> Iterator[Caution]:
    """List what is announced or expected and not counted, because the period is over by then."""
    end = instance.clock(instance.period.minutes)
    for one in list_beyond(instance):
        found = Message("{what}: the operation ends at {end}, and nothing later is counted", what=one.what, end=end)
        usual = Message("a time before {end}", end=end)
        yield Caution("after-the-end", one.place, found, usual, Message("raise period.hours, or correct the times"))


def tell_beyond(instance: Instance) -> Message | None:
    """Say in one sentence what the end of the period cuts off; None where nothing is expected after it."""
    beyond = list_beyond(instance)
    if not beyond:
        return None
    end = instance.clock(instance.period.minutes)
    return Message("Not counted, because the operation ends at {end}: {list}.", end=end, list=_list(beyond))


def tell_shift(before: Instance, after: Instance) -> Message | None:
    """Say in one sentence what a change pushes over the end of the period, or brings before it; None where nothing.

    Figures fall because something is no longer counted, and rise because something now is; neither is the effect of
    the change on the day.
    """
    old, new = _by_key(before), _by_key(after)
    ends = {"before": before.clock(before.period.minutes), "after": after.clock(after.period.minutes)}
    parts = []
    if pushed := [one for key, one in new.items() if key not in old and key in _all_keys(before)]:
        words = {"list": _list(pushed), "end": ends["after"]}
        parts.append(
            Message("With the change no longer counted, because it falls after the end at {end}: {list}.", **words)
        )
    if added := [one for key, one in new.items() if key not in old and key not in _all_keys(before)]:
        words = {"list": _list(added), "end": ends["after"]}
        parts.append(Message("New and not counted, because it falls after the end at {end}: {list}.", **words))
    if brought := [one for key, one in old.items() if key not in new and key in _all_keys(after)]:
        words = {"list": _list(brought), "end": ends["before"]}
        parts.append(
            Message("With the change counted for the first time, before after the end at {end}: {list}.", **words)
        )
    return Message.chain(" ", parts) if parts else None


def _by_key(instance: Instance) -> Mapping[tuple[str, ...], Beyond]:
    return {one.key: one for one in list_beyond(instance)}


def _all_keys(instance: Instance) -> set[tuple[str, ...]]:
    stops = {("stop", g.id, str(j), stop.sector) for g in instance.gatherings for j, stop in enumerate(g.itinerary)}
    return stops | {("trigger", trigger.id) for trigger in instance.triggers}


def _list(beyond: Iterable[Beyond]) -> Message:
    items = [one.what for one in beyond]
    if len(items) > TOLD:
        items = [*items[:TOLD], Message.plural("{n} more", "{n} more", len(items) - TOLD)]
    return Message.chain("; ", items)
