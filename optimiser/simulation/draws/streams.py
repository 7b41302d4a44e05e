"""Streams of random numbers of many scenarios at once; see `optimiser.common.random_streams` for one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from optimiser.common.random_streams import FIRST, MASK, SECOND, STEP, UNIT

Real = NDArray[np.float64]
Whole = NDArray[np.int64]
Keys = NDArray[np.uint64]


def list_streams(family: int, numbers: Whole) -> Keys:
    """Return the key of the stream of every number of a family."""
    return _mixed(np.uint64(family) ^ _mixed(numbers.astype(np.uint64) + np.uint64(1)))


def draw_uniforms(keys: Keys, k: int) -> Real:
    """Return the k-th value of every stream, strictly between 0 and 1."""
    mixed = _mixed(keys + np.uint64((k + 1) * STEP & MASK))
    values: Real = ((mixed >> np.uint64(11)).astype(float) + 0.5) * UNIT
    return values


def draw_exponentials(keys: Keys, k: int) -> Real:
    """Return the k-th unit exponential of every stream."""
    return for_each(lambda u: -math.log(u), draw_uniforms(keys, k))


def for_each(function: Callable[[float], float], values: Real) -> Real:
    """Apply a function of the standard library, whose last bit does not depend on its neighbours in an array."""
    return np.array([function(v) for v in values.tolist()])


def put_beside(rows: Sequence[Real], count: int) -> Real:
    """Put draws side by side, shape (scenarios, things drawn)."""
    return np.array(rows, dtype=float).reshape(len(rows), count).T.copy()


def _mixed(z: Keys) -> Keys:
    """`mix` of every key; whole numbers of 64 bits wrap by themselves."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(FIRST)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(SECOND)
    return z ^ (z >> np.uint64(31))
