"""Inputs with a range: all are found, and changing one changes nothing else."""

from __future__ import annotations

import pytest
from support.small import small_instance

from optimiser.files.read import read
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.uncertain_inputs import change, list_inputs
from optimiser.model.values.base import SHAPE_ONLY


def test_ranges_of_the_file_and_of_the_law_are_listed() -> None:
    inputs = {one.where: one for one in list_inputs(small_instance())}
    turnout = inputs["gatherings[0].turnout"]
    assert (turnout.low, turnout.value, turnout.high, turnout.unit) == (200.0, 400.0, 900.0, "persons")
    assert turnout.crowd
    assert "People who ask for a recount" in turnout.name
    assert inputs["law.risk_aversion"].value == 0.25
    assert len(inputs) == 1 + len(CONSTANTS)
    assert [one.where for one in list_inputs(small_instance(), law=False)] == ["gatherings[0].turnout"]


def test_a_constant_outside_its_plausible_range_widens_it() -> None:
    inputs = {one.where: one for one in list_inputs(small_instance(law={"spill": 5.0}))}
    assert (inputs["law.spill"].low, inputs["law.spill"].high) == (0.2, 5.0)


def test_every_input_of_a_large_file_can_be_changed_and_read_back() -> None:
    instance = read("oku-250")
    inputs = list_inputs(instance)
    assert len(inputs) > 100
    assert len({one.path for one in inputs}) == len(inputs)
    for one in inputs:
        for value in (one.low, one.high):
            changed = change(instance, {one.path: value})
            part = changed
            for step in one.path:
                part = getattr(part, step) if isinstance(step, str) and hasattr(part, step) else part[step]
            assert float(part) == value
            assert type(instance).model_validate(changed.model_dump(), context=SHAPE_ONLY) is not None
    assert change(instance, {}) == instance


def test_a_place_that_is_not_there_is_refused() -> None:
    for path in (("gatherings", 9, "turnout"), ("nothing",)):
        with pytest.raises(KeyError):
            change(small_instance(), {path: 1.0})


def test_whole_numbers_stay_whole() -> None:
    instance = read("oku-250")
    one = next(one for one in list_inputs(instance) if one.whole)
    assert one.at(0.0) == one.low
    assert one.at(0.37) == round(one.low + 0.37 * (one.high - one.low))
