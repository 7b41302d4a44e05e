"""A budget beyond what planning scenarios are worth is spent in more of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from support.town import town

from optimiser import optimise
from optimiser.planning.planning_scenarios import CLOSER, draw_both, draw_planning
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.settings import EACH, Effort
from optimiser.simulation.simulator import Simulator

SCENARIOS = 10
EFFORT = Effort(SCENARIOS, 20, 2 * EACH * SCENARIOS)


def test_more_scenarios_are_drawn_from_the_same_pool_only_where_the_budget_is_large() -> None:
    instance = town()
    with Simulator(instance) as simulator:
        planning, closer = draw_both(simulator, EFFORT)
        assert closer is not None
        assert len(closer) == CLOSER * SCENARIOS
        assert np.array_equal(planning.number, draw_planning(simulator, EFFORT).number)
        assert not np.array_equal(planning.number, closer.first(SCENARIOS).number)
        assert abs(closer.weight.mean() - 1.0) < 0.5
        few, none = draw_both(simulator, replace(EFFORT, budget=EACH * SCENARIOS))
        assert none is None
        assert np.array_equal(few.number, draw_planning(simulator, replace(EFFORT, budget=EACH * SCENARIOS)).number)


def test_the_search_goes_on_from_those_that_led_and_says_what_the_plan_is_worth_there() -> None:
    instance = town()
    with Simulator(instance) as simulator:
        planning, closer = draw_both(simulator, EFFORT)
        assert closer is not None
        rules, first = candidates(instance), EACH * SCENARIOS
        alone = search(simulator, planning, rules, budget=first)
        assert not alone.closed, "nothing is left to do where the plan is proved best"
    with Simulator(instance) as simulator:
        both = search(simulator, planning, rules, budget=EFFORT.budget, closer=closer, first=first)
        assert both.scenarios is closer
        assert both.value == both.worth(both.best)
        assert both.value <= both.worth(alone.best), "no worse than where it came from"
        assert both.bound <= both.value
        assert first < both.played <= EFFORT.budget
        notes = [
            progress.note.text() if hasattr(progress.note, "text") else str(progress.note) for progress in both.history
        ]
        assert f"went on in {CLOSER * SCENARIOS} scenarios" in notes


def test_a_plan_says_how_many_scenarios_it_was_chosen_on() -> None:
    asked = {"scenarios": SCENARIOS, "reporting": 20, "levers": False, "over_law": False}
    instance = town()
    assert optimise(instance, budget=EACH * SCENARIOS, **asked).certificate.scenarios == SCENARIOS
    plan = optimise(instance, budget=EFFORT.budget, **asked)
    assert plan.certificate.scenarios == CLOSER * SCENARIOS
    again = optimise(instance, budget=EFFORT.budget, **asked)
    assert (plan.deployment, plan.planning_objective) == (again.deployment, again.planning_objective)
