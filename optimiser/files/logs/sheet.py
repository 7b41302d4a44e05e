"""Opening a log: a CSV file, or the one sheet of a workbook that has its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from optimiser.common.errors import Fault
from optimiser.common.faults import make_fault
from optimiser.common.language import CODES, language
from optimiser.common.message import Message
from optimiser.common.parsing import MOST_BYTES, decode, file_fault, oversize, split_table
from optimiser.files.logs.layout import NEEDED, TIMES, TITLES, log_columns
from optimiser.files.plan_tables.names import fold_typed
from optimiser.files.plan_tables.sheets import CSV, LOOKED_AT
from optimiser.files.workbook.cells import is_empty, name_cell, take_text
from optimiser.files.workbook.open_workbook import find_broken
from optimiser.files.xlsx.container import Container


@dataclass
class LogSheet:
    """A log as it stands in a file.

    Attributes
    ----------
    title : of the sheet; of a CSV file its name.
    columns : number of the column by key.
    rows : those below the header, each with its number from 0; empty ones are left out.
    faults : what is wrong with its header and its cells.
    """

    title: str
    columns: dict[str, int]
    rows: list[tuple[int, Sequence[Any]]]
    faults: list[Fault] = field(default_factory=list)

    def at(self, row: int, key: str) -> str:
        """Name the cell of a row in a column, as a spreadsheet does."""
        return name_cell(self.title, row, self.columns.get(key, 0))


def open_log_sheet(raw: bytes, source: str, kind: str, title: str) -> LogSheet:
    """Open a log.

    Parameters
    ----------
    kind : ending of the file's name, `.csv` or `.xlsx`.
    title : what cells of a CSV file are named after.

    Raises
    ------
    InputFault : it is no such file, or none or several of its sheets have the columns of a log.
    """
    if len(raw) > MOST_BYTES:
        raise oversize(source)
    if kind == CSV:
        rows = split_table(decode(raw, source, wide=True), source)
        return _make_sheet(title, rows, _find_header(rows), source)
    container = Container(raw, source)
    found = []
    for number, name in enumerate(container.titles):
        if not name.startswith("_"):
            grid = container.read(number)
            if (header := _find_header(grid.rows)) is not None:
                found.append((name, grid, header))
    if len(found) > 1:
        expected, repair = Message("one such table"), Message("begin the names of the other sheets with _")
        raise file_fault(source, "too-many", Message.chain(", ", (name for name, _, _ in found)), expected, repair)
    if not found:
        return _make_sheet("", [], None, source)
    name, grid, header = found[0]
    sheet = _make_sheet(name, grid.rows, header, source)
    sheet.faults += find_broken(name, grid, header)
    return sheet


def _find_header(rows: Sequence[Sequence[Any]]) -> int | None:
    """Find the row of headers: one that names what happened, and when."""
    for number, cells in enumerate(rows[:LOOKED_AT]):
        named = {_key(cell) for cell in cells if isinstance(cell, str)}
        if named.issuperset(NEEDED) and named & set(TIMES):
            return number
    return None


def _key(cell: Any) -> str | None:
    return log_columns().get(fold_typed(take_text(cell)))


def _make_sheet(title: str, rows: Sequence[Sequence[Any]], header: int | None, source: str) -> LogSheet:
    if header is None:
        names = ", ".join(language(code)(TITLES[key]) for code in CODES for key in ("time", "place", "what"))
        expected = Message("a table with the columns {names}", names=names)
        repair = Message("write the headers above the rows, or fill in the template of a log")
        raise file_fault(source, "missing-header", Message("no such table"), expected, repair)
    columns, faults = dict[str, int](), list[Fault]()
    for number, cell in enumerate(rows[header]):
        key = _key(cell)
        if key in columns:
            expected, repair = Message("each column once"), Message("remove or rename one of them")
            faults.append(make_fault("duplicate-key", name_cell(title, header, number), cell, expected, repair))
        if key is not None:  # others are the writer's own
            columns.setdefault(key, number)
    below = [(n, row) for n, row in enumerate(rows[header + 1 :], header + 1) if any(not is_empty(c) for c in row)]
    return LogSheet(title, columns, below, faults)
