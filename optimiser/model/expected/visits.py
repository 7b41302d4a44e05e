"""Where people are expected and when, as planned: who visits which sector, and when lines must stand there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from optimiser.model.distances import measure
from optimiser.model.expected.follow import follow
from optimiser.model.instance import Gathering, Instance, Sector
from optimiser.model.parts.itinerary import may_displace
from optimiser.model.parts.movement import Moving, find_assembly

SURE = 1e-9  # chances are sums of shares


@dataclass(frozen=True)
class Visit:
    """A gathering in a sector, as expected: mean times, nobody sent home on the way.

    Attributes
    ----------
    start, end : minutes from the start of the operation, cut at its end.
    people : expected turnout.
    share : chance that it takes place and comes here on its way, 0 to 1.
    onward : sector to which it marches on; empty where it goes home.
    thinnest : chance that it goes where the line is thinnest instead, which may be here, 0 to 1.
    """

    gathering: Gathering
    sector: str
    start: float
    end: float
    people: int
    share: float
    onward: str
    thinnest: float = 0.0

    @property
    def most(self) -> float:
        """The chance that it comes here, if whoever goes where the line is thinnest does."""
        return min(1.0, self.share + self.thinnest)

    @property
    def is_sure(self) -> bool:
        """Whether it is expected on every day."""
        return self.share > 1.0 - SURE


def list_visits(instance: Instance) -> tuple[Visit, ...]:
    """Follow every gathering along its ways at its mean times, in order of time; ways that begin alike are one.

    Where one that goes where the line is thinnest comes to nobody knows, but for stops that all its ways begin with.
    """
    distances, length = measure(instance), instance.period.minutes
    visits: dict[tuple[int, tuple[int, ...]], Visit] = {}
    for g, gathering in enumerate(instance.gatherings):
        known, elsewhere = _count_known(gathering), float(gathering.chance) * float(gathering.displacement)
        for way in gathering.ways:
            for leg in follow(gathering, way, instance, distances):
                if not leg.arrives < length or not float(gathering.chance) * way.share:
                    continue
                thinnest = 0.0 if leg.stop < known else elsewhere
                share = (float(gathering.chance) - thinnest) * way.share
                key, stop = (g, way.numbers[: leg.stop + 1]), way.stops[leg.stop]
                if key in visits:
                    visits[key] = replace(visits[key], share=visits[key].share + share)
                    continue
                end, people = min(leg.leaves, length), round(float(gathering.turnout))
                onward = way.stops[leg.onward].sector if leg.onward is not None else ""
                visits[key] = Visit(gathering, stop.sector, leg.arrives, end, people, share, onward, thinnest)
    return tuple(sorted(visits.values(), key=lambda v: (v.start, v.gathering.id)))


def _count_known(gathering: Gathering) -> int:
    """Count the stops with which all ways of a gathering that may choose begin; all stops of any other."""
    if not may_displace(gathering):
        return len(gathering.itinerary)
    ways = _list_open(gathering)
    return next(n for n in count() if len({way[: n + 1] for way in ways}) > 1 or n == min(map(len, ways)))


def _list_open(gathering: Gathering) -> list[tuple[str, ...]]:
    """List the ways that a gathering may take, as the sectors of their stops."""
    return [tuple(stop.sector for stop in way.stops) for way in gathering.ways if way.share > 0.0]


def join_ways(visits: Iterable[Visit]) -> tuple[Visit, ...]:
    """Make one visit of those that a gathering may pay by several ways: from the earliest to the latest."""
    joined: dict[str, Visit] = {}
    for visit in visits:
        known = joined.get(visit.gathering.id, visit)
        share = visit.share if known is visit else min(1.0, known.share + visit.share)
        thinnest = max(known.thinnest, visit.thinnest)
        start, end = min(known.start, visit.start), max(known.end, visit.end)
        joined[visit.gathering.id] = replace(known, start=start, end=end, share=share, thinnest=thinnest)
    return tuple(joined.values())


def list_due(instance: Instance, more: Iterable[Moving] = ()) -> dict[str, float]:
    """Give the minute at which a line must stand by sector: first people, at the earliest; else the first window.

    Where the rules of presence ask for a guard, it stands from when that guards on. A sector where nothing is expected
    is left out. Sectors come in the order of the day, also over midnight. Who moves
    comes last, and must stand where that begins: when the first people are expected there, of those it goes with or
    others, as from then on the simulation lets units act there; in a sector where nobody is expected with its line, and
    from the start of the operation where it goes on before that line must stand, or rests at a post first.

    Parameters
    ----------
    more : what moves besides, not in the instance yet.
    """
    visits = list_visits(instance)
    people = list_first_people(instance)
    due = dict(people)
    for sector in instance.sectors:
        if sector.critical and sector.id not in due:
            due[sector.id] = min(instance.minutes(window.start) for window in sector.critical)
    for guarded, minute in _list_guarded(instance):
        due[guarded] = min(minute, due.get(guarded, minute))
    sectors = {sector.id: due[sector.id] for sector in order_by_day(instance.sectors, due) if sector.id in due}
    coming, moving = {visit.gathering.id for visit in visits}, (*instance.moving, *more)
    begins = {m.id: m.parts[0] for m in moving}
    led = {m.id: people[find_assembly(instance, m)] for m in moving if begins[m.id].gathering in coming}
    placed = {ident: due.get(leg.sector or "", 0.0) for ident, leg in begins.items() if leg.gathering is None}
    for ident, minute in placed.items():
        if (until := begins[ident].until) is not None and minute >= instance.minutes(until):
            placed[ident] = 0.0
    return sectors | led | placed


def list_first_people(instance: Instance) -> dict[str, float]:
    """Give the minute at which the first people may come to a sector, at the earliest; whoever guards it before."""
    found: dict[str, float] = {}
    comes = [(visit.sector, visit.start, visit.gathering) for visit in list_visits(instance)]
    for gathering in filter(may_displace, instance.gatherings):
        first = instance.minutes(gathering.arrives) + float(gathering.late)
        for begin in {way[0] for way in _list_open(gathering) if float(gathering.chance)}:
            comes += [(*come, gathering) for come in _choose(gathering, instance, (begin,), first)]
    for place, start, gathering in comes:
        minute = max(0.0, start - float(gathering.late))
        if start < instance.period.minutes:
            found[place] = min(minute, found.get(place, minute))
    return found


def _list_guarded(instance: Instance) -> Iterator[tuple[str, float]]:
    """Give each sector that the rules of presence have guarded, with the minute from which on."""
    presence = instance.presence
    for sector in instance.sectors if presence else ():
        if presence and presence.records and sector.records > 0.0:
            yield sector.id, 0.0
        for window in sector.critical if presence and presence.windows else ():
            yield sector.id, instance.minutes(window.start)


def _choose(
    gathering: Gathering, instance: Instance, made: tuple[str, ...], minute: float
) -> Iterator[tuple[str, float]]:
    """Give each sector with the earliest minute at which who goes where the line is thinnest comes, once it is here.

    It stays as a way says that has led through the same sectors, and goes on by any other that has.

    Parameters
    ----------
    made : sectors of the stops so far; the last one is where it comes at this minute.
    """
    yield made[-1], minute
    n, distances = len(made), measure(instance)
    ways = [way.stops for way in gathering.ways if way.share > 0.0]
    ways = [stops for stops in ways if tuple(stop.sector for stop in stops[:n]) == made]
    stay = min(float(stops[n - 1].stay) for stops in ways)
    ready = minute + (max(stay, float(gathering.arrival_spread)) if n == 1 else stay)
    here = distances.places.index(made[-1])
    for sector in dict.fromkeys(stops[n].sector for stops in ways if len(stops) > n):
        there = distances.places.index(sector)
        if math.isfinite(leaves := distances.opens(here, there, ready)):
            walk = 60.0 * float(distances.km[distances.at(leaves)][here][there]) / float(instance.travel.march)
            yield from _choose(gathering, instance, (*made, sector), leaves + walk)


def order_by_day(sectors: Iterable[Sector], due: Mapping[str, float]) -> list[Sector]:
    """Put sectors in the order of the day, those where nothing is expected last; see `list_due`."""
    return sorted(sectors, key=lambda sector: due.get(sector.id, math.inf))
