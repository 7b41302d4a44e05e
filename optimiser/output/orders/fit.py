"""How large a paper's letters may be so that it fits its pages: an estimate, on the safe side, without a browser."""

from __future__ import annotations

import math

from optimiser.output.blocks import (
    Block,
    Heading,
    Pairs,
    Paragraph,
    Points,
    Signatures,
    Space,
    Strip,
    Table,
    Value,
    lines,
    plain_text,
)
from optimiser.output.orders.form import Paper

USUAL = 8.2  # points, of papers of several pages
LEAST = 7.2  # points, the smallest they are set in so that no page is left almost empty; assumed
LEGIBLE = 7.0  # points, in which a sheet is still read with ease in a car; assumed
FILLED = 0.4  # share of the last page that is worth a page
SIZES = (8.8, 8.6, 8.4, 8.2, 8.0, 7.8, 7.6, 7.4, 7.2, 7.0, 6.8, 6.6, 6.4, 6.2, 6.0)  # points; the first that fits
WIDE = 527.0  # points: A4 less the margins of orders.css
HIGH = (
    725.0  # points, likewise, less a twentieth: the estimate is too low by as much where the letters of orders.css lack
)
HEADER = 48.0  # points of a paper's header
WARNING = 24.0  # points of a warning in it
LETTER = 0.495  # mean width of a letter of Arial as a share of its size, measured on these papers
LINE = 1.3  # the rest in shares of the size of letters, as in orders.css; here a line of text
TITLE = 2.1  # a block's title
PART = 3.2  # a part's title
HAND = 2.1  # a line to write on
CELL = 1.95  # a row of a table to write in
PAIR = 1.62  # a pair of label and value of one line
ROW = 0.34  # padding and border of a row of a table
STRIP = 1.7  # lines that a strip is as high as
SMALL = 0.88  # small letters
SIGNED = 5.8  # signatures
STAMP = 3.8  # more where there is room for a stamp


def fit(paper: Paper, warnings: int = 0) -> float:
    """Return the size of letters in points at which a paper fits its pages.

    That is one page where a paper must stay on one; the smallest size where none fits. Others are set smaller than
    usual where little would stand on their last page.
    """

    def pages(size: float) -> float:
        return (estimate_height(paper, size) + WARNING * warnings) / HIGH

    if paper.one_page:
        return next((size for size in SIZES if pages(size) <= 1.0), SIZES[-1])
    usual = pages(USUAL)
    if usual <= 1.0 or usual % 1.0 > FILLED:
        return USUAL
    return next((size for size in SIZES if LEAST <= size < USUAL and pages(size) <= math.floor(usual)), USUAL)


def fits(paper: Paper, size: float) -> bool:
    """Tell whether a paper fits one page in letters of so many points, estimated."""
    return estimate_height(paper, size) <= HIGH


def estimate_height(paper: Paper, size: float) -> float:
    """Estimate how high a paper gets, in points; of two sections side by side the higher one counts."""
    total, waiting = 0.0, 0.0
    for section in paper.sections:
        wide = (WIDE / 2.0 - 5.0 if section.half else WIDE) / size
        height = (TITLE if section.heading else 0.0) + sum(_height(b, wide, section.half) for b in section.blocks)
        if not section.half:
            total, waiting = total + waiting + height, 0.0
        elif waiting:
            total, waiting = total + max(waiting, height), 0.0
        else:
            waiting = height
    return HEADER + (total + waiting) * size


def _height(block: Block, wide: float, half: bool) -> float:
    """Estimate the height of a block that is so wide; both in sizes of letters."""
    match block:
        case Heading():
            return PART
        case Pairs():
            return _pairs(block, wide, half)
        case Table():
            return _table(block, wide)
        case Points():
            gap = 0.5 if block.tick else 0.2
            return sum(_lines(item, wide - 1.5) * LINE + gap for item in block.items)
        case Paragraph():
            return _lines(block.text, wide / SMALL) * LINE * SMALL + 0.3
        case Space():
            return block.lines * 2.0
        case Signatures():
            return SIGNED + STAMP * block.stamped
        case _:
            return 0.0


def _pairs(block: Pairs, wide: float, half: bool) -> float:
    """Pairs stand in two columns over the full width, in one over half of it; labels take a third."""
    room = wide if half else wide / 2.0 - 0.6
    heights = [
        max(HAND if value == "" else PAIR, max(_lines(value, 0.66 * room - 0.6), _lines(label, 0.34 * room)) * LINE)
        for label, value in block.pairs
    ]
    if half:
        return sum(heights)
    return sum(max(heights[i : i + 2]) for i in range(0, len(heights), 2))


def _table(block: Table, wide: float) -> float:
    total = sum(column.width for column in block.columns)
    rooms = [wide * column.width / total - 0.8 for column in block.columns]
    heads = [_lines(column.title, room / SMALL / 1.08) for column, room in zip(block.columns, rooms, strict=True)]
    height = max(heads) * LINE * SMALL + ROW
    for row in block.rows:
        widths = [*rooms[: len(row) - 1], sum(rooms[len(row) - 1 :])]
        most = max(_lines(v, room) + STRIP * isinstance(v, Strip) for v, room in zip(row, widths, strict=True))
        height += max(most * LINE + ROW, CELL if "" in row else 0.0)
    return height + (_lines(block.note, wide / SMALL) * LINE * SMALL + 0.3 if block.note else 0.0)


def _lines(value: Value, room: float) -> int:
    """Count the lines of a text, broken between words; a line of so many sizes of letters takes twice as many."""
    return sum(_broken(plain_text(line), room) for line in lines(value))


def _broken(text: str, room: float) -> int:
    most, found, used = max(1.0, room / LETTER), 1, 0.0
    for word in text.split():
        if used and used + 1 + len(word) > most:
            found, used = found + 1, 0.0
        used += len(word) + (1 if used else 0)
        if used > most:  # a long word is broken
            found, used = found + math.ceil(used / most) - 1, used % most
    return found
