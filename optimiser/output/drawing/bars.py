"""Bars of uncertainty: a dot for each mean, a whisker for its interval, one row for each plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from optimiser.common.language import ENGLISH, Language
from optimiser.output.drawing.axes import Axis, label, ticks
from optimiser.output.drawing.paper import Canvas, number, shorten, text_width

SIZE = 11.0  # px, letters
ROW, HEAD, FOOT, NOTE = 22.0, 6.0, 34.0, 15.0  # px
MOST = 0.42  # share of the width that names may take


@dataclass(frozen=True)
class BarRow:
    """A plan and what is measured of it.

    Attributes
    ----------
    low, high : ends of the interval; infinite where there is none.
    first : whether it is the one that the others are compared with.
    """

    name: str
    mean: float
    low: float
    high: float
    first: bool = False


def draw_bars(
    rows: Sequence[BarRow],
    unit: str,
    *,
    width: int = 340,
    title: str = "",
    key: str = "bars",
    language: Language = ENGLISH,
    note: str = "",
) -> str:
    """Draw means with their intervals.

    Parameters
    ----------
    unit : what the axis counts, written below it.
    note : what is said of the first row, below that.

    Returns
    -------
    SVG text.
    """
    left = min(MOST * width, max(text_width(r.name, SIZE, r.first) for r in rows) + 10.0)
    ends = [v for r in rows for v in (r.low, r.high, r.mean) if math.isfinite(v)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    marks = ticks(low, high, 4) if high > low else [0.0, 1.0]
    high = max(high, marks[-1])
    right = width - text_width(label(marks[-1], marks, language), SIZE) / 2.0 - 6.0
    across = Axis(low, high, left + 6.0, right)
    foot = HEAD + ROW * len(rows)
    sheet = Canvas(width, foot + FOOT + (NOTE if note else 0.0), title, key)
    for value in marks:
        x = across.at(value)
        sheet.line(f"M{number(x)} {number(HEAD)}V{number(foot + 3)}", "soft" if value == 0.0 else "hair")
        sheet.text(x, foot + 15.0, label(value, marks, language), SIZE, "middle", "soft")
    sheet.text((left + right) / 2.0, foot + 29.0, unit, SIZE, "middle", "soft")
    if note:
        sheet.text(width / 2.0, foot + 29.0 + NOTE, shorten(note, width, SIZE), SIZE, "middle", "accent")
    for i, row in enumerate(rows):
        y = HEAD + ROW * (i + 0.5)
        colour = "accent" if row.first else "ink"
        if math.isfinite(row.low) and math.isfinite(row.high):
            x, u = across.at(row.low), across.at(row.high)
            caps = f"M{number(x)} {number(y - 4)}v8M{number(u)} {number(y - 4)}v8"
            sheet.line(f"M{number(x)} {number(y)}H{number(u)}{caps}", colour, 2.2 if row.first else 1.4)
        x = across.at(row.mean)
        if row.first:  # a square, so that it differs in shape too
            sheet.area(f"M{number(x - 5)} {number(y - 5)}h10v10h-10Z", colour)
        else:
            sheet.add(
                "circle", cx=x, cy=y, r=4.2, fill="var(--paper,#ffffff)", stroke="var(--ink,#1a222b)", stroke_width=1.8
            )
        name = shorten(row.name, left - 8.0, SIZE, row.first)
        sheet.text(left - 6.0, y + 4.0, name, SIZE, "end", colour, bold=row.first)
    return sheet.done()
