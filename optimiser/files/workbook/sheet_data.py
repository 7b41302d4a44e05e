"""An instance as it stood in the sheets of a workbook, and the way from a place in the data to its cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from optimiser.common.errors import Fault
from optimiser.common.message import Message
from optimiser.common.numerals import clarify
from optimiser.files.workbook.cells import LEAVE_EMPTY
from optimiser.model.cautions import Caution
from optimiser.model.instance import Instance
from optimiser.model.values.unread import Naming, Unread

REPAIRS = {
    "bad-clock": Message("write it as 14:30"),
    "missing-field": Message("fill the cell"),
    "bad-date": Message("write it as 2024-08-20 13:00"),
}
_PATH = re.compile(r"\b[a-z_]+(?:\[\d+\]|\.[a-z0-9_-]+)+")


_CELL = re.compile(r"(.*)!([A-Z]+)(\d+)", re.DOTALL)
UNDERSTOOD = ("wrong-type", "bad-clock", "bad-date", "not-a-choice")  # faults of a text that was not understood
NAMED = ("unknown-role", "bad-identifier")  # faults of the name, not of the number
COORDINATES = ("lat", "lon", "x", "y")


def _is_row(place: str) -> bool:
    """Return whether a place is a row, whose cell is its first one, whatever stands there."""
    return place.endswith("]") and not place.startswith("travel.")


def _whole(place: str) -> str:
    """Return the place of a list whose part a place is, or the place itself."""
    return re.sub(r"\[\d+\]$", "", place)


def _order(place: str, sheets: Sequence[str]) -> tuple[int, int, int, str]:
    """Return where a cell comes: sheet by sheet, row by row; before them what is about the workbook."""
    cell = _CELL.fullmatch(place)
    if cell is None or cell[1] not in sheets:
        return -1, 0, 0, ""
    return sheets.index(cell[1]), int(cell[3]), len(cell[2]), cell[2]


@dataclass
class SheetData:
    """An instance as it stood in a workbook.

    Attributes
    ----------
    data : as in a TOML file.
    cells : by place in the data, such as ``sectors[3].cover``, the cell, ``sectors!K6``.
    named : by place of a number that has a name of its own in the row, the cell of that name.
    faults : what is wrong with the sheets themselves.
    absent : fields whose column or sheet is missing, which is already told, such as ``sectors[].name``.
    cautions : what is unusual in the sheets themselves, such as hidden rows that were read.
    unclear : cells whose value is not known, or is told already.
    doubtful : places of values that may stand in a column whose header is not known.
    advice : by place, what would be clear instead of a text that could not be understood.
    names, name_faults : names in first columns, which lead to rows of other sheets, and those that are no identifiers.
    headers : by place, the name of its column or field in the language of the sheet.
    choices : by place, what may stand there, in the language of the sheet.
    titles : by sheet, its name in the workbook.
    strays : places of things that are in no row, made so that rows that belong to nothing are looked at.
    """

    data: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    cautions: list[Caution] = field(default_factory=list)
    unclear: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    advice: dict[str, Message] = field(default_factory=dict)
    names: list[Naming] = field(default_factory=list)
    name_faults: list[Fault] = field(default_factory=list)
    strays: set[str] = field(default_factory=set)
    headers: dict[str, str] = field(default_factory=dict)
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    def unread(self) -> Unread:
        """Return what is not known of the workbook, and the names in first columns, which lead to other sheets."""
        places = {place for place, cell in self.cells.items() if cell in self.unclear and not _is_row(place)}
        places |= {f"{stray}.{name}" for stray in self.strays for name in COORDINATES}
        spelt = {fault.place for fault in self.name_faults}
        return Unread(places | self.doubtful, spelt, self.strays, tuple(self.names), tuple(self.name_faults))

    def note(self, instance: Instance) -> Instance:
        """Return the instance with what is unusual in the workbook; what it noted itself gets its cells."""
        found = [replace(c, place=self.locate(c.place)) for c in instance.noted]
        return instance.renote([*self.cautions, *found])

    def relocate(self, faults: Sequence[Fault]) -> list[Fault]:
        """Return faults with the cells they stand in, by sheet and row; what the sheets themselves told is left out."""
        moved = dict.fromkeys(self._move(fault) for fault in faults if not self._is_told(fault))  # each cell once
        told = [*self.faults, *(fault for fault in moved if fault.place not in self.unclear)]
        sheets = list(dict.fromkeys(self.titles.values()))
        return sorted(told, key=lambda fault: _order(fault.place, sheets))

    def _is_told(self, fault: Fault) -> bool:
        stray = fault.place.partition(".")
        if stray[0] in self.strays and not re.match("critical|official|itinerary|legs|minimum|maximum", stray[2]):
            return True
        return fault.code == "missing-field" and self._is_absent(fault.place)

    def _is_absent(self, place: str) -> bool:
        return re.sub(r"\[\d+\]", "[]", place.removesuffix(".value")) in self.absent

    def locate(self, place: str) -> str:
        """Name the cell of a place in the data, or of what it belongs to."""
        short = place
        while short not in self.cells and (shorter := re.sub(r"(\[\d+\]|\.?[^.\[\]]*)$", "", short)) != short:
            short = shorter
        return self.cells.get(short, place)

    def _move(self, fault: Fault) -> Fault:
        cell = (
            self.named[fault.place] if fault.code in NAMED and fault.place in self.named else self.locate(fault.place)
        )
        repair: str = REPAIRS.get(fault.code, fault.repair)
        if fault.code in UNDERSTOOD:
            repair = self._advise(fault.place, repair)
        expected = self._name_cells(fault.expected)
        if self._advise(_whole(fault.place), "") is LEAVE_EMPTY:
            expected, repair = Message("a name, or nothing"), LEAVE_EMPTY
        elif fault.code == "not-a-choice" and (choices := self.choices.get(_whole(fault.place))):
            expected = Message("one of {choices}", choices=", ".join(f"'{choice}'" for choice in choices))
        if fault.code in ("too-few", "nowhere-to-go") and fault.place.endswith((".itinerary", ".legs")):
            sheet = fault.place.rpartition(".")[2]
            if sheet == "itinerary":
                fault, expected = replace(fault, found=Message("no stop")), Message("at least one stop")
            repair = Message("add its rows in the sheet {sheet}", sheet=self.titles.get(sheet, sheet))
        if fault.code == "duplicate-id":
            expected = self._name_sheets(fault.expected)
        if expected == "true or false":
            expected, repair = Message("yes or no"), Message("write yes or no")
        if fault.code == "missing-field":
            path = re.sub(r"^[a-z]+\[\d+\]\.|\.value$", "", fault.place)
            name = self.headers.get(fault.place.removesuffix(".value"), path)
            expected = Message("{field}, {expected}", field=name, expected=expected)
            repair = Message("add its row") if cell.endswith("!A1") else repair
        moved = replace(fault, place=cell, repair=self._name_cells(repair), expected=expected)
        unclear = fault.code == "wrong-type" and not self._advise(fault.place, "")
        return clarify([moved])[0] if unclear else moved

    def _name_sheets(self, words: str) -> str:
        """Name sheets as the workbook does in a message about several."""
        if not isinstance(words, Message) or "sections" not in words.values:
            return words
        sections = [self.titles.get(name, name) for name in str(words.values["sections"]).split(", ")]
        return Message(words.one, sections=", ".join(sections))

    def _advise(self, place: str, repair: str) -> str:
        """Return what would be clear instead of a text that was not understood."""
        return self.advice.get(place, self.advice.get(place.removesuffix(".value"), repair))

    def _name_cells(self, words: str) -> str:
        """Name cells instead of places of the data, where those are values of a message."""
        if not isinstance(words, Message):
            return _PATH.sub(lambda path: self.cells.get(path[0], path[0]), words)
        values = {n: self._name_cells(v) if isinstance(v, str) else v for n, v in words.values.items()}
        return Message.made(words.one, words.many, words.number, values)
