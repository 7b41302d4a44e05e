"""The worst crowd found: ends of ranges, never better than usual on the search's scenarios, reported on fresh ones."""

from __future__ import annotations

import numpy as np
import pytest
from support.sensitivity import TURNOUT, bench, some
from support.small import small_instance

from optimiser.questions.why.sensitivity import Bench
from optimiser.questions.why.stress import STRESS, stress


def test_a_larger_crowd_is_worse() -> None:
    here = bench()
    found = stress(here, some("gatherings[0].turnout"), "fresh", scenarios=20, reporting=30)
    ((one, value),) = found.values
    assert (one.path, value) == (TURNOUT, 900.0)
    usual, worst = here.play({}, 30, "fresh"), here.play({TURNOUT: 900.0}, 30, "fresh")
    assert found.worst.mean == pytest.approx(worst[0].mean())
    assert found.change.mean == pytest.approx((worst[0] - usual[0]).mean())
    assert found.rivals[0].mean == pytest.approx((worst[0] - worst[1]).mean())
    assert found.change.mean > 0.0
    assert (found.tried, found.ranges) == (3, 1)


def test_the_search_climbs_out_of_a_pair_that_only_hurts_together(monkeypatch) -> None:
    """Each end alone is no worse; a bad case that is known already leads there."""
    inputs = some("gatherings[0].turnout", "law.calm")
    both = {TURNOUT: 900.0, ("law", "calm"): 3.0}

    def play(self, values, count, group):
        assert group in (STRESS, "fresh")
        return np.full((1, count), 9.0 if dict(values) == both else 1.0)

    monkeypatch.setattr(Bench, "play", play)
    alone = stress(bench(), inputs, "fresh", scenarios=5, reporting=5)
    assert alone.values == ()
    assert alone.change.mean == 0.0
    led = stress(bench(), inputs, "fresh", start={**both, ("law", "fail"): 6.0}, scenarios=5, reporting=5)
    assert {one.path: value for one, value in led.values} == both
    assert led.worst.mean == 9.0


def test_nothing_to_move_is_the_usual_case() -> None:
    found = stress(bench(), [], "fresh", scenarios=5, reporting=5)
    assert found.values == ()
    assert found.usual == found.worst
    assert small_instance().name == "small"
