"""Parts that a what-if adds, from a file: TOML or JSON as in an instance, sheets of a workbook, or one CSV table."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from optimiser.common.errors import Fault, FileTrouble, InputFault
from optimiser.common.faults import FILE, make_fault
from optimiser.common.message import Message
from optimiser.common.parsing import MOST_BYTES, cut, decode, file_fault, oversize, split_table
from optimiser.files.typed.sequences import SEQUENCES
from optimiser.files.workbook import Column, Sheet, SheetData, lay_out, read_sheets
from optimiser.files.workbook.cells import take
from optimiser.files.workbook.labels import fold_header, read_titles
from optimiser.files.workbook.pages import Page
from optimiser.model.instance import Gathering, Pin, Post, Reinforcement, Sector, Team, Trigger, VehicleType
from optimiser.model.parts.movement import Accompaniment, Movement, find_leg_faults
from optimiser.model.parts.presence import Presence
from optimiser.model.values.base import Model
from optimiser.model.values.field_faults import list_field_faults
from optimiser.model.values.identifiers import fold_identifiers, list_identifiers

KINDS: dict[str, type[Model]] = {
    "gatherings": Gathering,
    "triggers": Trigger,
    "reinforcements": Reinforcement,
    "sectors": Sector,
    "posts": Post,
    "teams": Team,
    "vehicles": VehicleType,
    "pins": Pin,
    "accompaniments": Accompaniment,
    "movements": Movement,
}
Parts = list[tuple[str, dict[str, Any]]]


def read_parts(path: str | Path) -> Parts:
    """Read parts from a file.

    Parameters
    ----------
    path : in a workbook, sheets as in the template say which parts; a CSV table is named after its part in any
        language, such as ``gatherings.csv`` or ``massa.csv``, with the columns of that sheet, and for gatherings a
        column ``itinerary``: ``kpu:90, dprd``; for movements a column ``legs``: ``kpu until 12:45, dprd``.

    Returns
    -------
    Name of the part and its values as in an instance file, for each.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it says something that cannot be used; all faults, in a workbook or a table by cell.
    """
    file, source = Path(path), str(path)
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileTrouble(Message("{file}: cannot be read: {error}", file=source, error=error.strerror)) from error
    if len(raw) > MOST_BYTES:
        raise oversize(source)
    kind = file.suffix.lower()
    if kind == ".xlsx":
        return _checked(_from_workbook(raw, source), source)
    if kind == ".csv":
        return _checked(_from_table(raw, source, file.stem), source)
    return _from_text(decode(raw, source), source, kind)


def _from_text(text: str, source: str, kind: str) -> Parts:
    try:
        data = json.loads(text) if kind == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        fault = make_fault("bad-syntax", FILE, str(error), Message("TOML or JSON"), Message("correct the text"))
        raise InputFault(source, [fault]) from error
    parts = list(data.items()) if isinstance(data, Mapping) else []
    if not parts or not all(isinstance(items, list) for _, items in parts):
        expected = Message("lists of parts as in an instance file, for example [[gatherings]]")
        raise InputFault(source, [make_fault("wrong-type", FILE, data, expected, Message("write it so"))])
    return [(part, item) for part, items in parts for item in items]


def _from_workbook(raw: bytes, source: str) -> SheetData:
    """Read the sheets there are; an instance's other sheets may be missing or empty, and must not say anything."""
    book = read_sheets(raw, source)
    missing = {sheet.name for sheet in lay_out() if sheet.required}
    book.faults = [f for f in book.faults if f.code != "missing-field" or f.place not in missing]
    for name, value in book.data.items():
        if name not in KINDS and _says(value) and not _as_in_template(name, value):
            place = book.locate(name).partition("!")[0]
            expected = Message("one of {choices}", choices=", ".join(KINDS))
            repair = Message("leave the sheet empty, or begin its name with _ to have it left alone")
            if name == "roles":
                repair = Message(
                    "roles cannot be added to a plan: write them into the instance itself, and take them out here"
                )
            book.faults.append(make_fault("unknown-sheet", place, name, expected, repair))
    return book


def _says(value: Any) -> bool:
    """Return whether anything stands in a part of the data."""
    if isinstance(value, Mapping):
        return any(map(_says, value.values()))
    return value not in (None, "", [])


def _as_in_template(name: str, value: Any) -> bool:
    """Return whether it is the rules of presence as an empty workbook has them: nobody has written anything there."""
    if name != "presence":
        return False
    try:
        return Presence.model_validate(value) == Presence()
    except ValidationError:
        return False


def _from_table(raw: bytes, source: str, name: str) -> SheetData:
    """Read a table that is named after its part."""
    text = fold_header(name)
    part = read_titles().get(text, text)
    if part not in KINDS:
        expected = Message("a table named after its part: {names}", names=", ".join(f"{kind}.csv" for kind in KINDS))
        found = Message.chain("", [Path(source).name])
        raise file_fault(source, "unknown-sheet", found, expected, Message("rename the file"))
    sheet = next(sheet for sheet in lay_out() if sheet.name == part)
    if part in SEQUENCES:
        sheet = replace(sheet, columns=(*sheet.columns, Column(SEQUENCES[part][0], "text", required=True)))
    page = Page(sheet, name, split_table(decode(raw, source, wide=True), source))
    read = SheetData(data={part: []}, faults=list(page.check_header(())))
    read.absent = {f"{part}[].{c.path}" for c in sheet.columns if c.required and c.path not in page.index}
    for number, entry in enumerate(page.entries()):
        base = f"{part}[{number}]"
        read.cells[base] = page.at(entry.row, next(iter(page.index)))
        read.data[part].append(_record(sheet, page, entry.row, entry.values, read, base))
    return read


def _record(
    sheet: Sheet, page: Page, row: int, values: Mapping[str, Any], read: SheetData, base: str
) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for column in sheet.columns:
        read.cells[f"{base}.{column.path}"] = page.at(row, column.path)
        carried = {
            end: take(values[f"{column.path}.{end}"], Column(end, "text" if end == "source" else "number"))
            for end in ("low", "high", "source")
            if f"{column.path}.{end}" in values
        }
        if column.path not in values and not carried:
            continue
        value = take(values[column.path], column) if column.path in values else None
        name, read_all = SEQUENCES.get(sheet.name, ("", None))
        if column.path == name and read_all is not None:
            value = read_all(str(value))
        holder = record
        *groups, leaf = column.path.split(".")
        for group in groups:
            holder = holder.setdefault(group, {})
        holder[leaf] = value if not carried else carried if value is None else {"value": value, **carried}
    return record


def _checked(read: SheetData, source: str) -> Parts:
    """Look at each part by itself, as an instance's file does, so that faults are told by cell.

    Raises
    ------
    InputFault : all faults; or there is nothing to add.
    """
    found: list[Fault] = []
    for part, model in KINDS.items():
        paths = list_identifiers(model.model_json_schema())
        if part in read.data:
            read.data[part] = [fold_identifiers(item, paths)[0] for item in read.data[part]]
    parts: Parts = [(part, item) for part, items in read.data.items() if part in KINDS for item in items]
    for part, model in KINDS.items():
        for number, item in enumerate(read.data.get(part, ())):
            try:
                thing = model.model_validate(item)
            except ValidationError as error:
                rules = model.model_json_schema()
                found += list_field_faults(error.errors(include_url=False), rules, (part, number))
            else:
                legs = find_leg_faults(number, thing) if isinstance(thing, Movement) else ()
                found += [finding.fault for finding in legs]
    faults = read.relocate(found)
    if faults:
        raise InputFault(source, cut(faults))
    if not parts:
        expected = Message("rows in one of {choices}", choices=", ".join(KINDS))
        raise file_fault(source, "too-few", Message("nothing"), expected, Message("fill in what is to be added"))
    return parts
