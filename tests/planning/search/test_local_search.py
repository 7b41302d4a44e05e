"""With interplay the joint simulation decides: rules are kept, promises are checked, bounds hold, seeds repeat."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from support.enumeration import instances, values
from support.town import posted, town

from optimiser.common.progress import Watcher
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.planning.programs.allocation import allocate
from optimiser.planning.programs.neighbourhood import Rules, single_exchanges
from optimiser.planning.search import focus
from optimiser.planning.search import trust_region as trust_module
from optimiser.planning.search.decoupled_start import start_decoupled
from optimiser.planning.search.local_search import Perturbation, UnitEffects, _placing, _race, local_search
from optimiser.planning.search.loop import search
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import after_iterations, after_replications, any_of
from optimiser.planning.search.trust_region import trust_region
from optimiser.simulation.dispatch import send_nearest
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator


def begin(simulator: Simulator, plan: np.ndarray, seed: int = 1, count: int = 6) -> Search:
    found = Search(simulator, draw(simulator.instance, seed, count), Watcher(), plan, np.inf, 0.0)
    found.consider(plan)
    found.starts = (plan,)
    return found


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_after_every_step_bound_and_value_hold_and_the_plan_keeps_the_rules(first):
    for number, instance, plans in islice(instances(first, joined=True), 8):
        scenarios, seen = draw(instance, number, 3), []

        class Listener(Watcher):
            def stepped(self, progress, seen=seen):
                seen.append((progress.bound, progress.best))

        start = {"any": Deployment.of_numbers(instance, plans[number % len(plans)])}
        with Simulator(instance) as simulator:
            stop = any_of(after_iterations(12), after_replications(1500))
            found = search(simulator, scenarios, start, stop, Listener())
        with Simulator(instance) as other:
            worth = values(other, plans, scenarios)
        slack = 1e-9 * max(1.0, worth.min())
        assert all(bound <= worth.min() + slack and best >= worth.min() - slack for bound, best in seen)
        assert found.value <= worth[number % len(plans)] + slack
        assert check(instance, found.deployment).passed


def test_a_descent_ends_where_no_single_exchange_is_better():
    ended = 0
    for number, instance, plans in islice(instances(400, joined=True), 15):
        with Simulator(instance) as simulator:
            found = begin(simulator, plans[number % len(plans)], number)
            for _ in local_search(found, found.best):
                pass
            near = single_exchanges(found.rules, found.best).plans(found.best)
            if len(near):
                losses = simulator.totals(near, found.scenarios)
                assert found.objectives(near, losses).min() >= found.value - 1e-9
                ended += 1
    assert ended > 8


def test_a_race_is_won_on_all_scenarios_by_the_best_of_those_left():
    instance = town(reinforcements=[])
    plan = np.zeros_like(posted(instance).numbers(instance))
    with Simulator(instance) as simulator:
        found = begin(simulator, plan, count=300)
        rivals = single_exchanges(found.rules, plan).plans(plan)[:32]
        winner = _race(found, plan, rivals)
        worth = found.objectives(rivals, simulator.totals(rivals, found.scenarios))
        assert winner is not None
        assert found.worth(winner) < found.value
        assert found.worth(winner) <= np.partition(worth, 3)[3]
        assert _race(found, winner, plan[None]) is None
        assert _race(found, plan, plan[None]) is None
        assert _race(found, plan, rivals[:0]) is None


def test_perturbations_keep_the_rules_and_repeat_with_their_number():
    rng, changed = np.random.default_rng(2), 0
    for _, instance, plans in islice(instances(600, joined=True), 20):
        with Simulator(instance) as simulator:
            found, draws = begin(simulator, plans[rng.integers(len(plans))]), 0
            for _ in range(4):
                perturbation = Perturbation(found, draws)
                perturbed, again = perturbation.perturb(), Perturbation(found, draws).perturb()
                after = perturbation.draws
                if perturbed is None:
                    assert not len(single_exchanges(found.rules, found.best)) or again is None
                    break
                assert np.array_equal(perturbed, again)
                assert found.rules.holds(perturbed)
                assert check(instance, Deployment.of_numbers(instance, perturbed)).passed
                assert after > draws
                changed += bool(np.any(perturbed != found.best))
                draws = after
    assert changed > 30


def test_guesses_and_placing_are_sums_over_units():
    instance = town(reinforcements=[])
    rules, plan = Rules(instance), posted(instance).numbers(instance)
    rng = np.random.default_rng(1)
    guess = UnitEffects(rng.random(plan.shape), rng.random(plan.shape))
    with Simulator(instance) as simulator:
        found = begin(simulator, plan)
        exchanges = single_exchanges(rules, plan)
        placing, promise = _placing(found, plan, exchanges), guess.add_up(plan, exchanges)
    by = exchanges.plans(plan) - plan
    assert placing == pytest.approx((by * found.cost).sum(axis=(1, 2)))
    expected = (np.maximum(by, 0) * guess.more + np.maximum(-by, 0) * guess.less).sum(axis=(1, 2))
    assert promise == pytest.approx(expected)


def test_starts_apart_and_steps_of_trust_never_break_a_rule_or_worsen_anything(monkeypatch):
    better = 0
    monkeypatch.setattr(trust_module, "PARAMS", replace(trust_module.PARAMS, patience=2))
    for number, instance, plans in islice(instances(800, joined=True), 20):
        with Simulator(instance) as simulator:
            found = begin(simulator, plans[number % len(plans)], number)
            start = found.value
            for steps in (start_decoupled, trust_region):
                before = found.value
                for _ in steps(found, allocate):
                    assert check(instance, found.deployment).passed
                assert found.value <= before
            better += found.value < start
            assert found.value == found.worth(found.best)
    assert better > 3


def test_the_same_seed_gives_the_same_steps_and_another_seed_others():
    instance = town()
    runs = []
    for seed in (3, 3, 4):
        with Simulator(instance) as simulator:
            start = {"any": posted(instance)}
            found = search(simulator, draw(instance, seed, 8), start, after_replications(1500), Watcher())
        runs.append([(p.iteration, p.best, p.bound, p.replications, p.note) for p in found.history])
    assert runs[0] == runs[1] != runs[2]


def test_where_looking_takes_long_only_some_places_are_looked_at(monkeypatch):
    instance = town()
    with Simulator(instance) as simulator:
        found = begin(simulator, posted(instance).numbers(instance), count=40)
        assert np.array_equal(focus.focus(found, found.best), np.arange(4))
        assert focus.first_look(found) == 40
        some = replace(focus.PARAMS, at_once=2 * 16 * found.rules.kinds * 3 * 2)
        monkeypatch.setattr(focus, "PARAMS", some)
        assert focus.first_look(found) == focus.PARAMS.few
        some = focus.focus(found, found.best)
        assert set(some) <= set(range(4))
        for _ in islice(local_search(found, found.best), 3):
            assert check(instance, found.deployment).passed


def test_bug_a_search_that_had_played_everything_never_ended():
    def own(state, caller):
        send_nearest(state, caller)

    ended = 0
    for number, instance, plans in instances(0, joined=True):
        if not 1 < len(plans) <= 8:
            continue
        start, most = {"any": Deployment.of_numbers(instance, plans[0])}, after_iterations(5_000)
        with Simulator(instance, dispatch=own) as simulator:
            found = search(simulator, draw(instance, number, 2), start, most, Watcher())
        assert found.history[-1].finished
        assert not found.spent
        ended += 1
        if ended == 3:
            break
