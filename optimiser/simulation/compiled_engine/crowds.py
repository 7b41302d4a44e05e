"""What people do, one event at a time: assemble, march on, go home, wait to be received.

`simpy_engine.crowds` does the same for the SimPy engine: change both; test_replay compares them.
"""

from __future__ import annotations

import math

from optimiser.model.laws.escalation_law import GREEN, RED, YELLOW
from optimiser.simulation import event_queue, events
from optimiser.simulation.compiled_engine.actions import (
    ASSEMBLE,
    DEPART,
    GO_HOME,
    LINGERING,
    MARCH,
    MEET,
    PASS_MARK,
    settle,
)
from optimiser.simulation.event_queue import Agenda, put
from optimiser.simulation.indexed_instance import distance, slot
from optimiser.simulation.state import LINGER, State
from optimiser.simulation.transitions import moving, officials, people


def begin_gathering(st: State, ag: Agenda, g: int) -> None:
    """Begin to assemble a gathering at its first stop."""
    ag.turn[g] = 0
    people.await_groups(st, g, 0.0)
    put(ag, max(st.now, st.first[g]), event_queue.GROUP, g, ASSEMBLE, g, 0, 0)


def assemble(st: State, ag: Agenda, g: int, j: int, turn: int) -> None:
    """Let the j-th group come."""
    if ag.turn[g] != turn:
        return
    f, groups = st.facts, st.facts.groups[g]
    if j == 0:
        people.gather(st, g)
    part = st.turnout[g] // groups + (1 if j < st.turnout[g] % groups else 0)
    people.arrive(st, g, f.stop_sector[st.stop[g]], part, st.start_tension[g], f.comes_as[g])
    settle(st, ag)
    if j + 1 < groups:
        minute = st.first[g] + f.spread[g] * (j + 1) / (groups - 1)
        put(ag, max(st.now, minute), event_queue.GROUP, g, ASSEMBLE, g, j + 1, turn)
    else:
        st.goal[g] = st.stop[g] + 1
        _stay(st, ag, g)


def _stay(st: State, ag: Agenda, g: int) -> None:
    ag.turn[g] += 1
    ag.since[g] = max(st.due[g], st.now)
    put(ag, ag.since[g], event_queue.DEPART, g, DEPART, g, ag.turn[g])


def depart(st: State, ag: Agenda, g: int, turn: int) -> None:
    """March on to the next stop, wait where the way there is closed, or go home."""
    if ag.turn[g] != turn:
        return
    f = st.facts
    s = f.stop_sector[st.stop[g]]
    ag.since[g] = people.choose_stop(st, g, s, ag.since[g])
    goal = st.goal[g]
    if people.is_content(st, g, s) or goal == people.stops_end(st, g):
        people.end_stay(st, g, s)
        moving.begin_home(st, g, s)
        go_home(st, ag, g, s, st.present[slot(f, s, g)])
        return
    if not math.isfinite(distance(f, st.now, s, f.stop_sector[goal])):
        minute = people.wait_for_way(st, g, s, ag.since[g])
        settle(st, ag)
        put(ag, minute, event_queue.DEPART, g, DEPART, g, ag.turn[g])
        return
    orderly, tension = st.phase[s] not in (YELLOW, RED), st.tension[s]
    persons, staying = people.march_on(st, g, s)
    settle(st, ag)
    if staying > 0:
        put(ag, st.now + LINGER, event_queue.HOME, g, LINGERING, g, s, staying)
    _march(st, ag, g, persons, tension, GREEN if orderly else YELLOW)


def scatter(st: State, ag: Agenda, g: int, persons: int, tension: float) -> None:
    """Send those of a dispersed gathering who go on to its next stop."""
    ag.turn[g] += 1
    st.standing[g] = -1
    _march(st, ag, g, persons, tension, YELLOW)


def _march(st: State, ag: Agenda, g: int, persons: int, tension: float, phase: int) -> None:
    f = st.facts
    goal = f.stop_sector[st.goal[g]]
    moving.lead(st, g, goal if persons > 0 else -1)
    settle(st, ag)
    if persons <= 0 or st.alone >= 0:
        return
    km = distance(f, st.now, f.stop_sector[st.stop[g]], goal)
    put(ag, st.now + 60.0 * km / f.march, event_queue.WALK, g, MARCH, g, persons, phase, x=tension)


def reach_stop(st: State, ag: Agenda, g: int, persons: int, phase: int, tension: float) -> None:
    """Reach the next stop."""
    people.take_place(st, g, st.goal[g])
    people.arrive(st, g, st.standing[g], persons, tension, phase)
    settle(st, ag)
    _stay(st, ag, g)


def go_home(st: State, ag: Agenda, g: int, s: int, most: int) -> None:
    """Begin to leave in groups, at most so many; militants of a disorderly crowd stay on until it calms down."""
    going = min(most, st.present[slot(st.facts, s, g)])
    leave_group(st, ag, g, s, going, people.militants(st, g, s, going), 0)


def leave_group(st: State, ag: Agenda, g: int, s: int, going: int, hard: int, j: int) -> None:
    """Let the j-th group leave; those who are left look again later."""
    f = st.facts
    if j > 0:
        going = min(going, st.present[slot(f, s, g)])  # the sector may have dispersed meanwhile
        hard = min(going, hard)
    if j == f.groups[g]:
        _stay_on(st, ag, g, s, going)
        return
    groups = f.groups[g] - j
    going -= people.leave(st, g, s, (going - hard + groups - 1) // groups, events.LEFT, -1)
    settle(st, ag)
    if going > 0:
        put(ag, st.now + max(1.0, f.spread[g] / f.groups[g]), event_queue.HOME, g, GO_HOME, g, s, going, hard, j + 1)


def linger(st: State, ag: Agenda, g: int, s: int, going: int) -> None:
    """Look again whether those who stayed on can go."""
    _stay_on(st, ag, g, s, min(going, st.present[slot(st.facts, s, g)]))


def _stay_on(st: State, ag: Agenda, g: int, s: int, going: int) -> None:
    """Those who are left stay on while the sector is in disorder, and leave otherwise."""
    if going <= 0:
        return
    going = people.stay_on(st, g, s, going)
    settle(st, ag)
    if going > 0:
        put(ag, st.now + LINGER, event_queue.HOME, g, LINGERING, g, s, going)


def wait(st: State, ag: Agenda, s: int, meeting: int, mark: int, start: float) -> None:
    """Let a delegation wait for the next mark, for reception, or not at all."""
    f, wait = st.facts, st.received[s]
    if mark < len(f.waiting_marks) and f.waiting_marks[mark] < wait:
        minute = max(st.now, start + f.waiting_marks[mark])
        put(ag, minute, event_queue.MARK, s, PASS_MARK, s, meeting, mark, x=start)
    elif math.isinf(wait):
        officials.refuse_delegation(st, s, events.NO_OFFICIAL)
        settle(st, ag)
    else:
        put(ag, max(st.now, start + wait), event_queue.RECEIVED, s, MEET, s, meeting)
