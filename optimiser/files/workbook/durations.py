"""Cells that hold a date or time where a duration, a number or a date with its time is asked for."""

from __future__ import annotations

import datetime as dt

from optimiser.common.message import Message
from optimiser.files.xlsx.moments import DAY, TYPED, Moment

DURATIONS = {"min": 1.0, "h": 60.0}  # unit: minutes
HOUR = 60.0  # minutes


def advise_time(moment: Moment, unit: str) -> Message:
    """Say what to write instead of a time or date in a column of numbers.

    Whoever types 1:30 for a duration may mean hours and minutes, or minutes and seconds.
    """
    if unit not in DURATIONS or not 0.0 <= moment.serial < TYPED:
        return Message("format the cell as a number and write the number")
    length = moment.serial * DAY / DURATIONS[unit]
    advice = Message("format the cell as a number and write {n} if hours and minutes are meant", n=f"{length:.6g}")
    if unit == "h":
        return advice
    return Message("{advice}, {n} if minutes and seconds", advice=advice, n=f"{length / HOUR:.6g}")


def find_start(moment: Moment) -> str | None:
    """Return a date with its time as ISO 8601; None where it has no time, or is no date.

    A spreadsheet holds a date without a time as midnight. So midnight itself is to be written as text.
    """
    instant = moment.instant if moment.serial >= TYPED else None
    if instant is None:
        return None
    rounded = (instant + dt.timedelta(milliseconds=500)).replace(microsecond=0)
    return None if rounded.time() == dt.time(0) else rounded.isoformat()


def advise_moment(moment: Moment) -> Message | None:
    """Say what is missing of a date and time; None where nothing particular can be said."""
    instant = moment.instant if moment.serial >= TYPED else None
    if instant is not None:
        words = {"date": f"{instant:%Y-%m-%d}"}
        return Message("write it with its time, as {date} 08:00; midnight as text, '{date} 00:00", **words)
    if 0.0 < moment.serial < 1.0:
        return Message("write the date too, as 2024-08-20 {time}", time=str(moment))
    return None
