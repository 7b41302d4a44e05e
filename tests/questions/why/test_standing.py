"""Why units move: the plan in pairs with the same one in which those of one movement stand at the best of its stops."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import numpy as np
import pytest
from rich.console import Console
from support.along_town import WITH
from support.town import posted, town

from optimiser.common.language import language
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.output.blocks import Table
from optimiser.output.documents.explanation import describe_explanation
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.explanation import explanation_sections
from optimiser.output.write import dump
from optimiser.planning.evaluation import Interval, estimate, evaluate
from optimiser.planning.law_range import range_over_law
from optimiser.planning.settings import Effort
from optimiser.questions.why import standing
from optimiser.questions.why.explanation import Explanation, explain
from optimiser.questions.why.standing import CHOOSING, Standing, ask_standing, list_used
from optimiser.simulation.simulator import Simulator

EFFORT = Effort(60, 200, seed=3, budget=1)
STOPS = ("terminal", "kpu", "mall")
UNITS = {"rope": 3, "talk": 2, "padal": 1}
LEGS = [{"sector": "terminal", "until": "14:10"}, {"post": "polres", "until": "16:00"}, {"sector": "terminal"}]
SHIFT = {"id": "shift", "name": "Shift", "legs": LEGS}


def accompanied(**changes: Any) -> Instance:
    """Build the town with its march accompanied; keyword arguments replace top-level parts."""
    return town(accompaniments=[WITH], **changes)


def alone(instance: Instance) -> Deployment:
    """Place nobody but who goes with the march."""
    return Deployment.build(instance, {("with", kind): n for kind, n in UNITS.items()}, {})


def ask(instance: Instance, plan: Deployment, effort: Effort = EFFORT) -> tuple[Standing, ...]:
    with Simulator(instance) as simulator:
        return ask_standing(simulator, evaluate(simulator, plan, effort.reporting_set(instance)), effort)


def text(inquiry: Explanation, code: str = "en") -> str:
    console = Console(width=110, color_system=None)
    with console.capture() as capture:
        console.print(to_terminal(explanation_sections(inquiry, language(code))))
    return " ".join(capture.get().split())


@pytest.fixture(scope="module")
def inquiry() -> Explanation:
    pins = [{"place": "with", "what": "rope", "at_least": 2}]
    instance = accompanied(pins=pins)
    return explain(instance, alone(instance), workers=1, scenarios=20, reporting=150, trajectories=0)


def test_going_along_with_a_march_that_nobody_else_meets_is_shown_to_help() -> None:
    instance = accompanied()
    plan = alone(instance)
    (found,) = ask(instance, plan)
    assert found.place == "with"
    assert found.against.loss.high < 0.0
    assert found.against.loss.count == EFFORT.reporting
    assert found.broken == ()
    assert found.deployment.places == {found.stop: plan.places["with"]}


def test_the_stop_is_the_best_on_scenarios_of_its_own_and_measured_on_fresh_ones() -> None:
    instance = accompanied()
    plan = alone(instance)
    still = [Deployment.build(instance, {(stop, kind): n for kind, n in UNITS.items()}, {}) for stop in STOPS]
    numbers = np.stack([one.numbers(instance) for one in (plan, *still)])
    (found,) = ask(instance, plan)
    with Simulator(instance) as simulator:
        aside = simulator.totals(numbers, EFFORT.another_set(instance, CHOOSING, EFFORT.scenarios))
        fresh = simulator.totals(numbers, EFFORT.reporting_set(instance))
    best = int(aside[1:].mean(axis=1).argmin())
    assert found.stop == STOPS[best]
    assert found.against.loss.mean == pytest.approx(estimate(fresh[0] - fresh[1 + best]).mean)


def test_everybody_else_stays_and_joins_who_stands_at_the_stop() -> None:
    instance = accompanied()
    teams = {("with", "rope"): 2, **{(stop, "rope"): 1 for stop in STOPS}}
    (found,) = ask(instance, Deployment.build(instance, teams, {}))
    assert {stop: found.deployment.team_count(stop, "rope") for stop in STOPS} == {
        stop: 3 if stop == found.stop else 1 for stop in STOPS
    }
    assert found.deployment.team_count("with", "rope") == 0


def test_only_rules_that_standing_breaks_are_named_those_of_the_plan_where_it_breaks_them_further() -> None:
    pin = {"place": "with", "what": "rope", "at_least": 5}
    instance = accompanied(pins=[pin])
    plan = Deployment.build(instance, {("with", "rope"): 3, ("mall", "talk"): 9}, {})
    before = check(instance, plan)
    assert {v.code for v in before.violations} >= {"pin", "availability", "officer"}
    (found,) = ask(instance, plan, Effort(10, 10, 1))
    told = {(v.code, v.place, v.found) for v in found.broken}
    assert ("pin", "with", 0) in told  # 2 short before, 5 now
    assert "availability" not in {code for code, *_ in told}
    kept = check(instance, found.deployment).violations
    assert set(found.broken) == {v for v in kept if v not in before.violations}


def test_a_movement_stands_at_a_sector_of_its_legs_and_the_larger_place_is_asked_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = accompanied(movements=[SHIFT])
    plan = Deployment.build(instance, {("with", "talk"): 1, ("shift", "rope"): 2}, {})
    assert [moving.id for moving in list_used(instance, plan)] == ["shift", "with"]
    assert [(one.place, one.stop) for one in ask(instance, plan, Effort(10, 10, 1)) if one.place == "shift"] == [
        ("shift", "terminal")
    ]
    monkeypatch.setattr(standing, "MOST", 1)
    assert [one.place for one in ask(instance, plan, Effort(10, 10, 1))] == ["shift"]


def test_an_accompaniment_without_units_is_not_asked_about() -> None:
    instance = accompanied(movements=[SHIFT])
    assert [one.place for one in ask(instance, alone(instance), Effort(10, 10, 1))] == ["with"]


# ---------------------------------------------------------------- how it is told


@pytest.mark.slow
def test_it_is_told_in_a_sentence_with_the_rules_that_it_would_break(inquiry: Explanation) -> None:
    (one,) = inquiry.standing
    told, name = text(inquiry), {s.id: s.name for s in inquiry.instance.sectors}[one.stop]
    loss = one.against.loss
    assert "WHY THESE UNITS MOVE" in told
    part = told[told.index("WHY THESE UNITS MOVE") :]
    assert f"The units of '{WITH['name']}' save {-loss.mean:.1f}" in part
    assert f"points by going along, against standing at {name} all day." in part
    assert [v.code for v in one.broken] == ["pin"]
    assert "To stand there all day breaks 1 rule:" in part
    assert str(one.broken[0].sentence) in part
    assert "Satuan 'Beside the march' menghemat" in text(inquiry, "id")


@pytest.mark.parametrize(
    ("mean", "said"),
    [
        (6.2, "The units of 'Shift' would save 6.20 [5.40, 7.00] points by standing at Terminal all day"),
        (-6.2, "The units of 'Shift' save 6.20 [5.40, 7.00] points by moving as planned, against standing at Terminal"),
        (
            -0.3,
            "is not shown to help. Points, this plan minus them standing at Terminal all day: -0.30 [-1.10, +0.50].",
        ),
    ],
)
def test_what_is_shown_and_what_is_not_are_worded_apart(inquiry: Explanation, mean: float, said: str) -> None:
    instance = accompanied(movements=[SHIFT])
    against = replace(inquiry.standing[0].against, loss=Interval(mean, 0.8, 200, 150))
    one = replace(inquiry.standing[0], place="shift", stop="terminal", against=against, broken=())
    assert said in text(replace(inquiry, instance=instance, standing=(one,)))


def test_what_few_scenarios_carry_has_no_interval_and_what_was_left_out_is_counted(inquiry: Explanation) -> None:
    plan = inquiry.deployment.model_copy(
        update={"places": {**inquiry.deployment.places, "shift": inquiry.deployment.places["with"]}}
    )
    instance = accompanied(movements=[SHIFT])
    against = replace(inquiry.standing[0].against, loss=Interval(-0.1, float("inf"), 200, 3))
    one = replace(inquiry.standing[0], against=against)
    told = text(replace(inquiry, instance=instance, deployment=plan, standing=(one,)))
    assert "going along is not shown to help" in told
    assert "all day: -0.10 (3 of 200)." in told
    assert "Figures without an interval" in told[told.index("WHY THESE UNITS MOVE") : told.index("LIMITS THAT ARE")]
    assert "1 more accompaniment or movement, with fewer heads, was not played." in told


def test_the_document_has_it_in_its_published_shape(inquiry: Explanation) -> None:
    document = json.loads(dump(describe_explanation(inquiry)))
    jsonschema.Draft202012Validator(SCHEMAS["explanation"]()).validate(document)
    (told,), (one,) = document["standing"], inquiry.standing
    assert (told["place"], told["stop"]) == (one.place, one.stop)
    assert told["against"]["loss"]["mean"] == one.against.loss.mean
    assert [v["code"] for v in told["broken"]] == ["pin"]
    assert told["deployment"]["places"] == {one.stop: inquiry.deployment.model_dump(mode="json")["places"]["with"]}


def test_the_difference_has_its_band_over_the_law_as_others_have(inquiry: Explanation) -> None:
    (one,) = inquiry.standing
    instance, effort = inquiry.instance, Effort(inquiry.scenarios, inquiry.reporting, 1, seed=inquiry.seed)
    plans = np.stack([plan.numbers(instance) for plan in (inquiry.deployment, one.deployment)])
    with Simulator(instance) as simulator:
        assert inquiry.standing_range == range_over_law(simulator, plans, effort.reporting_set(instance), [(0, 1)])
    blocks = next(s.blocks for s in explanation_sections(inquiry) if s.heading == "Why these units move")
    (row,) = next(block.rows for block in blocks if isinstance(block, Table))
    assert row[0] == "'Beside the march' standing at KPU"
    assert describe_explanation(inquiry)["standing_range"]["differences"][0]["of"] == "with"


@pytest.mark.slow
def test_where_nothing_moves_nothing_is_said() -> None:
    instance = town()
    found = explain(instance, posted(instance), workers=1, scenarios=8, reporting=12, trajectories=0)
    assert found.standing == ()
    assert "WHY THESE UNITS MOVE" not in text(found)
    assert describe_explanation(found)["standing"] == []
