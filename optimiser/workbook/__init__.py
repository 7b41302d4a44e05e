"""Instances as workbooks: what one looks like, how it is opened safely, and the way there and back."""

from __future__ import annotations

from pathlib import Path

from optimiser.workbook.fold import Filled, fold
from optimiser.workbook.layout import HIDDEN, README, Column, Sheet, lay_out
from optimiser.workbook.unfold import Unfolded, unfold

EXAMPLE = Path(__file__).parent / "example.toml"  # what an empty template shows

__all__ = ["EXAMPLE", "HIDDEN", "README", "Column", "Filled", "Sheet", "Unfolded", "fold", "lay_out", "unfold"]
