"""A nation as data: what its file may say, and what borrowing means."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from support import nations

from optimiser.common.errors import FileTrouble, InputFault
from optimiser.files.read_nation import read_district, read_nation
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.nation import lend
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

NATION = """
format = "optimiser-nation/1"
name = "two"
title = "Two"
[[districts]]
id = "a"
name = "A"
[[districts]]
id = "b"
name = "B"
[[pools]]
id = "bko"
name = "BKO"
role = "line"
size = 10
count = 2
serves = { a = 0, b = 30 }
"""


def faults(tmp_path: Path, before: str, after: str) -> set[str]:
    assert before in NATION
    (tmp_path / "nation.toml").write_text(NATION.replace(before, after))
    with pytest.raises(InputFault) as caught:
        read_nation(tmp_path / "nation.toml")
    return {fault.code for fault in caught.value.faults}


def test_a_nation_is_read(tmp_path: Path) -> None:
    (tmp_path / "nation.toml").write_text(NATION)
    nation = read_nation(tmp_path / "nation.toml")
    assert [d.id for d in nation.districts] == ["a", "b"]
    assert nation.serving("b")[0].serves["b"] == 30.0
    assert nation.serving("a") == nation.pools


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('id = "b"', 'id = "a"', "duplicate-id"),
        ("b = 30", "c = 30", "unknown-district"),
        ("b = 30", "b = 2000", "out-of-range"),
        ("size = 10", "", "missing-field"),
        ("size = 10", "size = 10\nparty = 1", "forbidden-field"),
        ("size = 10", "size = 10\nspeed = 1", "unknown-field"),
        ("count = 2", "count = -1", "out-of-range"),
        ("optimiser-nation/1", "optimiser-nation/9", "wrong-format"),
        ('id = "bko"', 'id = "../x"', "bad-identifier"),
    ],
)
def test_a_fault_has_its_code(tmp_path: Path, before: str, after: str, code: str) -> None:
    assert code in faults(tmp_path, before, after)


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    assert faults(tmp_path, "serves = { a = 0, b = 30 }", "serves = { x = 0, y = 30 }") == {"unknown-district"}
    text = NATION.replace('id = "b"', 'id = "a"').replace("b = 30", "c = 30")
    (tmp_path / "nation.toml").write_text(text)
    with pytest.raises(InputFault) as caught:
        read_nation(tmp_path / "nation.toml")
    assert {f.code for f in caught.value.faults} == {"duplicate-id", "unknown-district"}


def test_a_pool_that_does_not_fit_a_district_is_a_fault(tmp_path: Path) -> None:
    district = nations.district(random.Random(1), "a")
    misfits = [
        (nations.pool(role="flying", serves={"a": 0.0}), "unknown-role"),
        (nations.pool("dalmas", serves={"a": 0.0}), "duplicate-id"),
        (nations.pool(serves={"a": 180.0}), "time-outside"),  # the period has 3 h
    ]
    for pool, code in misfits:
        nation = nations.found([district], [pool], tmp_path)
        with pytest.raises(InputFault, match=code):
            read_district(tmp_path, "a", nation.pools)


def test_who_is_there_at_the_end_of_the_day_is_not_there_at_its_beginning(tmp_path: Path) -> None:
    district = nations.district(random.Random(1), "a")
    whole_day = district.altered(**{"period": district.period.altered(hours=24.0)})
    late = nations.pool(serves={"a": 1439.5})  # in whole minutes the end of the day, which the clock calls its start
    nation = nations.found([whole_day], [late], tmp_path)
    with pytest.raises(InputFault, match="time-outside"):
        read_district(tmp_path, "a", nation.pools)
    last = nations.found([whole_day], [nations.pool(serves={"a": 1438.5})], tmp_path)
    lent = lend(read_district(tmp_path, "a", last.pools), last.pools, {"bko": 1})
    assert lent.minutes(str(lent.teams[-1].available)) == 1439.0


def test_a_missing_district_is_file_trouble(tmp_path: Path) -> None:
    with pytest.raises(FileTrouble, match=r"a\.toml"):
        read_district(tmp_path, "a", ())


def test_who_borrows_has_one_more_kind_that_does_not_count_in_the_cap() -> None:
    district = nations.district(random.Random(1), "a")
    pool = nations.pool(count=3, serves={"a": 20.5})
    lent = lend(district, (pool,), {"bko": 2})
    kind = lent.teams[-1]
    assert (kind.id, kind.count, kind.role, kind.available, kind.counts) == ("bko", 2, "line", "13:21", False)
    assert lent.cap == district.cap
    plan = Deployment.build(lent, {("s0", "bko"): 2, ("s0", "padal"): 1}, {})
    assert check(lent, plan).passed
    assert {v.code for v in check(lend(district, (pool,), {"bko": 1}), plan).violations} == {"availability"}


def test_borrowed_teams_do_nothing_before_they_are_there() -> None:
    district = nations.district(random.Random(2), "a")
    district = district.altered(period=district.period.model_copy(update={"overtime": 0.0}))
    losses = []
    for after in (0.0, 60.0, 179.0):
        lent = lend(district, (nations.pool(count=2, serves={"a": after}),), {"bko": 2})
        both = {(s, team): 1 for s in ("s0", "s1") for team in ("bko", "padal")}
        plan = Deployment.build(lent, both, {})
        with Simulator(lent, workers=1) as simulator:
            losses.append(simulator.losses([plan], draw(lent, 1, 200)).sum(axis=2).mean())
    none = Deployment.build(district, {(s, "padal"): 1 for s in ("s0", "s1")}, {})
    with Simulator(district, workers=1) as simulator:
        alone = simulator.losses([none], draw(district, 1, 200)).sum(axis=2).mean()
    assert losses[0] < losses[1] < losses[2]
    assert losses[2] == pytest.approx(alone, rel=0.02)
