"""What is proved by looking at all deployments is the best of all, and nothing is proved where they are too many."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from support.enumeration import instances, values
from support.town import posted, town

from optimiser.common.progress import Watcher
from optimiser.model.deployment import Deployment
from optimiser.planning.assessment import certificate_of
from optimiser.planning.optimise import optimise
from optimiser.planning.search import loop, no_good_cuts
from optimiser.planning.search.exhaustive import elimination
from optimiser.planning.search.exhaustive.elimination import eliminate, eliminate_asked, eliminate_unasked
from optimiser.planning.search.loop import search
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import Ending
from optimiser.simulation.dispatch import send_nearest
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

KINDS = ({}, {"accompanied": True}, {"moving": True}, {"displacing": True}, {"attended": True})


def begin(simulator: Simulator, plan: np.ndarray, seed: int = 1, count: int = 4) -> Search:
    found = Search(simulator, draw(simulator.instance, seed, count), Watcher(), plan, np.inf, 0.0)
    found.consider(plan)
    return found


def cases(first: int, count: int, **kinds: bool):
    return islice((c for c in instances(first, joined=True, **kinds) if 2 < len(c[2]) < 2000), count)


@pytest.mark.parametrize("kinds", KINDS, ids=str)
def test_what_is_proved_is_the_best_of_all_deployments(kinds):
    """Of random instances with interplay of every sort; hundreds of them in tests/long/test_searches.py."""
    for number, instance, plans in cases(0, 8, **kinds):
        with Simulator(instance) as simulator:
            found = begin(simulator, plans[len(plans) // 2], number)
            worth = values(simulator, plans, found.scenarios)
            steps = list(eliminate(found))
        if worth[len(plans) // 2] > 0.0:  # otherwise it is proved before anything is looked at
            assert steps[-1].finished
            assert found.listed == len(plans)
        assert found.closed
        assert found.value == pytest.approx(worth.min(), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("dense", [0, 1 << 24])
def test_shared_replications_are_those_of_each_deployment(dense, monkeypatch):
    """Nothing is excluded before the last scenario, so that every bound is a whole objective."""
    monkeypatch.setattr(elimination, "PARAMS", replace(elimination.PARAMS, dense=dense, first=2, growth=2, chunk=5))
    for number, instance, plans in cases(40, 6, displacing=True):
        with Simulator(instance) as simulator:
            found = begin(simulator, plans[0], number)
            listing = elimination.list_deployments(found.rules, len(plans))
            found.value = 1e300
            course = elimination.plan_course(found, listing, elimination._shares(found), 3)
            race, before = elimination._Elimination(found, listing, course), simulator.replications
            for scenario in course.order.tolist():
                race.advance(scenario)
            assert simulator.replications - before <= len(found.scenarios) * len(plans)
            mean = simulator.totals(listing.plans(listing.codes), found.scenarios).mean(axis=1)
            whole = mean + listing.costs(found.cost)
            tail = instance.objective.tail_weight > 0.0
            assert np.all(race.lower >= whole - 1e-9) if tail else race.lower == pytest.approx(whole)


def test_fewer_replications_than_all_deployments_in_all_scenarios():
    spent = full = 0
    for number, instance, plans in cases(0, 8):
        with Simulator(instance) as simulator:
            found = begin(simulator, plans[0], number, 40)
            before = simulator.replications
            list(eliminate(found))
            spent += simulator.replications - before
            full += 40 * len(plans)
    assert spent < 0.8 * full


def test_nothing_is_proved_where_it_is_expected_to_take_too_long():
    ((number, instance, plans),) = cases(0, 1)
    with Simulator(instance) as simulator:
        found = begin(simulator, plans[0], number)
        steps = list(eliminate(found, len(plans)))
        assert steps[-1].note == elimination.TOO_LONG
        assert not found.closed
        assert found.listed == 0
    with Simulator(town()) as simulator:
        found = begin(simulator, posted(town()).numbers(town()))
        assert list(eliminate(found, 1000)) == []


def test_a_search_spends_no_more_than_its_part_of_the_budget():
    number, instance, plans = next(c for c in cases(0, 20) if len(c[2]) > 100)
    with Simulator(instance) as simulator:
        found = begin(simulator, plans[0], number, 40)
        before = simulator.replications
        with simulator.allowance(10 * len(plans)):
            steps = list(eliminate_unasked(found))
        assert steps[-1].note == elimination.TOO_LONG
        assert simulator.replications - before <= 5 * len(plans)
        assert not found.closed


def test_nothing_is_proved_under_a_dispatch_rule_of_a_user():
    def mine(*args):
        return send_nearest(*args)

    ((number, instance, plans),) = cases(0, 1)
    with Simulator(instance, dispatch=mine) as simulator:
        found = begin(simulator, plans[0], number)
        assert list(eliminate(found)) == []
        assert not found.closed


def test_an_interrupt_keeps_the_best_and_proves_nothing(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    ((number, instance, plans),) = cases(0, 1)
    with Simulator(instance) as simulator:
        found = begin(simulator, plans[0], number)
        monkeypatch.setattr(elimination, "plan_course", interrupted)
        eliminate_asked(found)
        assert found.ended is Ending.INTERRUPT
        assert not found.closed


def test_the_certificate_says_how_many_deployments_were_looked_at(monkeypatch):
    monkeypatch.setattr(loop, "cut_off", lambda *_: iter(()))
    number, instance, plans = next(c for c in cases(0, 20) if len(c[2]) > 100)
    with Simulator(instance) as simulator:
        scenarios = draw(instance, number, 4)
        state = search(simulator, scenarios, {"some": Deployment.of_numbers(instance, plans[-1])}, budget=4000)
        assert state.value == pytest.approx(values(simulator, plans, scenarios).min())
    said = certificate_of(state)
    assert said.kind == "proved-optimal"
    assert said.listed == len(plans)
    assert f"all {len(plans):,} feasible deployments were looked at" in said.sentence


def test_asked_for_a_proof_a_plan_is_proved_that_the_budget_does_not_prove(monkeypatch):
    monkeypatch.setattr(no_good_cuts, "PARAMS", replace(no_good_cuts.PARAMS, few=1))
    _, instance, plans = next(c for c in cases(0, 20) if len(c[2]) > 100)
    quick = {"scenarios": 12, "reporting": 20, "workers": 1, "levers": False, "over_law": False, "budget": 60}
    assert optimise(instance, **quick).certificate.listed == 0
    proved = optimise(instance, certify=True, **quick).certificate
    assert proved.listed == len(plans)
    assert proved.kind == "proved-optimal"


def test_a_search_does_not_even_list_more_than_its_budget_could_simulate(monkeypatch):
    asked = []
    monkeypatch.setattr(elimination, "list_deployments", lambda _, most: asked.append(most))
    ((number, instance, plans),) = cases(0, 1)
    with Simulator(instance) as simulator:
        found = begin(simulator, plans[0], number, 40)
        with simulator.allowance(800):
            assert list(eliminate_unasked(found)) == []
        assert asked == [100]  # half of 800, of which each takes a tenth of 40 at least


def test_the_watcher_is_told_of_each_step_that_was_asked_for():
    ((number, instance, plans),) = cases(0, 1)
    told = []

    class Listener(Watcher):
        def stepped(self, progress):
            told.append(progress)

    with Simulator(instance) as simulator:
        found = Search(simulator, draw(instance, number, 4), Listener(), plans[0], np.inf, 0.0)
        found.consider(plans[0])
        eliminate_asked(found)
    assert found.closed
    assert told[-1].finished
    assert told[-1].gap == 0.0
    assert [one.iteration for one in told] == list(range(1, len(told) + 1))
    assert found.history == tuple(told)
