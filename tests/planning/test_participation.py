"""Person-hours of lawful assembly: what people mean to have, and the share that is not lost, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.town import town

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.planning.evaluation import estimate, evaluate
from optimiser.planning.participation import meant_hours, share_held
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator


def certain(**changes):
    """The town with one gathering of 100 people, none of them militant in green, at two stops for 1.5 h in all."""
    data = town().model_dump(mode="json")
    alone = {**data["gatherings"][0], "turnout": 100.0, "turnout_spread": 0.0, "late": 0.0, "tension": 0.0}
    alone |= {"tension_spread": 0.0, "arrives": "13:00", "militant": {"green": 0.0, "yellow": 0.1, "red": 0.3}}
    alone |= {"itinerary": [{"sector": "terminal", "stay": 30.0}, {"sector": "mall", "stay": 60.0}], **changes}
    return Instance.model_validate({**data, "gatherings": [alone], "triggers": []}, context=SHAPE_ONLY)


@pytest.mark.parametrize(
    ("changes", "hours"),
    [
        ({}, 150.0),
        ({"turnout": 200.0}, 300.0),
        ({"militant": {"green": 0.2, "yellow": 0.2, "red": 0.3}}, 120.0),
        ({"chance": 0.0}, 0.0),
    ],
)
def test_hours_meant_are_people_times_their_stays(changes, hours):
    instance = certain(**changes)
    assert meant_hours(instance, draw(instance, 1, 3)).tolist() == pytest.approx([hours] * 3)


def test_hours_meant_are_those_of_the_route_that_is_taken():
    stops = [
        {"sector": "terminal", "stay": 30.0},
        {"sector": "mall", "stay": 60.0, "route": "short"},
        {"sector": "kpu", "stay": 240.0, "route": "long"},
    ]
    instance = certain(itinerary=stops, routes=[{"id": "short"}, {"id": "long"}])
    scenarios = draw(instance, 1, 40)
    assert set(scenarios.route[:, 0].tolist()) == {0, 1}
    assert meant_hours(instance, scenarios).tolist() == pytest.approx(np.where(scenarios.route[:, 0] == 0, 150, 450))


def test_the_share_held_is_one_minus_lost_over_meant():
    instance = certain()
    scenarios = draw(instance, 1, 4, REPORTING)
    with Simulator(instance, engine="simpy") as simulator:
        found = evaluate(simulator, Deployment(instance="town"), scenarios)
    assert found.harms["participation"].mean == 0.0
    assert share_held(found) == 1.0

    def losing(*lost):
        return share_held(replace(found, harms={**found.harms, "participation": estimate(lost)}))

    assert losing(0.0, 0.0, 60.0, 90.0) == pytest.approx(0.75)  # 37.5 of 150
    assert losing(400.0, 400.0, 400.0, 400.0) == 0.0


def test_where_nobody_comes_there_is_no_share():
    instance = certain(chance=0.0)
    with Simulator(instance, engine="simpy") as simulator:
        assert share_held(evaluate(simulator, Deployment(instance="town"), draw(instance, 1, 2))) is None
