"""Why units move as planned: what a plan loses if those of one movement stood at one of its stops all day.

Every other unit stays where it is. The stop is the best of those where the units come by anyway, whether or not rules
allow so many there: what it would break is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimiser.model.checker import check
from optimiser.model.deployment import Deployment, Numbers
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import Moving, list_stops
from optimiser.model.verdict import Verdict, Violation
from optimiser.planning.evaluation import Comparison, Evaluation, compare, evaluate
from optimiser.planning.settings import Effort
from optimiser.simulation.simulator import Simulator

CHOOSING = "standing"  # name of the set of scenarios on which the best stop is chosen
MOST = 8  # accompaniments and movements that are asked about, those with most heads; assumed
WORK, FEWEST = 4_000_000, 30  # sectors simulated to choose stops, but never fewer scenarios than this; assumed


@dataclass(frozen=True)
class Standing:
    """A plan, against the same one in which the units of one movement stand at a stop all day.

    Attributes
    ----------
    place : identifier of the accompaniment or the movement.
    stop : identifier of the sector where they stand: the stop with which least is lost, on scenarios of its own.
    deployment : the plan in which they stand there.
    against : plan minus that one, paired on fresh scenarios; negative says that moving helps.
    broken : rules that standing there breaks, or breaks further than the plan does.
    """

    place: str
    stop: str
    deployment: Deployment
    against: Comparison
    broken: tuple[Violation, ...]


def list_used(instance: Instance, plan: Deployment) -> tuple[Moving, ...]:
    """List the accompaniments and movements that have units, those with most heads first."""
    heads, units = plan.heads_by_place(instance), plan.numbers(instance).sum(axis=1)
    placed = {place.id for place, n in zip(instance.places, units.tolist(), strict=True) if n}
    return tuple(sorted((m for m in instance.moving if m.id in placed), key=lambda moving: -heads[moving.id]))


def ask_standing(simulator: Simulator, plan: Evaluation, effort: Effort) -> tuple[Standing, ...]:
    """Let the units of each movement stand at the best of its stops instead; in the order of the instance.

    Parameters
    ----------
    plan : on the reporting scenarios of `effort`.
    effort : how many scenarios choose the stops, and how many the result is reported on; fewer choose where there are
        many stops or sectors.
    """
    instance, numbers = simulator.instance, plan.deployment.numbers(simulator.instance)
    asked = list_used(instance, plan.deployment)[:MOST]
    still = {m.id: dict(_stand(instance, numbers, m)) for m in instance.moving if m in asked}
    each = max(1, sum(map(len, still.values())) * len(instance.sectors))
    aside = effort.another_set(instance, CHOOSING, min(effort.scenarios, max(FEWEST, WORK // each)))
    fresh, verdict = effort.reporting_set(instance), check(instance, plan.deployment)
    found = []
    for moving, stops in still.items():
        losses = simulator.totals(np.stack(list(stops.values())), aside, base=numbers).mean(axis=1)
        stop = list(stops)[int(np.argmin(losses))]
        other = Deployment.of_numbers(instance, stops[stop], plan.deployment.title)
        against = compare(plan, evaluate(simulator, other, fresh))
        broken = tuple(_further(verdict, check(instance, other)))
        found.append(Standing(moving, stop, other, against, broken))
    return tuple(found)


def _stand(instance: Instance, plan: Numbers, moving: Moving) -> Iterator[tuple[str, Numbers]]:
    """Give the plan with the units of one movement at each of its stops, by the identifier of the stop."""
    index = {place.id: p for p, place in enumerate(instance.places)}
    for stop in list_stops(instance, moving):
        still = plan.copy()
        still[index[stop]] += plan[index[moving.id]]
        still[index[moving.id]] = 0
        yield stop, still


def _further(before: Verdict, after: Verdict) -> Iterator[Violation]:
    """List the violations that were none before, or not as far."""
    known = {(v.code, v.place, v.what): abs(v.found - v.required) for v in before.violations}
    for v in after.violations:
        if abs(v.found - v.required) > known.get((v.code, v.place, v.what), 0):
            yield v
