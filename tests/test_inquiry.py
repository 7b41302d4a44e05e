"""A plan questioned: every question has an answer, on screen and as a document, the same whatever the threads."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from rich.console import Console
from town import posted, town

from optimiser.deployment import Deployment
from optimiser.errors import OptimiserError
from optimiser.inquiry import Inquiry, inquire
from optimiser.language import language
from optimiser.rationale import show_inquiry
from optimiser.write import dump
from optimiser.write.inquiry import describe_inquiry

SMALL = {"scenarios": 8, "reporting": 12, "trajectories": 2}


def text(inquiry: Inquiry) -> str:
    console = Console(width=110, color_system=None)
    with console.capture() as capture:
        console.print(show_inquiry(inquiry))
    return capture.get()


@pytest.fixture(scope="module")
def inquiry() -> Inquiry:
    instance = town()
    gathering = instance.gatherings[0].model_dump()
    gathering["turnout"] = {"value": 1200.0, "low": 300.0, "high": 3000.0, "source": "<assumed>"}
    return inquire(town(gatherings=[gathering]), posted(instance), workers=1, **SMALL)


def test_every_question_has_an_answer(inquiry: Inquiry) -> None:
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
        "LIMITS WITHOUT SLACK",
        "THE NEXT BEST PLANS FOUND",
        "WHAT THE DECISION HANGS ON",
        "THE WORST PLAUSIBLE CROWD",
        "the worst found, not the worst there is",
        "March: turnout",
    ):
        assert part in shown.replace("\n", " ")


def test_the_document_is_whole_and_is_json(inquiry: Inquiry) -> None:
    document = json.loads(dump(describe_inquiry(inquiry)))
    assert document["format"] == "optimiser-explanation/1"
    assert len(document["sensitivity"]["inputs"]) == len(inquiry.sensitivity.influences)
    assert document["stress"]["claim"] == "the worst found, not the worst there is"
    assert document["margins"][0]["change"] is None or "low" in document["margins"][0]["change"]
    assert [rival["name"] for rival in document["rivals"]] == [rival.name for rival in inquiry.rivals]


def test_the_same_answers_whatever_the_threads(inquiry: Inquiry) -> None:
    again = inquire(inquiry.instance, posted(inquiry.instance), workers=2, **SMALL)
    assert dump(describe_inquiry(again)) == dump(describe_inquiry(inquiry))


def test_without_a_plan_one_is_made() -> None:
    instance = town(gatherings=[])
    found = inquire(instance, scenarios=4, reporting=6, budget=30, trajectories=0, workers=1)
    assert found.stress is None
    assert "No number about the crowd states a low and a high." in text(found)


def test_a_plan_that_breaks_a_rule_is_refused() -> None:
    broken = Deployment.build(town(), {("kpu", "rope"): 2}, {})
    with pytest.raises(OptimiserError, match=r"(?s)refused this deployment.*\[officer\]") as caught:
        inquire(town(), broken, workers=1, **SMALL)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("code", ["en", "id"])
def test_at_80_columns_no_word_of_limits_and_rivals_is_cut(inquiry: Inquiry, code: str) -> None:
    rivals = tuple(replace(rival, behind=-1.0) for rival in inquiry.rivals)
    console = Console(width=80, color_system=None)
    with console.capture() as capture:
        console.print(show_inquiry(replace(inquiry, rivals=rivals), language(code)))
    shown = " ".join(capture.get().split())
    part = shown[shown.index(language(code)("Limits without slack").upper()) :]
    assert "…" not in part[: part.index(language(code)("Assumed numbers that move the loss most").upper())]
    assert ("only 6 teams" in part) == (code == "en")
