"""The signature of an escalation law: a hash of all that decides what it says, the same in every process.

Results are kept by what decides them. Of a law that ships, the version of the program says enough; a law of one's own
has no version, so its code and its numbers are read instead. Names of files and numbers of lines play no part.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator
from functools import cached_property
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.simulation.compiled_engine.law_code import is_ours

SHOWN = 16  # digits of a signature: 64 bits, of which no two laws of one user will share all


def sign(law: EscalationLaw | None) -> str:
    """Return the signature of a law; empty for the default one.

    Raises
    ------
    OptimiserError : it keeps something that is no plain value, so that another law cannot be told from it.
    """
    if law is None or (is_ours(law) and type(law) is DefaultLaw):
        return ""
    digest, seen = hashlib.sha256(), set[int]()
    for piece in (repr(law.name).encode(), *_class_pieces(type(law), seen), *_own_pieces(law)):
        digest.update(piece + b"\0")
    return digest.hexdigest()[:SHOWN]


def _own_pieces(law: EscalationLaw) -> Iterator[bytes]:
    """Return what this one law keeps, besides what its class does."""
    for name, value in sorted(getattr(law, "__dict__", {}).items()):
        try:
            yield repr(name).encode() + _plain(value)
        except TypeError:
            words = {"law": law.name, "name": name, "kind": type(value).__name__}
            said = Message(
                "results are kept by what decides them, and nothing tells when '{name}' of the law '{law}' is another "
                "{kind}; let the law keep only numbers, texts, arrays and tables of these",
                **words,
            )
            raise OptimiserError(said) from None


def _class_pieces(kind: type, seen: set[int]) -> Iterator[bytes]:
    """Return what a class is made of, what it inherits included."""
    if id(kind) in seen:
        return
    seen.add(id(kind))
    yield kind.__qualname__.encode()
    for name in dir(kind):
        value = inspect.getattr_static(kind, name)
        if not (name.startswith("__") and name.endswith("__")) or isinstance(value, FunctionType):
            yield name.encode()
            yield from _pieces(value, seen, kind.__module__)


def _pieces(value: Any, seen: set[int], home: str) -> Iterator[bytes]:
    """Return what a value is made of; of what is none of the law's own and no number only its name."""
    value = getattr(value, "py_func", value)  # of a function that numba has compiled
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if isinstance(value, (property, cached_property)):
        value = value.fget if isinstance(value, property) else value.func
    if isinstance(value, FunctionType):
        yield from _function_pieces(value, seen)
    elif isinstance(value, type):
        own = value.__module__ == home
        yield from _class_pieces(value, seen) if own else (f"{value.__module__}.{value.__qualname__}".encode(),)
    else:
        try:
            yield _plain(value)
        except TypeError:
            yield f"{type(value).__module__}.{type(value).__qualname__}".encode()


def _function_pieces(function: FunctionType, seen: set[int]) -> Iterator[bytes]:
    if id(function) in seen:
        return
    seen.add(id(function))
    yield from _code_pieces(function.__code__)
    yield _plain_or_name((function.__defaults__, function.__kwdefaults__))
    names = sorted(_names(function.__code__))
    known = function.__globals__
    for name in names:
        value = known.get(name)
        if isinstance(value, ModuleType):
            for inner in names:
                if hasattr(value, inner):
                    yield f"{name}.{inner}".encode()
                    yield from _pieces(getattr(value, inner), seen, function.__module__)
        elif name in known:
            yield name.encode()
            yield from _pieces(value, seen, function.__module__)
    for cell in function.__closure__ or ():
        yield from _pieces(cell.cell_contents, seen, function.__module__)


def _code_pieces(code: CodeType) -> Iterator[bytes]:
    yield code.co_code
    yield repr((code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_argcount)).encode()
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code_pieces(constant)
        else:
            yield _plain_or_name(constant)


def _names(code: CodeType) -> set[str]:
    """Names that code refers to, that of functions within included."""
    return set(code.co_names).union(*(_names(c) for c in code.co_consts if isinstance(c, CodeType)))


def _plain_or_name(value: Any) -> bytes:
    try:
        return _plain(value)
    except TypeError:
        return type(value).__qualname__.encode()


def _plain(value: Any) -> bytes:
    """Write a plain value so that equal ones are written alike.

    Raises
    ------
    TypeError : it is none.
    """
    if value is None or value is ... or isinstance(value, (bool, int, float, complex, str, bytes)):
        return f"{type(value).__name__} {value!r}".encode("utf-8", errors="surrogatepass")
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return repr((value.dtype.str, value.shape)).encode() + value.tobytes()
    if isinstance(value, (tuple, list)):
        return type(value).__name__.encode() + b"(" + b",".join(_plain(item) for item in value) + b")"
    if isinstance(value, (set, frozenset)):
        return b"{" + b",".join(sorted(_plain(item) for item in value)) + b"}"
    if isinstance(value, dict):
        return b"{" + b",".join(sorted(_plain(k) + b":" + _plain(v) for k, v in value.items())) + b"}"
    raise TypeError(type(value).__name__)
