"""Transitions of the state of a city: what an event changes, written once for every engine.

A rule reads and changes a `State` at the present minute and leaves behind *effects*: things that take time and that
the engine must carry out (a handover, a column on the road). No rule waits, draws or logs by itself.
"""

from __future__ import annotations

import math

from optimiser.escalation import (
    CALM,
    COOL,
    DISPERSE,
    DISPERSED,
    FAIL,
    GREEN,
    PROVOKE,
    QUIET,
    RED,
    SPILL,
    WORSEN,
    YELLOW,
    saturating,
)
from optimiser.facts import Facts
from optimiser.instance import PHASES
from optimiser.scenario import exponential
from optimiser.state import NO_DELEGATION, RECEIVED, REFUSED, WAITING, State, look, strength, touch

# ---------------------------------------------------------------- people


def arrive(st: State, g: int, s: int, persons: int, tension: float, phase: int) -> None:
    """People of a gathering come to a sector; the mood is the mean of those there and those coming."""
    if persons <= 0:
        return
    touch(st, s, units=False)
    before = st.people[s]
    st.tension[s] = (st.tension[s] * before + tension * persons) / (before + persons)
    st.crowd[s][g] = st.crowd[s].get(g, 0) + persons
    st.people[s] = before + persons
    st.visited[s] = True
    st.say("arrived", s, what=st.gathering_name(g), number=persons)
    if st.phase[s] in (QUIET, DISPERSED):
        st.failed[s] = False
        st.delegation[s], st.marks[s] = NO_DELEGATION, 0
        set_phase(st, s, GREEN, "people gather")
    if phase > st.phase[s]:
        if phase == RED:
            st.failed[s] = True
        set_phase(st, s, phase, "they come in disorder")
    if st.facts.sectors[s].has_official and st.delegation[s] == NO_DELEGATION and st.phase[s] != RED:
        st.delegation[s] = WAITING
        st.meeting[s] += 1
        st.say("waiting", s, what=st.gathering_name(g))
        st.effects.append(("delegation", s, st.meeting[s]))


def leave(st: State, g: int, s: int, persons: int, kind: str, other: int = -1) -> int:
    """People of a gathering leave a sector; gives how many did."""
    persons = min(persons, st.crowd[s].get(g, 0))
    if persons <= 0:
        return 0
    touch(st, s, units=False)
    _remove(st, g, s, persons)
    st.say(kind, s, other, st.gathering_name(g), persons)
    if st.people[s] == 0:
        _empty(st, s, QUIET, "everybody has left")
    return persons


def _remove(st: State, g: int, s: int, persons: int) -> None:
    st.crowd[s][g] -= persons
    if st.crowd[s][g] == 0:
        del st.crowd[s][g]
    st.people[s] -= persons


def _empty(st: State, s: int, phase: int, why: str) -> None:
    st.meeting[s] += 1
    st.delegation[s], st.marks[s], st.failed[s], st.tension[s] = NO_DELEGATION, 0, False, 0.0
    set_phase(st, s, phase, why)


def militants(st: State, g: int, s: int) -> int:
    """Persons of a gathering who would not go home from a disorderly sector; none in green."""
    if st.phase[s] in (YELLOW, RED):
        return math.ceil(st.crowd[s].get(g, 0) * st.facts.gatherings[g].militant[st.phase[s]])
    return 0


# ---------------------------------------------------------------- clocks


def ring(st: State, s: int) -> None:
    """Let the clock ring that is due in a sector; its next unit exponential is drawn from its stream."""
    touch(st, s, units=False)
    c = st.ring_channel[s]
    st.left[s][c] = exponential(st.scenario.clocks[s][c], st.drawn[s][c])
    st.drawn[s][c] += 1
    law = st.facts.law
    if c == WORSEN:
        set_phase(st, s, st.phase[s] + 1, "the crowd escalates")
    elif c == FAIL:
        st.failed[s] = True
        st.say("failed", s)
    elif c == CALM:
        st.failed[s] = False
        set_phase(st, s, st.phase[s] - 1, "the crowd calms down")
    elif c == DISPERSE:
        _scatter(st, s)
    elif c in (COOL, PROVOKE):
        step = law.tension_step if c == PROVOKE else -law.tension_step
        st.tension[s] = min(1.0, max(0.0, st.tension[s] + step))
        st.say("tension", s, number=st.tension[s], note="hard posture provokes" if c == PROVOKE else "it cools")
    elif c == SPILL:
        _spill(st, s)


def _scatter(st: State, s: int) -> None:
    """The crowd of a sector disperses; a share of a gathering that has a next stop makes for it."""
    for g in sorted(st.crowd[s]):
        persons = st.crowd[s][g]
        _remove(st, g, s, persons)
        st.say("left", s, what=st.gathering_name(g), number=persons, note="dispersed")
        if st.standing[g] == s:
            again = math.floor(persons * st.facts.gatherings[g].regroup) if st.onward[g] else 0
            st.effects.append(("scatter", g, again, st.tension[s]))
    _empty(st, s, DISPERSED, "the crowd disperses")


def _spill(st: State, s: int) -> None:
    goal = st.facts.sectors[s].spill_to
    if goal < 0 or not st.crowd[s] or not math.isfinite(st.facts.distance(st.now, s, goal)):
        return
    g = max(st.crowd[s], key=lambda i: (st.crowd[s][i], -i))
    persons = math.floor(st.crowd[s][g] * st.facts.law.spill_share)
    tension = st.tension[s]
    gone = leave(st, g, s, persons, "spilled", goal)
    if gone:
        st.effects.append(("walk", g, s, goal, gone, tension, YELLOW))


# ---------------------------------------------------------------- phases


def set_phase(st: State, s: int, phase: int, why: str) -> None:
    """Move a sector to a phase, with everything doctrine ties to it."""
    touch(st, s)
    before = st.phase[s]
    if phase == before:
        return
    st.phase[s] = phase
    st.say("phase", s, what=PHASES[phase], note=why)
    if before == RED:
        st.effects.append(("water_stop", s))
        if st.stopped[s]:
            st.effects.append(("restart", s, st.red_number[s]))
    if phase in (YELLOW, RED):
        if phase > before:
            _hand_over(st, s, phase)
        if not st.asking[s]:
            st.asking[s], st.asked_at[s] = True, st.now
            st.effects.append(("call", s, True))
        elif phase > before:
            st.effects.append(("call", s, False))
    else:
        st.asking[s] = False
        if phase in (QUIET, DISPERSED):
            release(st, s)
    if phase == RED:
        _turn_red(st, s)


def _hand_over(st: State, s: int, phase: int) -> None:
    doctrine = st.facts.instance.doctrine
    minutes = float(doctrine.lapis if phase == YELLOW else doctrine.lintas)
    if minutes > 0.0 and any(st.teams[s]):
        st.weak[s] += 1
        st.say("lapis" if phase == YELLOW else "lintas", s, number=minutes)
        st.effects.append(("steady", s, minutes))


def _turn_red(st: State, s: int) -> None:
    st.red_number[s] += 1
    st.red_since[s] = st.now
    if st.delegation[s] == WAITING:
        refuse(st, s, "the sector is red")
    if st.facts.sectors[s].windows and not st.stopped[s]:
        st.stopped[s] = True
        if st.critical[s]:
            st.say("process", s, note="stops")
    if st.staff[s] > 0.0:
        st.say("evacuating", s, number=st.staff[s])
        st.effects.append(("evacuation", s, st.red_number[s]))
    for u in range(len(st.cannon_sector)):
        if st.cannon_sector[u] == s:
            st.effects.append(("cannon", u, s, st.red_number[s]))


def steady(st: State, s: int) -> None:
    """A handover or relief is over and the line has its full strength again."""
    touch(st, s)
    st.weak[s] -= 1
    st.say("steady", s)


def relieve(st: State, s: int) -> bool:
    """Begin to relieve the teams of a sector like for like; tells whether anybody was there."""
    if not any(st.teams[s]):
        return False
    touch(st, s)
    st.weak[s] += 1
    st.say("relief", s, number=sum(st.teams[s]))
    return True


# ---------------------------------------------------------------- talking


def pass_mark(st: State, s: int, minutes: float) -> None:
    """A waiting mark passes unmet."""
    touch(st, s, units=False)
    st.marks[s] += 1
    st.say("mark", s, number=minutes)


def receive(st: State, s: int) -> None:
    """An official receives the delegation: legitimacy is won and negotiation opens again."""
    touch(st, s, units=False)
    st.delegation[s], st.failed[s] = RECEIVED, False
    st.say("received", s)


def refuse(st: State, s: int, why: str) -> None:
    """Settle that the delegation will not be received."""
    touch(st, s, units=False)
    st.delegation[s] = REFUSED
    st.say("refused", s, note=why)


def trigger(st: State, t: int) -> None:
    """A trigger strikes the sectors where people stand; information takes a share of a rumour away."""
    f, what = st.facts, st.facts.instance.triggers[t].id
    for s in f.trigger_sectors[t]:
        if st.people[s] > 0:
            touch(st, s, units=False)
            change = f.trigger_tension[t]
            if f.trigger_rumour[t] and change > 0.0:
                change *= 1.0 - f.law.rumour_gain * saturating(strength(st, s)[5], f.law.rumour_half)
            st.tension[s] = min(1.0, max(0.0, st.tension[s] + change))
            st.say("triggered", s, what=what, number=change)


# ---------------------------------------------------------------- process and officials


def open_window(st: State, s: int, by: int) -> None:
    """A critical window of a sector begins (by = 1) or ends (by = -1)."""
    touch(st, s, units=False)
    st.critical[s] += by
    st.say("process", s, number=by, note="due" if by > 0 else "over")


def restart(st: State, s: int) -> None:
    """The critical process runs again."""
    touch(st, s, units=False)
    st.stopped[s] = False
    st.say("process", s, note="runs again")


def evacuated(st: State, s: int) -> None:
    """Officials of a red sector are safe."""
    touch(st, s, units=False)
    st.staff[s] = 0.0
    st.say("evacuated", s)


def protected_vehicle(st: State, s: int) -> bool:
    """Tell whether a vehicle that can carry people out of a red sector stands there."""
    return any(n and st.facts.vehicles[w].protected for w, n in enumerate(st.vehicles[s]))


# ---------------------------------------------------------------- wide-area means


def gates(st: State, s: int) -> str:
    """Name the first gate of doctrine that is shut against wide-area means, or nothing.

    The level that commands red has ordered before this is asked; warning and time to leave follow after it.
    """
    view = look(st, s)
    if view.exit_open <= 0.0:
        return "no way out is open"
    if view.medical <= 0.0:
        return "no medics on site"
    mood = st.law.mood(st.facts.law, view)
    if mood.risk >= float(st.facts.instance.doctrine.required_risk):
        return "the line holds without"
    return ""


def spray(st: State, u: int, s: int) -> None:
    """A water cannon starts."""
    touch(st, s)
    st.spraying[s] += 1
    st.say("spraying", s, number=st.cannon_tank[u], note="line too thin, warned, exit open, medics on site")


def stop_spray(st: State, u: int, s: int, used: float) -> None:
    """A water cannon stops; an empty one must refill."""
    touch(st, s)
    st.spraying[s] -= 1
    st.cannon_tank[u] = max(0.0, st.cannon_tank[u] - used)
    if st.cannon_tank[u] <= 0.0:
        st.cannon_dry[u] = True
        st.say("empty", s)
        st.effects.append(("refilling", u))
    else:
        st.say("stopped_water", s, number=st.cannon_tank[u])


def refill(st: State, u: int) -> None:
    """A water cannon is full again."""
    s = st.cannon_sector[u]
    if s >= 0:
        touch(st, s)
    st.cannon_dry[u] = False
    st.cannon_tank[u] = st.facts.vehicles[st.cannon_type[u]].endurance
    at = st.cannon_station[u] if st.cannon_station[u] >= 0 else st.cannon_home[u]
    st.say("refilled", s, f_station(st.facts, at) if s < 0 and at >= 0 else -1)
    if s >= 0 and st.phase[s] == RED:
        st.effects.append(("cannon", u, s, st.red_number[s]))


# ---------------------------------------------------------------- units


def form(st: State, s: int, k: int, teams: int, note: str = "") -> None:
    """Teams have formed up in a sector."""
    touch(st, s)
    st.teams[s][k] += teams
    st.say("formed", s, what=st.facts.instance.teams[k].id, number=teams, note=note)


def release(st: State, s: int) -> None:
    """Send called teams, vehicles and water cannon of a sector back to where they came from."""
    f = st.facts
    for station, k, n in st.called[s]:
        touch(st, s)
        st.teams[s][k] -= n
        st.say("released", s, f_station(f, station), f.instance.teams[k].id, n)
        st.effects.append(("go_back", s, station, k, -1, -1, n))
    st.called[s].clear()
    for station, w, n in st.lent[s]:
        touch(st, s)
        st.vehicles[s][w] -= n
        st.effects.append(("go_back", s, station, -1, w, -1, n))
    st.lent[s].clear()
    for u in range(len(st.cannon_sector)):
        if st.cannon_sector[u] == s and st.cannon_home[u] >= 0:
            touch(st, s)
            st.cannon_sector[u] = -1
            st.effects.append(("go_back", s, st.cannon_home[u], -1, -1, u, 1))


def give_back(st: State, station: int, k: int, w: int, u: int, n: int) -> None:
    """Teams, vehicles or a water cannon are callable again at their station."""
    if k >= 0:
        st.reserve[station][k] += n
        st.say("back", other=f_station(st.facts, station), what=st.facts.instance.teams[k].id, number=n)
    elif w >= 0:
        st.parked[station][w] += n
        st.say("back", other=f_station(st.facts, station), what=st.facts.instance.vehicles[w].id, number=n)
    else:
        st.cannon_station[u], st.cannon_home[u] = station, -1
        what = st.facts.instance.vehicles[st.cannon_type[u]].id
        st.say("back", other=f_station(st.facts, station), what=what, number=n)


def f_station(facts: Facts, station: int) -> int:
    """Index of a station among all places."""
    return len(facts.sectors) + station
