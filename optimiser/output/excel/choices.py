"""What may be typed into a cell: drop-downs that follow the other sheets, and limits, each with a word of help."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from typing import Any

from optimiser.common.language import Language
from optimiser.files.workbook import HIDDEN, Column, Sheet, lay_out
from optimiser.files.workbook.cells import WORDS, say_choice
from optimiser.files.workbook.labels import label_column, label_sheet
from optimiser.model.instance import Instance
from optimiser.output.excel.book import BookSheet

FIRST = 2  # first row of things, below header and units; from 0
SPARE = 60  # entries of a joined list beyond those that are there
JOINED = {
    "places": ("sectors", "posts", "accompaniments", "movements"),
    "kinds": ("teams", "roles", "vehicles"),
    "ends": ("sectors", "posts", "reinforcements"),
}
LONGEST_TITLE, LONGEST_HELP = 32, 255  # characters, limits of the format


class Lists:
    """The lists that drop-downs show.

    Parameters
    ----------
    instance : what the workbook is filled with; None if it is empty.
    last : by sheet, its last row that is prepared, from 0.
    language : of the names of the sheets.
    """

    def __init__(self, instance: Instance | None, last: Mapping[str, int], language: Language) -> None:
        self.last, self.language = last, language
        paths = {sheet.name: [column.path for column in sheet.columns] for sheet in lay_out()}
        self.columns = {name: chr(ord("A") + own.index("id")) for name, own in paths.items() if "id" in own}
        self.joined = {
            name: [thing.id for sheet in sheets for thing in getattr(instance, sheet, ())]
            for name, sheets in JOINED.items()
        }
        phases = [say_choice(phase, language.code) for phase in ("green", "yellow", "red")]
        self.phases = [", ".join(some) for size in (1, 2, 3) for some in itertools.combinations(phases, size)]

    def write(self, page: BookSheet) -> None:
        """Write the hidden sheet: choices of several, and lists that join sheets by formulas of our own."""
        page.sheet.hide()
        for row, phases in enumerate(self.phases):
            page.put(row, 0, phases, "line")
        for column, (name, sheets) in enumerate(JOINED.items(), 1):
            known = self.joined[name]
            for row in range(len(known) + SPARE):
                value = known[row] if row < len(known) else ""
                page.sheet.write_formula(row, column, self._join(sheets, row + 1), page.book.look("line"), value)

    def _join(self, sheets: tuple[str, ...], number: int) -> str:
        """Give the formula of the n-th identifier of some sheets, one after the other."""
        formula, before = '""', "0"
        steps = []
        for sheet in sheets:
            steps.append((self._ids(sheet), before))
            before += f"+COUNTA({self._ids(sheet)})"
        for ids, start in reversed(steps):
            formula = f"IF({number}-({start})<=COUNTA({ids}),INDEX({ids},{number}-({start})),{formula})"
        return f"={formula}"

    def _ids(self, sheet: str) -> str:
        column = self.columns[sheet]
        return f"{self._name(sheet)}!${column}${FIRST + 1}:${column}${self.last[sheet] + 1}"

    def _name(self, sheet: str) -> str:
        """Give the name of a sheet as it stands in formulas."""
        label = label_sheet(sheet, self.language.code)
        return label if label.isidentifier() else f"'{label}'"

    def _source(self, refers: str) -> str:
        """Give the cells that a drop-down shows; it grows with what is typed."""
        if refers in JOINED:
            count = "+".join(f"COUNTA({self._ids(sheet)})" for sheet in JOINED[refers])
            column = "BCD"[list(JOINED).index(refers)]
            return f"=OFFSET('{HIDDEN}'!${column}$1,0,0,MAX(1,{count}),1)"
        start = f"{self._name(refers)}!${self.columns[refers]}${FIRST + 1}"
        return f"=OFFSET({start},0,0,MAX(1,COUNTA({self._ids(refers)})),1)"

    def rule(self, name: str, column: Column, sheet: Sheet, language: Language) -> dict[str, Any]:
        """Give the rule for the cells of a column; empty where anything may be typed."""
        rule, label = self._limits(column, sheet.name, language), label_column(sheet, name, language.code)
        message = language(column.help) if column.help else ""
        if not rule and not message:
            return {}
        return {
            "validate": "any",
            **rule,
            "input_title": label[:LONGEST_TITLE],
            "input_message": message[:LONGEST_HELP] or label,
            "error_title": label[:LONGEST_TITLE],
        }

    def _limits(self, column: Column, sheet: str, language: Language) -> dict[str, Any]:
        choices = [say_choice(choice, language.code) for choice in column.choices]
        if column.kind == "yes-no":
            words = list(WORDS[language.code])
            return {"validate": "list", "source": words, "error_message": " / ".join(words)}
        if column.kind == "choice":
            return {
                "validate": "list",
                "source": choices,
                "error_message": ", ".join(choices)[:255],
            }
        if column.kind == "list" and column.choices:
            last = len(self.phases)
            source = f"='{HIDDEN}'!$A$1:$A${last}"
            said = language("Some of these, with commas: {choices}", choices=", ".join(choices))
            return {"validate": "list", "source": source, "error_type": "warning", "error_message": said[:255]}
        if column.refers:
            return self._reference(column, sheet, language)
        if column.kind == "clock":
            said = language("A clock time such as 14:30")
            ends = {"minimum": dt.time(0, 0), "maximum": dt.time(23, 59, 59)}
            return {"validate": "time", "criteria": "between", **ends, "error_message": said}
        if column.scale:
            words = [anchor.say(language.code) for anchor in column.scale]
            return {"validate": "list", "source": words, "show_error": False}  # a number will do too
        if column.kind in ("whole", "number") and column.least is not None and column.most is not None:
            kind = "integer" if column.kind == "whole" else "decimal"
            said = language(
                "{least} to {most} {unit}", least=column.least, most=column.most, unit=language(column.unit or "-")
            )
            limits = {"minimum": column.least, "maximum": column.most}
            return {"validate": kind, "criteria": "between", **limits, "error_message": said[:255]}
        return {}

    def _reference(self, column: Column, sheet: str, language: Language) -> dict[str, Any]:
        if sheet == "roads":  # roads may name junctions, which stand in no sheet
            return {}
        where = ", ".join(label_sheet(name, language.code) for name in JOINED.get(column.refers, (column.refers,)))
        said = language("This is not in the sheet {sheet} yet.", sheet=where)
        rule = {"validate": "list", "source": self._source(column.refers), "error_type": "warning"}
        if column.kind == "list":  # several are typed with commas, the drop-down gives the first
            said = language("Several are written with commas; each must be in the sheet {sheet}.", sheet=where)
            rule["error_type"] = "information"
        return {**rule, "error_message": said[:255]}
