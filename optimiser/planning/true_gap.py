"""How good a deployment is beyond the scenarios that it was chosen on: against its neighbours, and against the optimum.

Both look at scenarios that the choice never saw. What they say is computed here and put into words in `certificate`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.model.deployment import Deployment, Numbers
from optimiser.planning.certificate import LocalStatement, TrueGap
from optimiser.planning.evaluation import CONFIDENCE, enough, student
from optimiser.planning.programs.configurations import cost_matrix
from optimiser.planning.programs.neighbourhood import Exchanges, Rules, single_exchanges
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.loop import search
from optimiser.planning.search.response_tables import interplay
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import after_iterations, gap_below
from optimiser.planning.settings import Effort
from optimiser.simulation.engine import Floats
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

STAGES = (0.125, 1.0)  # shares of the scenarios after which exchanges are judged; the error is split between them
FIRST = 50  # scenarios of the first stage at least; assumed
FEWEST = 12  # scenarios below which the quantiles are wrong by more than a thousandth, so far out
ENOUGH = 1e-4  # gap on one set below which more search would not change the statement; assumed
SETS = 10  # independent sets of scenarios for the true gap; assumed
LOCAL, CERTIFY = "local", "certify"  # names of the sets of scenarios


@dataclass(frozen=True)
class Intervals:
    """Simultaneous intervals of what exchanges change, in points.

    Attributes
    ----------
    exchanges : what was compared.
    low, high : ends of the interval of the mean difference, shape (exchanges,).
    tied : whether the exchange made no difference in any scenario that was simulated, shape (exchanges,).
    seldom : whether it made one in too few for an interval to be relied on, see `evaluation.enough`; also where in
        none. Shape (exchanges,).
    possible : single exchanges that there are, compared or not.
    """

    exchanges: Exchanges
    low: Floats
    high: Floats
    tied: NDArray[np.bool_]
    seldom: NDArray[np.bool_]
    possible: int


def compare_exchanges(
    simulator: Simulator, plan: Numbers, scenarios: Scenarios, most: int, confidence: float = CONFIDENCE
) -> LocalStatement:
    """Compare a feasible deployment with every one that a single exchange gives; see `exchange_intervals`."""
    found = exchange_intervals(simulator, plan, scenarios, most, confidence)
    judged = ~found.seldom
    worse, better = (found.low > 0.0) & judged, (found.high < 0.0) & judged
    delta = float(max(0.0, np.max(-found.low, initial=0.0)))
    return LocalStatement(
        len(found.exchanges),
        int(better.sum()),
        int(worse.sum()),
        int(found.tied.sum()),
        int((found.seldom & ~found.tied).sum()),
        delta,
        len(scenarios),
        confidence,
        found.possible,
    )


def exchange_intervals(
    simulator: Simulator, plan: Numbers, scenarios: Scenarios, most: int, confidence: float = CONFIDENCE
) -> Intervals:
    """Return an interval of the difference that each single exchange of a feasible deployment makes.

    Differences are paired, scenario by scenario, and each interval is Student's at a level that holds for all exchanges
    and both stages together (Bonferroni). An exchange that is shown to be worse at the first stage is dropped.

    Parameters
    ----------
    plan : numbers by place and kind, shape (places, kinds).
    most : exchanges that are compared at most; where there are more, every second, third ... is.

    Raises
    ------
    ValueError : there are fewer than `FEWEST` scenarios, or the tail counts: its changes are not means of differences.
    """
    if len(scenarios) < FEWEST:
        raise ValueError(f"{len(scenarios)} scenarios say nothing about exchanges; at least {FEWEST} do")
    if simulator.instance.objective.tail_weight > 0.0:
        raise ValueError("intervals of changes of the tail are not known")
    every = single_exchanges(Rules(simulator.instance), plan)
    exchanges = _spread(every, most)
    count, open_ = len(exchanges), np.arange(len(exchanges))
    cost = cost_matrix(simulator.instance)
    lowest, highest = np.full(count, -math.inf), np.full(count, math.inf)
    tied, seldom = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    losses, done = np.zeros((count, 0)), 0
    level = 1.0 - (1.0 - confidence) / (len(STAGES) * max(1, count))
    base = simulator.course(plan, scenarios).total
    for share in STAGES:
        end = min(len(scenarios), max(FIRST, math.ceil(share * len(scenarios))))
        plans = exchanges.take(open_).plans(plan)
        losses = np.concatenate([losses, simulator.totals(plans, scenarios, done, end, base=plan)], axis=1)
        done = end
        differences = losses - base[:end]
        mean = differences.mean(axis=1) + np.tensordot(plans - plan, cost, axes=2)
        half = student(level, end - 1) * differences.std(axis=1, ddof=1) / math.sqrt(end)
        tied[open_] = np.all(differences == 0.0, axis=1)
        seldom[open_] = [not enough(end, int(n)) for n in np.count_nonzero(differences, axis=1)]
        lowest[open_] = mean - half
        highest[open_] = mean + half if end == len(scenarios) else math.inf
        unsure = (lowest[open_] <= 0.0) | seldom[open_]
        open_, losses = open_[unsure], losses[unsure]
    return Intervals(exchanges, lowest, highest, tied, seldom, len(every))


def _spread(exchanges: Exchanges, most: int) -> Exchanges:
    step = max(1, -(-len(exchanges) // max(1, most)))
    return exchanges.take(np.arange(0, len(exchanges), step))


def bound_true_gap(
    simulator: Simulator,
    plan: Numbers,
    effort: Effort,
    watcher: Watcher,
    sets: int = SETS,
    confidence: float = CONFIDENCE,
    solver: SolverName = "highs",
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
    effort : planning scenarios of each set, and joint replications that the search on each may take; its bound is
        valid whenever it ends.
    """
    instance, scenarios = simulator.instance, effort.scenarios
    # where sectors influence each other there is a bound at once, or none
    joined = interplay(instance, simulator.dispatch, simulator.law, effort.uncertain)
    gaps, values, lost = [], [], 0
    threshold = _threshold(simulator, plan, effort.another_set(instance, f"{CERTIFY}-tail", scenarios))
    for number in range(sets):
        watcher.reporting(Message("true gap, set {number} of {sets}", number=number + 1, sets=sets))
        fresh = effort.another_set(instance, f"{CERTIFY}-{number}", scenarios)
        start = {"plan": Deployment.of_numbers(instance, plan)}
        stop = after_iterations(1) if joined else gap_below(ENOUGH)
        state = search(simulator, fresh, start, stop, solver=solver, budget=effort.budget, interruptible=False)
        value = _value(state, plan, threshold)
        gaps.append(value - state.bound)
        values.append(value)
        lost += int(np.count_nonzero(simulator.totals(plan[None], fresh)))
    mean, spread = float(np.mean(gaps)), float(np.std(gaps, ddof=1))
    # one-sided: the two-sided quantile at twice the error
    high = mean + student(2.0 * confidence - 1.0, sets - 1) * spread / math.sqrt(sets)
    return TrueGap(mean, high, float(np.mean(values)), sets, scenarios, confidence, lost)


def _threshold(simulator: Simulator, plan: Numbers, scenarios: Scenarios) -> float:
    """Return the least of the losses that make up a deployment's tail; 0 where no tail counts."""
    o = simulator.instance.objective
    if o.tail_weight <= 0.0:
        return 0.0
    losses = np.sort(simulator.totals(plan[None], scenarios)[0])[::-1]
    return float(losses[max(0, math.ceil((1.0 - float(o.tail)) * len(losses)) - 1)])


def _value(state: Search, plan: Numbers, threshold: float) -> float:
    """Return a deployment's objective on a set, in the mean not below its true one."""
    o = state.simulator.instance.objective
    if o.tail_weight <= 0.0:
        return state.worth(plan)
    losses = state.simulator.totals(plan[None], state.scenarios)[0]
    tail = threshold + float(np.maximum(0.0, losses - threshold).mean()) / (1.0 - float(o.tail))
    return float(losses.mean()) + float((plan * state.cost).sum()) + float(o.tail_weight) * tail
