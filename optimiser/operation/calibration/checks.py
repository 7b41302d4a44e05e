"""Whether the law that was learned tells what was seen: clocks given what went before, and whole days of the plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import comb, exp, lgamma, log
from typing import NamedTuple

import numpy as np

from optimiser.common.random_streams import name_stream
from optimiser.model.deployment import Deployment
from optimiser.model.laws.escalation_law import CHANNELS, RED, YELLOW
from optimiser.operation.calibration.posterior import GROUP, PosteriorDraws
from optimiser.operation.calibration.problem import Problem
from optimiser.planning.evaluation import Interval, estimate, subtract
from optimiser.simulation.draws.streams import Stream
from optimiser.simulation.engine import Floats
from optimiser.simulation.scenario import REPORTING, draw, fingerprint, vary
from optimiser.simulation.simulator import Simulator

ROWS = 40  # of the draws, spread evenly, that checks are simulated with; assumed
SCENARIOS = 100  # under each of them; assumed
LAWS, EACH = 400, 5  # draws whose losses are compared, at most, and scenarios that each has of its own; assumed
TRIALS = 2000  # of so many days as were counted, to say how many injured there could be; assumed
INJURED = (0, 1, 2)  # harms that are injured persons


@dataclass(frozen=True)
class Check:
    """Something that was seen, beside what the learned law has.

    Attributes
    ----------
    what : a channel of the law; ``yellow`` or ``red``: days on which any sector was; ``injured``: persons a day.
    seen : how often, or how many.
    expected : mean under the learned law.
    low, high : between which 95 % lie under the learned law.
    chance : of at least as much under the learned law, a tie counting half; near 0 or 1 is a bad sign.
    """

    what: str
    seen: float
    expected: float
    low: float
    high: float
    chance: float


class LossChange(NamedTuple):
    """What a plan loses under two laws.

    Attributes
    ----------
    before, after : mean loss, points.
    difference : after less before, paired.
    """

    before: Interval
    after: Interval
    difference: Interval

    @classmethod
    def of(cls, before: Floats, after: Floats) -> LossChange:
        """Compare losses on the same scenarios."""
        return cls(estimate(before), estimate(after), estimate(subtract(after, before)))


@dataclass(frozen=True)
class Decision:
    """What the learned law changes in what the plan loses, on the same scenarios.

    Attributes
    ----------
    values : under the constants as they were used, and under those to be used now, the middle of what was learned.
    ranges : under draws from before and from what was learned. Higher, as a rule: a law under which much is lost
        counts for more than one under which little is.
    """

    values: LossChange
    ranges: LossChange


def check_clocks(problem: Problem, draws: PosteriorDraws) -> tuple[Check, ...]:
    """Compare how often each clock rang on complete days with what the law has, given all that went before."""
    rows = range(0, len(draws.constants), max(1, len(draws.constants) // ROWS))
    expected = np.array(
        [problem.likelihood.weigh(draws.constants[i], draws.tension[i]).expected.sum(axis=0) for i in rows]
    )
    rang = problem.likelihood.rang.sum(axis=0)
    found = []
    for c, name in enumerate(CHANNELS):
        if expected[:, c].max() > 0.0 or rang[c]:
            found.append(_compare(name, float(rang[c]), [_poisson(mean) for mean in expected[:, c]]))
    return tuple(found)


def compare_laws(
    simulator: Simulator,
    deployment: Deployment,
    values: tuple[Floats, Floats],
    laws: tuple[Floats, Floats],
    seed: int,
) -> Decision:
    """Simulate what the plan loses under the law before and after it was learned.

    Parameters
    ----------
    values : constants that were used, and those to be used now, each of shape (constants,).
    laws : draws from before and from what was learned, each of shape (draws, constants).
    """
    instance, count = simulator.instance, min(LAWS, *map(len, laws))
    scenarios = draw(instance, seed, count * EACH, REPORTING)

    def lose(constants: Floats, each: int) -> Floats:
        source = fingerprint(instance, True, scenarios.uncertain)
        number = len(constants) * each
        some = scenarios.take(np.arange(number), scenarios.weight[:number])
        some = replace(some, constants=constants.repeat(each, axis=0), source=source)
        lost: Floats = simulator.outcome(deployment, some).losses(instance).sum(axis=1).reshape(-1, each).mean(axis=1)
        return lost

    points = (lose(np.tile(value, (len(scenarios), 1)), 1) for value in values)
    spread = (lose(rows[np.arange(count) * len(rows) // count], EACH) for rows in laws)
    return Decision(LossChange.of(*points), LossChange.of(*spread))


def check_days(
    simulator: Simulator,
    deployment: Deployment,
    laws: Floats,
    seen: Sequence[tuple[int, float | None]],
    seed: int,
) -> tuple[Check, ...]:
    """Simulate the plan under learned laws: whether whole days come out as they were seen.

    Parameters
    ----------
    laws : draws of the learned constants, shape (draws, constants).
    seen : of each complete day, the highest phase of any sector, and persons injured, None where nobody counted.
    """
    instance, chosen = simulator.instance, laws[:: max(1, len(laws) // ROWS)][:ROWS]
    if not seen:
        return ()
    scenarios = draw(instance, seed, SCENARIOS, REPORTING)
    played = simulator.outcome(deployment, vary(instance, scenarios, chosen))
    checks = []
    for name, phase in (("yellow", YELLOW), ("red", RED)):
        reached = played.minutes[:, :, phase : RED + 1].sum(axis=(1, 2)) > 0.0
        shares = reached.reshape(len(chosen), SCENARIOS).mean(axis=1)
        count = sum(highest >= phase for highest, _ in seen)
        checks.append(_compare(name, float(count), [_binomial(len(seen), float(p)) for p in shares]))
    counted = [persons for _, persons in seen if persons is not None]
    if counted:
        persons = played.harms[:, :, INJURED].sum(axis=(1, 2))
        random = Stream(name_stream(seed, GROUP, "injured"))
        picked = (random.uniforms(TRIALS * len(counted)) * len(persons)).astype(int)
        means = random.poisson(persons[picked]).reshape(TRIALS, -1).mean(axis=1)
        checks.append(_place("injured", float(np.mean(counted)), means))
    return tuple(checks)


def _place(what: str, seen: float, drawn: Floats) -> Check:
    chance = float((drawn > seen).mean() + 0.5 * (drawn == seen).mean())
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Check(what, seen, float(drawn.mean()), float(low), float(high), chance)


def _compare(what: str, seen: float, chances: Sequence[Callable[[int], float]]) -> Check:
    """Compare a count with the mean of discrete distributions, one for each draw."""
    total, expected, low, high, above, n = 0.0, 0.0, -1, -1, 1.0, 0
    while total < 1.0 - 1e-9 and n < 1_000_000:
        p = sum(chance(n) for chance in chances) / len(chances)
        total += p
        expected += n * p
        low = n if low < 0 and total >= 0.025 else low
        high = n if high < 0 and total >= 0.975 else high
        above -= p if n < seen else 0.5 * p if n == seen else 0.0
        n += 1
    return Check(what, seen, expected, float(low), float(high), min(1.0, max(0.0, above)))


def _poisson(mean: float) -> Callable[[int], float]:
    return lambda n: exp(n * log(mean) - mean - lgamma(n + 1.0)) if mean > 0.0 else float(n == 0)


def _binomial(count: int, share: float) -> Callable[[int], float]:
    return lambda n: comb(count, n) * share**n * (1.0 - share) ** (count - n) if n <= count else 0.0
