"""What-ifs about movements: they are added, limited, taken away, and follow the people whom they wait for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.faulty_workbooks import Book, as_book
from support.refusals import refusal
from support.small import small_instance

from optimiser.common.errors import InputFault
from optimiser.files.apply_whatif import apply
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.files.whatif_phrases import parse_phrases
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.output.excel.template import write_template

RELIEF = {
    "id": "relief",
    "name": "KPU, then the market",
    "legs": [{"sector": "kpu", "until": "16:00", "until_left": "recount"}, {"sector": "market"}],
}
ALONG = {"id": "along", "name": "With them, then back", "legs": [{"gathering": "recount"}, {"sector": "kpu"}]}
LONG = {
    "id": "long",
    "name": "Market, with them, KPU, market",
    "legs": [
        {"sector": "market", "until": "14:00"},
        {"sector": "kpu", "until": "15:00"},
        {"gathering": "recount"},
    ],
}
RECOUNT = "'People who ask for a recount'"
WITH = {"id": "with", "name": "With them", "gathering": "recount"}


def moving(*movements: dict[str, Any], **changes: Any) -> Instance:
    return small_instance(**{"movements": list(movements or (RELIEF, ALONG)), "pins": [], **changes})


def after(instance: Instance, *typed: tuple[str, str]) -> Instance:
    return apply(instance, parse_phrases(list(typed)))


def ends(instance: Instance) -> list[list[str | None]]:
    return [[leg.until for leg in movement.legs] for movement in instance.movements]


def notes(instance: Instance) -> list[tuple[str, str]]:
    return [(caution.code, str(caution.found)) for caution in instance.noted]


# ---------------------------------------------------------------- adding


def test_a_movement_is_added_from_every_kind_of_file(tmp_path: Path) -> None:
    text = "id;name;legs\nrelief;KPU, then the market;kpu until 16.00 or left:recount, market\n"
    (tmp_path / "movements.csv").write_text(text + "along;With them, then back;with:recount, kpu\n", encoding="utf-8")
    other = "id;name;legs\nrelief;KPU, then the market;kpu sampai 16.00 atau ditinggal:recount, market\n"
    (tmp_path / "pergeseran.csv").write_text(other + "along;With them, then back;bersama:recount, kpu\n", "utf-8")
    sheets = as_book(write_template(moving())).sheets
    book = Book({name: cells for name, cells in sheets.items() if name in ("movements", "legs")})
    (tmp_path / "added.xlsx").write_bytes(book.write())
    lines = [
        '[[movements]]\nid = "relief"\nname = "KPU, then the market"',
        'legs = [{ sector = "kpu", until = "16:00", until_left = "recount" }, { sector = "market" }]',
        '[[movements]]\nid = "along"\nname = "With them, then back"',
        'legs = [{ gathering = "recount" }, { sector = "kpu" }]',
    ]
    (tmp_path / "added.toml").write_text("\n".join(lines), encoding="utf-8")
    for name in ("movements.csv", "pergeseran.csv", "added.xlsx", "added.toml"):
        assert after(small_instance(pins=[]), ("add", str(tmp_path / name))).movements == moving().movements


@pytest.mark.parametrize(
    ("legs", "code"),
    [
        ("kpu", "nowhere-to-go"),
        ("kpu, market", "leg-without-end"),
        ("kpu until noon, market", "bad-clock"),
        ("kpu until 14:00, market until 15:00", "leg-without-end"),
        ("with:recount left:recount, market", "leg-without-place"),
        (", market", "bad-identifier"),
    ],
)
def test_what_is_wrong_with_legs_in_a_table_is_told_in_its_cell(tmp_path: Path, legs: str, code: str) -> None:
    (tmp_path / "movements.csv").write_text(f'id;name;legs\nrelief;Relief;"{legs}"\n', encoding="utf-8")
    with pytest.raises(InputFault) as caught:
        parse_phrases([("add", str(tmp_path / "movements.csv"))])
    assert [(fault.code, fault.place) for fault in caught.value.faults][:1] == [(code, "movements!C2")]


def test_what_is_wrong_with_legs_in_an_added_workbook_is_told_in_its_cell(tmp_path: Path) -> None:
    sheets = as_book(write_template(moving())).sheets
    book = Book({name: cells for name, cells in sheets.items() if name in ("movements", "legs")})
    book.set("legs", "relief", "until", "")
    book.add("movements", id="idle", name="Idle")
    (tmp_path / "added.xlsx").write_bytes(book.write())
    with pytest.raises(InputFault) as caught:
        parse_phrases([("add", str(tmp_path / "added.xlsx"))])
    faults = [(fault.code, fault.place) for fault in caught.value.faults]
    assert faults == [("nowhere-to-go", "movements!A5"), ("leg-without-end", "legs!D3")]


# ---------------------------------------------------------------- limits, and taking away


def test_units_in_a_movement_are_limited_like_whoever_stands_somewhere() -> None:
    instance = moving()
    for typed in ("relief", "pergeseran:relief", "movement:relief"):
        (pin,) = after(instance, ("forbid", typed)).pins
        assert (pin.place, pin.what, pin.at_least, pin.at_most) == ("relief", "heads", None, 0)
    (pin,) = after(instance, ("pin", "relief:dalmas=1")).pins
    assert (pin.place, pin.what, pin.at_least) == ("relief", "dalmas", 1)
    everywhere = after(instance, ("forbid", "dalmas")).pins
    assert [p.place for p in everywhere] == [p.id for p in instance.places]


def test_a_movement_that_is_added_may_be_limited_in_the_same_what_if(tmp_path: Path) -> None:
    (tmp_path / "movements.csv").write_text(
        "id;name;legs\na;A;kpu until 14:00,market\n".replace("kpu until 14:00,market", '"kpu until 14:00,market"'),
        "utf-8",
    )
    changed = after(small_instance(pins=[]), ("add", str(tmp_path / "movements.csv")), ("pin", "a:dalmas=1"))
    assert [pin.place for pin in changed.pins] == ["a"]


def test_a_movement_is_neither_lost_nor_closed_and_that_is_said() -> None:
    with pytest.raises(InputFault, match=r"'relief' is a movement.*write --forbid relief"):
        after(moving(), ("lose", "relief"))
    with pytest.raises(InputFault, match="'relief' is a movement"):
        after(moving(), ("close", "relief"))


def test_a_movement_is_taken_away_with_what_is_asked_for_there() -> None:
    pins = [{"place": "relief", "what": "dalmas", "at_least": 1}, {"place": "kpu", "what": "padal", "at_least": 1}]
    changed = after(moving(pins=pins), ("remove", "relief"))
    assert [movement.id for movement in changed.movements] == ["along"]
    assert [pin.place for pin in changed.pins] == ["kpu"]


def test_a_leg_is_set_by_its_number_as_a_time_is_typed() -> None:
    assert ends(after(moving(), ("set", "movements.relief.legs.0.until=jam 3.30 sore")))[0] == ["15:30", None]
    refused = refusal(after, moving(), ("set", "movements.relief.legs.0.until=18:30"))
    assert [(fault.code, fault.place) for fault in refused.faults] == [("time-outside", "movements[0].legs[0].until")]


# ---------------------------------------------------------------- people who are gone


def test_who_waited_for_people_that_are_gone_goes_by_the_clock() -> None:
    changed = after(moving(RELIEF), ("remove", "recount"))
    assert changed.movements[0].legs[0].until_left is None
    assert ends(changed) == [["16:00", None]]
    assert changed.noted == ()


def test_a_movement_with_one_leg_left_is_left_out_and_its_units_are_at_base() -> None:
    pins = [{"place": "along", "what": "dalmas", "at_least": 1}]
    instance = moving(ALONG, pins=pins)
    changed = after(instance, ("remove", "recount"))
    assert changed.movements == changed.pins == ()
    assert notes(changed) == [
        ("nobody-to-follow", f"'With them, then back' is left out: {RECOUNT} is gone, and its units are at base")
    ]
    plan = Deployment.build(instance, {("along", "dalmas"): 1, ("kpu", "dalmas"): 1}, {})
    assert list(plan.leave_out_strange(changed).places) == ["kpu"]


def test_a_movement_loses_the_leg_with_people_that_are_gone_and_ends_where_it_was_before() -> None:
    changed = after(moving(LONG), ("remove", "recount"))
    assert [leg.sector for leg in changed.movements[0].legs] == ["market", "kpu"]
    assert ends(changed) == [["14:00", None]]
    assert notes(changed) == [
        ("nobody-to-follow", f"'Market, with them, KPU, market' leaves out its leg with {RECOUNT}, which is gone")
    ]


def test_bug_what_was_asked_for_along_with_people_that_are_gone_refused_the_what_if() -> None:
    pins = [{"place": "with", "what": "dalmas", "at_least": 1}]
    changed = after(small_instance(accompaniments=[WITH], pins=pins), ("remove", "recount"))
    assert changed.accompaniments == changed.pins == ()
    assert [code for code, _ in notes(changed)] == ["nobody-to-follow"]


@pytest.mark.parametrize("place", ["with", "along", "long"])
def test_bug_units_were_said_to_be_at_base_where_the_plan_has_none(place: str) -> None:
    instance = moving(ALONG, LONG, accompaniments=[WITH])
    change = parse_phrases([("remove", "recount")])
    plan = Deployment.build(instance, {("kpu", "dalmas"): 1, (place, "dalmas"): 1}, {})
    (told,) = apply(instance, change, plan).noted
    assert str(told.found).startswith(f"'{next(one.name for one in instance.moving if one.id == place)}'")
    assert apply(instance, change, Deployment(instance=instance.name)).noted == ()


def test_warnings_of_a_change_name_things_in_the_language_of_the_instance() -> None:
    texts = {"id": {"With them": "Bersama mereka", "People who ask for a recount": "Massa hitung ulang"}}
    instance = small_instance(accompaniments=[WITH], pins=[], texts=texts).told_in("id")
    ((_, said),) = notes(after(instance, ("remove", "recount")))
    assert said.startswith("'Bersama mereka'")
    assert "'Massa hitung ulang'" in said


# ---------------------------------------------------------------- people who come at another time


def test_the_end_of_a_wait_for_people_moves_with_them() -> None:
    assert ends(after(moving(RELIEF), ("start", "recount=30min-later"))) == [["16:30", None]]
    assert ends(after(moving(RELIEF), ("start", "30min-earlier"))) == [["15:30", None]]
    assert ends(after(moving(RELIEF), ("start", "recount=14:15"))) == [["16:15", None]]


def test_a_wait_moves_with_people_who_come_before_the_operation_started() -> None:
    changed = after(moving(RELIEF), ("start", "recount=2h-earlier"))
    assert f"{changed.period.start:%H:%M}" == "12:00"
    assert ends(changed) == [["14:00", None]]


def test_an_appointment_stays_whenever_people_come() -> None:
    assert ends(after(moving(LONG), ("start", "recount=30min-later"))) == [["14:00", "15:00", None]]


def test_a_wait_ends_between_the_legs_around_it_and_within_the_operation() -> None:
    legs = [{**RELIEF["legs"][0]}, {"sector": "market", "until": "16:20"}, {"sector": "kpu"}]
    assert ends(after(moving({**RELIEF, "legs": legs}), ("start", "recount=1h-later"))) == [["16:19", "16:20", None]]
    assert ends(after(moving(RELIEF), ("start", "recount=3h-later"))) == [["18:00", None]]


def test_the_operation_does_not_start_after_a_leg_has_ended() -> None:
    refused = refusal(
        after,
        moving({**LONG, "legs": [{"sector": "market", "until": "13:30"}, {"sector": "kpu"}]}),
        ("period", "13:45-"),
    )
    assert any("long" in str(fault.found) and "13:30" in str(fault.found) for fault in refused.faults)


def test_a_stored_change_adds_a_movement_as_an_instance_writes_it() -> None:
    (whatif,) = parse_whatifs({"changes": [{"do": "add", "part": "movements", "data": RELIEF}]})
    assert apply(small_instance(pins=[]), whatif) == moving(RELIEF)
