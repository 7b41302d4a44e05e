"""Records read the same everywhere: fields in order, with kinds and axes, and arrays of zeros."""

from __future__ import annotations

from typing import Annotated as Shaped
from typing import NamedTuple

import pytest

from optimiser.simulation.record import KEY, Field, FloatGrids, FloatRows, Floats, IntRows, Ints, Record, list_fields


class Pair(NamedTuple):
    low: float
    high: float


class Inner(Record):
    depth: float


class Thing(Record):
    count: int
    share: float
    key: Shaped[int, KEY]
    keys: Shaped[Ints, "rows", KEY]
    row: Shaped[Floats, "rows"]
    table: Shaped[IntRows, "rows", 3]
    grid: Shaped[FloatGrids, 2, "rows", "columns"]
    inner: Inner
    pair: Pair


def test_fields_are_described_in_order():
    assert list_fields(Thing) == (
        Field("count", "i", ()),
        Field("share", "f", ()),
        Field("key", "u", ()),
        Field("keys", "u", ("rows",)),
        Field("row", "f", ("rows",)),
        Field("table", "i", ("rows", 3)),
        Field("grid", "f", (2, "rows", "columns")),
        Field("inner", Inner, ()),
        Field("pair", Pair, ()),
    )
    assert list_fields(Pair) == (Field("low", "f", ()), Field("high", "f", ()))


def test_a_fresh_record_is_full_of_zeros_of_its_kind():
    thing = Thing({"rows": 2, "columns": 1})
    assert (thing.count, thing.share, thing.key) == (0, 0.0, 0)
    assert thing.keys == [0, 0]
    assert thing.row == [0.0, 0.0]
    assert thing.table == [[0, 0, 0], [0, 0, 0]]
    assert thing.grid == [[[0.0], [0.0]], [[0.0], [0.0]]]
    assert isinstance(thing.row[0], float)
    assert isinstance(thing.table[0][0], int)
    assert not hasattr(thing, "inner")  # whoever makes the record gives it


def test_no_two_rows_are_the_same_list():
    thing = Thing({"rows": 2, "columns": 2})
    thing.table[0][1] = 7
    thing.grid[0][1][0] = 0.5
    assert thing.table == [[0, 7, 0], [0, 0, 0]]
    assert thing.grid[1] == [[0.0, 0.0], [0.0, 0.0]]


def test_axes_of_no_length_are_no_lists_at_all():
    thing = Thing({"rows": 0, "columns": 4})
    assert thing.row == []
    assert thing.table == []
    assert thing.grid == [[], []]


class Wordy(Record):
    name: str


class Shapeless(Record):
    row: Floats


class TooFlat(Record):
    table: Shaped[FloatRows, "rows"]


@pytest.mark.parametrize("wrong", [Wordy, Shapeless, TooFlat])
def test_what_machine_code_cannot_hold_is_refused(wrong):
    with pytest.raises(TypeError, match="cannot be an attribute of a record"):
        list_fields(wrong)


def test_an_axis_that_nobody_measured_is_an_error():
    with pytest.raises(KeyError):
        Thing({"rows": 2})
