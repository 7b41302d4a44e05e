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


class Stream:
    """The numbers of one stream, one after another, for whoever needs many of them in turn.

    Parameters
    ----------
    key : of the stream, see `random_streams.name_stream`.
    """

    def __init__(self, key: int) -> None:
        self._key, self._next = key, 0

    def uniforms(self, count: int) -> Real:
        """Return as many numbers, strictly between 0 and 1."""
        places = np.arange(self._next, self._next + count, dtype=np.uint64)
        self._next += count
        return draw_uniforms(np.uint64(self._key) + places * np.uint64(STEP), 0)

    def uniform(self) -> float:
        """Return one of them."""
        return float(self.uniforms(1)[0])

    def normals(self, count: int) -> Real:
        """Return independent standard normals (Box and Muller 1958)."""
        first, second = self.uniforms(count), self.uniforms(count)
        found: Real = np.sqrt(-2.0 * np.log(first)) * np.cos(2.0 * np.pi * second)
        return found

    def order(self, count: int) -> Whole:
        """Return the numbers from 0 on in any order."""
        return np.argsort(self.uniforms(count), kind="stable")

    def poisson(self, mean: Real) -> Whole:
        """Return a count for each mean, by inversion."""
        left, count, chance = (
            self.uniforms(mean.size).reshape(mean.shape),
            np.zeros(mean.shape, np.int64),
            np.exp(-mean),
        )
        while (open_ := left > chance).any():
            left = np.where(open_, left - chance, left)
            count += open_
            chance = np.where(open_, chance * mean / np.maximum(count, 1), chance)
            if count.max() > 10.0 * mean.max() + 100.0:
                break
        return count
