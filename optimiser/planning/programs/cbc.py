"""One run of CBC: how it is told, and what its log says of the end.

PuLP calls a run that was cut short ``Optimal``, so that its status is believed only where CBC's log says nothing.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pulp

from optimiser.common.cancellation import let_through
from optimiser.planning.programs.solver_answer import SolverAnswer, Termination, check_point, value_at
from optimiser.planning.programs.tolerance import CBC_DUAL, CBC_STEP, INTEGRAL, PRIMAL

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


def run_cbc(
    problem: pulp.LpProblem, seconds: float | None, nodes: int | None, gap: float, seed: int, presolve: bool
) -> SolverAnswer:
    """Run CBC on a problem as it stands; see `solver.solve`."""
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
            with let_through():
                problem.solve(cbc)
            failure = ""
        except pulp.PulpSolverError as error:
            failure = str(error)
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return _read_cbc(problem, text, failure, gap)


def _read_cbc(problem: pulp.LpProblem, log: str, failure: str, gap: float) -> SolverAnswer:
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
        values = check_point(problem, variables, [0.0 if v is problem.dummyVar else v.varValue for v in variables])
    if termination is Termination.OPTIMAL and values is None:
        termination = Termination.ERROR
    objective = None if values is None else value_at(problem, values)
    # CBC's log shows a bound rounded to three digits, which proves nothing
    bound = objective if termination is Termination.OPTIMAL and gap == 0.0 else None
    words = failure or f"CBC ended with {result or pulp.LpSolution[problem.sol_status]}"
    by_clock = termination is Termination.TIME_LIMIT
    return SolverAnswer(termination, values, objective, bound, 0.0, "CBC", version, by_clock, words)
