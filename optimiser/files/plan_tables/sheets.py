"""Opening a table of who stands where: a CSV file, or the one sheet of a workbook that is such a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.common.parsing import MOST_BYTES, decode, file_fault, oversize, split_table
from optimiser.files.plan_tables.layout import COUNT, PLACE, STAMP, UNIT, header_keys
from optimiser.files.workbook.cells import is_empty, name_cell, take_text
from optimiser.files.workbook.open_workbook import find_broken
from optimiser.files.xlsx.container import Container
from optimiser.files.xlsx.grid import Area, Grid

LOOKED_AT = 20  # first rows among which the header is looked for, as in workbooks of instances
CSV, WORKBOOK = ".csv", ".xlsx"
_SECOND = {"place": "place_id", "unit": "unit_id"}
NEEDED = Message("a table with the columns place, unit and number (or teams, vehicles, heads)")


@dataclass
class PlanSheet:
    """A table as it stands in a file.

    Attributes
    ----------
    title : of the sheet; of a CSV file its name.
    columns : number of the column by key.
    rows : those below the header, each with its number from 0.
    faults : what is wrong with its cells and its header.
    stamp : what the workbook says of itself, by name; empty where it says nothing.
    hidden : rows that nobody sees.
    """

    title: str
    columns: dict[str, int]
    rows: list[tuple[int, Sequence[Any]]]
    faults: list[Fault] = field(default_factory=list)
    stamp: Mapping[str, str] = field(default_factory=dict)
    hidden: Collection[int] = ()

    def at(self, row: int, key: str) -> str:
        """Name the cell of a row in a column, as a spreadsheet does."""
        return name_cell(self.title, row, self.columns.get(key, 0))


def open_plan_sheet(raw: bytes, source: str, kind: str, title: str) -> PlanSheet:
    """Open a table.

    Parameters
    ----------
    raw : bytes of the file.
    source : its name in messages.
    kind : `CSV` or `WORKBOOK`.
    title : what cells of a CSV file are named after, as its sheet is once a spreadsheet has opened it.

    Raises
    ------
    InputFault : it is no such file, or none or several of its sheets are such a table.
    """
    if len(raw) > MOST_BYTES:
        raise oversize(source)
    if kind == CSV:
        rows = split_table(decode(raw, source, wide=True), source)
        return _make_sheet(title, rows, _find_header(rows), source)
    return _open_workbook(raw, source)


def _open_workbook(raw: bytes, source: str) -> PlanSheet:
    container = Container(raw, source)
    stamp: dict[str, str] = {}
    found: list[tuple[str, Grid, int]] = []
    for number, title in enumerate(container.titles):
        if title == STAMP:
            rows = container.read(number).rows
            stamp = {take_text(row[0]): take_text(row[1]) for row in rows if len(row) > 1}
        elif not title.startswith("_"):
            grid = container.read(number)
            header = _find_header(grid.rows)
            if header is not None:
                found.append((title, grid, header))
    named = [one for one in found if one[0] == stamp.get("sheet")] or found
    if len(named) > 1:
        names = Message.chain(", ", (title for title, _, _ in named))
        expected, repair = Message("one such table"), Message("begin the names of the other sheets with _")
        raise file_fault(source, "too-many", names, expected, repair)
    if not named:
        return _make_sheet("", [], None, source)
    title, grid, header = named[0]
    merged = _fill_merged(grid, header)
    sheet = _make_sheet(title, grid.rows, header, source)
    sheet.stamp, sheet.hidden = stamp, grid.hidden
    read = {number: key for key, number in sheet.columns.items()}
    for fault, column in _broken(
        title, replace(grid, merged=[area for area in grid.merged if area not in merged]), header
    ):
        # heads are a formula of ours; programs that do not calculate save it without a result
        if fault.code != "cell-error" or (column in read and read[column] != "heads"):
            sheet.faults.append(fault)
    return sheet


def _fill_merged(grid: Grid, header: int) -> list[Area]:
    """Fill cells that are merged downwards in a column of names, which then stands for each row; return these areas."""
    keys = header_keys()
    filled: list[Area] = []
    for (top, left), (bottom, right) in grid.merged:
        head = grid.rows[header][left] if left < len(grid.rows[header]) else ""
        if top <= header or left != right or keys.get(take_text(head).lower()) not in (*PLACE, *UNIT):
            continue
        for row in grid.rows[top + 1 : min(bottom, len(grid.rows) - 1) + 1]:
            if any(not is_empty(cell) for cell in row):
                row.extend([""] * (left + 1 - len(row)))
                row[left] = grid.rows[top][left]
        filled.append(((top, left), (bottom, right)))
    return filled


def _broken(title: str, grid: Grid, header: int) -> list[tuple[Fault, int]]:
    """List cells that are merged or broken, each with the number of its column."""
    faults = list(find_broken(title, grid, header))
    merged = [first[1] for first, last in grid.merged if last[0] >= header][:100]
    return list(zip(faults, [*merged, *(column for _, column, _ in grid.broken)], strict=True))


def _find_header(rows: Sequence[Sequence[Any]]) -> int | None:
    """Find the row of headers: one that names a place, a unit and how many."""
    keys = header_keys()
    for number, cells in enumerate(rows[:LOOKED_AT]):
        named = {keys.get(take_text(cell).lower()) for cell in cells if isinstance(cell, str)}
        if all(named & set(group) for group in (PLACE, (*UNIT, "role"), COUNT)):
            return number
    return None


def _make_sheet(title: str, rows: Sequence[Sequence[Any]], header: int | None, source: str) -> PlanSheet:
    if header is None:
        repair = Message("write the headers above the rows, or take the file of a plan")
        raise file_fault(source, "missing-header", Message("no such table"), NEEDED, repair)
    keys, columns, faults = header_keys(), dict[str, int](), list[Fault]()
    for number, cell in enumerate(rows[header]):
        key = keys.get(take_text(cell).lower())
        if key is None:
            continue  # a column of the planner's own
        if key in columns:
            key = _SECOND.get(key, key)  # as in deployment.csv, whose columns place and place_name say the same
        if key in columns:
            expected, repair = Message("each column once"), Message("remove or rename one of them")
            faults.append(make_fault("duplicate-key", name_cell(title, header, number), cell, expected, repair))
        columns.setdefault(key, number)
    if "role" in columns and not any(key in columns for key in UNIT):
        columns["unit"] = columns.pop("role")  # a role of one kind of team says which
    below = [(n, row) for n, row in enumerate(rows[header + 1 :], header + 1) if any(not is_empty(c) for c in row)]
    return PlanSheet(title, columns, below, faults)


def refuse_kind(source: str) -> InputFault:
    """Return the fault of a table that is read without the instance it is about."""
    expected, repair = Message("the instance that it is a plan of"), Message("give the instance too")
    return file_fault(source, "unknown-instance", Message("a table, which names no instance"), expected, repair)
