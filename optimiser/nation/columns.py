"""What the master program and the subproblems of districts exchange: settings, columns and results."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from optimiser.common.random_streams import name_stream
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.settings import Effort, Means

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NationSettings:
    """How districts are planned, the same for all of them.

    Attributes
    ----------
    folder : where the file of the nation lies.
    effort : for each district; its seed is the nation's.
    gap : relative gap at which the search of a district ends.
    means : law of escalation of all districts, among others; it travels to the workers.
    """

    folder: Path
    effort: Effort
    gap: float
    means: Means = field(default_factory=Means, compare=False)  # laws cannot be compared

    def effort_of(self, district: str) -> Effort:
        """Return the effort with the seed of a district."""
        return replace(self.effort, seed=own_seed(self.effort.seed, district))


def own_seed(seed: int, district: str) -> int:
    """Return the seed of a district's streams, so that no two districts share a random number."""
    return name_stream(seed, "district", district)


@dataclass(frozen=True)
class DistrictColumn:
    """A column of the master program: one way for a district to borrow, with a plan.

    Attributes
    ----------
    loans : teams borrowed of each pool that serves the district.
    objective : of the district on its planning scenarios, prices left out, in points.
    plan : who stands where, numbers by place and kind.
    """

    loans: tuple[int, ...]
    objective: float
    plan: tuple[tuple[int, ...], ...]

    def cost(self, prices: Floats) -> float:
        """Return the objective with the prices of what is borrowed, shape (pools that serve,), in points."""
        return self.objective + float(prices @ np.array(self.loans))


def plan_of(instance: Instance, column: DistrictColumn) -> Deployment:
    """Return the plan of a column as a deployment of the district with what it can borrow."""
    return Deployment.of_numbers(instance, np.array(column.plan, dtype=np.int64))


@dataclass(frozen=True)
class SubproblemResult:
    """The result of a district's subproblem at prices.

    Attributes
    ----------
    prices : points for each team borrowed, by pool that serves it.
    bound : lower bound of every deployment on the planning scenarios, prices included, in points; proved.
    columns : the best found for each way to borrow.
    separate : whether its sectors do not influence each other, whatever it borrows.
    most : teams of each pool that serves it which its sectors and posts have room for.
    """

    prices: tuple[float, ...]
    bound: float
    columns: tuple[DistrictColumn, ...]
    separate: bool
    most: tuple[int, ...]

    def bound_at(self, prices: Floats) -> float:
        """Return the lower bound of every deployment at other prices, shape (pools that serve,), in points.

        Who uses y, from nothing to `most`, pays (prices - own prices) y more than at the prices asked for.
        """
        return self.bound + float(np.minimum(0.0, prices - np.array(self.prices)) @ np.array(self.most))


@dataclass(frozen=True)
class DistrictResult:
    """The column of a district that was chosen, and its outcome in fresh scenarios.

    Attributes
    ----------
    column : what it borrows and who stands where.
    harms : in their units, shape (fresh scenarios, harms).
    losses : points, shape (fresh scenarios,).
    drawn : mean loss in each draw of the law's constants, points, shape (draws,); the draws are those of all districts.
    """

    column: DistrictColumn
    harms: tuple[tuple[float, ...], ...]
    losses: tuple[float, ...]
    drawn: tuple[float, ...] = ()
