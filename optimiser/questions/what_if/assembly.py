"""Who assembles before and after a change: what nobody means to hold any more is no gain of participation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimiser.model.harms import HARMS, PARTICIPATION
from optimiser.planning.evaluation import Evaluation, Interval, estimate
from optimiser.planning.magnitude import CLOSE
from optimiser.planning.participation import meant_hours
from optimiser.simulation.engine import Floats

LOST = [harm.id for harm in HARMS].index(PARTICIPATION)


@dataclass(frozen=True)
class Assembly:
    """What assembles before a change and after it, where that is not the same.

    Person-hours lost of one and of the other are no gain and no loss then; the share that can be held is comparable.

    Attributes
    ----------
    people : who come before and after, mean over the scenarios.
    absent : names of gatherings that take place before and never after.
    apart : loss after the change less before, where nobody moves who need not, without the points of participation.
    """

    people: tuple[float, float]
    absent: tuple[str, ...]
    apart: Interval


def compare_assembly(before: Evaluation, kept: Evaluation) -> Assembly | None:
    """Compare those who assemble before and after a change; None where the same hours are meant in every scenario."""
    played = [one.played for one in (before, kept)]
    meant, then = (meant_hours(one.instance, one.scenarios) for one in played)
    if np.allclose(meant, then, rtol=CLOSE):
        return None
    first, after = (float(one.scenarios.turnout.sum(axis=1).mean()) for one in played)
    names, still = (_coming(one) for one in (before, kept))
    absent = tuple(name for id_, name in names.items() if id_ not in still)
    change = _apart(kept) - _apart(before)
    rounded = np.abs(change) <= CLOSE * np.maximum(kept.losses, before.losses)
    return Assembly((first, after), absent, estimate(np.where(rounded, 0.0, change)))


def _coming(evaluation: Evaluation) -> dict[str, str]:
    """Return identifiers and names of the gatherings that take place in a scenario."""
    turnout = evaluation.played.scenarios.turnout
    return {
        one.id: one.name
        for one, people in zip(evaluation.played.instance.gatherings, turnout.T, strict=True)
        if people.any()
    }


def _apart(evaluation: Evaluation) -> Floats:
    """Return the loss in points without that of participation, by scenario."""
    weight = float(evaluation.played.instance.objective.participation_hour)
    apart: Floats = evaluation.losses - weight * evaluation.outcome.harms[:, :, LOST].sum(axis=1)
    return apart
