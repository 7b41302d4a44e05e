"""Reading what-ifs from files and dictionaries; all faults in one list."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from optimiser.common.errors import Fault, FileTrouble, InputFault
from optimiser.common.faults import Keys, make_fault, write_place
from optimiser.common.message import Message
from optimiser.common.parsing import refuse_unclear
from optimiser.files.read import publish_model
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
        expected, repair = Message("at most {n} bytes", n=f"{MOST_BYTES:,}"), Message("ask fewer at once")
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

    Raises
    ------
    InputFault : all faults.
    """
    many = isinstance(data, Mapping) and "whatifs" in data
    listed = data["whatifs"] if many else [data]
    if not isinstance(listed, list) or not listed:
        expected, repair = Message("a list of what-ifs"), Message("write a list")
        raise InputFault(source, [make_fault("wrong-type", "whatifs", listed, expected, repair)])
    faults = [f for n, one in enumerate(listed) for f in _find_faults(one, ("whatifs", n) if many else ())]
    if faults:
        raise InputFault(source, faults)
    return tuple(WhatIf.model_validate(one) for one in listed)


def whatif_schema() -> dict[str, Any]:
    """Return the JSON Schema of a what-if."""
    return publish_model(WhatIf, "whatif")


class _Frame(Model):
    """A what-if whose changes are not looked at yet."""

    format: Literal["optimiser-whatif/1"] = FORMAT
    name: Identifier = "what-if"
    title: Name = "what if"
    changes: Annotated[tuple[dict[str, Any], ...], Field(min_length=1, max_length=MOST_CHANGES)]


def _find_faults(data: Any, prefix: Keys) -> list[Fault]:
    """Find the faults of one what-if: of its frame first, then of each change by its kind."""
    try:
        _Frame.model_validate(data)
    except ValidationError as error:
        return list_field_faults(error.errors(include_url=False), _Frame.model_json_schema(), prefix)
    faults = []
    for number, change in enumerate(data["changes"]):
        keys, kind = (*prefix, "changes", number), KINDS.get(str(change.get("do")))
        if kind is None:
            place, expected = write_place((*keys, "do")), Message("one of {names}", names=", ".join(KINDS))
            repair = Message("choose one of these")
            faults.append(make_fault("not-a-choice", place, change.get("do"), expected, repair))
            continue
        try:
            kind.model_validate(change)
        except ValidationError as error:
            faults += list_field_faults(error.errors(include_url=False), kind.model_json_schema(), keys)
    return faults
