"""The parts of a workbook and how they hang together: its list of sheets, its shared texts, its formats.

Parts are found as the format says, through relationships, wherever they lie and whatever they are called.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property

from optimiser.common.message import Message
from optimiser.common.parsing import file_fault
from optimiser.files.xlsx.archive import MOST_SHEETS, Archive, fold_name, no_workbook, short, too_large
from optimiser.files.xlsx.grid import Grid, read_grid
from optimiser.files.xlsx.markup import MOST_DEPTH, Attributes, Names, damaged, keeps_space, list_elements, walk
from optimiser.files.xlsx.values import SPACE, Surroundings

MOST_LISTED = 1_000_000  # bytes of a list of parts or sheets; assumed
MOST_STYLES = 10_000_000  # bytes; assumed
MOST_SHARED = 20_000_000  # bytes of the shared texts; assumed
MOST_TEXTS = 500_000  # assumed: far above what an instance within its limits says
_TYPES, _USUAL = "[Content_Types].xml", "xl/workbook.xml"
_MAIN = re.compile(r".*(sheet|template)(\.macroEnabled)?\.main\+xml", re.IGNORECASE)
_PLACES = ("workbook/sheets", "workbook/sheets/sheet", "workbook/workbookPr", "workbook/calcPr")
_DATES = (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))  # numbers of formats of dates and times
_DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BESIDE = re.compile(r'"[^"]*"?|\\.|[_*].|\[[^\]]*\]|general|E[+-]', re.IGNORECASE)  # what a format says beside


@dataclass(frozen=True)
class Link:
    """A relationship: its name, what kind of part the other one is, and which; None where it lies outside the file."""

    name: str
    kind: str
    part: str | None


class Container:
    """A workbook of which each sheet is read when it is asked for.

    Parameters
    ----------
    raw : bytes of the file.
    source : its name in messages.

    Attributes
    ----------
    titles : names of the sheets in their order; two may be the same.
    hidden : whether each is hidden.

    Raises
    ------
    InputFault : it is no workbook, or larger inside than is accepted.
    """

    def __init__(self, raw: bytes, source: str) -> None:
        self.source = source
        self.archive = Archive(raw, source)
        self.book = self._find_book()
        self.links = self._links(self.book)
        elements = list_elements(self.archive.take(self.book, MOST_LISTED), _PLACES, source, self.book)
        lists, sheets, settings, calculation = ([a for p, a in elements if p == place] for place in _PLACES)
        if len(lists) != 1 or not sheets:
            raise no_workbook(source, Message("a damaged list of sheets"))
        if len(sheets) > MOST_SHEETS:
            expected = Message("at most {n} sheets", n=MOST_SHEETS)
            raise file_fault(source, "too-many", Message("more"), expected, Message("remove sheets"))
        self.titles = [sheet.get("name", "") for sheet in sheets]
        self.hidden = [sheet.get("state", "visible") != "visible" for sheet in sheets]
        self.parts = [self._part(sheet) for sheet in sheets]
        self.early = any(_is_on(a.get("date1904")) for a in settings)
        self.stale = any(_is_on(a.get("fullCalcOnLoad")) for a in calculation)
        self.archive.check(part for part in (*self.parts, self._named("sharedStrings"), self._named("styles")) if part)

    def read(self, number: int) -> Grid:
        """Read a sheet by its number from 0.

        Raises
        ------
        InputFault : its part is missing, is no sheet of cells, or is damaged or too large.
        """
        part = self.parts[number]
        if part is None:
            raise no_workbook(self.source, Message("{part} is missing", part=short(self.titles[number])))
        return read_grid(self.archive.take(part), self._surroundings, self.source, part)

    @cached_property
    def _surroundings(self) -> Surroundings:
        """What cells refer to: texts and formats, read once, and only if a sheet is."""
        texts, styles = self._named("sharedStrings"), self._named("styles")
        return Surroundings(
            () if texts is None else self._read_texts(texts),
            (False,) if styles is None else self._read_styles(styles),
            self.early,
            self.stale,
        )

    def _find_book(self) -> str:
        """Find the part that lists the sheets: by the relationships of the file, else by its list of types."""
        mains = [link.part for link in self._links("") if link.kind == "officeDocument" and link.part is not None]
        if not mains and _TYPES in self.archive:
            types = list_elements(self.archive.take(_TYPES, MOST_LISTED), ("Types/Override",), self.source, _TYPES)
            mains = [t.get("PartName", "") for _, t in types if _MAIN.fullmatch(t.get("ContentType", ""))]
        names = list(dict.fromkeys(fold_name(main) for main in mains or [_USUAL]))
        if len(names) != 1 or names[0] not in self.archive:
            raise no_workbook(self.source, Message("an archive of something else"))
        return names[0]

    def _links(self, part: str) -> list[Link]:
        """List the relationships of a part; of the file as a whole for an empty name."""
        folder, name = posixpath.split(part)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        if where not in self.archive:
            return []
        found = []
        content = self.archive.take(where, MOST_LISTED)
        for _, a in list_elements(content, ("Relationships/Relationship",), self.source, where):
            target = posixpath.normpath(posixpath.join("/", folder, a.get("Target", "").replace("\\", "/")))
            kind = a.get("Type", "").rpartition("/")[2]
            found.append(Link(a.get("Id", ""), kind, None if a.get("TargetMode") == "External" else fold_name(target)))
        if len({link.name for link in found}) < len(found):
            raise damaged(self.source, where)
        return found

    def _part(self, sheet: Attributes) -> str | None:
        """Return the part of a sheet of cells; None where there is none."""
        names = [value for name, value in sheet.items() if name.endswith("relationships id")]
        found = [link.part for link in self.links if link.name in names and link.kind == "worksheet"]
        return found[0] if len(found) == 1 and found[0] and found[0] in self.archive else None

    def _named(self, kind: str) -> str | None:
        """Return the one part of a kind that the list of sheets refers to; None where there is none."""
        found = [link.part for link in self.links if link.kind == kind and link.part]
        if len(found) > 1:
            raise damaged(self.source, self.book)
        return found[0] if found else None

    def _read_texts(self, part: str) -> tuple[str, ...]:
        texts = _Texts(self.source, part)
        walk(self.archive.take(part, MOST_SHARED), texts, self.source, part)
        return tuple(texts.found)

    def _read_styles(self, part: str) -> tuple[bool, ...]:
        """Tell of every format of cells whether it shows a number as a date or time."""
        places = ("styleSheet/numFmts/numFmt", "styleSheet/cellXfs/xf")
        elements = list_elements(self.archive.take(part, MOST_STYLES), places, self.source, part)
        codes = {a.get("numFmtId"): a.get("formatCode", "") for place, a in elements if place == places[0]}
        known = {str(number): True for number in _DATES} | {n: is_date(code) for n, code in codes.items()}
        return tuple(known.get(a.get("numFmtId", "0"), False) for place, a in elements if place == places[1])


class _Texts:
    """Collects the shared texts: pieces of one are joined, what tells how to pronounce it is left out."""

    def __init__(self, source: str, part: str) -> None:
        self.source, self.part = source, part
        self.found: list[str] = []
        self.path: list[str] = []
        self.pieces: list[str] = []
        self.keep = False
        self.names = Names()

    def start(self, name: str, attributes: Attributes) -> None:
        local = self.names[name]
        self.path.append(local)
        if len(self.path) > MOST_DEPTH:
            raise damaged(self.source, self.part)
        if self.path == ["sst", "si"]:
            self.found.append("")
            if len(self.found) > MOST_TEXTS:
                raise too_large(self.source, Message("{n:,} texts", n=len(self.found)))
        elif local == "t":
            self.pieces, self.keep = [], keeps_space(attributes)

    def end(self, _name: str) -> None:
        if self.path in (["sst", "si", "t"], ["sst", "si", "r", "t"]):
            text = "".join(self.pieces)
            self.found[-1] += text if self.keep else text.strip(SPACE)
        self.path.pop()

    def text(self, text: str) -> None:
        if self.path[-1] == "t":
            self.pieces.append(text)


def is_date(code: str) -> bool:
    """Return whether a format such as ``hh:mm`` or ``[h]:mm`` shows a number as a date, a time or a duration."""
    return _DURATION.search(code) is not None or re.search("[dmyhs]", _BESIDE.sub("", code), re.IGNORECASE) is not None


def _is_on(value: str | None) -> bool:
    return value is not None and value.strip().lower() in ("1", "true", "on")
