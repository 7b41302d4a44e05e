"""The published schemas are those of this version, and every document that is written keeps to its own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import make_schemas
import pytest
from support.sample_solution import solved
from support.schemas import DRAFT, validate
from support.small import small_data
from typer.testing import CliRunner

from optimiser import WhatIf, estimate_optimum, explain, find_firmness, optimise, price_presence, read, worth
from optimiser import frontier as make_frontier
from optimiser import whatif as answer_whatif
from optimiser.cli import app
from optimiser.output.documents.comparison import describe_firmness, describe_optimum
from optimiser.output.documents.explanation import describe_explanation
from optimiser.output.documents.frontier import describe_frontier, describe_presence, describe_worth
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.write import describe_answer, describe_plan, describe_rehearsal, dump
from optimiser.questions.played_plan import rehearse

QUICK = {"scenarios": 10, "reporting": 12, "budget": 60, "workers": 1}


def printed(*words: str) -> dict[str, Any]:
    return json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)


def test_saved_schemas_are_in_step() -> None:
    saved = {path.name: path.read_text(encoding="utf-8") for path in make_schemas.FOLDER.iterdir()}
    assert saved == make_schemas.files(), "run: python docs/make_schemas.py"


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_one_and_names_its_version(name: str) -> None:
    schema = SCHEMAS[name]()
    DRAFT.check_schema(schema)
    assert schema["$id"] == f"urn:optimiser:{name}:1"
    assert schema["properties"]["format"]["const"] == f"optimiser-{name}/1"
    for reference in set(_references(schema)):
        assert reference.removeprefix("#/$defs/") in schema["$defs"], reference


def _references(node: Any):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from _references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _references(inner)


def test_plan_and_simulation() -> None:
    assert validate(describe_plan(solved())) == "plan"
    instance = read("tiny-2")
    town, plan = solved().instance, solved().deployment
    assert validate(describe_rehearsal(rehearse(town, plan))) == "simulation"
    assert validate(describe_rehearsal(rehearse(town, plan, scenarios=5))) == "simulation"
    DRAFT(SCHEMAS["deployment"]()).validate(plan.model_dump(mode="json"))
    DRAFT(SCHEMAS["instance"]()).validate(instance.model_dump(mode="json"))


def test_bug_no_schema_took_a_plan_that_speaks_of_exchanges() -> None:
    instance = read("muba-2024")
    document = describe_plan(optimise(instance, certify=True, **{**QUICK, "reporting": 100}))
    assert document["certificate"]["local"] is not None
    assert document["certificate"]["true_gap"] is not None
    assert validate(document) == "plan"


def test_answers() -> None:
    instance = read("seram-timur-2024")
    plan = by_hand(instance)
    for changes in (
        [{"do": "heads", "cap": 40}],
        [{"do": "receive", "minutes": 20}],
        [{"do": "shift", "minutes": -30}],
    ):
        whatif = WhatIf(changes=changes)
        DRAFT(SCHEMAS["whatif"]()).validate(whatif.model_dump(mode="json"))
        assert validate(describe_answer(answer_whatif(instance, plan, whatif, **QUICK))) == "answer"


def by_hand(instance):
    from optimiser.planning.search.hand_rules import proportional

    return proportional(instance)


@pytest.mark.slow
def test_explanation_with_its_parts() -> None:
    instance = read("seram-timur-2024")
    document = describe_explanation(explain(instance, by_hand(instance), trajectories=1, draws=8, **QUICK))
    assert validate(document) == "explanation"
    for part in ("margins", "limits", "rivals"):
        assert document[part], part
    assert document["sensitivity"]["inputs"]
    assert document["stress"] is not None


@pytest.mark.slow
def test_frontier_and_worth() -> None:
    instance = read("seram-timur-2024")
    frontier = describe_frontier(make_frontier(instance, (0, 40, 80), **QUICK))
    assert validate(frontier) == "frontier"
    assert {level["feasible"] for level in frontier["levels"]} == {True, False}
    assert validate(describe_worth(worth(instance, None, by_hand(instance), **QUICK))) == "worth"
    assert (
        validate(describe_firmness(find_firmness(instance, by_hand(instance), scenarios=30, budget=200, workers=1)))
        == "firm"
    )
    estimated = estimate_optimum(instance, by_hand(instance), scenarios=30, budget=200, workers=1)
    assert validate(describe_optimum(estimated)) == "optimum"
    assert validate(describe_optimum(replace(estimated, value=0.0))) == "optimum"
    ruled = instance.replace(presence={"reserve_share": 0.0})
    ruled = ruled.altered(presence=ruled.presence.without("observers", "medical", "dialogue"))
    assert validate(describe_presence(price_presence(ruled, **QUICK))) == "presence"


def test_what_the_command_line_prints(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(dump(by_hand(read("seram-timur-2024")).model_dump(mode="json")), encoding="utf-8")
    faulty = tmp_path / "faulty.json"
    faulty.write_text(json.dumps(small_data(cap=-1, nonsense=1)), encoding="utf-8")
    assert validate(printed("validate", "seram-timur-2024")) == "faults"
    assert validate(printed("validate", str(faulty))) == "faults"
    assert len(printed("validate", str(faulty))["faults"]) == 2
    assert validate(printed("check", "seram-timur-2024", str(plan))) == "check"
    assert validate(printed("check", "tiny-2", str(plan))) == "check"
    assert validate(printed("instances", "--all")) == "instances"
    assert validate(printed("movements", "oku-250")) == "movements"
    assert validate(printed("repair", "infeasible-1")) == "repair"
    assert validate(printed("plan", "infeasible-1")) == "infeasible"
    assert validate(printed("simulate", "tiny-2")) == "simulation"


@pytest.mark.parametrize("name", sorted(set(SCHEMAS) - {"instance", "deployment", "whatif", "nation", "situation"}))
def test_schema_refuses_what_it_does_not_know_and_misses_nothing(name: str) -> None:
    schema = SCHEMAS[name]()
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(schema["properties"])


def test_bug_no_schema_took_advice_that_moves_a_team_on_foot(tmp_path: Path) -> None:
    town = read("oku-250")
    plan = tmp_path / "plan.json"
    plan.write_text(dump(by_hand(town).model_dump(mode="json")), encoding="utf-8")
    for at in ("09:00", "11:20"):
        advice = printed("now", "oku-250", str(plan), "--at", at, "--futures", "100")
        assert validate(advice) == "advice"
        moves = [one for one in (*advice["options"], *advice["refused"]) if one["action"] == "move"]
        assert any(one["minutes"] % 1 for one in moves), "none that takes a part of a minute"


@pytest.mark.slow
def test_the_command_prints_each(tmp_path: Path) -> None:
    for name in SCHEMAS:
        done = CliRunner().invoke(app, ["schema", name])
        assert done.exit_code == 0, done.output
        assert done.stdout == (make_schemas.FOLDER / f"{name}.json").read_text(encoding="utf-8")
