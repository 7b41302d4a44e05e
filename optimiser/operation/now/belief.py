"""From a report to futures: days that agree with it, and what is reported put in the place of what was simulated.

Days of the plan are simulated from minute 0 up to the report. Those that agree best with what is reported are kept,
and what is reported takes the place of what they say: approximate Bayesian computation by rejection (Beaumont, Zhang
and Balding 2002, doi 10.1093/genetics/162.4.2025). Whatever has not been heard is thereby drawn from its distribution
given what has.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimiser.model.deployment import Numbers
from optimiser.model.instance import Instance
from optimiser.operation.now.report import DELEGATIONS, PHASES, SectorReport, SituationReport
from optimiser.simulation.engine import Engine, Floats, Ints
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.situations import orders as do
from optimiser.simulation.situations.moment import Order, Snapshots

DAYS = 4  # days that are simulated up to the report, for each future; assumed
NEAREST = 0.05  # share of these that are kept at least, those that agree best; assumed
ELSEWHERE = 2.0  # disagreements that it counts for if people stand where they were not thought to be; assumed
ROUGH = 50.0  # persons: numbers of people are compared by their ratio, small ones less; assumed


@dataclass(frozen=True)
class Belief:
    """Futures that agree with a report.

    Attributes
    ----------
    moment : situations at the minute of the report.
    source, column : situation that each future begins from, and scenario that it goes on in, shape (futures,).
    fresh : whether clocks are wound anew; not where nothing is reported, so that days go on as they are.
    reported : what takes the place of what was simulated.
    agree : days that agree with everything that is reported, but for numbers of people and mood.
    kept : days that the futures begin from.
    """

    moment: Snapshots
    source: Ints
    column: Ints
    fresh: bool
    reported: tuple[Order, ...]
    agree: int
    kept: int


def believe(
    engine: Engine, instance: Instance, plan: Numbers, report: SituationReport, futures: int, seed: int
) -> Belief:
    """Return futures of a plan that agree with a report.

    Parameters
    ----------
    plan : shape (places, kinds).
    futures : how many.
    seed : of the reporting scenarios.
    """
    days = futures if report.is_empty else DAYS * futures
    scenarios = draw(instance, seed, days, REPORTING)
    moment = engine.play_until(plan, np.arange(days), scenarios, instance.minutes(report.at))
    columns = np.arange(futures)
    if report.is_empty:
        return Belief(moment, columns, columns, False, (), days, days)
    clashes, distance = _compare(instance, report, moment)
    agree = int((clashes == 0.0).sum())
    kept = max(math.ceil(NEAREST * days), min(agree, futures))
    order = np.lexsort((np.arange(days), distance, clashes))[:kept]
    return Belief(moment, order[columns % kept], columns, True, tuple(_believed(instance, report)), agree, kept)


def _compare(instance: Instance, report: SituationReport, moment: Snapshots) -> tuple[Floats, Floats]:
    """Return in how many respects each situation contradicts a report, and how far its numbers are from it."""
    facts, numbers = index_instance(instance), {s.id: i for i, s in enumerate(instance.sectors)}
    gatherings = {g.id: i for i, g in enumerate(instance.gatherings)}
    clashes, distance = np.zeros(len(moment)), np.zeros(len(moment))
    phase, delegation, tension = (moment.field(name) for name in ("phase", "delegation", "tension"))
    stopped, standing, present = (moment.field(name) for name in ("stopped", "standing", "present"))
    for one in report.sectors:
        s = numbers[one.id]
        if one.phase is not None:
            clashes += phase[:, s] != PHASES.index(one.phase)
        if one.delegation is not None:
            clashes += delegation[:, s] != DELEGATIONS.index(one.delegation)
        if one.stopped is not None:
            clashes += stopped[:, s] != int(one.stopped)
        if one.mood is not None:
            distance += np.abs(tension[:, s] - float(one.mood))
        slots = range(facts.slot_first[s], facts.slot_first[s + 1])
        there = {facts.slot_gathering[b]: b for b in slots}
        for name, persons in one.people.items():
            g = gatherings[name]
            clashes += ELSEWHERE * ((standing[:, g] == s) != (persons > 0))
            distance += np.abs(np.log((present[:, there[g]] + ROUGH) / (float(persons) + ROUGH)))
    return clashes, distance


def _believed(instance: Instance, report: SituationReport) -> Iterator[Order]:
    """List what takes the place of what was simulated: people first, then what they do, then units."""
    sectors = {s.id: i for i, s in enumerate(instance.sectors)}
    now = instance.minutes(report.at)
    for one in report.sectors:
        yield from _about_sector(instance, one, sectors[one.id], now)
    kinds = {team.id: i for i, team in enumerate(instance.teams)}
    stations = {p.id: i for i, p in enumerate((*instance.posts, *instance.reinforcements))}
    for post in report.posts:
        if post.teams is not None:
            for kind, k in kinds.items():
                yield Order(do.SAY_RESERVE, (stations[post.id], k, int(post.teams.get(kind, 0))))
        for w, vehicle in enumerate(instance.vehicles):
            if post.vehicles is not None and not vehicle.water_cannon:
                yield Order(do.SAY_PARKED, (stations[post.id], w, int(post.vehicles.get(vehicle.id, 0))))
    if report.road is not None:
        yield Order(do.SAY_ROAD)
        for column in report.road:
            minutes = instance.minutes(column.arrives) - now
            for kind, n in column.teams.items():
                numbers = (stations[column.start], sectors[column.sector], kinds[kind], int(n))
                yield Order(do.SAY_COMING, numbers, minutes)


def _about_sector(instance: Instance, one: SectorReport, s: int, now: float) -> Iterator[Order]:
    gatherings = {g.id: i for i, g in enumerate(instance.gatherings)}
    tension = 0.5 if one.mood is None else float(one.mood)
    for name, persons in one.people.items():
        yield Order(do.SAY_PEOPLE, (s, gatherings[name], int(persons)), tension)
    if one.exit_open is not None:
        yield Order(do.CLEAR_EXIT, (s, int(one.exit_open)))
    if one.delegation is not None:
        waited = now - instance.minutes(one.since) if one.since is not None else 0.0
        yield Order(do.SAY_DELEGATION, (s, DELEGATIONS.index(one.delegation)), waited)
    if one.teams is not None:
        for k, team in enumerate(instance.teams):
            yield Order(do.SAY_TEAMS, (s, k, int(one.teams.get(team.id, 0))))
    if one.on_duty_since is not None:
        yield Order(do.SAY_DUTY, (s,), now - instance.minutes(one.on_duty_since))
    if one.phase is not None:
        yield Order(do.SAY_PHASE, (s, PHASES.index(one.phase)))
    if one.mood is not None:
        yield Order(do.SAY_TENSION, (s,), float(one.mood))
    if one.stopped is not None:
        yield Order(do.SAY_STOPPED, (s, int(one.stopped)))
    if one.water is not None:
        yield Order(do.SAY_TANK, (s,), float(one.water))
