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
from optimiser.files.typed.field_paths import name_path
from optimiser.files.typed.field_values import TIMES, ask_plain, find_kind, refuse_part
from optimiser.files.typed.limits import read_cap, read_forbidden, read_limit
from optimiser.files.typed.names import list_strange
from optimiser.files.typed.presence import read_presence
from optimiser.files.typed.times import read_closing, read_move, read_period, read_reception, read_start
from optimiser.files.typed.unclear import ID, REF, TITLE, Changes, Data, Unclear, read_each, read_whole
from optimiser.model.instance import Instance
from optimiser.model.values.quantity import Amount
from optimiser.model.values.words import CHANCE, find_anchor
from optimiser.model.whatif import split_reference

EXAMPLES: dict[str, tuple[str, ...]] = {
    "set": ("sectors.kpu.official.chance=0.8",),
    "heads": ("200",),
    "lose": ("vehicle:awc", "team:dalmas-awal-regu=2", "post:pos-kpu"),
    "gain": ("team:negotiator-tim=1",),
    "add": ("gathering.toml", "added.xlsx", "gatherings.csv"),
    "remove": ("gathering:pawai",),
    "close": (
        "terminal:simpang-lintas",
        "terminal:simpang-lintas@10:00-12:00",
        "terminal:simpang-lintas@10:00-",
        "terminal:simpang-lintas@-12:00",
        "kpu",
    ),
    "receive-delegation": ("20min", "kpu=20min", "kpu=20min,dprd=30min"),
    "period": ("07:00-17:00", "07:00-", "-19:00"),
    "start": ("2h-earlier", "30min-later", "pawai=30min-later", "pawai=08:00"),
    "route": ("pawai=north", "pawai=north:0%", "pawai=north:60%,south:40%"),
    "chance": ("pawai=80%", "pawai=likely"),
    "rain": ("light", "heavy", "drive=80%,march=90%,people=60%"),
    "presence": ("off", "records=off", "expected=500", "reserve_share=30%"),
    "move": ("dalmas-awal:terminal>kpu@12:30=2", "dalmas-awal:terminal>kpu@12:30", "terminal>kpu@12:30"),
    "pin": ("kpu:dalmas-awal=3", "kpu:60 heads"),
    "at-least": ("kpu:dalmas-awal=2", "kpu:60 heads"),
    "at-most": ("kpu:dalmas-lanjut=1", "kpu:60 heads"),
    "forbid": ("kpu:dalmas-lanjut", "awc"),
    "keep": ("kpu",),
}
WORDS = {  # by word that is typed: what is asked with it, where that is told in another language than is typed
    "set": Message("set the field"),
    "heads": Message("at most so many heads"),
    "lose": Message("less"),
    "gain": Message("more of"),
    "add": Message("added from"),
    "remove": Message("taken away"),
    "close": Message("closed"),
    "receive-delegation": Message("delegation received"),
    "period": Message("operation from and until"),
    "start": Message("gathering comes"),
    "route": Message("takes the route"),
    "chance": Message("chance that it takes place"),
    "rain": Message("rain"),
    "presence": Message("rules of presence"),
    "move": Message("units move"),
    "pin": Message("exactly at a place"),
    "at-least": Message("at least"),
    "at-most": Message("at most"),
    "forbid": Message("nowhere"),
    "keep": Message("as planned"),
}
RAINS = {
    "light": ("light", "drizzle", "ringan", "gerimis", "hujan ringan"),
    "heavy": ("heavy", "hard", "lebat", "deras", "hujan lebat", "hujan deras"),
}
MOST_RATIO = 2.0  # assumed: a factor of rain that is larger is a percentage
RAINED = {
    "drive": ("drive", "vehicles", "kendaraan"),
    "march": ("march", "walk", "foot", "jalan", "jalan kaki"),
    "people": ("people", "turnout", "massa", "orang"),
}


def read_change(word: str, text: str, instance: Instance | None = None) -> tuple[list[Data], list[Fault]]:
    """Read what is typed after a word of `EXAMPLES`: its changes as plain data, or why it cannot be understood.

    Parameters
    ----------
    instance : whose names are looked up in what is refused, where it is known.

    Raises
    ------
    FileTrouble : a file that is to be added cannot be read.
    InputFault : a file that is to be added says nothing that can be added.
    """
    try:
        found = _READERS[word](text)
    except Unclear as unclear:
        strange = [] if instance is None else list_strange(unclear, instance)
        why = strange or [(text, unclear)]
        return [], [make_fault(one.code, f"--{word}", typed, one.expected, one.repair) for typed, one in why]
    return (found, []) if found is not None else ([], [_refuse(word, text)])


def _refuse(word: str, text: str) -> Fault:
    """Make the fault of a phrase that is not understood; of a number in it, if that can be read in two ways."""
    unclear = find_within(text)
    if unclear is not None:
        number, readings = unclear
        return make_fault("bad-text", f"--{word}", number, readings.expected, readings.repair)
    *others, last = EXAMPLES[word]
    example: str = last
    if others:
        example = Message("{kinds} or {last}", kinds=", ".join(others), last=last)
    expected = Message("for example {example}", example=example)
    return make_fault("bad-text", f"--{word}", text, expected, Message("write it like the example"))


def _set(text: str) -> Changes:
    path, equals, value = text.partition("=")
    path = name_path(path.strip())
    if not equals or not path:
        return None
    kind = find_kind(path)
    if kind in TIMES:  # 8.00 is no number there
        return [{"do": "set", "path": path, "value": value.strip().strip("\"'")}]
    if isinstance(kind, Amount):
        ask_plain(path, value, kind)
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
    refuse_part(kind, read)
    return [{"do": "set", "path": path, "value": read}]


def _count(do: str) -> Callable[[str], Changes]:
    def read_one(text: str) -> Changes:
        if do == "lose" and (post := re.fullmatch(rf"(?:post|pos)\s*:\s*({ID})", text, re.IGNORECASE)):
            return [{"do": "vacate", "post": post[1]}]
        _refuse_place(do, text)
        match = re.fullmatch(rf"(?P<n>\d+)\s*(?:x\s*|\s)(?P<what>{REF})", text, re.IGNORECASE)
        match = match or re.fullmatch(rf"(?P<what>{REF})(?:\s*=\s*(?P<n>.+))?", text, re.IGNORECASE)
        if match is None:
            match = re.fullmatch(rf"(?P<what>{TITLE})(?:\s*=\s*(?P<n>.+))?", text)
        if match is None:
            return None
        what = match["what"]
        if ":" not in what:  # a name is none of the identifiers, which is told
            what = re.sub(r"[ ()]+", "-", what).strip("-")
        number = 1 if match["n"] is None else read_whole(match["n"], "teams")
        if number is None:
            number = read_whole(match["n"], "vehicles")
        return None if number is None or number < 0 else [{"do": do, "what": what, "number": number}]

    return lambda text: read_each(text, read_one)


def _refuse_place(do: str, text: str) -> None:
    """Refuse units of one place: ``dalmas-awal-regu@with-march``, ``with-march:awc``.

    Raises
    ------
    Unclear : with what may be asked of one place instead.
    """
    number = r"(?:\s*=\s*(?P<n>\d+))?"
    match = re.fullmatch(rf"(?P<what>{REF})\s*@\s*(?P<place>{REF}){number}", text, re.IGNORECASE)
    if match is None and not re.fullmatch(rf"{REF}{number}", text, re.IGNORECASE):
        match = re.fullmatch(rf"(?P<place>{REF})\s*:\s*(?P<what>{REF}){number}", text, re.IGNORECASE)
    if match is None:
        return
    what, place = (split_reference(match[name].replace(" ", ""))[1] for name in ("what", "place"))
    words = {"what": what, "place": place, "typed": f"--{do} {what}"}
    expected = Message("what there is fewer or more of anywhere, not at one place")
    repair = Message(
        "write {typed}, or for that place --at-most {place}:{what}=N, --at-least {place}:{what}=N, or --forbid "
        "{place}:{what} if none is to be there",
        **words,
    )
    raise Unclear(expected, repair, unit=what, place=place)


def _add(text: str) -> list[Data]:
    """Read the parts that a file adds, written as in an instance file, so that the what-if needs the file no more."""
    return [{"do": "add", "part": part, "data": item} for part, item in read_parts(text)]


def _remove(text: str) -> Changes:
    def read_one(part: str) -> Changes:
        return [{"do": "remove", "what": part}] if re.fullmatch(REF, part, re.IGNORECASE) else None

    return read_each(text, read_one)


def _rain(text: str) -> Changes:
    """Read how hard it rains, or the factors themselves.

    Raises
    ------
    Unclear : a factor that is no share, or one without what it is of.
    """
    strength = find_strength(text)
    if strength is not None:
        return [{"do": "rain", "strength": strength}]
    share = read_amount(text, "share of 1")
    if share is not None and share > 0 and not 1.0 < share <= MOST_RATIO:
        typed = write_share(share)
        whole = f"--rain drive={typed},march={typed},people={typed}"
        expected = Message("what is slower or fewer by it: drive, march or people")
        raise Unclear(expected, Message("write {typed}, or only those that are meant", typed=whole))
    factors: Data = {}
    for part in re.split(r"[;]|,(?=\s*[a-z])", text.strip().lower()):
        name, _, number = part.partition("=")
        field = next((field for field, words in RAINED.items() if name.strip() in words), None)
        value = read_amount(number, "share of 1")
        if field is None or value is None or value <= 0:
            return None
        if value > 1.0:
            expected = Message("a share of what is usual, such as 80% or 0.8")
            if value <= MOST_RATIO:
                raise Unclear(expected, Message("write 100% or less: rain makes nothing faster, and nothing more"))
            raise Unclear(expected, Message("write {name}={share}", name=name.strip(), share=write_share(value)))
        factors[field] = value
    return [{"do": "rain", **factors}]


def find_strength(text: str) -> str | None:
    """Find how hard it rains by what people call it."""
    return next((name for name, words in RAINS.items() if text.strip().lower() in words), None)


def write_share(number: float) -> str:
    """Write a share as per cent, which 80 was too where a share of 1 is meant."""
    return f"{number if number > MOST_RATIO else 100.0 * number:g}%"


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
    chance = number.strip() if find_anchor(number, CHANCE) else _share(number)
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
    "presence": read_presence,
    "move": read_move,
    "pin": read_limit("at_least", "at_most"),
    "at-least": read_limit("at_least"),
    "at-most": read_limit("at_most"),
    "forbid": read_forbidden,
    "keep": _keep,
}
