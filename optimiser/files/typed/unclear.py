"""What readers of phrases share: changes as plain data, lists of phrases, and what can be meant in two ways."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from optimiser.common.message import Message
from optimiser.common.typed.amounts import read_amount
from optimiser.model.whatif import KIND_WORDS

ID = r"[A-Za-z0-9][A-Za-z0-9_-]*"
REF = rf"(?:(?:{'|'.join(word for words in KIND_WORDS.values() for word in words)})\s*:\s*)?{ID}"  # vehicle:awc
TITLE = r"[A-Za-z][\w-]*(?: +\(?[A-Za-z][\w-]*\)?)+"  # the name of a thing, of several words
PEOPLE = r"(?:heads?|persons?|people|personnel|orang|org|personel|pers)"
Data = dict[str, Any]
Changes = list[Data] | None


class Unclear(Exception):
    """A phrase that can be meant in two ways, or that names something it cannot be about.

    Parameters
    ----------
    expected, repair, code : as in a `Fault`.
    unit, place : what it is about, to be looked up where the instance is known; empty where nothing is.
    """

    def __init__(
        self, expected: Message, repair: Message, code: str = "bad-text", unit: str = "", place: str = ""
    ) -> None:
        super().__init__(expected)
        self.expected, self.repair, self.code, self.unit, self.place = expected, repair, code, unit, place


def two_ways(ways: Mapping[str, Message]) -> Unclear:
    """Say that a phrase can be meant in several ways, each as it is typed and what that means."""
    told = [Message("{typed}: {meaning}", typed=typed, meaning=meaning) for typed, meaning in ways.items()]
    expected = Message("what can be meant in one way only")
    return Unclear(expected, Message("write one of these: {ways}", ways=Message.chain("; ", told)))


def read_whole(text: str, unit: str) -> int | None:
    """Read how many there are of something, with its unit or without: ``60``, ``60 orang``, ``3 rb``.

    Raises
    ------
    Unclear : it is no whole number.
    """
    number = read_amount(text, unit)
    if number is None:
        return None
    if not number.is_integer():
        raise broken(number)
    return int(number)


def broken(number: float) -> Unclear:
    """Say that there is no part of a person or a vehicle."""
    near = {"below": f"{math.floor(number)}", "above": f"{math.ceil(number)}"}
    return Unclear(Message("a whole number"), Message("write {below} or {above}", **near))


def split_references(text: str) -> list[str] | None:
    """Split ``kpu``, or ``kpu:awc``, into its references, each of which may begin with its kind: ``vehicle:awc``."""
    whole = text.strip()
    if "--" not in whole and re.fullmatch(REF, whole, re.IGNORECASE):
        return [whole]
    match = re.fullmatch(rf"({REF})\s*(?::|--)\s*({REF})", whole, re.IGNORECASE)
    return [match[1], match[2]] if match else None


def ask_hours(ways: Iterable[str], minutes: bool) -> Unclear:
    """Say that a duration such as ``2.30 jam`` can be meant in two ways, each as it is typed.

    Parameters
    ----------
    ways : hours and minutes, and the other one.
    minutes : whether the second way is one of minutes, as of ``2.30`` without unit where minutes are asked for.
    """
    meaning = Message("minutes") if minutes else Message("hours with decimals")
    clear, decimal = ways
    return two_ways({clear: Message("hours and minutes"), decimal: meaning})


def read_each(text: str, read: Callable[[str], Changes]) -> Changes:
    """Read a list of phrases with commas or semicolons between them."""
    found: list[Data] = []
    for part in re.split(r"[,;](?=\s*\d*\s*x?\s*[A-Za-z])", text):  # not within a number such as 1,5
        changes = read(part.strip())
        if changes is None:
            return None
        found += changes
    return found
