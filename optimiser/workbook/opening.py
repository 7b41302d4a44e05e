"""Opening a workbook: its sheets as rows of plain values."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from optimiser.errors import Fault, FileTrouble, InputFault
from optimiser.faults import Said, make_fault
from optimiser.workbook.cells import name_cell
from optimiser.workbook.container import MOST_CELLS, refuse, repack
from optimiser.workbook.layout import HIDDEN, README, Sheet
from optimiser.workbook.pages import Page, advise_sheet


@dataclass
class Opened:
    """The sheets of a workbook that mean something.

    Attributes
    ----------
    pages : by name of the sheet.
    faults : sheets that are unknown, merged cells, cells that show an error.
    """

    pages: dict[str, Page] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


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
            raise refuse(source, "too-large", "more", f"at most {MOST_CELLS:,} cells in all", "use TOML or JSON")
        page = opened.pages[name] = Page(known[name], title, rows)
        opened.faults += _merged(page, merged)
        for cell, said in container.broken.get(title, ()):
            repair = "correct the formula, or write the value itself"
            opened.faults.append(make_fault("cell-error", f"{title}!{cell}", Said(said), "a value", repair))
    return opened


def _sheets(content: bytes, source: str, known: dict[str, Sheet]) -> Iterator[tuple[str, list[list[Any]], list[Any]]]:
    """Parse the sheets that are known; others come without rows."""
    try:
        import python_calamine  # noqa: PLC0415 - only workbooks need it
    except ImportError as error:
        raise FileTrouble(f"{source}: reading .xlsx needs the package python-calamine") from error
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
        repair = "open it in a spreadsheet and save it again"
        raise refuse(source, "not-a-workbook", "damaged sheets", "a workbook in the format .xlsx", repair) from error


def _merged(page: Page, merged: list[Any]) -> Iterator[Fault]:
    """Find merged cells at and below the header; a title above it may be merged."""
    for (row, column), _ in merged[:100]:
        if row >= (page.header or 0):
            place, expected = name_cell(page.title, row, column), "every cell on its own"
            yield make_fault("merged-cells", place, Said("merged cells"), expected, "unmerge them and fill each")
