"""Simulated days that an observed day is compared with: the same plan under the same conditions.

Conditions are what is settled before the day unfolds, whoever plays it and however lucky: with an exercise everything
that its injects bring, otherwise how many people of each gathering come and when its first group does, where the log
says so. All else is drawn: the law's clocks, travel noise, refused calls; without an exercise also ways, moods,
officials and triggers. What only shows if the day takes a certain course, such as how long an official would have
waited, is no condition: days would be compared with others that were chosen by how they went.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.observed_log import ObservedDay
from optimiser.operation.day_log import count_harms, log_of
from optimiser.operation.exercise.draws import Draws, draw_same
from optimiser.operation.score.measures import MEASURES
from optimiser.simulation.events import Translator
from optimiser.simulation.scenario import Scenarios, draw_set
from optimiser.simulation.simulator import Simulator, simulate

GROUP = "score"  # scenarios that nothing else is drawn from
AFTER = 5.0  # minutes after the last group is due that people may still be counted as arriving; assumed
FAR = 2**40  # numbers of scenarios beyond all that an exercise is made of


@dataclass(frozen=True)
class DayConditions:
    """What a day was like before anybody acted.

    Attributes
    ----------
    turnout : persons by gathering; 0 where it did not come, left out where the log does not say.
    first : minute of the first group by gathering; left out where the log does not say.
    draws : of an exercise, which settle everything that befalls players; None where there is none.
    """

    turnout: dict[str, int]
    first: dict[str, float]
    draws: Draws | None = None


@dataclass(frozen=True)
class Reference:
    """One measure of simulated days.

    Attributes
    ----------
    values : of the days that have one.
    unexpected : how much more occasions took than without delay, of the days that tell.
    undone : on how many occasions it was not done at all, of every day that had an occasion.
    """

    values: list[float]
    unexpected: list[float]
    undone: list[int]


def read_conditions(instance: Instance, day: ObservedDay, draws: Draws | None = None) -> DayConditions:
    """Read the conditions of a day from its log: of each gathering those who came to its first place."""
    turnout: dict[str, int] = {}
    first: dict[str, float] = {}
    for gathering in instance.gatherings:
        came = [row for row in day.of("arrived") if row.about == gathering.id]
        if not came:
            if day.complete:
                turnout[gathering.id] = 0
            continue
        first[gathering.id] = came[0].minute
        exact = day.complete and not day.resolution
        until = came[0].minute + float(gathering.arrival_spread) + (0.0 if exact else AFTER)
        groups = [row for row in came if row.place == came[0].place and row.minute <= until + 1e-9]
        if all(row.number is not None for row in groups):
            turnout[gathering.id] = max(0, round(sum(row.number or 0.0 for row in groups)))
    return DayConditions(turnout, first, draws)


def name_log(day: ObservedDay, conditions: DayConditions) -> bytes:
    """Return what names a log and its conditions: the same rows give the same bytes, whatever file they stood in."""
    draws = None if conditions.draws is None else conditions.draws.model_dump(mode="json")
    rows = [[r.minute, r.what, r.place, r.other, r.about, r.number, r.note] for r in day.rows]
    text = json.dumps([day.complete, rows, draws], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).digest()


def draw_reference(instance: Instance, conditions: DayConditions, name: bytes, count: int) -> Scenarios:
    """Draw scenarios under the conditions of a day; each log has its own.

    Parameters
    ----------
    name : of the log, see `name_log`.

    Raises
    ------
    Mismatch : the exercise is of another instance.
    """
    seed = int.from_bytes(name[:6], "big")
    if conditions.draws is not None:
        numbers = FAR + seed % FAR + np.arange(count, dtype=np.int64)
        return draw_same(instance, conditions.draws, numbers)
    drawn = draw_set(instance, seed, count, GROUP)
    turnout, first = drawn.turnout.copy(), drawn.first_group.copy()
    for g, gathering in enumerate(instance.gatherings):
        if gathering.id in conditions.turnout:
            turnout[:, g] = conditions.turnout[gathering.id]
        if gathering.id in conditions.first:
            first[:, g] = conditions.first[gathering.id]
    return replace(drawn, turnout=turnout, first_group=first)


def play_reference(
    instance: Instance,
    deployment: Deployment,
    scenarios: Scenarios,
    law: EscalationLaw | None = None,
    workers: int = 1,
    whole_minutes: bool = False,
) -> dict[str, Reference]:
    """Simulate the days and measure each as an observed day is; by measure, of those that simulated days have.

    Parameters
    ----------
    whole_minutes : whether they are to be seen on a clock without seconds, as the observed day was.
    """
    found = {measure.id: Reference([], [], []) for measure in MEASURES if measure.simulated}
    for exact in simulate_logs(instance, deployment, scenarios, law, workers):
        day = exact.to_whole_minutes() if whole_minutes else exact
        for measure in MEASURES:
            occasions = measure.take(instance, day) if measure.simulated else None
            if occasions:
                found[measure.id].undone.append(sum(one.value is None for one in occasions))
                value = measure.value(occasions)
                if value is not None:
                    found[measure.id].values.append(value)
                more = measure.unexpected(occasions)
                if more is not None:
                    found[measure.id].unexpected.append(more)
    return found


def simulate_logs(
    instance: Instance,
    deployment: Deployment,
    scenarios: Scenarios,
    law: EscalationLaw | None = None,
    workers: int = 1,
) -> Iterator[ObservedDay]:
    """Give each scenario as a complete log, from the compiled engine where it can play."""
    with Simulator(instance, law, workers=workers) as simulator:
        tell_each = getattr(simulator.engine, "tell_each", None)
        if tell_each is None:
            for scenario in scenarios.items:
                replication, events = simulate(instance, deployment, scenario, law=simulator.law)
                yield log_of(instance, events, replication, deployment)
            return
        harms = simulator.outcome(deployment, scenarios).harms
        translator = Translator(instance)
        logs = tell_each(deployment.numbers(instance), scenarios, np.arange(len(scenarios)))
        for n, entries in enumerate(logs):
            told = log_of(instance, map(translator.event, entries), None, deployment)
            yield replace(told, rows=(*told.rows, *count_harms(instance, harms[n].tolist())))
