"""The same timeline without processes: events in a queue, one function for each, so that it can be compiled.

Every function here continues what a process of the SimPy engine does between two waits, and puts the next wait into the
agenda. What an event changes is written in `transitions`, once for both engines. The functions run in plain Python too;
`compiled_engine.compile` makes machine code of them.
"""

from __future__ import annotations

import math

from optimiser.model.distances import LOOK_AGAIN
from optimiser.simulation import event_queue
from optimiser.simulation.compiled_engine.actions import (
    ARRIVE,
    ASK,
    ASSEMBLE,
    AT_POST,
    DEPART,
    DRY,
    FORM_UP,
    FULL,
    GATE,
    GO_HOME,
    JOIN_ALONG,
    LINGERING,
    LOOK_ALONG,
    MARCH,
    MEET,
    OPEN,
    PASS_MARK,
    RESUME,
    SAFE,
    SET_OUT,
    STEADY,
    STRAY,
    STRAY_HOME,
    STRIKE,
    TIRING,
    WARNED,
    WAY_BACK,
    settle,
)
from optimiser.simulation.compiled_engine.crowds import (
    assemble,
    begin_gathering,
    depart,
    go_home,
    leave_group,
    linger,
    reach_stop,
    scatter,
    wait,
)
from optimiser.simulation.compiled_engine.personnel import (
    back_index,
    call,
    come,
    fatigue,
    go_back,
    go_on_duty,
    guard,
    move_later,
    put_step,
    set_out,
    spray,
    start_column,
    stop_water,
    try_gates,
)
from optimiser.simulation.event_queue import Agenda, put
from optimiser.simulation.rates import touch
from optimiser.simulation.record import Ints
from optimiser.simulation.situations import orders
from optimiser.simulation.state import (
    CALL,
    CANNON,
    COLUMN,
    DELEGATION,
    DRIVE_BACK,
    EVACUATION,
    GO_ALONG,
    GO_BACK,
    MEETING,
    REFILLING,
    RESTART,
    SCATTER,
    SPILL_STAY,
    STAY,
    STEADY_AGAIN,
    TIRE,
    WAIT_ALONG,
    WAITING,
    WALK,
    WATER_STOP,
    State,
    begin,
    begin_sector,
)
from optimiser.simulation.transitions import officials, people, units


def play(st: State, ag: Agenda) -> None:
    """Simulate one replication to its end: the deployment and scenario that the state holds."""
    found(st, ag)
    run(st, ag)
    finish(st)


def finish(st: State) -> None:
    """Bring every sector up to the end of the replication."""
    st.now = st.until
    for s in range(len(st.phase)):
        touch(st, s)


def play_alone(st: State, ag: Agenda, s: int, until: float) -> None:
    """Simulate one sector as if there were no other, up to a minute, or until help that was called could be there.

    Whoever leaves the sector is gone, nobody comes from elsewhere, and nobody answers a call. Up to its end this is
    what the joint simulation does in the sector, event for event, if nobody can have come from elsewhere by `until`:
    docs/search.md, section 6. Units that move as planned stand nowhere here: what is played is the sector with
    its own units. Every other sector of the state must be as `play_alone` or nobody has left it.
    """
    f = st.facts
    st.now, st.until, st.alone = 0.0, min(f.horizon, until), s
    st.events = st.log_count = st.dirty_count = st.out_count = st.cannons = st.full = 0
    st.out_room = len(st.out_what)
    begin_sector(st, s)
    for a in range(len(st.along_sector)):
        st.along_sector[a] = -1
    ag.full = ag.count = ag.serial = 0
    event_queue.reset_clock(ag, st.ring_at, s)
    for number in range(f.window_first[s], f.window_first[s + 1]):
        put(ag, f.window_from[number], event_queue.WINDOW, number, OPEN, s, number)
    for i in range(f.start_first[s], f.start_first[s + 1]):
        g = f.start_gathering[i]
        if f.stop_sector[f.stop_first[st.route[g]]] == s:
            begin_gathering(st, ag, g)
    for t in range(len(st.triggered)):
        if st.triggered[t] < f.horizon and _reaches(st, t, s):
            put(ag, st.triggered[t], event_queue.TRIGGER, t, STRIKE, t)
    go_on_duty(st, ag, s)
    for u in range(st.cannons):
        ag.cannon_turn[u], ag.cannon_runs[u] = 0, -1
    run(st, ag)
    st.now = st.until
    touch(st, s)
    st.dirty_count = st.is_dirty[s] = 0
    st.ring_at[s] = math.inf  # or it would ring while the next sector is played


def _reaches(st: State, t: int, s: int) -> bool:
    """Return whether a trigger reaches a sector, by halving."""
    f = st.facts
    low, high = f.reach_first[t], f.reach_first[t + 1]
    while low < high:
        middle = (low + high) // 2
        if f.reach_sector[middle] < s:
            low = middle + 1
        else:
            high = middle
    return low < f.reach_first[t + 1] and f.reach_sector[low] == s


def run(st: State, ag: Agenda) -> None:
    """Let happen what is due, one event after the other, until the end or until the agenda is full."""
    while not (ag.full or st.full):
        s = ag.tree[1]
        if ag.count > 0 and ag.at[ag.heap[0]] <= st.ring_at[s]:
            minute = ag.at[ag.heap[0]]
            if minute >= st.until:
                return
            st.now = minute
            _happen(st, ag, event_queue.take_first(ag))
        else:
            minute = st.ring_at[s]
            if minute >= st.until:
                return
            st.now = minute
            people.ring(st, s)
            settle(st, ag)
        _carry_out(st, ag)


def _carry_out(st: State, ag: Agenda) -> None:
    """Start what rules left to be done, in the order in which they left it, and what follows from that at once."""
    i = 0
    while i < st.out_count and not st.full:
        _start(st, ag, i)
        i += 1
    st.out_count = 0


def found(st: State, ag: Agenda) -> None:
    """Begin at minute 0: put into the agenda what is there from the beginning."""
    begin(st)
    event_queue.clear_queue(ag, len(st.phase))
    f = st.facts
    for s in range(len(st.phase)):
        for number in range(f.window_first[s], f.window_first[s + 1]):
            put(ag, f.window_from[number], event_queue.WINDOW, number, OPEN, s, number)
    for g in range(len(f.groups)):
        begin_gathering(st, ag, g)
    for t in range(len(st.triggered)):
        if st.triggered[t] < f.horizon:
            put(ag, st.triggered[t], event_queue.TRIGGER, t, STRIKE, t)
    for s in range(len(st.phase)):
        go_on_duty(st, ag, s)
    for a in range(len(st.along_sector)):
        move_later(st, ag, a)
    for u in range(st.cannons):
        ag.cannon_turn[u], ag.cannon_runs[u] = 0, -1


def give_order(st: State, ag: Agenda, what: int, numbers: Ints, value: float) -> None:
    """Carry out one order, or believe one report, see `situations.orders`, and what follows from it at once."""
    orders.obey(st, what, numbers, value)
    settle(st, ag)
    _carry_out(st, ag)


def _happen(st: State, ag: Agenda, i: int) -> None:
    """Do what is to be done at one event."""
    what, numbers, x = ag.what[i], ag.numbers[i], ag.value[i]
    a, b, c, d, e, g = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]
    f = st.facts
    if what == ASSEMBLE:
        assemble(st, ag, a, b, c)
    elif what == DEPART:
        depart(st, ag, a, b)
    elif what == MARCH:
        reach_stop(st, ag, a, b, c, x)
    elif what == GO_HOME:
        leave_group(st, ag, a, b, c, d, e)
    elif what == LINGERING:
        linger(st, ag, a, b, c)
    elif what == STRAY:
        again = people.stray(st, a, b, c, x, d, e > 0)
        settle(st, ag)
        if not again:
            put(ag, st.now + SPILL_STAY, event_queue.HOME, a, STRAY_HOME, a, b, c)
    elif what == STRAY_HOME:
        if st.standing[a] != b:
            go_home(st, ag, a, b, c)
    elif what == STRIKE:
        if st.alone >= 0:
            officials.strike(st, a, st.alone)
        else:
            officials.strike_reached(st, a)
        settle(st, ag)
    elif what == PASS_MARK:
        if st.meeting[a] == b and st.delegation[a] == WAITING:
            officials.pass_mark(st, a, f.waiting_marks[c])
            settle(st, ag)
            wait(st, ag, a, b, c + 1, x)
    elif what == MEET:
        if st.meeting[a] == b and st.delegation[a] == WAITING:
            officials.receive(st, a)
            settle(st, ag)
    elif what == ASK:
        call(st, ag, a, 1, x)
    elif what == SET_OUT:
        set_out(st, ag, a, b, c)
    elif what == ARRIVE:
        come(st, ag, a, b)
    elif what == FORM_UP:
        units.join(st, a)
        settle(st, ag)
    elif what == WAY_BACK:
        go_back(st, ag, a, b, c, d, e, g)
    elif what == AT_POST:
        units.give_back(st, a, b, c, d, e)
    elif what == GATE:
        if ag.cannon_turn[a] == b:
            try_gates(st, ag, a)
    elif what == WARNED:
        if ag.cannon_turn[a] == b:
            spray(st, ag, a)
    elif what == DRY:
        if ag.cannon_turn[a] == b:
            units.stop_spray(st, a, ag.cannon_runs[a], st.cannon_tank[a])
            settle(st, ag)
            try_gates(st, ag, a)
    elif what == FULL:
        units.refill(st, a)
        settle(st, ag)
    elif what == TIRING:
        fatigue(st, ag, a, b)
    else:
        guard(st, ag, what, a, b, x)


def _start(st: State, ag: Agenda, i: int) -> None:
    """Start one thing that takes time."""
    what, numbers, value = st.out_what[i], st.out_number[i], st.out_value[i]
    a, b, c, d, e, g = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]
    f = st.facts
    if what == DELEGATION:
        wait(st, ag, a, b, 0, st.now)
    elif what == CALL:
        call(st, ag, a, b, st.asked_at[a])
    elif what == COLUMN:
        start_column(st, ag, a)
    elif what == STEADY_AGAIN:
        put(ag, st.now + value, event_queue.STEADY, a, STEADY, a)
    elif what == GO_BACK:
        go_back(st, ag, a, b, c, d, e, g)
    elif what == DRIVE_BACK:
        put(ag, st.now + value, event_queue.BACK, back_index(st, a, -1, b, -1), AT_POST, a, -1, b, -1, c)
    elif what == SCATTER:
        scatter(st, ag, a, b, value)
    elif what == WALK:
        minutes = people.walk_minutes(st, b, c)
        if math.isfinite(minutes) and (st.alone < 0 or b == c):
            put(ag, st.now + minutes, event_queue.WALK, a, STRAY, a, c, d, e, 1 if b == c else 0, x=value)
    elif what == EVACUATION:
        minutes = f.evacuation_protected if units.protected_vehicle(st, a) else f.evacuation
        put(ag, st.now + minutes, event_queue.EVACUATED, a, SAFE, a)
    elif what == RESTART:
        put(ag, st.now + f.restart[a], event_queue.RESTART, a, RESUME, a, b)
    elif what == CANNON:
        if not st.cannon_dry[a]:
            ag.cannon_turn[a] += 1
            ag.cannon_runs[a], ag.cannon_red[a] = b, c
            put(ag, max(st.now, st.red_since[b] + f.order_red), event_queue.CANNON, a, GATE, a, ag.cannon_turn[a])
    elif what == WATER_STOP:
        stop_water(st, ag, a)
    elif what == REFILLING:
        put(ag, st.now + f.refill[st.cannon_type[a]], event_queue.CANNON, a, FULL, a)
    elif what == GO_ALONG:
        put(ag, st.now + value + f.form_up, event_queue.ALONG, a, JOIN_ALONG, a, b)
    elif what == WAIT_ALONG:
        put(ag, st.now + LOOK_AGAIN, event_queue.ALONG, a, LOOK_ALONG, a, b)
    elif what == TIRE:
        put_step(st, ag, a, b, st.now + value)
    elif what == MEETING:
        put(ag, st.now + value, event_queue.RECEIVED, a, MEET, a, b)
    elif what == STAY:
        put(ag, st.now + value, event_queue.HOME, a, STRAY_HOME, a, b, c)
