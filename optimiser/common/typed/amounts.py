"""Amounts as people type them, with their unit: ``40%``, ``9 jam``, ``2 jam 30 menit``, ``200 orang``, ``500 m``.

What can be understood in one way only is read; of the rest it is said why it is not, and what would be.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from optimiser.common.message import Message
from optimiser.common.numerals import Readings, find_readings, plain_characters, read_number

_MINUTE = dict.fromkeys(("m", "min", "mins", "minute", "minutes", "menit", "mnt"), 1.0)
_HOUR = dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "jam"), 60.0)
_PEOPLE = (
    "orang",
    "org",
    "personel",
    "pers",
    "people",
    "persons",
    "person",
    "heads",
    "head",
    "jiwa",
    "massa",
    "peserta",
)
_SHARE = dict.fromkeys(("%", "persen", "percent", "pct"), 0.01)
WORDS: Mapping[str, Mapping[str, float]] = (
    MappingProxyType(  # by unit: what people write for it, and how much of it that is
        {
            "min": {**_MINUTE, **_HOUR},
            "h": {word: factor / 60.0 for word, factor in {**_MINUTE, **_HOUR}.items()},
            "km": {"km": 1.0, "kilometer": 1.0, "m": 0.001, "meter": 0.001},
            "km/h": dict.fromkeys(("km/h", "km/jam", "kmh", "kpj"), 1.0),
            "heads": dict.fromkeys(_PEOPLE, 1.0),
            "persons": dict.fromkeys(_PEOPLE, 1.0),
            "teams": dict.fromkeys(("tim", "team", "teams", "regu", "unit"), 1.0),
            "vehicles": dict.fromkeys(("unit", "buah", "kendaraan", "vehicle", "vehicles"), 1.0),
            "seats": dict.fromkeys(("seats", "seat", "tempat duduk", "kursi"), 1.0),
            "groups": dict.fromkeys(("groups", "group", "kelompok"), 1.0),
            "share of 1": _SHARE,
            "share per hour": _SHARE,
            "change of tension": _SHARE,
            "CVaR level": _SHARE,
        }
    )
)
_COUNTED = ("heads", "persons", "teams", "vehicles", "seats", "groups")  # units of which there are no parts
_TIMES = {**dict.fromkeys(("rb", "ribu", "k", "thousand"), 1e3), **dict.fromkeys(("jt", "juta", "million"), 1e6)}
_THOUSANDS = re.compile(rf"(\d[\d.,]*)\s*({'|'.join(_TIMES)})\b")
_HALVES = (
    (re.compile(r"\b(?:setengah|half an?) (?:jam|hour)\b"), "30 min"),
    (re.compile(r"\b(?:seperempat jam|quarter of an hour)\b"), "15 min"),
    (re.compile(r"\b(?:sejam|an hour)\b"), "1 h"),
)
_CLOCKWISE = re.compile(rf"(\d{{1,2}})[.,]([0-5]\d)\s*({'|'.join(sorted(_HOUR, key=len, reverse=True))})")
_CLOCK_ALIKE = re.compile(r"(\d{1,2})([.,]?)([0-5]\d)")
HOURS = 24  # of a day
LONGEST = 60  # characters; more is no amount
_PART = re.compile(r"([+-]?\d[\d., ']*?)\s*([a-z%/]+(?: [a-z]+)?)\.?")
_RANGE = re.compile(r"(\d[\d.,]*)\s*(?:-|–|—|\bs/d\b|\bsd\b|\bsampai\b|\bto\b|\bhingga\b)\s*(\d[\d.,]*)\s*[a-z%]*")
_SPAN = re.compile(  # from one time of day to another
    r"(?:jam|pukul|pkl\.?)?\s*(\d{1,2})[.:](\d{2})\s*(?:wi(?:b|ta|t))?\s*(?:-|–|—|\bs/d\b|\bsd\b|\bsampai\b|\bto\b|\bhingga\b)"
    r"\s*(?:jam|pukul|pkl\.?)?\s*(\d{1,2})[.:](\d{2})\s*(?:wi(?:b|ta|t))?"
)
_ABOUT = re.compile(
    r"(?:[±~<>≈]|\+/-|sekitar|kurang lebih|kira-kira|kl\.?|about|approx\.?|ca\.?)\s*(\d[\d.,]*)\s*[a-z%]*"
)
_NOTHING = ("-", "--", "–", "—", "?", "n/a", "na", "nihil", "tidak ada", "tidak diketahui", "belum ada", "tbd", "none")
_ALONE = re.compile(r"([a-z. ()]*)\b(\d[\d.,]*)([a-z. ()]*)")
_HUNDREDS = {"ratus", "puluh", "lusin", "hundred", "dozen"}
_CLOCK = re.compile(r"(?:jam|pukul|pkl\.?)\s*\d.*")
_COLON = re.compile(r"\d{1,2}:\d{2}")


def read_amount(text: str, unit: str) -> float | None:
    """Read an amount in its unit; None where it is none, or can be read in two ways.

    Parameters
    ----------
    unit : what a plain number stands for, such as ``min``; words of other units of the same kind are turned into it.
    """
    plain = plain_characters(text).strip().lower()
    if len(plain) > LONGEST:
        return None
    if unit in ("min", "h") and find_hours(plain, unit) is not None:
        return None
    number = read_number(plain)
    if number is not None:
        return float(number)
    if unit in ("min", "h"):
        for pattern, clear in _HALVES:
            plain = pattern.sub(clear, plain)
    if unit in _COUNTED and (match := _THOUSANDS.match(plain)) is not None:
        several = read_number(match[1])
        if several is None:
            return None
        plain = f"{_times(float(several), _TIMES[match[2]]):.13g}{plain[match.end() :]}"
        if (number := read_number(plain)) is not None:
            return float(number)
    words, total, end, last = WORDS.get(unit, {}), 0.0, 0, float("inf")
    for part in _PART.finditer(plain):
        if plain[end : part.start()].strip():
            return None
        number, factor = read_number(part[1]), words.get(part[2])
        if number is None or factor is None or factor >= last or (total and number < 0):
            return None
        total, end, last = total + _times(float(number), factor), part.end(), factor
    several = last < float("inf") and plain[end:].strip() == ""
    return total if several else None


def find_hours(text: str, unit: str) -> tuple[str, str] | None:
    """Return both readings of a duration that looks like a clock time, each with its units; None where there is one.

    ``2.30 jam`` is 2 h 30 min, or 2.3 h as 138 min. ``1.30`` without unit is hours and minutes, or so many of the unit;
    so is ``1400``, in which a time of day is seen where minutes are asked for.

    Parameters
    ----------
    unit : ``min`` or ``h``, of a number alone; others have no such readings.
    """
    plain = plain_characters(text).strip().lower()
    if (match := _CLOCKWISE.fullmatch(plain)) is not None:
        if match[2] == "00":
            return None
        return f"{int(match[1])}h{match[2]}min", f"{60.0 * float(f'{match[1]}.{match[2]}'):.6g}min"
    match = _CLOCK_ALIKE.fullmatch(plain) if unit in ("min", "h") else None
    if match is None or int(match[1]) >= HOURS or (unit == "h" and (not match[2] or match[3] == "00")):
        return None
    if not match[2] and len(plain) < len("0000"):
        return None
    minutes = float(plain.replace(",", ".")) * (60.0 if unit == "h" else 1.0)
    return f"{int(match[1])}h{match[3]}min", f"{minutes:.6g}min"


def is_nothing(text: str) -> bool:
    """Return whether a text is what people write where there is nothing, such as a dash."""
    return plain_characters(text).strip().lower() in _NOTHING


def is_counted(unit: str) -> bool:
    """Return whether there are only whole ones of a unit, such as persons."""
    return unit in _COUNTED


def _times(number: float, factor: float) -> float:
    """Multiply without the last digits, which binary fractions leave behind: 33.3 % is 0.333."""
    return float(f"{number * factor:.13g}")


def advise_amount(text: str, unit: str, ranged: bool) -> Message | None:
    """Say what would be clear instead of a text that is no amount; None where nothing particular can be said.

    Parameters
    ----------
    ranged : whether the amount may have a low and a high beside it.
    """
    plain = plain_characters(text).strip().lower()
    if is_nothing(plain):
        return Message("leave the cell empty where nothing is known")
    if unit in ("min", "h") and (span := _SPAN.fullmatch(plain)) is not None:
        return _advise_span(span, unit)
    if (match := _RANGE.fullmatch(plain)) is not None:
        if ranged:
            words = {"low": match[1], "high": match[2]}
            return Message("write the likeliest number here, {low} into the column .low and {high} into .high", **words)
        return Message("write one number")
    if (match := _ABOUT.fullmatch(plain)) is not None:
        if ranged:
            return Message(
                "write {number}; how far it may be off stands in the columns .low and .high", number=match[1]
            )
        return Message("write {number}", number=match[1])
    amount = read_amount(plain, unit) if is_counted(unit) else None
    if amount is not None and not amount.is_integer():
        return Message("write {below} or {above}", below=f"{math.floor(amount)}", above=f"{math.ceil(amount)}")
    if unit in ("min", "h"):
        if (hours := find_hours(plain, unit)) is not None:
            return Message("it may be {first} or {second}; write one of these", first=hours[0], second=hours[1])
        return _advise_duration(plain)
    number = re.match(r"[+-]?\d[\d.,]*", plain)
    if number is not None and (readings := find_readings(number[0])) is not None:
        factor = WORDS.get(unit, {}).get(plain[number.end() :].strip(), 1.0)
        if factor == 1.0:
            return readings.repair
        ways = (f"{_times(float(way), factor):.6g}" for way in (readings.thousands, readings.decimals))
        return Readings(*ways).repair
    return _advise_alone(plain)


def _advise_alone(plain: str) -> Message | None:
    """Say to write the only number of a text, unless a word beside it may count something else, as in ``1 regu``."""
    match = _ALONE.fullmatch(plain)
    number = None if match is None else read_number(match[2])
    if match is None or number is None:
        return None
    beside = {word for part in (match[1], match[3]) for word in re.findall(r"[a-z%/]+", part)}
    if beside & {word for words in WORDS.values() for word in words} or beside & _TIMES.keys() or beside & _HUNDREDS:
        return None
    return Message("write {number}", number=f"{number:g}")


def _advise_span(span: re.Match[str], unit: str) -> Message:
    """Say of two times of day how long it is from one to the other, across midnight too."""
    first, last = (60 * int(span[n]) + int(span[n + 1]) for n in (1, 3))
    minutes = (last - first) % 1440 or 1440
    length = f"{minutes if unit == 'min' else round(minutes / 60, 4):g}"
    return Message("these are two times of day; write how long it is from one to the other: {length}", length=length)


def _advise_duration(plain: str) -> Message | None:
    if _CLOCK.fullmatch(plain):
        return Message("that is a time of day; a duration is written as 90 min, 1.5 h or 2 h 30 min")
    if _COLON.fullmatch(plain):
        return Message("it may be hours or minutes; write it with units, such as 2 h 30 min")
    return None
