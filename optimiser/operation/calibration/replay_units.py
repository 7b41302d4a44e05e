"""Units of a day replayed along its log: lines, columns, units that move as planned, and water cannon.

A log tells of a column when its teams have formed up. Its water cannon it does not tell: the one that a call asked for
goes with the next column from a place where one waits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from optimiser.simulation import events
from optimiser.simulation.dispatch import WATER, send
from optimiser.simulation.events import Entry
from optimiser.simulation.indexed_instance import Facts
from optimiser.simulation.python_state import PythonState
from optimiser.simulation.transitions import moving, units


class UnitReplay:
    """Units of one day on its way.

    Attributes
    ----------
    state : what there is now.
    later : what will happen at a known minute.
    """

    def __init__(self, facts: Facts, state: PythonState) -> None:
        self.facts, self.state = facts, state
        self.later: list[tuple[float, Callable[[], None]]] = []
        self.thirsty: set[int] = set()  # sectors that asked for a water cannon
        self.cannons: dict[int, list[int]] = {}  # on the road, columns by sector
        self.origin: dict[int, int] = {}  # station of the last column that came to a sector
        self.running: dict[int, list[int]] = {}  # water cannon by sector

    def handle_line(self, row: Entry) -> None:
        """The line is weaker while it is handed over or relieved."""
        st, s = self.state, row.sector
        if row.kind == events.RELIEF:
            units.relieve(st, s)
        elif row.kind == events.STEADY and st.weak[s] > 0:
            units.steady(st, s)

    def ask(self, row: Entry) -> None:
        """A sector asks for reserve; a water cannon is among what it asks for, or the call is refused."""
        if row.kind == events.CALL_REFUSED or not (row.note < 1 << WATER + 1 and row.note & 1 << WATER):
            self.thirsty.discard(row.sector)
        else:
            self.thirsty.add(row.sector)

    def set_out(self, row: Entry) -> None:
        """A column sets out; with it goes the water cannon that was asked for, if one waits where it comes from."""
        st, s, station = self.state, row.sector, row.other - len(self.facts.public)
        waiting = [u for u in range(st.cannons) if st.cannon_station[u] == station and not st.cannon_dry[u]]
        if s in self.thirsty and station >= 0 and waiting:
            self.thirsty.discard(s)
            st.cannon_station[waiting[0]] = -1
            column = self._make_column(s, station, -1, 0, waiting[0])
            units.count_column(st, column)
            self.cannons.setdefault(s, []).append(column)

    def come(self, row: Entry) -> None:
        """A column arrives: its teams will be told when they have formed up, its water cannon is ready with them."""
        st, s, station = self.state, row.sector, row.other - len(self.facts.public)
        self.origin[s] = station
        for column in list(self.cannons.get(s, ())):
            if st.column_station[column] == station:
                self.cannons[s].remove(column)
                self.later.append((st.now + self.facts.form_up, partial(units.join, st, column)))

    def _make_column(self, s: int, station: int, k: int, teams: int, cannon: int) -> int:
        st = self.state
        numbers = [teams if kind == k else 0 for kind in range(len(self.facts.kind_role))]
        send(st, station, s, numbers, st.nothing, st.nothing, cannon, 0.0, 0.0)
        return st.out_number[st.out_count - 1][0]

    def form_up(self, row: Entry) -> None:
        """Teams have formed up: called ones as a column, which goes back when it is released, others for good."""
        st, s, k, n = self.state, row.sector, row.what, round(row.number)
        if k >= len(self.facts.kind_role) or n <= 0:
            return
        called = row.note == events.CALLED or (row.note != events.ON_DUTY and s in self.origin)
        if called and st.reserve:
            units.join(st, self._make_column(s, max(0, self.origin.get(s, 0)), k, max(0, n), -1))
            return
        for a in range(len(st.along_sector)):
            late = st.placed_along_teams[a][k] - st.along_teams[a][k]
            if st.along_sector[a] == s and late > 0 and late == n != st.placed_teams[s][k]:
                moving.come_along(st, a, k)
                return
        units.form_up(st, s, k, n, events.ON_DUTY)

    def release(self, row: Entry) -> None:
        """Teams go back that no rule has sent back."""
        k = row.what
        if 0 <= k < len(self.facts.kind_role):
            n = min(round(row.number), self.state.teams[row.sector][k])
            units.form_up(self.state, row.sector, k, -n)

    def come_back(self, row: Entry) -> None:
        """A water cannon is callable again; of other units it makes no difference to any crowd."""
        st, f, w = self.state, self.facts, row.what - len(self.facts.kind_role)
        away = [u for u in range(st.cannons) if st.cannon_sector[u] < 0 and st.cannon_station[u] < 0]
        for u in away:
            if st.cannon_type[u] == w and row.other >= len(f.public):
                units.give_back(st, row.other - len(f.public), -1, -1, u, 1)
                return

    def move(self, row: Entry) -> None:
        """Units that move as planned set out, or have formed up."""
        st, a = self.state, row.what
        if row.kind == events.MOVES:
            st.along_goal[a] = row.other
            moving.go_along(st, a)
        elif st.along_sector[a] < 0:
            st.along_goal[a] = row.sector
            moving.join_along(st, a, row.sector)

    # ---------------------------------------------------------------- water

    def spray(self, row: Entry) -> None:
        """A water cannon starts."""
        st, s = self.state, row.sector
        ready = [u for u in range(st.cannons) if st.cannon_sector[u] == s and st.cannon_begun[u] < 0.0]
        for u in ready[:1]:
            units.start_spray(st, u, s)
            self.running.setdefault(s, []).append(u)

    def stop_water(self, row: Entry) -> None:
        """A water cannon stops; it is empty, or it has what is left."""
        st, s = self.state, row.sector
        for u in self.running.get(s, [])[:1]:
            self.running[s].remove(u)
            tank = st.cannon_tank[u]
            used = tank if row.kind == events.EMPTY else min(st.now - st.cannon_begun[u], math.nextafter(tank, 0.0))
            units.stop_spray(st, u, s, used)

    def refill(self, row: Entry) -> None:
        """A water cannon is full again."""
        st = self.state
        for u in [u for u in range(st.cannons) if st.cannon_dry[u] and row.sector in (-1, st.cannon_sector[u])][:1]:
            units.refill(st, u)
