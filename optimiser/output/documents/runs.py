"""Cases of a run as documents: how many are over, each with what has become of it, and pairs of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from optimiser.jobs.result_store import Condition
from optimiser.jobs.task import LedgerEntry, State, TaskAttempt
from optimiser.output.documents.plan import comparison_values, interval_values
from optimiser.planning.evaluation import Comparison, Interval
from optimiser.planning.law_range import Band


def describe_batch(run: str, others: int, counts: Mapping[State, int]) -> dict[str, Any]:
    """Return how many cases of a run are in each state, and how many of it were not asked for."""
    return {"format": "optimiser-batch/1", "run": run, "others": others, "cases": dict(counts)}


def describe_cases(run: str, entries: Sequence[tuple[LedgerEntry, str, Condition | None]]) -> dict[str, Any]:
    """Return the cases of a run, each with its name and the condition of its result, see `entry_values`."""
    return {"format": "optimiser-cases/1", "run": run, "cases": [entry_values(*entry) for entry in entries]}


def describe_case(
    entry: LedgerEntry, name: str, attempts: Sequence[TaskAttempt], document: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return a case with who tried it, and its plan's document; None where it has none."""
    values = entry_values(entry, name, "whole" if document is not None else None)
    tries = [asdict(attempt) for attempt in attempts]
    return {"format": "optimiser-case/1", **values, "attempts": tries, "plan": document}


def entry_values(entry: LedgerEntry, name: str, result: Condition | None) -> dict[str, Any]:
    """Return a case with what has become of it as plain values.

    Parameters
    ----------
    name : what people call it.
    result : whether its result is there as it was written; None where it has none.
    """
    spec = entry.task.spec
    return {
        "case": entry.task.key,
        "label": name,
        "law": None,  # where an earlier version listed it
        **spec,
        "version": entry.task.version,
        "state": entry.state,
        "result": result,
        "deaths": entry.deaths,
        "summary": dict(entry.summary),
        "error": dict(entry.error),
        "sha256": entry.sha256,
    }


def describe_pairs(pairs: Sequence[Mapping[str, Any]], alone: int) -> dict[str, Any]:
    """Return pairs of cases, see `pair_values`, and how many cases have no partner."""
    return {"format": "optimiser-pairs/1", "pairs": list(pairs), "alone": alone}


def pair_values(
    first: tuple[str, Interval, Band | None], second: tuple[str, Interval, Band | None], same: bool, change: Comparison
) -> dict[str, Any]:
    """Return two cases side by side as plain values.

    Parameters
    ----------
    first, second : name of each case, its loss in points, and its band over the law's ranges.
    same : whether they have the same plan.
    change : second less first.
    """

    def values(label: str, loss: Interval, band: Band | None) -> dict[str, Any]:
        return {"label": label, "loss": interval_values(loss, "points"), "band": band._asdict() if band else None}

    return {
        "first": values(*first),
        "second": values(*second),
        "same_plan": same,
        "change": comparison_values(change),
    }
