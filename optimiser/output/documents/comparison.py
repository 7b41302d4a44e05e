"""Several deployments on the same scenarios, as one document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optimiser.model.checker import check
from optimiser.model.instance import Instance
from optimiser.output.documents.instances import name_instance
from optimiser.output.documents.plan import comparison_values, evaluation_values, verdict_values
from optimiser.planning.evaluation import Evaluation, compare

FORMAT = "optimiser-comparison/1"


def describe_comparison(instance: Instance, seed: int, evaluations: Sequence[Evaluation]) -> dict[str, Any]:
    """Turn evaluations on the same reporting scenarios into plain values; each is paired with the first one."""
    first = evaluations[0]
    return {
        "format": FORMAT,
        "instance": name_instance(instance),
        "seed": seed,
        "deployments": [
            {
                "deployment": evaluation.deployment.model_dump(mode="json"),
                "verdict": verdict_values(check(instance, evaluation.deployment)),
                "evaluation": evaluation_values(instance, evaluation),
                "against_first": comparison_values(compare(evaluation, first)) if number else None,
            }
            for number, evaluation in enumerate(evaluations)
        ],
    }
