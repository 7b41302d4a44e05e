"""From the bytes of a file to plain data: a file is not trusted, so its size, its nesting and its text come first."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import FILE, make_fault
from optimiser.common.message import Message
from optimiser.common.numerals import Written, find_unclear

MOST_BYTES = 20_000_000  # assumed: far above any instance within the limits of the format
MOST_NESTED = 32  # levels of tables and lists; the format needs 7, a plan 5
MOST_ENTRIES = 50_000  # entries of one list or table; the longest, a road network, is far shorter
MOST_VALUES = 2_000_000  # values in all: a matrix of 1,400 places
MOST_FAULTS = 1000  # faults listed; more help nobody

LOOKED_AT = 5000  # characters of a table among which its separator is looked for
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # Excel's "Unicode text" begins with one of them
# strings and comments, also unfinished ones, so that the search never starts over: it must stay linear
_TOML_STRING = re.compile(r'"(?:\\.|[^"\\\n])*+"?' + r"|'[^'\n]*+'?|#[^\n]*+")
_LONG_KEY = re.compile(r"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){32}")


def oversize(source: str) -> InputFault:
    """Return the fault of a file that is too large."""
    expected, repair = Message("at most {n:,} bytes", n=MOST_BYTES), Message("leave out what is not needed")
    return file_fault(source, "too-large", Message("more"), expected, repair)


def split_table(text: str, source: str) -> list[list[str]]:
    """Split CSV into cells, by the separator that most of its first lines have: spreadsheets write , or ; by country.

    Raises
    ------
    InputFault : it cannot be split.
    """
    counts = {mark: [line.count(mark) for line in text[:LOOKED_AT].splitlines()] for mark in ",;\t"}
    mark = max(counts, key=lambda mark: (sum(map(bool, counts[mark])), sum(counts[mark])))
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as error:
        expected = Message("valid {format} ({reason})", format="CSV", reason=str(error))
        fault = make_fault("bad-syntax", FILE, None, expected, Message("correct the text there"))
        raise InputFault(source, [fault]) from error


def decode(raw: bytes, source: str, wide: bool = False) -> str:
    """Read bytes as UTF-8.

    Parameters
    ----------
    wide : whether they may be UTF-16 where they begin as such, as spreadsheets write tables.

    Raises
    ------
    InputFault : they are too many, or no text.
    """
    if len(raw) > MOST_BYTES:
        raise oversize(source)
    try:
        return raw.decode("utf-16" if wide and raw.startswith(_WIDE) else "utf-8-sig")
    except UnicodeDecodeError as error:
        found, expected = Message("byte {number} is none", number=error.start), Message("UTF-8 text")
        raise file_fault(source, "not-text", found, expected, Message("save the file as UTF-8")) from error


def parse_text(text: str, kind: str, source: str) -> Any:
    """Parse TOML or JSON, by the ending of the file's name.

    Raises
    ------
    InputFault : the text is neither, too deep, or gives a field twice.
    """
    twice: list[str] = []

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) < len(pairs):
            twice.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return content

    try:
        if kind == ".json":
            data = json.loads(text, object_pairs_hook=table)
        elif _LONG_KEY.search(_TOML_STRING.sub("s", text)):
            raise RecursionError  # tomllib's time grows with the square of a dotted key
        else:
            data = tomllib.loads(text)
    except RecursionError as error:
        raise _nested(source) from error
    except ValueError as error:
        raise InputFault(source, [_syntax(text, str(error), kind)]) from error
    if twice:
        expected, repair = Message("each field once in its table"), Message("remove one of them")
        faults = [make_fault("duplicate-key", FILE, key, expected, repair) for key in twice]
        raise InputFault(source, cut(faults))
    return data


def refuse_unclear(text: str, kind: str, source: str) -> None:
    """Refuse numbers of a TOML document that can be read in two ways, where people type it as they type a phrase.

    Parts written as in an instance, with coordinates among them, are left alone, and so is JSON, which programs write.

    Raises
    ------
    InputFault : there are some; all of them.
    """
    if kind == ".json":
        return
    found = find_unclear(tomllib.loads(text, parse_float=Written.read))
    faults = [
        make_fault("wrong-type", place, Message.chain("", [number]), readings.expected, readings.repair)
        for place, number, readings in found
        if ".data." not in place
    ]
    if faults:
        raise InputFault(source, cut(faults))


def _syntax(text: str, message: str, kind: str) -> Fault:
    """Turn the parser's message, which names line and column in its own way, into a fault."""
    reason = re.split(r" \(at |; use sys|: line ", message, maxsplit=1)[0]
    reason = reason if reason.isprintable() else ascii(reason)
    where = re.search(r"line (\d+)(?:,| )? ?column (\d+)", message)
    place, found = FILE, None
    if where:
        place = Message("line {line}, column {column}", line=where[1], column=where[2])
        found = text.split("\n")[int(where[1]) - 1].strip()
    expected = Message("valid {format} ({reason})", format=kind[1:].upper(), reason=reason)
    return make_fault("bad-syntax", place, found, expected, Message("correct the text there"))


def file_fault(source: str, code: str, found: Message, expected: Message, repair: Message) -> InputFault:
    """Return the fault of a file as a whole."""
    return InputFault(source, [make_fault(code, FILE, found, expected, repair)])


def _nested(source: str) -> InputFault:
    expected = Message("at most {n} levels of tables and lists", n=MOST_NESTED)
    return file_fault(source, "too-deep", Message("more"), expected, Message("flatten the file"))


def check_size(data: Any, source: str) -> None:
    """Refuse deep nesting and endless lists before anything walks through the data or lists its faults."""
    level = [data] if isinstance(data, Mapping | list | tuple) else []
    values = 0
    for _ in range(MOST_NESTED):
        sizes = [len(holder) for holder in level]
        values += sum(sizes)
        if max(sizes, default=0) > MOST_ENTRIES or values > MOST_VALUES:
            words = {"entries": MOST_ENTRIES, "values": MOST_VALUES}
            expected = Message("at most {entries:,} entries in a list or table, {values:,} in all", **words)
            raise file_fault(source, "too-many", Message("more"), expected, Message("leave out what is not needed"))
        level = [inner for holder in level for inner in _inside(holder) if isinstance(inner, Mapping | list | tuple)]
        if not level:
            return
    raise _nested(source)


def _inside(holder: Any) -> Any:
    return holder.values() if isinstance(holder, Mapping) else holder


def cut(faults: list[Fault]) -> list[Fault]:
    """List no more faults than help anybody, and say how many more there are."""
    if len(faults) <= MOST_FAULTS:
        return faults
    rest = Message.plural("{n} further fault", "{n} further faults", len(faults) - MOST_FAULTS)
    last = make_fault("more-faults", FILE, rest, Message("none"), Message("repair the others first"))
    return [*faults[:MOST_FAULTS], last]
