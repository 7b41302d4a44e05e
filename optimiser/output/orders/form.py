"""What papers are made of: blocks of texts and numbers, already in the reader's language, for page and workbook alike.

An empty value is a place to write by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from optimiser.model.instance import Team, VehicleType

Tone = Literal["strong", "soft", "bad", "green", "yellow", "red", "tick"]
BY_HAND = ""


@dataclass(frozen=True)
class Mark:
    """A text that is to be seen in a certain way; phases differ in shape too, so that no colour is needed."""

    text: str
    tone: Tone


Value = str | int | Mark | tuple[str, ...]  # several texts stand below each other


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    width : share of the width, relative to the other columns.
    right : whether it holds numbers.
    """

    title: str
    width: float = 1.0
    right: bool = False


@dataclass(frozen=True)
class Heading:
    """The name of a part."""

    kind: ClassVar[str] = "heading"
    title: str
    half: bool = False


@dataclass(frozen=True)
class Facts:
    """Labels with values."""

    kind: ClassVar[str] = "facts"
    title: str
    pairs: tuple[tuple[str, Value], ...]
    half: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under columns; a row shorter than the columns spans the rest with its last value."""

    kind: ClassVar[str] = "table"
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""
    half: bool = False


@dataclass(frozen=True)
class Points:
    """Sentences, one below the other; with boxes to tick if `tick`."""

    kind: ClassVar[str] = "points"
    title: str
    items: tuple[Value, ...]
    tick: bool = False
    half: bool = False


@dataclass(frozen=True)
class Space:
    """Empty lines to write on."""

    kind: ClassVar[str] = "space"
    title: str
    lines: int
    half: bool = False


@dataclass(frozen=True)
class Signatures:
    """Who signs, side by side; name and number are written by hand."""

    kind: ClassVar[str] = "signatures"
    people: tuple[str, ...]
    labels: tuple[str, ...]
    title: str = ""
    half: bool = False


Block = Heading | Facts | Table | Points | Space | Signatures


@dataclass(frozen=True)
class Unit:
    """Teams of one kind or vehicles of one type at one place, by running numbers over the whole plan.

    Attributes
    ----------
    kind : team kind or vehicle type.
    first : first running number, from 1.
    number : how many.
    heads : of the teams, or of the extra crews of the vehicles.
    """

    kind: Team | VehicleType
    first: int
    number: int
    heads: int

    @property
    def numbers(self) -> str:
        """Running numbers as people write them: ``3`` or ``3-5``."""
        last = self.first + self.number - 1
        return f"{self.first}" if self.number == 1 else f"{self.first}-{last}"


@dataclass(frozen=True)
class Page:
    """One paper.

    Attributes
    ----------
    key : short and plain, for anchors and names of sheets.
    kind : kind of paper, above the title.
    title : what it is about, mostly a place's name.
    place : identifier of the sector or post that it is for; empty where it is for all.
    units : those that this paper sends somewhere; each unit of a plan is on exactly one paper.
    """

    key: str
    kind: str
    title: str
    blocks: tuple[Block, ...]
    place: str = ""
    units: tuple[Unit, ...] = field(default=())


@dataclass(frozen=True)
class Orders:
    """All papers of one plan.

    Attributes
    ----------
    mark : instance and hash of the plan, on every page; letters and digits of the program alone.
    warnings : what must be seen first; empty where all is well.
    """

    title: str
    when: str
    mark: str
    warnings: tuple[str, ...]
    pages: tuple[Page, ...]
