"""What a report is made of: a few kinds of blocks as plain data, which ``report.html`` turns into elements.

Texts are those of the reader's language already; whatever comes from a file is escaped by the template.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes
    ----------
    lines : one below the other; those after the first are soft unless `listed`.
    tone : ``good``, ``bad``, ``soft``, or nothing.
    listed : whether the lines are a list of equals.
    """

    lines: tuple[str, ...]
    tone: str = ""
    listed: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A text; its tone is that of a `Cell`, or ``note``."""

    kind: ClassVar[str] = "paragraph"
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Facts:
    """Names with what is said of each, and its tone."""

    kind: ClassVar[str] = "facts"
    rows: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Figures:
    """Key figures, each with the words below it."""

    kind: ClassVar[str] = "figures"
    items: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Grid:
    """A table; its first column names the rows.

    Attributes
    ----------
    columns : heading of each, and whether it holds numbers.
    widths : of the columns in percent, or none.
    cards : whether each row becomes a card on a phone, because it is too wide there.
    """

    kind: ClassVar[str] = "grid"
    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[int] = ()
    cards: bool = True


@dataclass(frozen=True)
class Listing:
    """A list of texts."""

    kind: ClassVar[str] = "listing"
    items: Sequence[str]


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


Block = Paragraph | Facts | Figures | Grid | Listing | Picture | Gallery


@dataclass(frozen=True)
class Section:
    """A part of a report under its heading; the first has none."""

    name: str
    heading: str
    blocks: Sequence[Block]
