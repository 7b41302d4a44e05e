"""Occasions of a day that concern drill: handovers, calls, columns, gates of wide-area means, evacuations."""

from __future__ import annotations

import math

from optimiser.common.message import Message
from optimiser.model.distances import measure
from optimiser.model.instance import Instance
from optimiser.model.observed_log import Observation, ObservedDay
from optimiser.operation.score.occasions import Occasion, Taken, pair, to_occasions

SLACK = 1.0 / 60.0  # minutes: times are written to the second at best
# gates of doctrine before wide-area means, by name
GATES: dict[str, Message] = {
    "phase": Message("the sector is red"),
    "order": Message("the commander of the phase has ordered"),
    "warning": Message("a warning was given"),
    "time": Message("time to leave has passed since the warning"),
    "exit": Message("a way out was open"),
    "medics": Message("medics were on site"),
    "reason": Message("the reason was written down"),
}
BY_VEHICLE = "by vehicle"  # what the event of a simulated day says of a column that rides
ALL_OPEN = "line too thin, warned, exit open, medics on site"  # what the event of a simulated day says of its gates


def _handovers(instance: Instance, day: ObservedDay, wanted: str) -> Taken:
    """Pair handovers and reliefs with their ends, of which a line has several at once, and keep those wanted."""
    doctrine = instance.doctrine
    lasts = {"lapis": float(doctrine.lapis), "lintas": float(doctrine.lintas), "relief": float(doctrine.relief)}
    pairs = pair(day.of(*lasts), day.of("steady"), lambda row: row.minute + lasts[row.what])
    return to_occasions([one for one in pairs if one[0].what == wanted], day.complete)


def take_lapis(instance: Instance, day: ObservedDay) -> Taken:
    """Minutes of each lapis ganti."""
    return _handovers(instance, day, "lapis")


def take_lintas(instance: Instance, day: ObservedDay) -> Taken:
    """Minutes of each lintas ganti."""
    return _handovers(instance, day, "lintas")


def take_evacuation(_: Instance, day: ObservedDay) -> Taken:
    """Minutes of each evacuation."""
    return to_occasions(pair(day.of("evacuating"), day.of("evacuated"), lambda row: row.minute), day.complete)


def take_call(_: Instance, day: ObservedDay) -> Taken:
    """Minutes from a call to the first teams that formed up for it; a call that is repeated counts from the first.

    A call that is no longer needed before anybody came is no occasion.
    """
    found = []
    for place in dict.fromkeys(row.place for row in day.of("asked")):
        since: Observation | None = None
        for row in day.of("asked", "formed", "phase", place=place):
            if row.what == "asked":
                since = since or row
            elif row.what == "formed" and since is not None and row.note in ("", "called"):
                found.append(Occasion(place, since.minute, row.minute - since.minute))
                since = None
            elif row.what == "phase" and row.about in ("quiet", "green", "dispersed"):
                since = None
    return tuple(found) if found or day.complete else None


def take_column(instance: Instance, day: ObservedDay) -> Taken:
    """Minutes from setting out to forming up of each column, less those that its way and forming up take.

    The way is the shortest there is when it sets out, at the speed of help from outside, of the slowest vehicle with
    seats where it goes by vehicle, and else on foot.
    """
    form_up, found = float(instance.travel.form_up), []
    formed = {(row.place, row.minute): row for row in day.of("formed") if row.note in ("", "called")}
    stood = pair(day.of("came"), sorted(formed.values(), key=_minute), lambda row: row.minute + form_up)
    stands = {id(came): row.minute for came, row in stood if row is not None}
    for ends in dict.fromkeys((row.place, row.other) for row in day.of("sent") if row.other):
        sent, came = ([r for r in day.of(what) if (r.place, r.other) == ends] for what in ("sent", "came"))
        for left, there in pair(sent, came, lambda row: row.minute + (_way(instance, row) or 0.0)):
            way = _way(instance, left)
            if there is not None and way is not None and id(there) in stands:
                found.append(Occasion(left.place, left.minute, stands[id(there)] - left.minute - way - form_up))
    found.sort(key=lambda one: one.minute)
    return tuple(found) if found or day.complete else None


def _minute(row: Observation) -> float:
    return row.minute


def _way(instance: Instance, sent: Observation) -> float | None:
    """Return the minutes that a column is on its way; None where no way is open."""
    distances = measure(instance)
    km = distances.km[distances.at(sent.minute)][distances.places.index(sent.other)][distances.places.index(sent.place)]
    outside = {one.id: float(one.speed) for one in instance.reinforcements}
    seated = [float(vehicle.speed) for vehicle in instance.vehicles if int(vehicle.seats) > 0]
    by_vehicle = min(seated, default=float(instance.travel.drive))
    speed = outside.get(sent.other) or (by_vehicle if sent.note == BY_VEHICLE else float(instance.travel.march))
    return 60.0 * float(km) / speed if math.isfinite(km) else None


def take_gates(instance: Instance, day: ObservedDay) -> Taken:
    """For each use of a water cannon and each gate whether it was kept, 0 or 1; gates that nobody told are left out."""
    found = []
    for use in day.of("spraying"):
        kept = read_gates(instance, day, use)
        found += [
            Occasion(use.place, use.minute, 0.0 if good else 1.0, GATES[gate])
            for gate, good in kept.items()
            if good is not None
        ]
    return tuple(found) if found or day.complete else None


def read_gates(instance: Instance, day: ObservedDay, use: Observation) -> dict[str, bool | None]:
    """Return of each gate whether it was kept when a water cannon ran; None where the log does not say.

    What is to happen each time counts where it stands between the last use of water in this place and this one.
    """
    doctrine, complete = instance.doctrine, day.complete
    here = [row for row in day.rows if row.place == use.place and row.minute <= use.minute]
    before = max((row.minute for row in here if row.what == "spraying" and row is not use), default=-1.0)
    phases = [row for row in here if row.what == "phase"]
    red = phases[-1].about == "red" if phases else None
    all_open = use.note == ALL_OPEN

    def last(what: str, since: float = -1.0) -> Observation | None:
        rows = [row for row in here if row.what == what and row.minute > since]
        return rows[-1] if rows else None

    def seen(what: str, since: float = -1.0) -> bool | None:
        return True if last(what, since) is not None else (False if complete and not all_open else None)

    warned = last("warned", before)
    due = float(doctrine.warning) + float(doctrine.time_to_leave)
    ordered = seen("ordered")
    if ordered is None and red and all_open:
        ordered = use.minute - phases[-1].minute >= float(doctrine.order_red) - SLACK
    return {
        "phase": red,
        "order": ordered,
        "warning": True if warned is not None else (False if complete else None),
        "time": None if warned is None else use.minute - warned.minute >= due - SLACK,
        "exit": True if all_open else seen("exit"),
        "medics": True if all_open else seen("medics"),
        "reason": None if all_open else seen("reason", before),
    }
