"""Papers as a workbook: a sheet a paper, set up for A4, to be filled in on screen or by hand.

The same papers give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from optimiser.common.language import Language
from optimiser.common.message import Message
from optimiser.common.number_format import plain
from optimiser.files.plan_tables.layout import SHEET
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.output.blocks import Span
from optimiser.output.excel.book import Book
from optimiser.output.excel.plotting import write_plotting, write_stamp
from optimiser.output.orders.form import Orders, Paper
from optimiser.output.render_workbook import GRID, SectionSheet, SheetStyles

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_NAME = 31  # characters of a sheet's name, a limit of the format
MADE = dt.datetime(2000, 1, 1)  # a date that never changes, so that bytes do not either
# of papers that are for all; forms keep their numbers, sheets of places their identifiers
TITLES = {"day": Message("day"), "order": Message("order"), "review": Message("review")}
A4 = 9  # paper by the number of the format


def papers_workbook(orders: Orders, instance: Instance, deployment: Deployment, language: Language) -> bytes:
    """Write papers into a workbook, and behind them the list of who stands where, which is read back as the plan."""
    content = io.BytesIO()
    with _begin(content, orders) as book:
        _write_papers(book, orders, language)
        lists = Book("", language, book)
        write_plotting(lists.sheet(language(SHEET)), instance, deployment, language)
        write_stamp(lists, instance, deployment, language)
        lists.settle()
    return content.getvalue()


def plain_workbook(orders: Orders, language: Language, more: Callable[[Book], None]) -> bytes:
    """Write papers into a workbook, and behind them what is written by a function."""
    content = io.BytesIO()
    with _begin(content, orders) as book:
        _write_papers(book, orders, language)
        lists = Book("", language, book)
        more(lists)
        lists.settle()
    return content.getvalue()


def _begin(content: io.BytesIO, orders: Orders) -> Workbook:
    import xlsxwriter  # noqa: PLC0415 - only where a workbook is made

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"title": plain(orders.title), "comments": orders.mark, "created": MADE})
    return book


def _write_papers(book: Workbook, orders: Orders, language: Language) -> None:
    styles = SheetStyles(book)
    for number, paper in enumerate(orders.papers, 1):
        name = f"{number:02d} {_title(paper, language)}"[:MOST_NAME]
        sheet = book.add_worksheet(name)
        _set_up(sheet, orders, paper)
        writer = SectionSheet(sheet, styles, language)
        _write_header(writer, orders, paper)
        for section in paper.sections:
            writer.section(section)


def _title(paper: Paper, language: Language) -> str:
    """Give the short name of a paper in the reader's language: letters, digits, spaces, - and _."""
    return paper.key if paper.place or paper.key not in TITLES else language(TITLES[paper.key])


def _set_up(sheet: Worksheet, orders: Orders, paper: Paper) -> None:
    sheet.set_paper(A4)
    if paper.wide:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 1 if paper.place else 0)
    sheet.set_footer(f"&L&8{orders.mark}&R&8&P / &N")  # the mark is letters and digits of ours alone
    sheet.hide_gridlines(2)


def _write_header(writer: SectionSheet, orders: Orders, paper: Paper) -> None:
    writer.line([(paper.kind, 12, {"bold": True}), (orders.mark, 12, {"align": "right"})])
    writer.line([(paper.title, GRID, {"bold": True, "font_size": 14})], height=20.0)
    whose = orders.title if paper.title != orders.title else ""
    writer.line([(whose, 12, {}), (orders.when, 12, {"align": "right"})])
    for text in orders.warnings[: 1 if paper.place else None]:
        writer.line([(Span(text, "bad"), GRID, {})])
