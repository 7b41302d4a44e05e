"""What a plan comes to over the plausible constants of the law: what is drawn, on what, and what is said of it."""

from __future__ import annotations

from statistics import mean

import numpy as np
import pytest
from support.town import posted, town

from optimiser import optimise, read
from optimiser.common.progress import Watcher
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import LAWS, UNREAD
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.laws.ranges import plausible_range
from optimiser.model.values.quantity import Quantity
from optimiser.planning.evaluation import evaluate
from optimiser.planning.law_range import (
    DRAWS,
    LEAST,
    draw_constants,
    few_scenarios,
    play_draws,
    range_over_law,
    summarise_draws,
)
from optimiser.planning.settings import default_budget
from optimiser.questions.plan_comparison import compare_plans
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator

BY_NAME = {constant.name: constant for constant in CONSTANTS}


def test_each_draw_lies_within_the_ranges_and_half_of_them_on_either_side_of_the_value_used():
    drawn = draw_constants(town(), "facilitation", seed=3)
    assert len(drawn) == DRAWS
    assert set(drawn[0]) == set(BY_NAME) - UNREAD["facilitation"]
    for name in drawn[0]:
        constant, values = BY_NAME[name], sorted(values[name] for values in drawn)
        assert constant.low <= values[0]
        assert values[-1] <= constant.high
        assert sum(value < constant.default for value in values) == DRAWS // 2
        parts = np.floor([DRAWS * _share(constant, value) for value in values])
        assert parts.tolist() == list(range(DRAWS)), "one value in each part: a Latin hypercube"


def _share(constant, value):
    below = value < constant.default
    low, high = (constant.low, constant.default) if below else (constant.default, constant.high)
    return 0.5 * (value - low) / (high - low) + (0.0 if below else 0.5)


def test_constants_are_drawn_together_and_not_alike():
    """No two constants move in step, and another seed draws others."""
    drawn = draw_constants(town(), "facilitation", seed=3)
    ranks = np.array([np.argsort(np.argsort([v[name] for v in drawn])) for name in drawn[0]], dtype=float)
    correlation = np.corrcoef(ranks) - np.eye(len(ranks))
    assert np.abs(correlation).max() < 0.7
    assert drawn == draw_constants(town(), "facilitation", seed=3)
    assert drawn != draw_constants(town(), "facilitation", seed=4)


def test_a_constant_of_the_instance_is_drawn_from_its_own_range():
    instance = town().altered(law={"fail": Quantity(5.0, low=4.0, high=5.5), "calm": Quantity(9.0)})
    assert tuple(plausible_range(instance.law, BY_NAME["fail"])) == (4.0, 5.0, 5.5)
    assert tuple(plausible_range(instance.law, BY_NAME["calm"])) == (BY_NAME["calm"].low, 9.0, 9.0)
    for values in draw_constants(instance, "facilitation", seed=1):
        assert 4.0 <= values["fail"] <= 5.5


@pytest.mark.parametrize("name", LAWS)
def test_constants_that_a_law_does_not_read_change_nothing_and_each_other_one_is_drawn(name):
    """Changing one that is named as unread leaves every total as it was, bit for bit."""
    instance = _busy()
    plan, scenarios = posted(instance).numbers(instance)[None], draw(instance, 1, 40, REPORTING)
    with Simulator(instance, LAWS[name]()) as simulator:
        usual = simulator.totals(plan, scenarios)
        moved = play_draws(simulator, plan, scenarios, [{c: BY_NAME[c].high} for c in UNREAD[name]])
    assert usual.sum() > 0.0
    assert [c for c, found in zip(UNREAD[name], moved, strict=True) if not np.array_equal(found, usual)] == []


def test_constants_that_are_not_named_as_unread_are_read():
    """Of two laws that read different ones, each constant is read by one at least: none is drawn for nothing."""
    for name in BY_NAME:
        assert any(name not in unread for unread in UNREAD.values())


def _busy() -> Instance:
    """Return the town with a crowd tense enough that every phase occurs."""
    base = town()
    gatherings = tuple(g.altered(tension=Quantity(0.95)) for g in base.gatherings)
    return base.altered(gatherings=gatherings)


def test_draws_are_played_as_if_each_were_an_instance_of_its_own():
    instance = _busy()
    plan, scenarios = posted(instance), draw(instance, 1, 12, REPORTING)
    drawn = draw_constants(instance, "facilitation", seed=1, draws=3)
    with Simulator(instance) as simulator:
        losses = play_draws(simulator, plan.numbers(instance)[None], scenarios, drawn)
    assert losses.shape == (3, 1, 12)
    for values, found in zip(drawn, losses, strict=True):
        changed = instance.altered(law={name: Quantity(value) for name, value in values.items()})
        with Simulator(changed) as simulator:
            again = evaluate(simulator, plan, draw(changed, 1, 12, REPORTING))
        assert found[0] == pytest.approx(again.losses, rel=1e-12)


def test_bands_and_shares_are_those_worked_out_by_hand():
    """Four draws, two plans, 30 scenarios; the first is 1 better, 1 better, 1 worse, and as often 9 better as worse."""
    second = np.arange(30.0)[None].repeat(4, axis=0)
    change = np.array([[-1.0] * 30, [-1.0] * 30, [1.0] * 30, [-9.0, 9.0] * 15])
    change[:3] += 0.01 * np.sin(np.arange(30.0))
    found = summarise_draws(np.stack([second + change, second], axis=1), [(0, 1)], 7)
    one = found.differences[0]
    means = sorted(change.mean(axis=1))
    assert (found.draws, found.scenarios, found.constants) == (4, 30, 7)
    assert (one.better, one.worse) == (0.5, 0.25)
    assert one.lower == pytest.approx(np.mean([m < 0.0 for m in means]))
    assert one.band.low == pytest.approx(means[0] + 0.15 * (means[1] - means[0]))
    assert found.losses[1] == pytest.approx((mean(range(30)), mean(range(30))))


def test_bug_two_plans_that_lose_the_same_were_told_apart_by_the_rounding_of_a_sum():
    """0.1 + 0.2 + 0.3 in another order differs in the last digit, which is no lower loss."""
    first, second = np.full((4, 30), (0.1 + 0.2) + 0.3), np.full((4, 30), 0.1 + (0.2 + 0.3))
    assert (first < second).any() or (first > second).any()
    for pair in ([first, second], [second, first]):
        one = summarise_draws(np.stack(pair, axis=1), [(0, 1)], 7).differences[0]
        assert (one.lower, one.better, one.worse, one.equal) == (0.0, 0.0, 0.0, 1.0)
        assert one.band == (0.0, 0.0)


def test_a_plan_carries_its_band_and_that_of_each_alternative_and_the_same_again():
    found = [optimise(_busy(), seed=2, scenarios=10, budget=300, workers=n).law_range for n in (1, 2)]
    assert found[0] == found[1]
    solution = optimise(_busy(), seed=2, scenarios=10, budget=300, workers=1, over_law=False)
    assert solution.law_range is None
    assert len(found[0].losses) == 1 + len(solution.alternatives)
    assert len(found[0].differences) == len(solution.alternatives)
    assert found[0].losses[0].low < solution.evaluation.loss.mean < found[0].losses[0].high


def test_an_interrupt_leaves_the_band_out():
    class Impatient(Watcher):
        def reporting(self, what):
            if "plausible" in str(what):
                raise KeyboardInterrupt

    solution = optimise(town(), scenarios=10, budget=300, workers=1, watcher=Impatient())
    assert solution.law_range is None
    assert solution.verdict.passed


def test_it_takes_a_small_part_of_the_search():
    """And hangs on instance and reporting scenarios alone, so that a plan has one band wherever it is shown."""
    for name in ("oku-250", "oku-425-pleno"):
        instance = read(name)
        assert DRAWS * 4 * few_scenarios(instance, 2000) <= 0.1 * default_budget(instance, 1000), name
    assert few_scenarios(town(), 2000) == few_scenarios(town(), 20_000) == 250
    assert few_scenarios(town(), 100) == LEAST
    assert few_scenarios(town(), 6) == 6


def test_a_comparison_pairs_each_plan_with_the_first_in_every_draw():
    instance = _busy()
    plan = posted(instance)
    compared = compare_plans(instance, [plan, plan], seed=1, scenarios=200)
    found = compared.law_range
    assert found.losses[0] == found.losses[1]
    assert found.differences[0].band == (0.0, 0.0)
    assert (found.differences[0].lower, found.differences[0].better, found.differences[0].worse) == (0.0, 0.0, 0.0)


def test_the_engines_agree_over_the_law():
    instance = _busy()
    plans, scenarios = posted(instance).numbers(instance)[None], draw(instance, 1, 3, REPORTING)
    found = []
    for engine in ("compiled", "simpy"):
        with Simulator(instance, engine=engine) as simulator:
            found.append(range_over_law(simulator, plans, scenarios, ()))
    assert found[0] == found[1]
