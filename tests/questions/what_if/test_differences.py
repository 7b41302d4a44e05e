"""What a what-if changed is said from what to what, with units, wherever an answer is read."""

from __future__ import annotations

import json

import pytest
from support.command_line import run
from support.small import small_instance
from support.whatif import PLAN, QUICK, TINY, asked, screen

from optimiser.batch.sweep import read_whatif
from optimiser.common.language import language
from optimiser.files.apply_whatif import apply
from optimiser.files.read import read
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.output.sections.answer import differences_blocks
from optimiser.output.write import describe_answer
from optimiser.questions.what_if.differences import Difference, list_differences, tell_differences


def told(instance: Instance, phrases: str, code: str = "en") -> list[str]:
    changed = apply(instance, read_whatif(phrases)[0], Deployment(instance=instance.name))
    return [difference.tell(language(code)) for difference in list_differences(instance, changed)]


@pytest.mark.parametrize(
    ("asked_", "lines"),
    [
        ("--set gatherings.pawai.turnout=3000", ["March for a recount: turnout 1,500 -> 3,000 persons"]),
        ("--set gatherings.pawai.turnout=3.0", ["March for a recount: turnout 1,500 -> 3 persons"]),
        ("--set gatherings.pawai.militant.red=0.5", ["March for a recount: militant red 30 % -> 50 %"]),
        ("--set gatherings.pawai.itinerary.0.stay=30.0", ["March for a recount: itinerary stay no. 1 45 -> 30 min"]),
        ("--heads 310", ["cap 250 -> 310 heads"]),
        ("--lose vehicle:awc-1", ["Armoured water cannon (AWC): count 1 -> 0 vehicles"]),
        ("--gain team:dalmas-awal-regu=6", ["Squad of Dalmas awal: count 9 -> 15 teams"]),
        (
            "--close kpu:bawaslu@10:00-12:00",
            ["travel closures: added, a kpu, b bawaslu, start 10:00, end 12:00"],
        ),
        (
            "--remove pawai",
            [
                "March for a recount (gatherings): taken away",
                "With the march (accompaniments): taken away",
                "Rally then march (movements): taken away",
            ],
        ),
        (
            "--receive-delegation kpu=20min",
            ["KPU, election commission: official promised not set -> 20 min"],
        ),
        ("--start pawai=30min-later", ["March for a recount: arrives 09:30 -> 10:00"]),
        (
            "--pin kpu:dalmas-awal=3",
            ["pins: added, place kpu, what dalmas-awal, at least 3, at most 3"],
        ),
        ("--set sectors.kpu.minimum.dalmas-awal=3", ["KPU, election commission: minimum dalmas-awal 1 -> 3 teams"]),
        ("--set sectors.kpu.exit_open=false", ["KPU, election commission: exit open yes -> no"]),
        ("--set doctrine.waiting_marks=[10.0]", ["doctrine waiting marks 15, 30, 60, 90 -> 10 min"]),
        ("--set law.arrest_k=2.0", ["law arrest k 2.3 -> 2"]),
        ("--set objective.injury=11.0", ["objective injury 10 -> 11 points per unit"]),
        (
            "--period 08:00-18:00",
            [
                "period start Tuesday, 20 August 2024 09:00 -> Tuesday, 20 August 2024 08:00",
                "period hours 8 -> 10 h",
            ],
        ),
        ("--heads 250", []),
    ],
)
def test_bug_an_answer_did_not_say_how_a_change_was_understood(asked_: str, lines: list[str]) -> None:
    assert told(read("oku-250"), asked_) == lines


def test_bug_times_of_a_change_were_written_as_files_hold_them_in_an_indonesian_answer() -> None:
    start, _hours = told(read("oku-250"), "--period 08:00-18:00", "id")
    assert start.endswith("Selasa, 20 Agustus 2024 09.00 -> Selasa, 20 Agustus 2024 08.00")


def test_in_indonesian_numbers_and_names_of_fields_are_theirs() -> None:
    assert told(read("oku-250"), "--set gatherings.pawai.turnout=3000 --set period.hours=9.5", "id") == [
        "lama operasi 8 -> 9,5 jam",
        "March for a recount: jumlah massa 1.500 -> 3.000 orang",
    ]
    assert told(read("oku-250"), "--start pawai=08:00", "id")[0] == (
        "mulai operasi Selasa, 20 Agustus 2024 09.00 -> Selasa, 20 Agustus 2024 08.00"
    )


@pytest.mark.parametrize(
    ("asked_", "code", "lines"),
    [
        ("--route kpu-pawai=to-hall:40%", "en", ["of to-hall 0.6 -> 0.4", "of hall-only 0.25 -> 0.375"]),
        ("--route kpu-pawai=to-hall:40%", "id", ["bobot pilihan rute dari to-hall 0,6 -> 0,4", "0,15 -> 0,225"]),
        ("--set law.arrest_k=0.123456789", "id", ["2,3 -> 0,1235"]),
        ("--chance dprd-doa=33%", "id", ["peluang 100 % -> 33 %"]),
        ("--set gatherings.kpu-pawai.comes_as=yellow", "id", ["datang dalam fase hijau -> kuning"]),
        ("--at-least kpu=60", "id", ["apa personel, paling sedikit 60"]),
        ("--set law.arrest_k=2.30000001", "en", ["law arrest k 2.3 -> 2.30000001"]),
    ],
)
def test_bug_differences_were_told_with_raw_numbers_english_words_and_identifiers_within_names(
    asked_: str, code: str, lines: list[str]
) -> None:
    said = told(read("oku-recap-330"), asked_, code)
    assert all(any(line in one for one in said) for line in lines), said
    assert not any("weight" in one for one in said) or code == "en"


def test_a_range_that_changes_while_its_number_stays_is_said() -> None:
    (line,) = told(TINY, "--set cap={value=40,low=20}")
    assert line == "cap 40 -> (value 40, low 20) heads"


def test_parts_that_are_added_are_said(tmp_path) -> None:
    file = tmp_path / "more.toml"
    file.write_text(
        '[[gatherings]]\nid = "second"\nname = "Second"\nturnout = 400.0\narrives = "14:00"\n'
        'itinerary = [{ sector = "kpu" }]\n'
    )
    (line,) = told(read("oku-250"), f"--add {file}")
    assert line.startswith("Second (gatherings): added, turnout 400, ")
    assert "arrives 14:00" in line


def test_every_face_of_an_answer_says_what_was_changed(tmp_path) -> None:
    answer = asked({"do": "set", "path": "gatherings.large.turnout", "value": 300.0})
    (difference,) = answer.differences  # in Python
    assert (difference.path, difference.unit, difference.after) == ("gatherings.large.turnout", "persons", 300.0)
    line = str(difference)
    assert line.endswith(f"turnout {difference.before:g} -> 300 persons")
    assert line in " ".join(screen(answer).split())  # on screen
    document = describe_answer(answer)  # in files, on the command line and over HTTP
    assert [d["sentence"] for d in document["differences"]] == [line]
    plan = tmp_path / "plan.json"
    plan.write_text(PLAN.model_dump_json())
    shown = run("whatif", "tiny-2", plan, "--set", "gatherings.large.turnout=300", "--quiet", *QUICK)
    assert line in " ".join(shown.stdout.split())


def test_a_change_that_nothing_can_meet_is_said_too(tmp_path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(PLAN.model_dump_json())
    sector = TINY.sectors[0]
    change = ("whatif", "tiny-2", plan, "--set", f"sectors.{sector.id}.cover=99", "--quiet", *QUICK)
    shown, document = run(*change), run(*change, "--json")
    assert (shown.exit_code, document.exit_code) == (5, 5)
    line = f"{sector.name}: cover {int(sector.cover)} -> 99 teams"
    assert line in shown.stderr
    assert [d["sentence"] for d in json.loads(document.stdout)["differences"]] == [line]


def test_of_many_changes_the_rest_is_counted() -> None:
    many = [Difference(f"sectors.s{i}.cover", f"S{i}", "cover", "teams", 0, i) for i in range(1, 15)]
    lines = [line.text for line in differences_blocks(many)]
    assert len(lines) == 13
    assert lines[0] == "S1: cover 0 -> 1 teams"
    assert lines[-1] == "2 more fields changed"


def test_bug_a_place_that_is_kept_was_told_as_a_dozen_pins() -> None:
    instance = read("oku-250")
    plan = Deployment.build(instance, {("kpu", "dalmas-awal-regu"): 2}, {})
    changed = apply(instance, read_whatif("--keep kpu")[0], plan)
    assert tell_differences(list_differences(instance, changed)) == ["kpu stays as it is in the plan"]
    assert tell_differences(list_differences(instance, changed), language("id")) == ["kpu tetap seperti rencana"]


def test_bug_pins_after_one_that_goes_were_told_as_changed() -> None:
    """Parts without identifiers were compared by their numbers, which all that follow a missing one have changed."""
    legs = [{"sector": "kpu", "until": "15:00"}, {"sector": "market"}]
    pins = [
        {"place": "kpu", "what": "padal", "at_least": 1},
        {"place": "relief", "what": "dalmas", "at_least": 1},
        {"place": "market", "what": "chief", "at_most": 1},
        {"place": "polres", "what": "line", "at_most": 2},
    ]
    instance = small_instance(movements=[{"id": "relief", "name": "Relief", "legs": legs}], pins=pins)
    gone = ["Relief (movements): taken away", "pins: taken away, place relief, what dalmas, at least 1"]
    assert told(instance, "--remove relief") == gone
    more = "pins: added, place market, what dalmas, at least 1, at most 1"
    assert told(instance, "--remove relief --pin market:dalmas=1") == [*gone, more]
    changed = instance.altered(pins=(*instance.pins[:2], instance.pins[2].altered(at_most=2), instance.pins[3]))
    (one,) = list_differences(instance, changed)
    assert (one.path, one.before, one.after) == ("pins.2.at_most", 1, 2)


def test_bug_legs_after_one_that_goes_were_told_as_changed() -> None:
    legs = [{"sector": "market", "until": "14:00"}, {"gathering": "recount"}, {"sector": "kpu"}]
    instance = small_instance(movements=[{"id": "m", "name": "M", "legs": legs}], pins=[])
    assert told(instance, "--remove recount")[-1] == "M (legs): taken away, gathering recount"


def test_bug_the_clock_time_of_a_leg_was_told_in_english() -> None:
    (moving,) = told(small_instance(pins=[]), "--move 'market>kpu@14:00'", "id")
    assert "sampai 14.00" in moving
    assert "until" not in moving
