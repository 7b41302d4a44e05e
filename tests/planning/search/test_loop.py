"""The loop against enumeration, against its own first candidates, and against interruption."""

from __future__ import annotations

import itertools
import random
import signal
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from support.small_town import enumerate_all, tiny, truth
from support.town import posted, town

from optimiser.common.progress import Watcher
from optimiser.model.checker import check
from optimiser.model.instance import Instance
from optimiser.model.laws.risk_law import RiskLaw, ThresholdLaw
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.planning.optimise import optimise
from optimiser.planning.programs.neighbourhood import Rules
from optimiser.planning.search import separable
from optimiser.planning.search.loop import search
from optimiser.planning.search.response_tables import interplay, tabulate_around
from optimiser.planning.search.stop_rules import Ending, after_iterations, after_replications
from optimiser.simulation.engine import Spent
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

CLOSED: list[bool] = []


@pytest.mark.slow
@pytest.mark.parametrize("block", [0, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 2))])
def test_enumeration_agrees_on_60_tiny_instances(block):
    """Without interplay the loop proves its optimum, and trying every deployment finds no better one."""
    tried = 0
    for number in itertools.count():
        rng = random.Random(1000 * block + number)
        instance = tiny(rng, joined=False)
        assert interplay(instance) == ()
        plans = enumerate_all(instance)
        if not plans:
            continue
        if tried == 20:
            break
        tried += 1
        scenarios = draw(instance, number, 4)
        with Simulator(instance) as simulator:
            start = rng.choice(plans)
            found = search(simulator, scenarios, {"any": start}, after_iterations(99), Watcher())
            best = truth(simulator, plans, scenarios)
        assert check(instance, found.deployment).passed
        assert found.value == pytest.approx(best, rel=1e-9, abs=1e-9)
        assert found.bound == pytest.approx(best, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("number", range(12))
def test_with_interplay_the_bound_holds_and_the_start_is_never_worsened(number):
    rng = random.Random(number)
    instance = tiny(rng, joined=True)
    plans = enumerate_all(instance)
    if not plans:
        pytest.skip("this draw is infeasible")
    scenarios = draw(instance, number, 4)
    with Simulator(instance) as simulator:
        first = {str(i): p for i, p in enumerate(rng.sample(plans, min(3, len(plans))))}
        start = truth(simulator, list(first.values()), scenarios)
        found = search(simulator, scenarios, first, after_replications(3000), Watcher())
        best = truth(simulator, plans, scenarios)
    assert check(instance, found.deployment).passed
    assert found.bound <= best + 1e-9
    assert best - 1e-9 <= found.value <= start + 1e-9
    CLOSED.append(found.bound >= found.value - 1e-9)


def test_cuts_close_small_problems_with_interplay():
    """Runs after the comparison: most of these tiny problems are proved, and what is proved was the optimum."""
    assert sum(CLOSED) >= 6


def test_interplay_is_named():
    assert set(interplay(town())) == {
        "sectors share callable reserve",
        "sectors share reinforcements from outside",
        "gatherings march from sector to sector",
        "people of a red sector spill over to another",
    }


def test_conditioned_entries_are_changes_of_the_joint_loss():
    instance = town()
    scenarios = draw(instance, 2, 10)
    centre, places = posted(instance).numbers(instance), np.arange(4)
    with Simulator(instance) as simulator:
        tables, base = tabulate_around(simulator, scenarios, centre, Rules(instance), places)
        for p, place in enumerate(instance.places):
            table = tables[place.id]
            assert np.array_equal(table.numbers[0], centre[p])
            assert not table.loss[0].any()
            for row, delta in list(zip(table.numbers, table.loss, strict=True))[1:4]:
                changed = centre.copy()
                changed[p] = row
                assert np.array_equal(simulator.totals(changed[None], scenarios)[0] - base, delta)
        few, _ = tabulate_around(simulator, scenarios, centre, Rules(instance), places[1:2])
    assert [len(few[p.id].loss) == 1 for p in instance.places] == [True, False, True, True]


def test_interrupt_keeps_the_best_so_far():
    class Impatient(Watcher):
        def stepped(self, progress):
            raise KeyboardInterrupt

    instance = town()
    with Simulator(instance) as simulator:
        start = posted(instance)
        found = search(simulator, draw(instance, 1, 8), {"start": start}, after_iterations(9), Impatient())
    assert found.interrupted
    assert check(instance, found.deployment).passed
    assert found.value <= found.worth(start.numbers(instance))


@pytest.fixture
def struck(monkeypatch):
    """Have Ctrl-C fall, once, into numpy while it compares rows: it makes a TypeError of whatever is raised there."""
    inside, came = import_module("numpy._core._internal"), []
    compare = inside.promote_types  # by the function that compiled code calls

    def strike(*types):
        if not came:
            came.append(True)
            signal.raise_signal(signal.SIGINT)
        return compare(*types)

    monkeypatch.setattr(inside, "promote_types", strike)
    return lambda: np.unique(np.array([[1, 2], [3, 4]]), axis=0)


def test_bug_ctrl_c_within_a_comparison_by_numpy_was_a_traceback_in_place_of_the_best_plan(struck):
    class Comparing(Watcher):
        def stepped(self, progress):
            struck()

    instance = town()
    with Simulator(instance) as simulator:
        start = posted(instance)
        found = search(simulator, draw(instance, 1, 8), {"start": start}, after_iterations(9), Comparing())
    assert found.interrupted
    assert len(found.history) == 1
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_bug_ctrl_c_within_a_comparison_by_numpy_was_a_traceback_after_the_search_too(struck):
    class Comparing(Watcher):
        def reporting(self, what):
            struck()

    assert optimise(town(), scenarios=8, reporting=8, budget=60, watcher=Comparing()).interrupted


def test_an_interrupt_is_passed_on_where_half_a_result_is_none():
    class Impatient(Watcher):
        def stepped(self, progress):
            raise KeyboardInterrupt

    instance = town()
    start, stop = {"start": posted(instance)}, after_iterations(9)
    with Simulator(instance) as simulator, pytest.raises(KeyboardInterrupt):
        search(simulator, draw(instance, 1, 8), start, stop, Impatient(), interruptible=False)


def test_an_allowance_is_kept_and_what_is_reserved_is_left_for_afterwards():
    instance = town()
    plan, scenarios = posted(instance).numbers(instance), draw(instance, 1, 10)
    with Simulator(instance) as simulator:
        with simulator.allowance(12):
            with simulator.reserved(5), pytest.raises(Spent):
                simulator.course(plan, scenarios)
            assert simulator.left == 12
            simulator.course(plan, scenarios)
            assert simulator.left == 2
            with simulator.allowance(50), pytest.raises(Spent):  # within another one there is no more than that
                simulator.totals(np.zeros_like(plan)[None], scenarios)
        assert simulator.left == np.inf


def test_a_search_says_why_it_ended():
    instance, reached = town(), {}
    scenarios, start = draw(instance, 1, 8), {"start": posted(instance)}
    for stop, limits in (
        (after_iterations(2), {}),
        (None, {"budget": 300}),
        (after_replications(300), {"budget": 300}),
        (None, {"seconds": 0.0}),
    ):
        with Simulator(instance) as simulator:
            state = search(simulator, scenarios, start, stop, **limits)
            reached[state.ended] = state.replayable
            assert state.played <= limits.get("budget", np.inf)
    assert reached == {Ending.RULE: True, Ending.BUDGET: True, Ending.CLOCK: False}
    one = enumerate_all(tiny(random.Random(3), joined=False))[0]
    with Simulator(tiny(random.Random(3), joined=False)) as simulator:
        state = search(simulator, draw(simulator.instance, 1, 3), {"any": one})
    assert state.ended is Ending.COMPLETE


def test_the_best_never_worsens_from_step_to_step():
    instance = town()
    with Simulator(instance) as simulator:
        found = search(
            simulator, draw(instance, 5, 12), {"start": posted(instance)}, after_replications(2500), Watcher()
        )
    values = [p.best for p in found.history]
    assert values == sorted(values, reverse=True)
    assert values[-1] < found.worth(posted(instance).numbers(instance))


def test_bug_an_ambulance_at_a_post_is_shared_by_all_sectors():
    """It can be called, so tables of sectors alone prove nothing; the checker's rules let it wait there."""
    instance = tiny(random.Random(3), joined=False)
    assert interplay(instance) == ()
    ambulance = {"id": "car", "name": "Ambulance", "count": 1, "home": "p", "crew": 0, "medical": 4.0}
    data = instance.model_dump(mode="json")
    for crew, stands, shared in ((0, "anywhere", True), (2, "anywhere", False), (0, "sectors", False)):
        vehicles = [{**ambulance, "crew": crew, "stands": stands}]
        assert bool(interplay(Instance.model_validate({**data, "vehicles": vehicles}, context=SHAPE_ONLY))) is shared
    posts = [{**data["posts"][0], "staging_capacity": 2}]
    without_teams = {**data, "posts": posts, "vehicles": [{**ambulance, "crew": 2}]}
    for team in without_teams["teams"]:
        team["count"] = 0
    assert interplay(Instance.model_validate(without_teams, context=SHAPE_ONLY)) == ("sectors share callable reserve",)


def test_a_dispatch_rule_of_ones_own_counts_as_interplay():
    instance = tiny(random.Random(3), joined=False)
    assert interplay(instance, lambda state, caller: []) == ("the dispatch rule is not the default one",)


def test_part_of_a_grid_proves_nothing(monkeypatch):
    """More configurations than are all simulated: the loop may find the optimum, and must not claim it."""
    instance = tiny(random.Random(3), joined=False)
    monkeypatch.setattr(separable, "PARAMS", replace(separable.PARAMS, grid=2))
    with Simulator(instance) as simulator:
        start = enumerate_all(instance)[0]
        found = search(simulator, draw(instance, 1, 3), {"any": start}, after_iterations(9), Watcher())
    assert found.bound == 0.0
    assert check(instance, found.deployment).passed


@pytest.mark.slow
def test_bug_a_law_of_ones_own_proves_nothing():
    """It may let people spill over where the default would not."""

    class Own(RiskLaw):
        name = "own"

    instance = tiny(random.Random(3), joined=False)
    assert interplay(instance, law=RiskLaw()) == interplay(instance, law=ThresholdLaw()) == ()
    assert interplay(instance, law=Own()) == ("the escalation law is not one of ours",)
    with Simulator(instance, law=Own()) as simulator:
        start = {"any": enumerate_all(instance)[0]}
        found = search(simulator, draw(instance, 1, 3), start, after_iterations(3), Watcher())
    assert not found.provable
    assert found.bound == 0.0
