"""Numbers that remember how far they can be trusted, and maps that stay as they are.

A quantity is an ordinary number that may carry a plausible range and a source. In a file it is either a plain
number or a small table::

    turnout = 400
    turnout = { value = 400, low = 200, high = 900, source = "assumed" }

Everything that computes may use it as the number it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from optimiser.model.values.words import Scale, find_anchor, list_words


class Quantity(float):
    """A number with an optional plausible range and source.

    Parameters
    ----------
    value : the number that is used.
    low, high : plausible range for sensitivity analysis, same unit; None where not stated.
    source : where the number comes from; ``assumed`` or a reference.
    """

    low: float | None
    high: float | None
    source: str | None

    def __new__(
        cls, value: float, low: float | None = None, high: float | None = None, source: str | None = None
    ) -> Quantity:
        self = super().__new__(cls, value)
        self.low, self.high, self.source = low, high, source
        return self

    def plain(self) -> bool:
        """Return whether there is nothing but the number."""
        return self.low is None and self.high is None and self.source is None


class Count(int):
    """A whole number with an optional plausible range and source; see `Quantity`."""

    low: int | None
    high: int | None
    source: str | None

    def __new__(cls, value: int, low: int | None = None, high: int | None = None, source: str | None = None) -> Count:
        self = super().__new__(cls, value)
        self.low, self.high, self.source = low, high, source
        return self

    def plain(self) -> bool:
        """Return whether there is nothing but the number."""
        return self.low is None and self.high is None and self.source is None


def write_number(number: Quantity | Count) -> Any:
    """Return a number as it stands in a file: plain, or a table with its range and source."""
    bare = int(number) if isinstance(number, Count) else float(number)
    if number.plain():
        return bare
    extras = {"low": number.low, "high": number.high, "source": number.source}
    return {"value": bare, **{k: v for k, v in extras.items() if v is not None}}


@dataclass(frozen=True)
class Amount:
    """Annotation of a numeric field: its unit and its limits, the one source for reading, help and JSON Schema.

    Attributes
    ----------
    unit : unit of the field, as shown to people.
    least, most : limits, inclusive, in that unit.
    whole : whether only whole numbers are meant.
    words : what may be said instead of a number, see `optimiser.model.values.words`.
    """

    unit: str
    least: float
    most: float
    whole: bool = False
    words: Scale = ()

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Accept a plain number, a table with value/low/high/source, or a number that already remembers."""
        make: Callable[..., Quantity | Count] = Count if self.whole else Quantity

        def kind_of_number(value: Any) -> str:
            is_word = isinstance(value, str) and find_anchor(value, self.words) is not None
            return "table" if is_word else _kind_of_number(value)

        number: core_schema.CoreSchema
        if self.whole:
            number = core_schema.int_schema(ge=int(self.least), le=int(self.most), strict=True)
        else:
            number = core_schema.float_schema(ge=self.least, le=self.most, allow_inf_nan=False, strict=True)
        table: core_schema.CoreSchema = core_schema.typed_dict_schema(
            {
                "value": core_schema.typed_dict_field(number, required=True),
                "low": core_schema.typed_dict_field(number, required=False),
                "high": core_schema.typed_dict_field(number, required=False),
                "source": core_schema.typed_dict_field(
                    core_schema.str_schema(min_length=1, max_length=500), required=False
                ),
            },
            extra_behavior="forbid",
        )

        def from_table(fields: dict[str, Any]) -> Quantity | Count:
            low, value, high = fields.get("low"), fields["value"], fields.get("high")
            if (low is not None and low > value) or (high is not None and high < value):
                raise PydanticCustomError("range_order", "low <= value <= high must hold")
            return make(value, low, high, fields.get("source"))

        if self.words:
            table = core_schema.no_info_before_validator_function(partial(_expand, scale=self.words), table)
        return core_schema.tagged_union_schema(
            {
                "plain": core_schema.no_info_after_validator_function(make, number),
                "table": core_schema.no_info_after_validator_function(from_table, table),
                "known": core_schema.no_info_before_validator_function(
                    write_number, core_schema.no_info_after_validator_function(from_table, table)
                ),
            },
            discriminator=kind_of_number,
            serialization=core_schema.plain_serializer_function_ser_schema(write_number),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe both written forms, with unit and limits."""
        kind = "integer" if self.whole else "number"
        number = {"type": kind, "minimum": self.least, "maximum": self.most}
        table: dict[str, Any] = {
            "type": "object",
            "properties": {"value": number, "low": number, "high": number, "source": {"type": "string"}},
            "required": ["value"],
            "additionalProperties": False,
        }
        if not self.words:
            return {"anyOf": [number, table], "unit": self.unit}
        said = {"enum": list_words(self.words)}
        table["properties"]["value"] = {"anyOf": [number, said]}
        return {"anyOf": [number, table, said], "unit": self.unit}


def _kind_of_number(value: Any) -> str:
    if isinstance(value, dict):
        return "table"
    if isinstance(value, Quantity | Count) and not value.plain():
        return "known"
    return "plain"


def _expand(value: Any, scale: Scale) -> Any:
    """Put what a word stands for in its place; a range and a source that stand beside it are kept."""
    fields = value if isinstance(value, dict) else {"value": value}
    word = fields.get("value")
    if not isinstance(word, str) or (anchor := find_anchor(word, scale)) is None:
        return value
    meant = {"value": anchor.value, "source": f"assumed: {word.strip().lower()}"}
    if "low" not in fields and "high" not in fields:
        meant |= {"low": anchor.low, "high": anchor.high}
    return {**meant, **{name: inner for name, inner in fields.items() if name != "value"}}


class FrozenMap(dict[str, Any]):
    """A dictionary that refuses to change after it was made; it still compares, prints and pickles like one."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this map is part of an immutable object; make a changed copy instead")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))

    def __reduce__(self) -> tuple[type[FrozenMap], tuple[dict[str, Any]]]:
        return FrozenMap, (dict(self),)
