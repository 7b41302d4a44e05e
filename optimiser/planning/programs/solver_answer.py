"""What a run of a solver ended with: why, with which point, and with which proved bound."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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
class Answer:
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
        """Relative distance of objective and bound, see `relative_gap`."""
        return relative_gap(self.objective, self.bound)


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Give |objective - bound| / |objective|; 0 where they are equal, None where either is unknown."""
    if objective is None or bound is None:
        return None
    distance = abs(objective - bound)
    if distance == 0.0:
        return 0.0
    return distance / abs(objective) if objective else math.inf
