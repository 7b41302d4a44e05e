"""A task: what is to be done, its entry in the ledger, its attempts, and its result."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message

State = Literal["waiting", "running", "done", "failed", "aside"]
STATES: tuple[State, ...] = get_args(State)
OVER: tuple[State, ...] = ("done", "failed", "aside")  # states that a task does not leave by itself


@dataclass(frozen=True)
class Task:
    """A piece of work.

    Attributes
    ----------
    key : its name; a second task of the same key is the same task.
    kind : what is to be done, such as ``plan``.
    spec : how, as JSON values.
    input : sha256 of the input it works on, see `Ledger.store_input`; empty where there is none.
    version : version of the program that it is meant for.
    """

    key: str
    kind: str
    spec: Mapping[str, Any] = field(default_factory=dict)
    input: str = ""
    version: str = ""


@dataclass(frozen=True)
class LedgerEntry:
    """A task with its state.

    Attributes
    ----------
    position : in the order in which tasks were added.
    owner : process that holds the lease; empty unless the task is running.
    deaths : workers that died while they worked on it.
    summary : a few JSON values about its result.
    error : why it failed or was set aside, JSON values.
    size, sha256 : bytes of its result and their hash; 0 and empty where it has none.
    """

    task: Task
    position: int
    state: State
    owner: str
    deaths: int
    summary: Mapping[str, Any]
    error: Mapping[str, Any]
    size: int
    sha256: str


@dataclass(frozen=True)
class TaskAttempt:
    """One attempt at a task.

    Attributes
    ----------
    owner : process that held the lease.
    begun, ended : seconds since 1970; None while it lasts.
    how : ``done``, ``failed``, ``died`` (its worker), ``released`` (lease given back), ``lost`` (its owner died).
    """

    owner: str
    begun: float
    ended: float | None
    how: str


class TaskResult(NamedTuple):
    """The result of a task.

    Attributes
    ----------
    content : its document; None where it failed.
    summary : a few values of the document.
    error : why it failed, see `describe_error`.
    """

    content: bytes | None
    summary: dict[str, Any]
    error: dict[str, Any]


def describe_error(error: Exception) -> dict[str, Any]:
    """Describe why a task failed as JSON values.

    Returns
    -------
    ``kind``, ``code`` (as exit codes are), and ``message`` in English; for a fault of the program also ``trace``.
    """
    if isinstance(error, OptimiserError):
        return {"kind": type(error).__name__, "code": error.exit_code, "message": str(error.message)}
    trace = "".join(traceback.format_exception(error))
    return {"kind": type(error).__name__, "code": 1, "message": str(error), "trace": trace}


def demand_version(here: str, there: str) -> None:
    """Refuse a task that is meant for another version of the program: its result would be another one.

    Parameters
    ----------
    here, there : version of this worker, and the one that the task is meant for.

    Raises
    ------
    OptimiserError : they differ.
    """
    if here != there:
        words = {"here": here, "there": there}
        raise OptimiserError(Message("this worker runs version {here} and the case asks for {there}", **words))
