"""Rows of a log for a table: those of days that are known, or an empty one to fill in."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.common.language import Language
from optimiser.common.numerals import write_clearly
from optimiser.files.logs.layout import TITLES, find_word
from optimiser.model.instance import Instance
from optimiser.model.observed_log import COMPLETE, Observation, ObservedDay, ObservedLog


def list_log_headers(tongue: Language) -> list[str]:
    """List the headers of a log in a language."""
    return [tongue(title) for title in TITLES.values()]


def list_rows(log: ObservedLog, instance: Instance, tongue: Language) -> Iterator[list[str]]:
    """Write a log as rows of texts that are read back as the same log.

    Raises
    ------
    ValueError : a row says what no word of a log says.
    """
    for day in log.days:
        yield from (_write(day, row, instance, tongue) for row in day.rows)
        if day.complete:
            yield [day.name, "", "", "", tongue(find_word(COMPLETE, "").text), "", "", "", ""]


def _write(day: ObservedDay, row: Observation, instance: Instance, tongue: Language) -> list[str]:
    word = find_word(row.what, row.note)
    about = tongue(row.about) if row.what == "phase" else row.about
    number = "" if row.number is None else write_clearly(row.number)
    note = "" if word.note else str(row.note)
    clock = tongue.clock(instance.clock(row.minute))
    return [day.name, clock, write_clearly(row.minute), row.place, tongue(word.text), about, number, row.other, note]
