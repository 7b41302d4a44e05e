"""The simulation as rivals see it: a wish goes in, losses come out, and every joint replication is charged.

Nobody gets more than the budget: a request that does not fit into what is left raises `Spent`. What was played before
is remembered by the simulator and costs nothing, for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import numpy as np
from numpy.typing import NDArray
from rivals_space import Ints, Space

from optimiser import Instance, Scenarios, Simulator, draw
from optimiser.planning.evaluation import tail_mean
from optimiser.planning.search.hand_rules import candidates
from optimiser.simulation.scenario import PLANNING

Floats = NDArray[np.float64]
FIRST = 1024  # scenarios drawn at once at first; twice as many whenever they do not suffice
SCALE, POWER = 10.0, 0.65  # replications per point: SCALE (budget / 1000) ** POWER, assumed


class Spent(Exception):
    """The budget does not suffice for what was asked."""


def per_point(budget: int) -> int:
    """Give the replications that a rival without a rule of its own spends on a point: 10, 45, 200, 891 for 1e3 to 1e6.

    Both the number of points and the replications of each grow with the budget.
    """
    return max(2, round(SCALE * (budget / 1000.0) ** POWER))


@dataclass
class Oracle:
    """One run's access to the simulation.

    Attributes
    ----------
    space : what may be chosen.
    seed : of the scenarios and of everything random in the rival.
    budget : joint replications that may be played.
    warm : whether a rival begins with hand rules instead of a random deployment.
    """

    space: Space
    seed: int
    budget: int
    warm: bool = False
    simulator: Simulator = field(init=False)
    scenarios: Scenarios = field(init=False)
    _near: tuple[bytes, int] = (b"", 0)  # the last base, and the scenarios in which it was played

    def __post_init__(self) -> None:
        self.simulator = Simulator(self.instance, workers=1)
        self.scenarios = draw(self.instance, self.seed, FIRST, PLANNING)

    @property
    def instance(self) -> Instance:
        """The problem."""
        return self.space.instance

    @property
    def left(self) -> int:
        """Joint replications that are not spent."""
        return self.budget - self.simulator.replications

    def reach(self, count: int) -> None:
        """Hold exactly so many scenarios; the first ones are always the same."""
        if count != len(self.scenarios):
            self.scenarios = draw(self.instance, self.seed, count, PLANNING)

    def losses(self, vectors: Ints, begin: int, end: int, base: Ints | None = None) -> Floats:
        """Give the total points of feasible vectors in the scenarios from `begin` up to `end` (exclusive).

        Parameters
        ----------
        vectors : shape (vectors, cells).
        base : a vector, played in all scenarios held, from which the others differ little: scenarios in which they
            cannot fare differently cost nothing, see `Simulator.totals`.

        Returns
        -------
        Array (vectors, end - begin), costs of placement included.

        Raises
        ------
        Spent : they might cost more than is left.
        """
        need = len(vectors) * (end - begin)
        if base is not None and (base.tobytes(), len(self.scenarios)) != self._near:
            need += len(self.scenarios)  # how the base fares is played first
        if need > self.left:
            raise Spent
        if end > len(self.scenarios):
            self.reach(max(end, 2 * len(self.scenarios)))
        plans = np.array([self.space.numbers(v) for v in vectors])
        near = None if base is None else self.space.numbers(base)
        if base is not None:
            self._near = (base.tobytes(), len(self.scenarios))
        totals = self.simulator.totals(plans, self.scenarios, begin, end, near)
        return totals + (np.asarray(vectors) @ self.space.cost)[:, None]

    def value(self, vector: Ints, begin: int, end: int) -> float:
        """Give the objective of one feasible vector in some scenarios; see `losses`."""
        return self.objective(self.losses(vector[None], begin, end)[0])

    def objective(self, losses: Floats) -> float:
        """Give the mean of losses, and of their tail with its weight."""
        o = self.instance.objective
        tail = float(o.tail_weight) * tail_mean(losses, float(o.tail)) if o.tail_weight > 0.0 else 0.0
        return float(losses.mean()) + tail

    def starts(self, count: int) -> list[Ints]:
        """Give feasible vectors to start from: hand rules first if the run is warm, random ones besides."""
        chance = Random(f"start {self.seed}")
        known = [self.space.vector(d.numbers(self.instance)) for d in candidates(self.instance).values()]
        given = known[:count] if self.warm else []
        return [*given, *(self.space.draw(chance) for _ in range(count - len(given)))]
