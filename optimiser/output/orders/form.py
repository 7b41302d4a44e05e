"""What papers are: sections of blocks under a header of their own, for page and workbook alike."""

from __future__ import annotations

from dataclasses import dataclass, field

from optimiser.model.instance import Team, VehicleType
from optimiser.output.blocks import Heading, Section, Signatures, Table

TOP = "day"  # key of the first page
SHORT = 11  # rows of a table that is not parted


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
class Paper:
    """One paper.

    Attributes
    ----------
    key : short and plain, for anchors and names of sheets.
    kind : kind of paper, above the title.
    title : what it is about, mostly a place's name.
    sections : each has exactly one block.
    place : identifier of the sector or post that it is for; empty where it is for all.
    units : those that this paper sends somewhere; each unit of a plan is on exactly one paper.
    wide : whether it is printed across.
    """

    key: str
    kind: str
    title: str
    sections: tuple[Section, ...]
    place: str = ""
    units: tuple[Unit, ...] = field(default=())
    wide: bool = False

    @property
    def one_page(self) -> bool:
        """Whether it must stay on one page: the sheet of a place, and the page that lies on top."""
        return bool(self.place) or self.key == TOP

    @property
    def tail(self) -> int:
        """How many sections at its end stay on one page: signatures, and what stands just above them if it is short."""
        kinds = [section.blocks[0] for section in self.sections]
        if not kinds or not isinstance(kinds[-1], Signatures):
            return 0
        above = kinds[-2:-1]
        if not above or self.sections[-2].half or (isinstance(above[0], Table) and len(above[0].rows) > SHORT):
            return 1
        return 3 if isinstance(kinds[-3:][0], Heading) else 2


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
    papers: tuple[Paper, ...]
