"""Draws from a posterior whose prior is standard normal: elliptical slice sampling.

A new point is sought on an ellipse through the present point and a fresh draw of a normal distribution, between bounds
that shrink towards the present point until the likelihood there is high enough (Murray, Adams, MacKay 2010). The
normal distribution may be any that is like the posterior, if the likelihood is divided by it (Nishihara, Murray, Adams
2014): first it is the prior, then one that has the mean and the covariance of the draws so far.

A point is constants of the law, followed by tensions, each of which belongs to a day. Given the constants, days are
independent, so the tensions of each day move by themselves, and only that day is weighed. When constants move, tensions
move along as the normal distribution has it.

The functions here use records, numbers and tuples only, as those of `simulation`: they run in Python and compiled.
"""

from __future__ import annotations

import math
from typing import Annotated as Shaped

from optimiser.common.random_streams import uniform
from optimiser.operation.calibration.recording import Days, settle_law, weigh_day
from optimiser.simulation.record import KEY, FloatRows, Floats, Ints, Record

BLOCK = 10  # constants that move together: fewer need more weighing, more only creep; measured
CLOSED = 1e-12  # bounds so near to each other leave a point where it is
ROOM = 200  # steps that are kept at a call, at most


class ChainState(Record):
    """A chain of points, and the normal distribution that helps it along."""

    days: Days
    constants: int  # how many of the numbers are constants
    # what a number is: a constant of the law, or the tension that a gathering came with on a day
    constant: Shaped[Ints, "numbers"]
    gathering: Shaped[Ints, "numbers"]
    tension_first: Shaped[Ints, "days and one"]  # numbers that are tensions of a day
    # prior: what a number is worth where its standard normal is low, 0, high; shares of the prior that are left
    low: Shaped[Floats, "numbers"]
    value: Shaped[Floats, "numbers"]
    high: Shaped[Floats, "numbers"]
    first: Shaped[Floats, "numbers"]
    last: Shaped[Floats, "numbers"]
    axes: Shaped[FloatRows, "numbers", "numbers"]  # of the normal distribution; a tension's are of its own day alone
    # where the chain is
    point: Shaped[Floats, "numbers"]
    normal: Shaped[Floats, "numbers"]  # the independent standard normals that the point stands for
    level: Shaped[Floats, "days"]  # logarithm of the likelihood of each day
    # random numbers
    key: Shaped[int, KEY]
    drawn: int
    # scratch
    tried: Shaped[Floats, "numbers"]
    start: Shaped[Floats, "numbers"]
    other: Shaped[Floats, "numbers"]
    moved: Shaped[Floats, "numbers"]
    order: Shaped[Ints, "numbers"]
    # answers
    steps: int
    weighed: int  # days, so far
    kept: Shaped[FloatRows, ROOM, "numbers"]


def advance(w: ChainState) -> int:
    """Go some steps: in each, all constants move, some at a time, then the tensions of each day."""
    put_numbers(w, w.point, 0, len(w.point))
    settle_law(w.days)
    for d in range(len(w.level)):
        weigh_day(w.days, d)
        w.level[d] = w.days.log[d]
    for step in range(w.steps):
        shuffle(w)
        for first in range(0, w.constants, BLOCK):
            move_constants(w, first, min(w.constants, first + BLOCK))
        put_numbers(w, w.point, 0, len(w.point))
        settle_law(w.days)
        for d in range(len(w.level)):
            if w.tension_first[d + 1] > w.tension_first[d]:
                move_tensions(w, d, w.tension_first[d], w.tension_first[d + 1])
        for i in range(len(w.point)):
            w.kept[step][i] = w.point[i]
    return 0


def draw_uniform(w: ChainState) -> float:
    """Draw the next random number."""
    w.drawn += 1
    return uniform(w.key, w.drawn)


def draw_normal(w: ChainState) -> float:
    """Draw a standard normal (Box and Muller 1958)."""
    size = math.sqrt(-2.0 * math.log(draw_uniform(w)))
    return size * math.cos(2.0 * math.pi * draw_uniform(w))


def shuffle(w: ChainState) -> None:
    """Put the constants in any order."""
    for i in range(w.constants):
        w.order[i] = i
    for i in range(w.constants - 1, 0, -1):
        j = min(i, int(draw_uniform(w) * (i + 1)))
        w.order[i], w.order[j] = w.order[j], w.order[i]


def put_numbers(w: ChainState, point: Floats, first: int, last: int) -> None:
    """Let the days have the constants and tensions that standard normals stand for."""
    d = 0
    for i in range(first, last):
        share = 0.5 * math.erfc(-point[i] / math.sqrt(2.0))
        share = 2.0 * (w.first[i] + (w.last[i] - w.first[i]) * share) - 1.0
        number = w.value[i] + share * ((w.value[i] - w.low[i]) if share < 0.0 else (w.high[i] - w.value[i]))
        if i < w.constants:
            w.days.constant[w.constant[i]] = number
        else:
            while i >= w.tension_first[d + 1]:
                d += 1
            w.days.came_with[d][w.gathering[i]] = number


def move_constants(w: ChainState, first: int, last: int) -> None:
    """Move along some axes of the normal distribution."""
    outside = height = 0.0  # how likely, over what the normal distribution says, a logarithm but for a constant
    for i in range(len(w.point)):
        outside += 0.5 * w.normal[i] ** 2
        height -= 0.5 * w.point[i] ** 2
    height += outside
    for d in range(len(w.level)):
        height += w.level[d]
    for j in range(first, last):
        w.start[j], w.other[j] = w.normal[w.order[j]], draw_normal(w)
        outside -= 0.5 * w.start[j] ** 2
    least = height + math.log(draw_uniform(w))
    angle = 2.0 * math.pi * draw_uniform(w)
    low, high = angle - 2.0 * math.pi, angle
    while high - low > CLOSED:
        height = outside
        for i in range(len(w.point)):
            w.tried[i] = w.point[i]
        for j in range(first, last):
            w.moved[j] = w.start[j] * math.cos(angle) + w.other[j] * math.sin(angle)
            height += 0.5 * w.moved[j] ** 2
            for i in range(len(w.point)):
                w.tried[i] += (w.moved[j] - w.start[j]) * w.axes[w.order[j]][i]
        put_numbers(w, w.tried, 0, len(w.point))
        settle_law(w.days)
        for i in range(len(w.point)):
            height -= 0.5 * w.tried[i] ** 2
        for d in range(len(w.level)):
            weigh_day(w.days, d)
            height += w.days.log[d]
        w.weighed += len(w.level)
        if height > least:
            for j in range(first, last):
                w.normal[w.order[j]] = w.moved[j]
            for i in range(len(w.point)):
                w.point[i] = w.tried[i]
            for d in range(len(w.level)):
                w.level[d] = w.days.log[d]
            return
        low, high = (angle, high) if angle < 0.0 else (low, angle)
        angle = low + (high - low) * draw_uniform(w)


def move_tensions(w: ChainState, d: int, first: int, last: int) -> None:
    """Move the tensions of a day."""
    height = w.level[d]
    for i in range(first, last):
        w.start[i], w.other[i] = w.normal[i], draw_normal(w)
        height += 0.5 * (w.normal[i] ** 2 - w.point[i] ** 2)
    least = height + math.log(draw_uniform(w))
    angle = 2.0 * math.pi * draw_uniform(w)
    low, high = angle - 2.0 * math.pi, angle
    while high - low > CLOSED:
        for i in range(first, last):
            w.moved[i] = w.start[i] * math.cos(angle) + w.other[i] * math.sin(angle)
            w.tried[i] = w.point[i]
        height = 0.0
        for i in range(first, last):
            for j in range(first, last):
                w.tried[i] += (w.moved[j] - w.start[j]) * w.axes[j][i]
            height += 0.5 * (w.moved[i] ** 2 - w.tried[i] ** 2)
        put_numbers(w, w.tried, first, last)
        weigh_day(w.days, d)
        height += w.days.log[d]
        w.weighed += 1
        if height > least:
            for i in range(first, last):
                w.normal[i], w.point[i] = w.moved[i], w.tried[i]
            w.level[d] = w.days.log[d]
            return
        low, high = (angle, high) if angle < 0.0 else (low, angle)
        angle = low + (high - low) * draw_uniform(w)
