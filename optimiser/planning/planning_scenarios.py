"""Scenarios that a plan is chosen on: those in which much is lost more often, and each with less weight.

Most of an expected loss comes from few scenarios. A pool is drawn and simulated once with simple plans; what is taken
of it is drawn with a probability that grows with what they lose in it, and weighted by its inverse, so that every
weighted mean is, in expectation, that of the pool (importance sampling with probability nearly proportional to size:
Hansen and Hurwitz 1943, doi 10.1214/aoms/1177731356; a part drawn evenly bounds all weights: Hesterberg 1995,
doi 10.1080/00401706.1995.10484303).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.common.errors import Infeasible, NoPlan
from optimiser.common.random_streams import name_stream, uniform
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.response_tables import interplay
from optimiser.planning.settings import EACH, SECTORS, Effort
from optimiser.simulation.scenario import PLANNING, Scenarios
from optimiser.simulation.simulator import Simulator

PILOTS = 3  # plans that a pool is simulated with at most; assumed
POOL = 20  # scenarios that are drawn for each that is taken; assumed
SHARE = 0.25  # of the budget that a pool may take; assumed
LEAST = 2  # scenarios drawn for each that is taken, from which on weights make means vary less; assumed
EVENLY = 0.2  # share of the probability that does not depend on losses, so that no weight exceeds 5; assumed
CLOSER = 4  # times as many scenarios, in which a search goes on; measured, see docs/search.md
GOLDEN = 0.5 * (5.0**0.5 - 1.0)
Floats = NDArray[np.float64]


def draw_planning(simulator: Simulator, effort: Effort, pilots: Mapping[str, Deployment] | None = None) -> Scenarios:
    """Draw planning scenarios, weighted where sectors influence each other and the objective has no tail.

    Where sectors are apart a plan is proved best in the scenarios it is chosen on, and a tail is that of equally likely
    scenarios: there all count alike. So they do where the share of the budget that a pool may take is too
    little for one that is larger than what is taken of it: the same number would only be drawn with repetition.

    Parameters
    ----------
    pilots : plans that the pool is simulated with, the first few of them; the hand rules if left out, nobody anywhere
        where there are none.
    """
    pool = _draw_pool(simulator, effort, pilots)
    return effort.another_set(simulator.instance, PLANNING, effort.scenarios) if pool is None else pool.take("taken")


def draw_both(
    simulator: Simulator, effort: Effort, pilots: Mapping[str, Deployment] | None = None
) -> tuple[Scenarios, Scenarios | None]:
    """Draw planning scenarios, and `CLOSER` times as many from the same pool in which a search goes on.

    The latter only where they are weighted and the budget is larger than `EACH` replications for each of the first.
    """
    pool = _draw_pool(simulator, effort, pilots)
    if pool is None:
        return effort.another_set(simulator.instance, PLANNING, effort.scenarios), None
    beyond = effort.budget > EACH * effort.scenarios and CLOSER * effort.scenarios <= len(pool.scenarios)
    return pool.take("taken"), pool.take("closer", CLOSER) if beyond else None


@dataclass(frozen=True)
class _Pool:
    """Scenarios that planning ones are taken from, and the probability of each, shape (scenarios,)."""

    scenarios: Scenarios
    chance: Floats
    effort: Effort

    def take(self, name: str, times: int = 1) -> Scenarios:
        """Take scenarios with their weights, some times as many as planning ones."""
        taken = _draw(self.chance, times * self.effort.scenarios, name_stream(self.effort.seed, PLANNING, name))
        return self.scenarios.take(taken, 1.0 / (len(self.scenarios) * self.chance[taken]))


def _draw_pool(simulator: Simulator, effort: Effort, pilots: Mapping[str, Deployment] | None) -> _Pool | None:
    """Draw a pool and simulate it; None where planning scenarios are drawn without one, see `draw_planning`."""
    instance = simulator.instance
    joined = interplay(instance, simulator.dispatch, simulator.law, effort.uncertain)
    if not joined or instance.objective.tail_weight > 0.0:
        return None
    affordable = int(SHARE * effort.budget) // (PILOTS * effort.scenarios)
    most = min(affordable, POOL * SECTORS // max(SECTORS, len(instance.sectors)))  # fewer where each takes longer
    if most < LEAST:
        return None
    pool = effort.another_set(instance, PLANNING, most * effort.scenarios)
    rules = list((pilots or _rules_of(instance)).values())[:PILOTS]
    plans = np.stack([plan.numbers(instance) for plan in rules])
    return _Pool(pool, find_chances(simulator.totals(plans, pool)), effort)


def _rules_of(instance: Instance) -> Mapping[str, Deployment]:
    try:
        return candidates(instance)
    except (Infeasible, NoPlan):
        return {"nobody": Deployment(instance=instance.name)}


def find_chances(losses: Floats) -> Floats:
    """Return the probability of each scenario of a pool, shape (scenarios,).

    Losses of simple plans, shape (plans, scenarios), to the power of 3/4 in the mean square over plans: a better plan
    loses less, and less where there is much to gain, so that strict proportion would neglect other scenarios; assumed.
    """
    pool, root = losses.shape[1], np.sqrt(np.sqrt(np.mean(np.square(losses), axis=0)))
    size = root * np.sqrt(root)
    even = np.full(pool, 1.0 / pool)
    if not size.sum() > 0.0:
        return even
    chance: Floats = EVENLY * even + (1.0 - EVENLY) * size / size.sum()
    return chance


def _draw(chance: Floats, count: int, key: int) -> NDArray[np.int64]:
    """Draw scenarios by systematic sampling along their probability; the first of them are spread evenly along it too.

    Madow 1949, doi 10.1214/aoms/1177729988: each is taken as often as expected, rounded up or down. Their order is that
    of multiples of the golden ratio, whose fractions are spread evenly however many are looked at (Weyl's sequence).
    """
    order = np.argsort(-chance, kind="stable")
    upto = np.cumsum(chance[order])
    marks = (np.arange(count) + uniform(key, 0)) / count * upto[-1]
    taken = order[np.searchsorted(upto, marks, side="right").clip(max=len(order) - 1)]
    rank = np.argsort(np.argsort((np.arange(count) * GOLDEN + uniform(key, 1)) % 1.0, kind="stable"), kind="stable")
    drawn: NDArray[np.int64] = taken[rank]
    return drawn
