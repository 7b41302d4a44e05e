"""Processes of personnel: calls, columns on the road, handovers, evacuations, water cannon, and what they guard."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import simpy

from optimiser import rules
from optimiser.dispatch import Column
from optimiser.escalation import DISPERSED, QUIET, RED
from optimiser.state import touch

if TYPE_CHECKING:
    from optimiser.timeline import Steps, Timeline


def window(t: Timeline, s: int, number: int, start: float, end: float) -> Steps:
    """Open and close one critical window."""
    yield t.clock.at(start, "window", s * 100 + number)
    t.tick()
    rules.open_window(t.state, s, 1)
    t.settle()
    yield t.clock.at(end, "window", s * 100 + number)
    t.tick()
    rules.open_window(t.state, s, -1)
    t.settle()


def restart(t: Timeline, s: int, red: int) -> Steps:
    """Let the critical process run again some time after red, unless it is red again."""
    st = t.state
    yield t.clock.at(st.now + t.facts.sectors[s].restart, "restart", s)
    if st.red_number[s] == red and st.phase[s] != RED:
        t.tick()
        rules.restart(st, s)
        t.settle()


def evacuation(t: Timeline, s: int, red: int) -> Steps:
    """Take the officials of a red sector to safety."""
    st, doctrine = t.state, t.facts.instance.doctrine
    fast = rules.protected_vehicle(st, s)
    minutes = float(doctrine.evacuation_protected if fast else doctrine.evacuation)
    yield t.clock.at(st.now + minutes, "evacuated", s)
    if st.red_number[s] == red and st.staff[s] > 0.0:
        t.tick()
        rules.evacuated(st, s)
        t.settle()


def steady(t: Timeline, s: int, minutes: float) -> Steps:
    """End a handover."""
    yield t.clock.at(t.state.now + minutes, "steady", s)
    t.tick()
    rules.steady(t.state, s)
    t.settle()


def relief(t: Timeline, s: int, every: float) -> Steps:
    """Relieve the teams of a sector at fixed intervals, like for like."""
    minutes = float(t.facts.instance.doctrine.relief)
    due = every
    while due < t.facts.horizon:
        yield t.clock.at(due, "relief", s)
        t.tick()
        if rules.relieve(t.state, s):
            t.settle()
            yield t.clock.at(due + minutes, "steady", s)
            t.tick()
            rules.steady(t.state, s)
            t.settle()
        due += every


def available(t: Timeline, s: int, k: int, teams: int) -> Steps:
    """Let teams that come on duty later form up."""
    yield t.clock.at(t.facts.kinds[k].available, "available", s * 1000 + k)
    t.tick()
    rules.form(t.state, s, k, teams, "on duty")
    t.settle()


def call(t: Timeline, s: int, repeat: bool) -> Steps:
    """Ask for reserve, and again at intervals while the sector is in disorder."""
    st, every = t.state, float(t.facts.instance.doctrine.ask_again)
    asked_at = st.asked_at[s]
    while st.asking[s] and st.asked_at[s] == asked_at:
        t.tick()
        for sent in t.dispatch(st, s):
            t.clock.process(column(t, sent))
        t.settle()
        if not repeat:
            return
        yield t.clock.at(st.now + every, "call", s)


def column(t: Timeline, c: Column) -> Steps:
    """Move a formed unit: set out, arrive, form up; rides drive back empty."""
    st, f, s = t.state, t.facts, c.sector
    index = c.station * 1000 + s
    phase = st.phase[s]
    coming = [0.0, 0.0, 0.0]
    for k, n in c.teams:
        kind = f.kinds[k]
        for a, row in enumerate((kind.containment, kind.dialogue, kind.medical)):
            coming[a] += n * row[phase]
    coming[2] += sum(n * f.vehicles[w].medical for w, n in c.staying)
    for a in range(3):
        st.coming[s][a] += coming[a]
    if c.cannon >= 0:
        st.cannon_coming[s] += 1
    if c.delay > 0.0:
        yield t.clock.at(t.clock.now + c.delay, "column", index)
        t.tick()
    heads = sum(n * f.kinds[k].size for k, n in c.teams)
    st.say("sent", s, rules.f_station(f, c.station), number=heads, note="by vehicle" if c.rides else "")
    yield t.clock.at(t.clock.now + c.minutes, "column", index)
    t.tick()
    st.say("came", s, rules.f_station(f, c.station), number=heads)
    for w, n in c.rides:
        t.clock.process(drive_back(t, c.station, w, n, c.minutes))
    yield t.clock.at(t.clock.now + f.form_up, "formed", index)
    t.tick()
    for a in range(3):
        st.coming[s][a] = max(0.0, st.coming[s][a] - coming[a])
    _join(t, c)
    t.settle()


def _join(t: Timeline, c: Column) -> None:
    """Put an arrived column under its sector, or send it back where it is no longer needed."""
    st, s = t.state, c.sector
    for k, n in c.teams:
        rules.form(st, s, k, n, "called")
        st.called[s].append((c.station, k, n))
    for w, n in c.staying:
        touch(st, s)
        st.vehicles[s][w] += n
        st.lent[s].append((c.station, w, n))
    if c.cannon >= 0:
        touch(st, s)
        st.cannon_coming[s] -= 1
        st.cannon_sector[c.cannon], st.cannon_home[c.cannon] = s, c.station
        if st.phase[s] == RED:
            st.effects.append(("cannon", c.cannon, s, st.red_number[s]))
    if st.phase[s] in (QUIET, DISPERSED):
        rules.release(st, s)


def drive_back(t: Timeline, station: int, w: int, n: int, minutes: float) -> Steps:
    """Drive empty vehicles back to their post."""
    yield t.clock.at(t.clock.now + minutes, "back", station * 1000 + w)
    t.tick()
    rules.give_back(t.state, station, -1, w, -1, n)


def go_back(t: Timeline, s: int, station: int, k: int, w: int, u: int, n: int) -> Steps:
    """Send released units back to their station; they are callable again when they are there."""
    f = t.facts
    km = f.distance(t.state.now, rules.f_station(f, station), s)
    while not math.isfinite(km):
        later = [e for e in f.epochs if e > t.clock.now]
        if not later:
            return
        yield t.clock.at(later[0], "back", station * 1000 + s)  # roads may be open again
        km = f.distance(t.clock.now, rules.f_station(f, station), s)
    index = station * 1000 + (k if k >= 0 else 500 + max(w, u))
    yield t.clock.at(t.clock.now + 60.0 * km / f.drive, "back", index)
    t.tick()
    rules.give_back(t.state, station, k, w, u, n)


def cannon(t: Timeline, u: int, s: int, red: int) -> Steps:
    """Run a water cannon through every gate of doctrine while its sector is red and it has water."""
    st, clock, doctrine = t.state, t.clock, t.facts.instance.doctrine
    if clock.active_process is None or st.cannon_dry[u]:
        return
    t.cannons[u] = (clock.active_process, s)
    begun = math.nan
    try:
        yield clock.at(st.red_since[s] + float(doctrine.order_red), "cannon", u)
        while st.phase[s] == RED and st.red_number[s] == red and st.cannon_sector[u] == s and not st.cannon_dry[u]:
            t.tick()
            if shut := rules.gates(st, s):
                st.say("withheld", s, note=shut)
                yield clock.at(st.now + float(doctrine.ask_again), "cannon", u)
                continue
            st.say("warned", s, number=float(doctrine.warning))
            yield clock.at(st.now + float(doctrine.warning) + float(doctrine.time_to_leave), "cannon", u)
            t.tick()
            if rules.gates(st, s):
                continue  # one shut while people had time to leave
            begun = st.now
            rules.spray(st, u, s)
            t.settle()
            yield clock.at(begun + st.cannon_tank[u], "cannon", u)
            t.tick()
            begun = math.nan
            rules.stop_spray(st, u, s, st.cannon_tank[u])
            t.settle()
    except simpy.Interrupt:
        if not math.isnan(begun):
            t.tick()
            rules.stop_spray(st, u, s, st.now - begun)
            t.settle()
    t.cannons.pop(u, None)


def refilling(t: Timeline, u: int) -> Steps:
    """Drive, fill and come back."""
    st = t.state
    yield t.clock.at(st.now + t.facts.vehicles[st.cannon_type[u]].refill, "cannon", u)
    t.tick()
    rules.refill(st, u)
    t.settle()
