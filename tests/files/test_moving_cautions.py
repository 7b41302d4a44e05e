"""Movements that can be used are looked over: who comes too late, leaves too early, or never gets there is told.

In the small town people are at the KPU from 14:10 to 15:40 and in the market, 39 minutes away on foot, from 16:19 to
16:49; the window of the KPU is open from 13:30 to 17:00. Units walk as long, and form up in 4 minutes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.small import small_data, small_instance

from optimiser.files.examination import examine, inspect
from optimiser.output.excel.template import write_template

KPU, MARKET, PEOPLE = {"sector": "kpu"}, {"sector": "market"}, {"gathering": "recount"}


def town(*legs: dict[str, str], **changes: Any) -> Any:
    moved = {"id": "m", "name": "Relief", "legs": list(legs)}
    return small_instance(**{"movements": [moved], "pins": [], "travel": {"kind": "coordinates"}, **changes})


def told(*legs: dict[str, str], **changes: Any) -> list[tuple[str, str]]:
    codes = ("late-movement", "early-movement", "missed-leg", "never-left")
    return [(c.code, c.place) for c in examine(town(*legs, **changes)) if c.code in codes]


def sentence(*legs: dict[str, str], **changes: Any) -> str:
    (found,) = [str(c.found) for c in examine(town(*legs, **changes)) if c.place.startswith("movements")]
    return found


def test_units_on_the_way_when_the_window_of_their_next_place_opens_come_too_late() -> None:
    late = {**MARKET, "until": "13:25"}
    assert told(late, KPU) == [("late-movement", "movements[0].legs[0].until")]
    assert sentence(late, KPU) == "the units of 'Relief' form up at 'KPU' at 14:08; its window opens at 13:30"


def test_who_comes_before_the_window_opens_or_relieves_others_after_it_is_not_warned_of() -> None:
    assert told({**KPU, "until": "15:00"}, MARKET) == []  # there at 16:193
    assert told({**MARKET, "until": "13:31"}, KPU) == []  # the window is open; people come 4 minutes before them
    assert told({**MARKET, "until": "13:40"}, KPU) == [("late-movement", "movements[0].legs[0].until")]
    assert told({**MARKET, "until": "16:50"}, KPU) == []


def test_units_on_the_way_when_people_are_expected_come_too_late_and_who_follows_them_does_not() -> None:
    late = {**KPU, "until": "15:50"}
    assert told(late, MARKET) == [("late-movement", "movements[0].legs[0].until")]
    assert "is expected there at 16:19" in sentence(late, MARKET)
    assert told({**late, "until_left": "recount"}, MARKET) == []
    assert told(PEOPLE, KPU) == []


def test_people_who_may_come_are_told_with_their_chance_and_seldom_ones_not_at_all() -> None:
    (march,) = small_data()["gatherings"]
    late = {**KPU, "until": "15:50"}
    assert "may come there at 16:19" in sentence(late, MARKET, gatherings=[{**march, "chance": 0.4}])
    assert "40%" in sentence(late, MARKET, gatherings=[{**march, "chance": 0.4}])
    assert told(late, MARKET, gatherings=[{**march, "chance": 0.2}]) == []


def test_units_that_leave_before_anybody_comes_are_told() -> None:
    early = {**MARKET, "until": "16:00"}
    assert told(early, KPU) == [("early-movement", "movements[0].legs[0].until")]
    assert sentence(early, KPU).startswith("the units of 'Relief' leave 'Market' at 16:00; 'People who")
    assert told({**MARKET, "until": "16:25"}, KPU) == []  # they have been there for some of the time
    assert told({**MARKET, "until": "14:30"}, KPU) == []  # long before
    assert told(early, {**KPU, "until": "16:45"}, MARKET) != []
    assert told({**KPU, "until": "13:45"}, MARKET) == []  # its window is open


def test_a_leg_that_is_over_before_units_have_formed_up_is_told_once() -> None:
    legs = ({**KPU, "until": "14:30"}, {**MARKET, "until": "14:31"}, KPU)
    assert told(*legs) == [("missed-leg", "movements[0].legs[1]")]
    assert "until 14:31" in sentence(*legs)


def test_a_place_that_no_way_leads_to_is_told() -> None:
    shut: Any = {"kind": "coordinates", "closures": [{"a": "kpu", "b": "market"}]}
    assert ("missed-leg", "movements[0].legs[1]") in told({**KPU, "until": "14:30"}, MARKET, travel=shut)


def test_people_who_are_gone_before_units_come_are_told() -> None:
    legs = ({**KPU, "until": "17:30"}, PEOPLE)
    assert told(*legs) == [("missed-leg", "movements[0].legs[1].gathering")]
    assert "do not meet 'People who ask for a recount'" in sentence(*legs)


def test_units_that_wait_for_people_who_do_not_come_are_told() -> None:
    (march,) = small_data()["gatherings"]
    short = {**march, "itinerary": [{"sector": "kpu"}]}
    waits = {**MARKET, "until": "16:30", "until_left": "recount"}
    assert told(waits, KPU, gatherings=[short]) == [("never-left", "movements[0].legs[0].until_left")]
    assert told(waits, KPU) == []


def test_who_stays_in_a_place_for_two_legs_misses_neither() -> None:
    assert told({**KPU, "until": "14:30"}, {**KPU, "until": "15:00"}, MARKET) == []
    assert told({**KPU, "until": "14:30"}, PEOPLE, KPU) == []


def test_a_warning_about_a_workbook_names_the_cell(tmp_path: Path) -> None:
    (tmp_path / "town.xlsx").write_bytes(write_template(town({**MARKET, "until": "13:25"}, KPU)))
    _, cautions = inspect(tmp_path / "town.xlsx")
    assert ("late-movement", "legs!D3") in [(c.code, c.place) for c in cautions]


@pytest.mark.parametrize("legs", [(PEOPLE, MARKET), ({**KPU, "until": "15:00"}, PEOPLE)])
def test_ordinary_movements_are_not_warned_of(legs: tuple[dict[str, str], ...]) -> None:
    assert told(*legs) == []


@pytest.mark.parametrize("what", ["brimob", "phh"])
def test_teams_asked_for_in_a_movement_that_leaves_before_they_are_on_duty_are_told(what: str) -> None:
    """PHH comes on duty at 14:00; in the simulation it would be with the others on the road at once."""
    pin = {"place": "m", "what": what, "at_least": 1}
    early, late = {**MARKET, "until": "13:31"}, {**MARKET, "until": "14:00"}
    (found,) = [c for c in examine(town(early, KPU, pins=[pin])) if c.code == "late-team"]
    assert found.place == "pins[0]"
    assert str(found.found) == "'PHH squad' comes on duty at 14:00; the units of 'Relief' leave 'Market' at 13:31"
    for legs, pins in (
        ((late, KPU), [pin]),
        ((early, KPU), [{"place": "m", "what": what, "at_most": 1}]),
        ((early, KPU), [{"place": "m", "what": "dalmas", "at_least": 1}]),
        ((early, KPU), [{"place": "market", "what": what, "at_least": 1}]),
    ):
        assert not [c for c in examine(town(*legs, pins=pins)) if c.code == "late-team"]


def test_teams_asked_for_beside_people_who_leave_before_they_are_on_duty_are_told() -> None:
    (march,) = small_data()["gatherings"]
    gatherings = [{**march, "arrives": "13:05", "itinerary": [{"sector": "kpu", "stay": 30}, {"sector": "market"}]}]
    changes = {"gatherings": gatherings, "accompaniments": [{"id": "with", "name": "With", "gathering": "recount"}]}
    instance = small_instance(**changes, pins=[{"place": "with", "what": "brimob", "at_least": 1}])
    assert [c.place for c in examine(instance) if c.code == "late-team"] == ["pins[0]"]


def test_a_movement_with_the_name_of_a_place_is_told() -> None:
    legs = [{**KPU, "until": "15:00"}, MARKET]
    named = {"movements": [{"id": "m", "name": "market ", "legs": legs}]}
    assert [c.place for c in examine(small_instance(**named)) if c.code == "same-name"] == ["movements[0].name"]
