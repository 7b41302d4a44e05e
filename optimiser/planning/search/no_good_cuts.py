"""Small problems where sectors influence each other, closed by cuts.

The integer program over lower bounds proposes the deployment that might be best; the joint simulation says what it is
worth, and a cut excludes it (a no-good cut; Laporte and Louveaux 1993, of whose integer L-shaped method this is the
simplest case). What is left cannot be better than the next proposal's bound, so the search is over once that reaches
the best deployment state.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimiser.common.errors import NoPlan
from optimiser.common.message import Message
from optimiser.model.deployment import Deployment
from optimiser.planning.programs.allocation import Exhausted
from optimiser.planning.programs.configurations import ResponseTable
from optimiser.planning.search.columns import Pool
from optimiser.planning.search.prefix_bound import helpless, unreached
from optimiser.planning.search.search_state import Propose, Search, Step, Steps


@dataclass(frozen=True)
class CutParams:
    """Tuned constants; all assumed. Beyond them there is no hope of closing the gap.

    Attributes
    ----------
    small : configurations of all places together, and cuts.
    few : deployments, feasible or not.
    """

    small: int = 400
    few: int = 20_000


PARAMS = CutParams()


def cut_off(state: Search, propose: Propose) -> Steps:
    """Close the gap of a small problem; does nothing where it is not small."""
    tables = _small_tables(state)
    if tables is None:
        return
    instance, tried = state.simulator.instance, list[Deployment]()
    for _ in range(PARAMS.small):
        try:
            answer = propose(instance, tables, np.zeros(len(state.scenarios)), exclude=tried)
        except Exhausted:
            state.prove(math.inf)  # every feasible deployment was simulated
            yield Step(Message("every deployment was simulated"), finished=True)
            return
        except NoPlan:
            state.by_clock = True
            return
        state.by_clock |= answer.by_clock
        state.consider(answer.deployment.numbers(instance))
        if answer.bound is not None:
            state.prove(answer.bound)
        if state.closed:
            cuts = len(tried) + 1
            yield Step(Message.plural("{n} cut closed the gap", "{n} cuts closed the gap", cuts), finished=True)
            return
        tried.append(answer.deployment)
        yield Step(Message("bound {bound:.4g}", bound=state.bound))


def _small_tables(state: Search) -> dict[str, ResponseTable] | None:
    """Lower bounds of every configuration of every place, or None if there are too many."""
    simulator, scenarios, instance = state.simulator, state.scenarios, state.simulator.instance
    until, help_ = unreached(instance, scenarios), helpless(instance, scenarios.uncertain)
    sizes = []
    for rules in state.rules.local:
        grid = rules.grid(PARAMS.small)
        if grid is None:
            return None
        sizes.append(len(grid))
    if sum(sizes) > PARAMS.small or math.prod(sizes) > PARAMS.few:
        return None
    tables = {}
    for p, place in enumerate(instance.places):
        sector = p < len(instance.sectors)
        minute = np.ascontiguousarray(until[:, p]) if sector else np.zeros(len(scenarios))
        pool = Pool(simulator, p, scenarios, minute, help_[p] if sector else np.zeros(3), PARAMS.small, every=True)
        everything = np.arange(len(pool.numbers))
        pool.know(everything)
        tables[place.id] = ResponseTable.of(instance, place.id, pool.numbers, pool.losses(everything), True)
    return tables
