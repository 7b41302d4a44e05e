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

    Person-hours lost of one and of the other are no gain and no loss then. Neither is the share of them that can be
    held, nor the loss, where not as many people come: fewer people can do and suffer less, whatever is planned.

    Attributes
    ----------
    people : who come before and after, mean over the scenarios.
    others : whether not as many come to each gathering; otherwise the same people mean to stay longer or less long.
    absent : names of gatherings that take place before and never after.
    apart : loss after the change less before, where nobody moves who need not, without the points of participation.
    """

    people: tuple[float, float]
    others: bool
    absent: tuple[str, ...]
    apart: Interval


def compare_assembly(before: Evaluation, kept: Evaluation) -> Assembly | None:
    """Compare those who assemble before and after a change; None where as many come for as long in every scenario."""
    played = [one.played for one in (before, kept)]
    meant, then = (meant_hours(one.instance, one.scenarios) for one in played)
    turnouts, turnouts_then = (_turnouts(one) for one in (before, kept))
    others = turnouts.keys() != turnouts_then.keys() or not all(
        np.allclose(people, turnouts_then[id_], rtol=CLOSE) for id_, people in turnouts.items()
    )
    if not others and np.allclose(meant, then, rtol=CLOSE):
        return None
    first, after = (float(one.scenarios.turnout.sum(axis=1).mean()) for one in played)
    absent = tuple(g.name for g in before.played.instance.gatherings if g.id in turnouts.keys() - turnouts_then.keys())
    change = _apart(kept) - _apart(before)
    rounded = np.abs(change) <= CLOSE * np.maximum(kept.losses, before.losses)
    return Assembly((first, after), others, absent, estimate(np.where(rounded, 0.0, change)))


def _turnouts(evaluation: Evaluation) -> dict[str, Floats]:
    """Return who come by scenario, by identifier of the gatherings that take place in any."""
    turnout = evaluation.played.scenarios.turnout
    return {
        g.id: people for g, people in zip(evaluation.played.instance.gatherings, turnout.T, strict=True) if people.any()
    }


def _apart(evaluation: Evaluation) -> Floats:
    """Return the loss in points without that of participation, by scenario."""
    weight = float(evaluation.played.instance.objective.participation_hour)
    apart: Floats = evaluation.losses - weight * evaluation.outcome.harms[:, :, LOST].sum(axis=1)
    return apart
