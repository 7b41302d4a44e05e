"""Cells in which a spreadsheet changed what was typed, and what planners copy: people, spans, degrees."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from support.messy_district import sound_district
from support.refusals import refusal
from support.small import small_instance

from optimiser.common.errors import Fault
from optimiser.files.read import parse_workbook
from optimiser.model.instance import Instance
from optimiser.output.excel.template import write_template

Change = tuple[str, str, str, Any]  # sheet, row, header and value


def read(*changes: Change) -> Instance:
    book = sound_district()
    for change in changes:
        book.set(*change)
    return parse_workbook(book.write(), "district.xlsx")


def said(*changes: Change) -> list[Fault]:
    return list(refusal(read, *changes).faults)


@pytest.mark.parametrize(
    ("sheet", "row", "column"),
    [
        ("gatherings", "massa-a", "turnout"),
        ("gatherings", "massa-a", "turnout.high"),
        ("gatherings", "massa-b", "turnout"),
        ("sectors", "pasar", "public"),
        ("settings", "cap", "value"),
        ("officials", "kpu", "staff"),
        ("teams", "tim-nego", "size"),
    ],
)
@pytest.mark.parametrize(
    ("typed", "repair"),
    [
        (1.234, "write 1234 if thousands are meant, else a whole number"),
        ("1.234", "write 1234 if thousands are meant, else a whole number"),
        ("1.234 orang", "write 1234 if thousands are meant, else a whole number"),
        (2.5, "write 2 or 3, or 2500 if thousands are meant"),
        ("2,5", "write 2 or 3, or 2500 if thousands are meant"),
    ],
)
def test_bug_a_fraction_of_a_person_was_taken_as_it_stood(
    sheet: str, row: str, column: str, typed: Any, repair: str
) -> None:
    (fault,) = said((sheet, row, column, typed))
    assert (fault.code, fault.repair) == ("wrong-type", repair)


@pytest.mark.parametrize("turnout", [172.5, 1.25, 612.375, 100 / 3])
def test_a_number_of_people_that_was_calculated_comes_back(turnout: float) -> None:
    town = small_instance()
    crowd = town.gatherings[0].model_copy(update={"turnout": turnout})
    town = town.replace(gatherings=(crowd, *town.gatherings[1:]))
    assert parse_workbook(write_template(town)) == town


@pytest.mark.parametrize(
    ("change", "repair"),
    [
        (("settings", "period.hours", "value", "08.00-17.00"), "write how long it is from one to the other: 9"),
        (("settings", "period.hours", "value", "jam 20.00 s/d 04.30 WIB"), "from one to the other: 8.5"),
        (("itinerary", "doa", "stay", "13:00 - 14:30"), "from one to the other: 90"),
        (("settings", "period.hours", "value", dt.time(9, 0)), "write 9 if hours and minutes are meant"),
        (("officials", "kpu", "after", dt.time(0, 45)), "write 45 if hours and minutes are meant, 0.75 if minutes"),
        (("officials", "kpu", "after", dt.datetime(2024, 11, 27)), "format the cell as a number"),
        (("sectors", "pasar", "property", dt.time(0, 45)), "format the cell as a number"),
    ],
)
def test_bug_a_span_or_a_time_in_place_of_a_duration_got_a_repair_that_did_not_help(
    change: Change, repair: str
) -> None:
    (fault,) = said(change)
    assert fault.code == "wrong-type"
    assert repair in fault.repair


@pytest.mark.parametrize(
    ("typed", "degrees"),
    [
        ("4°07'27\"S", -4.1241667),
        ("4° 7’ 27” LS", -4.1241667),
        ("S 4° 7.45'", -4.1241667),
        ("4,13 LS", -4.13),
        ("-4.13°", -4.13),
        ("S4.13", -4.13),
    ],
)
def test_a_latitude_is_read_as_it_was_copied(typed: str, degrees: float) -> None:
    assert read(("sectors", "kpu", "lat", typed)).sectors[0].lat == degrees


def test_a_longitude_is_read_as_it_was_copied() -> None:
    assert read(("sectors", "kpu", "lon", "104°10'12.5\" BT")).sectors[0].lon == 104.1701389


@pytest.mark.parametrize(
    ("column", "typed", "repair"),
    [
        ("lat", 104.17, "seem to be exchanged"),
        ("lat", "104,17 BT", "seem to be exchanged"),
        ("lon", "4°07'27\"S", "seem to be exchanged"),
        ("lat", "-4.13, 104.17", "-4.13 under the latitude, 104.17 under the longitude"),
        ("lat", -41234567, "the mark before the decimals is missing"),
        ("lon", 9543210.0, "the map counts in metres"),
        ("lat", "dekat pasar", "as -4.1242 or 4°07'27\"S"),
    ],
)
def test_a_coordinate_that_cannot_be_one_is_told_what_happened(column: str, typed: Any, repair: str) -> None:
    (fault,) = said(("sectors", "kpu", column, typed))
    assert repair in fault.repair
