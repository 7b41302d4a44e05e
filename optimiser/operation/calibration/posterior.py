"""Draws of the constants given observed days, by chains that go on until they agree and tell enough."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import sqrt

import numpy as np

from optimiser.common.cancellation import lookout
from optimiser.common.random_streams import name_stream
from optimiser.operation.calibration.problem import Problem
from optimiser.simulation.draws.streams import Stream
from optimiser.simulation.engine import Floats, Ints

GROUP = "calibration"  # name of the streams that are drawn from
CHAINS = 8  # each from a draw of the prior of its own
STRETCH = 50  # steps that a chain moves at once; it can be stopped between them
SHORTEST, LONGEST = 50, 3200  # steps of each chain in the first stage, and in the last there may be; assumed
DRAWS = 400  # that are kept, and independent ones that they are worth
SETTLED = 1.05  # R-hat of the constant that was drawn worst, at most, where chains agree; Gelman et al. say 1.1
WIDER = 1.1  # so much wider than the draws that it is made from, so that it reaches all; assumed
TRUST = 2.0  # draws for each constant, with as many of which half of their covariance is believed; assumed
RIDGE = 0.02  # share of the draws as which no dependence of tensions on constants counts; assumed
SMALLEST = 1e-6  # variance of any number


@dataclass(frozen=True, eq=False)
class PosteriorDraws:
    """What is thought of the constants after the logs were read.

    Attributes
    ----------
    constants : in the order of `CONSTANTS`, shape (draws, constants); those that nothing is told about as before.
    tension : that gatherings came with, shape (draws, tensions).
    independent : as many independent draws tell as much about the constant of which these tell least.
    r_hat : split R-hat, of the constant whose chains agree least; 1 where they agree.
    """

    constants: Floats
    tension: Floats
    independent: float
    r_hat: float


@dataclass(frozen=True)
class Normal:
    """A normal distribution; a point of it stands for independent standard normals, and those for a point.

    Attributes
    ----------
    mean : shape (numbers,).
    root : times its transpose is the covariance, shape (numbers, numbers).
    """

    mean: Floats
    root: Floats

    @classmethod
    def standard(cls, count: int) -> Normal:
        """Return independent standard normals."""
        return cls(np.zeros(count), np.eye(count))

    @classmethod
    def like(cls, draws: Floats, days: Ints) -> Normal:
        """Return one like draws of constants and tensions; given the constants, different days are independent.

        Parameters
        ----------
        draws : shape (draws, numbers).
        days : of each tension, the last of the numbers, shape (tensions,).
        """
        count, mean = draws.shape[1] - len(days), draws.mean(axis=0)
        constants, tensions = (draws - mean)[:, :count], (draws - mean)[:, count:]
        root = np.zeros((draws.shape[1], draws.shape[1]))
        square = np.einsum("ni,nj->ij", constants, constants) / len(draws)
        trust = len(draws) / (len(draws) + TRUST * count)
        smooth = trust * square + np.diag((1.0 - trust) * np.diag(square) + SMALLEST)
        values, axes = np.linalg.eigh(smooth)
        root[:count, :count] = WIDER * axes * np.sqrt(values)
        both = np.einsum("ni,nj->ij", constants, tensions) / len(draws)
        slope = np.linalg.solve(square + RIDGE * np.eye(count), both)
        root[count:, :count] = np.einsum("ij,ik->jk", slope, root[:count, :count])
        left = tensions - np.einsum("ni,ij->nj", constants, slope)
        for day in np.unique(days):
            place = np.flatnonzero(days == day)
            rest = np.einsum("ni,nj->ij", left[:, place], left[:, place]) / len(draws)
            rest[np.diag_indices(len(place))] += SMALLEST
            root[np.ix_(count + place, count + place)] = WIDER * np.linalg.cholesky(rest)
        return cls(mean, root)

    def normals(self, point: Floats) -> Floats:
        """Return the independent standard normals that a point stands for."""
        return np.asarray(np.linalg.solve(self.root, point - self.mean), dtype=float)


def sample(
    problem: Problem, seed: int, draws: int = DRAWS, enough: float | None = None, threads: int = 1
) -> PosteriorDraws:
    """Draw from the posterior; same days, same seed, same draws.

    Chains go on in stages, each twice as long as the one before and with a normal distribution like its draws. The
    first stage that satisfies is what is kept: its chains agree, and it is worth enough independent draws.

    Parameters
    ----------
    draws : how many are kept.
    enough : independent draws that satisfy, as many as are kept if None.
    threads : that move chains.
    """
    random, look, told = Stream(name_stream(seed, GROUP, "posterior")), lookout(), len(problem.told)
    enough, numbers = draws if enough is None else enough, told + len(problem.days)
    if not told:
        drawn = random.normals(draws * (len(problem.prior.value) + numbers)).reshape(draws, -1)
        constants, tension = drawn[:, numbers:], drawn[:, :numbers]
        return PosteriorDraws(problem.prior.at(constants), problem.tension.at(tension), float(draws), 1.0)
    points = np.array([random.normals(numbers) for _ in range(CHAINS)])
    chains = [problem.chain(point, name_stream(seed, GROUP, f"chain {i}")) for i, point in enumerate(points)]
    normal, steps = Normal.standard(numbers), SHORTEST
    with ThreadPoolExecutor(threads) as pool:
        while True:
            found = np.empty((steps, CHAINS, numbers))
            for first in range(0, steps, STRETCH):
                look()
                moved = [
                    pool.submit(chain.move, STRETCH, normal.root.T, normal.normals(point))
                    for chain, point in zip(chains, points, strict=True)
                ]
                for number, part in enumerate(moved):
                    found[first : first + STRETCH, number] = part.result()
                points = found[first + STRETCH - 1]
            independent, r_hat = judge(found[:, :, :told])
            if (independent >= enough and r_hat <= SETTLED) or steps == LONGEST:
                break
            normal, steps = Normal.like(found.reshape(-1, numbers), problem.days), 2 * steps
    rows = found.reshape(-1, numbers)[np.arange(draws) * (steps * CHAINS) // draws]
    full = random.normals(draws * len(problem.prior.value)).reshape(draws, -1)
    full[:, problem.told] = rows[:, :told]
    independent = min(independent, float(draws))
    return PosteriorDraws(problem.prior.at(full), problem.tension.at(rows[:, told:]), independent, r_hat)


def judge(draws: Floats) -> tuple[float, float]:
    """Return as how many independent draws those of chains count, and split R-hat, of the number that is worst off.

    As Gelman et al., Bayesian Data Analysis (2013), sections 11.4 and 11.5, each chain cut in two.

    Parameters
    ----------
    draws : shape (steps, chains, numbers).
    """
    half = len(draws) // 2
    chains = np.concatenate([draws[:half], draws[len(draws) - half :]], axis=1)
    within = chains.var(axis=0, ddof=1).mean(axis=0)
    total = within * (half - 1) / half + chains.mean(axis=0).var(axis=0, ddof=1)
    apart = chains - chains.mean(axis=0)
    power = np.abs(np.fft.rfft(apart, 2 * half, axis=0)) ** 2
    covariance = np.fft.irfft(power.mean(axis=1), axis=0)[:half] / (half - 1)
    least, worst = float(half * chains.shape[1]), 1.0
    for c in np.flatnonzero(within > 0.0):
        related = 1.0 - (within[c] - covariance[:, c]) / total[c]
        pairs = related[: half // 2 * 2].reshape(-1, 2).sum(axis=1)
        ends = np.flatnonzero(pairs <= 0.0)
        length = 2.0 * np.minimum.accumulate(pairs[: ends[0] if len(ends) else None]).sum() - 1.0
        least = min(least, half * chains.shape[1] / max(1.0, length))
        worst = max(worst, sqrt(total[c] / within[c]))
    return least, worst
