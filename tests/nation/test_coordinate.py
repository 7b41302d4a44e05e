"""Districts together: nothing enumerated is better than the bound, nothing found is better than what is enumeration."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from support import nations

from optimiser.common.errors import Infeasible, InputFault
from optimiser.model.instance import Instance, Pin
from optimiser.nation.audit import audit
from optimiser.nation.coordinate import NationObserver, plan_nation
from optimiser.output.documents.nation import write_accord

QUICK = {"scenarios": 8, "reporting": 12, "workers": 1}


def district(name: str) -> Instance:
    return nations.district(random.Random(1), name)


@pytest.mark.slow
def test_no_way_to_lend_beats_the_bound_and_no_plan_the_optimum(tmp_path: Path) -> None:
    proved = lent = near = 0
    for nation, districts, folder in itertools.islice(nations.several(6, tmp_path), 6):
        optimum = nations.optimum(nation, districts, 3, 8)
        accord = plan_nation(nation, folder, seed=3, gap=0.0, rounds=5, **QUICK)
        proved += nations.hold(accord, optimum)
        near += accord.value <= optimum * 1.02 + 1e-9  # not proved: measured on these, where seeds are fixed
        lent += sum(accord.lent)
    assert lent
    assert proved >= 2
    assert near >= 5  # of six; the sixth is 2.1 % above


def test_the_bound_holds_where_sectors_influence_each_other(tmp_path: Path) -> None:
    for nation, districts, folder in itertools.islice(nations.several(6, tmp_path, joined=True), 2):
        optimum = nations.optimum(nation, districts, 3, 8)
        accord = plan_nation(nation, folder, seed=3, rounds=2, budget=100, **QUICK)
        assert accord.bound <= optimum + 1e-9 <= accord.value + 2e-9, folder
        assert accord.joined == len(districts)
        assert accord.value <= accord.value_alone + 1e-9


@pytest.mark.slow
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


def test_a_fault_of_the_last_district_is_found_before_the_first_is_solved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nation = nations.found([district("district-1"), district("district-2")], [], tmp_path)
    (tmp_path / "districts" / "district-2.toml").write_text("cap = 1\n")
    monkeypatch.setattr("optimiser.nation.coordinate.solve_subproblem", lambda *_: pytest.fail("asked"))
    for workers in (None, 1):
        with pytest.raises(InputFault, match="missing-field"):
            plan_nation(nation, tmp_path, **{**QUICK, "workers": workers})
