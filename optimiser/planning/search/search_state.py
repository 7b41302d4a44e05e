"""What the search knows: the best deployment so far, what is proved, and how it got there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from optimiser.common.errors import OptimiserError
from optimiser.common.progress import Progress, Watcher
from optimiser.model.deployment import Deployment, Numbers
from optimiser.planning.evaluation import tail_mean
from optimiser.planning.magnitude import close_to, relative_gap
from optimiser.planning.programs.allocation import Allocation
from optimiser.planning.programs.configurations import cost_matrix
from optimiser.planning.programs.neighbourhood import Rules
from optimiser.planning.search.column_generation import Market
from optimiser.simulation.compiled_engine.law_code import is_ours
from optimiser.simulation.dispatch import send_nearest
from optimiser.simulation.engine import Floats
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

# after each step: whether nothing is left to try, and what was done, empty where it is not worth telling
Steps = Iterator[tuple[bool, str]]
Propose = Callable[..., Allocation]


@dataclass
class Search:
    """The state of a search on one set of planning scenarios.

    Attributes
    ----------
    best : numbers of the best deployment by place and kind, shape (places, kinds).
    value : its objective, in points.
    bound : what no deployment can beat on these scenarios, proved, in points.
    by_clock : the clock decided something, so that the search cannot be replayed.
    spent : the budget ended the search.
    open_places : places of which not every configuration could be listed.
    starts : numbers of the first candidates.
    charges : points that one unit of each kind costs besides its placement, shape (kinds,): what is borrowed has its
        price. They are part of value and bound.
    market : the tables that the bound comes from, where sectors do not influence each other and it was reached.
    """

    simulator: Simulator
    scenarios: Scenarios
    watcher: Watcher
    best: Numbers
    value: float
    bound: float
    by_clock: bool = False
    interrupted: bool = False
    spent: bool = False
    open_places: tuple[str, ...] = ()
    starts: tuple[Numbers, ...] = ()
    history: tuple[Progress, ...] = ()
    charges: Floats | None = None
    market: Market | None = None
    rules: Rules = field(init=False)
    cost: Floats = field(init=False)
    _considered: set[bytes] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.rules = Rules(self.simulator.instance)
        self.cost = cost_matrix(self.simulator.instance)
        if self.charges is not None:
            self.cost = self.cost + self.charges

    @property
    def compared(self) -> int:
        """Different deployments that were considered, each simulated in every planning scenario."""
        return len(self._considered)

    @property
    def closed(self) -> bool:
        """Whether the bound has reached the best deployment, up to what tolerances of solvers and rounding hide."""
        return relative_gap(self.value, self.bound) == 0.0

    @property
    def provable(self) -> bool:
        """Whether law and dispatch rule are those that bounds under interplay are proved for."""
        return is_ours(self.simulator.law) and self.simulator.dispatch is send_nearest

    @property
    def deployment(self) -> Deployment:
        """The best deployment as such."""
        return Deployment.of_numbers(self.simulator.instance, self.best, "plan")

    def objective(self, plan: Numbers, losses: Floats) -> float:
        """Mean loss + weight x CVaR + cost of placement, in points; losses by scenario, of all or some of them."""
        o = self.simulator.instance.objective
        value = float(losses.mean()) + float((plan * self.cost).sum())
        return value + float(o.tail_weight) * tail_mean(losses, float(o.tail)) if o.tail_weight > 0.0 else value

    def worth(self, plan: Numbers) -> float:
        """Objective on all planning scenarios."""
        return self.objective(plan, self.simulator.totals(plan[None], self.scenarios)[0])

    def consider(self, plan: Numbers) -> bool:
        """Simulate a deployment in every planning scenario and keep it if it is better; tells whether it is.

        Raises
        ------
        OptimiserError : it is better than the proved bound.
        """
        value = self.worth(plan)
        self._considered.add(plan.tobytes())
        if value < self.bound - close_to(self.bound):
            raise OptimiserError("a deployment is better than what was proved, so that one of both is wrong")
        if value < self.value:
            self.best, self.value = plan.copy(), value
            return True
        return False

    def prove(self, bound: float) -> None:
        """Keep a lower bound if it is higher than the ones before; never above what was found."""
        self.bound = max(self.bound, min(bound, self.value))


def objectives(found: Search, plans: Numbers, losses: Floats) -> Floats:
    """`Search.objective` of many deployments: losses of shape (deployments, scenarios)."""
    o = found.simulator.instance.objective
    values: Floats = losses.mean(axis=1) + np.tensordot(plans, found.cost, axes=2)
    if o.tail_weight > 0.0:
        values = values + float(o.tail_weight) * np.array([tail_mean(row, float(o.tail)) for row in losses])
    return values
