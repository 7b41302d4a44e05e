"""Small problems where sectors influence each other, closed by cuts.

The integer program over lower bounds proposes the deployment that might be best; the joint simulation says what it is
worth, and a cut excludes it (a no-good cut; Laporte and Louveaux 1993, of whose integer L-shaped method this is the
simplest case). What is left cannot be better than the next proposal's bound, so the search is over once that reaches
the best deployment found.
"""

from __future__ import annotations

import math

import numpy as np

from optimiser.common.errors import NoPlan
from optimiser.common.message import Message
from optimiser.model.deployment import Deployment
from optimiser.planning.programs.allocation import Exhausted
from optimiser.planning.programs.configurations import ResponseTable
from optimiser.planning.search.columns import Pool
from optimiser.planning.search.prefix_bound import helpless, unreached
from optimiser.planning.search.search_state import Propose, Search, Steps

SMALL = 400  # configurations of all places together, and cuts: beyond that there is no hope of closing; assumed
FEW = 20_000  # deployments at most, feasible or not, that are worth trying to close; assumed


def cut_steps(found: Search, propose: Propose) -> Steps:
    """Close the gap of a small problem; does nothing where it is not small."""
    tables = _small_tables(found)
    if tables is None:
        return
    instance, tried = found.simulator.instance, list[Deployment]()
    for _ in range(SMALL):
        try:
            answer = propose(instance, tables, np.zeros(len(found.scenarios)), exclude=tried)
        except Exhausted:
            found.prove(math.inf)  # every feasible deployment was simulated
            yield True, Message("every deployment was simulated")
            return
        except NoPlan:
            found.by_clock = True
            return
        found.by_clock |= answer.by_clock
        found.consider(answer.deployment.numbers(instance))
        if answer.bound is not None:
            found.prove(answer.bound)
        if found.closed:
            yield True, Message.plural("{n} cut closed the gap", "{n} cuts closed the gap", len(tried) + 1)
            return
        tried.append(answer.deployment)
        yield False, Message("bound {bound:.4g}", bound=found.bound)


def _small_tables(found: Search) -> dict[str, ResponseTable] | None:
    """Lower bounds of every configuration of every place, or None if there are too many."""
    simulator, scenarios, instance = found.simulator, found.scenarios, found.simulator.instance
    until, help_ = unreached(instance, scenarios), helpless(instance)
    sizes = []
    for rules in found.rules.local:
        grid = rules.grid(SMALL)
        if grid is None:
            return None
        sizes.append(len(grid))
    if sum(sizes) > SMALL or math.prod(sizes) > FEW:
        return None
    tables = {}
    for p, place in enumerate(instance.places):
        sector = p < len(instance.sectors)
        minute = np.ascontiguousarray(until[:, p]) if sector else np.zeros(len(scenarios))
        pool = Pool(simulator, p, scenarios, minute, help_[p] if sector else np.zeros(3), SMALL, every=True)
        everything = np.arange(len(pool.numbers))
        pool.know(everything)
        tables[place.id] = ResponseTable.of(instance, place.id, pool.numbers, pool.losses(everything), True)
    return tables
