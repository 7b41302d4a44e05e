"""Answers that are kept: the same question finds its answer, another one does not, and nothing is asked twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from support import nations

from optimiser.common.errors import FileTrouble
from optimiser.model.values.quantity import Count
from optimiser.nation import coordinate as coordination
from optimiser.nation.answer_cache import Replies
from optimiser.nation.coordinate import plan_nation
from optimiser.nation.district_subproblem import Offer, Reply, Settled, Terms

ANSWER = Reply((0.1,), 1.0 / 3.0, (Offer((2,), 7.0 / 3.0, ((1, 0), (0, 2))),), True, (3,))


def nation(folder: Path):
    districts = [nations.district(random.Random(i), f"district-{i}") for i in (1, 2)]
    pools = [nations.pool(count=1, serves={d.name: 0.0 for d in districts})]
    return nations.found(districts, pools, folder)


def test_an_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    replies = Replies(tmp_path / "answers")
    assert replies.take("one", Reply) is None
    replies.put("one", ANSWER)
    assert replies.take("one", Reply) == ANSWER
    settled = Settled(ANSWER.offers[0], ((0.1, 0.2),), (1.0 / 3.0,))
    replies.put("two", settled)
    assert replies.take("two", Settled) == settled
    assert sorted(f.name for f in (tmp_path / "answers").iterdir()) == ["one.json", "two.json"]


def test_a_file_that_was_cut_short_is_no_answer(tmp_path: Path) -> None:
    replies = Replies(tmp_path)
    replies.put("one", ANSWER)
    file = tmp_path / "one.json"
    file.write_bytes(file.read_bytes()[:-5])
    assert replies.take("one", Reply) is None


def test_whatever_decides_an_answer_is_in_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two = nation(tmp_path)
    replies, terms, pools = Replies(tmp_path / "answers"), Terms(tmp_path, 1, 8, 8, 0.1, 100), two.pools
    base = ("ask", terms, b"district-1", pools, (0.1,), ANSWER.offers)
    assert replies.name(*base) == replies.name(*base)
    others = [
        ("settle", *base[1:]),
        ("ask", Terms(tmp_path, 2, 8, 8, 0.1, 100), *base[2:]),
        (*base[:2], b"district-2", *base[3:]),
        (*base[:3], (pools[0].altered(count=Count(5)),), *base[4:]),
        (*base[:4], (0.2,), ANSWER.offers),
        (*base[:5], ()),
    ]
    names = {replies.name(*other) for other in others}
    assert len(names | {replies.name(*base)}) == len(others) + 1
    before = replies.name(*base)
    monkeypatch.setattr("optimiser.nation.answer_cache.program_version", lambda: "another")
    assert replies.name(*base) != before


def test_a_nation_that_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two, settings = nation(tmp_path), {"scenarios": 8, "reporting": 8, "rounds": 3, "gap": 0.0, "workers": 1}
    whole = plan_nation(two, tmp_path, **settings)
    asked = []

    def count(*question):
        asked.append(question)
        if len(asked) == 4:
            raise KeyboardInterrupt
        return original(*question)

    original = coordination.ask
    count.__name__ = original.__name__
    monkeypatch.setattr(coordination, "ask", count)
    with pytest.raises(KeyboardInterrupt):
        plan_nation(two, tmp_path, kept=tmp_path / "answers", **settings)
    assert len(list((tmp_path / "answers").glob("*.json"))) == 3
    again = plan_nation(two, tmp_path, kept=tmp_path / "answers", **settings)
    assert again == whole
    done = len(asked)
    assert plan_nation(two, tmp_path, kept=tmp_path / "answers", **settings) == whole
    assert len(asked) == done  # nothing is asked twice


def test_nothing_is_kept_unless_asked(tmp_path: Path) -> None:
    replies = Replies(None)
    replies.put(replies.name("ask", Terms(tmp_path, 1, 8, 8, 0.1, 100), b"nobody", ()), ANSWER)
    assert replies.take("", Reply) is None
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_is_file_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileTrouble, match="could not be written"):
        Replies(tmp_path / "file").put("one", ANSWER)
