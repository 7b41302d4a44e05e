"""Sheets and columns are named in the reader's language; a workbook in either, or in both, is read the same."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from support.faulty_workbooks import Book, small_book
from support.refusals import refusal

from optimiser.common.language import CODES
from optimiser.files.read import parse_workbook
from optimiser.files.workbook import lay_out
from optimiser.files.workbook.labels import (
    CHECK,
    fold_header,
    label_column,
    label_header,
    label_sheet,
    list_headers,
    read_columns,
    read_titles,
)

SHEETS = {sheet.name: sheet for sheet in lay_out()}
SAME = {"id", "x", "y", "ring", "format", "minimum"}  # words that both languages have
MOST = 31  # characters of the name of a sheet, limit of the format


def renamed(book: Book, some: Any) -> Book:
    """Give those of the sheets, and of their columns and fields, Indonesian names of which ``some(number)`` is true."""
    number = 0
    sheets: dict[str, list[list[Any]]] = {}

    def name(text: str, label: str) -> str:
        nonlocal number
        number += 1
        return f"  {label.upper()} " if some(number) else text

    book.sheets = {title: rows for title, rows in book.sheets.items() if title in SHEETS}
    for title, filled in book.sheets.items():
        sheet, rows = SHEETS[title], [list(row) for row in filled]
        if sheet.form == "table":
            rows[0] = [
                name(text, label_header(text, "id") if text == CHECK else label_column(sheet, text, "id"))
                for text in rows[0]
            ]
        if sheet.form == "fields":
            rows[0] = [name(text, label_header(text, "id")) for text in rows[0]]
            for row in rows[1:]:
                row[0] = name(row[0], label_column(sheet, row[0], "id"))
        sheets[name(title, label_sheet(title, "id")).strip()] = rows
    book.sheets = sheets
    return book


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=list(SHEETS))
def test_every_name_in_a_sheet_stands_for_one_column_in_any_language(sheet: Any) -> None:
    names = list_headers(sheet)
    for code in CODES:
        labels = [fold_header(label_column(sheet, name, code)) for name in names]
        assert [label for label, count in Counter(labels).items() if count > 1] == []
        assert [read_columns(sheet)[label] for label in labels] == names, "no name is that of another column"
        assert len(label_sheet(sheet.name, code)) <= MOST
        assert read_titles()[label_sheet(sheet.name, code)] == sheet.name
    if sheet.name != "law":  # constants have the names that the law gives them
        same = {name for name in names if label_column(sheet, name, "id") == name}
        assert same <= SAME, "a name without an Indonesian one"


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_workbook_in_indonesian_or_in_both_languages_is_read_the_same(step: int) -> None:
    meant = parse_workbook(small_book().write())
    book = renamed(small_book(), lambda number: number % step == 0)
    assert parse_workbook(book.write()) == meant


def test_faults_name_cells_and_headers_as_they_stand_in_the_file() -> None:
    book = renamed(small_book(), lambda _: True)
    sectors, posts = book.sheets["SEKTOR"], book.sheets["POS"]
    sectors[0][sectors[0].index("  MASYARAKAT SEKITAR ")] = "masyarakat sekitr"
    sectors[-1][1] = None
    posts[0].append("Nama")
    told = {(f.code, f.place): f for f in refusal(parse_workbook, book.write(), "kota.xlsx").faults}
    misspelt = next(fault for (code, _), fault in told.items() if code == "unknown-field")
    assert misspelt.place.startswith("SEKTOR!")
    assert misspelt.repair == "did you mean 'masyarakat sekitar'?"
    assert "daya tampung" in misspelt.expected
    empty = told["missing-field", f"SEKTOR!B{len(sectors)}"]
    assert empty.expected.startswith("nama, ")
    twice = next(fault for (code, _), fault in told.items() if code == "duplicate-key")
    assert (twice.place.partition("!")[0], twice.found) == ("POS", "'nama'")


def test_a_missing_or_misspelt_sheet_is_told_in_the_language_of_the_workbook() -> None:
    book = renamed(small_book(), lambda _: True)
    book.sheets = {{"SEKTOR": "sektr"}.get(name, name): rows for name, rows in book.sheets.items() if name != "TIM"}
    told = {fault.code: fault for fault in refusal(parse_workbook, book.write(), "kota.xlsx").faults}
    assert told["unknown-sheet"].repair == "did you mean 'sektor'?"
    assert told["missing-field"].expected == "a sheet named tim"


def test_choices_are_told_in_the_language_of_the_sheet() -> None:
    for some, told in ((lambda _: False, "'green', 'yellow', 'red'"), (lambda _: True, "'hijau', 'kuning', 'merah'")):
        book = small_book()
        book.set("gatherings", "recount", "comes_as", "ungu")
        book.set("roles", "talk", "phases", "hijau, biru")
        faults = refusal(parse_workbook, renamed(book, some).write()).faults
        assert [(fault.code, fault.found) for fault in faults] == [
            ("not-a-choice", "'biru'"),
            ("not-a-choice", "'ungu'"),
        ]
        assert all(told in fault.expected for fault in faults)


@pytest.mark.parametrize("mark", ["-", " – ", "nihil", "n/a"])
def test_bug_a_mark_for_nothing_was_told_as_a_bad_name(mark: str) -> None:
    book = small_book()
    book.set("sectors", "kpu", "spill_to", mark)
    book.set("vehicles", "awc", "crew_role", mark)
    book.set("triggers", "result", "sectors", mark)
    faults = refusal(parse_workbook, book.write()).faults
    assert len(faults) == 3
    assert {str(fault.repair) for fault in faults} == {"leave the cell empty"}
