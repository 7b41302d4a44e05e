"""What is thought of the constants before any log is read: ranges of low, value used and high, as draws of a plan have.

Every constant and every tension is a function of one standard normal number, so that the prior is the simplest there
is: independent standard normals. As many draws lie below the value used as above it, evenly in either part, which is
how `optimiser plan --uncertain` draws them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from optimiser.model.instance import Instance
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.laws.ranges import PlausibleRange, plausible_range
from optimiser.simulation.engine import Floats, Ints

NARROW = 1e-9  # share of a prior that is left at least, where logs say nearly exactly what a constant is


@dataclass(frozen=True)
class Prior:
    """Ranges of numbers.

    Attributes
    ----------
    low, value, high : shape (numbers,).
    first, last : shares of the draws between which a number lies, 0 and 1 unless narrowed, shape (numbers,).
    """

    low: Floats
    value: Floats
    high: Floats
    first: Floats
    last: Floats

    @classmethod
    def of(cls, ranges: Sequence[PlausibleRange]) -> Prior:
        """Take ranges as they are."""
        low, value, high = np.array(ranges, dtype=float).reshape(-1, 3).T
        return cls(low, value, high, np.zeros(len(low)), np.ones(len(low)))

    def some(self, numbers: Ints) -> Prior:
        """Return the prior of some of the numbers."""
        return Prior(*(getattr(self, field.name)[numbers] for field in fields(self)))

    def narrow(self, number: int, least: float, most: float) -> Prior:
        """Return the prior of somebody who knows that one of the numbers is at least this and at most that."""
        first, last = self.first.copy(), self.last.copy()
        first[number] = max(first[number], self.share(number, least))
        last[number] = max(first[number] + NARROW, min(last[number], self.share(number, most)))
        return Prior(self.low, self.value, self.high, first, last)

    def share(self, number: int, value: float) -> float:
        """Return the share of the draws of a number that lie below a value."""
        below, above = self.value[number] - self.low[number], self.high[number] - self.value[number]
        if value < self.value[number]:
            return float(0.5 * max(0.0, value - self.low[number]) / below) if below > 0.0 else 0.0
        return float(0.5 + 0.5 * min(above, value - self.value[number]) / above) if above > 0.0 else 1.0

    def at(self, normal: Floats) -> Floats:
        """Return the numbers that standard normal ones stand for, shape (numbers,) or (draws, numbers)."""
        share = 2.0 * (self.first + (self.last - self.first) * normal_share(normal)) - 1.0
        found: Floats = self.value + share * np.where(share < 0.0, self.value - self.low, self.high - self.value)
        return found


def normal_share(normal: Floats) -> Floats:
    """Return the shares of a standard normal that lie below numbers."""
    shares = [0.5 * math.erfc(-x / math.sqrt(2.0)) for x in normal.ravel().tolist()]
    return np.array(shares).reshape(normal.shape)


def prior_of_law(instance: Instance) -> Prior:
    """Return the ranges of the constants in an instance, in the order of `CONSTANTS`."""
    return Prior.of([plausible_range(instance.law, c) for c in CONSTANTS])


def prior_of_tension(instance: Instance, came: Ints) -> Prior:
    """Return the ranges of the tension that gatherings come with, as scenarios draw it.

    Parameters
    ----------
    came : day and gathering of each, shape (tensions, 2).
    """
    ranges = []
    for _, g in came.tolist():
        one = instance.gatherings[g]
        value, spread = float(one.tension), float(one.tension_spread)
        ranges.append(PlausibleRange(value - spread, value, value + spread))
    return Prior.of(ranges)
