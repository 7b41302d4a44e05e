"""Transitions of units that move as planned: with a gathering from stop to stop, or leg by leg.

They belong to `transitions`: they read and change a `State` and leave effects; nothing here waits. Each accompaniment
and movement of the instance is one row of `along_...`; its legs lie one after another in `Facts.leg_...`.
"""

from __future__ import annotations

import math

from optimiser.model.laws.escalation_law import DISPERSED, QUIET, RED, YELLOW
from optimiser.simulation import events
from optimiser.simulation.indexed_instance import distance, slot
from optimiser.simulation.rates import touch
from optimiser.simulation.state import GO_ALONG, WAIT_ALONG, State, emit, log_event
from optimiser.simulation.transitions.tiring import leave_post, start_duty
from optimiser.simulation.transitions.units import form_up, release


def stand_down(st: State, s: int) -> None:
    """A sector is not in disorder: called units go back once nobody is there, and whoever was held may go."""
    if st.phase[s] in (QUIET, DISPERSED):
        release(st, s)
    for a in range(len(st.along_sector)):
        if st.along_sector[a] == s and st.along_held[a] == events.IN_DISORDER:
            go_along(st, a)


def begin_home(st: State, g: int, s: int) -> None:
    """The main body of a gathering begins to go home; whoever accompanies it stays until it has gone."""
    st.homeward[g] = s
    see_off(st, g, s)


def see_off(st: State, g: int, s: int) -> None:
    """Where nobody is left of a gathering that goes home, militants who stay on aside, it is followed no more."""
    b = slot(st.facts, s, g)
    if st.homeward[g] == s and st.present[b] <= st.hard[b]:
        st.homeward[g] = -1
        lead(st, g, -1)


def lead(st: State, g: int, goal: int) -> None:
    """The main body of a gathering sets out for a sector, or is followed no more (-1): it is home, or nobody is left.

    Whoever accompanies it goes too, or on to the next leg; who is still on the road goes on from where he arrives.
    """
    f, left = st.facts, st.led_to[g]
    st.led_to[g] = goal
    if st.alone >= 0:
        return
    for a in range(len(st.along_sector)):
        leg = st.along_leg[a]
        if f.leg_gathering[leg] == g:
            if goal >= 0:
                st.along_goal[a] = goal
                go_along(st, a)
            else:
                end_leg(st, a, leg)
        elif f.leg_left[leg] == g and f.leg_sector[leg] == left:
            end_leg(st, a, leg)


def end_leg(st: State, a: int, leg: int) -> None:
    """Let units begin the leg after one that is over; one that is over too, or whose gathering is gone, is left out.

    Who is in an earlier leg stays in it, and who has no further leg where he is.
    """
    f = st.facts
    if st.along_leg[a] != leg:
        return
    st.along_goal[a] = -1
    while st.along_leg[a] + 1 < f.leg_first[a + 1] and st.along_goal[a] < 0:
        st.along_leg[a] += 1
        if f.leg_until[st.along_leg[a]] > st.now:
            st.along_goal[a] = leg_goal(st, st.along_leg[a])
    go_along(st, a)


def leg_goal(st: State, leg: int) -> int:
    """Return the sector or post of a leg now: its own, or where its gathering is or goes to, -1 once that is gone."""
    f = st.facts
    return f.leg_sector[leg] if f.leg_gathering[leg] < 0 else st.led_to[f.leg_gathering[leg]]


def go_along(st: State, a: int) -> None:
    """Let units set out for where their leg is, unless disorder holds them or the way is closed.

    On the road they count nowhere, nor do they at a post.
    """
    f, s, goal = st.facts, st.along_sector[a], st.along_goal[a]
    teams, vehicles, late = count_along(st, a)
    if teams + vehicles + late == 0 or s < 0 or goal < 0 or s == goal:
        if st.along_held[a] and goal < 0 and teams + vehicles > 0:
            log_event(st, events.HELD, s, -1, a, teams, events.GONE_HOME)
        st.along_held[a] = 0
        return
    km = distance(f, st.now, s, goal)
    why = 0
    if s < len(st.phase) and st.phase[s] in (YELLOW, RED):
        why = events.IN_DISORDER
    elif math.isinf(km):
        why = events.WAY_CLOSED
        st.along_wait[a] += 1
        emit(st, WAIT_ALONG, a, st.along_wait[a])
    there = teams + vehicles > 0  # or all come on duty later: they will stand where the others would
    if there and why and why != st.along_held[a]:
        log_event(st, events.HELD, s, goal, a, teams, why)
    st.along_held[a] = why
    if not why:
        if s < len(st.phase):
            _line_up(st, a, s, -1)
        else:
            leave_post(st, a)
        st.along_sector[a] = -1
        if there:
            log_event(st, events.MOVES, s, goal, a, teams, 0)
        emit(st, GO_ALONG, a, goal, value=60.0 * km / pace(st, a))


def pace(st: State, a: int) -> float:
    """Return the speed of units on the move, km/h: with people, and without seats for all, that of walking.

    Otherwise they ride in the vehicles that move with them, as fast as the slowest.
    """
    f, seats, heads, slowest = st.facts, 0, 0, math.inf
    if f.leg_gathering[st.along_leg[a]] >= 0:
        return f.march
    for k in range(len(f.kind_role)):
        heads += f.kind_size[k] * st.placed_along_teams[a][k]
    for w in range(len(f.seats)):
        if not f.water[w] and st.placed_along_vehicles[a][w] > 0:
            seats += f.seats[w] * st.placed_along_vehicles[a][w]
            slowest = min(slowest, f.speed[w])
    return slowest if heads <= seats and not math.isinf(slowest) else f.march


def count_along(st: State, a: int) -> tuple[int, int, int]:
    """Count the teams of a moving place that are on duty, its vehicles, and the teams that come on duty later."""
    f, teams, vehicles, late = st.facts, 0, 0, 0
    for k in range(len(f.kind_role)):
        teams += st.along_teams[a][k]
        late += st.placed_along_teams[a][k] - st.along_teams[a][k]
    for w in range(len(f.seats)):
        if not f.water[w]:
            vehicles += st.placed_along_vehicles[a][w]
    return teams, vehicles, late


def _line_up(st: State, a: int, s: int, by: int) -> None:
    """Add units to the strength of a sector (by = 1) or take them away (by = -1)."""
    f = st.facts
    touch(st, s)
    for k in range(len(f.kind_role)):
        st.teams[s][k] += by * st.along_teams[a][k]
        st.worn[s][k] += by * st.along_teams[a][k] * st.along_steps[a][k]
    for w in range(len(f.seats)):
        if not f.water[w]:
            st.vehicles[s][w] += by * st.placed_along_vehicles[a][w]


def join_along(st: State, a: int, s: int) -> None:
    """Units have formed up in a sector or at a post; where their gathering is gone or their leg is over, they go on."""
    st.along_sector[a] = s
    if s < len(st.phase):
        _line_up(st, a, s, 1)
        start_duty(st, a)
    else:
        st.along_rested[a] = st.now
    teams, vehicles, _ = count_along(st, a)
    if teams + vehicles > 0:
        log_event(st, events.MOVED, s, -1, a, teams, 0)
    go_along(st, a)


def come_along(st: State, a: int, k: int) -> None:
    """Teams that come on duty later form up, or join the others on the road or at a post."""
    st.along_teams[a][k] = st.placed_along_teams[a][k]
    s = st.along_sector[a]
    if 0 <= s < len(st.phase):
        form_up(st, s, k, st.along_teams[a][k], events.ON_DUTY)
        start_duty(st, a)


def is_passed(st: State, s: int) -> bool:
    """Return whether teams that move may stand in a sector at some time."""
    f, found = st.facts, False
    for a in range(len(st.along_sector)):
        teams, _, late = count_along(st, a)
        if teams + late > 0:
            for leg in range(f.leg_first[a], f.leg_first[a + 1]):
                found = found or f.leg_sector[leg] == s
                if f.leg_gathering[leg] >= 0:
                    found = found or _may_pass(st, f.leg_gathering[leg], s)
    return found


def _may_pass(st: State, g: int, s: int) -> bool:
    """Return whether the way of a gathering leads, or may come to lead, through a sector."""
    f, found = st.facts, False
    for r in range(f.route_first[g], f.route_first[g + 1]):
        if r == st.route[g] or (st.displaced[g] and f.route_open[r]):
            for stop in range(f.stop_first[r], f.stop_first[r + 1]):
                found = found or f.stop_sector[stop] == s
    return found
