"""Transitions of what is sent and used: units in a sector or beside a crowd, columns, water cannon behind their gates.

They belong to `transitions`: they read and change a `State` and leave effects; nothing here waits.
"""

from __future__ import annotations

import math

from optimiser.model.laws.escalation_law import DISPERSED, QUIET, RED, YELLOW
from optimiser.simulation import events
from optimiser.simulation.indexed_instance import CARE, LINE, WORDS, Facts
from optimiser.simulation.rates import ask_law, look, touch
from optimiser.simulation.state import (
    CANNON,
    GO_BACK,
    REFILLING,
    STEADY_AGAIN,
    State,
    emit,
    log_event,
)
from optimiser.simulation.transitions.tiring import bring_fresh, start_column_duty, start_placed_duty

# ---------------------------------------------------------------- units


def form_up(st: State, s: int, k: int, teams: int, note: int = events.NO_NOTE) -> None:
    """Teams have formed up in a sector."""
    touch(st, s)
    st.teams[s][k] += teams
    log_event(st, events.FORMED, s, -1, k, teams, note)


def come_on_duty(st: State, s: int, k: int) -> None:
    """Teams placed in a sector that come on duty later form up."""
    form_up(st, s, k, st.placed_teams[s][k], events.ON_DUTY)
    start_placed_duty(st, s, k)


def release(st: State, s: int) -> None:
    """Send called teams, vehicles and water cannon of a sector back to where they came from."""
    f = st.facts
    c = st.first_column[s]
    while c >= 0:
        touch(st, s)
        station = st.column_station[c]
        st.column_clock[c] = math.inf
        for k in range(len(f.kind_role)):
            n = st.column_teams[c][k]
            if n:
                st.teams[s][k] -= n
                st.worn[s][k] -= n * st.column_steps[c][k]
                log_event(st, events.RELEASED, s, place_of(f, station), k, n, 0)
                emit(st, GO_BACK, s, station, k, -1, -1, n)
        for w in range(len(f.seats)):
            n = st.column_staying[c][w]
            if n:
                st.vehicles[s][w] -= n
                emit(st, GO_BACK, s, station, -1, w, -1, n)
        after = st.column_next[c]
        st.column_next[c], st.free_column = st.free_column, c
        c = after
    st.first_column[s] = st.last_column[s] = -1
    for u in range(st.cannons):
        if st.cannon_sector[u] == s and st.cannon_home[u] >= 0:
            touch(st, s)
            st.cannon_sector[u] = -1
            emit(st, GO_BACK, s, st.cannon_home[u], -1, -1, u, 1)


def give_back(st: State, station: int, k: int, w: int, u: int, n: int) -> None:
    """Teams, vehicles or a water cannon are callable again at their station."""
    f = st.facts
    what = k
    if k >= 0:
        st.reserve[station][k] += n
    elif w >= 0:
        st.parked[station][w] += n
        what = len(f.kind_role) + w
    else:
        st.cannon_station[u], st.cannon_home[u] = station, -1
        what = len(f.kind_role) + st.cannon_type[u]
    log_event(st, events.BACK, -1, place_of(f, station), what, n, 0)


def count_column(st: State, c: int) -> tuple[int, bool]:
    """Count a column as coming to its sector; returns its heads and whether it rides in vehicles that drive back."""
    f, s = st.facts, st.column_sector[c]
    phase, coming, teams = st.phase[s], st.column_coming[c], st.column_teams[c]
    heads, rides = 0, False
    coming[LINE] = coming[WORDS] = coming[CARE] = 0.0
    for k in range(len(f.kind_role)):
        heads += teams[k] * f.kind_size[k]
        coming[LINE] += teams[k] * f.containment[k][phase]
        coming[WORDS] += teams[k] * f.dialogue[k][phase]
        coming[CARE] += teams[k] * f.medical[k][phase]
    for w in range(len(f.seats)):
        coming[CARE] += st.column_staying[c][w] * f.vehicle_medical[w]
        rides = rides or st.column_rides[c][w] > 0
    for a in range(3):
        st.coming[s][a] += coming[a]
    if st.column_cannon[c] >= 0:
        st.cannon_coming[s] += 1
    return heads, rides


def join(st: State, c: int) -> None:
    """Put an arrived column under its sector, or send it back where it is no longer needed."""
    f, s = st.facts, st.column_sector[c]
    for a in range(3):
        st.coming[s][a] = max(0.0, st.coming[s][a] - st.column_coming[c][a])
    for k in range(len(f.kind_role)):
        if st.column_teams[c][k]:
            form_up(st, s, k, st.column_teams[c][k], events.CALLED)
    for w in range(len(f.seats)):
        if st.column_staying[c][w]:
            touch(st, s)
            st.vehicles[s][w] += st.column_staying[c][w]
    start_column_duty(st, c)
    u = st.column_cannon[c]
    if u >= 0:
        touch(st, s)
        st.cannon_coming[s] -= 1
        st.cannon_sector[u], st.cannon_home[u] = s, st.column_station[c]
        if st.phase[s] == RED:
            emit(st, CANNON, u, s, st.red_number[s])
    st.column_next[c] = -1
    if st.first_column[s] < 0:
        st.first_column[s] = c
    else:
        st.column_next[st.last_column[s]] = c
    st.last_column[s] = c
    if st.phase[s] in (QUIET, DISPERSED):
        release(st, s)


def teams_there(st: State, s: int) -> int:
    """Count the teams formed up in a sector."""
    total = 0
    for k in range(len(st.facts.kind_role)):
        total += st.teams[s][k]
    return total


def hand_over(st: State, s: int, phase: int) -> None:
    """The second line takes over in yellow, PHH in red: the line is weaker until that is done."""
    minutes = st.facts.lapis if phase == YELLOW else st.facts.lintas
    if minutes > 0.0 and teams_there(st, s) > 0:
        st.weak[s] += 1
        log_event(st, events.LAPIS if phase == YELLOW else events.LINTAS, s, -1, -1, minutes, 0)
        emit(st, STEADY_AGAIN, s, value=minutes)


def steady(st: State, s: int) -> None:
    """A handover or relief is over and the line has its full strength again."""
    touch(st, s)
    st.weak[s] -= 1
    log_event(st, events.STEADY, s, -1, -1, 0.0, 0)


def relieve(st: State, s: int) -> bool:
    """Begin to relieve the teams of a sector like for like; returns whether any were there."""
    teams = teams_there(st, s)
    if teams == 0:
        return False
    touch(st, s)
    st.weak[s] += 1
    bring_fresh(st, s)
    log_event(st, events.RELIEF, s, -1, -1, teams, 0)
    return True


def protected_vehicle(st: State, s: int) -> bool:
    """Return whether a vehicle that can carry people out of a red sector stands there."""
    found = False
    for w in range(len(st.facts.seats)):
        found = found or (st.vehicles[s][w] > 0 and st.facts.protected[w] > 0)
    return found


def place_of(f: Facts, station: int) -> int:
    """Index of a station among all places."""
    return len(f.public) + station


# ---------------------------------------------------------------- wide-area means


def gates(st: State, u: int, s: int) -> int:
    """Name the first gate of doctrine that is shut against a water cannon, 0 if all are open.

    The level that commands red has ordered before this is asked; warning and time to leave follow after it. Whether the
    line holds is asked of the line without that cannon.
    """
    dry, st.cannon_dry[u], st.power_known[s] = st.cannon_dry[u], 1, 0
    view = look(st, s)
    st.cannon_dry[u], st.power_known[s] = dry, 0
    if view.exit_open <= 0.0:
        return events.NO_EXIT
    if view.medical <= 0.0:
        return events.NO_MEDICS
    mood, _, _ = ask_law(st, view)
    if mood.active <= 0.0 or mood.risk >= st.facts.required_risk:
        return events.LINE_HOLDS
    return 0


def start_spray(st: State, u: int, s: int) -> None:
    """A water cannon starts."""
    touch(st, s)
    st.spraying[s] += 1
    for b in range(st.facts.slot_first[s], st.facts.slot_first[s + 1]):
        if st.present[b] > 0:
            st.sprayed[st.facts.slot_gathering[b]] = 1
    st.cannon_begun[u] = st.now
    log_event(st, events.SPRAYING, s, -1, -1, st.cannon_tank[u], events.ALL_GATES_OPEN)


def stop_spray(st: State, u: int, s: int, used: float) -> None:
    """A water cannon stops; an empty one must refill."""
    touch(st, s)
    st.spraying[s] -= 1
    st.cannon_begun[u] = -1.0
    st.cannon_tank[u] = max(0.0, st.cannon_tank[u] - used)
    if st.cannon_tank[u] <= 0.0:
        st.cannon_dry[u] = 1
        log_event(st, events.EMPTY, s, -1, -1, 0.0, 0)
        emit(st, REFILLING, u)
    else:
        log_event(st, events.STOPPED_WATER, s, -1, -1, st.cannon_tank[u], 0)


def refill(st: State, u: int) -> None:
    """A water cannon is full again."""
    s = st.cannon_sector[u]
    if s >= 0:
        touch(st, s)
    st.cannon_dry[u] = 0
    st.cannon_tank[u] = st.facts.endurance[st.cannon_type[u]]
    at = st.cannon_station[u] if st.cannon_station[u] >= 0 else st.cannon_home[u]
    log_event(st, events.REFILLED, s, place_of(st.facts, at) if s < 0 and at >= 0 else -1, -1, 0.0, 0)
    if s >= 0 and st.phase[s] == RED:
        emit(st, CANNON, u, s, st.red_number[s])
