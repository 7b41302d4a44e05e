"""Occasions of a day that concern people: who was spoken to and received, who was hurt, what went on."""

from __future__ import annotations

import math

from optimiser.model.instance import Instance
from optimiser.model.observed_log import Observation, ObservedDay
from optimiser.operation.score.occasions import Occasion, Taken, to_occasions

LEAVING = ("left", "marched", "spilled")


def _places(day: ObservedDay, *whats: str) -> list[str]:
    return list(dict.fromkeys(row.place for row in day.of(*whats) if row.place))


def take_contact(_: Instance, day: ObservedDay) -> Taken:
    """Minutes from the first people of a place to the first contact there; never below 0."""
    found = []
    for place in _places(day, "arrived"):
        first = day.of("arrived", place=place)[0].minute
        met = day.of("contact", place=place)
        if met:
            found.append(Occasion(place, first, max(0.0, met[0].minute - first)))
        elif day.complete:
            found.append(Occasion(place, first, None))
    return tuple(found) if found or day.complete else None


def _meetings(day: ObservedDay) -> list[tuple[Observation, Observation | None]]:
    """Pair each delegation that waits with what ends its waiting: reception, refusal, or that everybody is gone."""
    found: list[tuple[Observation, Observation | None]] = []
    for place in _places(day, "waiting"):
        waiting: Observation | None = None
        for row in day.of("waiting", "received", "refused", "phase", place=place):
            over = row.what in ("received", "refused") or (row.what == "phase" and row.about in ("quiet", "dispersed"))
            if row.what == "waiting":
                if waiting is not None:
                    found.append((waiting, None))
                waiting = row
            elif waiting is not None and over:
                found.append((waiting, row))
                waiting = None
        if waiting is not None:
            found.append((waiting, None))
    return found


def take_received(_: Instance, day: ObservedDay) -> Taken:
    """Minutes that delegations waited which were received."""
    pairs = [(a, b) for a, b in _meetings(day) if b is not None and b.what == "received"]
    return to_occasions(pairs, day.complete)


def take_unmet(_: Instance, day: ObservedDay) -> Taken:
    """One for each delegation that was refused or that waited in vain, 0 for each that was received."""
    found = tuple(
        Occasion(a.place, a.minute, 0.0 if b is not None and b.what == "received" else 1.0)
        for a, b in _meetings(day)
        if day.complete or (b is not None and b.what in ("received", "refused"))
    )
    return found if found or day.complete else None


def take_officer(instance: Instance, day: ObservedDay) -> Taken:
    """Minutes with people and without an officer, by place."""
    found = []
    for place in _places(day, "arrived"):
        begin, end = _span_people(instance, day, place)
        rows = day.of("officer", "officer_gone", place=place)
        if not rows and not day.complete:
            continue
        gap, since, present = 0.0, begin, False
        for row in rows:
            there = row.what == "officer"
            if there and not present:
                gap += max(0.0, min(row.minute, end) - since)
            since = since if there else max(begin, row.minute)
            present = there
        gap += 0.0 if present else max(0.0, end - since)
        found.append(Occasion(place, begin, gap))
    return tuple(found) if found or day.complete else None


def _span_people(instance: Instance, day: ObservedDay, place: str) -> tuple[float, float]:
    """Return from when until when people were at a place: until it was quiet or dispersed, or they are last told of."""
    rows = day.of("arrived", "phase", *LEAVING, place=place)
    begin = next(row.minute for row in rows if row.what == "arrived")
    over = [row.minute for row in rows if row.about in ("quiet", "dispersed") and row.what == "phase"]
    last = instance.period.simulated if day.complete else rows[-1].minute
    return begin, max(begin, over[-1] if over and rows[-1].minute <= over[-1] else last)


def take_alone(_: Instance, day: ObservedDay) -> Taken:
    """Minutes that units stood alone; one that the log does not end is counted until its last row."""
    found, last = [], max((row.minute for row in day.rows), default=0.0)
    for place in list(dict.fromkeys(row.place for row in day.of("alone"))):
        since: float | None = None
        for row in day.of("alone", "together", place=place):
            if row.what == "alone" and since is None:
                since = row.minute
            elif row.what == "together" and since is not None:
                found.append(Occasion(place, since, row.minute - since))
                since = None
        if since is not None:
            found.append(Occasion(place, since, last - since))
    return tuple(found) if found else None


def take_process(instance: Instance, day: ObservedDay) -> Taken:
    """Minutes of the process that were lost: as counted, else from each stop until it ran again or was over."""
    counted = day.of("process_minutes")
    if counted:
        return _add_up(counted)
    found = []
    for place in _places(day, "process"):
        since: float | None = None
        for row in day.of("process", place=place):
            if row.note == "stops" and since is None:
                since = row.minute
            elif row.note in ("runs again", "over") and since is not None:
                found.append(Occasion(place, since, row.minute - since))
                since = None
        if since is not None and day.complete:
            found.append(Occasion(place, since, max(0.0, instance.period.minutes - since)))
    return tuple(found) if found or day.complete else None


def take_records(_: Instance, day: ObservedDay) -> Taken:
    """Records that were damaged."""
    return _add_up(day.of("records"))


def take_injured(_: Instance, day: ObservedDay) -> Taken:
    """People who were injured."""
    return _add_up(day.of("injured"))


def take_participation(_: Instance, day: ObservedDay) -> Taken:
    """Hours of taking part that were lost."""
    return _add_up(day.of("participation"))


def _add_up(rows: tuple[Observation, ...]) -> Taken:
    """Add up what was counted, by place; who does not count says nothing, not even that there was nothing."""
    counted = [row for row in rows if row.number is not None]
    places = list(dict.fromkeys(row.place for row in counted))
    found = []
    for place in places:
        here = [row for row in counted if row.place == place]
        total = math.fsum(row.number or 0.0 for row in here)
        found.append(Occasion(place, here[0].minute, total))
    return tuple(found) or None
