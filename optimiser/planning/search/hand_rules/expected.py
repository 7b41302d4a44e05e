"""Whom a planner expects where: people, people ready to act, and risk, by place; moving units take whom they meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from optimiser.model.clocks import span_window
from optimiser.model.expected.meetings import Stop, list_meetings
from optimiser.model.instance import Gathering, Instance

Floats = NDArray[np.float64]
Worth = Callable[[Gathering, float], float]  # of people at a stop, by the minutes that they stay
Meetings = Mapping[Stop, tuple[str, ...]]  # moving places whose units meet a gathering at a stop
Key = TypeVar("Key")
NOBODY: Meetings = MappingProxyType({})


def expected_crowd(instance: Instance) -> Floats:
    """Person hours expected: turnout times stay, over every gathering that passes, shape (sectors,)."""
    return count_hours(instance, NOBODY)[: len(instance.sectors)]


def accompanied_crowd(instance: Instance) -> Floats:
    """Person hours, of whom moving units meet with those, shape (sectors + moving places,)."""
    return count_hours(instance, list_meetings(instance))


def expected_active(instance: Instance) -> Floats:
    """Persons ready to act in disorder if all gatherings of a sector are there at once, shape (sectors,)."""
    total = add_up(instance, lambda g, _: count_active(g), lambda _, sector: (sector,))
    return np.array([total[s.id] for s in instance.sectors])


def expected_risk(instance: Instance) -> Floats:
    """Turnout x tension x militant share in yellow, shape (sectors,), doubled where a critical process always runs.

    The weight of critical windows, 1 + their share of the period, is assumed.
    """
    return weigh_risk(instance, NOBODY)[: len(instance.sectors)]


def list_met_by_movements(instance: Instance) -> Meetings:
    """List whom movements meet, for the rules that think in sectors: nobody accompanies by these.

    Who accompanies a march is at all its stops, so that all would go with it, and nobody guards what the march
    leaves: three times the loss on oku-250.
    """
    return keep_meetings(list_meetings(instance), {movement.id for movement in instance.movements})


def keep_meetings(met: Meetings, kept: Collection[str]) -> Meetings:
    """List the meetings of some moving places alone."""
    left = {stop: tuple(place for place in places if place in kept) for stop, places in met.items()}
    return {stop: places for stop, places in left.items() if places}


def count_hours(instance: Instance, met: Meetings) -> Floats:
    """Person hours by place, shape (sectors + moving places,)."""

    def hours(gathering: Gathering, stay: float) -> float:
        return float(gathering.turnout * min(stay, instance.period.minutes) / 60.0)

    total = add_up(instance, hours, lambda stop, sector: met.get(stop, (sector,)))
    return np.array([total[place.id] for place in (*instance.sectors, *instance.moving)])


def weigh_risk(instance: Instance, met: Meetings) -> Floats:
    """Risk by place, see `expected_risk`, shape (sectors + moving places,)."""
    critical = {}
    for sector in instance.sectors:
        ends = [span_window(instance, window) for window in sector.critical]
        critical[sector.id] = min(1.0, sum(end - start for start, end in ends) / instance.period.minutes)
    total = add_up(
        instance,
        lambda g, _: count_active(g) * g.tension,
        lambda stop, sector: tuple((place, sector) for place in met.get(stop, (sector,))),
    )
    risk = dict.fromkeys((place.id for place in (*instance.sectors, *instance.moving)), 0.0)
    for (place, where), worth in total.items():
        risk[place] += worth * (1.0 + critical[where])
    return np.array(list(risk.values()))


def count_active(gathering: Gathering) -> float:
    """Persons ready to act in yellow, or in red if they come that way."""
    share = gathering.militant.red if gathering.comes_as == "red" else gathering.militant.yellow
    return float(gathering.turnout * share)


def add_up(instance: Instance, worth: Worth, keys: Callable[[Stop, str], Sequence[Key]]) -> defaultdict[Key, float]:
    """Add up what every gathering is worth at each stop of each way, in equal parts under the keys of the stop."""
    total: defaultdict[Key, float] = defaultdict(float)
    for g, gathering in enumerate(instance.gatherings):
        for w, way in enumerate(gathering.ways):
            for n, stop in enumerate(way.stops):
                found = keys((g, w, n), stop.sector)
                for key in found:
                    part = float(gathering.chance) * way.share * worth(gathering, float(stop.stay))
                    total[key] += part / len(found)
    return total
