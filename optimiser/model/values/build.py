"""From plain values to a checked model: faults of shape and those between values are said in one go."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from optimiser.common.errors import Fault, InputFault
from optimiser.common.message import Message
from optimiser.common.parsing import cut, file_fault
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.model.values.field_faults import list_field_faults, mend

MOST_ERRORS = 50_000  # faults looked at one by one; a file with more of them is something else
_Kind = TypeVar("_Kind", bound=BaseModel)


def build_model(
    kind: type[_Kind],
    data: Any,
    source: str,
    between: Callable[[Any], list[Fault]] | None = None,
    prefix: tuple[str, ...] = (),
) -> _Kind:
    """Make a model of plain values.

    Faults between values are looked for even if there are faults of shape, as far as those do not stand in the way.

    Parameters
    ----------
    source : what to call the values in messages.
    between : finds the faults between the values of a model whose shape is sound.
    prefix : keys of the values inside their file.

    Raises
    ------
    InputFault : all faults.
    """
    made, errors = _validate(kind, data, source)
    faults: list[Fault] = []
    mended: set[str] = set()
    attempt = made
    if made is None:
        rules = rules_of(kind)
        faults = list_field_faults(errors, rules, prefix)
        if between is not None:
            sound, mended = mend(data, errors, rules)
            attempt = None if sound is None else _validate(kind, sound, source)[0]
    if attempt is not None and between is not None:
        faults += [fault for fault in between(attempt) if not _follows(fault, mended)]
    if faults or made is None:
        raise InputFault(source, cut(faults))
    return made


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


def _follows(fault: Fault, mended: set[str]) -> bool:
    """Return whether a fault between values only follows from a number that was mended: itself or one in its list."""
    return fault.place in mended or re.sub(r"\[\d+\]$", "[*]", fault.place) in mended


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
