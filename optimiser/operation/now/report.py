"""A situation report: what is known of the day at a minute. What is not reported is drawn, never assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from optimiser.common.errors import Fault
from optimiser.common.faults import list_near, make_fault, suggest
from optimiser.common.message import Message
from optimiser.files.read import WORKBOOK, publish_model, read_document
from optimiser.model.instance import Instance, Sector
from optimiser.model.values.arguments import checked
from optimiser.model.values.base import (
    Clock,
    Frozen,
    Identifier,
    Minutes,
    Model,
    Name,
    People,
    Teams,
    Tension,
    Text,
    Vehicles,
    YesNo,
)
from optimiser.model.values.build import build_model
from optimiser.model.values.unread import Unread
from optimiser.simulation.index_instance import index_instance

FORMAT: Literal["optimiser-situation/1"] = "optimiser-situation/1"
PHASES = ("quiet", "green", "yellow", "red", "dispersed")  # in the order of the law's numbers
DELEGATIONS = ("none", "waiting", "received", "refused")  # in the order of `simulation.state`
Phase = Literal["quiet", "green", "yellow", "red", "dispersed"]
Delegation = Literal["none", "waiting", "received", "refused"]
PeopleBy = Annotated[dict[Identifier, People], Frozen]
TeamsBy = Annotated[dict[Identifier, Teams], Frozen]
VehiclesBy = Annotated[dict[Identifier, Vehicles], Frozen]


class SectorReport(Model):
    """What is known of one sector; what is left out is not known."""

    id: Identifier
    phase: Phase | None = Field(None, description="quiet: nobody is there; dispersed: they were driven apart")
    mood: Tension | None = Field(None, description="of the people there; a word will do")
    people: PeopleBy = Field({}, validate_default=True, description="about how many persons, by gathering")
    delegation: Delegation | None = Field(None, description="whether a delegation waits, was received, or refused")
    since: Clock | None = Field(None, description="clock time since which the delegation has waited")
    exit_open: YesNo | None = Field(None, description="whether the way out for the crowd is open")
    stopped: YesNo | None = Field(None, description="whether the critical process is stopped")
    teams: TeamsBy | None = Field(None, description="who stands there, by kind of team; kinds left out are not there")
    on_duty_since: Clock | None = Field(None, description="clock time since which they stand there without relief")
    water: Minutes | None = Field(None, description="minutes of water that each water cannon there has left")


class PostReport(Model):
    """What is known of one post."""

    id: Identifier
    teams: TeamsBy | None = Field(None, description="who waits there, by kind of team; kinds left out are not there")
    vehicles: VehiclesBy | None = Field(None, description="vehicles that wait there, by type, without water cannon")


class RoadReport(Model):
    """Teams on the road from a post to a sector."""

    start: Identifier = Field(description="post, or help from outside, that they come from")
    sector: Identifier
    teams: TeamsBy
    arrives: Clock


class SituationReport(Model):
    """What is known of an operation at a minute."""

    format: Literal["optimiser-situation/1"] = FORMAT
    instance: Identifier
    title: Name | None = None
    about: Text | None = None
    at: Clock = Field(description="clock time of the report")
    sectors: tuple[SectorReport, ...] = ()
    posts: tuple[PostReport, ...] = ()
    road: tuple[RoadReport, ...] | None = Field(None, description="who is on the road; an empty list: nobody is")

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing but the time."""
        return not self.sectors and not self.posts and self.road is None


def situation_schema() -> dict[str, Any]:
    """Return the JSON Schema of a situation report."""
    return publish_model(SituationReport, "situation")


@checked()
def read_situation(path: str | Path, instance: Instance) -> SituationReport:
    """Read a situation report from a workbook, or from a TOML or JSON file.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it says something that cannot be used; all its faults, those of a workbook with their cells.
    """
    if Path(path).suffix.lower() == WORKBOOK:
        from optimiser.operation.now.report_book import read_report_book  # noqa: PLC0415  (which makes a report)

        return read_report_book(path, instance)
    return parse_situation(read_document(path), instance, str(path))


def parse_situation(data: Any, instance: Instance, source: str = "situation") -> SituationReport:
    """Make a situation report of plain values, and see whether it fits the instance.

    Raises
    ------
    InputFault : all faults.
    """

    def between(report: SituationReport, _: Unread) -> list[Fault]:
        return list(_find_misfits(report, instance))

    return build_model(SituationReport, data, source, between)


def _find_misfits(report: SituationReport, instance: Instance) -> Iterator[Fault]:
    """List what of a report the instance does not have, or cannot be."""
    if report.instance != instance.name:
        expected = Message("the name of the instance, {name}", name=instance.name)
        repair = Message("take the report that belongs to the instance")
        yield make_fault("unknown-instance", "instance", report.instance, expected, repair)
    now = instance.minutes(report.at)
    if now > instance.period.simulated:
        expected, repair = Message("a clock time of the operation"), Message("correct the time")
        yield make_fault("time-outside", "at", report.at, expected, repair)
    for place, section in (("sectors", report.sectors), ("posts", report.posts)):
        for name, times in Counter(one.id for one in section).items():
            if times > 1:
                expected = Message("an identifier used once in {sections}", sections=place)
                yield make_fault("duplicate-id", place, name, expected, Message("put them together"))
    for i, sector in enumerate(report.sectors):
        yield from _sector_misfits(f"sectors[{i}]", sector, instance, now)
    teams = {team.id for team in instance.teams}
    for i, post in enumerate(report.posts):
        yield from _unknown("unknown-post", f"posts[{i}].id", post.id, {p.id for p in instance.posts})
        yield from _all_known("unknown-team", f"posts[{i}].teams", post.teams or {}, teams)
        dry = {v.id for v in instance.vehicles if not v.water_cannon}
        yield from _all_known("unknown-kind", f"posts[{i}].vehicles", post.vehicles or {}, dry)
    stations = {place.id for place in (*instance.posts, *instance.reinforcements)}
    for i, column in enumerate(report.road or ()):
        yield from _unknown("unknown-post", f"road[{i}].start", column.start, stations)
        yield from _unknown("unknown-sector", f"road[{i}].sector", column.sector, {s.id for s in instance.sectors})
        yield from _all_known("unknown-team", f"road[{i}].teams", column.teams, teams)
        if instance.minutes(column.arrives) < now:
            expected, repair = Message("a time after {at}", at=report.at), Message("say that they are there")
            yield make_fault("time-order", f"road[{i}].arrives", column.arrives, expected, repair)
    yield from _too_many(report, instance)


def _sector_misfits(place: str, sector: SectorReport, instance: Instance, now: float) -> Iterator[Fault]:
    yield from _unknown("unknown-sector", f"{place}.id", sector.id, {s.id for s in instance.sectors})
    facts = index_instance(instance)
    s = next((i for i, one in enumerate(instance.sectors) if one.id == sector.id), None)
    slots = range(0) if s is None else range(facts.slot_first[s], facts.slot_first[s + 1])
    passing = {instance.gatherings[facts.slot_gathering[b]].id for b in slots}
    for name in sector.people if s is not None else ():
        if name not in passing:
            expected = list_near(name, sorted(passing), Message("those who may come there"))
            repair = suggest(name, passing) or Message("name a gathering that can be there")
            yield make_fault("unknown-gathering", f"{place}.people.{name}", name, expected, repair)
    if s is not None:
        yield from _contradictions(place, sector, instance.sectors[s], bool(passing))
    yield from _all_known("unknown-team", f"{place}.teams", sector.teams or {}, {t.id for t in instance.teams})
    for field in ("since", "on_duty_since"):
        clock = getattr(sector, field)
        if clock is not None and instance.minutes(clock) > now:
            expected, repair = Message("a time before that of the report"), Message("correct the time")
            yield make_fault("time-order", f"{place}.{field}", clock, expected, repair)


def _contradictions(place: str, told: SectorReport, sector: Sector, visited: bool) -> Iterator[Fault]:
    """List what cannot be in that sector, or not beside what else is said of it."""
    people = sum(int(n) for n in told.people.values())
    empty, leave_out = Message("nothing: it cannot be in this place"), Message("leave it out, or correct the place")
    if told.phase not in (None, "quiet") and not visited:
        expected = Message("quiet: no gathering of the instance can come there")
        yield make_fault("contradiction", f"{place}.phase", told.phase, expected, leave_out)
    if told.phase == "quiet" and people:
        expected, repair = Message("a phase in which people are there"), Message("correct the phase or the people")
        yield make_fault("contradiction", f"{place}.phase", told.phase, expected, repair)
    if told.delegation not in (None, "none") and sector.official is None:
        yield make_fault("contradiction", f"{place}.delegation", told.delegation, empty, leave_out)
    if told.since is not None and told.delegation != "waiting":
        expected, repair = Message("only where a delegation is waiting"), Message("say so, or leave it out")
        yield make_fault("contradiction", f"{place}.since", told.since, expected, repair)
    if told.stopped and not sector.critical:
        yield make_fault("contradiction", f"{place}.stopped", told.stopped, empty, leave_out)


def _too_many(report: SituationReport, instance: Instance) -> Iterator[Fault]:
    """More teams of a kind, or vehicles of a type, are reported than there are."""
    told: Counter[str] = Counter()
    named = [one.teams for one in report.sectors] + [one.teams for one in report.posts]
    for teams in (*named, *(column.teams for column in report.road or ())):
        told.update({kind: int(n) for kind, n in (teams or {}).items()})
    more: Counter[str] = Counter()
    for helper in instance.reinforcements:
        more[helper.team] += int(helper.teams)
    for team in instance.teams:
        most = int(team.count) + more[team.id]
        if told[team.id] > most:
            expected, repair = Message("at most {n}", n=f"{most}"), Message("correct who is where")
            yield make_fault("out-of-range", f"teams.{team.id}", told[team.id], expected, repair)
    parked: Counter[str] = Counter()
    for post in report.posts:
        parked.update({kind: int(n) for kind, n in (post.vehicles or {}).items()})
    for vehicle in instance.vehicles:
        if parked[vehicle.id] > int(vehicle.count):
            expected, repair = Message("at most {n}", n=f"{int(vehicle.count)}"), Message("correct what is where")
            yield make_fault("out-of-range", f"vehicles.{vehicle.id}", parked[vehicle.id], expected, repair)


def _all_known(code: str, place: str, named: Collection[str], known: Collection[str]) -> Iterator[Fault]:
    for name in named:
        yield from _unknown(code, f"{place}.{name}", name, known)


def _unknown(code: str, place: str, name: str, known: Collection[str]) -> Iterator[Fault]:
    if name not in known:
        expected = list_near(
            name, sorted(known), Message("`optimiser template FILE.xlsx` makes a workbook that has all")
        )
        yield make_fault(code, place, name, expected, suggest(name, known) or Message("name one that exists"))
