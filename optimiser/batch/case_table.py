"""A table of cases, as CSV or as the first sheet of a workbook: what each row says, as it stands there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimiser.common.errors import Fault, FileTrouble, InputFault
from optimiser.common.faults import FILE, list_near, make_fault, suggest
from optimiser.common.message import Message
from optimiser.common.numerals import write_clearly
from optimiser.common.parsing import MOST_BYTES, decode, oversize, split_table
from optimiser.files.workbook.cells import name_cell
from optimiser.files.workbook.open_workbook import open_table
from optimiser.files.xlsx.moments import Moment

COLUMNS = ("instance", "whatif", "seed", "scenarios", "reporting", "budget", "seconds", "law")
IN_HELP = Message("`optimiser batch -h` lists all")
MOST_ROWS = 1_000_000  # assumed: what a spreadsheet holds
KINDS = (".csv", ".xlsx")


@dataclass(frozen=True)
class TableRow:
    """One row.

    Attributes
    ----------
    number : its number in the file, the header being row 1.
    cells : texts by column; what is empty is left out.
    """

    number: int
    cells: dict[str, str]


def read_case_table(path: Path) -> list[TableRow] | None:
    """Read a table of cases; None if it is a workbook of another kind, such as an instance.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it is no table of cases; all faults of its header.
    """
    source = str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileTrouble(Message("{file}: cannot be read: {error}", file=source, error=error.strerror)) from error
    if len(raw) > MOST_BYTES:
        raise oversize(source)
    broken: list[Fault] = []
    if path.suffix.lower() == ".xlsx":
        rows, broken = _sheet(raw, source)
        if not rows or "instance" not in _names(rows[0]):
            return None
    else:
        rows = split_table(decode(raw, source, wide=True), source)
    return _rows(rows, source, broken)


def _sheet(raw: bytes, source: str) -> tuple[list[list[str]], list[Fault]]:
    """Return the first sheet of a workbook as texts, and the faults of its cells."""
    title, rows, faults = open_table(raw, source)
    expected = Message("text or a number")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, Moment):  # 1:3 was typed, and the spreadsheet made a time of it
                place, found = name_cell(title, number, column), Message("a date or time, {cell}", cell=str(cell))
                repair = Message("format the cell as text and type it again")
                faults.append(make_fault("wrong-type", place, found, expected, repair))
    return [[_text(cell) for cell in row] for row in rows], faults


def _text(cell: Any) -> str:
    """Write a cell as it would be typed into a table of text."""
    return write_clearly(cell) if isinstance(cell, float) else str(cell)


def _names(head: Sequence[str]) -> list[str]:
    return [name.strip().lower() for name in head]


def _rows(rows: Sequence[Sequence[str]], source: str, broken: Sequence[Fault]) -> list[TableRow]:
    names = _names(rows[0]) if rows else []
    faults = [*broken, *_header_faults(names), *_stray_faults(len(names), rows)]
    if len(rows) > MOST_ROWS:
        expected = Message("at most {n:,} rows", n=MOST_ROWS)
        faults.append(make_fault("too-many", FILE, len(rows), expected, Message("split the table")))
    if faults:
        raise InputFault(source, faults)
    found = []
    for number, row in enumerate(rows[1:], 2):
        cells = {name: cell.strip() for name, cell in zip(names, row, strict=False) if cell.strip()}
        if cells:
            found.append(TableRow(number, cells))
    return found


def _stray_faults(width: int, rows: Sequence[Sequence[str]]) -> Iterator[Fault]:
    """Find cells beside the table: a comma in a what-if without quotes would cut it off unnoticed."""
    expected, repair = Message("as many cells as the header has"), Message('put "quotes" around a cell with commas')
    for number, row in enumerate(rows[1:], 2):
        stray = [cell.strip() for cell in row[width:] if cell.strip()]
        if stray:
            yield make_fault("too-many", Message("row {n}", n=str(number)), stray[0], expected, repair)


def _header_faults(names: Sequence[str]) -> list[Fault]:
    place = Message("row {n}", n="1")
    faults = []
    for name in names:
        if name not in COLUMNS:
            expected = list_near(name, COLUMNS, IN_HELP, few=0)  # in one line each, also of many wrong columns
            repair = suggest(name, COLUMNS) or Message("correct the name")
            faults.append(make_fault("unknown-field", place, name, expected, repair))
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            expected, repair = Message("each column once"), Message("remove one of them")
            faults.append(make_fault("duplicate-key", place, name, expected, repair))
    if "instance" not in names:
        expected = Message("a column named {name}", name="instance")
        faults.append(make_fault("missing-field", place, Message("nothing"), expected, Message("add it")))
    return faults
