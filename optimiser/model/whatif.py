"""What-ifs as data: a named, ordered list of small changes, which can be stored and asked again."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import Field

from optimiser.model.values.base import Clock, Heads, Identifier, Minutes, Model, Name

FORMAT: Literal["optimiser-whatif/1"] = "optimiser-whatif/1"
Number = Annotated[int, Field(ge=1, le=10_000, strict=True)]
Amount = Annotated[int, Field(ge=0, le=10_000, strict=True)]
MOST_CHANGES = 1_000  # of one what-if; assumed: a person writes some tens


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
