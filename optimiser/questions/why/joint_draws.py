"""Whether a plan stays the best at hand whatever is assumed: law and inputs drawn together, and the regret of it.

In every draw all numbers with a range have other values at once, and all plans are simulated on the same scenarios,
which chose none of them. How plausible a draw is nobody knows, so shares of draws are no probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.model.laws.ranges import PlausibleRange
from optimiser.model.uncertain_inputs import Input, Path
from optimiser.planning.evaluation import CONFIDENCE, Interval, estimate, subtract
from optimiser.planning.law_range import Band, RangedDifference, draw_together, find_band, summarise_draws
from optimiser.questions.why.sensitivity import Bench
from optimiser.simulation.engine import Floats
from optimiser.simulation.events import negligible

DRAWS = 60  # of all numbers together; assumed
JOINT, AGAIN, LAST = "joint", "joint again", "joint last"  # sets of scenarios that no plan was chosen on
SUSPECTS, MORE = (
    5,
    8,
)  # draws in which most seems lost that are looked at again, on so many times the scenarios; assumed


@dataclass(frozen=True)
class Regret:
    """The draw in which most is lost by standing by the plan.

    Attributes
    ----------
    rival : name of the other plan that seems best there.
    loss : plan minus it, paired, on scenarios that chose neither draw nor rival.
    values : of the inputs there.
    """

    rival: str
    loss: Interval
    values: Mapping[Path, float]


@dataclass(frozen=True)
class JointDraws:
    """A plan and others over joint draws of all numbers with a range.

    Attributes
    ----------
    draws, scenarios : how many draws, and scenarios of each plan in each.
    inputs : how many numbers were drawn together.
    loss : of the plan, mean loss.
    rivals : names of the other plans, the one with the least mean loss over all draws first.
    differences : plan minus each of them.
    best : share of the draws in which the plan has the lowest mean loss, or as low a one as any.
    unbeaten : share in which no other plan is shown to be better; in each draw with 95 % confidence for all at once.
    regret : between which points lies what is lost by standing by the plan instead of the one that is best in a draw,
        mean over draws. As seen on the scenarios it comes out too high, because luck looks like a lead; where the other
        plan is chosen on one half of them and measured on the other, too low, because the choice may be wrong.
    largest : the draw in which that is most; None where no other plan ever seems better.
    """

    draws: int
    scenarios: int
    inputs: int
    loss: Band
    rivals: tuple[str, ...]
    differences: tuple[RangedDifference, ...]
    best: float
    unbeaten: float
    regret: Band
    largest: Regret | None


def draw_jointly(
    bench: Bench, names: Sequence[str], inputs: Sequence[Input], scenarios: int, draws: int = DRAWS
) -> JointDraws:
    """Draw all inputs together (a Latin hypercube), and simulate all plans of a bench in every draw.

    Parameters
    ----------
    names : of the plans of the bench after the first, one at least.
    scenarios : of each plan in each draw, two at least.
    draws : one at least.
    """
    drawn = draw_values(inputs, bench.seed, draws)
    losses = np.array([bench.play(values, scenarios, JOINT) for values in drawn])
    found = summarise_draws(losses, [(0, rival) for rival in range(1, len(names) + 1)], len(inputs))
    means, least = losses.mean(axis=2), negligible(bench.instance.objective)
    order = sorted(range(len(names)), key=lambda rival: float(means[:, 1 + rival].mean()))
    return JointDraws(
        draws,
        scenarios,
        len(inputs),
        find_band(means[:, 0]),
        tuple(names[rival] for rival in order),
        tuple(found.differences[rival] for rival in order),
        float(np.mean(means[:, 0] <= means[:, 1:].min(axis=1) + least)),
        float(np.mean([not _beaten(one) for one in losses])),
        Band(max(0.0, float(np.mean([_regret(one) for one in losses]))), float(_leads(losses).mean())),
        _largest(bench, names, drawn, losses),
    )


def draw_values(inputs: Sequence[Input], seed: int, draws: int) -> list[dict[Path, float]]:
    """Draw all inputs together, whole numbers rounded, by their path."""
    known = {one.where: one for one in inputs}
    ranges = {where: PlausibleRange(one.low, one.value, one.high) for where, one in known.items()}
    return [
        {known[where].path: round(value) if known[where].whole else value for where, value in values.items()}
        for values in draw_together(ranges, seed, draws)
    ]


def _beaten(losses: Floats) -> bool:
    """Tell whether another plan is shown to be better than the first in one draw, shape (plans, scenarios).

    The intervals hold together (Bonferroni over the other plans).
    """
    level = 1.0 - (1.0 - CONFIDENCE) / (len(losses) - 1)
    return any(estimate(subtract(losses[0], other), level).low > 0.0 for other in losses[1:])


def _leads(losses: Floats) -> Floats:
    """Return by how much the first plan is behind the best one in each draw, as seen, shape (draws,)."""
    means: Floats = losses.mean(axis=2)
    leads: Floats = means[:, 0] - means.min(axis=1)
    return leads


def _regret(losses: Floats) -> float:
    """Return the points lost by the first plan against the best one of a draw, shape (plans, scenarios).

    The best one is chosen on every other scenario and measured on the rest, and the other way round.
    """
    halves = losses[:, ::2].mean(axis=1), losses[:, 1::2].mean(axis=1)
    return float(np.mean([other[0] - other[one.argmin()] for one, other in (halves, halves[::-1])]))


def _largest(
    bench: Bench, names: Sequence[str], drawn: Sequence[Mapping[Path, float]], losses: Floats
) -> Regret | None:
    """Find the draw with the largest regret among those that seem to have it, on further scenarios, and measure it."""
    more, leads = MORE * losses.shape[2], _leads(losses)
    suspects = [int(n) for n in np.argsort(-leads, kind="stable")[:SUSPECTS] if leads[n] > 0.0]
    if not suspects:
        return None
    again = {n: bench.play(drawn[n], more, AGAIN) for n in suspects}
    worst = max(suspects, key=lambda n: float(_leads(again[n][None])[0]))
    rival = 1 + int(again[worst][1:].mean(axis=1).argmin())
    last = bench.play(drawn[worst], more, LAST)
    return Regret(names[rival - 1], estimate(subtract(last[0], last[rival])), drawn[worst])
