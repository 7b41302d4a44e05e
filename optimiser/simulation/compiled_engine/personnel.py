"""What personnel do, one event at a time: calls, columns, handovers, evacuations, water cannon.

`simpy_engine.personnel` does the same for the SimPy engine: change both; test_replay compares them.
"""

from __future__ import annotations

import math

from optimiser.model.laws.escalation_law import RED
from optimiser.simulation import event_queue, events
from optimiser.simulation.compiled_engine.actions import (
    ARRIVE,
    ASK,
    AT_POST,
    CLOSE,
    DRY,
    FORM_UP,
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
    settle,
)
from optimiser.simulation.dispatch import send_nearest, wants
from optimiser.simulation.event_queue import Agenda, put
from optimiser.simulation.indexed_instance import CARE, LINE, WORDS, distance
from optimiser.simulation.state import State, log_event
from optimiser.simulation.transitions import moving, officials, tiring, units


def go_on_duty(st: State, ag: Agenda, s: int) -> None:
    """Let those placed in a sector who come later come later, and relieve all at intervals."""
    f, anybody = st.facts, False
    for k in range(len(f.kind_role)):
        if st.placed_teams[s][k]:
            anybody = True
            if f.available[k] > 0.0:
                put(ag, f.available[k], event_queue.AVAILABLE, s * len(f.kind_role) + k, ON_DUTY, s, k)
    if f.relief_every > 0.0 and (anybody or moving.is_passed(st, s)):
        put(ag, f.relief_every, event_queue.RELIEF, s, RELIEVE, s, x=f.relief_every)


def move_later(st: State, ag: Agenda, a: int) -> None:
    """Let those teams of a moving place that come on duty later come later, and legs end by the clock."""
    f, anybody = st.facts, False
    for k in range(len(f.kind_role)):
        if st.placed_along_teams[a][k] and f.available[k] > 0.0:
            index = (len(st.phase) + a) * len(f.kind_role) + k
            put(ag, f.available[k], event_queue.AVAILABLE, index, JOIN_DUTY, a, k)
        anybody = anybody or st.placed_along_teams[a][k] > 0
    for w in range(len(f.seats)):
        anybody = anybody or st.placed_along_vehicles[a][w] > 0
    for leg in range(f.leg_first[a], f.leg_first[a + 1]):
        if anybody and f.leg_until[leg] < f.horizon:
            put(ag, f.leg_until[leg], event_queue.ALONG, a, LEG_OVER, a, leg)


def guard(st: State, ag: Agenda, what: int, a: int, b: int, x: float) -> None:
    """Do what concerns the line of a sector and what it guards."""
    f = st.facts
    if what == STEADY:
        units.steady(st, a)
    elif what == RELIEVE:
        if units.relieve(st, a):
            put(ag, max(st.now, x + f.relief), event_queue.STEADY, a, RELIEVED, a, x=x)
        else:
            _relieve_next(st, ag, a, x)
    elif what == RELIEVED:
        units.steady(st, a)
        _relieve_next(st, ag, a, x)
    elif what == OPEN:
        officials.open_window(st, a, 1)
        put(ag, max(st.now, f.window_until[b]), event_queue.WINDOW, b, CLOSE, a, b)
    elif what == CLOSE:
        officials.open_window(st, a, -1)
    elif what == ON_DUTY:
        units.come_on_duty(st, a, b)
    elif what == JOIN_DUTY:
        moving.come_along(st, a, b)
    elif what == JOIN_ALONG:
        moving.join_along(st, a, b)
    elif what == LOOK_ALONG and st.along_wait[a] == b:
        moving.go_along(st, a)
    elif what == LEG_OVER:
        moving.end_leg(st, a, b)
    elif what == SAFE:
        officials.evacuated(st, a)
    elif what == RESUME and st.red_number[a] == b and st.phase[a] != RED:
        officials.restart(st, a)
    settle(st, ag)


def _relieve_next(st: State, ag: Agenda, s: int, due: float) -> None:
    due += st.facts.relief_every
    if due < st.facts.horizon:
        put(ag, max(st.now, due), event_queue.RELIEF, s, RELIEVE, s, x=due)


def fatigue(st: State, ag: Agenda, group: int, i: int) -> None:
    """Let teams that came together lose what is due, and the next step later."""
    put_step(st, ag, group, i, tiring.tire(st, group, i))
    settle(st, ag)


def put_step(st: State, ag: Agenda, group: int, i: int, due: float) -> None:
    """Let teams that came together lose a step of ability at a minute."""
    if due < st.facts.horizon:
        first = 0
        if group != tiring.PLACED:
            first = len(st.phase) if group == tiring.ALONG else len(st.phase) + len(st.along_sector)
        put(ag, due, event_queue.TIRED, first + i, TIRING, group, i)


def call(st: State, ag: Agenda, s: int, repeat: int, asked_at: float) -> None:
    """Ask for reserve while the sector is in disorder."""
    if not st.asking[s] or st.asked_at[s] != asked_at:
        return
    if st.alone >= 0:
        _expect_help(st, s)
        if math.isinf(min(st.help[0], st.help[1], st.help[2])):
            return
    else:
        send_nearest(st, s)
        settle(st, ag)
    if repeat:
        put(ag, st.now + st.facts.ask_again, event_queue.CALL, s, ASK, s, x=asked_at)


def _expect_help(st: State, s: int) -> None:
    """Simulated alone: end before anything that is asked for now could be there.

    A red sector is answered whenever another one calls, so whatever it may lack later counts from now on.
    """
    line, words, care, water = wants(st, s)
    red = st.phase[s] == RED
    if line > 0.0 or water or red:
        st.until = min(st.until, st.now + st.help[LINE])
    if words:
        st.until = min(st.until, st.now + st.help[WORDS])
    if care or red:
        st.until = min(st.until, st.now + st.help[CARE])


def start_column(st: State, ag: Agenda, c: int) -> None:
    """Let a column that was sent get ready, or set out at once."""
    heads, rides = units.count_column(st, c)
    if st.column_delay[c] > 0.0:
        index = st.column_station[c] * len(st.phase) + st.column_sector[c]
        put(ag, st.now + st.column_delay[c], event_queue.COLUMN, index, SET_OUT, c, heads, 1 if rides else 0)
    else:
        set_out(st, ag, c, heads, 1 if rides else 0)


def set_out(st: State, ag: Agenda, c: int, heads: int, rides: int) -> None:
    """Let a column leave its station."""
    s, station = st.column_sector[c], st.column_station[c]
    log_event(st, events.SENT, s, units.place_of(st.facts, station), -1, heads, events.BY_VEHICLE if rides else 0)
    index = station * len(st.phase) + s
    put(ag, st.now + st.column_minutes[c], event_queue.COLUMN, index, ARRIVE, c, heads)


def come(st: State, ag: Agenda, c: int, heads: int) -> None:
    """A column arrives: its rides turn around and it forms up."""
    f, s, station = st.facts, st.column_sector[c], st.column_station[c]
    log_event(st, events.CAME, s, units.place_of(f, station), -1, heads, 0)
    for w in range(len(f.seats)):
        n = st.column_rides[c][w]
        if n:
            index = back_index(st, station, -1, w, -1)
            put(ag, st.now + st.column_minutes[c], event_queue.BACK, index, AT_POST, station, -1, w, -1, n)
    put(ag, st.now + f.form_up, event_queue.FORMED, station * len(st.phase) + s, FORM_UP, c)


def back_index(st: State, station: int, k: int, w: int, u: int) -> int:
    """Order what comes back at the same minute, as the function of this name for SimPy does."""
    kinds, types = len(st.facts.kind_role), len(st.facts.seats)
    number = k
    if k < 0:
        number = kinds + w if w >= 0 else kinds + types + u
    return station * (kinds + types + st.cannons) + number


def go_back(st: State, ag: Agenda, s: int, station: int, k: int, w: int, u: int, n: int) -> None:
    """Send released units back, once there is a way."""
    f = st.facts
    index = back_index(st, station, k, w, u)
    km = distance(f, st.now, units.place_of(f, station), s)
    if math.isfinite(km):
        put(ag, st.now + 60.0 * km / f.drive, event_queue.BACK, index, AT_POST, station, k, w, u, n)
        return
    for e in range(len(f.epochs)):
        if f.epochs[e] > st.now:
            put(ag, f.epochs[e], event_queue.BACK, index, WAY_BACK, s, station, k, w, u, n)
            return


def try_gates(st: State, ag: Agenda, u: int) -> None:
    """Ask whether every gate of doctrine is open; if so warn, if not ask again later."""
    f, s = st.facts, ag.cannon_runs[u]
    red = st.phase[s] == RED and st.red_number[s] == ag.cannon_red[u]
    if not red or st.cannon_sector[u] != s or st.cannon_dry[u]:
        ag.cannon_turn[u] += 1
        ag.cannon_runs[u] = -1
        return
    shut = units.gates(st, u, s)
    if shut:
        log_event(st, events.WITHHELD, s, -1, -1, 0.0, shut)
        put(ag, st.now + f.ask_again, event_queue.CANNON, u, GATE, u, ag.cannon_turn[u])
    else:
        log_event(st, events.WARNED, s, -1, -1, f.warning, 0)
        minute = st.now + f.warning + f.time_to_leave
        put(ag, minute, event_queue.CANNON, u, WARNED, u, ag.cannon_turn[u])


def spray(st: State, ag: Agenda, u: int) -> None:
    """People had time to leave: run until the tank is empty, unless a gate has shut meanwhile."""
    s = ag.cannon_runs[u]
    if units.gates(st, u, s):
        try_gates(st, ag, u)
        return
    units.start_spray(st, u, s)
    settle(st, ag)
    put(ag, max(st.now, st.cannon_begun[u] + st.cannon_tank[u]), event_queue.CANNON, u, DRY, u, ag.cannon_turn[u])


def stop_water(st: State, ag: Agenda, s: int) -> None:
    """Red is over: every water cannon of the sector stops at once."""
    for u in range(st.cannons):
        if ag.cannon_runs[u] == s:
            ag.cannon_turn[u] += 1
            ag.cannon_runs[u] = -1
            if st.cannon_begun[u] >= 0.0:
                units.stop_spray(st, u, s, st.now - st.cannon_begun[u])
                settle(st, ag)
