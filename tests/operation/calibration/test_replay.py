"""A day replayed along its log sees in every span what the simulation saw, and weighs it as the law says."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest
from support.learning_town import SyntheticDays, plan, town
from support.oku import awc_plan, oku

from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.constants import CONSTANTS, make_law
from optimiser.model.laws.escalation_law import CALM, COOL, FAIL, GREEN, WORSEN, YELLOW, View
from optimiser.operation.calibration import likelihood as likelihoods
from optimiser.operation.calibration.likelihood import Likelihood
from optimiser.operation.calibration.recording import SPAN, STEP, Recorded
from optimiser.operation.calibration.replay import record
from optimiser.simulation import events
from optimiser.simulation.events import NO_NOTE, Entry
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import count
from optimiser.simulation.rates import look, refresh
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simpy_engine import timeline

TENSION, TAKING_PART = (View._fields.index(name) for name in ("tension", "taking_part"))
MIDDLE = np.array([c.default for c in CONSTANTS])


def seen_by_simulation(instance: Instance, counts, scenario, monkeypatch) -> tuple[dict, list[Entry]]:
    """Give what the law saw of each sector, span by span, and the log of the day."""
    changes, log = defaultdict(list), []

    def spy(st, s: int) -> None:
        refresh(st, s)
        changes[s].append((st.now, tuple(map(float, look(st, s))) if st.people[s] > 0 else None))

    monkeypatch.setattr(timeline, "refresh", spy)
    timeline.Timeline(index_instance(instance), counts, scenario, None, observe=log.append).run()
    spans = defaultdict(list)
    for s, moments in changes.items():
        ends = [minute for minute, _ in moments[1:]] + [index_instance(instance).horizon]
        for (begin, view), end in zip(moments, ends, strict=True):
            if view is not None and end > begin:
                spans[s].append((end - begin, view))
    return spans, log


def seen_by_replay(day: Recorded) -> dict:
    spans = defaultdict(list)
    for step in day.steps:
        if step.code == SPAN and step.first > 0.0:
            spans[step.sector].append((step.first, day.views[step.item]))
    return spans


def minutes_that_differ(ours: list, theirs: list) -> float:
    """Lay two lists of spans beside each other; the tension and what harms alone read is left out."""
    assert math.isclose(sum(m for m, _ in ours), sum(m for m, _ in theirs), abs_tol=1e-6)
    differ, ours, theirs = 0.0, [*ours], [*theirs]
    while ours and theirs:
        (mine, view), (other, seen) = ours[0], theirs[0]
        both = min(mine, other)
        same = all(abs(a - b) < 1e-9 for i, (a, b) in enumerate(zip(view, seen, strict=True)) if i not in (2, 26))
        differ += 0.0 if same or both < 1e-6 else both
        ours[:1] = [(mine - both, view)] if mine - both > 1e-9 else []
        theirs[:1] = [(other - both, seen)] if other - both > 1e-9 else []
    return differ


@pytest.mark.parametrize("number", range(12))
def test_a_replayed_day_sees_what_the_simulation_saw(number: int, monkeypatch) -> None:
    assert (TENSION, TAKING_PART) == (2, 26)
    counts = count(oku(), awc_plan())
    scenario = draw(oku(), 7, number + 1, REPORTING)[number]
    theirs, log = seen_by_simulation(oku(), counts, scenario, monkeypatch)
    ours = seen_by_replay(record(index_instance(oku()), counts, draw(oku(), 1, 1)[0], log))
    assert set(ours) == {s for s, spans in theirs.items() if spans}
    assert sum(minutes_that_differ(ours[s], theirs[s]) for s in ours) == 0.0


def test_tension_is_recomputed_as_the_simulation_had_it(monkeypatch) -> None:
    """The log of a simulated day says how tense it was after each step; nothing of that is read, and it comes out."""
    monkeypatch.setattr(likelihoods, "_choose", likelihoods._PythonWeigher)
    days = SyntheticDays(town(), plan(town()))
    scenarios, compared = days.scenarios(4, 8), 0
    for d, log in enumerate(days.logs(scenarios)):
        (day,) = days.record([[e._replace(number=0.0) if e.kind == events.TENSION else e for e in log]])
        one = Likelihood(days.facts, [day], DefaultLaw())
        told = [e for e in log if e.kind == events.TENSION]
        steps = [i for i, step in enumerate(day.steps) if step.code == STEP]
        assert len(told) == len(steps)
        for event, last in zip(told, steps, strict=True):
            one._weigher.days.step_first = [0, last + 1]
            one.weigh(MIDDLE, scenarios.tension[d][one.came[:, 1]])
            assert one._weigher.days.tension[event.sector] == pytest.approx(event.number, abs=1e-12)
            compared += 1
    assert compared > 40


def entry(minute: float, kind: int, what: int = -1, number: float = 0.0, note: int = NO_NOTE) -> Entry:
    return Entry(minute, kind, 0, -1, what, number, note)


def test_the_likelihood_of_a_small_day_is_that_of_the_formula() -> None:
    """One crowd, worked out by hand: log hazards of what rang, less hazards times minutes of all that could have."""
    instance = town()
    facts, counts = index_instance(instance), count(instance, plan(instance))
    log = [
        entry(20.0, events.ARRIVED, 0, 300),
        entry(50.0, events.TENSION, note=events.COOLED),
        entry(80.0, events.PHASE, YELLOW),
        entry(95.0, events.FAILED),
        entry(120.0, events.PHASE, GREEN),
        entry(150.0, events.LEFT, 0, 300),
    ]
    day = record(facts, counts, draw(instance, 1, 1)[0], log)
    law, constants = DefaultLaw(), make_law()
    expected, tension = 0.0, 0.8
    # minutes, phase, failed, what rang at the end; a handover makes no difference here: nobody tells of its end
    parts = [
        (30, GREEN, 0, COOL),
        (30, GREEN, 0, WORSEN),
        (15, YELLOW, 0, FAIL),
        (25, YELLOW, 1, CALM),
        (30, GREEN, 0, -1),
    ]
    views = [day.views[step.item] for step in day.steps if step.code == SPAN]
    assert len(views) == len(parts)
    for number, ((minutes, phase, failed, ring), recorded) in enumerate(zip(parts, views, strict=True)):
        tension -= 0.1 if number == 1 else 0.0
        view = View(*recorded)._replace(tension=tension, phase=phase)
        assert (recorded[0], view.people, view.failed) == (phase, 300.0, failed)
        hazards = law.hazards(constants, view, law.mood(constants, view))
        expected -= minutes * sum(hazards)
        expected += math.log(hazards[ring]) if ring >= 0 else 0.0
    weighed = Likelihood(facts, [day], law).weigh(MIDDLE, np.array([0.8]))
    assert weighed.log[0] == pytest.approx(expected, rel=1e-12)


def test_compiled_and_python_weigh_alike(monkeypatch) -> None:
    days = SyntheticDays(town(), plan(town()))
    scenarios = days.scenarios(2, 3)
    recorded = days.record(days.logs(scenarios))
    compiled = Likelihood(days.facts, recorded, DefaultLaw())
    tension = days.true_tension(compiled, scenarios)
    monkeypatch.setattr(likelihoods, "_choose", likelihoods._PythonWeigher)
    python = Likelihood(days.facts, recorded, DefaultLaw()).weigh(MIDDLE, tension)
    for name, array in vars(compiled.weigh(MIDDLE, tension)).items():
        np.testing.assert_allclose(array, getattr(python, name), rtol=1e-12)


def test_the_score_is_zero_in_the_mean_at_the_truth() -> None:
    """What the likelihood would be changed by, for each constant: a martingale, whose mean is 0 under the true law."""
    days = SyntheticDays(town(), plan(town()))
    scenarios = days.scenarios(11, 600)
    likelihood = Likelihood(days.facts, days.record(days.logs(scenarios)), DefaultLaw())
    tension = days.true_tension(likelihood, scenarios)
    tested = 0
    for c, value in enumerate(MIDDLE):
        near = [MIDDLE.copy() for _ in range(2)]
        near[0][c], near[1][c] = value * 1.0001, value * 0.9999
        above, below = (likelihood.weigh(constants, tension).log for constants in near)
        slope = (above - below) / 0.0002
        if slope.std() > 0.0:
            tested += 1
            assert abs(slope.mean()) < 3.9 * slope.std() / math.sqrt(len(slope)), CONSTANTS[c].name  # 1e-4 each
    assert tested >= 35


def test_clocks_ring_as_often_as_the_law_has() -> None:
    days = SyntheticDays(town(), plan(town()))
    scenarios = days.scenarios(12, 600)
    likelihood = Likelihood(days.facts, days.record(days.logs(scenarios)), DefaultLaw())
    expected = likelihood.weigh(MIDDLE, days.true_tension(likelihood, scenarios)).expected.sum(axis=0)
    rang = likelihood.rang.sum(axis=0)
    assert (rang[:6] > 30).all()
    assert (np.abs(rang - expected) < 3.9 * np.sqrt(expected)).all()
