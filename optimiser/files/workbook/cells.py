"""Values of cells: what a planner typed, as the field wants it; what is no such value stays as it is, to be told."""

from __future__ import annotations

import re
from typing import Any

from optimiser.common.language import Code
from optimiser.common.message import Message
from optimiser.common.numerals import ask_thousands, find_readings, plain_characters
from optimiser.common.typed.amounts import advise_amount, is_counted, is_nothing, read_amount
from optimiser.common.typed.answers import read_answer
from optimiser.common.typed.degrees import advise_degrees, read_degrees
from optimiser.common.typed.times import advise_clock, advise_date, read_typed_clock, read_typed_date
from optimiser.files.workbook.durations import advise_moment, advise_time, find_start
from optimiser.files.workbook.layout import Column
from optimiser.files.xlsx.moments import DAY, Moment, to_clock
from optimiser.model.values.field_faults import DEGREES, PERSONS

_BETWEEN = re.compile(r"[,;\n/&+]+|\s(?:dan|and)\s", re.IGNORECASE)  # several of a list, as people part them
WORDS = {"en": ("yes", "no"), "id": ("ya", "tidak")}
CHOICES: dict[str, dict[str, str]] = {  # by language, where it is not that of the fields: how a choice is written
    "id": {
        "green": "hijau",
        "yellow": "kuning",
        "red": "merah",
        "announcement": "pengumuman",
        "rumour": "rumor",
        "coordinates": "koordinat",
        "matrix": "matriks",
        "roads": "jalan",
        "anywhere": "di mana saja",
        "sectors": "sektor",
        "posts": "pos",
        "area": "lahan",
        "water": "perairan",
        "border": "batas",
        "path": "jalan setapak",
        "rail": "rel",
        "road": "jalan raya",
    }
}
SAID = {said: choice for words in CHOICES.values() for choice, said in words.items()} | {"isu": "rumour"}

LEAVE_EMPTY = Message("leave the cell empty")


def say_choice(choice: str, code: Code) -> str:
    """Return how a template writes a choice in a language; both are read."""
    return CHOICES.get(code, {}).get(choice, choice)


def is_empty(value: Any) -> bool:
    """Return whether nothing stands in a cell."""
    return value is None or (isinstance(value, str) and not plain_characters(value).strip())


def name_cell(sheet: str, row: int, column: int) -> str:
    """Name a cell as a spreadsheet does, ``sectors!F7``; row and column from 0."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{sheet}!{letters}{row + 1}"


def take(value: Any, column: Column) -> Any:
    """Return the value of a cell as its field wants it; what cannot be understood is given back as it is."""
    if column.kind in ("number", "whole"):
        return _number(value, column)
    if column.kind == "yes-no":
        return _yes_no(value)
    if column.kind == "clock":
        return _clock(value)
    if column.kind == "date":
        return _date(value)
    if column.kind == "list":
        text = _text(value)
        parts = [text] if is_nothing(text) else _BETWEEN.split(text)  # n/a is one mark
        return [_word(part, column) for part in parts if part.strip()] or value
    if column.kind == "text":
        return _text(value) if isinstance(value, str | float | int) else value
    return _word(value, column)


def take_text(value: Any) -> str:
    """Return a header or a name as text."""
    return plain_characters(str(_text(value))).strip()


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def _word(value: Any, column: Column) -> Any:
    """Return an identifier or a choice, which never has space around it."""
    if isinstance(value, bool) or not isinstance(value, str | float | int):
        return value
    word = plain_characters(_text(value)).strip()
    if not column.choices:
        return word
    lower = word.lower()
    known = SAID.get(lower, lower)
    return known if known in column.choices else word


def _number(value: Any, column: Column) -> Any:
    """Return a number; one that was typed as text counts where it can be read in one way only.

    Where thousands would be far outside the limits of the field, a mark before three digits is that of decimals.
    """
    if _is_broken_person(value, column):
        return plain_characters(str(value))
    if isinstance(value, str):
        number = read_amount(value, column.unit)
        if number is None and column.unit == DEGREES and column.most is not None:
            number = read_degrees(value, column.most)
        readings = find_readings(value) if number is None else None
        if readings is not None and column.most is not None and abs(float(readings.thousands)) > column.most:
            number = float(readings.decimals)
        if number is None or (
            is_counted(column.unit) and column.unit not in PERSONS and not float(number).is_integer()
        ):
            return plain_characters(value)
        value = number
    if column.kind == "whole" and isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def _is_broken_person(value: Any, column: Column) -> bool:
    """Return whether a number of people has a fraction that was typed; a calculated one has more digits than that."""
    return column.unit in PERSONS and ask_thousands(_strip_unit(value)) is not None


def _strip_unit(value: Any) -> Any:
    """Return the number of a text such as ``2,5 orang``; anything else as it is."""
    return re.sub(r"(?<=\d)\s*[A-Za-z]+\.?\s*$", "", value) if isinstance(value, str) else value


def advise_on(value: Any, column: Column) -> Message | None:
    """Say what would be clear instead of a text that was given back; None where it was understood, or like nothing."""
    if column.kind in ("identifier", "list", "choice"):
        return None if column.required or not _says_nothing(value) else LEAVE_EMPTY
    if isinstance(value, Moment):
        if column.kind in ("number", "whole"):
            return advise_time(value, column.unit)
        return advise_moment(value) if column.kind == "date" else None
    if column.unit in PERSONS and (question := ask_thousands(_strip_unit(value))) is not None:
        return question
    if not isinstance(value, str):
        return None
    if column.unit == DEGREES and column.most is not None and find_readings(value) is None:
        return advise_degrees(value, column.most)
    if column.kind in ("number", "whole"):
        return advise_amount(value, column.unit, column.ranged)
    if column.kind == "clock" and read_typed_clock(value) is None:
        return advise_clock(value)
    if column.kind == "date" and read_typed_date(value) is None:
        return advise_date(value)
    return None


def _says_nothing(value: Any) -> bool:
    """Return whether a name, or a list of one, is a mark for nothing."""
    words = value if isinstance(value, list) else [value]
    return len(words) == 1 and isinstance(words[0], str) and is_nothing(words[0])


def _yes_no(value: Any) -> Any:
    word = _text(value)
    answer = read_answer(word) if isinstance(word, str) else None
    return value if answer is None else answer


def _clock(value: Any) -> Any:
    """Return a clock time; spreadsheets hold them as parts of a day, or as text. Dates are not judged here."""
    serial = value.serial if isinstance(value, Moment) else value
    if isinstance(serial, float) and 0.0 <= serial < 1.0:
        return to_clock(serial * DAY) or value
    typed = read_typed_clock(value) if isinstance(value, str) else None
    return value if typed is None else typed


def _date(value: Any) -> Any:
    """Return a date with its time; one without, whether or not its cell is formatted as a date, is given back."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        value = Moment(float(value))
    if isinstance(value, Moment):
        return value if find_start(value) is None else find_start(value)
    typed = read_typed_date(value) if isinstance(value, str) else None
    return (value.strip() if isinstance(value, str) else value) if typed is None else typed
