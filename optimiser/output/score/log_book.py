"""Logs as tables: a template to fill in during a rehearsal or an operation, and a log that is known."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.files.logs.layout import HELP, PARTS, SHEET, TITLES, list_log_words
from optimiser.files.logs.write import list_log_headers, list_rows
from optimiser.model.instance import PHASES, Instance
from optimiser.model.observed_log import ObservedLog
from optimiser.output.documents.tables import write_rows
from optimiser.output.excel.book import Book, BookSheet

ROWS = 2000  # of a template that have drop-downs; assumed: a person writes a row in half a minute at best
WIDTHS = {
    "day": 13,
    "time": 9,
    "minute": 9,
    "place": 26,
    "what": 32,
    "about": 26,
    "number": 10,
    "other": 22,
    "note": 46,
}
LISTS = ("place", "what", "about", "other")  # columns with a list to choose from
_LOOKS = {"time": "clock", "number": "number", "minute": "number"}


def write_log_table(log: ObservedLog, instance: Instance, language: Language = ENGLISH) -> bytes:
    """Write a log as CSV, which is read back as the same log."""
    return write_rows(list_log_headers(language), list_rows(log, instance, language))


def write_log_template(instance: Instance, language: Language = ENGLISH, log: ObservedLog | None = None) -> bytes:
    """Make a workbook to write a log into: its columns, with lists of the places and words to choose from.

    Parameters
    ----------
    log : rows that stand in it already; none if left out.
    """
    told = instance.told_in(language.code)
    book = Book(language("Log of {name}", name=told.title), language)
    page = book.sheet(language(SHEET))
    keys = list(TITLES)
    page.widths(*(WIDTHS[key] for key in keys))
    page.head(0, list_log_headers(language))
    for column, key in enumerate(keys):
        page.sheet.write_comment(0, column, language(HELP[key]), {"x_scale": 1.4})
        page.width(column, WIDTHS[key], _LOOKS.get(key, "text"))
    for row, cells in enumerate(() if log is None else list_rows(log, instance, language), 1):
        page.put_row(row, cells)
    page.sheet.freeze_panes(1, 0)
    page.sheet.repeat_rows(0)
    _offer(book, page, keys, _choices(told, language))
    return book.finish()


def _choices(instance: Instance, language: Language) -> dict[str, list[str]]:
    """List what may be chosen in each column that has a list."""
    places = [one.name for one in (*instance.sectors, *instance.posts, *instance.reinforcements)]
    abouts = [one.name for part in PARTS for one in getattr(instance, part)]
    phases = [language(Message(phase)) for phase in PHASES if phase != "quiet"]
    return {"place": places, "what": list_log_words(language), "about": [*phases, *abouts], "other": places}


def _offer(book: Book, page: BookSheet, keys: Sequence[str], choices: dict[str, list[str]]) -> None:
    """Put the lists on a sheet of their own, and drop-downs that use them; other words may be typed and are told of."""
    lists = book.sheet("_lists")
    lists.sheet.hide()
    for column, key in enumerate(LISTS):
        lists.put(0, column, key, "head")
        for row, text in enumerate(choices[key], 1):
            lists.put(row, column, text)
        letter, number = "ABCD"[column], keys.index(key)
        if choices[key]:
            source = f"=_lists!${letter}$2:${letter}${len(choices[key]) + 1}"
            page.choose((1, ROWS), (number, number), {"validate": "list", "source": source, "error_type": "warning"})
