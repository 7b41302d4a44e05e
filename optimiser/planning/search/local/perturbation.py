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
    """

    def __init__(self, state: Search, draws: int = 0) -> None:
        self.state, self.draws = state, draws
        self.key = name_stream(0, "search", state.simulator.instance.name)

    def perturb(self) -> Numbers | None:
        """Return the incumbent after a few random exchanges; None where there is nothing to exchange."""
        state, plan = self.state, self.state.best.copy()
        for _ in range(LEAST + int((MOST - LEAST + 1) * self._draw())):
            exchanges = single_exchanges(state.rules, plan, focus(state, plan))
            if not len(exchanges):
                return None
            plan = exchanges.take(np.array([int(len(exchanges) * self._draw())])).plans(plan)[0]
        return plan

    def _draw(self) -> float:
        self.draws += 1
        return uniform(self.key, self.draws - 1)
