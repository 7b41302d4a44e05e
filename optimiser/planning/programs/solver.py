"""Running a solver honestly: what it proved, what it merely found, and what it did not say.

PuLP calls a run that was cut short ``Optimal`` and reads zeros where there is no solution. Nothing here relies on its
status. HiGHS is asked itself, CBC's log is read, and a point counts only if it satisfies every constraint when
computed again in Python. Both solvers work with absolute tolerances, so every objective is measured in a unit of its
own size (`planning.magnitude`), and of a bound is taken off what tolerances can hide: docs/search.md, section 3.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import highspy
import pulp

from optimiser.common.cancellation import lookout
from optimiser.planning.magnitude import unit_of
from optimiser.planning.programs.solver_answer import Answer, Termination, relative_gap
from optimiser.planning.programs.tolerance import (
    CBC_DUAL,
    CBC_STEP,
    DUAL,
    INTEGRAL,
    PRIMAL,
    coefficients,
    hidden,
    least_of,
    too_dear,
)

__all__ = ["Answer", "SolverName", "Termination", "relative_gap", "solve"]

SolverName = Literal["highs", "cbc"]
SEED = 20240820  # any fixed number: runs repeat
THREADS = 1  # of HiGHS, which fails once the number changes inside a process, so it never does
GRACE = 10.0  # s after its own limit before a child is stopped; assumed, covers start and reading
TOLERANCE = 1e-6  # of a row, relative to its terms: the feasibility tolerance of HiGHS and CBC
WHOLE = 1e-5  # distance from a whole number: far above the integrality tolerance given below
PASSES = 6  # times that a program is solved again in a smaller unit; each shrinks it some thousandfold, assumed


def solve(
    problem: pulp.LpProblem,
    *,
    solver: SolverName = "highs",
    seconds: float | None = None,
    nodes: int | None = None,
    gap: float = 0.0,
    seed: int = SEED,
    presolve: bool = True,
    isolated: bool = False,
    grace: float = GRACE,
) -> Answer:
    """Solve a PuLP problem and say what was proved.

    Parameters
    ----------
    problem : variables must have different names; PuLP renames awkward ones, so name them by index.
    solver : ``highs`` proves bounds; ``cbc`` proves only what it solves to the end.
    seconds : limit in wall seconds; solvers may overrun it, see `isolated`.
    nodes : limit in nodes of the search tree; unlike the clock it can be replayed.
    gap : relative gap at which to stop; 0 means exactly optimal.
    presolve : let the solver simplify the problem first; HiGHS can spend nearly all its time on it.
    isolated : run in a child process, which is killed `grace` seconds after the limit; then there are no values.

    Raises
    ------
    ValueError : two variables share a name, or the solver is unknown.
    """
    names = [variable.name for variable in problem.variables()]
    if len(set(names)) < len(names):
        doubles = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"variables share the names {doubles}")
    if solver not in ("highs", "cbc"):
        raise ValueError(f"solver {solver!r} is unknown; use 'highs' or 'cbc'")
    if problem.objective is None:
        problem.setObjective(pulp.LpAffineExpression())
    lookout()()
    started = time.monotonic()
    if isolated:
        options = {"solver": solver, "seconds": seconds, "nodes": nodes, "gap": gap, "seed": seed, "presolve": presolve}
        answer = _run_child(problem, options, None if seconds is None else seconds + grace)
    else:
        answer = _solve_in_units(problem, solver, seconds, nodes, gap, seed, presolve)
    return replace(answer, seconds=time.monotonic() - started)


def _solve_in_units(problem: pulp.LpProblem, solver: SolverName, seconds: float | None, *options: Any) -> Answer:
    """Solve with the objective in a unit of its own size, and again in a smaller one where its optimum is far smaller.

    Where no coefficient is negative, what alone costs more than the best point is in no better one: it is left out
    then, and the objective is measured in the size of what is left.
    """
    end = None if seconds is None else time.monotonic() + seconds
    best: Answer | None = None
    closed: list[pulp.LpVariable] = []
    try:
        for _ in range(PASSES):
            left = None if end is None else max(0.01, end - time.monotonic())
            unit = unit_of(c for v, c in problem.objective.items() if v.upBound != 0)
            answer = _measured(problem, solver, unit, left, *options)
            best = answer if best is None else _better(best, answer)
            dear = too_dear(problem, best, unit * hidden(problem, unit, solver))
            if answer.termination is not Termination.OPTIMAL or not dear:
                break
            for variable in dear:
                variable.upBound = 0
            closed += dear
    finally:
        for variable in closed:
            variable.upBound = 1
    assert best is not None
    return best


def _measured(problem: pulp.LpProblem, solver: SolverName, unit: float, *options: Any) -> Answer:
    """Run a solver with the objective in a unit; gives objective and bound in points."""
    run = _run_highs if solver == "highs" else _run_cbc
    points, slack = problem.objective, unit * hidden(problem, unit, solver)
    problem.objective = pulp.LpAffineExpression(coefficients(problem, unit))
    try:
        answer: Answer = run(problem, *options)
    finally:
        problem.objective = points
    if answer.values is None and answer.bound is None:
        return answer
    objective = None if answer.values is None else _objective(problem, answer.values)
    bound, constant = answer.bound, float(points.constant)
    if bound is not None and problem.sense == pulp.LpMaximize:
        bound = bound * unit + slack + constant
        bound = bound if objective is None else max(bound, objective)
    elif bound is not None:
        bound = max(bound * unit - slack + constant, least_of(problem))
        bound = bound if objective is None else min(bound, objective)
    return replace(answer, objective=objective, bound=bound)


def _better(before: Answer, after: Answer) -> Answer:
    """Join two answers to one problem: the better point, and the better bound.

    The later one left out only what is in no better point than the earlier one, so its bound counts as far as that.
    """
    if after.values is None or before.objective is None or after.objective is None:
        kept = before if before.values is not None else after
        return replace(kept, by_clock=before.by_clock or after.by_clock)
    point = after if after.objective <= before.objective else before
    bounds = [b for b in (before.bound, after.bound) if b is not None]
    bound = min(max(bounds), point.objective or 0.0) if bounds else None
    return replace(point, bound=bound, termination=after.termination, by_clock=before.by_clock or after.by_clock)


# what every run of HiGHS is given
HIGHS: dict[str, Any] = {
    "threads": THREADS,
    "random_seed": SEED,
    "dual_feasibility_tolerance": DUAL,
    "primal_feasibility_tolerance": PRIMAL,
    "mip_feasibility_tolerance": INTEGRAL,
    "small_matrix_value": 1e-12,  # the least it accepts; smaller entries of a row would be dropped
}


class QuietHighs(highspy.Highs):
    """HiGHS greets on standard output when callbacks are set up, before any option can be given; this one does not."""

    def enableCallbacks(self) -> None:  # noqa: N802 (name of the overridden method)
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


_HIGHS_ENDS = {
    highspy.HighsModelStatus.kOptimal: Termination.OPTIMAL,
    highspy.HighsModelStatus.kModelEmpty: Termination.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Termination.INFEASIBLE,
    highspy.HighsModelStatus.kUnbounded: Termination.UNBOUNDED,
    highspy.HighsModelStatus.kTimeLimit: Termination.TIME_LIMIT,
    highspy.HighsModelStatus.kSolutionLimit: Termination.NODE_LIMIT,  # PuLP 3.3.2 has no entry: KeyError
    highspy.HighsModelStatus.kIterationLimit: Termination.INTERRUPTED,
    highspy.HighsModelStatus.kInterrupt: Termination.INTERRUPTED,
    highspy.HighsModelStatus.kMemoryLimit: Termination.INTERRUPTED,
}


def _run_highs(
    problem: pulp.LpProblem, seconds: float | None, nodes: int | None, gap: float, seed: int, presolve: bool
) -> Answer:
    model = QuietHighs()  # type: ignore[no-untyped-call]
    options: dict[str, Any] = {**HIGHS, "random_seed": seed % 2**31, "mip_rel_gap": gap, "mip_abs_gap": 0.0}
    if not presolve:
        options["presolve"] = "off"
    if seconds is not None:
        options["time_limit"] = float(seconds)
    if nodes is not None:
        options["mip_max_nodes"] = int(nodes)
    for name, value in options.items():
        if model.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise ValueError(f"HiGHS does not accept {name} = {value}")
    problem.solverModel = model
    try:
        pulp.HiGHS(msg=False).buildSolverModel(problem)
        status = model.run()
        return _read_highs(problem, model, status)
    finally:
        problem.solverModel = None  # it cannot be pickled, and its answers have been read


def _read_highs(problem: pulp.LpProblem, model: Any, status: Any) -> Answer:
    """Ask HiGHS itself how it ended; an incumbent counts only where it says so and where it holds."""
    ended, info, version = model.getModelStatus(), model.getInfo(), str(model.version())
    termination = _HIGHS_ENDS.get(ended, Termination.ERROR)
    if status == highspy.HighsStatus.kError:
        termination = Termination.ERROR
    values = None
    if termination is not Termination.ERROR and info.primal_solution_status == highspy.kSolutionStatusFeasible:
        column, variables = model.getSolution().col_value, problem.variables()
        values = _proven(problem, variables, [column[v.index] for v in variables])
    if termination is Termination.OPTIMAL and values is None:
        termination = Termination.ERROR
    objective = None if values is None else _objective(problem, values)
    bound = None
    if termination is Termination.OPTIMAL and not problem.isMIP():
        bound = objective
    elif termination not in (Termination.ERROR, Termination.INFEASIBLE, Termination.UNBOUNDED) and problem.isMIP():
        bound = _bound(problem, info.mip_dual_bound, objective)
    words = f"HiGHS ended with {model.modelStatusToString(ended)}"
    if status == highspy.HighsStatus.kError:
        words += "; its run failed, as it does when the number of threads changed in this process: run it isolated"
    by_clock = termination is Termination.TIME_LIMIT
    return Answer(termination, values, objective, bound, 0.0, "HiGHS", version, by_clock, words)


def _bound(problem: pulp.LpProblem, dual: float, objective: float | None) -> float | None:
    """Turn the dual bound of the model built by PuLP (minimised, without the constant) into one of the problem."""
    if not math.isfinite(dual):
        return None
    constant = float(problem.objective.constant)
    if problem.sense == pulp.LpMaximize:
        bound = constant - dual
        return bound if objective is None else max(bound, objective)
    bound = dual + constant
    return bound if objective is None else min(bound, objective)


_CBC_ENDS = (
    ("Optimal solution found", Termination.OPTIMAL),
    ("Problem proven infeasible", Termination.INFEASIBLE),
    ("Stopped on time", Termination.TIME_LIMIT),
    ("Stopped on node", Termination.NODE_LIMIT),
    ("Linear relaxation infeasible", Termination.INFEASIBLE),
    ("Linear relaxation unbounded", Termination.UNBOUNDED),
    ("User ctrl-c", Termination.INTERRUPTED),
)
_CBC_PREPROCESSED = "Pre-processing says infeasible or unbounded"
_CBC_WITHOUT_RESULT = {
    pulp.LpSolutionOptimal: Termination.OPTIMAL,
    pulp.LpSolutionInfeasible: Termination.INFEASIBLE,
    pulp.LpSolutionUnbounded: Termination.UNBOUNDED,
}


def _run_cbc(
    problem: pulp.LpProblem, seconds: float | None, nodes: int | None, gap: float, seed: int, presolve: bool
) -> Answer:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        cbc = pulp.COIN_CMD(
            msg=False,
            path=pulp.PULP_CBC_CMD.pulp_cbc_path,
            threads=None,  # alone as it is: told ``threads 1`` it waits 10 s for its own lock in 1 of 500 small runs
            timeLimit=seconds,
            maxNodes=nodes,
            gapRel=gap,
            gapAbs=0.0,
            presolve=None if presolve else False,  # on unless told otherwise
            logPath=str(log),
            options=[
                f"randomSeed {seed % 2**31}",
                f"randomCbcSeed {seed % 2**31}",
                f"dualTolerance {CBC_DUAL}",
                f"primalTolerance {PRIMAL}",
                f"integerTolerance {INTEGRAL}",
                f"increment {CBC_STEP}",
            ],
        )
        cbc.tmpDir = folder
        try:
            problem.solve(cbc)
            failure = ""
        except pulp.PulpSolverError as error:
            failure = str(error)
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return _read_cbc(problem, text, failure, gap)


def _read_cbc(problem: pulp.LpProblem, log: str, failure: str, gap: float) -> Answer:
    """Believe the line ``Result - ...`` of CBC's log, and PuLP only where CBC ended before its search began."""
    version = match[1] if (match := re.search(r"^Version: (\S+)", log, re.MULTILINE)) else "unknown"
    result = match[1].strip() if (match := re.search(r"^Result - (.+)$", log, re.MULTILINE)) else ""
    if failure:
        termination = Termination.ERROR
    elif result:
        termination = next((end for text, end in _CBC_ENDS if result.startswith(text)), Termination.ERROR)
    elif _CBC_PREPROCESSED in log and "Continuous objective value" in log:
        termination = Termination.INFEASIBLE  # the relaxation has an optimum, so it is not unbounded
    else:
        termination = _CBC_WITHOUT_RESULT.get(problem.sol_status, Termination.ERROR)
    values = None
    if not failure and problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        variables = problem.variables()  # one may be a dummy, by which PuLP replaces an objective that is constant
        values = _proven(problem, variables, [0.0 if v is problem.dummyVar else v.varValue for v in variables])
    if termination is Termination.OPTIMAL and values is None:
        termination = Termination.ERROR
    objective = None if values is None else _objective(problem, values)
    # CBC's log shows a bound rounded to three digits, which proves nothing
    bound = objective if termination is Termination.OPTIMAL and gap == 0.0 else None
    words = failure or f"CBC ended with {result or pulp.LpSolution[problem.sol_status]}"
    by_clock = termination is Termination.TIME_LIMIT
    return Answer(termination, values, objective, bound, 0.0, "CBC", version, by_clock, words)


def _proven(
    problem: pulp.LpProblem, variables: Sequence[pulp.LpVariable], values: Iterable[float | None]
) -> dict[str, float] | None:
    """Round whole variables and check everything again; None unless all of it holds."""
    point: dict[str, float] = {}
    for variable, value in zip(variables, values, strict=True):
        if value is None or not math.isfinite(value):
            return None
        if variable.cat == pulp.LpInteger and abs(value - round(value)) > WHOLE:
            return None
        kept = float(round(value)) if variable.cat == pulp.LpInteger else value
        low, high = variable.lowBound, variable.upBound
        slack = TOLERANCE * max(1.0, abs(kept))
        if (low is not None and kept < low - slack) or (high is not None and kept > high + slack):
            return None
        point[variable.name] = kept
    for row in problem.constraints():
        terms = [coefficient * point[variable.name] for variable, coefficient in row.items()]
        left = math.fsum(terms) + row.constant
        slack = TOLERANCE * max(1.0, abs(row.constant), math.fsum(map(abs, terms)))
        too_low = row.sense != pulp.LpConstraintLE and left < -slack
        too_high = row.sense != pulp.LpConstraintGE and left > slack
        if too_low or too_high:
            return None
    return point


def _objective(problem: pulp.LpProblem, values: Mapping[str, float]) -> float:
    terms = [coefficient * values[variable.name] for variable, coefficient in problem.objective.items()]
    return math.fsum([*terms, problem.objective.constant])


def _run_child(problem: pulp.LpProblem, options: Mapping[str, Any], limit: float | None) -> Answer:
    """Solve in a child that can be killed; multiprocessing would run the script of whoever embeds us once more."""
    name = "HiGHS" if options["solver"] == "highs" else "CBC"
    paths = [str(Path(__file__).resolve().parents[3]), *filter(None, [os.environ.get("PYTHONPATH")])]
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "optimiser.planning.programs.solver_process", str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,  # a group of its own, so that CBC below it goes too
    ) as child:
        try:
            said, complaint = child.communicate(pickle.dumps((problem, options)), timeout=limit)
        except subprocess.TimeoutExpired:
            words = f"{name} overran its limit and was stopped"
            return Answer(Termination.TIME_LIMIT, None, None, None, 0.0, name, "unknown", True, words)
        finally:
            _end(child)
    if child.returncode != 0:
        lines = complaint.decode(errors="replace").strip().splitlines() or [f"code {child.returncode}"]
        words = f"{name} failed in its own process: {lines[-1]}"
        return Answer(Termination.ERROR, None, None, None, 0.0, name, "unknown", False, words)
    answer: Answer = pickle.loads(said)
    return answer


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child and whatever it started; does nothing where it ended by itself."""
    if child.poll() is None:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):  # it ended in this very moment
                os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
