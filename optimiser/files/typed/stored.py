"""Values of stored changes that were written as they are typed: ``at = "08.00"``, ``strength = "lebat"``.

What is typed and what is stored or sent are read by the same rules. A value that is none of them is left as it is, and
the shape of the change says what it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from optimiser.common.errors import Fault
from optimiser.common.faults import Keys, make_fault, write_place
from optimiser.common.message import Message
from optimiser.common.numerals import find_within
from optimiser.common.typed.amounts import read_amount
from optimiser.common.typed.times import read_said_clock
from optimiser.files.typed.changes import find_strength
from optimiser.files.typed.presence import is_told
from optimiser.files.typed.times import read_duration, read_shift
from optimiser.files.typed.unclear import Data, Unclear, read_whole


def _share(text: str) -> float | None:
    return read_amount(text, "share of 1")


def _heads(text: str) -> int | None:
    return read_whole(text, "heads")


def _units(text: str) -> int | None:
    number = read_whole(text, "teams")
    return read_whole(text, "vehicles") if number is None else number


_CLOCKS: dict[str, Callable[[str], Any]] = {"start": read_said_clock, "end": read_said_clock}
_READERS: dict[str, dict[str, Callable[[str], Any]]] = {  # by the kind of change: what reads the text of a field
    "heads": {"cap": _heads},
    "lose": {"number": _units},
    "gain": {"number": _units},
    "close": _CLOCKS,
    "period": _CLOCKS,
    "receive": {"minutes": read_duration},
    "shift": {"minutes": read_shift},
    "arrive": {"at": read_said_clock},
    "rain": {"strength": find_strength, "drive": _share, "march": _share, "people": _share},
    "limit": {"at_least": _heads, "at_most": _heads},
}

TYPED_FIELDS = {kind: tuple(readers) for kind, readers in _READERS.items()}  # what may be a text, by kind of change


def read_stored(change: Mapping[str, Any], keys: Keys) -> tuple[Data, list[Fault]]:
    """Return a change with its texts read, and the faults of those that can be read in two ways or not at all.

    Parameters
    ----------
    keys : where the change stands.
    """
    read, faults = dict(change), list[Fault]()
    if change.get("do") == "presence" and not is_told(change.get("value", True)):
        expected, repair = Message("on or off, or a number from 0"), Message("write true, false or the number")
        faults.append(make_fault("wrong-type", write_place((*keys, "value")), change["value"], expected, repair))
    for field, reader in _READERS.get(str(change.get("do")), {}).items():
        value = change.get(field)
        if not isinstance(value, str):
            continue
        try:
            meant = reader(value)
        except Unclear as unclear:
            place = write_place((*keys, field))
            faults.append(make_fault(unclear.code, place, value, unclear.expected, unclear.repair))
            continue
        if meant is None and (within := find_within(value)) is not None:
            faults.append(
                make_fault("bad-text", write_place((*keys, field)), value, within[1].expected, within[1].repair)
            )
        read[field] = value if meant is None else meant
    return read, faults
