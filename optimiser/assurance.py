"""How good a deployment is beyond the scenarios that it was chosen on: against its neighbours, and against the optimum.

Both look at scenarios that the choice never saw. What they say is computed here and put into words in `certificate`.
"""

from __future__ import annotations

import math

import numpy as np

from optimiser.certificate import LocalStatement, TrueGap
from optimiser.configuration import cost_matrix
from optimiser.deployment import Deployment, Numbers
from optimiser.evaluation import CONFIDENCE, student
from optimiser.loop import search
from optimiser.neighbourhood import Exchanges, Rules, single_exchanges
from optimiser.progress import Watcher
from optimiser.scenario import Scenarios, draw
from optimiser.simulation import Simulator
from optimiser.stop import after_iterations, after_replications, any_of, gap_below
from optimiser.table import interplay

STAGES = (0.125, 1.0)  # shares of the scenarios after which exchanges are judged; the error is split between them
ENOUGH = 1e-4  # gap on one set below which more search would not change the statement; assumed
SETS = 10  # independent sets of scenarios for the true gap; assumed
LOCAL, CERTIFY = "local", "certify"  # names of the sets of scenarios


def compare_exchanges(
    simulator: Simulator, plan: Numbers, scenarios: Scenarios, most: int, confidence: float = CONFIDENCE
) -> LocalStatement:
    """Compare a feasible deployment with every one that a single exchange gives.

    Differences are paired, scenario by scenario, and each interval is Student's at a level that holds for all exchanges
    and both stages together (Bonferroni). An exchange that is shown to be worse at the first stage is not played on.

    Parameters
    ----------
    plan : numbers by place and kind, shape (places, kinds).
    most : exchanges that are compared at most; where there are more, every second, third ... is.
    """
    exchanges = _spread(single_exchanges(Rules(simulator.instance), plan), most)
    count, open_ = len(exchanges), np.arange(len(exchanges))
    cost = cost_matrix(simulator.instance)
    lowest, highest = np.full(count, -math.inf), np.full(count, math.inf)
    tied = np.zeros(count, dtype=bool)
    losses, done = np.zeros((count, 0)), 0
    level = 1.0 - (1.0 - confidence) / (len(STAGES) * max(1, count))
    base = simulator.course(plan, scenarios).total
    for share in STAGES:
        end = max(2, math.ceil(share * len(scenarios)))
        plans = exchanges.take(open_).plans(plan)
        losses = np.concatenate([losses, simulator.totals(plans, scenarios, done, end, base=plan)], axis=1)
        done = end
        differences = losses - base[:end]
        mean = differences.mean(axis=1) + np.tensordot(plans - plan, cost, axes=2)
        half = student(level, end - 1) * differences.std(axis=1, ddof=1) / math.sqrt(end)
        lowest[open_], highest[open_] = mean - half, mean + half
        tied[open_] = np.all(differences == 0.0, axis=1)
        unsure = lowest[open_] <= 0.0
        open_, losses = open_[unsure], losses[unsure]
    worse, better = (lowest > 0.0) & ~tied, (highest < 0.0) & ~tied
    delta = float(max(0.0, np.max(-lowest, initial=0.0)))
    return LocalStatement(
        count, int(better.sum()), int(worse.sum()), int(tied.sum()), delta, len(scenarios), confidence
    )


def _spread(exchanges: Exchanges, most: int) -> Exchanges:
    step = max(1, -(-len(exchanges) // max(1, most)))
    return exchanges.take(np.arange(0, len(exchanges), step))


def bound_true_gap(
    simulator: Simulator,
    plan: Numbers,
    seed: int,
    scenarios: int,
    budget: int,
    watcher: Watcher,
    sets: int = SETS,
    confidence: float = CONFIDENCE,
) -> TrueGap:
    """Bound the distance of a deployment from the true optimum (Mak, Morton, Wood 1999).

    doi 10.1016/S0167-6377(98)00054-6

    On each of several independent sets of scenarios the best deployment of that set is bounded from below; in the mean
    that bound lies below the true optimum, and the deployment's own mean is its true objective. Their difference, set
    by set, is at least the true gap in the mean, and its upper confidence limit is Student's. Taking the difference on
    the same set removes what both sides have in common, so that no error has to be split between them.

    Parameters
    ----------
    plan : numbers by place and kind, chosen on none of these scenarios.
    scenarios : in each set.
    budget : joint replications that the search on each set may take; its bound is valid whenever it ends.
    """
    instance = simulator.instance
    joined = interplay(instance, simulator.dispatch, simulator.law)  # then there is a bound at once, or none
    gaps, values = [], []
    for number in range(sets):
        watcher.reporting(f"true gap, set {number + 1} of {sets}")
        fresh = draw(instance, seed, scenarios, f"{CERTIFY}-{number}")
        start = {"plan": Deployment.of_numbers(instance, plan)}
        stop = any_of(gap_below(ENOUGH), after_replications(simulator.replications + budget))
        found = search(simulator, fresh, start, after_iterations(1) if joined else stop, Watcher())
        if found.interrupted:
            raise KeyboardInterrupt
        value = found.worth(plan)
        gaps.append(value - found.bound)
        values.append(value)
    mean, spread = float(np.mean(gaps)), float(np.std(gaps, ddof=1))
    # one-sided: the two-sided quantile at twice the error
    high = mean + student(2.0 * confidence - 1.0, sets - 1) * spread / math.sqrt(sets)
    return TrueGap(mean, high, float(np.mean(values)), sets, scenarios, confidence)
