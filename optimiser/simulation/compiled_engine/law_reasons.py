"""Why a law of one's own cannot be compiled, in words that help: which line, what machine code lacks, what to write.

Each method of the law is compiled by itself first, which tells the line; and what
it gives back is looked at, because machine code would read beyond the end of too short a list.
"""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
from numba import njit, types

from optimiser.common.message import Message
from optimiser.model.laws.constants import Law
from optimiser.model.laws.escalation_law import EscalationLaw, Mood, View
from optimiser.simulation.compiled_engine.law_code import PARTS, CannotCompile
from optimiser.simulation.compiled_engine.native_record import RecordType
from optimiser.simulation.state import CHANNEL_COUNT, HARM_COUNT

SHOWN = 60  # characters of a line of source that are quoted
_NUMBER = (types.Float, types.Integer, types.Boolean)
_PLACE = re.compile(r'(?:File "(?P<file>[^"]+)", line (?P<line>\d+)|(?P<from>\S+\.py) \((?P<at>\d+)\))')
_SAID = (  # how numba says it, and what helps
    (
        r"Unknown attribute '(?P<name>\w+)' of type Record\(Law,",
        Message("the constants have no '{name}'; docs/model.md lists them"),
    ),
    (
        r"Unknown attribute '_replace' of type",
        Message("_replace is not known to machine code; write Mood(...) with all its values"),
    ),
    (
        r"Unknown attribute '(?P<name>\w+)' of type Module\(<module '(?P<module>[\w.]+)'",
        Message("'{name}' of {module} is not known to machine code; what `math` has is"),
    ),
    (
        r"Untyped global name 'super'",
        Message("super() is not known to machine code; call a function instead, such as escalation.rational_mood"),
    ),
    (
        r"Untyped global name '(?P<name>\w+)'.*?<class '(?P<kind>[\w.]+)'>",
        Message(
            "'{name}' is of type {kind}; from outside a law can use numbers, tuples of numbers and functions: make of "
            "what is read from it a number of the law, read as self.NAME"
        ),
    ),
    (
        r"Untyped global name '(?P<name>\w+)'",
        Message("'{name}' from outside cannot be used; a law can use numbers, tuples of numbers and functions"),
    ),
    (
        r"use of yield in a closure",
        Message("a generator has no fixed length; write the values out: (a, b, ...)"),
    ),
    (
        r"exception_match|Exception matching",
        Message("kinds of errors cannot be told apart by machine code; ask by `if` before it fails"),
    ),
    (r"The 'with ", Message("`with` is not known to machine code; a law only calculates")),
    (r"IMPORT_NAME", Message("an import inside a method; import it at the top of the file")),
    (r"f-string|unicode_type|'str'", Message("text cannot be made or compared by machine code; use numbers")),
    (r"name '(?P<name>\w+)' is not defined", Message("nothing is called '{name}'")),
    (
        r"Function\(<built-in function mul>\).*?mul\(\w*Tuple",
        Message("a tuple is not multiplied by machine code; write its values out: (a, b, ...)"),
    ),
    (
        r"is not written by a law|cannot set attribute",
        Message("a law keeps nothing from one moment to the next; set no attribute"),
    ),
    (
        r">>> (?P<call>[^\n]{1,200})",
        Message("machine code cannot do this with these values: {call}; it knows numbers, `math` and tuples"),
    ),
)


VIEW = types.NamedTuple((types.int64, *[types.float64] * (len(View._fields) - 1)), View)
MOOD = types.NamedUniTuple(types.float64, len(Mood._fields), Mood)


def check_methods(law: EscalationLaw, parts: Mapping[str, FunctionType], own: RecordType) -> None:
    """Compile each method of a law by itself, and check what it returns.

    Parameters
    ----------
    parts : its methods by name, as they are compiled.
    own : the law's own numbers, which its methods get as ``self``.

    Raises
    ------
    CannotCompile : one of them cannot be compiled, or returns what the simulation cannot use.
    """
    law_type = RecordType(Law)
    for name, arguments in zip(PARTS, ((VIEW,), (VIEW, MOOD), (VIEW, MOOD)), strict=True):
        function = parts[name]
        try:
            given = _compile(function, (own, law_type, *arguments))
        except Exception as error:  # numba has classes for what it cannot do, and more escapes from it than these
            raise CannotCompile(reason(error, function, law)) from error
        if not _fits(name, given):
            raise CannotCompile(_wanted(name, function))


def _compile(function: FunctionType, arguments: Sequence[Any]) -> Any:
    """Compile a function; returns the type of what it returns."""
    dispatcher: Any = njit(function)
    dispatcher.compile(tuple(arguments))
    return dispatcher.overloads[tuple(arguments)].signature.return_type


def _fits(name: str, given: Any) -> bool:
    if not isinstance(given, types.BaseTuple) or not all(isinstance(item, _NUMBER) for item in given):
        return False
    if name == "mood":
        return getattr(given, "instance_class", None) is Mood
    return len(given) == {"hazards": CHANNEL_COUNT, "harms": HARM_COUNT}[name]


def _wanted(name: str, function: FunctionType) -> Message:
    where = _where(function.__code__.co_filename, function.__code__.co_firstlineno)
    if name == "mood":
        return Message("{where}: give Mood(...) on every path, each of its values a number", where=where)
    count = str({"hazards": CHANNEL_COUNT, "harms": HARM_COUNT}[name])
    return Message(
        "{where}: give a tuple of {count} numbers on every path, no list: (a, b, ...)", where=where, count=count
    )


def reason(error: Exception, function: Callable[..., Any], law: EscalationLaw) -> Message:
    """Return why a method cannot be compiled: the line, what machine code lacks there, and what to write instead."""
    said, code = str(error), function.__code__
    where = _where(*_place(error, said, code.co_filename, code.co_firstlineno))
    return Message("{where}: {what}", where=where, what=_what(said, law))


def _what(said: str, law: EscalationLaw) -> Message:
    own = re.search(r"Unknown attribute '(\w+)' of type Record\(Numbers", said)
    if own is not None:
        return _own(own[1], law)
    for form, told in _SAID:
        found = re.search(form, said, re.DOTALL)
        if found is not None:
            return Message(told.one, **found.groupdict("")) if found.groupdict() else told
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("Failed in")]
    return Message.chain("", lines[:1] or [type(said).__name__])


def _own(name: str, law: EscalationLaw) -> Message:
    """Return what is wrong with an attribute of the law itself."""
    value = getattr(law, name, None)
    if callable(value):
        return Message("its method '{name}' cannot be called; write it as a function outside the class", name=name)
    if value is None:
        return Message("the law has no '{name}'", name=name)
    kind = type(value).__name__
    return Message(
        "its '{name}' is of type {kind}; of itself a law can read numbers: give each a name of its own",
        name=name,
        kind=kind,
    )


def _place(error: Exception, said: str, file: str, line: int) -> tuple[str, int]:
    """Find the line that an error is about: the last one named that is not inside numba; or else the function's first.

    Parameters
    ----------
    file, line : where the function begins.
    """
    inside = str(Path(numba.__file__).parent)
    loc = getattr(error, "loc", None)
    if loc is not None and not str(loc.filename).startswith(inside):
        return str(loc.filename), int(loc.line)
    for found in reversed(list(_PLACE.finditer(said))):
        name = found["file"] or found["from"]
        if "numba" not in Path(name).parts:
            return name, int(found["line"] or found["at"])
    return file, line


def _where(file: str, line: int) -> Message:
    text = linecache.getline(file, line).strip()
    name = Path(file).name
    if not text:
        return Message("line {line} of {file}", line=str(line), file=name)
    text = text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
    return Message("line {line} of {file}, `{text}`", line=str(line), file=name, text=text)
