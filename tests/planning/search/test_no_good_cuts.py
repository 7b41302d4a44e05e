"""Cuts close small problems: what is proved is the best of all deployments, and large problems are left alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from support.enumeration import instances, values
from support.town import posted, town

from optimiser.common.errors import NoPlan
from optimiser.common.progress import Watcher
from optimiser.model.instance import Instance
from optimiser.planning.magnitude import relative_gap
from optimiser.planning.programs.allocation import allocate
from optimiser.planning.search import no_good_cuts
from optimiser.planning.search.no_good_cuts import cut_off
from optimiser.planning.search.prefix_bound import helpless, unreached
from optimiser.planning.search.search_state import Search
from optimiser.simulation.engine import Trial
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator


def begin(simulator: Simulator, plan: np.ndarray, seed: int = 1, count: int = 3) -> Search:
    found = Search(simulator, draw(simulator.instance, seed, count), Watcher(), plan, np.inf, 0.0)
    found.consider(plan)
    return found


def small(
    first: int, count: int, most: int = 40, *, accompanied: bool = False
) -> list[tuple[int, Instance, np.ndarray]]:
    some = instances(first, joined=True, accompanied=accompanied)
    return list(islice((c for c in some if 2 < len(c[2]) <= most), count))


@pytest.mark.slow
@pytest.mark.parametrize(("first", "accompanied"), [(0, False), (100, False), (200, True)])
def test_the_gap_is_closed_at_the_best_of_all_deployments(first, accompanied):
    by_bound = 0
    for number, instance, plans in small(first, 7, accompanied=accompanied):
        with Simulator(instance) as simulator:
            found, worth = begin(simulator, plans[0], number), values(simulator, plans, draw(instance, number, 3))
            slack = 1e-9 * max(1.0, worth.min())
            for step in cut_off(found, allocate):
                assert found.bound <= worth.min() + slack
                assert not step.finished or relative_gap(found.value, found.bound) == 0.0
                by_bound += "closed the gap" in step.note
        assert found.value == pytest.approx(worth.min(), rel=1e-9, abs=1e-9)
        assert relative_gap(found.value, found.bound) == 0.0
        assert found.compared <= len(plans) + 1
    assert by_bound > 0


def test_the_tables_are_losses_alone_until_somebody_may_come():
    seen = 0
    for number, instance, plans in small(0, 6):
        with Simulator(instance) as simulator:
            found = begin(simulator, plans[0], number)
            tables = no_good_cuts._small_tables(found)
            assert tables is not None
            until, soon = unreached(instance, found.scenarios), helpless(instance)
            for s, sector in enumerate(instance.sectors):
                table = tables[sector.id]
                trial = Trial.of(s, table.numbers, np.ascontiguousarray(until[:, s]), soon[s])
                simulator.attempt(trial, found.scenarios, len(found.scenarios))
                assert np.array_equal(table.loss, trial.loss)
                free = Trial.of(s, table.numbers, np.full(len(until), np.inf), soon[s])
                simulator.attempt(free, found.scenarios, len(found.scenarios))
                seen += bool(np.any(free.loss != trial.loss))
            assert not any(tables[p.id].loss.any() for p in instance.posts)
    assert seen > 0


def test_no_deployment_is_proposed_twice():
    for number, instance, plans in small(400, 5):
        with Simulator(instance) as simulator:
            found, seen = begin(simulator, plans[0], number), []

            def propose(*args, seen=seen, **more):
                answer = allocate(*args, **more)
                seen.append(answer.deployment.fingerprint())
                return answer

            for _ in cut_off(found, propose):
                pass
        assert len(set(seen)) == len(seen)


def test_a_problem_that_is_not_small_is_left_alone(monkeypatch):
    with Simulator(town()) as simulator:
        found = begin(simulator, posted(town()).numbers(town()))
        assert list(cut_off(found, allocate)) == []
    ((number, instance, plans),) = small(0, 1)
    for name in ("small", "few"):
        with monkeypatch.context() as patch, Simulator(instance) as simulator:
            patch.setattr(no_good_cuts, "PARAMS", replace(no_good_cuts.PARAMS, **{name: 1}))
            assert list(cut_off(begin(simulator, plans[0], number), allocate)) == []


def test_a_solver_without_an_answer_proves_nothing():
    def nobody(*_, **__):
        raise NoPlan("out of time")

    ((number, instance, plans),) = small(0, 1)
    with Simulator(instance) as simulator:
        found = begin(simulator, plans[0], number)
        assert list(cut_off(found, nobody)) == []
    assert found.by_clock
    assert found.bound == 0.0
