"""Perturbation of the best deployment: random exchanges, from which the next local search starts."""

from __future__ import annotations

import numpy as np

from optimiser.common.random_streams import name_stream, uniform
from optimiser.model.deployment import Numbers
from optimiser.planning.magnitude import in_order
from optimiser.planning.programs.neighbourhood import single_exchanges
from optimiser.planning.search.focus import focus
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.unit_effects import UnitEffects

LEAST, MOST = 2, 5  # exchanges that a perturbation makes; assumed
DRAWN = 3  # exchanges that each is the least harmful of; assumed


class Perturbation:
    """Random exchanges of the incumbent, drawn from a stream that is named after the instance.

    Of a few exchanges that are drawn the one that promises to harm least is made: most of all that there are would take
    away what nobody can do without, and the local search would only put it back.

    Attributes
    ----------
    draws : random numbers that were used so far; the same number leads to the same exchanges.
    """

    def __init__(self, state: Search, effects: UnitEffects, draws: int = 0) -> None:
        self.state, self.effects, self.draws = state, effects, draws
        self.key = name_stream(0, "search", state.simulator.instance.name)

    def perturb(self) -> Numbers | None:
        """Return the incumbent after a few random exchanges; None where there is nothing to exchange."""
        state, plan = self.state, self.state.best.copy()
        self.effects.move_to(plan)
        for _ in range(LEAST + int((MOST - LEAST + 1) * self._draw())):
            exchanges = single_exchanges(state.rules, plan, focus(state, plan))
            if not len(exchanges):
                return None
            some = exchanges.take(np.array([int(len(exchanges) * self._draw()) for _ in range(DRAWN)]))
            least = in_order(self.effects.promise(plan, some).change, state.value)[0]
            plan = some.plans(plan)[least]
        return plan

    def _draw(self) -> float:
        self.draws += 1
        return uniform(self.key, self.draws - 1)
