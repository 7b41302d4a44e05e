"""What a decision is worth, worked out by us and not by who took it: exactly, or on scenarios that nobody chose on."""

from __future__ import annotations

from functools import cached_property

import markov_moving
import markov_moving_family
import numpy as np
from markov import departures, expected_harms
from markov_optimum import read_plan, stored

from optimiser import Deployment, Instance, Simulator, draw
from optimiser.model.harms import weights
from optimiser.planning.certificate import Certificate
from optimiser.planning.evaluation import score
from optimiser.planning.programs.configurations import Configuration, configuration_of, placement_cost
from optimiser.simulation.scenario import PLANNING, REPORTING

SEED = 990_001  # of the judge's scenarios; methods use 1, 2, ... and the other set
SCENARIOS = 20_000  # the same ones for every decision
BATCHES = 20  # means of batches of scenarios, whose differences between two decisions give an interval
ROUNDING = 1e-6  # points; by which a bound may lie above an objective
Value = tuple[float, tuple[float, ...]]


def known_optimum(instance: Instance) -> dict[str, str] | None:
    """Give the stored row of an instance whose true optimum is known, None for any other."""
    if not departures(instance):
        return stored().get(instance.name)
    if instance.movements and not markov_moving.departures(instance):
        return stored(markov_moving_family.FOLDER).get(instance.name)
    return None


class Judge:
    """Values decisions of one instance.

    Attributes
    ----------
    optimum : the true optimum in points; None where nobody knows it.
    """

    def __init__(self, instance: Instance, scenarios: int = SCENARIOS) -> None:
        self.instance, self.count = instance, scenarios
        row = known_optimum(instance)
        self.optimum = None if row is None else float(row["optimum"])
        self.best = None if row is None else read_plan(instance, row["plan"])
        self._exact: dict[Configuration, float] = {}

    @cached_property
    def _simulator(self) -> Simulator:
        return Simulator(self.instance, workers=1)

    @cached_property
    def _moving(self) -> markov_moving.Values:
        return markov_moving.Values(self.instance)

    def value(self, deployment: Deployment) -> Value:
        """Give the objective of a decision, and its batch means; there are none where the value is exact."""
        if self.optimum is not None:
            return self._value_exactly(deployment), ()
        scenarios = draw(self.instance, SEED, self.count, REPORTING)
        losses = self._simulator.losses([deployment], scenarios).sum(axis=2)[0]
        cost = placement_cost(self.instance, deployment)
        batches = losses.reshape(BATCHES, -1).mean(axis=1) + cost
        return score(self.instance, deployment, losses), tuple(float(b) for b in batches)

    def _value_exactly(self, deployment: Deployment) -> float:
        """Give what `exact_value` gives, of the family; what was worked out before is remembered."""
        if self.instance.movements:
            return self._moving.value(deployment)
        points, total = np.array(weights(self.instance.objective)), placement_cost(self.instance, deployment)
        for sector in self.instance.sectors:
            here = configuration_of(self.instance, deployment, sector.id)
            if here not in self._exact:
                self._exact[here] = float(expected_harms(self.instance, here) @ points)
            total += self._exact[here]
        return total

    def refute(self, certificate: Certificate, seed: int, challengers: list[Deployment]) -> bool:
        """Tell whether a claim is refuted: a challenger's objective on the same scenarios lies below its bound."""
        scenarios = draw(self.instance, seed, certificate.scenarios, PLANNING)
        for other in challengers:
            losses = self._simulator.losses([other], scenarios).sum(axis=2)[0]
            if score(self.instance, other, losses) < certificate.bound - ROUNDING:
                return True
        return False
