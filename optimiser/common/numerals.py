"""Numbers as people type them: one rule wherever text becomes a number, in phrases, tables, sweeps, options and cells.

A point or a comma is the mark before decimals. But 3.000 is three here and three thousand there: a number with one
mark, one to three digits before it that do not begin with 0, and exactly three behind it can be read in two ways, and
is refused with both. 0.125, 3.0, 3,50, 1234.567, 1.234,5, 1,234.5, 1.500.000 and 1 500 can be read in one way only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from optimiser.common.errors import Fault
from optimiser.common.message import Message

LONGEST = 30  # characters of a number; more is no number that anybody typed
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_GROUPED = re.compile(r"([+-]?[1-9]\d{0,2}(?:(?P<mark>[., '])\d{3})(?:(?P=mark)\d{3})*)(?:(?P<point>[.,])(\d+))?")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width letters, digits and marks
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")  # spaces that do not break, or are narrow
_SILENT = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))  # characters that nobody sees
_PLAIN = {**_WIDE, **_SPACES, **_SILENT, 0x3000: " ", 0x2212: "-", 0x2019: "'"}
_LOST = re.compile(r"\+?([1-9]\d{0,2})[.,](\d{1,3})")
_BROKEN = re.compile(r"\+?([1-9]\d{3,})[.,](?!0+$)\d{1,3}")  # of more digits than thousands have
_EITHER = re.compile(r"([+-]?[1-9]\d{0,2})[.,](\d{3})")
_WITHIN = re.compile(r"(?<![\w.,])[+-]?[1-9]\d{0,2}[.,]\d{3}(?!\d|[.,]\d)")


@dataclass(frozen=True)
class Readings:
    """A number that can be read in two ways, each as it can be read in one way only."""

    thousands: str
    decimals: str

    @property
    def expected(self) -> Message:
        """Return what is wrong with it."""
        words = {"thousands": self.thousands, "decimals": self.decimals}
        return Message("a number that can be read in one way only: {thousands} or {decimals}", **words)

    @property
    def repair(self) -> Message:
        """Return how to write it."""
        words = {"thousands": self.thousands, "decimals": self.decimals}
        return Message("write {thousands} if thousands are meant, else {decimals}", **words)


class Written(float):
    """A number of a document that remembers how it was written, see `find_unclear`."""

    __slots__ = ("text",)
    text: str

    @classmethod
    def read(cls, text: str) -> Written:
        """Read a number as TOML has it."""
        number = cls(text)
        number.text = text
        return number


def find_readings(text: str) -> Readings | None:
    """Return both readings of a number that can be read in two ways; None where there are no two."""
    match = _EITHER.fullmatch(_plain(text))
    if match is None:
        return None
    whole, part = match[1], match[2]
    short = part.rstrip("0")
    return Readings(f"{whole}{part}", f"{whole}.{short or '0'}" if len(short) < len(part) else f"{whole}.{part}0")


def ask_thousands(value: object) -> Message | None:
    """Ask whether thousands were meant by a fraction of people; None where it is no such fraction.

    A spreadsheet that takes the point for the mark of decimals makes 1.234 and 2.5 of 1.234 and 2.500 people. A number
    of more decimals is no such one: it was calculated.
    """
    if isinstance(value, bool) or not isinstance(value, str | float) or (isinstance(value, float) and value % 1 == 0):
        return None
    text = _plain(value) if isinstance(value, str) else repr(value)
    match = _LOST.fullmatch(text)
    if match is None:
        large = _BROKEN.fullmatch(text)
        return large and Message("write {below} or {above}", below=large[1], above=str(int(large[1]) + 1))
    words = {"thousands": f"{match[1]}{match[2]:0<3}", "below": match[1], "above": str(int(match[1]) + 1)}
    if len(match[2]) == 3:
        return Message("write {thousands} if thousands are meant, else a whole number", **words)
    return Message("write {below} or {above}, or {thousands} if thousands are meant", **words)


def read_number(text: str) -> int | float | None:
    """Read a number that can be read in one way only; None where it is none, or one of two.

    A whole number is an int.
    """
    plain = _plain(text)
    if len(plain) > LONGEST or not plain.isascii() or find_readings(plain):
        return None
    plain = _ungroup(plain)
    if not _NUMBER.fullmatch(plain):
        return None
    return int(plain) if plain.lstrip("+-").isdigit() else float(plain.replace(",", "."))


def write_clearly(number: float) -> str:
    """Write a number so that `read_number` reads it: 1.125 as 1.1250."""
    text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return f"{text}0" if find_readings(text) else text


def find_within(text: str) -> tuple[str, Readings] | None:
    """Find the first number within a phrase that can be read in two ways, such as ``1.500h``; with its readings."""
    match = _WITHIN.search(_plain(text))
    readings = find_readings(match[0]) if match else None
    return None if match is None or readings is None else (match[0], readings)


def clarify(faults: Iterable[Fault]) -> list[Fault]:
    """Return faults with both readings where what was found is a number that can be read in two ways."""
    pairs = [(fault, find_readings(fault.found.strip("'"))) for fault in faults]
    return [replace(f, expected=r.expected, repair=r.repair) if r else f for f, r in pairs]


def find_unclear(data: Any, place: str = "") -> Iterator[tuple[str, str, Readings]]:
    """Find numbers of a document that was parsed with `Written.read` and that can be read in two ways.

    Returns
    -------
    Place in the document, text, and readings of each.
    """
    if isinstance(data, Written):
        readings = find_readings(data.text)
        if readings is not None:
            yield place, data.text, readings
    elif isinstance(data, Mapping):
        for key, inner in data.items():
            yield from find_unclear(inner, f"{place}.{key}" if place else str(key))
    elif isinstance(data, list | tuple):
        for number, inner in enumerate(data):
            yield from find_unclear(inner, f"{place}[{number}]")


def plain_characters(text: str) -> str:
    """Return a text with the characters that look like others, or like nothing, as those: full-width digits, spaces."""
    return text if text.isascii() else text.translate(_PLAIN)


def _plain(text: str) -> str:
    return plain_characters(text).strip()


def _ungroup(plain: str) -> str:
    """Take the marks between thousands out of a number that can be read in one way only."""
    match = _GROUPED.fullmatch(plain)
    if match is None or match["mark"] == match["point"]:
        return plain
    several, spaced = match[1].count(match["mark"]) > 1, match["mark"] in " '"
    if not (several or spaced or match["point"]) or (spaced and len(match[4] or "") == 3):
        return plain
    whole = match[1].replace(match["mark"], "")
    return f"{whole}.{match[4]}" if match["point"] else whole
