"""Processes of personnel: calls, columns on the road, handovers, evacuations, water cannon, and what they guard.

`compiled_engine.personnel` does the same for the compiled engine: change both; test_replay compares them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import simpy

from optimiser.model.laws.escalation_law import RED
from optimiser.simulation import events
from optimiser.simulation.indexed_instance import distance
from optimiser.simulation.state import DRIVE_BACK, LINGER, emit, log_event
from optimiser.simulation.transitions import moving, officials, tiring, units

if TYPE_CHECKING:
    from optimiser.simulation.simpy_engine.timeline import Steps, Timeline


def window(t: Timeline, s: int, number: int) -> Steps:
    """Open and close one critical window."""
    yield t.clock.at(t.facts.window_from[number], "window", number)
    t.tick()
    officials.open_window(t.state, s, 1)
    t.settle()
    yield t.clock.at(t.facts.window_until[number], "window", number)
    t.tick()
    officials.open_window(t.state, s, -1)
    t.settle()


def resumption(t: Timeline, s: int, red: int) -> Steps:
    """Let the critical process run again some time after red, unless it is red again."""
    st = t.state
    yield t.clock.at(st.now + t.facts.restart[s], "restart", s)
    if st.red_number[s] == red and st.phase[s] != RED:
        t.tick()
        officials.restart(st, s)
        t.settle()


def evacuation(t: Timeline, s: int) -> Steps:
    """Take the officials of a red sector to safety."""
    st, f = t.state, t.facts
    minutes = f.evacuation_protected if units.protected_vehicle(st, s) else f.evacuation
    yield t.clock.at(st.now + minutes, "evacuated", s)
    t.tick()
    officials.evacuated(st, s)
    t.settle()


def handover(t: Timeline, s: int, minutes: float) -> Steps:
    """End a handover."""
    yield t.clock.at(t.state.now + minutes, "steady", s)
    t.tick()
    units.steady(t.state, s)
    t.settle()


def relief(t: Timeline, s: int) -> Steps:
    """Relieve the teams of a sector at fixed intervals, like for like."""
    due = t.facts.relief_every
    while due < t.facts.horizon:
        yield t.clock.at(due, "relief", s)
        t.tick()
        if units.relieve(t.state, s):
            t.settle()
            yield t.clock.at(due + t.facts.relief, "steady", s)
            t.tick()
            units.steady(t.state, s)
            t.settle()
        due += t.facts.relief_every


def available(t: Timeline, s: int, k: int) -> Steps:
    """Let teams that come on duty later form up."""
    yield t.clock.at(t.facts.available[k], "available", s * len(t.facts.kind_role) + k)
    t.tick()
    units.come_on_duty(t.state, s, k)
    t.settle()


def available_along(t: Timeline, a: int, k: int) -> Steps:
    """Let teams of a moving place that come on duty later form up where the others are."""
    index = (len(t.facts.public) + a) * len(t.facts.kind_role) + k
    yield t.clock.at(t.facts.available[k], "available", index)
    t.tick()
    moving.come_along(t.state, a, k)
    t.settle()


def fatigue(t: Timeline, group: int, i: int, minutes: float) -> Steps:
    """Let teams that came together lose ability step by step, until they are relieved or rest."""
    first = {tiring.PLACED: 0, tiring.ALONG: len(t.facts.public)}
    index = first.get(group, len(t.facts.public) + len(t.state.along_sector)) + i
    due = t.state.now + minutes
    while due < t.facts.horizon:
        yield t.clock.at(due, "tired", index)
        t.tick()
        due = tiring.tire(t.state, group, i)
        t.settle()


def leg_over(t: Timeline, a: int, leg: int) -> Steps:
    """Let units set out for their next leg at the latest by the clock."""
    yield t.clock.at(t.facts.leg_until[leg], "along", a)
    t.tick()
    moving.end_leg(t.state, a, leg)
    t.settle()


def walk_along(t: Timeline, a: int, s: int, minutes: float) -> Steps:
    """Move units as planned: arrive, form up, go on if their leg is over."""
    yield t.clock.at(t.state.now + minutes + t.facts.form_up, "along", a)
    t.tick()
    moving.join_along(t.state, a, s)
    t.settle()


def wait_along(t: Timeline, a: int, number: int) -> Steps:
    """Look again whether there is a way for units that move."""
    yield t.clock.at(t.state.now + LINGER, "along", a)
    if t.state.along_wait[a] == number:
        t.tick()
        moving.go_along(t.state, a)
        t.settle()


def call(t: Timeline, s: int, repeat: int) -> Steps:
    """Ask for reserve, and again at intervals while the sector is in disorder."""
    st = t.state
    asked_at = st.asked_at[s]
    while st.asking[s] and st.asked_at[s] == asked_at:
        t.tick()
        t.dispatch(st, s)
        t.settle()
        if not repeat:
            return
        yield t.clock.at(st.now + t.facts.ask_again, "call", s)


def column(t: Timeline, c: int) -> Steps:
    """Move a formed unit: set out, arrive, form up; rides drive back empty."""
    st, f = t.state, t.facts
    s, station = st.column_sector[c], st.column_station[c]
    index, origin = station * len(f.public) + s, units.place_of(f, station)
    heads, rides = units.count_column(st, c)
    if st.column_delay[c] > 0.0:
        yield t.clock.at(t.clock.now + st.column_delay[c], "column", index)
        t.tick()
    log_event(st, events.SENT, s, origin, -1, heads, events.BY_VEHICLE if rides else 0)
    yield t.clock.at(t.clock.now + st.column_minutes[c], "column", index)
    t.tick()
    log_event(st, events.CAME, s, origin, -1, heads, 0)
    for w in range(len(f.seats)):
        if st.column_rides[c][w]:
            emit(st, DRIVE_BACK, station, w, st.column_rides[c][w], value=st.column_minutes[c])
    t.settle()
    yield t.clock.at(t.clock.now + f.form_up, "formed", index)
    t.tick()
    units.join(st, c)
    t.settle()


def drive_back(t: Timeline, station: int, w: int, n: int, minutes: float) -> Steps:
    """Drive empty vehicles back to their post."""
    yield t.clock.at(t.clock.now + minutes, "back", back_index(t, station, -1, w, -1))
    t.tick()
    units.give_back(t.state, station, -1, w, -1, n)


def go_back(t: Timeline, s: int, station: int, k: int, w: int, u: int, n: int) -> Steps:
    """Send released units back to their station; they are callable again when they are there."""
    f, index = t.facts, back_index(t, station, k, w, u)
    km = distance(f, t.state.now, units.place_of(f, station), s)
    while not math.isfinite(km):
        later = [e for e in f.epochs if e > t.clock.now]
        if not later:
            return
        yield t.clock.at(later[0], "back", index)  # roads may be open again
        km = distance(f, t.clock.now, units.place_of(f, station), s)
    yield t.clock.at(t.clock.now + 60.0 * km / f.drive, "back", index)
    t.tick()
    units.give_back(t.state, station, k, w, u, n)


def back_index(t: Timeline, station: int, k: int, w: int, u: int) -> int:
    """Order what comes back at the same minute: by station, then teams by kind, vehicles by type, water cannon."""
    kinds, types, cannons = len(t.facts.kind_role), len(t.facts.seats), t.state.cannons
    number = k if k >= 0 else kinds + w if w >= 0 else kinds + types + u
    return station * (kinds + types + cannons) + number


def cannon(t: Timeline, u: int, s: int, red: int) -> Steps:
    """Run a water cannon through every gate of doctrine while its sector is red and it has water."""
    st, clock, f = t.state, t.clock, t.facts
    if clock.active_process is None or st.cannon_dry[u]:
        return
    t.cannons[u] = (clock.active_process, s)
    try:
        yield clock.at(st.red_since[s] + f.order_red, "cannon", u)
        while st.phase[s] == RED and st.red_number[s] == red and st.cannon_sector[u] == s and not st.cannon_dry[u]:
            t.tick()
            if shut := units.gates(st, u, s):
                log_event(st, events.WITHHELD, s, -1, -1, 0.0, shut)
                yield clock.at(st.now + f.ask_again, "cannon", u)
                continue
            log_event(st, events.WARNED, s, -1, -1, f.warning, 0)
            yield clock.at(st.now + f.warning + f.time_to_leave, "cannon", u)
            t.tick()
            if units.gates(st, u, s):
                continue  # one shut while people had time to leave
            units.start_spray(st, u, s)
            t.settle()
            yield clock.at(st.cannon_begun[u] + st.cannon_tank[u], "cannon", u)
            t.tick()
            units.stop_spray(st, u, s, st.cannon_tank[u])
            t.settle()
    except simpy.Interrupt:
        if st.cannon_begun[u] >= 0.0:
            t.tick()
            units.stop_spray(st, u, s, st.now - st.cannon_begun[u])
            t.settle()
    t.cannons.pop(u, None)


def refilling(t: Timeline, u: int) -> Steps:
    """Drive, fill and come back."""
    st = t.state
    yield t.clock.at(st.now + t.facts.refill[st.cannon_type[u]], "cannon", u)
    t.tick()
    units.refill(st, u)
    t.settle()
