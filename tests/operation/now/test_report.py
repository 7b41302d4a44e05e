"""A situation report is read as strictly as every input; all its faults are said at once."""

from __future__ import annotations

import tomllib

import pytest
from jsonschema import Draft202012Validator
from support.command_line import run

from optimiser import InputFault, read
from optimiser.common.language import language
from optimiser.operation.now.report import FORMAT, parse_situation, read_situation, situation_schema
from optimiser.operation.now.report_book import parse_report_book
from optimiser.operation.now.template import write_blank_report
from optimiser.output.score.log_book import write_log_template
from optimiser.output.situation_book import write_situation_template
from optimiser.planning.search.hand_rules import proportional

OKU = read("oku-250")
HEAD = {"format": FORMAT, "instance": "oku-250", "at": "11:00"}
FULL = {
    **HEAD,
    "sectors": [
        {
            "id": "kpu",
            "phase": "yellow",
            "mood": "tense",
            "people": {OKU.gatherings[0].id: 500},
            "delegation": "waiting",
            "since": "10:40",
            "teams": {"dalmas-awal-regu": 2, "padal-tim": 1},
            "on_duty_since": "09:00",
            "exit_open": True,
            "stopped": False,
        }
    ],
    "posts": [{"id": "halaman-polres", "teams": {"dalmas-lanjut-regu": 3}}],
    "road": [{"start": "halaman-polres", "sector": "kpu", "teams": {"dokkes-tim": 1}, "arrives": "11:10"}],
}


def faults(data):
    with pytest.raises(InputFault) as refused:
        parse_situation(data, OKU)
    return {(fault.code, fault.place) for fault in refused.value.faults}


@pytest.mark.parametrize("code", ["en", "id"])
def test_a_report_written_as_a_workbook_is_read_back_as_the_same(code):
    report = parse_situation(FULL, OKU)
    again = parse_report_book(write_situation_template(OKU, language(code), report), "now.xlsx", OKU)
    assert again.sectors[0].teams == {**dict.fromkeys((team.id for team in OKU.teams), 0), **report.sectors[0].teams}
    assert again.posts[0].vehicles is None
    assert float(again.sectors[0].mood) == float(report.sectors[0].mood), "which names the word in its own language"
    rest = {"sectors": {0: {"teams", "mood"}}, "posts": {0: {"teams"}}}
    assert again.model_dump(exclude=rest) == report.model_dump(exclude=rest)
    empty = parse_report_book(
        write_situation_template(OKU, language(code), parse_situation(HEAD, OKU)), "now.xlsx", OKU
    )
    assert empty.is_empty


def test_faults_of_a_workbook_are_told_by_their_cells():
    wrong = parse_situation(FULL, OKU).model_copy(update={"at": "10:30"})
    with pytest.raises(InputFault) as refused:
        parse_report_book(write_situation_template(OKU, language("en"), wrong), "now.xlsx", OKU)
    assert {(fault.code, fault.place) for fault in refused.value.faults} == {("time-order", "Sectors!E6")}
    with pytest.raises(InputFault) as refused:
        parse_report_book(write_situation_template(OKU), "now.xlsx", OKU)
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [("missing-field", "Situation!B2")]
    other = read("oku-425-pleno")
    with pytest.raises(InputFault) as refused:
        parse_report_book(write_situation_template(OKU, report=parse_situation(FULL, OKU)), "now.xlsx", other)
    assert {(f.code, f.place.partition("!")[0]) for f in refused.value.faults} >= {("unknown-gathering", "People")}
    with pytest.raises(InputFault, match="a sheet Situation"):
        parse_report_book(write_log_template(OKU), "now.xlsx", OKU)


def test_a_full_report_is_read_and_a_word_stands_for_its_number():
    report = parse_situation(FULL, OKU)
    assert float(report.sectors[0].mood) == 0.6
    assert not report.is_empty
    assert parse_situation(HEAD, OKU).is_empty
    assert list(Draft202012Validator(situation_schema()).iter_errors(FULL)) == []


def test_all_faults_are_said_at_once():
    wrong = {
        **FULL,
        "at": "08:00",
        "sectors": [
            {"id": "kpuu"},
            {"id": "kpu", "people": {"nobody": 3}, "teams": {"dalmas": 1}, "since": "11:30", "delegation": "waiting"},
        ],
        "posts": [{"id": "halaman-polres", "teams": {"dalmas-lanjut-regu": 300}, "vehicles": {"awc": 1}}],
        "road": [{"start": "kpu", "sector": "nowhere", "teams": {}, "arrives": "10:00"}],
    }
    assert faults({**wrong, "at": "11:00"}) == {
        ("unknown-sector", "sectors[0].id"),
        ("unknown-gathering", "sectors[1].people.nobody"),
        ("unknown-team", "sectors[1].teams.dalmas"),
        ("time-order", "sectors[1].since"),
        ("unknown-kind", "posts[0].vehicles.awc"),
        ("unknown-post", "road[0].start"),
        ("unknown-sector", "road[0].sector"),
        ("time-order", "road[0].arrives"),
        ("out-of-range", "teams.dalmas-lanjut-regu"),
    }
    assert ("time-outside", "at") in faults({**HEAD, "at": "08:00"})
    assert ("unknown-instance", "instance") in faults({**HEAD, "instance": "other"})
    assert ("not-a-choice", "sectors[0].phase") in faults({**HEAD, "sectors": [{"id": "kpu", "phase": "orange"}]})


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"id": "bawaslu", "phase": "quiet", "people": {"bawaslu-aksi": 900}}, "sectors[0].phase"),
        ({"id": "rsud", "phase": "red"}, "sectors[0].phase"),
        ({"id": "rsud", "delegation": "waiting"}, "sectors[0].delegation"),
        ({"id": "rsud", "stopped": True}, "sectors[0].stopped"),
        ({"id": "kpu", "delegation": "none", "since": "10:00"}, "sectors[0].since"),
    ],
    ids=lambda said: "" if isinstance(said, str) else said["id"],
)
def test_bug_a_report_that_contradicts_itself_or_the_place_was_believed(said, place):
    assert faults({**HEAD, "sectors": [said]}) == {("contradiction", place)}


def test_bug_more_vehicles_were_reported_than_there_are():
    posts = [{"id": "halaman-polres", "vehicles": {"dalmas-truck": 90}}, {"id": "pos-kpu", "vehicles": {"rantis": 1}}]
    assert faults({**HEAD, "posts": posts}) == {("out-of-range", "vehicles.dalmas-truck")}
    sane = {"id": "rsud", "phase": "quiet", "stopped": False, "delegation": "none", "people": {}}
    parse_situation({**HEAD, "sectors": [sane]}, OKU)


def test_bug_a_place_where_nobody_can_come_was_told_as_a_choice_of_nothing():
    with pytest.raises(InputFault) as refused:
        parse_situation({**HEAD, "sectors": [{"id": "rsud", "people": {"pawai": 5}}]}, OKU)
    (fault,) = refused.value.faults
    assert "one of ;" not in str(fault.expected)
    assert fault.expected == "nothing: there is none"


def test_bug_an_empty_report_was_written_where_no_report_is_read(tmp_path):
    plan, file = tmp_path / "plan.json", tmp_path / "now.csv"
    plan.write_text(proportional(OKU).model_dump_json(), encoding="utf-8")
    refused = run("now", "oku-250", plan, "--template", file)
    assert refused.exit_code == 2
    assert not file.exists()
    assert run("now", "oku-250", plan, "--template", file.with_suffix(".toml")).exit_code == 0
    assert run("now", "oku-250", plan, "--template", file.with_suffix(".xlsx")).exit_code == 0
    assert "Situation!B2" in run("now", "oku-250", plan, file.with_suffix(".xlsx")).stderr
    filled = file.with_suffix(".toml")
    filled.write_text("filled in", encoding="utf-8")
    assert run("now", "oku-250", plan, "--template", filled).exit_code != 0
    assert filled.read_text(encoding="utf-8") == "filled in"


def test_the_template_is_an_empty_report_and_one_that_is_filled_in_is_read(tmp_path):
    for name in ("oku-250", "oku-425-pleno", "tiny-2"):
        instance = read(name)
        text = write_blank_report(instance)
        report = parse_situation(tomllib.loads(text), instance)
        assert [sector.id for sector in report.sectors] == [sector.id for sector in instance.sectors]
    filled = "\n".join(line.removeprefix("# ") for line in write_blank_report(OKU, language("id")).split("\n")[1:])
    file = tmp_path / "now.toml"
    file.write_text(filled, encoding="utf-8")
    assert len(read_situation(file, OKU).road) == 1
