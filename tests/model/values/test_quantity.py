"""Numbers that remember, and maps that stay as they are."""

from __future__ import annotations

import copy
import json
import math
import pickle
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from optimiser.model.values.quantity import Amount, Count, FrozenMap, Quantity

LENGTH = TypeAdapter(Annotated[float, Amount("km", 0, 100)])
HEADS = TypeAdapter(Annotated[int, Amount("heads", 0, 100, whole=True)])
SOURCES = st.none() | st.text(min_size=1, max_size=20)


def written(value, low=None, high=None, source=None):
    extras = {"low": low, "high": high, "source": source}
    return {"value": value, **{k: v for k, v in extras.items() if v is not None}}


@st.composite
def tables(draw, numbers):
    low, value, high = sorted(draw(st.lists(numbers, min_size=3, max_size=3)))
    return written(value, draw(st.sampled_from([low, None])), draw(st.sampled_from([high, None])), draw(SOURCES))


def memory(number):
    return type(number), number, number.low, number.high, number.source


@pytest.mark.parametrize(
    ("kind", "numbers"), [(LENGTH, st.floats(0, 100)), (HEADS, st.integers(0, 100))], ids=["float", "whole"]
)
def test_written_and_read_again_is_the_same(kind, numbers):
    @given(tables(numbers) | numbers)
    def check(data):
        number = kind.validate_python(data)
        again = kind.validate_python(json.loads(kind.dump_json(number)))
        assert memory(again) == memory(number)
        assert memory(kind.validate_python(number)) == memory(number)
        assert number == (data["value"] if isinstance(data, dict) else data)

    check()


@given(tables(st.floats(0, 100)))
def test_a_quantity_computes_as_the_number_it_is(data):
    number = LENGTH.validate_python(data)
    assert number + 1 == data["value"] + 1
    assert math.sqrt(number) == math.sqrt(data["value"])
    assert hash(number) == hash(data["value"])


def test_what_is_stated_is_kept_and_what_is_not_stays_none():
    number = LENGTH.validate_python({"value": 5, "low": 2, "source": "assumed"})
    assert memory(number) == (Quantity, 5.0, 2.0, None, "assumed")
    assert LENGTH.dump_python(number) == {"value": 5.0, "low": 2.0, "source": "assumed"}
    plain = HEADS.validate_python(7)
    assert isinstance(plain, Count)
    assert plain.plain()
    assert type(HEADS.dump_python(plain)) is int


@pytest.mark.parametrize("make", [Quantity, Count])
def test_a_number_survives_pickling_and_copying(make):
    number = make(5, 2, 9, "assumed")
    for again in (pickle.loads(pickle.dumps(number)), copy.deepcopy(number), copy.copy(number)):
        assert memory(again) == memory(number)


@pytest.mark.parametrize("low_value_high", [(6, 5, None), (None, 5, 4), (6, 5, 4)])
def test_a_range_must_hold_its_value(low_value_high):
    low, value, high = low_value_high
    with pytest.raises(ValidationError, match="low <= value <= high"):
        LENGTH.validate_python(written(value, low, high))


NO_NUMBERS = [True, False, "5", None, math.nan, math.inf, -math.inf, -0.001, 100.001, 10**400, [5], {}, {"low": 1}]
NO_TABLES = [
    {"value": True},
    {"value": math.nan},
    {"value": 5, "least": 1},
    {"value": 5, "source": ""},
    {"value": 5, "high": 101},
]


@pytest.mark.parametrize("bad", [*NO_NUMBERS, *NO_TABLES])
def test_what_is_no_length_is_refused(bad):
    with pytest.raises(ValidationError):
        LENGTH.validate_python(bad)


@pytest.mark.parametrize("bad", [True, 5.0, 5.5, "5", None, -1, 101, 10**400, {"value": 5.0}, {"value": 5, "low": 4.5}])
def test_what_is_no_number_of_heads_is_refused(bad):
    with pytest.raises(ValidationError):
        HEADS.validate_python(bad)


@pytest.mark.parametrize(("kind", "unit", "name"), [(LENGTH, "km", "number"), (HEADS, "heads", "integer")])
def test_schema_has_unit_and_limits(kind, unit, name):
    rules = kind.json_schema()
    assert rules["unit"] == unit
    plain, table = rules["anyOf"]
    assert plain == {"type": name, "minimum": 0, "maximum": 100}
    assert table["required"] == ["value"]


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.__setitem__("a", 2),
        lambda m: m.__delitem__("a"),
        lambda m: m.clear(),
        lambda m: m.pop("a"),
        lambda m: m.popitem(),
        lambda m: m.setdefault("b", 1),
        lambda m: m.update(b=1),
        lambda m: m.__ior__({"b": 1}),
    ],
    ids=["set", "delete", "clear", "pop", "popitem", "setdefault", "update", "ior"],
)
def test_a_frozen_map_refuses_to_change(change):
    frozen = FrozenMap({"a": 1})
    with pytest.raises(TypeError, match="changed copy"):
        change(frozen)
    assert frozen == {"a": 1}


@given(st.dictionaries(st.text(max_size=5), st.integers(), max_size=5))
def test_a_frozen_map_compares_pickles_and_hashes_by_content(content):
    frozen = FrozenMap(content)
    again = pickle.loads(pickle.dumps(frozen))
    assert isinstance(again, FrozenMap)
    assert again == frozen == content
    turned = FrozenMap(dict(reversed(content.items())))
    assert hash(turned) == hash(again) == hash(frozen)
