"""Sections as a terminal shows them: columns where there is room for them, row by row where there is not."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Iterator
from typing import Any, Literal, TextIO

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.containers import Lines
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from optimiser.common.number_format import plain
from optimiser.output.blocks import (
    Block,
    Inline,
    Pairs,
    Paragraph,
    Points,
    Section,
    Span,
    Table,
    Value,
    lines,
    shortened,
    spans,
)

WIDEST = 120  # columns: beyond that the eye loses the line
PIPED = 100  # columns where nobody says how many there are: in a pipe or a file
ROOMY = 1000  # columns on which everything fits; assumed
INDENT = "  "  # before what is a part of what stands above it
STYLES = {
    "title": "bold reverse",
    "strong": "bold",
    "soft": "dim",
    "note": "dim",
    "good": "green",
    "bad": "red",
    "warning": "yellow",
    "quiet": "dim",
    "green": "bold green",
    "yellow": "bold yellow",
    "red": "bold red",
    "dispersed": "bold cyan",
}


class _Screen(Console):
    """A console that lets its user handle a reader who has gone; Rich would end the program."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - Rich calls this while it handles the error


class _Part(Text):
    """A part of what stands above it: each of its lines is indented."""

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        found = super().__rich_measure__(console, options)
        return Measurement(found.minimum + len(INDENT), found.maximum + len(INDENT))

    def wrap(self, console: Console, width: int, **options: Any) -> Lines:
        """Break it into lines, so much shorter than the width that they can be indented."""
        wrapped = super().wrap(console, max(1, width - len(INDENT)), **options)
        for line in wrapped:
            line.pad_left(len(INDENT))
        return wrapped


def make_console(stream: TextIO) -> Console:
    """Make a console on a stream: no colours where nobody wants or sees them, and no lines too long to read."""
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    console = _Screen(file=stream, color_system=colours, highlight=False, markup=False, emoji=False)
    asked = os.environ.get("COLUMNS", "").isdecimal()
    console.width = min(console.width if console.is_terminal or asked else PIPED, WIDEST)
    return console


def to_terminal(sections: Iterable[Section]) -> RenderableType:
    """Lay out sections, those without a heading after an empty line; drawings and lines to write on are left out."""
    parts: list[RenderableType] = []
    for number, section in enumerate(sections):
        if section.heading:
            parts.append(Text(f"\n{plain(section.heading).upper()}", style="bold"))
        elif number:
            parts.append(Text())
        for block in section.blocks:
            parts += _block(block)
    return Group(*parts)


def _block(block: Block) -> Iterator[RenderableType]:
    match block:
        case Paragraph():
            yield _line(block.text, STYLES.get(block.tone, ""))
        case Pairs():
            yield _pairs_grid((label, _cell(value)) for label, value in block.pairs)
        case Table():
            yield _table(block)
            if block.note:
                yield Text(plain(block.note), style="dim")
        case Points():
            for item in block.items:
                yield Text.assemble(("  - ", STYLES.get(block.tone, "")), _cell(item))


def _line(inline: Inline, style: str = "") -> Text:
    line = Text(style=style)
    for span in spans(shortened(inline)):
        line.append(plain(span.text), style=STYLES.get(span.tone, ""))
    return line


def _cell(value: Value) -> Text:
    text = Text("\n").join([_line(line) for line in lines(value)])
    return _Part(str(text)) if isinstance(value, Span) and value.tone == "sub" else text


def _pairs_grid(pairs: Iterable[tuple[str, Text]]) -> RichTable:
    """Lay out labels with values beside them."""
    table = _Grid.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in pairs:
        table.add_row(label, value)
    return table


def _table(block: Table) -> RichTable:
    table = _Grid(
        box=box.HORIZONTALS if block.ruled else box.SIMPLE_HEAD,
        show_lines=block.ruled,
        show_header=any(column.title for column in block.columns),
        header_style="bold",
        pad_edge=False,
        show_edge=False,
        expand=block.wide,
    )
    for column in block.columns:
        table.add_column(
            Text("\n").join([Text(plain(line)) for line in column.title.split("\n")]),
            justify="right" if column.right else "left",
            no_wrap=column.firm,
            ratio=round(column.width) if block.wide and not (column.right or column.firm) else None,
            overflow="fold",
            vertical="top",
        )
    for row in block.rows:
        table.add_row(*map(_cell, row))
    return table


class _Grid(RichTable):
    """A table whose columns never break a word; where the screen is too narrow for that it is told row by row."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        fitted = self._fit(console, options)
        if fitted is not None:
            yield from RichTable.__rich_console__(fitted, console, options)
            return
        cells = [list(column.cells) for column in self.columns]
        for row in zip(*cells, strict=True):
            for column, cell in zip(self.columns, row, strict=True):
                if str(cell):
                    head = Text(str(column.header).replace("\n", " "), style="bold")
                    named = self.show_header and bool(head)
                    yield Text.assemble(head, ": ", cell if isinstance(cell, Text) else str(cell)) if named else cell
            yield Text("")

    def _fit(self, console: Console, options: ConsoleOptions) -> RichTable | None:
        """Return the table with columns of fixed widths, their longest word at least; None where there is no room."""
        roomy, room = options.update(width=ROOMY), options.max_width - self._extra_width
        ranges = [self._measure_column(console, roomy, column) for column in self.columns]
        most = [r.maximum for r in ranges]
        least = [r.maximum if column.no_wrap else r.minimum for r, column in zip(ranges, self.columns, strict=True)]
        if sum(least) > room:
            return None
        ratios = [column.ratio or 0 for column in self.columns]
        widths = _share(room, least, most, ratios) if any(ratios) else _spread(min(room, sum(most)), least, most)
        fitted = copy.copy(self)
        fitted.expand, fitted.columns = False, [copy.copy(column) for column in self.columns]
        for number, (column, width) in enumerate(zip(fitted.columns, widths, strict=True)):
            column.ratio, column.width = None, width - self._get_padding_width(number)
        return fitted


def _share(room: int, least: list[int], most: list[int], ratios: list[int]) -> list[int]:
    """Give every column its share of a width by its ratio, none less than it needs; those without one what they use."""
    free = [i for i, ratio in enumerate(ratios) if ratio]
    usual = [least[i] if ratio else most[i] for i, ratio in enumerate(ratios)]
    widths = usual if sum(usual) <= room else list(least)
    while free:
        left, whole = room - sum(width for i, width in enumerate(widths) if i not in free), sum(ratios[i] for i in free)
        parts = {i: left * ratios[i] // whole for i in free}
        short = [i for i in free if parts[i] < least[i]]
        if not short:
            for i in free:
                widths[i] = parts[i]
            widths[free[-1]] += room - sum(widths)
            break
        free = [i for i in free if i not in short]
    return widths


def _spread(room: int, least: list[int], most: list[int]) -> list[int]:
    """Give every column what it can use, but the widest ones only a common width, and none less than it needs."""

    def cut(width: int) -> list[int]:
        return [max(low, min(high, width)) for low, high in zip(least, most, strict=True)]

    common = next(width for width in range(room, -1, -1) if sum(cut(width)) <= room)
    widths = cut(common)
    for i, width in enumerate(cut(common + 1)):  # what is left of the next column of the screen
        if sum(widths) < room:
            widths[i] = width
    return widths
