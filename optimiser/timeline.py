"""The SimPy engine: one replication as real processes, one event log.

One process for each gathering, each sector's clocks, each delegation, each unit on the road, each water cannon, each
handover and each evacuation. They only wait; what an event changes is written in `rules`. Ties are decided by time,
then by what happens, then by index, never by the order in which processes were made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from heapq import heappush
from typing import Any

import simpy

from optimiser import crowds, rules, units
from optimiser.dispatch import Dispatch, send_nearest
from optimiser.escalation import EscalationLaw, RiskLaw
from optimiser.facts import Counts, Facts
from optimiser.outcome import Observer, Replication
from optimiser.scenario import Scenario
from optimiser.state import State, refresh, touch

Steps = Generator[simpy.Event, Any, None]
ORDER = (
    "window",
    "available",
    "steady",
    "group",
    "walk",
    "depart",
    "home",
    "trigger",
    "received",
    "mark",
    "evacuated",
    "restart",
    "back",
    "column",
    "formed",
    "call",
    "cannon",
    "relief",
    "ring",
    "user",
)
_SLOT = 10**9  # room for the indices of one kind of event
_BASE = 2  # SimPy keeps 0 and 1 for what follows at once from an event


class Clock(simpy.Environment):
    """A SimPy environment with absolute times and a total order of ties."""

    def at(self, minute: float, kind: str, index: int = 0) -> simpy.Event:
        """Give an event that happens exactly at a minute.

        ``timeout(minute - now)`` would land beside it, by rounding; so it is put in the queue by its own time.
        """
        event = simpy.Event(self)
        event._ok, event._value = True, None
        order = _BASE + ORDER.index(kind) * _SLOT + index
        entry: Any = (max(minute, self.now), order, next(self._eid), event)
        heappush(self._queue, entry)
        return event


class Timeline:
    """One replication being played.

    Parameters
    ----------
    facts : the instance as numbers.
    counts : the deployment as numbers.
    scenario : the future.
    law : escalation law; `RiskLaw` by default.
    dispatch : dispatch rule; `send_nearest` by default.
    observe : called with every `Event`; None keeps the replication silent and fast.
    processes : a user's own SimPy processes, each a function of this timeline that gives a generator. They may read
        ``state`` and wait with ``clock.at`` or ``clock.timeout``. To change the state they call ``tick()`` first, so
        that it knows the time, then functions of `optimiser.rules`, then ``settle()``.
    """

    def __init__(
        self,
        facts: Facts,
        counts: Counts,
        scenario: Scenario,
        law: EscalationLaw | None = None,
        dispatch: Dispatch = send_nearest,
        observe: Observer | None = None,
        processes: Sequence[Process] = (),
    ) -> None:
        self.facts, self.scenario, self.dispatch = facts, scenario, dispatch
        self.clock = Clock()
        self.state = State(facts, counts, scenario, law or RiskLaw(), observe)
        self.sectors: list[simpy.Process | None] = [None] * len(facts.sectors)
        self.poked = [False] * len(facts.sectors)
        self.waited_for = [math.inf] * len(facts.sectors)
        self.gatherings: list[simpy.Process | None] = []
        self.cannons: dict[int, tuple[simpy.Process, int]] = {}  # running, with the sector
        self._found(counts)
        for process in processes:
            self.clock.process(process(self))

    def _found(self, counts: Counts) -> None:
        """Start the processes that are there from the beginning."""
        f, clock = self.facts, self.clock
        for s, sector in enumerate(f.sectors):
            self.sectors[s] = clock.process(self.sector(s))
            for number, (start, end) in enumerate(sector.windows):
                clock.process(units.window(self, s, number, start, end))
        for g in range(len(f.gatherings)):
            self.gatherings.append(clock.process(crowds.gathering(self, g)))
        for t, minute in enumerate(self.scenario.triggered):
            if minute < f.horizon:
                clock.process(crowds.trigger(self, t, minute))
        for s, row in enumerate(counts.teams):
            for k, n in enumerate(row):
                if n and f.kinds[k].available > 0.0:
                    clock.process(units.available(self, s, k, n))
        every = float(f.instance.doctrine.relief_every)
        if every > 0.0:
            for s, row in enumerate(counts.teams):
                if any(row):
                    clock.process(units.relief(self, s, every))

    def run(self) -> Replication:
        """Play to the end of the operational period."""
        st = self.state
        self.clock.run(until=self.facts.horizon)
        st.now = self.facts.horizon
        for s in range(len(self.facts.sectors)):
            touch(st, s)
        return Replication(
            tuple(tuple(row) for row in st.harms),
            tuple(tuple(row) for row in st.minutes),
            tuple(st.force),
            tuple(st.visited),
            any(st.asks),
            st.events,
        )

    def tick(self) -> None:
        """Tell the state what time it is; the first thing a process does when it wakes."""
        self.state.now = self.clock.now

    def settle(self) -> None:
        """After a rule: work out changed sectors anew, wake their clocks, start what takes time."""
        st = self.state
        dirty, st.dirty = st.dirty, []
        for s in dirty:
            refresh(st, s)
            process = self.sectors[s]
            if process is None or process is self.clock.active_process or self.poked[s]:
                continue
            if st.ring_at[s] != self.waited_for[s] and process.target is not None:
                self.poked[s] = True
                process.interrupt()
        effects, st.effects = st.effects, []
        for effect in effects:
            if effect[0] == "scatter":
                self._scatter(*effect[1:])
            elif effect[0] == "water_stop":
                self._stop_water(effect[1])
            else:
                self.clock.process(STARTS[effect[0]](self, *effect[1:]))

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
            rules.ring(st, s)
            self.settle()

    def _scatter(self, g: int, persons: int, tension: float) -> None:
        process = self.gatherings[g]
        if process is not None and process.is_alive:
            process.interrupt((persons, tension))

    def _stop_water(self, s: int) -> None:
        for u in sorted(self.cannons):
            process, sector = self.cannons[u]
            if sector == s and process.is_alive:
                process.interrupt()


Process = Callable[[Timeline], Steps]
STARTS: dict[str, Callable[..., Steps]] = {
    "delegation": crowds.delegation,
    "walk": crowds.walk,
    "call": units.call,
    "steady": units.steady,
    "evacuation": units.evacuation,
    "restart": units.restart,
    "go_back": units.go_back,
    "cannon": units.cannon,
    "refilling": units.refilling,
}
