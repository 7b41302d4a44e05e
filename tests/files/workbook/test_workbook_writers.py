"""Whoever wrote a workbook, each cell is read as it was meant, or the workbook is refused with the cell."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from support.faulty_workbooks import Formula, small_book
from support.libreoffice import open_in_office
from support.refusals import refusal
from support.small import small_instance
from support.workbook_writers import WRITERS, pack, replace_cell, sheet_part, unpack

from optimiser.batch.case_table import TableRow, read_case_table
from optimiser.common.errors import InputFault
from optimiser.files.read import parse_workbook, read
from optimiser.files.xlsx.container import is_date
from optimiser.files.xlsx.values import ERRORS

BASE = small_book().write()


def faults(raw: bytes) -> list[tuple[str, str, str]]:
    """List code, place and what was found of each fault; empty where there is none."""
    refused = refusal(parse_workbook, raw, "book")
    return [] if not isinstance(refused, InputFault) else [(f.code, f.place, f.found) for f in refused.faults]


@pytest.mark.parametrize("writer", WRITERS)
def test_every_form_of_the_format_gives_the_same_instance(writer: str) -> None:
    instance = parse_workbook(WRITERS[writer](BASE), writer)
    assert instance.model_dump(mode="json") == small_instance().model_dump(mode="json")


BROKEN = {  # what stands in a cell, and what is said to be found
    "an error": ('<c r="O3" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
    "an error without a formula": ('<c r="O3" t="e"><v>#N/A</v></c>', "#N/A"),
    "an error without a text": ('<c r="O3" t="e"/>', "#"),
    "an error of a newer kind": ('<c r="O3" t="e" vm="1"><v>#FIELD!</v></c>', "#FIELD!"),
    "an error as a result in text": ('<c r="O3" t="str"><f>A1</f><v>#REF!</v></c>', "#REF!"),
    "an error of an office": ('<c r="O3" t="str"><f>A1</f><v>Err:502</v></c>', "Err:502"),
    "a formula never calculated": ('<c r="O3"><f>1+1</f></c>', "a formula without a saved result"),
    "a formula with an empty result": ('<c r="O3"><f>1+1</f><v/></c>', "a formula without a saved result"),
    "a formula with nothing in quotes": ('<c r="O3"><f>1+1</f><v></v></c>', "a formula without a saved result"),
    "a formula with space for a result": ('<c r="O3"><f>1+1</f><v> </v></c>', "a formula without a saved result"),
    "a formula of text without a result": ('<c r="O3" t="str"><f>A1</f></c>', "a formula without a saved result"),
    "a shared formula": ('<c r="O3"><f t="shared" si="0"/></c>', "a formula without a saved result"),
    "an array formula": ('<c r="O3"><f t="array" ref="O3">A1:A3</f></c>', "a formula without a saved result"),
    "the rest of an array": ('<c r="O3"/>', "a formula without a saved result"),
    "a number that is none": ('<c r="O3"><v>abc</v></c>', "a cell of the kind n with abc"),
    "a number in hexadecimal": ('<c r="O3"><v>0x10</v></c>', "a cell of the kind n with 0x10"),
    "no number": ('<c r="O3"><v>NaN</v></c>', "a cell of the kind n with NaN"),
    "a number without end": ('<c r="O3"><v>1e999</v></c>', "a cell of the kind n with 1e999"),
    "a text that is not in the list": ('<c r="O3" t="s"><v>99999</v></c>', "a cell of the kind s with 99999"),
    "a kind that there is not": ('<c r="O3" t="E"><v>#N/A</v></c>', "a cell of the kind E with #N/A"),
    "text where a number is said to be": ('<c r="O3"><is><t>5</t></is></c>', "a cell of the kind n with 5"),
    "neither true nor false": ('<c r="O3" t="b"><v>2</v></c>', "a cell of the kind b with 2"),
    "a date that is none": ('<c r="O3" t="d"><v>2024-13-01</v></c>', "a cell of the kind d with 2024-13-01"),
    "a format that is not there": ('<c r="O3" s="999"><v>5</v></c>', "a number whose format is missing"),
}


def with_cell(content: str) -> bytes:
    """Give the small workbook with a cell in the place of the tension of the gathering."""
    raw = replace_cell(BASE, "gatherings", "O3", content)
    if content == '<c r="O3"/>':  # the cell before fills it
        return replace_cell(raw, "gatherings", "N3", '<c r="N3"><f t="array" ref="N3:O3">A1:B1</f><v>0.5</v></c>')
    return raw


# each cell as it is, and one more by each writer; by a fifth of the writers in the long tests
MET = [
    pytest.param(name, writer, marks=() if w in (0, n) else pytest.mark.long)
    for n, name in enumerate(BROKEN)
    for w, writer in enumerate(WRITERS)
    if w in (0, n) or (n + w) % 5 == 0
]


@pytest.mark.parametrize(("name", "writer"), MET)
def test_bug_a_cell_whose_value_cannot_be_known_became_the_default(name: str, writer: str) -> None:
    content, found = BROKEN[name]
    said = faults(WRITERS[writer](with_cell(content)))
    assert ("cell-error", "gatherings!O3", found) in said


@pytest.mark.parametrize("text", sorted(ERRORS))
def test_every_error_that_spreadsheets_write_is_one_as_text_too(text: str) -> None:
    raw = replace_cell(BASE, "gatherings", "A3", f'<c r="A3" t="inlineStr"><is><t>{text}</t></is></c>')
    said = faults(raw)
    assert ("bad-identifier", "gatherings!A3", f"'{text}'") in said  # a row that begins with # would be left out


@pytest.mark.parametrize("writer", WRITERS)
def test_an_error_that_was_copied_as_text_is_no_number(writer: str) -> None:
    raw = replace_cell(BASE, "gatherings", "O3", '<c r="O3" t="inlineStr"><is><t>#NAME?</t></is></c>')
    assert ("wrong-type", "gatherings!O3", "'#NAME?'") in faults(WRITERS[writer](raw))


def test_texts_that_only_look_like_errors_stay_texts() -> None:
    raw = replace_cell(BASE, "gatherings", "B3", '<c r="B3" t="str"><v>#3, Err: none</v></c>')
    assert parse_workbook(raw).gatherings[0].name == "#3, Err: none"


VALUED = {  # cells that are well, and the tension that they mean
    "inline value without pieces": ('<c r="O3" t="inlineStr"><v>0,25</v></c>', 0.25),
    "a result in text": ('<c r="O3" t="str"><f>A1</f><v>0.25</v></c>', 0.25),
    "a comment within": ('<c r="O3"><v>0<!-- . -->.7</v></c>', 0.7),
    "an exponent": ('<c r="O3"><v>7.0000000000000007E-2</v></c>', 0.07),
    "a formula of an array": ('<c r="O3"><f t="array" ref="O3">A1</f><v>0.25</v></c>', 0.25),
    "a shared formula": ('<c r="O3"><f t="shared" si="0"/><v>0.25</v></c>', 0.25),
    "lower case": ('<c r="o3"><v>0.25</v></c>', 0.25),
}


@pytest.mark.parametrize("writer", ["as we write it", "strict", "prefixed", "pretty"])
@pytest.mark.parametrize("name", VALUED)
def test_a_cell_that_is_well_has_its_value(name: str, writer: str) -> None:
    content, value = VALUED[name]
    assert (
        parse_workbook(WRITERS[writer](replace_cell(BASE, "gatherings", "O3", content))).gatherings[0].tension == value
    )


def changed(part: str, old: str, new: str) -> bytes:
    """Give the small workbook with something replaced in a part; of the sheet gatherings where none is named."""
    parts = unpack(BASE)
    name = part or sheet_part(parts, "gatherings")
    text = parts[name].decode()
    assert re.search(old, text), old
    parts[name] = re.sub(old, new, text, count=1).encode()
    return pack(parts)


LINKS = "xl/_rels/workbook.xml.rels"
DAMAGED = {
    "a cell twice": lambda: changed("", '(<c r="A3"[^>]*>)', r'<c r="A3"><v>1</v></c>\1'),
    "cells in another order": lambda: changed("", '(<c r="B3".*?</c>)(<c r="C3".*?</c>)', r"\2\1"),
    "a cell in another row": lambda: changed("", '<c r="B3"', '<c r="B9"'),
    "rows in another order": lambda: changed("", '(<row r="2".*?</row>)(<row r="3".*?</row>)', r"\2\1"),
    "cells outside of rows": lambda: changed("", "<sheetData>", '<sheetData><c r="A1"><v>1</v></c>'),
    "cells in an element of a stranger": lambda: changed(
        "", '(<c r="O3".*?</c>)', r'<y:any xmlns:y="urn:y">\1</y:any>'
    ),
    "a choice for other readers among cells": lambda: changed(
        "", '(<c r="O3".*?</c>)', r'<m:AlternateContent xmlns:m="urn:m"><m:Choice>\1</m:Choice></m:AlternateContent>'
    ),
    "all cells in a choice": lambda: changed(
        "", "(<sheetData>.*</sheetData>)", r'<m:AlternateContent xmlns:m="urn:m">\1</m:AlternateContent>'
    ),
    "cells twice": lambda: changed("", "(<sheetData>.*</sheetData>)", r"\1\1"),
    "no cells": lambda: changed("", "<sheetData>.*</sheetData>", ""),
    "a value beside its element": lambda: changed("", '(<c r="O3"[^>]*>)<v>([^<]*)</v>', r"\1\2"),
    "two values": lambda: changed("", '(<c r="O3"[^>]*><v>[^<]*</v>)', r"\1<v>1</v>"),
    "a kind with a prefix": lambda: changed("", '<c r="O3"', '<c r="O3" xmlns:z="urn:z" z:t="e"'),
    "a prefix of nobody": lambda: changed("", '<c r="O3"', '<q:c r="O3"'),
    "a name that is none": lambda: changed("", '<c r="O3"', '<c r="N-3"'),
    "an encoding of its own": lambda: changed("", 'encoding="UTF-8"', 'encoding="windows-1252"'),
    "an encoding that hides": lambda: changed("", 'encoding="UTF-8"', 'encoding="UTF-7"'),
    "entities": lambda: changed("", "<worksheet", '<!DOCTYPE w [<!ENTITY a "1">]><worksheet'),
    "a document type": lambda: changed("", "<worksheet", '<!DOCTYPE worksheet SYSTEM "a.dtd"><worksheet'),
    "nesting without end": lambda: changed("", "</worksheet>", "<a>" * 99 + "</a>" * 99 + "</worksheet>"),
    "a sheet without a part": lambda: changed(LINKS, "worksheets/sheet10.xml", "worksheets/none.xml"),
    "a sheet outside of the file": lambda: changed(
        LINKS, 'Target="worksheets/sheet10.xml"', 'Target="worksheets/sheet10.xml" TargetMode="External"'
    ),
    "a chart in the place of cells": lambda: changed(LINKS, 'worksheet(?=" Target="worksheets/sheet10)', "chartsheet"),
    "relationships with one name": lambda: changed(LINKS, 'Id="rId3"', 'Id="rId2"'),
    "lists of sheets in a choice": lambda: changed("xl/workbook.xml", "(<sheets>.*</sheets>)", r"<a>\1</a>"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_sheet_that_cannot_be_looked_at_is_refused_whole(name: str) -> None:
    if "sheet10" in name:
        assert sheet_part(unpack(BASE), "gatherings").endswith("sheet10.xml")
    assert [code for code, _, _ in faults(DAMAGED[name]())] == ["not-a-workbook"]


def test_the_part_that_is_changed_above_is_that_of_the_gatherings() -> None:
    assert sheet_part(unpack(BASE), "gatherings") == "xl/worksheets/sheet10.xml"


def test_a_part_twice_under_names_that_differ_by_capitals_is_refused() -> None:
    parts = unpack(BASE)
    assert [c for c, _, _ in faults(pack({**parts, "xl/worksheets/SHEET10.xml": b"<x/>"}))] == ["not-a-workbook"]


def test_bug_the_nought_of_a_program_that_does_not_calculate_was_a_result() -> None:
    """A program that writes formulas without calculating saves 0 and asks for calculation when the file is opened."""
    book = small_book()
    book.set("sectors", "market", "public", Formula("=100*2|0"))
    place = book.find("sectors", "market", "public")
    (fault,) = refusal(parse_workbook, book.write(), "book").faults
    assert (fault.code, fault.found) == ("cell-error", "a formula whose result was never calculated")
    parts = unpack(book.write())
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
    assert parse_workbook(pack(parts)).sectors[1].public == 0
    assert place[0] == 3


@pytest.mark.parametrize(
    ("code", "date"),
    [
        ("hh:mm", True), ("[h]:mm", True), ("[mm]", True), ("yyyy\\-mm\\-dd", True), ("[$-421]dd mmmm yyyy;@", True),
        ("[$-F400]h:mm:ss AM/PM", True), ("d/m", True), ("General", False), ("0.00", False), ("#,##0", False),
        ("0.00E+00", False), ('0 "days"', False), ("[Red]0;[Blue]-0", False), ('"Rp"\\ #,##0_);(#,##0)', False),
        ("_-* #,##0_-", False), ("@", False), ("0\\d", False), ('0.0 "km/h"', False), ("0_d", False),
    ],
)  # fmt: skip
def test_a_format_of_dates_is_known_from_one_of_numbers(code: str, date: bool) -> None:
    assert is_date(code) is date


# ---------------------------------------------------------------- tables of cases


def table(tmp_path: Path, rows: list[tuple[Any, ...]], writer: str = "as we write it", **merged: Any) -> Path:
    file = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet, time = book.add_worksheet("cases"), book.add_format({"num_format": "hh:mm"})
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, dt.time):
                    sheet.write_datetime(r, c, value, time)
                elif isinstance(value, Formula):
                    sheet.write_formula(r, c, value.partition("|")[0], None, value.partition("|")[2])
                else:
                    sheet.write(r, c, value)
        for area in merged.get("merged", ()):
            sheet.merge_range(area, "--heads 30")
    file.write_bytes(WRITERS[writer](file.read_bytes()))
    return file


HEAD = ("instance", "whatif", "seed", "seconds")


@pytest.mark.parametrize("writer", WRITERS)
def test_a_table_is_read_alike_whoever_wrote_it(tmp_path: Path, writer: str) -> None:
    file = table(tmp_path, [HEAD, ("tiny-2", "--heads 30", 7, 1.125)], writer)
    cells = {"instance": "tiny-2", "whatif": "--heads 30", "seed": "7", "seconds": "1.1250"}
    assert read_case_table(file) == [TableRow(2, cells)]


@pytest.mark.parametrize("writer", WRITERS)
def test_bug_a_table_with_an_error_lost_its_what_if(tmp_path: Path, writer: str) -> None:
    rows = [HEAD, ("tiny-2", Formula("=NA()|#N/A"), Formula("=1+1|"), 1)]
    with pytest.raises(InputFault) as caught:
        read_case_table(table(tmp_path, rows, writer))
    assert [(f.code, f.place) for f in caught.value.faults] == [("cell-error", "cases!B2"), ("cell-error", "cases!C2")]


def test_bug_a_table_with_merged_cells_lost_its_what_if(tmp_path: Path) -> None:
    file = table(tmp_path, [HEAD, ("tiny-2", "", 1), ("tiny-2", "", 2)], merged=["B2:B3"])
    with pytest.raises(InputFault) as caught:
        read_case_table(file)
    assert [(f.code, f.place) for f in caught.value.faults] == [("merged-cells", "cases!B2")]


def test_bug_seeds_that_a_spreadsheet_made_a_time_of_were_other_seeds(tmp_path: Path) -> None:
    with pytest.raises(InputFault) as caught:
        read_case_table(table(tmp_path, [HEAD, ("tiny-2", "", dt.time(1, 3))]))
    (fault,) = caught.value.faults
    assert (fault.code, fault.place, fault.found) == ("wrong-type", "cases!C2", "a date or time, 01:03")


# ---------------------------------------------------------------- another spreadsheet


@pytest.mark.slow
def test_an_office_saves_what_is_read_alike_with_its_errors(tmp_path: Path) -> None:
    """LibreOffice calculates and saves: a sound workbook is the same instance, one with errors is refused by cell."""
    book = small_book()
    book.set("sectors", "market", "public", Formula("=100*2|"))
    book.set("gatherings", "recount", "arrives", dt.time(13, 40))
    (tmp_path / "sound.xlsx").write_bytes(book.write())
    (saved,) = open_in_office([tmp_path / "sound.xlsx"], tmp_path)
    expected = small_instance().model_dump(mode="json")
    expected["gatherings"][0]["arrives"] = "13:40"
    assert read(saved).model_dump(mode="json") == expected
    book.set("sectors", "market", "public", Formula("=1/0|0"))
    book.set("teams", "dalmas", "count", Formula("=NA()|0"))
    (tmp_path / "broken.xlsx").write_bytes(book.write())
    (saved,) = open_in_office([tmp_path / "broken.xlsx"], tmp_path, sound=False)
    assert {(c, f) for c, _, f in faults(saved.read_bytes())} == {("cell-error", "#DIV/0!"), ("cell-error", "#N/A")}
