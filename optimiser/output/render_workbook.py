"""Sections as a workbook shows them: blocks from top to bottom on one sheet, as wide as A4 paper upright.

Nothing in it is a formula or a link, whatever a name says.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from optimiser.common.language import Language
from optimiser.common.number_format import plain
from optimiser.output.blocks import (
    Block,
    Heading,
    Pairs,
    Paragraph,
    Points,
    Section,
    Signatures,
    Space,
    Span,
    Table,
    Value,
    lines,
    plain_text,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

GRID = 24  # columns of every sheet; those of tables are merged out of them, assumed: fine enough for all
WIDTH = 4.0  # characters of one of them, so that all fit A4 upright at about 90 %
LINE = 13.0  # points of height of a line of text
HAND = 19.0  # points of height of a line to write on
MOST_TEXT = 5000  # characters of one text, assumed; a cell holds 32,767
LETTERS = 1.3  # letters of Arial on the width of one that a column counts, measured on these papers in LibreOffice
RULE = "#9AA5B0"
QUIET = ("soft", "note", "sub", "lead")  # tones that are not bold
INK = {
    "bad": "#A3122F",
    "green": "#0B6B4F",
    "yellow": "#7A5A00",
    "red": "#A3122F",
    "soft": "#55616D",
    "note": "#55616D",
}


class SheetStyles:
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


class SectionSheet:
    """One sheet that is written from top to bottom.

    Parameters
    ----------
    sheet : empty, of the same workbook as the styles.
    language : of the reader.
    """

    def __init__(self, sheet: Worksheet, styles: SheetStyles, language: Language) -> None:
        self.sheet, self.styles, self.language, self.row = sheet, styles, language, 0
        sheet.set_column(0, GRID - 1, WIDTH)

    def section(self, section: Section) -> None:
        """Write a section below what is there; those side by side on a page stand below each other."""
        if not isinstance(section.blocks[0], Heading):
            self.sheet.set_row(self.row, 6.0)
        self.row += 1
        if section.heading:
            self.line([(section.heading, GRID, {"bold": True})])
        for block in section.blocks:
            self.block(block)

    def block(self, block: Block) -> None:
        match block:
            case Heading():
                self.line([(block.title, GRID, {"bold": True, "font_size": 11, "bottom": 1})])
            case Paragraph():
                self.line([(Span(plain_text(block.text), block.tone), GRID, {})])
            case Pairs():
                for label, value in block.pairs:
                    by_hand = HAND if value == "" else 0.0
                    self.line([(label, 8, {"font_color": INK["soft"]}), (value, GRID - 8, {"bottom": 1})], by_hand)
            case Table():
                self.table(block)
            case Points():
                for item in block.items:
                    self.line([("☐" if block.tick else "–", 1, {}), (item, GRID - 1, {})])
            case Space():
                for _line in range(block.lines):
                    self.line([("", GRID, {"bottom": 1})], HAND)
            case Signatures():
                self.signatures(block)

    def table(self, block: Table) -> None:
        spans = share_widths([column.width for column in block.columns])
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
        column, high = 0, 1
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
            high = max(high, sum(math.ceil(len(part) / room) or 1 for part in str(text).split("\n")))
        self.sheet.set_row(self.row, max(high * LINE, height))
        self.row += 1

    def _written(self, value: Value, style: dict[str, Any]) -> tuple[str | int, Any]:
        if isinstance(value, int):
            return value, self.styles.get(**style)
        if isinstance(value, Span) and value.tone:
            strong = {} if value.tone in QUIET else {"bold": True}
            ink = {"font_color": INK[value.tone]} if value.tone in INK else {}
            style = {**style, **strong, **ink}
        return "\n".join(_clean(plain_text(line)) for line in lines(value)), self.styles.get(**style)


def share_widths(widths: list[float]) -> list[int]:
    """Share the grid out among columns by their widths; each gets at least one, together they get all."""
    total, done, spans, before = sum(widths), 0.0, [], 0
    for i, width in enumerate(widths):
        done += width
        left = len(widths) - 1 - i
        end = GRID if not left else min(GRID - left, max(before + 1, round(GRID * done / total)))
        spans.append(end - before)
        before = end
    return spans


def _clean(text: str) -> str:
    """Replace characters that steer; a text holds at most what a cell can."""
    return plain(text)[:MOST_TEXT]
