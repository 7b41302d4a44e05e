"""Many replications: shared out or not, the numbers are the same, and nothing is simulated twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.town import posted, town

from optimiser.model.deployment import Deployment
from optimiser.model.harms import weights
from optimiser.model.parts.presence import RULES, Presence
from optimiser.simulation import simulator as simulation
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import Facts
from optimiser.simulation.record import list_fields
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator


@pytest.fixture(scope="module")
def instance():
    return town()


def test_two_processes_give_the_bits_of_one(instance):
    scenarios = draw(instance, 1, 150)
    plans = [posted(instance), Deployment(instance="town")]
    with Simulator(instance, workers=1) as one, Simulator(instance, workers=2) as two:
        assert np.array_equal(one.losses(plans, scenarios), two.losses(plans, scenarios))
        a, b = one.outcome(plans[0], scenarios), two.outcome(plans[0], scenarios)
        assert np.array_equal(a.harms, b.harms)
        assert np.array_equal(a.minutes, b.minutes)
        assert np.array_equal(a.force, b.force)


def test_nothing_is_simulated_twice(instance):
    scenarios = draw(instance, 1, 20)
    plan = posted(instance).numbers(instance)
    with Simulator(instance) as simulator:
        first = simulator.totals(np.array([plan, plan]), scenarios)
        assert simulator.replications == 20
        again = simulator.totals(plan[None], scenarios.first(10))
        assert simulator.replications == 20
        part = simulator.totals(plan[None], draw(instance, 1, 30), 15, 25)
        assert simulator.replications == 25
        course = simulator.course(plan, scenarios)
        assert simulator.replications == 45
        assert np.array_equal(simulator.course(plan, scenarios.first(7)).loss, course.loss[:7])
        assert simulator.replications == 45
    assert np.array_equal(first[0], first[1])
    assert np.array_equal(first[0][:10], again[0])
    assert np.array_equal(part[0, :5], first[0, 15:])
    assert np.array_equal(course.total, first[0])


def test_old_totals_are_forgotten_first(instance, monkeypatch):
    monkeypatch.setattr(simulation, "KEPT", 2 * 8 * 10)
    scenarios = draw(instance, 1, 10)
    plans = np.array([n * posted(instance).numbers(instance) for n in (0, 1)] * 2)
    plans[2:, 1, 1] += 1
    with Simulator(instance) as simulator:
        simulator.totals(plans[:3], scenarios)
        assert simulator.replications == 30
        simulator.totals(plans[2:3], scenarios)
        assert simulator.replications == 30
        simulator.totals(plans[:1], scenarios)
        assert simulator.replications == 40


def test_another_set_or_seed_is_simulated_anew(instance):
    with Simulator(instance) as simulator:
        a = simulator.losses([posted(instance)], draw(instance, 1, 5))
        b = simulator.losses([posted(instance)], draw(instance, 1, 5, "reporting"))
        c = simulator.losses([posted(instance)], draw(instance, 2, 5))
        assert simulator.replications == 15
    assert not np.array_equal(a, b)
    assert not np.array_equal(a, c)


def test_bug_scenarios_that_were_changed_were_taken_for_those_that_were_drawn(instance):
    scenarios, plan = draw(instance, 1, 20), posted(instance).numbers(instance)
    changed = replace(scenarios, turnout=2 * scenarios.turnout)
    with Simulator(instance) as simulator, Simulator(instance) as other:
        before = simulator.course(plan, scenarios).total
        assert not np.array_equal(simulator.totals(plan[None], changed), before[None])
        assert np.array_equal(simulator.course(plan, changed).loss, other.course(plan, changed).loss)
        played = simulator.replications
        assert np.array_equal(simulator.course(plan, draw(instance, 1, 20)).total, before)
        assert simulator.replications == played


def test_losses_are_weighted_harms(instance):
    scenarios = draw(instance, 1, 10)
    with Simulator(instance) as simulator:
        losses = simulator.losses([posted(instance)], scenarios)[0]
        outcome = simulator.outcome(posted(instance), scenarios)
    o = instance.objective
    expected = o.injury * outcome.harms[:, :, :3].sum(axis=2) + o.process_minute * outcome.harms[:, :, 3]
    expected = expected + o.property * outcome.harms[:, :, 4] + o.records * outcome.harms[:, :, 5]
    expected = expected + o.participation_hour * outcome.harms[:, :, 6]
    assert outcome.harms[:, :, 6].sum() > 0.0
    assert np.allclose(losses, expected)
    assert np.allclose(outcome.losses(instance), losses)
    assert weights(o)[0] == weights(o)[1] == weights(o)[2]


def test_phase_minutes_fill_the_period_and_what_is_played_on(instance):
    with Simulator(instance) as simulator:
        outcome = simulator.outcome(posted(instance), draw(instance, 1, 20))
    assert np.allclose(outcome.minutes.sum(axis=2), instance.period.simulated)
    assert instance.period.simulated == instance.period.minutes + 480.0
    assert (outcome.harms >= 0.0).all()


def test_skipped_replications_could_not_have_differed(instance):
    """With a base `totals` leaves out what cannot differ; the long way round gives the same."""
    scenarios = draw(instance, 3, 40)
    base = posted(instance)
    teams = {(p, k): n for p, a in base.places.items() for k, n in a.teams.items()}
    vehicles = {("polres", "truck"): 3, ("polres", "awc"): 1}
    changes = [
        {**teams, ("mall", "rope"): 2, ("mall", "padal"): 1},
        {**teams, ("polres", "shield"): 2},
        {**teams, ("terminal", "rope"): 1},
        {**teams, ("mall", "padal"): 1, ("polres", "shield"): 1},
    ]
    plans = np.array([Deployment.build(instance, t, vehicles).numbers(instance) for t in changes])
    with Simulator(instance) as lazy, Simulator(instance) as eager:
        found = lazy.totals(plans, scenarios, base=base.numbers(instance))
        totals = eager.totals(plans, scenarios)
        own = eager.totals(base.numbers(instance)[None], scenarios)
        assert lazy.replications < eager.replications
    assert np.array_equal(found, totals)
    assert np.abs(found - own).max() > 0.0


def test_the_index_of_an_instance_is_shared_and_nothing_that_simulates_changes_it():
    instance = town()
    index, plan = index_instance(instance), posted(instance).numbers(instance)
    for engine in ("compiled", "simpy"):
        with Simulator(instance, engine=engine) as simulator:
            assert simulator.facts is index
            simulator.course(plan, draw(instance, 3, 4))
    simulation.simulate(instance, posted(instance), draw(instance, 3, 1)[0])
    fresh = index_instance(instance.model_copy())
    assert fresh is not index
    assert {f.name: getattr(fresh, f.name) for f in list_fields(Facts)} == {
        f.name: getattr(index, f.name) for f in list_fields(Facts)
    }
    with pytest.raises(ValueError, match="read-only"):
        index.distances.km[0, 0, 0] = 1.0


def test_bug_rules_of_presence_that_play_no_part_made_another_world(instance):
    """With --presence officer=off nothing was known to stay the same where the instance had had no rule at all."""
    off = instance.altered(presence=Presence().without(*RULES))
    with Simulator(instance) as one:
        assert one.turn_to(off) is not None
        assert one.turn_to(off.altered(presence=Presence())) is None  # crew and escort stay with a water cannon
