"""Who comes to a sector with the people they accompany: how many, about when, on how many of their ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimiser.common.number_format import percent, plain
from optimiser.files.examination.horizon import StopTimes, follow
from optimiser.model.distances import measure
from optimiser.model.instance import Gathering, Sector
from optimiser.model.parts.itinerary import Way
from optimiser.model.parts.movement import Accompaniment
from optimiser.output.orders.situation import Situation

Course = tuple[Way, tuple[StopTimes, ...]]


@dataclass(frozen=True)
class Coming:
    """Units that come to a sector with the gathering that they accompany; they stand there while this is there.

    Attributes
    ----------
    heads : of them, extra crews included; the line of the sector does not count them as its own.
    begins : whether its gathering comes together here, so that they form up here before it comes.
    formed : minutes at which they have formed up here, at mean times, by each way that leads here.
    ways, among : how many of the ways lead here, of those that it may take.
    share : chance that its gathering comes here, 0 to 1.
    """

    accompaniment: Accompaniment
    heads: int
    begins: bool
    formed: tuple[float, ...]
    ways: int
    among: int
    share: float


def find_gathering(at: Situation, accompaniment: Accompaniment) -> Gathering:
    """Return the gathering that units go with."""
    return next(g for g in at.instance.gatherings if g.id == accompaniment.gathering)


def list_courses(at: Situation, gathering: Gathering) -> list[Course]:
    """List the ways that a gathering may take with its stops at mean times, as far as the operation lasts."""
    distances, length = measure(at.instance), at.instance.period.minutes
    ways = [way for way in gathering.ways if way.share > 0.0]
    courses = [(way, follow(gathering, way, at.instance, distances)) for way in ways]
    return [(way, tuple(leg for leg in legs if leg.arrives < length)) for way, legs in courses]


def list_coming(at: Situation, sector: Sector) -> list[Coming]:
    """List who comes to a sector with a gathering, in the order of the instance; units that are placed alone."""
    found = []
    form_up = float(at.instance.travel.form_up)
    for accompaniment in at.instance.accompaniments:
        if not at.units[accompaniment.id]:
            continue
        gathering = find_gathering(at, accompaniment)
        courses = list_courses(at, gathering)
        here = [
            (way, leg)
            for way, legs in courses
            for leg in [next((leg for leg in legs if way.stops[leg.stop].sector == sector.id), None)]
            if leg is not None
        ]
        if here:
            begins = all(leg.stop == 0 for _, leg in here)
            ready = [leg.arrives + form_up if leg.stop else at.stand(accompaniment) for _, leg in here]
            share = float(gathering.chance) * sum(way.share for way, _ in here)
            heads = at.heads(accompaniment.id)
            formed = tuple(sorted(set(ready)))
            found.append(Coming(accompaniment, heads, begins, formed, len(here), len(courses), share))
    return found


def coming_lines(at: Situation, sector: Sector) -> Iterator[str]:
    """Say who comes along, about when, and how surely."""
    for one in list_coming(at, sector):
        yield tell_coming(at, one)


def tell_coming(at: Situation, one: Coming) -> str:
    """Say of units that accompany people how many of them come to a sector, about when, and how surely."""
    _, sign = at.language, one.accompaniment.call_sign
    name = plain(f"{one.accompaniment.name} ({sign})" if sign else one.accompaniment.name)
    words = {"name": name, "n": at.number(one.heads), "clock": tell_formed(at, one)}
    words |= {"ways": at.number(one.ways), "among": at.number(one.among)}
    if one.ways == one.among:
        if one.begins:
            return _("{name}: {n} heads, formed up here by {clock}, until this crowd goes on", **words)
        return _("{name}: {n} heads, about {clock}", **words)
    words["share"] = percent(one.share, language=_)
    if one.begins:
        return _(
            "{name}: {n} heads, formed up here by {clock} if it begins here, on {ways} of {among} ways ({share})",
            **words,
        )
    return _("{name}: {n} heads, about {clock} if it comes here, on {ways} of {among} ways ({share})", **words)


def tell_formed(at: Situation, one: Coming) -> str:
    """Write when units have formed up in a sector: one time, or from the earliest to the latest of its ways."""
    return "–".join(dict.fromkeys((at.clock(one.formed[0]), at.clock(one.formed[-1]))))


def tell_extra(at: Situation, sector: Sector) -> str:
    """Name in short the heads that come to a sector with people, beside those placed there; empty where none do."""
    _ = at.language
    told = []
    for one in list_coming(at, sector):
        words = {"n": at.number(one.heads), "name": plain(one.accompaniment.name)}
        if one.ways == one.among:
            told.append(_("+ {n} with the crowd ({name})", **words))
        else:
            told.append(_("+ {n} with the crowd ({name}, {share})", share=percent(one.share, language=_), **words))
    return "; ".join(told)


def name_assembly(at: Situation, accompaniment: Accompaniment) -> str:
    """Name where units form up: where their gathering comes together, with chances where that depends on the way."""
    shares: dict[str, float] = {}
    for way, _ in list_courses(at, find_gathering(at, accompaniment)):
        first = way.stops[0].sector
        shares[first] = shares.get(first, 0.0) + way.share
    if len(shares) < 2:
        return plain(at.assembly[accompaniment.id].name)
    several = (
        at.language("{place} ({share})", place=at.names[place], share=percent(share, language=at.language))
        for place, share in shares.items()
    )
    return ", ".join(several)
