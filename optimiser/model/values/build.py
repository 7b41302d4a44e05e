"""From plain values to a checked model: faults of shape and those between values are said in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import Keys
from optimiser.common.message import Message
from optimiser.common.parsing import cut, file_fault
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.model.values.field_faults import list_field_faults
from optimiser.model.values.mend import is_renamed, list_renamed, mend
from optimiser.model.values.unread import NOTHING, Unread

MOST_ERRORS = 50_000  # faults looked at one by one; a file with more of them is something else
MOST_ROUNDS = 3  # what was misspelt is looked at in the second; a third one would be a mistake of ours
_Kind = TypeVar("_Kind", bound=BaseModel)
LED = ("bad-identifier", "missing-field")  # faults between values that only give those of shape their advice
Between = Callable[[Any, Unread], list[Fault]]


def build_model(
    kind: type[_Kind],
    data: Any,
    source: str,
    between: Between | None = None,
    prefix: Keys = (),
    unread: Unread = NOTHING,
) -> _Kind:
    """Make a model of plain values.

    Faults between values are looked for even if there are faults of shape, as far as those do not stand in the way.

    Parameters
    ----------
    source : what to call the values in messages.
    between : finds the faults between the values of a model whose shape is sound, without those that rely on values
        that could not be read.
    prefix : keys of the values inside their file.
    unread : what of the file is not known, which is told already, or stands elsewhere than in its values.

    Raises
    ------
    InputFault : all faults.
    """
    made, errors = _validate(kind, data, source)
    if made is None:
        faults = _list_faults(kind, data, source, errors, between, prefix, unread)
    else:
        faults = [] if between is None else _join(list(unread.faults), between(made, unread))
    if faults or made is None:
        raise InputFault(source, cut(faults))
    return made


def _list_faults(
    kind: type[_Kind],
    data: Any,
    source: str,
    errors: list[ErrorDetails],
    between: Between | None,
    prefix: Keys,
    unread: Unread,
) -> list[Fault]:
    """List the faults of values that make no model, and those between values as far as these can be known."""
    rules = rules_of(kind)
    renamed = list_renamed(data, errors, rules)
    faults = [*unread.faults]
    faults += list_field_faults([error for error in errors if not is_renamed(error, rules, renamed)], rules, prefix)
    if between is None:
        return faults
    for _ in range(MOST_ROUNDS):
        mended = mend(data, errors, rules, renamed)
        data, unread = mended.data, unread.and_also(mended.unread, mended.spelt)
        if data is None:
            return faults
        attempt, errors = _validate(kind, data, source)
        if attempt is not None:
            return _join(faults, between(attempt, unread))
        faults += list_field_faults(errors, rules, prefix)  # of fields whose names were misspelt
        renamed = {}
    return faults


def _join(faults: list[Fault], further: list[Fault]) -> list[Fault]:
    """Put faults together: an identifier that is missing or none gets the advice that those who name it give."""
    joined: list[Fault] = []
    led = {(fault.code, fault.place): fault for fault in reversed(further) if fault.code in LED}
    told = {fault.place for fault in faults if fault.code in LED}
    unknown = {fault.place: fault for fault in further if fault.code.startswith("unknown-")}
    for fault in faults:
        lead = led.get((fault.code, fault.place))
        if lead is not None:
            joined.append(replace(fault, repair=lead.repair))
        elif fault.code == "bad-identifier" and (lead := unknown.get(fault.place)) is not None:
            joined.append(replace(fault, expected=lead.expected, repair=lead.repair))
        else:
            joined.append(fault)
    return [*joined, *(f for f in further if f.code not in LED and (f.place not in told or f.place not in unknown))]


def plain_values(value: Any) -> Any:
    """Return parts of a model, and numbers of numpy, as the plain values that they stand for; everything else as it is.

    numpy is not imported for it: what is no number of Python and returns one by ``item()`` is one of its numbers.
    """
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {key: plain_values(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(inner) for inner in value]
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):  # a number, a truth value or an array
        return value.tolist()
    return value


def _validate(kind: type[_Kind], data: Any, source: str) -> tuple[_Kind | None, list[ErrorDetails]]:
    try:
        return kind.model_validate(data, context=SHAPE_ONLY), []
    except ValidationError as error:
        if error.error_count() > MOST_ERRORS:
            found = Message.plural("{n} fault", "{n} faults", error.error_count())
            expected, repair = Message("an instance or a plan"), Message("check that the file is what it should be")
            raise file_fault(source, "more-faults", found, expected, repair) from None
        return None, error.errors(include_url=False)


@cache
def rules_of(kind: type[BaseModel]) -> dict[str, Any]:
    """Return the schema that faults are explained by; made once, it is not to be changed."""
    rules = kind.model_json_schema()
    _close(rules)
    return rules


def _close(node: Any) -> None:
    """Refuse names that are no identifiers, which the model does and its plain schema leaves open."""
    if isinstance(node, dict):
        if "patternProperties" in node:
            node.setdefault("additionalProperties", False)
        for inner in node.values():
            _close(inner)
    elif isinstance(node, list):
        for inner in node:
            _close(inner)
