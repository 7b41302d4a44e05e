"""The sheet of texts in other languages: each row a text of another sheet, a language, and how it reads there."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.common.errors import Fault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.files.workbook.cells import take
from optimiser.files.workbook.layout import Sheet
from optimiser.files.workbook.pages import Page


def read_texts(sheet: Sheet, page: Page, texts: dict[str, dict[str, str]], cells: dict[str, str]) -> Iterator[Fault]:
    """Read translations, and find rows that lack something.

    Parameters
    ----------
    texts : takes what is read, by language and text.
    cells : takes the cell of each language, by place in the data.
    """
    for entry in page.entries():
        words = {c.path: take(entry.values[c.path], c) for c in sheet.columns if c.path in entry.values}
        for name in (c.path for c in sheet.columns if c.path not in words and c.path in page.index):
            expected = Message("every cell of the row filled")
            yield make_fault("missing-field", page.at(entry.row, name), None, expected, Message("fill the cell"))
        if len(words) == len(sheet.columns):
            cells.setdefault(f"texts.{words['language']}", page.at(entry.row, "language"))
            texts.setdefault(words["language"], {})[words["text"]] = words["told"]
