"""Districts together: nothing enumerated is better than the bound, nothing found is better than what is enumerated."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import numpy as np
import pytest
from support import nations

from optimiser.common.errors import Infeasible, InputFault, OptimiserError
from optimiser.model.instance import Instance, Pin
from optimiser.nation.audit import audit
from optimiser.nation.columns import DistrictColumn, DistrictResult, NationSettings, SubproblemResult
from optimiser.nation.coordinate import NationObserver, plan_nation
from optimiser.nation.decomposition import Decomposition
from optimiser.output.documents.nation import write_accord
from optimiser.planning.settings import Effort

QUICK = {"scenarios": 8, "reporting": 12, "workers": 1}


def district(name: str) -> Instance:
    return nations.district(random.Random(1), name)


def test_no_way_to_lend_beats_the_bound_and_no_plan_the_optimum(tmp_path: Path) -> None:
    proved = lent = 0
    for nation, districts, folder in itertools.islice(nations.several(6, tmp_path), 6):
        optimum = nations.optimum(nation, districts, 3, 8)
        accord = plan_nation(nation, folder, seed=3, gap=0.0, rounds=5, **QUICK)
        proved += nations.hold(accord, optimum)
        assert accord.value <= optimum * 1.02 + 1e-9, folder  # not proved: measured on these, where seeds are fixed
        lent += sum(accord.lent)
    assert lent
    assert proved >= 2


def test_the_bound_holds_where_sectors_influence_each_other(tmp_path: Path) -> None:
    for nation, districts, folder in itertools.islice(nations.several(6, tmp_path, joined=True), 2):
        optimum = nations.optimum(nation, districts, 3, 8)
        accord = plan_nation(nation, folder, seed=3, rounds=2, budget=100, **QUICK)
        assert accord.bound <= optimum + 1e-9 <= accord.value + 2e-9, folder
        assert accord.joined == len(districts)
        assert accord.value <= accord.value_alone + 1e-9


def test_results_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    nation, _, folder = next(nations.several(2, tmp_path))
    files = []
    for workers in (1, 2):
        out = tmp_path / f"run-{workers}"
        write_accord(plan_nation(nation, folder, seed=1, rounds=2, scenarios=8, reporting=8, workers=workers), out)
        files.append({f.relative_to(out): f.read_bytes() for f in sorted(out.rglob("*")) if f.is_file()})
        assert audit(folder / "nation.toml", out).passed
    assert files[0] == files[1]


def test_rounds_are_told_and_only_improve(tmp_path: Path) -> None:
    nation, _, folder = next(nations.several(3, tmp_path))
    told, answered = [], []

    class Note(NationObserver):
        def round_ended(self, ended) -> None:
            told.append(ended)

        def solved(self, what, over, total) -> None:
            answered.append((str(what), over, total))

    accord = plan_nation(nation, folder, seed=1, gap=0.0, rounds=4, observer=Note(), **QUICK)
    count = len(nation.districts)
    twice = count + len({district for district, _, _ in accord.loans()})
    assert answered[: count + 1] == [("nothing lent", over, count) for over in range(count + 1)]
    assert answered[-1] == ("played in fresh scenarios, with and without loans", twice, twice)
    assert [what for what, over, total in answered if what.startswith("round") and over == total] == [
        f"round {state.number}" for state in told
    ]
    assert tuple(told) == accord.rounds
    for before, after in itertools.pairwise(told):
        assert after.value <= before.value
        assert after.bound >= before.bound
    assert str(told[0].sentence).startswith("round 1: ")


def test_a_nation_without_pools_is_its_districts_alone(tmp_path: Path) -> None:
    nation, districts, folder = next(nations.several(4, tmp_path))
    alone = plan_nation(nations.found(districts, [], folder), folder, gap=0.0, rounds=3, **QUICK)
    assert alone.value == pytest.approx(alone.value_alone)
    assert alone.loans() == ()
    assert alone.kind == "proved-optimal"
    assert nation.pools


def test_an_infeasible_district_is_named_with_its_clash(tmp_path: Path) -> None:
    impossible = district("district-1").altered(pins=(Pin(place="s0", what="dalmas", at_least=5),))
    both = [district("district-2"), impossible]
    with pytest.raises(Infeasible) as caught:
        plan_nation(nations.found(both, [], tmp_path), tmp_path, **QUICK)
    assert caught.value.clashing
    assert all(line.startswith("district-1: ") for line in caught.value.clashing)


def test_a_district_of_another_name_is_refused(tmp_path: Path) -> None:
    nation = nations.found([district("district-1")], [], tmp_path)
    other = nations.found([district("other")], [], tmp_path)
    (tmp_path / "districts" / "district-1.toml").write_text((tmp_path / "districts" / "other.toml").read_text())
    with pytest.raises(InputFault, match="wrong-district"):
        plan_nation(nation, tmp_path, **QUICK)
    assert other.districts


def test_a_fault_of_the_last_district_is_told_before_the_first_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nation = nations.found([district("district-1"), district("district-2")], [], tmp_path)
    (tmp_path / "districts" / "district-2.toml").write_text("cap = 1\n")
    monkeypatch.setattr("optimiser.nation.coordinate.solve_subproblem", lambda *_: pytest.fail("asked"))
    for workers in (None, 1):
        with pytest.raises(InputFault, match="missing-field"):
            plan_nation(nation, tmp_path, **{**QUICK, "workers": workers})


# ---------------------------------------------------------------- talks, without any simulation


def talks(tmp_path: Path, most: int = 2) -> Decomposition:
    """Two districts that share a pool; f(y) is 10, 6, 5 in the first and 8, 3, 2 in the second."""
    districts = [district(f"district-{i}") for i in (1, 2)]
    pools = [nations.pool(count=most, serves={d.name: 0.0 for d in districts})]
    result = Decomposition(nations.found(districts, pools, tmp_path))
    result.add([(0, reply(0.0, 10.0)), (1, reply(0.0, 8.0))])
    return result


def reply(bound: float, *objectives: float, price: float = 0.0) -> SubproblemResult:
    """Answer with the objective for 0, 1, 2 ... teams borrowed."""
    return SubproblemResult(
        (price,), bound, tuple(DistrictColumn((y,), f, ()) for y, f in enumerate(objectives)), True, (3,)
    )


def test_prices_begin_with_nothing_and_end_with_what_one_more_team_is_worth(tmp_path: Path) -> None:
    here = talks(tmp_path)
    assert here.next_prices().tolist() == [0.0]
    here.add([(0, reply(5.0, 10.0, 6.0, 5.0)), (1, reply(2.0, 8.0, 3.0, 2.0))])
    state = here.end_round(1, np.zeros(1), 2, 0.0)
    assert (state.value, state.bound) == (9.0, 7.0)
    assert [offer.loans for offer in here.chosen] == [(1,), (1,)]
    price = here.next_prices()[0]
    assert 1.0 - 1e-9 <= price <= 4.0 + 1e-9  # a third team saves 1, the second was worth 4


def settled(*offers: tuple[int, float]) -> list[DistrictResult]:
    return [DistrictResult(DistrictColumn((teams,), value, ()), ((),), (0.0,)) for teams, value in offers]


def test_who_borrows_is_played_without_it_too(tmp_path: Path) -> None:
    here = talks(tmp_path)
    here.add([(0, reply(5.0, 9.0, 6.0)), (1, reply(2.0, 8.0, 7.9))])  # the first is planned better without borrowing
    here.most[:] = 1
    here.end_round(1, np.zeros(1), 2, 0.0)
    assert here.without_loans() == [(0, DistrictColumn((0,), 9.0, ()))]
    accord = here.make_plan(NationSettings(tmp_path, Effort(8, 8, 100), 0.0), settled((1, 5.0), (0, 7.5), (0, 8.5)))
    assert accord.value == 5.0 + 7.5
    assert accord.value_alone == 8.5 + 7.5  # a longer search, of both, is not put down to lending


def test_one_more_team_has_a_worth_after_the_first_round(tmp_path: Path) -> None:
    here = talks(tmp_path)
    here.add([(0, reply(5.0, 10.0, 6.0, 5.0)), (1, reply(2.0, 8.0, 3.0, 2.0))])
    here.end_round(1, np.zeros(1), 2, 0.0)  # at a price of nothing, which is not what a team is worth
    ended = settled((1, 6.0), (1, 3.0), (0, 10.0), (0, 8.0))
    assert 1.0 - 1e-9 <= here.make_plan(NationSettings(tmp_path, Effort(8, 8, 100), 0.0), ended).prices[0] <= 4.0 + 1e-9


def test_a_bound_above_the_plans_is_not_hidden(tmp_path: Path) -> None:
    here = talks(tmp_path)
    here.add([(0, reply(9.0, 10.0, 6.0)), (1, reply(7.0, 8.0, 3.0))])
    here.end_round(1, np.zeros(1), 2, 0.0)
    ended = settled((1, 6.0), (1, 3.0), (0, 10.0), (0, 8.0))
    with pytest.raises(OptimiserError, match="contradict"):
        here.make_plan(NationSettings(tmp_path, Effort(8, 8, 100), 0.0), ended)


def test_the_bound_at_a_price_is_what_districts_pay_less_what_the_pool_is_worth(tmp_path: Path) -> None:
    here = talks(tmp_path)
    here.add([(0, reply(8.0, 10.0, 6.0, price=2.0)), (1, reply(5.0, 8.0, 3.0, price=2.0))])
    state = here.end_round(1, np.array([2.0]), 2, 0.0)
    assert state.bound == 8.0 + 5.0 - 2 * 2.0  # which is the optimum, 6 + 3
    assert state.gap == 0.0


def test_who_leaves_nothing_open_is_not_asked_again(tmp_path: Path) -> None:
    here = talks(tmp_path)
    assert here.open_districts(np.zeros(1), 0.1) == [0, 1]  # at first everybody is
    here.add([(0, reply(8.0, 10.0, 6.0, price=2.0)), (1, reply(1.0, 8.0, 3.0, price=2.0))])
    here.end_round(1, np.array([2.0]), 2, 0.1)
    assert here.open_districts(np.array([2.0]), 0.1) == [1]


def test_a_bound_holds_at_other_prices() -> None:
    one = reply(5.0, 9.0, price=2.0)
    assert one.bound_at(np.array([2.0])) == 5.0
    assert one.bound_at(np.array([4.0])) == 5.0  # who borrows nothing pays no more
    assert one.bound_at(np.array([1.0])) == 2.0  # who borrows three pays three less
