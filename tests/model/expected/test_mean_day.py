"""The mean day of an instance is worked out once for as long as anybody uses it."""

from __future__ import annotations

import gc

import pytest
from support.town import town

from optimiser.model.distances import measure
from optimiser.model.expected.crowds import list_crowds
from optimiser.model.expected.mean_day import MeanDay
from optimiser.model.expected.stands import list_passages
from optimiser.model.instance import Instance

LEGS = [{"sector": "mall", "until": "14:30", "until_left": "march"}, {"sector": "kpu"}]


def moving_town() -> Instance:
    return town(movements=[{"id": "patrol", "name": "Mall, then KPU", "legs": LEGS}])


def test_it_says_what_is_listed_without_it_and_is_the_same_while_it_is_in_use() -> None:
    instance = moving_town()
    day = MeanDay.of(instance)
    assert MeanDay.of(instance) is day
    assert MeanDay.of(moving_town()) is not day
    assert day.distances is measure(instance)
    assert day.crowds == list_crowds(instance)
    assert day.ways == {gathering.id: gathering.ways for gathering in instance.gatherings}
    movement = instance.movements[0]
    assert day.passages(movement) == list_passages(instance, movement) != ()
    assert day.passages(movement) is day.passages(movement)


def test_nothing_of_it_is_left_once_nobody_uses_it() -> None:
    instance = moving_town()
    first = MeanDay.of(instance)
    first.passages(instance.movements[0])
    assert list(instance._derived_results().values())
    del first
    gc.collect()
    assert not list(instance._derived_results().values())


def test_no_passage_is_certain_where_only_the_likeliest_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    day = MeanDay.of(moving_town())
    monkeypatch.setattr("optimiser.model.expected.mean_day.count_passages", lambda *_: 1000)
    assert day.passages(day.instance.movements[0]) == ()
