"""The table of harms: complete, in the order of the law, and the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from optimiser.model.harms import HARMS, INDEPENDENT, INJURED, INJURIES, LISTED, UNITS, by_name, weights
from optimiser.model.instance import Objective
from optimiser.simulation.state import HARM_COUNT


def test_every_harm_has_its_weight_unit_and_place_in_the_tables():
    assert len(HARMS) == HARM_COUNT == len({harm.id for harm in HARMS})
    assert set(LISTED) == {INJURIES, *HARMS}
    assert list(UNITS) == [*(harm.id for harm in HARMS), INJURIES.id]
    assert {harm.weight for harm in HARMS} <= set(Objective.model_fields)
    assert all(harm.unit == INJURIES.unit and harm.weight == INJURIES.weight for harm in INJURED)


def test_a_sum_stands_above_its_parts_and_instead_of_them():
    assert LISTED[: len(INJURED)] == INJURED
    assert INJURED[0] is INDEPENDENT[0] is INJURIES
    assert {harm.part_of for harm in INJURED[1:]} == {INJURIES.id}
    assert not any(harm.part_of for harm in INDEPENDENT)


def test_harms_by_name_with_their_sum():
    values = np.arange(1.0, 1.0 + 2 * HARM_COUNT).reshape(2, HARM_COUNT)
    named = by_name(values)
    assert list(named) == list(UNITS)
    assert named["injuries"].tolist() == [1 + 2 + 3, 3 * HARM_COUNT + 6]
    assert named["records"].tolist() == values[:, 5].tolist()


def test_weights_follow_the_objective():
    objective = Objective(injury=7.0, process_minute=0.25, property=3.0, records=11.0)
    assert weights(objective)[:6] == (7.0, 7.0, 7.0, 0.25, 3.0, 11.0)
    assert weights(objective)[0] * 2 == pytest.approx(weights(objective.altered(injury=14.0))[0])
