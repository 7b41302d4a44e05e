"""From when until when people, or units of some kinds, stand in each sector of a simulated day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from optimiser.model.clocks import find_first_minute
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import find_assembly
from optimiser.simulation.events import Event


class Stay(NamedTuple):
    """Minutes from which and until which somebody is there."""

    start: float
    end: float

    def meets(self, other: Stay) -> bool:
        """Return whether both are there at some minute."""
        return self.start < other.end and other.start < self.end


def follow_people(instance: Instance, events: Sequence[Event]) -> dict[str, list[Stay]]:
    """Return when a crowd was in each sector: from its first people until it is quiet or dispersed."""
    begun: dict[str, float] = {}
    stays: dict[str, list[Stay]] = defaultdict(list)
    for event in events:
        if event.kind != "phase":
            continue
        if event.what in ("quiet", "dispersed"):
            if event.sector in begun:
                stays[event.sector].append(Stay(begun.pop(event.sector), event.minute))
        else:
            begun.setdefault(event.sector, event.minute)
    for sector, start in begun.items():
        stays[sector].append(Stay(start, instance.period.simulated))
    return dict(stays)


def follow_units(
    instance: Instance, deployment: Deployment, events: Iterable[Event], kinds: Collection[str]
) -> dict[str, list[Stay]]:
    """Return when units of some kinds of team stood in each sector, at least one of them."""
    changes: dict[str, list[tuple[float, int]]] = defaultdict(list)
    there = {along.id: find_assembly(instance, along) for along in instance.moving}
    size: dict[str, int] = defaultdict(int)
    first = {team.id: find_first_minute(instance, team) for team in instance.teams}
    for place, allotment in deployment.places.items():
        for kind, number in allotment.teams.items():
            if kind in kinds and place in there:
                size[place] += number
            elif kind in kinds and first[kind] <= 0.0:  # who comes on duty later forms up then, which is an event
                changes[place].append((0.0, number))
    for along, number in size.items():
        changes[there[along]].append((0.0, number))
    for event in events:
        if event.kind in ("formed", "released") and event.what in kinds:
            sign = 1 if event.kind == "formed" else -1
            changes[event.sector].append((event.minute, sign * round(event.number)))
        elif event.kind == "moves" and size.get(event.what):
            changes[there[event.what]].append((event.minute, -size[event.what]))
        elif event.kind == "moved" and size.get(event.what):
            there[event.what] = event.sector
            changes[event.sector].append((event.minute, size[event.what]))
    return {place: _join(of_one, instance.period.simulated) for place, of_one in changes.items()}


def _join(changes: Sequence[tuple[float, int]], end: float) -> list[Stay]:
    """Return the spans in which the sum of changes is above nothing."""
    stays: list[Stay] = []
    count, since = 0, 0.0
    for minute, change in sorted(changes, key=lambda one: one[0]):
        before, count = count, count + change
        if before <= 0 < count:
            since = minute
        elif count <= 0 < before and since < minute:
            stays.append(Stay(since, minute))
    if count > 0:
        stays.append(Stay(since, end))
    return stays
