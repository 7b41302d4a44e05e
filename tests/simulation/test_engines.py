"""Engines among themselves and at their border: threads, orders and limits change nothing, nothing crashes them."""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.town import posted, town

from optimiser import read
from optimiser.model.harms import weights
from optimiser.model.laws.choice import LAWS, DefaultLaw
from optimiser.model.laws.risk_law import RiskLaw
from optimiser.planning.programs.configurations import LocalRules
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.prefix_bound import helpless, unreached
from optimiser.planning.search.response_tables import interplay
from optimiser.simulation.compiled_engine import desks, replay
from optimiser.simulation.compiled_engine import engine as machine
from optimiser.simulation.compiled_engine.engine import CompiledEngine
from optimiser.simulation.dispatch import send_nearest
from optimiser.simulation.engine import Trial
from optimiser.simulation.event_queue import Agenda, agenda_sizes
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import split_numbers
from optimiser.simulation.python_state import PythonState
from optimiser.simulation.scenario import draw
from optimiser.simulation.simpy_engine.timeline import Timeline
from optimiser.simulation.simpy_engine.worker_pool import SimpyEngine
from optimiser.simulation.simulator import Simulator

APART = ("families/town-5-tight-none-1", "families/town-5-loose-none-2", "markov/markov-4-03", "markov/markov-8-05")


def engines(instance, law=None, threads=1):
    law = law or DefaultLaw()
    return CompiledEngine(instance, law, threads), SimpyEngine(instance, law, send_nearest, 1)


def open_trial(instance, s, scenarios, numbers=None):
    """A trial of a sector that nobody disturbs: nobody comes from elsewhere, and nobody helps."""
    if numbers is None:
        numbers = some_configurations(instance, s, 12)
    never = np.full(len(scenarios), np.inf)
    return Trial.of(s, numbers, never, np.full(3, np.inf))


def some_configurations(instance, s, count):
    """Random rows that keep the rules of a place, the empty one among them where it may be."""
    rules, rng = LocalRules(instance, instance.places[s].id), np.random.default_rng(s)
    rows = rng.integers(0, np.minimum(rules.counts, 3) + 1, (400, len(rules.counts)))
    rows[0] = 0
    rows = np.unique(rows * (rng.random(rows.shape) < 0.4), axis=0)
    return rows[rules.hold(rows)][:count]


def bits(trial):
    return tuple(part.tobytes() for part in (trial.loss, trial.total, trial.played))


# ---------------------------------------------------------------- the same numbers


@pytest.mark.parametrize("most", [50, machine.SLICE])
def test_one_two_and_three_threads_give_the_same_bits(monkeypatch, most):
    """With slices that end early every thread gets several; with those in use, too, and a last one that is shorter."""
    monkeypatch.setattr(machine, "SLICE", most)
    instance, count = town(), 467
    scenarios, plan = draw(instance, 4, count), posted(instance).numbers(instance)
    plans = np.array([plan, 0 * plan, plan])
    plans[2, 0] += 1
    rows, columns = (part.ravel() for part in np.indices((3, count)))
    seen, alone = set(), set()
    for threads in (1, 2, 3):
        engine = CompiledEngine(instance, DefaultLaw(), threads)
        played = engine.play(plans, rows, columns, scenarios, "everything")
        seen.add(tuple(part.tobytes() for part in played))
        few = engine.play(plans, rows[-40:], columns[-40:], scenarios, "everything")
        assert np.array_equal(played.total[-40:], few.total)
        trial = open_trial(instance, 1, scenarios)
        engine.attempt(trial, scenarios, len(scenarios))
        alone.add(bits(trial))
        engine.close()
    assert len(seen) == len(alone) == 1


@pytest.mark.parametrize("name", APART)
def test_without_interplay_a_sector_alone_is_the_sector_among_others_bit_for_bit(name):
    instance = read(name)
    assert interplay(instance) == ()
    scenarios = draw(instance, 5, 40)
    lost = 0
    with Simulator(instance) as simulator:
        for plan in [d.numbers(instance) for d in candidates(instance).values()]:
            joint = simulator.course(plan, scenarios)
            for s in range(len(instance.sectors)):
                trial = open_trial(instance, s, scenarios, plan[[s]])
                simulator.attempt(trial, scenarios, len(scenarios))
                assert trial.loss[0].tobytes() == joint.loss[:, s].tobytes()
                lost += int((trial.loss > 0.0).sum())
    assert lost > 10, "hardly anything was lost, so hardly anything was compared"


@pytest.mark.parametrize("law", [law() for law in LAWS.values()], ids=list(LAWS))
def test_both_engines_try_alike(law):
    instance = town()
    scenarios = draw(instance, 6, 8)
    until, help_ = unreached(instance, scenarios), helpless(instance)
    for s in range(len(instance.sectors)):
        numbers = some_configurations(instance, s, 4)
        found = []
        for engine in engines(instance, law):
            trial = Trial.of(s, numbers, np.ascontiguousarray(until[:, s]), help_[s])
            trial.limit[:] = 20.0
            engine.attempt(trial, scenarios, len(scenarios))
            found.append(bits(trial))
        assert found[0] == found[1]


def test_the_order_of_scenarios_changes_nothing_but_the_order():
    instance = read(APART[0])
    scenarios = draw(instance, 7, 30)
    engine, _ = engines(instance)
    plain = open_trial(instance, 0, scenarios)
    engine.attempt(plain, scenarios, 30)
    order = np.random.default_rng(1).permutation(30)
    mixed = open_trial(instance, 0, scenarios)
    mixed.order, mixed.share = order, np.linspace(0.0, 2.0, 30)
    engine.attempt(mixed, scenarios, 30)
    assert np.array_equal(mixed.loss, plain.loss[:, order])
    assert mixed.total == pytest.approx(plain.loss[:, order] @ mixed.share, rel=1e-12)
    assert plain.loss.any()


@given(limit=st.floats(0.0, 300.0), stops=st.lists(st.integers(0, 40), min_size=1, max_size=4), seed=st.integers(0, 9))
def test_a_trial_stops_where_it_may_and_goes_on_where_it_stopped(limit, stops, seed):
    """Given up means that the limit was really exceeded; playing in parts gives what playing at once gives."""
    instance = read(APART[0])
    scenarios = draw(instance, seed, 40)
    engine, _ = engines(instance)
    whole, parts, free = (open_trial(instance, 1, scenarios) for _ in range(3))
    engine.attempt(free, scenarios, 40)
    whole.limit[:] = parts.limit[:] = limit
    engine.attempt(whole, scenarios, 40)
    for end in sorted(stops):
        engine.attempt(parts, scenarios, end)
        assert (parts.played <= end).all()
    engine.attempt(parts, scenarios, 40)
    assert bits(parts) == bits(whole)
    for c, played in enumerate(whole.played):
        given_up = whole.total[c] > limit
        assert given_up or played == 40
        if given_up:  # not a scenario too late
            assert whole.loss[c, : played - 1].sum() <= limit + 1e-9
        assert whole.loss[c, :played].tobytes() == free.loss[c, :played].tobytes()
        assert not whole.loss[c, played:].any()


def test_nothing_of_a_trial_is_played_twice():
    instance = read(APART[0])
    scenarios = draw(instance, 7, 20)
    with Simulator(instance) as simulator:
        trial = open_trial(instance, 0, scenarios)
        for end in (5, 5, 20, 20):
            simulator.attempt(trial, scenarios, end)
        assert simulator.sector_replications == 20 * len(trial.numbers)


def test_bug_a_clock_of_a_sector_played_before_rang_in_the_next_one():
    """The clock of the sector played last went on among the events of another one, and a call that it brought about
    ended the trial of that one before its time: the loss depended on what had been played before, and by whom."""
    shares = {"green": 0.3, "yellow": 0.3, "red": 0.3}
    crowd = {**town().gatherings[0].model_dump(), "turnout": 2000.0, "tension": 0.9, "militant": shares}
    gatherings = [
        {**crowd, "id": f"g{i}", "arrives": "13:05", "itinerary": [{"sector": s, "stay": 300.0}]}
        for i, s in enumerate(("terminal", "mall"))
    ]
    instance = town(gatherings=gatherings, law={"disperse_red": 0.0, "calm": 0.0})
    scenarios, help_ = draw(instance, 1, 30), np.full(3, 60.0)
    soon, never = np.full(30, 40.0), np.full(30, np.inf)
    nobody = np.zeros((1, len(instance.teams) + len(instance.vehicles)), dtype=np.int64)
    expected = Trial.of(2, nobody, never, help_)
    engines(instance)[0].attempt(expected, scenarios, 30)
    used = engines(instance)[0]
    for n in range(6):  # leave the clock of the terminal as it is forty minutes after the start in scenario n
        before, after = Trial.of(0, nobody, soon, help_), Trial.of(2, nobody, never, help_)
        before.order = np.roll(np.arange(30), -n - 1)
        used.attempt(before, scenarios, 30)
        used.attempt(after, scenarios, 30)
        assert bits(after) == bits(expected)


# ---------------------------------------------------------------- the border


def bad_plays(instance, plan, scenarios):
    """Calls of `play` that do not fit, by what is wrong."""
    rows, columns = np.zeros(3, dtype=np.int64), np.arange(3)
    plans = plan[None]
    other = draw(town(gatherings=[]), 1, 5)
    fewer = town(posts=[*(p.model_dump() for p in instance.posts), {"id": "x", "name": "X", "x": 1.0, "y": 1.0}])
    return {
        "row beyond": (plans, rows + 1, columns, scenarios),
        "row below": (plans, rows - 1, columns, scenarios),
        "column beyond": (plans, rows, columns + len(scenarios), scenarios),
        "column below": (plans, rows, columns - 1, scenarios),
        "as many rows as columns": (plans, rows[:2], columns, scenarios),
        "rows in a table": (plans, rows[:, None], columns[:, None], scenarios),
        "rows that are no whole numbers": (plans, rows.astype(float), columns, scenarios),
        "negative numbers": (np.where(plans > 0, plans, -1), rows, columns, scenarios),
        "numbers without end": (plans + 2**62, rows, columns, scenarios),
        "numbers that are no whole ones": (plans + 0.5, rows, columns, scenarios),
        "a place too few": (plans[:, :-1], rows, columns, scenarios),
        "a place too many": (np.repeat(plans, 2, axis=1), rows, columns, scenarios),
        "a kind too few": (plans[:, :, :-1], rows, columns, scenarios),
        "one deployment": (plan, rows, columns, scenarios),
        "no deployment": (plans[:0], rows, columns, scenarios),
        "scenarios of another town": (plans, rows, columns, other),
        "streams of another town": (plans, rows, columns, replace(scenarios, families=draw(fewer, 1, 2).families)),
        "no streams": (plans, rows, columns, replace(scenarios, families=replace(scenarios.families, calls=()))),
        "half of the clocks": (
            plans,
            rows,
            columns,
            replace(scenarios, families=replace(scenarios.families, clocks=scenarios.families.clocks[:1])),
        ),
        "officials of one sector": (plans, rows, columns, replace(scenarios, received=scenarios.received[:, :1])),
        "no triggers": (plans, rows, columns, replace(scenarios, triggered=scenarios.triggered[:, :0])),
    }


INSTANCE = town()
PLAN, SCENARIOS = posted(INSTANCE).numbers(INSTANCE), draw(INSTANCE, 1, 5)


@pytest.mark.parametrize("which", [0, 1], ids=["compiled", "simpy"])
@pytest.mark.parametrize("wrong", list(bad_plays(INSTANCE, PLAN, SCENARIOS)))
def test_what_does_not_fit_is_refused_before_it_is_played(wrong, which):
    engine = engines(INSTANCE)[which]
    with pytest.raises(ValueError, match="expected"):
        engine.play(*bad_plays(INSTANCE, PLAN, SCENARIOS)[wrong])


BAD_TRIALS = {
    "sector beyond": {"sector": 3},
    "sector below": {"sector": -1},
    "sector that is no number": {"sector": 0.5},
    "a kind too few": {"numbers": PLAN[:1, :-1]},
    "negative numbers": {"numbers": PLAN[:1] - 1},
    "numbers without end": {"numbers": PLAN[:1] + 10_001},
    "halves": {"numbers": PLAN[:1] + 0.5},
    "until too short": {"until": np.full(4, np.inf)},
    "until not a number": {"until": np.full(5, np.nan)},
    "help too short": {"help": np.zeros(2)},
    "help not a number": {"help": np.full(3, np.nan)},
    "order beyond": {"order": np.arange(1, 6)},
    "order below": {"order": np.arange(-1, 4)},
    "order too short": {"order": np.arange(3)},
    "order of halves": {"order": np.arange(5) / 2.0},
    "share too short": {"share": np.ones(4)},
    "loss too short": {"loss": np.zeros((1, 4))},
    "loss of whole numbers": {"loss": np.zeros((1, 5), dtype=np.int64)},
    "loss of another": {"loss": np.zeros((2, 5))},
    "loss with steps": {"loss": np.zeros((1, 10))[:, ::2]},
    "loss that is read only": {"loss": np.broadcast_to(np.zeros((1, 1)), (1, 5))},
    "total of several": {"total": np.zeros(2)},
    "total of whole numbers": {"total": np.zeros(1, dtype=np.int64)},
    "played of another": {"played": np.zeros(0, dtype=np.int64)},
    "played before the first": {"played": np.full(1, -1)},
    "played after the last": {"played": np.full(1, 6)},
    "played as real numbers": {"played": np.zeros(1)},
    "limit too short": {"limit": np.zeros(0)},
}


@pytest.mark.parametrize("which", [0, 1], ids=["compiled", "simpy"])
@pytest.mark.parametrize("wrong", list(BAD_TRIALS))
def test_a_trial_that_does_not_fit_is_refused(wrong, which):
    trial = replace(open_trial(INSTANCE, 0, SCENARIOS, PLAN[:1]), **BAD_TRIALS[wrong])
    with pytest.raises(ValueError, match=r"expected|not a number"):
        engines(INSTANCE)[which].attempt(trial, SCENARIOS, 5)


@pytest.mark.parametrize("end", [-1, 6, 2.0])
def test_a_trial_beyond_the_scenarios_is_refused(end):
    with pytest.raises(ValueError, match="end"):
        engines(INSTANCE)[0].attempt(open_trial(INSTANCE, 0, SCENARIOS, PLAN[:1]), SCENARIOS, end)


def test_the_simulator_refuses_too_and_remembers_nothing_of_it():
    with Simulator(INSTANCE) as simulator:
        for bad in (PLAN - 1, PLAN[:-1], PLAN[:, :-1], PLAN + 0.5):
            with pytest.raises(ValueError, match="expected"):
                simulator.course(bad, SCENARIOS)
            with pytest.raises(ValueError, match="expected"):
                simulator.totals(bad[None], SCENARIOS)
            with pytest.raises(ValueError, match="expected"):
                simulator.totals(PLAN[None], SCENARIOS, base=bad)
        for begin, end in ((-1, 3), (3, 6), (4, 2)):
            with pytest.raises(ValueError, match="scenarios"):
                simulator.totals(PLAN[None], SCENARIOS, begin, end)
        assert simulator.replications == 0
        assert simulator.totals(PLAN[:0][None][:0], SCENARIOS).shape == (0, 5)
        assert len(simulator.totals(PLAN[None], SCENARIOS)) == 1


def test_scenarios_that_were_refused_leave_the_engine_as_it_was():
    engine, _ = engines(INSTANCE)
    rows, columns = np.zeros(5, dtype=np.int64), np.arange(5)
    before = engine.play(PLAN[None], rows, columns, SCENARIOS, "everything")
    for call in bad_plays(INSTANCE, PLAN, SCENARIOS).values():
        with pytest.raises(ValueError, match="expected"):
            engine.play(*call)
    after = engine.play(PLAN[None], rows, columns, SCENARIOS, "everything")
    assert all(a.tobytes() == b.tobytes() for a, b in zip(before, after, strict=True))


class Tireless(RiskLaw):
    """A law of one's own under which every clock runs in every phase, which none of ours does."""

    name = "tireless"

    def hazards(self, law, view, mood):
        return (0.2, 0.2, 0.15, 0.01, 0.1, 0.1, 0.05)


@pytest.mark.slow
def test_bug_a_law_whose_clocks_run_in_every_phase_left_the_phases_there_are():
    """What worsens beyond red wrote beyond its array in machine code, and was an index error in SimPy."""
    counts, scenarios = split_numbers(INSTANCE, PLAN), draw(INSTANCE, 1, 20)
    facts = index_instance(INSTANCE)
    for scenario in scenarios.items:
        run = Timeline(facts, counts, scenario, Tireless()).run()
        city = PythonState(facts, counts, scenario, Tireless(), None)
        ag = Agenda(agenda_sizes({**facts.sizes, "cannons": city.cannons}, 4096))
        replay.play(city, ag)
        assert city.harms == list(map(list, run.harms))
        assert np.allclose(np.sum(run.minutes, axis=1), INSTANCE.period.simulated)


# ---------------------------------------------------------------- interrupts and threads


def long_job(instance, count):
    scenarios = draw(instance, 1, 2000)
    plan = posted(instance).numbers(instance)
    rows = np.zeros(count, dtype=np.int64)
    return plan[None], rows, np.arange(count) % 2000, scenarios


def play_until_interrupted(engine, job, seconds):
    """Press Ctrl-C so many seconds after the first call."""

    def play():
        threading.Timer(seconds, signal.raise_signal, (signal.SIGINT,)).start()  # it may come before this returns
        while True:
            engine.play(*job)

    with pytest.raises(KeyboardInterrupt):
        play()


@pytest.mark.slow
@pytest.mark.parametrize("threads", [pytest.param(1, marks=pytest.mark.long), 2])
def test_an_interrupt_while_threads_play_leaves_the_engine_usable(threads, monkeypatch):
    monkeypatch.setattr(machine, "SLICE", 3000)
    instance = town()
    engine = CompiledEngine(instance, DefaultLaw(), threads)
    job = long_job(instance, 400_000)
    few = (job[0], job[1][:500], job[2][:500], job[3])
    expected = engine.play(*few).total

    for seconds in (0.001, 0.02, 0.1):
        play_until_interrupted(engine, job, seconds)
        assert np.array_equal(engine.play(*few).total, expected)
    engine.close()


def test_a_second_interrupt_does_not_leave_threads_behind(monkeypatch):
    """Ctrl-C twice: the slices in progress write into arrays that the next call uses."""
    instance = town()
    engine = CompiledEngine(instance, RiskLaw(), 2)
    job = long_job(instance, 100_000)
    few = (job[0], job[1][:500], job[2][:500], job[3])
    expected = engine.play(*few).total
    pressed, quieten = [], engine._quieten

    def interrupted():
        if sys.exc_info()[0] is KeyboardInterrupt and not pressed:
            pressed.append("again")
            raise KeyboardInterrupt
        quieten()

    monkeypatch.setattr(engine, "_quieten", interrupted)
    play_until_interrupted(engine, job, 0.02)
    assert pressed
    assert np.array_equal(engine.play(*few).total, expected)
    engine.close()


def test_bug_an_interrupt_while_work_was_given_out_left_threads_that_nobody_waited_for(monkeypatch):
    """They wrote into the arrays of the next call: wrong totals, a crash, or threads that never ended."""
    instance = town()
    engine = CompiledEngine(instance, RiskLaw(), 2)
    job = long_job(instance, 100_000)
    few = (job[0], job[1][:500], job[2][:500], job[3])
    expected = [engine.play(*few).total, engine.play(*job).total]
    given, submit = [], engine._pool.submit

    def interrupted(*work):
        if given:
            raise KeyboardInterrupt
        given.append(submit(*work))
        return given[0]

    with monkeypatch.context() as patch:
        patch.setattr(engine._pool, "submit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            engine.play(*job)
    assert not any(desk.busy.locked() for desk in engine._desks)
    for now in (few, job):
        assert np.array_equal(engine.play(*now).total, expected[now is job])
    engine.close()


@pytest.mark.parametrize("where", ["agenda_sizes", "_load_set"])
def test_bug_an_interrupt_while_arrays_are_laid_out_left_arrays_that_do_not_fit(where, monkeypatch):
    """A desk believed that it was ready for more units, or for other scenarios, than it was."""
    instance = town()
    scenarios, other = draw(instance, 1, 20), draw(instance, 2, 20)
    plan = posted(instance).numbers(instance)
    many = plan.copy()
    many[-1] *= 50
    rows, columns = np.zeros(20, dtype=np.int64), np.arange(20)
    engine, fresh = (CompiledEngine(instance, RiskLaw(), 1) for _ in range(2))
    engine.play(plan[None], rows, columns, scenarios)

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(desks if where == "agenda_sizes" else desks.Desk, where, interrupted)
        with pytest.raises(KeyboardInterrupt):
            engine.play(many[None], rows, columns, other)
    for numbers, future in ((many, other), (plan, scenarios)):
        got = engine.play(numbers[None], rows, columns, future)
        assert np.array_equal(got.total, fresh.play(numbers[None], rows, columns, future).total)


def test_threads_of_the_caller_wait_for_each_other():
    """Compiled code lets other threads run meanwhile, so two calls would write into the same arrays."""
    instance = town()
    engine = CompiledEngine(instance, RiskLaw(), 2)
    job = long_job(instance, 6000)
    expected = engine.play(*job).total
    found = [None] * 4

    def work(i):
        found[i] = engine.play(*job).total

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(one, expected) for one in found)


def test_points_are_weighted_harms_in_order():
    instance = town()
    rows, columns = np.zeros(5, dtype=np.int64), np.arange(5)
    for engine in engines(instance):
        played = engine.play(PLAN[None], rows, columns, SCENARIOS, "everything")
        assert played.loss == pytest.approx(played.harms @ np.array(weights(instance.objective)), rel=1e-12)
        assert played.total == pytest.approx(played.loss.sum(axis=1), rel=1e-12)
        assert played.loss.sum() > 0.0
