"""The SimPy engine: one replication as real processes, one event log.

One process for each gathering, each sector's clocks, each delegation, each unit on the road, each water cannon, each
handover and each evacuation. They only wait; what an event changes is written in `transitions`. Ties are decided by
time, then by what happens, then by index, never by the order in which processes were made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from heapq import heappush
from typing import Any

import simpy

from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.event_queue import ORDER, SPAN
from optimiser.simulation.events import Entry, Replication
from optimiser.simulation.indexed_instance import Counts, Facts
from optimiser.simulation.python_state import PythonState
from optimiser.simulation.rates import refresh, touch
from optimiser.simulation.scenario import Scenario
from optimiser.simulation.simpy_engine import crowds, personnel
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
    STAY,
    STEADY_AGAIN,
    TIRE,
    WAIT_ALONG,
    WALK,
    WATER_STOP,
    wind_anew,
)
from optimiser.simulation.transitions import moving, people

Steps = Generator[simpy.Event, Any, None]
AT_ONCE = 2  # SimPy keeps 0 and 1 for what follows at once from an event
_ORDER = {kind: AT_ONCE + i * SPAN for i, kind in enumerate(ORDER)}


class Clock(simpy.Environment):
    """A SimPy environment with absolute times and a total order of ties."""

    def at(self, minute: float, kind: str, index: int = 0, *then: int, value: float = 0.0) -> simpy.Event:
        """Return an event that happens exactly at a minute.

        ``timeout(minute - now)`` would land beside it, by rounding; so it is put in the queue by its own time.

        Parameters
        ----------
        then : what is done then, with the numbers that it needs, and a value: what a situation keeps of this wait.
        """
        event = Wait(self)
        event._ok, event._value = True, None
        event.then, event.carried = then, value
        entry: Any = (max(minute, self.now), _ORDER[kind] + index, next(self._eid), event)
        heappush(self._queue, entry)
        return event

    def advance(self, minute: float) -> None:
        """Let happen what is due before a minute, and what follows at once of what has happened."""
        while self._queue and self._queue[0][:2] < (minute, AT_ONCE):
            self.step()


class Wait(simpy.Event):
    """A wait of a process, with what is done after it; see `Clock.at`."""

    then: tuple[int, ...]
    carried: float


class Timeline:
    """One replication as it runs.

    Parameters
    ----------
    facts : the instance as numbers.
    counts : the deployment as numbers.
    scenario : the future.
    law : escalation law; `DefaultLaw` by default.
    dispatch : dispatch rule; `send_nearest` by default.
    observe : called with every `Entry`; None keeps the replication silent and fast.
    processes : a user's own SimPy processes, each a function of this timeline that gives a generator. They may read
        ``state`` and wait with ``clock.at`` or ``clock.timeout``. To change the state they call ``tick()`` first, so
        that it knows the time, then functions of `optimiser.simulation.transitions`, then ``settle()``.
    begin : minute of a situation that it begins from, see `resumption.resume`; None for the whole day.
    """

    def __init__(
        self,
        facts: Facts,
        counts: Counts,
        scenario: Scenario,
        law: EscalationLaw | None = None,
        dispatch: Dispatch = send_nearest,
        observe: Callable[[Entry], None] | None = None,
        processes: Sequence[Process] = (),
        begin: float | None = None,
    ) -> None:
        self.scenario, self.dispatch = scenario, dispatch
        self.clock = Clock(begin or 0.0)
        self.state = PythonState(facts, counts, scenario, law or DefaultLaw(), observe)
        self.facts = self.state.facts  # with the numbers that the scenario has of its own
        self.sectors: list[simpy.Process | None] = [None] * len(facts.public)
        self.poked = [False] * len(facts.public)
        self.waited_for = [math.inf] * len(facts.public)
        self.gatherings: list[simpy.Process | None] = [None] * len(facts.groups)
        self.cannons: dict[int, tuple[simpy.Process, int]] = {}  # running, with the sector
        if begin is None:
            self._found(counts)
        for process in processes:
            self.clock.process(process(self))

    def _found(self, counts: Counts) -> None:
        """Start the processes that are there from the beginning."""
        f, clock = self.facts, self.clock
        for s in range(len(f.public)):
            self.sectors[s] = clock.process(self.sector(s))
            for number in range(f.window_first[s], f.window_first[s + 1]):
                clock.process(personnel.window(self, f.window_from[number], s, number))
        for g in range(len(f.groups)):
            self.gatherings[g] = clock.process(crowds.gathering(self, g))
        for t, minute in enumerate(self.scenario.triggered):
            if minute < f.horizon:
                clock.process(crowds.trigger(self, minute, t))
        for s, row in enumerate(counts.teams):
            for k, n in enumerate(row):
                if n and f.available[k] > 0.0:
                    clock.process(personnel.available(self, f.available[k], s, k))
            if f.relief_every > 0.0 and (any(row) or moving.is_passed(self.state, s)):
                clock.process(personnel.relief(self, f.relief_every, s))
        for a, row in enumerate(counts.along_teams):
            for k, n in enumerate(row):
                if n and f.available[k] > 0.0:
                    clock.process(personnel.available_along(self, f.available[k], a, k))
            if any(row) or any(counts.along_vehicles[a]):
                for leg in range(f.leg_first[a], f.leg_first[a + 1]):
                    if f.leg_until[leg] < f.horizon:
                        clock.process(personnel.leg_over(self, f.leg_until[leg], a, leg))

    def run(self) -> Replication:
        """Simulate to the end of the operational period."""
        st = self.state
        if self.clock.now < self.facts.horizon:
            self.clock.run(until=self.facts.horizon)
        st.now = self.facts.horizon
        for s in range(len(self.facts.public)):
            touch(st, s)
        return Replication(
            tuple(tuple(row) for row in st.harms),
            tuple(tuple(row) for row in st.minutes),
            tuple(st.force),
            tuple(map(bool, st.visited)),
            any(st.asks),
            st.events,
        )

    def tick(self) -> None:
        """Tell the state what time it is; the first thing a process does when it wakes."""
        self.state.now = self.clock.now

    def begin_anew(self, fresh: bool, given: Sequence[tuple[int, list[int], float]]) -> None:
        """Before a situation goes on: wind clocks anew where that is wanted, and carry out orders and reports."""
        if fresh:
            for s in range(len(self.facts.public)):
                wind_anew(self.state, s)
        self.clock.advance(self.clock.now)
        for what, numbers, value in given:
            orders.obey(self.state, what, numbers, value)
            self.settle()
            self.clock.advance(self.clock.now)  # the effects of an order come before the next one

    def settle(self) -> None:
        """After a rule: work out changed sectors anew, wake their clocks, start what takes time."""
        st = self.state
        for i in range(st.dirty_count):
            s = st.dirty[i]
            st.is_dirty[s] = 0
            refresh(st, s)
            process = self.sectors[s]
            if process is None or process is self.clock.active_process or self.poked[s]:
                continue
            if st.ring_at[s] != self.waited_for[s] and process.target is not None:
                self.poked[s] = True
                process.interrupt()
        st.dirty_count = 0
        for i in range(st.out_count):
            self._carry_out(st.out_what[i], st.out_number[i], st.out_value[i])
        st.out_count = 0

    def _carry_out(self, what: int, numbers: list[int], value: float) -> None:
        """Start what a rule left to be done."""
        if what == SCATTER:
            process = self.gatherings[numbers[0]]
            if process is not None and process.is_alive:
                process.interrupt((numbers[1], value))
        elif what == WATER_STOP:
            for u in sorted(self.cannons):
                running, sector = self.cannons[u]
                if sector == numbers[0] and running.is_alive:
                    running.interrupt()
        else:
            start, count, with_value = STARTS[what]
            self.clock.process(start(self, *numbers[:count], *((value,) if with_value else ())))

    def sector(self, s: int) -> Steps:
        """Wait for the next clock of the law in a sector, anew whenever its rates change."""
        st = self.state
        while True:
            self.waited_for[s] = st.ring_at[s]
            due = self.clock.at(st.ring_at[s], "ring", s) if st.ring_at[s] < self.facts.horizon else self.clock.event()
            try:
                yield due
            except simpy.Interrupt:
                self.poked[s] = False
                continue
            self.tick()
            people.ring(st, s)
            self.settle()


Process = Callable[[Timeline], Steps]
STARTS: dict[int, tuple[Callable[..., Steps], int, bool]] = {  # with how many numbers, and whether with the value
    DELEGATION: (crowds.delegation, 2, False),
    WALK: (crowds.spill_over, 5, True),
    CALL: (personnel.call, 2, False),
    COLUMN: (personnel.column, 1, False),
    STEADY_AGAIN: (personnel.handover, 1, True),
    EVACUATION: (personnel.evacuation, 1, False),
    RESTART: (personnel.resumption, 2, False),
    GO_BACK: (personnel.go_back, 6, False),
    DRIVE_BACK: (personnel.drive_back, 3, True),
    CANNON: (personnel.cannon, 3, False),
    REFILLING: (personnel.refilling, 1, False),
    GO_ALONG: (personnel.walk_along, 2, True),
    WAIT_ALONG: (personnel.wait_along, 2, False),
    TIRE: (personnel.fatigue, 2, True),
    MEETING: (crowds.meeting, 2, True),
    STAY: (crowds.stay, 3, True),
}
