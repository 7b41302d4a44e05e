"""Axes: where the ticks of a quantity or of the time of day are, and what is written at them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import given
from optimiser.output.drawing.paper import text_width

WIDER = 1.15  # DejaVu Sans against the letters that are measured
STEPS = (5, 10, 15, 30, 60, 120, 180, 240, 360, 720)  # min between clock times that people count in


@dataclass(frozen=True)
class Axis:
    """A linear axis from data to px."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """Give the px of a value."""
        across = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.0
        return self.begin + across * (self.end - self.begin)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Give round values that lie from low to high, at most so many or one more."""
    if not high > low:
        return [low]
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * f for f in (1.0, 2.0, 2.5, 5.0, 10.0) if power * f >= rough * (1.0 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [float(f"{k * step:.12g}") + 0.0 for k in range(first, math.floor(high / step + 1e-9) + 1)]


def label(value: float, among: Sequence[float], language: Language = ENGLISH) -> str:
    """Write the value of a tick, with as many decimals as its neighbours need."""
    if all(v == float(f"{round(v, 1):.12g}") for v in among):
        return given(value, language)
    if max(map(abs, among)) < 0.01:  # three decimals would make them alike
        return language.number(f"{value:.3g}")
    return language.number(f"{value:,.3f}".rstrip("0").rstrip("."))


def middle(x: float, text: str, size: float, width: float) -> float:
    """Give the middle of a text that wants to stand at x and has to stay inside a drawing, in wide letters too."""
    half = WIDER * text_width(text, size) / 2.0
    return min(max(x, half), width - half)


def clock_ticks(
    start: dt.datetime, minutes: float, room: float, language: Language = ENGLISH, size: float = 11.0
) -> list[tuple[float, str]]:
    """Give full clock times within a period, as close as they can be written side by side.

    Parameters
    ----------
    start : when the period begins.
    minutes : how long it is.
    room : px that it takes.

    Returns
    -------
    Minutes from the start, and what is written there.
    """
    least = text_width("00:00", size) + 10.0
    step = next((s for s in STEPS if s * room / minutes >= least), STEPS[-1])
    begin = start.hour * 60 + start.minute
    first = -(-begin // step) * step
    found = []
    for at in range(first, math.floor(begin + minutes + 1e-9) + 1, step):
        hour, minute = divmod(at % 1440, 60)
        found.append((float(at - begin), language.clock(f"{hour:02d}:{minute:02d}")))
    return found
