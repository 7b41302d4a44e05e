"""Faults between the values of an instance: names that lead nowhere, times outside the period, rules that clash.

Every check is a generator of faults and stands alone, so that all faults are listed in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from optimiser.common.errors import Fault
from optimiser.common.message import Message
from optimiser.model.clocks import is_reversed, span_window
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.parts.base_map import find_base_map_faults
from optimiser.model.parts.itinerary import find_route_faults
from optimiser.model.parts.movement import find_movement_faults
from optimiser.model.parts.notes import find_call_sign_faults
from optimiser.model.parts.outline import find_outline_faults
from optimiser.model.values.references import find_identifier_faults, find_reference_faults
from optimiser.model.values.travel_faults import find_travel_faults
from optimiser.model.values.unread import NOTHING, Finding, Unread, make_finding

if TYPE_CHECKING:
    from optimiser.model.instance import Instance, Sector

Check = Callable[["Instance"], Iterator[Finding]]
PHASES_OF_CALL = ("green", "yellow", "red")
PERIOD = ("period.start", "period.hours")  # what every clock time is looked at against
EXCHANGE = Message("exchange or correct them")


def find_faults(instance: Instance, unread: Unread = NOTHING) -> list[Fault]:
    """List all faults between the values of an instance.

    Parameters
    ----------
    unread : values that only stand in for what could not be read; a fault that relies on one of them is left out.
    """
    checks: tuple[Check, ...] = (
        find_identifier_faults,
        lambda whole: find_reference_faults(whole, unread),
        find_travel_faults,
        find_route_faults,
        find_movement_faults,
        find_outline_faults,
        find_base_map_faults,
        find_call_sign_faults,
        _period,
        _times,
        _limits,
        _vehicles,
        _doctrine,
        _law,
        _historical,
    )
    return [fault for check in checks for fault in unread.sound(check(instance))]


def _period_is_sound(instance: Instance) -> bool:
    start = instance.period.start
    return start.tzinfo is None and start.second == start.microsecond == 0 and 1900 <= start.year < 2200


def _period(instance: Instance) -> Iterator[Finding]:
    """Check that clock times can be counted from the start: local, at a whole minute, in a usual year."""
    if not _period_is_sound(instance):
        expected = Message(
            "local time at a whole minute, no zone, 1900 to 2199, for example {example}", example="2024-08-20T13:00:00"
        )
        repair = Message("leave out the zone and the seconds")
        yield make_finding("bad-date", "period.start", instance.period.start, expected, repair)


def _times(instance: Instance) -> Iterator[Finding]:
    """Check that clock times lie in the period, and that a critical process ends after it started."""
    if not _period_is_sound(instance):
        return
    last = instance.period.minutes
    inside = Message("{low} to {high}", low=instance.clock(0.0), high=instance.clock(last))
    for place, clock in _clocks(instance):
        if instance.minutes(clock) > last:
            repair = Message("correct it, or change period.start or period.hours")
            yield make_finding("time-outside", place, clock, inside, repair, (*PERIOD, place))
    yield from _closures(instance)
    for i, sector in enumerate(instance.sectors):
        for j, window in enumerate(sector.critical):
            start, end = span_window(instance, window)
            if end > last:
                repair = Message("correct it, or change period.hours")
                place = f"sectors[{i}].critical[{j}].end"
                yield make_finding("time-outside", place, window.end, inside, repair, (*PERIOD, place))
            elif end <= start <= last:
                where = f"sectors[{i}].critical[{j}]"
                relies = (*PERIOD, f"{where}.start", f"{where}.end")
                expected, repair = Message("later than its start, {start}", start=window.start), EXCHANGE
                yield make_finding("time-order", f"{where}.end", window.end, expected, repair, relies)


def _closures(instance: Instance) -> Iterator[Finding]:
    """Check that a closure ends after it started; one over midnight has its end on the next day."""
    for i, closure in enumerate(instance.travel.closures):
        if is_reversed(instance, closure):
            expected = Message("later than its start, {start}", start=closure.start)
            repair = Message("correct it; two closures, one without a start and one without an end, may also be meant")
            if closure.start == closure.end:
                repair = Message("correct one of them; leave out both if it is closed all the time")
            where = f"travel.closures[{i}]"
            relies = (*PERIOD, f"{where}.start", f"{where}.end")
            yield make_finding("time-order", f"{where}.end", closure.end, expected, repair, relies)


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
    for i, movement in enumerate(instance.movements):
        yield from ((f"movements[{i}].legs[{j}].until", leg.until) for j, leg in enumerate(movement.legs) if leg.until)


def _limits(instance: Instance) -> Iterator[Finding]:
    """Check that no least number is larger than its most."""
    for i, sector in enumerate(instance.sectors):
        yield from _sector_limits(f"sectors[{i}]", sector)
    for i, pin in enumerate(instance.pins):
        if pin.at_least is not None and pin.at_most is not None and pin.at_least > pin.at_most:
            place, expected = f"pins[{i}].at_least", Message("at most at_most, {most}", most=pin.at_most)
            relies = (place, f"pins[{i}].at_most")
            yield make_finding("minimum-above-maximum", place, pin.at_least, expected, Message("correct one"), relies)


def _sector_limits(where: str, sector: Sector) -> Iterable[Finding]:
    for role, least in sector.minimum.items():
        most = sector.maximum.get(role, least)
        if least > most:
            place = f"{where}.minimum.{role}"
            expected = Message("at most maximum.{role}, {most} teams", role=role, most=int(most))
            relies = (place, f"{where}.maximum.{role}")
            yield make_finding("minimum-above-maximum", place, int(least), expected, Message("correct one"), relies)


def _vehicles(instance: Instance) -> Iterator[Finding]:
    """Check that vehicles have what they need to do anything."""
    for i, vehicle in enumerate(instance.vehicles):
        where = f"vehicles[{i}]"
        if vehicle.water_cannon and vehicle.endurance <= 0:
            expected, repair = Message("more than 0 min"), Message("write how long its water lasts")
            relies = (f"{where}.endurance", f"{where}.water_cannon")
            yield make_finding("dry-water-cannon", relies[0], 0, expected, repair, relies)
        if vehicle.water_cannon and vehicle.crew <= 0:
            expected, repair = Message("at least 1 head"), Message("without its crew it does nothing")
            relies = (f"{where}.crew", f"{where}.water_cannon")
            yield make_finding("no-crew", relies[0], 0, expected, repair, relies)
        if vehicle.escort > 0 and vehicle.escort_role is None:
            expected, repair = Message("the role that gives the escort"), Message("name the role, or set escort to 0")
            relies = (f"{where}.escort_role", f"{where}.escort")
            yield make_finding("escort-role", relies[0], None, expected, repair, relies)


def _doctrine(instance: Instance) -> Iterator[Finding]:
    """Check that doctrine can be followed at all."""
    doctrine = instance.doctrine
    marks = [float(mark) for mark in doctrine.waiting_marks]
    for i, (earlier, mark) in enumerate(zip([0.0, *marks], marks, strict=False)):
        if mark <= earlier:
            place = f"doctrine.waiting_marks[{i}]"
            expected = Message("more than {minutes} min", minutes=f"{earlier:g}")
            repair = Message("sort and correct the marks")
            yield make_finding("waiting-marks", place, mark, expected, repair, ("doctrine.waiting_marks",))
    for phase in PHASES_OF_CALL:
        if phase not in doctrine.command:
            place = f"doctrine.command.{phase}"
            expected, repair = Message("who commands in this phase"), Message("name the level of command")
            yield make_finding("no-commander", place, None, expected, repair)
    if doctrine.officer_per_sector and not any(role.officer for role in instance.roles):
        repair = Message("set officer = true on a role, or doctrine.officer_per_sector to false")
        relies = ("doctrine.officer_per_sector", "roles[*].officer")
        yield make_finding("no-officer", "roles", None, Message("a role with officer = true"), repair, relies)
    for i, role in enumerate(instance.roles):
        for phase in PHASES_OF_CALL:
            strength = getattr(role.containment, phase)
            if strength > 0 and phase not in role.phases:
                place = f"roles[{i}].containment.{phase}"
                expected = Message("0, because phases leaves out {phase}", phase=phase)
                repair = Message("set it to 0 or add the phase")
                relies = (place, f"roles[{i}].phases")
                yield make_finding("doctrine-phase", place, float(strength), expected, repair, relies)


def _law(instance: Instance) -> Iterator[Finding]:
    """Check that changed constants keep the formulas of the law meaningful: none negative, no share above one."""
    every = float(instance.doctrine.relief_every)
    if 0.0 < every < 1.0:
        expected = Message("0 for never, or 1 to 1440 min")
        yield make_finding("out-of-range", "doctrine.relief_every", every, expected, Message("correct it"))
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
            yield make_finding("constant-range", f"law.{constant.name}", value, expected, repair)


def _historical(instance: Instance) -> Iterator[Finding]:
    """Check that the historical plan lies beside the instance file, nowhere else on the machine."""
    name = instance.historical
    if name is None:
        return
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not name.isprintable() or "\\" in name or ":" in name or not name:
        expected = Message("a file name beside this file, or in a folder below it")
        yield make_finding("bad-file-name", "historical", name, expected, Message("move the plan beside the instance"))
