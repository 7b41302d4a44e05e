"""The frontier: it never rises on its own scenarios, levels are compared in pairs, the knee is what it says."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from support import tiny
from support.town import town

from optimiser.files.read import read
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.planning.evaluation import Comparison, Interval, compare, evaluate
from optimiser.questions.frontier import Frontier, Level, frontier
from optimiser.questions.resources import Resource, supply
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator


@pytest.fixture(scope="module")
def curve() -> Frontier:
    return frontier(town(), [20, 60, 120, 250, 320], seed=2, scenarios=12, reporting=20, budget=60, workers=1)


def test_the_planning_objective_never_rises(curve: Frontier) -> None:
    values = [level.planning for level in curve.planned]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]


def test_every_plan_passes_the_checker_at_its_level(curve: Frontier) -> None:
    for level in curve.planned:
        assert level.deployment is not None
        assert check(level.instance, level.deployment).passed
        assert level.used <= level.amount


def test_levels_are_compared_in_pairs(curve: Frontier) -> None:
    last = curve.levels[-1]
    for level in curve.levels[:-1]:
        assert level.evaluation is not None
        assert last.evaluation is not None
        assert level.against is not None
        assert level.against.loss.mean == pytest.approx(level.evaluation.loss.mean - last.evaluation.loss.mean)
    assert last.against is None
    assert curve.levels[0].before is None
    assert curve.levels[1].before is not None


def test_the_hand_worked_town_falls_with_every_squad() -> None:
    found = frontier(read("tiny-2"), [0, 10, 20, 30, 40], scenarios=4, reporting=4, budget=400, workers=1)
    losses = [level.evaluation.loss.mean for level in found.planned if level.evaluation]
    assert len(losses) == 5
    assert losses == sorted(losses, reverse=True)
    assert [level.used for level in found.levels] == [0, 10, 20, 30, 40]


def test_the_same_seed_gives_the_same_curve_whatever_the_threads(curve: Frontier) -> None:
    again = frontier(town(), [320, 250, 120, 60, 20], seed=2, scenarios=12, reporting=20, budget=60, workers=2)
    assert [level.deployment for level in again.levels] == [level.deployment for level in curve.levels]
    assert again.sentence() == curve.sentence()


def test_infeasible_levels_say_why() -> None:
    sectors = [
        {"id": "kpu", "name": "KPU", "x": 0.0, "y": 0.0, "minimum": {"line": 1}},
        {"id": "dprd", "name": "DPRD", "x": 3.0, "y": 0.0},
    ]
    found = frontier(tiny.build(sectors=sectors), [10, 60], scenarios=4, reporting=4, budget=20, workers=1)
    low, high = found.levels
    assert low.deployment is None
    assert low.planning == math.inf
    assert any("cap of 10 heads" in why for why in low.why)
    assert high.deployment is not None
    assert found.knee is high
    assert found.sentence() == "Of all levels only 60 heads has a plan."


def test_no_level_with_a_plan_is_said() -> None:
    sectors = [{"id": "kpu", "name": "KPU", "x": 0.0, "y": 0.0, "minimum": {"line": 9}}]
    found = frontier(tiny.build(sectors=sectors), [5, 10], scenarios=4, reporting=4, workers=1)
    assert found.knee is None
    assert found.sentence() == "No level has a plan."


def test_amounts_must_be_there_and_not_negative() -> None:
    for amounts, word in (([], "1 or more"), ([-1, 5], "0 or more"), (5, "a list"), ("5", "a list")):
        with pytest.raises(ValueError, match=word):
            frontier(tiny.build(), amounts)


def made(*differences: tuple[float, float]) -> Frontier:
    """A frontier whose levels differ from the largest by intervals that are given."""
    instance = tiny.build()
    one = frontier(instance, [60], scenarios=4, reporting=4, budget=20, workers=1).levels[0]
    levels = [
        replace(one, amount=10 * i, against=Comparison(Interval(mean, half, 9, 9), mean, {}))
        for i, (mean, half) in enumerate(differences, 1)
    ]
    last = replace(one, amount=10 * (len(levels) + 1), against=None)
    closed = Level(5, supply(instance, Resource("heads"), 5), why=("cap of 5 heads",))
    return Frontier(instance, Resource("heads"), (closed, *levels, last), 1.0, None, 1, 4, 4, 20)


def amount(level: Level | None) -> int | None:
    return level.amount if level else None


def test_the_knee_is_the_first_level_not_shown_to_be_worse() -> None:
    found = made((9.0, 2.0), (3.0, 2.5), (0.2, 0.5))
    assert (amount(found.knee), amount(found.sure)) == (20, 30)
    assert "20 heads are the fewest not shown to lose more than 40 by more than 1.00 points" in found.sentence()
    assert "From 30 on it is shown" in found.sentence()


def test_a_level_that_is_sure_by_chance_below_one_that_is_not_does_not_count() -> None:
    assert amount(made((0.0, 0.5), (1.0, 0.5)).sure) == 30


def test_bug_a_level_of_which_nothing_can_be_shown_was_called_the_fewest_that_may_be_enough() -> None:
    found = made((9.0, 2.0), (0.3, math.inf), (0.2, 0.5))
    assert found.knee is None
    assert amount(found.unclear) == 20
    assert [str(found.word(level)) for level in found.planned] == ["too few", "not decided", "enough", "the largest"]
    said = found.sentence()
    assert said.startswith("So few scenarios tell 20 heads from 40 that nothing is shown of them: the difference is")
    assert "From 30 on it is shown" in said
    assert made((9.0, 2.0), (0.2, 0.5)).unclear is None


def test_no_smaller_level_may_be_enough() -> None:
    found = made((9.0, 1.0), (5.0, 1.0))
    assert amount(found.knee) == 30
    assert "no level looked at below 30 is enough" in found.sentence()


def test_the_smallest_level_with_a_plan_is_said_to_be_that() -> None:
    assert "fewer may be enough" in made((0.5, 1.0)).sentence()


def test_levels_that_lost_nothing_at_all_show_nothing_unless_they_are_one_plan() -> None:
    found = frontier(tiny.build(gatherings=[]), [20, 40, 60], scenarios=4, reporting=4, budget=20, workers=1)
    assert all(level.evaluation and level.evaluation.loss.mean == 0.0 for level in found.planned)
    assert found.sure is found.levels[0]  # one plan at every level
    plans = [Deployment.build(level.instance, {("kpu", "dalmas"): n}, {}) for n, level in enumerate(found.levels)]
    with Simulator(found.instance) as simulator:
        played = [evaluate(simulator, plan, draw(found.instance, 1, 4, REPORTING)) for plan in plans]
    levels = tuple(
        replace(level, evaluation=here, against=compare(here, played[-1]) if level.against else None)
        for level, here in zip(found.levels, played, strict=True)
    )
    other = replace(found, levels=levels)
    assert other.sure is other.levels[-1]
    assert not other.enough(other.levels[0])
    assert "No smaller level is shown to lose no more than it." in other.sentence()


def test_a_level_says_whether_the_budget_ended_its_search(curve: Frontier) -> None:
    assert any(level.spent for level in curve.levels)  # 60 replications are few
    apart = read("markov/markov-4-01")  # without interplay a search ends by proof
    done = frontier(apart, [int(apart.cap)], scenarios=20, reporting=4, budget=20_000, workers=1)
    assert not any(level.spent for level in done.levels)


def test_bug_a_tolerance_of_nothing_is_no_number_in_a_sentence() -> None:
    """Every sentence said "by more than 0 points" where the largest level loses nothing, or nothing is tolerated."""
    for differences in (((9.0, 2.0), (0.2, 0.5)), ((9.0, 1.0), (5.0, 1.0)), ((9.0, 1.0), (-1.0, 0.5))):
        sentence = replace(made(*differences), tolerance=0.0).sentence()
        assert "0 points" not in sentence.replace(".0", "").replace("50 points", "")
        assert "lose" in sentence
    few = replace(made((9.0, 2.0), (0.2, 0.5)), tolerance=0.0).sentence()
    assert few.startswith("20 heads are the fewest not shown to lose more than 30: the difference is +0.20 ")
