"""An estimate of the optimum: it holds what is known, says where it knows nothing, and is called an estimate."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest
from rich.console import Console
from support.enumeration import instances, values
from support.town import posted, town

from optimiser.common.language import ENGLISH
from optimiser.model.admission import Forbidden
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.output.documents.comparison import describe_optimum
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.comparison import optimum_sections
from optimiser.planning.planning_scenarios import draw_planning
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.settings import Effort, default_budget
from optimiser.questions.optimum import SEARCHES, OptimumEstimate, estimate_optimum, search_alone
from optimiser.simulation.simulator import Simulator

QUICK = {"scenarios": 30, "budget": 600, "workers": 1}


@pytest.fixture(scope="module")
def found() -> OptimumEstimate:
    return estimate_optimum(town(), posted(town()), **QUICK)


def told(found: OptimumEstimate) -> str:
    console = Console(width=160, record=True, file=None, force_terminal=False)
    with console.capture() as capture:
        console.print(to_terminal(optimum_sections(found, ENGLISH)))
    return " ".join(capture.get().split())


@pytest.mark.slow
def test_an_estimate_holds_the_known_optimum_of_small_towns():
    """The optimum of all deployments, simulated on the same planning scenarios."""
    apart = 0
    for number, instance, plans in islice((c for c in instances(0, joined=True) if 50 < len(c[2]) < 3000), 6):
        effort = Effort(20, 20, default_budget(instance, 20), seed=3)
        with Simulator(instance) as simulator:
            best = values(simulator, plans, draw_planning(simulator, effort)).min()
        plan = Deployment.of_numbers(instance, plans[number % len(plans)])
        found = estimate_optimum(instance, plan, seed=3, scenarios=20, budget=200, workers=1)
        assert len(found.ends) == SEARCHES
        assert min(found.ends) >= best * (1.0 - 1e-9)
        assert found.low is not None
        assert found.low <= best * (1.0 + 1e-9)
        assert best <= found.high * (1.0 + 1e-9)
        apart += found.ends[-1] > found.ends[0] * (1.0 + 1e-9)
    assert apart > 0


def test_searches_begin_apart_and_go_on_apart():
    instance = town()
    rules = [rule.numbers(instance) for rule in candidates(instance).values()]
    effort = Effort(30, 30, 1)
    with Simulator(instance) as simulator:
        scenarios = draw_planning(simulator, effort)
        begins = [search_alone(simulator, scenarios, rules, effort, number) for number in range(SEARCHES)]
    assert len({begin.best.tobytes() for begin in begins}) == SEARCHES
    assert all(check(instance, begin.deployment).passed for begin in begins)


def test_the_best_deployment_known_is_given(found):
    """The plan made by hand is worse than what ten searches end at, on scenarios that chose them."""
    assert found.high == found.ends[0] < found.value
    assert found.best != found.deployment
    assert check(town(), found.best).passed
    text = told(found)
    assert "A search ended at a deployment that is better than the plan" in text
    again = estimate_optimum(town(), found.best, **QUICK)
    assert again.value == pytest.approx(found.high, rel=1e-12)
    assert again.best == again.deployment
    assert "that is better than the plan" not in told(again)


def test_same_seed_same_answer_on_any_number_of_processors(found):
    again = estimate_optimum(town(), posted(town()), **{**QUICK, "workers": 2})
    assert describe_optimum(again) == describe_optimum(found)
    other = estimate_optimum(town(), posted(town()), seed=2, **QUICK)
    assert other.ends != found.ends


def test_it_is_called_an_estimate_and_no_bound(found):
    sure = replace(found, value=31.0, ends=(30.0, 30.5, 32.0), same=1, bound=2.0)
    assert (sure.low, sure.high) == (26.0, 30.0)
    text = told(sure)
    assert "Estimate of the optimum 26.0 to 30.0 points on these scenarios, at most 16.1 % below the plan" in text
    assert "1 of 3 ended at the best of their deployments; 30.0 to 32.0 points" in text
    assert "An estimate, no bound and no proof" in text
    assert "2 of 3 ended at the same deployment" in told(replace(sure, same=2))


def test_nothing_is_estimated_where_searches_are_weaker_than_the_plan(found):
    weak = replace(found, value=20.0, ends=(30.0, 30.5, 32.0), same=1, bound=2.0)
    assert weak.low is None
    assert describe_optimum(weak)["estimate"] is None
    assert "None: the plan is better than the searches by more than they can tell." in told(weak)


def test_nothing_is_said_above_the_bound_where_searches_end_far_apart(found):
    wide = replace(found, value=30.0, ends=(30.0, 40.0, 80.0), same=1, bound=2.0)
    assert (wide.low, wide.high) == (2.0, 30.0)
    assert "None above the proved bound" in told(wide)


def test_what_is_proved_needs_no_estimate():
    _, instance, _ = next(c for c in instances(0, joined=False) if 50 < len(c[2]) < 3000)
    found = estimate_optimum(instance, scenarios=20, workers=1)
    assert found.proved
    assert (found.ends, found.low, found.high) == ((), found.value, found.value)
    assert "The plan is proved optimal for these scenarios." in told(found)
    assert "An estimate" not in told(found)


def test_a_plan_that_breaks_rules_is_refused():
    with pytest.raises(Forbidden):
        estimate_optimum(town().altered(cap=1), posted(town()), **QUICK)
