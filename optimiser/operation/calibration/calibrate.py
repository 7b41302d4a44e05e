"""The constants of the law of escalation, learned from logs of days that happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message
from optimiser.common.random_streams import name_stream
from optimiser.model.admission import playable
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import find_law
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.laws.escalation_law import QUIET, EscalationLaw
from optimiser.model.laws.ranges import PlausibleRange
from optimiser.model.observed_log import ObservedDay
from optimiser.model.values.arguments import checked, within
from optimiser.operation.calibration.checks import ROWS, Check, Decision, check_clocks, check_days, compare_laws
from optimiser.operation.calibration.coarse import find_told, resample, weigh_laws
from optimiser.operation.calibration.days import CoarseDay, DayReader
from optimiser.operation.calibration.likelihood import Likelihood
from optimiser.operation.calibration.posterior import DRAWS, GROUP, SETTLED, PosteriorDraws, sample
from optimiser.operation.calibration.prior import Prior, prior_of_law, prior_of_tension
from optimiser.operation.calibration.problem import Problem, narrow_spilling, pose
from optimiser.operation.calibration.recording import Injured, Recorded
from optimiser.operation.calibration.replay import record
from optimiser.simulation.draws.streams import Stream
from optimiser.simulation.engine import Floats
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import count
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

LAWS_WEIGHED = 1000  # draws from the prior that coarse logs are weighed with, where no day is complete; assumed
LITTLE = 0.1  # of its spread must a constant lose for the logs to have told something worth telling; assumed


@dataclass(frozen=True)
class Learned:
    """What is known of one constant.

    Attributes
    ----------
    name : of the constant.
    before : plausible range before.
    after : plausible range now, for a law file; the one before where nothing was told.
    mean, low, high : of the draws, and between which 95 % of them lie.
    told : whether the logs say anything about it at all.
    shrinkage : share of its spread that is gone, 0 where nothing was learned.
    """

    name: str
    before: PlausibleRange
    after: PlausibleRange
    mean: float
    low: float
    high: float
    told: bool
    shrinkage: float


@dataclass(frozen=True, eq=False)
class Calibration:
    """A law learned from logs.

    Attributes
    ----------
    complete, coarse : names of the days that were replayed, and of those that were weighed by simulation.
    unused : names of days that say nothing that is used.
    constants : in the order of `CONSTANTS`.
    draws : of all constants, shape (draws, constants).
    independent : as many independent draws tell as much, of the constant of which these tell least.
    r_hat : of the chains that drew them, for the constant of which they agree least; 1 where they agree.
    checks : what was seen, beside what the learned law has.
    unexplained : what rang though the learned law gives it no chance.
    """

    instance: Instance
    deployment: Deployment
    law: str
    seed: int
    complete: tuple[str, ...]
    coarse: tuple[str, ...]
    unused: tuple[str, ...]
    constants: tuple[Learned, ...]
    draws: Floats
    independent: float
    r_hat: float
    checks: tuple[Check, ...]
    decision: Decision
    unexplained: int

    @property
    def settled(self) -> bool:
        """Whether the chains that drew agree; if not, what was learned is not to be used."""
        return self.r_hat <= SETTLED

    @property
    def told(self) -> tuple[Learned, ...]:
        """Constants that the logs tell about, those that they tell most of first."""
        return tuple(sorted((c for c in self.constants if c.told), key=lambda c: -c.shrinkage))

    @property
    def untold(self) -> tuple[Learned, ...]:
        """Constants that the logs say nothing about."""
        return tuple(c for c in self.constants if not c.told)


@checked(draws=within(1, 100_000))
def calibrate(
    instance: Instance,
    deployment: Deployment,
    days: Sequence[ObservedDay],
    seed: int = 1,
    draws: int = DRAWS,
    law: EscalationLaw | str | None = None,
    workers: int = 1,
) -> Calibration:
    """Learn the constants of a law from days on which a deployment was in place.

    Complete days are replayed, and their likelihood is exact; of others only the phases and the injured are used. Same
    days, same seed, same result.

    Parameters
    ----------
    days : of `files.logs.read.read_log`, or of `operation.day_log.log_of`.
    draws : from the posterior.
    law : whose constants these are, or the name of one that ships; the default one if None.

    Raises
    ------
    Unplayable : the deployment names what the instance does not have.
    OptimiserError : no day says anything, or one that no law comes to, or one was given twice.
    """
    playable(instance, deployment)
    for first, second in combinations(days, 2):
        if first.is_copy_of(second):
            words = {"first": first.name, "second": second.name}
            raise OptimiserError(
                Message("'{first}' and '{second}' are the same day, row by row; give each day once", **words)
            )
    used = find_law(law)
    reader = DayReader(instance)
    whole = [day for day in days if day.complete]
    partial = [reader.coarse(day) for day in days if not day.complete]
    coarse = [day for day in partial if not day.empty]
    if not whole and not coarse:
        raise OptimiserError(
            Message("the logs say nothing that a law could be learned from: no day is complete, none has a phase")
        )
    prior = prior_of_law(instance)
    facts, counts, future = index_instance(instance), count(instance, deployment), draw(instance, seed, 1)[0]
    recorded = [record(facts, counts, future, reader.entries(day)) for day in whole]
    injured = [row for d, day in enumerate(whole) for row in reader.injured(day, d)]
    problem = _pose(instance, recorded, injured, prior, used)
    if whole:
        found = sample(problem, seed, draws, threads=workers)
    else:
        found = _draw_prior(prior, max(draws, LAWS_WEIGHED), seed)
    told = np.zeros(len(CONSTANTS), dtype=bool)
    told[problem.told] = True
    with Simulator(instance, used, workers=workers) as simulator:
        if coarse:
            found = _learn_coarse(simulator, deployment, coarse, found, seed)
            told |= find_told(simulator, deployment, coarse, prior, seed)
        seen = [(_see(day), _add_up(injured, d)) for d, day in enumerate(recorded)]
        learned = tuple(_describe(i, prior, found.constants[:, i], bool(told[i])) for i in range(len(CONSTANTS)))
        values = prior.value, np.array([one.after.value for one in learned])
        checks = check_days(simulator, deployment, found.constants, seen, seed)
        laws = _draw_prior(prior, len(found.constants), seed).constants, found.constants
        decision = compare_laws(simulator, deployment, values, laws, seed)
    clocks = check_clocks(problem, found) if whole else ()
    return Calibration(
        instance,
        deployment,
        used.name,
        seed,
        tuple(day.name for day in whole),
        tuple(day.name for day in coarse),
        tuple(day.name for day in partial if day.empty),
        learned,
        found.constants,
        found.independent,
        found.r_hat,
        (*clocks, *checks),
        decision,
        _count_unexplained(problem, found) if whole else 0,
    )


def _pose(
    instance: Instance, days: Sequence[Recorded], injured: Sequence[Injured], prior: Prior, law: EscalationLaw
) -> Problem:
    likelihood = Likelihood(index_instance(instance), days, law, injured)
    moods = prior_of_tension(instance, likelihood.came)
    return pose(likelihood, narrow_spilling(prior, days), moods)


def _draw_prior(prior: Prior, count: int, seed: int) -> PosteriorDraws:
    random = Stream(name_stream(seed, GROUP, "prior"))
    normals = random.normals(count * len(CONSTANTS)).reshape(count, -1)
    return PosteriorDraws(prior.at(normals), np.empty((count, 0)), float(count), 1.0)


def _learn_coarse(
    simulator: Simulator, deployment: Deployment, days: Sequence[CoarseDay], found: PosteriorDraws, seed: int
) -> PosteriorDraws:
    """Weigh draws by what coarse logs say, and draw among them by weight."""
    weights = weigh_laws(simulator, deployment, days, found.constants, seed)
    rows = resample(weights, len(weights), seed)
    independent = min(found.independent, 1.0 / float((weights**2).sum()))
    return PosteriorDraws(found.constants[rows], found.tension[rows], independent, found.r_hat)


def _see(day: Recorded) -> int:
    """Return the highest phase of any sector on a day."""
    return max((int(view[0]) for view in day.views), default=QUIET)


def _add_up(injured: Sequence[Injured], day: int) -> float | None:
    counted = [row.number for row in injured if row.day == day]
    return sum(counted) if counted else None


def _describe(i: int, prior: Prior, draws: Floats, told: bool) -> Learned:
    """Sum up the draws of a constant; a range keeps the mean distance of draws from the middle one, on either side."""
    before = PlausibleRange(float(prior.low[i]), float(prior.value[i]), float(prior.high[i]))
    if not told:
        low, high = before.at(0.025), before.at(0.975)
        mean = before.value + (before.high - before.value - before.value + before.low) / 4.0
        return Learned(CONSTANTS[i].name, before, before, mean, low, high, False, 0.0)
    low, middle, high = (float(q) for q in np.quantile(draws, (0.025, 0.5, 0.975), method="weibull"))
    below, above = middle - draws[draws < middle], draws[draws > middle] - middle
    after = PlausibleRange(
        max(before.low, middle - 2.0 * float(below.mean() if len(below) else 0.0)),
        middle,
        min(before.high, middle + 2.0 * float(above.mean() if len(above) else 0.0)),
    )
    spread = before.spread
    shrinkage = max(0.0, 1.0 - float(draws.std()) / spread) if spread > 0.0 else 0.0
    return Learned(CONSTANTS[i].name, before, after, float(draws.mean()), low, high, True, shrinkage)


def _count_unexplained(problem: Problem, found: PosteriorDraws) -> int:
    """Count what rang though the law gives it no chance, for the draw that has fewest of it."""
    rows = range(0, len(found.constants), max(1, len(found.constants) // ROWS))
    weighed = (problem.likelihood.weigh(found.constants[i], found.tension[i]) for i in rows)
    return int(min(one.impossible.sum() for one in weighed))
