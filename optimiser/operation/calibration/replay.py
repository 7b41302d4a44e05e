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
from optimiser.operation.calibration.recording import (
    COME,
    EMPTY,
    JOIN,
    KEEP,
    NO_RING,
    SPAN,
    STEP,
    STRIKE,
    ProgramStep,
    Recorded,
)
from optimiser.operation.calibration.replay_units import UnitReplay
from optimiser.simulation import events
from optimiser.simulation.events import Entry
from optimiser.simulation.indexed_instance import Counts, Facts, distance, slot
from optimiser.simulation.python_state import PythonState
from optimiser.simulation.rates import look, strength, touch
from optimiser.simulation.scenario import Scenario
from optimiser.simulation.state import INFORMING
from optimiser.simulation.transitions import officials, people


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


class _Replay(UnitReplay):
    """One day on its way; `take` is handed row by row."""

    def __init__(self, facts: Facts, counts: Counts, scenario: Scenario) -> None:
        self.echo: Counter[tuple[int, int, int]] = Counter()  # what rules have told of this minute
        super().__init__(facts, PythonState(facts, counts, scenario, DefaultLaw(), self._hear))
        self.day = Recorded()
        self.spans: dict[int, int] = {}  # by sector, the step of the span that goes on
        self.began: dict[int, float] = {}
        self.parties: list[Party] = []
        self.groups = [0] * len(facts.groups)  # that have come, by gathering
        self.going: set[tuple[int, int]] = set()  # gathering and sector that it leaves
        self.later += [(minute, self._reopen) for minute in facts.epochs if minute > 0.0]

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
                self.day.steps.append(ProgramStep(SPAN, s, len(self.day.views), NO_RING, 0.0, float(self._movable(s))))
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
            touch(self.state, s, False)

    def _movable(self, s: int) -> int:
        """Persons of whom a share would go if the crowd spilled over now; 0 where there is nowhere to go."""
        st, goal = self.state, self.facts.spill_to[s]
        if goal < 0 or math.isinf(distance(self.facts, st.now, s, goal)):
            return 0
        return max(st.present[self.facts.slot_first[s] : self.facts.slot_first[s + 1]], default=0)

    def _add(self, code: int, s: int, index: int = 0, first: float = 0.0, second: float = 0.0) -> None:
        self.day.steps.append(ProgramStep(code, s, index, NO_RING, first, second))

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
            touch(self.state, s, False)
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
            officials.pass_mark(st, s, max(0.0, row.number))
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
