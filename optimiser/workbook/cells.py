"""Values of cells: what a planner typed, as the field wants it; what is no such value stays as it is, to be told."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from optimiser.workbook.layout import Column

YES = ("yes", "ya", "true", "benar", "y", "1")
NO = ("no", "tidak", "false", "salah", "n", "0")
WORDS = {"en": ("yes", "no"), "id": ("ya", "tidak")}
PHASES = {"hijau": "green", "kuning": "yellow", "merah": "red"}
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?:[:.]00)?")
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_THOUSANDS = re.compile(
    r"[+-]?\d{1,3}[.,]\d{3}"
)  # 1.500 is a thousand and a half in one country, one and a half in another
_NOT_XML = {"_xFFFE_": "\ufffe", "_xFFFF_": "\uffff"}  # what XML cannot hold and the parser leaves escaped


def is_empty(value: Any) -> bool:
    """Tell whether nothing stands in a cell."""
    return value is None or (isinstance(value, str) and not value.strip())


def name_cell(sheet: str, row: int, column: int) -> str:
    """Name a cell as a spreadsheet does, ``sectors!F7``; row and column from 0."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{sheet}!{letters}{row + 1}"


def take(value: Any, column: Column) -> Any:
    """Give the value of a cell as its field wants it; what cannot be understood is given back as it is."""
    if column.kind in ("number", "whole"):
        return _number(value, column.kind == "whole")
    if column.kind == "yes-no":
        return _yes_no(value)
    if column.kind == "clock":
        return _clock(value)
    if column.kind == "date":
        return _date(value)
    if column.kind == "list":
        return [_word(part, column) for part in re.split(r"[,;\n]+", _text(value)) if part.strip()] or value
    if column.kind == "text":
        return _text(value) if isinstance(value, str | float | int) else value
    return _word(value, column)


def looks_like_thousands(text: str) -> bool:
    """Tell whether a number, perhaps in quotes, could be thousands in one country and a fraction in another."""
    return _THOUSANDS.fullmatch(text.strip("'\" ")) is not None


def take_text(value: Any) -> str:
    """Give a header or a name as text."""
    return str(_text(value)).strip()


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = value if isinstance(value, str) else str(value)
    if "_x" in text:
        for escaped, character in _NOT_XML.items():
            text = text.replace(escaped, character)
    return text


def _word(value: Any, column: Column) -> Any:
    """Give an identifier or a choice, which never has space around it."""
    if isinstance(value, bool) or not isinstance(value, str | float | int):
        return value
    word = _text(value).strip()
    if not column.choices:
        return word
    lower = word.lower()
    known = PHASES.get(lower, lower)
    return known if known in column.choices else word


def _number(value: Any, whole: bool) -> Any:
    """Give a number; one that was typed as text counts where it can be read in one way only."""
    if isinstance(value, str):
        text = value.strip().replace("\N{MINUS SIGN}", "-")
        if len(text) > 30 or not _NUMBER.fullmatch(text) or _THOUSANDS.fullmatch(text):
            return value
        value = float(text.replace(",", "."))
    if whole and isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def _yes_no(value: Any) -> Any:
    word = _text(value)
    word = word.strip().lower() if isinstance(word, str) else value
    if word in YES:
        return True
    return False if word in NO else value


def _clock(value: Any) -> Any:
    """Give a clock time; spreadsheets hold them as times, as parts of a day, or as text."""
    if isinstance(value, dt.datetime):
        value = value.time()
    elif isinstance(value, dt.timedelta):
        value = value.total_seconds() / 86_400.0
    if isinstance(value, float) and 0.0 <= value < 1.0:
        return _of_minutes(value * 1440.0, value)
    if isinstance(value, dt.time):
        return _of_minutes(value.hour * 60 + value.minute + (value.second + value.microsecond / 1e6) / 60.0, value)
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    return f"{int(match[1]):02}:{match[2]}" if match else value


def _of_minutes(minutes: float, value: Any) -> Any:
    whole = round(minutes)
    if abs(minutes - whole) > 0.02:  # a second of rounding is forgiven, no more
        return value
    return f"{whole // 60 % 24:02}:{whole % 60:02}"


def _date(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        rounded = value + dt.timedelta(milliseconds=500)
        return rounded.replace(microsecond=0).isoformat()
    if isinstance(value, dt.date):
        return f"{value.isoformat()}T00:00:00"
    match = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match:
        return f"{match[1]}T{int(match[2]):02}:{match[3]}:{match[4] or '00'}"
    return value.strip() if isinstance(value, str) else value
