"""Paths of fields as people know them from a workbook, by sheet and header in any language."""

from __future__ import annotations

from optimiser.files.workbook.labels import fold_header, read_columns, read_titles
from optimiser.files.workbook.layout import lay_out


def name_path(typed: str) -> str:
    """Return the path of a field, ``gatherings.pawai.turnout`` for ``massa.pawai.jumlah massa``.

    What is named as in an instance file stays as it is, and so does what no sheet and no header has.

    Parameters
    ----------
    typed : sheet, row by its identifier or name, and header; a sheet with one field a row has no row to name.
    """
    first, *way = (step.strip() for step in typed.split("."))
    title = fold_header(first)
    sheet = next((sheet for sheet in lay_out() if sheet.name == read_titles().get(title)), None)
    if sheet is None or not way:
        return typed
    *rows, last = way
    field = read_columns(sheet).get(fold_header(last), last)
    if title == sheet.name and field not in [column.path for column in sheet.columns]:
        return typed  # a path of an instance file, of what lies deeper
    head, _, tail = sheet.base.partition("[].")
    return ".".join(step for step in (head, *rows[:1], tail, *rows[1:], field) if step)
