"""Several deployments on the same scenarios, as one document."""

from __future__ import annotations

from typing import Any

from optimiser.output.documents.instances import name_instance
from optimiser.output.documents.plan import comparison_values, evaluation_values, law_range_values, verdict_values
from optimiser.questions.plan_comparison import PlanComparison

FORMAT = "optimiser-comparison/1"


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
