"""What can be wrong in an input file: the stable codes, and how a fault is written."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping

from optimiser.common.errors import Fault
from optimiser.common.message import Message

CODES: dict[str, Message] = {
    # the file as text
    "too-large": Message("The file is larger than the reader accepts."),
    "not-text": Message("The file is not UTF-8 text."),
    "bad-syntax": Message("The text is not valid TOML, JSON or CSV."),
    "too-deep": Message("Tables or lists are nested deeper than any field of the format."),
    "duplicate-key": Message("A JSON table, or a sheet of a workbook, gives the same field twice."),
    "more-faults": Message("There are more faults than are listed."),
    # the sheets of a workbook
    "not-a-workbook": Message("The file is no workbook in the format .xlsx."),
    "unknown-sheet": Message("The format has no such sheet."),
    "missing-header": Message("A sheet or a column has values and no header above them."),
    "merged-cells": Message("Cells are merged, so that it is open which of them the value belongs to."),
    "cell-error": Message("A cell shows an error, or a formula without a saved result."),
    # the shape of one value
    "missing-field": Message("A field that has no default was left out."),
    "unknown-field": Message("The format has no such field."),
    "forbidden-field": Message("The format refuses such a field on purpose."),
    "wrong-type": Message("The value is of another type than the field."),
    "wrong-format": Message("The file says it is of another format or version."),
    "not-finite": Message("The number is infinite or not a number."),
    "out-of-range": Message("The number is outside its limits."),
    "range-order": Message("A plausible range must hold its value: low <= value <= high."),
    "bad-identifier": Message("An identifier has characters that are not allowed, or is too long."),
    "bad-text": Message("A text is empty, too long, or has control characters."),
    "bad-clock": Message("A clock time is not HH:MM."),
    "bad-date": Message("A date and time cannot be read, has a zone, or is not at a whole minute."),
    "not-a-choice": Message("The value is none of the choices."),
    "too-few": Message("A list has fewer entries than it needs."),
    "too-many": Message("A list has more entries than allowed."),
    # values against each other
    "duplicate-id": Message("Two things in one namespace have the same identifier."),
    "duplicate-row": Message("Rows of a table repeat others of the same day."),
    "unknown-sector": Message("A sector is named that does not exist."),
    "unknown-post": Message("A post is named that does not exist."),
    "unknown-place": Message("A place is named that does not exist."),
    "unknown-role": Message("A role is named that does not exist."),
    "unknown-team": Message("A kind of team is named that does not exist."),
    "unknown-kind": Message("A pin or a change names something that is no team, role or vehicle."),
    "unknown-movement": Message("A movement is named that does not exist."),
    "unknown-gathering": Message("A gathering, trigger or help from outside is named that does not exist."),
    "unknown-route": Message("A route is named that its gathering does not have."),
    "route-without-stop": Message("A route of a gathering has no stop."),
    "no-route": Message("No route of a gathering has a weight above 0."),
    "no-choice-of-routes": Message("A gathering is to go where the line is thinnest and has fewer than two routes."),
    "accompanied-twice": Message("Two accompaniments are of the same gathering."),
    "nowhere-to-go": Message("A gathering that units are to accompany has a single stop, or a movement a single leg."),
    "leg-without-place": Message("A leg of a movement does not say where its units are."),
    "leg-without-end": Message("A leg of a movement does not say when it ends, or the last one does."),
    "legs-out-of-order": Message("A leg of a movement ends before the one before it."),
    "starts-anywhere": Message("A gathering that units are to accompany may assemble at several places."),
    "unclear-stop": Message("A corner of a route on a map lies at no sector, or between two."),
    "unknown-district": Message("A district is named that does not exist."),
    "wrong-district": Message("The instance in a district's file has another name than the district."),
    "unknown-constant": Message("The escalation law has no such constant."),
    "constant-range": Message("A constant of the law is outside the values for which its formula has a meaning."),
    "same-place": Message("Two ends that must differ are the same place."),
    "missing-coordinates": Message("A place lacks its coordinates, or half of them."),
    "mixed-coordinates": Message("Places use degrees and kilometres side by side."),
    "matrix-shape": Message("The matrix of kilometres is not square with a row for each of its places."),
    "matrix-diagonal": Message("The distance from a place to itself is not zero."),
    "matrix-places": Message("The places of the matrix are not exactly the places of the instance, each once."),
    "no-road": Message("A place is on no road."),
    "unreachable": Message("A place cannot be reached by road even when nothing is closed."),
    "unknown-road": Message("A closure names a road that does not exist."),
    "time-outside": Message("A clock time is outside the operational period."),
    "contradiction": Message("A report says two things that cannot both be, or what cannot be in that place."),
    "time-order": Message("An end is not later than its start."),
    "minimum-above-maximum": Message("A least number is larger than the most allowed."),
    "dry-water-cannon": Message("A water cannon has no water."),
    "no-crew": Message("A water cannon has no crew."),
    "escort-role": Message("A number of escort and the role that gives it need each other."),
    "waiting-marks": Message("Waiting marks are not positive and strictly increasing."),
    "no-commander": Message("A phase has nobody who commands."),
    "no-officer": Message("Every occupied sector needs an officer, and no role can be one."),
    "doctrine-phase": Message("A role has containment in a phase in which it may not act."),
    "bad-file-name": Message("A file must lie beside the instance file."),
    # lists of cases
    "unknown-case": Message("A run has no such case, or several."),
    "unknown-instance": Message("No file, and no shipped instance, has that name."),
}

Keys = tuple[str | int, ...]

FILE = Message("(file)")  # the place of a fault of the file as a whole
ALIKE = 0.6  # of 1: letters in the same order that a name and what may be meant by it have in common; assumed
MISSPELT = 0.75  # of 1: so much alike that it is read as what is meant, so that its values are looked at too; assumed
FEW, NEAREST = 8, 4  # names that are listed where there are no more, and where there are
IN_SCHEMA = Message("`optimiser schema` lists all")
IN_TEMPLATE = Message("`optimiser template FILE.xlsx` makes a workbook that has all")
ADVISED = 30  # faults that get a did-you-mean; looking for similar names is slow


class Said(Message):
    """What was found where it is no value of the file: shown as it is; texts from the file are shown in quotes."""

    __slots__ = ()


def make_fault(code: str, place: str, found: object, expected: str, repair: str) -> Fault:
    """Make a fault with a code of `CODES`; what was found is shown short and without control characters.

    A `Message` about what was found is shown as it is; other texts come from the file and are shown in quotes. What is
    expected and the repair are messages too; numbers are given to them as text, as they are written in a file.
    """
    if code not in CODES:
        raise KeyError(code)
    return Fault(code, place, show(found), expected, repair)


def show(value: object) -> str:
    """Show a value from a file on one short line; containers, however deep, are only counted."""
    if isinstance(value, Mapping):
        return Message("a table of {n}", n=len(value))
    if isinstance(value, list | tuple):
        return Message("a list of {n}", n=len(value))
    if value is None:
        return Message("nothing")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > 128:
        return Message("a whole number of {n} bits", n=value.bit_length())
    if isinstance(value, Message):
        return value
    text = str(value)
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


def spell(field: str) -> Message:
    """Write the name of a field, or of several from outside in, as words."""
    return Message(re.sub(r"[._]", " ", field))


def suggest(name: str, known: Collection[str]) -> Message:
    """Return ``did you mean 'turnout'?`` where a known name is close, else an empty text."""
    close = find_close(name, known)
    return Message("did you mean '{name}'?", name=close) if close else Message.made("", None, 1, {})


def list_near(name: str, known: Collection[str], where: Message, few: int = FEW) -> Message:
    """List what something may be: all where they are few, else those that are nearest to a name.

    Parameters
    ----------
    where : where to find the others.
    few : names that are all listed where there are no more.
    """
    if not known:
        return Message("nothing: there is none")
    if len(known) <= few:
        return Message("one of {choices}", choices=", ".join(known))
    near = difflib.get_close_matches(name[:60], known, n=NEAREST, cutoff=0.0)
    return Message("one of {n}, such as {choices}; {where}", n=len(known), choices=", ".join(near), where=where)


def find_close(name: str, known: Collection[str], alike: float = ALIKE) -> str | None:
    """Return the known name that is closest, if any is close enough.

    Parameters
    ----------
    alike : share of letters in the same order that two names have in common at least.
    """
    close = difflib.get_close_matches(name[:60], known, n=1, cutoff=alike)
    return close[0] if close else None
