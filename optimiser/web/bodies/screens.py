"""Requests of the screens that show a plan and a district."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import Field

from optimiser.model.values.base import Model, Name, Note
from optimiser.web.bodies.fields import Chosen, Given, PlanGiven, Reporting, Seed


class ShownRequest(Model):
    """A deployment of which a screen shows something, answered at once."""

    instance: Given
    deployment: PlanGiven
    seed: Seed = 1
    law: Chosen = "facilitation"


class DayRequest(ShownRequest):
    """A day of a deployment to be told event by event."""

    scenario: Annotated[int, Field(ge=0, lt=20_000, strict=True, description="which one")] = 0


class DaysRequest(ShownRequest):
    """A deployment of which days worth being told are looked for."""

    scenarios: Reporting = 2000


class StripsRequest(ShownRequest):
    """A deployment of which the chance of each phase over the day is asked for."""

    scenarios: Annotated[int, Field(ge=2, le=1000, strict=True, description="followed minute by minute")] = 200


class ReadRequest(Model):
    """A file to be read, as it was written."""

    name: Annotated[str, Field(max_length=255, description="its ending says what it is: .xlsx, .toml, .json")]
    file: Annotated[str, Field(max_length=10_000_000, description="its bytes in base64")]


class BaseMapRequest(Model):
    """A map of one's own to be drawn below the places of an instance."""

    instance: Given
    map: Annotated[dict[str, Any], Field(description="GeoJSON: a FeatureCollection of lines and areas in degrees")]
    credit: Annotated[Note | None, Field(description="whose map it is, written small on every drawing")] = None


class BlankRequest(Model):
    """An empty district to begin with."""

    title: Name
    start: Annotated[dt.datetime | None, Field(description="local time it starts; left out: tomorrow")] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, strict=True, description="degrees, of its first place")] = None
    lon: Annotated[float | None, Field(ge=-180, le=180, strict=True, description="degrees; km if left out")] = None
