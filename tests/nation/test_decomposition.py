"""The decomposition, without any simulation: prices, bounds and choices of columns made by hand."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from support import nations

from optimiser.common.errors import OptimiserError
from optimiser.nation.columns import DistrictColumn, DistrictResult, NationSettings, SubproblemResult
from optimiser.nation.decomposition import Decomposition
from optimiser.planning.settings import Effort


def small(tmp_path: Path, most: int = 2) -> Decomposition:
    """Two districts that share a pool; f(y) is 10, 6, 5 in the first and 8, 3, 2 in the second."""
    districts = [nations.district(random.Random(1), f"district-{i}") for i in (1, 2)]
    pools = [nations.pool(count=most, serves={d.name: 0.0 for d in districts})]
    result = Decomposition(nations.found(districts, pools, tmp_path))
    result.add([(0, solved(0.0, 10.0)), (1, solved(0.0, 8.0))])
    return result


def solved(bound: float, *objectives: float, price: float = 0.0) -> SubproblemResult:
    """Make the result of a subproblem with the objective for 0, 1, 2 ... teams borrowed."""
    return SubproblemResult(
        (price,), bound, tuple(DistrictColumn((y,), f, ()) for y, f in enumerate(objectives)), True, (3,)
    )


def test_prices_begin_with_nothing_and_end_with_what_one_more_team_is_worth(tmp_path: Path) -> None:
    here = small(tmp_path)
    assert here.next_prices().tolist() == [0.0]
    here.add([(0, solved(5.0, 10.0, 6.0, 5.0)), (1, solved(2.0, 8.0, 3.0, 2.0))])
    state = here.end_round(1, np.zeros(1), 2, 0.0)
    assert (state.value, state.bound) == (9.0, 7.0)
    assert [offer.loans for offer in here.chosen] == [(1,), (1,)]
    price = here.next_prices()[0]
    assert 1.0 - 1e-9 <= price <= 4.0 + 1e-9  # a third team saves 1, the second was worth 4


def evaluated(*offers: tuple[int, float]) -> list[DistrictResult]:
    return [DistrictResult(DistrictColumn((teams,), value, ()), ((),), (0.0,)) for teams, value in offers]


def test_what_borrows_is_evaluated_without_it_too(tmp_path: Path) -> None:
    here = small(tmp_path)
    here.add([(0, solved(5.0, 9.0, 6.0)), (1, solved(2.0, 8.0, 7.9))])  # the first is planned better without borrowing
    here.most[:] = 1
    here.end_round(1, np.zeros(1), 2, 0.0)
    assert here.without_loans() == [(0, DistrictColumn((0,), 9.0, ()))]
    plan = here.make_plan(NationSettings(tmp_path, Effort(8, 8, 100), 0.0), evaluated((1, 5.0), (0, 7.5), (0, 8.5)))
    assert plan.value == 5.0 + 7.5
    assert plan.value_alone == 8.5 + 7.5  # a longer search, of both, is not put down to lending


def test_one_more_team_has_a_worth_after_the_first_round(tmp_path: Path) -> None:
    here = small(tmp_path)
    here.add([(0, solved(5.0, 10.0, 6.0, 5.0)), (1, solved(2.0, 8.0, 3.0, 2.0))])
    here.end_round(1, np.zeros(1), 2, 0.0)  # at a price of nothing, which is not what a team is worth
    ended = evaluated((1, 6.0), (1, 3.0), (0, 10.0), (0, 8.0))
    assert 1.0 - 1e-9 <= here.make_plan(NationSettings(tmp_path, Effort(8, 8, 100), 0.0), ended).prices[0] <= 4.0 + 1e-9


def test_a_bound_above_the_plans_is_not_hidden(tmp_path: Path) -> None:
    here = small(tmp_path)
    here.add([(0, solved(9.0, 10.0, 6.0)), (1, solved(7.0, 8.0, 3.0))])
    here.end_round(1, np.zeros(1), 2, 0.0)
    ended = evaluated((1, 6.0), (1, 3.0), (0, 10.0), (0, 8.0))
    with pytest.raises(OptimiserError, match="contradict"):
        here.make_plan(NationSettings(tmp_path, Effort(8, 8, 100), 0.0), ended)


def test_the_bound_at_a_price_is_what_districts_pay_less_what_the_pool_is_worth(tmp_path: Path) -> None:
    here = small(tmp_path)
    here.add([(0, solved(8.0, 10.0, 6.0, price=2.0)), (1, solved(5.0, 8.0, 3.0, price=2.0))])
    state = here.end_round(1, np.array([2.0]), 2, 0.0)
    assert state.bound == 8.0 + 5.0 - 2 * 2.0  # which is the optimum, 6 + 3
    assert state.gap == 0.0


def test_what_leaves_nothing_open_is_not_solved_again(tmp_path: Path) -> None:
    here = small(tmp_path)
    assert here.open_districts(np.zeros(1), 0.1) == [0, 1]  # at first all are
    here.add([(0, solved(8.0, 10.0, 6.0, price=2.0)), (1, solved(1.0, 8.0, 3.0, price=2.0))])
    here.end_round(1, np.array([2.0]), 2, 0.1)
    assert here.open_districts(np.array([2.0]), 0.1) == [1]


def test_a_bound_holds_at_other_prices() -> None:
    one = solved(5.0, 9.0, price=2.0)
    assert one.bound_at(np.array([2.0])) == 5.0
    assert one.bound_at(np.array([4.0])) == 5.0  # what borrows nothing pays no more
    assert one.bound_at(np.array([1.0])) == 2.0  # what borrows three pays three less
