"""Simulation-based calibration (Talts et al. 2018): laws drawn from the prior are found again by their days' logs."""

from __future__ import annotations

from collections import defaultdict
from time import process_time

import numpy as np
import pytest
from scipy.stats import binom
from support.learning_town import SyntheticDays, plan, town
from support.oku import best_plan, oku

from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.constants import CONSTANTS
from optimiser.operation.calibration.calibrate import calibrate
from optimiser.operation.calibration.coarse import chances
from optimiser.operation.calibration.days import CoarseDay
from optimiser.operation.calibration.likelihood import Likelihood
from optimiser.operation.calibration.posterior import sample
from optimiser.operation.calibration.prior import prior_of_law, prior_of_tension
from optimiser.operation.calibration.problem import narrow_spilling, pose
from optimiser.operation.day_log import log_of
from optimiser.simulation.draws.streams import Stream
from optimiser.simulation.scenario import REPORTING, draw, draw_set, vary
from optimiser.simulation.simulator import Simulator, simulate

LAWS, DRAWS = 200, 100
CRITICAL = 21.67  # chi-square with 9 degrees of freedom, 1 %
JOINT = 0.01  # chance that more constants than are allowed are outside although all is right

pytestmark = pytest.mark.long


def share_of_uniform(ranks: list[float]) -> float:
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


def rank_law(days: SyntheticDays, law: int, count: int) -> dict[str, int]:
    """Draw a law from the prior, let some days happen under it, and count the draws of each constant below the truth.

    Returns
    -------
    For each constant that the days tell about, how many of `DRAWS`.
    """
    prior = prior_of_law(days.instance)
    truth = prior.at(Stream(law + 1).normals(len(CONSTANTS)))
    scenarios = days.scenarios(1000 + law, count, truth)
    recorded = days.record(days.logs(scenarios))
    without = Likelihood(days.facts, recorded, DefaultLaw())
    harms = without.weigh(truth, days.true_tension(without, scenarios)).harms
    injured = days.injured(harms, np.random.default_rng(law))
    likelihood = Likelihood(days.facts, recorded, DefaultLaw(), injured)
    moods = prior_of_tension(days.instance, likelihood.came)
    problem = pose(likelihood, narrow_spilling(prior, recorded), moods)
    found = sample(problem, law, DRAWS).constants
    return {CONSTANTS[c].name: int((found[:, c] < truth[c]).sum()) for c in problem.told}


@pytest.mark.parametrize("count", [1, 5, 20])
def test_laws_are_found_again_from_complete_days(count: int) -> None:
    """Ranks of the truth are uniform, and 95 % intervals hold it in 183 to 197 of 200, for constants that are told of.

    Each of 48 constants is outside by chance with 1.4 %, so that 0.7 are expected, and at most three may be: more
    would be with 0.5 % (were constants independent). Half a one is expected beyond the critical value; more than
    two would be with 1.2 %.
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
    assert len(far) <= 2, far
    assert len(outside) <= allowed(len(often), by_chance), outside


def test_laws_are_found_again_from_coarse_days() -> None:
    """Weighted ranks of the truth are uniform for logs that hold phases and injured of five days alone."""
    instance, deployment, prior = town(), plan(town()), prior_of_law(town())
    laws, each, count = 1000, 60, 5
    drawn = prior.at(Stream(5).normals(laws * len(CONSTANTS)).reshape(laws, -1))
    ranks = defaultdict(list)
    with Simulator(instance, workers=2) as simulator:
        played = [
            simulator.outcome(deployment, vary(instance, draw_set(instance, 1, each, f"coarse:{d}"), drawn))
            for d in range(count)
        ]
        for n in range(LAWS):
            truth = prior.at(Stream(900 + n).normals(len(CONSTANTS)))
            seen = simulator.outcome(
                deployment, vary(instance, draw(instance, 3000 + n, count, REPORTING), truth[None])
            )
            random, log = np.random.default_rng(n), np.zeros(laws)
            for d in range(count):
                reached = {s: p for s in (0, 2) for p in (1, 2, 3) if seen.minutes[d, s, p:4].sum() > 0.0}
                hurt = {s: float(random.poisson(seen.harms[d, s, :3].sum())) for s in range(3)}
                likely = chances(CoarseDay("", reached, hurt), played[d]).reshape(laws, each).mean(axis=1)
                log += np.log(np.maximum(likely, 1e-300))
            weight = np.exp(log - log.max())
            for c in ("worsen_green", "worsen_yellow", "calm", "fail", "cool", "legitimacy_0", "clash", "line_hurt"):
                i = [one.name for one in CONSTANTS].index(c)
                ranks[c].append(float(weight[drawn[:, i] < truth[i]].sum() / weight.sum()))
    for name, found in ranks.items():
        assert share_of_uniform(found) < CRITICAL, name
        held = sum(0.025 <= r <= 0.975 for r in found)
        assert 183 <= held <= 197, (name, held)


@pytest.mark.alone
def test_twenty_days_of_oku_are_learned_within_two_minutes_of_two_processors() -> None:
    days = []
    for number, scenario in enumerate(draw(oku(), 5, 20, REPORTING).items):
        replication, events = simulate(oku(), best_plan(), scenario)
        days.append(log_of(oku(), events, replication, name=str(number)))
    begun = process_time()
    found = calibrate(oku(), best_plan(), days, workers=2)
    assert process_time() - begun < 120.0
    assert found.independent > 40.0
    assert len(found.told) > 30
