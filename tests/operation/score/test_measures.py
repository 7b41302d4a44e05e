"""What is measured of a day, on logs small enough to count by hand, and never what a log does not hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.rehearsed import any_days, days_of, rehearsed
from support.small import small_instance

from optimiser.model.observed_log import WHATS, Observation, ObservedDay
from optimiser.operation.score.doctrine import GATES, read_gates
from optimiser.operation.score.measures import BY_ID, MEASURES
from optimiser.operation.score.occasions import Occasion

Row = tuple[object, ...]


def day(*rows: Row, complete: bool = False) -> ObservedDay:
    """Make a day of rows: minute, what, place, then number, note, about and other place as they are needed."""
    made = []
    for minute, what, place, *more in rows:
        number, note, about, other = (*more, *(None, "", "", "")[len(more) :])
        made.append(Observation(float(minute), what, place, other, about, number, note))  # type: ignore[arg-type]
    return replace(ObservedDay.build("", made), complete=complete)


def take(measure: str, seen: ObservedDay) -> tuple[Occasion, ...] | None:
    return BY_ID[measure].take(small_instance(), seen)


def values(measure: str, seen: ObservedDay) -> list[float | None] | None:
    found = take(measure, seen)
    return None if found is None else [one.value for one in found]


ARRIVED = (30, "arrived", "kpu", 200.0)


def test_first_contact_counts_from_the_first_people_of_a_place() -> None:
    later = (60, "arrived", "market", 50.0)
    assert values("contact", day(ARRIVED, later, (42, "contact", "kpu"))) == [12.0]
    assert values("contact", day((10, "contact", "kpu"), ARRIVED)) == [0.0]
    assert values("contact", day(ARRIVED)) is None
    assert values("contact", day(ARRIVED, later, (42, "contact", "kpu"), complete=True)) == [12.0, None]


def test_a_delegation_waits_until_it_is_received_refused_or_gone() -> None:
    seen = day(
        (40, "waiting", "kpu"),
        (65, "received", "kpu"),
        (100, "waiting", "kpu"),
        (130, "refused", "kpu"),
        (140, "waiting", "market"),
        (150, "phase", "market", None, "", "quiet"),
    )
    assert values("received", seen) == [25.0]
    assert values("unmet", seen) == [0.0, 1.0]
    assert values("unmet", replace(seen, complete=True)) == [0.0, 1.0, 1.0]
    assert values("received", day((40, "waiting", "kpu"))) is None


def test_handovers_end_in_the_order_in_which_they_are_due() -> None:
    """A relief of 10 min that begins before a lapis ganti of 5 min ends after it."""
    seen = day((0, "relief", "kpu"), (2, "lapis", "kpu"), (7, "steady", "kpu"), (10, "steady", "kpu"))
    assert values("lapis", seen) == [5.0]
    late = day((0, "lapis", "kpu"), (10, "lintas", "kpu"), (13, "steady", "kpu"), (30, "steady", "kpu"))
    assert (values("lapis", late), values("lintas", late)) == ([13.0], [20.0])
    assert values("lintas", day((0, "lintas", "kpu"))) is None
    assert values("lintas", day((0, "lintas", "kpu"), complete=True)) == [None]


def test_a_call_counts_until_the_first_teams_and_not_if_it_was_not_needed_any_more() -> None:
    seen = day(
        (10, "asked", "kpu"),
        (20, "asked", "kpu"),
        (26, "formed", "kpu"),
        (27, "formed", "kpu"),
        (50, "asked", "market"),
        (55, "phase", "market", None, "", "green"),
        (70, "formed", "market"),
    )
    assert values("call", seen) == [16.0]
    assert values("call", day((10, "asked", "kpu"), (12, "formed", "kpu", 1.0, "on duty"))) is None


def test_a_column_is_late_by_what_its_way_and_forming_up_do_not_take() -> None:
    """From the post at (1, 1) to the sector at (0, 0) are 1.414 km, 1.838 by road: 27.6 min at 4 km/h."""
    instance = small_instance()
    way = 60.0 * 2.0**0.5 * float(instance.travel.detour) / float(instance.travel.march)
    rows = (
        (10, "sent", "kpu", 20.0, "", "", "polres"),
        (45, "came", "kpu", 20.0, "", "", "polres"),
        (52, "formed", "kpu"),
    )
    (found,) = values("column", day(*rows)) or ()
    assert found == pytest.approx(42.0 - way - float(instance.travel.form_up))
    assert values("column", day(*rows[:2])) is None


WAY = 60.0 * 2.0**0.5 * 1.3 / 4.0  # min on foot from the post at (1, 1) to the sector at (0, 0)


def column(minute: float, late: float = 0.0) -> tuple[Row, ...]:
    """Rows of a column that forms up in four minutes, later than it could by so many."""
    there = minute + WAY
    ends = ("kpu", 20.0, "", "", "polres")
    return (minute, "sent", *ends), (there, "came", *ends), (there + 4.0 + late, "formed", "kpu")


def test_a_call_is_held_against_what_this_call_takes_without_delay() -> None:
    """It counts from the first time it was made; that nobody was left, and the way, are no delay of players."""
    (one,) = take("call", day((10, "asked", "kpu"), *column(10, late=6.0))) or ()
    assert (one.value, one.expected) == (pytest.approx(WAY + 10.0), pytest.approx(WAY + 4.0))
    refused = (
        (10, "asked", "kpu"),
        (10, "none_left", "kpu"),
        (20, "asked", "kpu"),
        (20, "call_refused", "kpu"),
        (30, "asked", "kpu"),
        (36, "asked", "kpu"),
        *column(38, late=6.0),
    )
    (one,) = take("call", day(*refused)) or ()
    assert (one.value, one.expected) == (pytest.approx(28.0 + WAY + 10.0), pytest.approx(20.0 + WAY + 4.0))
    unsaid = day(*(row for row in refused if row[1] not in ("none_left", "call_refused")))
    assert [o.expected for o in take("call", unsaid) or ()] == [pytest.approx(26.0 + WAY + 4.0)]
    assert [o.expected for o in take("call", replace(unsaid, complete=True)) or ()] == [pytest.approx(WAY + 4.0)]
    assert [o.expected for o in take("call", day((10, "asked", "kpu"), (26, "formed", "kpu"))) or ()] == [None]


def test_bug_teams_that_had_set_out_before_a_call_do_not_answer_it() -> None:
    again = (12 + WAY, "asked", "kpu")
    seen = day((10, "asked", "kpu"), *column(10), (12, "phase", "kpu", None, "", "green"), again)
    assert take("call", seen) is None
    assert values("call", day(*column(10), again, *column(12 + WAY))) == [pytest.approx(WAY + 4.0)]


def test_bug_columns_that_arrive_in_one_minute_form_up_in_one() -> None:
    two = (*column(10), *column(10), *column(30, late=3.0))
    assert values("column", day(*two)) == [pytest.approx(0.0), pytest.approx(0.0), pytest.approx(3.0)]


def test_gates_are_judged_one_by_one_and_only_where_the_log_says() -> None:
    instance = small_instance()
    rows = (
        (60, "phase", "kpu", None, "", "red"),
        (70, "ordered", "kpu"),
        (71, "warned", "kpu"),
        (72, "exit", "kpu"),
        (75, "spraying", "kpu"),
    )
    seen = day(*rows)
    told = read_gates(instance, seen, seen.rows[-1])
    assert told == dict(zip(GATES, (True, True, True, False, True, None, None), strict=True))
    assert list(told) == list(GATES)
    assert values("gates", seen) == [0.0, 0.0, 0.0, 1.0, 0.0]
    whole = replace(seen, complete=True)
    assert read_gates(instance, whole, whole.rows[-1])["medics"] is False
    twice = day(*rows, (90, "spraying", "kpu"))
    assert read_gates(instance, twice, twice.rows[-1])["warning"] is None, "a warning holds for one use"


def test_minutes_without_an_officer_are_those_with_people() -> None:
    seen = day(ARRIVED, (40, "officer", "kpu"), (70, "officer_gone", "kpu"), (90, "left", "kpu", 200.0))
    assert values("officer", seen) == [30.0]
    assert values("officer", day((0, "officer", "kpu"), ARRIVED, (90, "left", "kpu", 200.0))) == [0.0]
    assert values("officer", day(ARRIVED, (90, "left", "kpu", 200.0))) is None


def test_nobody_alone_and_the_process_are_counted_from_their_rows() -> None:
    alone = day((10, "alone", "kpu"), (16, "together", "kpu"), (20, "alone", "kpu"), (25, "contact", "kpu"))
    assert values("alone", alone) == [6.0, 5.0]
    stops = (60, "process", "kpu", None, "stops")
    assert values("process", day(stops, (80, "process", "kpu", None, "runs again"))) == [20.0]
    assert values("process", day(stops)) is None
    assert values("process", day(stops, complete=True)) == [240.0]  # until the operation of five hours ends


def test_who_does_not_count_the_injured_does_not_say_that_there_were_none() -> None:
    assert values(
        "injured", day((60, "injured", "kpu", 2.0), (70, "injured", "kpu", 1.0), (70, "injured", "", 1.0))
    ) == [3.0, 1.0]
    assert values("injured", day((60, "injured", "kpu"))) is None
    assert values("injured", day(ARRIVED)) is None
    assert values("injured", day((60, "injured", "", 0.0))) == [0.0]


@pytest.mark.parametrize("measure", [measure.id for measure in MEASURES])
def test_a_log_without_its_words_never_tells_a_measure(measure: str) -> None:
    """Every simulated day in part: what is told of a measure is nothing as soon as its words are left out."""
    instance, _ = rehearsed()
    whats = set(BY_ID[measure].whats)
    assert whats <= set(WHATS)
    for whole in days_of(any_days(1, 12)):
        without = tuple(row for row in whole.rows if row.what not in whats)
        assert BY_ID[measure].take(instance, replace(whole, rows=without, complete=False)) is None


@pytest.mark.parametrize("measure", [measure.id for measure in MEASURES if not measure.sums])
def test_what_begins_and_does_not_end_in_a_partial_log_is_not_counted(measure: str) -> None:
    instance, _ = rehearsed()
    first = BY_ID[measure].whats[0]
    for whole in days_of(any_days(1, 12)):
        begun = tuple(row for row in whole.rows if row.what not in BY_ID[measure].whats or row.what == first)
        assert not BY_ID[measure].take(instance, replace(whole, rows=begun, complete=False))
