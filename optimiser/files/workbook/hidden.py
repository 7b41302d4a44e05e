"""What a workbook does not show and that is read all the same: rows that are hidden or filtered out, hidden sheets."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from optimiser.common.message import Message
from optimiser.files.workbook.cells import name_cell
from optimiser.files.workbook.pages import Page
from optimiser.model.cautions import Caution

TOLD = 5  # rows that one warning names; further ones are counted


def warn_of_hidden(page: Page, rows: Collection[int], sheet: bool) -> Iterator[Caution]:
    """Warn of what was read from a page and is not shown.

    Parameters
    ----------
    rows : numbers of the hidden rows, from 0.
    sheet : whether the sheet as a whole is hidden.
    """
    lines = page.rows_of_grid() if page.sheet.form == "grid" else page.entries()
    read = [line.row for line in lines if sheet or line.row in rows]
    if not read:
        return
    usual = Message("everything that is read can be seen")
    if sheet:
        found = Message("the sheet {sheet} is hidden, and was read", sheet=page.title)
        check = Message("show the sheet and look at its rows, or remove it")
        yield Caution("hidden-rows", page.top(), found, usual, check)
        return
    listed = ", ".join(str(row + 1) for row in read[:TOLD])
    words = {"rows": listed, "sheet": page.title}
    found = Message("hidden or filtered rows of the sheet {sheet} were read: {rows}", **words)
    if len(read) > TOLD:
        more = Message.plural("{n} more", "{n} more", len(read) - TOLD)
        found = Message("{rows}, {more}", rows=found, more=more)
    check = Message("show all rows, and remove those that are not meant; # in front of the first cell leaves a row out")
    yield Caution("hidden-rows", name_cell(page.title, read[0], 0), found, usual, check)
