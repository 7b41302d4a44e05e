"""A workbook to fill in: a sheet for each kind of data with units, help, drop-downs and limits, empty or filled."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from optimiser.common.language import CODES, ENGLISH, Language
from optimiser.common.numerals import ask_thousands
from optimiser.files.role_library import translated_roles
from optimiser.files.workbook import Column, Filled, empty_sheets, fill_sheets
from optimiser.files.workbook.cells import WORDS, say_choice
from optimiser.files.workbook.examples import example
from optimiser.files.workbook.labels import (
    EXPLAINS,
    FIELD,
    VALUE,
    label_column,
    label_header,
    label_sheet,
    title_library,
)
from optimiser.files.workbook.layout import HIDDEN, RANGE, README
from optimiser.model.instance import Instance
from optimiser.model.values.field_faults import PERSONS
from optimiser.model.values.words import Anchor
from optimiser.output.excel.book import Book, BookSheet, clock_value
from optimiser.output.excel.checks import write_checks
from optimiser.output.excel.choices import FIRST, JOINED, Lists
from optimiser.output.excel.guide import write_guide

SPARE = 300  # rows below the last filled one that have drop-downs and limits too
LOOKS = {"whole": "whole", "number": "number", "clock": "clock", "date": "date"}
WIDTHS = {"id": 20, "name": 34, "title": 34, "why": 40, "officer_post": 26}
WIDE = {"text": 32.0, "identifier": 18.0, "list": 21.0, "date": 17.0, "choice": 12.0}


def write_template(instance: Instance | None, language: Language = ENGLISH) -> bytes:
    """Write an instance as a workbook to change and to read back; nothing of it is lost.

    Parameters
    ----------
    instance : what to fill it with; None for an empty one, with the columns that the example has.
    language : of names of sheets, headers, help, units, yes or no, and of what the instance says, where it is
        translated.

    Returns
    -------
    Content of a file in the format ``.xlsx``, the same whenever and wherever it is made.
    """
    instance = None if instance is None else _written_in(instance, language)
    book = Book(language("A town to plan for") if instance is None else instance.title, language)
    filled, library = _with_library(example() if instance is None else instance, language)
    if instance is None:
        filled = empty_sheets(filled)
    rows = {page.sheet.name: len(page.rows) for page in filled}
    guide = book.sheet(label_sheet(README, language.code))
    pages = {page.sheet.name: book.sheet(label_sheet(page.sheet.name, language.code)) for page in filled}
    lists = Lists(instance, {name: FIRST + count + SPARE for name, count in rows.items()}, language)
    write_guide(guide, filled, language)
    for page in filled:
        _WRITERS[page.sheet.form](pages[page.sheet.name], page, lists, language)
    _write_table(book.sheet(title_library(language.code)), library, lists, language)
    if instance is not None:
        write_checks(pages, filled, instance, FIRST, language)
    lists.write(book.sheet(HIDDEN))
    pages["settings"].sheet.set_first_sheet()
    guide.sheet.activate()
    return book.finish()


def _with_library(instance: Instance, language: Language) -> tuple[list[Filled], Filled]:
    """Return the sheets of an instance, and the roles to copy from in the same columns as its own."""
    filled = fill_sheets(instance.altered(roles=(*instance.roles, *translated_roles(language))))
    number = next(n for n, page in enumerate(filled) if page.sheet.name == "roles")
    both, own = filled[number], len(instance.roles)
    filled[number] = replace(both, rows=both.rows[:own])
    return filled, replace(both, rows=both.rows[own:])


def _written_in(instance: Instance, language: Language) -> Instance:
    """Return the instance with the texts of a language in place of its file's, which become the translations."""
    told = instance.told_in(language.code)
    if not told.told:
        return told
    back = dict(told.told.values())
    return told.replace(texts={code: back for code in CODES if code != language.code}, told={})


def _write_table(page: BookSheet, filled: Filled, lists: Lists, language: Language) -> None:
    last = FIRST + len(filled.rows) + SPARE
    keys = 2 if filled.header[1:2] == ("name",) else 1
    _set_paper(page, FIRST, keys)
    for number, name in enumerate(filled.header):
        column, label = filled.describe(name), label_column(filled.sheet, name, language.code)
        of_range = _is_range(filled, name)
        look = LOOKS.get(column.kind, "text")
        level: dict[str, Any] = {"level": 1, "hidden": True} if of_range else {}
        page.width(number, _width(name, label, column, of_range), look, **level)
        page.put(0, number, label, "need" if column.required else "head")
        page.put(1, number, f"[{unit(column, language)}]", "unit")
        size = {"x_scale": 2.6, "y_scale": 2.4} if column.scale else {"x_scale": 1.6, "y_scale": 1.1}
        page.sheet.write_comment(0, number, _help(label, column, language), size)
        if rule := lists.rule(name, column, filled.sheet, language):
            page.choose((FIRST, last), (number, number), rule)
        for row, values in enumerate(filled.rows, FIRST):
            if values[number] is not None:
                page.put(row, number, cell(values[number], column, language), look)


def _write_fields(page: BookSheet, filled: Filled, lists: Lists, language: Language) -> None:
    _set_paper(page, 1, 1)
    header = [label_header(name, language.code) for name in (FIELD, VALUE, *RANGE, *EXPLAINS)]
    hide: dict[str, Any] = (
        {} if any(value is not None for row in filled.rows for value in row[1:]) else {"level": 1, "hidden": True}
    )
    page.widths(24, 36, 9, 9, 22, 16, 18, 18, 62)
    for number in range(2, 2 + len(RANGE)):
        page.width(number, 12, "", **hide)
    page.put_row(0, header, "head")
    for row, (column, values) in enumerate(zip(filled.sheet.columns, filled.rows, strict=True), 1):
        look = LOOKS.get(column.kind, "text")
        page.put(row, 0, label_column(filled.sheet, column.path, language.code), "need" if column.required else "bold")
        page.put(row, 1, cell(values[0], column, language), "left" if look in ("whole", "number") else look)
        for number, value in enumerate(values[1:], 2):
            page.put(row, number, value, "text" if column.ranged else "info")
        default = _default(column, language)
        shown = (
            unit(column, language),
            limits(column, language),
            default,
            language(column.help) if column.help else "",
        )
        for number, value in enumerate(shown, 2 + len(RANGE)):
            page.put(row, number, value, "info")
        if rule := lists.rule(column.path, column, filled.sheet, language):
            page.choose((row, row), (1, 1), rule)


def _write_grid(page: BookSheet, filled: Filled, lists: Lists, language: Language) -> None:
    _set_paper(page, 1, 1)
    column = filled.sheet.columns[0]
    page.put(0, 0, f"[{column.unit}]", "unit")
    page.sheet.write_comment(0, 0, language(filled.sheet.help), {"x_scale": 1.6})
    page.widths(20, *[13] * len(filled.header))
    page.put_row(0, filled.header, "head", 1)
    for row, (place, *kilometres) in enumerate(filled.rows, 1):
        page.put(row, 0, place, "head")
        page.put_row(row, kilometres, "number", 1)
    if rule := lists.rule("km", column, filled.sheet, language):
        page.choose((1, max(len(filled.rows), 60)), (1, max(len(filled.header), 60)), rule)


_WRITERS = {"table": _write_table, "fields": _write_fields, "grid": _write_grid}


def _set_paper(page: BookSheet, rows: int, columns: int) -> None:
    page.sheet.freeze_panes(rows, columns)
    page.sheet.repeat_rows(0, rows - 1)
    page.sheet.repeat_columns(0, columns - 1)
    page.sheet.outline_settings(True, True, False, False)


def _is_range(filled: Filled, name: str) -> bool:
    return name not in {column.path for column in filled.sheet.columns}


def _width(name: str, label: str, column: Column, of_range: bool) -> float:
    if of_range:
        return 16.0
    return WIDTHS.get(
        name, max(WIDE.get(column.kind, 9.5), 1.25 * max(len(part) for part in re.split(r"(?<=[._])| ", label)))
    )


def unit(column: Column, language: Language) -> str:
    """Say in a word or two what a field holds."""
    if column.unit:
        return language(column.unit)
    if column.refers:
        more = ", ..." if column.refers == "ends" else ""
        sheets = JOINED.get(column.refers, (column.refers,))[: 2 if more else None]
        name = ", ".join(label_sheet(sheet, language.code) for sheet in sheets) + more
        return (
            language("several of {sheet}", sheet=name)
            if column.kind == "list"
            else language("one of {sheet}", sheet=name)
        )
    words = {
        "identifier": language("short name"),
        "text": language("text"),
        "whole": language("whole number"),
        "number": language("number"),
        "yes-no": "/".join(WORDS[language.code]),
        "choice": language("choice"),
        "clock": language("HH:MM"),
        "date": language("date and time"),
        "list": language("several, with commas"),
    }
    return words[column.kind]


def limits(column: Column, language: Language) -> str:
    """Write the limits of a number, or the choices."""
    if column.choices:
        return ", ".join(say_choice(choice, language.code) for choice in column.choices)
    if column.least is None or column.most is None:
        return ""
    return language.number(f"{column.least:,.10g} – {column.most:,.10g}")


def _help(name: str, column: Column, language: Language) -> str:
    lines = [language("{name}, must be filled in", name=name) if column.required else name]
    if column.help:
        lines.append(language(column.help))
    if shown := limits(column, language):
        lines.append(f"{shown} {language(column.unit) if column.unit else ''}".strip())
    lines += [
        language("{word}: {value:g} ({low:g} to {high:g}, assumed), {like}", **_tell_anchor(anchor, language))
        for anchor in column.scale
    ]
    if column.default not in (None, "", (), []):
        default = _default(column, language)
        lines.append(language("left empty: {value}", value=default))
    return "\n".join(lines)


def _default(column: Column, language: Language) -> Any:
    """Give what holds where a cell is left empty, in the words of a language."""
    value = cell(column.default, column, language)
    return language(value) if isinstance(value, str) and column.kind == "text" else value


def _tell_anchor(anchor: Anchor, language: Language) -> dict[str, Any]:
    numbers = {"value": anchor.value, "low": anchor.low, "high": anchor.high}
    return {"word": anchor.say(language.code), **numbers, "like": language(anchor.like)}


def cell(value: Any, column: Column, language: Language) -> Any:
    """Give a value of a file as it stands in a cell."""
    if value is None or (isinstance(value, Mapping | list | tuple) and not value):
        return None
    if column.kind == "yes-no":
        return WORDS[language.code][0 if value else 1]
    if column.kind == "clock":
        return clock_value(value)
    if column.kind == "date":
        start = dt.datetime.fromisoformat(value)
        return value.replace("T", " ")[:16] if start.time() == dt.time(0) else start  # a date alone is midnight too
    if column.kind == "list":
        return ", ".join(say_choice(part, language.code) if column.choices else part for part in value)
    if column.kind == "choice":
        return say_choice(value, language.code)
    if column.unit in PERSONS and ask_thousands(value) is not None:
        return f"{value:.4f}"  # as text and so long, nobody takes it for thousands
    return value
