"""The document of a job: its state, its progress, and why it has no result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimiser.common.errors import Cancelled
from optimiser.common.message import Message
from optimiser.jobs.task import OVER, LedgerEntry


def was_cancelled(entry: LedgerEntry) -> bool:
    """Tell whether a job ended because it was cancelled, with the best until then or with nothing."""
    if entry.state == "done":
        return bool(entry.summary.get("interrupted", False))
    return entry.state == "failed" and entry.error.get("kind") == Cancelled.__name__


def failure_message(entry: LedgerEntry) -> str:
    """Return why a job has no result, as a `Message` wherever it can be translated."""
    error = entry.error
    return Message.unpack(error["said"]) if "said" in error else str(error.get("message", ""))


def describe_job(entry: LedgerEntry, progress: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the document of a job."""
    spec, error = entry.task.spec, entry.error
    names = ("kind", "code", "message", "faults")
    state = "cancelled" if was_cancelled(entry) else entry.state
    return {
        "format": "optimiser-job/1",
        "id": entry.task.key,
        "position": entry.position,
        "do": spec["do"],
        "instance": spec["instance"],
        "settings": spec["numbers"],
        "state": state,
        "over": entry.state in OVER,
        "interrupted": bool(entry.summary.get("interrupted", False)),
        "result": entry.summary.get("format"),
        "progress": dict(progress) if progress is not None else None,
        "error": {name: error[name] for name in names if name in error} if entry.state in ("failed", "aside") else None,
    }
