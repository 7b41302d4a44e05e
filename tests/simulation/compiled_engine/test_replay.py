"""Two engines, one meaning: the compiled engine, its functions in plain Python, and SimPy tell the same story."""

from __future__ import annotations

import math
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.engine_comparison import LAWS, SEEN, assert_one_meaning, by_python, by_simpy
from support.random_instances import rare_worlds, worlds
from support.town import posted, town

from optimiser.common.errors import OptimiserError
from optimiser.model.deployment import Deployment
from optimiser.model.laws.escalation_law import Mood
from optimiser.model.laws.risk_law import RiskLaw, rational_mood
from optimiser.planning.search.prefix_bound import helpless, unreached
from optimiser.planning.search.response_tables import interplay
from optimiser.simulation.compiled_engine import compile, desks
from optimiser.simulation.compiled_engine import engine as machine
from optimiser.simulation.compiled_engine.engine import CompiledEngine
from optimiser.simulation.engine import Trial
from optimiser.simulation.event_queue import Agenda, agenda_sizes, clear_queue, put, reset_clock, take_first
from optimiser.simulation.events import BY_VEHICLE, KINDS, SENT, TENSION
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator


@pytest.mark.slow
@pytest.mark.parametrize("name", list(LAWS))
@given(world=worlds())
@settings(max_examples=20)  # thousands in tests/long/test_searches.py
def test_every_engine_tells_the_same_story_bit_for_bit(name, world):
    assert_one_meaning(world, LAWS[name])


@pytest.mark.parametrize("world", rare_worlds(), ids=("held", "stopped", "refilled", "blocked"))
def test_every_engine_tells_the_same_of_what_seldom_happens(world):
    assert_one_meaning(world, LAWS["facilitation"])


@pytest.mark.slow
def test_worlds_were_eventful():
    """Runs after the comparison: what never happened was never compared."""
    assert set(SEEN) == set(KINDS)


def test_a_changed_constant_would_be_noticed():
    instance = town()
    world = (instance, posted(instance).numbers(instance), draw(instance, 3, 1))
    log, _ = by_simpy(*world, RiskLaw())
    assert any(e.kind == TENSION for e in log)
    facts = copy(index_instance(instance))
    facts.law = facts.law._replace(tension_step=0.1000001)
    assert by_python(*world, RiskLaw(), facts)[0] != log
    assert by_python(*world, RiskLaw())[0] == log


def test_bug_a_vehicle_too_small_for_any_team_stays_at_its_post():
    """It used to leave its post empty and was never seen again."""
    vehicles = [{"id": "van", "name": "Van", "count": 1, "home": "polres", "seats": 8}]
    crowd = {**town().gatherings[0].model_dump(), "comes_as": "red"}
    instance = town(vehicles=vehicles, gatherings=[crowd], doctrine={"refusal": 0.0})
    plan = Deployment.build(instance, {("polres", "shield"): 6}, {("polres", "van"): 1})
    world = (instance, plan.numbers(instance), draw(instance, 1, 1))
    log, _ = by_simpy(*world, RiskLaw())
    assert any(e.kind == SENT for e in log)
    assert not any(e.kind == SENT and e.note == BY_VEHICLE for e in log)
    assert by_python(*world, RiskLaw())[1].parked[0] == [1]


def test_arrays_that_are_too_short_grow_and_change_nothing(monkeypatch):
    instance = town()
    scenarios, plan = draw(instance, 1, 200), posted(instance).numbers(instance)
    rows, columns = np.zeros(200, dtype=np.int64), np.arange(200)
    ample = CompiledEngine(instance, RiskLaw(), threads=2)
    expected = ample.play(plan[None], rows, columns, scenarios)
    monkeypatch.setattr(desks, "ROOM", 4)
    monkeypatch.setattr(machine, "LOG", 2)
    tight = CompiledEngine(instance, RiskLaw(), threads=2)
    assert np.array_equal(tight.play(plan[None], rows, columns, scenarios).total, expected.total)
    assert any(desk.room > 4 for desk in tight._desks)
    assert tight.tell(plan, scenarios, 7) == ample.tell(plan, scenarios, 7)


class OwnLaw(RiskLaw):
    """A law of one's own that compiles: it reads numbers of its own and calls a function of ours."""

    name = "own"
    patience = 0.5
    rounds = 1
    hopeful = True
    _half = 0.5

    def mood(self, law, view):
        mood, activation = rational_mood(law, view), 2.0
        for _ in range(self.rounds):
            activation *= self._half
        if self.hopeful:
            activation *= self.patience
        return Mood(mood.active, mood.risk, mood.legitimacy, mood.excess, activation * mood.activation)

    def harms(self, law, view, mood):
        return (0.001 * view.people, 0, 0, 0, 0.0, view.stopped, 0)


class WordyLaw(RiskLaw):
    """A law of one's own that does not compile."""

    name = "wordy"

    def hazards(self, law, view, mood):
        return tuple({"all": 0.01}["all"] * len(str(view.phase)) for _ in range(7))


@pytest.mark.slow
def test_a_law_of_ones_own_runs_compiled_if_it_compiles_and_in_simpy_otherwise():
    instance = town()
    scenarios, plan = draw(instance, 2, 30), posted(instance).numbers(instance)
    with Simulator(instance, OwnLaw()) as fast, Simulator(instance, OwnLaw(), engine="simpy") as slow:
        assert (fast.engine.name, fast.why_slow) == ("compiled", "")
        assert (slow.engine.name, slow.why_slow) == ("simpy", "asked for")
        assert np.array_equal(fast.course(plan, scenarios).loss, slow.course(plan, scenarios).loss)
    with Simulator(instance, RiskLaw()) as other:
        assert not np.array_equal(other.course(plan, scenarios).loss, fast.course(plan, scenarios).loss)
    with Simulator(instance, WordyLaw()) as slow:
        assert slow.engine.name == "simpy"
        assert "'wordy' cannot be compiled: line " in slow.why_slow
        assert "of test_replay.py, `return tuple(" in slow.why_slow
        assert len(slow.course(plan, scenarios.first(3)).loss) == 3
    with pytest.raises(OptimiserError, match="cannot be compiled"):
        Simulator(instance, WordyLaw(), engine="compiled")


def test_laws_that_differ_by_their_numbers_are_compiled_once_and_keep_them():
    """Every new number used to be another machine code, a minute for each value of a sweep."""
    instance = town()
    scenarios, plan = draw(instance, 2, 30), posted(instance).numbers(instance)
    with Simulator(instance, OwnLaw()):
        known = compile.law_code.cache_info().misses
    laws, sums = [OwnLaw() for _ in range(5)], set()
    laws[1].patience, laws[2].rounds, laws[3].hopeful, laws[4]._half = 2.0, 3, False, 0.9
    for law in (*laws, laws[1]):
        with Simulator(instance, law) as fast, Simulator(instance, law, engine="simpy") as slow:
            loss = fast.course(plan, scenarios).loss
            assert np.array_equal(loss, slow.course(plan, scenarios).loss)
            sums.add(float(loss.sum()))
    assert len(sums) > 3
    assert compile.law_code.cache_info().misses == known


@dataclass
class Composed:
    """A law of one's own that is put together, with no method in its class."""

    name: str
    mood: Callable
    hazards: Callable
    harms: Callable


FACTOR = 1.0


class Outside(RiskLaw):
    """A law of one's own that compiles and divides by a number from outside that may be 0."""

    name = "outside"

    def harms(self, law, view, mood):
        return (0.001 * view.people / (FACTOR - 1.0), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def steady(law, view, mood):
    return (0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_bug_a_law_with_a_method_of_its_own_object_was_played_as_if_it_had_none():
    instance = town()
    scenarios, plan = draw(instance, 2, 5), posted(instance).numbers(instance)
    ours, other = RiskLaw(), RiskLaw()
    other.harms = steady
    composed = Composed("composed", ours.mood, ours.hazards, steady)
    assert "the escalation law is not one of ours" in interplay(instance, law=other)
    for law in (other, composed):
        with Simulator(instance, law) as fast, Simulator(instance, law, engine="simpy") as slow:
            assert "'harms'" in fast.why_slow or "'mood'" in fast.why_slow
            assert np.array_equal(fast.course(plan, scenarios).loss, slow.course(plan, scenarios).loss)


@pytest.mark.slow
def test_bug_machine_code_of_a_law_kept_an_old_number_and_divided_by_nothing(monkeypatch):
    instance = town()
    scenarios, plan = draw(instance, 2, 5), posted(instance).numbers(instance)
    with Simulator(instance, Outside()) as fast, Simulator(instance, Outside(), engine="simpy") as slow:
        assert fast.engine.name == "compiled"
        for simulator in (fast, slow):
            with pytest.raises(ZeroDivisionError):
                simulator.course(plan, scenarios)
    monkeypatch.setitem(globals(), "FACTOR", 2.0)
    with Simulator(instance, Outside()) as fast, Simulator(instance, Outside(), engine="simpy") as slow:
        assert fast.engine.name == "compiled"
        assert np.array_equal(fast.course(plan, scenarios).loss, slow.course(plan, scenarios).loss)


def test_a_dispatch_rule_of_ones_own_runs_in_simpy_and_the_tool_says_so():
    def send_nobody(st, s):
        """Nobody answers."""

    with Simulator(town(), dispatch=send_nobody) as simulator:
        assert simulator.engine.name == "simpy"
        assert "dispatch rule" in simulator.why_slow


def test_an_edited_source_has_another_key(tmp_path, monkeypatch):
    """numba looks at the calling file alone; our key looks at every source that machine code is made of."""
    keys = {compile.source_key.__wrapped__()}
    for module in compile.SOURCES:
        edited = tmp_path / f"{module.__name__}.py"
        edited.write_text(Path(module.__file__).read_text(encoding="utf-8") + "\n", encoding="utf-8")
        monkeypatch.setattr(module, "__file__", str(edited))
        keys.add(compile.source_key.__wrapped__())
    assert len(keys) == len(compile.SOURCES) + 1


@given(
    entries=st.lists(
        st.tuples(st.sampled_from([0.0, 1.0, 1.0, 2.5]), st.integers(0, 3), st.integers(0, 2)), max_size=40
    )
)
def test_the_queue_gives_what_sorting_gives(entries):
    ag = Agenda(agenda_sizes({"sectors": 3, "gatherings": 0, "cannons": 0}, 40))
    clear_queue(ag, 3)
    for number, (minute, kind, index) in enumerate(entries):
        put(ag, minute, kind, index, number)
    assert not ag.full
    order = sorted(range(len(entries)), key=lambda i: (*entries[i], i))
    assert [ag.what[take_first(ag)] for _ in entries] == order
    assert ag.count == 0


@given(changes=st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0.0, 1.0, 2.0, math.inf])), max_size=60))
def test_the_tree_knows_whose_clock_rings_first(changes):
    ag = Agenda(agenda_sizes({"sectors": 5, "gatherings": 0, "cannons": 0}, 2))
    clear_queue(ag, 5)
    ring_at = [math.inf] * 5
    for s, minute in changes:
        ring_at[s] = minute
        reset_clock(ag, ring_at, s)
        assert ring_at[ag.tree[1]] == min(ring_at)
        if min(ring_at) < math.inf:
            assert ag.tree[1] == ring_at.index(min(ring_at))


@given(world=worlds())
@settings(max_examples=20)
def test_alone_a_sector_never_loses_more_than_among_the_others(world):
    """As long as nobody can have come from elsewhere and no help can be there: the proof behind `bound.py`."""
    instance, plan, scenarios = world
    until, help_ = unreached(instance, scenarios), helpless(instance)
    with Simulator(instance) as simulator, Simulator(instance, engine="simpy") as slow:
        joint = simulator.course(plan, scenarios).loss[0]
        for s in range(len(instance.sectors)):
            trials = [Trial.of(s, plan[s][None], until[:, s], help_[s]) for _ in range(2)]
            for trial, player in zip(trials, (simulator, slow), strict=True):
                player.attempt(trial, scenarios, 1)
            assert trials[0].total[0] <= joint[s]
            assert trials[0].total[0] == trials[1].total[0]
