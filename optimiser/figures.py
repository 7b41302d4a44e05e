"""Numbers and names as people read them: no digit more than the interval carries, no character that steers a screen."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimiser.evaluation import Interval

DIGITS = 2  # significant digits of a half-width, and as many decimals for the mean
UNSURE = "?"  # where a half-width cannot be given


def plain(text: str) -> str:
    """Replace control and direction characters, so that a name from a file cannot move a cursor or turn a line."""
    return "".join("?" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text)


def figure(value: float, half: float = math.inf) -> str:
    """Write a number with three significant digits, or with as many decimals as its half-width carries.

    Parameters
    ----------
    value : the number; infinite and undefined ones become "?".
    half : half-width of its confidence interval, same unit; infinite where there is none.
    """
    if not math.isfinite(value):
        return UNSURE
    return f"{value:,.{_decimals(value, half)}f}"


def given(value: float) -> str:
    """Write a number as a person gave it: 15, not 15.0; rounded to a tenth."""
    return f"{round(value, 1):,g}" if abs(value) < 1e5 else f"{value:,.0f}"


def signed(value: float, half: float = math.inf) -> str:
    """Write a difference with its sign; nothing gets none."""
    text = figure(value, half)
    if text.strip("-0.,") == "":
        return text.lstrip("-")
    return text if value < 0.0 else f"+{text}"


def span(interval: Interval, sign: bool = False) -> str:
    """Write ``mean [low, high]``, each end rounded alike."""
    return f"{mean(interval, sign)} {ends(interval, sign)}"


def mean(interval: Interval, sign: bool = False) -> str:
    """Write the mean of an interval."""
    return (signed if sign else figure)(interval.mean, interval.half)


def ends(interval: Interval, sign: bool = False) -> str:
    """Write the ends of an interval; without a sign it is of something that cannot be negative and is cut at 0."""
    if not math.isfinite(interval.half):
        return f"[{UNSURE}, {UNSURE}]"
    write, low = (signed, interval.low) if sign else (figure, max(0.0, interval.low))
    return f"[{write(low, interval.half)}, {write(interval.high, interval.half)}]"


def percent(share: float, count: int | None = None) -> str:
    """Write a share of 1 in whole percent; what is small but not nothing stays visible.

    Parameters
    ----------
    count : number of scenarios it is a share of, shown where given.
    """
    if 0.0 < share < 0.005:
        text = "under 1 %"
    elif 0.995 < share < 1.0:
        text = "over 99 %"
    else:
        text = f"{100.0 * share:.0f} %"
    return text if count is None else f"{text} ({round(share * count):,} of {count:,})"


def several(number: int, noun: str) -> str:
    """Write a number and its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _decimals(value: float, half: float) -> int:
    told = math.isfinite(half) and half > 1e-9 * abs(value)  # below is float rounding, not an interval
    size, digits = (half, DIGITS) if told else (abs(value), DIGITS + 1)
    return min(6, max(0, digits - 1 - math.floor(math.log10(size)))) if size > 0.0 else 0
