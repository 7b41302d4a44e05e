"""Processes of people: gatherings that assemble, march on and go home, delegations that wait, triggers that strike.

`compiled_engine.crowds` does the same for the compiled engine: change both; test_replay compares them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import simpy

from optimiser.model.laws.escalation_law import DISPERSED, GREEN, QUIET, YELLOW
from optimiser.simulation import events
from optimiser.simulation.indexed_instance import distance, slot
from optimiser.simulation.state import LINGER, SPILL_STAY, WAITING
from optimiser.simulation.transitions import moving, officials, people

if TYPE_CHECKING:
    from optimiser.simulation.simpy_engine.timeline import Steps, Timeline


def gathering(t: Timeline, g: int) -> Steps:
    """Let a gathering assemble, stay, march on or wait until its way is open, and go home."""
    st, f = t.state, t.facts
    size, groups = st.turnout[g], f.groups[g]
    persons, tension = 0, st.start_tension[g]
    people.await_groups(st, g, 0.0)
    begin = st.first[g]
    for j in range(groups):
        part = size // groups + (1 if j < size % groups else 0)
        yield t.clock.at(begin + (f.spread[g] * j / (groups - 1) if groups > 1 else 0.0), "group", g)
        t.tick()
        if j == 0:
            people.gather(st, g)
        people.arrive(st, g, st.standing[g], part, st.start_tension[g], f.comes_as[g])
        t.settle()
    st.goal[g] = st.stop[g] + 1
    while True:
        s, assembled = st.standing[g], True
        due = since = max(st.due[g], t.clock.now)
        while assembled:
            try:
                yield t.clock.at(due, "depart", g)
            except simpy.Interrupt as scattered:
                persons, tension = cast(tuple[int, float], scattered.cause)
                assembled = False
                break
            t.tick()
            since = people.choose_stop(st, g, s, since)
            if st.goal[g] == people.stops_end(st, g) or people.is_content(st, g, s):
                people.end_stay(st, g, s)
                moving.lead(st, g, -1)
                yield from _go_home(t, g, s)
                return
            if math.isfinite(distance(f, st.now, s, f.stop_sector[st.goal[g]])):
                break
            due = people.wait_for_way(st, g, s, since)
            t.settle()
        mood = GREEN if assembled and st.phase[s] in (GREEN, QUIET, DISPERSED) else YELLOW
        if assembled:
            tension = st.tension[s]
            persons, staying = people.march_on(st, g, s)
            t.settle()
            if staying > 0:
                t.clock.process(_linger(t, g, s, staying))
        else:
            st.standing[g] = -1
        moving.lead(st, g, f.stop_sector[st.goal[g]] if persons > 0 else -1)
        t.settle()
        if persons <= 0:
            return
        km = distance(f, st.now, s, f.stop_sector[st.goal[g]])
        yield t.clock.at(st.now + 60.0 * km / f.march, "walk", g)
        t.tick()
        people.take_place(st, g, st.goal[g])
        people.arrive(st, g, st.standing[g], persons, tension, mood)
        t.settle()


def _go_home(t: Timeline, g: int, s: int, most: int | None = None) -> Steps:
    """Leave in groups, at most so many; militants of a disorderly crowd stay on until it calms down or disperses."""
    st, groups, here = t.state, t.facts.groups[g], slot(t.facts, s, g)
    pause = max(1.0, t.facts.spread[g] / groups)
    going = st.present[here] if most is None else min(most, st.present[here])
    hard = people.militants(st, g, s, going)
    for j in range(groups):
        going -= people.leave(st, g, s, -(-(going - hard) // (groups - j)), events.LEFT, -1)
        t.settle()
        yield t.clock.at(st.now + pause, "home", g)
        t.tick()
        going = min(going, st.present[here])  # the sector may have dispersed meanwhile
        hard = min(going, hard)
    if going > 0:
        going = people.stay_on(st, g, s, going)
        t.settle()
        yield from _linger(t, g, s, going)


def _linger(t: Timeline, g: int, s: int, going: int) -> Steps:
    """Let militants who stay on look again and again whether they can go."""
    while going > 0:
        yield t.clock.at(t.clock.now + LINGER, "home", g)
        t.tick()
        going = min(going, t.state.present[slot(t.facts, s, g)])
        if going > 0:
            going = people.stay_on(t.state, g, s, going)
            t.settle()


def spill_over(t: Timeline, g: int, origin: int, goal: int, persons: int, phase: int, tension: float) -> Steps:
    """People who spilled over walk to another sector, or back where they were dispersed; they stay and go home."""
    minutes = people.walk_minutes(t.state, origin, goal)
    if not math.isfinite(minutes):
        return
    yield t.clock.at(t.state.now + minutes, "walk", g)
    t.tick()
    again = people.stray(t.state, g, goal, persons, tension, phase, origin == goal)
    t.settle()
    if again:
        return
    yield t.clock.at(t.state.now + SPILL_STAY, "home", g)
    t.tick()
    if t.state.standing[g] != goal:
        yield from _go_home(t, g, goal, persons)


def trigger(t: Timeline, number: int, minute: float) -> Steps:
    """Let a trigger strike."""
    yield t.clock.at(minute, "trigger", number)
    t.tick()
    officials.strike_reached(t.state, number)
    t.settle()


def delegation(t: Timeline, s: int, meeting: int) -> Steps:
    """Let a delegation wait: marks pass until an official receives it or it is clear that nobody will."""
    st, start = t.state, t.state.now
    wait = st.received[s]
    for mark in t.facts.waiting_marks:
        if mark >= wait:
            break
        yield t.clock.at(start + mark, "mark", s)
        if st.meeting[s] != meeting or st.delegation[s] != WAITING:
            return
        t.tick()
        officials.pass_mark(st, s, mark)
        t.settle()
    if math.isinf(wait):
        officials.refuse_delegation(st, s, events.NO_OFFICIAL)
        t.settle()
        return
    yield t.clock.at(start + wait, "received", s)
    if st.meeting[s] == meeting and st.delegation[s] == WAITING:
        t.tick()
        officials.receive(st, s)
        t.settle()
