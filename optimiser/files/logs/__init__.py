"""Logs of days that happened, as CSV or workbook: their columns and words, read and written."""
