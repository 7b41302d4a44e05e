"""Whom units that move meet: at which stops they stand for at least half of the stay."""

from __future__ import annotations

from support.tiny import build

from optimiser.model.expected.meetings import list_meetings

MARCH = {
    "id": "march",
    "name": "March",
    "turnout": 300.0,
    "arrives": "13:30",
    "late": 0.0,
    "itinerary": [{"sector": "kpu", "stay": 60.0}, {"sector": "dprd", "stay": 60.0}],
}
RALLY = {**MARCH, "id": "rally", "name": "Rally", "arrives": "17:00", "itinerary": [{"sector": "kpu", "stay": 120.0}]}
ALONG = {"id": "along", "name": "Along", "gathering": "march"}


def move(*legs, name="then"):
    return {"id": name, "name": name, "legs": list(legs)}


def meet(*movements, **parts):
    return list_meetings(build(gatherings=[MARCH, RALLY], movements=list(movements), **parts))


def test_who_accompanies_meets_a_gathering_at_every_stop_and_no_other():
    assert meet(accompaniments=[ALONG]) == {(0, 0, 0): ("along",), (0, 0, 1): ("along",)}


def test_half_of_a_stay_is_enough():
    """The march is at the KPU from 13:30 to 14:30."""
    for until, met in (("13:59", False), ("14:00", True), ("14:30", True)):
        assert ((0, 0, 0) in meet(move({"sector": "kpu", "until": until}, {"sector": "dprd"}))) is met, until


def test_units_meet_whoever_is_where_they_stand():
    back = move({"sector": "kpu", "until": "14:30"}, {"sector": "dprd", "until": "16:30"}, {"sector": "kpu"})
    assert meet(back) == {(0, 0, 0): ("then",), (0, 0, 1): ("then",), (1, 0, 0): ("then",)}
    first = move({"gathering": "march"}, {"gathering": "rally"}, name="first")
    assert meet(first, back)[1, 0, 0] == ("first", "then")


def test_units_that_wait_for_people_to_leave_are_there_on_each_way_of_theirs():
    """By the southern way people leave the KPU at 14:00 and are back from 15:30 on; units are at the DPRD by then."""
    stops = [
        {"sector": "kpu", "stay": 60.0, "route": "north"},
        {"sector": "kpu", "stay": 30.0, "route": "south"},
        {"sector": "dprd", "stay": 90.0},
        {"sector": "kpu", "stay": 30.0, "route": "south"},
    ]
    march = {**MARCH, "itinerary": stops, "routes": [{"id": "north"}, {"id": "south"}]}
    wait = move({"sector": "kpu", "until": "18:00", "until_left": "march"}, {"sector": "dprd"})
    found = list_meetings(build(gatherings=[march], movements=[wait]))
    assert found == dict.fromkeys(((0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1)), ("then",))


def test_the_end_of_the_operation_cuts_a_stay():
    """Of the rally's stay from 18:00 to 20:00 the operation holds one hour, and units are there for half of that."""
    late = {**RALLY, "arrives": "18:00", "itinerary": [{"sector": "kpu", "stay": 120.0}]}
    legs = {"sector": "kpu", "until": "18:30"}, {"sector": "dprd"}
    assert list_meetings(build(gatherings=[late], movements=[move(*legs)])) == {(0, 0, 0): ("then",)}
