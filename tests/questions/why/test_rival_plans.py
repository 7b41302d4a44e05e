"""The next best plans: no exchange beats the first of them, and ties are no other plans."""

from __future__ import annotations

import numpy as np
import pytest
from support.town import posted, town

from optimiser.common.progress import Watcher
from optimiser.model.deployment import Deployment
from optimiser.planning.evaluation import evaluate
from optimiser.planning.programs.neighbourhood import single_exchanges
from optimiser.planning.search.search_state import Search
from optimiser.questions.why import rival_plans
from optimiser.questions.why.rival_plans import Rival, exchange_places, find_rivals, tell_rival
from optimiser.simulation.scenario import draw, draw_set
from optimiser.simulation.simulator import Simulator


@pytest.fixture(scope="module")
def found() -> tuple[Search, tuple[Rival, ...]]:
    instance = town()
    plan = posted(instance)
    other = Deployment.build(instance, {("kpu", "rope"): 2, ("kpu", "padal"): 1}, {}, "by hand")
    broken = Deployment.build(instance, {("kpu", "rope"): 99, ("kpu", "padal"): 1}, {}, "broken")
    with Simulator(instance) as simulator:
        fresh = draw_set(instance, 1, 12, "fresh")
        search = Search(simulator, draw(instance, 1, 16), Watcher(), plan.numbers(instance), np.inf, 0.0)
        search.consider(search.best)
        rivals = find_rivals(search, evaluate(simulator, plan, fresh), {"by hand": other, "broken": broken}, fresh)
        yield search, rivals


def test_the_nearest_rival_is_the_best_exchange(found) -> None:
    search, rivals = found
    near = [rival for rival in rivals if rival.name.startswith("exchange")]
    exchanges = single_exchanges(search.rules, search.best).plans(search.best)
    base = search.simulator.totals(search.best[None], search.scenarios)[0]
    losses = search.simulator.totals(exchanges, search.scenarios)
    worth = losses.mean(axis=1) + np.tensordot(exchanges, search.cost, axes=2)
    differ = np.any(losses != base, axis=1)
    best = worth[differ].min() - search.worth(search.best)
    assert near[0].behind == pytest.approx(best)
    assert 1 <= len(near[0].moves) <= 6


def test_only_plans_that_pass_are_rivals_and_the_closest_comes_first(found) -> None:
    _, rivals = found
    assert "by hand" in [rival.name for rival in rivals]
    assert "broken" not in [rival.name for rival in rivals]
    assert [rival.behind for rival in rivals] == sorted(rival.behind for rival in rivals)


def test_the_difference_is_paired_on_fresh_scenarios(found) -> None:
    search, rivals = found
    rival = next(rival for rival in rivals if rival.name == "by hand")
    numbers = rival.deployment.numbers(search.simulator.instance)
    losses = search.simulator.totals(np.stack([search.best, numbers]), draw_set(town(), 1, 12, "fresh"))
    assert rival.against.loss.mean == pytest.approx((losses[0] - losses[1]).mean())


def test_with_many_places_exchanges_stay_where_most_is_lost(found, monkeypatch) -> None:
    search, _ = found
    assert exchange_places(search).tolist() == [0, 1, 2, 3]
    monkeypatch.setattr(rival_plans, "PLACES", 3)
    lost = search.simulator.course(search.best, search.scenarios).loss.mean(axis=0)
    assert int(np.argmax(lost)) in exchange_places(search)
    assert len(exchange_places(search)) == 3


def test_one_plan_is_told_once_and_by_one_name(found) -> None:
    search, rivals = found
    instance = search.simulator.instance
    near = next(rival for rival in rivals if rival.name.startswith("exchange"))
    others = {"by hand": near.deployment, "by hand again": near.deployment}
    fresh = draw_set(instance, 1, 12, "fresh")
    plan = evaluate(search.simulator, Deployment.of_numbers(instance, search.best), fresh)
    again = find_rivals(search, plan, others, fresh)
    assert len({rival.deployment.numbers(instance).tobytes() for rival in again}) == len(again)
    assert [tell_rival(rival.name) for rival in again] == ["by hand", "exchange 1", "exchange 2"]
