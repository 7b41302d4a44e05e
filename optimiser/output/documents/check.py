"""What the checker says of a plan, as a document."""

from __future__ import annotations

from typing import Any

from optimiser.files.plan_origin import Origin
from optimiser.model.verdict import Verdict
from optimiser.output.documents.plan import head_values, origin_values, verdict_values


def describe_check(verdict: Verdict, origin: Origin) -> dict[str, Any]:
    """Return a verdict with the heads that were counted, and what of the plan's document is not verified."""
    found = {**verdict_values(verdict), "heads": head_values(verdict.heads), "origin": origin_values(origin)}
    return {"format": "optimiser-check/1", **found}
