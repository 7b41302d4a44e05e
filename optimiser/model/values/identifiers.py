"""Identifiers are compared without regard to capitals and outer spaces: they are read in small letters, which is told.

People write KPU where a file says kpu. Nothing else is guessed: what is no identifier in small letters is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from optimiser.common.faults import Keys, write_place
from optimiser.common.message import Message
from optimiser.model.cautions import Caution
from optimiser.model.values.field_faults import Node, is_identifier, open_node
from optimiser.model.values.mend import copy_tables, dig

OUTER = " \t\u00a0"  # spaces that nobody sees around a name
EACH, KEYS = "[]", "{}"  # steps of a path: each entry of a list, each key of a table
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
Path = tuple[str, ...]


def fold_identifier(text: str) -> str:
    """Return an identifier in small letters; what is none in small letters either stays as it is."""
    folded = text.strip(OUTER).lower()
    return folded if _IDENTIFIER.fullmatch(folded) else text


def list_identifiers(schema: Node) -> tuple[Path, ...]:
    """List where identifiers stand in data, such as ``("sectors", "[]", "id")``.

    Parameters
    ----------
    schema : JSON Schema of the data.
    """
    return tuple(_walk(schema, schema, ()))


def _walk(schema: Node, rough: Node, path: Path) -> Iterator[Path]:
    node = open_node(schema, rough)
    if is_identifier(node):
        yield path
    if any(is_identifier({"pattern": pattern}) for pattern in node.get("patternProperties", ())):
        yield (*path, KEYS)
    for name, inner in node.get("properties", {}).items():
        yield from _walk(schema, inner, (*path, name))
    if isinstance(node.get("items"), dict):
        yield from _walk(schema, node["items"], (*path, EACH))


def fold_identifiers(data: Any, paths: tuple[Path, ...]) -> tuple[Any, list[Caution]]:
    """Return data with its identifiers in small letters, and what was changed; the same object where nothing was.

    Parameters
    ----------
    paths : see `list_identifiers`.
    """
    found = [(keys, text) for path in paths for keys, text in _follow(data, path, ()) if fold_identifier(text) != text]
    if not found:
        return data, []
    folded, changed = copy_tables(data), dict[tuple[str, str], list[str]]()
    for keys, text in found:
        read, owner = fold_identifier(text), dig(folded, keys[:-1])
        if keys[-1] == KEYS:
            if read in owner:
                continue  # told as a key that is no identifier
            owner[read] = owner.pop(text)
        else:
            owner[keys[-1]] = read
        place = write_place((*keys[:-1], read) if keys[-1] == KEYS else keys)
        changed.setdefault((text, read), []).append(place)
    return folded, [_tell(text, read, places) for (text, read), places in changed.items()]


def _follow(data: Any, path: Path, keys: Keys) -> Iterator[tuple[Keys, str]]:
    """List the texts at a path with their keys; the keys of a table end in `KEYS`."""
    if not path:
        if isinstance(data, str):
            yield keys, data
        return
    step, rest = path[0], path[1:]
    if step == EACH:
        for number, inner in enumerate(data if isinstance(data, list | tuple) else ()):
            yield from _follow(inner, rest, (*keys, number))
    elif isinstance(data, Mapping):
        if step == KEYS:
            yield from (((*keys, KEYS), key) for key in data if isinstance(key, str))
        elif step in data:
            yield from _follow(data[step], rest, (*keys, step))


def _tell(text: str, read: str, places: list[str]) -> Caution:
    words = {"text": text, "read": read}
    found = Message.plural("'{text}' is read as {read}", "'{text}' is read as {read}, {n} times", len(places), **words)
    usual = Message("short names in small letters")
    check = Message("nothing, if it is meant so; names are compared without regard to capitals and outer spaces")
    return Caution("capitals", places[0], found, usual, check)
