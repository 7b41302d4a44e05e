"""A workbook for people: looks, paper, and cells that hold exactly what they are given, never a formula by accident."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

import xlsxwriter

from optimiser.common.language import ENGLISH, Language

MADE = dt.datetime(2024, 1, 1)  # stands in every workbook, so that the same plan gives the same bytes
A4 = 9  # paper by the number of the format
SIZE = 10.0  # points of the usual text
NARROW = 8.4  # characters of a column that was given no width
ACROSS = 190.0  # characters of a page across that can still be read; assumed
SHRUNK = 85  # per cent: scale of a sheet of up to `UNSHRUNK` characters across whose parts stay whole
UNSHRUNK = 136.0  # characters across that fit on the paper at that scale, measured in LibreOffice
DOWN = 560.0  # points of rows on a page at that scale: A4 across less margins is 516 on paper, and 8 % are spare
ROW = 15.0  # points of a row that was given no height
TALLEST = 400.0  # points of a row; 409 is the limit of the format
LONGEST = 32_767  # characters of a cell, a limit of the format
INK, SOFT, RULE, BAND, NEEDED, PALE = "#1f2933", "#52606d", "#9aa5b1", "#dbe5ee", "#b9cde0", "#f3f6f9"
NOT_XML = {"\ufffe": "_xFFFE_", "\uffff": "_xFFFF_"}
_LINE = {"bottom": 1, "bottom_color": "#d5dce3", "valign": "top"}
_WORDS = {**_LINE, "text_wrap": True, "align": "left", "indent": 1}
_HEAD = {"bold": True, "bottom": 1, "bottom_color": RULE, "text_wrap": True, "valign": "vcenter", "align": "left"}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "under": {"font_color": SOFT, "text_wrap": True, "valign": "top"},
    "part": {"bold": True, "font_size": 12, "bottom": 2, "bottom_color": INK},
    "head": {**_HEAD, "bg_color": BAND, "indent": 1},
    "right": {**_HEAD, "bg_color": BAND, "align": "right"},
    "need": {**_HEAD, "bg_color": NEEDED, "indent": 1},
    "unit": {"italic": True, "font_color": SOFT, "bg_color": PALE, "bottom": 1, "bottom_color": RULE, "indent": 1},
    "text": _WORDS,
    "bold": {**_WORDS, "bold": True},
    "pale": {**_WORDS, "font_color": SOFT},
    "info": {**_WORDS, "font_color": SOFT, "bg_color": PALE},
    "good": {**_WORDS, "bold": True, "font_color": "#1b5e20"},
    "bad": {**_WORDS, "bold": True, "font_color": "#8e1b1b"},
    "line": _LINE,
    "link": {"font_color": "#0b5394", "underline": 1, "valign": "top"},
    "left": {**_WORDS, "num_format": "General"},
    "whole": {**_LINE, "num_format": "#,##0"},
    "ring": {**_LINE, "num_format": "0", "align": "center"},
    "number": {**_LINE, "num_format": "General"},
    "one": {**_LINE, "num_format": "#,##0.0"},
    "two": {**_LINE, "num_format": "#,##0.00"},
    "three": {**_LINE, "num_format": "#,##0.000"},
    "change": {**_LINE, "num_format": "+#,##0.00;-#,##0.00;0"},
    "share": {**_LINE, "num_format": "0%"},
    "clock": {**_LINE, "num_format": "hh:mm", "align": "center"},
    "date": {**_WORDS, "num_format": "yyyy-mm-dd hh:mm"},
    "total": {"bold": True, "top": 1, "num_format": "#,##0", "valign": "top"},
    "sum": {"bold": True, "top": 1, "valign": "top", "indent": 1},
}


class Exact(float):
    """A number that is written with all its digits; the writer's own form cuts the last."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


class Book:
    """A workbook that is being written.

    Parameters
    ----------
    title : stands in the properties of the file.
    language : of the reader.
    file : a workbook that is being written already, whose other sheets others write; a new one if left out.
    """

    def __init__(self, title: str, language: Language = ENGLISH, file: xlsxwriter.Workbook | None = None) -> None:
        self.language = language
        self._stream = io.BytesIO()
        self.file = self._begin(title) if file is None else file
        self._looks = {name: self.file.add_format(look) for name, look in _LOOKS.items()}
        self._pages: list[BookSheet] = []

    def _begin(self, title: str) -> xlsxwriter.Workbook:
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": "Calibri", "font_size": SIZE},
        }
        file = xlsxwriter.Workbook(self._stream, options)
        file.set_properties({"title": title[:255], "created": MADE, "author": "optimiser"})
        file.set_calc_mode("auto")
        return file

    def look(self, name: str) -> Any:
        """Give a look by its name."""
        return self._looks[name]

    def sheet(self, name: str) -> BookSheet:
        """Add a sheet; its name is shortened to what spreadsheets take."""
        page = BookSheet(self, self.file.add_worksheet(name[:31]))
        self._pages.append(page)
        return page

    def settle(self) -> None:
        """Give rows and papers of all sheets their size."""
        for page in self._pages:
            page.settle()

    def finish(self) -> bytes:
        """Close the workbook and give its bytes."""
        self.settle()
        self.file.close()
        return self._stream.getvalue()


class BookSheet:
    """One sheet that is being written, A4 across.

    Attributes
    ----------
    values : the numbers written, by row and column from 0.
    whole_parts : whether a part with a heading begins on a new page where what is left of one is too short for it.
    """

    def __init__(self, book: Book, sheet: Any) -> None:
        self.book, self.sheet = book, sheet
        self._widths: dict[int, float] = {}
        self._lines: dict[int, float] = {}
        self._parts: list[int] = []
        self._last = 0
        self.whole_parts = False
        self.values: dict[tuple[int, int], float] = {}
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&A&R&P / &N")

    def put(self, row: int, column: int, value: Any, look: str = "text", across: float = 0.0) -> None:
        """Write a value: texts as text, whatever they begin with; nothing as an empty cell with that look.

        Parameters
        ----------
        across : characters there is room for, where the cell is merged with others; its own width if left out.
        """
        shape = self.book.look(look)
        self._last = max(self._last, row)
        if look == "part" and row not in self._parts:
            self._parts.append(row)
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, shape)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, escape(value)[:LONGEST], shape)
            if _LOOKS[look].get("text_wrap"):
                self._count(row, value, across or self._widths.get(column, NARROW), _LOOKS[look].get("font_size", SIZE))
        elif isinstance(value, bool):
            self.sheet.write_boolean(row, column, value, shape)
        elif isinstance(value, dt.datetime):
            self.sheet.write_datetime(row, column, value, shape)
        else:
            self.values[row, column] = float(value)
            self.sheet.write_number(row, column, Exact(value), shape)

    def put_formula(self, row: int, column: int, formula: str, value: float, look: str) -> None:
        """Write a formula of ours with its value, for programs that do not calculate."""
        self.values[row, column] = float(value)
        self.sheet.write_formula(row, column, formula, self.book.look(look), value)

    def put_row(self, row: int, values: Sequence[Any], looks: Sequence[str] | str = "text", first: int = 0) -> None:
        """Write values beside each other, from a column on."""
        for number, value in enumerate(values):
            self.put(row, first + number, value, looks if isinstance(looks, str) else looks[number])

    def head(self, row: int, names: Sequence[str], right: Collection[int] = ()) -> None:
        """Write headers beside each other; those of numbers stand to the right, as their numbers do."""
        self.put_row(row, names, ["right" if number in right else "head" for number in range(len(names))])

    def put_across(self, row: int, first: int, last: int, value: str, look: str = "text") -> None:
        """Write a text over several columns."""
        self.sheet.merge_range(row, first, row, last, "", self.book.look(look))
        self.put(row, first, value, look, sum(self._widths.get(c, NARROW) for c in range(first, last + 1)))

    def width(self, column: int, width: float, look: str = "", **options: Any) -> None:
        """Set the width of a column in characters, and the look of its cells that are still empty."""
        hidden = bool(options.get("hidden"))
        self._widths[column] = width
        self.sheet.set_column(column, column, width, self.book.look(look) if look else None, options)
        if hidden:
            self._widths[column] = 1000.0  # what is folded in makes no row higher

    def widths(self, *widths: float) -> None:
        """Set the widths of the first columns, in characters."""
        for column, width in enumerate(widths):
            self.width(column, width)

    def choose(self, rows: tuple[int, int], columns: tuple[int, int], rule: Mapping[str, Any]) -> None:
        """Put a rule for what may be typed on a block of cells."""
        self.sheet.data_validation(rows[0], columns[0], rows[1], columns[1], dict(rule))

    def settle(self) -> None:
        """Give rows the height of their longest text, which not every program finds out by itself; fit the paper."""
        for row, lines in self._lines.items():
            self.sheet.set_row(row, min(TALLEST, lines + 3.0))
        total = sum(width for width in self._widths.values() if width < 1000.0)
        if self.whole_parts and total <= UNSHRUNK:
            self.sheet.set_print_scale(SHRUNK)  # spreadsheets know no breaks on a paper that is fitted
            self.sheet.set_h_pagebreaks(self._break_between_parts())
        else:
            self.sheet.fit_to_pages(max(1, round(total / ACROSS)), 0)

    def _break_between_parts(self) -> list[int]:
        """List the rows that begin a page, so that no heading stands at the foot of one."""
        breaks: list[int] = []
        used = 0.0
        for start, end in pairwise((0, *self._parts, self._last + 1)):
            heights = [min(TALLEST, self._lines[n] + 3.0) if n in self._lines else ROW for n in range(start, end)]
            for row, high in enumerate(heights, start):
                ahead = sum(heights) if row == start else high  # a part begins where all of it has room, or a page does
                if used and used + ahead > DOWN:
                    breaks.append(row)
                    used = 0.0
                used += high
        return breaks

    def _count(self, row: int, text: str, width: float, size: float) -> None:
        lines = sum(max(1, math.ceil(len(part) * size / SIZE / (1.02 * width))) for part in text.split("\n"))
        self._lines[row] = max(self._lines.get(row, 0.0), lines * size * 1.25)


def escape(text: str) -> str:
    """Write what XML cannot hold the way spreadsheets do; the writer does so for control characters only."""
    for character, written in NOT_XML.items():
        text = text.replace(character, written)
    return text


def clock_value(text: str) -> float:
    """Turn HH:MM into the part of a day that spreadsheets count in."""
    return (int(text[:2]) * 60 + int(text[3:])) / 1440.0
