"""What earlier versions wrote is read: plans and answers are lifted, everything else is as it was."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from optimiser import InputFault, read, read_deployment, read_result, read_whatifs
from optimiser.files.earlier_formats import ADDED, lift
from optimiser.files.formats import KNOWN
from optimiser.output.documents.geojson import has_degrees, map_plan
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.words.expectation import expect

FOLDER = Path(__file__).parents[1] / "data/earlier"
PLANS = sorted([*FOLDER.glob("plan-*.json"), *FOLDER.glob("answer-*.json")])
OTHERS = [*FOLDER.glob("explanation-*.json"), *FOLDER.glob("faults-*.json"), *FOLDER.glob("check-*.json")]
OTHERS += [*FOLDER.glob("pairs-*.json"), *FOLDER.glob("infeasible-*.json")]
RESULTS = sorted([*PLANS, *FOLDER.glob("frontier-*.json"), *FOLDER.glob("worth-*.json"), *OTHERS])


def check(document: dict) -> None:
    name = document["format"].removeprefix("optimiser-").partition("/")[0]
    jsonschema.Draft202012Validator(SCHEMAS[name]()).validate(document)


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_stored_document_is_lifted_to_the_published_shape(path: Path) -> None:
    stored = json.loads(path.read_text(encoding="utf-8"))
    lifted = read_result(path)
    check(lifted)
    assert json.loads(path.read_text(encoding="utf-8")) == stored
    assert lift(lifted) == lifted
    for key, value in stored.items():  # nothing that was said is changed
        if isinstance(value, (str, int, bool)):
            assert lifted[key] == value


def test_there_is_a_fixture_that_needs_each_lift() -> None:
    for name, ways in ADDED.items():
        stored = [json.loads(path.read_text(encoding="utf-8")) for path in RESULTS]
        for way, _ in ways:
            assert any(_lacks(document, way) for document in stored), (name, way)


def _lacks(node, way) -> bool:
    if way[0] == "*":
        return isinstance(node, list) and any(_lacks(item, way[1:]) for item in node)
    if not isinstance(node, dict):
        return False
    return way[0] not in node if len(way) == 1 else _lacks(node.get(way[0]), way[1:])


def test_without_lifting_they_would_be_refused() -> None:
    for name in ("plan-before-engines", "answer-before-anyway"):
        with pytest.raises(jsonschema.ValidationError):
            check(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_stored_document_is_of_use(path: Path) -> None:
    instance = read(read_result(path)["instance"]["name"])
    plan = read_deployment(path, instance)
    assert plan.places
    document = read_result(path)
    assert expect(document).evaluation is not None
    assert document["evaluation"]["participation"] is None, "what was not measured is not made up"
    assert "participation" not in document["evaluation"]["harms"]
    if has_degrees(instance):
        assert map_plan(instance, plan, document)


def test_the_first_instance_what_if_and_deployment_are_read_as_they_are() -> None:
    instance = read(FOLDER / "instance-first.toml")
    assert len(instance.sectors) > 5
    assert read_deployment(FOLDER / "deployment-first.json", instance).places
    (whatif,) = read_whatifs(FOLDER / "whatif-first.json")
    assert whatif.changes


@pytest.mark.parametrize("name", ["optimiser-plan/2", "something", None, 7, ["optimiser-plan/1"]])
def test_a_later_or_foreign_format_is_refused(name: object) -> None:
    with pytest.raises(InputFault, match="version that wrote it") as refused:
        lift({"format": name})
    assert refused.value.faults[0].code == "wrong-format"


def test_every_published_format_is_known() -> None:
    assert set(KNOWN) == {f"optimiser-{name}/1" for name in SCHEMAS}


@pytest.mark.parametrize("sectors", [None, 3, [1, None], {"a": 1}])
def test_a_broken_document_is_left_to_the_schema(sectors: object) -> None:
    assert lift({"format": "optimiser-plan/1", "sectors": sectors})["sectors"] == sectors


def test_a_plan_from_before_bands_says_that_there_is_none() -> None:
    assert lift({"format": "optimiser-plan/1"})["law_range"] is None
    assert lift({"format": "optimiser-comparison/1"})["law_range"] is None
