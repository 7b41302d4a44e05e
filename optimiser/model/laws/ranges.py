"""What the constants of a law plausibly are: each a range around the value used, from the law or from an instance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from optimiser.model.laws.constants import Constant


class PlausibleRange(NamedTuple):
    """A plausible range: low, the value used, high, in the unit of the constant."""

    low: float
    value: float
    high: float

    @property
    def spread(self) -> float:
        """Standard deviation of what is drawn."""
        below, above = self.value - self.low, self.high - self.value
        return math.sqrt((below**2 + above**2) / 6.0 - ((above - below) / 4.0) ** 2)

    def at(self, share: float) -> float:
        """Return the value at a share of the draws: as many lie below the value used as above it."""
        if share < 0.5:
            return self.low + 2.0 * share * (self.value - self.low)
        return self.value + (2.0 * share - 1.0) * (self.high - self.value)


def plausible_range(changes: Mapping[str, float], constant: Constant) -> PlausibleRange:
    """Return the plausible range of a constant in an instance.

    A constant that the instance sets without a range keeps that of the law, widened to hold it.

    Parameters
    ----------
    changes : constants that the instance sets, `Instance.law`.
    """
    given = changes.get(constant.name)
    value = constant.default if given is None else float(given)
    low, high = getattr(given, "low", None), getattr(given, "high", None)
    return PlausibleRange(
        float(min(constant.low, value) if low is None else low),
        value,
        float(max(constant.high, value) if high is None else high),
    )
