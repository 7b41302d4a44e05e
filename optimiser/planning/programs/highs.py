"""One run of HiGHS: how it is told, and what it says of itself at the end.

PuLP builds the model and is not asked how it ended.
"""

from __future__ import annotations

import math
from typing import Any

import highspy
import pulp

from optimiser.planning.programs.solver_answer import SolverAnswer, Termination, check_point, value_at
from optimiser.planning.programs.tolerance import DUAL, INTEGRAL, PRIMAL

SEED = 20240820  # any fixed number: runs repeat
THREADS = 1  # of HiGHS, which fails once the number changes inside a process, so it never does
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


def run_highs(
    problem: pulp.LpProblem, seconds: float | None, nodes: int | None, gap: float, seed: int, presolve: bool
) -> SolverAnswer:
    """Run HiGHS on a problem as it stands; see `solver.solve`."""
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


def _read_highs(problem: pulp.LpProblem, model: Any, status: Any) -> SolverAnswer:
    """Ask HiGHS itself how it ended; an incumbent counts only where it says so and where it holds."""
    ended, info, version = model.getModelStatus(), model.getInfo(), str(model.version())
    termination = _HIGHS_ENDS.get(ended, Termination.ERROR)
    if status == highspy.HighsStatus.kError:
        termination = Termination.ERROR
    values = None
    if termination is not Termination.ERROR and info.primal_solution_status == highspy.kSolutionStatusFeasible:
        column, variables = model.getSolution().col_value, problem.variables()
        values = check_point(problem, variables, [column[v.index] for v in variables])
    if termination is Termination.OPTIMAL and values is None:
        termination = Termination.ERROR
    objective = None if values is None else value_at(problem, values)
    bound = None
    if termination is Termination.OPTIMAL and not problem.isMIP():
        bound = objective
    elif termination not in (Termination.ERROR, Termination.INFEASIBLE, Termination.UNBOUNDED) and problem.isMIP():
        bound = _bound(problem, info.mip_dual_bound, objective)
    words = f"HiGHS ended with {model.modelStatusToString(ended)}"
    if status == highspy.HighsStatus.kError:
        words += "; its run failed, as it does when the number of threads changed in this process: run it isolated"
    by_clock = termination is Termination.TIME_LIMIT
    return SolverAnswer(termination, values, objective, bound, 0.0, "HiGHS", version, by_clock, words)


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
