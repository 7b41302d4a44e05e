"""What is unknown of observed days, as standard normal numbers, and how likely the days are for any of them.

Unknown are the constants that the logs can tell about, and the tension that each gathering came with. Injuries that
were written down are counts: Poisson, with what the law makes of the day as their mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from optimiser.common.random_streams import name_stream
from optimiser.model.harms import HARMS
from optimiser.model.laws.constants import CONSTANTS
from optimiser.operation.calibration.likelihood import Likelihood
from optimiser.operation.calibration.prior import Prior
from optimiser.operation.calibration.recording import Recorded, Weighed
from optimiser.simulation.draws.streams import Stream
from optimiser.simulation.engine import Floats, Ints

PROBES = 6  # points at which it is asked whether a constant makes a difference, besides the middle; assumed
IMPOSSIBLE = -1e30  # logarithm of a likelihood
LEAST = 1e-9  # injured that a law must expect for any to be possible


class Injured(NamedTuple):
    """Injured who were counted.

    Attributes
    ----------
    day : its index.
    sector : its index, -1 where they were counted in all of them together.
    harms : indices of the harms that they are of.
    number : persons.
    """

    day: int
    sector: int
    harms: tuple[int, ...]
    number: float


class InjuredRows(NamedTuple):
    """Rows of injured who were counted, as numbers.

    Attributes
    ----------
    day, number : shape (rows,).
    part : 1 for each harm of a sector that they are of, 0 for others, shape (rows, sectors times harms).
    """

    day: Ints
    number: Floats
    part: Floats

    @classmethod
    def of(cls, rows: Sequence[Injured], sectors: int) -> InjuredRows:
        """Take rows as they are."""
        part = np.zeros((len(rows), sectors, len(HARMS)))
        for i, row in enumerate(rows):
            part[i, slice(None) if row.sector < 0 else row.sector, list(row.harms)] = 1.0
        day = np.array([row.day for row in rows], dtype=np.int64)
        number = np.array([row.number for row in rows], dtype=float)
        return cls(day, number, part.reshape(len(rows), sectors * len(HARMS)))


@dataclass(frozen=True, eq=False)
class Problem:
    """Days with what is unknown of them.

    Attributes
    ----------
    likelihood : of the days.
    counts : of injured.
    prior : of all constants.
    tension : of what gatherings came with, in the order of `Likelihood.came`.
    told : indices of the constants that the days tell about, shape (told,).
    """

    likelihood: Likelihood
    counts: InjuredRows
    prior: Prior
    tension: Prior
    told: Ints

    @property
    def days(self) -> Ints:
        """The day of every tension, shape (tensions,)."""
        days: Ints = self.likelihood.came[:, 0]
        return days

    def constants(self, normal: Floats) -> Floats:
        """Return constants, those that nothing is told about in the middle of their prior.

        Parameters
        ----------
        normal : of those that something is told about, shape (told,) or (draws, told).
        """
        full = np.zeros((*normal.shape[:-1], len(CONSTANTS)))
        full[..., self.told] = normal
        return self.prior.at(full)

    def logs(self, normal: Floats, tension: Floats) -> Floats:
        """Return the logarithm of the likelihood of every day, shape (days,).

        Parameters
        ----------
        normal : of the constants that something is told about, shape (told,).
        tension : standard normals of what gatherings came with, shape (tensions,).
        """
        return self.log_of(self.likelihood.weigh(self.constants(normal), self.tension.at(tension)))

    def log_of(self, weighed: Weighed) -> Floats:
        """Return the logarithm of the likelihood of every day with its injured, shape (days,)."""
        log, counts = weighed.log, self.counts
        if len(counts.day):
            harms = weighed.harms.reshape(len(log), -1)[counts.day]
            mean = np.maximum(LEAST, (harms * counts.part).sum(axis=1))
            log = log + np.bincount(counts.day, counts.number * np.log(mean) - mean, len(log))
        return np.where(np.isfinite(log), log, IMPOSSIBLE)


def pose(likelihood: Likelihood, injured: Sequence[Injured], prior: Prior, tension: Prior) -> Problem:
    """Find out which constants the days tell about: at some points of the prior they make a difference.

    Those whose prior was narrowed by what was counted belong to them.
    """
    count = len(CONSTANTS)
    narrowed = (prior.first > 0.0) | (prior.last < 1.0)
    counts = InjuredRows.of(injured, likelihood.sectors)
    problem = Problem(likelihood, counts, prior, tension, np.arange(count))
    random = Stream(name_stream(0, "calibration", "probes"))
    points = [np.zeros(count), *random.normals(PROBES * count).reshape(PROBES, count)]
    told = narrowed.copy()
    for point in points:
        mood = random.normals(len(tension.value))
        level = problem.logs(point, mood)
        for c in np.flatnonzero(~told):
            other = point.copy()
            for other[c] in (-2.0, 2.0):
                told[c] |= bool((problem.logs(other, mood) != level).any())
    return Problem(likelihood, counts, prior, tension, np.flatnonzero(told))


def narrow_spilling(prior: Prior, days: Sequence[Recorded]) -> Prior:
    """Narrow the share of a crowd that spills over to what was counted: a whole number of so many."""
    place = [c.name for c in CONSTANTS].index("spill_share")
    for day in days:
        for gone, present in day.spilled:
            if 0 < gone <= present:
                prior = prior.narrow(place, gone / present, (gone + 1) / present)
    return prior
