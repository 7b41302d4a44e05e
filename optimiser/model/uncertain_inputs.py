"""What is only known within a range: every input that states a low and a high, and the constants of the law.

Values of an instance are changed here without reading it again; limits of fields hold, because a range lies within
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from optimiser.common.faults import spell
from optimiser.common.message import Message
from optimiser.model.instance import Instance
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.laws.ranges import plausible_range
from optimiser.model.parts.itinerary import Route
from optimiser.model.values.base import Model
from optimiser.model.values.quantity import Amount, Count, Quantity

Path = tuple[str | int, ...]
CROWD = ("gatherings", "triggers")  # parts of an instance that say who comes and in what mood


@dataclass(frozen=True)
class Input:
    """One number with a plausible range.

    Attributes
    ----------
    path : where it stands in the instance, for example ``("gatherings", 0, "turnout")``.
    name : what it is, in the words of the file.
    low, value, high : in the unit of the field.
    whole : whether only whole numbers are meant.
    source : where the value comes from.
    """

    path: Path
    name: str
    unit: str
    low: float
    value: float
    high: float
    whole: bool
    source: str

    @property
    def where(self) -> str:
        """Where it stands as faults of a file write it, for example ``gatherings[0].turnout``."""
        return spell_path(self.path)

    @property
    def crowd(self) -> bool:
        """Whether it says who comes, in what mood, and who receives them."""
        return self.path[0] in CROWD or "official" in self.path

    def at(self, share: float) -> float:
        """Return the value at a share of the range: 0 is low, 1 is high."""
        value = self.low + share * (self.high - self.low)
        return float(round(value)) if self.whole else value


def spell_path(path: Path) -> str:
    """Write a path as faults of a file do."""
    parts = [f"[{p}]" if isinstance(p, int) else f".{p}" for p in path]
    return "".join(parts).removeprefix(".")


def list_inputs(instance: Instance, law: bool = True) -> tuple[Input, ...]:
    """List every input with a range, in the order of the instance; then the constants of the law.

    A constant that the instance sets without a range keeps the plausible range of the law, widened to hold it.

    Parameters
    ----------
    law : whether to list the constants of the law too.
    """
    found = [one for one in _walk(instance, (), "") if one.high > one.low and one.path[0] != "law"]
    if not law:
        return tuple(found)
    for constant in CONSTANTS:
        low, value, high = plausible_range(instance.law, constant)
        name = Message("law: {meaning}", meaning=Message(constant.meaning))
        found.append(Input(("law", constant.name), name, constant.unit, low, value, high, False, constant.source))
    return tuple(found)


def change(instance: Instance, values: Mapping[Path, float]) -> Instance:
    """Return the instance with other values at some paths.

    Raises
    ------
    KeyError : the instance has nothing there.
    """
    changed: Any = instance
    for path, value in values.items():
        changed = _set(changed, path, value)
    result: Instance = changed
    return result


def number_at(instance: Instance, path: Path) -> float:
    """Return the number at a path of the instance.

    Raises
    ------
    KeyError, AttributeError, IndexError : the instance has nothing there.
    """
    part: Any = instance
    for step in path:
        part = part[step] if isinstance(step, int) or isinstance(part, dict) else getattr(part, step)
    return float(part)


def _or(value: float | None, other: float) -> float:
    return other if value is None else value


def _walk(part: Any, path: Path, name: str) -> Iterator[Input]:
    if isinstance(part, BaseModel):
        own = str(getattr(part, "name", "")) if path else ""
        name = f"{name}, {part.id}" if isinstance(part, Route) else own or name
        for field, info in type(part).model_fields.items():
            value, here = getattr(part, field), (*path, field)
            if isinstance(value, Quantity | Count):
                units = [m.unit for m in info.metadata if isinstance(m, Amount)]
                yield from _input(value, here, _label(name, path, field), units[0] if units else "")
            else:
                yield from _walk(value, here, name)
    elif isinstance(part, tuple):
        for i, item in enumerate(part):
            yield from _walk(item, (*path, i), name)
    elif isinstance(part, dict):
        for key, item in part.items():
            if isinstance(item, Quantity | Count):
                yield from _input(item, (*path, key), _label(name, path, key, listed=True), "")
            else:
                yield from _walk(item, (*path, key), name)


def _input(value: Quantity | Count, path: Path, name: str, unit: str) -> Iterator[Input]:
    if value.low is None and value.high is None:
        return
    low, high = _or(value.low, value), _or(value.high, value)
    whole = isinstance(value, Count)
    yield Input(path, name, unit, float(low), float(value), float(high), whole, value.source or "assumed")


def _label(name: str, path: Path, field: str, listed: bool = False) -> Message:
    """Name a field by its owner, the part that it belongs to where that has no name of its own, and itself.

    Parameters
    ----------
    listed : whether the field is a key that the file chooses, which no language knows.
    """
    inner = [p for p in path if isinstance(p, str)]
    group = inner[-1] if len(inner) > 1 else ""
    own = spell(f"{group} {field}".strip())
    what = Message("{what} {key}", what=spell(group), key=field) if listed else own
    if name:
        return Message("{owner}: {what}", owner=name, what=what)
    return Message("{owner}: {what}", owner=spell(inner[0]), what=what) if inner else what


def _set(part: Any, path: Path, value: float) -> Any:
    """Copy a part with one value changed deep inside."""
    if not path:
        return Count(round(value)) if isinstance(part, Count) else Quantity(value)
    step, rest = path[0], path[1:]
    if isinstance(part, Model):
        if not isinstance(step, str) or step not in type(part).model_fields:
            raise KeyError(step)
        return part.altered(**{step: _set(getattr(part, step), rest, value)})
    if isinstance(part, tuple) and isinstance(step, int):
        if not 0 <= step < len(part):
            raise KeyError(step)
        return (*part[:step], _set(part[step], rest, value), *part[step + 1 :])
    return type(part)({**part, step: _set(part.get(step), rest, value)})
