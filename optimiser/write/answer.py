"""The answer to a what-if as one document; the what-if stands in it, so that it can be asked again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from optimiser.answer import Answer
from optimiser.write.plan import certificate_values, comparison_values, evaluation_values, fingerprint, verdict_values

FORMAT = "optimiser-answer/1"


def describe_answer(answer: Answer) -> dict[str, Any]:
    """Turn an answer into plain values; wall time is left out, so that it can be made again."""
    instance, changed = answer.instance, answer.changed
    return {
        "format": FORMAT,
        "instance": {"name": instance.name, "title": instance.title, "sha256": fingerprint(instance)},
        "whatif": answer.whatif.model_dump(mode="json"),
        "changed": {"sha256": fingerprint(changed)},
        "settings": asdict(answer.settings),
        "replayable": answer.replayable,
        "interrupted": answer.interrupted,
        "certificate": certificate_values(answer.certificate),
        "broken": verdict_values(answer.broken),
        "moves": [asdict(move) for move in answer.moves],
        "before": _played(answer, "before"),
        "kept": _played(answer, "kept"),
        "deployment": answer.deployment.model_dump(mode="json"),
        "evaluation": evaluation_values(changed, answer.after),
        "change": comparison_values(answer.change),
        "suffered": comparison_values(answer.suffered),
        "gained": comparison_values(answer.gained),
        "anyway": comparison_values(answer.anyway) if answer.anyway else None,
    }


def _played(answer: Answer, which: str) -> dict[str, Any]:
    evaluation = getattr(answer, which)
    instance = answer.instance if which == "before" else answer.changed
    return {
        "deployment": evaluation.deployment.model_dump(mode="json"),
        "evaluation": evaluation_values(instance, evaluation),
    }
