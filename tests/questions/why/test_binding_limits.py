"""Limits without slack: those that one unit more or fewer would break, and what slack brings."""

from __future__ import annotations

import numpy as np
import pytest
from support import tiny
from support.town import posted, town

from optimiser.common.progress import Watcher
from optimiser.files.read import read
from optimiser.model.deployment import Numbers
from optimiser.model.instance import Instance
from optimiser.model.values.quantity import Count
from optimiser.planning.programs.neighbourhood import Rules, exchanges_beyond, single_exchanges
from optimiser.planning.search.search_state import Search
from optimiser.questions.why.binding_limits import BindingLimit, find_limits
from optimiser.simulation.scenario import draw, draw_set
from optimiser.simulation.simulator import Simulator


def limits_of(instance: Instance, plan: Numbers) -> dict[str, BindingLimit]:
    with Simulator(instance) as simulator:
        found = Search(simulator, draw(instance, 1, 8), Watcher(), plan, np.inf, 0.0)
        found.consider(plan)
        return {limit.name: limit for limit in find_limits(found, draw_set(instance, 1, 12, "fresh"))}


def test_the_squad_that_is_missing_in_the_hand_worked_town_is_priced() -> None:
    instance = read("tiny-2")
    plan = np.zeros((len(instance.places), 1), dtype=np.int64)
    plan[0, 0], plan[1, 0] = 2, 2
    found = limits_of(instance, plan)
    cap = found["cap of 40 heads"]
    assert (cap.have, cap.limit, cap.least, cap.unit) == (40, 40, False, 10)
    assert cap.change is None  # no squad is left that could use it
    squads = found["only 4 teams of Squad exist"]
    assert squads.change is None  # the cap has no room for it


def test_slack_brings_what_the_best_exchange_brings() -> None:
    instance = read("tiny-2").altered(cap=20)
    plan = np.zeros((len(instance.places), 1), dtype=np.int64)
    plan[0, 0], plan[1, 0] = 1, 1
    cap = limits_of(instance, plan)["cap of 20 heads"]
    assert cap.change is not None
    assert cap.change.mean < 0.0
    (move,) = cap.moves
    assert (move.number, move.origin) == (1, "")
    with Simulator(instance) as simulator:
        best = []
        for place in (0, 1):
            more = plan.copy()
            more[place, 0] += 1
            losses = simulator.totals(np.stack([more, plan]), draw_set(instance, 1, 12, "fresh"))
            best.append((losses[0] - losses[1]).mean())
    assert cap.change.mean == pytest.approx(min(best))


def test_least_limits_bind_where_one_fewer_breaks_them() -> None:
    sectors = [
        {"id": "kpu", "name": "KPU", "x": 0.0, "y": 0.0, "minimum": {"line": 1, "talk": 1}},
        {"id": "dprd", "name": "DPRD", "x": 3.0, "y": 0.0},
    ]
    instance = tiny.build(sectors=sectors, vehicles=[])
    plan = np.zeros((4, 4), dtype=np.int64)
    plan[0] = (1, 2, 0, 1)
    found = limits_of(instance, plan)
    line = found["at least 1 team of Dalmas awal at KPU"]
    assert (line.have, line.limit, line.least) == (1, 1, True)
    assert "at least 1 team of Negotiators at KPU" not in found  # two stand there
    assert "only 2 teams of Negotiator exist" in found
    assert "only 2 teams of Dalmas awal exist" not in found


def test_nothing_binds_where_nobody_is_placed_and_nothing_is_asked() -> None:
    instance = town()
    assert limits_of(instance, np.zeros((4, 11), dtype=np.int64)) == {}


def test_all_limits_asked_at_once_are_each_asked_alone() -> None:
    """What breaks one row alone is what the rules allow once that row has slack: nothing more, nothing less."""
    instance = town(cap=190)
    plan = posted(instance).numbers(instance)
    rules = Rules(instance)
    assert rules.holds(plan)
    beyond = exchanges_beyond(rules, plan)
    some = 0
    for row in np.unique(beyond.row).tolist():
        for slack in (1, 4, -1):
            slacked = Rules(_stocked(instance, row, slack))
            slacked.least[row] += min(0, slack)
            slacked.most[row] = max(slacked.most[row], rules.most[row] + slack)
            found = single_exchanges(slacked, plan)
            alone = found.take(~rules.kept(plan, found)).plans(plan)
            asked = beyond.exchanges.take(beyond.within(row, slack)).plans(plan)
            assert {p.tobytes() for p in asked} == {p.tobytes() for p in alone}
            some += len(asked)
    assert some > 50


def test_a_plan_as_large_as_the_format_allows_is_never_made_larger() -> None:
    instance = read("muratara-2024")
    plan = np.zeros((len(instance.places), len(instance.teams) + len(instance.vehicles)), dtype=np.int64)
    squads = [team.id for team in instance.teams].index("dalmas-awal-regu")
    plan[0, squads], plan[1, squads] = 10_000, 2
    beyond = exchanges_beyond(Rules(instance, bent=plan), plan)
    assert len(beyond.exchanges)
    assert beyond.exchanges.rows.max() <= 10_000


def _stocked(instance: Instance, row: int, more: int) -> Instance:
    """Give the instance with more of the kind whose number is the limit; the first rows say how many of each exist."""
    parts = [*instance.teams, *instance.vehicles]
    if row >= len(parts) or more < 0:
        return instance
    parts[row] = parts[row].altered(count=Count(int(parts[row].count) + more))
    split = len(instance.teams)
    return instance.altered(**{"teams": tuple(parts[:split]), "vehicles": tuple(parts[split:])})
