"""The state of a city during a replication, and what the law makes of it.

Hazards and harm rates are constant between events. `touch` brings the integrals of a sector up to the present minute
before anything about it changes; `refresh` works out its rates afterwards.
"""

from __future__ import annotations

import math
from typing import Any

from optimiser.escalation import QUIET, RED, YELLOW, EscalationLaw, View
from optimiser.facts import PHASE_COUNT, Counts, Facts
from optimiser.instance import HARMS
from optimiser.outcome import Event, Observer
from optimiser.scenario import Scenario, exponential

NO_DELEGATION, WAITING, RECEIVED, REFUSED = range(4)
CHANNEL_COUNT = 7
NO_HAZARD = (0.0,) * CHANNEL_COUNT
LINGER = 30.0  # min, assumed: militants who stay on look again after this long
SPILL_STAY = 60.0  # min, assumed: people who spilled over stay this long

Power = tuple[float, float, float, float, float, float, float, float]


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
        self.power: list[Power | None] = [None] * size  # known strength, see `touch`
        self.weak = [0] * size  # handovers and reliefs going on
        self.asking = [False] * size
        self.asked_at = [0.0] * size
        self.asks = [0] * size
        self.refused_until = [-math.inf] * size
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


def touch(st: State, s: int, units: bool = True) -> None:
    """Bring clocks, harms and phase minutes of a sector up to now, and mark it for `refresh`.

    Unless the caller says that neither units nor phase change, what is known of their strength is forgotten.
    """
    if units:
        st.power[s] = None
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
    water = False
    for u, sector in enumerate(st.cannon_sector):
        if sector == s and not st.cannon_dry[u]:
            water = True
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


def strength(st: State, s: int) -> Power:
    """Head equivalents formed up: containment, dialogue, medical, arrest, traffic, information, visible, and heads.

    Crews that come out of teams do not stand in the line; during a handover the line is weaker.
    """
    known = st.power[s]
    if known is not None:
        return known
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
    st.power[s] = (c, d, m, a, t, i, v, h)
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
