"""Where units that move as planned stand over the day, by mean times: their legs, along the ways of gatherings.

Papers, overviews and the workbook all ask here, so that none of them says another time than the others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import product
from types import MappingProxyType

from optimiser.model.deployment import Allotment
from optimiser.model.distances import Distances, measure
from optimiser.model.expected.follow import follow
from optimiser.model.expected.visits import list_due
from optimiser.model.instance import Instance
from optimiser.model.parts.itinerary import Way
from optimiser.model.parts.movement import Leg, Moving, find_likeliest

PASSAGES = 200  # combinations of ways of several gatherings that are told; assumed: nobody reads as many
Ways = Mapping[str, Way]  # that gatherings take, by gathering


@dataclass(frozen=True)
class Stand:
    """Units of a moving place in one sector, or at one post where they rest.

    Attributes
    ----------
    leg : number, from 0, of the leg with which they come.
    sector : where they stand; the post where they rest.
    sent : minute at which they set out for it; where they begin, the minute at which they form up there.
    formed, left : minutes from and until which they stand there.
    km : road kilometres of the way there; 0 where they begin.
    last : number of the leg with which they leave: a later one where that is in the same sector.
    """

    leg: int
    sector: str
    sent: float
    formed: float
    left: float
    km: float
    last: int


@dataclass(frozen=True)
class Passage:
    """Where units stand if the gatherings of their legs take some ways.

    Attributes
    ----------
    share : chance that those take these ways, if they come.
    ways : that they take.
    stands : in order of time; empty where nobody is expected while the operation lasts.
    """

    share: float
    ways: Ways
    stands: tuple[Stand, ...]


def find_ride(instance: Instance, here: Allotment) -> float | None:
    """Return the speed at which units ride, km/h, if their own vehicles have seats for all, as in the simulation.

    Without people they go as fast as the slowest vehicle; None if they walk.
    """
    vehicles = [(v, n) for v in instance.vehicles if not v.water_cannon and (n := here.vehicles.get(v.id, 0))]
    heads = sum(n * int(team.size) for team in instance.teams if (n := here.teams.get(team.id, 0)))
    seats = sum(n * int(v.seats) for v, n in vehicles)
    return min(float(v.speed) for v, _n in vehicles) if vehicles and heads <= seats else None


def list_passages(
    instance: Instance, moving: Moving, ride: float | None = None, begins: float | None = None
) -> tuple[Passage, ...]:
    """List where its units stand, for all ways of the gatherings that its legs name, the likeliest first.

    Of many that go together, see `count_passages`, no more than the `PASSAGES` likeliest; their shares sum to less
    than 1.

    Parameters
    ----------
    begins : minute of `list_due` at which they form up where they begin; looked up if left out.
    ride : speed into sectors and to posts, km/h, where there are seats for all who move; None if they walk.
    """
    choices = _list_choices(instance, moving)
    begins = list_due(instance, (moving,)).get(moving.id, 0.0) if begins is None else begins
    return tuple(
        Passage(math.prod(way.share for way in taken), ways, list_stands(instance, moving, ride, begins, ways))
        for taken in _take_likeliest(list(choices.values()))
        for ways in (dict(zip(choices, taken, strict=True)),)
    )


def count_passages(instance: Instance, moving: Moving) -> int:
    """Count the ways that the gatherings of its legs may take between them, more than `PASSAGES` or not."""
    return math.prod(len(ways) for ways in _list_choices(instance, moving).values())


def _list_choices(instance: Instance, moving: Moving) -> dict[str, list[Way]]:
    """List the ways that each gathering of its legs may take."""
    gatherings = {one.id: one for one in instance.gatherings}
    named = dict.fromkeys(name for leg in moving.parts for name in (leg.gathering, leg.until_left) if name)
    return {
        name: [way for way in gatherings[name].ways if way.share > 0.0] or [find_likeliest(instance, name)[1]]
        for name in named
    }


def _take_likeliest(choices: Sequence[Sequence[Way]]) -> list[tuple[Way, ...]]:
    """Take one way of each gathering in every combination, the likeliest first; of many no more than `PASSAGES`.

    Each gathering has its ways in the order of their shares, so that what follows a combination is never likelier.
    """
    if math.prod(map(len, choices)) <= PASSAGES:
        return sorted(product(*choices), key=lambda ways: -math.prod(way.share for way in ways))
    ordered = [sorted(ways, key=lambda way: -way.share) for ways in choices]
    first = (0,) * len(ordered)
    open_, seen, taken = [(-1.0, first)], {first}, list[tuple[Way, ...]]()
    while len(taken) < PASSAGES:
        _, numbers = heappop(open_)
        taken.append(tuple(ways[n] for ways, n in zip(ordered, numbers, strict=True)))
        for i, ways in enumerate(ordered):
            onward = (*numbers[:i], numbers[i] + 1, *numbers[i + 1 :])
            if onward[i] < len(ways) and onward not in seen:
                seen.add(onward)
                share = math.prod(one[n].share for one, n in zip(ordered, onward, strict=True))
                heappush(open_, (-share, onward))
    return taken


def list_stands(
    instance: Instance,
    moving: Moving,
    ride: float | None = None,
    begins: float | None = None,
    ways: Ways = MappingProxyType({}),
) -> tuple[Stand, ...]:
    """List where its units stand, nobody held by disorder, as long as the operation lasts.

    Parameters
    ----------
    ride : speed into sectors and to posts, km/h, with seats for all who move; None if they walk. With people all walk.
    begins : minute of `list_due` at which they form up where they begin; looked up if left out.
    ways : that gatherings take; the likeliest of those that are left out.
    """
    distances, length = measure(instance), instance.period.minutes
    begins = list_due(instance, (moving,)).get(moving.id, 0.0) if begins is None else begins
    stands: list[Stand] = []
    for number, leg in enumerate(moving.parts):
        speed = ride if ride is not None and leg.gathering is None else float(instance.travel.march)
        for sector, ready, until in _targets(instance, leg, begins, ways, stands):
            last = stands[-1] if stands else None
            if last and last.sector == sector:
                stands[-1] = replace(last, left=until, last=number)
                continue
            at = max(ready, last.left if last else 0.0)
            stand = _go(instance, distances, Stand(number, sector, at, at, until, 0.0, number), last, speed)
            if last and at < until <= stand.sent:  # over before a way opens: they stay for the next leg
                stands[-1] = replace(last, left=until, last=number)
                continue
            if stand.sent >= length:
                return _cut(stands, length)
            stands.append(stand)
    if stands:  # nobody leaves the last place before the operation ends
        stands[-1] = replace(stands[-1], left=max(stands[-1].left, length))
    return _cut(stands, length)


def _cut(stands: list[Stand], length: float) -> tuple[Stand, ...]:
    return tuple(replace(s, left=min(s.left, length)) for s in stands if s.formed < length)


def _go(instance: Instance, distances: Distances, stand: Stand, last: Stand | None, speed: float) -> Stand:
    """Give when units have formed up where they go, once they may set out and a way is open."""
    if last is None:
        return stand
    index = {name: i for i, name in enumerate(distances.places)}
    here, there = index[last.sector], index[stand.sector]
    sent = distances.opens(here, there, stand.sent)
    if math.isinf(sent):
        return replace(stand, sent=sent, formed=sent, left=sent, km=math.inf)
    km = float(distances.km[distances.at(sent)][here][there])
    formed = sent + 60.0 * km / speed + float(instance.travel.form_up)
    return replace(stand, sent=sent, formed=formed, left=max(stand.left, formed), km=km)


def _targets(
    instance: Instance, leg: Leg, begins: float, ways: Ways, stands: list[Stand]
) -> list[tuple[str, float, float]]:
    """List the sectors of one leg: the minute at which units set out for each, at the earliest, and until when."""
    now = stands[-1].left if stands else 0.0
    end = instance.minutes(leg.until) if leg.until is not None else math.inf
    name, distances = leg.gathering or leg.until_left, measure(instance)
    if name is None:
        return [(leg.sector or leg.post or "", now if stands else min(begins, end), end)]
    gathering = next(one for one in instance.gatherings if one.id == name)
    way = ways.get(name) or find_likeliest(instance, name)[1]
    visits = list(follow(gathering, way, instance, distances))
    if leg.sector is not None:
        there = (visit for visit in visits if way.stops[visit.stop].sector == leg.sector)
        end = min([end, *(visit.leaves for visit in there if visit.leaves >= now)])  # who left before ends nothing
        return [(leg.sector, now if stands else min(begins, end), end)]
    found = []
    for number, visit in enumerate(visits):
        if visit.leaves <= now or (number and visits[number - 1].leaves >= end):
            continue
        first = min(begins, end) if not stands and not number else 0.0
        ready = visits[number - 1].leaves if number else first
        found.append((way.stops[visit.stop].sector, ready, min(visit.leaves, end)))
    return found
