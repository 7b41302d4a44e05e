"""What only people read: call signs, contacts, equipment, outlines. The law of escalation never sees any of it.

These fields are carried into papers, maps and documents. They may be filled in once a plan is made, so they have no
part in the hash by which a plan knows its instance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from optimiser.common.message import Message
from optimiser.model.parts.outline import MOST_LETTERS
from optimiser.model.values.base import Note
from optimiser.model.values.unread import Finding, make_finding

if TYPE_CHECKING:
    from optimiser.model.instance import Instance, Team, VehicleType


def _in_one_line(text: Any) -> Any:
    """Part the lines of a cell by semicolons."""
    return re.sub(r"\s*[\r\n]+\s*", "; ", text.strip()) if isinstance(text, str) else text


CallSign = Annotated[Note | None, Field(description="call sign on the radio; free text, for papers alone")]
UnitCallSigns = Annotated[
    Note | None,
    BeforeValidator(_in_one_line),
    Field(description="call sign on the radio, of all or of each with commas between; for papers alone"),
]
Contact = Annotated[
    Note | None, Field(description="whom to speak to and how, such as a phone number; free text, for papers alone")
]
Equipment = Annotated[Note | None, Field(description="what is brought along; free text, for papers alone")]
Outline = Annotated[
    Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)] | None,
    Field(description="its area, for maps alone: POLYGON or MULTIPOLYGON of longitude and latitude, as text"),
]
NOTES = ("call_sign", "contact", "equipment")
UNHASHED: dict[str, tuple[str, ...]] = {  # by part of an instance
    "sectors": (*NOTES, "outline"),
    "posts": (*NOTES, "officer_post"),
    "accompaniments": NOTES,
    "movements": NOTES,
    "teams": NOTES,
    "vehicles": NOTES,
}
LATER: dict[str, tuple[str, ...]] = {  # fields by part that files lacked once: no part in the hash as they are left out
    "doctrine": ("longest_duty", "shortest_rest", "tires", "fitness_least", "heat"),
    "roles": ("kit",),
}


def find_notes(parts: Iterable[Any], among: Iterable[str] = NOTES) -> list[str]:
    """List those of the notes that any of the parts of an instance has."""
    parts = tuple(parts)
    return [note for note in among if any(getattr(part, note, None) for part in parts)]


def join_notes(note: str, unit: Team | VehicleType, place: Any, first: int, number: int) -> str:
    """Return what a unit and its place say in a note, one after another; empty where neither says anything.

    Parameters
    ----------
    first, number : running numbers of the units, for their call signs.
    """
    own = say_call_signs(unit, first, number) if note == "call_sign" else getattr(unit, note, None)
    return ", ".join(filter(None, (own, getattr(place, note, None))))


def split_call_signs(text: str | None) -> list[str]:
    """Return the call signs in a text, which are parted by commas or semicolons."""
    return [sign for part in re.split("[,;]", text or "") if (sign := part.strip())]


def say_call_signs(kind: Team | VehicleType, first: int, number: int) -> str:
    """Return the call signs of some units of a kind by their running numbers, from 1; one that is for all stays it."""
    signs = split_call_signs(kind.call_sign)
    if len(signs) < 2 or len(signs) != int(kind.count):
        return kind.call_sign or ""
    return ", ".join(signs[first - 1 : first - 1 + number])


def find_call_sign_faults(instance: Instance) -> Iterator[Finding]:
    """Check that several call signs are as many as there are units; what stands at a single unit is its own."""
    parts: dict[str, Sequence[Team | VehicleType]] = {"teams": instance.teams, "vehicles": instance.vehicles}
    for part, kinds in parts.items():
        for i, kind in enumerate(kinds):
            signs, count = split_call_signs(kind.call_sign), int(kind.count)
            if count > 1 and len(signs) > 1 and len(signs) != count:
                place = f"{part}[{i}].call_sign"
                expected = Message("one call sign for all, or {n} with commas between", n=count)
                repair = Message("these are {n}; write one for each unit", n=len(signs))
                yield make_finding("bad-text", place, kind.call_sign, expected, repair, (place, f"{part}[{i}].count"))


def fit_call_signs(units: Iterable[dict[str, Any]], counts: dict[str, int]) -> None:
    """Let the call signs of units as plain data follow their numbers: those lost have none, and of more none is known.

    Parameters
    ----------
    counts : how many there were, by identifier.
    """
    for unit in units:
        signs, there = split_call_signs(unit.get("call_sign")), counts.get(unit["id"])
        if there is not None and 1 < there == len(signs) and isinstance(unit["count"], int) and unit["count"] != there:
            unit["call_sign"] = ", ".join(signs[: unit["count"]]) or None if unit["count"] < there else None
