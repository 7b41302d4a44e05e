"""The problem as data: one frozen tree, the single source of fields, units, limits, help and JSON Schema.

Ground rules kept by the shape itself: there is no field for political support or affiliation, and none for firearms.
Clock times are written ``"HH:MM"``; a time earlier than the period's start belongs to the next day.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from optimiser.common.errors import InputFault
from optimiser.common.message import ClockTime
from optimiser.common.notebook import make_card
from optimiser.model.cautions import Noted
from optimiser.model.parts.base_map import MOST_SHAPES, MapShape
from optimiser.model.parts.doctrine import Doctrine
from optimiser.model.parts.itinerary import Displacement, Route, Stop, Way, list_ways
from optimiser.model.parts.movement import Accompanied, Accompaniment, Movement, Moving
from optimiser.model.parts.notes import CallSign, Contact, Equipment, Outline, UnitCallSigns
from optimiser.model.parts.presence import Presence
from optimiser.model.parts.travel_data import Travel
from optimiser.model.values.base import (
    SHAPE_ONLY,
    Ability,
    ByPhase,
    CallPhase,
    Clock,
    Factor,
    Frozen,
    Heads,
    Identifier,
    Kmh,
    Likelihood,
    Militant,
    Minutes,
    Model,
    Name,
    People,
    Place,
    Share,
    Source,
    Teams,
    Tension,
    Text,
    Vehicles,
    Weight,
    YesNo,
)
from optimiser.model.values.build import build_model, plain_values
from optimiser.model.values.cross_faults import find_faults
from optimiser.model.values.quantity import Amount
from optimiser.model.values.told_texts import ToldTexts

FORMAT: Literal["optimiser-instance/1"] = "optimiser-instance/1"
PHASES = ("quiet", "green", "yellow", "red", "dispersed")


class Period(Model):
    """The operational period one deployment covers."""

    start: Annotated[dt.datetime, Field(description="local time the operation starts")]
    hours: Annotated[float, Amount("h", 0.25, 24)]
    overtime: Annotated[float, Amount("h", 0, 12)] = Field(
        8.0,
        validate_default=True,
        description="hours after the period, at most, until people are home: units stay, losses count",
    )

    @field_validator("start", mode="before")
    @classmethod
    def _demand_time(cls, value: Any) -> Any:
        """Refuse a date without a time, which would be midnight, and a number, which would be seconds since 1970."""
        if isinstance(value, dt.datetime) or (isinstance(value, str) and ":" in value):
            return value
        raise PydanticCustomError("datetime_type", "a date with its time")

    @property
    def minutes(self) -> float:
        """Length in minutes."""
        return float(self.hours) * 60.0

    @property
    def simulated(self) -> float:
        """Length in minutes, with the time until people are home."""
        return self.minutes + float(self.overtime) * 60.0


class CriticalWindow(Model):
    """When a process of the election runs in a sector and must go on."""

    name: Name
    start: Clock
    end: Clock
    restart: Minutes = Field(30.0, validate_default=True, description="minutes until it runs again after a stop")


class Official(Model):
    """Who may receive a delegation in this sector. Whether and how soon is an input, and a lever for the planner."""

    name: Name
    chance: Likelihood = Field(0.5, validate_default=True, description="chance to be received at all; a word will do")
    after: Minutes = Field(45.0, validate_default=True, description="mean minutes until received, from the first wait")
    spread: Minutes = Field(15.0, validate_default=True, description="half-width of the minutes until received")
    promised: Minutes | None = Field(
        None,
        description="lever: the official has agreed to receive the delegation after this many minutes, for certain",
    )
    staff: People = Field(0, validate_default=True, description="people of the process to be evacuated in red")


class Sector(Place):
    """A part of the city that may need people."""

    ring: Annotated[int, Field(ge=1, le=5, strict=True, description="1 inner, 2 middle, 3 outer")] = 2
    public: People = Field(0, validate_default=True, description="members of the public usually present")
    property: Annotated[float, Amount("units", 0, 1e6)] = Field(
        0.0, validate_default=True, description="what can be damaged, in units of one shop front"
    )
    records: Annotated[float, Amount("units", 0, 1e6)] = Field(
        0.0, validate_default=True, description="ballot boxes and result forms kept here"
    )
    critical: tuple[CriticalWindow, ...] = ()
    official: Official | None = None
    staging_capacity: Heads = Field(500, validate_default=True, description="most heads that can be staged here")
    minimum: Annotated[dict[Identifier, Teams], Frozen] = Field(
        {}, validate_default=True, description="least teams, by role"
    )
    maximum: Annotated[dict[Identifier, Teams], Frozen] = Field(
        {}, validate_default=True, description="most teams, by role, with those who come there with a gathering"
    )
    cover: Teams = Field(0, validate_default=True, description="callable teams that must be within reserve reach")
    exit_open: YesNo = Field(True, description="a way out for the crowd exists")
    traffic_need: Heads = Field(0, validate_default=True, description="traffic heads that keep the way out open")
    officer_post: Name | None = Field(None, description="where the officer in charge (Padal) stands")
    call_sign: CallSign = None
    contact: Contact = None
    equipment: Equipment = None
    spill_to: Identifier | None = Field(None, description="sector where people go when a red crowd spills over")
    outline: Outline = None


class Post(Place):
    """A place out of sight where callable reserve waits."""

    staging_capacity: Heads = Field(500, validate_default=True, description="most heads that can wait here")
    mobile: Share = Field(0.0, validate_default=True, description="share of waiting heads that must have a seat")
    keep: Teams = Field(0, validate_default=True, description="callable teams kept back unless a sector is red")
    officer_post: Name | None = Field(None, description="where the officer in charge (Padal) stands")
    call_sign: CallSign = None
    contact: Contact = None
    equipment: Equipment = None


class Role(Model):
    """What one head of a kind of team can do, and in which phases doctrine lets it act."""

    id: Identifier
    name: Name
    phases: Annotated[tuple[CallPhase, ...], Field(min_length=1, description="phases in which it may act")]
    containment: ByPhase = ByPhase()
    dialogue: Ability = Field(0.0, validate_default=True)
    visibility: Ability = Field(0.0, validate_default=True, description="hard posture as the crowd sees it")
    medical: Ability = Field(0.0, validate_default=True)
    arrest: Ability = Field(0.0, validate_default=True, description="differentiated action against offenders")
    traffic: Ability = Field(0.0, validate_default=True)
    information: Ability = Field(0.0, validate_default=True)
    stands: Literal["anywhere", "sectors", "posts"] = Field("anywhere", description="where it may be placed")
    officer: YesNo = Field(False, description="can be the officer in charge of a sector")
    kit: Factor = Field(1.0, validate_default=True, description="what a minute of duty counts as in its kit")
    source: Source = "assumed"


class Team(Model):
    """A kind of team: units move formed, so teams are whole."""

    id: Identifier
    name: Name
    role: Identifier
    size: Annotated[int, Amount("heads", 1, 1000, whole=True)]
    count: Teams
    home: Identifier = Field(description="post it comes from")
    available: Clock | None = Field(None, description="clock time from which it can be used; the start if left out")
    fitness: Share = Field(1.0, validate_default=True)
    counts: YesNo = Field(True, description="whether its heads count in the cap on personnel")
    call_sign: UnitCallSigns = None
    contact: Contact = None
    equipment: Equipment = None
    source: Source = "assumed"


class VehicleType(Model):
    """A kind of vehicle. Without its crew it does nothing."""

    id: Identifier
    name: Name
    count: Vehicles
    home: Identifier = Field(description="post it comes from")
    crew: Annotated[int, Amount("heads", 0, 50, whole=True)] = Field(2, validate_default=True)
    crew_role: Identifier | None = Field(
        None, description="role whose teams at the same place give the crew; left out: the crew is extra heads"
    )
    seats: Annotated[int, Amount("seats", 0, 100, whole=True)] = Field(0, validate_default=True)
    speed: Kmh = Field(40.0, validate_default=True)
    containment: ByPhase = Field(ByPhase(), description="per vehicle")
    visibility: Ability = Field(0.0, validate_default=True, description="per vehicle")
    medical: Ability = Field(0.0, validate_default=True, description="per vehicle")
    protected: YesNo = Field(False, description="can carry people out of a red sector")
    water_cannon: YesNo = Field(False, description="wide-area means: every gate of doctrine applies")
    endurance: Minutes = Field(0.0, validate_default=True, description="minutes of water")
    refill: Minutes = Field(0.0, validate_default=True, description="minutes to drive, fill and come back")
    escort_role: Identifier | None = Field(None, description="role that must escort it at the same place")
    escort: Heads = Field(0, validate_default=True, description="heads of escort per vehicle, not its crew")
    stands: Literal["anywhere", "sectors", "posts"] = "anywhere"
    counts: YesNo = Field(True, description="whether an extra crew counts in the cap on personnel")
    call_sign: UnitCallSigns = None
    contact: Contact = None
    equipment: Equipment = None
    source: Source = "assumed"


class Gathering(Model):
    """People who come together, lawful until proved otherwise. Their opinion is not a field."""

    id: Identifier
    name: Name
    turnout: Annotated[float, Amount("persons", 0, 1_000_000)]
    turnout_spread: Annotated[float, Amount("sigma of the logarithm", 0, 2)] = Field(0.3, validate_default=True)
    arrives: Clock = Field(description="clock time of the first group")
    arrival_spread: Minutes = Field(20.0, validate_default=True, description="minutes from first to last group")
    late: Minutes = Field(10.0, validate_default=True, description="mean exponential delay of the first group")
    groups: Annotated[int, Amount("groups", 1, 20, whole=True)] = Field(3, validate_default=True)
    itinerary: Annotated[tuple[Stop, ...], Field(min_length=1)]
    routes: tuple[Route, ...] = ()
    displacement: Displacement = Field(0.0, validate_default=True)
    ends_if_received: Share = Field(0.7, validate_default=True, description="chance to go home once received")
    regroup: Share = Field(0.2, validate_default=True, description="share that moves to the next stop when dispersed")
    tension: Tension = Field(0.4, validate_default=True, description="mood in which it comes; a word will do")
    tension_spread: Share = Field(0.1, validate_default=True, description="half-width, uniform")
    militant: Militant = Field(Militant.usual(), validate_default=True, description="share ready to act; or a word")
    liaison: YesNo = Field(False, description="organisers are known and in contact")
    comes_as: Literal["green", "yellow", "red"] = Field("green", description="phase in which it arrives")
    chance: Likelihood = Field(1.0, validate_default=True, description="chance that it takes place; a word will do")
    source: Source = "assumed"

    @property
    def ways(self) -> tuple[Way, ...]:
        """Its routes with their stops and chances; the itinerary alone where it has no routes."""
        return list_ways(self.itinerary, self.routes)


class Trigger(Model):
    """Something that changes the mood: a result announced, a rumour."""

    id: Identifier
    name: Name
    kind: Literal["announcement", "rumour"] = "rumour"
    at: Clock
    late: Minutes = Field(0.0, validate_default=True, description="mean exponential delay")
    chance: Likelihood = Field(1.0, validate_default=True)
    tension: Annotated[float, Amount("change of tension", -1, 1)] = Field(0.2, validate_default=True)
    sectors: tuple[Identifier, ...] = Field((), description="sectors reached; all if left out")
    source: Source = "assumed"


class Reinforcement(Place):
    """Help from outside the cap, called when a sector asks for it; it brings its own seats."""

    team: Identifier = Field(description="kind of team it sends")
    teams: Teams
    asked: Literal["yellow", "red"] = Field("red", description="phase in which it may be asked for")
    delay: Minutes = Field(20.0, validate_default=True, description="minutes from request to departure")
    speed: Kmh = Field(40.0, validate_default=True)


class Objective(Model):
    """What counts. Every person's injury counts the same: there is one weight for all."""

    injury: Weight = Field(10.0, validate_default=True, description="points per injured person, whoever it is")
    process_minute: Weight = Field(0.1, validate_default=True, description="points per minute lost")
    property: Weight = Field(0.5, validate_default=True, description="points per unit damaged")
    records: Weight = Field(5.0, validate_default=True, description="points per unit of records lost")
    participation_hour: Weight = Field(
        0.01, validate_default=True, description="points per person and hour that could not take part"
    )
    tail: Annotated[float, Amount("CVaR level", 0, 0.999)] = Field(0.9, validate_default=True)
    tail_weight: Weight = Field(0.0, validate_default=True, description="weight of CVaR beside the mean")
    away: Weight = Field(0.002, validate_default=True, description="points per team away from its home post")
    visible: Weight = Field(0.0005, validate_default=True, description="points per visible hard unit in a sector")
    source: Source = "assumed"


class Pin(Model):
    """A planner's own requirement: at least and at most so many at a place."""

    place: Identifier
    what: Identifier = Field(description="a team kind, a role or a vehicle type; or heads, all of them there")
    at_least: Annotated[int, Field(ge=0, le=10_000, strict=True)] | None = None
    at_most: Annotated[int, Field(ge=0, le=10_000, strict=True)] | None = None
    why: Text = ""


class Instance(Noted, ToldTexts, Accompanied):
    """One planning problem. Immutable; make changed copies."""

    format: Literal["optimiser-instance/1"] = FORMAT
    name: Identifier
    title: Name
    about: Text = ""
    period: Period
    cap: Heads = Field(description="most heads deployed in sectors and posts together, of those who count")
    sectors: Annotated[tuple[Sector, ...], Field(min_length=1, max_length=2000)]
    posts: Annotated[tuple[Post, ...], Field(min_length=1, max_length=500)]
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=60)]
    teams: Annotated[tuple[Team, ...], Field(min_length=1, max_length=300)]
    vehicles: Annotated[tuple[VehicleType, ...], Field(max_length=100)] = ()
    travel: Travel = Travel()
    gatherings: Annotated[tuple[Gathering, ...], Field(max_length=5000)] = ()
    accompaniments: Annotated[tuple[Accompaniment, ...], Field(max_length=500)] = ()
    movements: Annotated[tuple[Movement, ...], Field(max_length=500)] = ()
    triggers: Annotated[tuple[Trigger, ...], Field(max_length=1000)] = ()
    reinforcements: Annotated[tuple[Reinforcement, ...], Field(max_length=100)] = ()
    doctrine: Doctrine = Doctrine()
    presence: Presence | None = None
    objective: Objective = Objective()
    pins: tuple[Pin, ...] = ()
    law: Annotated[dict[str, Annotated[float, Amount("as named", -1e6, 1e6)]], Frozen] = Field(
        {}, validate_default=True, description="constants of the escalation law that differ from their defaults"
    )
    base_map: Annotated[tuple[MapShape, ...], Field(max_length=MOST_SHAPES)] = ()
    historical: str | None = Field(None, description="file of the plan that was used in reality, beside this file")
    source: Source = "assumed"

    @model_validator(mode="after")
    def _cross_check(self, info: ValidationInfo) -> Instance:
        """Refuse values that do not go together, wherever an instance is made of data."""
        if info.context is not SHAPE_ONLY and (faults := find_faults(self)):
            raise ValueError(str(InputFault(self.name, faults)))
        return self

    def replace(self, **changes: Any) -> Instance:
        """Make an instance with other values; every check of a file is run, and this one stays as it is.

        Values are as `optimiser.read` takes them, or parts of an instance.

        Raises
        ------
        InputFault : something in it cannot be used; all faults.
        """
        data = {**self.model_dump(mode="json"), **{name: plain_values(value) for name, value in changes.items()}}
        return build_model(type(self), data, f"instance '{self.name}'", find_faults)

    def minutes(self, clock: str) -> float:
        """Turn a clock time into minutes from the start of the operation, 0 to 1440."""
        (hour, minute), start = map(int, re.split(":", clock)), self.period.start
        return float((hour * 60 + minute - start.hour * 60 - start.minute) % 1440)

    def clock(self, minutes: float) -> ClockTime:
        """Turn minutes from the start into a clock time HH:MM."""
        return ClockTime(f"{self.period.start + dt.timedelta(minutes=minutes):%H:%M}")

    @property
    def moving(self) -> tuple[Moving, ...]:
        """Accompaniments, then movements: what stands in one sector after another."""
        return (*self.accompaniments, *self.movements)

    @property
    def places(self) -> tuple[Sector | Post | Moving, ...]:
        """Sectors, then posts, then what moves: where a deployment may put teams."""
        return (*self.sectors, *self.posts, *self.moving)

    def _repr_html_(self) -> str:
        """Show the problem in a notebook."""
        hours = f"{self.period.start:%Y-%m-%d %H:%M}, {float(self.period.hours):g} h"
        facts = {"instance": self.name, "period": hours, "cap": int(self.cap), "gatherings": len(self.gatherings)}
        places = ((p.name, p.id, type(p).__name__.lower()) for p in self.places)
        teams = ((t.name, t.id, f"{int(t.count):,} teams") for t in self.teams)
        vehicles = ((v.name, v.id, f"{int(v.count):,} vehicles") for v in self.vehicles)
        return make_card(self.title, facts, ("name", "id", "what"), (*places, *teams, *vehicles))
