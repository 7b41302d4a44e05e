"""Crowds that go where the line is thinnest join sectors: no proof that they are apart, no bound above the optimum."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from support.enumeration import instances, values

from optimiser.common.progress import Watcher
from optimiser.model.deployment import Deployment
from optimiser.planning.search.loop import search
from optimiser.planning.search.response_tables import interplay
from optimiser.planning.search.stop_rules import after_iterations, after_replications, any_of
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator


@pytest.mark.slow
@pytest.mark.parametrize("joined", [False, True])
def test_no_bound_lies_above_the_best_of_all_deployments(joined: bool) -> None:
    """Where nothing else joins sectors too: there a table by sector would be taken for a proof."""
    coupled = 0
    for number, instance, plans in islice(instances(300_000, joined=joined, displacing=True), 20):
        assert "gatherings go where the line is thinnest" in interplay(instance)
        scenarios = draw(instance, number, 3)
        start = {"any": Deployment.of_numbers(instance, plans[number % len(plans)])}
        with Simulator(instance) as simulator:
            found = search(simulator, scenarios, start, any_of(after_iterations(9), after_replications(800)), Watcher())
        with Simulator(instance) as other:
            worth = values(other, plans, scenarios)
            losses = np.array([other.course(plan, scenarios).loss for plan in plans[:40]])
        slack = 1e-12 * worth.min()
        assert found.bound <= worth.min() + slack
        assert worth.min() - slack <= found.value <= worth[number % len(plans)] + slack
        coupled += _is_coupled(plans[:40], losses)
    assert coupled > 5  # or nothing was tried


def _is_coupled(plans: np.ndarray, losses: np.ndarray) -> bool:
    """Return whether a sector fares differently in two deployments that are the same there."""
    for s in range(losses.shape[2]):
        known: dict[bytes, np.ndarray] = {}
        for plan, loss in zip(plans, losses, strict=True):
            before = known.setdefault(plan[s].tobytes(), loss[:, s])
            if not np.array_equal(before, loss[:, s]):
                return True
    return False
