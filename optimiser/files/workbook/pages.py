"""A page is a sheet as it was filled in: its header, its rows, and what stands where."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from optimiser.common.errors import Fault
from optimiser.common.faults import IN_TEMPLATE, list_near, make_fault
from optimiser.common.language import Code
from optimiser.common.message import Message
from optimiser.common.numerals import plain_characters
from optimiser.files.plan_tables.layout import AGAIN, SUMS
from optimiser.files.workbook.cells import is_empty, name_cell, take_text
from optimiser.files.workbook.labels import (
    CHECK,
    EXPLAINS,
    FIELD,
    VALUE,
    find_code,
    find_header,
    find_meant,
    fold_header,
    label_column,
    label_header,
    label_sheet,
    list_headers,
    read_columns,
    read_headers,
    read_titles,
    suggest_meant,
)
from optimiser.files.workbook.layout import RANGE, Column, Sheet
from optimiser.files.xlsx.values import is_error
from optimiser.model.values.field_faults import forbids, refuse_field

LOOKED_AT = 20  # first rows among which the header is looked for
_UNIT = re.compile(r"\[.*\]", re.DOTALL)


@dataclass(frozen=True)
class SheetRow:
    """One row below the header: its number from 0, and the cells that are not empty by header."""

    row: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One row of a grid: its number from 0, and all its cells."""

    row: int
    values: list[Any]


class Page:
    """A sheet with its header found.

    Parameters
    ----------
    sheet : what the sheet should be.
    title : its name in the workbook.
    rows : its cells.
    """

    def __init__(self, sheet: Sheet, title: str, rows: Sequence[Sequence[Any]]) -> None:
        self.sheet, self.title, self.rows = sheet, title, rows
        self.columns = {column.path: column for column in sheet.columns}
        self.meanings = self._list_meanings()
        self.header = self._find_header()
        texts = [fold_header(take_text(cell)) for cell in rows[self.header]] if self.header is not None else []
        self.code = find_code(texts, self.meanings)
        self.index: dict[str, int] = {}
        self.twice: list[tuple[str, int]] = []
        for number, text in enumerate(texts):
            name = self.meanings.get(text, text)
            if name and name in self.index:
                self.twice.append((text, number))
            elif name:
                self.index[name] = number
        self.meant: dict[str, str] = {}
        self.strange = [] if sheet.form == "grid" else self._read_misspelt()

    def _list_meanings(self) -> dict[str, str]:
        """Return what each header that may stand here stands for, in any language."""
        headers = read_headers()
        if self.sheet.form == "fields":
            return headers
        checks = {text: name for text, name in headers.items() if name == CHECK}
        return {} if self.sheet.form == "grid" else {**checks, **read_columns(self.sheet)}

    def name(self, path: str) -> str:
        """Return the header of a column, or the name of a field in its row, in the language of the page."""
        return label_column(self.sheet, path, self.code)

    def _read_misspelt(self) -> list[str]:
        """Read columns with a misspelt header, which is told, as what is meant; return headers that are like none."""
        strange, known = [], self.known()
        for name in [name for name in self.index if not self._is_known(name)]:
            left = known - self.index.keys()
            meant = None if forbids(name) else find_header(self.sheet, name, self.meanings, left)
            if meant is None:
                strange.append(name)
            else:
                self.index[meant] = self.index[name]
                self.meant[name] = meant
        return strange

    def _is_known(self, name: str) -> bool:
        """Return whether a header means something, or says that its column is left alone."""
        explains = self.sheet.form == "fields" and name in (*EXPLAINS, "choices")
        return name in self.known() or name[0] in "#_" or name == CHECK or explains

    def known(self) -> set[str]:
        """List the headers that mean something."""
        if self.sheet.form == "fields":
            return {FIELD, VALUE, *RANGE}
        return set(list_headers(self.sheet))

    def at(self, row: int, name: str) -> str:
        """Name the cell of a row under a header."""
        return name_cell(self.title, row, self.index.get(name, 0))

    def top(self) -> str:
        """Name the first cell of the header."""
        return name_cell(self.title, self.header or 0, 0)

    def entries(self) -> Iterator[SheetRow]:
        """List the rows below the header; empty ones, the row of units, sums, and those that start with # are left out.

        A cell that says idem or sda has the value of the cell above it. A row that starts with an error that was copied
        as text is none of these.
        """
        if self.header is None:
            return
        above: dict[str, Any] = {}
        for number, cells in enumerate(self.rows[self.header + 1 :], self.header + 1):
            filled = [cell for i, cell in enumerate(cells) if not is_empty(cell) and i != self.index.get(CHECK)]
            first = filled[0] if filled else None
            if first is None or (isinstance(first, str) and first.startswith("#") and not is_error(first.strip())):
                continue
            if number == self.header + 1 and all(isinstance(c, str) and _UNIT.fullmatch(c.strip()) for c in filled):
                continue
            if number in self.sums:
                continue
            values = {
                n: cells[i] for n, i in self.index.items() if i < len(cells) and _given(cells[i], self.columns.get(n))
            }
            again = {name: above[name] for name, cell in values.items() if _is_again(cell) and name in above}
            above |= (values := values | again)
            yield SheetRow(number, values)

    @cached_property
    def sums(self) -> frozenset[int]:
        """Number the rows that add others up: such a word is the only text in them."""
        if self.sheet.form != "table" or self.header is None:
            return frozenset()
        return frozenset(n for n, cells in enumerate(self.rows) if n > self.header and _is_sum(cells))

    def rows_of_grid(self) -> Iterator[Line]:
        """List the rows below the header of a grid, each cell by its number, as wide as the header; empty ones not."""
        if self.header is None:
            return
        width = len(self.rows[self.header])
        for number, cells in enumerate(self.rows[self.header + 1 :], self.header + 1):
            if any(not is_empty(cell) for cell in cells):
                padded = [*cells, *[None] * (width - len(cells))]
                yield Line(number, [None if is_empty(cell) else cell for cell in padded])

    def check_header(self, children: Collection[str]) -> Iterator[Fault]:
        """Find columns that are missing, unknown, named twice, or filled without a name.

        Parameters
        ----------
        children : fields that have a sheet of their own.
        """
        if self.header is None:
            if any(not is_empty(cell) for row in self.rows for cell in row):
                names = ", ".join(self._list_sought()[:4])
                expected = Message("a row of headers such as {names}", names=names)
                yield make_fault(
                    "missing-header", f"{self.title}!A1", None, expected, Message("write the headers above the rows")
                )
            return
        if self.sheet.form == "grid":
            return
        for name, number in self.twice:
            place = name_cell(self.title, self.header, number)
            expected, repair = Message("each column once"), Message("remove or rename one of them")
            yield make_fault("duplicate-key", place, name, expected, repair)
        for name, number in self.index.items():
            if self._is_known(name):
                continue
            place = name_cell(self.title, self.header, number)
            more = _elsewhere(name, children) or self._suggest(name)
            yield refuse_field(place, name, name, sorted(self._list_sought()), False, more, IN_TEMPLATE)
        for column in self.sheet.columns if self.sheet.form == "table" else ():
            if column.required and column.path not in self.index:
                expected = Message("a column named {name}", name=self.name(column.path))
                yield make_fault("missing-field", self.top(), None, expected, Message("add the column"))
        yield from self._unnamed()

    def _suggest(self, name: str) -> Message:
        """Say which column may be meant by a header, the one that is read for it if there is one."""
        meant = self.meant.get(name)
        if meant is None:
            return suggest_meant(name, self.meanings, self._sought())
        near = suggest_meant(name, self.meanings, [meant])
        return near or Message("did you mean '{name}'?", name=self.name(meant))

    def _sought(self) -> dict[str, None]:
        names = (FIELD, VALUE, *RANGE) if self.sheet.form == "fields" else tuple(self.columns)
        return dict.fromkeys(names)

    def _list_sought(self) -> list[str]:
        """List the headers that are looked for in the language of the page."""
        if self.sheet.form == "fields":
            return [label_header(name, self.code) for name in self._sought()]
        return [self.name(path) for path in self._sought()]

    def _find_header(self) -> int | None:
        sought = set(self._sought())
        if self.sheet.form == "fields":
            sought = {FIELD, VALUE}
        need = min(2, len(sought))
        for number, cells in enumerate(self.rows[:LOOKED_AT]):
            if self.sheet.form == "grid":
                if any(not is_empty(cell) for cell in cells):
                    return number
            elif len(sought & {self._read(cell) for cell in cells if isinstance(cell, str)}) >= need:
                return number
        return None

    def _read(self, cell: str) -> str:
        text = fold_header(take_text(cell))
        return self.meanings.get(text, text)

    def _under(self, number: int) -> Any:
        """Return the first value below a header."""
        assert self.header is not None
        below = (row[number] for row in self.rows[self.header + 1 :] if number < len(row))
        return next((c for c in below if not is_empty(c) and not _UNIT.fullmatch(str(c).strip())), None)

    def _unnamed(self) -> Iterator[Fault]:
        assert self.header is not None
        width = max(len(row) for row in self.rows)
        named = {*self.index.values(), *(number for _, number in self.twice)}
        for number in range(width):
            if number not in named and (value := self._under(number)) is not None:
                place = name_cell(self.title, self.header, number)
                expected = Message("a header above {value}", value=_short(value))
                repair = Message("name the column, or begin its header with #")
                yield make_fault("missing-header", place, None, expected, repair)


def _given(cell: Any, column: Column | None) -> bool:
    """Return whether a cell says something; a text of spaces alone may be one."""
    return cell not in (None, "") if column is not None and column.kind == "text" else not is_empty(cell)


def _is_again(cell: Any) -> bool:
    return isinstance(cell, str) and plain_characters(cell).strip().lower().rstrip(".") in AGAIN


def _is_sum(cells: Sequence[Any]) -> bool:
    texts = [cell for cell in cells if isinstance(cell, str) and not is_empty(cell) and not is_error(cell.strip())]
    return len(texts) == 1 and re.split(r"[\s:.]", fold_header(texts[0]))[0] in SUMS


def _short(value: Any) -> str:
    text = str(value)
    return ascii(text[:30])[1:-1]


def _elsewhere(name: str, children: Collection[str]) -> str:
    return Message("it has a sheet of its own, {name}", name=name) if name in children else ""


def advise_sheet(title: str, meant: str, known: Sequence[str], code: Code) -> Fault:
    """Make the fault of a sheet that the format does not have; others are named in the language of the workbook.

    Parameters
    ----------
    meant : the sheet that it is read as; empty where nobody knows.
    """
    clean = title[:40] if title.isprintable() else ascii(title[:40])
    repair = suggest_meant(title.lower(), read_titles(), known) or Message(
        "rename it, or begin its name with _ to have it left alone"
    )
    if meant and find_meant(fold_header(title), read_titles(), [meant]) is None:  # its headers say so
        repair = Message("did you mean '{name}'?", name=label_sheet(meant, code))
    expected = list_near(fold_header(title), [label_sheet(name, code) for name in known], IN_TEMPLATE)
    return make_fault("unknown-sheet", clean, title, expected, repair)


def refuse_second(title: str, first: str) -> Fault:
    """Make the fault of a second sheet of the same kind."""
    expected, repair = (
        Message("one such sheet"),
        Message("put its rows into '{first}', or begin its name with _", first=first),
    )
    return make_fault("unknown-sheet", title, title, expected, repair)
