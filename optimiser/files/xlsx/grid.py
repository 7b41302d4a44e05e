"""The cells of one sheet, and what is wrong with them: what is not understood here is refused.

There is one reader, so that a cell that is read is one that was looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from optimiser.common.errors import InputFault
from optimiser.common.message import Message
from optimiser.files.xlsx.archive import MOST_CELLS, short, too_large
from optimiser.files.xlsx.markup import MOST_DEPTH, Attributes, Names, damaged, keeps_space, walk
from optimiser.files.xlsx.values import NEVER, SPACE, Broken, Surroundings, understand

MOST_TEXT = 200_000_000  # characters of all texts, each as often as a cell shows it; assumed
MOST_TOLD = 1000  # broken cells told one by one
MOST_BESIDE = 1_000_000  # elements of a sheet that say nothing about values; assumed
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # of a sheet, by the format
Area = tuple[tuple[int, int], tuple[int, int]]
_INSIDE = {  # elements that mean something, by the one they stand in
    "": ("worksheet",),
    "worksheet": ("sheetFormatPr", "cols", "sheetData", "mergeCells"),
    "cols": ("col",),
    "mergeCells": ("mergeCell",),
    "sheetData": ("row",),
    "row": ("c",),
    "c": ("v", "f", "is"),
    "is": ("t", "r"),
    "r": ("t",),
}
_BESIDE = {  # elements that say nothing about values, by the one they stand in; in a sheet, all others
    "mergeCells": ("extLst",),
    "row": ("extLst",),
    "c": ("extLst",),
    "is": ("rPh", "phoneticPr"),
    "r": ("rPr",),
}
_WITHOUT_TEXT = frozenset(("sheetData", "row", "c", "is", "r"))
_ON = ("1", "true")
_KNOWN = frozenset(("r", "s", "t", "cm", "vm", "ph"))  # attributes of a cell
_CELL = re.compile(r"([A-Za-z]{1,3})([1-9]\d{0,6})")


@dataclass
class Grid:
    """A sheet.

    Attributes
    ----------
    rows : its cells: text, float, bool, `Moment`, or an empty text where nothing stands; rows end with their last cell.
    broken : row and column of cells whose value cannot be known, and what stands there.
    merged : merged areas, each by its first and last cell.
    hidden, folded : rows and columns that nobody sees; a filter hides rows in the same way.
    """

    rows: list[list[Any]] = field(default_factory=list)
    broken: list[tuple[int, int, Message]] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    folded: set[int] = field(default_factory=set)


def read_grid(part: bytes, around: Surroundings, source: str, name: str) -> Grid:
    """Read a sheet.

    Parameters
    ----------
    source, name : of the workbook and the part, in messages.

    Raises
    ------
    InputFault : it is no sheet of cells, has elements where the format has none, or is too large.
    """
    reader = _Reader(around, source, name)
    walk(part, reader, source, name)
    return reader.finish()


class _Reader:
    """Takes a sheet element by element."""

    def __init__(self, around: Surroundings, source: str, name: str) -> None:
        self.around, self.source, self.name = around, source, name
        self.grid = Grid()
        self.path = [""]
        self.skipped = self.beside = self.cells = 0
        self.seen = False  # whether the cells came
        self.flat = False  # whether rows have no height unless they say so
        self.row = self.column = self.width = -1
        self.label = ""  # number of the row as cells have it in their names
        self.line: list[Any] = []
        self.shown = 0
        self.areas: list[Area] = []  # of formulas that fill several cells
        self.letters: dict[str, int] = {}
        self.names = Names()
        self.attributes: Attributes = {}
        self.formula = self.keep = False
        self.pieces: list[str] = []
        self.value: str | None = None
        self.inline: str | None = None
        self.openers: dict[str, Callable[[Attributes], None]] = {
            "c": self._open_cell,
            "v": self._open_value,
            "t": self._open_text,
            "row": self._open_row,
            "f": self._open_formula,
            "is": self._open_inline,
            "sheetData": self._open_cells,
            "mergeCell": self._open_merged,
            "sheetFormatPr": self._open_format,
            "col": self._open_columns,
        }

    def start(self, name: str, attributes: Attributes) -> None:
        local = self.names[name]
        if self.skipped or local not in _INSIDE.get(self.path[-1], ()):
            self._skip(local)
            return
        self.path.append(local)
        opener = self.openers.get(local)
        if opener is not None:
            opener(attributes)

    def end(self, _name: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        local = self.path.pop()
        if local == "c":
            self._close_cell()
        elif local == "v":
            text = self.pieces[0] if len(self.pieces) == 1 else "".join(self.pieces)
            self.value = text if self.keep else text.strip(SPACE)
        elif local == "t":
            text = "".join(self.pieces)
            self.inline = (self.inline or "") + (text if self.keep else text.strip(SPACE))

    def text(self, text: str) -> None:
        where = self.path[-1]
        if where in ("v", "t"):
            if not self.skipped:
                self.pieces.append(text)
        elif where in _WITHOUT_TEXT and not self.skipped and text.strip(SPACE):
            raise damaged(self.source, self.name)  # a value beside its element would be lost

    def finish(self) -> Grid:
        """Return the sheet, with formulas that left one of their cells without a result."""
        if not self.seen or sum(map(_size, self.areas)) > MOST_CELLS:
            raise damaged(self.source, self.name)
        told = {(row, column) for row, column, _ in self.grid.broken}
        for (top, left), (bottom, right) in self.areas:
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    if not self._stands(row, column) and (row, column) not in told:
                        told.add((row, column))
                        self._tell(row, column, NEVER)
        return self.grid

    # ------------------------------------------------------------ elements

    def _skip(self, name: str) -> None:
        """Leave out an element that says nothing about values, with all inside; where it cannot be one, refuse."""
        where = self.path[-1]
        self.skipped += 1
        self.beside += 1
        if (self.skipped == 1 and where != "worksheet" and name not in _BESIDE.get(where, ())) or name == "sheetData":
            raise damaged(self.source, self.name)
        if self.skipped > MOST_DEPTH:
            raise damaged(self.source, self.name)
        if self.beside > MOST_BESIDE:
            raise too_large(self.source, Message("{part} with {n:,} elements", part=short(self.name), n=self.beside))

    def _open_cells(self, _attributes: Attributes) -> None:
        if self.seen:
            raise damaged(self.source, self.name)
        self.seen = True

    def _open_row(self, attributes: Attributes) -> None:
        number = attributes.get("r")
        if number is not None and not re.fullmatch(r"[1-9]\d{0,8}", number):
            raise damaged(self.source, self.name)
        row = self.row + 1 if number is None else int(number) - 1
        if row <= self.row:
            raise damaged(self.source, self.name)
        if row >= MOST_ROWS:
            raise self._large(row + 1, max(self.width, 0))
        self.row, self.column, self.label, self.line = row, -1, str(row + 1), []
        flat = attributes.get("ht", "1").strip("0") in ("", ".") or (self.flat and "ht" not in attributes)
        if flat or attributes.get("hidden") in _ON:
            self.grid.hidden.add(row)

    def _open_format(self, attributes: Attributes) -> None:
        self.flat = attributes.get("zeroHeight") in _ON

    def _open_columns(self, attributes: Attributes) -> None:
        ends = [attributes.get(name, "") for name in ("min", "max")]
        flat = attributes.get("width", "1").strip("0") in ("", ".")
        if (flat or attributes.get("hidden") in _ON) and all(re.fullmatch(r"[1-9]\d{0,4}", end) for end in ends):
            self.grid.folded.update(range(int(ends[0]) - 1, min(int(ends[1]), MOST_COLUMNS)))

    def _open_cell(self, attributes: Attributes) -> None:
        if not attributes.keys() <= _KNOWN and any(name[-2:] in (" r", " t", " s") for name in attributes):
            raise damaged(self.source, self.name)
        self.attributes, self.formula, self.value, self.inline = attributes, False, None, None
        reference = attributes.get("r")
        column = self.column + 1
        if reference is not None:
            letters = reference.rstrip("0123456789")
            if reference[len(letters) :] != self.label:
                raise damaged(self.source, self.name)
            known = self.letters.get(letters)
            known = self._column(letters) if known is None else known
            if known < column:
                raise damaged(self.source, self.name)  # in another order, or twice: it would be open which value holds
            column = known
        self.cells += 1
        if column >= MOST_COLUMNS or self.cells > MOST_CELLS:
            raise self._large(self.row + 1, column + 1)
        self.column = column

    def _open_value(self, attributes: Attributes) -> None:
        if self.value is not None:
            raise damaged(self.source, self.name)
        self.pieces, self.keep = [], keeps_space(attributes)

    def _open_text(self, attributes: Attributes) -> None:
        self.pieces, self.keep = [], keeps_space(attributes)

    def _open_inline(self, _attributes: Attributes) -> None:
        if self.inline is not None:
            raise damaged(self.source, self.name)

    def _open_formula(self, attributes: Attributes) -> None:
        if self.formula:
            raise damaged(self.source, self.name)
        self.formula = True
        if attributes.get("t") in ("array", "dataTable"):
            self.areas.append(self._area(attributes.get("ref", "")))

    def _open_merged(self, attributes: Attributes) -> None:
        self.grid.merged.append(self._area(attributes.get("ref", "")))

    def _close_cell(self) -> None:
        try:
            value = understand(self.attributes, self.formula, self.value, self.inline, self.around)
        except Broken as broken:
            self._tell(self.row, self.column, broken.found)
            return
        if isinstance(value, str):
            self._count(value)
            if not value:
                return
        line = self.line
        if self.column >= self.width or not line:
            self.width = max(self.width, self.column + 1)
            if (self.row + 1) * self.width > MOST_CELLS:
                raise self._large(self.row + 1, self.width)
        if not line:
            rows = self.grid.rows
            rows.extend([] for _ in range(self.row + 1 - len(rows)))
            rows[self.row] = line
        if self.column > len(line):
            line.extend([""] * (self.column - len(line)))
        line.append(value)

    def _count(self, text: str) -> None:
        self.shown += len(text)
        if self.shown > MOST_TEXT:
            words = {"part": short(self.name), "n": self.shown}
            raise too_large(self.source, Message("{part} with {n:,} characters of text", **words))

    # ------------------------------------------------------------ places and refusals

    def _stands(self, row: int, column: int) -> bool:
        rows = self.grid.rows
        return row < len(rows) and column < len(rows[row]) and rows[row][column] != ""

    def _tell(self, row: int, column: int, found: Message) -> None:
        if len(self.grid.broken) < MOST_TOLD:
            self.grid.broken.append((row, column, found))

    def _column(self, letters: str) -> int:
        if not re.fullmatch("[A-Za-z]{1,3}", letters):
            raise damaged(self.source, self.name)
        number = 0
        for letter in letters.upper():
            number = 26 * number + ord(letter) - 64
        self.letters[letters] = number - 1
        return number - 1

    def _place(self, reference: str) -> tuple[int, int]:
        match = _CELL.fullmatch(reference)
        if match is None:
            raise damaged(self.source, self.name)
        return int(match[2]) - 1, self._column(match[1])

    def _area(self, reference: str) -> Area:
        first, _, last = reference.partition(":")
        top, bottom = self._place(first), self._place(last or first)
        if bottom[0] < top[0] or bottom[1] < top[1]:
            raise damaged(self.source, self.name)
        return top, bottom

    def _large(self, rows: int, columns: int) -> InputFault:
        words = {"part": short(self.name), "rows": rows, "columns": columns}
        return too_large(self.source, Message("{part} with {rows:,} rows and {columns:,} columns", **words))


def _size(area: Area) -> int:
    (top, left), (bottom, right) = area
    return (bottom - top + 1) * (right - left + 1)
