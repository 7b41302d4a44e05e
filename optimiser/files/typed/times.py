"""Times as they are typed: when a gathering comes, when a road is closed, when an official receives."""

from __future__ import annotations

import math
import re

from optimiser.common.message import Message
from optimiser.common.numerals import find_within, read_number
from optimiser.common.typed.amounts import advise_amount, find_hours, read_amount
from optimiser.common.typed.times import read_said_clock, settle_clock
from optimiser.files.typed.unclear import (
    REF,
    Changes,
    Unclear,
    ask_hours,
    read_whole,
    split_references,
    two_ways,
)

WHOLE = 1e-6  # minutes; assumed: less than anybody types, more than arithmetic of floats errs
SHORTEST = 10.0  # assumed: a number without unit is minutes from here on; a smaller one may be hours as well
EARLIER = ("earlier", "early", "lebih awal", "lebih cepat", "lebih dini")
LATER = ("later", "late", "lebih lambat", "lebih akhir")
FORWARD, BACK = ("maju", "dimajukan"), ("mundur", "diundur", "dimundurkan")
_MOVED_TO = re.compile(rf"({'|'.join((*FORWARD, *BACK))})\s+(\d{{1,2}}[.:]\d{{2}})", re.IGNORECASE)
_MOVE = re.compile(
    rf"(?P<who>[^>→@=]*?)\s*(?:->|>|→)\s*(?P<onward>{REF})\s*(?:@\s*(?P<at>[^=]*?)\s*)?(?:=\s*(?P<n>.+))?",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\s*[–—]\s*|\s+(?:to|until|sampai dengan|sampai|hingga|s/d|s\.?d\.?)\s+", re.IGNORECASE)
_OPEN = re.compile(r"selesai|open|end", re.IGNORECASE)  # an end that nobody knows


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
    if (hours := find_hours(text, "min")) is not None:
        raise ask_hours((f"{prefix}{typed}{suffix}" for typed in hours), number is not None)
    if number is not None and 0 < number < SHORTEST:
        typed = text.strip()
        ways = {"h": Message("hours"), "min": Message("minutes")}
        raise two_ways({f"{prefix}{typed}{unit}{suffix}": meaning for unit, meaning in ways.items()})
    if (
        minutes is None
        and find_within(text) is None
        and (advice := advise_amount(text, "min", ranged=False)) is not None
    ):
        raise Unclear(Message("a duration"), advice)
    return None if minutes is None or minutes < 0.0 else minutes


def read_closing(text: str) -> Changes:
    """Read which way is closed, or the place of which all ways are, and from when until when."""
    ends, at, hours = text.strip().partition("@")
    named = split_references(ends)
    span = _span(_OPEN.sub("", hours)) if at else (None, None)
    if named is None or span is None:
        return None
    return [{"do": "close", "a": named[0], "b": named[1] if len(named) > 1 else None, "start": span[0], "end": span[1]}]


def read_move(text: str) -> Changes:
    """Read who moves from one sector to another, and when: ``dalmas-awal:terminal>kpu@12:30=2``.

    Raises
    ------
    Unclear : no time of day is said, or it is no whole number of teams.
    """
    match = _MOVE.fullmatch(text.strip())
    if match is None:
        return None
    named = split_references(match["who"]) or []
    clock, number = _clock(match["at"] or ""), match["n"]
    if len(named) not in (1, 2):
        return None
    if clock is None:
        typed = f"{match['who'].strip()}>{match['onward'].strip()}@12:30"
        raise Unclear(Message("when they set out"), Message("write the time of day after it, {typed}", typed=typed))
    count = None if number is None else read_whole(number, "teams")
    if number is not None and count is None:
        count = read_whole(number, "vehicles")
        if count is None:
            return None
    if count is not None and len(named) == 1:
        typed = f"dalmas-awal:{text.strip()}"
        raise Unclear(Message("of what so many move"), Message("write the team or vehicle first, {typed}", typed=typed))
    what, here = named if len(named) == 2 else (None, named[0])
    return [
        {"do": "move", "what": what, "here": here, "onward": match["onward"], "at": clock, "number": count},
    ]


def _span(text: str) -> tuple[str | None, str | None] | None:
    """Read ``10:00-12:00`` or ``10-12``, of which either end may be left out, not both."""
    start, dash, end = _UNTIL.sub("-", f" {text.strip()} ").strip().partition("-")
    clocks = [_clock(part) if part.strip() else None for part in (start, end)]
    wrong = any(part.strip() and clock is None for part, clock in zip((start, end), clocks, strict=True))
    return None if not dash or wrong or clocks == [None, None] else (clocks[0], clocks[1])


def _clock(text: str) -> str | None:
    """Read a time of day beside a dash, where a number alone is one too."""
    return read_said_clock(text) or read_said_clock(f"at {text.strip()}")


def read_period(text: str) -> Changes:
    """Read when the operation starts and ends."""
    span = _span(text)
    if span is None or len({None if clock is None else settle_clock(clock) for clock in span}) == 1:
        return None  # a day of 24 hours is seldom meant by two equal times
    return [{"do": "period", "start": span[0], "end": span[1]}]


def read_reception(text: str) -> Changes:
    """Read within how long the delegation is received, and where.

    Raises
    ------
    Unclear : minutes or hours may be meant.
    """
    several = re.split(r"[,;](?=[^,;=]*=)", text)
    if len(several) > 1:
        each = [read_reception(part) for part in several]
        return None if None in each else [change for changes in each for change in changes or ()]
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
    clock = read_said_clock(typed)
    if clock is not None and gathering is not None:
        return [{"do": "arrive", "gathering": gathering, "at": clock}]
    if clock is not None:
        raise two_ways(
            {
                f"--start GATHERING={settle_clock(clock)}": Message("a gathering comes then"),
                f"--period {settle_clock(clock)}-": Message("the operation starts then"),
            }
        )
    if re.fullmatch(r"\d{1,3}", typed):
        _ask_number(f"{name}{equals}", typed)
    if equals and gathering is None:
        return None
    moved = _MOVED_TO.fullmatch(typed)
    if moved is not None and (clock := read_said_clock(moved[2])) is not None:
        way = "earlier" if moved[1].lower() in FORWARD else "later"
        later = f"{name}{equals}{int(moved[2][:-3])}h{moved[2][-2:]}min-{way}"
        ways = {f"{name}{equals}{settle_clock(clock)}": Message("at this time of day")} if equals else {}
        raise two_ways({**ways, later: Message("hours and minutes")})
    minutes = read_shift(typed, f"{name}{equals}")
    return None if minutes is None else [{"do": "shift", "minutes": minutes, "gathering": gathering}]


def read_shift(text: str, prefix: str = "") -> int | None:
    """Read by how many minutes something is later, negative where it is earlier; None where that is not said.

    Raises
    ------
    Unclear : minutes or hours may be meant, or it is no whole number of minutes.
    """
    span, way, said = _split_shift(text.strip())
    minutes = read_duration(span, prefix, said) if way else None
    if minutes is None:
        return None
    if not _is_whole(minutes):
        near = {"below": str(math.floor(minutes)), "above": str(math.ceil(minutes))}
        expected = Message("whole minutes; the nearest are {below}min and {above}min", **near)
        raise Unclear(expected, Message("write {below}min or {above}min", **near))
    return way * round(minutes)


def _ask_number(ahead: str, typed: str) -> None:
    """Ask what a number alone means.

    Raises
    ------
    Unclear : with the ways to type it.
    """
    clock = read_said_clock(f"at {typed}")
    ways = {f"{ahead}{settle_clock(clock)}": Message("at this time of day")} if clock is not None else {}
    ways |= {f"{ahead}{typed}min-later": Message("minutes later"), f"{ahead}{typed}h-later": Message("hours later")}
    raise two_ways(ways)


def _split_shift(text: str) -> tuple[str, int, str]:
    """Return the duration, -1 for earlier and 1 for later, 0 where neither is said, and the words that say it."""
    for sign, words, moved in ((-1, EARLIER, FORWARD), (1, LATER, BACK)):
        ahead = re.fullmatch(rf"(?:{'|'.join(moved)})\s+(.*)", text, re.IGNORECASE)
        if ahead is not None:
            return ahead[1], sign, f"-{'earlier' if sign < 0 else 'later'}"
        for word in words:
            match = re.fullmatch(rf"(.*?)[\s-]+{word.replace(' ', '[ -]')}", text, re.IGNORECASE)
            if match is not None:
                return match[1], sign, f"-{'earlier' if sign < 0 else 'later'}"
    return text, 0, ""


def _is_whole(minutes: float) -> bool:
    """Return whether minutes are whole, but for the last digits of a product such as 60 x 2.05."""
    return abs(minutes - round(minutes)) < WHOLE
