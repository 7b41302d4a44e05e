"""Ways between places, as data: by coordinates and a detour, by a matrix of kilometres, or along roads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from optimiser.model.values.base import Clock, Identifier, Kmh, Minutes, Model, Share, Source
from optimiser.model.values.quantity import Amount


class Road(Model):
    """A road between two places or junctions, both ways."""

    a: Identifier
    b: Identifier
    km: Annotated[float, Amount("km", 0.001, 1000)]


class Closure(Model):
    """A road (or direct connection) that cannot be used for a while."""

    a: Identifier
    b: Identifier
    start: Clock | None = Field(None, description="closed from then on; from before the operation if left out")
    end: Clock | None = Field(None, description="open again from then on; not during the operation if left out")


class Travel(Model):
    """How long it takes to move: by coordinates and a detour, by a matrix of kilometres, or along roads."""

    kind: Literal["coordinates", "matrix", "roads"] = "coordinates"
    detour: Annotated[float, Amount("road km per straight km", 1, 5)] = Field(1.3, validate_default=True)
    march: Kmh = Field(4.0, validate_default=True, description="crowds and formed units on foot")
    drive: Kmh = Field(30.0, validate_default=True, description="columns in town, for what counts as within reach")
    form_up: Minutes = Field(4.0, validate_default=True, description="minutes to form up after arrival")
    noise: Share = Field(0.2, validate_default=True, description="share of a trip that is exponentially uncertain")
    places: tuple[Identifier, ...] = Field((), description="order of rows and columns of the matrix")
    km: tuple[tuple[Annotated[float, Amount("km", 0, 10_000)], ...], ...] = ()
    roads: tuple[Road, ...] = ()
    closures: tuple[Closure, ...] = ()
    source: Source = "assumed"
