"""How one measure of a day is judged: against its limit, and against simulated days of the same plan."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from optimiser.operation.score.measures import ScoreMeasure
from optimiser.operation.score.occasions import Occasion

Rating = Literal["P", "S", "M", "U", "-"]
ORDER: tuple[Rating, ...] = ("P", "S", "M", "U")  # from the best to the worst; "-" is not rated
LATE = 0.95  # share of simulated days that are better, from which on the day itself is no reason; assumed
USUAL = 0.5  # share up to which an outcome is as good as that of most days
FEWEST = 20  # simulated days with the measure that a comparison needs; assumed: with fewer, 1 in 20 cannot be told
NORMAL = 1.959963984540054  # 97.5 % of the normal distribution
EXACT = 1e-9  # what adding up makes of nothing


@dataclass(frozen=True)
class Percentile:
    """Where a day lies among simulated days.

    Attributes
    ----------
    share : of simulated days that are better, ties broken at random by a number that the log itself names; uniform
        between 0 and 1 where players do as the plan says.
    low, high : 95 % interval of the share, for as many days as were simulated (Wilson).
    days : simulated days that have the measure.
    median : of their values; where a measure is compared by what exceeds the expected, that of days with these
        occasions.
    usual : the value that 95 % of them do not exceed, likewise.
    """

    share: float
    low: float
    high: float
    days: int
    median: float
    usual: float

    @property
    def late(self) -> bool:
        """Whether the day is worse than the day itself explains."""
        return self.share >= LATE


@dataclass(frozen=True)
class Reading:
    """One measure of one day.

    Attributes
    ----------
    told : whether the log holds the measure; if not, nothing else is known.
    occasions : in order of time.
    value : of the day; None where nothing was measured.
    limit : of one occasion; None where there is none.
    allowed : the limit, and the minute that a clock without seconds may add; None where there is none.
    place : among simulated days; None where it cannot be compared.
    rating : P, S, M, U, or - where it is not rated.
    """

    measure: ScoreMeasure
    told: bool
    occasions: tuple[Occasion, ...]
    value: float | None
    limit: float | None
    allowed: float | None
    place: Percentile | None
    rating: Rating

    @property
    def undone(self) -> int:
        """Occasions on which it was not done at all."""
        return sum(one.value is None for one in self.occasions)

    @property
    def over(self) -> int:
        """Occasions on which it took more than its limit."""
        return sum(exceeds(one, self.allowed) for one in self.occasions)


def exceeds(occasion: Occasion, limit: float | None) -> bool:
    """Return whether an occasion took more than a limit."""
    return limit is not None and occasion.value is not None and occasion.value > limit + EXACT


def place_among(
    value: float, reference: Sequence[float], name: bytes, measure: str, expected: float = 0.0
) -> Percentile | None:
    """Place a value among those of simulated days; None where too few have one.

    Parameters
    ----------
    name : of the log, which breaks ties.
    measure : identifier; each breaks its ties by a number of its own.
    expected : what each value is more than; added to the median and the usual value that are told.
    """
    days = len(reference)
    if days < FEWEST:
        return None
    known = sorted(reference)
    better, worse = bisect_left(known, value - EXACT), days - bisect_right(known, value + EXACT)
    between = int.from_bytes(hashlib.sha256(name + measure.encode()).digest()[:6], "big") / 2**48
    share = (better + between * (days - better - worse + 1)) / (days + 1)
    low, high = estimate_share(share, days)
    median, most = known[(days - 1) // 2], known[math.ceil(LATE * days) - 1]
    return Percentile(share, low, high, days, expected + median, expected + most)


def estimate_share(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share that was found among so many days (Wilson 1927)."""
    spread = NORMAL * NORMAL / count
    middle = (share + spread / 2.0) / (1.0 + spread)
    half = NORMAL * math.sqrt(share * (1.0 - share) / count + spread / (4.0 * count)) / (1.0 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def explains_undone(undone: int, reference: Sequence[int]) -> bool:
    """Return whether as much was not done on enough simulated days for day or plan to be the reason."""
    as_many = sum(other >= undone for other in reference)
    return len(reference) >= FEWEST and as_many > (1.0 - LATE) * len(reference)


def rate(
    measure: ScoreMeasure,
    occasions: tuple[Occasion, ...],
    limit: float | None,
    place: Percentile | None,
    explained: bool = False,
) -> Rating:
    """Rate a measure that a log holds, as HSEEP does.

    With a limit: P if every occasion kept it; S if some did not, or on some it was not done, and simulated days under
    the same conditions are no better often enough; M if the day is no reason; U if it was never done. A gate of
    wide-area means that was not kept is U: doctrine allows none. Without a limit: P if nothing was lost, or no more
    than on most simulated days; S up to 95 % of them; M beyond.

    Parameters
    ----------
    explained : see `explains_undone`.
    """
    done = [one for one in occasions if one.value is not None]
    if not occasions:
        return "-"
    if not done:
        return "U"
    if limit is None:
        total = measure.value(occasions) or 0.0
        if total <= EXACT:
            return "P"
        return "-" if place is None else "P" if place.share <= USUAL else "M" if place.late else "S"
    missed = any(exceeds(one, limit) for one in done)
    if missed and measure.id == "gates":
        return "U"
    if (missed and (place is None or place.late)) or (len(done) < len(occasions) and not explained):
        return "M"
    return "S" if missed or len(done) < len(occasions) else "P"
