"""Papers of an exercise: everything in the list stands on them, for everybody who takes part, in both languages."""

from __future__ import annotations

import io
import json
import re
import zipfile

import jsonschema
import pytest
from support.command_line import run
from support.oku import awc_plan, exercise, oku

from optimiser.common.language import language
from optimiser.operation.exercise.exercise import make_exercise
from optimiser.output.blocks import Table, lines, plain_text
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.exercise.files import compose_exercise, make_exercise_files, write_exercise
from optimiser.output.exercise.first_page import STOP_WORD
from optimiser.output.orders.form import Paper


def texts(paper: Paper) -> list[list[str]]:
    """Give the rows of all tables of a paper as texts."""
    tables = [b for section in paper.sections for b in section.blocks if isinstance(b, Table)]
    return [[" ".join(map(plain_text, lines(v))) for v in row] for t in tables for row in t.rows]


@pytest.fixture(scope="module", params=["en", "id"])
def papers(request) -> dict[str, Paper]:
    return {p.key: p for p in compose_exercise(exercise(), language(request.param)).papers}


def test_every_inject_is_on_the_list_with_all_it_needs(papers: dict[str, Paper]) -> None:
    rows = texts(papers["list"])
    labels = [row[0] for row in rows if row[0]]
    assert sorted(labels) == sorted(i.label for i in exercise().every_inject)
    told = {i.label: i for i in exercise().every_inject}
    for row in rows:
        if row[0] and told[row[0]].kind != "decide":
            assert all(row[1:9]), row
        assert row[9] == ""


def test_every_inject_is_given_by_one_controller_and_every_action_judged_by_one_evaluator(papers) -> None:
    given = [row[0] for row in texts(papers["control"])]
    assert sorted(given) == sorted(i.label for i in exercise().every_inject)
    judged = [row[0] for key, paper in papers.items() if key.startswith("eval-") for row in texts(paper)]
    assert sorted(judged) == sorted(i.label for i in exercise().every_inject for _e in i.expected)


def test_bug_the_first_page_points_at_the_inject_that_shows_a_theme() -> None:
    """At one minute the crowd breaks through and officials ask to be taken out: the latter is the evacuation."""
    made = exercise()
    first = next(p for p in compose_exercise(made).papers if p.key == "exercise")
    listed = {i.label: i for i in made.injects}
    kinds = {row[0]: listed[row[3]].kind for row in texts(first) if len(row) > 3 and row[3] in listed}
    assert kinds["evacuation of officials"] == "evacuate"
    assert kinds["lapis ganti"] == "yellow"
    assert kinds["lintas ganti"] == "red"
    assert kinds["disorder at a second place"] in ("yellow", "red")
    assert kinds["reserve needed at two places"] in ("yellow", "red")
    assert kinds["rumour"] == "rumour"
    where = {row[0]: row[2] for row in texts(next(p for p in compose_exercise(made).papers if p.key == "list"))}
    for row in texts(first):
        if len(row) > 3 and row[3] in listed:
            assert row[2] == where[row[3]], row


def test_numbers_of_role_players_by_place_add_up_on_paper(papers: dict[str, Paper]) -> None:
    rows = texts(papers["where"])
    assert len(rows) > 10
    for row in rows:
        assert sum(int(cell) for cell in row[1:-1] if cell != "·") == int(row[-1]) == exercise().players


def test_role_players_are_told_nothing_to_shout(papers: dict[str, Paper]) -> None:
    page = make_exercise_files(exercise(), language("id"))["exercise.html"].decode()
    assert "«" not in page
    assert not re.search(r"teriakkan|yel-yel|slogan|chant|paslon|calon nomor|partai [A-Z]", page)


def test_every_page_of_print_knows_the_stop_word() -> None:
    for code in ("en", "id"):
        page = make_exercise_files(exercise(), language(code))["exercise.html"].decode()
        assert page.count(STOP_WORD) >= 2


def test_a_workbook_has_a_sheet_for_each_paper_and_no_formula() -> None:
    files = make_exercise_files(exercise(), language("id"))
    with zipfile.ZipFile(io.BytesIO(files["exercise.xlsx"])) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == len(compose_exercise(exercise()).papers) + 1  # the list as a table
    assert not any("<f>" in sheet for sheet in sheets)


def test_the_document_is_valid_and_the_same_in_both_languages() -> None:
    one, other = (make_exercise_files(exercise(), language(code))["exercise.json"] for code in ("en", "id"))
    assert one == other
    jsonschema.validate(json.loads(one), SCHEMAS["exercise"]())


def test_the_same_exercise_gives_the_same_bytes(tmp_path) -> None:
    assert make_exercise_files(exercise()) == make_exercise_files(exercise())
    written = write_exercise(exercise(), tmp_path)
    assert [f.name for f in written] == ["exercise.html", "exercise.xlsx", "exercise.json"]


def test_the_command_writes_what_it_tells(tmp_path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(awc_plan().model_dump_json(), encoding="utf-8")
    out = tmp_path / "x"
    told = run("exercise", "oku-250", plan, "--train", "delegasi,rumour", "--scenarios", 100, "--out", out)
    assert told.exit_code == 0, told.output
    assert "WHY THIS DAY" in told.output
    document = json.loads((out / "exercise.json").read_text(encoding="utf-8"))
    assert document["settings"]["themes"] == ["delegation", "rumour"]
    asked = ("--train", "delegation,rumour", "--scenarios", 100)
    shown = run("exercise", "oku-250", plan, *asked, "--json", "--lang", "id")
    assert json.loads(shown.stdout) == document


def test_the_command_refuses_an_unknown_theme(tmp_path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(awc_plan().model_dump_json(), encoding="utf-8")
    refused = run("exercise", "oku-250", plan, "--train", "noise", "--scenarios", 100)
    assert refused.exit_code == 3
    assert "no theme is called 'noise'" in refused.output


def test_names_of_an_instance_cannot_steer_a_page() -> None:
    hostile = oku().replace(
        sectors=[{**s.model_dump(mode="json"), "name": f"<script>{n}"} for n, s in enumerate(oku().sectors)]
    )

    page = make_exercise_files(make_exercise(hostile, awc_plan(), ("lapis",), scenarios=60))["exercise.html"].decode()
    assert "<script" not in page


def test_bug_an_evaluator_is_told_where_to_stand_in_his_language() -> None:
    papers = {p.key: p for p in compose_exercise(exercise(), language("id")).papers}
    said = [str(v) for p in papers.values() if p.key.startswith("eval-") for _label, v in p.sections[0].blocks[0].pairs]
    assert any("Gerbang halaman KPU" in text for text in said)
    assert not any("Gate of" in text for text in said)
