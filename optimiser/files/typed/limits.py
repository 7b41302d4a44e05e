"""Limits as they are typed: so many of a kind, or of all heads, at a place; or none of a kind anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable

from optimiser.common.message import Message
from optimiser.files.typed.unclear import ID, KINDS, PEOPLE, UNITS, Changes, Unclear, read_each, two_ways
from optimiser.model.values.base import EVERYBODY


def read_cap(text: str) -> Changes:
    """Read how many heads may be deployed in all; of one place it is asked what is meant.

    Raises
    ------
    Unclear : a place is named.
    """
    match = re.fullmatch(rf"(\d+)(?:\s*{PEOPLE})?", text.strip(), re.IGNORECASE)
    if match is not None:
        return [{"do": "heads", "cap": int(match[1])}]
    place = re.fullmatch(rf"({ID})[:=]\s*(\d+)(?:\s*{PEOPLE})?", text.strip(), re.IGNORECASE)
    if place is not None:
        typed = f'"{place[1]}:{place[2]} heads"'
        raise two_ways(
            {
                f"--at-most {typed}": Message("no more at this place"),
                f"--at-least {typed}": Message("no fewer at this place"),
                f"--heads {place[2]}": Message("no more in all places together"),
            }
        )
    return None


def read_limit(*bounds: str) -> Callable[[str], Changes]:
    """Make the reader of a number at a place, which becomes the bounds of a limit: at_least, at_most or both.

    Raises
    ------
    Unclear : it is open what the number counts.
    """

    def read(text: str) -> Changes:
        everybody = re.fullmatch(rf"({ID})[:=]\s*(\d+)\s*{PEOPLE}", text.strip(), re.IGNORECASE)
        if everybody is not None:
            numbers = dict.fromkeys(bounds, int(everybody[2]))
            return [{"do": "limit", "place": everybody[1], "what": EVERYBODY, **numbers}]
        match = re.fullmatch(rf"({ID}):{UNITS}({ID})\s*=\s*(\d+)(\s*{PEOPLE})?", text.strip(), re.IGNORECASE)
        if match is None:
            _explain_limit(text.strip())
            return None
        if match[4]:
            expected = Message("a number of teams or vehicles; heads are counted of everybody at a place")
            typed = _typed(match[1], match[2], match[3])
            repair = Message("write {teams}, N being the number of teams, or {heads}", **typed)
            raise Unclear(expected, repair)
        return [{"do": "limit", "place": match[1], "what": match[2], **dict.fromkeys(bounds, int(match[3]))}]

    return read


def _explain_limit(text: str) -> None:
    """Say how to type what a number is about, where only a place or only a kind is named.

    Raises
    ------
    Unclear : with both ways.
    """
    match = re.fullmatch(rf"({ID})[:=]\s*(\d+)", text)
    if match is not None:
        typed = _typed(match[1], "WHAT", match[2])
        ways = {
            typed["heads"]: Message("heads at the place '{place}'", place=match[1]),
            typed["teams"]: Message("teams or vehicles there, WHAT being a team, role or vehicle"),
            f"PLACE:{match[1]}={match[2]}": Message("'{what}' at a place", what=match[1]),
        }
        raise two_ways(ways)


def _typed(place: str, what: str, number: str) -> dict[str, str]:
    return {"teams": f"{place}:{what}=N", "heads": f'"{place}:{number} heads"'}


def read_forbidden(text: str) -> Changes:
    """Read what may not stand at a place, or anywhere.

    Raises
    ------
    Unclear : it is open whether a kind is meant at a place that is named before, or everywhere.
    """

    def read_one(part: str) -> Changes:
        match = re.fullmatch(rf"(?:({ID}):)?{UNITS}({ID})", part, re.IGNORECASE)
        if match is None:
            return None
        place = None if match[1] is None or match[1].lower() in KINDS else match[1]
        return [{"do": "limit", "place": place, "what": match[2], "at_most": 0}]

    changes = read_each(text, read_one)
    placed = {change["place"] for change in changes or ()}
    if None in placed and len(placed) > 1:
        place = next(place for place in placed if place is not None)
        whats = [change["what"] for change in changes or () if change["place"] is None]
        there = ", ".join(f"{place}:{what}" for what in whats)
        raise two_ways(
            {
                f"--forbid {there}": Message("at this place too"),
                f"--forbid {','.join(whats)}": Message("at every place, as a change of its own"),
            }
        )
    return changes
