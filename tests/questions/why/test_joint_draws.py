"""Joint draws: what is said where the answer is known, that the draws are those of all numbers, and the words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console
from support.small import small_instance
from support.town import posted, town

from optimiser.common.language import ENGLISH, language
from optimiser.model.deployment import Deployment
from optimiser.model.uncertain_inputs import list_inputs
from optimiser.output.documents.explanation import describe_explanation
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.sensitivity import joint_section
from optimiser.planning.evaluation import estimate
from optimiser.planning.settings import Means
from optimiser.questions.why.explanation import explain
from optimiser.questions.why.joint_draws import AGAIN, JOINT, LAST, MORE, SUSPECTS, draw_jointly, draw_values
from optimiser.questions.why.sensitivity import Bench

INSTANCE = small_instance()
INPUTS = list_inputs(INSTANCE)
STRONG = Deployment.build(INSTANCE, {("kpu", "dalmas"): 3, ("kpu", "nego"): 2, ("kpu", "chief"): 1}, {})
WEAK = Deployment.build(INSTANCE, {("kpu", "nego"): 1, ("kpu", "chief"): 1}, {})


def ask(*plans: Deployment, draws: int = 12, workers: int = 1):
    numbers = np.stack([plan.numbers(INSTANCE) for plan in plans])
    names = [f"other {i}" for i in range(1, len(plans))]
    return draw_jointly(Bench(INSTANCE, numbers, 4, Means(workers=workers)), names, INPUTS, 60, draws)


def text(sections) -> str:
    console = Console(width=110, color_system=None)
    with console.capture() as capture:
        console.print(to_terminal(sections))
    return " ".join(capture.get().split())


def test_a_plan_that_equals_the_one_in_question_is_never_better_nor_worse():
    found = ask(STRONG, STRONG)
    (same,) = found.differences
    assert (same.lower, same.better, same.worse, same.equal) == (0.0, 0.0, 0.0, 1.0)
    assert (found.best, found.unbeaten, found.regret, found.largest) == (1.0, 1.0, (0.0, 0.0), None)


def test_every_figure_is_that_of_the_draws_played_one_by_one():
    """By hand, over the changed instances themselves."""
    found = ask(WEAK, STRONG)
    bench = Bench(INSTANCE, np.stack([p.numbers(INSTANCE) for p in (WEAK, STRONG)]), 4, Means())
    drawn = draw_values(INPUTS, 4, 12)
    losses = np.array([bench.play(values, 60, JOINT) for values in drawn])
    means = losses.mean(axis=2)
    (one,) = found.differences
    assert one.lower == np.mean(means[:, 0] < means[:, 1])
    assert one.worse == np.mean([estimate(draw[0] - draw[1]).low > 0.0 for draw in losses])
    assert found.best == np.mean(means[:, 0] <= means[:, 1])
    assert found.unbeaten == pytest.approx(1.0 - one.worse)
    halves = losses[:, :, ::2].mean(axis=2), losses[:, :, 1::2].mean(axis=2)
    regrets = [
        0.5 * sum(other[0] - other[one.argmin()] for one, other in ((a, b), (b, a)))
        for a, b in zip(*halves, strict=True)
    ]
    assert found.regret.low == pytest.approx(max(0.0, np.mean(regrets)))
    leads = np.maximum(0.0, means[:, 0] - means[:, 1])
    assert found.regret.high == pytest.approx(leads.mean())
    suspects = np.argsort(-leads, kind="stable")[:SUSPECTS].tolist()
    again = [np.subtract(*bench.play(drawn[n], MORE * 60, AGAIN)).mean() for n in suspects]
    worst = drawn[suspects[int(np.argmax(again))]]
    assert found.largest is not None
    assert found.largest.values == worst
    last = bench.play(worst, MORE * 60, LAST)
    assert found.largest.loss.mean == pytest.approx(np.mean(last[0] - last[1]))
    assert found.regret.low > 0.0, "the weak plan was never behind, so nothing was tested"


def test_whoever_is_behind_has_the_regret_and_the_other_has_hardly_any():
    weak, strong = ask(WEAK, STRONG), ask(STRONG, WEAK)
    assert weak.regret.low > 10.0 * strong.regret.high
    assert weak.largest is not None
    assert weak.largest.loss.low > 0.0
    assert weak.differences[0].lower == weak.best == pytest.approx(1.0 - strong.best)
    assert strong.differences[0].worse == weak.differences[0].better


def test_draws_hold_every_number_within_its_range_once_in_each_part_of_it():
    drawn = draw_values(INPUTS, 4, 10)
    for one in INPUTS:
        values = sorted(values[one.path] for values in drawn)
        assert one.low <= values[0] <= values[-1] <= one.high
        below = sum(value < one.value for value in values)
        assert below == 5 or one.value in (one.low, one.high), one.where


def test_threads_change_nothing():
    assert ask(WEAK, STRONG, workers=2) == ask(WEAK, STRONG, workers=1)


def test_explain_asks_it_of_hand_rules_and_says_it_in_both_languages():
    found = explain(town(), posted(town()), workers=1, scenarios=8, reporting=100, trajectories=0, draws=5)
    assert found.joint is not None
    assert {"proportional", "risk first"} <= set(found.joint.rivals)
    document = describe_explanation(found)["joint"]
    assert (document["draws"], len(document["rivals"])) == (5, len(found.joint.rivals))
    assert document["inputs"] == len(list_inputs(town()))
    if document["largest"] is not None:
        assert set(document["largest"]["values"]) == {one.where for one in list_inputs(town())}
    told = [text(joint_section(found, tongue)) for tongue in (ENGLISH, language("id"))]
    assert "5 draws of" in told[0]
    assert "no probabilities" in told[0]
    assert "5 kali" in told[1] or "5 undian" in told[1]
    nothing = replace(found, joint=None)
    assert list(joint_section(nothing, ENGLISH)) == []
    assert describe_explanation(nothing)["joint"] is None


def test_none_are_drawn_where_none_are_asked_for():
    found = explain(town(), posted(town()), workers=1, scenarios=8, reporting=20, trajectories=0, draws=0)
    assert found.joint is None
