"""Limits as they are typed: so many of a kind, or of all heads, at a place; or none of a kind anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable

from optimiser.common.message import Message
from optimiser.common.typed.amounts import read_amount
from optimiser.files.typed.unclear import (
    PEOPLE,
    REF,
    Changes,
    Unclear,
    read_each,
    read_whole,
    split_references,
    two_ways,
)
from optimiser.model.values.base import EVERYBODY


def read_cap(text: str) -> Changes:
    """Read how many heads may be deployed in all; of one place it is asked what is meant.

    Raises
    ------
    Unclear : a place is named, or no whole number.
    """
    cap = read_whole(text, "heads")
    if cap is not None and text.strip().startswith(("+", "-")):
        raise Unclear(Message("how many heads in all"), Message("write the whole number, without a sign"))
    if cap is not None:
        return [{"do": "heads", "cap": cap}]
    if read_amount(text, "share of 1") is not None:  # of the cap, which the instance knows
        return [{"do": "set", "path": "cap", "value": text.strip()}]
    place = re.fullmatch(rf"({REF})\s*[:=]\s*(.+)", text.strip(), re.IGNORECASE)
    number = None if place is None else read_whole(place[2], "heads")
    if place is not None and number is not None:
        typed = f'"{place[1]}:{number} heads"'
        raise two_ways(
            {
                f"--at-most {typed}": Message("no more at this place"),
                f"--at-least {typed}": Message("no fewer at this place"),
                f"--heads {number}": Message("no more in all places together"),
            }
        )
    return None


def read_limit(*bounds: str) -> Callable[[str], Changes]:
    """Make the reader of a number at a place, which becomes the bounds of a limit: at_least, at_most or both.

    A number beside a place alone is one of heads: nothing else is counted of everybody there.

    Raises
    ------
    Unclear : heads are typed where teams or vehicles are counted, or no whole number.
    """

    def read(text: str) -> Changes:
        ahead, mark, typed = text.rpartition("=" if "=" in text else ":")
        named = split_references(ahead)
        if not mark or named is None:
            return None
        if len(named) == 1:
            one = re.fullmatch(rf"(\d+)\s*(?:x\s*|\s)({REF})", typed.strip(), re.IGNORECASE)
            if one is None or re.fullmatch(PEOPLE, one[2], re.IGNORECASE) or read_amount(typed, "heads") is not None:
                return _limit(named[0], EVERYBODY, read_whole(typed, "heads"))
            return _limit(named[0], one[2], int(one[1]))
        place, what = named
        if what.lower() != EVERYBODY and re.search(rf"\d\s*{PEOPLE}$", typed.strip(), re.IGNORECASE):
            expected = Message("a number of teams or vehicles; heads are counted of everybody at a place")
            number = read_whole(typed, "heads")
            words = {"teams": f"{place}:{what}=N", "heads": f'"{place}:{number} heads"'}
            raise Unclear(expected, Message("write {teams}, N being the number of teams, or {heads}", **words))
        number = read_whole(typed, "teams")
        return _limit(place, what, read_whole(typed, "vehicles") if number is None else number)

    def _limit(place: str, what: str, number: int | None) -> Changes:
        if number is None or number < 0:
            return None
        return [{"do": "limit", "place": place, "what": what, **dict.fromkeys(bounds, number)}]

    return read


def read_forbidden(text: str) -> Changes:
    """Read what may not stand at a place, or anywhere.

    Raises
    ------
    Unclear : it is open whether a kind is meant at a place that is named before, or everywhere.
    """

    def read_one(part: str) -> Changes:
        named = split_references(part)
        if named is None:
            return None
        return [{"do": "limit", "place": named[0] if len(named) > 1 else None, "what": named[-1], "at_most": 0}]

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
