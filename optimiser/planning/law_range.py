"""What a plan comes to over the plausible constants of the law, and whether it is better than others there too.

Constants of the law are assumed, each with a range. They are drawn together, some tens of times; in every draw all
plans are simulated on the same scenarios. Levels of loss move much between draws and differences between plans less, so
those are what to go by. Neither is a confidence interval: how plausible a draw is nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from optimiser.common.random_streams import name_stream, uniform
from optimiser.model.deployment import Numbers
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import UNREAD
from optimiser.model.laws.constants import CONSTANTS, make_law
from optimiser.model.laws.ranges import PlausibleRange, plausible_range
from optimiser.planning.evaluation import estimate, subtract
from optimiser.planning.settings import SECTORS
from optimiser.simulation.engine import Floats
from optimiser.simulation.scenario import Scenarios, vary
from optimiser.simulation.simulator import Simulator

DRAWS = 40  # of all constants together; assumed
PART, MOST = 8, 2000  # of so many reporting scenarios at most, one such part is simulated in each draw; assumed
LEAST = 25  # scenarios of each plan in each draw, where there are so many; assumed
INNER = (0.05, 0.95)  # shares of the draws between which a band lies
GROUP = "law"  # name of the streams that constants are drawn from


class Band(NamedTuple):
    """What 5 % to 95 % of the draws lie between, in points."""

    low: float
    high: float


@dataclass(frozen=True)
class RangedDifference:
    """A plan less another one over the draws.

    Attributes
    ----------
    band : of the mean difference; negative is in favour of the first.
    lower : share of the draws in which the first has the lower mean.
    better, worse : share in which it is shown to be better, worse: a paired interval of 95 % excludes 0.
    equal : share in which both lose the same in every scenario.
    """

    band: Band
    lower: float
    better: float
    worse: float
    equal: float = 0.0


@dataclass(frozen=True)
class LawRange:
    """Several plans over draws of the law's constants, on the same scenarios.

    Attributes
    ----------
    draws : how many.
    scenarios : of each plan in each draw.
    constants : how many were drawn together; those that the law does not read are not.
    losses : of each plan, mean loss.
    differences : of the pairs that were asked for.
    """

    draws: int
    scenarios: int
    constants: int
    losses: tuple[Band, ...]
    differences: tuple[RangedDifference, ...]


def draw_constants(instance: Instance, law: str, seed: int, draws: int = DRAWS) -> list[dict[str, float]]:
    """Draw all constants that a law reads, together, each from its plausible range in the instance."""
    read = [constant for constant in CONSTANTS if constant.name not in UNREAD.get(law, ())]
    return draw_together({constant.name: plausible_range(instance.law, constant) for constant in read}, seed, draws)


def draw_together(ranges: Mapping[str, PlausibleRange], seed: int, draws: int) -> list[dict[str, float]]:
    """Draw values of many ranges together: a Latin hypercube (McKay, Beckman, Conover 1979).

    Every range gives one value in each of as many equally likely parts as there are draws; which parts meet in a draw
    is chance, from streams of the seed that are named like the ranges.
    """
    result: list[dict[str, float]] = [{} for _ in range(draws)]
    for name, one in ranges.items():
        key = name_stream(seed, GROUP, name)
        order = np.argsort([uniform(key, k) for k in range(draws)], kind="stable").tolist()
        for k, part in enumerate(order):
            result[k][name] = one.at((part + uniform(key, draws + k)) / draws)
    return result


def few_scenarios(instance: Instance, reporting: int) -> int:
    """Return on how many of the reporting scenarios a plan is simulated in each draw; fewer where each takes longer.

    Nothing else decides it, so that a plan has the same band wherever it is shown.
    """
    part = min(reporting, MOST) * SECTORS // (PART * max(SECTORS, len(instance.sectors)))
    return min(reporting, max(LEAST, part))


def play_draws(
    simulator: Simulator, plans: Numbers, scenarios: Scenarios, draws: Sequence[Mapping[str, float]]
) -> Floats:
    """Return the loss of every plan in every scenario, draw by draw, shape (draws, plans, scenarios), in points.

    Parameters
    ----------
    simulator : whose law, dispatch rule and engine are used.
    plans : shape (plans, places, kinds).
    scenarios : constants of their own are put aside.
    """
    usual = make_law(simulator.instance.law)
    constants = np.array([usual._replace(**values) for values in draws], dtype=float)
    futures = vary(simulator.instance, scenarios, constants)
    different, which = np.unique(plans, axis=0, return_inverse=True)
    rows, columns = np.indices((len(different), len(futures))).reshape(2, -1)
    points = simulator.engine.play(different, rows, columns, futures).total * futures.weight[columns]
    losses: Floats = points.reshape(len(different), len(draws), len(scenarios))[which.ravel()].swapaxes(0, 1)
    return losses


def summarise_draws(losses: Floats, pairs: Sequence[tuple[int, int]], constants: int) -> LawRange:
    """Put bands on levels and on the differences of some pairs of plans.

    Parameters
    ----------
    losses : shape (draws, plans, scenarios), in points.
    """
    means = losses.mean(axis=2)
    bands = tuple(find_band(means[:, plan]) for plan in range(losses.shape[1]))
    differences = tuple(_difference(subtract(losses[:, one], losses[:, other])) for one, other in pairs)
    return LawRange(losses.shape[0], losses.shape[2], constants, bands, differences)


def range_over_law(
    simulator: Simulator, plans: Numbers, scenarios: Scenarios, pairs: Sequence[tuple[int, int]] = ()
) -> LawRange:
    """Draw constants, simulate plans in each draw, and put bands on losses and differences.

    Parameters
    ----------
    plans : shape (plans, places, kinds).
    scenarios : as in `play_over_law`.
    pairs : numbers of plans, each the first less the second.
    """
    losses, constants = play_over_law(simulator, plans, scenarios)
    return summarise_draws(losses, pairs, constants)


def play_over_law(
    simulator: Simulator, plans: Numbers, scenarios: Scenarios, seed: int | None = None
) -> tuple[Floats, int]:
    """Draw constants and simulate plans in each draw, see `play_draws`; returns how many were drawn together besides.

    Parameters
    ----------
    plans : shape (plans, places, kinds).
    scenarios : the reporting set, the same for all, of which the first are simulated.
    seed : of the draws; that of the scenarios if left out.
    """
    draws = draw_constants(simulator.instance, simulator.law.name, scenarios.seed if seed is None else seed)
    some = scenarios.first(few_scenarios(simulator.instance, len(scenarios)))
    return play_draws(simulator, plans, some, draws), len(draws[0])


def find_band(values: Floats) -> Band:
    """Put a band on mean losses by draw, shape (draws,), in points."""
    low, high = np.quantile(values, INNER)
    return Band(float(low), float(high))


def _difference(values: Floats) -> RangedDifference:
    """Summarise paired differences, shape (draws, scenarios)."""
    means, intervals = values.mean(axis=1), [estimate(row) for row in values]
    better = float(np.mean([interval.high < 0.0 for interval in intervals]))
    worse = float(np.mean([interval.low > 0.0 for interval in intervals]))
    equal = float(np.mean((values == 0.0).all(axis=1)))
    return RangedDifference(find_band(means), float(np.mean(means < 0.0)), better, worse, equal)
