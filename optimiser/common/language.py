"""The language a reader reads: texts by gettext, numbers, dates and clock times in its form.

English is the language of the source. A language is always an argument and never global, so that two readers can be
served at once; what is stored as data (JSON, CSV, codes) knows none.
"""

from __future__ import annotations

import datetime as dt
import gettext
import numbers
import string
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from optimiser.common.message import ClockTime, Message

Code = Literal["en", "id"]
CODES: tuple[Code, ...] = get_args(Code)
DOMAIN = "optimiser"
FOLDER = Path(__file__).parents[1] / "locale"


class _Form(NamedTuple):
    """How a language writes numbers, clock times and dates."""

    separators: str  # of thousands and of decimals
    clock: str  # between hours and minutes
    pair: str  # between two numbers, one of which may hold a separator
    months: str
    days: str  # from Monday


_FORMS: dict[Code, _Form] = {
    "en": _Form(
        ",.",
        ":",
        ", ",
        "January February March April May June July August September October November December",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    ),
    "id": _Form(
        ".,",
        ".",
        "; ",
        "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
        "Senin Selasa Rabu Kamis Jumat Sabtu Minggu",
    ),
}


class Language:
    """How texts, numbers and dates are written for one kind of reader.

    Parameters
    ----------
    code : one of `CODES`.

    Raises
    ------
    ValueError : there is no such language.
    """

    def __init__(self, code: Code = "en") -> None:
        if code not in CODES:
            raise ValueError(f"no language '{code}'; there are {', '.join(CODES)}")
        self.code: Code = code
        self._form = _FORMS[code]
        self._catalogue = gettext.translation(DOMAIN, FOLDER, [code], fallback=code == "en")

    def __repr__(self) -> str:
        return f"Language({self.code!r})"

    def __reduce__(self) -> tuple[type[Language], tuple[Code]]:
        return Language, (self.code,)

    def __call__(self, message: str, /, **values: object) -> str:
        """Translate a message and put values into its ``{placeholders}``; the English text is the key.

        Numbers among the values are written in the language's form, by the format that the placeholder gives. A
        `Message` brings its own values.
        """
        if isinstance(message, Message):
            values = {**message.values, **values}
            if message.many is not None:
                return self.plural(message.one, message.many, message.number, **values)
            message = message.one
        return self._fill(self._catalogue.gettext(message) if message else "", values)

    def plural(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Translate a message that depends on a number, which is put in as ``{n}`` in the language's form."""
        template = self._catalogue.ngettext(one, many, number)
        return self._fill(template, {**values, "n": self.number(f"{number:,}")})

    def _fill(self, template: str, values: Mapping[str, object]) -> str:
        return _Filler(self).vformat(template, (), values) if values else template

    def number(self, text: str) -> str:
        """Return a number written in English, such as ``1,234.5``, in the language's form."""
        return text.translate(str.maketrans(",.", self._form.separators))

    def clock(self, text: str) -> str:
        """Return a clock time written ``HH:MM`` in the language's form."""
        return text.replace(":", self._form.clock)

    def pair(self, low: str, high: str) -> str:
        """Return two numbers, written in the language's form, side by side."""
        return f"{low}{self._form.pair}{high}"

    def date(self, day: dt.date) -> str:
        """Write a date in full, such as ``Tuesday, 20 August 2024``."""
        weekday, month = self._form.days.split()[day.weekday()], self._form.months.split()[day.month - 1]
        return f"{weekday}, {day.day} {month} {day.year}"


class _Filler(string.Formatter):
    """Puts values into a text: messages are told, numbers written, in the language of the text."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Message):
            return self.language(value)
        if isinstance(value, ClockTime):
            return self.language.clock(value)
        text = format(value, format_spec)
        return self.language.number(text) if isinstance(value, numbers.Number) else text


@cache
def language(code: Code = "en") -> Language:
    """Return a language, loaded once.

    Raises
    ------
    ValueError : there is no such language.
    """
    return Language(code)


ENGLISH = language(CODES[0])
