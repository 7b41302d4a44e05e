"""Faults between the values of an instance: names that lead nowhere, times outside the period, rules that clash.

Every check is a generator of faults and stands alone, so that all faults are listed in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from optimiser.common.errors import Fault
from optimiser.common.faults import ADVISED, make_fault, suggest, write_place
from optimiser.common.message import Message
from optimiser.model.clocks import is_reversed, span_window
from optimiser.model.escalation_law import CONSTANTS
from optimiser.model.values.base import EVERYBODY
from optimiser.model.values.travel_faults import find_travel_faults

if TYPE_CHECKING:
    from optimiser.model.instance import Instance, Sector

Check = Callable[["Instance"], Iterator[Fault]]
PHASES_OF_CALL = ("green", "yellow", "red")
EXISTING = {
    "sector": Message("a sector that exists"),
    "post": Message("a post that exists"),
    "place": Message("a place that exists"),
    "role": Message("a role that exists"),
    "team": Message("a team that exists"),
    "kind": Message("a team, role or vehicle that exists"),
    "constant": Message("a constant that exists"),
}


def find_faults(instance: Instance) -> list[Fault]:
    """List all faults between the values of an instance."""
    checks: tuple[Check, ...] = (
        _identifiers,
        _references,
        find_travel_faults,
        _period,
        _times,
        _limits,
        _vehicles,
        _doctrine,
        _law,
        _historical,
    )
    return [fault for check in checks for fault in check(instance)]


def _identifiers(instance: Instance) -> Iterator[Fault]:
    """Check that an identifier is used once in its namespace."""
    namespaces = (
        ("sectors", "posts"),
        ("teams", "roles", "vehicles"),
        ("gatherings",),
        ("triggers",),
        ("reinforcements",),
    )
    for sections in namespaces:
        first: dict[str, str] = {}
        for section in sections:
            for number, item in enumerate(getattr(instance, section)):
                place = f"{section}[{number}].id"
                earlier = first.setdefault(item.id, place)
                if earlier != place:
                    expected = Message("an identifier used once in {sections}", sections=", ".join(sections))
                    repair = Message("{place} has it; rename one", place=earlier)
                    yield make_fault("duplicate-id", place, item.id, expected, repair)


def _references(instance: Instance) -> Iterator[Fault]:
    """Check that whatever is named exists."""
    sectors, posts = [s.id for s in instance.sectors], [p.id for p in instance.posts]
    roles, teams = [r.id for r in instance.roles], [t.id for t in instance.teams]
    names = {
        "sector": sectors,
        "post": posts,
        "place": sectors + posts,
        "role": roles,
        "team": teams,
        "kind": teams + roles + [v.id for v in instance.vehicles],
        "constant": [c.name for c in CONSTANTS],
    }
    known = {kind: frozenset(of_kind) for kind, of_kind in names.items()}
    wrong = 0
    for place, name, kind in _named(instance):
        if name is not None and name not in known[kind]:
            wrong += 1
            advice = suggest(name, names[kind]) if wrong <= ADVISED else ""
            repair = advice or Message("name one, or add it")
            yield make_fault(f"unknown-{kind}", place, name, EXISTING[kind], repair)
    for number, sector in enumerate(instance.sectors):
        if sector.spill_to == sector.id:
            place = f"sectors[{number}].spill_to"
            expected, repair = Message("another sector"), Message("name another sector or leave it out")
            yield make_fault("same-place", place, sector.id, expected, repair)


def _named(instance: Instance) -> Iterator[tuple[str, str | None, str]]:
    """List every name that refers to something: its place in the file, the name, what it should be."""
    for i, sector in enumerate(instance.sectors):
        for field, of_roles in (("minimum", sector.minimum), ("maximum", sector.maximum)):
            yield from ((f"sectors[{i}].{field}.{role}", role, "role") for role in of_roles)
        yield f"sectors[{i}].spill_to", sector.spill_to, "sector"
    for i, team in enumerate(instance.teams):
        yield f"teams[{i}].role", team.role, "role"
        yield f"teams[{i}].home", team.home, "post"
    for i, vehicle in enumerate(instance.vehicles):
        yield f"vehicles[{i}].home", vehicle.home, "post"
        yield f"vehicles[{i}].crew_role", vehicle.crew_role, "role"
        yield f"vehicles[{i}].escort_role", vehicle.escort_role, "role"
    for i, gathering in enumerate(instance.gatherings):
        for j, stop in enumerate(gathering.itinerary):
            yield f"gatherings[{i}].itinerary[{j}].sector", stop.sector, "sector"
    for i, trigger in enumerate(instance.triggers):
        yield from ((f"triggers[{i}].sectors[{j}]", name, "sector") for j, name in enumerate(trigger.sectors))
    for i, reinforcement in enumerate(instance.reinforcements):
        yield f"reinforcements[{i}].team", reinforcement.team, "team"
    for i, pin in enumerate(instance.pins):
        yield f"pins[{i}].place", pin.place, "place"
        if pin.what != EVERYBODY:
            yield f"pins[{i}].what", pin.what, "kind"
    yield from ((write_place(("law", name)), name, "constant") for name in instance.law)


def _period_is_sound(instance: Instance) -> bool:
    start = instance.period.start
    return start.tzinfo is None and start.second == start.microsecond == 0 and 1900 <= start.year < 2200


def _period(instance: Instance) -> Iterator[Fault]:
    """Check that clock times can be counted from the start: local, at a whole minute, in a usual year."""
    if not _period_is_sound(instance):
        expected = Message(
            "local time at a whole minute, no zone, 1900 to 2199, for example {example}", example="2024-08-20T13:00:00"
        )
        repair = Message("leave out the zone and the seconds")
        yield make_fault("bad-date", "period.start", instance.period.start, expected, repair)


def _times(instance: Instance) -> Iterator[Fault]:
    """Check that clock times lie in the period, and that a critical process ends after it started."""
    if not _period_is_sound(instance):
        return
    last = instance.period.minutes
    inside = Message("{low} to {high}", low=instance.clock(0.0), high=instance.clock(last))
    for place, clock in _clocks(instance):
        if instance.minutes(clock) > last:
            repair = Message("correct it, or change period.start or period.hours")
            yield make_fault("time-outside", place, clock, inside, repair)
    yield from _closures(instance)
    for i, sector in enumerate(instance.sectors):
        for j, window in enumerate(sector.critical):
            start, end = span_window(instance, window)
            if end > last:
                repair = Message("correct it, or change period.hours")
                yield make_fault("time-outside", f"sectors[{i}].critical[{j}].end", window.end, inside, repair)
            elif end <= start <= last:
                place = f"sectors[{i}].critical[{j}].end"
                expected = Message("later than its start, {start}", start=window.start)
                yield make_fault("time-order", place, window.end, expected, Message("exchange or correct them"))


def _closures(instance: Instance) -> Iterator[Fault]:
    """Check that a closure ends after it started; one over midnight has its end on the next day."""
    for i, closure in enumerate(instance.travel.closures):
        if is_reversed(instance, closure):
            expected = Message("later than its start, {start}", start=closure.start)
            repair = Message("correct it; two closures, one without a start and one without an end, may also be meant")
            if closure.start == closure.end:
                repair = Message("correct one of them; leave out both if it is closed all the time")
            yield make_fault("time-order", f"travel.closures[{i}].end", closure.end, expected, repair)


def _clocks(instance: Instance) -> Iterator[tuple[str, str]]:
    """List the clock times that must lie in the period, with their places in the file."""
    for i, sector in enumerate(instance.sectors):
        yield from ((f"sectors[{i}].critical[{j}].start", window.start) for j, window in enumerate(sector.critical))
    for i, team in enumerate(instance.teams):
        if team.available is not None:
            yield f"teams[{i}].available", team.available
    for i, gathering in enumerate(instance.gatherings):
        yield f"gatherings[{i}].arrives", gathering.arrives
    for i, trigger in enumerate(instance.triggers):
        yield f"triggers[{i}].at", trigger.at


def _limits(instance: Instance) -> Iterator[Fault]:
    """Check that no least number is larger than its most."""
    for i, sector in enumerate(instance.sectors):
        yield from _sector_limits(f"sectors[{i}]", sector)
    for i, pin in enumerate(instance.pins):
        if pin.at_least is not None and pin.at_most is not None and pin.at_least > pin.at_most:
            place, expected = f"pins[{i}].at_least", Message("at most at_most, {most}", most=pin.at_most)
            yield make_fault("minimum-above-maximum", place, pin.at_least, expected, Message("correct one"))


def _sector_limits(where: str, sector: Sector) -> Iterable[Fault]:
    for role, least in sector.minimum.items():
        most = sector.maximum.get(role, least)
        if least > most:
            place = f"{where}.minimum.{role}"
            expected = Message("at most maximum.{role}, {most} teams", role=role, most=int(most))
            yield make_fault("minimum-above-maximum", place, int(least), expected, Message("correct one"))


def _vehicles(instance: Instance) -> Iterator[Fault]:
    """Check that vehicles have what they need to do anything."""
    for i, vehicle in enumerate(instance.vehicles):
        where = f"vehicles[{i}]"
        if vehicle.water_cannon and vehicle.endurance <= 0:
            expected, repair = Message("more than 0 min"), Message("write how long its water lasts")
            yield make_fault("dry-water-cannon", f"{where}.endurance", 0, expected, repair)
        if vehicle.water_cannon and vehicle.crew <= 0:
            expected, repair = Message("at least 1 head"), Message("without its crew it does nothing")
            yield make_fault("no-crew", f"{where}.crew", 0, expected, repair)
        if vehicle.escort > 0 and vehicle.escort_role is None:
            expected, repair = Message("the role that gives the escort"), Message("name the role, or set escort to 0")
            yield make_fault("escort-role", f"{where}.escort_role", None, expected, repair)


def _doctrine(instance: Instance) -> Iterator[Fault]:
    """Check that doctrine can be followed at all."""
    doctrine = instance.doctrine
    marks = [float(mark) for mark in doctrine.waiting_marks]
    for i, (earlier, mark) in enumerate(zip([0.0, *marks], marks, strict=False)):
        if mark <= earlier:
            place = f"doctrine.waiting_marks[{i}]"
            expected = Message("more than {minutes} min", minutes=f"{earlier:g}")
            yield make_fault("waiting-marks", place, mark, expected, Message("sort and correct the marks"))
    for phase in PHASES_OF_CALL:
        if phase not in doctrine.command:
            place = f"doctrine.command.{phase}"
            expected, repair = Message("who commands in this phase"), Message("name the level of command")
            yield make_fault("no-commander", place, None, expected, repair)
    if doctrine.officer_per_sector and not any(role.officer for role in instance.roles):
        repair = Message("set officer = true on a role, or doctrine.officer_per_sector to false")
        yield make_fault("no-officer", "roles", None, Message("a role with officer = true"), repair)
    for i, role in enumerate(instance.roles):
        for phase in PHASES_OF_CALL:
            strength = getattr(role.containment, phase)
            if strength > 0 and phase not in role.phases:
                place = f"roles[{i}].containment.{phase}"
                expected = Message("0, because phases leaves out {phase}", phase=phase)
                repair = Message("set it to 0 or add the phase")
                yield make_fault("doctrine-phase", place, float(strength), expected, repair)


def _law(instance: Instance) -> Iterator[Fault]:
    """Check that changed constants keep the formulas of the law meaningful: none negative, no share above one."""
    every = float(instance.doctrine.relief_every)
    if 0.0 < every < 1.0:
        expected = Message("0 for never, or 1 to 1440 min")
        yield make_fault("out-of-range", "doctrine.relief_every", every, expected, Message("correct it"))
    for constant in CONSTANTS:
        value = float(instance.law.get(constant.name, constant.default))
        is_share = constant.unit == "1" and constant.high <= 1.0
        most = 1.0 if is_share else 1000.0 * constant.high  # beyond that a replication is all ringing
        too_large = value >= 1.0 if constant.name == "threshold" else value > most
        too_small = value <= 0.0 if constant.name == "arrest_k" else value < 0.0
        if too_small or too_large:
            expected = Message("0 to {high}", high=f"{most:g}")
            if constant.name == "threshold":
                expected = Message("0 to below 1")
            elif constant.name == "arrest_k":
                expected = Message("above 0, to {high}", high=f"{most:g}")
            words = {"low": f"{constant.low:g}", "high": f"{constant.high:g}", "unit": constant.unit}
            repair = Message("its plausible range is {low} to {high}, unit {unit}", **words)
            yield make_fault("constant-range", f"law.{constant.name}", value, expected, repair)


def _historical(instance: Instance) -> Iterator[Fault]:
    """Check that the historical plan lies beside the instance file, nowhere else on the machine."""
    name = instance.historical
    if name is None:
        return
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not name.isprintable() or "\\" in name or ":" in name or not name:
        expected = Message("a file name beside this file, or in a folder below it")
        yield make_fault("bad-file-name", "historical", name, expected, Message("move the plan beside the instance"))
