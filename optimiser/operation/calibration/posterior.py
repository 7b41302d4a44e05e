"""Draws of the constants given observed days: the peak of the posterior first, then draws around it and beyond."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimiser.common.cancellation import lookout
from optimiser.common.random_streams import name_stream
from optimiser.operation.calibration.problem import Problem
from optimiser.operation.calibration.sampler import Normal, step, step_apart
from optimiser.simulation.draws.streams import Stream
from optimiser.simulation.engine import Floats

GROUP = "calibration"  # name of the streams that are drawn from
WARMING = 50  # steps from the middle of the prior towards what the days allow, before the peak is sought; assumed
ROUNDS, CLIMBS = 1, 4  # times that the bend is worked out, and steps of Newton's method with it; assumed
WIDTH = 0.2  # of differences, in standard deviations of the prior; assumed
DRAWS, THIN = 400, 10  # draws that are kept, and steps from one to the next; assumed


@dataclass(frozen=True, eq=False)
class PosteriorDraws:
    """What is thought of the constants after the logs were read.

    Attributes
    ----------
    constants : in the order of `CONSTANTS`, shape (draws, constants); those that nothing is told about as before.
    tension : that gatherings came with, shape (draws, tensions).
    independent : as many independent draws tell as much about the constant of which these tell least.
    """

    constants: Floats
    tension: Floats
    independent: float


def sample(problem: Problem, seed: int, draws: int = DRAWS, thin: int = THIN) -> PosteriorDraws:
    """Draw from the posterior; same days, same seed, same draws.

    Parameters
    ----------
    draws : how many are kept.
    thin : steps from one that is kept to the next.
    """
    walk, look = _Walk(problem, seed), lookout()
    prior = Normal.standard(len(problem.told))
    for _ in range(WARMING):
        walk.move(prior)
    normal = climb(problem, walk.point, walk.tension)
    kept, moods = np.empty((draws, len(walk.point))), np.empty((draws, len(walk.tension)))
    for _ in range(thin * draws // 10):
        walk.move(normal)
    for i in range(draws):
        look()
        for _ in range(thin):
            walk.move(normal)
        kept[i], moods[i] = walk.point, walk.tension
    full = walk.random.normals(draws * len(problem.prior.value)).reshape(draws, -1)
    full[:, problem.told] = kept
    return PosteriorDraws(problem.prior.at(full), problem.tension.at(moods), _independent(kept))


class _Walk:
    """A point that moves so that it is at any place as often as the posterior says."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem, self.random = problem, Stream(name_stream(seed, GROUP, "posterior"))
        self.point, self.tension = np.zeros(len(problem.told)), np.zeros(len(problem.days))
        self.levels = problem.logs(self.point, self.tension)

    def move(self, normal: Normal) -> None:
        """Move the tension of each day by itself, then the constants."""
        problem, point = self.problem, self.point
        if len(self.tension):
            self.tension, self.levels = step_apart(
                lambda t: problem.logs(point, t), self.tension, self.levels, problem.days, self.random
            )
        tension = self.tension
        self.point, self.levels = step(lambda p: problem.logs(p, tension), point, self.levels, normal, self.random)


def climb(problem: Problem, point: Floats, tension: Floats) -> Normal:
    """Seek the peak of the posterior of the constants from a point, and return a normal distribution like it there.

    Parameters
    ----------
    tension : standard normals of what gatherings came with; held as it is.
    """

    def height(at: Floats) -> float:
        return float(problem.logs(at, tension).sum() - 0.5 * at @ at)

    for _ in range(ROUNDS):
        spread, axes = _bend(height, point)
        for _ in range(CLIMBS):
            slope = np.array([height(point + move) - height(point - move) for move in WIDTH * np.eye(len(point))])
            ahead = axes @ (spread**2 * (axes.T @ (slope / (2.0 * WIDTH))))
            here, share = height(point), 1.0
            while share > 1e-2 and not height(point + share * ahead) > here:
                share *= 0.5
            if share <= 1e-2:
                break
            point = point + share * ahead
    spread, axes = _bend(height, point)
    return Normal.of(point, axes, spread)


def _bend(height: Callable[[Floats], float], point: Floats) -> tuple[Floats, Floats]:
    """Return the spread along the main axes and these, as columns, of a density of which heights are logarithms.

    Where it bends less than the prior, it counts as bending like that.
    """
    moves, here, count = WIDTH * np.eye(len(point)), height(point), len(point)
    ahead, behind = (np.array([height(point + sign * move) for move in moves]) for sign in (1.0, -1.0))
    bend = np.diag((ahead - 2.0 * here + behind) / WIDTH**2)
    for i in range(count):
        for j in range(i):
            both = height(point + moves[i] + moves[j]) + height(point - moves[i] - moves[j])
            bend[i, j] = (both - ahead[i] - behind[i] - ahead[j] - behind[j] + 2.0 * here) / (2.0 * WIDTH**2)
            bend[j, i] = bend[i, j]
    values, axes = np.linalg.eigh(-bend)
    return np.maximum(values, 1.0) ** -0.5, axes


def _independent(draws: Floats) -> float:
    """Count the independent draws that tell as much, of the number of which these tell least; Geyer 1992."""
    least = float(len(draws))
    for column in (draws - draws.mean(axis=0)).T:
        power = np.abs(np.fft.rfft(column, 2 * len(column))) ** 2
        covariance = np.fft.irfft(power)[: len(column)]
        if covariance[0] <= 0.0:
            continue
        pairs = (covariance[: len(column) // 2 * 2] / covariance[0]).reshape(-1, 2).sum(axis=1)
        ends = np.flatnonzero(pairs <= 0.0)
        length = 2.0 * pairs[: ends[0] if len(ends) else None].sum() - 1.0
        least = min(least, len(column) / max(1.0, length))
    return least
