"""What can be ordered, and what can be reported, in the middle of a day: written once for both engines.

An order is carried out by the rules that the day itself follows: columns are seated and set out as those that are
called, released units go back as those whose sector is calm. A report says how something is; what follows from it
(an evacuation, a call) begins now, as if it had become so now.
"""

from __future__ import annotations

import math

from optimiser.model.laws.escalation_law import DISPERSED, QUIET
from optimiser.simulation.dispatch import send, send_ordered, take_teams
from optimiser.simulation.indexed_instance import slot
from optimiser.simulation.rates import touch
from optimiser.simulation.record import Ints
from optimiser.simulation.state import (
    DELEGATION,
    MEETING,
    NO_DELEGATION,
    SPILL_STAY,
    STAY,
    TIRE,
    WAITING,
    State,
    emit,
)
from optimiser.simulation.transitions import people, units
from optimiser.simulation.transitions.tiring import PLACED, start_placed_duty

(
    TAKE,  # station, kind, teams: get ready to set out from a post; none goes before SEND
    SEND,  # station, sector: those who are ready
    RELEASE,  # sector: everybody who was called there
    RECEIVE,  # sector; minutes until an official receives the delegation that waits there
    MOVE,  # sector, other sector, kind, teams, station that they go back to later; minutes on the road
    CLEAR_EXIT,  # sector, whether its way out is open
    SAY_PHASE,  # sector, phase
    SAY_TENSION,  # sector; 0 to 1
    SAY_PEOPLE,  # sector, gathering, persons; tension of those who are more than was thought
    SAY_DELEGATION,  # sector, state of the delegation; minutes that it has waited
    SAY_TEAMS,  # sector, kind, teams that have formed up there
    SAY_RESERVE,  # station, kind, teams
    SAY_PARKED,  # station, vehicle type, number
    SAY_COMING,  # station, sector, kind, teams; minutes until they arrive
    SAY_TANK,  # sector; minutes of water that each water cannon there has left
    SAY_STOPPED,  # sector, whether the critical process is stopped
    SAY_ROAD,  # nobody is on the road to any sector but those whom SAY_COMING names afterwards
    SAY_DUTY,  # sector; minutes that those placed there have been on duty without relief
) = range(18)
AXES: tuple[tuple[str, ...], ...] = (  # what the numbers of each are indices of; others count
    ("stations", "kinds", "teams"),
    ("stations", "sectors"),
    ("sectors",),
    ("sectors",),
    ("sectors", "sectors", "kinds", "teams", "stations"),
    ("sectors", "flag"),
    ("sectors", "phase"),
    ("sectors",),
    ("sectors", "gatherings", "persons"),
    ("sectors", "delegation"),
    ("sectors", "kinds", "teams"),
    ("stations", "kinds", "teams"),
    ("stations", "vehicles", "number"),
    ("stations", "sectors", "kinds", "teams"),
    ("sectors",),
    ("sectors", "flag"),
    (),
    ("sectors",),
)


def obey(st: State, what: int, numbers: Ints, value: float) -> None:
    """Carry out one order, or believe one report, at the present minute."""
    a, b, c, d, e = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
    if what == TAKE:
        if min(c, st.reserve[a][b]) > 0:
            take_teams(st, a, b, min(c, st.reserve[a][b]))
    elif what == SEND:
        send_ordered(st, b, a)
    elif what == RELEASE:
        units.release(st, a)
    elif what == RECEIVE:
        if st.delegation[a] == WAITING:
            emit(st, MEETING, a, st.meeting[a], value=value)
    elif what == MOVE:
        _move(st, a, b, c, min(d, st.teams[a][c]), e, value)
    elif what == CLEAR_EXIT:
        touch(st, a, False)
        st.exit_open[a] = b
    else:
        _believe(st, what, numbers, value)


def _move(st: State, s: int, goal: int, k: int, n: int, station: int, minutes: float) -> None:
    """Take teams placed in a sector out of its line and send them to another; from then on they count as called."""
    n = min(n, st.placed_teams[s][k])
    if n <= 0:
        return
    touch(st, s)
    st.teams[s][k] -= n
    st.placed_teams[s][k] -= n
    st.worn[s][k] -= n * st.placed_steps[s][k]
    for other in range(len(st.facts.kind_role)):
        st.walking[other] = 0
    st.walking[k] = n
    send(st, station, goal, st.walking, st.nothing, st.nothing, -1, 0.0, minutes)
    st.walking[k] = 0


def _believe(st: State, what: int, numbers: Ints, value: float) -> None:
    a, b, c, d = numbers[0], numbers[1], numbers[2], numbers[3]
    if what == SAY_PHASE:
        if st.people[a] > 0 or b in (QUIET, DISPERSED):
            people.set_phase(st, a, b)
    elif what == SAY_TENSION:
        touch(st, a, False)
        st.tension[a] = value
    elif what == SAY_PEOPLE:
        _say_people(st, a, b, c, value)
    elif what == SAY_DELEGATION:
        _say_delegation(st, a, b, value)
    elif what == SAY_TEAMS:
        _say_teams(st, a, b, c)
    elif what == SAY_RESERVE:
        st.reserve[a][b] = c
    elif what == SAY_PARKED:
        st.parked[a][b] = c
    elif what == SAY_COMING:
        for k in range(len(st.facts.kind_role)):
            st.walking[k] = 0
        st.walking[c] = d
        send(st, a, b, st.walking, st.nothing, st.nothing, -1, 0.0, value)
        st.walking[c] = 0
    elif what == SAY_TANK:
        touch(st, a)
        for u in range(st.cannons):
            if st.cannon_sector[u] == a and st.cannon_begun[u] < 0.0 and not st.cannon_dry[u]:
                st.cannon_tank[u] = min(value, st.facts.endurance[st.cannon_type[u]])
    elif what == SAY_STOPPED:
        touch(st, a, False)
        st.stopped[a] = b
    elif what == SAY_ROAD:
        _clear_road(st)
    elif what == SAY_DUTY:
        _say_duty(st, a, value)


def _say_people(st: State, s: int, g: int, persons: int, tension: float) -> None:
    """So many people of a gathering are in a sector; those who are more than was thought stay as strays do."""
    b = slot(st.facts, s, g)
    if st.facts.slot_first[s] == st.facts.slot_first[s + 1] or st.facts.slot_gathering[b] != g:
        return  # it never comes there
    more = persons - st.present[b]
    if more < 0:
        people.leave(st, g, s, -more)
    elif more > 0:
        people.arrive(st, g, s, more, tension, st.phase[s])
        if st.standing[g] != s:
            emit(st, STAY, g, s, more, value=SPILL_STAY)


def _say_teams(st: State, s: int, k: int, n: int) -> None:
    """So many teams of a kind stand in a sector; all who do not move as planned count as placed there from now on."""
    f, along = st.facts, 0
    touch(st, s)
    for a in range(len(st.along_sector)):
        if st.along_sector[a] == s:
            along += st.along_teams[a][k]
    c = st.first_column[s]
    while c >= 0:
        st.column_teams[c][k] = 0
        c = st.column_next[c]
    own = max(0, n - along)
    if f.available[k] <= st.now:
        st.placed_teams[s][k] = own
    st.teams[s][k] = own + along
    _add_worn(st, s, k, own)
    start_placed_duty(st, s, k)


def _add_worn(st: State, s: int, k: int, own: int) -> None:
    """Add up the steps of ability that teams in a sector have lost, where nobody called is among them."""
    st.worn[s][k] = own * st.placed_steps[s][k]
    for a in range(len(st.along_sector)):
        if st.along_sector[a] == s:
            st.worn[s][k] += st.along_teams[a][k] * st.along_steps[a][k]
    c = st.first_column[s]
    while c >= 0:
        st.worn[s][k] += st.column_teams[c][k] * st.column_steps[c][k]
        c = st.column_next[c]


def _say_duty(st: State, s: int, minutes: float) -> None:
    """Those placed in a sector have been on duty for so long: what they have lost, and when they lose more."""
    f = st.facts
    if not f.tiring:
        return
    touch(st, s)
    st.awake[s], soonest = 1, math.inf
    for k in range(len(f.kind_role)):
        after, step = f.tire_after[k], f.tire_step[k]
        if st.placed_teams[s][k] > 0 and f.available[k] <= st.now and math.isfinite(after):
            steps, left = 0, after - minutes
            while left <= 0.0 and steps < f.tire_most:
                steps += 1
                left += step
            left = left if steps < f.tire_most else math.inf
            st.placed_duty[s][k], st.placed_steps[s][k], st.placed_due[s][k] = 1, steps, st.now + left
            soonest = min(soonest, left)
            _add_worn(st, s, k, st.placed_teams[s][k])
    st.placed_clock[s] = st.now + soonest
    if math.isfinite(soonest):
        emit(st, TIRE, PLACED, s, value=soonest)


def _clear_road(st: State) -> None:
    """Let columns that were thought to be on the road arrive with nobody."""
    for c in range(len(st.column_next)):
        s = st.column_sector[c]
        if not _follows(st, st.free_column, c) and not _follows(st, st.first_column[s], c):
            for a in range(3):
                st.coming[s][a] = max(0.0, st.coming[s][a] - st.column_coming[c][a])
                st.column_coming[c][a] = 0.0
            for k in range(len(st.facts.kind_role)):
                st.column_teams[c][k] = 0
            for w in range(len(st.facts.seats)):
                st.column_staying[c][w] = 0


def _follows(st: State, first: int, c: int) -> bool:
    """Return whether a column hangs together with a first one."""
    while first >= 0 and first != c:
        first = st.column_next[first]
    return first == c


def _say_delegation(st: State, s: int, delegation: int, waited: float) -> None:
    """A delegation has waited for so long, was received, or will not be; whoever still waits is waited for anew."""
    touch(st, s, False)
    before, st.delegation[s] = st.delegation[s], delegation
    if delegation == NO_DELEGATION:
        st.meeting[s] += 1
    if delegation == WAITING:
        st.marks[s] = 0
        for mark in range(len(st.facts.waiting_marks)):
            if st.facts.waiting_marks[mark] <= waited:
                st.marks[s] += 1
        if before != WAITING:
            st.meeting[s] += 1
            if math.isfinite(st.received[s]):
                st.received[s] = max(0.0, st.received[s] - waited)
            emit(st, DELEGATION, s, st.meeting[s])
