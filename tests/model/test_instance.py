"""The problem as data: it stays as it is, and its clock runs over midnight."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.small import SMALL, small_data, small_instance

from optimiser.files.read import parse
from optimiser.model.instance import Instance
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.model.values.quantity import Count, FrozenMap, Quantity


def test_every_part_refuses_to_change(small):
    parts = (
        (small, "cap"),
        (small.period, "hours"),
        (small.sectors[0], "records"),
        (small.sectors[0].official, "chance"),
        (small.roles[1].containment, "green"),
        (small.doctrine, "lapis"),
        (small.objective, "injury"),
    )
    for part, field in parts:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(part, field, 1)


def test_its_maps_and_lists_refuse_to_change(small):
    for content in (small.law, small.doctrine.command, small.sectors[0].minimum, small.sectors[1].maximum):
        assert isinstance(content, FrozenMap)
        with pytest.raises(TypeError):
            content["talk"] = 5
    for content in (small.sectors, small.gatherings[0].itinerary, small.doctrine.waiting_marks, small.travel.closures):
        assert isinstance(content, tuple)


def test_reading_does_not_touch_its_data():
    data = small_data()
    parse(data)
    assert data == SMALL


def test_defaults_are_quantities_too(small):
    assert isinstance(small.sectors[0].staging_capacity, Count)
    assert isinstance(small.roles[0].containment.red, Quantity)
    assert all(isinstance(mark, Quantity) for mark in small.doctrine.waiting_marks)


def test_pickled_or_dumped_and_read_again_is_equal(small):
    assert pickle.loads(pickle.dumps(small)) == small
    assert parse(small.model_dump()) == small
    assert parse(small.model_dump(mode="json")) == small
    again = Instance.model_validate_json(small.model_dump_json(), context=SHAPE_ONLY)
    assert again == small
    assert again.gatherings[0].turnout.high == small.gatherings[0].turnout.high == 900


def test_a_changed_copy_leaves_the_original(small):
    changed = small_instance(cap=70)
    assert (changed.cap, small.cap) == (70, 60)
    assert changed != small


def test_places_are_sectors_then_posts(small):
    assert [place.id for place in small.places] == ["kpu", "market", "polres"]


def test_a_quantity_keeps_its_range_in_the_instance(small):
    turnout = small.gatherings[0].turnout
    assert (turnout, turnout.low, turnout.high, turnout.source) == (400, 200, 900, "assumed")


def test_constants_of_the_law_have_names():
    assert len({constant.name for constant in CONSTANTS}) == len(CONSTANTS) > 0


# ---------------------------------------------------------------- the clock

STARTS = st.tuples(st.integers(0, 23), st.integers(0, 59))


def at(hour, minute, hours=24):
    return small_instance(
        period={"start": f"2024-08-20T{hour:02}:{minute:02}:00", "hours": hours},
        gatherings=[],
        triggers=[],
        sectors=[{"id": "kpu", "name": "KPU", "x": 0.0, "y": 0.0}],
        teams=[{"id": "t", "name": "T", "role": "padal", "size": 1, "count": 1, "home": "polres"}],
        reinforcements=[],
        pins=[],
        travel={},
    )


@given(STARTS, st.integers(0, 1439))
def test_minutes_and_clock_are_inverse(start, minutes):
    instance = at(*start)
    assert instance.minutes(instance.clock(float(minutes))) == minutes


@given(STARTS, STARTS)
def test_clock_and_minutes_are_inverse(start, clock):
    instance = at(*start)
    text = f"{clock[0]:02}:{clock[1]:02}"
    assert 0 <= instance.minutes(text) < 1440
    assert instance.clock(instance.minutes(text)) == text


def test_a_clock_time_before_the_start_is_on_the_next_day():
    instance = at(22, 30, hours=6)
    assert instance.minutes("22:30") == 0
    assert instance.minutes("23:59") == 89
    assert instance.minutes("00:00") == 90
    assert instance.minutes("04:30") == instance.period.minutes == 360
    assert instance.clock(90.0) == "00:00"
    assert instance.clock(89.99) == "23:59"


def test_the_period_in_minutes():
    assert at(0, 0, hours=0.25).period.minutes == 15
