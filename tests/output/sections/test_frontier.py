"""Frontier and worth on screen, as documents and as a picture."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from support import tiny
from support.town import posted, town

from optimiser.common.language import language
from optimiser.files.read import read
from optimiser.model.harms import INDEPENDENT
from optimiser.output.blocks import Section
from optimiser.output.documents.frontier import describe_frontier, describe_worth, write_frontier
from optimiser.output.drawing.frontier import draw_frontier
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.frontier import frontier_sections
from optimiser.output.sections.worth import worth_sections
from optimiser.output.write import dump
from optimiser.questions.frontier import Frontier
from optimiser.questions.frontier import frontier as make_frontier
from optimiser.questions.resources import Resource
from optimiser.questions.worth import Appraisal
from optimiser.questions.worth import worth as find_worth


def text(what: list[Section]) -> str:
    console = Console(width=110, color_system=None)
    with console.capture() as capture:
        console.print(to_terminal(what))
    return capture.get()


@pytest.fixture(scope="module")
def frontier() -> Frontier:
    sectors = [
        {"id": "kpu", "name": "<script>KPU</script>", "x": 0.0, "y": 0.0, "minimum": {"line": 1}},
        {"id": "dprd", "name": "DPRD", "x": 3.0, "y": 0.0},
    ]
    gatherings = [{"id": "g", "name": "G", "turnout": 900.0, "arrives": "13:10", "itinerary": [{"sector": "dprd"}]}]
    instance = tiny.build(sectors=sectors, gatherings=gatherings, title="<b>Tiny</b>")
    return make_frontier(instance, [5, 40, 60, 120], scenarios=6, reporting=8, budget=40, workers=1)


@pytest.fixture(scope="module")
def appraisal() -> Appraisal:
    instance = town()
    kinds = [Resource("team", "talk"), Resource("vehicle", "awc")]
    return find_worth(instance, kinds, posted(instance), scenarios=8, reporting=12, budget=200, workers=1)


def test_the_screen_answers_first_and_shows_what_is_assumed(frontier: Frontier) -> None:
    shown = text(frontier_sections(frontier))
    assert frontier.sentence().split(":")[0] in " ".join(shown.split())
    assert "not possible, see below" in shown
    assert "With 5 these cannot be met together:" in shown
    assert "Assumed at 120: 4 x Dalmas awal (+2)" in shown
    assert "EXPECTED HARMS" in shown


def test_the_document_holds_every_level(frontier: Frontier) -> None:
    document = json.loads(dump(describe_frontier(frontier)))
    assert [level["amount"] for level in document["levels"]] == [5, 40, 60, 120]
    assert [level["feasible"] for level in document["levels"]] == [False, True, True, True]
    assert document["levels"][0]["planning"] is None
    assert document["levels"][3]["assumed"] == {"dalmas": 4, "nego": 4, "brimob": 2}
    assert document["sentence"] == frontier.sentence()


def test_the_picture_is_one_safe_element_with_every_level(frontier: Frontier, tmp_path: Path) -> None:
    picture = draw_frontier(frontier)
    root = ET.fromstring(picture)
    assert root.tag.endswith("svg")
    assert "<script" not in picture
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")
    circles = [node for node in root.iter() if node.tag.endswith("circle")]
    panels = 1 + len(INDEPENDENT)  # the loss, and each harm by itself
    assert len(circles) == panels * 3  # three levels with a plan
    rings = [node for node in circles if node.get("class") == "ring"]
    assert len(rings) == panels  # the knee, told by form as well as colour
    hatched = [node for node in root.iter() if node.get("class") == "closed"]
    assert len(hatched) == panels
    heights = [float(node.get("cy")) for node in circles[:3]]
    losses = [level.evaluation.loss.mean for level in frontier.planned if level.evaluation]
    assert sorted(heights, reverse=True) == [heights[i] for i in sorted(range(3), key=lambda i: losses[i])]
    files = write_frontier(frontier, tmp_path)
    assert [file.name for file in files] == ["frontier.svg", "frontier.json"]
    assert files[0].read_text(encoding="utf-8") == picture


def test_labels_stay_inside_the_picture(frontier: Frontier) -> None:
    root = ET.fromstring(draw_frontier(frontier))
    height, width = float(root.get("height")), float(root.get("width"))
    for node in root.iter():
        if node.tag.endswith("text"):
            assert 0.0 <= float(node.get("x")) <= width
            assert 0.0 < float(node.get("y")) < height


def test_worth_says_that_it_is_that_of_the_plans_found(appraisal: Appraisal) -> None:
    shown = " ".join(text(worth_sections(appraisal)).split())
    assert "the value of the plans found, not of the optima" in shown
    assert "Negotiator team" in shown
    document = json.loads(dump(describe_worth(appraisal)))
    assert [one["resource"] for one in document["worth"]] == ["team:talk", "vehicle:awc"]
    assert [one["heads"] for one in document["worth"]] == [3, 4]
    assert document["worth"][0]["optimum"] is None
    assert re.search(r"value of the plans found, not of the optima", document["worth"][0]["sentence"])


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.long), "id"])  # whose words are longer
def test_a_kind_with_a_long_name_leaves_room_for_the_figures_at_80_columns(code: str) -> None:
    kind = Resource("team", "padal-tim")
    found = make_frontier(read("oku-250"), [4, 6], kind, scenarios=4, reporting=6, budget=8, workers=1)
    console = Console(width=80, color_system=None)
    with console.capture() as capture:
        console.print(to_terminal(frontier_sections(found, language(code))))
    assert "…" not in capture.get()


def test_what_the_budget_ended_is_said_at_its_row_and_in_the_document(appraisal: Appraisal) -> None:
    cut, done = (
        replace(appraisal, worths=tuple(replace(worth, spent=to) for worth in appraisal.worths)) for to in (True, False)
    )
    shown = text(worth_sections(cut))
    assert shown.count("*") == len(cut.worths) + 1  # one in the note
    assert "* That search stopped at its limit of 200 simulated days" in " ".join(shown.split())
    assert "udget spent" not in text(worth_sections(replace(done, spent=False)))
    assert "found without it" in " ".join(text(worth_sections(replace(done, spent=True))).split())
    assert [w["spent"] for w in describe_worth(cut)["worth"]] == [True] * len(cut.worths)


def test_a_level_that_the_budget_ended_says_so(frontier: Frontier) -> None:
    levels = tuple(replace(level, spent=level.amount == 60) for level in frontier.levels)
    found = replace(frontier, levels=levels)
    assert text(frontier_sections(found)).count("*") == 2
    assert [level["spent"] for level in describe_frontier(found)["levels"]] == [False, False, True, False]
