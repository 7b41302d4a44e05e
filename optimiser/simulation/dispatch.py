"""Who is sent when a sector asks for reserve: the default dispatch rule. Any function of the same shape may replace it.

Red is served before yellow, the nearest station first; a post keeps its minimum back unless a sector is red, and, where
doctrine says so, whoever a water cannon there needs; a call may be refused and is then repeated; teams ride if there
are seats and march if there are none.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from optimiser.common.random_streams import exponential, stream, uniform
from optimiser.model.laws.escalation_law import RED, active_people
from optimiser.simulation import events
from optimiser.simulation.indexed_instance import CARE, LINE, WORDS, Facts, distance, epoch
from optimiser.simulation.rates import look, strength
from optimiser.simulation.record import Ints
from optimiser.simulation.state import COLUMN, LINE_UP, MEDICAL, TALKING, State, emit, log_event
from optimiser.simulation.transitions.units import place_of

Dispatch = Callable[[State, int], None]
WATER = 3  # the bit of a call for a water cannon; those before it are abilities


def send_nearest(st: State, caller: int) -> None:
    """Answer the sector that calls, after those in a worse phase that still wait and were not just refused."""
    last_at, last = -1.0, -1
    while True:
        s = -1
        for other in range(len(st.asking)):
            if st.asking[other] and st.phase[other] > st.phase[caller] and st.refused_until[other] <= st.now:
                at = st.asked_at[other]
                later = at > last_at or (at == last_at and other > last)
                if later and (s < 0 or at < st.asked_at[s]):
                    s = other
        if s < 0:
            break
        last_at, last = st.asked_at[s], s
        answer(st, s)
    answer(st, caller)


def answer(st: State, s: int) -> None:
    """Send one sector what it lacks, unless the call is refused."""
    f = st.facts
    line, words, care, water = wants(st, s)
    if not (line > 0.0 or words or care or water):
        return
    lacks = (1 if line > 0.0 else 0) + 2 * words + 4 * care + 8 * water
    log_event(st, events.ASKED, s, -1, -1, line, lacks)
    refused = uniform(stream(st.call_family[s], st.number), st.asks[s]) < f.refusal
    st.asks[s] += 1
    if refused:
        st.refused_until[s] = st.now + f.ask_again
        log_event(st, events.CALL_REFUSED, s, -1, -1, 0.0, 0)
        return
    if line > 0.0:
        _pick(st, s, LINE, line)
    if words:
        _pick(st, s, WORDS, 1.0)
    if care:
        _pick(st, s, CARE, 1.0)
    if water:
        _pick_cannon(st, s)
    some = False
    for station in range(len(st.order_open)):
        if st.order_open[station]:
            some = True
            send_ordered(st, s, station)
    if not some:
        log_event(st, events.NONE_LEFT, s, -1, -1, 0.0, 0)


def wants(st: State, s: int) -> tuple[float, int, int, int]:
    """Return what a sector lacks: containment in head equivalents; negotiators, medics, a water cannon: 0 or 1."""
    f = st.facts
    view = look(st, s)
    power, coming = strength(st, s), st.coming[s]
    active = active_people(st.constants, view.people, view.share, view.arrest)
    required = active * (-math.log(1.0 - min(0.999, f.required_risk)) / st.constants.arrest_k)
    line = max(0.0, required - power[LINE_UP] - coming[LINE])
    red = st.phase[s] == RED
    words = 1 if not red and power[TALKING] + coming[WORDS] <= 0.0 else 0
    care = 1 if red and power[MEDICAL] + coming[CARE] <= 0.0 else 0
    water = 1 if red and required > power[LINE_UP] and st.cannon_coming[s] == 0 else 0
    for u in range(st.cannons):
        if st.cannon_sector[u] == s:
            water = 0
    return (line, words, care, water)


def ability_of(f: Facts, ability: int, k: int, phase: int) -> float:
    """Head equivalents of one team for `LINE`, `WORDS` or `CARE` in a phase."""
    if ability == LINE:
        return f.containment[k][phase]
    if ability == WORDS:
        return f.dialogue[k][phase]
    return f.medical[k][phase]


def _free(st: State, s: int, station: int, k: int) -> int:
    """Teams of a kind that a station may send: what it has, less what it keeps unless the sector is red."""
    f, have = st.facts, st.reserve[station][k]
    if station >= f.posts:
        return have if st.phase[s] >= f.outside_phase[station] else 0
    if f.escort_stays:
        have = _unbound(st, station, k)
    if st.phase[s] == RED:
        return have
    waiting = 0
    for other in range(len(f.kind_role)):
        if f.waits[other]:
            waiting += st.reserve[station][other]
    return min(have, max(0, waiting - f.keep[station]))


def _unbound(st: State, station: int, k: int) -> int:
    """Teams of a kind at a post that no water cannon waiting there needs as crew or escort."""
    f, role, heads = st.facts, st.facts.kind_role[k], 0
    for other in range(len(f.kind_role)):
        if f.kind_role[other] == role and f.available[other] <= st.now:
            heads += f.kind_size[other] * st.reserve[station][other]
    for u in range(st.cannons):
        if st.cannon_station[u] == station:
            w = st.cannon_type[u]
            heads -= (f.crew[w] if f.crew_role[w] == role else 0) + (f.escort[w] if f.escort_role[w] == role else 0)
    return min(st.reserve[station][k], max(0, heads) // f.kind_size[k])


def _pick(st: State, s: int, ability: int, need: float) -> None:
    """Take teams from the nearest stations, strongest kind first, until the need is met."""
    f, phase = st.facts, st.phase[s]
    e = epoch(f, st.now)
    for i in range(f.near_count[e][s]):
        station = f.near[e][s][i]
        for j in range(f.best_count[ability][phase]):
            k = f.best_kind[ability][phase][j]
            if st.reserve[station][k] > 0 and f.available[k] <= st.now:
                each = ability_of(f, ability, k, phase)
                n = min(_free(st, s, station, k), math.ceil(need / each))
                if n > 0:
                    take_teams(st, station, k, n)
                    need -= n * each
                if need <= 0.0:
                    return
        if ability == CARE and station < f.posts:
            for w in range(len(f.seats)):
                if f.vehicle_medical[w] > 0.0 and f.crew_role[w] < 0 and st.parked[station][w] > 0:
                    st.order_open[station] = 1
                    st.order_staying[station][w] = 1
                    st.parked[station][w] -= 1
                    return


def take_teams(st: State, station: int, k: int, n: int) -> None:
    """Take teams out of the reserve of a station for the order that is being made there."""
    if st.order_teams[station][k] == 0:
        st.order_kind[station][st.order_count[station]] = k
        st.order_count[station] += 1
    st.order_open[station] = 1
    st.order_teams[station][k] += n
    st.reserve[station][k] -= n


def _pick_cannon(st: State, s: int) -> None:
    """Call the nearest water cannon that is full and whose crew and escort stand at its post or at the sector."""
    f = st.facts
    e = epoch(f, st.now)
    for i in range(f.near_count[e][s]):
        station = f.near[e][s][i]
        for u in range(st.cannons):
            if st.cannon_station[u] == station and not st.cannon_dry[u] and _find_guards(st, s, u, station):
                for k in range(len(f.kind_role)):
                    if st.guards[k]:
                        take_teams(st, station, k, st.guards[k])
                st.order_open[station] = 1
                st.order_cannon[station] = u
                st.cannon_station[u] = -1
                return


def _find_guards(st: State, s: int, u: int, station: int) -> bool:
    """Find the teams that must go with a water cannon as crew and escort (`State.guards`); false where some miss."""
    f = st.facts
    w = st.cannon_type[u]
    for k in range(len(f.kind_role)):
        st.guards[k] = 0
    crew, escort = f.crew[w] if f.crew_role[w] >= 0 else 0, f.escort[w] if f.escort_role[w] >= 0 else 0
    if f.crew_role[w] == f.escort_role[w]:
        crew, escort = crew + escort, 0
    return _add_guards(st, s, station, f.crew_role[w], crew) and _add_guards(st, s, station, f.escort_role[w], escort)


def _add_guards(st: State, s: int, station: int, role: int, heads: int) -> bool:
    """Add teams of a role that wait at a station until so many heads of it go or stand in the sector already."""
    f, missing = st.facts, heads
    if heads <= 0:
        return True
    for k in range(len(f.kind_role)):
        if f.kind_role[k] == role:
            missing -= f.kind_size[k] * (st.teams[s][k] + st.order_teams[station][k])
    for k in range(len(f.kind_role)):
        if f.kind_role[k] == role and missing > 0 and f.available[k] <= st.now:
            n = min(st.reserve[station][k], (missing + f.kind_size[k] - 1) // f.kind_size[k])
            if n > 0:
                st.guards[k] += n
                missing -= n * f.kind_size[k]
    return missing <= 0


def send_ordered(st: State, s: int, station: int) -> None:
    """Seat the teams of an order; those without a seat march. Sends at most one riding and one marching column."""
    f = st.facts
    teams, staying, cannon = st.order_teams[station], st.order_staying[station], st.order_cannon[station]
    km = distance(f, st.now, place_of(f, station), s)
    trip = st.trips[station][s]
    st.trips[station][s] += 1
    factor = (1.0 - f.noise) + f.noise * exponential(stream(st.trip_family[station][s], st.number), trip)
    if station >= f.posts:
        minutes = 60.0 * km / f.outside_speed[station] * factor
        send(st, station, s, teams, st.nothing, st.nothing, -1, f.outside_delay[station], minutes)
    else:
        _seat(st, station)
        slowest, rides, walks = math.inf, False, False
        for w in range(len(f.seats)):
            if st.driving[w] or staying[w] or (cannon >= 0 and st.cannon_type[cannon] == w):
                slowest, rides = min(slowest, f.speed[w]), True
        for k in range(len(f.kind_role)):
            walks = walks or st.walking[k] > 0
        if rides:
            send(st, station, s, st.riding, staying, st.driving, cannon, 0.0, 60.0 * km / slowest * factor)
        if walks:
            send(st, station, s, st.walking, st.nothing, st.nothing, -1, 0.0, 60.0 * km / f.march * factor)
    for k in range(len(f.kind_role)):
        teams[k] = 0
    for w in range(len(f.seats)):
        staying[w] = 0
    st.order_open[station], st.order_count[station], st.order_cannon[station] = 0, 0, -1


def _seat(st: State, station: int) -> None:
    """Fill vehicles with seats that wait at a station, largest first: who rides, who walks, what is driven.

    Teams ride in the order in which they were taken, as long as the vehicles that are left have seats for all of one.
    """
    f, room, left = st.facts, 0, 0
    for w in range(len(f.seats)):
        room += f.seats[w] * st.order_staying[station][w]
        left += f.seats[w] * st.parked[station][w]
        st.driving[w] = 0
    for k in range(len(f.kind_role)):
        st.riding[k] = st.walking[k] = 0
    largest = 0
    for i in range(st.order_count[station]):
        k = st.order_kind[station][i]
        for _ in range(st.order_teams[station][k]):
            if room + left < f.kind_size[k]:
                st.walking[k] += 1
                continue
            while room < f.kind_size[k]:
                w = f.rides[largest]
                if st.parked[station][w] > 0:
                    st.parked[station][w] -= 1
                    st.driving[w] += 1
                    room += f.seats[w]
                    left -= f.seats[w]
                else:
                    largest += 1
            room -= f.kind_size[k]
            st.riding[k] += 1


def send(
    st: State,
    station: int,
    s: int,
    teams: Ints,
    staying: Ints,
    rides: Ints,
    cannon: int,
    delay: float,
    minutes: float,
) -> None:
    """Send a formed unit from a station to a sector; what goes has been taken out of the station before.

    Parameters
    ----------
    teams : number by kind.
    staying : vehicles by type that stay with the teams.
    rides : vehicles by type that carry the teams and drive back empty.
    cannon : index of a water cannon, -1 without.
    delay : minutes from now until it sets out.
    minutes : minutes on the road.
    """
    if st.free_column < 0:
        add_column(st)
    c = st.free_column
    st.free_column = st.column_next[c]
    st.column_station[c], st.column_sector[c], st.column_cannon[c] = station, s, cannon
    st.column_delay[c], st.column_minutes[c] = delay, minutes
    for k in range(len(st.facts.kind_role)):
        st.column_teams[c][k] = teams[k]
    for w in range(len(st.facts.seats)):
        st.column_staying[c][w], st.column_rides[c][w] = staying[w], rides[w]
    emit(st, COLUMN, c)


def add_column(st: State) -> None:
    """Make room for a column more than there are units, which only a dispatch rule of one's own can need."""
    st.free_column = len(st.column_next)
    st.column_next.append(-1)
    for row in (st.column_station, st.column_sector, st.column_cannon):
        row.append(0)
    st.column_delay.append(0.0)
    st.column_minutes.append(0.0)
    st.column_teams.append([0] * len(st.facts.kind_role))
    st.column_staying.append([0] * len(st.facts.seats))
    st.column_rides.append([0] * len(st.facts.seats))
    st.column_coming.append([0.0] * 3)
    st.column_steps.append([0] * len(st.facts.kind_role))
    st.column_due.append([math.inf] * len(st.facts.kind_role))
    st.column_clock.append(math.inf)
