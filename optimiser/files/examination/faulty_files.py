"""A file that cannot be used, read as far as it can be, so that it is mended on a screen instead of in the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import FILE, make_fault
from optimiser.common.message import Message
from optimiser.common.parsing import check_size, decode, parse_text
from optimiser.files.read import WORKBOOK, parse, parse_workbook
from optimiser.files.workbook import read_sheets
from optimiser.model.instance import FORMAT


def read_faulty(raw: bytes, source: str) -> tuple[dict[str, Any] | None, tuple[Fault, ...]]:
    """Read a file as far as it can be read, so that its faults can be mended without it.

    Parameters
    ----------
    raw : content of the file.
    source : its name, whose ending says what it is.

    Returns
    -------
    Plain values as an instance has them, faulty where the file is; None where it holds none. And all faults, in a
    workbook each with its cell.
    """
    kind, data = Path(source).suffix.lower(), None
    if kind not in (WORKBOOK, ".toml", ".json"):
        expected, repair = Message("a name that ends in .xlsx, .toml or .json"), Message("take the file of a district")
        return None, (make_fault("wrong-format", FILE, Path(source).name, expected, repair),)
    try:
        if kind == WORKBOOK:
            book = read_sheets(raw, source)
            data = {part: _written(value) for part, value in book.data.items()}
            return parse_workbook(raw, source).model_dump(mode="json"), ()
        found = parse_text(decode(raw, source), kind, source)
        check_size(found, source)
        data = _written(found) if isinstance(found, dict) else None
        return parse(found, source).model_dump(mode="json"), ()
    except InputFault as refused:
        is_other = isinstance(data, dict) and data.get("format", FORMAT) != FORMAT
        return None if is_other else data, refused.faults


def _written(value: Any) -> Any:
    """Return a value as JSON has it; what stands in a cell and was not understood is a text."""
    if isinstance(value, Mapping):
        return {str(key): _written(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_written(inner) for inner in value]
    if isinstance(value, dt.datetime):
        return value.isoformat()
    finite = value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and isfinite(value))
    return value if finite else str(value)
