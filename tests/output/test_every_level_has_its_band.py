"""Wherever a level of expected loss is told, so is between what it lies over the plausible constants of the law."""

from __future__ import annotations

import ast
import html
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from rich.console import Console
from support import nations

from optimiser.batch.case import Case, CaseSettings, Subject, summarise
from optimiser.batch.data_frames import tabulate
from optimiser.batch.export import COLUMNS
from optimiser.batch.paired_runs import Pair
from optimiser.cli.many_plans.runs_sections import entries_sections, entry_sections, pairs_sections
from optimiser.common.number_format import figure
from optimiser.files.read import read
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.jobs.task import LedgerEntry
from optimiser.operation.now.advice import advise
from optimiser.operation.now.report import SituationReport
from optimiser.output.blocks import Section
from optimiser.output.documents.plan import describe_plan
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.drawing.frontier import draw_frontier
from optimiser.output.excel.plan_book import write_plan_book
from optimiser.output.pictures import picture_harms
from optimiser.output.render_terminal import to_terminal
from optimiser.output.report.report import write_report
from optimiser.output.sections.answer import answer_sections
from optimiser.output.sections.comparison import comparison_sections
from optimiser.output.sections.explanation import explanation_sections
from optimiser.output.sections.frontier import frontier_sections
from optimiser.output.sections.nation import nation_sections
from optimiser.output.sections.operation.now import advice_sections
from optimiser.output.sections.plan import plan_sections
from optimiser.output.sections.simulation import pinned_sections, simulation_sections
from optimiser.output.sections.worth import worth_sections
from optimiser.planning.evaluation import compare
from optimiser.planning.law_range import Band
from optimiser.planning.optimise import optimise
from optimiser.planning.search.hand_rules import proportional
from optimiser.planning.solution import Solution
from optimiser.questions.frontier import Frontier, frontier
from optimiser.questions.plan_comparison import PlanComparison, compare_plans
from optimiser.questions.played_plan import Rehearsal, list_events, pick, rehearse
from optimiser.questions.what_if.answer import Answer
from optimiser.questions.what_if.answer import whatif as answer_whatif
from optimiser.questions.why.explanation import Explanation, explain
from optimiser.questions.worth import Appraisal, every, worth

ROOT = Path(__file__).parents[2] / "optimiser"
SEED, SCENARIOS, REPORTING = 3, 8, 30
BUDGET = 4_000  # enough for a plan that one exchange does not improve
ALIKE = {"seed": SEED, "scenarios": SCENARIOS, "reporting": REPORTING, "workers": 1, "budget": BUDGET}
SAID = "over the law's ranges"


@dataclass(frozen=True)
class Asked:
    """One plan, and what every question about it is answered with."""

    solution: Solution
    why: Explanation
    curve: Frontier
    more: Appraisal
    compared: PlanComparison
    answer: Answer
    played: Rehearsal

    @property
    def band(self) -> Band:
        assert self.solution.law_range is not None
        return self.solution.law_range.losses[0]


@pytest.fixture(scope="module")
def asked() -> Asked:
    solution = optimise(read("kaur-2005"), **ALIKE)
    instance, plan = solution.instance, solution.deployment
    change = {"do": "receive", "sector": solution.levers[0].sector, "minutes": 20}
    return Asked(
        solution,
        explain(instance, plan, trajectories=0, **ALIKE),
        frontier(instance, [30, int(instance.cap)], extra={"plan": plan}, **ALIKE),
        worth(instance, [every(instance)[0]], plan, sets=2, size=8, **ALIKE),
        compare_plans(instance, [plan, solution.alternatives[0].evaluation.deployment], seed=SEED, scenarios=REPORTING),
        answer_whatif(instance, plan, parse_whatifs({"changes": [change]})[0], **ALIKE),
        rehearse(instance, plan, SEED, 0, REPORTING),
    )


@pytest.mark.slow
def test_a_plan_has_the_same_band_whichever_command_tells_it(asked: Asked) -> None:
    """Each command drew as many scenarios as suited it, so that a plan had a band for each."""
    worst = asked.why.stress
    assert worst is not None
    for found in (
        asked.why.law_range,
        asked.more.law_range,
        asked.compared.law_range,
        asked.answer.law_range,
        asked.played.law_range,
        worst.law_range,
    ):
        assert found is not None
        assert found.losses[0] == asked.band
    assert asked.curve.law_range is not None
    last = asked.curve.planned[-1].deployment
    assert last is not None
    again = rehearse(asked.solution.instance, last, SEED, 0, REPORTING).law_range
    assert again is not None
    assert asked.curve.law_range.losses[-1] == again.losses[0]


@pytest.mark.slow
def test_differences_from_another_plan_are_the_same_too(asked: Asked) -> None:
    """The plan less an alternative, as the plan and as its explanation tell it."""
    assert asked.solution.law_range is not None
    assert asked.why.law_range is not None
    names = [other.name for other in asked.solution.alternatives]
    told = dict(zip(names, asked.solution.law_range.differences, strict=True))
    known = dict(zip((rival.name for rival in asked.why.rivals), asked.why.law_range.differences, strict=True))
    both = set(told) & set(known)
    assert both
    assert {name: known[name] for name in both} == {name: told[name] for name in both}


# ---------------------------------------------------------------- faces


def _entry(solution: Solution, document: dict[str, Any]) -> LedgerEntry:
    settings = CaseSettings(scenarios=SCENARIOS, reporting=REPORTING)
    task = Case(Subject(solution.instance, name="kaur-2005"), SEED, settings=settings).task()
    return LedgerEntry(task, 0, "done", "", 0, summarise(document), {}, 0, "")


def _pair(asked: Asked) -> Pair:
    first, second = asked.solution.evaluation, asked.solution.alternatives[0].evaluation
    assert asked.solution.law_range is not None
    low, high = asked.solution.law_range.losses[:2]
    return Pair("one", "two", first, second, compare(second, first), False, (low, high))


def _sections(asked: Asked) -> dict[str, Sequence[Section]]:
    document = describe_plan(asked.solution)
    entry = _entry(asked.solution, document)
    return {
        "plan": plan_sections(asked.solution),
        "explain": explanation_sections(asked.why),
        "worth": worth_sections(asked.more),
        "compare": comparison_sections(asked.compared, ["one", "two"]),
        "whatif": answer_sections(asked.answer),
        "simulate": simulation_sections(asked.played),
        "simulate, pinned": pinned_sections(asked.played),
        "runs show": entry_sections(entry, "one", (), document, "plan.json"),
        "runs list": entries_sections([(entry, "one", "whole")], {"done": 1}),
        "runs compare": pairs_sections([_pair(asked)], 0),
    }


def _text(sections: Sequence[Section]) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=200)
    console.print(to_terminal(sections))
    return " ".join(stream.getvalue().split())


def _ends(band: Band) -> tuple[str, str]:
    return figure(band.low), figure(band.high)


def test_every_screen_that_tells_a_level_tells_its_band(asked: Asked) -> None:
    for name, sections in _sections(asked).items():
        text = _text(sections)
        assert SAID in text, name
        for end in _ends(asked.band):
            assert end in text, (name, end)


def test_the_screen_of_a_frontier_tells_the_band_of_every_level(asked: Asked) -> None:
    text = _text(frontier_sections(asked.curve))
    assert asked.curve.law_range is not None
    levels = zip(asked.curve.planned, asked.curve.law_range.losses, strict=True)
    for level, band in levels:
        low, high = _ends(band)
        assert f"{level.amount} heads {low} to {high}" in text
    drawn = " ".join(re.sub("<[^>]*>", " ", html.unescape(draw_frontier(asked.curve))).split())
    for end in (0, -1):
        low, high = _ends(asked.curve.law_range.losses[end])
        assert f"{asked.curve.planned[end].amount} heads {low} to {high}" in drawn


def test_every_route_and_the_worst_crowd_have_their_bands(asked: Asked) -> None:
    text, worst = _text(explanation_sections(asked.why)), asked.why.stress
    assert worst is not None
    assert worst.law_range is not None
    bands = [*worst.law_range.losses, *(one.band for one in (asked.why.routes.known if asked.why.routes else ()))]
    for band in bands:
        assert all(end in text for end in _ends(band))


def test_report_workbook_and_notebook_tell_the_band(asked: Asked) -> None:
    solution = asked.solution
    page = html.unescape(write_report(solution, frontier=asked.curve).decode())
    low, high = _ends(asked.band)
    assert page.count(f"between {low} and {high} {SAID}") >= 3  # key figures, harms, trust
    assert "heads" in page
    events = list_events(solution.instance, solution.deployment, pick(solution.instance, SEED, 0))
    book = python_calamine.load_workbook(io.BytesIO(write_plan_book(solution, events)))
    rows = book.get_sheet_by_name("Harms").to_python()
    (told,) = [row for row in rows if row[0] == f"loss {SAID}"]
    assert told[2:4] == pytest.approx(list(asked.band))
    (loss,) = [drawing for heading, drawing in picture_harms(solution) if heading == "Expected loss"]
    assert f"between {low} and {high} {SAID}" in html.unescape(loss)
    assert solution.summary()["band"] == list(asked.band)
    assert f"between {asked.band.low:.1f} and {asked.band.high:.1f} {SAID}" in html.unescape(solution._repr_html_())


def test_frames_and_exports_have_the_band_in_columns(asked: Asked) -> None:
    (row,) = tabulate([asked.solution]).to_dict("records")
    assert (row["law_low"], row["law_high"]) == tuple(asked.band)
    assert {"law_low", "law_high"} <= set(COLUMNS)


def test_the_nation_and_each_district_have_their_bands(tmp_path: Path) -> None:
    """One draw is one law in all districts, so that bands of districts do not add up to that of the nation."""
    accord = nations.make_plan(tmp_path, 10.0, 9.0)
    text = _text(nation_sections(accord, None))
    low, high = _ends(accord.law_band)
    assert f"between {low} and {high} {SAID}" in text
    assert "lending saves" in text
    low, high = _ends(accord.law_band_of(0))
    assert f"{low} to {high}" in text


# ---------------------------------------------------------------- and no other


PAIRED = {"change", "against", "comparison", "paired", "influence", "lever", "c"}  # what holds a difference, no level
TOLD = {  # modules that set a level of loss, and the test above that sees its band
    "batch/data_frames.py": "frames",
    "cli/many_plans/runs.py": "runs compare",
    "cli/many_plans/runs_sections.py": "runs list, runs show, runs compare",
    "output/documents/comparison.py": "schemas",
    "output/documents/explanation.py": "schemas",
    "output/documents/frontier.py": "schemas",
    "output/documents/nation.py": "schemas",
    "output/documents/plan.py": "schemas",
    "output/drawing/frontier.py": "frontier",
    "output/excel/expected.py": "workbook",
    "output/excel/plan_book.py": "workbook",
    "output/pictures.py": "report",
    "output/report/report.py": "report",
    "output/sections/answer.py": "whatif",
    "output/sections/comparison.py": "compare",
    "output/sections/expected.py": "plan, simulate",
    "output/sections/explanation.py": "explain",
    "output/sections/frontier.py": "frontier",
    "output/sections/nation.py": "nation",
    "output/sections/plan.py": "plan",
    "output/sections/sensitivity.py": "explain",
    "planning/solution.py": "notebook",
}
COUNTED = {"output/sections/simulation.py"}  # asks a loss only for how many scenarios it is of
COMPARED = {"output/words/reasons.py"}  # asks a loss only for whether a difference is larger
AT_ONCE = {"output/documents/operation/now.py", "output/sections/operation/now.py"}  # see UNBANDED
ONE_DAY = {"output/exercise/first_page.py"}  # what one simulated day loses, no expectation


def test_no_other_module_tells_a_level() -> None:
    """A module that reads a loss which is no difference is named above: who adds one gives it a face with a band."""
    found = {path.relative_to(ROOT).as_posix() for path in _faces() if any(_levels(path))}
    assert found - COUNTED - COMPARED - AT_ONCE - ONE_DAY == set(TOLD)


def _faces() -> Iterator[Path]:
    for folder in ("output", "cli", "web", "batch"):
        yield from (ROOT / folder).rglob("*.py")
    yield ROOT / "planning/solution.py"


def _levels(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr == "loss":
            told = ast.unparse(node.value)
            if not PAIRED & set(told.split(".")):
                yield told


APART = {"at_low", "at_high", "sensitivity"}  # levels at an end of one number: told to have no band of their own


UNBANDED = {"advice"}  # answered within seconds in the middle of an operation: says that the law is taken as it stands


@pytest.mark.parametrize("name", sorted(set(SCHEMAS) - UNBANDED))
def test_a_document_that_holds_a_level_holds_its_band(name: str) -> None:
    """Beside the level or above it; plans and their evaluations carry theirs at the top."""
    schema = SCHEMAS[name]()
    bare = list(_bare(schema, False))
    assert not bare, bare


def _bare(node: Any, banded: bool, where: str = "") -> Iterator[str]:
    """List the places of levels that have no band beside or above them."""
    if isinstance(node, list):
        for inner in node:
            yield from _bare(inner, banded, where)
    if not isinstance(node, dict):
        return
    fields = node.get("properties", {})
    banded = banded or bool({"law_range", "band"} & set(fields))
    for field, shape in fields.items():
        level = field in ("loss", "evaluation") and "$ref" in json.dumps(shape)
        if level and not banded:
            yield f"{where}/{field}"
        if field not in APART:
            yield from _bare(shape, banded, f"{where}/{field}")
    for key, inner in node.items():
        if key not in ("properties", "$defs"):
            yield from _bare(inner, banded, where)


def test_advice_says_that_the_law_is_taken_as_it_stands() -> None:
    """It has no band: see `UNBANDED`."""
    instance = read("tiny-2")
    report = SituationReport(at=instance.clock(0.0), instance=instance.name)
    found = advise(instance, proportional(instance), report, futures=4)
    assert "The constants of the law are taken as they stand" in _text(advice_sections(found))
