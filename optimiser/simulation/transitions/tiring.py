"""Transitions of duty and rest: teams on their feet for too long lose ability step by step, until they are relieved.

They belong to `transitions`: they read and change a `State` and leave effects; nothing here waits. Teams that came
together are on duty together: those placed in a sector, those of a moving place, those of a column that was called.
Each spell of duty has a number, so that steps of one that is over know it.
"""

from __future__ import annotations

import math

from optimiser.simulation import events
from optimiser.simulation.rates import touch
from optimiser.simulation.state import TIRE, State, emit, log_event

PLACED, ALONG, CALLED = range(3)  # what teams came together as: by sector, by moving place, by column


def begin_duty(st: State, group: int, i: int, k: int) -> None:
    """Fresh teams of a kind are on duty from now on."""
    after = st.facts.tire_after[k]
    if not math.isinf(after):
        emit(st, TIRE, group, i, k, duty_number(st, group, i), value=after)


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


def duty_number(st: State, group: int, i: int) -> int:
    """Return the number of the present spell of duty."""
    if group == PLACED:
        return st.placed_spell[i]
    return st.along_spell[i] if group == ALONG else st.column_spell[i]


def tire(st: State, group: int, i: int, k: int, number: int) -> bool:
    """Teams of a kind lose one step of ability; returns whether they are still on duty and have more to lose."""
    if duty_number(st, group, i) != number:
        return False
    if group == PLACED:
        st.placed_steps[i][k] += 1
        s, teams, steps = i, st.placed_teams[i][k], st.placed_steps[i][k]
    elif group == ALONG:
        st.along_steps[i][k] += 1
        s, teams, steps = st.along_sector[i], st.along_teams[i][k], st.along_steps[i][k]
    else:
        st.column_steps[i][k] += 1
        s, teams, steps = st.column_sector[i], st.column_teams[i][k], st.column_steps[i][k]
    if 0 <= s < len(st.phase):
        touch(st, s)
        st.worn[s][k] += teams
        log_event(st, events.TIRED, s, -1, k, 1.0 - st.facts.tire_loss * steps, 0)
    return steps < st.facts.tire_most


def leave_post(st: State, a: int) -> None:
    """Units of a moving place leave a post: they are fresh if they rested there for long enough."""
    if st.now - st.along_rested[a] >= st.facts.shortest_rest:
        st.along_spell[a] += 1
        for k in range(len(st.facts.kind_role)):
            st.along_steps[a][k] = st.along_duty[a][k] = 0


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
    st.placed_spell[s] += 1
    for k in range(len(f.kind_role)):
        st.worn[s][k] = st.placed_duty[s][k] = st.placed_steps[s][k] = 0
        start_placed_duty(st, s, k)
    for a in range(len(st.along_sector)):
        if st.along_sector[a] == s:
            st.along_spell[a] += 1
            for k in range(len(f.kind_role)):
                st.along_steps[a][k] = st.along_duty[a][k] = 0
            start_duty(st, a)
    c = st.first_column[s]
    while c >= 0:
        start_column_duty(st, c)
        c = st.column_next[c]


def start_column_duty(st: State, c: int) -> None:
    """Teams of a column are on duty from now on, fresh."""
    if not st.facts.tiring:
        return
    st.column_spell[c] += 1
    for k in range(len(st.facts.kind_role)):
        st.column_steps[c][k] = 0
        if st.column_teams[c][k]:
            begin_duty(st, CALLED, c, k)
