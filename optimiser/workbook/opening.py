"""Opening a workbook: its sheets as rows of plain values."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from optimiser.caution import Caution
from optimiser.errors import Fault, FileTrouble, InputFault
from optimiser.faults import make_fault
from optimiser.message import Message
from optimiser.workbook.cells import name_cell
from optimiser.workbook.container import MOST_CELLS, refuse, repack
from optimiser.workbook.hidden import warn_of_hidden
from optimiser.workbook.layout import HIDDEN, README, Sheet
from optimiser.workbook.pages import Page, advise_sheet


@dataclass
class Opened:
    """The sheets of a workbook that mean something.

    Attributes
    ----------
    pages : by name of the sheet.
    faults : sheets that are unknown, merged cells, cells that show an error.
    cautions : rows and sheets that are hidden.
    """

    pages: dict[str, Page] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    cautions: list[Caution] = field(default_factory=list)


def open_pages(raw: bytes, source: str, layout: Sequence[Sheet]) -> Opened:
    """Open a workbook; values of formulas are those that were saved, nothing is calculated.

    Parameters
    ----------
    raw : bytes of the file.
    source : its name in messages.
    layout : the sheets to look for; those named readme, or with _ in front, are left alone.

    Raises
    ------
    InputFault : it is no workbook, or larger than is accepted.
    """
    container = repack(raw, source)
    known = {sheet.name: sheet for sheet in layout}
    opened = Opened()
    cells = 0
    for title, rows, merged in _sheets(container.content, source, known):
        name = title.strip().lower()
        if name not in known or name in opened.pages:
            opened.faults.append(advise_sheet(title, list(known)))
            continue
        cells += len(rows) * max((len(row) for row in rows), default=0)
        if cells > MOST_CELLS:
            expected = Message("at most {n:,} cells in all", n=MOST_CELLS)
            raise refuse(source, "too-large", Message("more"), expected, Message("use TOML or JSON"))
        page = opened.pages[name] = Page(known[name], title, rows)
        opened.faults += _merged(page, merged)
        unseen = container.hidden_rows.get(title, frozenset())
        opened.cautions += warn_of_hidden(page, unseen, title in container.hidden_sheets)
        for cell, said in container.broken.get(title, ()):
            repair = Message("correct the formula, or write the value itself")
            opened.faults.append(make_fault("cell-error", f"{title}!{cell}", said, Message("a value"), repair))
    return opened


def _sheets(content: bytes, source: str, known: dict[str, Sheet]) -> Iterator[tuple[str, list[list[Any]], list[Any]]]:
    """Parse the sheets that are known; others come without rows."""
    try:
        import python_calamine  # noqa: PLC0415 - only workbooks need it
    except ImportError as error:
        raise FileTrouble(Message("{file}: reading .xlsx needs the package python-calamine", file=source)) from error
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        for title in book.sheet_names:
            if title.startswith("_") or title.strip().lower() in (README, HIDDEN):
                continue
            if title.strip().lower() not in known:
                yield title, [], []
                continue
            sheet = book.get_sheet_by_name(title)
            yield title, sheet.to_python(skip_empty_area=False), list(sheet.merged_cell_ranges or [])
    except (KeyboardInterrupt, SystemExit, MemoryError, GeneratorExit, InputFault):
        raise
    except BaseException as error:  # a panic of the parser is none of Python's usual errors
        found, repair = Message("damaged sheets"), Message("open it in a spreadsheet and save it again")
        raise refuse(source, "not-a-workbook", found, Message("a workbook in the format .xlsx"), repair) from error


def _merged(page: Page, merged: list[Any]) -> Iterator[Fault]:
    """Find merged cells at and below the header; a title above it may be merged."""
    for (row, column), _ in merged[:100]:
        if row >= (page.header or 0):
            place, found = name_cell(page.title, row, column), Message("merged cells")
            expected, repair = Message("every cell on its own"), Message("unmerge them and fill each")
            yield make_fault("merged-cells", place, found, expected, repair)
