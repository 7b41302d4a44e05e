"""The score on terminal, paper, workbook and as a document: what it holds stands there, in both languages."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import jsonschema
import pytest
from support.command_line import run
from support.rehearsed import any_days, days_of, rehearsed

from optimiser.common.language import language
from optimiser.files.logs.read import read_log
from optimiser.model.observed_log import Observation, ObservedDay, ObservedLog
from optimiser.operation.score.document import describe_score
from optimiser.operation.score.measures import BY_ID, MEASURES
from optimiser.operation.score.rating import Percentile, Reading
from optimiser.operation.score.score import Score, score_days
from optimiser.output.blocks import Table, lines, plain_text
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.score.review import compose_review, make_score_files, write_score
from optimiser.output.score.sections import judge_trend, score_sections
from optimiser.output.score.words import ScoreWords

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
PLAN, LOG = EXAMPLES / "oku-250-plan.json", EXAMPLES / "oku-250-rehearsal.csv"
PAGE = EXAMPLES.parent / "score.md"


@pytest.fixture(scope="module")
def scored() -> Score:
    instance, plan = rehearsed()
    days = list(days_of(any_days(1, 2)))
    named = [ObservedDay(f"rehearsal {n}", day.rows, day.complete) for n, day in enumerate(days, 1)]
    return score_days(instance, plan, [ObservedLog((day,)) for day in named], days=40)


def texts(block: Table) -> list[list[str]]:
    return [[" ".join(map(plain_text, lines(cell))) for cell in row] for row in block.rows]


@pytest.mark.parametrize("code", ["en", "id"])
def test_every_measure_stands_on_the_paper_of_its_day_once(scored: Score, code: str) -> None:
    tongue = language(code)  # type: ignore[arg-type]
    papers = compose_review(scored, tongue).papers
    assert [paper.key for paper in papers] == ["review-1", "review-2", "trend"]
    for paper in papers[:2]:
        tables = [b for section in paper.sections for b in section.blocks if isinstance(b, Table)]
        names = [row[0] for table in tables for row in texts(table)]
        for measure in MEASURES:
            label = tongue(measure.label)
            assert names.count(label[:1].upper() + label[1:]) == 1


def test_bug_one_of_a_kind_was_told_in_the_plural() -> None:
    words = ScoreWords(rehearsed()[0], language("en"))
    assert [words.amount(n, BY_ID["unmet"]) for n in (0.0, 1.0, 2.0)] == [
        "0 delegations",
        "1 delegation",
        "2 delegations",
    ]
    told = {measure.id: words.amount(1.0, measure) for measure in MEASURES}
    assert not [text for text in told.values() if text.endswith("s")]


def test_the_whole_is_told_with_how_much_of_it_was_rated(scored: Score) -> None:
    """A log of one injured-free row alone is no exercise performed without challenges."""
    day = ObservedDay("", (Observation(60.0, "injured", number=0.0),))
    instance, plan = rehearsed()
    told = score_sections(score_days(instance, plan, [ObservedLog((day,))], days=20))
    said = {name: plain_text(value) for name, value in told[0].blocks[0].pairs}
    assert said["Measures rated"] == "1 of 15; of the rest nothing is known"


def test_actions_are_filled_in_for_all_that_was_not_performed_well(scored: Score) -> None:
    for day, paper in zip(scored.days, compose_review(scored).papers, strict=False):
        (actions,) = [s.blocks[0] for s in paper.sections if s.heading == "What is to change"]
        assert isinstance(actions, Table)
        told = [row for row in texts(actions) if row[0]]
        assert len(told) == sum(one.rating != "P" for one in day.rated) > 0
        assert all(row[2] and not row[3] for row in told), "who is named, until when is written by hand"
        assert sum(not row[0] for row in texts(actions)) == 2


def test_page_and_workbook_are_the_same_whenever_they_are_made(scored: Score) -> None:
    first, second = make_score_files(scored, language("id")), make_score_files(scored, language("id"))
    assert first == second
    page = first["review.html"].decode()
    assert "<script" not in page
    assert "Kesiapan keseluruhan" in page
    with zipfile.ZipFile(io.BytesIO(first["review.xlsx"])) as archive:
        assert sum(name.startswith("xl/worksheets/sheet") for name in archive.namelist()) == 4


def test_the_document_keeps_its_schema_and_says_the_same_in_every_language(scored: Score) -> None:
    document = describe_score(scored)
    jsonschema.validate(document, SCHEMAS["score"]())
    assert [day["day"] for day in document["days"]] == ["rehearsal 1", "rehearsal 2"]
    assert make_score_files(scored, language("id"))["score.json"] == make_score_files(scored)["score.json"]


def test_names_from_a_log_cannot_steer_a_page() -> None:
    instance, plan = rehearsed()
    rows = (Observation(10.0, "injured", instance.sectors[0].id, number=3.0, note="<b>x</b>"),)
    hostile = ObservedDay('<script>alert("x")</script>\u202e', rows)
    files = make_score_files(score_days(instance, plan, ObservedLog((hostile,)), days=20))
    page = files["review.html"].decode()
    assert "<script" not in page
    assert "\u202e" not in page


def test_a_trend_is_told_only_where_luck_of_two_days_does_not_explain_it() -> None:
    def of(*shares: float) -> str:
        places = [Percentile(share, 0.0, 1.0, 100, 0.0, 0.0) for share in shares]
        return judge_trend([Reading(MEASURES[0], True, (), 1.0, None, None, place, "S") for place in places])

    assert of(0.99, 0.5, 0.2) == "better"
    assert of(0.01, 0.9) == "worse"
    assert of(0.9, 0.2) == "not shown to differ"
    assert of(0.9) == "not shown to differ"


@pytest.mark.slow
def test_the_example_says_what_the_page_prints_of_it() -> None:
    done = run("score", "oku-250", PLAN, LOG, "--days", 500)
    assert done.exit_code == 0, done.output
    block = PAGE.read_text(encoding="utf-8").partition("<!-- what the first command prints")[2].split("```")[1]
    printed = [" ".join(line.split()) for line in done.stdout.splitlines()]
    for line in block.strip().splitlines():
        assert " ".join(line.split()) in printed


def test_the_example_says_that_it_is_synthetic_and_holds_only_a_part() -> None:
    assert LOG.read_text(encoding="utf-8").startswith("# synthetic")
    (day,) = read_log(LOG, rehearsed()[0]).days
    assert (day.name, day.complete, day.resolution) == ("synthetic rehearsal", False, 1.0)


def test_the_command_writes_its_files_and_prints_its_document(tmp_path: Path) -> None:
    arguments = ("oku-250", PLAN, LOG, LOG, "--days", 20)
    done = run("score", *arguments, "--out", tmp_path, "--json", "--lang", "id")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document == json.loads((tmp_path / "score.json").read_text(encoding="utf-8"))
    assert len(document["days"]) == 2
    assert document["days"][0] == document["days"][1], "the same log has the same score"
    assert {file.name for file in tmp_path.iterdir()} == {"review.html", "review.xlsx", "score.json"}


def test_the_command_lists_all_faults_of_a_log(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("time,place,what\n25:00,kpu,received\n10:00,nowhere,received\n", encoding="utf-8")
    done = run("score", "oku-250", PLAN, tmp_path / "bad.csv")
    assert done.exit_code == 3
    assert re.findall(r"bad!(\w\d)", done.stderr) == ["A2", "B3"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_log_to_fill_in_is_made_once(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"log.{kind}"
    assert run("template", file, "--log", "oku-250", "--lang", "id").exit_code == 0
    made = file.read_bytes()
    assert run("template", file, "--log", "oku-250").exit_code == 4
    assert file.read_bytes() == made
    assert run("template", tmp_path / "log.txt", "--log", "oku-250").exit_code == 2
    assert run("template", tmp_path / "x.xlsx", "--log", "oku-250", "--example").exit_code == 2


def test_the_terminal_tells_gates_and_what_is_untold(scored: Score) -> None:
    headings = [section.heading for section in score_sections(scored)]
    assert "What the log does not tell" in headings
    assert headings[-2:] == ["From rehearsal to rehearsal", "How it is rated"]
    assert ("Gates of wide-area means, one by one" in headings) == any(day.uses for day in scored.days)


def test_files_are_written_where_they_are_asked_for(scored: Score, tmp_path: Path) -> None:
    assert [path.name for path in write_score(scored, tmp_path)] == ["review.html", "review.xlsx", "score.json"]
