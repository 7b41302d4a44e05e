"""Simulation-based calibration (Talts et al. 2018): laws drawn from the prior are found again by their days' logs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from time import process_time

import numpy as np
import pytest
from scipy.stats import binom, norm
from support.learning_town import SyntheticDays, plan, town
from support.oku import awc_plan, oku

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.laws.escalation_law import GREEN, RED, YELLOW
from optimiser.model.observed_log import Observation, ObservedDay
from optimiser.operation.calibration.calibrate import calibrate
from optimiser.operation.calibration.coarse import SCENARIOS, chances, find_told, weigh_laws
from optimiser.operation.calibration.days import CoarseDay, DayReader
from optimiser.operation.calibration.likelihood import Likelihood
from optimiser.operation.calibration.posterior import sample
from optimiser.operation.calibration.prior import Prior, prior_of_law, prior_of_tension
from optimiser.operation.calibration.problem import Problem, narrow_spilling, pose
from optimiser.operation.day_log import log_of
from optimiser.simulation.draws.streams import Stream
from optimiser.simulation.scenario import REPORTING, draw, draw_set, vary
from optimiser.simulation.simulator import Outcome, Simulator, simulate

LAWS, DRAWS = 200, 100
CRITICAL = 21.67  # chi-square with 9 degrees of freedom, 1 %
COARSE_LAWS = 4000  # drawn from the prior
WORDS = {GREEN: "green", YELLOW: "yellow", RED: "red"}
JOINT = 0.01  # chance that more constants than are allowed are outside although all is right

pytestmark = pytest.mark.long


def share_of_uniform(ranks: Sequence[float] | np.ndarray) -> float:
    """Return the chi-square of shares over ten bins."""
    counts = np.histogram(ranks, bins=10, range=(0.0, 1.0))[0]
    expected = len(ranks) / 10.0
    return float(((counts - expected) ** 2 / expected).sum())


def is_outside(held: float, laws: int) -> bool:
    """Return whether intervals of 95 % hold the truth for too few or too many laws: of 200 below 183 or above 197."""
    low, high = (binom.ppf(binom.cdf(k, LAWS, 0.95), laws, 0.95) for k in (182, 197))
    return not low + 1 <= held <= high


def allowed(constants: int, each: float) -> int:
    """Return the number of constants that more than so many of exceed their limit by chance with at most `JOINT`."""
    return int(binom.ppf(1.0 - JOINT, constants, each))


def let_law_happen(days: SyntheticDays, law: int, count: int) -> tuple[Problem, np.ndarray, np.ndarray]:
    """Draw a law from the prior, and let some days happen under it.

    Returns
    -------
    What is unknown of their logs, the true constants, and the true tension that gatherings came with.
    """
    prior = prior_of_law(days.instance)
    truth = prior.at(Stream(law + 1).normals(len(CONSTANTS)))
    scenarios = days.scenarios(1000 + law, count, truth)
    recorded = days.record(days.logs(scenarios))
    without = Likelihood(days.facts, recorded, DefaultLaw())
    tension = days.true_tension(without, scenarios)
    injured = days.injured(without.weigh(truth, tension).harms, np.random.default_rng(law))
    likelihood = Likelihood(days.facts, recorded, DefaultLaw(), injured)
    moods = prior_of_tension(days.instance, likelihood.came)
    return pose(likelihood, narrow_spilling(prior, recorded), moods), truth, tension


def rank_law(days: SyntheticDays, law: int, count: int) -> dict[str, int]:
    """Count the draws of each constant below the truth, of a law and days as `let_law_happen` makes them.

    Returns
    -------
    For each constant that the days tell about, how many of `DRAWS`.
    """
    problem, truth, _ = let_law_happen(days, law, count)
    found = sample(problem, law, DRAWS).constants
    return {CONSTANTS[c].name: int((found[:, c] < truth[c]).sum()) for c in problem.told}


def share_below(prior: Prior, values: np.ndarray) -> np.ndarray:
    """Return the shares of a prior's draws that lie below values, what is known beforehand left out."""
    return np.array([prior.share(i, value) for i, value in enumerate(values.tolist())])


def leave_truth(days: SyntheticDays, law: int, count: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Let a chain begin at the truth and go some steps.

    Returns
    -------
    Where it is then: for each constant the share of the prior below; and whether the days tell about it.
    """
    problem, truth, tension = let_law_happen(days, law, count)
    begin = np.concatenate(
        [
            norm.ppf(share_within(problem.prior, truth)[problem.told]),
            norm.ppf(share_within(problem.tension, tension)),
        ]
    )
    end = problem.chain(begin, law).move(steps, np.eye(len(begin)), begin)[-1]
    told = np.isin(np.arange(len(CONSTANTS)), problem.told)
    moved = np.where(told, problem.constants(end[: len(problem.told)]), truth)
    return share_below(prior_of_law(days.instance), moved), told


def share_within(prior: Prior, values: np.ndarray) -> np.ndarray:
    """Return the shares of a prior's draws that lie below values, which no draw is beyond."""
    shares = (share_below(prior, values) - prior.first) / (prior.last - prior.first)
    return np.clip(shares, 1e-6, 1.0 - 1e-6)


def test_chains_that_begin_at_the_truth_stay_distributed_as_the_prior() -> None:
    """The likelihood alone, however slowly chains move: Geweke (2004).

    The truth is a draw from the posterior of its days. Whatever moves a draw from the posterior to another one leaves
    the whole, over many laws, distributed as the prior. A wrong likelihood would pull it away.
    """
    days = SyntheticDays(town(), plan(town()))
    ends, told = (
        np.array(found) for found in zip(*(leave_truth(days, law, 20, 100) for law in range(LAWS)), strict=True)
    )
    often = np.flatnonzero(told.mean(axis=0) >= 0.75)
    assert len(often) > 40
    far = {CONSTANTS[c].name for c in often if share_of_uniform(ends[:, c]) > CRITICAL}
    assert len(far) <= allowed(len(often), 0.01), far


@pytest.mark.parametrize("count", [1, 5, 20])
def test_laws_are_found_again_from_complete_days(count: int) -> None:
    """Ranks of the truth are uniform, and 95 % intervals hold it in 183 to 197 of 200, for constants that are told of.

    Each of 48 constants is outside by chance with 1.4 %, so that 0.7 are expected, and at most three may be: more
    would be with 0.5 % (were constants independent). Half a one is expected beyond the critical value, and at most
    three may be.
    """
    days, ranks = SyntheticDays(town(), plan(town())), defaultdict(list)
    for law in range(LAWS):
        for name, rank in rank_law(days, law, count).items():
            ranks[name].append(rank)
    often = {name: found for name, found in ranks.items() if len(found) >= 0.75 * LAWS}
    assert len(often) > 30 if count > 1 else len(often) > 10
    far, outside = {}, set()
    for name, found in often.items():
        # draws divide the line into 101 parts; the interval of 95 % ends within the third from either end
        held = sum(1.0 if 3 <= r <= DRAWS - 3 else 0.5 if r in (2, DRAWS - 2) else 0.0 for r in found)
        outside |= {name} if is_outside(held, len(found)) else set()
        uneven = share_of_uniform([r / (DRAWS + 1) for r in found])
        far |= {name: uneven} if uneven > CRITICAL else {}
    by_chance = binom.cdf(182, LAWS, 0.95) + binom.sf(197, LAWS, 0.95)
    assert len(far) <= allowed(len(often), 0.01), far
    assert len(outside) <= allowed(len(often), by_chance), outside


def coarsen(instance: Instance, outcome: Outcome, day: int, random: np.random.Generator) -> ObservedDay:
    """Return a log as the press has it: of two sectors the phases that they came to, and how many were hurt."""
    rows = []
    for s, sector in enumerate(instance.sectors):
        if sector.id != "market":
            told = [p for p in (GREEN, YELLOW, RED) if outcome.minutes[day, s, p] > 0.0]
            rows += [Observation(60.0 * p, "phase", sector.id, about=WORDS[p]) for p in told]
        hurt = random.poisson(outcome.harms[day, s, :3].sum())
        rows.append(Observation(360.0, "injured", sector.id, number=float(hurt)))
    return ObservedDay(str(day), tuple(rows))


def rank_coarse(learner: CoarseLearner, law: int, count: int) -> dict[str, float]:
    """Draw a law from the prior, tell some days under it coarsely, and say how much of the weight is below the truth.

    Returns
    -------
    For each constant that the days tell about, the share of the weight of laws in which it is lower.
    """
    instance, simulator = learner.simulator.instance, learner.simulator
    truth = prior_of_law(instance).at(Stream(900 + law).normals(len(CONSTANTS)))
    drawn = draw(instance, 3000 + law, count, REPORTING)
    seen, random = simulator.outcome(learner.deployment, vary(instance, drawn, truth[None])), np.random.default_rng(law)
    reader = DayReader(instance)
    weights = learner.weigh([reader.coarse(coarsen(instance, seen, d, random)) for d in range(count)])
    below = weights @ (learner.laws < truth)
    return {CONSTANTS[c].name: float(below[c]) for c in np.flatnonzero(learner.told)}


class CoarseLearner:
    """Weighs laws drawn from the prior as `coarse.weigh_laws` does, and simulates their days once for all logs."""

    def __init__(self, simulator: Simulator, deployment: Deployment, count: int) -> None:
        instance, prior = simulator.instance, prior_of_law(simulator.instance)
        self.simulator, self.deployment = simulator, deployment
        self.laws = prior.at(Stream(5).normals(COARSE_LAWS * len(CONSTANTS)).reshape(COARSE_LAWS, -1))
        self.played = [
            simulator.outcome(deployment, vary(instance, draw_set(instance, 1, SCENARIOS, f"coarse:{d}"), self.laws))
            for d in range(count)
        ]
        every = [CoarseDay("", {0: phase, 2: phase}, {0: 1.0, 2: 1.0}) for phase in (GREEN, YELLOW, RED)]
        self.told = find_told(simulator, deployment, every, prior, 1)

    def weigh(self, days: list[CoarseDay]) -> np.ndarray:
        log = np.zeros(len(self.laws))
        for day, played in zip(days, self.played, strict=True):
            likely = chances(day, played).reshape(len(self.laws), SCENARIOS).mean(axis=1)
            log += np.log(np.maximum(likely, 1e-300))
        weight = np.exp(log - log.max())
        return weight / weight.sum()


@pytest.mark.parametrize("count", [1, 5])
def test_laws_are_found_again_from_coarse_days(count: int) -> None:
    """Logs that hold phases and injured alone: the weight of laws below the truth is uniform, intervals hold it."""
    ranks = defaultdict(list)
    with Simulator(town(), workers=2) as simulator:
        learner = CoarseLearner(simulator, plan(town()), count)
        days = [DayReader(town()).coarse(ObservedDay("", (Observation(9.0, "phase", "kpu", about="red"),)))] * count
        direct = weigh_laws(simulator, plan(town()), days, learner.laws[:50], 1)
        ours = learner.weigh(days)[:50]
        np.testing.assert_allclose(ours / ours.sum(), direct, rtol=1e-9)
        for law in range(LAWS):
            for name, rank in rank_coarse(learner, law, count).items():
                ranks[name].append(rank)
    assert len(ranks) > 25
    far = {name for name, found in ranks.items() if share_of_uniform(found) > CRITICAL}
    outside = {name for name, found in ranks.items() if is_outside(sum(0.025 <= r <= 0.975 for r in found), LAWS)}
    assert len(far) <= allowed(len(ranks), 0.01), far
    by_chance = binom.cdf(182, LAWS, 0.95) + binom.sf(197, LAWS, 0.95)
    assert len(outside) <= allowed(len(ranks), by_chance), outside


@pytest.mark.alone
def test_twenty_days_of_oku_are_learned_within_two_minutes_of_two_processors() -> None:
    days = []
    for number, scenario in enumerate(draw(oku(), 5, 20, REPORTING).items):
        replication, events = simulate(oku(), awc_plan(), scenario)
        days.append(log_of(oku(), events, replication, name=str(number)))
    begun = process_time()
    found = calibrate(oku(), awc_plan(), days, workers=2)
    assert process_time() - begun < 120.0
    assert found.independent == 400.0
    assert found.settled
    assert len(found.told) > 30
