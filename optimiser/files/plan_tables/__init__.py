"""Plans as tables: from a sheet or a CSV file that says who stands where, row by row, back to a plan."""

from __future__ import annotations
