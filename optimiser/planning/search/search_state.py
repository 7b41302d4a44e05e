"""What a search knows: the best deployment so far, what is proved, and how it got there."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

import numpy as np

from optimiser.common.errors import OptimiserError
from optimiser.common.progress import Progress, Watcher
from optimiser.model.deployment import Deployment, Numbers
from optimiser.planning.evaluation import tail_points
from optimiser.planning.magnitude import close_to, in_order, relative_gap
from optimiser.planning.programs.allocation import Allocation
from optimiser.planning.programs.configurations import cost_matrix
from optimiser.planning.programs.neighbourhood import Rules
from optimiser.planning.search.column_generation import RestrictedMaster
from optimiser.planning.search.prefix_bound import trivial_bound
from optimiser.planning.search.stop_rules import Ending
from optimiser.simulation.compiled_engine.law_code import is_ours
from optimiser.simulation.dispatch import send_nearest
from optimiser.simulation.engine import Floats
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator


@dataclass(frozen=True)
class Step:
    """One iteration of a search.

    Attributes
    ----------
    note : what was done; empty where it is not worth telling.
    finished : nothing is left to try.
    """

    note: str = ""
    finished: bool = False


BLOCK, PARTS = 16, 32  # scenarios, and parts of them, after which a deployment may be given up; assumed
Steps = Generator[Step, None, None]
Propose = Callable[..., Allocation]  # the integer program, `allocation.allocate` with its solver


@dataclass
class Search:
    """The state of a search on one set of planning scenarios.

    Attributes
    ----------
    best : numbers of the best deployment by place and kind, shape (places, kinds): the incumbent.
    value : its objective, in points.
    bound : what no deployment can beat on these scenarios, proved, in points.
    by_clock : the clock cut a run of the solver, so that the search cannot be replayed.
    ended : why the search ended; None while it has not.
    open_places : places of which not every configuration could be listed.
    starts : numbers of the first candidates.
    charges : points that one unit of each kind costs besides its placement, shape (kinds,): what is borrowed has its
        price. They are part of value and bound.
    spent_before : joint replications that drawing the scenarios took.
    master : the columns that the bound comes from, where sectors do not influence each other and it was reached.
    listed : feasible deployments that there are, where each was looked at; 0 where they were not listed.
    """

    simulator: Simulator
    scenarios: Scenarios
    watcher: Watcher
    best: Numbers
    value: float
    bound: float
    by_clock: bool = False
    ended: Ending | None = None
    open_places: tuple[str, ...] = ()
    starts: tuple[Numbers, ...] = ()
    history: tuple[Progress, ...] = ()
    charges: Floats | None = None
    master: RestrictedMaster | None = None
    listed: int = 0
    spent_before: int = 0
    rules: Rules = field(init=False)
    cost: Floats = field(init=False)
    _begun: int = field(init=False)
    _considered: dict[bytes, float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.rules = Rules(self.simulator.instance)
        self.cost = cost_matrix(self.simulator.instance)
        if self.charges is not None:
            self.cost = self.cost + self.charges
        self._begun = self.simulator.replications - self.spent_before

    @property
    def played(self) -> int:
        """Joint replications simulated for this search so far, those that its scenarios took included."""
        return self.simulator.replications - self._begun

    @property
    def compared(self) -> int:
        """Different deployments that the best one was compared with in the planning scenarios, itself among them.

        Each was simulated in all of them, or until it had cost as much as the best one in all.
        """
        return len(self._considered)

    @property
    def interrupted(self) -> bool:
        """Whether a keyboard interrupt ended the search."""
        return self.ended is Ending.INTERRUPT

    @property
    def spent(self) -> bool:
        """Whether the budget ended the search."""
        return self.ended is Ending.BUDGET

    @property
    def replayable(self) -> bool:
        """Whether the same call leads to the same result: neither the clock nor an interrupt decided anything."""
        return not (self.by_clock or self.ended in (Ending.CLOCK, Ending.INTERRUPT))

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
        """Mean loss + cost of placement + weight x CVaR, in points; losses by scenario, of all or some of them."""
        value = float(losses.mean()) + float((plan * self.cost).sum())
        return value + float(tail_points(self.simulator.instance.objective, losses[None])[0])

    def objectives(self, plans: Numbers, losses: Floats) -> Floats:
        """Return the objective of many deployments: losses of shape (deployments, scenarios)."""
        values: Floats = losses.mean(axis=1) + np.tensordot(plans, self.cost, axes=2)
        return values + tail_points(self.simulator.instance.objective, losses)

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
        self.count(plan, value)
        if value < self.bound - close_to(self.bound):
            raise OptimiserError("a deployment is better than what was proved, so that one of both is wrong")
        if value < self.value:
            self.best, self.value = plan.copy(), value
            return True
        return False

    def count(self, plan: Numbers, value: float) -> None:
        """Count a deployment whose objective on all planning scenarios is known."""
        self._considered[plan.tobytes()] = value

    def turn_to(self, scenarios: Scenarios, leaders: int) -> None:
        """Go on in other scenarios, from the best of the first candidates and of so many deployments that led before.

        What was proved or counted in those before does not hold in these.

        Raises
        ------
        Spent : the budget does not suffice to compare all of them; everything is as it was.
        """
        best, known = self.best, list(self._considered)
        led = [known[n] for n in in_order(np.array(list(self._considered.values())), self.value)[:leaders]]
        others = [np.frombuffer(key, dtype=best.dtype).reshape(best.shape) for key in led]
        value = self.objective(best, self.simulator.course(best, scenarios).total)
        considered = {best.tobytes(): value}
        for plan in (*others, *self.starts):
            if plan.tobytes() not in considered:
                found = considered[plan.tobytes()] = self._worth_if_below(value, plan, scenarios)
                best, value = (plan, found) if found < value else (best, value)
        self.scenarios, self.best, self.value, self._considered = scenarios, best.copy(), value, considered
        self.bound, self.master = trivial_bound(self.simulator.instance), None

    def _worth_if_below(self, limit: float, plan: Numbers, scenarios: Scenarios) -> float:
        """Return the objective in other scenarios, infinity once what was lost in a part of them costs the limit.

        That is proved, since losses are never negative, nor weights.
        """
        count, done, losses = len(scenarios), 0, np.zeros(0)
        while done < count:
            if losses.sum() / count + float((plan * self.cost).sum()) >= limit:
                return math.inf
            done = min(count, done + max(BLOCK, count // PARTS))
            losses = self.simulator.totals(plan[None], scenarios, 0, done)[0]
        return self.objective(plan, losses)

    def prove(self, bound: float) -> None:
        """Keep a lower bound if it is higher than the ones before; never above what was found."""
        self.bound = max(self.bound, min(bound, self.value))
