"""Drawings: choose a map, a fan, a Gantt chart, or bars; each makes SVG text of plain data.

Nothing here knows a plan; `output.pictures` takes the data from one. A drawing is as wide as it is told to be, so
that a phone gets one of its own, and every text in it is escaped.
"""
