"""How large numbers are: the unit in which a program is solved, and differences that are none.

Weights may be of any size: points, rupiah, or billions of rupiah. The tolerances of solvers are absolute, so a program
is measured in a unit of its own size before it is solved, and its answer is measured back. Numbers are rounded far
below what counts, so that the same program in another currency is the same program bit by bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", float, NDArray[np.float64])
LARGEST = 2.0**13  # units of the largest coefficient: tolerances of 1e-9 are then 1e-13 of it, above float rounding
PLACES = 8  # decimals of a unit that are kept
GRAIN = 0.5 * 10.0**-PLACES  # units by which rounding changes a number at most
CLOSE = 1e-9  # relative difference of two sums that counts as none: tolerances of solvers, and float rounding
ROUNDING = 1e-12  # share of a sum's terms that float rounding may change: 1e4 terms of 1e-16 each


def unit_of(values: Iterable[float] | NDArray[np.float64]) -> float:
    """Return the unit in which the largest of some numbers is `LARGEST`, in the unit of the numbers; 1 without any."""
    largest = float(np.max(np.abs(np.fromiter(values, dtype=float)), initial=0.0))
    return largest / LARGEST if largest > 0.0 else 1.0


def in_units(value: Number, unit: float) -> Number:
    """Measure numbers in a unit, rounded to `PLACES` decimals."""
    return cast(Number, np.round(value / unit, PLACES))


def close_to(value: float) -> float:
    """Return the difference from a value that counts as none, in its unit."""
    return CLOSE * abs(value)


def relative_gap(objective: float, bound: float) -> float:
    """Return (objective - bound) / |objective|, at least 0, and 0 where the difference is one that tolerances hide.

    An objective that is not known, infinity, closes no gap: 1.
    """
    if math.isinf(objective):
        return 1.0
    if objective - bound <= close_to(objective):
        return 0.0
    return (objective - bound) / abs(objective) if objective else 1.0


def in_order(values: NDArray[np.float64], among: float) -> NDArray[np.int64]:
    """Return the order of numbers from the lowest up; those that differ by rounding only keep their own.

    Parameters
    ----------
    among : size of the sums that the numbers are differences of, in their unit.
    """
    steps = np.round(values / (CLOSE * abs(among))) if among else values
    return np.argsort(steps, kind="stable")
