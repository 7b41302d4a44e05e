"""A score as a document for programs; the same in every language."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from optimiser.files.read import publish_model
from optimiser.model.deployment import Deployment
from optimiser.model.values.base import Model, Share, YesNo
from optimiser.operation.score.measures import MEASURES
from optimiser.operation.score.rating import Rating, Reading
from optimiser.operation.score.score import DayScore, Score
from optimiser.operation.stored import AboutInstance, Count, Real, Text

FORMAT: Literal["optimiser-score/1"] = "optimiser-score/1"
MeasureName = Annotated[str, Field(json_schema_extra={"enum": [measure.id for measure in MEASURES]})]


class ScoreSettings(Model):
    """What was asked for."""

    days: Annotated[Count, Field(description="simulated days that each observed one is compared with")]
    law: Text
    exercise: YesNo


class StoredOccasion(Model):
    """One occasion."""

    place: Text
    minute: Real
    value: Annotated[Real | None, Field(description="null where it was not done")]
    what: Annotated[str, Field(description="which of several, in English; a gate")]


class StoredPlace(Model):
    """Where the day lies among simulated days."""

    share: Annotated[Share, Field(description="that are better, ties broken at random; uniform if as the plan says")]
    low: Share
    high: Share
    days: Count
    median: Real
    usual: Annotated[Real, Field(description="what 95 % of simulated days do not exceed")]


class StoredReading(Model):
    """One measure of one day."""

    measure: MeasureName
    unit: Text
    told: Annotated[YesNo, Field(description="whether the log holds it; if not, nothing else is known")]
    rating: Rating
    value: Real | None
    limit: Real | None
    source: Annotated[str, Field(description="where the limit comes from, in English")]
    over: Annotated[Count, Field(description="occasions beyond the limit")]
    undone: Annotated[Count, Field(description="occasions on which it was not done")]
    place: StoredPlace | None
    occasions: tuple[StoredOccasion, ...]


class StoredUse(Model):
    """One use of a water cannon."""

    place: Text
    minute: Real
    gates: Annotated[
        dict[str, bool | None], Field(description="whether each was kept; null where the log says nothing")
    ]


class StoredConditions(Model):
    """What simulated days have in common with the observed one."""

    turnout: dict[str, Count]
    first: Annotated[dict[str, Real], Field(description="minute of the first group")]


class StoredDayScore(Model):
    """The score of one day."""

    day: Text
    complete: YesNo
    rows: Count
    conditions: StoredConditions
    rating: Annotated[Rating, Field(description="of the weakest link")]
    weakest: Annotated[str, Field(description="measure; empty where there is none")]
    without_weakest: Annotated[Rating, Field(description="of the whole if the weakest link were P")]
    measures: tuple[StoredReading, ...]
    uses: tuple[StoredUse, ...]
    untold: tuple[MeasureName, ...]


class StoredScore(Model):
    """A score as it is written."""

    format: Literal["optimiser-score/1"]
    instance: AboutInstance
    settings: ScoreSettings
    deployment: Deployment
    days: tuple[StoredDayScore, ...]


def describe_score(score: Score) -> dict[str, Any]:
    """Turn a score into plain values."""
    instance = score.instance
    about = AboutInstance.of(instance)
    played = any(day.conditions.draws is not None for day in score.days)
    settings = ScoreSettings(days=score.simulated, law=score.law, exercise=played)
    days = tuple(_store_day(day) for day in score.days)
    stored = StoredScore(format=FORMAT, instance=about, settings=settings, deployment=score.deployment, days=days)
    return stored.model_dump(mode="json")


def _store_day(one: DayScore) -> StoredDayScore:
    return StoredDayScore(
        day=one.day.name,
        complete=one.day.complete,
        rows=len(one.day.rows),
        conditions=StoredConditions(turnout=one.conditions.turnout, first=one.conditions.first),
        rating=one.rating,
        weakest="" if one.weakest is None else one.weakest.measure.id,
        without_weakest=one.without_weakest,
        measures=tuple(_store_reading(reading) for reading in one.readings),
        uses=tuple(StoredUse(place=use.place, minute=use.minute, gates=use.gates) for use in one.uses),
        untold=tuple(measure.id for measure in one.untold),
    )


def _store_reading(reading: Reading) -> StoredReading:
    return StoredReading(
        measure=reading.measure.id,
        unit=str(reading.measure.unit),
        told=reading.told,
        rating=reading.rating,
        value=reading.value,
        limit=reading.limit,
        source=str(reading.measure.source),
        over=reading.over,
        undone=reading.undone,
        place=None if reading.place is None else StoredPlace(**vars(reading.place)),
        occasions=tuple(
            StoredOccasion(place=one.place, minute=one.minute, value=one.value, what=str(one.what))
            for one in reading.occasions
        ),
    )


def score_schema() -> dict[str, Any]:
    """Return the JSON Schema of a score."""
    return publish_model(StoredScore, "score")
