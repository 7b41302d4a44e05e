"""Changes as they are typed: ``--lose vehicle:awc``, ``--pin kpu:dalmas-awal=3``, ``--start 2h-earlier``.

Each phrase becomes one change of `optimiser.model.whatif`; what cannot be understood is said with an example.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Sequence
from typing import Any

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.common.numerals import Written, find_readings, find_unclear, find_within, read_number
from optimiser.files.read_parts import read_parts
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.model.whatif import WhatIf

_DURATION = re.compile(r"(?:(\d+(?:[.,]\d+)?)h)?(?:(\d+(?:[.,]\d+)?)(?:min|m))?")
_ID = r"[A-Za-z0-9][A-Za-z0-9_-]*"
EXAMPLES = {
    "set": "sectors.kpu.official.chance=0.8",
    "heads": "200",
    "lose": "vehicle:awc or team:dalmas-awal-regu=2",
    "gain": "team:negotiator-tim=1",
    "add": "gathering.toml, added.xlsx or gatherings.csv",
    "remove": "gathering:pawai",
    "close": "terminal:simpang-lintas or terminal:simpang-lintas@10:00-12:00, @10:00- or @-12:00",
    "receive-delegation": "20min or kpu=20min",
    "start": "2h-earlier, 30min-later or pawai=30min-later",
    "pin": "kpu:dalmas-awal=3",
    "at-least": "kpu:dalmas-awal=2",
    "at-most": "kpu:dalmas-lanjut=1",
    "forbid": "kpu:dalmas-lanjut",
    "keep": "kpu",
}
WHOLE = 1e-6  # minutes; assumed: less than anybody types, more than arithmetic of floats errs
Data = dict[str, Any]


def parse_phrases(phrases: Sequence[tuple[str, str]], name: str = "what-if") -> WhatIf:
    """Make a what-if of phrases.

    Parameters
    ----------
    phrases : pairs of a word of `EXAMPLES` and what is said after it, in the order in which they are to be applied.

    Raises
    ------
    InputFault : phrases that cannot be understood, all of them.
    FileTrouble : a file that is to be added cannot be read.
    """
    changes: list[Data] = []
    faults: list[Fault] = []
    for word, text in phrases:
        found = _READERS[word](text)
        if found is None:
            faults.append(_refuse(word, text))
        else:
            changes += found
    if faults:
        raise InputFault("what-if", faults)
    title = ", ".join(f"{word} {text}" for word, text in phrases)
    return parse_whatifs(
        {"name": name, "title": title[:117] + "..." if len(title) > 120 else title, "changes": changes}
    )[0]


def _refuse(word: str, text: str) -> Fault:
    """Make the fault of a phrase that is not understood; of a number in it, if that can be read in two ways."""
    unclear = find_within(text)
    if unclear is not None:
        number, readings = unclear
        return make_fault("bad-text", f"--{word}", number, readings.expected, readings.repair)
    minutes = read_minutes(_split_start(text)[1]) if word == "start" else None
    if minutes is not None and not _is_whole(minutes):
        near = {"below": str(math.floor(minutes)), "above": str(math.ceil(minutes))}
        expected = Message("whole minutes; the nearest are {below}min and {above}min", **near)
        return make_fault("bad-text", f"--{word}", text, expected, Message("write {below}min or {above}min", **near))
    expected = Message("for example {example}", example=EXAMPLES[word])
    return make_fault("bad-text", f"--{word}", text, expected, "write it like the example")


def read_minutes(text: str) -> float | None:
    """Read a duration such as ``20min``, ``1,5h`` or ``1h30min`` in minutes; None where it is none, or one of two."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or match[0] == "":
        return None
    hours, minutes = (read_number(part or "0") for part in match.groups())
    return None if hours is None or minutes is None else 60.0 * hours + minutes


def _set(text: str) -> list[Data] | None:
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        return None
    try:
        read: Any = tomllib.loads(f"value = {value}", parse_float=Written.read)["value"]
        if any(find_unclear(read)):
            return None
        read = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        if find_readings(value):
            return None
        number = read_number(value)  # 1,5 is a number too
        read = value.strip() if number is None or "," not in value else number  # a word needs no quotes
    return [{"do": "set", "path": path.strip(), "value": read}]


def _heads(text: str) -> list[Data] | None:
    return [{"do": "heads", "cap": int(text)}] if text.strip().isdecimal() else None


def _count(do: str) -> Callable[[str], list[Data] | None]:
    def read(text: str) -> list[Data] | None:
        match = re.fullmatch(rf"(?:(?:vehicle|team):)?({_ID})(?:=(\d+))?", text.strip())
        return [{"do": do, "what": match[1], "number": int(match[2] or 1)}] if match else None

    return read


def _add(text: str) -> list[Data]:
    """Read the parts that a file adds, written as in an instance file, so that the what-if needs the file no more."""
    return [{"do": "add", "part": part, "data": item} for part, item in read_parts(text)]


def _remove(text: str) -> list[Data] | None:
    match = re.fullmatch(rf"(?:(?:gathering|trigger|reinforcement):)?({_ID})", text.strip())
    return [{"do": "remove", "what": match[1]}] if match else None


def _close(text: str) -> list[Data] | None:
    clocks = r"@(?=-?\d)(\d\d:\d\d)?-(\d\d:\d\d)?"  # either may be left out, not both
    match = re.fullmatch(rf"({_ID})(?::|--)({_ID})(?:{clocks})?", text.strip())
    return [{"do": "close", "a": match[1], "b": match[2], "start": match[3], "end": match[4]}] if match else None


def _receive(text: str) -> list[Data] | None:
    sector, equals, rest = text.rpartition("=")
    minutes = read_minutes(rest)
    return None if minutes is None else [{"do": "receive", "minutes": minutes, "sector": sector if equals else None}]


def _start(text: str) -> list[Data] | None:
    gathering, span, way = _split_start(text)
    minutes = read_minutes(span)
    if minutes is None or way not in ("earlier", "later") or not _is_whole(minutes):
        return None
    shift = round(minutes) if way == "later" else -round(minutes)
    return [{"do": "shift", "minutes": shift, "gathering": gathering}]


def _split_start(text: str) -> tuple[str | None, str, str]:
    """Return the gathering, None for all of them, the duration and ``earlier`` or ``later``."""
    gathering, equals, rest = text.rpartition("=")
    span, _, way = rest.strip().rpartition("-")
    return gathering if equals else None, span, way


def _is_whole(minutes: float) -> bool:
    """Return whether minutes are whole, but for the last digits of a product such as 60 x 2.05."""
    return abs(minutes - round(minutes)) < WHOLE


def _limit(*bounds: str) -> Callable[[str], list[Data] | None]:
    def read(text: str) -> list[Data] | None:
        match = re.fullmatch(rf"({_ID}):(?:(?:vehicle|team|role):)?({_ID})=(\d+)", text.strip())
        return (
            [{"do": "limit", "place": match[1], "what": match[2], **dict.fromkeys(bounds, int(match[3]))}]
            if match
            else None
        )

    return read


def _forbid(text: str) -> list[Data] | None:
    return _limit("at_most")(f"{text}=0")


def _keep(text: str) -> list[Data] | None:
    return [{"do": "keep", "place": text.strip()}]


_READERS: dict[str, Callable[[str], list[Data] | None]] = {
    "set": _set,
    "heads": _heads,
    "lose": _count("lose"),
    "gain": _count("gain"),
    "add": _add,
    "remove": _remove,
    "close": _close,
    "receive-delegation": _receive,
    "start": _start,
    "pin": _limit("at_least", "at_most"),
    "at-least": _limit("at_least"),
    "at-most": _limit("at_most"),
    "forbid": _forbid,
    "keep": _keep,
}
