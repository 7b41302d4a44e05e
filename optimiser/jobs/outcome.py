"""What a worker sends back of a task is written down: the file of its result first, its state in the ledger second."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimiser.jobs.executor import CallResult
from optimiser.jobs.ledger import Ledger
from optimiser.jobs.result_store import ResultStore
from optimiser.jobs.task import LedgerEntry


def store_result(results: ResultStore, ended: CallResult) -> tuple[int, str] | None:
    """Write the document of a task that ended; returns its size and sha256, None where it has none.

    Parameters
    ----------
    ended : the call of a function that returns a `TaskResult`, under the key of the task.

    Raises
    ------
    FileTrouble : it cannot be written.
    """
    content = ended.value.content if ended.value is not None else None
    return results.put(str(ended.ticket), content) if content is not None else None


def record_end(
    ledger: Ledger, ended: CallResult, file: tuple[int, str] | None, death: Mapping[str, Any]
) -> LedgerEntry:
    """Record in the ledger how a task ended; a task that does not run has been recorded already and stays as it is.

    Parameters
    ----------
    file : from `store_result`.
    death : the error of a task whose worker died.

    Returns
    -------
    The entry of the task.
    """
    key = str(ended.ticket)
    if ledger.entry(key).state == "running":
        if ended.died:
            ledger.record_death(key, death)
        elif ended.error is not None:
            ledger.fail(key, {"kind": type(ended.error).__name__, "code": 1, "message": str(ended.error)})
        elif file is None:
            ledger.fail(key, ended.value.error)
        else:
            ledger.finish(key, ended.value.summary, *file)
    return ledger.entry(key)
