"""Processes of people: gatherings that assemble, march on and go home, delegations that wait, triggers that strike."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, cast

import simpy

from optimiser import rules
from optimiser.escalation import DISPERSED, GREEN, QUIET, RED, YELLOW
from optimiser.state import LINGER, RECEIVED, SPILL_STAY, WAITING

if TYPE_CHECKING:
    from optimiser.timeline import Steps, Timeline


def gathering(t: Timeline, g: int) -> Steps:
    """Let a gathering assemble, stay, march on, and go home."""
    st, f, fact = t.state, t.facts, t.facts.gatherings[g]
    sc = t.scenario
    size, groups = sc.turnout[g], fact.groups
    s, begin = fact.stops[0][0], sc.first[g]
    persons, tension, mood = 0, sc.tension[g], GREEN
    st.standing[g], st.onward[g] = s, len(fact.stops) > 1
    assembled = True
    for j in range(groups):
        part = size // groups + (1 if j < size % groups else 0)
        try:
            yield t.clock.at(begin + (fact.spread * j / (groups - 1) if groups > 1 else 0.0), "group", g)
        except simpy.Interrupt as scattered:
            persons, tension = cast(tuple[int, float], scattered.cause)
            assembled = False
            break
        t.tick()
        rules.arrive(st, g, s, part, sc.tension[g], fact.comes_as)
        t.settle()
    for number, (s, stay) in enumerate(fact.stops):
        last = number + 1 == len(fact.stops)
        if number > 0:
            came = yield from _march(t, g, fact.stops[number - 1][0], s, persons, tension, mood)
            if not came:
                return
            st.onward[g], begin = not last, st.now
        if assembled:
            try:
                yield t.clock.at(max(begin + stay, t.clock.now), "depart", g)
            except simpy.Interrupt as scattered:
                persons, tension = cast(tuple[int, float], scattered.cause)
                assembled = False
        mood = GREEN if assembled and st.phase[s] in (GREEN, QUIET, DISPERSED) else YELLOW
        if assembled:
            t.tick()
            content = st.delegation[s] == RECEIVED and sc.content[g] < fact.ends_if_received
            open_road = not last and math.isfinite(f.distance(st.now, s, fact.stops[number + 1][0]))
            if last or content or not open_road:
                st.standing[g] = -1
                yield from _go_home(t, g, s)
                return
            tension = st.tension[s]
            st.standing[g] = -1
            persons = rules.leave(st, g, s, st.crowd[s].get(g, 0), "marched", fact.stops[number + 1][0])
            t.settle()
        st.standing[g] = -1
        assembled = True
        if last or persons <= 0:
            return


def _march(
    t: Timeline, g: int, origin: int, goal: int, persons: int, tension: float, phase: int
) -> Generator[simpy.Event, Any, bool]:
    """Walk to the next stop; tells whether the way was open."""
    km = t.facts.distance(t.state.now, origin, goal)
    if not math.isfinite(km):
        return False
    yield t.clock.at(t.state.now + 60.0 * km / t.facts.march, "walk", g)
    t.tick()
    t.state.standing[g] = goal
    rules.arrive(t.state, g, goal, persons, tension, phase)
    t.settle()
    return True


def _go_home(t: Timeline, g: int, s: int, most: int | None = None) -> Steps:
    """Leave in groups, at most so many; militants of a disorderly crowd stay on until it calms down or disperses."""
    st, fact = t.state, t.facts.gatherings[g]
    pause = max(1.0, fact.spread / fact.groups)
    going = st.crowd[s].get(g, 0) if most is None else min(most, st.crowd[s].get(g, 0))
    hard = min(going, rules.militants(st, g, s))
    for j in range(fact.groups):
        going -= rules.leave(st, g, s, -(-(going - hard) // (fact.groups - j)), "left")
        t.settle()
        yield t.clock.at(st.now + pause, "home", g)
        t.tick()
        going = min(going, st.crowd[s].get(g, 0))  # the sector may have dispersed meanwhile
        hard = min(going, hard)
    while going > 0:
        if st.phase[s] in (YELLOW, RED):
            st.say("stayed", s, what=st.gathering_name(g), number=going)
        else:
            going -= rules.leave(st, g, s, going, "left")
        t.settle()
        yield t.clock.at(t.clock.now + LINGER, "home", g)
        t.tick()
        going = min(going, st.crowd[s].get(g, 0))


def walk(t: Timeline, g: int, origin: int, goal: int, persons: int, tension: float, phase: int) -> Steps:
    """People who spilled over walk to another sector, stay a while, and go home."""
    km = t.facts.distance(t.state.now, origin, goal)
    if not math.isfinite(km):
        return
    yield t.clock.at(t.state.now + 60.0 * km / t.facts.march, "walk", g)
    t.tick()
    rules.arrive(t.state, g, goal, persons, tension, phase)
    t.settle()
    yield t.clock.at(t.state.now + SPILL_STAY, "home", g)
    t.tick()
    if t.state.standing[g] != goal:
        yield from _go_home(t, g, goal, persons)


def trigger(t: Timeline, number: int, minute: float) -> Steps:
    """Let a trigger strike."""
    yield t.clock.at(minute, "trigger", number)
    t.tick()
    rules.trigger(t.state, number)
    t.settle()


def delegation(t: Timeline, s: int, meeting: int) -> Steps:
    """Let a delegation wait: marks pass until an official receives it or it is clear that nobody will."""
    st, start = t.state, t.state.now
    wait = t.scenario.received[s]
    for mark in t.facts.instance.doctrine.waiting_marks:
        if mark >= wait:
            break
        yield t.clock.at(start + mark, "mark", s)
        if st.meeting[s] != meeting or st.delegation[s] != WAITING:
            return
        t.tick()
        rules.pass_mark(st, s, mark)
        t.settle()
    if math.isinf(wait):
        rules.refuse(st, s, "no official comes")
        t.settle()
        return
    yield t.clock.at(start + wait, "received", s)
    if st.meeting[s] == meeting and st.delegation[s] == WAITING:
        t.tick()
        rules.receive(st, s)
        t.settle()
