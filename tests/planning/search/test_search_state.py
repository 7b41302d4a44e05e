"""What the search knows: objectives by definition, the best kept, bounds that never pass what was found."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from support.enumeration import instances, values
from support.town import posted, town

from optimiser.common.progress import Watcher
from optimiser.model.deployment import Deployment
from optimiser.planning.magnitude import relative_gap
from optimiser.planning.search.loop import search
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import after_replications
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator


@pytest.mark.parametrize("count", [1, 2, 7])
def test_objectives_are_mean_and_tail_and_cost_of_placement(count):
    tailed = 0
    for number, instance, plans in islice(instances(900, joined=True), 10):
        scenarios = draw(instance, number, count)
        with Simulator(instance) as simulator:
            found = Search(simulator, scenarios, Watcher(), plans[0], np.inf, 0.0)
            some = plans[:40]
            expected = values(simulator, some, scenarios)
            losses = simulator.totals(some, scenarios)
            assert found.objectives(some, losses) == pytest.approx(expected, rel=1e-12)
            assert [found.worth(p) for p in some] == pytest.approx(expected, rel=1e-12)
        tailed += instance.objective.tail_weight > 0.0
    assert tailed > 3


def test_only_what_is_better_is_kept_and_each_is_counted():
    instance = town()
    plan = posted(instance).numbers(instance)
    with Simulator(instance) as simulator:
        found = Search(simulator, draw(instance, 2, 30), Watcher(), np.zeros_like(plan), np.inf, 0.0)
        assert found.consider(np.zeros_like(plan))
        first = found.value
        assert found.consider(plan)
        assert found.value < first
        assert not found.consider(plan)
        assert not found.consider(np.zeros_like(plan))
        assert found.compared == 2
        assert np.array_equal(found.best, plan)
        plan[0, 0] += 5  # whoever goes on with the array does not change what is kept
        assert not np.array_equal(found.best, plan)
        assert np.array_equal(found.deployment.numbers(instance), found.best)


@pytest.mark.slow
def test_bug_a_deployment_was_counted_as_often_as_it_was_looked_at():
    for number, instance, plans in islice(instances(900, joined=True), 5):
        scenarios = draw(instance, number, 4)
        start = {"any": Deployment.of_numbers(instance, plans[0]), "again": Deployment.of_numbers(instance, plans[0])}
        with Simulator(instance) as simulator:
            found = search(simulator, scenarios, start, after_replications(3000), Watcher())
        assert found.compared <= len(plans)


def test_a_bound_only_grows_and_never_passes_what_was_found():
    instance = town()
    plan = posted(instance).numbers(instance)
    with Simulator(instance) as simulator:
        found = Search(simulator, draw(instance, 2, 5), Watcher(), plan, 10.0, 0.0)
    for bound, kept in ((3.0, 3.0), (2.0, 3.0), (-np.inf, 3.0), (11.0, 10.0), (np.inf, 10.0)):
        found.prove(bound)
        assert found.bound == kept


def test_bug_a_value_that_was_not_known_closed_the_gap() -> None:
    assert relative_gap(np.inf, 0.0) == 1.0
    assert relative_gap(5.0, 5.0) == 0.0
