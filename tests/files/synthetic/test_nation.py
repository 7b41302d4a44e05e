"""Synthetic provinces and nations: real numbers of districts, same bytes for a seed, twins, and plans that exist."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from optimiser.files.read_nation import read_district, read_nation
from optimiser.files.synthetic.nation import PROVINCES, Archipelago, Placed, make_files, neighbourhoods, place_districts
from optimiser.model.checker import check
from optimiser.model.nation import Nation, lend
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.response_tables import interplay


def write(realm: Archipelago, folder: Path) -> Nation:
    for name, text in make_files(realm):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return read_nation(folder / "nation.toml")


def test_a_nation_has_the_508_that_voted() -> None:
    assert sum(p.districts for p in PROVINCES) == 415
    assert sum(p.cities for p in PROVINCES) == 93
    assert len(PROVINCES) == len({p.id for p in PROVINCES}) == 37
    placed = [d for p in PROVINCES for d in place_districts(Archipelago("nation", True, 1), p)]
    assert Counter(d.sort for d in placed) == {"kab": 415, "kota": 93}
    assert len({d.id for d in placed}) == 508


@pytest.mark.parametrize("separate", [True, False], ids=["separate", "joined"])
def test_every_district_of_a_province_has_a_plan_of_its_own(tmp_path: Path, separate: bool) -> None:
    nation = write(Archipelago("province", separate, 2), tmp_path)
    assert len(nation.districts) == 17
    assert Counter("kota" in d.id for d in nation.districts) == {False: 13, True: 4}
    for district in nation.districts:
        pools = nation.serving(district.id)
        instance = read_district(tmp_path, district.id, pools)
        assert bool(interplay(instance)) is not separate
        everything = lend(instance, pools, {pool.id: int(pool.count) for pool in pools})
        assert bool(interplay(everything)) is not separate
        for plan in candidates(instance).values():
            assert check(everything, plan).passed
        assert {pool.id.split("-")[0] for pool in pools} == {"samapta", "negosiator", "brimob"}


def test_the_same_seed_is_the_same_bytes_and_another_is_not() -> None:
    one, same, other = (list(make_files(Archipelago("province", True, seed))) for seed in (1, 1, 2))
    assert one == same
    assert dict(one).keys() == dict(other).keys()
    assert all(dict(one)[name] != text for name, text in other)
    assert one[-1][0] == "nation.toml"


def test_twins_have_the_same_pools_people_and_sites() -> None:
    separate, joined = (
        {name: tomllib.loads(text) for name, text in make_files(Archipelago("province", twin, 3))}
        for twin in (True, False)
    )
    assert separate["nation.toml"]["pools"] == joined["nation.toml"]["pools"]
    for name in separate.keys() - {"nation.toml"}:
        for part in ("roles", "vehicles", "triggers", "period"):
            assert separate[name][part] == joined[name][part]
        where = [[(s["id"], s["x"], s["y"]) for s in one[name]["sectors"]] for one in (separate, joined)]
        assert where[0] == where[1]
        kept = [{t["id"]: t["count"] for t in one[name]["teams"] if t["role"] != "phh"} for one in (separate, joined)]
        assert kept[0] == kept[1]


@pytest.mark.slow
def test_a_nation_has_pools_of_neighbours_of_provinces_and_of_all() -> None:
    *_, (name, text) = make_files(Archipelago("nation", True, 1))
    assert name == "nation.toml"
    nation = Nation.model_validate(tomllib.loads(text))
    assert len(nation.districts) == 508
    served = Counter(len(pool.serves) == 508 for pool in nation.pools)
    assert served[True] == 1
    neighbours = [pool for pool in nation.pools if pool.id.startswith("samapta-")]
    assert sum(len(pool.serves) for pool in neighbours) == 508
    assert all(1 <= len(pool.serves) <= 4 for pool in neighbours)
    assert all(len(nation.serving(d.id)) == 4 for d in nation.districts)
    assert all(float(m) < 480.0 for pool in nation.pools for m in pool.serves.values())


def test_neighbours_lie_in_the_same_direction() -> None:
    where = [(1, 0), (0, 1), (-1, -0.1), (0, -1), (1, 0.1)]
    around = [Placed(f"d{i}", "", "kab", x, y) for i, (x, y) in enumerate(where)]
    assert [[d.id for d in group] for group in neighbourhoods(around)] == [["d2", "d3"], ["d0", "d4", "d1"]]


def test_a_seed_has_limits() -> None:
    with pytest.raises(ValueError, match="seed"):
        Archipelago("province", True, -1)
