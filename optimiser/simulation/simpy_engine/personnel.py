"""Processes of personnel: calls, columns on the road, handovers, evacuations, water cannon, and what they guard.

`compiled_engine.personnel` does the same for the compiled engine: change both; test_replay compares them. What begins
with the minute `due` begins with a wait, as in `crowds`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import simpy

from optimiser.model.distances import LOOK_AGAIN
from optimiser.model.laws.escalation_law import RED
from optimiser.simulation import events
from optimiser.simulation.compiled_engine.actions import (
    ARRIVE,
    ASK,
    AT_POST,
    CLOSE,
    DRY,
    FORM_UP,
    FULL,
    GATE,
    JOIN_ALONG,
    JOIN_DUTY,
    LEG_OVER,
    LOOK_ALONG,
    ON_DUTY,
    OPEN,
    RELIEVE,
    RELIEVED,
    RESUME,
    SAFE,
    SET_OUT,
    STEADY,
    TIRING,
    WARNED,
    WAY_BACK,
)
from optimiser.simulation.indexed_instance import distance
from optimiser.simulation.state import DRIVE_BACK, emit, log_event
from optimiser.simulation.transitions import moving, officials, tiring, units

if TYPE_CHECKING:
    from optimiser.simulation.simpy_engine.timeline import Steps, Timeline


def window(t: Timeline, due: float, s: int, number: int) -> Steps:
    """Open and close one critical window."""
    yield t.clock.at(due, "window", number, OPEN, s, number)
    t.tick()
    officials.open_window(t.state, s, 1)
    t.settle()
    yield from closing(t, t.facts.window_until[number], s, number)


def closing(t: Timeline, due: float, s: int, number: int) -> Steps:
    """Close a critical window."""
    yield t.clock.at(due, "window", number, CLOSE, s, number)
    t.tick()
    officials.open_window(t.state, s, -1)
    t.settle()


def resumption(t: Timeline, s: int, red: int) -> Steps:
    """Let the critical process run again some time after red, unless it is red again."""
    yield from restarting(t, t.state.now + t.facts.restart[s], s, red)


def restarting(t: Timeline, due: float, s: int, red: int) -> Steps:
    """Let the critical process run again at a minute, unless it is red again."""
    st = t.state
    yield t.clock.at(due, "restart", s, RESUME, s, red)
    if st.red_number[s] == red and st.phase[s] != RED:
        t.tick()
        officials.restart(st, s)
        t.settle()


def evacuation(t: Timeline, s: int) -> Steps:
    """Take the officials of a red sector to safety."""
    st, f = t.state, t.facts
    minutes = f.evacuation_protected if units.protected_vehicle(st, s) else f.evacuation
    yield from evacuating(t, st.now + minutes, s)


def evacuating(t: Timeline, due: float, s: int) -> Steps:
    """Bring officials who are on their way to safety."""
    yield t.clock.at(due, "evacuated", s, SAFE, s)
    t.tick()
    officials.evacuated(t.state, s)
    t.settle()


def handover(t: Timeline, s: int, minutes: float) -> Steps:
    """End a handover after so many minutes."""
    yield from steadying(t, t.state.now + minutes, s)


def steadying(t: Timeline, due: float, s: int) -> Steps:
    """End a handover."""
    yield t.clock.at(due, "steady", s, STEADY, s)
    t.tick()
    units.steady(t.state, s)
    t.settle()


def relief(t: Timeline, due: float, s: int, _: float = 0.0) -> Steps:
    """Relieve the teams of a sector at fixed intervals, like for like."""
    while due < t.facts.horizon:
        yield t.clock.at(due, "relief", s, RELIEVE, s, value=due)
        t.tick()
        if units.relieve(t.state, s):
            t.settle()
            yield from _relieving(t, due + t.facts.relief, s, due)
        due += t.facts.relief_every


def relieving(t: Timeline, due: float, s: int, begun: float) -> Steps:
    """End a relief that was due at a minute, and go on relieving."""
    yield from _relieving(t, due, s, begun)
    yield from relief(t, begun + t.facts.relief_every, s)


def _relieving(t: Timeline, due: float, s: int, begun: float) -> Steps:
    yield t.clock.at(due, "steady", s, RELIEVED, s, value=begun)
    t.tick()
    units.steady(t.state, s)
    t.settle()


def available(t: Timeline, due: float, s: int, k: int) -> Steps:
    """Let teams that come on duty later form up."""
    yield t.clock.at(due, "available", s * len(t.facts.kind_role) + k, ON_DUTY, s, k)
    t.tick()
    units.come_on_duty(t.state, s, k)
    t.settle()


def available_along(t: Timeline, due: float, a: int, k: int) -> Steps:
    """Let teams of a moving place that come on duty later form up where the others are."""
    index = (len(t.facts.public) + a) * len(t.facts.kind_role) + k
    yield t.clock.at(due, "available", index, JOIN_DUTY, a, k)
    t.tick()
    moving.come_along(t.state, a, k)
    t.settle()


def fatigue(t: Timeline, group: int, i: int, minutes: float) -> Steps:
    """Let teams that came together lose ability step by step, until they are relieved or rest."""
    yield from wearing(t, t.state.now + minutes, group, i)


def wearing(t: Timeline, due: float, group: int, i: int) -> Steps:
    """Let teams that came together lose a step of ability at a minute, and later ones after that."""
    first = {tiring.PLACED: 0, tiring.ALONG: len(t.facts.public)}
    index = first.get(group, len(t.facts.public) + len(t.state.along_sector)) + i
    while due < t.facts.horizon:
        yield t.clock.at(due, "tired", index, TIRING, group, i)
        t.tick()
        due = tiring.tire(t.state, group, i)
        t.settle()


def leg_over(t: Timeline, due: float, a: int, leg: int) -> Steps:
    """Let units set out for their next leg at the latest by the clock."""
    yield t.clock.at(due, "along", a, LEG_OVER, a, leg)
    t.tick()
    moving.end_leg(t.state, a, leg)
    t.settle()


def walk_along(t: Timeline, a: int, s: int, minutes: float) -> Steps:
    """Move units as planned: arrive, form up, go on if their leg is over."""
    yield from joining(t, t.state.now + minutes + t.facts.form_up, a, s)


def joining(t: Timeline, due: float, a: int, s: int) -> Steps:
    """Let units that move as planned form up where they have come to."""
    yield t.clock.at(due, "along", a, JOIN_ALONG, a, s)
    t.tick()
    moving.join_along(t.state, a, s)
    t.settle()


def wait_along(t: Timeline, a: int, number: int) -> Steps:
    """Look again after a while whether there is a way for units that move."""
    yield from looking(t, t.state.now + LOOK_AGAIN, a, number)


def looking(t: Timeline, due: float, a: int, number: int) -> Steps:
    """Look again at a minute whether there is a way for units that move."""
    yield t.clock.at(due, "along", a, LOOK_ALONG, a, number)
    if t.state.along_wait[a] == number:
        t.tick()
        moving.go_along(t.state, a)
        t.settle()


def call(t: Timeline, s: int, repeat: int) -> Steps:
    """Ask for reserve, and again at intervals while the sector is in disorder."""
    yield from _ask(t, s, repeat, t.state.asked_at[s])


def asking(t: Timeline, due: float, s: int, asked_at: float) -> Steps:
    """Ask for reserve again, from a minute on."""
    yield t.clock.at(due, "call", s, ASK, s, value=asked_at)
    yield from _ask(t, s, 1, asked_at)


def _ask(t: Timeline, s: int, repeat: int, asked_at: float) -> Steps:
    st = t.state
    while st.asking[s] and st.asked_at[s] == asked_at:
        t.tick()
        t.dispatch(st, s)
        t.settle()
        if not repeat:
            return
        yield t.clock.at(st.now + t.facts.ask_again, "call", s, ASK, s, value=asked_at)


def column(t: Timeline, c: int) -> Steps:
    """Move a formed unit: set out, arrive, form up; rides drive back empty."""
    heads, rides = units.count_column(t.state, c)
    if t.state.column_delay[c] > 0.0:
        yield from setting_out(t, t.clock.now + t.state.column_delay[c], c, heads, int(rides))
    else:
        yield from _set_out(t, c, heads, int(rides))


def setting_out(t: Timeline, due: float, c: int, heads: int, rides: int) -> Steps:
    """Let a column set out that gets ready."""
    yield t.clock.at(due, "column", _trip(t, c), SET_OUT, c, heads, rides)
    t.tick()
    yield from _set_out(t, c, heads, rides)


def _set_out(t: Timeline, c: int, heads: int, rides: int) -> Steps:
    st = t.state
    origin = units.place_of(t.facts, st.column_station[c])
    log_event(st, events.SENT, st.column_sector[c], origin, -1, heads, events.BY_VEHICLE if rides else 0)
    yield from arriving(t, t.clock.now + st.column_minutes[c], c, heads)


def arriving(t: Timeline, due: float, c: int, heads: int) -> Steps:
    """Let a column on the road arrive and form up."""
    st, f, station = t.state, t.facts, t.state.column_station[c]
    yield t.clock.at(due, "column", _trip(t, c), ARRIVE, c, heads)
    t.tick()
    log_event(st, events.CAME, st.column_sector[c], units.place_of(f, station), -1, heads, 0)
    for w in range(len(f.seats)):
        if st.column_rides[c][w]:
            emit(st, DRIVE_BACK, station, w, st.column_rides[c][w], value=st.column_minutes[c])
    t.settle()
    yield from forming(t, t.clock.now + f.form_up, c)


def forming(t: Timeline, due: float, c: int) -> Steps:
    """Let a column that has arrived form up."""
    yield t.clock.at(due, "formed", _trip(t, c), FORM_UP, c)
    t.tick()
    units.join(t.state, c)
    t.settle()


def _trip(t: Timeline, c: int) -> int:
    """Order columns at the same minute: by station, then by sector."""
    return t.state.column_station[c] * len(t.facts.public) + t.state.column_sector[c]


def drive_back(t: Timeline, station: int, w: int, n: int, minutes: float) -> Steps:
    """Drive empty vehicles back to their post."""
    yield from coming_back(t, t.clock.now + minutes, station, -1, w, -1, n)


def coming_back(t: Timeline, due: float, station: int, k: int, w: int, u: int, n: int) -> Steps:
    """Let what is on its way back be callable again at its station."""
    yield t.clock.at(due, "back", back_index(t, station, k, w, u), AT_POST, station, k, w, u, n)
    t.tick()
    units.give_back(t.state, station, k, w, u, n)


def go_back(t: Timeline, s: int, station: int, k: int, w: int, u: int, n: int) -> Steps:
    """Send released units back to their station; they are callable again when they are there."""
    f, now = t.facts, t.clock.now
    km = distance(f, now, units.place_of(f, station), s)
    if math.isfinite(km):
        yield from coming_back(t, now + 60.0 * km / f.drive, station, k, w, u, n)
        return
    later = [e for e in f.epochs if e > now]
    if later:
        yield from going_back(t, later[0], s, station, k, w, u, n)  # roads may be open again


def going_back(t: Timeline, due: float, s: int, station: int, k: int, w: int, u: int, n: int) -> Steps:
    """Look again at a minute whether there is a way back."""
    yield t.clock.at(due, "back", back_index(t, station, k, w, u), WAY_BACK, s, station, k, w, u, n)
    yield from go_back(t, s, station, k, w, u, n)


def back_index(t: Timeline, station: int, k: int, w: int, u: int) -> int:
    """Order what comes back at the same minute: by station, then teams by kind, vehicles by type, water cannon."""
    kinds, types, cannons = len(t.facts.kind_role), len(t.facts.seats), t.state.cannons
    number = k if k >= 0 else kinds + w if w >= 0 else kinds + types + u
    return station * (kinds + types + cannons) + number


def cannon(t: Timeline, u: int, s: int, red: int) -> Steps:
    """Run a water cannon through every gate of doctrine while its sector is red and it has water."""
    if not t.state.cannon_dry[u]:
        yield from running(t, t.state.red_since[s] + t.facts.order_red, u, s, red)


def running(t: Timeline, due: float, u: int, s: int, red: int, what: int = GATE) -> Steps:
    """Let a water cannon go on from a wait: until its gates are asked, people had time, or its tank is empty."""
    st, clock, f = t.state, t.clock, t.facts
    if clock.active_process is None:
        return
    t.cannons[u] = (clock.active_process, s)
    try:
        while True:
            yield clock.at(due, "cannon", u, what, u, s, red)
            if what == WARNED:
                t.tick()
                if not units.gates(st, u, s):  # one may have shut while people had time to leave
                    units.start_spray(st, u, s)
                    t.settle()
                    due, what = st.cannon_begun[u] + st.cannon_tank[u], DRY
                    continue
            elif what == DRY:
                t.tick()
                units.stop_spray(st, u, s, st.cannon_tank[u])
                t.settle()
            if st.phase[s] != RED or st.red_number[s] != red or st.cannon_sector[u] != s or st.cannon_dry[u]:
                break
            t.tick()
            if shut := units.gates(st, u, s):
                log_event(st, events.WITHHELD, s, -1, -1, 0.0, shut)
                due, what = st.now + f.ask_again, GATE
            else:
                log_event(st, events.WARNED, s, -1, -1, f.warning, 0)
                due, what = st.now + f.warning + f.time_to_leave, WARNED
    except simpy.Interrupt:
        if st.cannon_begun[u] >= 0.0:
            t.tick()
            units.stop_spray(st, u, s, st.now - st.cannon_begun[u])
            t.settle()
    t.cannons.pop(u, None)


def refilling(t: Timeline, u: int) -> Steps:
    """Drive, fill and come back."""
    yield from filling(t, t.state.now + t.facts.refill[t.state.cannon_type[u]], u)


def filling(t: Timeline, due: float, u: int) -> Steps:
    """Let a water cannon be full again at a minute."""
    yield t.clock.at(due, "cannon", u, FULL, u)
    t.tick()
    units.refill(t.state, u)
    t.settle()
