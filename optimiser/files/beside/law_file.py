"""Constants of the law in a file of their own: the table ``[law]`` of an instance, which names the file instead.

An instance says ``law = "law.toml"``; the file lies beside it. `optimiser calibrate --out` writes such files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from optimiser.common.errors import BadSetting, Fault, InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.model.laws.ranges import PlausibleRange

ENDING = ".toml"


def take_law(data: Any, path: Path | None, source: str, load: Any) -> Any:
    """Return the data of an instance with the constants of the law file that it names, if it names one.

    Parameters
    ----------
    path : of the file of the instance; None where it was no file.
    load : reads a TOML file.

    Raises
    ------
    FileTrouble : the law file cannot be read.
    InputFault : it is named by more than a file name, or holds no constants.
    """
    name = data.get("law") if isinstance(data, Mapping) else None
    if not isinstance(name, str) or path is None:
        return data
    if Path(name).name != name or not name.endswith(ENDING):
        expected = Message("the name of a file .toml beside the instance, or a table of constants")
        fault = make_fault("bad-file-name", "law", name, expected, Message("move the file beside the instance"))
        raise InputFault(source, [fault])
    file = path.parent / name
    found = load(file)
    constants = found.get("law") if isinstance(found, Mapping) else None
    if not isinstance(constants, Mapping) or len(found) > 1:
        expected = Message("one table [law] with constants")
        fault = make_fault("wrong-type", "law", constants, expected, Message("write the constants below [law]"))
        raise InputFault(str(file), [fault])
    return {**data, "law": dict(constants)}


def refuse_named_law(name: str) -> Fault:
    """Return the fault of an instance that names a law file although it is no file itself: nothing lies beside it."""
    expected = Message("a table of constants; a law file lies beside the file of an instance, and this is no file")
    repair = Message("put what stands below [law] in that file in the place of its name")
    return make_fault("wrong-type", "law", name, expected, repair)


def demand_name(path: Path) -> None:
    """Refuse a file that no instance could name.

    Raises
    ------
    BadSetting : its name does not end as that of a law file.
    """
    if path.suffix != ENDING:
        repair = Message("name a file, for example {name}", name="law.toml")
        raise BadSetting("--out", [make_fault("bad-file-name", "--out", path.name, Message("a file .toml"), repair)])


def law_text(ranges: Mapping[str, PlausibleRange], source: str, notes: Sequence[str]) -> str:
    """Return the text of a law file.

    Parameters
    ----------
    ranges : by constant.
    source : where they come from, written at each.
    notes : lines of comment at the top.
    """
    lines = [*(f"# {note}".rstrip() for note in notes), "", "[law]"]
    for name, one in ranges.items():
        low, value, high = (_number(x) for x in one)
        text = json.dumps(source, ensure_ascii=False)
        lines.append(f"{name} = {{ value = {value}, low = {low}, high = {high}, source = {text} }}")
    return "\n".join(lines) + "\n"


def _number(x: float) -> str:
    """Write a number with a point, to four digits."""
    return repr(float(f"{x:.4g}"))
