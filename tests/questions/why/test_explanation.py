"""A plan questioned: every question has an answer, on screen and as a document, the same whatever the threads."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from rich.console import Console
from support.town import posted, town

from optimiser.common.errors import Infeasible
from optimiser.common.language import language
from optimiser.model.admission import Unplayable
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.output.documents.explanation import describe_explanation
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.explanation import explanation_sections
from optimiser.output.write import dump
from optimiser.planning.evaluation import Interval, evaluate
from optimiser.questions.why.explanation import Explanation, explain
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator

SMALL = {"scenarios": 8, "reporting": 12, "trajectories": 0, "draws": 8}
WHOLE = {**SMALL, "trajectories": 2}


def text(inquiry: Explanation) -> str:
    console = Console(width=110, color_system=None)
    with console.capture() as capture:
        console.print(to_terminal(explanation_sections(inquiry)))
    return capture.get()


@pytest.fixture(scope="module")
def inquiry() -> Explanation:
    instance = town()
    gathering = instance.gatherings[0].model_dump()
    gathering["turnout"] = {"value": 1200.0, "low": 300.0, "high": 3000.0, "source": "<assumed>"}
    return explain(town(gatherings=[gathering]), posted(instance), workers=1, **WHOLE)


@pytest.mark.slow
def test_every_question_has_an_answer(inquiry: Explanation) -> None:
    assert inquiry.margins
    assert "only 6 teams of Dalmas awal squad exist" in [limit.name for limit in inquiry.limits]
    assert inquiry.rivals
    assert inquiry.screened
    assert inquiry.sensitivity.combinations == 2 * (len(inquiry.sensitivity.influences) + 1)
    assert inquiry.stress is not None
    assert inquiry.stress.ranges == 1
    shown = text(inquiry)
    for part in (
        "WHY SO MANY HERE",
        "LIMITS THAT ARE REACHED",
        "THE NEXT BEST PLANS FOUND",
        "WHAT THE DECISION HANGS ON",
        "THE WORST PLAUSIBLE CROWD",
        "the worst found, not the worst there is",
        "March: turnout",
    ):
        assert part in shown.replace("\n", " ")


@pytest.mark.slow
def test_the_document_is_whole_and_is_json(inquiry: Explanation) -> None:
    document = json.loads(dump(describe_explanation(inquiry)))
    assert document["format"] == "optimiser-explanation/1"
    assert len(document["sensitivity"]["inputs"]) == len(inquiry.sensitivity.influences)
    assert document["stress"]["claim"] == "the worst found, not the worst there is"
    assert document["margins"][0]["change"] is None or "low" in document["margins"][0]["change"]
    assert [rival["name"] for rival in document["rivals"]] == [rival.name for rival in inquiry.rivals]


@pytest.mark.slow
def test_the_same_answers_whatever_the_threads(inquiry: Explanation) -> None:
    again = explain(inquiry.instance, posted(inquiry.instance), workers=2, **WHOLE)
    assert dump(describe_explanation(again)) == dump(describe_explanation(inquiry))


def test_without_a_plan_one_is_made() -> None:
    instance = town(gatherings=[])
    found = explain(instance, scenarios=4, reporting=6, budget=30, trajectories=0, workers=1)
    assert found.stress is None
    assert "No number about the crowd states a low and a high, and no gathering may take several routes." in text(found)


def test_a_plan_that_breaks_rules_is_explained_and_every_violation_comes_first() -> None:
    instance = town()
    broken = Deployment.build(instance, {("kpu", "rope"): 7, ("kpu", "padal"): 1, ("mall", "talk"): 1}, {})
    verdict = check(instance, broken)
    assert {v.code for v in verdict.violations} == {"availability", "officer"}
    found = explain(instance, broken, workers=1, **SMALL)
    assert found.verdict == verdict
    with Simulator(instance) as simulator:
        played = evaluate(simulator, broken, draw(instance, 1, SMALL["reporting"], REPORTING))
    assert found.evaluation.loss == played.loss  # as it stands, not as it should be
    shown = " ".join(text(found).split())
    for violation in verdict.violations:
        assert shown.index(str(violation.sentence)) < shown.index("Expected loss")
    assert found.clash == ()
    near = found.nearest
    assert near is not None
    assert check(instance, near.deployment).passed
    assert "The nearest plan found that keeps every rule: 1 x " in shown
    document = json.loads(dump(describe_explanation(found)))
    assert [v["code"] for v in document["verdict"]["violations"]] == [v.code for v in verdict.violations]


def test_a_broken_limit_is_no_binding_one_and_no_change_breaks_a_rule_further() -> None:
    instance = town()
    broken = Deployment.build(instance, {("kpu", "rope"): 7, ("kpu", "padal"): 1, ("mall", "talk"): 1}, {})
    found = explain(instance, broken, workers=1, **SMALL)
    told = {limit.name: limit for limit in found.limits}
    ropes = told["only 6 teams of Dalmas awal squad exist"]
    assert (ropes.broken, ropes.have, ropes.limit, ropes.change) == (True, 7, 6, None)
    assert "Already broken by this plan: only 6 teams of Dalmas awal squad exist" in text(found)
    before = {(v.code, v.place, v.what): v.found - v.required for v in found.verdict.violations}
    for rival in found.rivals:
        for v in check(instance, rival.deployment).violations:
            assert abs(v.found - v.required) <= abs(before[v.code, v.place, v.what])
        assert rival.breaks == len(check(instance, rival.deployment).violations)


def test_where_no_plan_keeps_every_rule_the_clash_is_named_and_the_plan_explained() -> None:
    pins = [{"place": "kpu", "what": "rope", "at_least": 7}]
    instance = town(pins=pins)
    pinned = Deployment.build(instance, {("kpu", "rope"): 7, ("kpu", "padal"): 1}, {})
    found = explain(instance, pinned, workers=1, **SMALL)
    assert found.clash
    assert found.nearest is None
    shown = " ".join(text(found).split())
    assert "No plan keeps every rule: these requirements cannot be met together:" in shown
    assert all(name in shown for name in found.clash)
    with pytest.raises(Infeasible):
        explain(instance, workers=1, **SMALL)


def test_a_plan_of_another_instance_stays_refused() -> None:
    other = Deployment.model_validate({"instance": "x", "places": {"nowhere": {"teams": {"rope": 1}}}})
    with pytest.raises(Unplayable, match="nowhere") as caught:
        explain(town(), other, workers=1, **SMALL)
    assert caught.value.exit_code == 3


def test_bug_an_exchange_that_slack_makes_possible_was_listed_as_if_it_helped(inquiry: Explanation) -> None:
    limit, moves = inquiry.limits[0], inquiry.rivals[0].moves
    assert moves
    for half, shown in ((0.5, True), (2.0, False)):
        only = replace(limit, change=Interval(-1.0, half, 100, 60), moves=moves, broken=False)
        told = " ".join(text(replace(inquiry, limits=(only,))).split())
        assert ("not shown to help" in told[: told.index("THE NEXT BEST PLANS")]) != shown


@pytest.mark.parametrize("code", ["en", "id"])
def test_at_80_columns_no_word_of_limits_and_rivals_is_cut(inquiry: Explanation, code: str) -> None:
    rivals = tuple(replace(rival, behind=-1.0) for rival in inquiry.rivals)
    console = Console(width=80, color_system=None)
    with console.capture() as capture:
        console.print(to_terminal(explanation_sections(replace(inquiry, rivals=rivals), language(code))))
    shown = " ".join(capture.get().split())
    part = shown[shown.index(language(code)("Limits that are reached").upper()) :]
    assert "…" not in part[: part.index(language(code)("Assumed numbers that move the loss most").upper())]
    assert ("only 6 teams" in part) == (code == "en")


@pytest.mark.parametrize("code", ["en", "id"])
def test_at_80_columns_an_assumed_number_whose_loss_is_rare_keeps_its_name(inquiry: Explanation, code: str) -> None:
    rare = Interval(0.072, math.inf, 200, 11, 0.013)
    told = tuple(
        replace(one, low=replace(one.low, value=0.03, loss=rare), high=replace(one.high, value=1500.0, loss=rare))
        for one in inquiry.sensitivity.influences
    )
    found = replace(inquiry, sensitivity=replace(inquiry.sensitivity, influences=told))
    console = Console(width=80, color_system=None)
    with console.capture() as capture:
        console.print(to_terminal(explanation_sections(found, language(code))))
    shown = capture.get()
    part = shown[shown.index(language(code)("Assumed numbers that move the loss most").upper()) :]
    table = part[: part.index("95 %")]
    assert "…" not in table
    assert all(word in table for word in ("March:", *(("0.072", "1,500") if code == "en" else ("0,072", "1.500"))))
