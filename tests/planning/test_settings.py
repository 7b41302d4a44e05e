"""Settings below the public functions: what is left out is filled in, what cannot be used is refused by its name."""

from __future__ import annotations

import numpy as np
import pytest
from support.town import town

from optimiser.common.errors import BadSetting
from optimiser.common.processors import processors
from optimiser.common.progress import Watcher
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.risk_law import ThresholdLaw
from optimiser.planning.settings import Effort, Means, continued_budget, default_budget, default_reporting
from optimiser.simulation.dispatch import send_nearest
from optimiser.simulation.scenario import PLANNING, REPORTING


def test_effort_draws_its_two_sets_of_scenarios() -> None:
    effort = Effort(np.int64(3), 5, 100, seed=7)
    sets = effort.planning_set(town()), effort.reporting_set(town())
    assert [(len(s), s.group, s.seed) for s in sets] == [(3, PLANNING, 7), (5, REPORTING, 7)]
    assert type(effort.scenarios) is int


def test_what_cannot_be_used_is_refused_all_at_once() -> None:
    with pytest.raises(BadSetting) as caught:
        Effort(0, 5, 100, seconds=-1.0)
    assert {fault.place for fault in caught.value.faults} == {"scenarios", "seconds"}
    with pytest.raises(BadSetting, match="solver"):
        Means(solver="simplex")  # type: ignore[arg-type]


def test_means_that_are_left_out_are_the_default_law_and_all_processors() -> None:
    means = Means.of(None, send_nearest, "auto", None, "cbc")
    assert type(means.law) is DefaultLaw
    assert (means.workers, means.solver) == (processors(), "cbc")
    law = ThresholdLaw()
    with Means.of(law, send_nearest, "simpy", 1, "highs").simulator(town(), Watcher()) as simulator:
        assert (simulator.law, simulator.workers, simulator.engine.name) == (law, 1, "simpy")


def test_budgets_grow_with_the_scenarios_up_to_what_the_sectors_allow() -> None:
    instance = town()
    assert default_budget(instance, 10) == 5_000
    assert default_budget(instance, 100_000) == 500_000
    assert continued_budget(instance, 10) == 1_000
    assert continued_budget(instance, 10**6) == 10**6  # each scenario at least once


@pytest.mark.parametrize(
    ("scenarios", "sectors", "count"),
    [(1000, 3, 20_000), (50, 3, 1000), (1000, 24, 10_000), (4000, 3, 20_000), (15_000, 3, 30_000), (1000, 400, 2000)],
)
def test_figures_come_from_20_fresh_scenarios_for_each_planning_one(scenarios: int, sectors: int, count: int) -> None:
    """20,000 for 12 sectors at most, fewer where each takes longer, and twice the planning ones at least."""
    known = town().model_dump(mode="json")["sectors"]
    places = [*known, *({"id": f"s{n}", "name": f"S {n}", "x": float(n), "y": 9.0} for n in range(sectors - 3))]
    assert default_reporting(town(sectors=places), scenarios) == count


def test_sets_on_which_something_is_chosen_do_not_grow_with_the_reporting_set() -> None:
    assert len(Effort(10, 200, 100).another_set(town(), "aside")) == 20
    assert len(Effort(10, 12, 100).another_set(town(), "aside")) == 12
    assert len(Effort(10, 200, 100).reporting_set(town())) == 200
