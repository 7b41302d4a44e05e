"""Small changes to an instance as data: where a number stands and what it shall be; in memory, or in the file itself.

A file in TOML keeps its comments, its order and whatever is not changed.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel
from tomlkit.exceptions import TOMLKitError

from optimiser.common.errors import FileTrouble, InputFault
from optimiser.common.faults import Keys, write_place
from optimiser.common.message import Message
from optimiser.files.read import parse, read, read_text
from optimiser.files.synthetic.town import to_toml
from optimiser.model.instance import FORMAT, Instance
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.model.values.quantity import Count, Quantity, write_number

MADE_BY_HAND = ".toml"  # kind of file that may hold comments


@dataclass(frozen=True)
class Edit:
    """One change: ``Edit(("sectors", 0, "lat"), -4.1)``.

    Attributes
    ----------
    keys : where, from the top of the instance; an index one beyond the end of a list appends to it.
    value : plain value to put there, a number, text, list or table; None removes what is there.
    """

    keys: Keys
    value: Any

    def __str__(self) -> str:
        return f"{write_place(self.keys)} = {self.value}"


def amend(instance: Instance, edits: Iterable[Edit]) -> Instance:
    """Make a changed copy; its values are checked one by one, not against each other (`read.parse` does that).

    Raises
    ------
    pydantic.ValidationError : a value is none that the format takes.
    """
    return Instance.model_validate(amend_data(instance, edits), context=SHAPE_ONLY).note(instance.noted)


def amend_data(instance: Instance, edits: Iterable[Edit]) -> dict[str, Any]:
    """Return a changed copy as plain tables, lists and values; what has its default is left out."""
    data = file_values(instance)
    for edit in edits:
        _apply(data, edit)
    return data


def file_values(instance: Instance) -> dict[str, Any]:
    """Return an instance as plain tables, lists and values, as `read.parse` takes them; defaults are left out."""
    return {"format": FORMAT, **_unfold(instance)}


def write_amended(path: str | Path, edits: Iterable[Edit], to: str | Path) -> str:
    """Return the text of an instance file with changes in it.

    Parameters
    ----------
    path : instance as `read.read` takes it.
    to : file that the text is meant for; its name tells the format. From TOML to TOML comments and order stay.

    Raises
    ------
    FileTrouble : a file cannot be read, or `to` ends in neither ``.toml`` nor ``.json``.
    InputFault : the file, or what it becomes by the changes, cannot be used; all faults.
    """
    kind = Path(to).suffix.lower()
    if kind not in (".toml", ".json"):
        if kind == ".xlsx":
            words = {"file": str(to), "toml": str(Path(to).with_suffix(".toml"))}
            raise FileTrouble(
                Message(
                    "{file}: write {toml}, then make the workbook: optimiser template {file} --from {toml}", **words
                )
            )
        raise FileTrouble(Message("{file}: what is written must end in .toml or .json", file=to))
    edits = tuple(edits)
    instance = read(path)  # names what is wrong with the file itself before anything is changed in it
    text, source = ("", ".xlsx") if str(path).lower().endswith(".xlsx") else read_text(path)
    data = _thaw(tomllib.loads(text)) if source == MADE_BY_HAND else file_values(instance)
    for edit in edits:
        _apply(data, edit)
    changed = parse(data, str(path))
    if kind == source == MADE_BY_HAND and (kept := _edit_text(text, edits, changed)) is not None:
        return kept
    if kind == MADE_BY_HAND:
        return to_toml(file_values(changed))
    return json.dumps(file_values(changed), indent=2, default=dt.datetime.isoformat, allow_nan=False) + "\n"


def _edit_text(text: str, edits: Iterable[Edit], meant: Instance) -> str | None:
    """Change the text in place; None where that does not give what is meant."""
    try:
        document, sections = tomlkit.parse(text), dict[str, Any]()
        for edit in edits:
            name, *inner = edit.keys
            if isinstance(name, str) and not inner and name not in document and isinstance(edit.value, list):
                sections[name] = edit.value  # a section of its own, behind all others
            else:
                _apply(document, edit)
        kept = tomlkit.dumps(document)
        if sections:
            kept = f"{kept.rstrip()}\n\n{to_toml(sections)}"
        return kept if parse(tomllib.loads(kept)) == meant else None
    except (TOMLKitError, ValueError, InputFault):
        return None


def _apply(data: Any, edit: Edit) -> None:
    *path, last = edit.keys
    here = data
    for key in path:
        if isinstance(key, str) and key not in here:
            here[key] = {}
        here = here[key]
    if edit.value is None:
        if isinstance(last, int) or last in here:
            del here[last]
    elif isinstance(last, int) and last == len(here):
        here.append(_thaw(edit.value))
    else:
        here[last] = _thaw(edit.value)


def _unfold(value: Any) -> Any:
    """Turn models into tables without what is at its default; a range or a source beside the default stays."""
    if isinstance(value, BaseModel):
        fields = {name: (field, _unfold(getattr(value, name))) for name, field in type(value).model_fields.items()}
        return {
            name: inner
            for name, (field, inner) in fields.items()
            if inner is not None and (field.is_required() or inner != _unfold(field.default))
        }
    if isinstance(value, Mapping):
        return {key: _unfold(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_unfold(inner) for inner in value]
    return write_number(value) if isinstance(value, Quantity | Count) else value


def _thaw(value: Any) -> Any:
    """Copy tables and lists, so that the copy can be changed in place."""
    if isinstance(value, Mapping):
        return {key: _thaw(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_thaw(inner) for inner in value]
    return value


def changed_parts(before: Instance, after: Instance) -> tuple[str, ...]:
    """Name the fields of an instance that two of them do not have in common."""
    fields: Iterable[str] = type(before).model_fields
    return tuple(name for name in fields if getattr(before, name) != getattr(after, name))
