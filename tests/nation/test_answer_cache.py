"""Answers that are kept: the same question finds its answer, another one does not, and nothing is asked twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from support import nations

from optimiser.common.errors import FileTrouble
from optimiser.model.values.quantity import Count
from optimiser.nation import coordinate
from optimiser.nation.answer_cache import AnswerCache
from optimiser.nation.columns import DistrictColumn, DistrictResult, NationSettings, SubproblemResult
from optimiser.nation.coordinate import plan_nation
from optimiser.planning.settings import Effort

ANSWER = SubproblemResult((0.1,), 1.0 / 3.0, (DistrictColumn((2,), 7.0 / 3.0, ((1, 0), (0, 2))),), True, (3,))


def nation(folder: Path):
    districts = [nations.district(random.Random(i), f"district-{i}") for i in (1, 2)]
    pools = [nations.pool(count=1, serves={d.name: 0.0 for d in districts})]
    return nations.found(districts, pools, folder)


def test_an_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "answers")
    assert cache.get("one", SubproblemResult) is None
    cache.put("one", ANSWER)
    assert cache.get("one", SubproblemResult) == ANSWER
    settled = DistrictResult(ANSWER.columns[0], ((0.1, 0.2),), (1.0 / 3.0,))
    cache.put("two", settled)
    assert cache.get("two", DistrictResult) == settled
    assert sorted(f.name for f in (tmp_path / "answers").iterdir()) == ["one.json", "two.json"]


def test_a_file_that_was_cut_short_is_no_answer(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    cache.put("one", ANSWER)
    file = tmp_path / "one.json"
    file.write_bytes(file.read_bytes()[:-5])
    assert cache.get("one", SubproblemResult) is None


def test_whatever_decides_an_answer_is_in_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two = nation(tmp_path)
    cache, settings, pools = (
        AnswerCache(tmp_path / "answers"),
        NationSettings(tmp_path, Effort(8, 8, 100), 0.1),
        two.pools,
    )
    base = ("solve_subproblem", settings, b"district-1", pools, (0.1,), ANSWER.columns)
    assert cache.key(*base) == cache.key(*base)
    others = [
        ("evaluate_column", *base[1:]),
        ("solve_subproblem", NationSettings(tmp_path, Effort(8, 8, 100, seed=2), 0.1), *base[2:]),
        (*base[:2], b"district-2", *base[3:]),
        (*base[:3], (pools[0].altered(count=Count(5)),), *base[4:]),
        (*base[:4], (0.2,), ANSWER.columns),
        (*base[:5], ()),
    ]
    names = {cache.key(*other) for other in others}
    assert len(names | {cache.key(*base)}) == len(others) + 1
    before = cache.key(*base)
    monkeypatch.setattr("optimiser.nation.answer_cache.program_version", lambda: "another")
    assert cache.key(*base) != before


def test_a_nation_that_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two, settings = nation(tmp_path), {"scenarios": 8, "reporting": 8, "rounds": 3, "gap": 0.0, "workers": 1}
    whole = plan_nation(two, tmp_path, **settings)
    asked = []

    def count(*question):
        asked.append(question)
        if len(asked) == 4:
            raise KeyboardInterrupt
        return original(*question)

    original = coordinate.solve_subproblem
    count.__name__ = original.__name__
    monkeypatch.setattr(coordinate, "solve_subproblem", count)
    with pytest.raises(KeyboardInterrupt):
        plan_nation(two, tmp_path, cache=tmp_path / "answers", **settings)
    assert len(list((tmp_path / "answers").glob("*.json"))) == 3
    again = plan_nation(two, tmp_path, cache=tmp_path / "answers", **settings)
    assert again == whole
    done = len(asked)
    assert plan_nation(two, tmp_path, cache=tmp_path / "answers", **settings) == whole
    assert len(asked) == done  # nothing is asked twice


def test_nothing_is_kept_unless_asked(tmp_path: Path) -> None:
    cache = AnswerCache(None)
    cache.put(cache.key("solve_subproblem", NationSettings(tmp_path, Effort(8, 8, 100), 0.1), b"nobody", ()), ANSWER)
    assert cache.get("", SubproblemResult) is None
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_is_file_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileTrouble, match="could not be written"):
        AnswerCache(tmp_path / "file").put("one", ANSWER)
