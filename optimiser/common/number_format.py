"""Numbers and names as people read them: no digit more than the interval carries, no character that steers a screen.

Numbers are written in the form of the reader's language, English where none is given.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from typing import Protocol

from optimiser.common.language import ENGLISH, Language

DIGITS = 2  # significant digits of a half-width, and as many decimals for the mean
NOISE = 1e-14  # what the order of a sum makes of nothing at most, in points or persons of usual size; assumed
MOST, SMALL = 6, 1e-4  # decimals at most; numbers below this that need more are written with an exponent
UNSURE = "?"  # where a half-width cannot be given


class IntervalLike(Protocol):
    """What is written of a mean with its confidence interval; `planning.evaluation.Interval` says what each means."""

    @property
    def mean(self) -> float: ...
    @property
    def half(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def count(self) -> int: ...
    @property
    def unusual(self) -> int: ...
    @property
    def usual(self) -> float: ...
    @property
    def rare(self) -> bool: ...
    @property
    def exact(self) -> bool: ...
    @property
    def often(self) -> float: ...


def plain(text: str) -> str:
    """Replace control and direction characters, so that a name from a file cannot move a cursor or turn a line."""
    return "".join("?" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text)


def capitalise(text: str) -> str:
    """Write a text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def figure(value: float, half: float = math.inf, language: Language = ENGLISH) -> str:
    """Write a number with three significant digits, or with as many decimals as its half-width carries.

    Parameters
    ----------
    value : the number; infinite and undefined ones become "?".
    half : half-width of its confidence interval, same unit; infinite where there is none.
    """
    return language.number(_figure(value, half))


def given(value: float, language: Language = ENGLISH) -> str:
    """Write a number as a person gave it: 15, not 15.0; rounded to a tenth."""
    return language.number(f"{round(value, 1):,g}" if abs(value) < 1e5 else f"{value:,.0f}")


def signed(value: float, half: float = math.inf, language: Language = ENGLISH) -> str:
    """Write a difference with its sign; nothing gets none."""
    return language.number(_signed(value, half))


def span(interval: IntervalLike, sign: bool = False, language: Language = ENGLISH) -> str:
    """Write ``mean [low, high]``, each end rounded alike."""
    return f"{mean(interval, sign, language)} {ends(interval, sign, language)}"


def mean(interval: IntervalLike, sign: bool = False, language: Language = ENGLISH) -> str:
    """Write the mean of an interval; where few scenarios carry it, it is as unsure as it is large."""
    return (signed if sign else figure)(interval.mean, abs(interval.mean) if interval.rare else interval.half, language)


def ends(interval: IntervalLike, sign: bool = False, language: Language = ENGLISH) -> str:
    """Write the ends of an interval; without a sign it is of something that cannot be negative and is cut at 0.

    A semicolon stands between them where the language writes decimals with a comma. Where no interval can be given, it
    is said how many scenarios carry the mean (see `tell_rare`); where one plan is compared with itself, that.
    """
    if interval.exact:
        return language("(same plan)")
    if interval.rare:
        return f"({_carried(interval, language)})"
    if not math.isfinite(interval.half):
        return f"[{language.pair(UNSURE, UNSURE)}]"
    write, low = (signed, interval.low) if sign else (figure, max(0.0, interval.low))
    ends = (write(end, interval.half, language) for end in (low, interval.high))
    return f"[{language.pair(*ends)}]"


def tell_rare(intervals: Iterable[IntervalLike], language: Language = ENGLISH) -> str:
    """Return what may be said of means that few scenarios carry: how often, not how much; empty if there are none."""
    rare = {(i.unusual, i.count): i for i in intervals if i.rare}
    if not rare:
        return ""
    limits = [
        language(
            "{seen}: at most {share} % of operations",
            seen=_carried(interval, language),
            share=figure(100.0 * interval.often, 100.0 * interval.often, language),
        )
        for _, interval in sorted(rare.items())
    ]
    return language(
        "Figures without an interval say in how many scenarios they differ from the usual: too few for an interval, "
        "and what is rare may be far worse than anything seen. How often, with 95 % confidence each: {limits}.",
        limits="; ".join(limits),
    )


def _carried(interval: IntervalLike, language: Language) -> str:
    part, count = (language.number(f"{n:,}") for n in (interval.unusual, interval.count))
    if interval.usual != 0.0:
        said = language("all but {part} of {all}", part=part, all=count)
        return said if interval.unusual else language("all {all} alike", all=count)
    if not interval.unusual:
        return language("none of {all}", all=count)
    return language("{part} of {all}", part=part, all=count)


def percent(share: float, count: int | None = None, language: Language = ENGLISH) -> str:
    """Write a share of 1 in whole percent; what is small but not nothing stays visible.

    Parameters
    ----------
    count : number of scenarios it is a share of, shown where given.
    """
    if 0.0 < share <= 0.005:  # a half would round to nothing
        text = language("under 1 %")
    elif 0.995 <= share < 1.0:
        text = language("over 99 %")
    else:
        text = f"{100.0 * share:.0f} %"
    if count is None:
        return text
    number = language.number
    part = language("{part} of {all}", part=number(f"{round(share * count):,}"), all=number(f"{count:,}"))
    return f"{text} ({part})"


def several(number: int, noun: str) -> str:
    """Write a number and its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _figure(value: float, half: float) -> str:
    if not math.isfinite(value):
        return UNSURE
    decimals = _decimals(value, half)
    if decimals > MOST and NOISE < abs(value) < SMALL:  # it would read as nothing, or lose its digits
        return f"{value:.{max(0, decimals + math.floor(math.log10(abs(value))))}e}"
    return f"{value:,.{min(MOST, decimals)}f}"


def _signed(value: float, half: float) -> str:
    text = _figure(value, half)
    if text.strip("-0.,") == "":
        return text.lstrip("-")
    return text if value < 0.0 else f"+{text}"


def _decimals(value: float, half: float) -> int:
    told = math.isfinite(half) and half > 1e-9 * abs(value)  # below is float rounding, not an interval
    size, digits = (half, DIGITS) if told else (abs(value), DIGITS + 1)
    return max(0, digits - 1 - math.floor(math.log10(size))) if size > 0.0 else 0
