"""What-ifs as data: a named, ordered list of small changes, which can be stored and asked again."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import Field, ValidationError

from optimiser.common.errors import Fault, FileTrouble, InputFault
from optimiser.common.faults import Keys, make_fault, write_place
from optimiser.common.message import Message
from optimiser.common.parsing import refuse_unclear
from optimiser.files.read import publish_model
from optimiser.model.values.base import Clock, Heads, Identifier, Minutes, Model, Name
from optimiser.model.values.field_faults import list_field_faults

FORMAT: Literal["optimiser-whatif/1"] = "optimiser-whatif/1"
Number = Annotated[int, Field(ge=1, le=10_000, strict=True)]
Amount = Annotated[int, Field(ge=0, le=10_000, strict=True)]
MOST_CHANGES = 1_000  # of one what-if; assumed: a person writes some tens
MOST_BYTES = 1_000_000  # of a file that holds what-ifs; assumed


class Put(Model):
    """Set one field, named by its path: ``sectors.kpu.official.chance``, parts of a list by their identifiers."""

    do: Literal["set"] = "set"
    path: Annotated[str, Field(min_length=1, max_length=400)]
    value: Any


class Cap(Model):
    """Deploy at most so many heads."""

    do: Literal["heads"] = "heads"
    cap: Heads


class Lose(Model):
    """Have fewer teams of a kind, or vehicles of a type; ``awc-1`` is one of the kind ``awc``."""

    do: Literal["lose"] = "lose"
    what: Identifier
    number: Number = 1


class Gain(Model):
    """Have more teams of a kind, or vehicles of a type."""

    do: Literal["gain"] = "gain"
    what: Identifier
    number: Number = 1


class Add(Model):
    """Add a gathering, a trigger, help from outside or another part, written as in an instance file."""

    do: Literal["add"] = "add"
    part: Literal["gatherings", "triggers", "reinforcements", "sectors", "posts", "teams", "vehicles", "pins"]
    data: dict[str, Any]


class Remove(Model):
    """Take away a gathering, a trigger or help from outside."""

    do: Literal["remove"] = "remove"
    what: Identifier


class Close(Model):
    """Close a road, or the direct connection between two places; all the time, or between two clock times."""

    do: Literal["close"] = "close"
    a: Identifier
    b: Identifier
    start: Clock | None = None
    end: Clock | None = None


class Receive(Model):
    """Officials have agreed to receive the delegation within so many minutes; all of them where no sector is named."""

    do: Literal["receive"] = "receive"
    minutes: Minutes
    sector: Identifier | None = None


class Shift(Model):
    """Gatherings come earlier (negative) or later by so many minutes; all of them where none is named.

    Where one would then come before the operation starts, the operation starts earlier by as much as that takes, and
    ends when it did.
    """

    do: Literal["shift"] = "shift"
    minutes: Annotated[int, Field(ge=-1440, le=1440, strict=True)]
    gathering: Identifier | None = None


class Limit(Model):
    """Ask for at least and at most so many of a team kind, role or vehicle type at a place."""

    do: Literal["limit"] = "limit"
    place: Identifier
    what: Identifier
    at_least: Amount | None = None
    at_most: Amount | None = None


class Keep(Model):
    """Leave everything at a place as it is in the plan that the what-if is asked of."""

    do: Literal["keep"] = "keep"
    place: Identifier


Change: TypeAlias = Put | Cap | Lose | Gain | Add | Remove | Close | Receive | Shift | Limit | Keep
KINDS: dict[str, type[Model]] = {str(kind.model_fields["do"].default): kind for kind in get_args(Change)}


class WhatIf(Model):
    """A named, ordered list of small changes.

    Attributes
    ----------
    changes : applied one after another.
    """

    format: Literal["optimiser-whatif/1"] = FORMAT
    name: Identifier = "what-if"
    title: Name = "what if"
    changes: Annotated[
        tuple[Annotated[Change, Field(discriminator="do")], ...], Field(min_length=1, max_length=MOST_CHANGES)
    ]


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
    """Give the JSON Schema of a what-if."""
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
