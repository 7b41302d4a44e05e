"""Tables as CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

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


def write_deployment(table: pd.DataFrame) -> bytes:
    """Write a deployment's table, see `Deployment.table`; numbers stay numbers."""
    return write_rows([str(c) for c in table.columns], table.itertuples(index=False, name=None))


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
