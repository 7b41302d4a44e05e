"""Columns of a log: which set out for which call, when they formed up, and how long they should have taken."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from optimiser.model.distances import measure
from optimiser.model.instance import Instance
from optimiser.model.observed_log import Observation, ObservedDay
from optimiser.operation.score.occasions import SLACK, Occasion, Taken, pair_rows

BY_VEHICLE = "by vehicle"  # what the event of a simulated day says of a column that rides
OVER = ("quiet", "green", "dispersed")  # phases in which nobody calls any more
UNANSWERED = ("none_left", "call_refused")
CALLED = ("", "called")  # notes of teams that form up; those on duty from the beginning have another


@dataclass(frozen=True)
class SentColumn:
    """Teams that were sent from one place to another.

    Attributes
    ----------
    sent : the row that says that they set out.
    formed : minute at which they stood formed up there.
    due : minutes from the call until then without any delay of players: until help from outside sets out, its way,
        and forming up.
    delay : minutes from the call until it sets out; 0 but for help from outside.
    """

    sent: Observation
    formed: float
    due: float
    delay: float

    @property
    def decided(self) -> float:
        """Minute of the call that it answers, if help from outside set out as agreed."""
        return self.sent.minute - self.delay

    @property
    def late(self) -> float:
        """Minutes later than its way and forming up take."""
        return self.formed - self.sent.minute - (self.due - self.delay)


def take_column(instance: Instance, day: ObservedDay) -> Taken:
    """Minutes from setting out to forming up of each column, less those that its way and forming up take."""
    found = [Occasion(one.sent.place, one.sent.minute, one.late) for one in _follow(instance, day)]
    return tuple(found) if found or day.complete else None


def take_call(instance: Instance, day: ObservedDay) -> Taken:
    """Minutes from a call to the first teams that formed up for it; a call that is repeated counts from the first.

    Teams that had set out before are not those of this call. A call that is no longer needed before anybody came is no
    occasion. Expected is what the call takes without any delay of players: as long as nobody was left or it was
    refused, then what the column is due to take.
    """
    columns = {(one.sent.place, one.formed): one for one in reversed(list(_follow(instance, day)))}
    found = []
    for place in dict.fromkeys(row.place for row in day.of("asked")):
        since: float | None = None
        for row in day.of("asked", "formed", "phase", place=place):
            if row.what == "asked":
                since = row.minute if since is None else since
            elif row.what == "formed" and since is not None and row.note in CALLED:
                column = columns.get((place, row.minute))
                if column is None:
                    found.append(Occasion(place, since, row.minute - since))
                elif column.decided < since - SLACK - day.resolution:
                    continue
                else:
                    waited = _answer(day, place, since, column.decided) - since
                    found.append(Occasion(place, since, row.minute - since, expected=waited + column.due))
                since = None
            elif row.what == "phase" and row.about in OVER:
                since = None
    return tuple(found) if found or day.complete else None


def _answer(day: ObservedDay, place: str, since: float, decided: float) -> float:
    """Return when the call was made that was answered: the first one after nobody was left, or it was refused.

    Where a partial log tells neither, each repetition is taken for a sign that it was.
    """
    latest = decided + SLACK + day.resolution
    calls = [row.minute for row in day.of("asked", place=place) if since <= row.minute <= latest]
    unanswered = [row.minute for row in day.of(*UNANSWERED, place=place) if since <= row.minute < decided - SLACK]
    if not unanswered and not day.complete and not day.of(*UNANSWERED, place=place):
        return calls[-1]
    last = unanswered[-1] if unanswered else -1.0
    return next((minute for minute in calls if minute > last), calls[-1])


def _follow(instance: Instance, day: ObservedDay) -> Iterator[SentColumn]:
    """Follow every column whose end the log tells, in the order in which they set out."""
    form_up = float(instance.travel.form_up)
    delays = {one.id: float(one.delay) for one in instance.reinforcements}
    formed = {(row.place, row.minute): row for row in day.of("formed") if row.note in CALLED}
    came = {(row.place, row.minute): row for row in day.of("came")}  # who came in one minute forms up in one
    stood = pair_rows(came.values(), sorted(formed.values(), key=_minute), lambda row: row.minute + form_up)
    stands = {(there.place, there.minute): row.minute for there, row in stood if row is not None}
    found = []
    for ends in dict.fromkeys((row.place, row.other) for row in day.of("sent") if row.other):
        sent, gone = ([r for r in day.of(what) if (r.place, r.other) == ends] for what in ("sent", "came"))
        for left, there in pair_rows(sent, gone, lambda row: row.minute + (_way(instance, row) or 0.0)):
            way = _way(instance, left)
            if there is not None and way is not None and (there.place, there.minute) in stands:
                delay = delays.get(left.other, 0.0)
                found.append(SentColumn(left, stands[there.place, there.minute], delay + way + form_up, delay))
    yield from sorted(found, key=lambda one: one.sent.minute)


def _minute(row: Observation) -> float:
    return row.minute


def _way(instance: Instance, sent: Observation) -> float | None:
    """Return the minutes that a column is on its way; None where no way is open.

    The way is the shortest there is when it sets out, at the speed of help from outside, of the slowest vehicle with
    seats where it goes by vehicle, and else on foot.
    """
    distances = measure(instance)
    km = distances.km[distances.at(sent.minute)][distances.places.index(sent.other)][distances.places.index(sent.place)]
    outside = {one.id: float(one.speed) for one in instance.reinforcements}
    seated = [float(vehicle.speed) for vehicle in instance.vehicles if int(vehicle.seats) > 0]
    by_vehicle = min(seated, default=float(instance.travel.drive))
    speed = outside.get(sent.other) or (by_vehicle if sent.note == BY_VEHICLE else float(instance.travel.march))
    return 60.0 * float(km) / speed if math.isfinite(km) else None
