"""What the tolerances of solvers can hide of an optimum, so that a bound is claimed only less that much.

Objectives are in the unit of the program, see `optimiser.planning.magnitude`.
"""

from __future__ import annotations

import math

import pulp

from optimiser.planning.magnitude import CLOSE, GRAIN, LARGEST, in_units
from optimiser.planning.programs.solver_answer import SolverAnswer

# tolerances given to the solvers, absolute and in the unit of the program: of duals the least that HiGHS accepts
DUAL, PRIMAL, INTEGRAL = 1e-10, 1e-9, 1e-9
CBC_DUAL, CBC_STEP = 1e-9, 1e-9  # CBC's tolerance of duals, and what it takes for no improvement of the objective


def coefficients(problem: pulp.LpProblem, unit: float) -> dict[pulp.LpVariable, float]:
    """Give the coefficients of the objective in a unit, rounded where the variable has limits."""
    return {v: in_units(c, unit) if math.isfinite(_range(v)) else c / unit for v, c in problem.objective.items()}


def hidden(problem: pulp.LpProblem, unit: float, solver: str = "highs") -> float:
    """Give what tolerances can hide of the optimum of a program, in units of its objective.

    A basic solution has the objective of its duals, however much its rows are missed; duals miss by their tolerance for
    each unit of each variable. A variable without limits is taken to be of the size of the objective. Coefficients are
    rounded, HiGHS passes over what is better by less than its tolerance of whole numbers, and CBC over what is better
    by less than its step. Of variables whose sum is 1 one unit is there, not one of each.

    Parameters
    ----------
    unit : points for one unit of the program, see `coefficients`.
    """
    places, apart = _choices(problem)
    units = places + math.fsum(min(LARGEST, _range(v)) for v in problem.variables() if v.name not in apart)
    rounded = math.fsum(
        abs(c - problem.objective[v] / unit) * _range(v)
        for v, c in coefficients(problem, unit).items()
        if v.name not in apart and math.isfinite(_range(v))
    )
    dual, step = (DUAL, INTEGRAL) if solver == "highs" else (CBC_DUAL, CBC_STEP)
    return step + units * dual + rounded + places * GRAIN


def _range(variable: pulp.LpVariable) -> float:
    """Give the largest size that a variable may have, infinite without limits."""
    ends = (variable.lowBound, variable.upBound)
    return math.inf if None in ends else max(abs(float(end)) for end in ends)


def _choices(problem: pulp.LpProblem) -> tuple[int, set[str]]:
    """Give how many rows say that a sum of variables not below 0 is 1, none in two rows, and the variables' names."""
    rows, names = 0, set[str]()
    for row in problem.constraints():
        if row.sense == pulp.LpConstraintEQ and row.constant == -1 and all(c == 1 for c in row.values()):
            here = {v.name for v in row if v.lowBound == 0}
            if len(here) == len(row) and not here & names:
                rows, names = rows + 1, names | here
    return rows, names


def least_of(problem: pulp.LpProblem) -> float:
    """Give the least that any point can cost within the limits of its variables, in points; else minus infinity."""
    terms = [(c, v.lowBound if c > 0 else v.upBound) for v, c in problem.objective.items() if c]
    if any(limit is None for _, limit in terms):
        return -math.inf
    return math.fsum([*(c * float(limit) for c, limit in terms), problem.objective.constant])


def too_dear(problem: pulp.LpProblem, best: SolverAnswer, slack: float) -> list[pulp.LpVariable]:
    """List the choices that alone cost more than the best point known, where tolerances hide what counts.

    Parameters
    ----------
    slack : what tolerances can hide, in points.

    Returns
    -------
    Variables of 0 or 1 that are 0 in every better point; none where some coefficient is negative.
    """
    if best.objective is None or problem.sense == pulp.LpMaximize or not problem.isMIP():
        return []
    value = best.objective - float(problem.objective.constant)
    if slack <= CLOSE * value or min(problem.objective.values(), default=0.0) < 0.0:
        return []
    return [v for v, c in problem.objective.items() if c > value and _is_choice(v)]


def _is_choice(variable: pulp.LpVariable) -> bool:
    return variable.cat == pulp.LpInteger and (variable.lowBound, variable.upBound) == (0, 1)
