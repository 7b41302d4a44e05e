"""The SimPy engine: one replication as real processes, one event log.

One process for each gathering, each sector's clocks, each delegation, each unit on the road, each water cannon, each
handover and each evacuation. They only wait; what an event changes is written in `rules`. Ties are decided by time,
then by what happens, then by index, never by the order in which processes were made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from heapq import heappush
from typing import Any, cast

import simpy

from optimiser import rules
from optimiser.dispatch import Column, Dispatch, send_nearest
from optimiser.escalation import DISPERSED, GREEN, QUIET, RED, YELLOW, EscalationLaw, RiskLaw
from optimiser.facts import Counts, Facts
from optimiser.outcome import Observer, Replication
from optimiser.scenario import Scenario

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
_BASE = 2  # SimPy keeps 0 and 1 for what follows at once from an event


class Clock(simpy.Environment):
    """A SimPy environment with absolute times and a total order of ties."""

    def at(self, minute: float, kind: str, index: int = 0) -> simpy.Event:
        """Give an event that happens exactly at a minute.

        ``timeout(minute - now)`` would land beside it, by rounding; so it is put in the queue by its own time.
        """
        event = simpy.Event(self)
        event._ok, event._value = True, None
        order = _BASE + ORDER.index(kind) * 1_000_000 + index
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
        ``state``, wait with ``clock.at`` or ``clock.timeout``, change the state through `optimiser.rules`, and must
        call ``settle()`` after they changed it.
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
        self.state = rules.State(facts, counts, scenario, law or RiskLaw(), observe)
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
                clock.process(self.window(s, number, start, end))
        for g in range(len(f.gatherings)):
            self.gatherings.append(clock.process(self.gathering(g)))
        for t, minute in enumerate(self.scenario.triggered):
            if minute < f.horizon:
                clock.process(self.trigger(t, minute))
        for s, row in enumerate(counts.teams):
            for k, n in enumerate(row):
                if n and f.kinds[k].available > 0.0:
                    clock.process(self.available(s, k, n))
        every = float(f.instance.doctrine.relief_every)
        if every > 0.0:
            for s, row in enumerate(counts.teams):
                if any(row):
                    clock.process(self.relief(s, every))

    def run(self) -> Replication:
        """Play to the end of the operational period."""
        st = self.state
        self.clock.run(until=self.facts.horizon)
        st.now = self.facts.horizon
        for s in range(len(self.facts.sectors)):
            rules.touch(st, s)
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
            rules.refresh(st, s)
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
                self.clock.process(getattr(self, effect[0])(*effect[1:]))

    # ------------------------------------------------------------ sectors

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

    def window(self, s: int, number: int, start: float, end: float) -> Steps:
        """Open and close one critical window."""
        yield self.clock.at(start, "window", s * 100 + number)
        self.tick()
        rules.open_window(self.state, s, 1)
        self.settle()
        yield self.clock.at(end, "window", s * 100 + number)
        self.tick()
        rules.open_window(self.state, s, -1)
        self.settle()

    def restart(self, s: int, red: int) -> Steps:
        """Let the critical process run again some time after red, unless it is red again."""
        st = self.state
        yield self.clock.at(st.now + self.facts.sectors[s].restart, "restart", s)
        if st.red_number[s] == red and st.phase[s] != RED:
            self.tick()
            rules.restart(st, s)
            self.settle()

    def evacuation(self, s: int, red: int) -> Steps:
        """Take the officials of a red sector to safety."""
        st, doctrine = self.state, self.facts.instance.doctrine
        fast = rules.protected_vehicle(st, s)
        minutes = float(doctrine.evacuation_protected if fast else doctrine.evacuation)
        yield self.clock.at(st.now + minutes, "evacuated", s)
        if st.red_number[s] == red and st.staff[s] > 0.0:
            self.tick()
            rules.evacuated(st, s)
            self.settle()

    def steady(self, s: int, minutes: float) -> Steps:
        """End a handover."""
        yield self.clock.at(self.state.now + minutes, "steady", s)
        self.tick()
        rules.steady(self.state, s)
        self.settle()

    def relief(self, s: int, every: float) -> Steps:
        """Relieve the teams of a sector at fixed intervals, like for like."""
        minutes = float(self.facts.instance.doctrine.relief)
        due = every
        while due < self.facts.horizon:
            yield self.clock.at(due, "relief", s)
            self.tick()
            if rules.relieve(self.state, s):
                self.settle()
                yield self.clock.at(due + minutes, "steady", s)
                self.tick()
                rules.steady(self.state, s)
                self.settle()
            due += every

    # ------------------------------------------------------------ people

    def gathering(self, g: int) -> Steps:
        """Let a gathering assemble, stay, march on, and go home."""
        st, f, fact = self.state, self.facts, self.facts.gatherings[g]
        sc = self.scenario
        size, groups = sc.turnout[g], fact.groups
        s, begin = fact.stops[0][0], sc.first[g]
        persons, tension, mood = 0, sc.tension[g], GREEN
        st.standing[g], st.onward[g] = s, len(fact.stops) > 1
        assembled = True
        for j in range(groups):
            part = size // groups + (1 if j < size % groups else 0)
            try:
                yield self.clock.at(begin + (fact.spread * j / (groups - 1) if groups > 1 else 0.0), "group", g)
            except simpy.Interrupt as scattered:
                persons, tension = cast(tuple[int, float], scattered.cause)
                assembled = False
                break
            self.tick()
            rules.arrive(st, g, s, part, sc.tension[g], fact.comes_as)
            self.settle()
        for number, (s, stay) in enumerate(fact.stops):
            last = number + 1 == len(fact.stops)
            if number > 0:
                came = yield from self._march(g, fact.stops[number - 1][0], s, persons, tension, mood)
                if not came:
                    return
                st.onward[g], begin = not last, st.now
            if assembled:
                try:
                    yield self.clock.at(max(begin + stay, self.clock.now), "depart", g)
                except simpy.Interrupt as scattered:
                    persons, tension = cast(tuple[int, float], scattered.cause)
                    assembled = False
            mood = GREEN if assembled and st.phase[s] in (GREEN, QUIET, DISPERSED) else YELLOW
            if assembled:
                self.tick()
                content = st.delegation[s] == rules.RECEIVED and sc.content[g] < fact.ends_if_received
                open_road = not last and math.isfinite(f.distance(st.now, s, fact.stops[number + 1][0]))
                if last or content or not open_road:
                    st.standing[g] = -1
                    yield from self._go_home(g, s)
                    return
                tension = st.tension[s]
                st.standing[g] = -1
                persons = rules.leave(st, g, s, st.crowd[s].get(g, 0), "marched", fact.stops[number + 1][0])
                self.settle()
            st.standing[g] = -1
            assembled = True
            if last or persons <= 0:
                return

    def _march(
        self, g: int, origin: int, goal: int, persons: int, tension: float, phase: int
    ) -> Generator[simpy.Event, Any, bool]:
        """Walk to the next stop; tells whether the way was open."""
        km = self.facts.distance(self.state.now, origin, goal)
        if not math.isfinite(km):
            return False
        yield self.clock.at(self.state.now + 60.0 * km / self.facts.march, "walk", g)
        self.tick()
        self.state.standing[g] = goal
        rules.arrive(self.state, g, goal, persons, tension, phase)
        self.settle()
        return True

    def _go_home(self, g: int, s: int) -> Steps:
        """Leave in groups; militants of a disorderly crowd stay on until it calms down or disperses."""
        st, fact = self.state, self.facts.gatherings[g]
        pause = max(1.0, fact.spread / fact.groups)
        hard = rules.militants(st, g, s)
        for j in range(fact.groups):
            free = st.crowd[s].get(g, 0) - hard
            rules.leave(st, g, s, -(-free // (fact.groups - j)), "left")
            self.settle()
            yield self.clock.at(st.now + pause, "home", g)
            self.tick()
        while st.crowd[s].get(g, 0) > 0:
            if st.phase[s] in (YELLOW, RED):
                st.say("stayed", s, what=st.gathering_name(g), number=st.crowd[s][g])
            else:
                rules.leave(st, g, s, st.crowd[s][g], "left")
            self.settle()
            yield self.clock.at(self.clock.now + rules.LINGER, "home", g)
            self.tick()

    def walk(self, g: int, origin: int, goal: int, persons: int, tension: float, phase: int) -> Steps:
        """People who spilled over walk to another sector, stay a while, and go home."""
        km = self.facts.distance(self.state.now, origin, goal)
        if not math.isfinite(km):
            return
        yield self.clock.at(self.state.now + 60.0 * km / self.facts.march, "walk", g)
        self.tick()
        rules.arrive(self.state, g, goal, persons, tension, phase)
        self.settle()
        yield self.clock.at(self.state.now + rules.SPILL_STAY, "home", g)
        self.tick()
        if self.state.standing[g] != goal:
            yield from self._go_home(g, goal)

    def _scatter(self, g: int, persons: int, tension: float) -> None:
        process = self.gatherings[g]
        if process is not None and process.is_alive:
            process.interrupt((persons, tension))

    def trigger(self, t: int, minute: float) -> Steps:
        """Let a trigger strike."""
        yield self.clock.at(minute, "trigger", t)
        self.tick()
        rules.trigger(self.state, t)
        self.settle()

    def delegation(self, s: int, meeting: int) -> Steps:
        """Let a delegation wait: marks pass until an official receives it or it is clear that nobody will."""
        st, start = self.state, self.state.now
        wait = self.scenario.received[s]
        for mark in self.facts.instance.doctrine.waiting_marks:
            if mark >= wait:
                break
            yield self.clock.at(start + mark, "mark", s)
            if st.meeting[s] != meeting or st.delegation[s] != rules.WAITING:
                return
            self.tick()
            rules.pass_mark(st, s, mark)
            self.settle()
        if math.isinf(wait):
            rules.refuse(st, s, "no official comes")
            self.settle()
            return
        yield self.clock.at(start + wait, "received", s)
        if st.meeting[s] == meeting and st.delegation[s] == rules.WAITING:
            self.tick()
            rules.receive(st, s)
            self.settle()

    # ------------------------------------------------------------ units

    def available(self, s: int, k: int, teams: int) -> Steps:
        """Let teams that come on duty later form up."""
        yield self.clock.at(self.facts.kinds[k].available, "available", s * 1000 + k)
        self.tick()
        rules.form(self.state, s, k, teams, "on duty")
        self.settle()

    def call(self, s: int, repeat: bool) -> Steps:
        """Ask for reserve, and again at intervals while the sector is in disorder."""
        st, every = self.state, float(self.facts.instance.doctrine.ask_again)
        asked_at = st.asked_at[s]
        while st.asking[s] and st.asked_at[s] == asked_at:
            self.tick()
            for column in self.dispatch(st):
                self.clock.process(self.column(column))
            self.settle()
            if not repeat:
                return
            yield self.clock.at(st.now + every, "call", s)

    def column(self, c: Column) -> Steps:
        """Move a formed unit: set out, arrive, form up; rides drive back empty."""
        st, f, s = self.state, self.facts, c.sector
        index = c.station * 1000 + s
        phase = st.phase[s]
        coming = [0.0, 0.0, 0.0]
        for k, n in c.teams:
            kind = f.kinds[k]
            for a, row in enumerate((kind.containment, kind.dialogue, kind.medical)):
                coming[a] += n * row[phase]
        coming[2] += sum(n * f.vehicles[w].medical for w, n in c.staying)
        for a in range(3):
            st.coming[s][a] += coming[a]
        if c.cannon >= 0:
            st.cannon_coming[s] += 1
        if c.delay > 0.0:
            yield self.clock.at(self.clock.now + c.delay, "column", index)
            self.tick()
        heads = sum(n * f.kinds[k].size for k, n in c.teams)
        st.say("sent", s, rules.f_station(f, c.station), number=heads, note="by vehicle" if c.rides else "")
        yield self.clock.at(self.clock.now + c.minutes, "column", index)
        self.tick()
        st.say("came", s, rules.f_station(f, c.station), number=heads)
        for w, n in c.rides:
            self.clock.process(self.drive_back(c.station, w, n, c.minutes))
        yield self.clock.at(self.clock.now + f.form_up, "formed", index)
        self.tick()
        for a in range(3):
            st.coming[s][a] = max(0.0, st.coming[s][a] - coming[a])
        self._join(c)
        self.settle()

    def _join(self, c: Column) -> None:
        """Put an arrived column under its sector, or send it back where it is no longer needed."""
        st, s = self.state, c.sector
        for k, n in c.teams:
            rules.form(st, s, k, n, "called")
            st.called[s].append((c.station, k, n))
        for w, n in c.staying:
            rules.touch(st, s)
            st.vehicles[s][w] += n
            st.lent[s].append((c.station, w, n))
        if c.cannon >= 0:
            rules.touch(st, s)
            st.cannon_coming[s] -= 1
            st.cannon_sector[c.cannon], st.cannon_home[c.cannon] = s, c.station
            if st.phase[s] == RED:
                st.effects.append(("cannon", c.cannon, s, st.red_number[s]))
        if st.phase[s] in (QUIET, DISPERSED):
            rules.release(st, s)

    def drive_back(self, station: int, w: int, n: int, minutes: float) -> Steps:
        """Drive empty vehicles back to their post."""
        yield self.clock.at(self.clock.now + minutes, "back", station * 1000 + w)
        self.tick()
        rules.give_back(self.state, station, -1, w, -1, n)

    def go_back(self, s: int, station: int, k: int, w: int, u: int, n: int) -> Steps:
        """Send released units back to their station; they are callable again when they are there."""
        f = self.facts
        km = f.distance(self.state.now, rules.f_station(f, station), s)
        if not math.isfinite(km):
            return
        index = station * 1000 + (k if k >= 0 else 500 + max(w, u))
        yield self.clock.at(self.state.now + 60.0 * km / f.drive, "back", index)
        self.tick()
        rules.give_back(self.state, station, k, w, u, n)

    # ------------------------------------------------------------ water cannon

    def cannon(self, u: int, s: int, red: int) -> Steps:
        """Run a water cannon through every gate of doctrine while its sector is red and it has water."""
        st, clock, doctrine = self.state, self.clock, self.facts.instance.doctrine
        if clock.active_process is None or st.cannon_dry[u]:
            return
        self.cannons[u] = (clock.active_process, s)
        begun = math.nan
        try:
            yield clock.at(st.red_since[s] + float(doctrine.order_red), "cannon", u)
            while st.phase[s] == RED and st.red_number[s] == red and st.cannon_sector[u] == s and not st.cannon_dry[u]:
                self.tick()
                if shut := rules.gates(st, s):
                    st.say("withheld", s, note=shut)
                    yield clock.at(st.now + float(doctrine.ask_again), "cannon", u)
                    continue
                st.say("warned", s, number=float(doctrine.warning))
                yield clock.at(st.now + float(doctrine.warning) + float(doctrine.time_to_leave), "cannon", u)
                self.tick()
                begun = st.now
                rules.spray(st, u, s)
                self.settle()
                yield clock.at(begun + st.cannon_tank[u], "cannon", u)
                self.tick()
                begun = math.nan
                rules.stop_spray(st, u, s, st.cannon_tank[u])
                self.settle()
        except simpy.Interrupt:
            if not math.isnan(begun):
                self.tick()
                rules.stop_spray(st, u, s, st.now - begun)
                self.settle()
        self.cannons.pop(u, None)

    def refilling(self, u: int) -> Steps:
        """Drive, fill and come back."""
        st = self.state
        yield self.clock.at(st.now + self.facts.vehicles[st.cannon_type[u]].refill, "cannon", u)
        self.tick()
        rules.refill(st, u)
        self.settle()

    def _stop_water(self, s: int) -> None:
        for u in sorted(self.cannons):
            process, sector = self.cannons[u]
            if sector == s and process.is_alive:
                process.interrupt()


Process = Callable[[Timeline], Steps]
