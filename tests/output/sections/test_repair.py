"""The sheet of a repair: required, there and needed add up, words fit the change, and a name steers no screen."""

from __future__ import annotations

import io

import pytest
from support.tiny import build

from optimiser.common.language import language
from optimiser.files.read import read
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.documents.repair import repair_values
from optimiser.output.render_terminal import make_console, to_terminal
from optimiser.output.sections.repair import repair_sections
from optimiser.output.words.repair import list_repair_lines, price_list, repair_claim
from optimiser.output.write import dump
from optimiser.planning.programs.repair import PRICES
from optimiser.planning.programs.repair import repair as find_repair


def printed(repair) -> str:
    stream = io.StringIO()
    make_console(stream).print(to_terminal(repair_sections(repair)))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "barred", "resource", "where", "action"),
    [
        ("one-officer", (), "(team of 2 heads)", "Election commission: 1\nParliament: 1", "bring 1 more team, 2 heads"),
        ("too-few-seats", (), "Truck (", "Yard: 2", "bring 1 more vehicle"),
        (
            "too-few-seats",
            ("vehicle",),
            "Seats for those who wait",
            "Yard",
            "let 4 heads wait without a seat (mobile 80 %)",
        ),
        ("cap-too-low", (), "Heads deployed", "whole town", "allow 42 instead of 40"),
        ("cap-too-low", ("cap",), "Line: least teams", "Election commission", "ask for 1 instead of 2"),
        ("cover-out-of-reach", (), "Room for heads", "Barn", "make room for 5 more heads"),
        (
            "cover-out-of-reach",
            ("room",),
            "Teams ready to be called within 10 min",
            "Sub-district office",
            "ask for 1 instead of 2",
        ),
        ("no-room-for-escort", ("room",), "Water cannon: wanted by a pin", "Election commission", "drop the pin"),
        ("pin-against-limit", (), "Line: most teams", "Election commission", "allow 3 instead of 2"),
        (
            "pin-against-limit",
            ("maximum",),
            "Squad: wanted by a pin",
            "Election commission",
            "change the pin: at least 2",
        ),
    ],
)
def test_each_measure_in_words(name, barred, resource, where, action):
    repair = find_repair(read(f"infeasible/{name}"), dict.fromkeys(barred))
    (line,) = list_repair_lines(repair)
    assert resource in line.resource
    assert (line.where, line.action) == (where, action)
    assert line.need == line.required - line.have > 0
    assert line.points == repair.points


def test_a_pin_for_at_most_is_raised_in_words():
    sectors = [{"id": "kpu", "name": "KPU", "x": 0.0, "y": 0.0, "minimum": {"line": 1}}]
    pin = {"place": "kpu", "what": "dalmas", "at_most": 0}
    (line,) = list_repair_lines(find_repair(build(sectors=sectors, pins=[pin])))
    assert line.action == "change the pin: at most 1"
    assert (line.required, line.have) == (1, 0)


def test_claim_says_no_more_than_is_known():
    from dataclasses import replace

    repair = find_repair(read("infeasible/one-officer"))
    assert repair_claim(repair).startswith("Proved under these prices")
    assert "24 heads" in repair_claim(repair)
    found = replace(repair, proved=False)
    assert "not proved" in repair_claim(found)
    assert "CHEAPEST" not in printed(found)
    assert repair_claim(find_repair(build())) in printed(find_repair(build()))


def test_prices_are_all_told_and_what_is_barred_too():
    repair = find_repair(read("infeasible/too-few-seats"), {"vehicle": None, "pin": 7})
    told = price_list(repair)
    for name, price in PRICES.items():
        if name not in ("vehicle", "pin"):
            assert f" {price:,}" in told
    assert "a pin changed by one 7" in told
    assert "Not allowed here: a vehicle brought without its extra crew." in told


def test_that_rules_of_presence_are_never_changed_is_told_where_there_are_some():
    assert "rules of presence" not in price_list(find_repair(build()))
    assert "Nor are rules of presence" in price_list(find_repair(build(presence={"officer": True})))


def test_the_sheet_on_screen_has_every_line_and_the_sum():
    instance = read("infeasible/one-officer")
    data = instance.model_dump(mode="json") | {"cap": 10}
    repair = find_repair(type(instance).model_validate(data, context=SHAPE_ONLY))
    text = printed(repair)
    assert len(repair.changes) > 1
    for line in list_repair_lines(repair):
        assert line.action.split(",")[0].split()[0] in text
    assert "in all" in text
    assert f"{repair.points:,}" in text


def test_values_are_plain_and_add_up():
    values = repair_values(find_repair(read("infeasible-1")))
    assert values["points"] == sum(change["points"] for change in values["changes"])
    assert '"required"' in dump(values)


def test_a_hostile_name_cannot_steer_the_screen():
    sectors = [{"id": "kpu", "name": "K\u202eU\u200bP", "x": 0.0, "y": 0.0, "minimum": {"line": 3}}]
    text = printed(find_repair(build(sectors=sectors)))
    assert "\u202e" not in text
    assert "\u200b" not in text


def test_another_language_writes_numbers_its_way():
    sectors = [{"id": "kpu", "name": "KPU", "x": 0.0, "y": 0.0, "minimum": {"line": 60}, "staging_capacity": 9000}]
    repair = find_repair(build(cap=9000, sectors=sectors))
    stream = io.StringIO()
    make_console(stream).print(to_terminal(repair_sections(repair, language("id"))))
    assert "11.600" in stream.getvalue()
    assert "11,600" not in stream.getvalue()
