"""Instances as workbooks: what one looks like, how it is opened safely, and the way there and back."""

from __future__ import annotations

from optimiser.workbook.examples import EXAMPLE
from optimiser.workbook.fold import Filled, clear, fold
from optimiser.workbook.layout import HIDDEN, README, Column, Sheet, lay_out
from optimiser.workbook.unfold import Unfolded, unfold

__all__ = ["EXAMPLE", "HIDDEN", "README", "Column", "Filled", "Sheet", "Unfolded", "clear", "fold", "lay_out", "unfold"]
