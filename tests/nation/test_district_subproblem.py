"""One district asked: its bound holds at any prices, its offers are what they say, its streams are its own."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from support import enumeration, nations
from support.along_town import along_town

from optimiser.common.errors import NoPlan
from optimiser.common.message import Message
from optimiser.files.read_nation import read_district
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.harms import HARMS
from optimiser.model.instance import Instance
from optimiser.model.nation import lend
from optimiser.model.values.base import SHAPE_ONLY, ByPhase
from optimiser.nation.columns import NationSettings, own_seed, plan_of
from optimiser.nation.district_subproblem import _room, evaluate_column, solve_subproblem
from optimiser.planning.settings import Effort
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

SEED, SCENARIOS = 5, 10


def body(folder: Path, pools: tuple) -> bytes:
    return read_district(folder, "a", pools).model_dump_json().encode()


def settings(folder: Path, budget: int = 5_000) -> NationSettings:
    return NationSettings(folder, Effort(SCENARIOS, 20, budget, seed=SEED), 0.0)


@pytest.mark.parametrize("number", [2, 8, 11])
@pytest.mark.parametrize("price", [0.0, 0.1, 3.0])
def test_nothing_beats_the_bound_at_a_price(tmp_path: Path, number: int, price: float) -> None:
    district = nations.district(random.Random(number), "a")
    line, talkers = (
        nations.pool(count=2, serves={"a": 0.0}),
        nations.pool("nego-bko", "talk", serves={"a": 0.0}),
    )
    pools = (line, talkers)
    nations.found([district], list(pools), tmp_path)
    nothing = solve_subproblem(settings(tmp_path), body(tmp_path, pools), pools, None)
    answer = solve_subproblem(settings(tmp_path), body(tmp_path, pools), pools, (price, price), nothing.columns)
    table = nations.best_by_loans(read_district(tmp_path, "a", pools), pools, SEED, SCENARIOS)
    least = min(value + price * sum(loans) for loans, value in table.items())
    assert answer.bound <= least + 1e-9
    assert answer.bound == pytest.approx(least, rel=1e-6)  # the gap asked for is none
    assert nothing.columns[0].loans == (0, 0)
    assert nothing.bound == 0.0  # with nothing to borrow a bound would say too much
    assert nothing.columns[0].objective == pytest.approx(table[0, 0])
    for offer in answer.columns:
        assert offer.objective >= table[offer.loans] - 1e-9


def test_an_offer_is_a_plan_that_passes_and_loses_what_it_says(tmp_path: Path) -> None:
    district = nations.district(random.Random(8), "a")
    pools = (nations.pool(count=2, serves={"a": 0.0}),)
    nations.found([district], list(pools), tmp_path)
    answer = solve_subproblem(
        settings(tmp_path),
        body(tmp_path, pools),
        pools,
        (0.01,),
        solve_subproblem(settings(tmp_path), body(tmp_path, pools), pools, None).columns,
    )
    assert len(answer.columns) > 1
    for offer in answer.columns:
        lent = lend(read_district(tmp_path, "a", pools), pools, {"bko": offer.loans[0]})
        plan = plan_of(lent, offer)
        assert check(lent, plan).passed
        assert plan.numbers(lent)[:, 3].sum() == offer.loans[0]
        with Simulator(lent, workers=1) as simulator:
            planning = draw(lent, own_seed(SEED, "a"), SCENARIOS)
            value = enumeration.values(simulator, plan.numbers(lent)[None], planning)[0]
        assert value == pytest.approx(offer.objective)


def test_evaluating_gives_back_what_is_not_used_and_plays_fresh_scenarios(tmp_path: Path) -> None:
    district = nations.district(random.Random(8), "a", joined=True)
    pools = (nations.pool(count=2, serves={"a": 0.0}),)
    nations.found([district], list(pools), tmp_path)
    short = settings(tmp_path, budget=200)
    offer = solve_subproblem(short, body(tmp_path, pools), pools, None).columns[0]
    result = evaluate_column(short, body(tmp_path, pools), pools, offer)
    assert result.column.loans == (0,)
    assert result.column.objective <= offer.objective
    assert np.shape(result.losses) == (20,)
    assert np.shape(result.harms) == (20, len(HARMS))


def test_sectors_that_share_nothing_but_what_is_borrowed_influence_each_other(tmp_path: Path) -> None:
    district = nations.district(random.Random(8), "a")
    early = [role.altered(**{"phases": ("green",), "containment": ByPhase()}) for role in district.roles]
    callable_ = district.roles[0].altered(**{"id": "phh", "name": "PHH"})
    post = district.posts[0].altered(staging_capacity=30)
    changed = district.altered(**{"roles": (*early, callable_), "posts": (post,)})
    pools = (nations.pool("brimob", "phh", serves={"a": 0.0}),)
    nations.found([changed], list(pools), tmp_path)
    short = settings(tmp_path, budget=50)
    assert not solve_subproblem(short, body(tmp_path, pools), pools, None).separate
    assert not solve_subproblem(short, body(tmp_path, pools), pools, (0.1,)).separate
    assert solve_subproblem(short, body(tmp_path, ()), (), None).separate


def test_a_district_for_which_no_plan_is_found_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Instance) -> dict[str, Deployment]:
        raise NoPlan(Message("nothing was found"))

    nations.found([nations.district(random.Random(8), "a")], [], tmp_path)
    monkeypatch.setattr("optimiser.nation.district_subproblem.candidates", fail)
    with pytest.raises(NoPlan, match="a: nothing was found"):
        solve_subproblem(settings(tmp_path), body(tmp_path, ()), (), None)


def test_districts_share_no_random_number() -> None:
    assert own_seed(1, "a") != own_seed(1, "b")
    district = nations.district(random.Random(1), "a")
    here, there = (draw(district, own_seed(1, name), 500) for name in ("a", "b"))
    correlation = np.corrcoef(here.turnout[:, 0], there.turnout[:, 0])[0, 1]
    assert abs(correlation) < 4.0 / np.sqrt(500)


def test_bug_teams_that_only_go_along_were_no_room_for_a_pool() -> None:
    """No sector and no post takes any of the role, a march with stops elsewhere does."""
    data = along_town().model_dump(mode="json")
    data["sectors"] = [{**s, "maximum": {"rope": 0}} for s in data["sectors"]]
    data["posts"] = [{**p, "staging_capacity": 0} for p in data["posts"]]
    data["accompaniments"][0]["staging_capacity"] = 25
    closed = Instance.model_validate(data, context=SHAPE_ONLY)
    assert _room(closed, nations.pool("squad", "rope", size=10, count=5, serves={"a": 0.0})) == 2
