"""Changes as they are typed, one by one: ``lose`` and ``vehicle:awc``, ``start`` and ``pawai=08:00``.

Each becomes changes of `optimiser.model.whatif` as plain data. What cannot be understood is said with an example, and
what can be meant in two ways with both, as they are typed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any

from optimiser.common.errors import Fault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.common.numerals import Written, find_readings, find_unclear, find_within, read_number
from optimiser.common.typed.amounts import read_amount
from optimiser.files.read_parts import read_parts
from optimiser.files.typed.limits import read_cap, read_forbidden, read_limit
from optimiser.files.typed.times import read_closing, read_period, read_reception, read_start
from optimiser.files.typed.unclear import ID, UNITS, Changes, Data, Unclear, read_each

EXAMPLES = {
    "set": "sectors.kpu.official.chance=0.8",
    "heads": "200",
    "lose": "vehicle:awc, team:dalmas-awal-regu=2 or post:pos-kpu",
    "gain": "team:negotiator-tim=1",
    "add": "gathering.toml, added.xlsx or gatherings.csv",
    "remove": "gathering:pawai",
    "close": "terminal:simpang-lintas or terminal:simpang-lintas@10:00-12:00, @10:00- or @-12:00; kpu for all its ways",
    "receive-delegation": "20min or kpu=20min",
    "period": "07:00-17:00, 07:00- or -19:00",
    "start": "2h-earlier, 30min-later, pawai=30min-later or pawai=08:00",
    "route": "pawai=north, pawai=north:0% or pawai=north:60%,south:40%",
    "chance": "pawai=80%",
    "rain": "light, heavy or drive=80%,march=90%,people=60%",
    "pin": "kpu:dalmas-awal=3 or kpu:60 heads",
    "at-least": "kpu:dalmas-awal=2 or kpu:60 heads",
    "at-most": "kpu:dalmas-lanjut=1 or kpu:60 heads",
    "forbid": "kpu:dalmas-lanjut, or awc for every place",
    "keep": "kpu",
}
RAINS = {
    "light": ("light", "drizzle", "ringan", "gerimis"),
    "heavy": ("heavy", "hard", "lebat", "deras"),
}
RAINED = {
    "drive": ("drive", "vehicles", "kendaraan"),
    "march": ("march", "walk", "foot", "jalan", "jalan kaki"),
    "people": ("people", "turnout", "massa", "orang"),
}


def read_change(word: str, text: str) -> tuple[list[Data], Fault | None]:
    """Read what is typed after a word of `EXAMPLES`: its changes as plain data, or why it cannot be understood.

    Raises
    ------
    FileTrouble : a file that is to be added cannot be read.
    InputFault : a file that is to be added says nothing that can be added.
    """
    try:
        found = _READERS[word](text)
    except Unclear as unclear:
        return [], make_fault("bad-text", f"--{word}", text, unclear.expected, unclear.repair)
    return (found, None) if found is not None else ([], _refuse(word, text))


def _refuse(word: str, text: str) -> Fault:
    """Make the fault of a phrase that is not understood; of a number in it, if that can be read in two ways."""
    unclear = find_within(text)
    if unclear is not None:
        number, readings = unclear
        return make_fault("bad-text", f"--{word}", number, readings.expected, readings.repair)
    expected = Message("for example {example}", example=EXAMPLES[word])
    return make_fault("bad-text", f"--{word}", text, expected, "write it like the example")


def _set(text: str) -> Changes:
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


def _count(do: str) -> Callable[[str], Changes]:
    def read_one(text: str) -> Changes:
        post = re.fullmatch(rf"(?:post|pos):\s*({ID})", text, re.IGNORECASE)
        if post is not None and do == "lose":
            return [{"do": "vacate", "post": post[1]}]
        match = re.fullmatch(rf"(\d+)\s*x?\s+{UNITS}({ID})", text, re.IGNORECASE)
        if match is not None:
            return [{"do": do, "what": match[2], "number": int(match[1])}]
        match = re.fullmatch(rf"{UNITS}({ID})(?:\s*=\s*(\d+))?", text, re.IGNORECASE)
        return [{"do": do, "what": match[1], "number": int(match[2] or 1)}] if match else None

    return lambda text: read_each(text, read_one)


def _add(text: str) -> list[Data]:
    """Read the parts that a file adds, written as in an instance file, so that the what-if needs the file no more."""
    return [{"do": "add", "part": part, "data": item} for part, item in read_parts(text)]


def _remove(text: str) -> Changes:
    def read_one(part: str) -> Changes:
        match = re.fullmatch(rf"(?:(?:gathering|trigger|reinforcement):)?({ID})", part, re.IGNORECASE)
        return [{"do": "remove", "what": match[1]}] if match else None

    return read_each(text, read_one)


def _rain(text: str) -> Changes:
    """Read how hard it rains, or the factors themselves."""
    typed = text.strip().lower()
    strength = next((name for name, words in RAINS.items() if typed in words), None)
    if strength is not None:
        return [{"do": "rain", "strength": strength}]
    factors: Data = {}
    for part in re.split(r"[;]|,(?=\s*[a-z])", typed):
        name, _, number = part.partition("=")
        field = next((field for field, words in RAINED.items() if name.strip() in words), None)
        value = read_amount(number, "share of 1")
        if field is None or value is None or value <= 0:
            return None
        factors[field] = value
    return [{"do": "rain", **factors}]


def _route(text: str) -> Changes:
    """Read by which routes a gathering goes: one that is certain, or several with their shares."""
    gathering, equals, rest = text.partition("=")
    if not equals:
        return None
    if re.fullmatch(ID, rest.strip()):
        return [{"do": "route", "gathering": gathering.strip(), "shares": {rest.strip(): 1.0}}]
    shares: Data = {}
    for part in re.split(r"[;]|,(?=\s*[A-Za-z])", rest):  # not within a number such as 0,5
        match = re.fullmatch(rf"\s*({ID})\s*[:=]\s*(.+)", part)
        share = _share(match[2]) if match else None
        if match is None or share is None or match[1].lower() in shares:
            return None
        shares[match[1].lower()] = share
    return [{"do": "route", "gathering": gathering.strip(), "shares": shares}]


def _chance(text: str) -> Changes:
    gathering, _, number = text.partition("=")
    chance = _share(number)
    return None if chance is None else [{"do": "chance", "gathering": gathering.strip(), "chance": chance}]


def _share(text: str) -> float | None:
    """Read a share of 1, ``60%`` or ``0.6``; None where it is none."""
    share = read_amount(text, "share of 1")
    return share if share is not None and 0.0 <= share <= 1.0 else None


def _keep(text: str) -> Changes:
    return read_each(text, lambda part: [{"do": "keep", "place": part}])


_READERS: dict[str, Callable[[str], Changes]] = {
    "set": _set,
    "heads": read_cap,
    "lose": _count("lose"),
    "gain": _count("gain"),
    "add": _add,
    "remove": _remove,
    "close": read_closing,
    "receive-delegation": read_reception,
    "start": read_start,
    "period": read_period,
    "route": _route,
    "chance": _chance,
    "rain": _rain,
    "pin": read_limit("at_least", "at_most"),
    "at-least": read_limit("at_least"),
    "at-most": read_limit("at_most"),
    "forbid": read_forbidden,
    "keep": _keep,
}
