"""Harms as people read them: identifier, label, unit, and what each is part of."""

from __future__ import annotations

from dataclasses import dataclass

from optimiser.common.message import Message


@dataclass(frozen=True)
class Harm:
    """One harm.

    Attributes
    ----------
    id : its name in documents and tables.
    label, measure : its name and unit where people read a list of harms.
    short : its name, with the unit where it is no count of people, where there is room for few words.
    part_of : identifier of the sum that it is a part of; empty where it is none.
    """

    id: str
    label: Message
    measure: Message
    short: Message
    part_of: str = ""


_PERSONS = Message("persons")
_INJURIES = "injuries"
INJURED = (
    Harm(_INJURIES, Message("injured people, all alike"), _PERSONS, Message("injured people")),
    Harm("injuries_participants", Message("of them participants"), _PERSONS, Message("participants"), _INJURIES),
    Harm("injuries_public", Message("of them public"), _PERSONS, Message("public"), _INJURIES),
    Harm("injuries_personnel", Message("of them personnel"), _PERSONS, Message("personnel"), _INJURIES),
)
INDEPENDENT = (
    INJURED[0],
    Harm(
        "process_minutes",
        Message("critical process stopped"),
        Message("minutes"),
        Message("process stopped, min"),
    ),
    Harm("property", Message("property damaged"), Message("shop fronts"), Message("damage, shop fronts")),
    Harm("records", Message("records lost"), Message("units"), Message("records lost")),
)  # no two of them count the same thing
LISTED = (*INJURED, *INDEPENDENT[1:])  # a sum above its parts
