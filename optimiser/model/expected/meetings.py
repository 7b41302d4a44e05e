"""Whom units that move meet, as planned: at which stops of which gatherings they stand for most of the stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from optimiser.model.distances import Distances, measure
from optimiser.model.expected.follow import StopTimes, follow
from optimiser.model.expected.stands import Stand, list_stands
from optimiser.model.expected.visits import list_due
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import Accompaniment, Movement, list_stops

MOST = 0.5  # share of a stay for which units are there, at least, so that they meet the people; assumed

Stop = tuple[int, int, int]  # numbers of a gathering, of one of its ways, and of a stop on that way
Stays = Mapping[Stop, tuple[str, StopTimes]]  # sectors and times of all stops


def list_meetings(instance: Instance) -> dict[Stop, tuple[str, ...]]:
    """List the moving places whose units meet a gathering at a stop of a way, by mean times, where there are any.

    Who accompanies a gathering meets it at every stop. Of movements, units are where `list_stands` has them, on foot.
    """
    found: dict[Stop, list[str]] = {}
    for moving in instance.moving:
        stops = _accompany(instance, moving) if isinstance(moving, Accompaniment) else ()
        for stop in stops:
            found.setdefault(stop, []).append(moving.id)
    if instance.movements:
        distances = measure(instance)  # held here, so that it is measured once
        stays, due = _list_stays(instance, distances), list_due(instance)
        for movement in instance.movements:
            for stop in _meet(instance, movement, stays, due.get(movement.id, 0.0)):
                found.setdefault(stop, []).append(movement.id)
    return {stop: tuple(places) for stop, places in found.items()}


def _accompany(instance: Instance, along: Accompaniment) -> Iterator[Stop]:
    for g, gathering in enumerate(instance.gatherings):
        if gathering.id == along.gathering:
            yield from ((g, w, n) for w, way in enumerate(gathering.ways) for n in range(len(way.stops)))


def _list_stays(instance: Instance, distances: Distances) -> Stays:
    return {
        (g, w, times.stop): (way.stops[times.stop].sector, times)
        for g, gathering in enumerate(instance.gatherings)
        for w, way in enumerate(gathering.ways)
        for times in follow(gathering, way, instance, distances)
    }


def _meet(instance: Instance, movement: Movement, stays: Stays, begins: float) -> Iterator[Stop]:
    """List the stops where units of a movement meet people, whichever way those take of whom they go with."""
    named = {name for leg in movement.legs for name in (leg.gathering, leg.until_left) if name}
    usual, sectors = list_stands(instance, movement, None, begins), list_stops(instance, movement)
    taken: dict[tuple[int, int], Sequence[Stand]] = {}
    for (g, w, n), (sector, times) in stays.items():
        if sector not in sectors:
            continue
        gathering = instance.gatherings[g]
        if gathering.id in named and (g, w) not in taken:
            taken[g, w] = list_stands(instance, movement, None, begins, {gathering.id: gathering.ways[w]})
        stands = taken.get((g, w), usual)
        if _is_met(instance, times, [stand for stand in stands if stand.sector == sector]):
            yield g, w, n


def _is_met(instance: Instance, times: StopTimes, stands: Sequence[Stand]) -> bool:
    """Return whether units are there for most of what the operation holds of a stay."""
    leaves = min(times.leaves, instance.period.minutes)
    shared = (min(stand.left, leaves) - max(stand.formed, times.arrives) for stand in stands)
    return sum(max(0.0, minutes) for minutes in shared) >= MOST * (leaves - times.arrives) > 0.0
