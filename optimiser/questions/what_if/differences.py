"""What a what-if changed, from what to what: two instances compared field by field.

A planner reads here how a change was understood: ``March for a recount: turnout 1,500 -> 3,000 persons``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from optimiser.common.faults import spell
from optimiser.common.language import ENGLISH, Language
from optimiser.files.apply_whatif import EVERYWHERE, KEPT
from optimiser.files.workbook.cells import say_choice
from optimiser.model.instance import Instance
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.values.quantity import Amount, Count, Quantity, write_number

UNTOLD = ("id", "name", "source", "about")  # of a part that is added: said already, or no number
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")  # a date with a clock time, as files hold it
REPEATED = {"pins": "place", "travel.closures": "b"}  # field by which parts differ that one change adds many of
SHARE = "share of 1"  # unit of what people read in per cent
PLACES, FULL = 4, 15  # decimals, or digits below 1, of numbers that people read, and of those near each other
TOLD = 3  # places that are named in one line; assumed
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Difference:
    """One field that is not what it was, or one part that is new or gone.

    Attributes
    ----------
    path : where it stands, as ``--set`` takes it: ``gatherings.pawai.turnout``.
    owner : name of the part it belongs to, such as a gathering; empty where it is one of the whole instance.
    field : the field in words; empty where the part itself is new or gone.
    unit : of the field; empty where it has none.
    before, after : plain values, as in a file; None where there is none.
    """

    path: str
    owner: str
    field: str
    unit: str
    before: Any
    after: Any

    def tell(self, language: Language = ENGLISH) -> str:
        """Say it in one line."""
        if self.field:
            field = _tell_field(self.path.split("."), self.owner, language)
            before, after = _write_pair(self.before, self.after, self.unit, language)
            words = {"before": before, "after": after, "what": f"{self.owner}: {field}" if self.owner else field}
            if not self.unit or self.unit == SHARE:
                return language("{what} {before} -> {after}", **words)
            return language("{what} {before} -> {after} {unit}", unit=language(self.unit), **words)
        *above, _ = self.path.split(".")
        part = _tell_field(above, self.owner, language)
        what = f"{self.owner} ({part})" if self.owner else part
        if self.after is None and "name" in self.before:
            return language("{what}: taken away", what=what)
        if self.after is None:
            return language("{what}: taken away, {fields}", what=what, fields=_list(self.before, language, above[-1]))
        return language("{what}: added, {fields}", what=what, fields=_list(self.after, language, above[-1]))

    def __str__(self) -> str:
        return self.tell()


def tell_differences(differences: Sequence[Difference], language: Language = ENGLISH) -> list[str]:
    """Say what was changed, a line each; parts that are added for many places alike are told in one line."""
    told: list[str] = []
    for (part, field, _), group in itertools.groupby(differences, _alike):
        several = list(group)
        if _is_kept(several[0]):
            told.append(language("{place} stays as it is in the plan", place=several[0].after["place"]))
            continue
        if not field or len(several) == 1:
            told += [one.tell(language) for one in several]
            continue
        places = [str(one.after[field]) for one in several]
        shared = {name: value for name, value in several[0].after.items() if name != field}
        words = {"what": _name(part.split("."), language), "n": len(places), "places": ", ".join(places[:TOLD])}
        if everywhere := shared.get("why") == EVERYWHERE:
            del shared["why"]
        words["fields"] = _list(shared, language, part.rpartition(".")[2])
        if everywhere:
            told.append(language("{what}: {n} added, {fields}; for every place", **words))
        elif len(places) > TOLD:
            words["more"] = len(places) - TOLD
            told.append(language("{what}: {n} added, {fields}; for {places} and {more} more", **words))
        else:
            told.append(language("{what}: {n} added, {fields}; for {places}", **words))
    return told


def _is_kept(one: Difference) -> bool:
    """Tell whether a pin is added that leaves a place as it is in the plan."""
    return one.before is None and isinstance(one.after, Mapping) and one.after.get("why") == KEPT


def _alike(one: Difference) -> tuple[str, str, str]:
    """Return what lines are told together by: list of an added part, field that differs, all others; else itself."""
    part = one.path.rpartition(".")[0]
    if _is_kept(one):
        return part, "", one.after["place"]
    field = REPEATED.get(part, "")
    if not field or one.before is not None or one.after is None:
        return one.path, "", ""
    return part, field, repr({name: value for name, value in one.after.items() if name != field})


def list_differences(before: Instance, after: Instance) -> tuple[Difference, ...]:
    """List what is not the same in two instances, in the order of the format."""
    return tuple(_compare_parts(before, after, (), ""))


def _compare_parts(before: BaseModel, after: BaseModel, path: Path, owner: str) -> Iterator[Difference]:
    for name, info in type(before).model_fields.items():
        old, new = getattr(before, name), getattr(after, name)
        units = [m.unit for m in info.metadata if isinstance(m, Amount)] or [_unit(info.annotation)]
        yield from _compare(old, new, (*path, name), owner, units[0])


def _compare(old: Any, new: Any, path: Path, owner: str, unit: str) -> Iterator[Difference]:
    """Compare two values that stand at the same place."""
    if isinstance(old, BaseModel) and isinstance(new, BaseModel):
        yield from _compare_parts(old, new, path, owner)
    elif isinstance(old, tuple) and isinstance(new, tuple) and _holds_parts((*old, *new)):
        yield from _compare_lists(old, new, path, owner)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        constants = {c.name: (c.default, c.unit) for c in CONSTANTS} if path == ("law",) else {}
        for key in dict.fromkeys((*old, *new)):
            usual, own = constants.get(key, (None, unit))
            yield from _compare(old.get(key, usual), new.get(key, usual), (*path, key), owner, own)
    elif _plain(old) != _plain(new):
        bare = old is not None and new is not None and old == new  # only the range or the source differs
        told = [_plain(value) if bare else _bare(value) for value in (old, new)]
        words = spell(" ".join(_inner([str(part) for part in path], owner)))
        yield Difference(".".join(map(str, path)), owner, words, "" if unit == "1" else unit, *told)


def _compare_lists(old: Sequence[Any], new: Sequence[Any], path: Path, owner: str) -> Iterator[Difference]:
    """Compare lists of parts: those with identifiers by these, others by their order, see `_align`."""
    for key, one, other in _align(old, new):
        named = one if one is not None else other
        whose = owner or str(getattr(named, "name", ""))
        if one is None or other is None:
            where = ".".join(map(str, (*path, key)))
            yield Difference(
                where, whose, "", "", *(None if p is None else p.model_dump(mode="json") for p in (one, other))
            )
        elif one != other or _plain(one) != _plain(other):
            yield from _compare_parts(one, other, (*path, key), whose)


def _align(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[str | int, Any, Any]]:
    """Put the parts of two lists beside each other, each with its key; None where one has none.

    Parts without identifiers that are equal belong together: whatever is taken out of the middle moves those after it
    and changes none of them. Between equal ones parts belong together by their order.
    """
    if any(hasattr(part, "id") for part in (*old, *new)):
        first, second = ({part.id: part for part in parts} for parts in (old, new))
        yield from ((key, first.get(key), second.get(key)) for key in dict.fromkeys((*first, *second)))
        return
    before, after = ([str(_plain(part)) for part in parts] for parts in (old, new))
    for _, i, end, j, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for n in range(max(end - i, last - j)):
            one, other = old[i + n] if i + n < end else None, new[j + n] if j + n < last else None
            yield (i + n if one is not None else j + n), one, other


def _holds_parts(values: Sequence[Any]) -> bool:
    return bool(values) and all(isinstance(value, BaseModel) for value in values)


def _unit(annotation: Any) -> str:
    """Find the unit that a type carries inside, such as that of the values of a table."""
    for part in (*getattr(annotation, "__metadata__", ()), *get_args(annotation)):
        if isinstance(part, Amount):
            return part.unit
        if unit := _unit(part):
            return unit
    return ""


def _plain(value: Any) -> Any:
    """Return a value as a file holds it, with range and source."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return write_number(value) if isinstance(value, Quantity | Count) else _bare(value)


def _bare(value: Any) -> Any:
    """Return a value as a file holds it, without its range and source."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return [_bare(item) for item in value]
    if isinstance(value, Quantity | Count):
        return int(value) if isinstance(value, Count) else float(value)
    return value if value is None or isinstance(value, str | bool | int | float) else value.isoformat()


def _inner(path: Sequence[str], owner: str, said: int = 2) -> list[str]:
    """Return the fields of a path, without the first ones, which its owner's name says already."""
    return list(path[said:] if owner and len(path) > said else path)


def _name(fields: Sequence[str], language: Language) -> str:
    """Name a field by what it stands in, from outside in, as far as the language has no name for them together."""
    for k in range(len(fields)):
        whole = spell(" ".join(fields[k:]))
        if k == len(fields) - 1 or language.code == "en" or language(whole) != whole:
            return " ".join([*(language(spell(one)) for one in fields[:k]), language(whole)])
    return ""


def _tell_field(path: Sequence[str], owner: str, language: Language) -> str:
    """Name the field at the end of a path, and which part of a list within its owner it is of."""
    fields, keys = _split(path)
    field = _name(_inner(fields, owner, 1), language)
    for key in keys[1:] if owner else keys:
        words = {"field": field, "part": str(int(key) + 1) if key.isdigit() else key}
        field = language("{field} no. {part}", **words) if key.isdigit() else language("{field} of {part}", **words)
    return field


def _split(path: Sequence[str]) -> tuple[list[str], list[str]]:
    """Divide a path into names of fields, and what tells the parts of lists from each other: identifiers or numbers."""
    model: type[BaseModel] | None = Instance
    fields, keys, listed = [], [], False
    for step in path:
        if listed:
            keys.append(step)
            listed = False
            continue
        fields.append(step)
        info = model.model_fields.get(step) if model is not None else None
        model = None if info is None else _model(info.annotation)
        listed = info is not None and model is not None and get_origin(info.annotation) is tuple
    return fields, keys


def _model(annotation: Any) -> type[BaseModel] | None:
    """Find the model that a type holds, or a list of it; None where it holds none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model(part)) is not None), None)


def _write_pair(before: Any, after: Any, unit: str, language: Language) -> tuple[str, str]:
    """Write both sides of a difference rounded for people, and in full where that would make them the same."""
    for places in (PLACES, FULL):
        told = tuple(_write(value, language, places, unit) for value in (before, after))
        if told[0] != told[1]:
            break
    return told[0], told[1]


def _round(value: float, places: int) -> float:
    """Round to so many decimals, or so many significant digits of what is less than one."""
    return round(value, places) if abs(value) >= 1.0 else float(f"{value:.{places}g}")


def _write(value: Any, language: Language, places: int = PLACES, unit: str = "") -> str:
    """Write a plain value for people."""
    if value is None:
        return language("not set")
    if isinstance(value, bool):
        return language("yes") if value else language("no")
    if isinstance(value, int | float) and unit == SHARE:
        return language("{n} %", n=_write(_round(100.0 * value, places), language, places))
    if isinstance(value, int | float):
        return language.number(f"{_round(value, places):,}".removesuffix(".0"))
    if isinstance(value, Mapping):
        return f"({_list(value, language)})"
    if isinstance(value, list):
        return ", ".join(_write(item, language) for item in value) or language("none")
    if MOMENT.fullmatch(value):
        moment = dt.datetime.fromisoformat(value)
        return f"{language.date(moment.date())} {language.clock(f'{moment:%H:%M}')}"
    if value == "heads":
        return language("heads")
    return language.clock(value) if CLOCK.fullmatch(value) else say_choice(str(value), language.code)


def _list(values: Mapping[str, Any], language: Language, part: str = "") -> str:
    """Write the fields of a part that say something, one after another."""
    told = {name: value for name, value in values.items() if name not in UNTOLD and value not in (None, "", [], {})}
    fields = {name: spell(f"{part} {name}".strip()) for name in told}  # a language may name it by both only
    known = {
        name: language(field) if language(field) != field else language(spell(name)) for name, field in fields.items()
    }
    return ", ".join(f"{known[name]} {_write(value, language)}" for name, value in told.items())
