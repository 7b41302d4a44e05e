"""What readers of phrases share: changes as plain data, lists of phrases, and what can be meant in two ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from optimiser.common.message import Message

ID = r"[A-Za-z0-9][A-Za-z0-9_-]*"
KINDS = ("vehicle", "team", "role", "kendaraan", "tim", "peran")
UNITS = rf"(?:(?:{'|'.join(KINDS)}):)?"
PEOPLE = r"(?:heads?|persons?|people|personnel|orang|personel)"
Data = dict[str, Any]
Changes = list[Data] | None


class Unclear(Exception):
    """A phrase that can be meant in two ways, or that names something it cannot be about.

    Parameters
    ----------
    expected, repair : as in a `Fault`.
    """

    def __init__(self, expected: Message, repair: Message) -> None:
        super().__init__(expected)
        self.expected, self.repair = expected, repair


def two_ways(ways: Mapping[str, Message]) -> Unclear:
    """Say that a phrase can be meant in several ways, each as it is typed and what that means."""
    told = [Message("{typed}: {meaning}", typed=typed, meaning=meaning) for typed, meaning in ways.items()]
    expected = Message("what can be meant in one way only")
    return Unclear(expected, Message("write one of these: {ways}", ways=Message.chain("; ", told)))


def read_each(text: str, read: Callable[[str], Changes]) -> Changes:
    """Read a list of phrases with commas or semicolons between them."""
    found: list[Data] = []
    for part in re.split(r"[,;](?=\s*\d*\s*x?\s*[A-Za-z])", text):  # not within a number such as 1,5
        changes = read(part.strip())
        if changes is None:
            return None
        found += changes
    return found
