"""What is set into a field: amounts and times of day as people type them, by the kind of the field."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from optimiser.common.message import Message
from optimiser.common.numerals import find_within, read_number, write_clearly
from optimiser.common.typed.amounts import advise_amount, find_hours, is_counted, read_amount
from optimiser.common.typed.answers import read_answer
from optimiser.common.typed.times import advise_date, read_said_clock, read_typed_date
from optimiser.files.typed.unclear import Unclear, ask_hours, broken
from optimiser.model.instance import Instance
from optimiser.model.values.base import Clock
from optimiser.model.values.field_faults import UNIT_WORDS
from optimiser.model.values.quantity import Amount

SHARE = "share of 1"
CLOCK, DATE = "clock", "date"
ANSWER = "answer"  # yes or no
TIMES = (CLOCK, DATE)  # kinds of fields whose values are times


def read_value(path: str, typed: Any, now: Any, settle: Callable[[str], str]) -> Any:
    """Return the value of a field; a text that is an amount with its unit, or a time of day, becomes what it means.

    Parameters
    ----------
    path : of the field, as ``--set`` takes it.
    now : what stands there, as plain data.
    settle : makes a time of day of one that was said, or raises `Unclear`.

    Raises
    ------
    Unclear : a number that can be read in two ways, part of a person, a date that is none, or per cent where the field
        is no share.
    """
    kind = find_kind(path)
    if isinstance(kind, Amount):
        if not isinstance(typed, str):
            return typed
        value = _read_amount(path, typed, kind, now)
        refuse_part(kind, value)
        return value
    if kind == ANSWER and isinstance(typed, str | int) and not isinstance(typed, bool):
        answer = read_answer(str(typed))
        if answer is None:
            raise Unclear(Message("yes or no"), Message("write yes or no"), "wrong-type")
        return answer
    if kind == CLOCK and isinstance(typed, str):
        said = read_said_clock(typed)
        return typed if said is None else settle(said)
    if kind == DATE and isinstance(typed, str):
        date = read_typed_date(typed)
        if date is None:
            raise Unclear(Message("a local date and time"), advise_date(typed), "bad-date")
        return date
    return typed


def refuse_part(kind: object, typed: Any) -> None:
    """Refuse part of a person where people type it; programs may well set a mean of persons.

    Parameters
    ----------
    kind : of the field, from `find_kind`.
    typed : a number, or a table with one.

    Raises
    ------
    Unclear : it is no whole number.
    """
    number = typed.get("value") if isinstance(typed, Mapping) else typed
    if not isinstance(kind, Amount) or not is_counted(kind.unit) or not isinstance(number, float):
        return
    if math.isfinite(number) and not number.is_integer():
        raise broken(number)


def _read_amount(path: str, typed: str, amount: Amount, now: Any) -> Any:
    """Read an amount with its unit; a bare number in a text stays one, and reading the instance refuses it."""
    ask_plain(path, typed, amount)
    if read_number(typed) is not None:
        return typed
    value = read_amount(typed, amount.unit)
    if value is not None:
        return int(value) if amount.whole and value.is_integer() else value
    readings = find_within(typed)
    if readings is not None:
        raise Unclear(readings[1].expected, readings[1].repair)
    percent, number = read_amount(typed, SHARE), now["value"] if isinstance(now, Mapping) else now
    if percent is None or not isinstance(number, int | float):
        if (advice := advise_amount(typed, amount.unit, ranged=False)) is not None:
            raise Unclear(Message("a number"), advice)
        return typed
    meant = float(number * percent)
    if percent < 0:
        raise Unclear(Message("the new value, not what is added"), Message("write the new value, without a sign"))
    written = write_clearly(float(round(meant)) if amount.whole else round(meant, 6))
    expected = Message("a number of the unit '{unit}', which per cent are not", unit=UNIT_WORDS[amount.unit])
    again = f"--heads {written}" if path == "cap" else f"{path}={written}"
    words = {"again": again, "typed": typed.strip(), "now": f"{number:g}"}
    raise Unclear(expected, Message("write {again} if {typed} of {now} is meant", **words))


def ask_plain(path: str, typed: str, amount: Amount) -> None:
    """Ask what is meant by a number that looks like a clock time, or like what is added to another number.

    Raises
    ------
    Unclear : with the ways to type it.
    """
    if amount.least >= 0 and typed.strip().startswith("+"):
        expected = Message("the new value, not what is added")
        raise Unclear(expected, Message("write the new value, without a sign"))
    hours = find_hours(typed, amount.unit) if amount.unit in ("min", "h") else None
    if hours is not None:
        raise ask_hours((f"{path}={way}" for way in hours), amount.unit == "min" and read_number(typed) is not None)


def find_kind(path: str) -> Amount | str | None:
    """Find what a field holds: an amount with its unit, `CLOCK`, `DATE`, `ANSWER`, or none of these."""
    kind: Any = Instance
    steps = path.split(".")
    while steps:
        kind = _strip(kind)[0]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            info = kind.model_fields.get(steps.pop(0).strip())
            if info is None:
                return None
            kind = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
        elif get_origin(kind) in (tuple, dict):
            steps.pop(0)
            kind = get_args(kind)[0 if get_origin(kind) is tuple else 1]
        else:
            return None
    if _is_clock(kind):
        return CLOCK
    if _strip(kind)[0] in _PLAIN_KINDS:
        return _PLAIN_KINDS[_strip(kind)[0]]
    return next(iter(_strip(kind)[1]), None)


_PLAIN_KINDS = {dt.datetime: DATE, bool: ANSWER}


def _is_clock(kind: Any) -> bool:
    pattern = {getattr(m, "pattern", None) for part in (kind, *get_args(kind)) for m in _metadata(part)}
    return bool(pattern & _PATTERNS)


def _metadata(kind: Any) -> list[Any]:
    return [m for outer in getattr(kind, "__metadata__", ()) for m in (*getattr(outer, "metadata", ()), outer)]


_PATTERNS = {p for m in _metadata(Clock) if (p := getattr(m, "pattern", None)) is not None}


def _strip(kind: Any) -> tuple[Any, list[Amount]]:
    """Return a type without what annotates it and without None, and the amounts among the annotations."""
    amounts: list[Amount] = []
    while True:
        if get_origin(kind) is Annotated:
            amounts += [m for m in kind.__metadata__ if isinstance(m, Amount)]
            kind = get_args(kind)[0]
            continue
        choices = [one for one in get_args(kind) if one is not type(None)]
        if get_origin(kind) not in (tuple, dict, list) and len(choices) == 1 and len(get_args(kind)) == 2:
            kind = choices[0]
            continue
        return kind, amounts
