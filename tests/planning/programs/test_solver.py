"""What solvers say and what it is worth: each trap that was met has a test of its name."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import highspy
import pulp
import pytest
from support.hard_programs import knapsack, split

from optimiser.planning.magnitude import relative_gap
from optimiser.planning.programs import cbc, highs
from optimiser.planning.programs import solver as solver_module
from optimiser.planning.programs.solver import SolverAnswer, Termination, solve

BOTH = pytest.mark.parametrize("name", ["highs", "cbc"])
LINUX = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes where Linux lists them")
ROOT = Path(__file__).parents[3]


def best_by_trial(problem: pulp.LpProblem) -> float:
    """Least objective over all binary points."""
    variables = problem.variables()
    best = float("inf")
    for point in itertools.product((0, 1), repeat=len(variables)):
        for variable, value in zip(variables, point, strict=True):
            variable.varValue = value
        if all(row.valid() for row in problem.constraints()):
            best = min(best, problem.objective.value())
    return best


@BOTH
@pytest.mark.parametrize("seed", range(3))
def test_proved_optimum_is_the_optimum(name: Any, seed: int) -> None:
    problem = knapsack(10, 3, seed)
    answer = solve(problem, solver=name)
    assert answer.termination is Termination.OPTIMAL
    assert answer.objective == pytest.approx(best_by_trial(problem), abs=1e-6)
    assert answer.bound == pytest.approx(answer.objective, abs=1e-6)
    assert answer.gap == pytest.approx(0.0, abs=1e-9)
    assert not answer.by_clock
    assert set(answer.values or {}) == {f"x{i}" for i in range(10)}


def test_trap_1_highs_cut_by_the_clock_is_not_optimal() -> None:
    problem = knapsack(100, 30)
    answer = solve(problem, seconds=0.5)
    assert answer.termination is Termination.TIME_LIMIT
    assert answer.by_clock
    if answer.feasible:  # how far it got depends on the machine; what it claims must not
        assert answer.bound is not None
        assert answer.objective is not None
        assert answer.bound < answer.objective
        assert answer.gap == relative_gap(answer.objective, answer.bound)


def test_trap_1_cbc_cut_short_is_not_optimal_and_proves_nothing() -> None:
    problem = knapsack(100, 30)
    answer = solve(problem, solver="cbc", nodes=3)
    assert problem.status == pulp.LpStatusOptimal  # what PuLP makes of it
    assert answer.termination is Termination.NODE_LIMIT
    assert answer.feasible
    assert answer.bound is None
    assert answer.gap is None


def test_trap_1_cbc_cut_by_the_clock_is_marked() -> None:
    answer = solve(knapsack(100, 30), solver="cbc", seconds=0.5)
    assert answer.termination is Termination.TIME_LIMIT
    assert answer.by_clock
    assert answer.bound is None


@BOTH
def test_trap_2_gap_zero_finds_an_optimum_that_the_default_gap_would_miss(name: Any) -> None:
    # two feasible totals differ by 1 in a million: below the default relative gap of 1e-4
    problem = pulp.LpProblem("close", pulp.LpMaximize)
    rng = random.Random(5)
    x = [problem.add_variable(f"x{i}", cat="Binary") for i in range(12)]
    worth = [100_000 + rng.randrange(50) for _ in x]
    problem.setObjective(pulp.lpSum(c * v for c, v in zip(worth, x, strict=True)))
    problem += pulp.lpSum(x) <= 6
    answer = solve(problem, solver=name)
    assert answer.objective == sum(sorted(worth)[-6:])
    assert answer.bound == pytest.approx(answer.objective)


def test_trap_2_a_gap_that_was_asked_for_is_shown() -> None:
    problem = knapsack(30, 5)
    exact, loose = solve(problem), solve(problem, gap=0.05)
    assert loose.termination is Termination.OPTIMAL
    assert loose.gap is not None
    assert loose.gap <= 0.05
    assert loose.bound is not None
    assert exact.objective is not None
    assert loose.bound <= exact.objective + 1e-6
    assert solve(problem, solver="cbc", gap=0.05).bound is None


@BOTH
def test_trap_3_without_an_incumbent_there_are_no_values(name: Any) -> None:
    answer = solve(split(), solver=name, nodes=5)
    assert answer.termination is Termination.NODE_LIMIT
    assert answer.values is None
    assert not answer.feasible
    assert answer.objective is None
    assert answer.gap is None


def test_trap_3_zeros_that_break_a_constraint_are_no_solution() -> None:
    problem = pulp.LpProblem("lie", pulp.LpMinimize)
    x = problem.add_variable("x", 0, 5, cat="Integer")
    problem.setObjective(x + 0)
    problem += x >= 2
    answer = read_fake(problem, highspy.HighsModelStatus.kOptimal, value=0.0)
    assert answer.termination is Termination.ERROR
    assert answer.values is None
    assert answer.bound is None


@pytest.mark.parametrize(
    ("value", "kept"), [(2.0, 2.0), (2.0 + 1e-7, 2.0), (2.4, None), (float("nan"), None), (5.1, None)]
)
def test_trap_3_a_point_counts_only_if_it_is_whole_and_within_bounds(value: float, kept: float | None) -> None:
    problem = pulp.LpProblem("point", pulp.LpMinimize)
    problem.setObjective(problem.add_variable("x", 0, 5, cat="Integer") + 0)
    answer = read_fake(problem, highspy.HighsModelStatus.kTimeLimit, value)
    assert answer.values == (None if kept is None else {"x": kept})


def read_fake(problem: pulp.LpProblem, ended: Any, value: float) -> Any:
    """Let HiGHS say that it ended in a way, with one variable's value."""
    problem.variables()[0].index = 0
    model = SimpleNamespace(
        getModelStatus=lambda: ended,
        getInfo=lambda: SimpleNamespace(
            primal_solution_status=highspy.kSolutionStatusFeasible, mip_dual_bound=0.0, valid=True
        ),
        version=lambda: "1.0",
        getSolution=lambda: SimpleNamespace(col_value=[value]),
        modelStatusToString=str,
    )
    return highs._read_highs(problem, model, highspy.HighsStatus.kOk)


def test_trap_4_a_node_limit_is_an_answer() -> None:
    answer = solve(knapsack(100, 30), nodes=5)
    assert answer.termination is Termination.NODE_LIMIT
    assert answer.feasible
    assert answer.bound is not None
    assert not answer.by_clock


def test_trap_5_a_changed_number_of_threads_is_an_error_and_no_answer() -> None:
    code = """
import highspy
from optimiser.planning.programs.solver import Termination, solve
from support.hard_programs import knapsack
other = highspy.Highs(); other.silent(); other.setOptionValue("threads", 2)
other.addCol(1.0, 0.0, 1.0, 0, [], []); other.run()
answer = solve(knapsack(10, 3))
assert answer.termination is Termination.ERROR, answer
assert answer.values is None and answer.bound is None, answer
assert "threads" in answer.words, answer
assert solve(knapsack(10, 3), isolated=True).termination is Termination.OPTIMAL
"""
    run_python(code)


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT / "tests", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@BOTH
def test_trap_6_a_node_limit_can_be_replayed(name: Any) -> None:
    one, two = (solve(knapsack(60, 10), solver=name, nodes=20) for _ in range(2))
    assert one.termination is Termination.NODE_LIMIT
    assert one.values == two.values
    assert one.bound == two.bound
    assert not one.by_clock


@LINUX
@BOTH
def test_trap_7_an_overrun_is_stopped_with_all_its_processes(name: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def remember(*args: Any, **kwargs: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(solver_module.subprocess, "Popen", remember)
    answer = solve(knapsack(1500, 60), solver=name, seconds=0.5, grace=0.5, isolated=True)
    assert answer.termination is Termination.TIME_LIMIT
    assert answer.by_clock
    if "overran" in answer.words:
        assert answer.values is None
        assert answer.bound is None
    (child,) = started
    assert child.poll() is not None
    wait_until_empty(child.pid)


def wait_until_empty(group: int) -> None:
    """Wait until no process of a group runs; one that is dead but not yet reaped does not."""
    for _ in range(200):
        states = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[2]) == group:
                states.append(fields[0])
        if all(state in "ZX" for state in states):
            return
        time.sleep(0.1)
    pytest.fail(f"processes of group {group} still run after 20 s: {states}")


def test_trap_7_a_child_that_does_not_even_begin_in_time_gives_no_plan() -> None:
    answer = solve(knapsack(10, 3), seconds=0.0, grace=0.0, isolated=True)
    assert answer.termination is Termination.TIME_LIMIT
    assert answer.values is None
    assert answer.bound is None
    assert answer.by_clock


@LINUX
def test_trap_7_a_child_ends_with_its_parent() -> None:
    code = """
import subprocess
from optimiser.planning.programs import solver
from support.hard_programs import split
popen = subprocess.Popen
def say(*args, **kwargs):
    child = popen(*args, **kwargs)
    print(child.pid, flush=True)
    return child
solver.subprocess.Popen = say
solver.solve(split(), isolated=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT / "tests", stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.killpg(child, 0)
        parent.kill()
        parent.wait()
    wait_until_empty(child)


@BOTH
def test_isolated_answers_the_same(name: Any) -> None:
    problem = knapsack(15, 3)
    here, there = solve(problem, solver=name), solve(problem, solver=name, isolated=True)
    assert here.values == there.values
    assert (here.objective, here.bound, here.termination) == (there.objective, there.bound, there.termination)
    assert here.version == there.version != "unknown"


def test_isolated_tells_of_a_child_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver_module.sys, "executable", "false")
    answer = solve(knapsack(10, 3), isolated=True)
    assert answer.termination is Termination.ERROR
    assert "own process" in answer.words
    assert answer.values is None


def test_trap_8_names_that_become_one_are_refused() -> None:
    problem = pulp.LpProblem("names", pulp.LpMinimize)
    a, b = problem.add_variable("pos-kpu", 0, 1), problem.add_variable("pos_kpu", 0, 1)
    problem.setObjective(a + b)
    with pytest.raises(ValueError, match="pos_kpu"):
        solve(problem)


def test_an_unknown_solver_is_refused() -> None:
    with pytest.raises(ValueError, match="glpk"):
        solve(knapsack(5, 1), solver="glpk")  # type: ignore[arg-type]


def test_an_option_that_highs_refuses_is_told() -> None:
    with pytest.raises(ValueError, match="mip_rel_gap"):
        solve(knapsack(5, 1), gap=-1.0)


def test_trap_9_what_cbc_says_decides_and_not_what_pulp_makes_of_it() -> None:
    problem = knapsack(4, 1)
    for variable in problem.variables():
        variable.varValue = 0.0
    cases = {
        "Optimal solution found": Termination.OPTIMAL,
        "Optimal solution found (within gap tolerance)": Termination.OPTIMAL,
        "Stopped on time limit": Termination.TIME_LIMIT,
        "Stopped on node limit": Termination.NODE_LIMIT,
        "Problem proven infeasible": Termination.INFEASIBLE,
        "Linear relaxation unbounded": Termination.UNBOUNDED,
        "User ctrl-c": Termination.INTERRUPTED,
        "Something new": Termination.ERROR,
    }
    for words, termination in cases.items():
        problem.sol_status = pulp.LpSolutionOptimal
        answer = cbc._read_cbc(problem, f"Version: 2.10.3\n\nResult - {words}\n", "", 0.0)
        assert answer.termination is termination, words
        assert (answer.bound is not None) == (termination is Termination.OPTIMAL)
        assert answer.version == "2.10.3"
    early = "Continuous objective value is 3.9\nPre-processing says infeasible or unbounded\n"
    problem.sol_status = pulp.LpSolutionNoSolutionFound
    assert cbc._read_cbc(problem, early, "", 0.0).termination is Termination.INFEASIBLE
    assert cbc._read_cbc(problem, "", "CBC crashed", 0.0).termination is Termination.ERROR
    assert cbc._read_cbc(problem, "", "", 0.0).termination is Termination.ERROR


def test_trap_10_cbc_is_not_told_a_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []
    command = pulp.COIN_CMD

    def remember(**options: Any) -> Any:
        told.append(options)
        return command(**options)

    monkeypatch.setattr(cbc.pulp, "COIN_CMD", remember)
    assert solve(knapsack(10, 3), solver="cbc").termination is Termination.OPTIMAL
    assert [options.get("threads") for options in told] == [None]


@BOTH
def test_impossible_is_proved(name: Any) -> None:
    linear, whole = knapsack(10, 2), knapsack(10, 2)
    linear += pulp.lpSum(linear.variables()) >= 30
    whole += 2 * pulp.lpSum(whole.variables()) == 9
    for problem in (linear, whole):
        answer = solve(problem, solver=name)
        assert answer.termination is Termination.INFEASIBLE
        assert answer.values is None
        assert answer.bound is None


@BOTH
def test_unbounded_proves_nothing(name: Any) -> None:
    problem = pulp.LpProblem("free", pulp.LpMinimize)
    x = problem.add_variable("x", 0)
    problem.setObjective(-x)
    problem += x >= 1
    answer = solve(problem, solver=name)
    assert answer.termination is Termination.UNBOUNDED
    assert answer.bound is None


@BOTH
def test_maximum_with_a_constant_and_fractions(name: Any) -> None:
    problem = pulp.LpProblem("most", pulp.LpMaximize)
    x, y = problem.add_variable("x", 0, 7, cat="Integer"), problem.add_variable("y", 0)
    problem.setObjective(x + y + 10)
    problem += 2 * x + y <= 9.5
    answer = solve(problem, solver=name)
    assert answer.objective == pytest.approx(19.5)
    assert answer.bound == pytest.approx(19.5)
    assert answer.values == {"x": 0.0, "y": pytest.approx(9.5)}


@pytest.mark.parametrize("sense", [pulp.LpMinimize, pulp.LpMaximize])
def test_bound_is_on_the_right_side_of_what_was_cut(sense: int) -> None:
    problem = knapsack(60, 20)
    if sense == pulp.LpMaximize:
        problem.sense = sense
        problem.setObjective(-problem.objective)
    cut, further = solve(problem, nodes=1), solve(problem, nodes=300)
    assert cut.bound is not None
    assert further.objective is not None
    assert (cut.bound - further.objective) * sense <= 0.0


@BOTH
@pytest.mark.parametrize("objective", [None, 3.0])
def test_any_feasible_point_will_do(name: Any, objective: float | None) -> None:
    problem = pulp.LpProblem("any", pulp.LpMinimize)
    x = problem.add_variable("x", 0, 7, cat="Integer")
    if objective is not None:
        problem.setObjective(pulp.LpAffineExpression(constant=objective))
    problem += 2 * x >= 9
    for _ in range(2):  # PuLP leaves a dummy behind the first time
        answer = solve(problem, solver=name)
        assert answer.termination is Termination.OPTIMAL
        assert (answer.values or {})["x"] >= 5.0
        assert answer.objective == (objective or 0.0)


@BOTH
def test_what_one_finds_satisfies_every_row(name: Any) -> None:
    problem = knapsack(12, 4)
    answer = solve(problem, solver=name)
    assert answer.values is not None
    for row in problem.constraints():
        assert sum(c * answer.values[v.name] for v, c in row.items()) + row.constant <= 1e-6


def test_a_crash_of_cbc_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulp.PULP_CBC_CMD, "pulp_cbc_path", "false")
    answer = solve(knapsack(10, 3), solver="cbc")
    assert answer.termination is Termination.ERROR
    assert answer.values is None


def test_a_linear_program_has_a_bound() -> None:
    problem = pulp.LpProblem("linear", pulp.LpMinimize)
    x = problem.add_variable("x", 0, 7)
    problem.setObjective(3 * x + 1)
    problem += x >= 2.5
    answer = solve(problem)
    assert answer.objective == pytest.approx(8.5)
    assert 8.5 * (1.0 - 1e-9) <= answer.bound <= 8.5  # less what tolerances can hide


def test_presolve_can_be_left_out() -> None:
    for name in ("highs", "cbc"):
        answer = solve(knapsack(15, 3), solver=name, presolve=False)  # type: ignore[arg-type]
        assert answer.objective == pytest.approx(solve(knapsack(15, 3)).objective or 0.0)


def test_nothing_is_printed() -> None:
    code = """
from optimiser.planning.programs.solver import solve
from support.hard_programs import knapsack
for name in ("highs", "cbc"):
    solve(knapsack(10, 3), solver=name)
    solve(knapsack(10, 3), solver=name, isolated=True)
"""
    assert run_python(code) == ""


def test_relative_gap() -> None:
    assert relative_gap(10.0, 9.0) == pytest.approx(0.1)
    assert relative_gap(-10.0, -11.0) == pytest.approx(0.1)
    assert relative_gap(0.0, 0.0) == 0.0
    for objective, bound in ((None, 1.0), (1.0, None)):
        ended = SolverAnswer(Termination.TIME_LIMIT, None, objective, bound, 0.0, "HiGHS", "1", True)
        assert ended.gap is None
