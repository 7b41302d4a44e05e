"""The answer to a what-if as one document; the what-if stands in it, so that it can be asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from optimiser.model.cautions import caution_values
from optimiser.output.documents.instances import name_instance
from optimiser.output.documents.plan import (
    certificate_values,
    comparison_values,
    evaluation_values,
    interval_values,
    law_range_values,
    verdict_values,
)
from optimiser.output.words.advice import sentence, tell_assembly, tell_obstacle
from optimiser.questions.what_if.answer import Answer
from optimiser.questions.what_if.differences import Difference

FORMAT = "optimiser-answer/1"


def describe_answer(answer: Answer) -> dict[str, Any]:
    """Turn an answer into plain values; wall time is left out, so that it can be made again."""
    instance, changed = answer.instance, answer.changed
    return {
        "format": FORMAT,
        "instance": name_instance(instance),
        "whatif": answer.whatif.model_dump(mode="json"),
        "changed": {"sha256": changed.fingerprint()},
        "differences": difference_values(answer.differences),
        "assumed": list(answer.assumed),
        "sentence": sentence(answer),
        "assembly": _assembly(answer),
        "stays": answer.stays,
        "settings": asdict(answer.settings),
        "replayable": answer.replayable,
        "interrupted": answer.interrupted,
        "certificate": certificate_values(answer.certificate),
        "broken": verdict_values(answer.broken),
        "moves": [asdict(move) for move in answer.moves],
        "forced": [asdict(move) for move in answer.forced],
        "advised": [asdict(move) for move in answer.advised],
        "obstacles": [
            {
                "path": obstacle.path,
                "sentence": tell_obstacle(obstacle),
                "limits": list(obstacle.limits),
                "offers": list(obstacle.offers),
            }
            for obstacle in answer.obstacles
        ],
        "before": _played(answer, "before"),
        "kept": _played(answer, "kept"),
        "deployment": answer.deployment.model_dump(mode="json"),
        "evaluation": evaluation_values(changed, answer.after),
        "change": comparison_values(answer.change),
        "suffered": comparison_values(answer.suffered),
        "gained": comparison_values(answer.gained),
        "anyway": comparison_values(answer.anyway) if answer.anyway else None,
        "law_range": law_range_values(answer.law_range, ("before", "kept", "after"), ("suffered", "gained", "change")),
        "warnings": caution_values(answer.cautions),
        "not_counted": answer.not_counted,
    }


def difference_values(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    """Give what was changed, from what to what, as plain values; words are English."""
    return [{**asdict(difference), "sentence": difference.tell()} for difference in differences]


def _assembly(answer: Answer) -> dict[str, Any] | None:
    """Give who assembles before and after, and the change of the loss without participation; null where the same."""
    assembly = answer.assembly
    if assembly is None:
        return None
    before, after = assembly.people
    return {
        "sentence": tell_assembly(answer),
        "people": {"before": before, "after": after},
        "absent": list(assembly.absent),
        "apart": interval_values(assembly.apart, "points"),
    }


def _played(answer: Answer, which: str) -> dict[str, Any]:
    evaluation = getattr(answer, which)
    instance = answer.instance if which == "before" else answer.changed
    return {
        "deployment": evaluation.deployment.model_dump(mode="json"),
        "evaluation": evaluation_values(instance, evaluation),
    }
