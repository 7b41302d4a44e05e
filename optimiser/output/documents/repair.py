"""A repair, and an instance without any plan, as documents; words are English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from optimiser.common.errors import Infeasible
from optimiser.model.instance import Instance
from optimiser.output.documents.answer import difference_values
from optimiser.output.documents.plan import evaluation_values, law_range_values, verdict_values
from optimiser.output.words.repair import list_repair_lines, repair_claim
from optimiser.planning.programs.repair import Repair
from optimiser.questions.played_plan import Rehearsal
from optimiser.questions.what_if.differences import Difference


def describe_repair(instance: Instance, repair: Repair) -> dict[str, Any]:
    """Return the cheapest repair found of an instance as a document."""
    return {"format": "optimiser-repair/1", "instance": instance.name, "repair": repair_values(repair)}


def repair_values(repair: Repair) -> dict[str, Any]:
    """Return a repair as plain values."""
    return {
        "points": repair.points,
        "proved": repair.proved,
        "claim": repair_claim(repair),
        "prices": dict(repair.prices),
        "changes": [
            {
                "code": change.code,
                "place": change.place,
                "what": change.what,
                **asdict(line),
                "set": {"keys": list(change.edit.keys), "value": change.edit.value},
            }
            for change, line in zip(repair.changes, list_repair_lines(repair), strict=True)
        ],
        "deployment": repair.deployment.model_dump(mode="json"),
    }


def describe_infeasible(
    instance: Instance,
    error: Infeasible,
    repair: Repair | None,
    why: str,
    pinned: Rehearsal | None,
    differences: Sequence[Difference] = (),
) -> dict[str, Any]:
    """Return what clashes, the repair or why there is none, and what a plan that pins fix comes to, as a document.

    Parameters
    ----------
    differences : what a what-if changed.
    """
    return {
        "format": "optimiser-infeasible/1",
        "instance": instance.name,
        "differences": difference_values(differences),
        "infeasible": True,
        "clashing": list(error.clashing),
        "repair": repair_values(repair) if repair else None,
        "why": why,
        "pinned": _played(pinned) if pinned else None,
    }


def _played(rehearsal: Rehearsal) -> dict[str, Any]:
    played = rehearsal.evaluation
    return {
        "deployment": rehearsal.deployment.model_dump(mode="json"),
        "verdict": verdict_values(rehearsal.verdict),
        "evaluation": evaluation_values(rehearsal.instance, played) if played is not None else None,
        "law_range": law_range_values(rehearsal.law_range, ("plan",), ()),
    }
