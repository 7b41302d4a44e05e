"""Workbooks as districts fill them in with words of their own: no crash, nothing misread, nothing told twice."""

from __future__ import annotations

from typing import Any

import pytest
from support.faulty_workbooks import Book, Formula
from support.messy_district import find_row, sound_district
from support.plan_tables import as_csv, as_workbook, read_back, some_plan
from support.refusals import refusal
from support.small import small_instance

from optimiser.common.errors import Fault
from optimiser.common.language import language
from optimiser.files.examination import examine
from optimiser.files.read import parse, parse_workbook


def told(book: Book) -> list[Fault]:
    return list(refusal(parse_workbook, book.write(), "district.xlsx").faults)


def rename_sheet(book: Book, name: str, to: str) -> None:
    book.sheets = {to if sheet == name else sheet: rows for sheet, rows in book.sheets.items()}


def test_bug_a_sheet_of_gatherings_that_nobody_knows_ended_in_a_traceback() -> None:
    book = sound_district()
    book.sheets["Unras"] = [["siapa", "berapa"], ["massa-a", 800]]
    del book.sheets["gatherings"]
    assert [(fault.code, fault.place) for fault in told(book)] == [
        ("unknown-sheet", "Unras"),
        ("missing-field", "gatherings"),
    ]


@pytest.mark.parametrize("sheet", ["sectors", "posts", "teams", "gatherings", "triggers", "itinerary"])
def test_bug_a_sheet_with_a_name_of_its_own_was_not_read(sheet: str) -> None:
    book = sound_district()
    rename_sheet(book, sheet, "Unras")
    (fault,) = told(book)
    assert (fault.code, fault.place, fault.repair) == ("unknown-sheet", "Unras", f"did you mean '{sheet}'?")


def test_bug_of_a_second_sheet_of_a_kind_its_own_name_was_suggested() -> None:
    book = sound_district()
    book.sheets["sektor"] = [list(row) for row in book.sheets["sectors"]]
    (fault,) = told(book)
    assert (fault.code, fault.repair) == ("unknown-sheet", "put its rows into 'sectors', or begin its name with _")


def test_bug_a_sheet_of_gatherings_without_headers_ended_in_a_traceback() -> None:
    book = sound_district()
    del book.sheets["gatherings"][0]
    assert [(fault.code, fault.place) for fault in told(book)] == [("missing-header", "gatherings!A1")]


@pytest.mark.parametrize(
    ("sheet", "row", "column"),
    [("gatherings", "massa-a", "liaison"), ("sectors", "kpu", "exit_open"), ("roles", "nego", "officer")],
)
@pytest.mark.parametrize("word", ["T", "t", "off", "F"])
def test_bug_t_which_is_short_for_tidak_was_read_as_yes(sheet: str, row: str, column: str, word: str) -> None:
    book = sound_district()
    book.set(sheet, row, column, word)
    (fault,) = told(book)
    assert (fault.code, fault.repair) == ("wrong-type", "write yes or no")


@pytest.mark.parametrize(
    ("sheet", "row", "column"),
    [("itinerary", "doa", "stay"), ("officials", "kpu", "after"), ("gatherings", "doa", "late")],
)
@pytest.mark.parametrize("typed", ["1.30", "1,30", "01.30"])
def test_bug_an_hour_and_a_half_was_read_as_a_minute(sheet: str, row: str, column: str, typed: Any) -> None:
    book = sound_district()
    book.set(sheet, row, column, typed)
    (fault,) = told(book)
    assert (fault.code, fault.repair) == ("wrong-type", "it may be 1h30min or 1.3min; write one of these")


def test_a_stay_of_a_few_minutes_is_warned_of() -> None:
    book = sound_district()
    book.set("itinerary", "doa", "stay", 1.3)
    (caution,) = [c for c in examine(parse_workbook(book.write())) if c.code == "short-stay"]
    assert "1.3 minutes" in caution.found


@pytest.mark.parametrize(
    ("sheet", "column", "header", "meant"),
    [
        ("gatherings", "arrives", "jam tiba", "tiba"),
        ("gatherings", "arrives", "pukul", "arrives"),
        ("gatherings", "turnout", "perkiraan massa", "turnout"),
        ("teams", "count", "jml regu", "count"),
        ("teams", "size", "jml personel", "size"),
        ("sectors", "id", "ID Sektor", "id"),
        ("sectors", "name", "Nama Sektor", "name"),
        ("teams", "home", "Home Post", "home"),
    ],
)
def test_bug_cells_below_a_header_of_ones_own_were_not_read(sheet: str, column: str, header: str, meant: str) -> None:
    book = sound_district()
    book.rename(sheet, column, header)
    (fault,) = told(book)
    assert (fault.code, fault.repair) == ("unknown-field", f"did you mean '{meant}'?")


def test_bug_what_stands_below_a_header_of_ones_own_was_told_in_a_second_round() -> None:
    book = sound_district()
    book.rename("gatherings", "arrives", "jam tiba")
    number = find_row(book, "gatherings", "doa")
    book.sheets["gatherings"][number][book.sheets["gatherings"][0].index("jam tiba")] = "habis Dzuhur"
    assert sorted(fault.code for fault in told(book)) == ["bad-clock", "unknown-field"]


@pytest.mark.parametrize("sheet", ["sectors", "posts", "teams", "roles", "gatherings"])
def test_bug_a_missing_column_of_names_made_every_reference_wrong(sheet: str) -> None:
    book = sound_district()
    book.drop(sheet, "id")
    assert {(fault.code, fault.place) for fault in told(book)} == {("missing-field", f"{sheet}!A1")}


def test_bug_a_sheet_whose_names_and_titles_have_headers_like_nothing_made_every_reference_wrong() -> None:
    book = sound_district()
    book.rename("sectors", "id", "xyz")
    book.rename("sectors", "name", "qqq")
    assert {fault.place.partition("!")[0] for fault in told(book)} == {"sectors"}


def test_bug_a_role_with_capitals_was_told_of_another_cell() -> None:
    book = sound_district()
    row = find_row(book, "limits", "kpu")
    book.sheets["limits"][row][1] = "Negosiator-x"
    (fault,) = told(book)
    assert (fault.code, fault.place) == ("unknown-role", f"limits!B{row + 1}")


def test_bug_warnings_of_capitals_came_twice_and_pushed_out_others() -> None:
    book = sound_district()
    book.set("sectors", "kpu", "id", "KPU")
    instance = parse_workbook(book.write())
    assert [caution.place for caution in examine(instance) if caution.code == "capitals"] == ["sectors!A3"]


def test_bug_sheets_and_words_were_named_in_another_language_than_the_workbook() -> None:
    book = sound_district()
    rename_sheet(book, "teams", "tim")
    rename_sheet(book, "roles", "peran")
    book.sheets["tim"][find_row(book, "tim", "tim-nego")][0] = "nego"
    book.set("gatherings", "massa-a", "tension", "agak tegang")
    indonesian = language("id")
    said = {fault.code: indonesian(fault.expected) for fault in told(book)}
    assert said["duplicate-id"].endswith("tim, peran, vehicles")
    assert said["wrong-type"].endswith("tenang, biasa, tegang, sangat tegang")


@pytest.mark.parametrize("word", ["idem", "sda", '"', "s.d.a."])
def test_bug_the_word_for_the_value_above_was_refused(word: str) -> None:
    book = sound_district()
    for sheet, row, column in (("teams", "regu-awal", "home"), ("itinerary", "massa-a#2", "gathering")):
        book.sheets[sheet][find_row(book, sheet, row)][book.sheets[sheet][0].index(column)] = word
    assert parse_workbook(book.write()) == parse_workbook(sound_district().write())


@pytest.mark.parametrize("number", [32, Formula("=SUM(E3:E9)"), ""])
def test_bug_a_row_of_sums_was_told_as_five_faults(number: Any) -> None:
    book = sound_district()
    book.add("teams", name="Jumlah", count=number)
    assert parse_workbook(book.write()) == parse_workbook(sound_district().write())


def test_bug_faults_of_one_sheet_were_scattered() -> None:
    book = sound_district()
    book.set("gatherings", "massa-a", "turnout", "banyak")
    book.set("teams", "tim-nego", "home", "gudang")
    book.set("teams", "regu-awal", "size", "besar")
    book.set("sectors", "kpu", "spill_to", "xx")
    assert [fault.place for fault in told(book)] == ["sectors!V3", "teams!F3", "teams!D4", "gatherings!C3"]


def test_bug_a_plan_was_told_as_an_instance_with_many_faults() -> None:
    town = small_instance()
    raw = as_workbook(town, some_plan(town, 1))
    (fault,) = refusal(parse_workbook, raw, "plan.xlsx").faults
    assert (fault.code, fault.repair) == (
        "wrong-format",
        f"write optimiser check INSTANCE plan.xlsx, where INSTANCE is the file of '{town.name}'",
    )
    (fault,) = refusal(parse, {"format": "optimiser-plan/1", "instance": "small"}, "plan.json").faults
    assert fault.repair == "write optimiser check INSTANCE plan.json, where INSTANCE is the file of 'small'"


@pytest.mark.parametrize(("write", "kind"), [(as_workbook, ".xlsx"), (as_csv, ".csv")])
def test_bug_a_plan_of_another_district_was_told_row_by_row(write: Any, kind: str) -> None:
    town, other = small_instance(), parse_workbook(sound_district().write())
    (fault,) = refusal(read_back, write(town, some_plan(town, 1)), kind, other).faults
    assert (fault.code, fault.expected) == ("unknown-instance", f"a plan of '{other.name}'")


@pytest.mark.parametrize("typed", ["kpu/dprd", "kpu & dprd", "KPU dan DPRD", "kpu and dprd", "kpu + dprd"])
def test_bug_several_sectors_parted_as_people_do_were_one_unknown_sector(typed: str) -> None:
    book = sound_district()
    book.set("triggers", "hasil", "sectors", typed)
    assert parse_workbook(book.write()).triggers[0].sectors == ("kpu", "dprd")


@pytest.mark.parametrize(
    ("sheet", "row", "column", "typed", "repair"),
    [
        ("sectors", "kpu", "ring", "ring 1", "write 1"),
        ("sectors", "kpu", "records", "300 kotak", "write 300"),
        ("sectors", "kpu", "property", "150 kios", "write 150"),
        ("teams", "tim-nego", "count", "1 (satu)", "write 1"),
        ("sectors", "kpu", "public", "3 ratus", "write a number"),
        ("vehicles", "awc", "escort", "1 regu", "write a number"),
        ("gatherings", "massa-a", "arrives", "\u00b1 09.30", "did you mean 09:30?"),
        ("gatherings", "massa-a", "arrives", "sekitar jam 9", "did you mean 09:00?"),
        ("sectors", "pasar", "public", 1500.5, "write 1500 or 1501"),
        ("gatherings", "massa-a", "turnout", "1500,5", "write 1500 or 1501"),
        ("itinerary", "doa", "sector", "mapolres", "'mapolres' is a post (posts!A3); name a sector that exists"),
        ("roles", "nego", "id", "tim-nego", "teams!A3 has it; rename one, for example to tim-nego-regu"),
    ],
)
def test_bug_a_repair_did_not_repair(sheet: str, row: str, column: str, typed: Any, repair: str) -> None:
    book = sound_district()
    book.set(sheet, row, column, typed)
    assert repair in [fault.repair for fault in told(book)]


def test_seats_are_read_as_people_call_them_and_the_time_may_stand_before_the_date() -> None:
    book = sound_district()
    book.set("vehicles", "truk", "seats", "24 kursi")
    book.set("settings", "period.start", "value", "08.00 27/11/2024")
    instance = parse_workbook(book.write())
    assert int(instance.vehicles[0].seats) == 24
    assert f"{instance.period.start:%Y-%m-%d %H:%M}" == "2024-11-27 08:00"


def test_bug_metres_in_a_column_of_kilometres_were_advised_as_kilometres() -> None:
    book = sound_district()
    book.add("roads", a="kpu", b="pasar", km="1.200 m")
    assert "write 1.2 if thousands are meant, else 0.0012" in [fault.repair for fault in told(book)]
