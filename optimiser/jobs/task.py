"""A piece of work in the ledger: what it is, what has become of it, and who tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

State = Literal["waiting", "running", "done", "failed", "aside"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True)
class Task:
    """A piece of work.

    Attributes
    ----------
    key : its name; a second task of the same key is the same task.
    kind : what is to be done, such as ``plan``.
    spec : how, as JSON values.
    input : mark of the input it works on, see `Ledger.keep`; empty where there is none.
    version : mark of the program that it is meant for.
    """

    key: str
    kind: str
    spec: Mapping[str, Any] = field(default_factory=dict)
    input: str = ""
    version: str = ""


@dataclass(frozen=True)
class Entry:
    """A task with what has become of it.

    Attributes
    ----------
    position : in the order in which tasks were listed.
    owner : who runs it; empty unless it is running.
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
class Attempt:
    """One time that somebody worked on a task.

    Attributes
    ----------
    owner : who.
    begun, ended : seconds since 1970; None while it lasts.
    how : ``done``, ``failed``, ``died`` (its worker), ``released`` (given back), ``lost`` (its owner died).
    """

    owner: str
    begun: float
    ended: float | None
    how: str
