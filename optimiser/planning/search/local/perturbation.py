"""Perturbation of the best deployment: random exchanges, from which the next local search starts."""

from __future__ import annotations

import numpy as np

from optimiser.common.random_streams import name_stream, uniform
from optimiser.model.deployment import Numbers
from optimiser.planning.programs.neighbourhood import single_exchanges
from optimiser.planning.search.focus import focus
from optimiser.planning.search.search_state import Search

LEAST, MOST = 2, 5  # exchanges that a perturbation makes; assumed


class Perturbation:
    """Random exchanges of the incumbent, drawn from a stream that is named after the instance.

    Attributes
    ----------
    draws : random numbers that were used so far; the same number leads to the same exchanges.

    Parameters
    ----------
    seed, stream : of the random numbers; searches that differ in either are independent of each other.
    """

    def __init__(self, state: Search, draws: int = 0, *, seed: int = 0, stream: str = "search") -> None:
        self.state, self.draws = state, draws
        self.key = name_stream(seed, stream, state.simulator.instance.name)

    def perturb(self) -> Numbers | None:
        """Return the incumbent after a few random exchanges; None where there is nothing to exchange."""
        return self.exchange(self.state.best, LEAST + self.draw(MOST - LEAST + 1))

    def exchange(self, plan: Numbers, times: int) -> Numbers | None:
        """Return a deployment after so many random exchanges; None where there is nothing to exchange."""
        for _ in range(times):
            exchanges = single_exchanges(self.state.rules, plan, focus(self.state, plan))
            if not len(exchanges):
                return None
            plan = exchanges.take(np.array([self.draw(len(exchanges))])).plans(plan)[0]
        return plan

    def draw(self, count: int) -> int:
        """Draw one of so many numbers from 0 on."""
        self.draws += 1
        return int(count * uniform(self.key, self.draws - 1))
