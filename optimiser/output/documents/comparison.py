"""Several deployments on the same scenarios, and what those about as good as one have in common, as documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from optimiser.common.version import installed
from optimiser.model.harms import INDEPENDENT
from optimiser.output.documents.instances import name_instance
from optimiser.output.documents.plan import (
    comparison_values,
    evaluation_values,
    interval_values,
    law_range_values,
    verdict_values,
)
from optimiser.output.documents.tables import write_rows
from optimiser.questions.firmness import Firmness
from optimiser.questions.optimum import OptimumEstimate
from optimiser.questions.plan_comparison import PlanComparison

FORMAT, FIRMNESS, OPTIMUM = "optimiser-comparison/1", "optimiser-firm/1", "optimiser-optimum/1"
COLUMNS = ("plan", "broken_rules", "figure", "unit", "mean", "low", "high", "more", "more_low", "more_high")


def describe_comparison(compared: PlanComparison) -> dict[str, Any]:
    """Turn plans on the same reporting scenarios into plain values; each is paired with the first one."""
    instance = compared.instance
    names = [f"deployments[{number}]" for number in range(len(compared.plans))]
    return {
        "format": FORMAT,
        "instance": name_instance(instance),
        "seed": compared.seed,
        "deployments": [
            {
                "deployment": plan.evaluation.deployment.model_dump(mode="json"),
                "verdict": verdict_values(plan.verdict),
                "evaluation": evaluation_values(instance, plan.evaluation),
                "against_first": comparison_values(plan.against_first) if plan.against_first else None,
            }
            for plan in compared.plans
        ],
        "law_range": law_range_values(compared.law_range, names, names[1:]),
    }


def tabulate_comparison(compared: PlanComparison, names: Sequence[str]) -> bytes:
    """Write the comparison as CSV: a row for each plan and figure, with its 95 % interval.

    What a plan has more of than the first, paired, stands in the columns ``more``; it is empty for the first.

    Parameters
    ----------
    names : of the plans, in their order.
    """
    rows = []
    for name, plan in zip(names, compared.plans, strict=True):
        paired, levels = plan.against_first, plan.evaluation
        figures = [("loss", "points", levels.loss, paired.loss if paired else None)]
        for harm in INDEPENDENT:
            figures.append((harm.id, harm.unit, levels.harms[harm.id], paired.harms[harm.id] if paired else None))
        for figure, unit, level, more in figures:
            ends = (more.mean, more.low, more.high) if more else ("", "", "")
            broken = len(plan.verdict.violations)
            rows.append((name, broken, figure, unit, level.mean, level.low, level.high, *ends))
    return write_rows(COLUMNS, rows)


def describe_firmness(found: Firmness) -> dict[str, Any]:
    """Turn what is firm and what is negotiable into plain values."""
    return {
        "format": FIRMNESS,
        "instance": name_instance(found.instance),
        "settings": {
            "seed": found.seed,
            "scenarios": found.scenarios,
            "reporting": found.scenarios,
            "budget": found.budget,
            "law": found.law,
            "versions": installed(),
        },
        "deployment": found.deployment.model_dump(mode="json"),
        "plans": found.plans,
        "within": {"share": found.within, "points": found.points},
        "searches": found.searches,
        "tried": found.tried,
        "beyond": interval_values(found.beyond, "points"),
        "placings": [{**asdict(one), "firm": one.firm} for one in found.placings],
    }


def describe_optimum(found: OptimumEstimate) -> dict[str, Any]:
    """Turn an estimate of the optimum into plain values; `estimate` is null where there is none."""
    return {
        "format": OPTIMUM,
        "instance": name_instance(found.instance),
        "settings": {
            "seed": found.seed,
            "scenarios": found.scenarios,
            "reporting": 0,
            "budget": found.budget,
            "law": found.law,
            "versions": installed(),
        },
        "deployment": found.deployment.model_dump(mode="json"),
        "best": found.best.model_dump(mode="json"),
        "objective": found.value,
        "bound": found.bound,
        "proved": found.proved,
        "ends": list(found.ends),
        "same": found.same,
        "estimate": None if found.low is None else {"low": found.low, "high": found.high},
    }
