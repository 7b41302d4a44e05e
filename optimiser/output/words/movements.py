"""Who moved where in one told scenario: columns from post to sector and back, and the phases of every sector.

Read from the event log alone; nothing is simulated here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from optimiser.model.instance import Instance, Period
from optimiser.simulation.events import Event

PRESENT = ("green", "yellow", "red")  # phases in which people are there
STEP = 30.0  # min, assumed: a picture that goes on after the period ends with a half hour
NEAR = 1e-6  # min, within which two events happened at once; below is float rounding


@dataclass(frozen=True)
class ReserveColumn:
    """Reserve or help from outside that was sent to a sector.

    Attributes
    ----------
    origin, sector : identifiers of where from and where to.
    heads : personnel in it; none where only vehicles were sent.
    sent, came, formed, released, back : minutes from the start; infinite for what did not happen before the end.
    units : kinds of teams that formed up, with numbers.
    rides : vehicles that brought it and drove back, with numbers.
    home : minute at which these are back.
    """

    origin: str
    sector: str
    heads: int
    sent: float
    came: float = math.inf
    formed: float = math.inf
    released: float = math.inf
    back: float = math.inf
    units: tuple[tuple[str, int], ...] = ()
    rides: tuple[tuple[str, int], ...] = ()
    home: float = math.inf


@dataclass(frozen=True)
class AlongStand:
    """Units that move as planned, in one sector.

    Attributes
    ----------
    sent : minute at which they set out for it; where they assembled, the same as formed.
    formed, left : minutes from and until which they stand there.
    """

    sector: str
    sent: float
    formed: float
    left: float


def list_along_stands(events: Sequence[Event], moving: str, first: str, end: float) -> tuple[AlongStand, ...]:
    """Give where units of one moving place were in one told scenario.

    Parameters
    ----------
    moving : identifier of an accompaniment or a movement.
    first : sector where they begin.
    end : minute at which the picture ends.
    """
    stays = [AlongStand(first, 0.0, 0.0, end)]
    for event in events:
        if event.what != moving:
            continue
        if event.kind == "moves":
            stays[-1] = replace(stays[-1], left=event.minute)
            stays.append(AlongStand(event.other, event.minute, end, end))
        elif event.kind == "moved" and event.sector == stays[-1].sector:
            stays[-1] = replace(stays[-1], formed=min(stays[-1].formed, event.minute))
    return tuple(stays)


@dataclass(frozen=True)
class Walk:
    """People of a gathering on their way from one sector to another.

    Attributes
    ----------
    gathering, origin, sector : identifiers of whose, where from and where to.
    left, came : minutes from the start.
    """

    gathering: str
    origin: str
    sector: str
    people: int
    left: float
    came: float


def list_walks(events: Iterable[Event]) -> tuple[Walk, ...]:
    """Match who leaves a sector for another with who arrives there, in the order in which they arrive.

    A dispersed gathering that goes on does so from where it was dispersed last. Left out is who has not arrived before
    the end, and who comes back to where they were dispersed: the log does not say where they are meanwhile.
    """
    walks: list[Walk] = []
    going: list[Event] = []  # who marches on or spills over and has not arrived yet
    scattered: dict[str, Event] = {}  # where each gathering was dispersed last
    for event in events:
        if event.kind in ("marched", "spilled"):
            going.append(event)
        elif event.kind == "left" and event.note == "dispersed":
            scattered[event.what] = event
        elif event.kind == "arrived":
            same = [e for e in going if (e.what, e.other) == (event.what, event.sector)]
            left = next((e for e in same if e.number == event.number), same[0] if same else None)
            if left is not None:
                going.remove(left)
            else:
                left = scattered.get(event.what)
                if left is None or left.sector == event.sector or left.number < event.number:
                    continue
                del scattered[event.what]
            people = round(event.number)
            walks.append(Walk(event.what, left.sector, event.sector, people, left.minute, event.minute))
    return tuple(walks)


@dataclass
class _Open:
    """What is still under way while the log is read."""

    columns: list[ReserveColumn] = field(default_factory=list)

    def change(self, i: int, **values: object) -> None:
        self.columns[i] = replace(self.columns[i], **values)  # type: ignore[arg-type]

    def find(self, sector: str, **state: bool) -> list[int]:
        """List the columns of a sector in which each of these has happened or not."""
        return [
            i
            for i, c in enumerate(self.columns)
            if c.sector == sector and all(math.isfinite(getattr(c, name)) is is_so for name, is_so in state.items())
        ]


def list_columns(instance: Instance, events: Iterable[Event]) -> tuple[ReserveColumn, ...]:
    """Follow every column through an event log, in the order in which they set out.

    Two that form up at the same minute share what forms up by their heads, in the order in which they came.
    """
    form_up = float(instance.travel.form_up)
    sizes = {t.id: int(t.size) for t in instance.teams}
    vehicles = {v.id for v in instance.vehicles}
    log = _Open()
    for event in events:
        if event.kind == "sent":
            log.columns.append(ReserveColumn(event.other, event.sector, round(event.number), event.minute))
        elif event.kind == "came":
            waiting = [i for i in log.find(event.sector, came=False) if log.columns[i].origin == event.other]
            if waiting:
                there = [i for i in waiting if log.columns[i].heads == round(event.number)] or waiting
                log.change(there[0], came=event.minute, formed=event.minute + form_up)
        elif event.kind == "formed" and event.note == "called":
            _form(log, event, sizes)
        elif event.kind == "released":
            for i in log.find(event.sector, came=True, released=False):
                column = log.columns[i]
                if column.origin == event.other and column.formed <= event.minute + NEAR:
                    log.change(i, released=event.minute)
        elif event.kind == "phase" and event.what in ("quiet", "dispersed"):
            for i in log.find(event.sector, came=True, released=False):
                column = log.columns[i]
                if not column.heads:  # vehicles alone are sent back too, and only their return is logged
                    log.change(i, released=max(column.formed, event.minute))
        elif event.kind == "back":
            _come_back(log, event, vehicles)
    return tuple(log.columns)


def _form(log: _Open, event: Event, sizes: dict[str, int]) -> None:
    """Give teams that formed up to the first column with room for them."""
    number = round(event.number)
    for i in log.find(event.sector, came=True, released=False):
        column = log.columns[i]
        room = column.heads - sum(n * sizes[kind] for kind, n in column.units)
        fits = min(number, room // max(1, sizes[event.what]))
        if abs(column.formed - event.minute) <= NEAR and fits > 0:
            log.change(i, units=(*column.units, (event.what, fits)))
            number -= fits


def _come_back(log: _Open, event: Event, vehicles: set[str]) -> None:
    """Match what is callable again with the column it was part of; an empty ride takes as long as the way there."""
    if event.what in vehicles:
        for i, column in enumerate(log.columns):
            due = 2.0 * column.came - column.sent
            if column.origin == event.other and math.isfinite(due) and abs(due - event.minute) <= NEAR * 1e3:
                log.change(i, rides=(*column.rides, (event.what, round(event.number))), home=event.minute)
                return
    for i, column in enumerate(log.columns):
        mine = not column.heads if event.what in vehicles else any(kind == event.what for kind, _ in column.units)
        if mine and column.origin == event.other and column.released <= event.minute and math.isinf(column.back):
            log.change(i, back=event.minute)
            return


def last_shown(period: Period, gone: float) -> float:
    """Return the minute with which a picture of the day ends: that of the period, later where people are still there.

    Parameters
    ----------
    gone : minute at which the last people are gone.
    """
    if gone <= period.minutes:
        return period.minutes
    return min(period.simulated, math.ceil(gone / STEP) * STEP)


def find_end(instance: Instance, events: Iterable[Event]) -> float:
    """Return the minute with which a picture of one told scenario ends, see `last_shown`."""
    spans = (span for row in list_phases(events, instance.period.simulated).values() for span in row)
    return last_shown(instance.period, max((until for _, until, phase in spans if phase in PRESENT), default=0.0))


def list_phases(events: Iterable[Event], horizon: float) -> dict[str, list[tuple[float, float, str]]]:
    """Give the phases of every sector in which one changed: minutes from and until, and its name."""
    spans: dict[str, list[tuple[float, float, str]]] = {}
    for event in events:
        if event.kind == "phase":
            row = spans.setdefault(event.sector, [(0.0, horizon, "quiet")])
            begin, _, phase = row.pop()
            row += [(begin, event.minute, phase), (event.minute, horizon, event.what)]
    return {sector: [span for span in row if span[1] > span[0]] for sector, row in spans.items()}


def list_waiting(
    columns: Sequence[ReserveColumn], placed: Mapping[str, Sequence[tuple[float, int]]], crews: Mapping[str, int]
) -> dict[str, list[tuple[float, int]]]:
    """Give the heads that wait at each post from a minute on, by its identifier.

    Parameters
    ----------
    placed : heads placed at each post from a minute on, first from the start.
    crews : heads that one vehicle of a type takes along wherever it drives, by its identifier.
    """
    changes = {
        post: [(minute, more - less) for (_, less), (minute, more) in pairwise(steps)] for post, steps in placed.items()
    }
    for column in columns:
        if column.origin not in changes:
            continue
        drivers = sum(n * crews[vehicle] for vehicle, n in column.rides)
        if drivers:
            changes[column.origin] += [(column.sent, -drivers), (column.home, drivers)]
        if column.heads:
            changes[column.origin].append((column.sent, -column.heads))
            if math.isfinite(column.back):
                changes[column.origin].append((column.back, column.heads))
    found: dict[str, list[tuple[float, int]]] = {}
    for post, row in changes.items():
        steps = [placed[post][0]]
        for minute, several in groupby(sorted(row), key=lambda change: change[0]):
            steps.append((minute, steps[-1][1] + sum(change for _, change in several)))
        found[post] = steps
    return found
