"""Who comes to a sector with people or as planned: how many, from about when until when, on how many of their ways."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from optimiser.common.number_format import percent, plain
from optimiser.model.distances import measure
from optimiser.model.expected.follow import StopTimes, follow
from optimiser.model.expected.stands import Passage, Stand, count_passages
from optimiser.model.expected.visits import SURE
from optimiser.model.instance import Gathering, Sector
from optimiser.model.parts.itinerary import Way
from optimiser.model.parts.movement import Accompaniment, Movement, Moving
from optimiser.output.orders.situation import Situation

Course = tuple[Way, tuple[StopTimes, ...]]


@dataclass(frozen=True)
class Coming:
    """Units that come to a sector with a gathering, or as planned, and go on from there.

    Attributes
    ----------
    moving : their place.
    led : gathering with which they come; None where they come by the clock.
    heads : of them, extra crews included; the line of the sector does not count them as its own.
    begins : whether they are here first, with people so that they form up here before these come.
    passages, stands : ways that lead here, the likeliest first, and when they stand here on each, at mean times.
    among : how many ways gatherings may take.
    share : chance that they come here, 0 to 1; at least so much where some of the ways were left out.
    cut : whether they were, because there are too many.
    onward : sector that they go to then, on the likeliest of these ways; empty where they stay.
    """

    moving: Moving
    led: Gathering | None
    heads: int
    begins: bool
    passages: tuple[Passage, ...]
    stands: tuple[Stand, ...]
    among: int
    share: float
    cut: bool
    onward: str

    @property
    def planned(self) -> bool:
        """Whether they come by the clock, not with people."""
        return self.led is None

    @property
    def ways(self) -> int:
        """How many of the ways lead here."""
        return len(self.passages)

    @property
    def formed(self) -> tuple[float, ...]:
        """Minutes from which they stand here, by way; in order of time."""
        return tuple(sorted({stand.formed for stand in self.stands}))

    @property
    def left(self) -> tuple[float, ...]:
        """Minutes until which they do, by way; in order of time."""
        return tuple(sorted({stand.left for stand in self.stands}))


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
    """List who comes to a sector, in the order of the instance and of legs; units that are placed alone.

    Whose leg leads here more than once, as with people who come back, is listed for each time.
    """
    return [
        coming
        for moving in at.instance.moving
        if at.units[moving.id]
        for number in range(len(moving.parts))
        for coming in _come(at, moving, number, sector.id)
    ]


def _come(at: Situation, moving: Moving, number: int, sector: str) -> Iterator[Coming]:
    """Say when units are in a sector with one of their legs: the first time by each way, then the second, and so on."""
    times = [
        (passage, [i for i, s in enumerate(passage.stands) if (s.leg, s.sector) == (number, sector) and s.lasts])
        for passage in at.passages[moving.id]
    ]
    for time in range(max((len(here) for _passage, here in times), default=0)):
        yield _join_ways(at, moving, number, [(way, here[time]) for way, here in times if time < len(here)])


def _join_ways(at: Situation, moving: Moving, number: int, found: list[tuple[Passage, int]]) -> Coming:
    """Put together when units are in a sector with one of their legs, given the numbers of their stands there."""
    first, i = found[0]
    after = first.stands[i + 1 :]
    passages, among = at.passages[moving.id], count_passages(at.instance, moving)
    led = next((g for g in at.instance.gatherings if g.id == moving.parts[number].gathering), None)
    return Coming(
        moving,
        led,
        at.heads(moving.id),
        begins=all(i == 0 for _passage, i in found),
        passages=tuple(passage for passage, _i in found),
        stands=tuple(passage.stands[i] for passage, i in found),
        among=among,
        share=sum(passage.share for passage, _i in found) * (float(led.chance) if led else 1.0),
        cut=len(passages) < among,
        onward=at.names[after[0].sector] if after else "",
    )


def join_legs(at: Situation, sector: Sector) -> list[Coming]:
    """List who comes to a sector, each once with whichever of its legs it comes with people; by the clock each leg."""
    found: list[Coming] = []
    for one in list_coming(at, sector):
        if one.planned:
            found.append(one)
        elif all(other.planned or other.moving.id != one.moving.id for other in found):
            found.append(replace(one, share=find_share(at, one.moving, sector.id)))
    return found


def find_share(at: Situation, moving: Moving, sector: str) -> float:
    """Give the chance that units stand in a sector at all, with whichever of their legs."""
    chances = {g.id: float(g.chance) for g in at.instance.gatherings}
    found = 0.0
    for passage in at.passages.get(moving.id, ()):
        legs = {s.leg for s in passage.stands if s.sector == sector and s.lasts}
        led = {moving.parts[leg].gathering for leg in legs}
        found += passage.share * (1.0 - math.prod(1.0 - chances.get(name or "", 1.0) for name in led))
    return found


def list_here(at: Situation, moving: Moving, sector: str) -> tuple[Stand, ...]:
    """List all times that units stand in a sector, on the likeliest way that leads there; nothing where none does."""
    ways = (tuple(s for s in p.stands if s.sector == sector and s.lasts) for p in at.passages.get(moving.id, ()))
    return next((here for here in ways if here), ())


def meets(one: Coming, other: Coming) -> bool:
    """Tell whether units may stand in a sector at the same time, on ways that people may take on one day."""
    return any(
        mine.formed < its.left and its.formed < mine.left and _agree(a, b)
        for a, mine in zip(one.passages, one.stands, strict=True)
        for b, its in zip(other.passages, other.stands, strict=True)
    )


def _agree(one: Passage, other: Passage) -> bool:
    return all(way == other.ways.get(gathering, way) for gathering, way in one.ways.items())


def stands_there(at: Situation, moving: Moving, sector: str, minute: float, crowd: Mapping[str, int]) -> bool:
    """Tell whether units stand in a sector at a minute: on the likeliest way, or with some people on any of theirs.

    Who comes with people stands there when they come, as time to form up is granted to all.
    """
    form_up = float(at.instance.travel.form_up)
    return any(
        stand.sector == sector and stand.formed - form_up <= minute < stand.left
        for number, passage in enumerate(at.passages.get(moving.id, ()))
        for stand in passage.stands
        if not number or moving.parts[stand.leg].gathering in crowd
    )


def coming_lines(at: Situation, sector: Sector) -> Iterator[str]:
    """Say who comes along or as planned, about when, and how surely."""
    for one in list_coming(at, sector):
        yield tell_coming(at, one)


def tell_coming(at: Situation, one: Coming) -> str:
    """Say of units that move how many of them come to a sector, about when, and how surely."""
    _, sign = at.language, one.moving.call_sign
    name = plain(f"{one.moving.name} ({sign})" if sign else one.moving.name)
    words = {"name": name, "n": at.number(one.heads), "clock": tell_formed(at, one)}
    words |= {"ways": at.number(one.ways), "among": at.number(one.among)}
    if isinstance(one.moving, Movement):
        return _tell_leg(at, one, words)
    if one.ways == one.among:
        if one.begins:
            return _("{name}: {n} heads, formed up here by {clock}, until this crowd goes on", **words)
        return _("{name}: {n} heads, about {clock}", **words)
    words["share"] = tell_days(at, one)
    if one.begins:
        return _(
            "{name}: {n} heads, formed up here by {clock} if it begins here, on {ways} of {among} ways ({share})",
            **words,
        )
    return _("{name}: {n} heads, about {clock} if it comes here, on {ways} of {among} ways ({share})", **words)


def _tell_leg(at: Situation, one: Coming, words: Mapping[str, str]) -> str:
    """Say from when until when units of a movement stand in a sector, and where they go then."""
    _ = at.language
    words = {**words, "until": tell_left(at, one), "place": one.onward, "share": tell_days(at, one)}
    if one.led is not None:
        words["crowd"] = plain(one.led.name)
        said = _("{name}: {n} heads with {crowd}, about {clock}, while it is here", **words)
        return said if is_sure(one) else _("{what}, on {ways} of {among} ways ({share})", what=said, **words)
    if one.onward:
        said = _("{name}: {n} heads, {clock} until {until}, then to {place}", **words)
    else:
        said = _("{name}: {n} heads, from {clock}, and stay", **words)
    return said if is_sure(one) else _("{what} (on {share} of days)", what=said, **words)


def is_sure(one: Coming) -> bool:
    """Tell whether units come on every day."""
    return one.share > 1.0 - SURE


def tell_days(at: Situation, one: Coming) -> str:
    """Write on how many days units come here, at least where some ways were left out."""
    share = percent(one.share, language=at.language)
    return at.language("at least {share}", share=share) if one.cut else share


def tell_formed(at: Situation, one: Coming) -> str:
    """Write when units have formed up in a sector: one time, or from the earliest to the latest of its ways."""
    return "–".join(dict.fromkeys((at.clock(one.formed[0]), at.clock(one.formed[-1]))))


def tell_left(at: Situation, one: Coming) -> str:
    """Write until when units stand in a sector, likewise."""
    return "–".join(dict.fromkeys((at.clock(one.left[0]), at.clock(one.left[-1]))))


def tell_extra(at: Situation, sector: Sector) -> str:
    """Name in short the heads that come to a sector, beside those placed there; empty where none do."""
    _ = at.language
    told = []
    for one in join_legs(at, sector):
        words = {"n": at.number(one.heads), "name": plain(one.moving.name), "share": tell_days(at, one)}
        words |= {"clock": tell_formed(at, one), "until": tell_left(at, one)}
        if one.planned and one.onward:
            told.append(_("+ {n} from {clock} until {until} ({name})", **words))
        elif one.planned:
            told.append(_("+ {n} from {clock} ({name})", **words))
        elif one.ways == one.among or is_sure(one):
            told.append(_("+ {n} with the crowd ({name})", **words))
        else:
            told.append(_("+ {n} with the crowd ({name}, {share})", **words))
    return "; ".join(told)


def name_assembly(at: Situation, moving: Moving) -> str:
    """Name where units form up: where they begin, with chances where that depends on the way of people."""
    shares: dict[str, float] = {}
    for passage in at.passages.get(moving.id, ()):
        for first in passage.stands[:1]:
            shares[first.sector] = shares.get(first.sector, 0.0) + passage.share
    if len(shares) < 2:
        return plain(at.assembly[moving.id].name)
    several = (
        at.language("{place} ({share})", place=at.names[place], share=percent(share, language=at.language))
        for place, share in shares.items()
    )
    return ", ".join(several)
