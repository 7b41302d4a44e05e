"""Processes of people: gatherings that assemble, march on and go home, delegations that wait, triggers that strike.

`compiled_engine.crowds` does the same for the compiled engine: change both; test_replay compares them. A function with
the minute `due` begins with a wait: a situation resumes there, with the numbers that the agenda of the compiled engine
has for this wait.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import simpy

from optimiser.model.laws.escalation_law import DISPERSED, GREEN, QUIET, YELLOW
from optimiser.simulation import events
from optimiser.simulation.compiled_engine.actions import (
    ASSEMBLE,
    DEPART,
    GO_HOME,
    LINGERING,
    MARCH,
    MEET,
    PASS_MARK,
    STRAY,
    STRAY_HOME,
    STRIKE,
)
from optimiser.simulation.indexed_instance import distance, slot
from optimiser.simulation.state import LINGER, SPILL_STAY, WAITING
from optimiser.simulation.transitions import moving, officials, people

if TYPE_CHECKING:
    from optimiser.simulation.simpy_engine.timeline import Steps, Timeline


def gathering(t: Timeline, g: int) -> Steps:
    """Let a gathering assemble, stay, march on or wait until its way is open, and go home."""
    people.await_groups(t.state, g, 0.0)
    yield from assembling(t, t.state.first[g], g, 0)


def assembling(t: Timeline, due: float, g: int, j: int) -> Steps:
    """Let the j-th group and those after it come, and what follows."""
    st, f = t.state, t.facts
    size, groups = st.turnout[g], f.groups[g]
    while True:
        yield t.clock.at(due, "group", g, ASSEMBLE, g, j)
        t.tick()
        if j == 0:
            people.gather(st, g)
        part = size // groups + (1 if j < size % groups else 0)
        people.arrive(st, g, st.standing[g], part, st.start_tension[g], f.comes_as[g])
        t.settle()
        j += 1
        if j == groups:
            break
        due = st.first[g] + f.spread[g] * j / (groups - 1)
    st.goal[g] = st.stop[g] + 1
    due = max(st.due[g], t.clock.now)
    yield from staying(t, due, g, due)


def staying(t: Timeline, due: float, g: int, since: float) -> Steps:
    """Let a gathering stay at its stop, march on or wait until its way is open, and go home."""
    st, f = t.state, t.facts
    persons, tension = 0, 0.0
    while True:
        s, assembled = st.standing[g], True
        while assembled:
            try:
                yield t.clock.at(due, "depart", g, DEPART, g, value=since)
            except simpy.Interrupt as scattered:
                persons, tension = cast(tuple[int, float], scattered.cause)
                assembled = False
                break
            t.tick()
            since = people.choose_stop(st, g, s, since)
            if st.goal[g] == people.stops_end(st, g) or people.is_content(st, g, s):
                people.end_stay(st, g, s)
                moving.begin_home(st, g, s)
                yield from _go_home(t, g, s)
                return
            if math.isfinite(distance(f, st.now, s, f.stop_sector[st.goal[g]])):
                break
            due = people.wait_for_way(st, g, s, since)
            t.settle()
        mood = GREEN if assembled and st.phase[s] in (GREEN, QUIET, DISPERSED) else YELLOW
        if assembled:
            tension = st.tension[s]
            persons, stay_on = people.march_on(st, g, s)
            t.settle()
            if stay_on > 0:
                t.clock.process(lingering(t, st.now + LINGER, g, s, stay_on))
        else:
            st.standing[g] = -1
        moving.lead(st, g, f.stop_sector[st.goal[g]] if persons > 0 else -1)
        t.settle()
        if persons <= 0:
            return
        km = distance(f, st.now, s, f.stop_sector[st.goal[g]])
        yield t.clock.at(st.now + 60.0 * km / f.march, "walk", g, MARCH, g, persons, mood, value=tension)
        since = due = _reach(t, g, persons, mood, tension)


def marching(t: Timeline, due: float, g: int, persons: int, mood: int, tension: float) -> Steps:
    """Let a gathering that marches reach its next stop, and what follows."""
    yield t.clock.at(due, "walk", g, MARCH, g, persons, mood, value=tension)
    due = _reach(t, g, persons, mood, tension)
    yield from staying(t, due, g, due)


def _reach(t: Timeline, g: int, persons: int, mood: int, tension: float) -> float:
    """Reach the next stop; returns until when the gathering stays there."""
    st = t.state
    t.tick()
    people.take_place(st, g, st.goal[g])
    people.arrive(st, g, st.standing[g], persons, tension, mood)
    t.settle()
    return max(st.due[g], t.clock.now)


def _go_home(t: Timeline, g: int, s: int, most: int | None = None) -> Steps:
    """Leave in groups, at most so many; militants of a disorderly crowd stay on until it calms down or disperses."""
    st, here = t.state, slot(t.facts, s, g)
    going = st.present[here] if most is None else min(most, st.present[here])
    yield from _leave(t, g, s, going, people.militants(st, g, s, going), 0)


def leaving(t: Timeline, due: float, g: int, s: int, going: int, hard: int, j: int) -> Steps:
    """Let those who are left leave from the j-th group on."""
    yield t.clock.at(due, "home", g, GO_HOME, g, s, going, hard, j)
    t.tick()
    going = min(going, t.state.present[slot(t.facts, s, g)])  # the sector may have dispersed meanwhile
    yield from _leave(t, g, s, going, min(going, hard), j)


def _leave(t: Timeline, g: int, s: int, going: int, hard: int, first: int) -> Steps:
    st, groups, here = t.state, t.facts.groups[g], slot(t.facts, s, g)
    pause = max(1.0, t.facts.spread[g] / groups)
    for j in range(first, groups):
        going -= people.leave(st, g, s, -(-(going - hard) // (groups - j)), events.LEFT, -1)
        t.settle()
        yield t.clock.at(st.now + pause, "home", g, GO_HOME, g, s, going, hard, j + 1)
        t.tick()
        going = min(going, st.present[here])  # the sector may have dispersed meanwhile
        hard = min(going, hard)
    if going > 0:
        going = people.stay_on(st, g, s, going)
        t.settle()
        yield from lingering(t, st.now + LINGER, g, s, going)


def lingering(t: Timeline, due: float, g: int, s: int, going: int) -> Steps:
    """Let militants who stay on look again and again whether they can go."""
    while going > 0:
        yield t.clock.at(due, "home", g, LINGERING, g, s, going)
        t.tick()
        going = min(going, t.state.present[slot(t.facts, s, g)])
        if going > 0:
            going = people.stay_on(t.state, g, s, going)
            t.settle()
        due = t.clock.now + LINGER


def spill_over(t: Timeline, g: int, origin: int, goal: int, persons: int, phase: int, tension: float) -> Steps:
    """People who spilled over walk to another sector, or back where they were dispersed; they stay and go home."""
    minutes = people.walk_minutes(t.state, origin, goal)
    if math.isfinite(minutes):
        yield from straying(t, t.state.now + minutes, g, goal, persons, phase, int(origin == goal), tension)


def straying(t: Timeline, due: float, g: int, s: int, persons: int, phase: int, back: int, tension: float) -> Steps:
    """People who spilled over, or who come back, reach a sector; they stay and go home."""
    yield t.clock.at(due, "walk", g, STRAY, g, s, persons, phase, back, value=tension)
    t.tick()
    again = people.stray(t.state, g, s, persons, tension, phase, back > 0)
    t.settle()
    if not again:
        yield from straying_home(t, t.state.now + SPILL_STAY, g, s, persons)


def straying_home(t: Timeline, due: float, g: int, s: int, persons: int) -> Steps:
    """People who spilled over go home, unless their main body is there meanwhile."""
    yield t.clock.at(due, "home", g, STRAY_HOME, g, s, persons)
    t.tick()
    if t.state.standing[g] != s:
        yield from _go_home(t, g, s, persons)


def trigger(t: Timeline, due: float, number: int) -> Steps:
    """Let a trigger strike."""
    yield t.clock.at(due, "trigger", number, STRIKE, number)
    t.tick()
    officials.strike_reached(t.state, number)
    t.settle()


def delegation(t: Timeline, s: int, meeting: int) -> Steps:
    """Let a delegation wait: marks pass until an official receives it or it is clear that nobody will."""
    yield from keep_waiting(t, t.state.now, s, meeting, 0, t.state.now)


def keep_waiting(t: Timeline, _: float, s: int, meeting: int, mark: int, start: float) -> Steps:
    """Let a delegation that has waited since `start` wait on, for its next mark."""
    st, marks = t.state, t.facts.waiting_marks
    wait = st.received[s]
    while mark < len(marks) and marks[mark] < wait:
        yield t.clock.at(start + marks[mark], "mark", s, PASS_MARK, s, meeting, mark, value=start)
        if st.meeting[s] != meeting or st.delegation[s] != WAITING:
            return
        t.tick()
        officials.pass_mark(st, s, marks[mark])
        t.settle()
        mark += 1
    if math.isinf(wait):
        officials.refuse_delegation(st, s, events.NO_OFFICIAL)
        t.settle()
        return
    yield from receiving(t, start + wait, s, meeting)


def receiving(t: Timeline, due: float, s: int, meeting: int) -> Steps:
    """Let an official receive a delegation that still waits."""
    st = t.state
    yield t.clock.at(due, "received", s, MEET, s, meeting)
    if st.meeting[s] == meeting and st.delegation[s] == WAITING:
        t.tick()
        officials.receive(st, s)
        t.settle()


def meeting(t: Timeline, s: int, number: int, minutes: float) -> Steps:
    """Let an official who was sent receive a delegation."""
    yield from receiving(t, t.state.now + minutes, s, number)


def stay(t: Timeline, g: int, s: int, persons: int, minutes: float) -> Steps:
    """Let people who do not belong to a main body stay in a sector for so long, and go home."""
    yield from straying_home(t, t.state.now + minutes, g, s, persons)
