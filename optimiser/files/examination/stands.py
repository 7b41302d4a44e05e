"""Where units that move as planned stand over the day, by mean times: their legs, along the likeliest ways."""

from __future__ import annotations

import math
from dataclasses import dataclass

from optimiser.files.examination.horizon import StopTimes, follow
from optimiser.model.distances import Distances, measure
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import Leg, Moving, find_likeliest


@dataclass(frozen=True)
class Stand:
    """Units of a moving place in one sector.

    Attributes
    ----------
    leg : its number, from 0.
    sector : where they stand.
    sent : minute at which they set out for it; where they begin, the minute at which they form up there.
    formed, left : minutes from and until which they stand there.
    km : road kilometres of the way there, on foot; 0 where they begin.
    """

    leg: int
    sector: str
    sent: float
    formed: float
    left: float
    km: float


def list_stands(instance: Instance, moving: Moving) -> tuple[Stand, ...]:
    """List where its units stand, nobody held by disorder, as long as the operation lasts.

    They walk; with people they set out when those do. Whoever rides is there earlier.
    """
    distances, length = measure(instance), instance.period.minutes
    stands: list[Stand] = []
    for number, leg in enumerate(moving.parts):
        for sector, ready, until in _targets(instance, leg, distances, stands):
            last = stands[-1] if stands else None
            if last and last.sector == sector:
                stands[-1] = Stand(last.leg, sector, last.sent, last.formed, until, last.km)
                continue
            stand = _walk(instance, distances, number, last, sector, max(ready, last.left if last else 0.0), until)
            if stand.sent >= length:
                return tuple(stands)
            stands.append(stand)
    if stands:  # nobody leaves the last place before the operation ends
        end = stands[-1]
        stands[-1] = Stand(end.leg, end.sector, end.sent, end.formed, max(end.left, length), end.km)
    return tuple(
        Stand(s.leg, s.sector, s.sent, s.formed, min(s.left, length), s.km) for s in stands if s.formed < length
    )


def _walk(
    instance: Instance, distances: Distances, number: int, last: Stand | None, sector: str, ready: float, until: float
) -> Stand:
    """Give when units have formed up in a sector that they set out for at a minute."""
    if last is None:
        return Stand(number, sector, ready, ready, until, 0.0)
    index = {name: i for i, name in enumerate(distances.places)}
    sent = distances.opens(index[last.sector], index[sector], ready)
    if math.isinf(sent):
        return Stand(number, sector, sent, sent, sent, math.inf)
    km = float(distances.km[distances.at(sent)][index[last.sector]][index[sector]])
    formed = sent + 60.0 * km / float(instance.travel.march) + float(instance.travel.form_up)
    return Stand(number, sector, sent, formed, max(until, formed), km)


def _targets(instance: Instance, leg: Leg, distances: Distances, stands: list[Stand]) -> list[tuple[str, float, float]]:
    """List the sectors of one leg: the minute at which units set out for each, at the earliest, and until when."""
    now = stands[-1].left if stands else 0.0
    end = instance.minutes(leg.until) if leg.until is not None else math.inf
    if leg.sector is not None:
        if leg.until_left is not None:
            gathering, way = find_likeliest(instance, leg.until_left)
            leaves = [
                v.leaves for v in follow(gathering, way, instance, distances) if way.stops[v.stop].sector == leg.sector
            ]
            end = min([end, *leaves])
        return [(leg.sector, now, end)]
    gathering, way = find_likeliest(instance, leg.gathering or "")
    visits: list[StopTimes] = list(follow(gathering, way, instance, distances))
    found = []
    for number, visit in enumerate(visits):
        if visit.leaves <= now or (number and visits[number - 1].leaves >= end):
            continue
        first = max(0.0, visit.arrives - float(gathering.late)) if not stands and not number else 0.0
        ready = visits[number - 1].leaves if number else first
        found.append((way.stops[visit.stop].sector, ready, min(visit.leaves, end)))
    return found
