"""What a cell of a table holds one after the other: the stops of a gathering, the legs of a movement."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from optimiser.common.typed.times import read_typed_clock
from optimiser.files.workbook.cells import take
from optimiser.files.workbook.layout import Column

_WITH = re.compile(r"(?:with|bersama)\s*:\s*", re.IGNORECASE)
_POST = re.compile(r"(?:post|rest|pos|istirahat)\s*:\s*", re.IGNORECASE)
_LEFT = re.compile(r"\s+(?:or\s+|atau\s+)?(?:left|ditinggal)\s*:\s*", re.IGNORECASE)
_UNTIL = re.compile(r"\s+(?:until|sampai|hingga|s\.?d\.?)(?=[\s\d])\s*", re.IGNORECASE)


def read_stops(text: str) -> list[dict[str, Any]]:
    """Read an itinerary: ``terminal:40, kpu:120`` or ``terminal, kpu``."""
    stops = []
    for part in _split(text):
        sector, colon, minutes = part.partition(":")
        stop: dict[str, Any] = {"sector": sector.strip()}
        if colon:
            stop["stay"] = take(minutes.strip(), Column("stay", "number"))
        stops.append(stop)
    return stops


def read_legs(text: str) -> list[dict[str, Any]]:
    """Read the legs of a movement: ``hall until 12:45 or left:march, kpu``, ``with:rally until 12:45, post:yard``.

    What is no clock time stays as it is, so that it is told as that.
    """
    legs = []
    for part in _split(text):
        rest, *left = _LEFT.split(part, maxsplit=1)
        where, *until = _UNTIL.split(rest, maxsplit=1)
        leg: dict[str, Any] = {"sector": where}
        for name, mark in (("gathering", _WITH), ("post", _POST)):
            if found := mark.match(where):
                leg = {name: where[found.end() :]}
        if until:
            leg["until"] = read_typed_clock(until[0]) or until[0]
        if left:
            leg["until_left"] = left[0]
        legs.append(leg)
    return legs


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").split(",")]


SEQUENCES: dict[str, tuple[str, Callable[[str], list[dict[str, Any]]]]] = {  # by part: its column, and how it is read
    "gatherings": ("itinerary", read_stops),
    "movements": ("legs", read_legs),
}
