"""One played deployment as a document: its events in one scenario, and what it does in many."""

from __future__ import annotations

from typing import Any

from optimiser.output.documents.instances import name_instance
from optimiser.output.documents.plan import evaluation_values, law_range_values, verdict_values
from optimiser.questions.played_plan import Rehearsal

FORMAT = "optimiser-simulation/1"


def describe_rehearsal(rehearsal: Rehearsal) -> dict[str, Any]:
    """Turn a rehearsal into plain values."""
    instance, evaluation = rehearsal.instance, rehearsal.evaluation
    return {
        "format": FORMAT,
        "instance": name_instance(instance),
        "seed": rehearsal.seed,
        "scenario": rehearsal.scenario,
        "deployment": rehearsal.deployment.model_dump(mode="json"),
        "verdict": verdict_values(rehearsal.verdict),
        "events": [{"clock": instance.clock(event.minute), **event._asdict()} for event in rehearsal.events],
        "evaluation": None if evaluation is None else evaluation_values(instance, evaluation),
        "law_range": law_range_values(rehearsal.law_range, ("plan",), ()),
    }
