"""Times of day and dates as people type them: ``jam 9``, ``09.40 WIB``, ``2.30 PM``, ``27/11/2024 08.00``.

What can be understood in one way only is read; of the rest it is said why it is not, and what would be.
"""

from __future__ import annotations

import datetime as dt
import re

from optimiser.common.message import Message
from optimiser.common.numerals import plain_characters

ZONES = ("wib", "wita", "wit")  # of Indonesia; all times of a plan are local ones
LONGEST = 60  # characters; more is no time
_AHEAD = r"(?:(?:pukul|pkl\.?|jam|at)\s*)"
_PARTS = ("pagi", "siang", "sore", "malam", "am", "pm", "a.m.", "p.m.")
_CLOCK = re.compile(
    rf"(?P<ahead>{_AHEAD})?(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d{{2}})(?:[:.]00)?|(?P<joined>\d{{2}}))?"
    rf"\s*(?P<part>{'|'.join(map(re.escape, _PARTS))})?\s*(?P<zone>{'|'.join(ZONES)})?"
)
_DURATION = re.compile(r"(\d{1,2})\s*(?:jam|h|hours?)")
_ABOUT = re.compile(r"(?:[±~≈]|\+/-|sekitar|kurang lebih|kira-kira|kl\.?|about|ca\.?)\s*(\d.*|(?:jam|pukul)\s.*)")
_TWO = re.compile(r".*\d\s*(?:-|–|—|s/d|sd\.?|sampai|hingga|to)\s*(?:\d.*|selesai)")
_MONTHS = (
    ("january", "januari", "jan"),
    ("february", "februari", "pebruari", "feb", "peb"),
    ("march", "maret", "mar"),
    ("april", "apr"),
    ("may", "mei"),
    ("june", "juni", "jun"),
    ("july", "juli", "jul"),
    ("august", "agustus", "aug", "agu", "ags", "agt"),
    ("september", "sept", "sep"),
    ("october", "oktober", "oct", "okt"),
    ("november", "nopember", "nov", "nop"),
    ("december", "desember", "dec", "des"),
)
MONTHS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}
_DAYS = (
    ("monday", "senin"),
    ("tuesday", "selasa"),
    ("wednesday", "rabu"),
    ("thursday", "kamis"),
    ("friday", "jumat", "jum'at"),
    ("saturday", "sabtu"),
    ("sunday", "minggu", "ahad"),
)
DAYS = {word: number for number, words in enumerate(_DAYS) for word in words}
_DATE = re.compile(
    rf"(?:(?P<day>{'|'.join(DAYS)})\s*,?\s*)?"
    r"(?:(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})|(?P<a>\d{1,2})(?P<t>[-/.])(?P<b>\d{1,2})(?P=t)(?P<c>\d{4})"
    rf"|(?P<e>\d{{1,2}})\.?[ -](?P<word>{'|'.join(MONTHS)})\.?[ -](?P<f>\d{{4}}))"
    r"(?P<rest>.*)"
)
_SHORT_YEAR = re.compile(r"(?:\w+,?\s+)?\d{1,2}[-/. ](?:\d{1,2}|[a-z]+)[-/. ]\d{2}(?:\D.*)?")


def read_typed_clock(text: str) -> str | None:
    """Read a time of day as ``HH:MM``; None where it is none, or where it is open which half of the day is meant."""
    said = read_said_clock(text)
    return None if said is None else settle_clock(said)


def read_said_clock(text: str) -> str | None:
    """Read a time of day as it was said: ``14:30``, or ``2:30`` and ``2`` where an hour of twelve may be meant.

    That is so where no part of the day is named, and the hour has one digit, or stands alone and is 12 at most.
    """
    match = _CLOCK.fullmatch(_plain(text))
    if match is None:
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or match["joined"] or 0)
    if match["joined"] and len(match["hour"]) < 2:
        return None  # 930
    alone = not (match["minute"] or match["joined"])
    if alone and not (match["ahead"] or match["part"] or match["zone"]):
        return None  # a bare number
    if match["part"]:
        placed = _place_in_day(hour, match["part"].replace(".", ""))
        if placed is None:
            return None
        return f"{placed:02}:{minute:02}" if placed < 24 and minute < 60 else None
    if hour > 23 or minute > 59:
        return None
    if match["hour"].startswith("0") or hour > (12 if alone else 9):
        return f"{hour:02}:{minute:02}"
    return f"{hour}" if alone else f"{hour}:{minute:02}"


def settle_clock(said: str) -> str:
    """Return a time of day that was said as one of 24 hours, ``HH:MM``."""
    hour, _, minute = said.partition(":")
    return f"{int(hour):02}:{minute or '00'}"


def find_other_half(said: str) -> str | None:
    """Return the time 12 hours from one that was said, where that may be meant as well; else None."""
    hour, colon, minute = said.partition(":")
    if hour.startswith("0") or int(hour) > (9 if colon else 12):
        return None
    return f"{(int(hour) + 12) % 24:02}:{minute or '00'}"


def _place_in_day(hour: int, part: str) -> int | None:
    """Return the hour of 24 that is meant by one of 12 and a part of the day; None where it is open."""
    if part in ("am", "pm"):
        if not 1 <= hour <= 12:
            return hour if part == "pm" and 12 < hour < 24 else None
        return hour % 12 + (12 if part == "pm" else 0)
    spans = {"pagi": (range(12), range(0)), "siang": (range(10, 16), range(1, 4)), "sore": (range(15, 19), range(3, 7))}
    as_said, later = spans.get(part, (range(18, 24), range(6, 12)))
    if part == "malam" and hour == 12:
        return 0
    return hour if hour in as_said else hour + 12 if hour in later else None


def advise_clock(text: str) -> Message:
    """Say what would be clear instead of a text that is no time of day."""
    plain = _plain(text)
    if (match := _DURATION.fullmatch(plain)) is not None and int(match[1]) < 24:
        words = {"text": text.strip(), "time": f"{int(match[1]):02}:00"}
        return Message("'{text}' is a duration; write {time} if the time of day is meant", **words)
    if _TWO.fullmatch(plain):
        return Message("write one time; where there is a column for the end, the other one belongs there")
    if plain in ("selesai", "sampai selesai", "open", "-", "–", "?"):
        return Message("leave the cell empty where no time is set")
    if re.fullmatch(r"24[:.]?00(?:\s*wi(?:b|ta|t))?", plain):
        return Message("write 00:00")
    about = _ABOUT.fullmatch(plain)
    if about is not None and (clock := read_typed_clock(about[1])) is not None:
        return Message("did you mean {time}?", time=clock)
    if re.fullmatch(r"\d{1,2}", plain) and int(plain) < 24:
        return Message("did you mean {time}?", time=f"{int(plain):02}:00")
    return Message("write it as 14:30")


def read_typed_date(text: str) -> str | None:
    """Read a date and time as ISO 8601; None where it is none, or where day and month may be exchanged."""
    found = _read_days(text)
    if found is None or found[1] is None or len(found[0]) != 1:
        return None
    return f"{found[0][0]:%Y-%m-%d}T{found[1]}:00"


def advise_date(text: str) -> Message:
    """Say what would be clear instead of a text that is no date and time."""
    example, found = "2024-08-20 13:00", _read_days(text)
    if found is None:
        if _SHORT_YEAR.fullmatch(_plain(text)):
            return Message("write the year with four digits, as in {example}", example=example)
        return Message("write it as {example}", example=example)
    days, clock = found
    time = clock or "HH:MM"
    if not days:
        return Message("the day of the week is of another date; correct it, as in {example}", example=example)
    if len(days) > 1:
        first, second = (f"{day:%Y-%m-%d} {time}" for day in days)
        return Message("day and month may be exchanged; write {first} or {second}", first=first, second=second)
    return Message("write it with its time, {date} HH:MM", date=f"{days[0]:%Y-%m-%d}")


def _read_days(text: str) -> tuple[list[dt.date], str | None] | None:
    """Return the days that may be meant and the clock time beside them; None where there is no date."""
    plain = _plain(text)
    first, _, rest = plain.partition(" ")
    if rest and read_typed_clock(first) is not None:
        plain = f"{rest} {first}"  # the time before the date
    match = _DATE.fullmatch(plain) if len(plain) <= LONGEST else None
    if match is None:
        return None
    if match["y"]:
        orders = [(match["y"], match["m"], match["d"])]
    elif match["word"]:
        orders = [(match["f"], MONTHS[match["word"]], match["e"])]
    else:
        orders = [(match["c"], match["b"], match["a"]), (match["c"], match["a"], match["b"])]
    days = list(dict.fromkeys(day for order in orders if (day := _make_day(*map(int, order))) is not None))
    if not days:
        return None
    if match["day"]:
        days = [day for day in days if day.weekday() == DAYS[match["day"]]]
    rest = match["rest"].strip(" ,").removeprefix("t").strip()
    clock = read_typed_clock(rest) if rest else None
    return None if rest and clock is None else (days, clock)


def _make_day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", plain_characters(text[: 2 * LONGEST])).strip().lower()
