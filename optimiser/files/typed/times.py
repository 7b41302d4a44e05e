"""Times as they are typed: when a gathering comes, when a road is closed, when an official receives."""

from __future__ import annotations

import math
import re

from optimiser.common.message import Message
from optimiser.common.numerals import read_number
from optimiser.common.typed.amounts import read_amount
from optimiser.common.typed.times import read_typed_clock
from optimiser.files.typed.unclear import ID, Changes, Unclear, two_ways

WHOLE = 1e-6  # minutes; assumed: less than anybody types, more than arithmetic of floats errs
SHORTEST = 10.0  # assumed: a number without unit is minutes from here on; a smaller one may be hours as well
EARLIER = ("earlier", "early", "lebih awal", "lebih cepat", "lebih dini")
PLACES = ("sector", "post", "sektor", "pos")  # may stand before the identifier of a place
LATER = ("later", "late", "lebih lambat", "lebih akhir")


def read_duration(text: str, prefix: str = "", suffix: str = "") -> float | None:
    """Read a duration in minutes; a number without unit too, unless hours may be meant as well.

    Parameters
    ----------
    prefix, suffix : what stands around it in the phrase.

    Raises
    ------
    Unclear : minutes or hours may be meant.
    """
    number, minutes = read_number(text), read_amount(text, "min")
    if number is not None and 0 < number < SHORTEST:
        typed = text.strip()
        ways = {"h": Message("hours"), "min": Message("minutes")}
        raise two_ways({f"{prefix}{typed}{unit}{suffix}": meaning for unit, meaning in ways.items()})
    return None if minutes is None or minutes < 0.0 else minutes


def read_closing(text: str) -> Changes:
    """Read which way is closed, or the place of which all ways are, and from when until when."""
    ends, at, hours = text.strip().partition("@")
    bare = re.sub(rf"^(?:{'|'.join(PLACES)}):", "", ends.strip(), flags=re.IGNORECASE)
    match = re.fullmatch(rf"({ID})(?::|--)({ID})", bare) or re.fullmatch(rf"({ID})()", bare)
    span = _span(hours) if at else (None, None)
    if match is None or span is None:
        return None
    return [{"do": "close", "a": match[1], "b": match[2] or None, "start": span[0], "end": span[1]}]


def _span(text: str) -> tuple[str | None, str | None] | None:
    """Read ``10:00-12:00``, of which either end may be left out, not both."""
    start, dash, end = re.sub(r"\s+(?:to|until|sampai|s/d|s\.?d\.?)\s+", "-", text.strip(), flags=re.I).partition("-")
    clocks = [read_typed_clock(part) if part.strip() else None for part in (start, end)]
    wrong = any(part.strip() and clock is None for part, clock in zip((start, end), clocks, strict=True))
    return None if not dash or wrong or clocks == [None, None] else (clocks[0], clocks[1])


def read_period(text: str) -> Changes:
    """Read when the operation starts and ends."""
    span = _span(text)
    if span is None or span[0] == span[1]:  # a day of 24 hours is seldom meant by it
        return None
    return [{"do": "period", "start": span[0], "end": span[1]}]


def read_reception(text: str) -> Changes:
    """Read within how long the delegation is received, and where.

    Raises
    ------
    Unclear : minutes or hours may be meant.
    """
    sector, equals, rest = text.rpartition("=")
    minutes = read_duration(rest, f"{sector.strip()}{equals}")
    sector = sector.strip()
    return None if minutes is None else [{"do": "receive", "minutes": minutes, "sector": sector if equals else None}]


def read_start(text: str) -> Changes:
    """Read how much earlier or later gatherings come, or when one does.

    Raises
    ------
    Unclear : it is open what starts at a clock time, whether minutes or hours are meant, or which minute is.
    """
    name, equals, rest = text.rpartition("=")
    gathering, typed = name.strip() or None, rest.strip()
    clock = read_typed_clock(typed)
    if clock is not None and gathering is not None:
        return [{"do": "arrive", "gathering": gathering, "at": clock}]
    if clock is not None:
        raise two_ways(
            {
                f"--start GATHERING={clock}": Message("a gathering comes then"),
                f"--period {clock}-": Message("the operation starts then"),
            }
        )
    if equals and gathering is None:
        return None
    span, way, said = _split_shift(typed)
    minutes = read_duration(span, f"{name}{equals}", said) if way else None
    if minutes is None:
        return None
    if not _is_whole(minutes):
        near = {"below": str(math.floor(minutes)), "above": str(math.ceil(minutes))}
        expected = Message("whole minutes; the nearest are {below}min and {above}min", **near)
        raise Unclear(expected, Message("write {below}min or {above}min", **near))
    return [{"do": "shift", "minutes": way * round(minutes), "gathering": gathering}]


def _split_shift(text: str) -> tuple[str, int, str]:
    """Return the duration, -1 for earlier and 1 for later, 0 where neither is said, and the words that say it."""
    for sign, words in ((-1, EARLIER), (1, LATER)):
        for word in words:
            match = re.fullmatch(rf"(.*?)[\s-]+{word.replace(' ', '[ -]')}", text, re.IGNORECASE)
            if match is not None:
                return match[1], sign, f"-{'earlier' if sign < 0 else 'later'}"
    return text, 0, ""


def _is_whole(minutes: float) -> bool:
    """Return whether minutes are whole, but for the last digits of a product such as 60 x 2.05."""
    return abs(minutes - round(minutes)) < WHOLE
