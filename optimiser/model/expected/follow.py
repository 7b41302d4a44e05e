"""Where a gathering goes, by its mean times along one of its ways."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from optimiser.model.distances import Distances
from optimiser.model.instance import Gathering, Instance
from optimiser.model.parts.itinerary import Way


@dataclass(frozen=True)
class StopTimes:
    """One stop of a gathering at its mean times, nobody sent home on the way.

    Attributes
    ----------
    stop : its number.
    arrives : minute of the arrival.
    ready : minute at which it wants to march on or to go home.
    leaves : minute at which it does: later where its way is closed.
    onward : number of the stop for which it makes then; None where it goes home.
    """

    stop: int
    arrives: float
    ready: float
    leaves: float
    onward: int | None


def span_leaving(gathering: Gathering) -> float:
    """Return the minutes from the first group that goes home to the last one, of the mean turnout."""
    groups = min(int(gathering.groups), max(1, round(float(gathering.turnout))))
    return (groups - 1) * max(1.0, float(gathering.arrival_spread) / int(gathering.groups))


def follow(gathering: Gathering, way: Way, instance: Instance, distances: Distances) -> Iterator[StopTimes]:
    """Follow a gathering along one of its ways at its mean times, by the roads that are open when it sets out.

    Where its way is closed it looks again from time to time, and gives a stop up after as long as it was to stay there,
    as in the simulation.
    """
    index = {name: i for i, name in enumerate(distances.places)}
    minute = instance.minutes(gathering.arrives) + float(gathering.late)
    j: int | None = 0
    while j is not None:
        stop, arrives, onward = way.stops[j], minute, None
        ready = minute = arrives + max(float(stop.stay), float(gathering.arrival_spread) if j == 0 else 0.0)
        for k in range(j + 1, len(way.stops)):
            a, b = index[stop.sector], index[way.stops[k].sector]
            leaves = distances.sets_out(a, b, minute, float(way.stops[k].stay))
            if leaves < math.inf:
                minute, onward = leaves, k
                break
            minute += float(way.stops[k].stay)
        yield StopTimes(j, arrives, ready, minute, onward)
        if onward is not None:
            minute += 60.0 * float(distances.km[distances.at(minute)][a][b]) / float(instance.travel.march)
        j = onward
