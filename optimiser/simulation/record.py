"""Records of numbers that read the same in Python and in compiled code.

A record is a class whose annotations give type and shape of each attribute. In Python its attributes are numbers and
nested lists, which Python reads fast; `compiled_engine` gives machine code the same record as arrays behind one
pointer. A function that touches nothing but records, numbers and tuples therefore runs in both, from one source.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

Floats = list[float]
Ints = list[int]
FloatRows = list[list[float]]
IntRows = list[list[int]]
FloatGrids = list[list[list[float]]]
IntGrids = list[list[list[int]]]
KEY = "key"  # marks whole numbers of 64 bits without sign

Size = str | int


class Field(NamedTuple):
    """One attribute: its name, ``f`` (float), ``i`` (int), ``u`` (key) or a record, and the names of its axes."""

    name: str
    kind: str | type
    axes: tuple[Size, ...]


class Record:
    """A record whose arrays are full of zeros.

    Parameters
    ----------
    sizes : length of each named axis.
    """

    def __init__(self, sizes: Mapping[str, int]) -> None:
        for field in list_fields(type(self)):  # type: ignore[arg-type]  # a class is hashable
            if isinstance(field.kind, str):
                shape = tuple(sizes[a] if isinstance(a, str) else a for a in field.axes)
                setattr(self, field.name, _zeros(shape, 0.0 if field.kind == "f" else 0))


@cache
def list_fields(record: Any) -> tuple[Field, ...]:
    """List the attributes of a record class, or of a named tuple of floats, in order.

    Raises
    ------
    TypeError : an annotation is neither a number, an annotated list of numbers nor a record.
    """
    hints = get_type_hints(record, include_extras=True)
    return tuple(_field(name, hint) for name, hint in hints.items())


def _field(name: str, hint: Any) -> Field:
    marks = hint.__metadata__ if get_origin(hint) is Annotated else ()
    kind = get_args(hint)[0] if marks else hint
    if isinstance(kind, type) and (issubclass(kind, Record) or hasattr(kind, "_fields")):
        return Field(name, kind, ())
    axes = tuple(mark for mark in marks if isinstance(mark, (str, int)) and mark != KEY)
    depth = 0
    while get_origin(kind) is list:
        kind, depth = get_args(kind)[0], depth + 1
    if kind not in (int, float) or (depth and depth != len(axes)):
        raise TypeError(f"{name}: {hint} cannot be an attribute of a record")
    letter = "f" if kind is float else "u" if KEY in marks else "i"
    return Field(name, letter, axes if depth else ())


def _zeros(shape: tuple[int, ...], zero: float) -> Any:
    if not shape:
        return zero
    if len(shape) == 1:
        return [zero] * shape[0]
    return [_zeros(shape[1:], zero) for _ in range(shape[0])]
