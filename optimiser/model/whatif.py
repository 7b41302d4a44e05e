"""What-ifs as data: a named, ordered list of small changes, which can be stored and asked again."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from optimiser.model.parts.presence import RuleName
from optimiser.model.values.base import Heads, Identifier, Likelihood, Minutes, Model, Name, Share, YesNo

FORMAT: Literal["optimiser-whatif/1"] = "optimiser-whatif/1"
Number = Annotated[int, Field(ge=1, le=10_000, strict=True)]
Amount = Annotated[int, Field(ge=0, le=10_000, strict=True)]
Ratio = Annotated[float, Field(gt=0.0, le=1.0, strict=True)]  # rain makes nothing faster, and nothing more
MOST_PEOPLE = 1_000_000.0  # persons that a rule of presence may be about; assumed
MOST_CHANGES = 1_000  # of one what-if; assumed: a person writes some tens


# what may stand before an identifier, to say what kind of thing it is: the word of this program, and what people write
KIND_WORDS = {
    "team": ("team", "tim"),
    "vehicle": ("vehicle", "kendaraan"),
    "role": ("role", "peran"),
    "sector": ("sector", "sektor"),
    "post": ("post", "pos"),
    "accompaniment": ("accompaniment", "pengawalan"),
    "movement": ("movement", "pergeseran"),
    "gathering": ("gathering", "massa"),
    "trigger": ("trigger", "pemicu"),
    "reinforcement": ("reinforcement", "bko"),
}
_KIND_OF = {word: kind for kind, words in KIND_WORDS.items() for word in words}


def _trim(value: Any) -> Any:
    return value.strip(" ") if isinstance(value, str) else value


def _name(value: str) -> str:
    """Write a reference in small letters and without spaces, and the kind in it by the word of this program."""
    kind, colon, ident = value.lower().replace(" ", "").rpartition(":")
    return f"{_KIND_OF.get(kind, kind)}{colon}{ident}"


def split_reference(reference: str) -> tuple[str, str]:
    """Return the kind that a reference names, empty where it names none, and the identifier."""
    kind, _, ident = reference.rpartition(":")
    return kind, ident


Reference = Annotated[
    str,
    Field(
        pattern=r"^ *(?:[A-Za-z]{2,20} *: *)?[A-Za-z0-9][A-Za-z0-9_-]{0,59} *$",
        description="an identifier of the instance, or its kind and itself, vehicle:awc; capitals and outer spaces "
        "do not matter",
    ),
    BeforeValidator(_trim),
    AfterValidator(_name),
]
SaidClock = Annotated[
    str,
    Field(
        pattern=r"^([01]?\d|2[0-3])(:[0-5]\d)?$",
        description="a clock time HH:MM, or as it was said, 2:30 or 2: then one of 24 hours, and refused where only "
        "the one 12 hours later lies in the operation",
    ),
]


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
    what: Reference
    number: Number = 1


class Gain(Model):
    """Have more teams of a kind, or vehicles of a type."""

    do: Literal["gain"] = "gain"
    what: Reference
    number: Number = 1


class Add(Model):
    """Add a gathering, a trigger, help from outside or another part, written as in an instance file."""

    do: Literal["add"] = "add"
    part: Literal[
        "gatherings",
        "triggers",
        "reinforcements",
        "sectors",
        "posts",
        "teams",
        "vehicles",
        "pins",
        "accompaniments",
        "movements",
    ]
    data: dict[str, Any]


class Remove(Model):
    """Take away a gathering, a trigger, help from outside, or a place whose units move.

    Who only accompanied a gathering that is gone is at base; a movement loses the legs with it, and is left out where
    fewer than two remain.
    """

    do: Literal["remove"] = "remove"
    what: Reference


class Close(Model):
    """Close a road, or the direct connection between two places; all the time, or between two clock times.

    Without a second end every way to and from the place is closed: nobody gets there or away.
    """

    do: Literal["close"] = "close"
    a: Reference
    b: Reference | None = None
    start: SaidClock | None = None
    end: SaidClock | None = None


class Receive(Model):
    """Officials have agreed to receive the delegation within so many minutes; all of them where no sector is named."""

    do: Literal["receive"] = "receive"
    minutes: Minutes
    sector: Reference | None = None


class Shift(Model):
    """Gatherings come earlier (negative) or later by so many minutes; all of them where none is named.

    Where one would then come before the operation starts, the operation starts earlier by as much as that takes, and
    ends when it did. Legs of movements that wait until one has left end earlier or later by as much.
    """

    do: Literal["shift"] = "shift"
    minutes: Annotated[int, Field(ge=-1440, le=1440, strict=True)]
    gathering: Reference | None = None


class Arrive(Model):
    """A gathering comes at a clock time; the operation starts earlier where that is before it."""

    do: Literal["arrive"] = "arrive"
    gathering: Reference
    at: SaidClock


class Takes(Model):
    """A gathering takes its routes with other chances, as shares of 1.

    Routes that are not named share what is left by their weights: a share of 1 makes a route certain, 0 rules it out.
    """

    do: Literal["route"] = "route"
    gathering: Reference
    shares: Annotated[dict[Reference, Share], Field(min_length=1)]


class Chance(Model):
    """The chance that a gathering takes place, as a share of 1 or in a word."""

    do: Literal["chance"] = "chance"
    gathering: Reference
    chance: Likelihood


class Hours(Model):
    """The operation starts and ends at other clock times; what is left out stays."""

    do: Literal["period"] = "period"
    start: SaidClock | None = None
    end: SaidClock | None = None


class Rain(Model):
    """It rains: ways are slower and fewer people come, by the factors of `files.rain` unless they are given."""

    do: Literal["rain"] = "rain"
    strength: Literal["light", "heavy"] = "heavy"
    drive: Ratio | None = None
    march: Ratio | None = None
    people: Ratio | None = None


class Attend(Model):
    """Rules of presence are switched on or off, or one of their numbers is another one.

    Attributes
    ----------
    rule : left out, all of them are meant.
    value : on or off; persons of ``expected``, and a share of 1 of ``reserve_share``.
    """

    do: Literal["presence"] = "presence"
    rule: Literal[RuleName, "expected"] | None = None
    value: YesNo | Annotated[float, Field(ge=0.0, le=MOST_PEOPLE, strict=True)]


class Vacate(Model):
    """Lose a post: nobody waits there and nothing is kept there.

    Units whose home it is are still there: they wait elsewhere, or stay at base.
    """

    do: Literal["vacate"] = "vacate"
    post: Reference


class Limit(Model):
    """Ask for at least and at most so many of a team kind, role or vehicle type at a place.

    Attributes
    ----------
    place : left out, every place is meant, which only ``at_most = 0`` can be.
    what : ``heads`` is everybody at the place, extra crews of vehicles included.
    """

    do: Literal["limit"] = "limit"
    place: Reference | None = None
    what: Reference
    at_least: Amount | None = None
    at_most: Amount | None = None


class LetMove(Model):
    """Let units stand in one sector until a clock time and then in another, as a movement does.

    Attributes
    ----------
    what : the team or vehicle that does; left out, the answer says who.
    number : so many of it, and no others of it; left out, the answer says how many.
    """

    do: Literal["move"] = "move"
    what: Reference | None = None
    here: Annotated[Reference, Field(description="sector where they stand first")]
    onward: Annotated[Reference, Field(description="sector where they stand then")]
    at: Annotated[SaidClock, Field(description="clock time at which they set out")]
    number: Amount | None = None


class Keep(Model):
    """Leave everything at a place as it is in the plan that the what-if is asked of."""

    do: Literal["keep"] = "keep"
    place: Reference


Change: TypeAlias = (
    Put
    | Cap
    | Lose
    | Gain
    | Add
    | Remove
    | Close
    | Receive
    | Shift
    | Arrive
    | Takes
    | Chance
    | Hours
    | Rain
    | Attend
    | Vacate
    | Limit
    | LetMove
    | Keep
)
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
