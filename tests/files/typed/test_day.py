"""Times of day are those of the operation: what may be meant 12 hours later is refused with both."""

from __future__ import annotations

import pytest

from optimiser.common.errors import Fault, InputFault
from optimiser.files.apply_whatif import apply
from optimiser.files.read import read
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.files.typed.phrases import split_phrases
from optimiser.files.whatif_phrases import parse_phrases
from optimiser.model.instance import Instance

TOWN = read("oku-250")  # from 09:00 to 17:00


def ask(*phrases: tuple[str, str]) -> Instance:
    return apply(TOWN, parse_phrases(phrases))


def refused(*phrases: tuple[str, str]) -> Fault:
    with pytest.raises(InputFault) as caught:
        ask(*phrases)
    (fault,) = caught.value.faults
    return fault


def arrival(typed: str) -> str:
    return str(next(g.arrives for g in ask(("start", f"pawai={typed}")).gatherings if g.id == "pawai"))


@pytest.mark.parametrize("typed", ["jam 2", "jam 2.00", "2.00", "2:00 WIB", "pukul 2"])
def test_bug_two_in_the_afternoon_was_two_in_the_night(typed: str) -> None:
    fault = refused(("start", f"pawai={typed}"))
    assert "02:00" in fault.repair
    assert "14:00" in fault.repair


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("02:00", "02:00"),
        ("02.00", "02:00"),
        ("jam 2 siang", "14:00"),
        ("14.00", "14:00"),
        ("jam 8", "08:00"),
        ("8.00", "08:00"),
        ("jam 10", "10:00"),
        ("jam 12", "12:00"),
        ("jam 11 malam", "23:00"),
    ],
)
def test_a_time_that_can_be_meant_in_one_way_only_is_taken(typed: str, clock: str) -> None:
    if clock == "23:00":
        with pytest.raises(InputFault, match="before the operation ends"):
            arrival(typed)
        return
    assert arrival(typed) == clock


@pytest.mark.parametrize(
    ("word", "text", "ways"),
    [
        ("close", "kpu@2-3", ("02:00", "14:00")),
        ("close", "kpu@10-5", ("05:00", "17:00")),
        ("period", "7-5", ("05:00", "17:00")),
        ("set", "gatherings.pawai.arrives=jam 2", ("02:00", "14:00")),
    ],
)
def test_so_are_the_ends_of_closures_and_of_the_period(word: str, text: str, ways: tuple[str, str]) -> None:
    assert all(way in refused((word, text)).repair for way in ways)


def test_hours_alone_are_times_beside_a_dash() -> None:
    assert ask(("period", "7-17")) == ask(("period", "07:00-17:00")) != TOWN
    assert ask(("close", "kpu@10-12")) == ask(("close", "kpu@10:00-12:00")) != TOWN


def test_bug_a_closure_from_the_end_of_the_operation_was_one_of_the_night_before() -> None:
    fault = refused(("close", "kpu@17:00-10:00"))
    assert fault.found == "'17:00-10:00'"
    assert all(way in fault.repair for way in ("@10:00-17:00", "@-10:00", "@17:00-"))


@pytest.mark.parametrize(
    ("typed", "clock"),
    [("08.00", "08:00"), ("8.00", "08:00"), ("pukul 08.00 WIB", "08:00"), ("jam 2 siang", "14:00")],
)
def test_bug_stored_times_were_not_read_as_typed_ones(typed: str, clock: str) -> None:
    (stored,) = parse_whatifs({"changes": [{"do": "arrive", "gathering": "pawai", "at": typed}]})
    assert apply(TOWN, stored) == ask(("start", f"pawai={clock}"))


def test_bug_stored_values_were_not_read_as_typed_ones() -> None:
    changes = [
        {"do": "rain", "strength": "lebat"},
        {"do": "lose", "what": "kendaraan:awc", "number": "1 unit"},
        {"do": "heads", "cap": "200 orang"},
        {"do": "receive", "sector": "sektor:kpu", "minutes": "setengah jam"},
        {"do": "shift", "gathering": "pawai", "minutes": "15 menit lebih lambat"},
        {"do": "close", "a": "kpu", "start": "jam 10", "end": "12.00"},
        {"do": "period", "end": "18.00 WIB"},
        {"do": "limit", "place": "kpu", "what": "heads", "at_least": "20 personel"},
    ]
    typed = (
        "--rain heavy --lose awc --heads 200 --receive-delegation kpu=30 --start pawai=15-later --close kpu@10-12 "
        "--period -18:00 --at-least kpu=20"
    )
    (stored,) = parse_whatifs({"changes": changes})
    assert apply(TOWN, stored) == ask(*split_phrases(typed))


def test_stored_values_that_can_be_meant_in_two_ways_are_refused_at_their_place() -> None:
    changes = [
        {"do": "receive", "minutes": "2.30 jam"},
        {"do": "heads", "cap": "1.200"},
        {"do": "heads", "cap": "2,5"},
        {"do": "rain", "strength": "often"},
    ]
    with pytest.raises(InputFault) as caught:
        parse_whatifs({"changes": changes})
    places = ["changes[0].minutes", "changes[1].cap", "changes[2].cap", "changes[3].strength"]
    assert [str(fault.place) for fault in caught.value.faults] == places


@pytest.mark.parametrize(
    ("text", "repair"),
    [
        ("period.start=27/11/2024", "2024-11-27 HH:MM"),
        ("period.start=05/06/2024 08.00", "write 2024-06-05 08:00 or 2024-05-06 08:00"),
        ("gatherings.pawai.turnout=1.5", "write 1 or 2"),
        ("gatherings.pawai.turnout=2,5 orang", "write 2 or 3"),
        ("gatherings.pawai.turnout=1.500", "write 1500 if thousands are meant"),
        ("gatherings.pawai.turnout={ value = 2.5 }", "write 2 or 3"),
        ("period.hours=2.30 jam", "period.hours=2h30min"),
        ("cap=80%", "write --heads 200 if 80% of 250 is meant"),
    ],
)
def test_values_that_are_set_are_refused_with_what_would_be_clear(text: str, repair: str) -> None:
    assert repair in refused(("set", text)).repair


@pytest.mark.parametrize(
    ("text", "number"),
    [("3 rb", 3000), ("2 ribu orang", 2000), ("2,5rb", 2500), ("0,5 juta", 500_000), ("1.200 rb", None), ("3k", 3000)],
)
def test_thousands_are_read_as_words(text: str, number: int | None) -> None:
    if number is None:
        refused(("set", f"gatherings.pawai.turnout={text}"))
        return
    after = ask(("set", f"gatherings.pawai.turnout={text}"))
    assert next(g.turnout for g in after.gatherings if g.id == "pawai") == number


def test_a_zone_is_local_time_in_dates_as_in_times_of_day() -> None:
    dated = ask(("set", "period.start=20/08/2024 09.00 WIT"))
    assert dated.period.start == TOWN.period.start
    assert arrival("10.00 WIT") == "10:00"
