"""Papers as a workbook: a sheet a paper, set up for A4, to be filled in on screen or by hand.

Nothing in it is a formula or a link, whatever a name says, and the same papers give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from typing import TYPE_CHECKING, Any

from optimiser.common.language import Language
from optimiser.common.number_format import plain
from optimiser.output.orders.form import (
    Block,
    Facts,
    Heading,
    Mark,
    Orders,
    Page,
    Points,
    Signatures,
    Space,
    Table,
    Value,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

GRID = 24  # columns of every sheet; those of tables are merged out of them, assumed: fine enough for all
WIDTH = 4.0  # characters of one of them, so that all fit A4 upright at about 90 %
LINE = 13.0  # points of height of a line of text
HAND = 19.0  # points of height of a line to write on
MOST_NAME = 31  # characters of a sheet's name, a limit of the format
MOST_TEXT = 5000  # characters of one text, assumed; a cell holds 32,767
MADE = dt.datetime(2000, 1, 1)  # a date that never changes, so that bytes do not either
A4 = 9  # paper by the number of the format
LETTERS = 1.3  # letters of Arial on the width of one that a column counts, measured on these papers in LibreOffice
RULE = "#9AA5B0"
INK = {"bad": "#A3122F", "green": "#0B6B4F", "yellow": "#7A5A00", "red": "#A3122F", "soft": "#55616D"}


def make_workbook(orders: Orders, language: Language) -> bytes:
    """Write papers into a workbook."""
    import xlsxwriter  # noqa: PLC0415 - only where a workbook is made

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"title": plain(orders.title), "comments": orders.mark, "created": MADE})
        styles = _Styles(book)
        for number, page in enumerate(orders.pages, 1):
            name = f"{number:02d} {page.key}"[:MOST_NAME]  # keys are letters, digits, - and _
            _Sheet(book.add_worksheet(name), styles, language).fill(orders, page)
    return content.getvalue()


class _Styles:
    """Formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def get(self, **values: Any) -> Any:
        base = {
            "font_name": "Arial",
            "font_size": 9,
            "text_wrap": True,
            "valign": "top",
            "border_color": RULE,
            **values,
        }
        key = tuple(sorted(base.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(base)
        return self._made[key]


class _Sheet:
    """One paper, written from top to bottom."""

    def __init__(self, sheet: Worksheet, styles: _Styles, language: Language) -> None:
        self.sheet, self.styles, self.language, self.row = sheet, styles, language, 0
        sheet.set_column(0, GRID - 1, WIDTH)

    def fill(self, orders: Orders, page: Page) -> None:
        sheet, _ = self.sheet, self.language
        sheet.set_paper(A4)
        sheet.set_portrait()
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 1 if page.place else 0)
        sheet.set_footer(f"&L&8{orders.mark}&R&8&P / &N")  # the mark is letters and digits of ours alone
        sheet.hide_gridlines(2)
        self.line([(page.kind, 12, {"bold": True}), (orders.mark, 12, {"align": "right"})])
        self.line([(page.title, GRID, {"bold": True, "font_size": 14})], height=20.0)
        self.line([(orders.title if page.title != orders.title else "", 12, {}), (orders.when, 12, {"align": "right"})])
        for text in orders.warnings[: 1 if page.place else None]:
            self.line([(text, GRID, {"font_color": INK["bad"], "bold": True})])
        for block in page.blocks:
            self.block(block)

    def block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self.row += 1
            self.line([(block.title, GRID, {"bold": True, "font_size": 11, "bottom": 1})])
            return
        self.sheet.set_row(self.row, 6.0)
        self.row += 1
        if block.title:
            self.line([(block.title, GRID, {"bold": True})])
        if isinstance(block, Facts):
            for label, value in block.pairs:
                by_hand = HAND if value == "" else 0.0
                self.line([(label, 8, {"font_color": INK["soft"]}), (value, GRID - 8, {"bottom": 1})], by_hand)
        elif isinstance(block, Table):
            self.table(block)
        elif isinstance(block, Points):
            for item in block.items:
                self.line([("☐" if block.tick else "–", 1, {}), (item, GRID - 1, {})])
        elif isinstance(block, Space):
            for _line in range(block.lines):
                self.line([("", GRID, {"bottom": 1})], HAND)
        else:
            self.signatures(block)

    def table(self, block: Table) -> None:
        spans = share([column.width for column in block.columns])
        head = {"bold": True, "border": 1, "font_color": INK["soft"], "font_size": 8}
        right = [{"align": "right"} if column.right else {} for column in block.columns]
        titles = zip(block.columns, spans, right, strict=True)
        self.line([(column.title, span, {**head, **side}) for column, span, side in titles])
        for row in block.rows:
            widths = [*spans[: len(row) - 1], sum(spans[len(row) - 1 :])]
            sides = right if len(row) == len(spans) else [{}] * len(row)
            cells = [(v, w, {"border": 1, **side}) for v, w, side in zip(row, widths, sides, strict=True)]
            self.line(cells, HAND if "" in row else 0.0)
        if block.note:
            self.line([(block.note, GRID, {"font_color": INK["soft"], "font_size": 8})])

    def signatures(self, block: Signatures) -> None:
        width = GRID // len(block.people)
        self.line([(person, width, {"bold": True}) for person in block.people])
        for label in (*block.labels, self.language("Signature")):
            cell = {"font_color": INK["soft"], "font_size": 8, "bottom": 1}
            self.line([(label, width, cell) for _person in block.people], 1.5 * HAND)

    def line(self, cells: list[tuple[Value, int, dict[str, Any]]], height: float = 0.0) -> None:
        """Write cells side by side, each over so many columns of the grid; the row is as high as its longest text."""
        column, lines = 0, 1
        for value, span, style in cells:
            text, form = self._written(value, style)
            if span > 1:
                self.sheet.merge_range(self.row, column, self.row, column + span - 1, "", form)
            if isinstance(text, int):
                self.sheet.write_number(self.row, column, text, form)
            elif text:
                self.sheet.write_string(self.row, column, text, form)
            else:
                self.sheet.write_blank(self.row, column, None, form)
            column += span
            room = span * WIDTH * LETTERS * (9.0 / style.get("font_size", 9))
            lines = max(lines, sum(math.ceil(len(part) / room) or 1 for part in str(text).split("\n")))
        self.sheet.set_row(self.row, max(lines * LINE, height))
        self.row += 1

    def _written(self, value: Value, style: dict[str, Any]) -> tuple[str | int, Any]:
        if isinstance(value, Mark):
            strong = {} if value.tone == "soft" else {"bold": True}
            ink = {"font_color": INK[value.tone]} if value.tone in INK else {}
            return clean(value.text), self.styles.get(**{**style, **strong, **ink})
        if isinstance(value, tuple):
            return "\n".join(clean(text) for text in value), self.styles.get(**style)
        return (value if isinstance(value, int) else clean(value)), self.styles.get(**style)


def share(widths: list[float]) -> list[int]:
    """Share the grid out among columns by their widths; each gets at least one, together they get all."""
    total, done, spans, before = sum(widths), 0.0, [], 0
    for i, width in enumerate(widths):
        done += width
        left = len(widths) - 1 - i
        end = GRID if not left else min(GRID - left, max(before + 1, round(GRID * done / total)))
        spans.append(end - before)
        before = end
    return spans


def clean(text: str) -> str:
    """Replace characters that steer; a text holds at most what a cell can."""
    return plain(text)[:MOST_TEXT]
