"""Transitions of the state of a city: what an event changes, written once for every engine.

A rule reads and changes a `State` at the present minute and leaves behind *effects*: things that take time and that
the engine must carry out (a handover, a column on the road). No rule waits, draws or logs by itself.
"""

from __future__ import annotations

import math

from optimiser.common.random_streams import exponential, stream
from optimiser.model.distances import LOOK_AGAIN
from optimiser.model.laws.escalation_law import (
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
)
from optimiser.simulation import events
from optimiser.simulation.indexed_instance import distance, slot
from optimiser.simulation.rates import lose_hours, touch
from optimiser.simulation.state import (
    CALL,
    CANNON,
    DELEGATION,
    EVACUATION,
    LINGER,
    NO_DELEGATION,
    RECEIVED,
    RESTART,
    SCATTER,
    WAITING,
    WALK,
    WATER_STOP,
    State,
    emit,
    log_event,
    wind,
)
from optimiser.simulation.transitions.displacement import displace, give_up
from optimiser.simulation.transitions.moving import see_off, stand_down
from optimiser.simulation.transitions.officials import refuse_delegation
from optimiser.simulation.transitions.tiring import wake
from optimiser.simulation.transitions.units import hand_over

# ---------------------------------------------------------------- people


def arrive(st: State, g: int, s: int, persons: int, tension: float, phase: int) -> None:
    """People of a gathering come to a sector; the mood is the mean of those there and those coming."""
    if persons <= 0:
        return
    touch(st, s, False)
    before = st.people[s]
    st.tension[s] = (st.tension[s] * before + tension * persons) / (before + persons)
    st.present[slot(st.facts, s, g)] += persons
    st.people[s] = before + persons
    if not st.visited[s]:
        st.visited[s] = 1
        wind(st, s)
        wake(st, s)
    log_event(st, events.ARRIVED, s, -1, g, persons, 0)
    if st.phase[s] in (QUIET, DISPERSED):
        if phase <= GREEN:
            _forget(st, s)
        set_phase(st, s, GREEN, events.GATHER)
    if phase > st.phase[s]:
        if phase == RED:
            st.failed[s] = 1
        set_phase(st, s, phase, events.DISORDER)
    if st.facts.has_official[s] and st.delegation[s] == NO_DELEGATION and st.phase[s] != RED:
        st.delegation[s] = WAITING
        st.meeting[s] += 1
        log_event(st, events.WAITED, s, -1, g, 0.0, 0)
        emit(st, DELEGATION, s, st.meeting[s])


def leave(st: State, g: int, s: int, persons: int, kind: int = events.LEFT, other: int = -1) -> int:
    """People of a gathering leave a sector; returns how many did."""
    persons = min(persons, st.present[slot(st.facts, s, g)])
    if persons <= 0:
        return 0
    touch(st, s, False)
    b = slot(st.facts, s, g)
    st.present[b] -= persons
    st.hard[b] = min(st.hard[b], st.present[b])
    st.people[s] -= persons
    log_event(st, kind, s, other, g, persons, 0)
    if st.people[s] == 0:
        _empty(st, s, QUIET, events.ALL_LEFT)
    see_off(st, g, s)
    return persons


def _empty(st: State, s: int, phase: int, why: int) -> None:
    """Nobody is left. What was said and refused is forgotten, unless those who were dispersed come back for it."""
    st.meeting[s] += 1
    st.tension[s] = 0.0
    if phase != DISPERSED:
        _forget(st, s)
    elif st.delegation[s] == WAITING:
        st.delegation[s] = NO_DELEGATION
    set_phase(st, s, phase, why)


def _forget(st: State, s: int) -> None:
    st.delegation[s], st.marks[s], st.failed[s] = NO_DELEGATION, 0, 0


def take_place(st: State, g: int, stop: int) -> None:
    """A gathering is at a stop of its route from now on, for as long as it means to stay there."""
    st.stop[g], st.goal[g], st.standing[g] = stop, stop + 1, st.facts.stop_sector[stop]
    st.led_to[g], st.due[g] = st.standing[g], st.now + st.facts.stop_stay[stop]


def await_groups(st: State, g: int, spare: float) -> None:
    """A gathering is expected at its first stop, with spare minutes, and stays while groups of it are still to come."""
    first = st.facts.stop_first[st.route[g]]
    take_place(st, g, first)
    st.goal[g], st.due[g], st.sprayed[g] = first, st.first[g] + st.facts.stop_stay[first], 0
    st.spare[g] = spare


def gather(st: State, g: int) -> None:
    """The first group of a gathering comes; a displacing one begins where the line is thinnest now."""
    if st.displaced[g] and st.turnout[g] > 0:
        displace(st, g, -1, st.turnout[g])
        await_groups(st, g, st.spare[g])


def is_assembling(st: State, g: int) -> bool:
    """Return whether groups of a gathering are still to come to its first stop."""
    return st.goal[g] == st.stop[g]


def stops_end(st: State, g: int) -> int:
    """Return the number after that of the last stop on the route of a gathering."""
    return st.facts.stop_first[st.route[g] + 1]


def stray(st: State, g: int, s: int, persons: int, tension: float, phase: int, back: bool) -> bool:
    """People who spilled over, or who come back, reach a sector; returns whether they are of the main body again.

    Who comes back and does not find it there any more loses all that it still means to do.
    """
    arrive(st, g, s, persons, tension, phase)
    if st.standing[g] == s:
        return True
    if back:
        lose_hours(st, g, s, persons, _meant(st, g, s))
    return False


def choose_stop(st: State, g: int, s: int, since: float) -> float:
    """Settle which stop a gathering in a sector makes for; one after its last means home.

    A stop to which the way has been closed for as long as the gathering was to stay there is given up.

    Parameters
    ----------
    since : minute since which it has wanted to set out for the stop that it made for so far.

    Returns
    -------
    Minute since which it has wanted to set out for the one that it makes for now.
    """
    f, here = st.facts, st.present[slot(st.facts, s, g)]
    if st.displaced[g] and here > 0 and not is_content(st, g, s):
        displace(st, g, s, here)
    while st.goal[g] < stops_end(st, g) and st.now >= since + f.stop_stay[st.goal[g]]:
        if math.isfinite(distance(f, st.now, s, f.stop_sector[st.goal[g]])):
            break
        lose_hours(st, g, s, here, give_up(st, g, f.stop_stay[st.goal[g]]))
        st.goal[g], since = st.goal[g] + 1, st.now
    return since


def wait_for_way(st: State, g: int, s: int, since: float) -> float:
    """Return the minute at which a gathering whose way is closed looks again; each stop it is kept from makes tense."""
    goal, persons = st.goal[g], st.present[slot(st.facts, s, g)]
    touch(st, s, False)  # its stay is over
    if st.now <= since and persons > 0:
        log_event(st, events.BLOCKED, s, st.facts.stop_sector[goal], g, persons, 0)
        _step_tension(st, s, st.constants.tension_step, events.WAY_CLOSED)
    return min(st.now + LOOK_AGAIN, since + st.facts.stop_stay[goal])


def march_on(st: State, g: int, s: int) -> tuple[int, int]:
    """The orderly people of a gathering march on, and its militants stay on in a disorderly sector.

    Returns
    -------
    Persons who march, and persons who stay on from now.
    """
    b = slot(st.facts, s, g)
    before = st.hard[b]
    end_stay(st, g, s)
    staying = militants(st, g, s, st.present[b])
    marching = leave(st, g, s, st.present[b] - staying, events.MARCHED, st.facts.stop_sector[st.goal[g]])
    staying = max(0, staying - before)
    if staying > 0:
        stay_on(st, g, s, staying)
    return marching, staying


def end_stay(st: State, g: int, s: int) -> None:
    """The main body of a gathering stands in its sector no more."""
    touch(st, s, False)
    st.standing[g] = -1


def walk_minutes(st: State, origin: int, goal: int) -> float:
    """Minutes that people who spilled over or were dispersed walk; those who come back do so after a while."""
    if origin == goal:
        return LINGER
    return 60.0 * distance(st.facts, st.now, origin, goal) / st.facts.march


def is_content(st: State, g: int, s: int) -> bool:
    """Return whether a gathering goes home because its delegation was received."""
    return st.delegation[s] == RECEIVED and st.content[g] < st.facts.ends_if_received[g]


def militants(st: State, g: int, s: int, going: int) -> int:
    """Settle how many of those who go home stay on, militants of a disorderly sector; none in green.

    Whoever stayed on before is a militant already, and is not asked again.
    """
    if st.phase[s] not in (YELLOW, RED):
        return 0
    b = slot(st.facts, s, g)
    asked = min(going, st.present[b] - st.hard[b])
    found = math.ceil(asked * st.facts.militant[g][st.phase[s]])
    st.hard[b] += found
    see_off(st, g, s)
    return going - asked + found


def stay_on(st: State, g: int, s: int, going: int) -> int:
    """Militants who stayed on look again, and go home unless the sector is in disorder; returns how many are left."""
    if st.phase[s] in (YELLOW, RED):
        log_event(st, events.STAYED, s, -1, g, going, 0)
        return going
    b = slot(st.facts, s, g)
    st.hard[b] = max(0, st.hard[b] - min(going, st.present[b]))  # first: whoever is left may be seen off as they leave
    return going - leave(st, g, s, going)


# ---------------------------------------------------------------- clocks


def ring(st: State, s: int) -> None:
    """Let the clock ring that is due in a sector; its next unit exponential is drawn from its stream."""
    touch(st, s, False)
    c = st.ring_channel[s]
    st.left[s][c] = exponential(stream(st.clock_family[s][c], st.number), st.drawn[s][c])
    st.drawn[s][c] += 1
    st.failed[s] = 1 if c == FAIL else 0 if c == CALM else st.failed[s]
    if c == WORSEN:
        set_phase(st, s, min(RED, st.phase[s] + 1), events.ESCALATES)
    elif c == FAIL:
        log_event(st, events.FAILED, s, -1, -1, 0.0, 0)
    elif c == CALM:
        set_phase(st, s, max(GREEN, st.phase[s] - 1), events.CALMS)
    elif c == DISPERSE:
        _scatter(st, s)
    elif c in (COOL, PROVOKE):
        sign, why = (1.0, events.PROVOKED) if c == PROVOKE else (-1.0, events.COOLED)
        _step_tension(st, s, sign * st.constants.tension_step, why)
    elif c == SPILL:
        _spill(st, s)


def _step_tension(st: State, s: int, step: float, why: int) -> None:
    st.tension[s] = min(1.0, max(0.0, st.tension[s] + step))
    log_event(st, events.TENSION, s, -1, -1, st.tension[s], why)


def _scatter(st: State, s: int) -> None:
    """The crowd of a sector disperses; a share of each gathering makes for its next stop, or comes back: `_regroup`."""
    f = st.facts
    for b in range(f.slot_first[s], f.slot_first[s + 1]):
        persons = st.present[b]
        if persons > 0:
            g = f.slot_gathering[b]
            st.present[b] = st.hard[b] = 0
            st.people[s] -= persons
            log_event(st, events.LEFT, s, -1, g, persons, events.SCATTERED)
            if st.standing[g] == s:
                _regroup(st, g, s, persons)
    _empty(st, s, DISPERSED, events.DISPERSES)
    for b in range(f.slot_first[s], f.slot_first[s + 1]):
        see_off(st, f.slot_gathering[b], s)


def _regroup(st: State, g: int, s: int, persons: int) -> None:
    """Send on or back those of a dispersed gathering who go on, and count what all of them lose."""
    f, here, rest = st.facts, max(0.0, st.due[g] - st.now), _meant(st, g, s)
    on = math.floor(persons * f.regroup[g])
    onward = not is_assembling(st, g) and not is_content(st, g, s)
    if onward and st.displaced[g] and on > 0:
        displace(st, g, s, on)
    if onward and st.goal[g] < stops_end(st, g) and math.isfinite(distance(f, st.now, s, f.stop_sector[st.goal[g]])):
        emit(st, SCATTER, g, on, value=st.tension[s])
        lose_hours(st, g, s, on, give_up(st, g, here))
    else:
        if here <= LINGER:
            on = 0
        if on > 0:
            emit(st, WALK, g, s, s, on, YELLOW, value=st.tension[s])
            lose_hours(st, g, s, on, give_up(st, g, LINGER))
    lose_hours(st, g, s, persons - on, rest)


def _meant(st: State, g: int, s: int) -> float:
    """Minutes that people of a gathering in a sector still meant to stay there and at later stops."""
    here = max(0.0, st.due[g] - st.now)
    minutes = here - st.spare[g]
    for stop in range(max(st.goal[g], st.stop[g] + 1), stops_end(st, g)):
        minutes += st.facts.stop_stay[stop]
    return max(0.0, min(here, minutes) if is_content(st, g, s) else minutes)


def _spill(st: State, s: int) -> None:
    f, largest = st.facts, -1
    goal = f.spill_to[s]
    for b in range(f.slot_first[s], f.slot_first[s + 1]):
        if st.present[b] > 0 and (largest < 0 or st.present[b] > st.present[largest]):
            largest = b
    if goal < 0 or largest < 0 or not math.isfinite(distance(f, st.now, s, goal)):
        return
    g, tension = f.slot_gathering[largest], st.tension[s]
    gone = leave(st, g, s, math.floor(st.present[largest] * st.constants.spill_share), events.SPILLED, goal)
    if gone:
        if st.standing[g] == s:
            lose_hours(st, g, s, gone, _meant(st, g, s))
        emit(st, WALK, g, s, goal, gone, YELLOW, value=tension)


# ---------------------------------------------------------------- phases


def set_phase(st: State, s: int, phase: int, why: int = events.NO_NOTE) -> None:
    """Move a sector to a phase, with everything doctrine ties to it."""
    touch(st, s)
    before = st.phase[s]
    if phase == before:
        return
    st.phase[s] = phase
    log_event(st, events.PHASE, s, -1, phase, 0.0, why)
    if before == RED:
        emit(st, WATER_STOP, s)
        if st.stopped[s]:
            emit(st, RESTART, s, st.red_number[s])
    if phase in (YELLOW, RED):
        if phase > before:
            hand_over(st, s, phase)
        if not st.asking[s]:
            st.asking[s], st.asked_at[s] = 1, st.now
            emit(st, CALL, s, 1)
        elif phase > before:
            emit(st, CALL, s, 0)
    else:
        st.asking[s] = 0
        stand_down(st, s)
    if phase == RED:
        _turn_red(st, s)


def _turn_red(st: State, s: int) -> None:
    f = st.facts
    st.red_number[s] += 1
    st.red_since[s] = st.now
    if st.delegation[s] == WAITING:
        refuse_delegation(st, s, events.SECTOR_RED)
    if f.window_first[s] < f.window_first[s + 1] and not st.stopped[s]:
        st.stopped[s] = 1
        if st.critical[s]:
            log_event(st, events.PROCESS, s, -1, -1, 0.0, events.STOPS)
    if st.staff[s] > 0.0 and not st.leaving[s]:
        st.leaving[s] = 1  # an evacuation goes on to its end, whatever the phase
        log_event(st, events.EVACUATING, s, -1, -1, st.staff[s], 0)
        emit(st, EVACUATION, s)
    for u in range(st.cannons):
        if st.cannon_sector[u] == s:
            emit(st, CANNON, u, s, st.red_number[s])
