"""From an instance to the rows of its sheets; the way back is `workbook.from_sheets`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from optimiser.files.workbook.layout import RANGE, Column, Sheet, lay_out
from optimiser.model.instance import Instance
from optimiser.model.parts.presence import Presence

NUMBER_RANGE = RANGE[:2]


@dataclass(frozen=True)
class Filled:
    """A sheet with its rows.

    Attributes
    ----------
    header : for a table, names of the columns written: ranges only where a row has one. For a grid, its places.
    rows : plain values as they stand in a file; None for an empty cell. For ``fields``, one row for each column of the
        sheet with value, low, high and source; for a grid, place and kilometres.
    """

    sheet: Sheet
    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def describe(self, name: str) -> Column:
        """Return the column that a header stands for; low, high and source take after their number."""
        columns = {column.path: column for column in self.sheet.columns}
        if name in columns:
            return columns[name]
        base, _, end = name.rpartition(".")
        whole = columns[base]
        if end == "source":
            return Column(name, "text", "", whole.help)
        return Column(name, whole.kind, whole.unit, whole.help, whole.least, whole.most)


def fill_sheets(instance: Instance) -> list[Filled]:
    """Return every sheet with the rows of an instance; sheets that it does not need are empty."""
    data = instance.model_dump(mode="json")
    return [_fold(sheet, data) for sheet in lay_out()]


def empty_sheets(filled: Sequence[Filled]) -> list[Filled]:
    """Return the same sheets and columns without anything in them, but for the rules of presence."""
    return [_clear(page) for page in filled]


def _clear(page: Filled) -> Filled:
    if page.sheet.base == "presence":  # whoever begins a plan has these rules, and switches off what he will not have
        rules = Presence().model_dump(mode="json")
        return replace(page, rows=tuple(_split(rules[column.path]) for column in page.sheet.columns))
    if page.sheet.form == "fields":
        return replace(page, rows=tuple((None,) * len(page.header) for _ in page.rows))
    return replace(page, header=page.header if page.sheet.form == "table" else (), rows=())


def _fold(sheet: Sheet, data: dict[str, Any]) -> Filled:
    if sheet.form == "fields":
        holder = _dig(data, sheet.base)
        rows = tuple(_split(_dig(holder, column.path)) for column in sheet.columns)
        return Filled(sheet, ("value", *RANGE), rows)
    if sheet.form == "grid":
        return _grid(sheet, data["travel"])
    records = list(_records(sheet, data))
    header = _header(sheet.columns, records)
    return Filled(sheet, header, tuple(tuple(_pick(record, name) for name in header) for record in records))


def _dig(holder: Any, path: str) -> Any:
    for key in path.split(".") if path else ():
        holder = None if holder is None else holder.get(key)
    return holder


def _split(value: Any) -> tuple[Any, ...]:
    """Take a number apart into value, low, high and source."""
    if isinstance(value, dict):
        return (value["value"], *(value.get(end) for end in RANGE))
    return (value, None, None, None)


def _records(sheet: Sheet, data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """List the rows of a table, each with its fields by path."""
    if sheet.name == "limits":
        for sector in data["sectors"]:
            for role in dict.fromkeys([*sector["minimum"], *sector["maximum"]]):
                least, most = sector["minimum"].get(role), sector["maximum"].get(role)
                yield {"sector": sector["id"], "role": role, "minimum": least, "maximum": most}
    elif sheet.name == "matrix_ranges":
        yield from _matrix_ranges(data["travel"])
    elif sheet.name == "texts":
        for code, words in data["texts"].items():
            yield from ({"text": text, "language": code, "told": told} for text, told in words.items())
    elif sheet.name == "waiting_marks":
        yield from ({"after": mark} for mark in data["doctrine"]["waiting_marks"])
    elif sheet.parent:
        key, name = sheet.columns[0].path, sheet.base.rpartition(".")[2]
        for owner in data.get(sheet.parent, ()):
            inside = owner[name]
            for record in [inside] if isinstance(inside, dict) else inside or ():
                yield {**_flat(record, sheet.columns[1:]), key: owner["id"]}
    else:
        yield from (_flat(record, sheet.columns) for record in _dig(data, sheet.base) or ())


def _flat(record: dict[str, Any], columns: Sequence[Column]) -> dict[str, Any]:
    return {column.path: _dig(record, column.path) for column in columns}


def _header(columns: Sequence[Column], records: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    header: list[str] = []
    for column in columns:
        header.append(column.path)
        held = [value for record in records if isinstance(value := record.get(column.path), dict)]
        if held:
            header += [f"{column.path}.{end}" for end in RANGE]
    return tuple(header)


def _pick(record: dict[str, Any], name: str) -> Any:
    """Return the cell of a record under a header."""
    if name in record:
        value = record[name]
        return value["value"] if isinstance(value, dict) else value
    base, _, end = name.rpartition(".")
    value = record[base]
    return value.get(end) if isinstance(value, dict) else None


def _grid(sheet: Sheet, travel: dict[str, Any]) -> Filled:
    places, km = travel["places"], travel["km"]
    rows = tuple((place, *(_split(entry)[0] for entry in row)) for place, row in zip(places, km, strict=False))
    return Filled(sheet, tuple(places), rows)


def _matrix_ranges(travel: dict[str, Any]) -> Iterator[dict[str, Any]]:
    places = travel["places"]
    for start, row in zip(places, travel["km"], strict=False):
        for end, entry in zip(places, row, strict=False):
            if isinstance(entry, dict):
                yield {"from": start, "to": end, **{name: entry.get(name) for name in RANGE}}
