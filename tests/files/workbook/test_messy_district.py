"""A messy workbook of a planner: everything wrong in it is said in one round, and nothing that only follows from it."""

from __future__ import annotations

import re

import pytest
from support.faulty_workbooks import Book
from support.messy_district import MESS, Slip, find_row, messy_district, sound_district
from support.refusals import refusal

from optimiser.files.read import parse_workbook


def mend(book: Book, places: set[str]) -> None:
    """Put right the cells that were told, and no others; a sheet or column of one's own is marked as told."""
    sound = sound_district()
    for place in sorted(places, key=lambda place: "!" not in place):
        sheet, _, cell = place.partition("!")
        if not cell:
            repaired = "reinforcements" if sheet == "reinforcement" else f"_{sheet}"
            book.sheets = {repaired if name == sheet else name: rows for name, rows in book.sheets.items()}
            continue
        letters, number = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()
        column = sum(26**n * (ord(letter) - 64) for n, letter in enumerate(reversed(letters))) - 1
        rows, row = sound.sheets["reinforcements" if sheet == "reinforcement" else sheet], int(number) - 1
        book.sheets[sheet][row][column] = rows[row][column] if column < len(rows[row]) else "#catatan"
        for merged in [area for area in book.merged if area[:3] == (sheet, row, column)]:
            book.merged.remove(merged)
            for below in range(row, merged[3] + 1):
                book.sheets[sheet][below][column] = rows[below][column]


def test_the_district_that_is_meant_has_no_fault() -> None:
    assert parse_workbook(sound_district().write()).noted == ()


def test_every_fault_of_a_messy_workbook_is_told_in_one_round_and_nothing_else() -> None:
    book, expected = messy_district()
    assert len(expected) >= 40
    faults = refusal(parse_workbook, book.write(), "district.xlsx").faults
    assert sorted((f.code, f.place) for f in faults) == sorted((code, place) for code, place, _ in expected)
    for code, place, words in expected:
        repairs = [fault.repair for fault in faults if (fault.code, fault.place) == (code, place)]
        assert any(words in repair for repair in repairs), (code, place, words, repairs)


def test_a_messy_workbook_that_is_mended_where_it_was_told_has_no_fault() -> None:
    book, _ = messy_district()
    faults = refusal(parse_workbook, book.write(), "district.xlsx").faults
    mend(book, {str(fault.place) for fault in faults})
    instance, meant = parse_workbook(book.write()), parse_workbook(sound_district().write())
    assert instance == meant, "what was typed in people's way is understood"


ALONE = [slip for slip in MESS if slip.code in ("bad-identifier", "duplicate-id", "unknown-field", "cell-error")]


@pytest.mark.parametrize("slip", ALONE, ids=lambda slip: f"{slip.sheet}-{slip.column}-{slip.code}")
def test_a_slip_that_others_refer_to_is_told_alone(slip: Slip) -> None:
    """What refers to it is no fault of its own."""
    book, expected = messy_district([slip], ())
    faults = refusal(parse_workbook, book.write(), "district.xlsx").faults
    assert [(f.code, f.place) for f in faults] == [(code, place) for code, place, _ in expected]


TWICE = [
    ("teams", "regu-awal", "tim-nego", [("pins", "mapolres", "what", "regu-awal")]),
    ("teams", "regu-lanjut", "regu-awal", []),
    ("gatherings", "massa-b", "massa-a", []),
    ("gatherings", "doa", "massa-a", []),
    ("sectors", "dprd", "kpu", []),
    ("sectors", "dprd", "kpu", [("officials", "dprd", "sector", "kpu")]),
    ("sectors", "terminal", "kpu", [("limits", "kpu#2", "role", "nego")]),
    ("roles", "padal", "awal", []),
    ("vehicles", "awc", "truk", []),
]


@pytest.mark.parametrize(("sheet", "row", "name", "others"), TWICE)
def test_bug_a_name_that_two_rows_have_was_told_by_what_follows_too(
    sheet: str, row: str, name: str, others: list[tuple[str, str, str, str]]
) -> None:
    book = sound_district()
    number = find_row(book, sheet, row)
    for place, of_row, column, value in others:
        line = find_row(book, place, of_row)
        book.sheets[place][line][book.sheets[place][0].index(column)] = value
    book.sheets[sheet][number][0] = name
    faults = refusal(parse_workbook, book.write(), "district.xlsx").faults
    assert [(fault.code, fault.place) for fault in faults] == [("duplicate-id", f"{sheet}!A{number + 1}")]


def test_bug_a_row_without_a_name_made_the_names_of_others_wrong() -> None:
    book = sound_district()
    number = find_row(book, "teams", "regu-awal")
    book.set("pins", "mapolres", "what", "regu-awal")
    book.sheets["teams"][number][0] = ""
    faults = refusal(parse_workbook, book.write(), "district.xlsx").faults
    assert [(fault.code, fault.place) for fault in faults] == [("missing-field", f"teams!A{number + 1}")]


@pytest.mark.long
@pytest.mark.parametrize("slip", MESS, ids=lambda slip: f"{slip.sheet}-{slip.column}-{slip.code}")
def test_every_slip_is_told_alone(slip: Slip) -> None:
    test_a_slip_that_others_refer_to_is_told_alone(slip)
