"""Running a solver honestly: what it proved, what it merely found, and what it did not say.

PuLP calls a run that was cut short ``Optimal`` and reads zeros where there is no solution. Nothing here relies on its
status. HiGHS is asked itself, CBC's log is read, and a point counts only if it satisfies every constraint when
computed again in Python. Both solvers work with absolute tolerances, so every objective is measured in a unit of its
own size (`planning.magnitude`), and of a bound is taken off what tolerances can hide: docs/search.md, section 3.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulp

from optimiser.common.cancellation import let_through, lookout
from optimiser.planning.magnitude import unit_of
from optimiser.planning.programs.cbc import run_cbc
from optimiser.planning.programs.highs import SEED, run_highs
from optimiser.planning.programs.solver_answer import SolverAnswer, SolverName, Termination, value_at
from optimiser.planning.programs.tolerance import coefficients, hidden, least_of, too_dear

__all__ = ["SolverAnswer", "SolverName", "Termination", "solve"]

GRACE = 10.0  # s after its own limit before a child is stopped; assumed, covers start and reading
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
) -> SolverAnswer:
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


def _solve_in_units(problem: pulp.LpProblem, solver: SolverName, seconds: float | None, *options: Any) -> SolverAnswer:
    """Solve with the objective in a unit of its own size, and again in a smaller one where its optimum is far smaller.

    Where no coefficient is negative, what alone costs more than the best point is in no better one: it is left out
    then, and the objective is measured in the size of what is left.
    """
    end = None if seconds is None else time.monotonic() + seconds
    best: SolverAnswer | None = None
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


def _measured(problem: pulp.LpProblem, solver: SolverName, unit: float, *options: Any) -> SolverAnswer:
    """Run a solver with the objective in a unit; returns objective and bound in points."""
    run = run_highs if solver == "highs" else run_cbc
    points, slack = problem.objective, unit * hidden(problem, unit, solver)
    problem.objective = pulp.LpAffineExpression(coefficients(problem, unit))
    try:
        answer: SolverAnswer = run(problem, *options)
    finally:
        problem.objective = points
    if answer.values is None and answer.bound is None:
        return answer
    objective = None if answer.values is None else value_at(problem, answer.values)
    bound, constant = answer.bound, float(points.constant)
    if bound is not None and problem.sense == pulp.LpMaximize:
        bound = bound * unit + slack + constant
        bound = bound if objective is None else max(bound, objective)
    elif bound is not None:
        bound = max(bound * unit - slack + constant, least_of(problem))
        bound = bound if objective is None else min(bound, objective)
    return replace(answer, objective=objective, bound=bound)


def _better(before: SolverAnswer, after: SolverAnswer) -> SolverAnswer:
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


def _run_child(problem: pulp.LpProblem, options: Mapping[str, Any], limit: float | None) -> SolverAnswer:
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
            with let_through():
                said, complaint = child.communicate(pickle.dumps((problem, options)), timeout=limit)
        except subprocess.TimeoutExpired:
            words = f"{name} overran its limit and was stopped"
            return SolverAnswer(Termination.TIME_LIMIT, None, None, None, 0.0, name, "unknown", True, words)
        finally:
            _end(child)
    if child.returncode != 0:
        lines = complaint.decode(errors="replace").strip().splitlines() or [f"code {child.returncode}"]
        words = f"{name} failed in its own process: {lines[-1]}"
        return SolverAnswer(Termination.ERROR, None, None, None, 0.0, name, "unknown", False, words)
    answer: SolverAnswer = pickle.loads(said)
    return answer


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child and whatever it started; does nothing where it ended by itself."""
    if child.poll() is None:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):  # it ended in this very moment
                os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
