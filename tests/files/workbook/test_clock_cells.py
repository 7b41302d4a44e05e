"""Clock cells of a workbook: a time of day, or a date and time within the period; anything else is told as it is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from support.faulty_workbooks import small_book
from support.libreoffice import open_in_office
from support.messy_district import sound_district
from support.refusals import refusal
from support.small import small_instance
from support.workbook_writers import pack, replace_cell, sheet_part, unpack

from optimiser.common.errors import InputFault
from optimiser.files.read import parse_workbook
from optimiser.files.xlsx.moments import Moment, read_clock
from optimiser.model.instance import Instance
from optimiser.output.excel.template import write_template

BOOK = small_book()
BOOK.set("gatherings", "recount", "arrives", dt.time(14, 0))
BOOK.set("critical", "kpu", "start", dt.time(14, 0))
BASE = BOOK.write()  # 20 August 2024, 13:00 to 18:00
PERIOD = {"start": "2024-08-20T13:00:00", "hours": 5.0}
DAY = 45524.0  # the serial of that day
FORMATS = {"a time": 2, "a date and time": 1, "no format": 0}


def read(content: str, raw: bytes = BASE) -> Instance | InputFault:
    """Read the small workbook with other content in the cell in which a gathering arrives."""
    try:
        return parse_workbook(replace_cell(raw, "gatherings", "H3", f'<c r="H3" {content}</c>'))
    except InputFault as refused:
        return refused


def said(content: str, raw: bytes = BASE) -> tuple[str, str, str, str]:
    refused = read(content, raw)
    assert isinstance(refused, InputFault), refused.gatherings[0].arrives
    (fault,) = refused.faults
    assert fault.place == "gatherings!H3"
    return fault.code, fault.found, fault.expected, fault.repair


def test_the_formats_are_those_that_are_meant() -> None:
    styles = unpack(BASE)["xl/styles.xml"].decode()
    assert styles.index('formatCode="yyyy-mm-dd hh:mm"') < styles.index('formatCode="hh:mm"')


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize(
    ("typed", "found", "repair"),
    [
        ("9.4", "9.4, which is day 9, 09:36", "did you mean 09:40?"),
        ("9.40", "9.4, which is day 9, 09:36", "did you mean 09:40?"),
        ("9.5", "9.5, which is day 9, 12:00", "did you mean 09:50 or 09:30?"),
        ("9.25", "9.25, which is day 9, 06:00", "did you mean 09:25 or 09:15?"),
        ("9.75", "9.75, which is day 9, 18:00", "did you mean 09:45?"),
        ("14.05", "14.05, which is day 14, 01:12", "did you mean 14:05?"),
        ("14", "14, which is day 14, 00:00", "did you mean 14:00?"),
        ("1", "1, which is day 1, 00:00", "did you mean 01:00?"),
        ("1430", "1430, which is day 1430, 00:00", "did you mean 14:30?"),
        ("930", "930, which is day 930, 00:00", "did you mean 09:30?"),
        ("14.65", "14.65, which is day 14, 15:36", "write it as 14:30"),
        ("1.0625", "1.0625, which is day 1, 01:30", "write it as 14:30"),
        ("24", "24, which is day 24, 00:00", "write it as 14:30"),
        ("-0.5", "-0.5", "write it as 14:30"),
        ("-9.4", "-9.4", "write it as 14:30"),
    ],
)
def test_bug_a_number_of_days_was_read_as_a_time_of_day(typed: str, found: str, repair: str, style: str) -> None:
    code, shown, expected, advice = said(f's="{FORMATS[style]}"><v>{typed}</v>')
    assert (code, shown, advice) == ("bad-clock", found, repair)
    assert expected == "a time of day, or a date and time from 2024-08-20 13:00 to 2024-08-20 18:00"


@pytest.mark.parametrize(
    ("instant", "repair"),
    [
        ("2024-08-19 14:00", "correct the date, or write the time alone: 14:00"),
        ("2024-08-21 14:00", "correct the date, or write the time alone: 14:00"),
        ("2024-08-20 12:59", "correct the date, or write the time alone: 12:59"),
        ("2024-08-20 18:01", "correct the date, or write the time alone: 18:01"),
        ("2024-08-20 00:00", "correct the date, or write the time alone: 00:00"),
    ],
)
def test_bug_a_date_was_dropped_without_a_word(instant: str, repair: str) -> None:
    serial = Moment.of(dt.datetime.fromisoformat(instant)).serial
    code, found, _, advice = said(f's="2"><v>{serial!r}</v>')
    assert (code, found, advice) == ("time-outside", f"{serial:.10g} ({instant})", repair)
    iso = instant.replace(" ", "T")
    assert said(f't="d"><v>{iso}:00</v>')[:2] == ("time-outside", f"{serial:.10g} ({instant})")


@pytest.mark.parametrize(("instant", "clock"), [("13:00", "13:00"), ("14:30", "14:30"), ("18:00", "18:00")])
def test_a_date_and_time_within_the_period_keeps_its_date(instant: str, clock: str) -> None:
    serial = Moment.of(dt.datetime.fromisoformat(f"2024-08-20 {instant}")).serial
    for content in (
        f's="2"><v>{serial!r}</v>',
        f's="0"><v>{serial!r}</v>',
        f't="d"><v>2024-08-20T{instant}:00.000</v>',
    ):
        instance = read(content)
        assert isinstance(instance, Instance)
        assert instance.gatherings[0].arrives == clock


@pytest.mark.parametrize(
    ("content", "clock"),
    [
        ('s="1"><v>0.6041666666666666</v>', "14:30"),
        ('s="0"><v>0.60416667</v>', "14:30"),
        ('t="str"><v>14.30</v>', "14:30"),
        ('t="inlineStr"><is><t>14:30:00</t></is>', "14:30"),
        ('t="d"><v>14:30:00</v>', "14:30"),
        ('t="d"><v>1899-12-31T14:30:00</v>', "14:30"),
        ('s="1"><f>A1</f><v>0.6041666666666666</v>', "14:30"),
    ],
)
def test_a_time_of_day_is_read_from_every_kind_of_cell(content: str, clock: str) -> None:
    instance = read(content)
    assert isinstance(instance, Instance), instance
    assert instance.gatherings[0].arrives == clock


@pytest.mark.parametrize("text", ["9,5", "9.5", "9", "9 jam", "930", "24:00", "half past two", "14:3"])
def test_a_text_that_is_no_time_is_quoted(text: str) -> None:
    assert said(f't="str"><v>{text}</v>')[:2] == ("bad-clock", f"'{text}'")


def test_seconds_and_truth_are_no_times() -> None:
    assert said('s="1"><v>0.60439814814</v>')[:2] == ("bad-clock", "14:30:20")
    assert said('t="b"><v>1</v>')[0] == "bad-clock"


def test_days_counted_from_1904_are_the_same_days() -> None:
    parts = unpack(BASE)
    early = parts["xl/workbook.xml"].replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    start = sheet_part(parts, "settings")
    text = parts[start].decode()
    serial = f"{DAY + 13 / 24:.10f}"[:11]
    assert serial in text
    moved = text.replace(serial, f"{DAY - 1462 + 13 / 24:.10f}"[:11])
    raw = pack({**parts, "xl/workbook.xml": early, start: moved.encode()})
    instance = read(f's="2"><v>{DAY - 1462 + 14.5 / 24!r}</v>', raw)
    assert isinstance(instance, Instance), instance
    assert (instance.gatherings[0].arrives, instance.period.start) == ("14:30", dt.datetime(2024, 8, 20, 13))
    assert said('s="1"><v>9.4</v>', raw)[1] == "9.4, which is day 9, 09:36"


@pytest.mark.parametrize(
    ("instant", "ending", "placed"),
    [
        ("2024-08-20T20:00", False, "20:00"),
        ("2024-08-21T02:30", False, "02:30"),
        ("2024-08-21T19:59", False, "19:59"),
        ("2024-08-21T20:00", False, None),  # as a clock time it would be the start, a day before
        ("2024-08-21T20:00", True, "20:00"),
        ("2024-08-20T20:00", True, None),  # as the end of something it would be a day later
        ("2024-08-20T02:30", False, None),
        ("2024-08-22T02:30", False, None),
    ],
)
def test_a_period_over_midnight_takes_times_of_both_days(instant: str, ending: bool, placed: str | None) -> None:
    period = {"start": "2024-08-20T20:00:00", "hours": {"value": 24.0, "low": 20.0}}
    found = read_clock(Moment.of(dt.datetime.fromisoformat(instant)), period, ending)
    assert (found if isinstance(found, str) else None) == placed


@pytest.mark.parametrize(
    "period", [None, {}, {"start": "soon", "hours": 5.0}, {"start": PERIOD["start"], "hours": "5"}]
)
def test_where_the_period_is_unknown_which_is_told_a_date_is_not_judged(period: Any) -> None:
    assert read_clock(Moment(DAY + 14 / 24), period, False) == "14:00"


@pytest.mark.parametrize("start", [dt.datetime(2024, 11, 27), 45623, "27/11/2024", dt.time(8, 0)])
def test_bug_a_start_without_a_time_was_midnight_and_every_time_outside(start: Any) -> None:
    book = sound_district()
    book.set("settings", "period.start", "value", start)
    book.set("gatherings", "doa", "arrives", dt.datetime(2024, 11, 27, 13, 0))
    faults = refusal(parse_workbook, book.write(), "district.xlsx").faults
    assert [(fault.code, fault.place) for fault in faults] == [("bad-date", "settings!B8")]
    assert "1970" not in str(faults[0])
    assert "2024-11-27" in faults[0].repair or "2024-08-20 08:00" in faults[0].repair


def test_a_start_at_midnight_is_written_as_text_and_read_back() -> None:
    start = dt.datetime(2024, 11, 27)
    town = small_instance()
    town = town.replace(period=town.period.model_copy(update={"start": start, "hours": 24}))
    assert parse_workbook(write_template(town)).period.start == start


def test_a_date_without_its_format_is_read_as_a_date() -> None:
    book = sound_district()
    book.set("settings", "period.start", "value", 45623 + 8 / 24)
    assert parse_workbook(book.write()).period.start == dt.datetime(2024, 11, 27, 8, 0)


def test_every_clock_of_the_format_is_looked_at() -> None:
    """Put a number of days into each cell of a clock that the small workbook has."""
    book = small_book()
    cells = [("critical", "kpu", "start"), ("critical", "kpu", "end"), ("teams", "dalmas", "available")]
    cells += [("triggers", "result", "at"), ("gatherings", "recount", "arrives")]
    for cell in cells:
        book.set(*cell, 9.4)
    book.add("closures", a="kpu", b="market", start=9.4, end=9.5)
    faults = refusal(parse_workbook, book.write(), "book").faults
    assert sum(f.found.startswith("9.4, which is day 9") for f in faults) == len(cells) + 1
    assert sum(f.found.startswith("9.5, which is day 9") for f in faults) == 1


def test_a_date_field_takes_no_day_of_long_ago() -> None:
    """A time that was typed into the start of the operation is day 9 of 1900, not a date."""
    book = small_book()
    book.set("settings", "period.start", "value", dt.datetime(1900, 1, 8, 9, 36))
    (fault,) = refusal(parse_workbook, book.write(), "book").faults
    assert (fault.place.split("!")[0], fault.found) == ("settings", "8.4")
    assert "date and time" in fault.expected


@pytest.mark.slow
def test_an_office_keeps_what_is_refused(tmp_path: Path) -> None:
    (tmp_path / "times.xlsx").write_bytes(replace_cell(BASE, "gatherings", "H3", '<c r="H3" s="1"><v>9.4</v></c>'))
    (saved,) = open_in_office([tmp_path / "times.xlsx"], tmp_path)
    (fault,) = refusal(parse_workbook, saved.read_bytes(), "book").faults
    assert (fault.place, fault.repair) == ("gatherings!H3", "did you mean 09:40?")
