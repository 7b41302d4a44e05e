"""A sentence with its values: English wherever it is read as text, and told again by a language that knows it.

What finds something out says it in English and at once; which language a reader reads is known only where it is shown.
A `Message` is that English text and keeps what it was made of, so that `Language` can say the same in other words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any


class Message(str):
    """An English text with the template and the values that it was made from.

    Parameters
    ----------
    one : template in English with ``{placeholders}``; where there are no values, the text itself.
    values : what goes into the placeholders: texts, other messages, and numbers, which may have a format,
        ``{share:.1f}``. A language writes numbers in its own form, so what a reader has to type in again, or a year, is
        given as text.
    """

    __slots__ = ("many", "number", "one", "values")
    one: str
    many: str | None
    number: int
    values: Mapping[str, object]

    def __new__(cls, one: str, /, **values: object) -> Message:
        return cls.made(one, None, 1, values)

    @classmethod
    def made(cls, one: str, many: str | None, number: int, values: Mapping[str, object]) -> Message:
        """Make a message from all its parts."""
        template = one if many is None or number == 1 else many
        message = super().__new__(cls, template.format_map(values) if values else template)
        message.one, message.many, message.number, message.values = one, many, number, values
        return message

    @classmethod
    def plural(cls, one: str, many: str, number: int, /, **values: object) -> Message:
        """Make a message that depends on a number, which stands in it as ``{n}``."""
        return cls.made(one, many, number, {"n": f"{number:,}", **values})

    @classmethod
    def chain(cls, between: str, parts: Iterable[str]) -> Message:
        """Put messages, or names, one after another."""
        values = {f"part{i}": part for i, part in enumerate(parts)}
        return cls.made(between.join(f"{{{name}}}" for name in values), None, 1, values)

    def __reduce__(self) -> tuple[object, ...]:
        return Message.made, (self.one, self.many, self.number, dict(self.values))

    def pack(self) -> dict[str, Any]:
        """Return the parts as what JSON can hold, from which `unpack` makes the same message."""
        values = {name: _pack(value) for name, value in self.values.items()}
        return {"one": self.one, "many": self.many, "number": self.number, "values": values}

    @classmethod
    def unpack(cls, parts: Mapping[str, Any]) -> Message:
        """Make the message that was packed."""
        values = {name: _unpack(value) for name, value in parts["values"].items()}
        return cls.made(parts["one"], parts["many"], parts["number"], values)


class ClockTime(str):
    """A time of day ``HH:MM`` among the values of a message; a language writes it in its form."""

    __slots__ = ()


def _unpack(value: object) -> object:
    if isinstance(value, Mapping):
        return ClockTime(value["clock"]) if "clock" in value else Message.unpack(value)
    return math.inf if value is None else value


def _pack(value: object) -> object:
    if isinstance(value, ClockTime):
        return {"clock": str(value)}
    if isinstance(value, Message):
        return value.pack()
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else None  # what is not finite has no place in JSON
    return str(value)
