"""Several plans on the same scenarios: each is paired with the first one, so that luck is the same for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.model.admission import playable
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import find_law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.moves import Move, list_moves
from optimiser.model.verdict import Verdict
from optimiser.planning.evaluation import Comparison, Evaluation, compare, evaluate
from optimiser.planning.law_range import LawRange, range_over_law
from optimiser.planning.settings import PLANNED, default_reporting
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator


@dataclass(frozen=True)
class PairedPlan:
    """One of several plans.

    Attributes
    ----------
    verdict : of the checker; a plan that breaks rules is compared all the same.
    against_first : this one minus the first, on the same random numbers; None for the first.
    moves : from the first to this one; none for the first.
    """

    evaluation: Evaluation
    verdict: Verdict
    against_first: Comparison | None
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class PlanComparison:
    """Several plans of one instance on the same reporting scenarios.

    Attributes
    ----------
    law_range : the plans over the plausible constants of the law, and each but the first less the first; None where
        that was not asked for.
    """

    instance: Instance
    seed: int
    plans: tuple[PairedPlan, ...]
    law_range: LawRange | None


def compare_plans(
    instance: Instance,
    deployments: Sequence[Deployment],
    *,
    seed: int = 1,
    scenarios: int | None = None,
    workers: int = 1,
    law: EscalationLaw | str | None = None,
) -> PlanComparison:
    """Simulate deployments on the same scenarios.

    Parameters
    ----------
    scenarios : how many fresh ones, the same as those of a plan's figures where seed and number are the same; as many
        as a plan has by default if left out.
    workers : threads; the result is the same.
    law : of escalation, or the name of one that ships; the default one if None.

    Raises
    ------
    Unplayable : a deployment names what the instance does not have, which would silently be left out.
    """
    verdicts = [playable(instance, deployment) for deployment in deployments]
    count = default_reporting(instance, PLANNED) if scenarios is None else scenarios
    fresh = draw(instance, seed, count, REPORTING)
    with Simulator(instance, find_law(law), workers=workers) as simulator:
        evaluations = [evaluate(simulator, deployment, fresh) for deployment in deployments]
        numbers, pairs = [d.numbers(instance) for d in deployments], [(n, 0) for n in range(1, len(deployments))]
        ranged = range_over_law(simulator, np.stack(numbers), fresh, pairs)
    return pair_plans(instance, evaluations, verdicts, ranged)


def pair_plans(
    instance: Instance,
    evaluations: Sequence[Evaluation],
    verdicts: Sequence[Verdict],
    law_range: LawRange | None = None,
) -> PlanComparison:
    """Pair plans that were evaluated on the same scenarios with the first of them.

    Parameters
    ----------
    verdicts : of the checker, of each.
    """
    plans = []
    for number, (evaluation, verdict) in enumerate(zip(evaluations, verdicts, strict=True)):
        against = compare(evaluation, evaluations[0]) if number else None
        moves = list_moves(instance, evaluations[0].deployment, evaluation.deployment)
        plans.append(PairedPlan(evaluation, verdict, against, moves))
    return PlanComparison(instance, evaluations[0].seed, tuple(plans), law_range)
