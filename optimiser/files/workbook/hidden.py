"""What a workbook does not show and that is read all the same: hidden or filtered rows, columns and sheets."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from optimiser.common.message import Message
from optimiser.files.workbook.cells import name_cell
from optimiser.files.workbook.pages import Page
from optimiser.model.cautions import Caution

USUAL = Message("everything that is read can be seen")
TOLD = 5  # rows that one warning names; further ones are counted


def warn_of_hidden(page: Page, rows: Collection[int], columns: Collection[int], sheet: bool) -> Iterator[Caution]:
    """Warn of what was read from a page and is not shown.

    Parameters
    ----------
    rows : numbers of the hidden rows, from 0.
    columns : numbers of the hidden columns, from 0.
    sheet : whether the sheet as a whole is hidden.
    """
    lines = page.rows_of_grid() if page.sheet.form == "grid" else page.entries()
    read = [line.row for line in lines]
    if sheet and read:
        found = Message("the sheet {sheet} is hidden, and was read", sheet=page.title)
        check = Message("show the sheet and look at its rows, or remove it")
        yield Caution("hidden-rows", page.top(), found, USUAL, check)
        return
    yield from _warn_of_columns(page, columns)
    yield from _warn_of_rows(page, [row for row in read if row in rows])


def _warn_of_columns(page: Page, columns: Collection[int]) -> Iterator[Caution]:
    """Warn of a hidden column that holds something; low, high and source are folded in by the template itself."""
    if page.sheet.form != "table":
        return
    entries = list(page.entries())
    for name, number in page.index.items():
        if number in columns and name in page.columns and any(name in entry.values for entry in entries):
            words = {"column": page.name(name), "sheet": page.title}
            found = Message("the hidden column {column} of the sheet {sheet} was read", **words)
            check = Message("show the column and look at it; # in front of its header leaves it out")
            yield Caution("hidden-rows", name_cell(page.title, page.header or 0, number), found, USUAL, check)


def _warn_of_rows(page: Page, read: list[int]) -> Iterator[Caution]:
    if not read:
        return
    listed = ", ".join(str(row + 1) for row in read[:TOLD])
    words = {"rows": listed, "sheet": page.title}
    found = Message("hidden or filtered rows of the sheet {sheet} were read: {rows}", **words)
    if len(read) > TOLD:
        more = Message.plural("{n} more", "{n} more", len(read) - TOLD)
        found = Message("{rows}, {more}", rows=found, more=more)
    check = Message("show all rows, and remove those that are not meant; # in front of the first cell leaves a row out")
    yield Caution("hidden-rows", name_cell(page.title, read[0], 0), found, USUAL, check)
