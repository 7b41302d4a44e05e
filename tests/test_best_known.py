"""The table of best known deployments: everything in it is recomputed here."""

from __future__ import annotations

import pytest
from best_known import COLUMNS, LARGE, SCENARIOS, SEED, names, plan_of, stored

from optimiser import Infeasible, check, draw, read
from optimiser.common.progress import Watcher
from optimiser.planning.certificate import relative_gap
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.search_state import Search
from optimiser.simulation.simulator import Simulator

ROWS = stored()
FEASIBLE = [name for name, row in ROWS.items() if row["plan"]]
INFEASIBLE = [name for name, row in ROWS.items() if not row["plan"]]


def test_every_instance_of_the_library_has_a_row_with_its_columns():
    assert set(ROWS) == set(names())
    assert set(LARGE) <= set(ROWS)
    assert all(tuple(row) == COLUMNS for row in ROWS.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", FEASIBLE)
def test_a_stored_plan_passes_the_checker_and_has_its_objective(name):
    row, instance = ROWS[name], read(name)
    assert (int(row["sectors"]), int(row["heads"])) == (len(instance.sectors), int(instance.cap))
    plan = plan_of(row, instance)
    verdict = check(instance, plan)
    assert verdict.passed, verdict.sentence()
    with Simulator(instance) as simulator:
        numbers = plan.numbers(instance)
        found = Search(simulator, draw(instance, SEED, SCENARIOS), Watcher(), numbers, float("inf"), 0.0)
        value = found.worth(numbers)
    assert value == pytest.approx(float(row["objective"]), rel=1e-9, abs=1e-9)
    assert 0.0 <= float(row["bound"]) <= value * (1.0 + 1e-9) + 1e-9
    assert relative_gap(value, float(row["bound"])) == pytest.approx(float(row["gap"]), abs=1e-6)
    assert (row["status"] == "proved optimal") == (float(row["gap"]) == 0.0)


@pytest.mark.parametrize("name", INFEASIBLE)
def test_an_instance_without_a_plan_has_none(name):
    assert ROWS[name]["status"] == "infeasible"
    with pytest.raises(Infeasible):
        candidates(read(name))
