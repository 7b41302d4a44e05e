"""Logs that are not complete: how likely they are is found by simulation, for many laws, and the laws are weighed.

A partial log cannot be replayed. But how often simulated days of the plan have the highest phases that were written
down, and how likely the injured who were counted are there (Poisson), can be counted for any law. A law counts by the
product of these frequencies over the coarse days (importance weights; each day has scenarios of its own, so that the
products are unbiased). Nothing else of a coarse log is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lgamma

import numpy as np

from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message
from optimiser.common.random_streams import name_stream, uniform
from optimiser.model.deployment import Deployment
from optimiser.model.laws.escalation_law import RED
from optimiser.operation.calibration.days import CoarseDay
from optimiser.operation.calibration.prior import Prior
from optimiser.simulation.engine import Floats
from optimiser.simulation.scenario import draw_set, vary
from optimiser.simulation.simulator import Flags, Outcome, Simulator

SCENARIOS = 60  # of each coarse day under each law; assumed
INJURED = (0, 1, 2)  # harms that are injured persons
LEAST = 1e-9  # injured that a law must expect for any to be possible


def weigh_laws(
    simulator: Simulator, deployment: Deployment, days: Sequence[CoarseDay], laws: Floats, seed: int
) -> Floats:
    """Return what each law counts given coarse days; they add up to 1.

    Parameters
    ----------
    laws : constants in the order of `CONSTANTS`, shape (laws, constants).

    Returns
    -------
    Shape (laws,).

    Raises
    ------
    OptimiserError : no law reaches what was written down in any scenario.
    """
    log = np.zeros(len(laws))
    for number, day in enumerate(days):
        scenarios = vary(simulator.instance, draw_set(simulator.instance, seed, SCENARIOS, f"coarse:{number}"), laws)
        likely = chances(day, simulator.outcome(deployment, scenarios)).reshape(len(laws), SCENARIOS).mean(axis=1)
        if not likely.any():
            raise OptimiserError(
                Message(
                    "day {day}: no simulated law comes to what was written down; look at its phases and its injured, "
                    "or leave the day out",
                    day=day.name or str(number + 1),
                )
            )
        log += np.log(np.maximum(likely, 1e-300))
    weight = np.exp(log - log.max())
    total: Floats = weight / weight.sum()
    return total


def find_told(
    simulator: Simulator, deployment: Deployment, days: Sequence[CoarseDay], prior: Prior, seed: int
) -> Flags:
    """Find out which constants coarse days tell about: at either end of its range one makes a difference.

    Returns
    -------
    Shape (constants,).
    """
    count, told = len(prior.value), np.zeros(len(prior.value), dtype=bool)
    laws = np.tile(prior.value, (2 * count + 1, 1))
    laws[1 : count + 1][np.diag_indices(count)] = prior.low
    laws[count + 1 :][np.diag_indices(count)] = prior.high
    for number, day in enumerate(days):
        scenarios = vary(simulator.instance, draw_set(simulator.instance, seed, SCENARIOS, f"coarse:{number}"), laws)
        likely = chances(day, simulator.outcome(deployment, scenarios)).reshape(len(laws), SCENARIOS)
        differs = (likely[1:] != likely[0]).any(axis=1)
        told |= differs[:count] | differs[count:]
    return told


def chances(day: CoarseDay, outcome: Outcome) -> Floats:
    """Return how likely what was written down is in each simulated day, shape (scenarios,)."""
    likely = np.ones(len(outcome.minutes))
    for s, phase in day.reached.items():
        likely *= outcome.minutes[:, s, phase] > 0.0
        likely *= outcome.minutes[:, s, phase + 1 : RED + 1].sum(axis=1) == 0.0
    for s, persons in day.injured.items():
        harms = outcome.harms[:, :, INJURED].sum(axis=2)
        mean = np.maximum(LEAST, harms.sum(axis=1) if s < 0 else harms[:, s])
        likely *= np.exp(persons * np.log(mean) - mean - lgamma(persons + 1.0))
    return likely


def resample(weights: Floats, count: int, seed: int) -> list[int]:
    """Draw laws by weight, evenly spread (systematic resampling)."""
    start = uniform(name_stream(seed, "coarse", "resample"), 0)
    places = np.searchsorted(np.cumsum(weights), (start + np.arange(count)) / count)
    return [min(int(i), len(weights) - 1) for i in places]
