"""What a run of a solver ended with: why, with which point, and with which proved bound."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import pulp

from optimiser.planning.magnitude import relative_gap

SolverName = Literal["highs", "cbc"]
TOLERANCE = 1e-6  # of a row, relative to its terms: the feasibility tolerance of HiGHS and CBC
WHOLE = 1e-5  # distance from a whole number: far above the integrality tolerance that solvers are given


class Termination(StrEnum):
    """Why a run ended."""

    OPTIMAL = "optimal"  # proved, within the gap that was asked for
    INFEASIBLE = "infeasible"  # proved
    UNBOUNDED = "unbounded"
    TIME_LIMIT = "time_limit"
    NODE_LIMIT = "node_limit"
    INTERRUPTED = "interrupted"
    ERROR = "error"


@dataclass(frozen=True)
class SolverAnswer:
    """What a solver ended with.

    Attributes
    ----------
    termination : why it ended.
    values : value by variable name, whole where the variable is whole; None unless it is a feasible point that was
        checked against every constraint.
    objective : value of the objective at `values`, computed here; None without values.
    bound : proved bound on the objective (lower if minimising), less what the solver's tolerances can hide; None where
        none is proved.
    seconds : wall time of the run.
    solver, version : what ran.
    by_clock : the run was cut by the clock, so that it cannot be replayed exactly.
    words : what the solver said, for error messages.
    """

    termination: Termination
    values: Mapping[str, float] | None
    objective: float | None
    bound: float | None
    seconds: float
    solver: str
    version: str
    by_clock: bool
    words: str = ""

    @property
    def feasible(self) -> bool:
        """Tell whether there is a proven feasible point."""
        return self.values is not None

    @property
    def gap(self) -> float | None:
        """Relative gap of a program that is minimised; None where objective or bound is unknown."""
        if self.objective is None or self.bound is None:
            return None
        return relative_gap(self.objective, self.bound)


def check_point(
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


def value_at(problem: pulp.LpProblem, values: Mapping[str, float]) -> float:
    """Compute the objective of a problem at a point."""
    terms = [coefficient * values[variable.name] for variable, coefficient in problem.objective.items()]
    return math.fsum([*terms, problem.objective.constant])
