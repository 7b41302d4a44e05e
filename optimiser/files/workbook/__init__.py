"""Instances as workbooks: what one looks like, how it is opened safely, and the way there and back."""

from __future__ import annotations

from optimiser.files.workbook.examples import EXAMPLE
from optimiser.files.workbook.from_sheets import read_sheets
from optimiser.files.workbook.layout import HIDDEN, README, Column, Sheet, lay_out
from optimiser.files.workbook.sheet_data import SheetData
from optimiser.files.workbook.to_sheets import Filled, empty_sheets, fill_sheets

__all__ = [
    "EXAMPLE",
    "HIDDEN",
    "README",
    "Column",
    "Filled",
    "Sheet",
    "SheetData",
    "empty_sheets",
    "fill_sheets",
    "lay_out",
    "read_sheets",
]
