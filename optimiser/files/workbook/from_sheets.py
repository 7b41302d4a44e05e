"""From the sheets of a workbook to the tables of an instance, remembering in which cell every value stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from optimiser.common.faults import IN_TEMPLATE, make_fault, suggest
from optimiser.common.message import Message
from optimiser.files.workbook.cells import advise_on, name_cell, say_choice, take, take_text
from optimiser.files.workbook.labels import (
    FIELD,
    VALUE,
    find_meant,
    fold_header,
    label_sheet,
    read_columns,
    suggest_meant,
)
from optimiser.files.workbook.layout import RANGE, Column, Sheet, lay_out
from optimiser.files.workbook.open_workbook import Opened, open_pages
from optimiser.files.workbook.pages import Page, SheetRow
from optimiser.files.workbook.sheet_data import REPAIRS, SheetData
from optimiser.files.workbook.translations import read_texts
from optimiser.files.xlsx.moments import Moment, read_clock
from optimiser.model.values.field_faults import forbids, refuse_field, spell_identifier
from optimiser.model.values.identifiers import fold_identifier
from optimiser.model.values.unread import Naming

PARENTS = {  # what a row belongs to, by its sheet
    "sectors": Message("the sector that the row is about"),
    "gatherings": Message("the gathering that the row is about"),
    "movements": Message("the movement that the row is about"),
}
LISTS = ("itinerary", "legs")  # sheets of what every row of their parent needs
IDENTIFIER = {"type": "string", "pattern": "^[a-z0-9]"}
SHORT_NAME = Message("lower-case letters, digits, - and _; at most 60")


def read_sheets(raw: bytes, source: str) -> SheetData:
    """Read the sheets of a workbook into data as they stand in a TOML file.

    Parameters
    ----------
    raw : bytes of the file.
    source : its name in messages.

    Raises
    ------
    InputFault : it is no workbook, or larger than is accepted.
    """
    layout = lay_out()
    opened = open_pages(raw, source, layout)
    reader = _Reader(opened)
    reader.result.faults += opened.faults
    reader.result.cautions += opened.cautions
    reader.result.unclear |= opened.unclear
    children = [sheet.base.rpartition(".")[2] for sheet in layout if "[]" in sheet.base]
    for sheet in layout:
        page = opened.pages.get(sheet.name)
        if page is not None:
            reader.result.faults += page.check_header(children)
            reader.read(sheet, page)
        elif sheet.required or any(other.parent == sheet.name and opened.holds(other.name) for other in layout):
            reader.miss(sheet)
        elif opened.strange:
            reader.result.doubtful.add(sheet.base)
    return reader.result


class _Reader:
    """Reads page after page; parents come before their children."""

    def __init__(self, opened: Opened) -> None:
        self.result = SheetData(titles={name: page.title for name, page in opened.pages.items()})
        self.code = opened.code
        self.ids: dict[str, dict[str, int]] = {}
        self.twice: set[tuple[str, int]] = set()  # sheet and number of things whose name others have too, which is told

    def miss(self, sheet: Sheet) -> None:
        """Tell that a sheet is missing that every instance needs."""
        name = label_sheet(sheet.name, self.code)
        expected = Message("a sheet named {name}", name=name)
        repair = Message("add the sheet; optimiser template makes a workbook with all")
        self._tell("missing-field", name, None, expected, repair)
        self.result.absent |= {"name", "title", "period", "cap"} if sheet.form == "fields" else {sheet.base}
        self.result.doubtful |= {sheet.base} if sheet.form == "table" else set()

    def read(self, sheet: Sheet, page: Page) -> None:
        """Read one page."""
        if sheet.form == "fields":
            self._read_fields(sheet, page)
        elif sheet.form == "grid":
            self._read_grid(page)
        elif sheet.name == "matrix_ranges":
            self._read_ranges(page)
        elif sheet.name == "waiting_marks":
            self._read_marks(sheet, page)
        elif sheet.name == "texts":
            self.result.faults += read_texts(sheet, page, self._holder("texts"), self.result.cells)
        elif sheet.parent:
            self._read_children(sheet, page)
        else:
            self._read_table(sheet, page)

    def _tell(self, code: str, place: str, found: object, expected: str, repair: str) -> None:
        if place not in self.result.unclear:
            self.result.faults.append(make_fault(code, place, found, expected, repair))
            self.result.unclear.add(place)

    def _holder(self, base: str) -> dict[str, Any]:
        """Return the table of the data that a base lies in."""
        holder = self.result.data
        for key in base.split(".") if base else ():
            holder = holder.setdefault(key, {})
        return holder

    # ------------------------------------------------------------ one thing a row

    def _read_table(self, sheet: Sheet, page: Page) -> None:
        holder, _, name = sheet.base.rpartition(".")
        if page.header is None and any(map(any, page.rows)):  # told as a sheet without headers
            self.result.absent.add(sheet.base)
            self.result.doubtful.add(sheet.base)
            return
        things = self._holder(holder)[name] = []
        self.result.cells[sheet.base] = page.top()
        ids = self.ids[sheet.name] = {}
        self._note_absent(sheet, page, f"{sheet.base}[]")
        for number, entry in enumerate(page.entries()):
            record = self._record(sheet.columns, page, entry, f"{sheet.base}[{number}]")
            things.append(record)
            if ids.setdefault(fold_identifier(str(record.get("id"))), number) != number:
                self.twice.add((sheet.name, ids[fold_identifier(str(record.get("id")))]))

    def _note_absent(self, sheet: Sheet, page: Page, base: str) -> None:
        """Remember required columns that are missing, so that rows are not told for lacking them."""
        if page.header is not None:
            missing = (c.path for c in sheet.columns if c.required and c.path not in page.index)
            self.result.absent |= {f"{base}.{path}" for path in missing}

    def _record(self, columns: Sequence[Column], page: Page, entry: SheetRow, base: str) -> dict[str, Any]:
        """Read one row; a group such as containment is filled up with its defaults once one of it is given."""
        record: dict[str, Any] = {}
        cells = self.result.cells
        cells[base] = name_cell(page.title, entry.row, 0)
        groups: dict[str, list[Column]] = {}
        for column in columns:
            group, _, leaf = column.path.rpartition(".")
            groups.setdefault(group, []).append(column)
            value = self._value(column, page, entry, f"{base}.{column.path}")
            if column.path not in page.index and (page.strange or column.required):
                self.result.doubtful.add(f"{base}.{column.path}")
            if value is not None:
                (record.setdefault(group, {}) if group else record)[leaf] = value
        for group, members in groups.items():
            if group and group in record:
                for column in members:
                    record[group].setdefault(column.path.rpartition(".")[2], column.default)
        return record

    def _value(self, column: Column, page: Page, entry: SheetRow, place: str, name: str = "") -> Any:
        """Read a value and what it carries; None where nothing is said."""
        name = name or column.path
        if name in page.index:
            for end in ("", ".value"):
                self.result.cells[place + end] = page.at(entry.row, name)
            self.result.headers[place] = page.name(column.path)
        self.result.choices[place] = tuple(say_choice(choice, page.code) for choice in column.choices)
        value = take(entry.values[name], column) if name in entry.values else None
        if (advice := advise_on(value, column)) is not None:
            self.result.advice[place] = advice
        if column.kind == "clock" and isinstance(value, Moment | float | int):
            value = self._clock(value, page.at(entry.row, name), column)
        carried = (
            self._carried(column, page, entry, place, "" if name == VALUE else f"{name}.") if column.ranged else {}
        )
        if not carried:
            return value
        return carried if value is None else {"value": value, **carried}

    def _clock(self, value: Any, cell: str, column: Column) -> Any:
        """Return the time of a cell that holds a date, or a number of days; what is none is told and given back."""
        moment = value if isinstance(value, Moment) else Moment(float(value))
        if isinstance(value, bool) or 0.0 <= moment.serial < 1.0:
            return value
        placed = read_clock(moment, self.result.data.get("period"), column.path.endswith("end"))
        if isinstance(placed, str):
            return placed
        self._tell(placed.code, cell, placed.found, placed.expected, placed.repair)
        return value

    def _carried(self, column: Column, page: Page, entry: SheetRow, place: str, prefix: str) -> dict[str, Any]:
        carried = {}
        for end in RANGE:
            if prefix + end in page.index:
                self.result.cells[f"{place}.{end}"] = page.at(entry.row, prefix + end)
            if prefix + end in entry.values:
                kind = Column(end, "text") if end == "source" else replace(column, path=end, kind="number")
                value = take(entry.values[prefix + end], kind)
                if (advice := advise_on(value, kind)) is not None:
                    self.result.advice[f"{place}.{end}"] = advice
                carried[end] = int(value) if isinstance(value, float) and value.is_integer() else value
        return carried

    # ------------------------------------------------------------ rows that belong to a thing of another sheet

    def _read_children(self, sheet: Sheet, page: Page) -> None:
        key, *columns = sheet.columns
        self._note_absent(sheet, page, sheet.base if sheet.base.endswith("[].official") else f"{sheet.base}[]")
        parents = self.result.data.setdefault(sheet.parent, [])
        for entry in page.entries():
            number = self._parent(key, sheet, page, entry)
            place = f"{sheet.parent}[{number}]"
            if sheet.name == "limits":
                self._limit(columns, page, entry, parents[number], place, (sheet.parent, number) in self.twice)
                continue
            name = sheet.base.rpartition(".")[2]
            owner, place = parents[number], f"{place}.{name}"
            if name == "official":
                if name in owner and (sheet.parent, number) not in self.twice:
                    cell, expected = page.at(entry.row, key.path), Message("one official for a sector")
                    found = entry.values.get(key.path)
                    self._tell("duplicate-key", cell, found, expected, Message("remove one of the rows"))
                    continue
                owner[name] = self._record(columns, page, entry, place)
                continue
            things = owner.setdefault(name, [])
            things.append(self._record(columns, page, entry, f"{place}[{len(things)}]"))
        if sheet.name in LISTS and f"{sheet.parent}[].id" in self.result.absent:
            self.result.absent.add(sheet.base)  # nobody knows whose rows these are
        elif sheet.name in LISTS:
            for number, parent in enumerate(parents):
                first = self.ids.get(sheet.parent, {}).get(fold_identifier(str(parent.get("id"))), number)
                if f"{sheet.parent}[{number}]" not in self.result.strays:  # a name given twice is told as that
                    parent.setdefault(sheet.name, [] if first == number else parents[first].get(sheet.name, []))

    def _parent(self, key: Column, sheet: Sheet, page: Page, entry: SheetRow) -> int:
        """Find the thing a row belongs to; where there is none, one that is made so that the row is looked at."""
        place = page.at(entry.row, key.path)
        ids = self.ids.get(sheet.parent, {})
        if key.path not in page.index:
            return self._stray(sheet)
        if key.path not in entry.values:
            self._tell("missing-field", place, None, PARENTS[sheet.parent], REPAIRS["missing-field"])
            return self._stray(sheet)
        text = str(take(entry.values[key.path], key))
        name, spelt = fold_identifier(text), spell_identifier(IDENTIFIER, text)
        if spelt != name:
            repair = Message("write it as {name}", name=spelt or "kpu-1")
            self.result.name_faults.append(make_fault("bad-identifier", place, text, SHORT_NAME, repair))
        if spelt is not None:
            self.result.names.append(Naming(place, spelt, sheet.parent.removesuffix("s")))
        number = ids.get(name, ids.get(spelt or ""))
        return self._stray(sheet) if number is None else number

    def _stray(self, sheet: Sheet) -> int:
        """Return the number of a thing that is in no row, to hold a row that belongs to nothing."""
        things = self.result.data[sheet.parent]
        name = sheet.base.rpartition(".")[2]
        for number, thing in enumerate(things):
            if f"{sheet.parent}[{number}]" in self.result.strays and name not in ("official", "") and name in thing:
                return number
        things.append({})
        self.result.strays.add(f"{sheet.parent}[{len(things) - 1}]")
        return len(things) - 1

    def _limit(
        self, columns: Sequence[Column], page: Page, entry: SheetRow, owner: dict[str, Any], base: str, several: bool
    ) -> None:
        role = fold_identifier(take_text(take(entry.values.get("role", ""), columns[0])))
        if not role:
            if "role" in page.index:
                expected = Message("the role that the row is about")
                self._tell("missing-field", page.at(entry.row, "role"), None, expected, REPAIRS["missing-field"])
            return
        for column in columns[1:]:
            held = owner.setdefault(column.path, {})
            if role in held and column.path in entry.values and not several:
                place, expected = page.at(entry.row, "role"), Message("one row for a sector and role")
                self._tell("duplicate-key", place, role, expected, Message("remove one of the rows"))
                continue
            if role in held:
                continue
            self.result.named[f"{base}.{column.path}.{role}"] = page.at(entry.row, "role")
            value = self._value(column, page, entry, f"{base}.{column.path}.{role}", column.path)
            if value is not None:
                held[role] = value

    # ------------------------------------------------------------ one field a row

    def _read_fields(self, sheet: Sheet, page: Page) -> None:
        prefix = f"{sheet.base}." if sheet.base else ""
        columns, meanings = {column.path: column for column in sheet.columns}, read_columns(sheet)
        for path in columns:
            self.result.cells[prefix + path] = page.top()
            self.result.headers[prefix + path] = page.name(path)
        self.result.cells.setdefault(sheet.base or "period", page.top())
        if sheet.base != "presence":  # which is there only where something of it is said
            self._holder(sheet.base or "period")
        seen: dict[str, int] = {}
        for entry in page.entries():
            text = fold_header(take_text(entry.values.get(FIELD, "")))
            name, place = meanings.get(text, text), page.at(entry.row, FIELD)
            if not name:
                expected = Message("the field that the row is about")
                self._tell("missing-field", place, None, expected, REPAIRS["missing-field"])
            elif name in seen:
                repair = Message("row {n} has it; remove one", n=str(seen[name] + 1))
                self._tell("duplicate-key", place, text, Message("each field once"), repair)
            else:
                meant = name if name in columns else self._refuse(sheet, page, entry, name)
                if meant in columns and meant not in seen:
                    group, _, leaf = f"{prefix}{meant}".rpartition(".")
                    value = self._value(columns[meant], page, entry, prefix + meant, VALUE)
                    if value is not None:
                        self._holder(group)[leaf] = value
            seen.setdefault(name, entry.row)

    def _refuse(self, sheet: Sheet, page: Page, entry: SheetRow, name: str) -> str | None:
        """Tell of a field that there is not; return the one that is meant, if its row is nowhere."""
        place, meanings = page.at(entry.row, FIELD), read_columns(sheet)
        if sheet.name == "law":
            known = [column.path for column in sheet.columns]
            advice = suggest(name, known) or Message("name one, or remove it")
            self._tell("unknown-constant", place, name, Message("a constant that exists"), advice)
        else:
            known, advice = sorted(map(page.name, page.columns)), suggest_meant(name, meanings, page.columns)
            self.result.faults.append(refuse_field(place, name, name, known, False, advice, IN_TEMPLATE))
        given = {fold_header(take_text(other.values.get(FIELD, ""))) for other in page.entries()}
        told = {meanings.get(text, text) for text in given}
        left = [column.path for column in sheet.columns if column.path not in told]
        meant = None if forbids(name) else find_meant(name, meanings, left)
        prefix = f"{sheet.base}." if sheet.base else ""
        if meant is None:
            self.result.doubtful |= {prefix + path for path in left}
        return meant

    # ------------------------------------------------------------ lists and grids

    def _read_marks(self, sheet: Sheet, page: Page) -> None:
        marks = self._holder("doctrine")["waiting_marks"] = []
        self.result.cells[sheet.base] = page.top()
        for number, entry in enumerate(page.entries()):
            place = f"{sheet.base}[{number}]"
            self.result.cells[place] = name_cell(page.title, entry.row, 0)
            value = self._value(sheet.columns[0], page, entry, place)
            if value is not None:
                marks.append(value)

    def _read_grid(self, page: Page) -> None:
        """Read places along the header and down the first column, and the kilometres between them."""
        if page.header is None:
            return
        name = Column("place", "identifier")
        header = [take_text(take(cell, name)) for cell in page.rows[page.header][1:]]
        while header and not header[-1]:
            header.pop()
        travel, cells = self._holder("travel"), self.result.cells
        travel["places"], travel["km"] = header, []
        cells["travel.places"] = cells["travel.km"] = page.top()
        for number in range(len(header)):
            cells[f"travel.places[{number}]"] = name_cell(page.title, page.header, number + 1)
        distance = page.sheet.columns[0]
        for entry in page.rows_of_grid():
            number = len(travel["km"])
            label = take_text(take(entry.values[0], name))
            cells[f"travel.km[{number}]"] = name_cell(page.title, entry.row, 0)
            if number < len(header) and label != header[number]:
                place = name_cell(page.title, entry.row, 0)
                expected = Message("{place}, as in the header", place=header[number])
                self._tell("matrix-places", place, label, expected, Message("give rows and columns the same order"))
            travel["km"].append([take(cell, distance) for cell in entry.values[1 : len(header) + 1]])
            for column in range(len(header)):
                cells[f"travel.km[{number}][{column}]"] = name_cell(page.title, entry.row, column + 1)

    def _read_ranges(self, page: Page) -> None:
        travel = self._holder("travel")
        places, km, matrix = travel.get("places", []), travel.get("km", []), self.result.titles.get("matrix", "matrix")
        index = {place: number for number, place in enumerate(places)}
        for entry in page.entries():
            ends = [take_text(entry.values.get(name, "")) for name in ("from", "to")]
            for name, end in zip(("from", "to"), ends, strict=True):
                if end not in index and name in page.index:
                    place, expected = (
                        page.at(entry.row, name),
                        Message("a place of the sheet {sheet}", sheet=matrix),
                    )
                    self._tell("unknown-place", place, end, expected, suggest(end, places) or Message("name one"))
            if all(end in index for end in ends):
                i, j = (index[end] for end in ends)
                if i < len(km) and j < len(km[i]):
                    place = f"travel.km[{i}][{j}]"
                    self.result.cells[f"{place}.value"] = self.result.cells[place]
                    km[i][j] = {
                        "value": km[i][j],
                        **self._carried(Column("km", "number", "km"), page, entry, place, ""),
                    }
