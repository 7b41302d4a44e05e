"""Times of a log: clock times of the day of an operation, or minutes from its start."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from optimiser.common.message import Message
from optimiser.common.numerals import find_readings, plain_characters
from optimiser.common.typed.amounts import read_amount
from optimiser.common.typed.times import advise_clock, read_typed_clock
from optimiser.files.xlsx.moments import DAY, TYPED, Moment, Refused, read_clock
from optimiser.model.instance import Instance

_SECONDS = re.compile(r"(\d{1,2})[:.]([0-5]\d)[:.]([0-5]\d(?:[.,]\d{1,6})?)")
_EXPECTED = Message("a clock time such as 14:30, or minutes from the start")


def read_moment(value: Any, instance: Instance) -> float | Refused:
    """Return the minute of a cell that holds a clock time, a date with its time, or minutes from the start.

    A clock time before the start is one of the next day; whether the operation lasts so long is not asked here.
    """
    if isinstance(value, Moment):
        return _of_moment(value, instance)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return Refused("bad-clock", Message.chain("", [str(value)]), _EXPECTED, Message("write it as 14:30"))
    if isinstance(value, float) and 0.0 < value < 1.0:  # a time whose cell lost its format, or part of a minute
        clock = f"{Moment(value)}"[:5]
        repair = Message("format the cell as a time if {clock} is meant, else write whole minutes", clock=clock)
        return Refused("bad-clock", Message.chain("", [repr(value)]), _EXPECTED, repair)
    if isinstance(value, str):
        return _of_text(value, instance)
    return float(value)


def _of_text(text: str, instance: Instance) -> float | Refused:
    plain = plain_characters(text).strip()
    if (clock := read_typed_clock(plain)) is not None:
        return instance.minutes(clock)
    if (match := _SECONDS.fullmatch(plain)) is not None and int(match[1]) < 24:
        return instance.minutes(f"{int(match[1]):02}:{match[2]}") + float(match[3].replace(",", ".")) / 60.0
    if (minutes := read_amount(plain, "min")) is not None:
        return minutes
    if (readings := find_readings(plain)) is not None:
        return Refused("bad-clock", Message.chain("", [text]), readings.expected, readings.repair)
    return Refused("bad-clock", Message.chain("", [f"'{text[:40]}'"]), _EXPECTED, advise_clock(plain))


def _of_moment(moment: Moment, instance: Instance) -> float | Refused:
    if 0.0 <= moment.serial < 1.0:
        start = instance.period.start
        return (moment.serial * DAY - start.hour * 60 - start.minute) % DAY
    instant = moment.instant
    if instant is not None and moment.serial >= TYPED:
        minutes = (instant - instance.period.start) / dt.timedelta(minutes=1)
        if 0.0 <= minutes <= instance.period.simulated:
            return minutes
    period = {"start": instance.period.start.isoformat(), "hours": float(instance.period.hours)}
    refused = read_clock(moment, period, False)
    return refused if isinstance(refused, Refused) else instance.minutes(refused)
