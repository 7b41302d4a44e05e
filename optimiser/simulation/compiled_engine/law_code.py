"""A law as machine code freezes it: which of its parts can be compiled, and what they refer to.

The numbers of a law, those that its methods read from ``self``, are data: one machine code serves every law of a class.
But machine code holds the values of names outside a method as they were when it was compiled. So they are part of the
name of the machine code: where one of them is another, the law is compiled anew.
"""

from __future__ import annotations

import hashlib
import inspect
import marshal
from collections.abc import Callable, Iterator
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from optimiser.common.message import Message
from optimiser.model.laws.choice import LAWS
from optimiser.model.laws.escalation_law import EscalationLaw

PARTS = ("mood", "hazards", "harms")


class CannotCompile(Exception):
    """A law cannot be turned into machine code.

    Attributes
    ----------
    message : why, and what to write instead.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def part_of(law: EscalationLaw, name: str) -> FunctionType:
    """Give a method of a law as a plain function.

    Raises
    ------
    CannotCompile : it is none, or an attribute of this one law stands in its place.
    """
    method = inspect.getattr_static(type(law), name, None)
    function = method.__func__ if isinstance(method, staticmethod) else method
    if not isinstance(function, FunctionType) or name in getattr(law, "__dict__", {}):
        raise CannotCompile(Message("its '{name}' is not a method written in its class; write it there", name=name))
    return function


def law_fingerprint(law: EscalationLaw) -> str:
    """Hash the methods of a law and whatever they refer to, functions and numbers alike.

    Raises
    ------
    CannotCompile : see `part_of`.
    """
    digest, seen = hashlib.sha256(), set[int]()
    for name in PARTS:
        for piece in _pieces(part_of(law, name), seen):
            digest.update(piece)
    return digest.hexdigest()[:16]


def _pieces(function: FunctionType, seen: set[int]) -> Iterator[bytes]:
    """Give what a function is made of and refers to, functions that it calls included."""
    if id(function) in seen:
        return
    seen.add(id(function))
    yield marshal.dumps(function.__code__, 2)  # later versions also write which parts others refer to
    yield repr((function.__defaults__, function.__kwdefaults__)).encode()
    names = sorted(_names(function.__code__))
    values = [function.__globals__[name] for name in names if name in function.__globals__]
    values += [cell.cell_contents for cell in function.__closure__ or ()]
    for known in values:
        value = getattr(known, "py_func", known)  # of a function that numba has compiled
        if isinstance(value, FunctionType):
            yield from _pieces(value, seen)
        elif isinstance(value, ModuleType):
            yield repr([vars(value)[n] for n in names if isinstance(vars(value).get(n), (int, float))]).encode()
        elif isinstance(value, np.ndarray):
            yield value.tobytes()
        else:
            yield repr(value).encode()


def freeze(
    function: FunctionType, adopt: Callable[[FunctionType], Any], known: dict[int, FunctionType] | None = None
) -> FunctionType:
    """Copy a function with what it refers to as that is now, plain functions that it calls included.

    numba compiles a function once for all and keeps what it referred to then. The copy is another function, so that a
    law whose surroundings have changed gets machine code of its own down to the last function that it calls.

    Parameters
    ----------
    adopt : is given every copy of a function that is called, so that compiled code may call it.
    known : copies made so far, by the id of their originals.
    """
    known = {} if known is None else known
    if id(function) in known:
        return known[id(function)]

    def copied(value: Any) -> Any:
        if not isinstance(value, FunctionType) or str(value.__module__).split(".")[0] == "optimiser":
            return value
        fresh = id(value) not in known
        copy = freeze(value, adopt, known)
        if fresh:
            adopt(copy)
        return copy

    around = function.__globals__
    space: dict[str, Any] = {name: around[name] for name in ("__builtins__", "__name__") if name in around}
    cells = tuple(CellType() for _ in function.__closure__ or ()) or None
    copy = FunctionType(function.__code__, space, function.__name__, function.__defaults__, cells)
    copy.__kwdefaults__, copy.__module__, copy.__qualname__ = (
        function.__kwdefaults__,
        function.__module__,
        function.__qualname__,
    )
    known[id(function)] = copy
    space.update({name: copied(around[name]) for name in _names(function.__code__) if name in around})
    for cell, original in zip(cells or (), function.__closure__ or (), strict=True):
        cell.cell_contents = copied(original.cell_contents)
    return copy


def _names(code: CodeType) -> set[str]:
    """Names that code refers to, that of functions within included."""
    return set(code.co_names).union(*(_names(c) for c in code.co_consts if isinstance(c, CodeType)))


def numbers_of(law: EscalationLaw) -> dict[str, float | int]:
    """Give what a method of a law may read from itself: its attributes that are numbers; True counts as 1.

    Whole numbers beyond 64 bits are none, for machine code has no others.
    """
    found: dict[str, float | int] = {}
    for name in dir(law):
        if name.startswith("__"):
            continue
        try:
            value = getattr(law, name)
        except Exception:  # a property that fails; whoever asks for it will see
            continue
        if isinstance(value, float):
            found[name] = float(value)
        elif isinstance(value, int) and -(2**63) <= value < 2**63:
            found[name] = int(value)
    return found


def is_ours(law: object) -> bool:
    """Tell whether a law is one that comes with the package, nothing of it replaced: what is proved of those holds."""
    return type(law) in LAWS.values() and not vars(law)
