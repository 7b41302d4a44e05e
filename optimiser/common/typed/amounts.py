"""Amounts as people type them, with their unit: ``40%``, ``9 jam``, ``2 jam 30 menit``, ``200 orang``, ``500 m``.

What can be understood in one way only is read; of the rest it is said why it is not, and what would be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from optimiser.common.message import Message
from optimiser.common.numerals import find_readings, plain_characters, read_number

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
            "seats": dict.fromkeys(("seats", "seat", "tempat duduk"), 1.0),
            "groups": dict.fromkeys(("groups", "group", "kelompok"), 1.0),
            "share of 1": _SHARE,
            "change of tension": _SHARE,
            "CVaR level": _SHARE,
        }
    )
)
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
    number = read_number(plain)
    if number is not None:
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
    if plain in _NOTHING:
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
    if unit in ("min", "h"):
        return _advise_duration(plain)
    number = re.match(r"[+-]?\d[\d.,]*", plain)
    if number is not None and (readings := find_readings(number[0])) is not None:
        return readings.repair
    return None


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
