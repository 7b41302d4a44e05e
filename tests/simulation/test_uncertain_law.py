"""Scenarios with constants of the law of their own: what is drawn, and that everything that simulates obeys it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from support.engine_comparison import LAWS, by_machine, by_simpy
from support.random_instances import worlds
from support.town import posted, town

from optimiser import optimise, read
from optimiser.common.errors import Mismatch
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.constants import CONSTANTS, Law
from optimiser.model.laws.ranges import plausible_range
from optimiser.model.values.quantity import Quantity
from optimiser.planning.search.decoupled_start import decouple
from optimiser.planning.search.prefix_bound import unreached
from optimiser.planning.search.response_tables import interplay
from optimiser.simulation.compiled_engine.engine import CompiledEngine
from optimiser.simulation.dispatch import send_nearest
from optimiser.simulation.engine import Trial
from optimiser.simulation.scenario import PLANNING, draw, fingerprint, vary
from optimiser.simulation.simpy_engine.worker_pool import SimpyEngine
from optimiser.simulation.simulator import Simulator

NAMES = [constant.name for constant in CONSTANTS]


def with_constants(instance, row):
    """The instance with the constants that a scenario has of its own."""
    return instance.altered(law=dict(zip(NAMES, map(Quantity, row), strict=True)))


def certain(instance, scenarios):
    """The same scenarios with the constants of the instance in all of them."""
    return replace(scenarios, constants=scenarios.constants[:, :0], source=fingerprint(instance))


# ---------------------------------------------------------------- what is drawn


def test_constants_lie_within_their_ranges_and_as_many_below_the_value_used_as_above():
    instance = town(law={"fail": Quantity(5.0, 4.0, 5.5), "calm": 9.0})
    drawn = draw(instance, 1, 4000, uncertain=True).constants
    assert drawn.shape == (4000, len(CONSTANTS))
    for constant, column in zip(CONSTANTS, drawn.T, strict=True):
        low, value, high = plausible_range(instance.law, constant)
        assert low <= column.min() <= column.max() <= high
        if low < value < high:
            assert 0.46 < np.mean(column < value) < 0.54, constant.name
    assert np.abs(np.corrcoef(drawn.T[drawn.std(axis=0) > 0.0]) - np.eye(len(CONSTANTS))).max() < 0.1


def test_nothing_else_of_a_scenario_depends_on_it_and_a_smaller_set_is_the_beginning_of_a_larger_one():
    instance = town()
    plain, drawn, fewer = draw(instance, 7, 30), *(draw(instance, 7, n, uncertain=True) for n in (30, 9))
    assert not plain.uncertain
    assert drawn.uncertain
    assert drawn[3].uncertain
    assert drawn.first(9).begins_like(fewer)
    assert not drawn.begins_like(plain)
    assert certain(instance, drawn).begins_like(plain)
    other = draw(instance, 8, 9, uncertain=True)
    assert not np.any(other.constants == fewer.constants)


def test_scenarios_are_varied_row_by_row_and_are_the_same_but_for_their_constants():
    instance = town()
    drawn = draw(instance, 7, 3, uncertain=True)
    varied = vary(instance, draw(instance, 7, 3), drawn.constants[:2])
    assert varied.number.tolist() == [0, 1, 2, 0, 1, 2]
    assert np.array_equal(varied.constants, drawn.constants[[0, 0, 0, 1, 1, 1]])
    assert certain(instance, varied).first(3).begins_like(draw(instance, 7, 3))


def test_a_set_does_not_belong_to_an_instance_with_other_ranges():
    instance = town()
    changed = town(law={"fail": Quantity(3.0, 2.9, 3.1)})
    plan = posted(instance)
    with Simulator(changed) as simulator:
        simulator.losses([plan], draw(instance, 1, 3))  # the law is no part of these
        with pytest.raises(Mismatch, match="the ranges they were drawn from"):
            simulator.losses([plan], draw(instance, 1, 3, uncertain=True))


# ---------------------------------------------------------------- what obeys it


@pytest.mark.slow
@pytest.mark.parametrize("name", list(LAWS))
@given(world=worlds())
def test_a_scenario_plays_as_in_an_instance_with_its_constants(name, world):
    """So no rule reads the constants of the instance where a scenario has its own."""
    instance, plan, scenarios = world
    drawn = draw(instance, scenarios.seed, 1, uncertain=True)
    fixed = with_constants(instance, drawn.constants[0].tolist())
    for by in (by_simpy, by_machine):
        told, _ = by(instance, plan, drawn, LAWS[name])
        expected, _ = by(fixed, plan, certain(instance, drawn), LAWS[name])
        assert told == expected


def test_the_minute_until_which_sectors_are_alone_obeys_it():
    instance = town()
    drawn = draw(instance, 3, 8, uncertain=True)
    until, plain = unreached(instance, drawn), certain(instance, drawn)
    for n, row in enumerate(drawn.constants.tolist()):
        assert np.array_equal(unreached(with_constants(instance, row), plain)[n], until[n])
    assert not np.array_equal(unreached(instance, plain), until)


def test_sectors_alone_obey_it():
    """By both engines, scenario by scenario as in an instance with its constants."""
    instance = read("families/town-5-tight-none-1")
    drawn = draw(instance, 3, 20, uncertain=True)
    plain, nobody = (
        certain(instance, drawn),
        np.zeros((1, len(instance.teams) + len(instance.vehicles)), dtype=np.int64),
    )
    fixed = [CompiledEngine(with_constants(instance, row), DefaultLaw(), 1) for row in drawn.constants.tolist()]
    lost = 0
    for s in range(len(instance.sectors)):
        found = []
        for engine in (CompiledEngine(instance, DefaultLaw(), 1), SimpyEngine(instance, DefaultLaw(), send_nearest, 1)):
            found.append(trial := _alone(s, nobody, len(drawn)))
            engine.attempt(trial, drawn, len(drawn))
        assert found[0].loss.tobytes() == found[1].loss.tobytes()
        for n, engine in enumerate(fixed):
            trial = _alone(s, nobody, len(drawn))
            trial.order = np.roll(trial.order, -n)
            engine.attempt(trial, plain, 1)
            assert trial.loss[0, 0] == found[0].loss[0, n]
            lost += trial.loss[0, 0] > 0.0
    assert lost > 5, "hardly anything was lost, so hardly anything was compared"


def _alone(s, numbers, count):
    return Trial.of(s, numbers, np.full(count, np.inf), np.full(3, np.inf))


def test_sets_with_and_without_are_played_one_after_the_other():
    instance = town()
    plan = posted(instance)
    plain, drawn = draw(instance, 2, 20), draw(instance, 2, 20, uncertain=True)
    with Simulator(instance) as simulator:
        found = [simulator.losses([plan], one) for one in (plain, drawn)]
        again = Simulator(instance)
        for _ in range(2):  # on the same arrays, nothing remembered
            assert np.array_equal(again.engine.play(*_all(plan, instance, drawn)).total, found[1][0].sum(axis=1))
            assert np.array_equal(again.engine.play(*_all(plan, instance, plain)).total, found[0][0].sum(axis=1))
    assert not np.array_equal(*found)


def _all(plan, instance, scenarios):
    columns = np.arange(len(scenarios))
    return plan.numbers(instance)[None], np.zeros_like(columns), columns, scenarios


def test_constants_of_another_shape_are_refused():
    instance = town()
    drawn = draw(instance, 1, 3, uncertain=True)
    plan = posted(instance)
    with Simulator(instance) as simulator, pytest.raises(ValueError, match="constants: shape"):
        simulator.losses([plan], replace(drawn, constants=drawn.constants[:, :5]))


# ---------------------------------------------------------------- what is proved


def test_sectors_are_not_called_separate_where_people_may_spill_over_in_some_scenario():
    apart = decouple(town(), np.zeros((1, len(town().teams) + len(town().vehicles)), dtype=np.int64))
    assert interplay(apart) == ()
    assert interplay(apart, uncertain=True) == ()
    maybe = apart.altered(law={"spill": Quantity(0.0)})
    assert interplay(maybe) == ()
    assert "spill over" in interplay(maybe, uncertain=True)[0]


@pytest.mark.slow
def test_a_plan_is_the_same_by_both_engines_and_any_number_of_threads():
    asked = {"scenarios": 8, "reporting": 10, "budget": 120, "levers": False, "over_law": False, "uncertain": True}
    found = [optimise(town(), **asked, **how) for how in ({"workers": 1}, {"workers": 2}, {"engine": "simpy"})]
    assert len({one.deployment.numbers(one.instance).tobytes() for one in found}) == 1
    assert len({one.evaluation.losses.tobytes() for one in found}) == 1
    assert found[0].settings.uncertain
    assert found[0].evaluation.played.scenarios.uncertain
    assert found[0].evaluation.played.scenarios.group != PLANNING
    assert not optimise(town(), **{**asked, "uncertain": False}).settings.uncertain


def test_constants_of_a_law_are_in_the_order_of_the_scenario():
    assert list(Law._fields) == NAMES
