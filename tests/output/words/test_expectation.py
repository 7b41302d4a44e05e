"""What papers take from a plan file is what the file says, and a file of another shape is refused with the place."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from support.sample_solution import SCENARIOS, solved

from optimiser.common.errors import InputFault
from optimiser.output.words.expectation import NOTHING, expect
from optimiser.output.write import describe_plan, dump
from optimiser.planning.evaluation import Interval


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(json.loads(dump(describe_plan(solved()))))


def test_what_a_plan_says_is_taken(document: dict[str, Any]) -> None:
    found = expect(document)
    assert found.evaluation is not None
    assert found.evaluation.scenarios == SCENARIOS
    injuries = document["evaluation"]["harms"]["injuries"]
    assert found.evaluation.harms["injuries"].interval.mean == injuries["mean"]
    interval = found.evaluation.harms["injuries"].interval
    assert interval.rare
    assert (interval.unusual, interval.count) == (injuries["unusual"], injuries["count"])
    assert injuries["high"] is None
    assert interval.usual == injuries["usual"]
    assert 0.0 < injuries["often"] <= 1.0
    assert (
        found.evaluation.phases["kpu"]["yellow"].reached == document["evaluation"]["phases"]["kpu"]["yellow"]["reached"]
    )
    assert [(x.sector, x.minutes) for x in found.levers] == [("kpu", 20.0)]
    assert found.instance.sha256 == document["instance"]["sha256"]


def test_a_plain_deployment_says_nothing() -> None:
    assert expect({"format": "optimiser-deployment/1", "instance": "town", "places": {}}) == NOTHING
    assert expect({}) == NOTHING


def test_an_end_that_is_not_known_stays_unknown(document: dict[str, Any]) -> None:
    harm = {"mean": 1.0, "low": None, "high": None, "count": 1}
    evaluation = {**document["evaluation"], "harms": {"injuries": harm}}
    found = expect({"evaluation": evaluation})
    assert found.evaluation is not None
    assert found.evaluation.harms["injuries"].interval == Interval(1.0, math.inf, 1, 1)


@pytest.mark.parametrize(
    ("keys", "value", "place"),
    [
        (("scenarios",), "many", "evaluation.scenarios"),
        (("phases", "kpu", "yellow", "reached"), 1.5, "evaluation.phases.kpu.yellow.reached"),
        (("harms", "injuries", "mean"), "<script>", "evaluation.harms.injuries.mean"),
    ],
)
def test_another_shape_is_refused(document: dict[str, Any], keys: tuple[str, ...], value: object, place: str) -> None:
    bad = json.loads(json.dumps(document))
    part = bad["evaluation"]
    for key in keys[:-1]:
        part = part[key]
    part[keys[-1]] = value
    with pytest.raises(InputFault) as caught:
        expect(bad, "plan.json")
    assert [fault.place for fault in caught.value.faults] == [place]
