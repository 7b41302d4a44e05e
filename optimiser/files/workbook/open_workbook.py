"""Opening a workbook: its sheets as rows of plain values, and what is wrong with their cells."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from optimiser.common.errors import Fault
from optimiser.common.faults import make_fault
from optimiser.common.language import CODES, Code
from optimiser.common.message import Message
from optimiser.common.parsing import file_fault
from optimiser.files.formats import refuse_plan
from optimiser.files.plan_tables.layout import STAMP
from optimiser.files.workbook.cells import name_cell, take_text
from optimiser.files.workbook.hidden import warn_of_hidden
from optimiser.files.workbook.labels import find_code, find_meant, fold_header, read_titles
from optimiser.files.workbook.layout import HIDDEN, README, Sheet
from optimiser.files.workbook.pages import Page, advise_sheet, refuse_second
from optimiser.files.xlsx.archive import MOST_CELLS
from optimiser.files.xlsx.container import Container
from optimiser.files.xlsx.grid import Grid
from optimiser.model.cautions import Caution

FEWEST_HEADERS = 3  # that a sheet of another name has in common with one of the format; assumed
MOSTLY = 0.6  # of its headers; assumed


@dataclass
class Opened:
    """The sheets of a workbook that mean something.

    Attributes
    ----------
    pages : by name of the sheet.
    faults : sheets that are unknown, merged cells, cells that show an error.
    cautions : rows, columns and sheets that are hidden.
    unclear : cells whose value cannot be known.
    strange : whether there is a sheet of which nobody knows what it should be.
    code : language of the names of the sheets.
    """

    pages: dict[str, Page] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    cautions: list[Caution] = field(default_factory=list)
    unclear: set[str] = field(default_factory=set)
    strange: bool = False
    code: Code = CODES[0]

    def holds(self, name: str) -> bool:
        """Return whether there is a sheet of that name with rows in it."""
        page = self.pages.get(name)
        return page is not None and any(True for _ in page.entries())


def open_pages(raw: bytes, source: str, layout: Sequence[Sheet]) -> Opened:
    """Open a workbook; values of formulas are those that were saved, nothing is calculated.

    Parameters
    ----------
    raw : bytes of the file.
    source : its name in messages.
    layout : the sheets to look for; those named readme, or with _ in front, are left alone.

    Raises
    ------
    InputFault : it is no workbook, one of a plan, or larger than is accepted.
    """
    container = Container(raw, source)
    if STAMP in container.titles:
        rows = container.read(container.titles.index(STAMP)).rows
        stamp = {take_text(row[0]): take_text(row[1]) for row in rows if len(row) > 1}
        raise refuse_plan(source, stamp.get("instance", "INSTANCE"))
    known = {sheet.name: sheet for sheet in layout}
    meant = _name_by_headers(container, _name_sheets(container.titles, known), known)
    opened = Opened(strange="" in meant, code=find_code(map(fold_header, container.titles), read_titles()))
    cells = 0
    for number, title in enumerate(container.titles):
        name = meant[number]
        if name is None:
            continue
        if name in opened.pages:
            opened.faults.append(refuse_second(title, opened.pages[name].title))
        elif name != _read_title(title):
            left = [one for one in known if one == name or one not in meant]
            opened.faults.append(advise_sheet(title, name, left, opened.code))
        if name == "" or name in opened.pages:
            continue
        grid = container.read(number)
        cells += len(grid.rows) * max((len(row) for row in grid.rows), default=0)
        if cells > MOST_CELLS:
            expected = Message("at most {n:,} cells in all", n=MOST_CELLS)
            raise file_fault(source, "too-large", Message("more"), expected, Message("use TOML or JSON"))
        page = opened.pages[name] = Page(known[name], title, grid.rows)
        grid = replace(grid, broken=[broken for broken in grid.broken if broken[0] not in page.sums])
        opened.faults += find_broken(title, grid, page.header or 0)
        opened.unclear |= list_unclear(title, grid, page.header or 0)
        opened.cautions += warn_of_hidden(page, grid.hidden, grid.folded, container.hidden[number])
    return opened


def _name_sheets(titles: Sequence[str], known: Collection[str]) -> list[str | None]:
    """Say what each sheet should be: None where it is left alone, an empty name where nobody knows.

    A sheet whose name is misspelt, which is told, is read as what is meant where there is no other of that name.
    """
    names = [_read_title(title) for title in titles]
    left = {name for name in known if name not in names}
    meant: list[str | None] = []
    for title, name in zip(titles, names, strict=True):
        if title.startswith("_") or name in (README, HIDDEN):
            meant.append(None)
            continue
        close = name if name in known else find_meant(name, read_titles(), left) or ""
        left.discard(close)
        meant.append(close)
    return meant


def _name_by_headers(container: Container, meant: list[str | None], known: Mapping[str, Sheet]) -> list[str | None]:
    """Say of sheets of which nobody knows what they should be which they are by their headers, where that is clear."""
    named = list(meant)
    for number, name in enumerate(meant):
        if name != "":
            continue
        rows, found = container.read(number).rows, dict[str, float]()
        for sheet in known.values():
            if sheet.form == "table" and sheet.name not in named:
                page = Page(sheet, container.titles[number], rows)
                columns = {column.path for column in sheet.columns}
                here = sum(path in columns for path in page.index)
                if here >= FEWEST_HEADERS and here >= MOSTLY * len(page.index):
                    found[sheet.name] = here / len(columns)
        best = sorted(found, key=lambda one: -found[one])[:2]
        if best and (len(best) == 1 or found[best[0]] > found[best[1]]):
            named[number] = best[0]
    return named


def _read_title(title: str) -> str:
    """Return the sheet that a name stands for in any language, or the name as it is compared."""
    text = fold_header(title)
    return read_titles().get(text, text)


def open_table(raw: bytes, source: str) -> tuple[str, list[list[Any]], list[Fault]]:
    """Open the first sheet of a workbook as a table with its header in the first row.

    Parameters
    ----------
    raw : bytes of the file.
    source : its name in messages.

    Returns
    -------
    Name of the sheet, its rows, and what is wrong with its cells.

    Raises
    ------
    InputFault : it is no workbook, or larger than is accepted.
    """
    container = Container(raw, source)
    grid, title = container.read(0), container.titles[0]
    return title, grid.rows, list(find_broken(title, grid, 0))


def list_unclear(title: str, grid: Grid, header: int) -> set[str]:
    """List the cells whose value cannot be known: those that are broken, and those of merged areas but the first."""
    unclear = {name_cell(title, row, column) for row, column, _ in grid.broken}
    height, width = len(grid.rows), max((len(row) for row in grid.rows), default=0)
    for (top, left), (bottom, right) in grid.merged:
        if bottom >= header:
            rows, columns = range(top, min(bottom, height) + 1), range(left, min(right, width) + 1)
            area = {name_cell(title, row, column) for row in rows for column in columns}
            unclear |= area - {name_cell(title, top, left)}
    return unclear


def find_broken(title: str, grid: Grid, header: int) -> Iterator[Fault]:
    """Find cells whose value cannot be known; cells may be merged in a title above the header, nowhere else.

    Parameters
    ----------
    title : name of the sheet.
    header : number of the row of headers, from 0.
    """
    below = [first for first, last in grid.merged if last[0] >= header]
    for row, column in below[:100]:
        place, found = name_cell(title, row, column), Message("merged cells")
        expected, repair = Message("every cell on its own"), Message("unmerge them and fill each")
        yield make_fault("merged-cells", place, found, expected, repair)
    for row, column, said in grid.broken:
        repair = Message("correct the formula, or write the value itself")
        yield make_fault("cell-error", name_cell(title, row, column), said, Message("a value"), repair)
