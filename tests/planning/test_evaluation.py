"""Intervals, tails and pairs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from support.town import posted, town

from optimiser.common.errors import Mismatch
from optimiser.model.deployment import Deployment
from optimiser.planning.evaluation import (
    Interval,
    compare,
    enough,
    estimate,
    evaluate,
    most_often,
    score,
    student,
    tail_mean,
)
from optimiser.planning.programs.configurations import placement_cost
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator

losses = st.lists(st.floats(0.0, 1e6), min_size=1, max_size=60)


@pytest.mark.parametrize("freedom", [5, 10, 30, 100, 1000])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_student_quantiles_are_those_of_the_t_distribution(confidence, freedom):
    exact = stats.t.ppf(0.5 + 0.5 * confidence, freedom)
    assert student(confidence, freedom) == pytest.approx(exact, rel=5e-3)


def test_95_percent_intervals_cover_the_known_mean_about_95_percent_of_the_time():
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(1000):
        interval = estimate(rng.normal(3.0, 2.0, 50))
        inside += interval.low <= 3.0 <= interval.high
    assert stats.binomtest(inside, 1000, 0.95).pvalue > 0.001


def test_bug_a_difference_told_the_other_way_round_had_the_ends_of_another_interval():
    """Where a few large values lean an interval to one side, turned it leans to the other."""
    told = estimate([0.0] * 800 + [-30.0] * 200)
    assert told.lean != 0.0
    assert (-told).low == pytest.approx(-told.high)
    assert (-told).high == pytest.approx(-told.low)
    assert (-told).mean == -told.mean


def test_one_value_has_no_interval():
    assert math.isinf(estimate([4.0]).half)


@given(losses, st.floats(0.0, 0.99))
def test_tail_mean_is_the_least_of_its_dual_problem(values, level):
    """Rockafellar and Uryasev: CVaR = min over t of t + mean(max(0, loss - t)) / (1 - level), attained at a loss."""
    array = np.array(values)
    dual = min(t + float(np.mean(np.maximum(0.0, array - t))) / (1.0 - level) for t in values)
    assert tail_mean(array, level) == pytest.approx(dual, rel=1e-9, abs=1e-9)


@given(losses)
def test_tail_of_everything_is_the_mean_and_grows_with_the_level(values):
    array = np.array(values)
    levels = [tail_mean(array, a) for a in (0.0, 0.5, 0.9, 0.99)]
    assert levels[0] == pytest.approx(array.mean())
    assert all(a <= b + 1e-6 * max(1.0, abs(b)) for a, b in pairwise(levels))
    assert levels[-1] <= array.max() * (1 + 1e-9) + 1e-9


def test_score_is_mean_plus_weighted_tail_plus_placement():
    base = town()
    heavy = town(objective={"tail": 0.8, "tail_weight": 2.0})
    values = np.arange(10.0)
    plan = posted(base)
    assert score(base, plan, values) == pytest.approx(4.5 + placement_cost(base, plan))
    assert score(heavy, plan, values) == pytest.approx(4.5 + 2.0 * 8.5 + placement_cost(heavy, plan))


def test_evaluation_and_pairs():
    instance = town()
    scenarios = draw(instance, 1, 60, REPORTING)
    with Simulator(instance) as simulator:
        plan = evaluate(simulator, posted(instance), scenarios)
        nothing = evaluate(simulator, Deployment(instance="town"), scenarios)
    pair = compare(plan, nothing)
    assert pair.loss.mean == pytest.approx(plan.loss.mean - nothing.loss.mean)
    assert pair.sentence == "better"
    assert compare(nothing, plan).sentence == "worse"
    assert compare(plan, plan).sentence == "the same"
    assert plan.harms["injuries"].mean == pytest.approx(sum(plan.harms[h].mean for h in list(plan.harms)[:3]))
    assert sum(plan.worst_phase().values()) == pytest.approx(1.0)
    assert plan.phase_minutes().shape == (3, 5)
    # paired on common random numbers the difference is known better than from two separate samples
    assert pair.loss.half < math.hypot(plan.loss.half, nothing.loss.half) * 1.2
    with pytest.raises(Mismatch, match="same scenarios"):
        compare(plan, evaluate(Simulator(instance), posted(instance), scenarios.first(5)))


def test_harms_of_sectors_add_up_to_those_of_the_town() -> None:
    from support.sample_solution import solved

    evaluation = solved().evaluation
    sectors = [evaluation.harms_at(s) for s in range(evaluation.outcome.harms.shape[1])]
    assert len(sectors) > 1
    for name, interval in evaluation.harms.items():
        assert sum(harms[name].mean for harms in sectors) == pytest.approx(interval.mean)
    assert evaluation.harms["injuries"].mean > 0.0


# ---------------------------------------------------------------- where loss is rare


def test_bug_deployments_that_lose_nothing_in_any_scenario_were_called_the_same() -> None:
    instance = town(gatherings=[])
    scenarios = draw(instance, 1, 200, REPORTING)
    with Simulator(instance) as simulator:
        plan = evaluate(simulator, posted(instance), scenarios)
        nothing = evaluate(simulator, Deployment(instance="town"), scenarios)
        again = evaluate(simulator, posted(instance), draw(instance, 1, 200, REPORTING))
    assert plan.loss.rare
    assert plan.loss.mean == 0.0
    different, same = compare(plan, nothing), compare(plan, again)
    assert (different.sentence, same.sentence) == ("no difference shown", "the same")
    assert different.loss.rare
    assert same.loss.exact
    assert not different.loss.exact


def test_the_same_deployment_is_the_same_only_where_it_is_played_alike() -> None:
    instance = town()
    plan, scenarios = posted(instance), draw(instance, 1, 30, REPORTING)
    with (
        Simulator(instance) as simulator,
        Simulator(town(cap=90)) as capped,
        Simulator(town(law={"rumour_gain": 0.0})) as other,
    ):
        first = evaluate(simulator, plan, scenarios)
        assert compare(first, evaluate(capped, plan, scenarios)).loss.exact  # a cap plays no part in a replication
        assert not compare(first, evaluate(other, plan, scenarios)).loss.exact
        promised = replace(scenarios, received=np.zeros_like(scenarios.received))
        assert not compare(first, evaluate(simulator, plan, promised)).loss.exact


@pytest.mark.parametrize(("count", "seen"), [(1, 0), (30, 0), (600, 0), (600, 1), (600, 7), (1000, 24), (5, 5)])
def test_how_often_is_the_limit_of_clopper_and_pearson(count: int, seen: int) -> None:
    exact = float(stats.beta.ppf(0.95, seen + 1, count - seen)) if seen < count else 1.0
    assert most_often(count, seen) == pytest.approx(exact, abs=2e-6)
    if not seen:
        assert most_often(count, 0) <= 3.0 / count  # the rule of three


@pytest.mark.parametrize("expected", [0.5, 1.0, 3.0, 8.0, 15.0, 30.0])
def test_what_is_claimed_of_a_rare_loss_holds(expected: float) -> None:
    """A loss of 1 in so many of 400 scenarios on average: the truth is known, and every claim is held against it."""
    count, runs, share = 400, 1000, expected / 400
    rng = np.random.default_rng(11)
    found = [estimate((rng.random(count) < share).astype(float)) for _ in range(runs)]
    naive = [i.mean + student(0.95, count - 1) * math.sqrt(i.mean * (1 - i.mean) / (count - 1)) for i in found]
    wrong = sum(not (i.low <= share <= i.high) for i in found)
    often = sum(i.often < share for i in found)
    chance = 4.0 * math.sqrt(0.06 * 0.94 / runs)  # of four standard deviations
    assert wrong / runs <= 0.06 + chance  # Cochran's rule is meant to keep it at 6 %
    assert often / runs <= 0.05 + chance
    if expected <= 1.0:
        assert all(i.rare for i in found)
        assert sum(high < share for high in naive) / runs > 0.3  # what an interval without the rule would do


def test_what_varies_is_given_its_interval_however_few_values() -> None:
    assert not estimate([1.0, 2.0]).rare
    assert not estimate([0.0, 1.0] * 6).rare
    assert estimate([0.0] * 9 + [1.0]).rare
    assert estimate([5.0] * 50).rare  # never seen to vary is not known not to
    assert estimate([0.1 + 0.2, 0.3] * 10).rare  # differ by the order of a sum only


@pytest.mark.parametrize(("count", "fewest"), [(100, 15), (200, 19), (1000, 24), (100_000, 25)])
def test_an_interval_needs_at_most_25_unusual_scenarios(count: int, fewest: int) -> None:
    """Where the share is p, n p (1 - p) > 25 (1 - 2p)^2, solved for the fewest by hand."""
    needed = [seen for seen in range(count // 2) if enough(count, seen)]
    root = 0.5 - 0.5 * math.sqrt(count / (count + 100.0))  # n p (1 - p) = 25 (1 - 4 p (1 - p))
    assert needed[0] == math.floor(count * root) + 1
    assert needed[0] == fewest


def test_bug_an_interval_showed_an_infinite_half_width() -> None:
    assert (
        repr(Interval(1.0, math.inf, 1, 1)) == "Interval(mean=1.0, half=None, count=1, unusual=1, usual=0.0, lean=0.0)"
    )
    known = Interval(1.0, 0.5, 40, 30)
    assert repr(known) == "Interval(mean=1.0, half=0.5, count=40, unusual=30, usual=0.0, lean=0.0)"


# ---------------------------------------------------------------- where few scenarios lose much


def _cover(draw: Callable[[np.random.Generator], np.ndarray], truth: float, runs: int = 200) -> tuple[int, int, int]:
    """Count the runs in which an interval is given, of which it lies above the truth, and below it."""
    rng = np.random.default_rng(19)
    found = [i for i in (estimate(draw(rng)) for _ in range(runs)) if not i.rare]
    return len(found), sum(i.low > truth for i in found), sum(i.high < truth for i in found)


@pytest.mark.parametrize("share", [0.1, 0.3, 1.0])
def test_bug_the_mean_of_a_few_large_losses_was_missed_from_below(share: float) -> None:
    """Sizes as a lognormal of shape 1: Student's interval lay below the truth in 14, 12 and 9 of these samples."""

    def lose(rng: np.random.Generator) -> np.ndarray:
        return (rng.random(600) < share) * np.exp(rng.normal(size=600))

    runs, above, below = _cover(lose, share * math.exp(0.5))
    assert runs == 200
    assert 183 <= runs - above - below <= 197
    assert below <= 8


def test_a_difference_that_is_large_on_either_side_is_covered() -> None:
    """One day in ten a plan loses more, one in ten the other does; sizes as a lognormal of shape 1."""

    def differ(rng: np.random.Generator) -> np.ndarray:
        side = rng.choice([1.0, -1.0, 0.0], size=1000, p=[0.1, 0.1, 0.8])
        return side * np.exp(rng.normal(size=1000))

    runs, above, below = _cover(differ, 0.0)
    assert runs == 200
    assert 183 <= runs - above - below <= 197


def test_where_values_are_not_skewed_an_interval_is_students() -> None:
    values = np.tile(np.arange(-5.0, 6.0), 40) + 1000.0 + 0.001 * np.arange(440.0)[np.argsort(np.arange(440) % 2)]
    found, half = estimate(values), student(0.95, 439) * values.std(ddof=1) / math.sqrt(440)
    assert found.half == pytest.approx(half, rel=1e-4)
    assert abs(found.lean) < 0.001 * half
    assert found.reach == found.half + abs(found.lean)
