"""Strips: one place over the day as a low drawing that is as wide as its cell, and the axis above all of them.

Across, everything is a share of the period, so that strips of any width below one another show the same hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from optimiser.common.language import ENGLISH, Language
from optimiser.output.drawing.axes import STEPS
from optimiser.output.drawing.paper import ink, number

HIGH, AXIS = 17.0, 13.0  # px
CROWD, HEADS, PROCESS = (3.0, 12.0), (13.0, 16.0), 1.0  # px from the top: crowd, personnel, process that must go on
MOST_HOURS = 5  # clock times of an axis
THIN = 1.2  # px, least height of a share that is not nothing


def draw_axis(start: dt.datetime, minutes: float, language: Language = ENGLISH) -> str:
    """Draw the clock times above strips.

    Parameters
    ----------
    start : when the period begins.
    minutes : how long it is.

    Returns
    -------
    SVG text.
    """
    texts = []
    for minute, clock in _hours(start, minutes):
        anchor = "start" if minute <= 0.0 else "end" if minute >= minutes else "middle"
        x = _share(minute, minutes)
        words = f'x="{x}" y="10" text-anchor="{anchor}" font-size="10" fill="{ink("soft")}"'
        texts.append(f"<text {words}>{language.clock(clock)}</text>")
    return _svg(AXIS, texts)


def draw_strip(
    start: dt.datetime,
    minutes: float,
    *,
    crowds: Sequence[tuple[float, float]] = (),
    shares: tuple[float, float] | None = None,
    heads: Sequence[float] = (),
    stands: Sequence[tuple[float, float]] = (),
    windows: Sequence[tuple[float, float]] = (),
) -> str:
    """Draw one place over the day.

    Parameters
    ----------
    start : when the period begins.
    minutes : how long it is.
    crowds : minutes from and until people are expected.
    shares : of scenarios in which the place turns yellow or worse, and red: so much of a crowd's height.
    heads : minutes from which personnel stands there until the end, more from each on.
    stands : minutes from and until which personnel that moves stands anywhere.
    windows : minutes from and until a process must go on.

    Returns
    -------
    SVG text.
    """
    parts = [
        f'<line x1="{_share(m, minutes)}" x2="{_share(m, minutes)}" y1="0" y2="{number(HIGH)}" stroke="{ink("line")}"/>'
        for m, _ in _hours(start, minutes)
    ]
    for begin, end in windows:
        parts.append(_bar(begin, end, minutes, PROCESS - 1.0, PROCESS + 1.0, "ink"))
    top, bottom = CROWD
    for begin, end in crowds:
        parts.append(_bar(begin, end, minutes, top, bottom, "quiet" if shares is None else "green"))
        high = 0.0
        for colour, share in (("red", shares[1]), ("yellow", shares[0] - shares[1])) if shares else ():
            if share > 0.0:
                low, high = high, high + max(THIN, share * (bottom - top))
                parts.append(_bar(begin, end, minutes, max(top, bottom - high), bottom - low, colour))
    steps = [*heads, minutes]
    for count, (begin, end) in enumerate(pairwise(steps), 1):
        thick = HEADS[0] if count == len(heads) else (HEADS[0] + HEADS[1]) / 2.0  # thinner until all are there
        parts.append(_bar(begin, end, minutes, thick, HEADS[1], "accent"))
    for begin, end in stands:
        parts.append(_bar(begin, end, minutes, *HEADS, "accent"))
    return _svg(HIGH, parts)


def _hours(start: dt.datetime, minutes: float) -> list[tuple[float, str]]:
    """Give full clock times within a period, few enough for a narrow cell."""
    step = next((s for s in STEPS if minutes / s <= MOST_HOURS), STEPS[-1])
    begin = start.hour * 60 + start.minute
    first = -(-begin // step) * step
    found = []
    for at in range(first, int(begin + minutes) + 1, step):
        hour, minute = divmod(at % 1440, 60)
        found.append((float(at - begin), f"{hour:02d}:{minute:02d}"))
    return found


def _share(minute: float, minutes: float) -> str:
    return f"{100.0 * min(max(minute, 0.0), minutes) / minutes:.2f}%"


def _bar(begin: float, end: float, minutes: float, top: float, bottom: float, colour: str) -> str:
    begin, end = max(0.0, begin), min(minutes, end)
    wide = f"{100.0 * max(0.0, end - begin) / minutes:.2f}%"
    place = f'x="{_share(begin, minutes)}" y="{number(top)}" width="{wide}" height="{number(bottom - top)}"'
    return f'<rect {place} fill="{ink(colour)}"/>'


def _svg(high: float, parts: Sequence[str]) -> str:
    look = f'width="100%" height="{number(high)}" font-family="Arial, Helvetica, sans-serif" aria-hidden="true"'
    return f'<svg class="strip" {look}>{"".join(parts)}</svg>'
