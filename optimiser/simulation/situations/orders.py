"""What can be ordered, and what can be reported, in the middle of a day: written once for both engines.

An order is carried out by the rules that the day itself follows: columns are seated and set out as those that are
called, released units go back as those whose sector is calm. A report says how something is; what follows from it
(an evacuation, a call) begins now, as if it had become so now.
"""

from __future__ import annotations

import math

from optimiser.model.laws.escalation_law import DISPERSED, QUIET
from optimiser.simulation.dispatch import send, send_ordered, take
from optimiser.simulation.indexed_instance import slot
from optimiser.simulation.rates import touch
from optimiser.simulation.record import Ints
from optimiser.simulation.state import (
    DELEGATION,
    MEETING,
    NO_DELEGATION,
    SPILL_STAY,
    STAY,
    WAITING,
    State,
    emit,
)
from optimiser.simulation.transitions import people, units

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
) = range(16)
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
)


def obey(st: State, what: int, numbers: Ints, value: float) -> None:
    """Carry out one order, or believe one report, at the present minute."""
    a, b, c, d, e = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
    if what == TAKE:
        take(st, a, b, min(c, st.reserve[a][b]))
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
        touch(st, a)
        st.worn[a][b] = min(st.worn[a][b], c * st.facts.tire_most)
        st.teams[a][b] = c
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


def _say_people(st: State, s: int, g: int, persons: int, tension: float) -> None:
    """So many people of a gathering are in a sector; those who are more than was thought stay as strays do."""
    b = slot(st.facts, s, g)
    more = persons - st.present[b]
    if more < 0:
        people.leave(st, g, s, -more)
    elif more > 0:
        people.arrive(st, g, s, more, tension, st.phase[s])
        if st.standing[g] != s:
            emit(st, STAY, g, s, more, value=SPILL_STAY)


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
