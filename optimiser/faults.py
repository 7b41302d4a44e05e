"""What can be wrong in an input file: the stable codes, and how a fault is written."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

from optimiser.errors import Fault

CODES: dict[str, str] = {
    # the file as text
    "too-large": "The file is larger than the reader accepts.",
    "not-text": "The file is not UTF-8 text.",
    "bad-syntax": "The text is not valid TOML or JSON.",
    "too-deep": "Tables or lists are nested deeper than any field of the format.",
    "duplicate-key": "A JSON table gives the same field twice.",
    "more-faults": "There are more faults than are listed.",
    # the shape of one value
    "missing-field": "A field that has no default was left out.",
    "unknown-field": "The format has no such field.",
    "forbidden-field": "The format refuses such a field on purpose.",
    "wrong-type": "The value is of another type than the field.",
    "wrong-format": "The file says it is of another format or version.",
    "not-finite": "The number is infinite or not a number.",
    "out-of-range": "The number is outside its limits.",
    "range-order": "A plausible range must hold its value: low <= value <= high.",
    "bad-identifier": "An identifier has characters that are not allowed, or is too long.",
    "bad-text": "A text is empty, too long, or has control characters.",
    "bad-clock": "A clock time is not HH:MM.",
    "bad-date": "A date and time cannot be read, has a zone, or is not at a whole minute.",
    "not-a-choice": "The value is none of the choices.",
    "too-few": "A list has fewer entries than it needs.",
    "too-many": "A list has more entries than allowed.",
    # values against each other
    "duplicate-id": "Two things in one namespace have the same identifier.",
    "unknown-sector": "A sector is named that does not exist.",
    "unknown-post": "A post is named that does not exist.",
    "unknown-place": "A place is named that does not exist.",
    "unknown-role": "A role is named that does not exist.",
    "unknown-team": "A kind of team is named that does not exist.",
    "unknown-kind": "A pin or a change names something that is no team, role or vehicle.",
    "unknown-gathering": "A change names a gathering, trigger or help from outside that does not exist.",
    "unknown-constant": "The escalation law has no such constant.",
    "constant-range": "A constant of the law is outside the values for which its formula has a meaning.",
    "same-place": "Two ends that must differ are the same place.",
    "missing-coordinates": "A place lacks its coordinates, or half of them.",
    "mixed-coordinates": "Places use degrees and kilometres side by side.",
    "matrix-shape": "The matrix of kilometres is not square with a row for each of its places.",
    "matrix-diagonal": "The distance from a place to itself is not zero.",
    "matrix-places": "The places of the matrix are not exactly the places of the instance, each once.",
    "no-road": "A place is on no road.",
    "unreachable": "A place cannot be reached by road even when nothing is closed.",
    "unknown-road": "A closure names a road that does not exist.",
    "time-outside": "A clock time is outside the operational period.",
    "time-order": "An end is not later than its start.",
    "minimum-above-maximum": "A least number is larger than the most allowed.",
    "dry-water-cannon": "A water cannon has no water.",
    "no-crew": "A water cannon has no crew.",
    "escort-role": "A number of escort and the role that gives it need each other.",
    "waiting-marks": "Waiting marks are not positive and strictly increasing.",
    "no-commander": "A phase has nobody who commands.",
    "no-officer": "Every occupied sector needs an officer, and no role can be one.",
    "doctrine-phase": "A role has containment in a phase in which it may not act.",
    "bad-file-name": "A file must lie beside the instance file.",
}

Keys = tuple[str | int, ...]

FILE = "(file)"  # the place of a fault of the file as a whole
ADVISED = 30  # faults that get a did-you-mean; looking for similar names is slow


class Said(str):
    """Words about what was found, shown as they are; other texts come from the file and are shown in quotes."""

    __slots__ = ()


def make_fault(code: str, place: str, found: object, expected: str, repair: str) -> Fault:
    """Make a fault with a code of `CODES`; what was found is shown short and without control characters."""
    if code not in CODES:
        raise KeyError(code)
    return Fault(code, place, show(found), expected, repair)


def show(value: object) -> str:
    """Show a value from a file on one short line; containers, however deep, are only counted."""
    if isinstance(value, Mapping):
        return f"a table of {len(value)}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > 128:
        return f"a whole number of {value.bit_length()} bits"
    text = str(value)
    if isinstance(value, Said):
        return text
    if isinstance(value, str):
        text = f"'{text}'" if text.isprintable() else ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."


def write_place(keys: Keys) -> str:
    """Write keys as a path: ``("sectors", 3, "cover")`` as ``sectors[3].cover``; nothing as ``(file)``."""
    place = ""
    for key in keys:
        if isinstance(key, int):
            place += f"[{key}]"
        else:
            clean = key[:60] if key.isprintable() else ascii(key[:60])
            place += f".{clean}" if place else clean
    return place or FILE


def suggest(name: str, known: Collection[str]) -> str:
    """Give ``did you mean 'turnout'?`` where a known name is close, else an empty text."""
    close = difflib.get_close_matches(name[:60], known, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else ""
