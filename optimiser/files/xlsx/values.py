"""The value of one cell, or why it cannot be known.

An error, a formula without a result, a text where a number is announced: each would look as if nothing stood there, and
the default would be taken.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass

from optimiser.common.message import Message
from optimiser.files.xlsx.markup import Attributes
from optimiser.files.xlsx.moments import Moment

SPACE = " \t\r\n"  # what XML takes for space
NEVER = Message("a formula without a saved result")
_CLASSIC = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA")
_NEWER = ("#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#UNKNOWN!", "#CONNECT!", "#BUSY!", "#EXTERNAL!", "#PYTHON!")
_OTHERS = ("#ERROR!", "#MACRO?")  # of spreadsheets on the web and of LibreOffice
ERRORS = frozenset((*_CLASSIC, *_NEWER, *_OTHERS))
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_OFFICE_ERROR = re.compile(r"Err:\d{3}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
Value = str | float | bool | Moment


@dataclass(frozen=True)
class Surroundings:
    """What the cells of all sheets refer to.

    Attributes
    ----------
    texts : the shared texts by number.
    dates : by number of a format, whether it shows a date or time.
    early : whether days are counted from 1904.
    stale : whether the workbook says that its formulas are yet to be calculated.
    """

    texts: tuple[str, ...]
    dates: tuple[bool, ...]
    early: bool
    stale: bool


class Broken(Exception):
    """A cell whose value cannot be known, and what stands there."""

    def __init__(self, found: Message) -> None:
        super().__init__(found)
        self.found = found


def understand(
    attributes: Attributes, formula: bool, value: str | None, inline: str | None, around: Surroundings
) -> Value:
    """Return the value of a cell; an empty text where nothing stands.

    Parameters
    ----------
    attributes : of the cell: its kind ``t`` and its format ``s``.
    formula : whether it has one.
    value, inline : text of its value and of its own text; None where it has none.

    Raises
    ------
    Broken : its value cannot be known.
    """
    kind = attributes.get("t", "n")
    text = value if inline is None else inline
    bare = (text or "").strip(SPACE)
    if kind == "e":
        raise Broken(Message("{error}", error=bare[:20] or "#"))
    if formula and not bare:
        raise Broken(NEVER)
    if kind in ("inlineStr", "str"):
        if kind == "str" and is_error(bare):
            raise Broken(Message("{error}", error=bare))
        return _unescape(text or "")
    if inline is not None:
        raise _odd(kind, bare)
    if not bare:
        return ""
    if kind == "n":
        return _read_number(bare, formula, attributes.get("s", "0"), around)
    if kind == "s" and re.fullmatch(r"\d{1,9}", bare) and int(bare) < len(around.texts):
        return _unescape(around.texts[int(bare)])
    if kind == "b" and bare.lower() in ("0", "1", "true", "false"):
        return bare.lower() in ("1", "true")
    if kind == "d" and (date := _read_date(bare, around.early)) is not None:
        return date
    raise _odd(kind, bare)


def _read_number(text: str, formula: bool, style: str, around: Surroundings) -> float | Moment:
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise _odd("n", text)
    if formula and around.stale and number == 0.0:
        raise Broken(Message("a formula whose result was never calculated"))
    index = int(style) if re.fullmatch(r"\d{1,6}", style) else len(around.dates) or 1
    if index < len(around.dates):
        return Moment(number, around.early) if around.dates[index] else number
    if index:
        raise Broken(Message("a number whose format is missing"))
    return number


def _read_date(text: str, early: bool) -> Moment | None:
    """Read a date or time that is written as ISO 8601, as Strict workbooks may; None where it is none."""
    try:
        alone = dt.time.fromisoformat(text) if ":" in text and "-" not in text else None
        instant = dt.datetime.fromisoformat(text) if alone is None else dt.datetime.combine(dt.date.min, alone)
    except ValueError:
        return None
    if instant.tzinfo is not None:
        return None
    if alone is not None:
        return Moment((instant - dt.datetime.min) / dt.timedelta(days=1), early)
    moment = Moment.of(instant, early)
    undated = 0.0 <= moment.serial < (1.0 if early else 2.0)  # 30 or 31 December 1899: a time alone
    return Moment(moment.serial % 1.0, early) if undated else moment


def is_error(text: str) -> bool:
    """Return whether a text is what a spreadsheet shows for an error, as results and copies of them are."""
    return text[:1] in ("#", "E") and (text in ERRORS or _OFFICE_ERROR.fullmatch(text) is not None)


def _odd(kind: str, text: str) -> Broken:
    words = {"kind": ascii(kind[:20])[1:-1], "text": ascii(text[:30])[1:-1]}
    return Broken(Message("a cell of the kind {kind} with {text}", **words))


def _unescape(text: str) -> str:
    """Return a text with the characters that XML cannot hold, which the format writes as ``_x000D_``."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda m: m[0] if 0xD800 <= int(m[1], 16) <= 0xDFFF else chr(int(m[1], 16)), text)
