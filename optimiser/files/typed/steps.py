"""Going along the path of a field, ``gatherings.pawai.turnout``, in an instance that is written as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimiser.common.faults import suggest
from optimiser.common.message import Message


def step_into(here: Any, key: str) -> Any:
    """Go one step into plain data: a field, or a part of a list by its identifier, name or number from 0."""
    if isinstance(here, list):
        return next((item for i, item in enumerate(here) if answers(item, key) or key == str(i)), None)
    return here.get(key_of(here, key)) if isinstance(here, Mapping) else None


def key_of(here: Mapping[str, Any], typed: str) -> str:
    """Return the field of a table that is meant, in whatever case; those of the format are in lower case."""
    return typed if typed in here else typed.strip().lower()


def find(data: Any, path: str) -> Any:
    """Return what stands at the path of a field, as ``set`` takes it, in an instance as plain data; None if nothing."""
    for key in path.split("."):
        data = step_into(data, key)
    return data


def answers(item: Any, key: str) -> bool:
    """Return whether a part of a list has an identifier or a name, in whatever case."""
    names = (item.get("id"), item.get("name")) if isinstance(item, Mapping) else ()
    return key.strip().casefold() in (str(name).casefold() for name in names if name is not None)


def advise_step(data: Any, path: str) -> Message:
    """Return what may have been meant by the first step of a path that leads nowhere; empty where nothing is near."""
    for key in path.split("."):
        parts = data if isinstance(data, list) else []
        known = (
            list(data)
            if isinstance(data, Mapping)
            else [part["id"] for part in parts if isinstance(part, Mapping) and "id" in part]
        )
        data = step_into(data, key)
        if data is None:
            return suggest(key, known)
    return suggest("", ())
