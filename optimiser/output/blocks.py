"""What people read, as plain data: sections of a few kinds of blocks, in the reader's language.

Three renderers turn them into a terminal's text (`render_terminal`), a page (`render_page`) or sheets of a workbook
(`render_workbook`). They also replace characters that steer, whatever a name from a file holds; builders need not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from markupsafe import Markup

Tone = Literal[
    "",
    "title",
    "lead",
    "strong",
    "soft",
    "note",
    "sub",
    "tick",
    "good",
    "bad",
    "warning",
    "quiet",
    "green",
    "yellow",
    "red",
    "dispersed",
    "typed",
]
BY_HAND = ""  # an empty value on paper is a place to write


@dataclass(frozen=True)
class Span:
    """A text that is to be seen in a certain way; phases differ in words or shape too, so that no colour is needed.

    One that is typed is a command line: a page breaks it before an option at most.
    """

    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Spans:
    """Texts that follow one another on one line."""

    parts: tuple[str | Span, ...]


@dataclass(frozen=True)
class Strip:
    """A low drawing as wide as its cell, with the words that say what it shows; where nothing is drawn, those alone."""

    picture: Markup
    text: str


@dataclass(frozen=True)
class Brief:
    """A text, and what stands for it where there is little room: on a terminal and on a phone."""

    text: Inline
    short: Inline


BLANK = Span("", "soft")  # an empty value where nothing is to be written either

Inline = str | Span | Spans | Strip | Brief
Value = int | Inline | tuple[Inline, ...]  # several stand below each other


@dataclass(frozen=True)
class Heading:
    """The name of several sections that follow."""

    kind: ClassVar[str] = "heading"
    title: str


@dataclass(frozen=True)
class Paragraph:
    """A text."""

    kind: ClassVar[str] = "paragraph"
    text: Inline
    tone: Tone = ""


@dataclass(frozen=True)
class Pairs:
    """Labels with what is said of each."""

    kind: ClassVar[str] = "pairs"
    pairs: Sequence[tuple[str, Value]]


@dataclass(frozen=True)
class Figures:
    """Key figures, each with the words below it."""

    kind: ClassVar[str] = "figures"
    items: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class TableColumn:
    """A column of a table.

    Attributes
    ----------
    title : its heading.
    width : share of the width, relative to the other columns.
    right : whether it holds numbers.
    firm : whether its lines are never broken: numbers with an interval, names of files.
    scale : drawn below its heading on a page: the axis of its strips.
    """

    title: str
    width: float = 1.0
    right: bool = False
    firm: bool = False
    scale: Markup | None = None


@dataclass(frozen=True)
class Table:
    """Rows under columns; a row shorter than the columns spans the rest with its last value.

    Attributes
    ----------
    note : what is said below it.
    wide : whether it takes the whole width, shared out by the columns' widths.
    ruled : whether a line parts the rows where nothing else does, on a terminal.
    cards : whether each row becomes a card on a phone, because the table is too wide there.
    dense : whether it is an overview: small letters, and few lines for each row on a phone.
    """

    kind: ClassVar[str] = "table"
    columns: Sequence[TableColumn]
    rows: Sequence[Sequence[Value]]
    note: str = ""
    wide: bool = False
    ruled: bool = False
    cards: bool = True
    dense: bool = False


@dataclass(frozen=True)
class Points:
    """Texts one below the other; with boxes to tick if `tick`, in a tone each if it has one."""

    kind: ClassVar[str] = "points"
    items: Sequence[Value]
    tick: bool = False
    tone: Tone = ""


@dataclass(frozen=True)
class Picture:
    """A drawing, once for wide screens and paper and once for phones, with its keys."""

    kind: ClassVar[str] = "picture"
    wide: Markup
    narrow: Markup
    caption: str = ""
    keys: Sequence[tuple[Markup, str]] = ()


@dataclass(frozen=True)
class Gallery:
    """Small drawings with a heading each, side by side where there is room."""

    kind: ClassVar[str] = "gallery"
    items: Sequence[tuple[str, Markup]]
    caption: str = ""
    keys: Sequence[tuple[Markup, str]] = ()


@dataclass(frozen=True)
class Space:
    """Empty lines to write on."""

    kind: ClassVar[str] = "space"
    lines: int


@dataclass(frozen=True)
class Signatures:
    """Who signs, side by side; name and number are written by hand.

    Attributes
    ----------
    stamped : whether there is room for a stamp.
    """

    kind: ClassVar[str] = "signatures"
    people: tuple[str, ...]
    labels: tuple[str, ...]
    stamped: bool = False


Block = Heading | Paragraph | Pairs | Figures | Table | Points | Picture | Gallery | Space | Signatures


@dataclass(frozen=True)
class Section:
    """Blocks under a heading, or under none.

    Attributes
    ----------
    name : short and plain, for anchors; empty where nothing leads there.
    half : whether it stands beside another one on paper.
    """

    heading: str
    blocks: Sequence[Block]
    name: str = ""
    half: bool = False


def spans(inline: Inline) -> tuple[Span, ...]:
    """List the parts of a line, each with its tone; of a text in two forms the longer one."""
    if isinstance(inline, Strip):
        return (Span(inline.text),)
    if isinstance(inline, Brief):
        return spans(inline.text)
    parts = inline.parts if isinstance(inline, Spans) else (inline,)
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts)


def lines(value: Value) -> tuple[Inline, ...]:
    """List the lines of a value; of a whole number there is one, written without marks between thousands."""
    if isinstance(value, tuple):
        return value
    return (str(value),) if isinstance(value, int) else (value,)


def shortened(inline: Inline) -> Inline:
    """Return what stands for a line where there is little room."""
    return inline.short if isinstance(inline, Brief) else inline


def plain_text(inline: Inline) -> str:
    """Return a line without its tones."""
    return "".join(span.text for span in spans(inline))
