"""A first look at many exchanges: each side of them played alone, and the sides added up.

What an exchange changes is nearly the sum of what its two places change, and the same side is part of many exchanges.
The sum only says which of them are worth playing whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimiser.planning.evaluation import tail_points
from optimiser.planning.programs.neighbourhood import Exchanges, Flags, Ints
from optimiser.planning.search.search_state import Search
from optimiser.simulation.engine import Floats

SCENARIOS, FEWEST = 64, 16  # planning scenarios of a look, and the fewest of one that takes long; assumed
WORK = 2_000_000  # sectors that are played for one look: about a second of one core; assumed
SPARED = 2.0  # standard errors by which an exchange must look worse to be dropped; assumed


@dataclass(frozen=True)
class Look:
    """What a look at exchanges shows.

    Attributes
    ----------
    value : objective in points, about, shape (exchanges,).
    hopeful : whether it may be better than the deployment as it is.
    """

    value: Floats
    hopeful: Flags

    def best(self, among: Ints, most: int) -> Ints:
        """Give the most promising of some exchanges, the best first, without those that look worse for sure."""
        some = among[self.hopeful[among]]
        return some[np.argsort(self.value[some], kind="stable")[:most]]


def look_at(state: Search, exchanges: Exchanges) -> Look:
    """Look at exchanges of a search's best deployment, on the first planning scenarios."""
    plan, kinds = state.best, state.best.shape[1]
    single = exchanges.places[:, 0] == exchanges.places[:, 1]
    places, rows = exchanges.places.T.reshape(-1), exchanges.rows.swapaxes(0, 1).reshape(-1, kinds)
    keys, index = np.unique(np.column_stack([places, rows]), axis=0, return_inverse=True)
    first, second = index.reshape(2, -1)
    sides = Exchanges(np.repeat(keys[:, :1], 2, axis=1), np.repeat(keys[:, None, 1:], 2, axis=1))
    played = max(1, len(keys) * len(state.simulator.instance.sectors))
    few = min(SCENARIOS, len(state.scenarios), max(FEWEST, WORK // played))
    base = state.simulator.course(plan, state.scenarios).total[:few]
    changes = state.simulator.totals(sides.plans(plan), state.scenarios, 0, few, base=plan) - base
    costs = ((keys[:, 1:] - plan[keys[:, 0]]) * state.cost[keys[:, 0]]).sum(axis=1)
    change = changes[first] + np.where(single[:, None], 0.0, changes[second])
    cost = costs[first] + np.where(single, 0.0, costs[second])
    losses = base + change
    risk = losses.mean(axis=1) + tail_points(state.simulator.instance.objective, losses)
    value = risk + cost + (plan * state.cost).sum()
    usual = state.objective(plan, base)
    error = change.std(axis=1, ddof=1) / np.sqrt(few) if few > 1 else np.full(len(change), np.inf)
    return Look(value, value - SPARED * error < usual)
