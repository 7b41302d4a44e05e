"""Transitions of duty and rest: teams on their feet for too long lose ability step by step, until they are relieved.

They belong to `transitions`: they read and change a `State` and leave effects; nothing here waits. Teams that came
together are on duty together: those placed in a sector, those of a moving place, those of a column that was called.
They have one clock between them, for the next step that is due to any of them, so that steps at the same minute are one
event of the engine. A ring at any other minute than that of the clock is an old one and changes nothing.
"""

from __future__ import annotations

import math

from optimiser.simulation import events
from optimiser.simulation.rates import touch
from optimiser.simulation.record import FloatRows, Floats
from optimiser.simulation.state import TIRE, State, emit, log_event

PLACED, ALONG, CALLED = range(3)  # what teams came together as: by sector, by moving place, by column


def begin_duty(st: State, group: int, i: int, k: int) -> None:
    """Fresh teams of a kind are on duty from now on; the clock of those that came together rings for the first due."""
    after = st.facts.tire_after[k]
    if math.isinf(after):
        return
    due, clock = steps_due(st, group), clocks(st, group)
    due[i][k] = st.now + after
    if due[i][k] < clock[i]:
        clock[i] = due[i][k]
        emit(st, TIRE, group, i, value=after)


def steps_due(st: State, group: int) -> FloatRows:
    """Return the minutes of the next step of teams that came together in one of the ways, by kind."""
    if group == PLACED:
        return st.placed_due
    return st.along_due if group == ALONG else st.column_due


def clocks(st: State, group: int) -> Floats:
    """Return the minutes at which the next of the teams that came together in one of the ways lose ability."""
    if group == PLACED:
        return st.placed_clock
    return st.along_clock if group == ALONG else st.column_clock


def wake(st: State, s: int) -> None:
    """The first people come to a sector, or its first window opens: whoever stands there is on duty from now on."""
    if st.awake[s] or not st.facts.tiring:
        return
    st.awake[s] = 1
    for k in range(len(st.facts.kind_role)):
        start_placed_duty(st, s, k)
    for a in range(len(st.along_sector)):
        if st.along_sector[a] == s:
            start_duty(st, a)


def start_placed_duty(st: State, s: int, k: int) -> None:
    """Teams of a kind placed in a sector are on duty from now on, if they were not, they are there and anything is."""
    if st.awake[s] and st.placed_teams[s][k] and not st.placed_duty[s][k] and st.facts.available[k] <= st.now:
        st.placed_duty[s][k] = 1
        begin_duty(st, PLACED, s, k)


def tire(st: State, group: int, i: int) -> float:
    """Teams that came together lose what is due of their ability now; returns the minute of the next step.

    Infinite where none is to come, and where this ring is an old one: they were relieved, rested or are fewer since.
    """
    f, due, clock = st.facts, steps_due(st, group)[i], clocks(st, group)
    if clock[i] != st.now:
        return math.inf
    if group == PLACED:
        s, teams, steps = i, st.placed_teams[i], st.placed_steps[i]
    elif group == ALONG:
        s, teams, steps = st.along_sector[i], st.along_teams[i], st.along_steps[i]
    else:
        s, teams, steps = st.column_sector[i], st.column_teams[i], st.column_steps[i]
    there = 0 <= s < len(st.phase)
    if there:
        touch(st, s)
    clock[i] = math.inf
    for k in range(len(f.kind_role)):
        if due[k] == st.now:
            steps[k] += 1
            due[k] = st.now + f.tire_step[k] if steps[k] < f.tire_most else math.inf
            if there:
                st.worn[s][k] += teams[k]
                log_event(st, events.TIRED, s, -1, k, 1.0 - f.tire_loss * steps[k], 0)
        clock[i] = min(clock[i], due[k])
    return clock[i]


def leave_post(st: State, a: int) -> None:
    """Units of a moving place leave a post: they are fresh if they rested there for long enough."""
    if st.now - st.along_rested[a] >= st.facts.shortest_rest:
        forget_duty(st, a)


def forget_duty(st: State, a: int) -> None:
    """Units of a moving place are fresh and not on duty."""
    st.along_clock[a] = math.inf
    for k in range(len(st.facts.kind_role)):
        st.along_steps[a][k] = st.along_duty[a][k] = 0
        st.along_due[a][k] = math.inf


def start_duty(st: State, a: int) -> None:
    """Teams of a moving place are in a sector: if they were not on duty, they are from now on, where anything is."""
    if st.awake[st.along_sector[a]]:
        for k in range(len(st.facts.kind_role)):
            if st.along_teams[a][k] > 0 and not st.along_duty[a][k]:
                st.along_duty[a][k] = 1
                begin_duty(st, ALONG, a, k)


def bring_fresh(st: State, s: int) -> None:
    """Relieve like for like: fresh people stand in a sector instead of those who stood there."""
    f = st.facts
    if not f.tiring:
        return
    st.placed_clock[s] = math.inf
    for k in range(len(f.kind_role)):
        st.worn[s][k] = st.placed_duty[s][k] = st.placed_steps[s][k] = 0
        st.placed_due[s][k] = math.inf
        start_placed_duty(st, s, k)
    for a in range(len(st.along_sector)):
        if st.along_sector[a] == s:
            forget_duty(st, a)
            start_duty(st, a)
    c = st.first_column[s]
    while c >= 0:
        start_column_duty(st, c)
        c = st.column_next[c]


def start_column_duty(st: State, c: int) -> None:
    """Teams of a column are on duty from now on, fresh."""
    if not st.facts.tiring:
        return
    st.column_clock[c] = math.inf
    for k in range(len(st.facts.kind_role)):
        st.column_steps[c][k] = 0
        st.column_due[c][k] = math.inf
        if st.column_teams[c][k]:
            begin_duty(st, CALLED, c, k)
