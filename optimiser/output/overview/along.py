"""Who comes to a sector with the people: units that accompany a gathering that is expected there."""

from __future__ import annotations

import math

from optimiser.files.examination.visits import Visit, join_ways
from optimiser.model.laws.escalation_law import RED, YELLOW
from optimiser.output.orders.situation import Situation
from optimiser.output.words.reasons import name_visit
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import count

Shortage = tuple[float, float]  # head equivalents in yellow, and in red


def tell_companions(at: Situation, sector: str) -> list[str]:
    """Say how many heads come to a sector with the people, and on how many days; nothing where nobody does."""
    coming = {visit.gathering.id: visit for visit in join_ways(at.visits.get(sector, ()))}
    told = []
    for along in at.instance.accompaniments:
        if along.gathering in coming and at.units[along.id]:
            who, n = name_visit(coming[along.gathering], at.language), at.heads(along.id)
            told.append(at.language.plural("{n} head comes with {who}", "{n} heads come with {who}", n, who=who))
    return told


def measure_companions(at: Situation) -> dict[str, Shortage]:
    """Give what companions add to the line of a sector when most people are there, by sector; none are left out."""
    facts, numbers = index_instance(at.instance), count(at.instance, at.deployment)
    strength: dict[str, Shortage] = {}
    for a, accompaniment in enumerate(at.instance.accompaniments):
        teams, vehicles = numbers.along_teams[a], numbers.along_vehicles[a]
        yellow, red = (
            math.fsum(n * facts.containment[k][phase] for k, n in enumerate(teams))
            + math.fsum(n * facts.vehicle_containment[w][phase] for w, n in enumerate(vehicles) if not facts.water[w])
            for phase in (YELLOW, RED)
        )
        strength[accompaniment.gathering] = (yellow, red)
    found = {}
    for sector, visits in at.visits.items():
        there = [strength[g] for g in _at_peak(visits) if g in strength]
        if there:
            found[sector] = (math.fsum(y for y, _ in there), math.fsum(r for _, r in there))
    return found


def _at_peak(visits: tuple[Visit, ...]) -> set[str]:
    """Return the gatherings that are in a sector when most people are expected there."""
    moments = [{v.gathering.id: v.people for v in visits if v.start <= at.start < v.end} for at in visits]
    most: dict[str, int] = max(moments, key=lambda people: sum(people.values()), default={})
    return set(most)
