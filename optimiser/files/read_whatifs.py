"""Reading what-ifs from files and dictionaries; all faults in one list."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from optimiser.common.errors import Fault, FileTrouble, InputFault
from optimiser.common.faults import Keys, list_near, make_fault, write_place
from optimiser.common.message import Message
from optimiser.common.parsing import refuse_unclear
from optimiser.files.read import publish_model
from optimiser.files.typed.phrases import read_changes, split_phrases
from optimiser.files.typed.stored import TYPED_FIELDS, read_stored
from optimiser.model.values.base import Identifier, Model, Name
from optimiser.model.values.field_faults import list_field_faults
from optimiser.model.whatif import FORMAT, KINDS, MOST_CHANGES, WhatIf

MOST_BYTES = 1_000_000  # of a file that holds what-ifs; assumed


def read_whatifs(path: str | Path) -> tuple[WhatIf, ...]:
    """Read the what-ifs of a TOML or JSON file: one, or a list of them under the key ``whatifs``.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it says something that cannot be used; all its faults.
    """
    file, source = Path(path), str(path)
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileTrouble(Message("{file}: cannot be read: {error}", file=path, error=error.strerror)) from error
    if len(raw) > MOST_BYTES:
        expected, repair = Message("at most {n:,} bytes", n=MOST_BYTES), Message("ask fewer at once")
        raise InputFault(source, [make_fault("too-large", "(file)", Message("more"), expected, repair)])
    try:
        text = raw.decode("utf-8-sig")
        data = json.loads(text) if file.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        expected, repair = Message("TOML or JSON"), Message("correct the text")
        raise InputFault(source, [make_fault("bad-syntax", "(file)", str(error), expected, repair)]) from error
    refuse_unclear(text, file.suffix.lower(), source)
    return parse_whatifs(data, source)


def parse_whatifs(data: Any, source: str = "what-if") -> tuple[WhatIf, ...]:
    """Make what-ifs of a dictionary as it stands in a file.

    A change may also be a text as it is typed, ``--lose vehicle:awc --heads 200``, which stands for one or more.

    Raises
    ------
    InputFault : all faults.
    """
    many = isinstance(data, Mapping) and "whatifs" in data
    listed = data["whatifs"] if many else [data]
    if not isinstance(listed, list) or not listed:
        expected, repair = Message("a list of what-ifs"), Message("write a list")
        raise InputFault(source, [make_fault("wrong-type", "whatifs", listed, expected, repair)])
    faults: list[Fault] = []
    whole = [_expand(one, ("whatifs", n) if many else (), faults) for n, one in enumerate(listed)]
    if faults:
        raise InputFault(source, faults)
    return tuple(WhatIf.model_validate(one) for one in whole)


def whatif_schema(typed: bool = True) -> dict[str, Any]:
    """Return the JSON Schema of a what-if.

    Parameters
    ----------
    typed : whether changes may also be texts, as in what is read; in results there are none.
    """
    schema = publish_model(WhatIf, "whatif")
    if typed:
        changes = schema["properties"]["changes"]
        changes["items"] = {"anyOf": [_TYPED, changes["items"]]}
        for name, fields in TYPED_FIELDS.items():
            values = schema["$defs"][KINDS[name].__name__]["properties"]
            for field in fields:
                told = {key: values[field].pop(key) for key in ("default", "description") if key in values[field]}
                values[field] = {"anyOf": [values[field], _SAID], **told}
    return schema


_TYPED = {
    "type": "string",
    "description": "as it is typed: --lose vehicle:awc --heads 200; one or more changes, none of which adds a file",
}


_SAID = {"type": "string", "description": "as it is typed, 08.00 WIB, 20 menit, 200 orang"}


class _Frame(Model):
    """A what-if whose changes are not looked at yet."""

    format: Literal["optimiser-whatif/1"] = FORMAT
    name: Identifier = "what-if"
    title: Name = "what if"
    changes: Annotated[tuple[Any, ...], Field(min_length=1, max_length=MOST_CHANGES)]


def _expand(data: Any, prefix: Keys, faults: list[Fault]) -> Any:
    """Return a what-if with all its changes as plain data; the faults of its frame and of each change are noted."""
    try:
        _Frame.model_validate(data)
    except ValidationError as error:
        faults += list_field_faults(error.errors(include_url=False), _Frame.model_json_schema(), prefix)
        return data
    changes: list[Any] = []
    for number, change in enumerate(data["changes"]):
        keys = (*prefix, "changes", number)
        if isinstance(change, str):
            found, wrong = _read_typed(change, write_place(keys))
        elif isinstance(change, Mapping):
            read, wrong = read_stored(change, keys)
            found, wrong = [read], wrong or _find_faults(read, keys)
        else:
            expected, repair = Message("a table, or a text as it is typed"), Message("write it so")
            found, wrong = [], [make_fault("wrong-type", write_place(keys), change, expected, repair)]
        changes += found
        faults += wrong
    if len(changes) > MOST_CHANGES:
        expected, repair = Message("at most {n:,} changes", n=MOST_CHANGES), Message("ask fewer at once")
        faults.append(make_fault("too-many", write_place((*prefix, "changes")), len(changes), expected, repair))
    return {**data, "changes": changes}


def _read_typed(text: str, place: str) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Read a change that is typed, and check what it became; its faults stand at its place."""
    try:
        found, faults = read_changes(split_phrases(text, place), files=False)
    except InputFault as error:
        return [], list(error.faults)
    faults = [replace(fault, place=Message("{where}: {place}", where=place, place=fault.place)) for fault in faults]
    return found, [*faults, *(fault for change in found for fault in _find_faults(change, (place,)))]


def _find_faults(change: Mapping[str, Any], keys: Keys) -> list[Fault]:
    """Find the faults of one change, by its kind."""
    kind = KINDS.get(str(change.get("do")))
    if kind is None:
        place, expected = (
            write_place((*keys, "do")),
            list_near(str(change.get("do")), list(KINDS), Message("`optimiser schema whatif` lists all")),
        )
        return [make_fault("not-a-choice", place, change.get("do"), expected, Message("choose one of these"))]
    try:
        kind.model_validate(change)
    except ValidationError as error:
        return list_field_faults(error.errors(include_url=False), kind.model_json_schema(), keys)
    return []
