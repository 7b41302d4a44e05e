"""What is unknown of observed days, as standard normal numbers, and how likely the days are for any of them.

Unknown are the constants that the logs can tell about, and the tension that each gathering came with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimiser.common.random_streams import name_stream
from optimiser.model.laws.constants import CONSTANTS
from optimiser.operation.calibration.likelihood import Chain, Likelihood
from optimiser.operation.calibration.prior import Prior
from optimiser.operation.calibration.recording import Recorded
from optimiser.simulation.draws.streams import Stream
from optimiser.simulation.engine import Floats, Ints

PROBES = 6  # points at which it is asked whether a constant makes a difference, besides the middle; assumed


@dataclass(frozen=True, eq=False)
class Problem:
    """Days with what is unknown of them.

    Attributes
    ----------
    likelihood : of the days.
    prior : of all constants.
    tension : of what gatherings came with, in the order of `Likelihood.came`.
    told : indices of the constants that the days tell about, shape (told,).
    """

    likelihood: Likelihood
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
        return self.likelihood.weigh(self.constants(normal), self.tension.at(tension)).log

    def chain(self, point: Floats, key: int) -> Chain:
        """Return what moves a chain.

        Parameters
        ----------
        point : to begin from: constants that something is told about, then tensions; shape (numbers,).
        key : of the stream of its random numbers.
        """
        parts = (self.prior.some(self.told), self.tension)
        values: dict[str, Any] = {
            "constants": np.array(len(self.told)),
            "constant": np.concatenate([self.told, np.zeros_like(self.days)]),
            "gathering": np.concatenate([np.zeros_like(self.told), self.likelihood.came[:, 1]]),
            "tension_first": len(self.told) + np.searchsorted(self.days, np.arange(self.likelihood.count + 1)),
            "point": point.copy(),
            "key": np.array(key, dtype=np.uint64),
        }
        for name in ("low", "value", "high", "first", "last"):
            values[name] = np.concatenate([getattr(part, name) for part in parts])
        return self.likelihood.chain(self.prior.at(np.zeros(len(CONSTANTS))), values, {"numbers": len(point)})


def pose(likelihood: Likelihood, prior: Prior, tension: Prior) -> Problem:
    """Find out which constants the days tell about: at some points of the prior they make a difference.

    Those whose prior was narrowed by what was counted belong to them.
    """
    count = len(CONSTANTS)
    narrowed = (prior.first > 0.0) | (prior.last < 1.0)
    problem = Problem(likelihood, prior, tension, np.arange(count))
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
    return Problem(likelihood, prior, tension, np.flatnonzero(told))


def narrow_spilling(prior: Prior, days: Sequence[Recorded]) -> Prior:
    """Narrow the share of a crowd that spills over to what was counted: a whole number of so many."""
    place = [c.name for c in CONSTANTS].index("spill_share")
    for day in days:
        for gone, present in day.spilled:
            if 0 < gone <= present:
                prior = prior.narrow(place, gone / present, (gone + 1) / present)
    return prior
