"""What only people read: call signs, contacts, equipment, outlines. The law of escalation never sees any of it.

These fields are carried into papers, maps and documents. They may be filled in once a plan is made, so they have no
part in the hash by which a plan knows its instance.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from optimiser.model.parts.outline import MOST_LETTERS
from optimiser.model.values.base import Note

CallSign = Annotated[Note | None, Field(description="call sign on the radio; free text, for papers alone")]
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
    "teams": NOTES,
    "vehicles": NOTES,
}


def find_notes(parts: Iterable[Any], among: Iterable[str] = NOTES) -> list[str]:
    """List those of the notes that any of the parts of an instance has."""
    parts = tuple(parts)
    return [note for note in among if any(getattr(part, note, None) for part in parts)]


def join_notes(note: str, *parts: Any) -> str:
    """Return what parts of an instance say in a note, one after another; empty where none says anything."""
    return ", ".join(filter(None, (getattr(part, note, None) for part in parts)))
