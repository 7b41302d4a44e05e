"""Coordinates as people copy them: ``4°07'27"S``, ``4,13 LS``, ``104° 10.2' BT``, ``-4.1234°``.

West and south, in Indonesia Bujur Barat and Lintang Selatan, count negative.
"""

from __future__ import annotations

import re

from optimiser.common.message import Message
from optimiser.common.numerals import plain_characters

LONGEST = 60  # characters; more is no coordinate
HALVES = {  # of the Earth: sign, and the most that is possible there
    **dict.fromkeys(("n", "u", "lu", "lintang utara", "north"), (1.0, 90.0)),
    **dict.fromkeys(("s", "ls", "lintang selatan", "south"), (-1.0, 90.0)),
    **dict.fromkeys(("e", "t", "bt", "bujur timur", "east"), (1.0, 180.0)),
    **dict.fromkeys(("w", "b", "bb", "bujur barat", "west"), (-1.0, 180.0)),
}
_NUMBER = r"\d{1,3}(?:[.,]\d+)?"
_HALF = "|".join(sorted(HALVES, key=len, reverse=True))
_ANGLE = re.compile(
    rf"(?:(?P<ahead>{_HALF})\s*)?(?P<sign>[+-])?\s*(?P<d>{_NUMBER})\s*(?:[°º˚d]|der\.?(?:ajat)?|deg)?\s*"
    rf"(?:(?P<m>{_NUMBER})\s*['′´‘]\s*(?:(?P<s>{_NUMBER})\s*(?:[\"″”“]|''|′′)\s*)?)?(?P<behind>{_HALF})?"
)
_MARKED = re.compile(rf"[°º˚'′]|\b(?:{_HALF})(?=\b|\d)|(?<=\d)(?:{_HALF})\b")
_PAIR = re.compile(r"([+-]?\d{1,3}[.,]\d+)\s*[,;/ ]\s*([+-]?\d{1,3}[.,]\d+)")


def read_degrees(text: str, most: float) -> float | None:
    """Read a latitude or a longitude that is marked as one; None where it is none, or that of the other direction.

    Parameters
    ----------
    most : 90 for a latitude, 180 for a longitude.
    """
    plain = _plain(text)
    match = _ANGLE.fullmatch(plain) if len(plain) <= LONGEST and _MARKED.search(plain) else None
    if match is None or (match["ahead"] and match["behind"]):
        return None
    half = match["ahead"] or match["behind"]
    sign, limit = HALVES[half] if half else (1.0, most)
    degrees, minutes, seconds = (float((match[name] or "0").replace(",", ".")) for name in "dms")
    value = degrees + minutes / 60.0 + seconds / 3600.0
    if limit != most or value > most or minutes >= 60.0 or seconds >= 60.0:
        return None
    if half and match["sign"] and (match["sign"] == "-") != (sign < 0.0):
        return None
    if match["m"] and degrees % 1.0:
        return None
    return round(-value if match["sign"] == "-" else sign * value, 7)


def advise_degrees(text: str, most: float) -> Message | None:
    """Say what would be clear instead of a text that is no coordinate; None where nothing particular can be said."""
    plain = _plain(text)
    if (pair := _PAIR.fullmatch(plain)) is not None:
        words = {"lat": pair[1].replace(",", "."), "lon": pair[2].replace(",", ".")}
        return Message("write one number a cell: {lat} under the latitude, {lon} under the longitude", **words)
    if read_degrees(text, 270.0 - most) is not None:
        return Message("latitude and longitude seem to be exchanged: exchange the two numbers")
    return Message("write it in degrees with decimals, as -4.1242 or 4°07'27\"S")


def _plain(text: str) -> str:
    return " ".join(plain_characters(text[: 2 * LONGEST]).lower().split())
