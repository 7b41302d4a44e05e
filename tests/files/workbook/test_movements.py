"""Movements in a workbook: a row for each, and a row for each of their legs; what is wrong is told in its cell."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from support.faulty_workbooks import Book, as_book
from support.refusals import refusal
from support.small import small_data, small_instance

from optimiser.common.errors import InputFault
from optimiser.common.language import language
from optimiser.files.read import parse, parse_workbook
from optimiser.model.instance import Instance
from optimiser.output.excel.template import write_template

RELIEF = {
    "id": "relief",
    "name": "KPU, then the market",
    "legs": [{"sector": "kpu", "until": "14:45", "until_left": "recount"}, {"sector": "market"}],
}
ALONG = {"id": "along", "name": "With them", "legs": [{"gathering": "recount"}, {"sector": "kpu"}]}


def moving(**changes: Any) -> Instance:
    return small_instance(**{"movements": [RELIEF, ALONG], "pins": [], **changes})


def book() -> Book:
    return as_book(write_template(moving()))


def told(changed: Book) -> list[tuple[str, str, str, str, str]]:
    faults = refusal(parse_workbook, changed.write(), "district.xlsx").faults
    return [(f.code, f.place, str(f.found).strip("'"), str(f.expected), str(f.repair)) for f in faults]


def codes(**changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(InputFault) as error:
        parse(small_data(**changes), "town.toml")
    return [(fault.code, fault.place) for fault in error.value.faults]


def legs(*of: dict[str, str]) -> list[tuple[str, str]]:
    return codes(movements=[{**RELIEF, "legs": list(of)}])


# ---------------------------------------------------------------- there and back


@pytest.mark.parametrize("code", ["en", "id"])
def test_a_workbook_says_the_same_as_the_file_in_either_language(code: Any) -> None:
    several = {"value": 120, "low": 80, "high": 160, "source": "Polres"}
    instance = moving(movements=[{**RELIEF, "staging_capacity": several, "call_sign": "Elang"}, ALONG])
    again = parse_workbook(write_template(instance, language(code)))
    assert again.model_dump(mode="json") == instance.model_dump(mode="json")


def test_the_sheets_have_names_that_staff_write() -> None:
    sheets = as_book(write_template(moving(), language("id"))).sheets
    assert [row[:2] for row in sheets["pergeseran"][2:4]] == [["relief", RELIEF["name"]], ["along", "With them"]]
    header, _, first, *_ = sheets["tahap pergeseran"]
    assert header[:5] == ["pergeseran", "sektor tahap", "massa yang diikuti", "sampai pukul", "sampai ditinggal massa"]
    assert [first[0], first[1], first[4]] == ["relief", "kpu", "recount"]


def test_a_leg_may_be_at_a_post_and_how_people_tire_is_read_back() -> None:
    post = small_data()["posts"][0]["id"]
    legs = [{"sector": "kpu", "until": "14:45"}, {"post": post, "until": "16:00"}, {"sector": "kpu"}]
    roles = [{**role, "kit": 1.3} for role in small_data()["roles"]]
    tires = {"value": 0.1, "low": 0.05, "high": 0.2, "source": "assumed"}
    doctrine = {"relief_every": 0.0, "tires": tires, "longest_duty": 180.0, "shortest_rest": 45.0, "heat": 1.2}
    instance = moving(movements=[{**RELIEF, "legs": legs}], roles=roles, doctrine=doctrine)
    for code in ("en", "id"):
        again = parse_workbook(write_template(instance, language(code)))
        assert again.model_dump(mode="json") == instance.model_dump(mode="json")
    assert instance.movements[0].legs[1].post == post


def test_rows_of_a_workbook_may_be_left_out_where_nobody_moves() -> None:
    bare = as_book(write_template(small_instance()))
    del bare.sheets["movements"], bare.sheets["legs"]
    assert parse_workbook(bare.write()) == small_instance()


@pytest.mark.parametrize("typed", ["14.30", "14:30", "pukul 14.30", "jam 14.30 WIB", "2.30 PM", dt.time(14, 30)])
def test_the_end_of_a_leg_is_read_as_it_is_typed(typed: Any) -> None:
    changed = book()
    changed.set("legs", "relief", "until", typed)
    assert parse_workbook(changed.write()).movements[0].legs[0].until == "14:30"


# ---------------------------------------------------------------- faults by cell


def test_a_time_that_is_none_is_told_in_its_cell_and_nothing_that_follows_from_it() -> None:
    changed = book()
    changed.set("legs", "relief", "until", "sesudah salat")
    ((code, place, found, _, _),) = told(changed)
    assert (code, place, found) == ("bad-clock", "legs!D3", "sesudah salat")


def test_a_leg_outside_the_operation_is_told_as_that_alone() -> None:
    changed = book()
    changed.set("legs", "relief", "until", "12:00")
    assert [fault[:3] for fault in told(changed)] == [("time-outside", "legs!D3", "12:00")]


def test_a_leg_without_sector_and_gathering_is_told_in_the_empty_cell() -> None:
    changed = book()
    changed.set("legs", "relief", "sector", "")
    changed.set("legs", "relief", "until_left", "")
    changed.set("legs", "relief", "until", "")
    found = told(changed)
    assert found == [
        (
            "leg-without-place",
            "legs!B3",
            "nothing",
            "a sector, a gathering or a post",
            "write where the units are, or with whom",
        )
    ]


def test_a_leg_with_both_is_told_with_the_sector_it_names() -> None:
    changed = book()
    changed.set("legs", "relief", "gathering", "recount")
    ((code, place, found, expected, repair),) = told(changed)
    assert (code, place, found) == ("leg-without-place", "legs!C3", "recount")
    assert expected == "nothing beside the sector, kpu"
    assert "each is a leg of its own" in repair


def test_a_leg_that_nobody_knows_the_end_of_is_told_in_the_empty_cell() -> None:
    changed = book()
    changed.set("legs", "relief", "until", "")
    ((code, place, found, _, repair),) = told(changed)
    assert (code, place, found) == ("leg-without-end", "legs!D3", "nothing")
    assert repair == "write when they set out at the latest"


def test_an_end_of_the_last_leg_is_told_in_the_cell_where_it_stands() -> None:
    changed = book()
    changed.sheets["legs"][3][4] = "recount"
    assert [fault[:3] for fault in told(changed)] == [("leg-without-end", "legs!E4", "recount")]


def test_a_movement_without_rows_of_legs_is_led_to_their_sheet() -> None:
    changed = book()
    changed.add("movements", id="idle", name="Idle")
    ((code, place, _, expected, repair),) = told(changed)
    assert (code, place, expected) == ("nowhere-to-go", "movements!A5", "at least two legs")
    assert repair == "add its rows in the sheet legs"


def test_legs_of_a_movement_that_there_is_not_are_told_by_name() -> None:
    changed = book()
    changed.add("legs", movement="relieve", sector="kpu")
    found = told(changed)
    assert [fault[:3] for fault in found] == [("unknown-movement", "legs!A7", "relieve")]
    assert "relief" in found[0][4]


def test_a_movement_entered_twice_is_told_once() -> None:
    changed = book()
    changed.add("movements", id="relief", name="Again")
    assert [fault[:2] for fault in told(changed)] == [("duplicate-id", "movements!A5")]


def test_a_leg_names_a_sector_and_gatherings_that_exist() -> None:
    changed = book()
    changed.set("legs", "relief", "sector", "kpuu")
    changed.set("legs", "relief", "until_left", "recuont")
    changed.set("legs", "along", "gathering", "nobody")
    assert [fault[:3] for fault in told(changed)] == [
        ("unknown-sector", "legs!B3", "kpuu"),
        ("unknown-gathering", "legs!E3", "recuont"),
        ("unknown-gathering", "legs!C5", "nobody"),
    ]


# ---------------------------------------------------------------- faults by path


def test_faults_of_a_file_name_the_leg_and_its_field() -> None:
    kpu, market = {"sector": "kpu", "until": "14:30"}, {"sector": "market"}
    where = "movements[0].legs"
    assert legs(kpu) == [("nowhere-to-go", where), ("leg-without-end", f"{where}[0].until")]
    assert legs({"until": "14:30"}, market) == [("leg-without-place", f"{where}[0].sector")]
    assert legs({**kpu, "gathering": "recount"}, market) == [("leg-without-place", f"{where}[0].gathering")]
    assert legs({"sector": "kpu"}, market) == [("leg-without-end", f"{where}[0].until")]
    assert legs(kpu, {**market, "until_left": "recount"}) == [("leg-without-end", f"{where}[1].until_left")]
    assert legs(kpu, {**market, "until": "14:30"}, kpu | {"until": "15:00"}) == [
        ("leg-without-end", f"{where}[2].until"),
        ("legs-out-of-order", f"{where}[1].until"),
    ]
    post = {"post": small_data()["posts"][0]["id"]}
    assert legs({**kpu, **post}, market) == [("leg-without-place", f"{where}[0].post")]
    assert legs(post, market) == [("leg-without-end", f"{where}[0].until")]
    assert legs({**post, "until": "14:45"}, post) == [("nowhere-to-go", where)]
    assert legs({"post": "yard", "until": "14:45"}, market) == [("unknown-post", f"{where}[0].post")]
    assert legs({"gathering": "recount", "until_left": "recount"}, market) == [
        ("leg-without-place", f"{where}[0].until_left")
    ]


def test_what_people_go_with_first_may_assemble_at_one_place_only() -> None:
    ways = [{"id": "north"}, {"id": "south"}]
    stops = [{"sector": "kpu", "route": "north"}, {"sector": "market", "route": "south"}]
    (march,) = small_data()["gatherings"]
    split = {**march, "routes": ways, "itinerary": stops}
    expected = [("starts-anywhere", "movements[0].legs[0].gathering")]
    assert codes(gatherings=[split], movements=[ALONG]) == expected
