"""What a deployment is worth: harms with confidence intervals, alone and in pairs on the same random numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from optimiser.common.errors import Mismatch
from optimiser.common.message import Message
from optimiser.common.number_format import ends
from optimiser.model.deployment import Deployment
from optimiser.model.harms import by_name
from optimiser.model.instance import Instance, Objective
from optimiser.model.laws.escalation_law import RED, YELLOW
from optimiser.model.values.arguments import a, checked
from optimiser.planning.magnitude import CLOSE, ROUNDING
from optimiser.planning.one_sided_mean import OneSidedMean
from optimiser.planning.programs.configurations import placement_cost
from optimiser.simulation.engine import Floats
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Conditions, Outcome, Simulator

CONFIDENCE = 0.95
SKEWED = 25.0  # Cochran's factor, see `enough`
PRECISE = 1e-6  # of a share: what is beyond it nobody reads


@dataclass(frozen=True)
class Interval:
    """A mean with its confidence interval.

    Attributes
    ----------
    mean : sample mean.
    half : half-width of the interval; infinite where none can be given: with fewer than two values, or where too few of
        them depart from the usual one (`enough`). It is 0 only where the quantity is known not to vary.
    count : number of values.
    unusual : values that depart from the usual one: mostly scenarios in which something is lost, or in which two
        deployments differ.
    usual : the most frequent value, nearly always 0; 0 too where no value comes twice.
    lean : by how much the middle of the interval lies above the mean: where a few large values may be missing from the
        sample, the mean may be too low by more than it may be too high.
    """

    mean: float
    half: float
    count: int
    unusual: int
    usual: float = 0.0
    lean: float = 0.0

    def __neg__(self) -> Interval:
        """Turn the sign: of one less the other it makes the other less the one."""
        return replace(self, mean=-self.mean, usual=-self.usual, lean=-self.lean)

    @property
    def low(self) -> float:
        """Lower end."""
        return self.mean + self.lean - self.half

    @property
    def high(self) -> float:
        """Upper end."""
        return self.mean + self.lean + self.half

    @property
    def reach(self) -> float:
        """Distance of the mean from the farther end."""
        return self.half + abs(self.lean)

    @property
    def rare(self) -> bool:
        """Whether there is no interval because too few scenarios carry the mean."""
        return self.count > 1 and math.isinf(self.half)

    @property
    def alike(self) -> bool:
        """Whether all scenarios show the same value, which is not 0; there is no interval then."""
        return self.rare and self.unusual == 0 and self.usual != 0.0

    @property
    def exact(self) -> bool:
        """Whether it is known, not only seen, that there is no difference."""
        return self.mean == 0.0 and self.half == 0.0

    @property
    def often(self) -> float:
        """Upper limit of the share of operations that are unusual; see `most_often`."""
        return most_often(self.count, self.unusual)

    def __repr__(self) -> str:
        half = repr(self.half) if math.isfinite(self.half) else "None"
        return (
            f"Interval(mean={self.mean!r}, half={half}, count={self.count!r}, unusual={self.unusual!r}, "
            f"usual={self.usual!r}, lean={self.lean!r})"
        )

    def __str__(self) -> str:
        return f"{self.mean:.3f} ± {self.reach:.3f}" if math.isfinite(self.half) else f"{self.mean:.3f} {ends(self)}"


def enough(count: int, unusual: int) -> bool:
    """Tell whether so many unusual values of all carry an interval of the mean.

    Cochran 1977, Sampling Techniques, section 2.15: the normal interval of a mean serves from n > 25 G^2 on, G being
    Fisher's skewness, here that of being unusual or not: 15 values of 100, 24 of 1,000, at most 25. It is a floor:
    where the unusual values differ much among themselves, intervals just above it still err more often than they say.
    """
    share = unusual / count
    return share >= 0.5 or count * share * (1.0 - share) > SKEWED * (1.0 - 2.0 * share) ** 2


def most_often(count: int, seen: int, confidence: float = CONFIDENCE) -> float:
    """Return the upper limit of a probability, seen so often of so many; the share of operations to be prepared for.

    Clopper and Pearson 1934, doi 10.1093/biomet/26.4.404, one-sided. Of what was never seen it is 1 - (1 - confidence)
    ** (1 / count), near 3 / count: the rule of three of Hanley and Lippman-Hand 1983, doi 10.1001/jama.1983.0333037003.
    It speaks of how often, never of how much: one such operation may lose more than all that were seen.
    """
    low, high = seen / count, 1.0
    while seen < count and high - low > PRECISE:
        share = 0.5 * (low + high)
        fewer = sum(math.comb(count, k) * share**k * (1.0 - share) ** (count - k) for k in range(seen + 1))
        low, high = (share, high) if fewer > 1.0 - confidence else (low, share)
    return high


def student(confidence: float, freedom: int) -> float:
    """Two-sided quantile of Student's t by its expansion around the normal one.

    Abramowitz and Stegun 26.7.5, four terms; the error is below 0.5 % from 5 degrees of freedom on.
    """
    z = NormalDist().inv_cdf(0.5 + 0.5 * confidence)
    v = float(freedom)
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )


def estimate(values: NDArray[np.float64] | Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """Return the mean of independent values with its confidence interval, if they carry one.

    What lies above the usual value and what lies below it are two means, each with an interval of its own, see
    `OneSidedMean`; the ends of their difference follow from those (Zou and Donner 2008, doi 10.1002/sim.3095).
    """
    array = np.asarray(values, dtype=float)
    n = len(array)
    mean, (unusual, usual) = float(array.mean()), _unusual(array)
    if n < 2 or not enough(n, unusual):
        return Interval(mean, math.inf, n, unusual, usual)
    beyond = array - (usual if unusual < n else array.min())  # where there is no usual value all are on one side
    quantile = student(confidence, n - 1)
    over, under = (OneSidedMean.of(np.maximum(part, 0.0), quantile) for part in (beyond, -beyond))
    shared = over.mean * under.mean / (over.spread * under.spread) if over.spread and under.spread else 0.0
    below, above = (
        math.sqrt(one**2 + other**2 + 2.0 * shared * one * other)
        for one, other in ((over.below, under.above), (over.above, under.below))
    )
    return Interval(mean, 0.5 * (below + above), n, unusual, usual, 0.5 * (above - below))


def _unusual(array: NDArray[np.float64]) -> tuple[int, float]:
    """Count the values that are not the most frequent one, and give that; where none comes twice, all, and 0."""
    ordered = np.sort(array)
    steps = np.diff(ordered) > CLOSE * max(abs(float(ordered[0])), abs(float(ordered[-1])))
    begins = np.concatenate([[0], np.flatnonzero(steps) + 1])
    runs = np.diff(np.concatenate([begins, [len(array)]]))
    most = int(runs.argmax())
    if runs[most] == 1:
        return len(array), 0.0
    return len(array) - int(runs[most]), float(ordered[begins[most]])


def tail_mean(values: NDArray[np.float64], level: float) -> float:
    """CVaR: the mean of the worst share 1 - level of equally likely values, the last one in part.

    Rockafellar and Uryasev 2000, doi 10.21314/JOR.2000.038.
    """
    worst = np.sort(np.asarray(values, dtype=float))[::-1]
    size = (1.0 - level) * len(worst)
    whole = math.floor(size + 1e-12)
    total = float(worst[:whole].sum())
    part = size - whole
    if part > 1e-12 and whole < len(worst):
        total += part * float(worst[whole])
    return total / size


def tail_points(objective: Objective, losses: NDArray[np.float64]) -> Floats:
    """Return what the tail adds to the objective of each deployment, in points: losses (deployments, scenarios)."""
    if objective.tail_weight <= 0.0:
        return np.zeros(len(losses))
    return float(objective.tail_weight) * np.array([tail_mean(row, float(objective.tail)) for row in losses])


def score(instance: Instance, deployment: Deployment, losses: NDArray[np.float64]) -> float:
    """Return the objective: mean loss + weight x CVaR + costs of placement, in points.

    Parameters
    ----------
    losses : total loss by scenario.
    """
    value = float(np.mean(losses)) + placement_cost(instance, deployment)
    return value + float(tail_points(instance.objective, losses[None])[0])


@dataclass(frozen=True)
class Evaluation:
    """A deployment on reporting scenarios.

    Attributes
    ----------
    deployment : what was evaluated.
    losses : (scenarios,) total loss in points.
    objective : points, costs of placement included.
    harms : interval of each harm summed over sectors, in its unit.
    outcome : everything, by scenario and sector.
    played : what it was simulated with.
    """

    deployment: Deployment
    losses: Floats
    objective: float
    loss: Interval
    harms: dict[str, Interval]
    outcome: Outcome
    played: Conditions

    @property
    def seed(self) -> int:
        """Seed of the scenarios."""
        return self.played.scenarios.seed

    @property
    def group(self) -> str:
        """Set of the scenarios: ``planning``, ``reporting``."""
        return self.played.scenarios.group

    @property
    def fingerprint(self) -> str:
        """The sha256 of the instance that it was simulated in, as documents have it."""
        return self.played.instance.fingerprint()

    def phase_minutes(self) -> Floats:
        """Return mean minutes by sector and phase."""
        mean: Floats = self.outcome.minutes.mean(axis=0)
        return mean

    def reached(self, phase: int) -> Floats:
        """Return the share of scenarios in which a sector was in a phase for a while, by sector."""
        share: Floats = (self.outcome.minutes[:, :, phase] > 0.0).mean(axis=0)
        return share

    def anywhere(self, phase: int) -> float:
        """Share of scenarios in which any sector was in a phase."""
        return float((self.outcome.minutes[:, :, phase] > 0.0).any(axis=1).mean())

    def harms_at(self, sector: int) -> dict[str, Interval]:
        """Intervals of each harm in one sector, by its index, in its unit."""
        return _intervals(self.outcome.harms[:, sector])

    def worst_phase(self) -> dict[str, float]:
        """Share of scenarios by the worst phase reached anywhere: peaceful, yellow, red."""
        disorder = (self.outcome.minutes[:, :, [YELLOW, RED]] > 0.0).any(axis=(1, 2))
        some, red = float(np.mean(disorder)), self.anywhere(RED)
        return {"peaceful": 1.0 - some, "yellow": some - red, "red": red}


@checked(simulator=a(Simulator), scenarios=a(Scenarios, Message("draw them, draw(instance, 1, 100)")))
def evaluate(simulator: Simulator, deployment: Deployment, scenarios: Scenarios) -> Evaluation:
    """Simulate a deployment in every scenario and put intervals on what happens.

    Raises
    ------
    Mismatch : deployment or scenarios belong to another instance than the simulator's.
    """
    instance = simulator.instance
    outcome = simulator.outcome(deployment, scenarios)
    losses = outcome.losses(instance).sum(axis=1)
    harms = _intervals(outcome.harms.sum(axis=1))
    objective, played = score(instance, deployment, losses), simulator.played(scenarios)
    return Evaluation(deployment, losses, objective, estimate(losses), harms, outcome, played)


def _intervals(harms: NDArray[np.float64]) -> dict[str, Interval]:
    """Return the interval of each harm, and of all injured people; harms in their units, shape (scenarios, harms)."""
    return {name: estimate(values) for name, values in by_name(harms).items()}


@dataclass(frozen=True)
class Comparison:
    """Two deployments on the same random numbers: differences are first minus second.

    Where both are the same deployment, simulated alike, the differences are exactly 0; in no other case is that
    claimed.
    """

    loss: Interval
    objective: float
    harms: dict[str, Interval]

    @property
    def shown(self) -> tuple[Interval, Interval]:
        """What tables show of it: points and injured people."""
        return self.loss, self.harms["injuries"]

    @property
    def sentence(self) -> Message:
        """Say which is better and how sure that is."""
        if self.loss.high < 0.0:
            return Message("better")
        if self.loss.low > 0.0:
            return Message("worse")
        if self.loss.exact:
            return Message("the same")
        return Message("no difference shown")


@checked(first=a(Evaluation, Message("evaluate it first")), second=a(Evaluation, Message("evaluate it first")))
def compare(first: Evaluation, second: Evaluation, *, across: bool = False) -> Comparison:
    """Pair two evaluations scenario by scenario.

    They may differ in deployment, law or dispatch rule, and in what was changed in the instance: what two versions of
    an instance have in common sees the same random numbers.

    Parameters
    ----------
    across : whether they may be of instances with different names.

    Raises
    ------
    Mismatch : they were not simulated with the same seed, in the same set and as many scenarios, or not in one
        instance.
    """
    if not across and first.played.instance.name != second.played.instance.name:
        raise Mismatch(
            Message(
                "two instances, '{first}' and '{second}', cannot be paired; across=True pairs what they have in common",
                first=first.played.instance.name,
                second=second.played.instance.name,
            )
        )
    one, two = (_told(e) for e in (first, second))
    if one != two:
        raise Mismatch(
            Message(
                "only evaluations in the same scenarios can be paired; the first is of {first}, the second of {second}",
                first=one,
                second=two,
            )
        )
    if _same(first, second):
        none = Interval(0.0, 0.0, len(first.losses), 0)
        return Comparison(none, 0.0, dict.fromkeys(first.harms, none))
    a, b = (by_name(one.outcome.harms.sum(axis=1)) for one in (first, second))
    harms = {name: estimate(subtract(a[name], b[name])) for name in a}
    loss = estimate(subtract(first.losses, second.losses))
    return Comparison(loss, first.objective - second.objective, harms)


def subtract(first: Floats, second: Floats) -> Floats:
    """Subtract scenario by scenario, shape (..., scenarios); what the order of a sum makes of equal values is none."""
    return np.where(np.abs(first - second) <= ROUNDING * np.maximum(first, second), 0.0, first - second)


def _told(evaluation: Evaluation) -> Message:
    """Say which scenarios an evaluation is of."""
    words = {"group": evaluation.group, "seed": str(evaluation.seed), "n": len(evaluation.losses)}
    return Message("seed {seed}, set '{group}', {n} scenarios", **words)


def _same(first: Evaluation, second: Evaluation) -> bool:
    """Tell whether it is known that two evaluations do not differ in any scenario there could be."""
    one, two = (e.deployment.numbers(e.played.instance) for e in (first, second))
    return np.array_equal(one, two) and first.played.like(second.played)
