"""Dates and times of a spreadsheet: a number of days, shown as a date or a time by the format of its cell.

Whoever types 9.40 or 9,5 into a cell that is formatted as a time gets day 9 of the calendar and some hour of it. Read
as a time of day, it would be a wrong time that looks right: a number of 1 or more is a date, to lie in the period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optimiser.common.message import Message

DAY = 1440.0  # minutes
FORGIVEN = 0.02  # minutes: a second of rounding is forgiven, no more
TYPED = 2400.0  # a smaller number of days is a time that was typed as a number, up to 23.59 or 2359; a date is larger
_ZERO, _EARLY = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # day 0 of the two calendars of spreadsheets
_LAST = 2_958_466.0  # days: the end of the year 9999


@dataclass(frozen=True, slots=True)
class Moment:
    """A number in a cell that is shown as a date or time.

    Attributes
    ----------
    serial : days since day 0; below 1 it is a time of day.
    early : whether the workbook counts from 1904.
    """

    serial: float
    early: bool = False

    @property
    def instant(self) -> dt.datetime | None:
        """The date and time; None where it is a time of day, or where no calendar has it."""
        if not 1.0 <= self.serial < _LAST:
            return None
        try:
            return (_EARLY if self.early else _ZERO) + dt.timedelta(milliseconds=round(self.serial * 86_400_000))
        except OverflowError:  # the last years of the calendar that counts from 1904
            return None

    def __str__(self) -> str:
        """Return what the cell holds, a date with its number."""
        if 0.0 <= self.serial < 1.0:
            seconds = round(self.serial * 86_400.0)
            text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
            return text if seconds % 60 == 0 else f"{text}:{seconds % 60:02}"
        number, instant = f"{self.serial:.10g}", self.instant
        return number if instant is None or self.serial < TYPED else f"{number} ({instant:%Y-%m-%d %H:%M})"

    @classmethod
    def of(cls, instant: dt.datetime, early: bool = False) -> Moment:
        """Make one of a date and time."""
        return cls((instant - (_EARLY if early else _ZERO)) / dt.timedelta(days=1), early)


@dataclass(frozen=True)
class Refused:
    """Why a cell holds no time of the period: the parts of a fault."""

    code: str
    found: Message
    expected: Message
    repair: Message


def to_clock(minutes: float) -> str | None:
    """Write minutes of a day as ``HH:MM``; None where there are seconds too."""
    whole = round(minutes)
    return f"{whole // 60 % 24:02}:{whole % 60:02}" if abs(minutes - whole) <= FORGIVEN else None


def read_clock(moment: Moment, period: Any, ending: bool) -> str | Refused:
    """Return the clock time of a date and time within the period, or say why there is none.

    Parameters
    ----------
    moment : of 1 day or more, or negative.
    period : as in a file, its start as text and its hours; whatever is not as it should be counts as unknown.
    ending : whether the cell holds the end of something, which a day after the start is the end of the period.
    """
    start, hours = _read_period(period)
    instant = moment.instant
    expected = Message("a time of day such as 14:30")
    if start is not None:
        low, high = _write(start), _write(start + dt.timedelta(hours=hours))
        expected = Message("a time of day, or a date and time from {low} to {high}", low=low, high=high)
    if start is not None and instant is not None:
        minutes = (instant - start) / dt.timedelta(minutes=1)
        least, most = (1.0, 60.0 * hours) if ending else (0.0, min(60.0 * hours, DAY - 1.0))
        if least - FORGIVEN <= minutes <= most + FORGIVEN:
            clock = to_clock(start.hour * 60 + start.minute + minutes)
            repair = Message("write it as 14:30")
            return clock or Refused("bad-clock", Message.chain("", [str(moment)]), expected, repair)
    if start is None and instant is not None and moment.serial >= TYPED:  # its date cannot be judged
        clock = to_clock(instant.hour * 60 + instant.minute + instant.second / 60.0)
        return clock or Refused("bad-clock", Message.chain("", [str(moment)]), expected, Message("write it as 14:30"))
    if instant is not None and moment.serial >= TYPED:
        found = Message.chain("", [str(moment)])
        repair = Message("correct the date, or write the time alone: {time}", time=f"{instant:%H:%M}")
        return Refused("time-outside", found, expected, repair)
    found, guesses = Message.chain("", [str(moment)]), _guess(moment.serial)
    if instant is not None:
        words = {"number": str(moment), "day": str(int(moment.serial)), "time": f"{instant:%H:%M}"}
        found = Message("{number}, which is day {day}, {time}", **words)
    repair = Message("write it as 14:30")
    if len(guesses) == 1:
        repair = Message("did you mean {time}?", time=guesses[0])
    elif guesses:
        repair = Message("did you mean {time} or {other}?", time=guesses[0], other=guesses[1])
    return Refused("bad-clock", found, expected, repair)


def _guess(serial: float) -> list[str]:
    """List the times that may have been meant by a number: 9.4 is 09:40, 9.5 is 09:50 or 09:30, 930 is 09:30."""
    whole, hundredths = divmod(round(serial * 100.0), 100)
    if serial < 0.0 or abs(serial * 100.0 - round(serial * 100.0)) > 1e-6:
        return []
    if serial >= 100.0:
        whole, hundredths = divmod(whole, 100)
    elif hundredths and hundredths * 60 % 100 == 0 and hundredths % 25 == 0:
        halves = f"{whole:02}:{hundredths * 60 // 100:02}"
        guesses = [f"{whole:02}:{hundredths:02}", halves] if hundredths < 60 else [halves]
        return guesses if whole < 24 else []
    return [f"{whole:02}:{hundredths:02}"] if whole < 24 and hundredths < 60 else []


def _read_period(period: Any) -> tuple[dt.datetime | None, float]:
    start, hours = (period.get(name) for name in ("start", "hours")) if isinstance(period, Mapping) else (None, None)
    hours = hours.get("value") if isinstance(hours, Mapping) else hours
    if not isinstance(start, str) or not isinstance(hours, int | float) or not 0.0 < hours <= 24.0:
        return None, 0.0
    try:
        read = dt.datetime.fromisoformat(start)
    except ValueError:
        return None, 0.0
    return (None, 0.0) if read.tzinfo else (read, float(hours))


def _write(instant: dt.datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
