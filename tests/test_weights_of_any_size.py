"""Weights of any size: the same plan and the same claim in points, rupiah or billions of rupiah, and no false proof."""

from __future__ import annotations

import itertools
import random
from itertools import islice
from pathlib import Path

import numpy as np
import pulp
import pytest
from support import enumeration, nations
from support.enumeration import instances, values, weighed

from optimiser.common.errors import OptimiserError
from optimiser.common.number_format import figure
from optimiser.common.progress import Watcher
from optimiser.files.read import read
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.nation.coordinate import plan_nation
from optimiser.output.words.reasons import give_reasons
from optimiser.planning.evaluation import estimate
from optimiser.planning.magnitude import GRAIN, LARGEST, in_units, relative_gap, unit_of
from optimiser.planning.optimise import optimise
from optimiser.planning.programs.linear_program import Linear, relax
from optimiser.planning.programs.solver import solve
from optimiser.planning.programs.tolerance import hidden
from optimiser.planning.search.loop import search
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import after_iterations
from optimiser.planning.solution import Solution
from optimiser.simulation.events import negligible
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

FACTORS = (1e-9, 3.7e-5, 7.0, 1e9)
SEEN = [1e-9, 1e9, *(pytest.param(factor, marks=pytest.mark.long) for factor in FACTORS[1:3])]
# in billions of rupiah: an injury costs fifty thousand, a unit of property twenty thousand
RUPIAH = {
    "injury": 5e-5,
    "process_minute": 5e-7,
    "property": 2e-5,
    "records": 2e-5,
    "participation_hour": 5e-8,
    "away": 1e-8,
    "visible": 1e-9,
}


def in_rupiah(town: str, factor: float) -> Instance:
    instance = read(town)
    objective = instance.objective.altered(**RUPIAH)
    return weighed(instance.altered(objective=objective), factor)


def plan(instance: Instance, **settings) -> Solution:
    return optimise(instance, seed=1, scenarios=50, reporting=50, levers=False, over_law=False, **settings)


@pytest.mark.parametrize("town", ["families/town-12-loose-none-1", "families/town-12-loose-none-2"])
def test_bug_with_small_weights_a_bound_above_an_attained_value_was_called_a_proof(town: str) -> None:
    small, large = (plan(in_rupiah(town, factor)).certificate for factor in (1.0, 1e4))
    assert small.kind == large.kind == "proved-optimal"
    assert small.bound <= large.objective / 1e4
    assert large.bound <= small.objective * 1e4


@pytest.mark.slow
@pytest.mark.parametrize(
    "town",
    [
        "tiny-2",
        pytest.param("oku-250-separate", marks=pytest.mark.long),
        "families/town-12-loose-none-1",
        "families/town-5-tight-marches-1",
        pytest.param("families/town-12-loose-reserves-1", marks=pytest.mark.long),
        "muba-2024",
    ],
)
def test_the_same_plan_and_the_same_claim_in_every_currency(town: str) -> None:
    instance = read(town)
    usual = plan(instance, budget=5_000)
    for factor in FACTORS:
        other = plan(weighed(instance, factor), budget=5_000)
        assert other.deployment.places == usual.deployment.places
        one, two = usual.certificate, other.certificate
        assert (two.kind, two.compared) == (one.kind, one.compared)
        assert two.objective / factor == pytest.approx(one.objective, rel=1e-12)
        assert two.bound / factor == pytest.approx(one.bound, rel=1e-12)
        assert two.gap == pytest.approx(one.gap, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize("factor", SEEN)
def test_no_bound_lies_above_the_best_of_all_deployments_in_any_currency(factor: float, joined: bool) -> None:
    proved = 0
    for number, drawn, plans in islice(instances(7_000, joined=joined), 4):
        instance = weighed(drawn, factor)
        scenarios = draw(instance, number, 4)
        with Simulator(instance) as simulator:
            start = {"any": Deployment.of_numbers(instance, plans[number % len(plans)])}
            found = search(simulator, scenarios, start, after_iterations(25), Watcher())
            worth = values(simulator, plans, scenarios)
        assert found.bound <= worth.min() * (1.0 + 1e-12)
        assert found.value >= worth.min() * (1.0 - 1e-12)
        proved += relative_gap(found.value, found.bound) == 0.0
        if not joined:
            assert relative_gap(found.value, found.bound) == 0.0
            assert found.value <= worth.min() * (1.0 + 1e-9)
    assert proved


@pytest.mark.parametrize("factor", [1e-8, 1e8])
def test_charges_are_measured_with_the_losses(factor: float) -> None:
    number, drawn, plans = next(instances(8_000, joined=False))
    charges = np.linspace(0.5, 2.0, plans.shape[2])
    instance, scenarios = weighed(drawn, factor), draw(drawn, number, 4)
    with Simulator(instance) as simulator:
        start = {"any": Deployment.of_numbers(instance, plans[0])}
        found = search(simulator, scenarios, start, after_iterations(99), Watcher(), charges=charges * factor)
        worth = values(simulator, plans, scenarios) + (plans * charges * factor).sum(axis=(1, 2))
    assert relative_gap(found.value, found.bound) == 0.0
    assert found.bound <= worth.min() * (1.0 + 1e-12)
    assert found.value == pytest.approx(worth.min(), rel=1e-9)


@pytest.mark.long
def test_nations_lend_the_same_in_every_currency(tmp_path: Path) -> None:
    how = {"seed": 3, "gap": 0.0, "rounds": 4, "scenarios": 8, "reporting": 12, "workers": 1}
    usual = None
    for factor in (1.0, 1e-8, 1e8):
        (tmp_path / f"{factor}").mkdir()
        made = nations.several(6, tmp_path / f"{factor}", factor=factor)
        for number, (nation, districts, folder) in enumerate(itertools.islice(made, 2)):
            accord = plan_nation(nation, folder, **how)
            nations.hold(accord, nations.optimum(nation, districts, 3, 8))
            said = accord.lent, accord.kind
            usual = {**(usual or {}), number: (usual or {}).get(number, said)}
            assert said == usual[number]


# ---------------------------------------------------------------- programs


def choices(sizes: list[list[float]], most: int) -> pulp.LpProblem:
    """Choose one of some costs at each place; the n-th choice takes n heads, and there are so many in all."""
    problem = pulp.LpProblem("choices", pulp.LpMinimize)
    chosen = [[problem.add_variable(f"y{p}_{c}", cat="Binary") for c in range(len(s))] for p, s in enumerate(sizes)]
    for here in chosen:
        problem += pulp.lpSum(here) == 1
    problem += pulp.lpSum(c * y for here in chosen for c, y in enumerate(here)) <= most
    costs = {y: cost for here, s in zip(chosen, sizes, strict=True) for y, cost in zip(here, s, strict=True)}
    problem.setObjective(pulp.LpAffineExpression(costs))
    return problem


def best_by_trial(sizes: list[list[float]], most: int) -> float:
    ways = itertools.product(*(range(len(s)) for s in sizes))
    return min(sum(s[c] for s, c in zip(sizes, way, strict=True)) for way in ways if sum(way) <= most)


def random_sizes(seed: int, factor: float) -> list[list[float]]:
    rng = random.Random(seed)
    return [sorted((factor * rng.expovariate(1.0) for _ in range(5)), reverse=True) for _ in range(5)]


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize("factor", [1e-12, 1e-6, 1.0, 1e12])
def test_programs_of_any_size_are_solved_and_bounded(solver, factor: float) -> None:
    for seed in range(4):
        sizes = random_sizes(seed, factor)
        answer, best = solve(choices(sizes, 8), solver=solver), best_by_trial(sizes, 8)
        assert answer.objective == pytest.approx(best, rel=1e-9)
        assert answer.bound is not None
        assert best * (1.0 - 1e-9) <= answer.bound <= best * (1.0 + 1e-12)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize("large", [1e6, 1e12, 1e18])
def test_what_is_far_too_dear_does_not_hide_what_counts(solver, large: float) -> None:
    """With one coefficient so large, all others are below the tolerances, unless what is too dear is left out."""
    sizes = [[large, *rest] for rest in random_sizes(1, 1.0)]
    answer, best = solve(choices(sizes, 14), solver=solver), best_by_trial(sizes, 14)
    assert answer.objective == pytest.approx(best, rel=1e-9)
    assert answer.bound is not None
    assert best * (1.0 - 1e-9) <= answer.bound <= best * (1.0 + 1e-12)


def test_a_program_is_left_as_it_was() -> None:
    problem = choices([[1e12, 2.0, 1.0], [1e12, 5.0, 4.0]], 3)
    before = str(problem)
    solve(problem)
    assert str(problem) == before


def test_of_a_bound_is_taken_off_what_tolerances_can_hide() -> None:
    problem = choices([[3.0, 2.0, 1.0], [6.0, 5.0, 4.0]], 2)
    answer = solve(problem)
    assert answer.objective == 7.0
    slack = 6.0 / LARGEST * hidden(problem, 6.0 / LARGEST)
    assert slack > 2 * GRAIN * 6.0 / LARGEST  # of two places, one choice each
    rounding = 2 * GRAIN * 6.0 / LARGEST  # of the coefficients, which may go either way
    assert 7.0 - slack - rounding <= answer.bound <= 7.0 - slack + rounding


@pytest.mark.parametrize("factor", [1e-12, 1e12])
def test_prices_of_any_size_are_duals(factor: float) -> None:
    """Least cost of x0 + x1 >= 4 with x0 at most 3: one more costs what x1 does."""
    linear = Linear(
        cost=np.array([1.0, 3.0]) * factor,
        low=np.zeros(2),
        least=np.array([4.0, -np.inf]),
        most=np.array([np.inf, 3.0]),
        row=np.array([0, 1, 0]),
        column=np.array([0, 0, 1]),
        value=np.ones(3),
    )
    answer = relax(linear)
    assert answer is not None
    assert answer.value == pytest.approx(6.0 * factor)
    assert answer.duals == pytest.approx(np.array([3.0, -2.0]) * factor)


def test_units() -> None:
    assert unit_of([3.0, -8192.0]) == 1.0
    assert unit_of([]) == unit_of([0.0]) == 1.0
    assert in_units(np.array([1.0, 1e-12]), 1.0).tolist() == [1.0, 0.0]
    assert in_units(1.0 + 1e-9, 1.0) == 1.0


# ---------------------------------------------------------------- what is said


def test_a_plan_better_than_what_was_proved_is_not_passed_over() -> None:
    number, instance, plans = next(instances(9_000, joined=False))
    with Simulator(instance) as simulator:
        found = Search(simulator, draw(instance, number, 4), Watcher(), plans[0], np.inf, 0.0)
        found.consider(plans[0])
        found.bound = 2.0 * found.value + 1.0
        with pytest.raises(OptimiserError, match="better than what was proved"):
            found.consider(plans[-1])


@pytest.mark.parametrize("factor", [1e-9, 1.0, 1e9])
def test_how_many_scenarios_are_unusual_does_not_depend_on_the_unit(factor: float) -> None:
    values = np.array([0.0] * 80 + [0.3, 0.7] * 10) * factor
    assert estimate(values).unusual == 20


@pytest.mark.parametrize(
    ("value", "half", "text"),
    [(7.14481e-6, 2e-7, "7.14e-06"), (3.2e-9, float("inf"), "3.20e-09"), (0.0, 0.0, "0"), (11.83, 0.21, "11.83")],
)
def test_bug_small_losses_were_written_as_nothing(value: float, half: float, text: str) -> None:
    assert figure(value, half) == text


def test_enumeration_weighs_every_part_of_an_objective() -> None:
    objective = read("tiny-2").objective
    shares = {"tail", "tail_weight", "source"}
    assert {*enumeration.WEIGHTS} == {*type(objective).model_fields} - shares


def test_what_one_team_is_worth_is_told_in_every_currency() -> None:
    instance = read("muratara-2024")
    usual, other = (plan(weighed(instance, factor), budget=12_000) for factor in (1.0, 1e-6))
    told, again = (" ".join(give_reasons(solution).values()) for solution in (usual, other))
    assert "fewer" in told
    assert told.count("fewer") == again.count("fewer")
    assert negligible(instance.objective) == 0.005


@pytest.mark.parametrize("tail_weight", [1e-6, 1e3, 1e6, 1e9])
def test_bug_a_large_weight_of_the_tail_left_the_relaxation_without_an_optimum(tail_weight: float) -> None:
    for number, drawn, plans in islice(instances(9_500, joined=False), 3):
        instance = drawn.altered(objective=drawn.objective.altered(tail_weight=tail_weight))
        scenarios = draw(instance, number, 6)
        with Simulator(instance) as simulator:
            start = {"any": Deployment.of_numbers(instance, plans[0])}
            found = search(simulator, scenarios, start, after_iterations(25), Watcher())
            worth = values(simulator, plans, scenarios)
        assert found.bound <= worth.min() * (1.0 + 1e-12)
        assert relative_gap(found.value, found.bound) == 0.0
        assert found.value <= worth.min() * (1.0 + 1e-9)


def test_bug_a_town_with_a_tail_of_a_million_could_not_be_planned() -> None:
    instance = read("families/town-5-tight-none-2")
    weights = {
        **RUPIAH,
        "injury": 10.0,
        "process_minute": 0.1,
        "property": 1.0,
        "records": 1.0,
        "away": 0.0,
        "visible": 0.0,
    }
    objective = instance.objective.altered(**weights, tail_weight=1e6)
    found = optimise(
        instance.altered(objective=objective), scenarios=20, reporting=20, budget=2500, levers=False, over_law=False
    )
    assert found.certificate.bound <= found.certificate.objective
