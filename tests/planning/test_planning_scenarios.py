"""Planning scenarios: drawn where much is lost, with weights that make every mean that of the pool."""

from dataclasses import replace

import numpy as np
import pytest
from support.town import town

from optimiser.model.deployment import Deployment
from optimiser.model.harms import weights
from optimiser.planning.planning_scenarios import EVENLY, POOL, SHARE, draw_planning, find_chances
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.settings import Effort
from optimiser.simulation.scenario import PLANNING, draw_set, first_rings
from optimiser.simulation.simulator import Simulator, simulate

Z99 = 2.576


def effort(scenarios: int = 50, seed: int = 1) -> Effort:
    return Effort(scenarios, 2 * scenarios, 100_000, seed=seed)


def test_chances_grow_with_losses_add_up_to_one_and_none_is_small():
    losses = np.array([[0.0, 1.0, 16.0, 81.0], [0.0, 1.0, 16.0, 81.0]])
    chance = find_chances(losses)
    assert chance.sum() == pytest.approx(1.0)
    assert chance.min() >= EVENLY / 4
    sizes = np.array([0.0, 1.0, 8.0, 27.0])  # to the power of three quarters
    assert chance == pytest.approx(EVENLY / 4 + (1.0 - EVENLY) * sizes / sizes.sum())
    assert find_chances(np.zeros((2, 4))) == pytest.approx(0.25)


def test_a_weighted_scenario_is_the_one_of_its_number_in_the_pool_and_both_engines_play_it():
    instance, plan = town(), next(iter(candidates(town()).values()))
    pool = draw_set(instance, 1, POOL * 50, PLANNING)
    with Simulator(instance) as fast, Simulator(instance, engine="simpy") as slow:
        some = draw_planning(fast, effort())
        assert len(some) == 50
        assert len(set(some.number.tolist())) > 10
        for n in (0, 7, 49):
            assert some[n] == pool[int(some.number[n])]
        assert np.array_equal(draw_planning(fast, effort(8)).number, draw_planning(slow, effort(8)).number)
        numbers = plan.numbers(instance)[None]
        losses = fast.totals(numbers, some)
        assert np.array_equal(losses, slow.totals(numbers, some))
        alone = [simulate(instance, plan, pool[int(n)])[0] for n in some.number[:3]]
        each = np.array(weights(instance.objective))
        points = [float((np.array(one.harms) @ each).sum()) for one in alone]
        assert losses[0, :3] == pytest.approx(np.array(points) * some.weight[:3])
        assert np.array_equal(first_rings(some, 0), first_rings(pool, 0)[some.number])


@pytest.mark.slow
def test_means_are_those_of_the_pool_and_vary_less_than_those_of_as_many_plain_scenarios():
    instance = town()
    rules = candidates(instance)
    other = Deployment(instance=instance.name)  # nobody anywhere: a plan that no scenario was chosen by
    plain, weighted, gaps = [], [], []
    with Simulator(instance) as simulator:
        pool = simulator.totals(np.stack([other.numbers(instance)]), draw_set(instance, 99, 20_000, "judge"))[0]
        for seed in range(1, 61):
            some = draw_planning(simulator, effort(40, seed), rules)
            weighted.append(simulator.totals(other.numbers(instance)[None], some)[0].mean())
            gaps.append(some.weight.mean() - 1.0)
            evenly = draw_set(instance, seed, 40, PLANNING)
            plain.append(simulator.totals(other.numbers(instance)[None], evenly)[0].mean())
    error = np.hypot(np.std(weighted, ddof=1) / np.sqrt(60), pool.std() / np.sqrt(20_000))
    assert abs(np.mean(weighted) - pool.mean()) < Z99 * error
    assert abs(np.mean(gaps)) < Z99 * np.std(gaps, ddof=1) / np.sqrt(60)
    assert np.var(weighted) < 0.5 * np.var(plain)


def test_no_weight_is_above_the_inverse_of_the_even_share():
    with Simulator(town()) as simulator:
        assert draw_planning(simulator, effort()).weight.max() <= 1.0 / EVENLY + 1e-9


def test_the_first_of_weighted_scenarios_are_a_sample_of_all_of_them():
    with Simulator(town()) as simulator:
        some = draw_planning(simulator, effort(200))
    assert abs(np.corrcoef(np.arange(200), some.weight)[0, 1]) < 0.25


def test_where_sectors_are_apart_or_the_tail_counts_all_scenarios_count_alike():
    apart = {**town().model_dump(mode="json")}
    tail = town(objective={**apart["objective"], "tail_weight": 0.5})
    with Simulator(tail) as simulator:
        some = draw_planning(simulator, effort())
    assert (some.weight == 1.0).all()
    assert some.number.tolist() == list(range(50))


def test_where_no_hand_rule_is_feasible_the_pool_is_simulated_with_nobody():
    instance = town(cap=1, pins=[{"place": "kpu", "what": "heads", "at_least": 50}])
    with Simulator(instance) as simulator:
        assert len(draw_planning(simulator, effort())) == 50


@pytest.mark.parametrize(("budget", "weighted"), [(60, False), (2000, True), (100_000, True)])
def test_bug_the_pool_takes_no_more_replications_than_its_share_of_the_budget(budget: int, weighted: bool):
    """Sixty for each planning scenario were simulated whatever the budget: minutes of SimPy for a budget of 60."""
    with Simulator(town()) as simulator:
        some = draw_planning(simulator, replace(effort(), budget=budget))
        assert simulator.replications <= SHARE * budget
    assert (some.weight != 1.0).any() == weighted


def test_totals_taken_over_from_a_plan_nearby_carry_the_same_weights():
    instance = town()
    plan, other = (rule.numbers(instance) for rule in list(candidates(instance).values())[:2])
    with Simulator(instance) as simulator, Simulator(instance) as apart:
        some = draw_planning(simulator, effort())
        near = simulator.totals(np.stack([plan, other]), some, base=plan)
        assert np.array_equal(near, apart.totals(np.stack([plan, other]), some))
        assert simulator.course(plan, some).mean.sum() == pytest.approx(near[0].mean())
