"""A budget beyond what planning scenarios are worth is spent in more of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from support.town import town

from optimiser import Watcher, optimise
from optimiser.model.deployment import Numbers
from optimiser.planning.planning_scenarios import CLOSER, draw_both, draw_planning
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import LEADERS, search
from optimiser.planning.search.prefix_bound import trivial_bound
from optimiser.planning.search.search_state import Search
from optimiser.planning.settings import EACH, Effort
from optimiser.simulation.engine import Spent
from optimiser.simulation.scenario import draw_set
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


def test_what_was_proved_or_counted_before_does_not_hold_in_other_scenarios() -> None:
    instance = town()
    with Simulator(instance) as simulator:
        first, other = (draw_set(instance, seed, 30, "any") for seed in (1, 2))
        plans = [plan.numbers(instance) for plan in candidates(instance).values()]
        plans.append(np.zeros_like(plans[0]))
        state = Search(simulator, first, Watcher(), plans[0], np.inf, 0.0)
        for plan in plans:
            state.consider(plan)
        order = sorted(plans, key=state.worth)
        state.prove(state.value)
        assert state.closed
        state.turn_to(other, 2)
        assert state.bound == trivial_bound(instance) < state.value
        assert state.compared == 2
        assert state.value == min(state.worth(plan) for plan in order[:2])
        state.turn_to(first, 1)
        assert state.compared == 1


def turned(leaders: int, *, kept: bool) -> Iterator[tuple[Search, list[Numbers], bool]]:
    """Go on in 60 scenarios after 3, for 20 seeds; `kept` says whether all plans are first candidates.

    Gives the state then, all plans, and whether another one is the best now.
    """
    instance = town()
    with Simulator(instance) as simulator:
        plans = [plan.numbers(instance) for plan in candidates(instance).values()]
        plans.append(np.zeros_like(plans[0]))
        for seed in range(20):
            few, more = draw_set(instance, seed, 3, "any"), draw_set(instance, seed + 100, 60, "any")
            state = Search(simulator, few, Watcher(), plans[0], np.inf, 0.0, starts=tuple(plans) if kept else ())
            for plan in plans:
                state.consider(plan)
            led = state.best
            state.turn_to(more, leaders)
            yield state, plans, not np.array_equal(state.best, led)


def test_a_deployment_that_led_takes_the_lead_where_it_is_better() -> None:
    """The best in few scenarios is seldom the best in more: others that led there are looked at too."""
    changed = 0
    for state, plans, other in turned(LEADERS, kept=False):
        assert state.value == min(state.worth(plan) for plan in plans[: LEADERS + 1])
        changed += other
    assert changed


def test_bug_a_first_candidate_that_did_not_lead_was_lost_where_it_is_better() -> None:
    changed = 0
    for state, plans, other in turned(1, kept=True):
        assert state.value == state.worth(state.best) == min(map(state.worth, plans))
        assert state.compared == len({plan.tobytes() for plan in plans})
        changed += other
    assert changed


def test_a_first_candidate_is_simulated_until_it_cost_as_much_as_the_best() -> None:
    instance = town()
    with Simulator(instance) as simulator:
        nobody = np.zeros_like(next(iter(candidates(instance).values())).numbers(instance))
        many = nobody.copy()
        many[0] = 1
        charges = np.full(nobody.shape[1], 1e6)
        few, more = draw_set(instance, 1, 3, "any"), draw_set(instance, 2, 60, "any")
        state = Search(simulator, few, Watcher(), nobody, np.inf, 0.0, charges=charges, starts=(many, nobody))
        state.consider(nobody)
        before = simulator.replications
        state.turn_to(more, 1)
        assert simulator.replications - before == len(more)
        assert (state.value, state.compared) == (state.worth(nobody), 2)


def test_where_the_budget_does_not_suffice_for_all_first_candidates_nothing_changes() -> None:
    instance = town()
    with Simulator(instance) as simulator:
        plans = [plan.numbers(instance) for plan in candidates(instance).values()]
        few, more = draw_set(instance, 1, 3, "any"), draw_set(instance, 2, 60, "any")
        state = Search(simulator, few, Watcher(), plans[0], np.inf, 0.0, starts=tuple(plans))
        state.consider(plans[0])
        before = (state.scenarios, state.value, state.compared)
        with simulator.allowance(len(more)), pytest.raises(Spent):
            state.turn_to(more, 1)
        assert (state.scenarios, state.value, state.compared) == before
