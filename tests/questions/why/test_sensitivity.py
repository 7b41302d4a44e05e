"""Assumed numbers: ends are played as the changed file would be, flips are confirmed, Morris agrees with a line."""

from __future__ import annotations

import numpy as np
import pytest
from support.sensitivity import TURNOUT, bench, some
from support.small import small_instance

from optimiser.model.uncertain_inputs import change
from optimiser.planning.evaluation import Interval
from optimiser.questions.why import sensitivity
from optimiser.questions.why.sensitivity import Bench, Flip, counted, salib_installed, screen, tell_value
from optimiser.simulation.scenario import draw_set
from optimiser.simulation.simulator import Simulator


def test_the_bench_plays_the_changed_file() -> None:
    here, instance = bench(), small_instance()
    changed = change(instance, {TURNOUT: 900.0})
    with Simulator(changed) as simulator:
        losses = simulator.totals(here.plans, draw_set(changed, 4, 10, "x"))
    played = here.play({TURNOUT: 900.0}, 10, "x")
    assert np.allclose(played, losses, atol=0.1)  # but for the cost of placement
    assert not np.allclose(played, here.play({}, 10, "x"), atol=0.1)
    assert np.array_equal(played, here.play({TURNOUT: 900.0}, 10, "x"))


def test_ends_are_paired_with_the_file_and_the_rivals() -> None:
    here = bench()
    found = screen(here, some("gatherings[0].turnout"), ["strong"], "x", scenarios=20, trajectories=0)
    (influence,) = found.influences
    base, high = here.play({}, 20, "x"), here.play({TURNOUT: 900.0}, 20, "x")
    assert influence.high.change.mean == pytest.approx((high[0] - base[0]).mean())
    assert influence.high.rivals[0].mean == pytest.approx((high[0] - high[1]).mean())
    assert found.base[0].mean == pytest.approx((base[0] - base[1]).mean())
    assert influence.swing > 0.0
    assert influence.loss is None
    assert found.together == ()


def test_what_moves_the_loss_most_comes_first() -> None:
    names = ("gatherings[0].turnout", "law.rumour_gain", "law.calm", "law.spray_hurt")
    found = screen(bench(), some(*names), ["strong"], "x", scenarios=20, trajectories=2, few=8)
    assert found.influences[0].input.where == "gatherings[0].turnout"
    still = next(i for i in found.influences if i.input.where == "law.rumour_gain")  # there is no rumour
    assert still.swing == 0.0
    assert still.loss is not None
    assert still.loss.strength == 0.0
    assert found.combinations == 2 * (len(names) + 1)
    assert set(found.worst) == {i.input.path for i in found.influences}


def test_morris_gives_the_slope_of_a_line(monkeypatch) -> None:
    """On a loss that is linear in the inputs each elementary effect is the slope over the whole range."""
    inputs = some("gatherings[0].turnout", "law.calm")
    slopes = {inputs[0].path: 7.0, inputs[1].path: -3.0}

    def line(self, values, count, group):
        shares = {one.path: (values.get(one.path, one.value) - one.low) / (one.high - one.low) for one in inputs}
        total = sum(slope * shares[path] for path, slope in slopes.items())
        return np.array([[total] * count, [2.0 * total] * count])

    monkeypatch.setattr(Bench, "play", line)
    found = screen(bench(), inputs, ["strong"], "x", scenarios=5, trajectories=4, few=3)
    for influence in found.influences:
        assert influence.loss is not None
        slope = slopes[influence.input.path]
        assert influence.loss.mean == pytest.approx(slope)
        assert influence.loss.strength == pytest.approx(abs(slope))
        assert influence.loss.spread == pytest.approx(0.0, abs=1e-9)
        assert influence.rivals[0].mean == pytest.approx(-slope)


def test_a_flip_is_found_named_and_confirmed_on_other_scenarios(monkeypatch) -> None:
    inputs, groups = some("gatherings[0].turnout", "law.calm"), []

    def play(self, values, count, group):
        groups.append(group)
        noise = np.linspace(-0.1, 0.1, count)
        gap = 1.0 if values.get(TURNOUT) == 900.0 else 0.02 if values.get(("law", "calm")) == 3.0 else -1.0
        if group == sensitivity.CONFIRM and ("law", "calm") in values:
            gap = -0.5
        return np.array([5.0 + gap + noise, 5.0 + 0.0 * noise])

    monkeypatch.setattr(Bench, "play", play)
    found = screen(bench(), inputs, ["strong"], "x", scenarios=60, trajectories=0)
    assert [(flip.input.where, flip.shown) for flip in found.flips] == [
        ("gatherings[0].turnout", True),
        ("law.calm", False),
    ]
    assert sensitivity.CONFIRM in groups
    assert found.flips[0].sentence() == (
        "People who ask for a recount: turnout: at 900 persons 'strong' is shown to be better, by 1.000 points."
    )


def test_a_plan_that_is_preferred_to_none_has_nothing_to_lose(monkeypatch) -> None:
    monkeypatch.setattr(Bench, "play", lambda self, values, count, group: np.array([[2.0] * count, [1.0] * count]))
    assert screen(bench(), some("law.calm"), ["strong"], "x", scenarios=5, trajectories=0).flips == ()


def test_without_salib_each_number_is_still_moved_alone(monkeypatch) -> None:
    monkeypatch.setattr(sensitivity, "find_spec", lambda name: None)
    assert not salib_installed()
    found = screen(bench(), some("gatherings[0].turnout"), ["strong"], "x", scenarios=6, trajectories=3)
    assert found.influences[0].loss is None
    assert found.influences[0].swing > 0.0


def test_units_that_say_nothing_are_left_out() -> None:
    (turnout,), (gain,) = some("gatherings[0].turnout"), some("law.rumour_gain")
    assert (tell_value(turnout, 900.0), counted(gain)) == ("900 persons", "")
    (mark,) = some("law.mark_loss")
    assert tell_value(mark, 0.03) == "0.0300 per mark"  # bug: it was 0.0300 1 per mark
    unsure = Flip(turnout, 900.0, "exchange 1", Interval(0.5, 0.6, 9, 9), False)
    assert "'exchange 1' has the lower mean, by 0.50 points; not shown" in unsure.sentence()
    gone = Flip(turnout, 900.0, "strong", Interval(-0.5, 0.6, 9, 9), False)
    assert "not so on further scenarios" in gone.sentence()
