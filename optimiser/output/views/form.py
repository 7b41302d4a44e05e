"""The sheets of a workbook as a form on a screen: what each field is called, holds and may hold, for a reader."""

from __future__ import annotations

from typing import Any

from optimiser.common.language import ENGLISH, Language
from optimiser.files.workbook import Column, Sheet, lay_out
from optimiser.files.workbook.cells import say_choice
from optimiser.files.workbook.labels import tell_column, tell_sheet
from optimiser.model.values.field_faults import PERSONS
from optimiser.model.values.words import Anchor
from optimiser.output.excel.choices import JOINED

FORMAT = "optimiser-form/1"
FIRST = {  # fields that most districts fill in, by sheet; the others are under "more"
    "settings": ("title", "about", "period.start", "period.hours", "cap"),
    "sectors": ("name", "public", "staging_capacity", "lat", "lon"),
    "critical": ("name", "start", "end"),
    "officials": ("name", "chance", "after", "promised"),
    "posts": ("name", "staging_capacity", "lat", "lon"),
    "roles": ("name", "phases", "stands"),
    "teams": ("name", "role", "size", "count", "home"),
    "vehicles": ("name", "count", "home", "crew", "seats"),
    "gatherings": ("name", "turnout", "arrives", "tension"),
    "itinerary": ("sector", "stay"),
    "routes": ("id", "weight"),
    "accompaniments": ("name", "gathering"),
    "movements": ("name", "staging_capacity"),
    "legs": ("sector", "gathering", "post", "until", "until_left"),
    "triggers": ("name", "kind", "at", "chance", "sectors"),
    "reinforcements": ("name", "team", "teams", "asked", "delay"),
    "presence": ("observers",),
}


def describe_form(language: Language = ENGLISH) -> dict[str, Any]:
    """Describe every sheet with its fields; whatever a workbook can say, a form made from this can."""
    return {
        "format": FORMAT,
        "lists": {name: list(sheets) for name, sheets in JOINED.items()},
        "sheets": [_sheet(sheet, language) for sheet in lay_out()],
    }


def _sheet(sheet: Sheet, language: Language) -> dict[str, Any]:
    first = FIRST.get(sheet.name)
    return {
        "name": sheet.name,
        "title": tell_sheet(sheet.name, language),
        "help": language(sheet.help),
        "form": sheet.form,
        "base": sheet.base,
        "parent": sheet.parent,
        "required": sheet.required,
        "columns": [
            _column(sheet, column, language, first is None or column.path in first) for column in sheet.columns
        ],
    }


def _column(sheet: Sheet, column: Column, language: Language, first: bool) -> dict[str, Any]:
    default = column.default
    return {
        "path": column.path,
        "label": tell_column(sheet, column.path, language),
        "help": language(column.help) if column.help else "",
        "kind": column.kind,
        "unit": language(column.unit) if column.unit else "",
        "least": column.least,
        "most": column.most,
        "choices": [{"value": choice, "label": say_choice(choice, language.code)} for choice in column.choices],
        "refers": column.refers,
        "counted": column.kind == "whole" or column.unit in PERSONS,
        "ranged": column.ranged,
        "required": column.required,
        "default": list(default) if isinstance(default, tuple) else default,
        "scale": [_anchor(anchor, language) for anchor in column.scale],
        "first": first,
    }


def _anchor(anchor: Anchor, language: Language) -> dict[str, Any]:
    numbers = {"value": anchor.value, "low": anchor.low, "high": anchor.high}
    return {"word": anchor.say(language.code), **numbers, "like": language(anchor.like)}
