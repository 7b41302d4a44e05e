"""Crowd and phases over time: what event logs come to, against logs worked out by hand and against the engines."""

from __future__ import annotations

import numpy as np
import pytest
from support.town import posted, town

from optimiser.model.instance import Instance
from optimiser.model.laws.escalation_law import GREEN, QUIET, RED, YELLOW
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.words.events import chronicle, read_logs
from optimiser.planning.evaluation import evaluate
from optimiser.simulation.events import ARRIVED, LEFT, MARCHED, PHASE, SPILLED, Entry
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator, simulate


def entry(minute, kind, sector=0, number=0.0, what=-1):
    return Entry(minute, kind, sector, -1, what, number, 0)


BY_HAND = [
    entry(10.0, ARRIVED, number=100.0),
    entry(10.0, PHASE, what=GREEN),
    entry(25.0, PHASE, what=YELLOW),
    entry(25.0, ARRIVED, 1, number=7.0),
    entry(30.0, SPILLED, number=40.0),
    entry(35.0, MARCHED, number=30.0),
    entry(40.0, LEFT, number=30.0),
    entry(40.0, PHASE, what=QUIET),
]


def test_a_log_worked_out_by_hand():
    told = read_logs([BY_HAND], [0, 1], 60.0, bins=3)
    assert told.edges.tolist() == [0.0, 20.0, 40.0, 60.0]
    assert told.people[0, :, 0].tolist() == [0, 100, 0, 0]
    assert told.people[0, :, 1].tolist() == [0, 0, 7, 7]
    assert told.shares[:, 0, QUIET].tolist() == pytest.approx([0.5, 0.0, 1.0])
    assert told.shares[:, 0, GREEN].tolist() == pytest.approx([0.5, 0.25, 0.0])
    assert told.shares[:, 0, YELLOW].tolist() == pytest.approx([0.0, 0.75, 0.0])


def test_sectors_that_are_not_followed_are_left_out():
    told = read_logs([BY_HAND], [1], 60.0, bins=3)
    assert told.people[0].tolist() == [[0], [0], [7], [7]]


def test_quantiles_are_numbers_that_were_there():
    logs = [[entry(0.0, ARRIVED, number=float(n))] for n in (10, 20, 30, 40)]
    crowd = read_logs(logs, [0], 60.0, bins=2).crowd([0.0, 0.5, 1.0])
    assert crowd.shape == (3, 3, 1)
    assert crowd[:, 0, 0].tolist() == [10.0, 20.0, 40.0]


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_phases_over_time_add_up_to_the_minutes_that_the_evaluation_has(engine):
    instance = town()
    plan, scenarios = posted(instance), draw(town(), 3, 8, REPORTING)
    with Simulator(instance, engine=engine) as simulator:
        minutes = evaluate(simulator, plan, scenarios).phase_minutes()
    told = chronicle(instance, plan, scenarios, engine=engine)
    width = told.edges[1] - told.edges[0]
    present = [GREEN, YELLOW, RED]  # what comes after the last people are gone is not followed
    assert np.allclose((told.shares.sum(axis=0) * width)[:, present], minutes[:, present], rtol=0.0, atol=1e-9)
    assert np.allclose(told.shares.sum(axis=2), 1.0)
    assert minutes[:, [YELLOW, RED]].sum() > 1.0  # or nothing would be tested


@pytest.mark.parametrize(("stay", "end"), [(60.0, 180.0), (125.0, 210.0), (1000.0, 660.0)])
def test_the_day_is_followed_beyond_the_period_only_where_people_are_still_there(stay, end):
    """From 13:00 to 16:00, and eight hours more; one group comes at 14:00, and leaves when its stay is over."""
    data = town(period={"start": "2024-08-20T13:00:00", "hours": 3}).model_dump(mode="json")
    alone = {**data["gatherings"][0], "turnout_spread": 0, "late": 0, "groups": 1, "arrival_spread": 0, "tension": 0}
    alone |= {"arrives": "14:00", "tension_spread": 0, "itinerary": [{"sector": "kpu", "stay": stay}]}
    instance = Instance.model_validate({**data, "gatherings": [alone], "triggers": []}, context=SHAPE_ONLY)
    told = chronicle(instance, posted(instance), draw(instance, 1, 2, REPORTING), engine="simpy")
    assert told.edges[-1] == end


def test_both_engines_tell_the_same():
    instance = town()
    plan, scenarios = posted(instance), draw(town(), 5, 4, REPORTING)
    first, second = (chronicle(instance, plan, scenarios, [2, 1], engine=e) for e in ("simpy", "compiled"))
    assert np.array_equal(first.people, second.people)
    assert np.array_equal(first.shares, second.shares)


def test_people_are_those_of_the_event_log():
    instance = town()
    plan, scenarios = posted(instance), draw(town(), 2, 1, REPORTING)
    told = chronicle(instance, plan, scenarios, engine="simpy")
    events = simulate(instance, plan, scenarios.items[0])[1]
    for s, sector in enumerate(instance.sectors):
        for edge, people in zip(told.edges, told.people[0, :, s], strict=True):
            past = [e for e in events if e.sector == sector.id and e.minute <= edge]
            came = sum(e.number for e in past if e.kind == "arrived")
            gone = sum(e.number for e in past if e.kind in ("left", "marched", "spilled"))
            assert people == came - gone
    assert told.people.max() > 0
