"""What a replication depends on: deployments that have the same there fare the same, whatever else they have."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from support.enumeration import instances

from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

KINDS = ({}, {"accompanied": True}, {"moving": True}, {"displacing": True}, {"attended": True})


@pytest.mark.parametrize("kinds", KINDS, ids=str)
def test_deployments_alike_where_a_scenario_reaches_fare_the_same(kinds):
    shared = 0
    for number, instance, plans in islice((c for c in instances(700, joined=True, **kinds) if len(c[2]) > 8), 5):
        some = plans[:: max(1, len(plans) // 40)]
        scenarios = draw(instance, number, 6)
        with Simulator(instance) as simulator:
            totals = simulator.totals(some, scenarios)
            for column in range(len(scenarios)):
                points, depends = simulator.fates(some, scenarios, column)
                assert np.array_equal(points, totals[:, column])
                for one, places, lost in zip(some, depends, points, strict=True):
                    alike = np.all(some[:, places] == one[places], axis=(1, 2))
                    assert np.all(points[alike] == lost)
                    shared += int(alike.sum()) - 1
    assert shared > 0
