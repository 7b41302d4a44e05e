"""The column ``check`` of a workbook: warnings, each beside the row that it is about. It is not read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from optimiser.common.language import Language
from optimiser.files.examination import examine
from optimiser.files.workbook import Filled
from optimiser.files.workbook.labels import CHECK, label_header
from optimiser.files.workbook.layout import RANGE, Sheet
from optimiser.model.cautions import Caution
from optimiser.model.instance import Instance
from optimiser.output.excel.book import BookSheet

WIDTH = 60  # characters
EXPLAINED = 4  # columns of a sheet of fields that explain: unit, limits, default, help


def write_checks(
    pages: Mapping[str, BookSheet], filled: list[Filled], instance: Instance, first: int, language: Language
) -> None:
    """Put warnings beside their rows; a sheet about which there are none gets no column.

    Parameters
    ----------
    pages : by name of the sheet.
    first : number of the first row of a table, from 0.
    """
    cautions = list(examine(instance))
    for page in reversed(filled):  # what belongs to a row of another sheet is asked first
        rows: dict[int, list[Caution]] = {}
        places = list(_list_places(page, instance))
        for number, place in enumerate(places):
            here = [
                c for c in cautions if place and (c.place == place or c.place.startswith((f"{place}.", f"{place}[")))
            ]
            if here:
                rows[number] = here
                cautions = [c for c in cautions if c not in here]
        if rows:
            start, column = (
                (1, 1 + 1 + len(RANGE) + EXPLAINED) if page.sheet.form == "fields" else (first, len(page.header))
            )
            sheet = pages[page.sheet.name]
            sheet.width(column, WIDTH, "text")
            sheet.put(0, column, label_header(CHECK, language.code), "head")
            for number, said in rows.items():
                text = "\n".join(f"{language(c.found)}; {language(c.check)}" for c in said)
                sheet.put(start + number, column, text, "bad")


def _list_places(page: Filled, instance: Instance) -> Iterator[str]:
    """Name the place in the data of every row of a sheet; empty where warnings never point."""
    sheet = page.sheet
    if sheet.form == "fields":
        prefix = f"{sheet.base}." if sheet.base else ""
        yield from (f"{prefix}{column.path}" for column in sheet.columns)
    elif sheet.form == "table" and not sheet.parent and sheet.base.rpartition(".")[2] == sheet.name:
        yield from (f"{sheet.base}[{number}]" for number in range(len(page.rows)))
    elif sheet.base.count("[]") and not sheet.base.endswith("[]"):
        yield from _list_inner(sheet, instance)


def _list_inner(sheet: Sheet, instance: Instance) -> Iterator[str]:
    """Name the places of rows that belong to rows of another sheet, in their order."""
    outer, inner = sheet.base.split("[].")
    for number, owner in enumerate(getattr(instance, outer)):
        held: Any = getattr(owner, inner)
        if isinstance(held, tuple):
            yield from (f"{outer}[{number}].{inner}[{i}]" for i in range(len(held)))
        elif held is not None:
            yield f"{outer}[{number}].{inner}"
