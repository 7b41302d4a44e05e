"""Draws from a posterior whose prior is standard normal: elliptical slice sampling, which has nothing to tune.

A new point is sought on an ellipse through the present point and a fresh draw of a normal distribution, between bounds
that shrink towards the present point until the likelihood there is high enough (Murray, Adams, MacKay 2010). The
normal distribution may be any that is like the posterior, if the likelihood is divided by it (Nishihara, Murray, Adams
2014): first it is the prior, then the one that has the peak of the posterior and bends as it does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimiser.simulation.draws.streams import Stream
from optimiser.simulation.engine import Floats, Ints

BLOCK = 4  # numbers that move together: more of them only creep; measured
CLOSED = 1e-12  # bounds so near to each other leave a point where it is
WIDER = 1.1  # the normal distribution is so much wider than the posterior at its peak, so that it reaches all; assumed


@dataclass(frozen=True)
class Normal:
    """A normal distribution; a point of it stands for independent standard normals, and those for a point.

    Attributes
    ----------
    mean : shape (numbers,).
    root : whose square is the covariance, shape (numbers, numbers).
    inverse : of the root.
    """

    mean: Floats
    root: Floats
    inverse: Floats

    @classmethod
    def standard(cls, count: int) -> Normal:
        """Return independent standard normals."""
        return cls(np.zeros(count), np.eye(count), np.eye(count))

    @classmethod
    def of(cls, mean: Floats, axes: Floats, spread: Floats) -> Normal:
        """Return one that is somewhat wider than its mean, main axes (columns) and spread along these say."""
        return cls(mean, WIDER * axes * spread, axes.T / (WIDER * spread)[:, None])

    def point(self, normal: Floats) -> Floats:
        """Return the point that independent standard normals stand for."""
        found: Floats = self.mean + np.einsum("ij,j->i", self.root, normal)  # threads of a product of matrices wait
        return found

    def normal(self, point: Floats) -> Floats:
        """Return the independent standard normals that stand for a point."""
        found: Floats = np.einsum("ij,j->i", self.inverse, point - self.mean)
        return found


def step(
    logs: Callable[[Floats], Floats], point: Floats, levels: Floats, normal: Normal, random: Stream
) -> tuple[Floats, Floats]:
    """Move a point whose prior is standard normal, a few of its numbers at a time.

    Parameters
    ----------
    logs : logarithms of likelihoods whose sum counts.
    levels : those of the present point.
    normal : a distribution like the posterior.

    Returns
    -------
    The next point, and its logarithms.
    """
    here, order = normal.normal(point), random.order(len(point))
    for first in range(0, len(point), BLOCK):
        block = order[first : first + BLOCK]
        start, other = here[block], random.normals(len(block))
        least = _level(levels, here, point) + math.log(random.uniform())
        angle = 2.0 * math.pi * random.uniform()
        low, high = angle - 2.0 * math.pi, angle
        while high - low > CLOSED:
            moved = here.copy()
            moved[block] = start * math.cos(angle) + other * math.sin(angle)
            proposed = normal.point(moved)
            found = logs(proposed)
            if _level(found, moved, proposed) > least:
                here, point, levels = moved, proposed, found
                break
            low, high = (angle, high) if angle < 0.0 else (low, angle)
            angle = low + (high - low) * random.uniform()
    return point, levels


def _level(levels: Floats, normal: Floats, point: Floats) -> float:
    """Return how likely a point is, over what the normal distribution says of it; a logarithm, but for a constant."""
    return float(levels.sum() + 0.5 * (normal @ normal - point @ point))


def step_apart(
    logs: Callable[[Floats], Floats], points: Floats, levels: Floats, groups: Ints, random: Stream
) -> tuple[Floats, Floats]:
    """Move the points of many groups at once, each of which has a likelihood of its own; the prior is standard normal.

    Parameters
    ----------
    logs : logarithm of the likelihood of every group, shape (groups,).
    points : all numbers, shape (numbers,).
    levels : logarithm of the likelihood of the present ones, shape (groups,).
    groups : of every number, shape (numbers,).
    """
    count = len(levels)
    other = random.normals(len(points))
    least = levels + np.log(random.uniforms(count))
    angle = 2.0 * math.pi * random.uniforms(count)
    low, high = angle - 2.0 * math.pi, angle.copy()
    waiting = np.ones(count, dtype=bool)
    while True:
        proposed = points * np.cos(angle)[groups] + other * np.sin(angle)[groups]
        found = logs(proposed)
        waiting &= ~(found > least)
        if not waiting.any():
            return proposed, found
        low, high = np.where(waiting & (angle < 0.0), angle, low), np.where(waiting & (angle >= 0.0), angle, high)
        angle = np.where(waiting, low + (high - low) * random.uniforms(count), angle)
        lost = waiting & (high - low < CLOSED)
        angle, least = np.where(lost, 0.0, angle), np.where(lost, -np.inf, least)
