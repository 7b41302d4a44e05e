"""The mean of values that are never negative: a few large ones carry it, and more of them may be missing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class OneSidedMean:
    """A mean with its interval.

    Student's statistic is transformed so that its skewness is gone (Hall 1992, On the removal of skewness by
    transformation, J. R. Statist. Soc. B 54, 221-228): g(t) = t + b t^2 + b^2 t^3 / 3 + b / 2, where b is the skewness
    over 3 sqrt(n). Where values are not skewed, that is Student's interval.

    Attributes
    ----------
    mean, spread : of the values, in their unit; the spread is their standard deviation.
    below, above : how far the interval goes below and above the mean.
    """

    mean: float
    spread: float
    below: float
    above: float

    @classmethod
    def of(cls, values: NDArray[np.float64], quantile: float) -> OneSidedMean:
        """Put an interval around the mean of two or more values; the quantile is Student's, of both sides together."""
        n, mean, spread = len(values), float(values.mean()), float(values.std())
        if not spread > 0.0:
            return cls(mean, 0.0, 0.0, 0.0)
        b = float(np.mean(((values - mean) / spread) ** 3)) / (3.0 * math.sqrt(n))

        def undo(g: float) -> float:
            root = float(np.cbrt(1.0 + 3.0 * b * (g - 0.5 * b)))
            return 3.0 * (g - 0.5 * b) / (root * root + root + 1.0)  # (root - 1) / b, where b is 0 too

        error = spread / math.sqrt(n - 1)
        return cls(mean, spread, error * undo(quantile), -error * undo(-quantile))
