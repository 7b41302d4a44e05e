"""Transitions of the state of a city: what an event changes, written once for every engine.

A rule reads and changes a `State` at the present minute and leaves behind *effects*: things that take time and that the
engine must carry out (a handover, a column on the road). No rule waits, draws or logs by itself.

Hazards and harm rates are constant between events. `touch` brings the integrals of a sector up to the present minute
before anything about it changes; `refresh` works out its rates afterwards.
"""

from __future__ import annotations

import math
from typing import Any

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
    EscalationLaw,
    View,
    saturating,
)
from optimiser.facts import PHASE_COUNT, Counts, Facts
from optimiser.instance import HARMS, PHASES
from optimiser.outcome import Event, Observer
from optimiser.scenario import Scenario, exponential

NO_DELEGATION, WAITING, RECEIVED, REFUSED = range(4)
CHANNEL_COUNT = 7
NO_HAZARD = (0.0,) * CHANNEL_COUNT
LINGER = 30.0  # min, assumed: militants who stay on look again after this long
SPILL_STAY = 60.0  # min, assumed: people who spilled over stay this long


class State:
    """Everything that changes during a replication; lists by sector unless said otherwise."""

    def __init__(
        self, facts: Facts, counts: Counts, scenario: Scenario, law: EscalationLaw, observe: Observer | None
    ) -> None:
        size = len(facts.sectors)
        self.facts, self.scenario, self.law, self.observe = facts, scenario, law, observe
        self.now = 0.0
        self.events = 0
        self.effects: list[tuple[Any, ...]] = []
        self.dirty: list[int] = []
        # crowd
        self.phase = [QUIET] * size
        self.tension = [0.0] * size
        self.crowd: list[dict[int, int]] = [{} for _ in range(size)]
        self.people = [0] * size
        self.visited = [False] * size
        self.standing = [-1] * len(facts.gatherings)  # sector where a gathering's main body stands
        self.onward = [False] * len(facts.gatherings)  # whether that stop has a next one
        self.delegation = [NO_DELEGATION] * size
        self.marks = [0] * size
        self.failed = [False] * size
        self.meeting = [0] * size  # number of the present wait, so that an old wait knows it is over
        # personnel
        self.teams = [list(row) for row in counts.teams]
        for row in self.teams:
            for k, kind in enumerate(facts.kinds):
                if kind.available > 0.0:
                    row[k] = 0
        self.vehicles = [[0 if facts.vehicles[w].water else n for w, n in enumerate(row)] for row in counts.vehicles]
        self.reserve = [list(row) for row in counts.reserve]
        for kind_index, number in zip(facts.outside_kind, facts.outside_teams, strict=True):
            self.reserve.append([number if k == kind_index else 0 for k in range(len(facts.kinds))])
        self.parked = [[0 if facts.vehicles[w].water else n for w, n in enumerate(row)] for row in counts.parked]
        self.called: list[list[tuple[int, int, int]]] = [[] for _ in range(size)]  # (station, kind, teams)
        self.lent: list[list[tuple[int, int, int]]] = [[] for _ in range(size)]  # (station, vehicle type, vehicles)
        self.coming = [[0.0, 0.0, 0.0] for _ in range(size)]  # containment, dialogue, medical on the road
        self.weak = [0] * size  # handovers and reliefs going on
        self.asking = [False] * size
        self.asked_at = [0.0] * size
        self.asks = [0] * size
        self.trips = [[0] * size for _ in range(facts.stations)]
        # water cannon, one entry each
        self.cannon_type: list[int] = []
        self.cannon_sector: list[int] = []  # sector where it stands, -1 elsewhere
        self.cannon_station: list[int] = []  # post where it waits, -1 elsewhere
        self.cannon_tank: list[float] = []
        self.cannon_dry: list[bool] = []
        self.cannon_home: list[int] = []  # post it was called from, -1 if it was placed in its sector
        self.spraying = [0] * size
        self.cannon_coming = [0] * size
        for s, placed in enumerate(counts.vehicles):
            self._add_cannons(placed, s, -1)
        for p, waiting in enumerate(counts.parked):
            self._add_cannons(waiting, -1, p)
        # process
        self.critical = [0] * size
        self.stopped = [False] * size
        self.staff = [f.staff for f in facts.sectors]
        self.red_number = [0] * size
        self.red_since = [0.0] * size
        # integrals and rates
        self.last = [0.0] * size
        self.hazard: list[tuple[float, ...]] = [NO_HAZARD] * size
        self.harm_rate: list[tuple[float, ...]] = [(0.0,) * len(HARMS)] * size
        self.left = [[exponential(key, 0) for key in row] for row in scenario.clocks]
        self.drawn = [[1] * CHANNEL_COUNT for _ in range(size)]
        self.ring_at = [math.inf] * size
        self.ring_channel = [0] * size
        self.harms = [[0.0] * len(HARMS) for _ in range(size)]
        self.minutes = [[0.0] * PHASE_COUNT for _ in range(size)]
        self.force = [0] * size

    def _add_cannons(self, row: tuple[int, ...], sector: int, station: int) -> None:
        for w, n in enumerate(row):
            if self.facts.vehicles[w].water:
                for _ in range(n):
                    self.cannon_type.append(w)
                    self.cannon_sector.append(sector)
                    self.cannon_station.append(station)
                    self.cannon_tank.append(self.facts.vehicles[w].endurance)
                    self.cannon_dry.append(False)
                    self.cannon_home.append(-1)

    def say(
        self, kind: str, sector: int = -1, other: int = -1, what: str = "", number: float = 0.0, note: str = ""
    ) -> None:
        """Count an event and hand it to the observer if there is one."""
        self.events += 1
        if self.observe is not None:
            names = self.facts.names
            here = names[sector] if sector >= 0 else ""
            there = names[other] if other >= 0 else ""
            self.observe(Event(self.now, kind, here, there, what, float(number), note))

    def gathering_name(self, g: int) -> str:
        """Identifier of a gathering."""
        return self.facts.instance.gatherings[g].id


# ---------------------------------------------------------------- integrals and rates


def touch(st: State, s: int) -> None:
    """Bring clocks, harms and phase minutes of a sector up to now, and mark it for `refresh`."""
    passed = st.now - st.last[s]
    if passed > 0.0:
        left, hazard = st.left[s], st.hazard[s]
        for c in range(CHANNEL_COUNT):
            if hazard[c] > 0.0:
                left[c] -= hazard[c] * passed
        harms, rate = st.harms[s], st.harm_rate[s]
        for h in range(len(rate)):
            if rate[h] > 0.0:
                harms[h] += rate[h] * passed
        st.minutes[s][st.phase[s]] += passed
        st.last[s] = st.now
    if s not in st.dirty:
        st.dirty.append(s)


def refresh(st: State, s: int) -> None:
    """Work out hazards, harm rates and the next ringing time of a sector from its present state.

    Where nobody stands no clock runs and the law is not asked; only a stopped process still costs minutes.
    """
    if st.people[s] == 0:
        stopped = 1.0 if st.stopped[s] and st.critical[s] > 0 else 0.0
        st.hazard[s], st.harm_rate[s] = NO_HAZARD, (0.0, 0.0, 0.0, stopped, 0.0, 0.0)
        st.ring_at[s] = math.inf
        return
    view = look(st, s)
    mood = st.law.mood(st.facts.law, view)
    st.hazard[s] = st.law.hazards(st.facts.law, view, mood)
    st.harm_rate[s] = st.law.harms(st.facts.law, view, mood)
    best, channel = math.inf, 0
    for c in range(CHANNEL_COUNT):
        rate = st.hazard[s][c]
        if rate > 0.0:
            t = st.now + max(0.0, st.left[s][c]) / rate
            if t < best:
                best, channel = t, c
    st.ring_at[s], st.ring_channel[s] = best, channel
    _note_force(st, s, view)


def look(st: State, s: int) -> View:
    """Assemble what the law sees of a sector."""
    f, phase, people = st.facts.sectors[s], st.phase[s], st.people[s]
    share = liaison = 0.0
    if people > 0:
        for g, n in st.crowd[s].items():
            share += n * st.facts.gatherings[g].militant[phase]
            liaison += n * st.facts.gatherings[g].liaison
        share /= people
        liaison /= people
    power = strength(st, s)
    water = any(st.cannon_sector[u] == s and not st.cannon_dry[u] for u in range(len(st.cannon_sector)))
    passable = f.exit_open and power[4] >= f.traffic_need
    return View(
        phase=phase,
        people=float(people),
        tension=st.tension[s],
        share=share,
        containment=power[0],
        dialogue=power[1],
        visible=power[6],
        medical=power[2],
        arrest=power[3],
        personnel=power[7],
        public=f.public + st.staff[s],
        property=f.property,
        records=f.records,
        received=1.0 if st.delegation[s] == RECEIVED else 0.0,
        marks=float(st.marks[s]),
        failed=1.0 if st.failed[s] else 0.0,
        exit_open=1.0 if passable else 0.0,
        spraying=1.0 if st.spraying[s] > 0 else 0.0,
        water=1.0 if water else 0.0,
        liaison=liaison,
        stopped=1.0 if st.stopped[s] else 0.0,
        critical=1.0 if st.critical[s] > 0 else 0.0,
    )


Power = tuple[float, float, float, float, float, float, float, float]


def strength(st: State, s: int) -> Power:
    """Head equivalents formed up: containment, dialogue, medical, arrest, traffic, information, visible, and heads.

    Crews that come out of teams do not stand in the line; during a handover the line is weaker.
    """
    f, phase = st.facts, st.phase[s]
    teams, vehicles = st.teams[s], st.vehicles[s]
    crews: dict[int, int] = {}
    c = d = m = a = t = i = v = h = 0.0
    for w, n in enumerate(vehicles):
        if n:
            kind = f.vehicles[w]
            c += n * kind.containment[phase]
            m += n * kind.medical
            v += n * kind.visible
            if kind.crew_role >= 0:
                crews[kind.crew_role] = crews.get(kind.crew_role, 0) + n * kind.crew
            else:
                h += n * kind.crew
    for u, sector in enumerate(st.cannon_sector):
        if sector == s:
            kind = f.vehicles[st.cannon_type[u]]
            v += kind.visible
            if not st.cannon_dry[u]:
                c += kind.containment[phase]
            if kind.crew_role >= 0:
                crews[kind.crew_role] = crews.get(kind.crew_role, 0) + kind.crew
            else:
                h += kind.crew
    for k, n in enumerate(teams):
        if n:
            team = f.kinds[k]
            heads = n * team.size
            h += heads
            part = float(n)
            if crews.get(team.role, 0):
                driving = min(heads, crews[team.role])
                crews[team.role] -= driving
                part = n * (heads - driving) / heads
            c += part * team.containment[phase]
            d += part * team.dialogue[phase]
            m += part * team.medical[phase]
            a += part * team.arrest[phase]
            t += part * team.traffic[phase]
            i += part * team.information[phase]
            v += part * team.visible
    if st.weak[s] > 0:
        c *= float(f.instance.doctrine.handover_strength)
    return (c, d, m, a, t, i, v, h)


def _note_force(st: State, s: int, view: View) -> None:
    """Keep the highest stage of force: 1 presence, 2 words, 3 soft hand, 4 hard hand, 5 wide-area means."""
    if view.people <= 0.0 or view.personnel <= 0.0:
        return
    stage = 1
    if view.dialogue > 0.0:
        stage = 2
    if view.phase == YELLOW and view.containment > 0.0:
        stage = 3
    if view.phase == RED and view.containment > 0.0:
        stage = 4
    if view.spraying > 0.0:
        stage = 5
    st.force[s] = max(st.force[s], stage)


# ---------------------------------------------------------------- people


def arrive(st: State, g: int, s: int, persons: int, tension: float, phase: int) -> None:
    """People of a gathering come to a sector; the mood is the mean of those there and those coming."""
    if persons <= 0:
        return
    touch(st, s)
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
    touch(st, s)
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
    touch(st, s)
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
    if goal < 0 or not st.crowd[s]:
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
    touch(st, s)
    st.marks[s] += 1
    st.say("mark", s, number=minutes)


def receive(st: State, s: int) -> None:
    """An official receives the delegation: legitimacy is won and negotiation opens again."""
    touch(st, s)
    st.delegation[s], st.failed[s] = RECEIVED, False
    st.say("received", s)


def refuse(st: State, s: int, why: str) -> None:
    """Settle that the delegation will not be received."""
    touch(st, s)
    st.delegation[s] = REFUSED
    st.say("refused", s, note=why)


def trigger(st: State, t: int) -> None:
    """A trigger strikes the sectors where people stand; information takes a share of a rumour away."""
    f, what = st.facts, st.facts.instance.triggers[t].id
    for s in f.trigger_sectors[t]:
        if st.people[s] > 0:
            touch(st, s)
            change = f.trigger_tension[t]
            if f.trigger_rumour[t] and change > 0.0:
                change *= 1.0 - f.law.rumour_gain * saturating(strength(st, s)[5], f.law.rumour_half)
            st.tension[s] = min(1.0, max(0.0, st.tension[s] + change))
            st.say("triggered", s, what=what, number=change)


# ---------------------------------------------------------------- process and officials


def open_window(st: State, s: int, by: int) -> None:
    """A critical window of a sector begins (by = 1) or ends (by = -1)."""
    touch(st, s)
    st.critical[s] += by
    st.say("process", s, number=by, note="due" if by > 0 else "over")


def restart(st: State, s: int) -> None:
    """The critical process runs again."""
    touch(st, s)
    st.stopped[s] = False
    st.say("process", s, note="runs again")


def evacuated(st: State, s: int) -> None:
    """Officials of a red sector are safe."""
    touch(st, s)
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
    st.say("refilled", s)
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
