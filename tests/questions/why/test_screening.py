"""A first look: exact for exchanges of one place, a sum of two for others, and no verdict on what may be better."""

from __future__ import annotations

import numpy as np
import pytest
from support.town import posted, town

from optimiser.common.progress import Watcher
from optimiser.planning.programs.neighbourhood import single_exchanges
from optimiser.planning.search.search_state import Search
from optimiser.questions.why.screening import look_at
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator


def test_one_side_is_exact_and_two_are_the_sum_of_both() -> None:
    instance = town()
    plan = posted(instance).numbers(instance)
    with Simulator(instance) as simulator:
        found = Search(simulator, draw(instance, 1, 20), Watcher(), plan, np.inf, 0.0)
        exchanges = single_exchanges(found.rules, plan)
        look = look_at(found, exchanges)
        plans = exchanges.plans(plan)
        exact = found.objectives(plans, simulator.totals(plans, found.scenarios))
        single = exchanges.places[:, 0] == exchanges.places[:, 1]
        assert single.any()
        assert look.value[single] == pytest.approx(exact[single])
        pair = int(np.flatnonzero(~single)[0])
        sides = np.repeat(plan[None], 2, axis=0)
        for side in (0, 1):
            sides[side, exchanges.places[pair, side]] = exchanges.rows[pair, side]
        parts = found.objectives(sides, simulator.totals(sides, found.scenarios))
        usual = found.worth(plan)
        assert look.value[pair] == pytest.approx(parts.sum() - usual)
        better = np.flatnonzero(single & (exact < usual))
        assert look.hopeful[better].all()
        ranked = look.best(np.flatnonzero(single), 5)
        assert (np.diff(look.value[ranked]) >= 0.0).all()
        assert set(ranked.tolist()) <= set(np.flatnonzero(look.hopeful).tolist())
