"""Data without its faults of shape, so that the faults between values can be looked for in the same go.

What is faulty gets a value that stands in for it, and its place is noted as unread: nothing is said that relies on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from optimiser.common.faults import MISSPELT, Keys, find_close, write_place
from optimiser.model.values.field_faults import Node, forbids, is_echo, locate, open_node, spell_identifier


def list_renamed(data: Any, errors: Sequence[ErrorDetails], schema: Node) -> dict[Keys, str]:
    """List the fields whose names are misspelt: their keys in the data, and the names that are meant.

    Where a field of that name stands beside it, nothing is known of what is meant.
    """
    renamed: dict[Keys, str] = {}
    for error in errors:
        if error["type"] != "extra_forbidden" or len(renamed) >= MOST_RENAMED:
            continue
        spot = locate(schema, error["loc"])
        owner, name = dig(data, spot.keys[:-1]), str(spot.keys[-1])
        meant = None if forbids(name) else find_close(name, spot.parent.get("properties", ()), MISSPELT)
        if spot.amount is None and isinstance(owner, Mapping) and meant is not None and meant not in owner:
            renamed[spot.keys] = meant
    return {keys: meant for keys, meant in renamed.items() if _is_alone(renamed, keys, meant)}


MOST_RENAMED = 100  # fields whose names are looked at; it is slow


def _is_alone(renamed: Mapping[Keys, str], keys: Keys, meant: str) -> bool:
    return sum(other[:-1] == keys[:-1] and name == meant for other, name in renamed.items()) == 1


def is_renamed(error: ErrorDetails, schema: Node, renamed: Mapping[Keys, str]) -> bool:
    """Return whether a field is missing only because its name is misspelt."""
    targets = {(*keys[:-1], meant) for keys, meant in renamed.items()}
    return bool(targets) and error["type"] == "missing" and locate(schema, error["loc"]).keys in targets


class Mended(NamedTuple):
    """Data without its faults of shape: None where there is nothing to begin with.

    Attributes
    ----------
    unread : places of values that stand in for others.
    spelt : places of identifiers that were spelt anew.
    """

    data: Any
    unread: set[str]
    spelt: set[str]


def mend(data: Any, errors: Sequence[ErrorDetails], schema: Node, renamed: Mapping[Keys, str]) -> Mended:
    """Copy data without its faults of shape.

    Unknown fields are dropped or renamed, faulty identifiers spelt as identifiers are, and whatever else is faulty is
    replaced by a value that is allowed: a number by its upper limit.
    """
    if not isinstance(data, Mapping):
        return Mended(None, set(), set())
    mended, unread, anew = copy_tables(data), set(), set()
    for error in errors:
        if is_echo(error) or is_renamed(error, schema, renamed):
            continue
        spot = locate(schema, error["loc"])
        keys = spot.keys if spot.amount is None else spot.amount
        if not keys:
            continue  # of all of it, as where a key is no text
        owner: Any = dig(mended, keys[:-1])
        if type(owner) not in (dict, list):
            continue  # a part around it is replaced already
        place, last = write_place(keys), keys[-1]
        if spot.amount is None and error["type"] == "extra_forbidden":
            value = owner.pop(last, None)
            if keys in renamed:
                owner[renamed[keys]] = value
            elif (meant := find_close(str(last), spot.parent.get("properties", ()))) is not None:
                unread.add(write_place((*keys[:-1], meant)))
        elif error["loc"][-1] == "[key]":
            _rename_key(owner, str(last), spell_identifier(spot.node, last))
            unread |= set() if spell_identifier(spot.node, last) else {write_place(keys[:-1])}
        elif (spelt := spell_identifier(spot.node, error["input"])) and spot.amount is None:
            owner[last] = spelt
            anew.add(place)
        else:
            unread.add(place)
            _replace(owner, last, locate(schema, keys).node, schema, error)
    return Mended(mended, unread, anew)


def _rename_key(owner: Any, name: str, spelt: str | None) -> None:
    value = owner.pop(name, None)
    if spelt is not None:
        owner.setdefault(spelt, value)


def _replace(owner: Any, last: Any, node: Node, schema: Node, error: ErrorDetails) -> None:
    """Put a value that is allowed in the place of a faulty one."""
    if error["type"] == "too_long":
        del owner[last][error["ctx"]["max_length"] :]
    elif error["type"] == "too_short" and isinstance(owner[last], list):
        missing = error["ctx"]["min_length"] - len(owner[last])
        owner[last] += [_sample(schema, node["items"]) for _ in range(missing)]
    else:
        owner[last] = _sample(schema, node)


def _sample(schema: Node, rough: Node) -> Any:
    """Return a value that a part of the schema allows; of a number the upper limit, which fewest faults follow from."""
    node = open_node(schema, rough)
    if "unit" in node:
        return node["anyOf"][0]["maximum"]
    if "const" in node or "enum" in node:
        return node.get("const", node.get("enum", [None])[0])
    kind = node.get("type")
    if kind == "object":
        return {name: _sample(schema, node["properties"][name]) for name in node.get("required", ())}
    if kind == "array":
        return [_sample(schema, node["items"]) for _ in range(node.get("minItems", 0))]
    if kind in ("integer", "number"):
        return node.get("maximum", 0)
    return _text(node) if kind == "string" else False


def _text(node: Node) -> str:
    if node.get("format") == "date-time":
        return "2000-01-01T00:00:00"
    pattern = str(node.get("pattern", ""))
    return next((text for text in ("00:00", "unread") if re.fullmatch(pattern, text)), "-")


def dig(data: Any, keys: Keys) -> Any:
    """Return what lies at some keys; None where nothing does."""
    for key in keys:
        if isinstance(data, Mapping):
            data = data.get(key)
        elif isinstance(data, list | tuple) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return None
    return data


def copy_tables(value: Any) -> Any:
    """Copy tables and lists, so that the copy can be changed in place."""
    if isinstance(value, Mapping):
        return {key: copy_tables(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [copy_tables(inner) for inner in value]
    return value
