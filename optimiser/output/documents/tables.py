"""Tables as CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from optimiser.common.language import ENGLISH, Language
from optimiser.files.plan_tables.layout import KINDS, LISTED
from optimiser.model.instance import Instance
from optimiser.simulation.events import Event

RISKY = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
)  # what a spreadsheet takes for the start of a formula, OWASP CSV injection
EVENT_COLUMNS = ("clock", "minute", "kind", "sector", "other", "what", "number", "note")


def write_deployment(table: pd.DataFrame, language: Language = ENGLISH) -> bytes:
    """Write a deployment's table, see `Deployment.table`, for readers of a language; numbers stay numbers.

    English headers are the names of the columns, which programs know; in every language it is read back as a plan.
    """
    columns = [str(column) for column in table.columns]
    if language.code == ENGLISH.code:
        return write_rows(columns, table.itertuples(index=False, name=None))
    kinds = [column in ("kind", "what") for column in columns]
    base = columns.index("place_name")

    def tell(row: Sequence[Any]) -> list[Any]:
        told = [language(KINDS[cell]) if is_kind else cell for cell, is_kind in zip(row, kinds, strict=True)]
        return told if row[0] else [*told[:base], language(KINDS["base"]), *told[base + 1 :]]

    return write_rows([language(LISTED[column]) for column in columns], map(tell, table.itertuples(index=False)))


def write_events(instance: Instance, events: Iterable[Event]) -> bytes:
    """Write an event log with clock times beside minutes."""
    return write_rows(EVENT_COLUMNS, ((instance.clock(e.minute), *e) for e in events))


def guard_formula(value: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would run; numbers pass."""
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def write_rows(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """Write a table; texts that a spreadsheet would run are guarded."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180; with less, a lone carriage return would not be quoted
    writer.writerow(columns)
    writer.writerows([guard_formula(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", errors="replace")
