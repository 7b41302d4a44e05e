"""Streams have names: reproducible, independent of each other, and right in distribution."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from support.town import town

from optimiser.common.random_streams import exponential, mix, name_stream, stream, uniform
from optimiser.simulation.scenario import PLANNING, REPORTING, draw


def test_same_name_same_value_and_other_name_other_value():
    key = stream(name_stream(1, PLANNING, "clock:kpu:worsen"), 7)
    assert key == stream(name_stream(1, PLANNING, "clock:kpu:worsen"), 7)
    others = [
        stream(name_stream(1, PLANNING, "clock:kpu:worsen"), 8),
        stream(name_stream(1, REPORTING, "clock:kpu:worsen"), 7),
        stream(name_stream(2, PLANNING, "clock:kpu:worsen"), 7),
        stream(name_stream(1, PLANNING, "clock:kpu:calm"), 7),
    ]
    assert len({key, *others}) == 5


@given(st.integers(0, 2**64 - 1), st.integers(0, 10**9))
def test_uniform_is_strictly_between_0_and_1(key, k):
    assert 0.0 < uniform(key, k) < 1.0
    assert 0.0 < exponential(key, k) < 40.0


@given(st.integers(0, 2**64 - 1))
def test_mix_stays_in_64_bits(z):
    assert 0 <= mix(z) < 2**64


def test_values_of_a_stream_and_first_values_of_many_streams_are_uniform():
    family = name_stream(3, PLANNING, "clock:x:worsen")
    along = [uniform(stream(family, 0), k) for k in range(5000)]
    across = [uniform(stream(family, n), 0) for n in range(5000)]
    for values in (along, across):
        assert stats.kstest(values, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(along, across)[0, 1]) < 0.06


def test_exponentials_have_mean_one_within_a_99_percent_interval():
    key = stream(name_stream(4, PLANNING, "e"), 0)
    values = [exponential(key, k) for k in range(4000)]
    assert abs(np.mean(values) - 1.0) < 2.58 * np.std(values) / math.sqrt(len(values))


def test_turnout_has_the_mean_of_the_instance():
    deviations = []
    for seed in range(30):
        turnout = np.array([s.turnout[0] for s in draw(town(), seed, 1000).items], dtype=float)
        deviations.append((turnout.mean() - 1200.0) / (turnout.std(ddof=1) / math.sqrt(len(turnout))))
    assert stats.chi2.sf(np.sum(np.square(deviations)), len(deviations)) > 0.001
    assert turnout.std() > 100.0


def test_adding_a_sector_disturbs_no_other_draw():
    small = town()
    extra = {"id": "aaa", "name": "A new first sector", "x": 1.0, "y": 5.0}
    sectors = [extra, *[s.model_dump() for s in small.sectors]]
    large = town(sectors=sectors)
    for a, b in zip(draw(small, 1, 20).items, draw(large, 1, 20).items, strict=True):
        assert (a.turnout, a.first, a.tension, a.content, a.triggered) == (
            b.turnout,
            b.first,
            b.tension,
            b.content,
            b.triggered,
        )
        assert a.families.clocks == b.families.clocks[1:]
        assert a.received == b.received[1:]
        assert a.families.trips == tuple(row[1:] for row in b.families.trips)


def test_more_scenarios_begin_with_the_same_ones():
    assert draw(town(), 1, 30).first(10).items == draw(town(), 1, 10).items


def test_planning_and_reporting_are_apart():
    a, b = draw(town(), 1, 50, PLANNING), draw(town(), 1, 50, REPORTING)
    assert not set(sum(a.families.clocks, ())) & set(sum(b.families.clocks, ()))
    assert not {s.content for s in a.items} & {s.content for s in b.items}


def test_chance_of_reception_and_a_promise():
    instance = town()
    met = [math.isfinite(s.received[1]) for s in draw(instance, 1, 1000).items]
    assert stats.binomtest(sum(met), 1000, 0.5).pvalue > 0.001
    assert all(math.isinf(s.received[0]) for s in draw(instance, 1, 10).items)
    data = [s.model_dump() for s in instance.sectors]
    data[1]["official"]["promised"] = 20.0
    assert all(s.received[1] == 20.0 for s in draw(town(sectors=data), 1, 100).items)


@pytest.mark.parametrize(("seed", "count"), [(-1, 5), (1, 0)])
def test_nonsense_is_refused(seed, count):
    with pytest.raises(ValueError, match=r"whole number, [01] "):
        draw(town(), seed, count)
