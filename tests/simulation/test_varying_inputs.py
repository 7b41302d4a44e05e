"""Scenarios with inputs of their own: what varies, what does not, and that everything that simulates obeys it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from support.engine_comparison import LAWS, assert_one_meaning, by_machine, by_simpy
from support.enumeration import instances
from support.random_instances import with_ranges, worlds
from support.town import crowd, posted, town

from optimiser import optimise, read
from optimiser.common.errors import Mismatch
from optimiser.common.progress import Watcher
from optimiser.files.edit import file_values
from optimiser.files.read import parse, parse_workbook
from optimiser.model.deployment import Deployment
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.uncertain_inputs import change, list_inputs
from optimiser.model.values.quantity import Quantity
from optimiser.output.excel.template import write_template
from optimiser.planning.certificate import relative_gap
from optimiser.planning.search.loop import search
from optimiser.planning.search.prefix_bound import helpless, unreached
from optimiser.planning.search.stop_rules import after_iterations, after_replications, any_of
from optimiser.simulation.draws.ranged import list_varying
from optimiser.simulation.index_instance import index_instance
from optimiser.simulation.indexed_instance import LOOSE, find_place, with_numbers
from optimiser.simulation.scenario import certain, draw, draw_own_inputs
from optimiser.simulation.simulator import Simulator

ARRAYS = ("turnout", "route", "first_group", "tension", "content", "displaced", "received", "triggered")


def fixed_to(instance, scenarios, n):
    """The instance with the inputs and the constants that a scenario has of its own, written into it."""
    own = draw_own_inputs(instance, scenarios.seed, scenarios.group, scenarios.number[[n]])
    law = dict(zip((c.name for c in CONSTANTS), map(Quantity, scenarios.constants[n].tolist()), strict=True))
    return change(instance, {path: float(column[0]) for path, column in own.items()}).altered(law=law)


# ---------------------------------------------------------------- what is drawn


def test_inputs_lie_within_their_ranges_and_as_many_below_the_value_of_the_file_as_above_it():
    instance = read("oku-250")
    drawn = draw_own_inputs(instance, 1, "planning", np.arange(2000))
    varying = list_varying(instance).inputs
    assert len(drawn) == len(varying) > 70
    for one in varying:
        column = drawn[one.path]
        assert one.low <= column.min() <= column.max() <= one.high
        if one.low < one.value < one.high and not one.whole:
            assert 0.45 < np.mean(column < one.value) < 0.55, one.where
    table = np.array([column for column in drawn.values() if column.std() > 0.0])
    assert np.abs(np.corrcoef(table) - np.eye(len(table))).max() < 0.12


def test_what_decides_which_plans_are_allowed_does_not_vary():
    instance = read("oku-250")
    left = {one.where for one in list_inputs(instance, law=False)} - {
        one.where for one in list_varying(instance).inputs
    }
    assert left == {"travel.detour", "travel.drive", "reinforcements[0].delay", "doctrine.longest_duty"}


def test_a_route_of_weight_0_stays_shut_and_the_others_have_shares_of_their_own():
    ways = [{"id": name, "weight": {"value": v, "low": 0.0, "high": 4.0}} for name, v in (("a", 1.0), ("b", 0.0))]
    ways.append({"id": "c", "weight": 1.0})
    stops = [{"sector": s, "route": r} for s, r in (("terminal", "a"), ("mall", "b"), ("kpu", "c"))]
    instance = town(gatherings=[crowd(itinerary=stops, routes=ways)])
    drawn = draw(instance, 1, 4000, uncertain=True)
    taken = np.bincount(drawn.route[:, 0], minlength=3) / 4000
    weights = draw_own_inputs(instance, 1, "planning", drawn.number)["gatherings", 0, "routes", 0, "weight"]
    assert taken[1] == 0.0
    assert abs(taken[0] - np.mean(weights / (weights + 1.0))) < 0.03
    assert abs(np.mean(draw(instance, 1, 4000).route[:, 0] == 0) - 0.5) < 0.03


def test_the_longest_restart_of_a_sector_counts_whichever_of_its_windows_has_a_range():
    windows = [{"name": "a", "start": "14:00", "end": "15:00", "restart": {"value": 30.0, "low": 0.0, "high": 60.0}}]
    windows.append({"name": "b", "start": "16:00", "end": "17:00", "restart": 40.0})
    sectors = [sector.model_dump(mode="json") for sector in town().sectors]
    sectors[1]["critical"] = windows
    instance = town(sectors=sectors)
    drawn = draw(instance, 1, 400, uncertain=True)
    (own,) = draw_own_inputs(instance, 1, "planning", drawn.number).values()
    assert drawn.places == (find_place(index_instance(instance), "restart", 1),)
    assert np.array_equal(drawn.varied[:, 0], np.maximum(own, 40.0))


def test_an_input_of_a_new_part_disturbs_no_other():
    instance = with_ranges(town())
    more = instance.altered(
        gatherings=(*with_ranges(town(gatherings=[crowd(id="new")])).gatherings, *instance.gatherings)
    )
    before, after = (draw_own_inputs(one, 1, "planning", np.arange(5)) for one in (instance, more))
    for path, column in before.items():
        moved = ("gatherings", path[1] + 1, *path[2:]) if path[0] == "gatherings" else path
        assert np.array_equal(after[moved], column), path


def test_files_and_workbooks_keep_ranges_and_so_the_scenarios():
    instance = read("oku-250")
    drawn = draw(instance, 1, 20, uncertain=True)
    for again in (parse(file_values(instance)), parse_workbook(write_template(instance))):
        found = draw(again, 1, 20, uncertain=True)
        assert found.begins_like(drawn)
        assert not found.begins_like(draw(again, 1, 20))


@pytest.mark.parametrize(
    "turnout",
    [
        {"value": 400.0, "low": 400.0, "high": 400.0},
        {"value": 400.0, "low": 100.0},
        {"value": 400.0, "high": 1_000_000.0},
        {"value": 0.0, "low": 0.0, "high": 900.0},
        {"value": 1_000_000.0, "low": 0.0, "high": 1_000_000.0},
    ],
)
def test_ranges_of_one_side_of_no_width_and_up_to_the_limits_are_drawn_within_them(turnout):
    instance = town(gatherings=[crowd(turnout=turnout, turnout_spread=0.0)])
    drawn = draw(instance, 1, 200, uncertain=True).turnout[:, 0]
    low, high = (turnout.get(end, turnout["value"]) for end in ("low", "high"))
    assert low <= drawn.min() <= drawn.max() <= high
    assert (len(set(drawn.tolist())) > 1) == (low < high)


def test_without_ranges_only_the_law_is_drawn_and_without_asking_nothing_is():
    plain = draw(town(), 3, 20, uncertain=True)
    assert plain.varied.shape == (20, 0)
    assert certain(town(), plain).begins_like(draw(town(), 3, 20))
    instance = with_ranges(town())
    assert all(np.array_equal(getattr(draw(instance, 3, 20), a), getattr(draw(town(), 3, 20), a)) for a in ARRAYS)


def test_a_set_does_not_belong_to_an_instance_with_other_ranges():
    instance, plan = with_ranges(town()), posted(town())
    wider = change(instance, {("gatherings", 0, "regroup"): 0.2})  # the same number, without its range
    with Simulator(wider) as simulator:
        simulator.losses([plan], draw(instance, 1, 3))
        for scenarios in (
            draw(instance, 1, 3, uncertain=True),
            certain(instance, draw(instance, 1, 3, uncertain=True)),
        ):
            with pytest.raises(Mismatch, match="the ranges they were drawn from"):
                simulator.losses([plan], scenarios)


# ---------------------------------------------------------------- what obeys it


@pytest.mark.slow
@pytest.mark.parametrize("name", [n if n == "facilitation" else pytest.param(n, marks=pytest.mark.long) for n in LAWS])
@given(world=worlds())
def test_a_scenario_plays_as_in_an_instance_with_its_numbers_by_all_engines(name, world):
    """Bit for bit; so nothing is left of the numbers of the instance where a scenario has its own."""
    instance, plan, scenarios = world
    instance = with_ranges(instance)
    drawn = draw(instance, scenarios.seed, 1, uncertain=True)
    fixed = fixed_to(instance, drawn, 0)
    plain = draw(fixed, scenarios.seed, 1)
    for array in ARRAYS:
        assert np.array_equal(getattr(plain, array), getattr(drawn, array)), array
    log, run = assert_one_meaning((instance, plan, drawn), LAWS[name])
    for by in (by_simpy, by_machine):
        assert by(fixed, plan, plain, LAWS[name])[0] == log
    assert by_simpy(fixed, plan, plain, LAWS[name])[1].harms == run.harms


def test_every_number_that_may_vary_is_put_where_the_simulation_reads_it():
    instance = with_ranges(read("oku-250"))
    drawn = draw(instance, 5, 3, uncertain=True)
    expected = index_instance(fixed_to(instance, drawn, 2))
    found = with_numbers(index_instance(instance), drawn.places, drawn.varied[2].tolist())
    for name in LOOSE:
        assert getattr(found, name) == getattr(expected, name), name
    assert any(getattr(found, name) != getattr(index_instance(instance), name) for name in LOOSE)


def test_sets_with_and_without_are_played_one_after_the_other_on_the_same_arrays():
    instance = with_ranges(town())
    plan = posted(instance).numbers(instance)[None]
    sets, rows, columns = [draw(instance, 2, 20, uncertain=u) for u in (False, True)], np.zeros(20, int), np.arange(20)
    engine = Simulator(instance).engine
    found = [engine.play(plan, rows, columns, one).total for one in (*sets, *sets)]
    assert np.array_equal(found[0], found[2])
    assert np.array_equal(found[1], found[3])
    fresh = [Simulator(instance).engine.play(plan, rows, columns, one).total for one in sets]
    assert all(np.array_equal(one, other) for one, other in zip(fresh, found, strict=False))


def test_the_minutes_before_which_nobody_comes_are_never_later_than_in_any_scenario():
    instance = with_ranges(town())
    drawn = draw(instance, 3, 30, uncertain=True)
    until, help_ = unreached(instance, drawn), helpless(instance, uncertain=True)
    later = 0
    for n in range(len(drawn)):
        fixed = fixed_to(instance, drawn, n)
        alone = unreached(fixed, draw(fixed, 3, len(drawn)))
        assert np.all(until[n] <= alone[n])
        assert np.all(help_ <= helpless(fixed))
        later += np.any(until[n] < alone[n])
    assert later, "nothing was compared"


@pytest.mark.parametrize("wrong", [{"places": (10**6,)}, {"places": (-1,)}, {"varied": np.zeros((3, 2))}])
def test_places_that_the_facts_do_not_have_are_refused(wrong):
    sectors = [sector.model_dump(mode="json") for sector in town().sectors]
    sectors[1]["property"] = {"value": 5.0, "low": 1.0, "high": 9.0}
    instance = town(sectors=sectors)
    drawn, plan = draw(instance, 1, 3, uncertain=True), posted(instance)
    with Simulator(instance) as simulator, pytest.raises(ValueError, match="numbers of their own"):
        simulator.losses([plan], replace(drawn, **wrong))


# ---------------------------------------------------------------- plans


@pytest.mark.slow
@pytest.mark.parametrize("joined", [False, True], ids=["separate", "joined"])
def test_the_search_is_as_right_as_if_every_scenario_were_an_instance_of_its_own(joined):
    """Every deployment in every instance that a scenario stands for: bounds below the best, proofs and plans right."""
    proved = 0
    for number, drawn, plans in islice(instances(700, joined=joined), 8):
        apart = {} if joined else {"spill": Quantity(0.0, 0.0, 0.0)}
        instance = with_ranges(drawn).altered(
            law={**drawn.law, **apart}, objective=drawn.objective.altered(tail_weight=0.0, away=0.0, visible=0.0)
        )
        scenarios = draw(instance, number, 4, uncertain=True)
        losses = []
        for n in range(len(scenarios)):
            fixed = fixed_to(instance, scenarios, n)
            with Simulator(fixed) as simulator:
                losses.append(simulator.totals(plans, draw(fixed, number, len(scenarios)))[:, n])
        best = np.mean(losses, axis=0).min()
        start = {"any": Deployment.of_numbers(instance, plans[number % len(plans)])}
        with Simulator(instance) as simulator:
            stop = any_of(after_iterations(25), after_replications(2500))
            found = search(simulator, scenarios, start, stop, Watcher())
        assert found.bound <= best * (1.0 + 1e-12)
        assert best * (1.0 - 1e-12) <= found.value
        proved += (gap := relative_gap(found.value, found.bound)) == 0.0
        if gap == 0.0:
            assert found.value <= best * (1.0 + 1e-9)
    assert proved == 8 if not joined else proved > 0


@pytest.mark.slow
@pytest.mark.long
def test_a_plan_over_inputs_is_the_same_by_both_engines_and_any_number_of_threads():
    instance = with_ranges(town())
    asked = {"scenarios": 6, "reporting": 6, "budget": 60, "levers": False, "over_law": False, "uncertain": True}
    found = [optimise(instance, **asked, **how) for how in ({"workers": 1}, {"workers": 2}, {"engine": "simpy"})]
    assert len({one.deployment.numbers(one.instance).tobytes() for one in found}) == 1
    assert len({one.evaluation.losses.tobytes() for one in found}) == 1
    assert found[0].evaluation.losses.tobytes() != optimise(town(), **asked).evaluation.losses.tobytes()
