"""One question has one figure, whichever command answers it: what two screens say of the same plan is compared."""

from __future__ import annotations

from inspect import signature

import pytest

from optimiser import cli as command
from optimiser.files.read import read
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.output.documents.explanation import describe_explanation
from optimiser.output.documents.plan import describe_plan, interval_values
from optimiser.output.sections.explanation import explanation_sections
from optimiser.output.sections.plan import plan_sections
from optimiser.output.sections.worth import worth_sections
from optimiser.planning.optimise import optimise
from optimiser.planning.solution import Solution
from optimiser.questions.frontier import frontier
from optimiser.questions.played_plan import rehearse
from optimiser.questions.what_if.answer import Answer
from optimiser.questions.what_if.answer import whatif as answer_whatif
from optimiser.questions.why.explanation import Explanation, explain
from optimiser.questions.worth import every, worth

SEED, SCENARIOS, REPORTING = 3, 12, 40
ALIKE = {"seed": SEED, "scenarios": SCENARIOS, "reporting": REPORTING, "workers": 1, "budget": 600}


@pytest.fixture(scope="module")
def plan() -> Solution:
    return optimise(read("kaur-2005"), **ALIKE)


@pytest.fixture(scope="module")
def why(plan: Solution) -> Explanation:
    return explain(plan.instance, plan.deployment, trajectories=0, **ALIKE)


@pytest.fixture(scope="module")
def received(plan: Solution) -> Answer:
    lever = plan.levers[0]
    change = {"do": "receive", "sector": lever.sector, "minutes": lever.minutes}
    return answer_whatif(plan.instance, plan.deployment, parse_whatifs({"changes": [change]})[0], **ALIKE)


@pytest.mark.slow
def test_bug_one_squad_more_was_worth_another_figure_in_the_plan_than_in_its_explanation(
    plan: Solution, why: Explanation
) -> None:
    """The plan measured it on the scenarios that it was chosen on, where it has what it needs."""
    assert plan.margins == why.margins
    told = {(m["place"], m["kind"], m["by"]): m["change"] for m in describe_explanation(why)["margins"]}
    shown = 0
    for sector in describe_plan(plan)["sectors"]:
        for margin in sector["margins"]:
            for by, name in ((-1, "fewer"), (1, "more")):
                other = told.get((sector["id"], margin["team"], by))
                if other is not None:
                    shown += 1
                    assert margin[name] == other["mean"]
                    assert margin["intervals"][name] == other
    assert shown > 5


@pytest.mark.slow
def test_what_is_expected_of_a_plan_is_the_same_wherever_it_is_said(
    plan: Solution, why: Explanation, received: Answer
) -> None:
    expected = plan.evaluation
    played = rehearse(plan.instance, plan.deployment, SEED, 0, REPORTING).evaluation
    assert played is not None
    for other in (why.evaluation, received.before, played):
        assert (other.loss, other.harms) == (expected.loss, expected.harms)
        assert other.worst_phase() == expected.worst_phase()
    assert why.stress is not None
    usual = why.stress.usual  # costs of placement are no loss; added up in another order
    assert [usual.mean, usual.half] == pytest.approx([expected.loss.mean, expected.loss.half], rel=1e-12)


def test_what_a_promised_reception_brings_is_the_same_in_the_plan_and_in_an_answer(
    plan: Solution, received: Answer
) -> None:
    lever = plan.levers[0].change
    assert lever.loss == received.suffered.loss
    assert lever.harms == received.suffered.harms


def test_the_plan_is_as_much_better_than_another_one_in_both(plan: Solution, why: Explanation) -> None:
    others = {a.name: a.against for a in plan.alternatives}
    rivals = {r.name: r.against for r in why.rivals if r.name in others}
    assert rivals
    assert {name: r.loss for name, r in rivals.items()} == {name: others[name].loss for name in rivals}
    assert all(interval_values(r.loss, "points")["count"] == REPORTING for r in rivals.values())


def test_a_plan_on_the_frontier_has_the_figures_that_it_has_anywhere(plan: Solution) -> None:
    """Frontier and worth had 300 and 600 scenarios of their own, so the same plan had other figures there."""
    made = frontier(plan.instance, [int(plan.instance.cap)], extra={"plan": plan.deployment}, **ALIKE)
    (level,) = made.levels
    assert level.deployment is not None
    assert level.evaluation is not None
    played = rehearse(plan.instance, level.deployment, SEED, 0, REPORTING).evaluation
    assert played is not None
    assert (level.evaluation.loss, level.evaluation.harms) == (played.loss, played.harms)


def test_screens_say_which_question_one_more_answers(plan: Solution, why: Explanation) -> None:
    appraisal = worth(plan.instance, [every(plan.instance)[0]], plan.deployment, sets=2, size=10, **ALIKE)
    for sections, other in (
        (plan_sections(plan), "'optimiser worth'"),
        (explanation_sections(why), "'optimiser worth'"),
        (worth_sections(appraisal), "'optimiser explain'"),
    ):
        texts = [block.text for section in sections for block in section.blocks if block.kind == "paragraph"]
        (said,) = [text for text in texts if "another question" in str(text)]
        assert other in said
        assert "everybody else staying" in said.lower() or "Everybody else stays" in said


def test_commands_look_at_the_same_scenarios_unless_told_otherwise() -> None:
    """Without options all that ask about one plan draw the same planning and reporting scenarios."""
    asks = (optimise, explain, answer_whatif, frontier, worth)
    commands = (command.plan, command.explain, command.whatif, command.frontier, command.worth)
    usual = [signature(ask).parameters for ask in (*asks, *commands)]
    for name in ("seed", "scenarios", "reporting"):
        assert len({parameters[name].default for parameters in usual}) == 1, name
