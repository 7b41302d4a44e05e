"""What all parts of the problem are made of: frozen models, and kinds of value with their units and limits."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self
from weakref import WeakValueDictionary

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler, Strict, model_validator
from pydantic_core import core_schema

from optimiser.model.values.quantity import Amount, FrozenMap
from optimiser.model.values.words import CHANCE, MILITANT, TENSION, find_anchor, list_words

EVERYBODY = "heads"  # what a pin may be about besides teams, roles and vehicles: all heads at its place
SHAPE_ONLY: Mapping[str, Any] = MappingProxyType({"checks": "shape"})  # context: values are looked at one by one

Name = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]*$")]
Note = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]*$")]
Identifier = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$", description="lower-case letters, digits, - and _; at most 60")
]
Text = Annotated[str, Field(max_length=4000)]
Source = Annotated[str, Field(min_length=1, max_length=500, description="where the numbers come from, or 'assumed'")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="clock time HH:MM")]
Minutes = Annotated[float, Amount("min", 0, 1440)]
Share = Annotated[float, Amount("share of 1", 0, 1)]
Factor = Annotated[float, Amount("factor", 0.1, 10)]
Tension = Annotated[float, Amount("share of 1", 0, 1, words=TENSION)]
Likelihood = Annotated[float, Amount("share of 1", 0, 1, words=CHANCE)]
Weight = Annotated[float, Amount("points per unit", 0, 1e15)]
Ability = Annotated[float, Amount("head equivalents per head", 0, 1000)]
Heads = Annotated[int, Amount("heads", 0, 1_000_000, whole=True)]
People = Annotated[int, Amount("persons", 0, 1_000_000, whole=True)]  # of no unit: the public, staff of a process
Teams = Annotated[int, Amount("teams", 0, 10_000, whole=True)]
Vehicles = Annotated[int, Amount("vehicles", 0, 10_000, whole=True)]
Kmh = Annotated[float, Amount("km/h", 0.1, 200)]
YesNo = Annotated[bool, Strict()]  # no word such as off, t or 1 stands for one
CallPhase = Literal["green", "yellow", "red"]


def _freeze(value: dict[str, Any]) -> FrozenMap:
    return FrozenMap(value)


Frozen = AfterValidator(_freeze)


class Model(BaseModel):
    """Base of every part: frozen, unknown fields refused."""

    __slots__ = ("_derived",)  # no field: it is neither compared nor copied nor pickled
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def _derived_results(self) -> WeakValueDictionary[Any, Any]:
        """Return what has been derived from this model and is in use, by the function that computes it."""
        try:
            results: WeakValueDictionary[Any, Any] = object.__getattribute__(self, "_derived")
        except AttributeError:
            results = WeakValueDictionary()
            object.__setattr__(self, "_derived", results)
        return results

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Make a copy; values that it is given are checked as when it was made.

        Raises
        ------
        pydantic.ValidationError : a value is none that can be used, or there is no such field.
        """
        copied = super().model_copy(deep=deep)
        if update is None:
            return copied
        kept = {name: getattr(copied, name) for name in type(self).model_fields}
        return type(self).model_validate({**kept, **update})

    def copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # type: ignore[override]
        """Make a copy, see `model_copy`."""
        return self.model_copy(update=update, deep=deep)

    def altered(self, **values: Any) -> Self:
        """Make a copy with values that are taken as they are: only where it is known that they fit."""
        return super().model_copy(update=values)


class Place(Model):
    """A named point: latitude and longitude, or x and y in kilometres, or neither where a matrix gives the times."""

    id: Identifier
    name: Name
    lat: Annotated[float, Amount("degrees", -90, 90)] | None = None
    lon: Annotated[float, Amount("degrees", -180, 180)] | None = None
    x: Annotated[float, Amount("km", -10_000, 10_000)] | None = None
    y: Annotated[float, Amount("km", -10_000, 10_000)] | None = None
    source: Source = "assumed"


class ByPhase(Model):
    """A number for each phase in which people stand facing each other."""

    green: Ability = Field(0.0, validate_default=True)
    yellow: Ability = Field(0.0, validate_default=True)
    red: Ability = Field(0.0, validate_default=True)


class Militant(ByPhase):
    """Share of a gathering that is ready to act, for each phase; a word will do, for a phase or for all of them."""

    green: Annotated[float, Amount("share of 1", 0, 1, words=MILITANT["green"])] = Field(0.0, validate_default=True)
    yellow: Annotated[float, Amount("share of 1", 0, 1, words=MILITANT["yellow"])] = Field(0.0, validate_default=True)
    red: Annotated[float, Amount("share of 1", 0, 1, words=MILITANT["red"])] = Field(0.0, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _spread(cls, value: Any) -> Any:
        """Have a word stand for its number in each phase."""
        is_word = isinstance(value, str) and find_anchor(value, MILITANT["red"]) is not None
        return dict.fromkeys(MILITANT, value) if is_word else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe both written forms."""
        words = list_words(MILITANT["red"])
        table = {**handler.resolve_ref_schema(handler(schema)), "words": words}
        return {"anyOf": [table, {"enum": words}], "description": table["description"]}

    @classmethod
    def usual(cls) -> Self:
        """Return the shares of an announced protest; assumed, as those of shipped instances."""
        return cls(green=0.03, yellow=0.12, red=0.3)
