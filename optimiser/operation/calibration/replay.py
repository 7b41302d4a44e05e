"""A day replayed along its log with the state and the rules of the simulation: things happen when the log says so.

Nothing is drawn and nothing waits here. A row of the log is handed to the rule of `simulation.transitions` that it
tells of; whatever that rule does at once, as a handover when a sector turns yellow, it does here too, and the rows of
the log that tell of it are not taken twice. What takes time and ends, the log tells by itself.

Tension is nobody's measurement: that it rose or fell by a step is read from a log, never how high it was.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.escalation_law import (
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
)
from optimiser.operation.calibration.recording import COME, EMPTY, JOIN, KEEP, NO_RING, SPAN, STEP, STRIKE, Recorded, Step
from optimiser.simulation import events
from optimiser.simulation.dispatch import WATER, send
from optimiser.simulation.events import Entry
from optimiser.simulation.indexed_instance import Counts, Facts, distance, slot
from optimiser.simulation.python_state import PythonState
from optimiser.simulation.rates import look, strength
from optimiser.simulation.scenario import Scenario
from optimiser.simulation.state import INFORMING
from optimiser.simulation.transitions import moving, officials, people, units


class Party(NamedTuple):
    """People on the road: gathering, sector they go to (-1 unknown), how many, register of their tension, phase."""

    gathering: int
    goal: int
    persons: int
    register: int
    phase: int


def record(facts: Facts, counts: Counts, scenario: Scenario, rows: Iterable[Entry]) -> Recorded:
    """Replay a completely observed day along its log.

    Parameters
    ----------
    scenario : any of the instance; nothing of it is used but that a state is of one.
    rows : what happened, in order.
    """
    replay = _Replay(facts, counts, scenario)
    ordered = _dispersals_first(list(rows))
    for row in ordered:
        replay.pass_time(row.minute)
        replay.take(row)
    replay.pass_time(facts.horizon)
    replay.close()
    return replay.day


def _dispersals_first(rows: Sequence[Entry]) -> list[Entry]:
    """Put the phase of a crowd that disperses before the rows that tell of its people leaving: they leave for that."""
    found: list[Entry] = []
    for row in rows:
        place = len(found)
        if row.kind == events.PHASE and row.what == DISPERSED:
            while place > 0 and found[place - 1].kind == events.LEFT and found[place - 1].sector == row.sector:
                if found[place - 1].minute != row.minute:
                    break
                place -= 1
        found.insert(place, row)
    return found


class _Replay:
    """One day on its way; `take` is handed row by row."""

    def __init__(self, facts: Facts, counts: Counts, scenario: Scenario) -> None:
        self.echo: Counter[tuple[int, int, int]] = Counter()  # what rules have told of this minute
        self.state = PythonState(facts, counts, scenario, DefaultLaw(), self._hear)
        self.facts = facts
        self.day = Recorded()
        self.spans: dict[int, int] = {}  # by sector, the step of the span that goes on
        self.began: dict[int, float] = {}
        self.parties: list[Party] = []
        self.groups = [0] * len(facts.groups)  # that have come, by gathering
        self.going: set[tuple[int, int]] = set()  # gathering and sector that it leaves
        self.thirsty: set[int] = set()  # sectors that asked for a water cannon
        self.cannons: dict[int, list[int]] = {}  # on the road, columns by sector
        self.origin: dict[int, int] = {}  # station of the last column that came to a sector
        self.running: dict[int, list[int]] = {}  # water cannon by sector
        self.later: list[tuple[float, Callable[[], None]]] = [(m, self._reopen) for m in facts.epochs if m > 0.0]

    # ---------------------------------------------------------------- time

    def pass_time(self, minute: float) -> None:
        """Let what takes a known time happen up to a minute."""
        self.later.sort(key=lambda due: due[0])
        while self.later and self.later[0][0] <= minute:
            due, happen = self.later.pop(0)
            self._tick(due)
            happen()
            self._settle()
        self._tick(minute)

    def _tick(self, minute: float) -> None:
        if minute > self.state.now:
            self.state.now = minute
            self.echo.clear()

    def _hear(self, entry: Entry) -> None:
        self.echo[entry.kind, entry.sector, entry.what] += 1

    def take(self, row: Entry) -> None:
        """Let happen what a row tells, unless it has happened as part of another one."""
        told = row.kind, row.sector, row.what
        if self.echo[told] > 0:
            self.echo[told] -= 1
            return
        rule = _RULES.get(row.kind)
        if rule is None:
            return
        rule(self, row)
        if self.echo[told] > 0:
            self.echo[told] -= 1
        self._settle()

    def _settle(self) -> None:
        """End the spans of sectors that have changed, and begin new ones; what takes time the log will tell."""
        st = self.state
        for i in range(st.dirty_count):
            s = st.dirty[i]
            st.is_dirty[s] = 0
            self._end(s)
            if st.people[s] > 0:
                self.spans[s], self.began[s] = len(self.day.steps), st.now
                self.day.steps.append(Step(SPAN, s, len(self.day.views), NO_RING, 0.0, float(self._movable(s))))
                self.day.views.append(tuple(map(float, look(st, s))))
        st.dirty_count = st.out_count = 0

    def _end(self, s: int, ring: int = NO_RING) -> None:
        """End the span of a sector, if there is one, by a clock that rang or without."""
        place = self.spans.get(s)
        if place is None:
            return
        step = self.day.steps[place]
        self.day.steps[place] = step._replace(first=self.state.now - self.began[s], ring=max(step.ring, ring))
        if ring == NO_RING:
            del self.spans[s]

    def close(self) -> None:
        """End what still goes on."""
        for s in list(self.spans):
            self._end(s)

    def _reopen(self) -> None:
        """Begin all spans anew: roads were opened or closed."""
        for s in list(self.spans):
            people.touch(self.state, s, False)

    def _movable(self, s: int) -> int:
        """Persons of whom a share would go if the crowd spilled over now; 0 where there is nowhere to go."""
        st, goal = self.state, self.facts.spill_to[s]
        if goal < 0 or math.isinf(distance(self.facts, st.now, s, goal)):
            return 0
        return max(st.present[self.facts.slot_first[s] : self.facts.slot_first[s + 1]], default=0)

    def _add(self, code: int, s: int, index: int = 0, first: float = 0.0, second: float = 0.0) -> None:
        self.day.steps.append(Step(code, s, index, NO_RING, first, second))

    def _ring(self, s: int, channel: int) -> None:
        """Let a clock of the law ring."""
        self._end(s, channel)
        self.state.ring_channel[s] = channel
        people.ring(self.state, s)

    def _keep(self, s: int) -> int:
        """Remember the tension of those who leave a sector; returns its register."""
        self._add(KEEP, s, self.day.registers)
        self.day.registers += 1
        return self.day.registers - 1

    # ---------------------------------------------------------------- people

    def arrive(self, row: Entry) -> None:
        """People come: those on the road who fit best, else a group with a tension of its own."""
        st, s, g, n = self.state, row.sector, row.what, round(row.number)
        party = self._find_party(g, s, n)
        before = st.people[s]
        if n > 0 and party is None:
            self.day.came.add(g)
            self.groups[g] += 1
            self._add(COME, s, g, before, n)
        elif n > 0 and party is not None:
            self.parties.remove(party)
            self._add(JOIN, s, party.register, before, n)
        if not st.present[slot(self.facts, s, g)]:
            self.going.discard((g, s))
        people.arrive(st, g, s, n, 0.0, party.phase if party is not None else self.facts.comes_as[g])

    def _find_party(self, g: int, s: int, persons: int) -> Party | None:
        on_road = [p for p in self.parties if p.gathering == g and p.goal in (s, -1)]
        exact = [p for p in on_road if p.persons == persons]
        if exact:
            return min(exact, key=lambda p: p.goal == -1)
        if self.groups[g] < self.facts.groups[g]:
            return None
        return min(on_road, key=lambda p: (p.goal == -1, abs(p.persons - persons)), default=None)

    def leave(self, row: Entry) -> None:
        """People go home; militants of a crowd in disorder stay, and go when it has calmed down."""
        st, s, g, n = self.state, row.sector, row.what, round(row.number)
        b = slot(self.facts, s, g)
        if (g, s) not in self.going:
            self.going.add((g, s))
            people.militants(st, g, s, st.present[b])
        hard = st.hard[b]
        people.leave(st, g, s, n)
        if st.phase[s] not in (YELLOW, RED) and n == hard:
            st.hard[b] = 0
        self._note_empty(s)

    def march(self, row: Entry) -> None:
        """People march on; militants of a crowd in disorder stay."""
        st, s, g = self.state, row.sector, row.what
        self.going.add((g, s))
        phase = GREEN if st.phase[s] in (GREEN, QUIET, DISPERSED) else YELLOW
        self.parties.append(Party(g, row.other, round(row.number), self._keep(s), phase))
        people.end_stay(st, g, s)
        people.militants(st, g, s, st.present[slot(self.facts, s, g)])
        people.leave(st, g, s, round(row.number), events.MARCHED, row.other)
        self._note_empty(s)

    def spill(self, row: Entry) -> None:
        """People of a red crowd go elsewhere."""
        st, s, g, n = self.state, row.sector, row.what, round(row.number)
        self.day.spilled.append((n, st.present[slot(self.facts, s, g)]))
        self._end(s, SPILL)
        self.parties.append(Party(g, row.other, n, self._keep(s), YELLOW))
        people.leave(st, g, s, n, events.SPILLED, row.other)
        self._note_empty(s)

    def _note_empty(self, s: int) -> None:
        if self.state.people[s] == 0:
            self._add(EMPTY, s)

    def change_phase(self, row: Entry) -> None:
        """A crowd changes phase: one clock for each phase that it passes."""
        st, s, phase = self.state, row.sector, row.what
        if st.people[s] == 0 or phase in (st.phase[s], QUIET):
            return
        if phase == DISPERSED:
            self._disperse(s)
            return
        if phase == RED and not st.failed[s]:
            self._ring_again(s, FAIL)  # a crowd that attacks does not negotiate, whether or not somebody wrote it down
        while st.phase[s] != phase:
            self._ring_again(s, WORSEN if phase > st.phase[s] else CALM)

    def _ring_again(self, s: int, channel: int) -> None:
        if channel == FAIL and self.state.phase[s] == GREEN:
            self._ring_again(s, WORSEN)
        self._ring(s, channel)
        self._settle()

    def _disperse(self, s: int) -> None:
        st, f = self.state, self.facts
        register = self._keep(s)
        for b in range(f.slot_first[s], f.slot_first[s + 1]):
            g = f.slot_gathering[b]
            again = math.floor(st.present[b] * f.regroup[g])
            if again > 0:
                self.parties.append(Party(g, -1, again, register, YELLOW))
        self._ring(s, DISPERSE)
        self._add(EMPTY, s)

    def move_tension(self, row: Entry) -> None:
        """The mood rises or falls by a step: by a clock of the law, or because the way is closed."""
        s, falls = row.sector, row.note == events.COOLED
        if row.note == events.WAY_CLOSED:
            people.touch(self.state, s, False)
        else:
            self._ring(s, COOL if falls else PROVOKE)
        self._add(STEP, s, first=-1.0 if falls else 1.0)

    def fail(self, row: Entry) -> None:
        """Negotiation fails."""
        if not self.state.failed[row.sector]:
            self._ring_again(row.sector, FAIL)

    def strike(self, row: Entry) -> None:
        """A trigger strikes a sector."""
        st, f, s, t = self.state, self.facts, row.sector, row.what
        informing = strength(st, s)[INFORMING] if f.trigger_rumour[t] else -1.0
        if st.people[s] > 0:
            self._add(STRIKE, s, first=f.trigger_tension[t], second=informing)
        officials.strike(st, t, s)

    # ---------------------------------------------------------------- talks and officials

    def talk(self, row: Entry) -> None:
        """A delegation waits for longer, is received or refused; officials are safe."""
        st, s = self.state, row.sector
        if row.kind == events.MARK:
            officials.pass_mark(st, s, row.number)
        elif row.kind == events.RECEPTION:
            officials.receive(st, s)
        elif row.kind == events.NO_RECEPTION:
            officials.refuse_delegation(st, s)
        elif row.kind == events.EVACUATED:
            officials.evacuated(st, s)

    def run_process(self, row: Entry) -> None:
        """A critical window begins or ends, or the process runs again; that it stops, red does."""
        if row.note in (events.DUE, events.OVER):
            officials.open_window(self.state, row.sector, 1 if row.note == events.DUE else -1)
        elif row.note == events.RUNS_AGAIN:
            officials.restart(self.state, row.sector)

    # ---------------------------------------------------------------- units

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
                self.later.append((st.now + self.facts.form_up, lambda c=column: units.join(st, c)))

    def _make_column(self, s: int, station: int, k: int, teams: int, cannon: int) -> int:
        st = self.state
        numbers = [teams if kind == k else 0 for kind in range(len(self.facts.kind_role))]
        send(st, station, s, numbers, st.nothing, st.nothing, cannon, 0.0, 0.0)
        return st.out_number[st.out_count - 1][0]

    def form_up(self, row: Entry) -> None:
        """Teams have formed up: called ones as a column, which goes back when it is released, others for good."""
        st, s, k, n = self.state, row.sector, row.what, round(row.number)
        if k >= len(self.facts.kind_role):
            return
        if row.note == events.CALLED or (row.note != events.ON_DUTY and s in self.origin):
            units.join(st, self._make_column(s, max(0, self.origin.get(s, 0)), k, n, -1))
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


_RULES: dict[int, Callable[[_Replay, Entry], None]] = {
    events.ARRIVED: _Replay.arrive,
    events.LEFT: _Replay.leave,
    events.MARCHED: _Replay.march,
    events.SPILLED: _Replay.spill,
    events.PHASE: _Replay.change_phase,
    events.TENSION: _Replay.move_tension,
    events.FAILED: _Replay.fail,
    events.TRIGGERED: _Replay.strike,
    **dict.fromkeys((events.MARK, events.RECEPTION, events.NO_RECEPTION, events.EVACUATED), _Replay.talk),
    **dict.fromkeys((events.RELIEF, events.STEADY), _Replay.handle_line),
    **dict.fromkeys((events.ASKED, events.CALL_REFUSED), _Replay.ask),
    events.PROCESS: _Replay.run_process,
    events.SENT: _Replay.set_out,
    events.CAME: _Replay.come,
    events.FORMED: _Replay.form_up,
    events.RELEASED: _Replay.release,
    events.BACK: _Replay.come_back,
    **dict.fromkeys((events.MOVES, events.MOVED), _Replay.move),
    events.SPRAYING: _Replay.spray,
    **dict.fromkeys((events.EMPTY, events.STOPPED_WATER), _Replay.stop_water),
    events.REFILLED: _Replay.refill,
}
