"""Columns and phases read back from an event log."""

from __future__ import annotations

import math

from support.small import small_instance

from optimiser.output.words.movements import ReserveColumn, Walk, list_columns, list_phases, list_waiting, list_walks
from optimiser.simulation.events import Event


def log(*rows):
    return [Event(*row) for row in rows]


# Travel takes 6 min, forming up 4 (the default); two squads of Dalmas (10 each) ride in a truck that drives back.
EVENTS = log(
    (30.0, "phase", "kpu", "", "green"),
    (50.0, "phase", "kpu", "", "yellow"),
    (50.0, "sent", "kpu", "polres", "", 20.0, "by vehicle"),
    (56.0, "came", "kpu", "polres", "", 20.0),
    (60.0, "formed", "kpu", "", "dalmas", 2.0, "called"),
    (62.0, "back", "", "polres", "truck", 1.0),
    (80.0, "sent", "market", "polres", "", 10.0),
    (90.0, "phase", "kpu", "", "quiet"),
    (90.0, "released", "kpu", "polres", "dalmas", 2.0),
    (98.0, "back", "", "polres", "dalmas", 2.0),
)


def test_a_column_is_followed_from_post_to_sector_and_back():
    first, second = list_columns(small_instance(), EVENTS)
    assert first == ReserveColumn(
        "polres", "kpu", 20, 50.0, 56.0, 60.0, 90.0, 98.0, (("dalmas", 2),), (("truck", 1),), 62.0
    )
    assert second == ReserveColumn("polres", "market", 10, 80.0)
    assert math.isinf(second.came)


def test_teams_on_duty_later_are_no_column():
    assert list_columns(small_instance(), log((60.0, "formed", "kpu", "", "brimob", 1.0, "on duty"))) == ()


def test_two_columns_that_form_up_together_share_the_teams_by_heads():
    events = log(
        (50.0, "sent", "kpu", "polres", "", 10.0),
        (50.0, "sent", "kpu", "martapura", "", 20.0),
        (56.0, "came", "kpu", "martapura", "", 20.0),
        (56.0, "came", "kpu", "polres", "", 10.0),
        (60.0, "formed", "kpu", "", "dalmas", 1.0, "called"),
        (60.0, "formed", "kpu", "", "brimob", 2.0, "called"),
    )
    first, second = list_columns(small_instance(), events)
    assert first.units == (("dalmas", 1),)
    assert second.units == (("brimob", 2),)


def test_vehicles_alone_leave_when_the_crowd_has_left():
    events = log(
        (40.0, "sent", "kpu", "polres", "", 0.0),
        (46.0, "came", "kpu", "polres", "", 0.0),
        (90.0, "phase", "kpu", "", "dispersed"),
        (97.0, "back", "", "polres", "awc", 1.0),
    )
    (column,) = list_columns(small_instance(), events)
    assert (column.formed, column.released, column.back, column.rides) == (50.0, 90.0, 97.0, ())
    assert list_waiting([column], {"polres": [(0.0, 35)]}, {"truck": 0}) == {"polres": [(0.0, 35)]}


def test_phases_cover_the_period_without_gaps():
    assert list_phases(EVENTS, 300.0) == {
        "kpu": [(0.0, 30.0, "quiet"), (30.0, 50.0, "green"), (50.0, 90.0, "yellow"), (90.0, 300.0, "quiet")]
    }


def test_heads_that_wait_go_down_and_up_again():
    columns = list_columns(small_instance(), EVENTS)
    steps = {"polres": [(0.0, 35), (50.0, 15), (80.0, 5), (98.0, 25)]}
    assert list_waiting(columns, {"polres": [(0.0, 35)]}, {"truck": 0}) == steps


def test_drivers_leave_with_their_vehicles_and_a_later_shift_comes():
    columns = list_columns(small_instance(), EVENTS)
    waiting = list_waiting(columns, {"polres": [(0.0, 37), (60.0, 45)]}, {"truck": 2})["polres"]
    assert waiting == [(0.0, 37), (50.0, 15), (60.0, 23), (62.0, 25), (80.0, 15), (98.0, 35)]


# ---------------------------------------------------------------- people on their way


def test_people_who_march_on_or_leave_for_another_sector_are_followed_until_they_arrive():
    events = log(
        (10.0, "arrived", "kpu", "", "march", 50.0),
        (20.0, "spilled", "kpu", "market", "march", 5.0),
        (25.0, "marched", "kpu", "market", "march", 40.0),
        (26.0, "marched", "kpu", "market", "rally", 7.0),
        (32.0, "arrived", "market", "", "march", 5.0),
        (37.0, "arrived", "market", "", "march", 40.0),
    )
    assert list_walks(events) == (
        Walk("march", "kpu", "market", 5, 20.0, 32.0),
        Walk("march", "kpu", "market", 40, 25.0, 37.0),
    )  # the rally never arrives before the end


def test_dispersed_people_who_go_on_come_from_where_they_were_dispersed():
    events = log(
        (10.0, "arrived", "kpu", "", "march", 50.0),
        (30.0, "left", "kpu", "", "march", 50.0, "dispersed"),
        (40.0, "arrived", "market", "", "march", 20.0),
        (70.0, "left", "market", "", "march", 20.0, "dispersed"),
        (85.0, "arrived", "market", "", "march", 9.0),  # they come back
    )
    assert list_walks(events) == (Walk("march", "kpu", "market", 20, 30.0, 40.0),)
