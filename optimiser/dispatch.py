"""Who is sent when a sector asks for reserve: the default dispatch rule. Any function of the same shape may replace it.

Red is served before yellow, the nearest station first; a post keeps its minimum back unless a sector is red; a call
may be refused and is then repeated; teams ride if there are seats and march if there are none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from optimiser.escalation import RED, active_people
from optimiser.rules import f_station
from optimiser.scenario import exponential, uniform
from optimiser.state import State, look, strength


class Column(NamedTuple):
    """A formed unit on its way from a station to a sector.

    Attributes
    ----------
    station, sector : indices.
    teams : (kind, teams).
    staying : (vehicle type, vehicles) that stay with the teams.
    rides : (vehicle type, vehicles) that carry the teams and drive back empty.
    cannon : index of a water cannon, -1 without.
    delay : minutes from now until it sets out.
    minutes : minutes on the road.
    """

    station: int
    sector: int
    teams: tuple[tuple[int, int], ...]
    staying: tuple[tuple[int, int], ...]
    rides: tuple[tuple[int, int], ...]
    cannon: int
    delay: float
    minutes: float


Dispatch = Callable[[State, int], list[Column]]


_NEEDS = ("line", "negotiators", "medics", "water cannon")


class _Order:
    """What one station is going to send to one sector."""

    def __init__(self) -> None:
        self.teams: dict[int, int] = {}
        self.staying: dict[int, int] = {}
        self.cannon = -1


def send_nearest(st: State, caller: int) -> list[Column]:
    """Answer the sector that calls, after those in a worse phase that still wait and were not just refused."""
    worse = [
        s
        for s in range(len(st.asking))
        if st.asking[s] and st.phase[s] > st.phase[caller] and st.refused_until[s] <= st.now
    ]
    worse.sort(key=lambda s: (-st.phase[s], st.asked_at[s], s))
    columns: list[Column] = []
    for s in (*worse, caller):
        columns += _answer(st, s)
    return columns


def _answer(st: State, s: int) -> list[Column]:
    wanted = _wants(st, s)
    if not any(wanted):
        return []
    f = st.facts
    st.say("asked", s, number=wanted[0], note=", ".join(n for n, w in zip(_NEEDS, wanted, strict=True) if w > 0.0))
    refused = uniform(st.scenario.calls[s], st.asks[s]) < float(f.instance.doctrine.refusal)
    st.asks[s] += 1
    if refused:
        st.refused_until[s] = st.now + float(f.instance.doctrine.ask_again)
        st.say("call_refused", s)
        return []
    orders: dict[int, _Order] = {}
    for ability, need in enumerate(wanted[:3]):
        if need > 0.0:
            _pick(st, s, ability, need, orders)
    if wanted[3] > 0.0:
        _pick_cannon(st, s, orders)
    if not orders:
        st.say("none_left", s)
    columns: list[Column] = []
    for station in sorted(orders):
        columns += _columns(st, s, station, orders[station])
    return columns


def _wants(st: State, s: int) -> tuple[float, float, float, float]:
    """Give what a sector lacks: containment, dialogue, medical care (head equivalents), water cannon (0 or 1)."""
    f = st.facts
    view = look(st, s)
    power = strength(st, s)
    active = active_people(f.law, view.people, view.share, view.arrest)
    required = -math.log(1.0 - min(0.999, float(f.instance.doctrine.required_risk))) / f.law.arrest_k
    coming = st.coming[s]
    line = max(0.0, active * required - power[0] - coming[0])
    red = st.phase[s] == RED
    words = 1.0 if not red and power[1] + coming[1] <= 0.0 else 0.0
    care = 1.0 if red and power[2] + coming[2] <= 0.0 else 0.0
    short = active * required > power[0]
    here = any(sector == s for sector in st.cannon_sector) or st.cannon_coming[s] > 0
    return (line, words, care, 1.0 if red and short and not here else 0.0)


def _ability(st: State, s: int, ability: int, k: int) -> float:
    kind, phase = st.facts.kinds[k], st.phase[s]
    row = (kind.containment, kind.dialogue, kind.medical)[ability]
    return row[phase] if kind.callable[phase] and kind.available <= st.now else 0.0


def _free(st: State, s: int, station: int, k: int) -> int:
    """Teams of a kind that a station may send: what it has, less what it keeps unless the sector is red."""
    f, have = st.facts, st.reserve[station][k]
    if station >= f.posts:
        return have if st.phase[s] >= f.outside_phase[station - f.posts] else 0
    if st.phase[s] == RED:
        return have
    waiting = sum(n for n, kind in zip(st.reserve[station], f.kinds, strict=True) if any(kind.callable))
    return min(have, max(0, waiting - f.keep[station]))


def _pick(st: State, s: int, ability: int, need: float, orders: dict[int, _Order]) -> None:
    """Take teams from the nearest stations, strongest kind first, until the need is met."""
    f = st.facts
    for station in f.nearest[f.epoch(st.now)][s]:
        have = st.reserve[station]
        kinds = [k for k, n in enumerate(have) if n and _ability(st, s, ability, k) > 0.0] if any(have) else []
        for k in sorted(kinds, key=lambda k: (-_ability(st, s, ability, k), k)):
            each = _ability(st, s, ability, k)
            n = min(_free(st, s, station, k), math.ceil(need / each))
            if n > 0:
                order = orders.setdefault(station, _Order())
                order.teams[k] = order.teams.get(k, 0) + n
                st.reserve[station][k] -= n
                need -= n * each
            if need <= 0.0:
                return
        if ability == 2 and station < f.posts:
            for w, vehicle in enumerate(f.vehicles):
                if vehicle.medical > 0.0 and vehicle.crew_role < 0 and st.parked[station][w] > 0:
                    orders.setdefault(station, _Order()).staying[w] = 1
                    st.parked[station][w] -= 1
                    return


def _pick_cannon(st: State, s: int, orders: dict[int, _Order]) -> None:
    """Call the nearest water cannon that is full and whose crew and escort stand at its post or at the sector."""
    f = st.facts
    for station in f.nearest[f.epoch(st.now)][s]:
        for u in range(len(st.cannon_sector)):
            if st.cannon_station[u] != station or st.cannon_dry[u]:
                continue
            guards = _guards(st, s, u, station, orders)
            if guards is None:
                continue
            order = orders.setdefault(station, _Order())
            for k, n in guards.items():
                order.teams[k] = order.teams.get(k, 0) + n
                st.reserve[station][k] -= n
            order.cannon = u
            st.cannon_station[u] = -1
            return


def _guards(st: State, s: int, u: int, station: int, orders: dict[int, _Order]) -> dict[int, int] | None:
    """Teams that must go with a water cannon as crew and escort, or None where they are missing."""
    f = st.facts
    vehicle = f.vehicles[st.cannon_type[u]]
    need: dict[int, int] = {}
    for role, heads in ((vehicle.crew_role, vehicle.crew), (vehicle.escort_role, vehicle.escort)):
        if role >= 0 and heads > 0:
            need[role] = need.get(role, 0) + heads
    guards: dict[int, int] = {}
    for role, heads in need.items():
        missing = heads
        for k, kind in enumerate(f.kinds):
            if kind.role == role:
                going = orders[station].teams.get(k, 0) if station in orders else 0
                missing -= kind.size * (st.teams[s][k] + going)
        for k, kind in enumerate(f.kinds):
            if kind.role == role and missing > 0 and kind.available <= st.now:
                n = min(st.reserve[station][k], math.ceil(missing / kind.size))
                if n > 0:
                    guards[k] = guards.get(k, 0) + n
                    missing -= n * kind.size
        if missing > 0:
            return None
    return guards


def _columns(st: State, s: int, station: int, order: _Order) -> list[Column]:
    """Seat the teams of an order; those without a seat march. Gives at most one riding and one marching column."""
    f = st.facts
    km = f.distance(st.now, f_station(f, station), s)
    key, trip = st.scenario.trips[station][s], st.trips[station][s]
    st.trips[station][s] += 1
    factor = (1.0 - f.noise) + f.noise * exponential(key, trip)
    if station >= f.posts:
        number = station - f.posts
        minutes = 60.0 * km / f.outside_speed[number] * factor
        return [Column(station, s, tuple(order.teams.items()), (), (), -1, f.outside_delay[number], minutes)]
    riding, walking, rides = _seat(st, station, order)
    columns = []
    if riding or order.staying or order.cannon >= 0:
        types = [*rides, *order.staying]
        if order.cannon >= 0:
            types.append(st.cannon_type[order.cannon])
        speed = min(f.vehicles[w].speed for w in types) if types else f.drive
        minutes = 60.0 * km / speed * factor
        staying = tuple(order.staying.items())
        columns.append(Column(station, s, riding, staying, tuple(rides.items()), order.cannon, 0.0, minutes))
    if walking:
        columns.append(Column(station, s, walking, (), (), -1, 0.0, 60.0 * km / f.march * factor))
    return columns


def _seat(
    st: State, station: int, order: _Order
) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...], dict[int, int]]:
    """Fill vehicles with seats that wait at the station, largest first; gives riders, marchers and vehicles."""
    f = st.facts
    room = sum(f.vehicles[w].seats * n for w, n in order.staying.items())
    rides: dict[int, int] = {}
    riding: dict[int, int] = {}
    walking: dict[int, int] = {}
    for k, n in order.teams.items():
        for _ in range(n):
            while room < f.kinds[k].size:
                free = [w for w in range(len(f.vehicles)) if st.parked[station][w] > 0 and f.vehicles[w].seats > 0]
                if not free:
                    break
                w = min(free, key=lambda w: (-f.vehicles[w].seats, w))
                st.parked[station][w] -= 1
                rides[w] = rides.get(w, 0) + 1
                room += f.vehicles[w].seats
            if room >= f.kinds[k].size:
                room -= f.kinds[k].size
                riding[k] = riding.get(k, 0) + 1
            else:
                walking[k] = walking.get(k, 0) + 1
    return tuple(riding.items()), tuple(walking.items()), rides
