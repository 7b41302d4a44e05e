"""Who comes to a sector with the people that are expected there, or as planned."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.common.number_format import percent, plain
from optimiser.model.expected.visits import Visit, join_ways
from optimiser.model.instance import Sector
from optimiser.model.parts.movement import Accompaniment, Movement
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.along import Coming, is_sure, join_legs, list_here
from optimiser.output.words.reasons import name_visit, tell_share


def tell_companions(at: Situation, sector: Sector) -> list[str]:
    """Say how many heads come to a sector with which people, and on how many days, or from when until when."""
    told, _ = [], at.language
    for along, visit in _companions(at, sector.id):
        who, n = name_visit(visit, _), at.heads(along.id)
        told.append(_.plural("{n} head comes with {who}", "{n} heads come with {who}", n, who=who))
    for one in _legs(at, sector):
        words = {"name": plain(one.moving.name), "times": _times(at, sector, one)}
        told.append(_.plural("{n} head: {name}{times}", "{n} heads: {name}{times}", one.heads, **words))
    return told


def list_companions(at: Situation, sector: Sector) -> list[str]:
    """Give the same in few words, by the name of their place, which has a row of its own: +61 With the march."""
    told = [
        f"+{at.number(at.heads(along.id))} {plain(along.name)}"
        + ("" if visit.is_sure else f" ({tell_share(visit, at.language)})")
        for along, visit in _companions(at, sector.id)
    ]
    return [
        *told,
        *(f"+{at.number(one.heads)} {plain(one.moving.name)}{_times(at, sector, one)}" for one in _legs(at, sector)),
    ]


def _companions(at: Situation, sector: str) -> Iterator[tuple[Accompaniment, Visit]]:
    coming = {visit.gathering.id: visit for visit in join_ways(at.visits.get(sector, ()))}
    for along in at.instance.accompaniments:
        if along.gathering in coming and at.units[along.id]:
            yield along, coming[along.gathering]


def _legs(at: Situation, sector: Sector) -> list[Coming]:
    """List the movements that come to a sector, each once, with however many of its legs, and on how many days."""
    found: dict[str, Coming] = {}
    for one in join_legs(at, sector):
        if isinstance(one.moving, Movement) and (one.moving.id not in found or one.planned):
            found[one.moving.id] = one
    return list(found.values())


def _times(at: Situation, sector: Sector, one: Coming) -> str:
    """Write from when until when units stand somewhere by the clock, and on how many days; those with people no times.

    These have rows of their own, with the stops of the likeliest way. Where times depend on ways they are those of the
    likeliest that leads here, so that nobody is in two places at once; who comes back has more than one.
    """
    told = (f"{at.clock(stand.formed)}–{at.clock(stand.left)}" for stand in list_here(at, one.moving, sector.id))
    times = " " + ", ".join(told) if one.planned else ""
    return times if is_sure(one) else f"{times} ({percent(one.share, language=at.language)})"
