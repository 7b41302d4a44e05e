"""Times of day and dates are read where it is clear which one is meant; of the rest it is said what would be."""

from __future__ import annotations

import pytest

from optimiser.common.typed.times import (
    advise_clock,
    advise_date,
    find_other_half,
    read_said_clock,
    read_typed_clock,
    read_typed_date,
    settle_clock,
)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("14:30", "14:30"), ("9.40", "09:40"), ("09.40 WIB", "09:40"), ("09:40 wita", "09:40"), ("0940", "09:40"),
        ("jam 9", "09:00"), ("pukul 09.40 WIB", "09:40"), ("pkl. 8", "08:00"), ("jam 9 pagi", "09:00"),
        ("jam 2 siang", "14:00"), ("jam 12 siang", "12:00"), ("3 sore", "15:00"), ("jam 7.30 malam", "19:30"),
        ("jam 12 malam", "00:00"), ("2.30 PM", "14:30"), ("12 am", "00:00"), ("14:30:00", "14:30"),
        ("\uff11\uff14:\uff13\uff10", "14:30"),
    ],
)  # fmt: skip
def test_a_clear_time_is_read(text: str, clock: str) -> None:
    assert read_typed_clock(text) == clock


@pytest.mark.parametrize(
    ("text", "said", "other"),
    [
        ("jam 2", "2", "14:00"), ("2.30", "2:30", "14:30"), ("jam 12", "12", "00:00"), ("jam 10", "10", "22:00"),
        ("02.30", "02:30", None), ("10.00", "10:00", None), ("jam 14", "14:00", None), ("jam 2 pagi", "02:00", None),
        ("0.30", "00:30", None), ("00.30", "00:30", None),
    ],
)  # fmt: skip
def test_an_hour_of_twelve_is_kept_as_it_was_said(text: str, said: str, other: str | None) -> None:
    assert read_said_clock(text) == said
    assert find_other_half(said) == other
    assert settle_clock(said) == read_typed_clock(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9 jam", "'9 jam' is a duration; write 09:00"),
        ("9", "did you mean 09:00?"),
        ("24.00", "write 00:00"),
        ("09.00-11.00", "write one time"),
        ("09.00 s/d selesai", "write one time"),
        ("selesai", "leave the cell empty"),
        ("jam 1 malam", "write it as 14:30"),  # 01:00, or a slip
        ("setengah tiga", "write it as 14:30"),
        ("25:00", "write it as 14:30"),
        ("930", "write it as 14:30"),
    ],
)
def test_a_time_that_is_not_clear_is_said_to_be_so(text: str, words: str) -> None:
    assert read_typed_clock(text) is None
    assert words in advise_clock(text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("27/11/2024 08.00", "2024-11-27T08:00:00"),
        ("27-11-2024 08:00 WIB", "2024-11-27T08:00:00"),
        ("11/27/2024 08:00", "2024-11-27T08:00:00"),
        ("05/05/2024 jam 9", "2024-05-05T09:00:00"),
        ("27 November 2024 pukul 08.00 WIB", "2024-11-27T08:00:00"),
        ("Rabu, 27 Nov 2024, 08.00", "2024-11-27T08:00:00"),
        ("Rabu 05/06/2024 08.00", "2024-06-05T08:00:00"),
        ("2024-11-27 08:00", "2024-11-27T08:00:00"),
        ("27/11/2024 08.00 WIT", "2024-11-27T08:00:00"),
        ("27 November 2024 08.00 WITA", "2024-11-27T08:00:00"),
        ("2024/11/27T08:00:00", "2024-11-27T08:00:00"),
    ],
)
def test_a_clear_date_is_read(text: str, date: str) -> None:
    assert read_typed_date(text) == date


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("05/06/2024 08.00", "write 2024-06-05 08:00 or 2024-05-06 08:00"),
        ("27 November 2024", "write it with its time, 2024-11-27 HH:MM"),
        ("27/11/24 08.00", "write the year with four digits"),
        ("Selasa, 27 November 2024 08.00", "the day of the week is of another date"),
        ("31/02/2024 08:00", "write it as 2024-08-20 13:00"),
        ("besok pagi", "write it as 2024-08-20 13:00"),
    ],
)
def test_a_date_that_is_not_clear_is_said_to_be_so(text: str, words: str) -> None:
    assert read_typed_date(text) is None
    assert words in advise_date(text)
