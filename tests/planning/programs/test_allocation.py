"""The integer program against trying every combination, one solver against the other, and honest limits."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

import numpy as np
import pytest
from support.tiny import build, draw

from optimiser.common.errors import Infeasible, NoPlan, SolverFailure
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.programs import allocation
from optimiser.planning.programs.allocation import Allocation, Exhausted, allocate
from optimiser.planning.programs.configurations import (
    Configuration,
    ResponseTable,
    configuration_of,
    deployment_of,
    place_configurations,
    placement_cost,
)
from optimiser.planning.programs.solver import SolverAnswer, Termination, solve

SCENARIOS = 8


def tables_for(instance: Instance, seed: int, each: int = 7, scenarios: int = SCENARIOS) -> dict[str, ResponseTable]:
    """Random losses of a few random configurations per place, some of which may not fit there."""
    rng, losses = random.Random(seed), np.random.default_rng(seed)
    tables = {}
    for place in instance.places:
        configurations, _ = place_configurations(instance, place.id, 10_000)
        chosen = rng.sample(configurations, min(each, len(configurations)))
        wrong = Configuration(place.id, tuple(t.count + 1 for t in instance.teams), (0,) * len(instance.vehicles))
        chosen.insert(rng.randrange(len(chosen) + 1), wrong)
        points = losses.gamma(1.0, 20.0, (len(chosen), scenarios))
        points[chosen.index(wrong)] = 0.0  # tempting
        tables[place.id] = ResponseTable(place.id, chosen, points)
    return tables


@dataclass(frozen=True)
class Trial:
    """One combination of configurations, its deployment and its objective."""

    deployment: Deployment
    objective: float
    losses: np.ndarray


def objective_of(instance: Instance, losses: np.ndarray, deployment: Deployment) -> float:
    """Mean + weight x CVaR + cost of placement, written down a second time: the tail is the worst of sorted losses."""
    worst = np.sort(losses)[::-1]
    size = (1.0 - float(instance.objective.tail)) * len(worst)
    shares = np.clip(size - np.arange(len(worst)), 0.0, 1.0)
    tail = float(worst @ shares / shares.sum())
    return float(losses.mean()) + float(instance.objective.tail_weight) * tail + placement_cost(instance, deployment)


def try_all(instance: Instance, tables: dict[str, ResponseTable], base: np.ndarray) -> list[Trial]:
    """Every feasible combination, best first; feasible is what the checker passes."""
    places = [p.id for p in instance.places]
    trials = []
    for combination in itertools.product(*(range(len(tables[p].configurations)) for p in places)):
        picked = list(zip(places, combination, strict=True))
        losses = base + sum(tables[p].loss[c] for p, c in picked)
        deployment = deployment_of(instance, [tables[p].configurations[c] for p, c in picked])
        trials.append(Trial(deployment, objective_of(instance, losses, deployment), losses))
    trials.sort(key=lambda t: t.objective)
    return [t for t in trials if check(instance, t.deployment).passed]


def small_problem(seed: int) -> tuple[Instance, dict[str, ResponseTable], np.ndarray]:
    instance = draw(random.Random(seed))
    return instance, tables_for(instance, seed, each=5), np.random.default_rng(seed + 1).normal(50.0, 3.0, SCENARIOS)


def assert_optimal(answer: Allocation, instance: Instance, best: Trial) -> None:
    assert answer.termination is Termination.OPTIMAL
    assert answer.objective == pytest.approx(best.objective, abs=1e-6)
    assert answer.bound == pytest.approx(answer.objective, abs=1e-5)
    assert check(instance, answer.deployment).passed
    assert objective_of(instance, answer.promise, answer.deployment) == pytest.approx(answer.objective)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seeds", "least", "clashing"), [(35, 6, 4), pytest.param(105, 30, 10, marks=pytest.mark.long)]
)
def test_allocate_agrees_with_trying_every_combination(seeds: int, least: int, clashing: int) -> None:
    solved = infeasible = tailed = 0
    for seed in range(seeds):
        instance, tables, base = small_problem(seed)
        trials = try_all(instance, tables, base)
        if trials:
            answer = allocate(instance, tables, base)
            assert_optimal(answer, instance, trials[0])
            solved += 1
            tailed += answer.rounds > 1
        else:
            with pytest.raises((Infeasible, Exhausted)):
                allocate(instance, tables, base)
            infeasible += 1
    assert solved > least
    assert infeasible > clashing
    assert tailed > 0


def open_problem(tail_weight: float = 0.0, seed: int = 1) -> tuple[Instance, dict[str, ResponseTable], np.ndarray]:
    """A feasible problem with more choice: the empty deployment is always possible."""
    objective = {"tail_weight": tail_weight, "tail": 0.8, "away": 0.25}
    instance = build(objective=objective, doctrine={"officer_per_sector": False})
    return instance, with_nothing(tables_for(instance, seed, each=5)), np.zeros(SCENARIOS)


def with_nothing(tables: dict[str, ResponseTable]) -> dict[str, ResponseTable]:
    """Put the empty configuration first in every table, in place of another."""
    for table in tables.values():
        first = table.configurations[0]
        nothing = Configuration(table.place, (0,) * len(first.teams), (0,) * len(first.vehicles))
        kept = [c for c in table.configurations[1:] if c != nothing]
        table.configurations, table.loss = [nothing, *kept], table.loss[: len(kept) + 1]
    return tables


@pytest.mark.parametrize("tail_weight", [0.0, 0.5, 2.0])
def test_highs_and_cbc_agree(tail_weight: float) -> None:
    for seed in range(10):
        instance, tables, base = open_problem(tail_weight, seed)
        one = allocate(instance, tables, base)
        other = allocate(instance, tables, base, solver="cbc")
        assert (one.solver, other.solver) == ("HiGHS", "CBC")
        assert other.objective == pytest.approx(one.objective, abs=1e-6)
        assert other.bound == pytest.approx(one.bound, abs=1e-5)


@pytest.mark.parametrize("moves", [0, 1, 2, 3])
@pytest.mark.parametrize("tail_weight", [0.0, 1.0])
def test_trust_region_is_kept_and_the_best_within_is_found(moves: int, tail_weight: float) -> None:
    instance, tables, base = open_problem(tail_weight)
    centre = deployment_of(instance, [t.configurations[0] for t in tables.values()])

    def differences(deployment: Deployment) -> int:
        return sum(
            abs(a - b)
            for p in instance.places
            for c, d in [(configuration_of(instance, x, p.id) for x in (deployment, centre))]
            for a, b in zip((*c.teams, *c.vehicles), (*d.teams, *d.vehicles), strict=True)
        )

    near = [t for t in try_all(instance, tables, base) if differences(t.deployment) <= 2 * moves]
    answer = allocate(instance, tables, base, trust=(centre, moves))
    assert differences(answer.deployment) <= 2 * moves
    assert_optimal(answer, instance, near[0])


def test_trust_region_around_a_place_without_a_table_counts_what_leaves_it() -> None:
    instance, tables, base = open_problem()
    centre = Deployment.build(instance, {("polres", "dalmas"): 2}, {})
    tables = {"kpu": tables["kpu"]}
    assert not allocate(instance, tables, base, trust=(centre, 1)).deployment.places
    with pytest.raises(Exhausted):
        allocate(instance, tables, base, trust=(centre, 0))


@pytest.mark.parametrize("tail_weight", [0.0, 1.0])
def test_excluded_deployments_come_in_order(tail_weight: float) -> None:
    instance, tables, base = open_problem(tail_weight, seed=3)
    best = try_all(instance, tables, base)[:6]
    seen: list[Deployment] = []
    for trial in best:
        answer = allocate(instance, tables, base, exclude=seen)
        assert_optimal(answer, instance, trial)
        assert answer.deployment.fingerprint() not in {d.fingerprint() for d in seen}
        seen.append(answer.deployment)


def test_excluding_everything_is_a_proof_that_nothing_is_left() -> None:
    instance, tables, base = open_problem()
    tables = {"kpu": ResponseTable("kpu", tables["kpu"].configurations[:1], tables["kpu"].loss[:1])}
    only = allocate(instance, tables, base).deployment
    elsewhere = Deployment.build(instance, {("dprd", "dalmas"): 1}, {})
    assert allocate(instance, tables, base, exclude=[elsewhere]).deployment == only
    with pytest.raises(Exhausted):
        allocate(instance, tables, base, exclude=[only])


def test_places_without_a_table_get_nothing() -> None:
    instance, tables, base = open_problem()
    answer = allocate(instance, {"kpu": tables["kpu"]}, base)
    assert set(answer.deployment.places) <= {"kpu"}


def test_exact_tables_of_a_minimum_that_no_table_meets_are_exhausted() -> None:
    sectors = [{"id": "kpu", "name": "KPU OKU", "x": 0.0, "y": 0.0, "minimum": {"line": 1}}]
    with pytest.raises(Exhausted):
        allocate(build(sectors=sectors), {}, np.zeros(3))


@pytest.mark.parametrize("name", ["highs", "cbc"])
def test_an_infeasible_instance_names_its_clash(name: str) -> None:
    pins = [{"place": "kpu", "what": "awc", "at_least": 2}]
    with pytest.raises(Infeasible) as raised:
        allocate(build(pins=pins), {}, np.zeros(3), solver=name)  # type: ignore[arg-type]
    assert raised.value.clashing == ("only 1 of AWC exists", "pin: at least 2 of AWC at KPU OKU")


def by_hand(tail: float, tail_weight: float) -> tuple[Instance, dict[str, ResponseTable]]:
    """One platoon: in the first sector it makes the mean small, in the second the worst scenario."""
    team = {"id": "dalmas", "name": "Dalmas", "role": "line", "size": 30, "count": 1, "home": "polres"}
    instance = build(
        teams=[team],
        vehicles=[],
        doctrine={"officer_per_sector": False},
        objective={"tail": tail, "tail_weight": tail_weight, "away": 0.5},
    )
    without, with_it = (Configuration("kpu", (n,), ()) for n in (0, 1))
    first = ResponseTable("kpu", [without, with_it], np.array([[8.0, 8.0, 8.0, 8.0], [0.0, 0.0, 0.0, 0.0]]))
    without, with_it = (Configuration("dprd", (n,), ()) for n in (0, 1))
    second = ResponseTable("dprd", [without, with_it], np.array([[0.0, 0.0, 0.0, 20.0], [0.0, 0.0, 0.0, 0.0]]))
    return instance, {"kpu": first, "dprd": second}


def test_mean_and_tail_by_hand() -> None:
    instance, tables = by_hand(tail=0.75, tail_weight=0.0)
    mean = allocate(instance, tables, np.zeros(4))
    assert mean.deployment.team_count("kpu", "dalmas") == 1  # 5 on average instead of 8, and half a point for moving
    assert mean.objective == pytest.approx(5.5)
    assert mean.promise.tolist() == [0.0, 0.0, 0.0, 20.0]
    assert mean.rounds == 1
    instance, tables = by_hand(tail=0.75, tail_weight=1.0)
    tail = allocate(instance, tables, np.zeros(4))
    assert tail.deployment.team_count("dprd", "dalmas") == 1  # 8 + 8 + 0.5 instead of 5 + 20 + 0.5
    assert tail.objective == pytest.approx(16.5)
    assert tail.bound == pytest.approx(16.5)


def test_base_shifts_the_tail_and_not_the_order_of_scenarios() -> None:
    instance, tables = by_hand(tail=0.75, tail_weight=1.0)
    answer = allocate(instance, tables, np.array([0.0, 100.0, 0.0, 0.0]))
    # the second scenario is the worst whatever is done, so 20 points in the fourth do not lie in the tail
    assert answer.deployment.team_count("kpu", "dalmas") == 1
    assert answer.objective == pytest.approx(30.0 + 100.0 + 0.5)
    assert answer.promise.tolist() == [0.0, 100.0, 0.0, 20.0]


def test_changes_may_be_negative() -> None:
    instance, tables = by_hand(tail=0.75, tail_weight=0.0)
    tables["kpu"].loss[1] = -90.0
    answer = allocate(instance, tables, np.full(4, 10.0))
    assert answer.objective == pytest.approx(10.0 - 90.0 + 5.0 + 0.5)
    assert answer.bound == pytest.approx(answer.objective)


def test_what_costs_more_and_brings_nothing_stays_at_base() -> None:
    instance, tables = by_hand(tail=0.75, tail_weight=0.0)
    for table in tables.values():
        table.loss[:] = 3.0
    assert not allocate(instance, tables, np.zeros(4)).deployment.places


def hard_problem() -> tuple[Instance, dict[str, ResponseTable], np.ndarray]:
    sectors = [{"id": f"s{i}", "name": f"S{i}", "x": float(i), "y": 0.0} for i in range(8)]
    instance = build(
        sectors=sectors,
        cap=97,
        objective={"tail_weight": 2.0, "tail": 0.8},
        doctrine={"officer_per_sector": False},
        teams=[
            {"id": f"t{k}", "name": "T", "role": "line", "size": size, "count": 5, "home": "polres"}
            for k, size in enumerate((7, 11, 13))
        ],
        vehicles=[],
    )
    return instance, with_nothing(tables_for(instance, 5, each=20, scenarios=20)), np.zeros(20)


def test_cut_by_nodes_keeps_a_valid_bound_and_can_be_replayed() -> None:
    instance, tables, base = hard_problem()
    exact = allocate(instance, tables, base)
    cut, again = (allocate(instance, tables, base, nodes=1) for _ in range(2))
    assert exact.termination is Termination.OPTIMAL
    for answer in (cut, again):
        assert answer.termination is Termination.NODE_LIMIT
        assert check(instance, answer.deployment).passed
        assert answer.bound is not None
        assert answer.bound <= exact.objective + 1e-6
        assert answer.objective >= exact.objective - 1e-6
        assert not answer.by_clock
    assert (cut.deployment, cut.bound, cut.rounds) == (again.deployment, again.bound, again.rounds)


def test_a_gap_that_was_asked_for_is_shown() -> None:
    instance, tables, base = hard_problem()
    exact, loose = (allocate(instance, tables, base, gap=gap) for gap in (0.0, 0.05))
    assert loose.gap is not None
    assert loose.gap <= 0.05
    assert loose.bound is not None
    assert loose.bound <= exact.objective + 1e-6


def test_cut_by_the_clock_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    instance, tables, base = open_problem()

    def late(problem, **options) -> SolverAnswer:
        done = solve(problem, **{**options, "seconds": None})
        return SolverAnswer(Termination.TIME_LIMIT, done.values, done.objective, None, 1.0, "HiGHS", "1", True, "late")

    monkeypatch.setattr("optimiser.planning.programs.feasibility.solve", late)
    answer = allocate(instance, tables, base, seconds=1.0)
    assert answer.by_clock
    assert answer.termination is Termination.TIME_LIMIT
    assert answer.bound is None
    assert answer.gap is None
    assert check(instance, answer.deployment).passed


def test_nothing_found_within_the_limit_is_no_empty_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    instance, tables, base = open_problem()
    late = SolverAnswer(Termination.TIME_LIMIT, None, None, None, 1.0, "HiGHS", "1", True, "late")
    monkeypatch.setattr("optimiser.planning.programs.feasibility.solve", lambda *_, **__: late)
    with pytest.raises(NoPlan, match="late") as raised:
        allocate(instance, tables, base)
    assert not isinstance(raised.value, Exhausted)


def test_a_failure_of_the_solver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    instance, tables, base = open_problem(tail_weight=1.0)
    broken = SolverAnswer(Termination.ERROR, None, None, None, 1.0, "HiGHS", "1", False, "broken")
    monkeypatch.setattr("optimiser.planning.programs.feasibility.solve", lambda *_, **__: broken)
    with pytest.raises(SolverFailure, match="broken"):
        allocate(instance, tables, base)


@pytest.mark.parametrize("tail_weight", [0.0, 1.0])
def test_isolated_finds_the_same(tail_weight: float) -> None:
    instance, tables, base = open_problem(tail_weight)
    here, there = allocate(instance, tables, base), allocate(instance, tables, base, isolated=True, seconds=60.0)
    assert here.deployment == there.deployment
    assert here.bound == there.bound


def test_what_is_dominated_is_never_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(20):
        instance, tables, base = open_problem(float(seed % 2), seed)
        lean = allocate(instance, tables, base)
        with monkeypatch.context() as patch:
            patch.setattr(allocation, "undominated", lambda numbers, *_: np.ones(len(numbers), dtype=bool))
            full = allocate(instance, tables, base)
        assert lean.objective == pytest.approx(full.objective)
        assert lean.bound == pytest.approx(full.bound)


def test_the_tables_are_left_as_they_were() -> None:
    instance, tables, base = open_problem(1.0)
    before = {p: (list(t.configurations), t.loss.copy()) for p, t in tables.items()}
    allocate(instance, tables, base)
    for place, (configurations, loss) in before.items():
        assert tables[place].configurations == configurations
        assert np.array_equal(tables[place].loss, loss)
    assert np.array_equal(base, np.zeros(SCENARIOS))
