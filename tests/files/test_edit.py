"""Changes as data: what is not changed stays as it is, comments included, and what cannot be used is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small import small_data, small_instance

from optimiser.common.errors import FileTrouble, InputFault
from optimiser.files.edit import Edit, amend, file_values, write_amended
from optimiser.files.read import parse, read, shipped
from optimiser.files.synthetic.town import to_toml
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY

TOWN = "town-5-tight-marches-1"


def test_amending_changes_what_is_named_and_nothing_else():
    before = small_instance()
    after = amend(
        before, [Edit(("cap",), 61), Edit(("sectors", 0, "minimum", "talk"), 0), Edit(("sectors", 1, "ring"), 3)]
    )
    assert (after.cap, after.sectors[0].minimum, after.sectors[1].ring) == (61, {"talk": 0}, 3)
    data = small_data(cap=61)
    data["sectors"][0]["minimum"] = {"talk": 0}
    data["sectors"][1]["ring"] = 3
    assert after == Instance.model_validate(data, context=SHAPE_ONLY)
    assert before == small_instance()


def test_an_index_beyond_the_end_appends_and_none_removes():
    instance = small_instance()
    more = amend(instance, [Edit(("posts", 1), {"id": "b", "name": "B", "x": 1.0, "y": 2.0})])
    assert [post.id for post in more.posts] == ["polres", "b"]
    assert amend(more, [Edit(("posts", 1), None)]) == instance
    assert amend(instance, [Edit(("sectors", 0, "spill_to"), None)]).sectors[0].spill_to is None
    assert amend(instance, [Edit(("historical",), None)]) == instance


def test_a_table_that_was_left_out_is_made():
    assert amend(small_instance(), [Edit(("doctrine", "reserve_least"), 1)]).doctrine.reserve_least == 1


@pytest.mark.parametrize("name", [*shipped(), "infeasible/one-officer", TOWN])
def test_unfolding_and_writing_lose_nothing(name, tmp_path):
    instance = read(name)
    assert parse(file_values(instance)) == instance
    for kind in (".toml", ".json"):
        file = tmp_path / f"again{kind}"
        file.write_text(write_amended(name, [], file), encoding="utf-8")
        again = read(file)
        assert again == instance
        assert again.model_dump() == instance.model_dump()  # sources and ranges too


def test_a_file_keeps_its_comments_and_order(tmp_path):
    from optimiser.files.read import read_text

    text = read_text("oku-250")[0]
    new = write_amended("oku-250", [Edit(("cap",), 251), Edit(("sectors", 3, "lat"), -4.2)], "new.toml")
    changed = [(a, b) for a, b in zip(text.split("\n"), new.split("\n"), strict=True) if a != b]
    assert changed == [("cap = 250", "cap = 251"), ("lat = -4.1262", "lat = -4.2")]


def test_an_appended_sector_stands_among_the_sectors(tmp_path):
    edit = Edit(("sectors", len(read("oku-250").sectors)), {"id": "new", "name": "New", "lat": -4.1, "lon": 104.1})
    file = tmp_path / "new.toml"
    file.write_text(write_amended("oku-250", [edit], file), encoding="utf-8")
    assert read(file).sectors[-1].id == "new"
    text = file.read_text(encoding="utf-8")
    assert "# ------" in text
    assert text.index('id = "new"') < text.index("[[posts]]")


def test_from_json_to_toml_and_back(tmp_path):
    source, toml, back = tmp_path / "a.json", tmp_path / "a.toml", tmp_path / "b.json"
    source.write_text(json.dumps(small_data()))
    toml.write_text(write_amended(source, [Edit(("cap",), 59)], toml), encoding="utf-8")
    back.write_text(write_amended(toml, [Edit(("cap",), 60)], back))
    assert read(back) == read(source)
    assert read(toml).cap == 59


def test_what_the_file_would_become_is_looked_at():
    with pytest.raises(InputFault) as caught:
        write_amended("tiny-2", [Edit(("cap",), -1), Edit(("sectors", 0, "spill_to"), "moon")], "a.toml")
    assert {fault.code for fault in caught.value.faults} == {"out-of-range", "unknown-sector"}
    with pytest.raises(FileTrouble, match=r"\.toml or \.json"):
        write_amended("tiny-2", [], "a.csv")
    with pytest.raises(FileTrouble, match="no such file"):
        write_amended("no-such", [], "a.toml")


def test_a_text_that_cannot_be_edited_in_place_is_written_anew(monkeypatch, tmp_path):
    import tomlkit

    def broken(_):
        raise ValueError("no")

    monkeypatch.setattr(tomlkit, "parse", broken)
    file = tmp_path / "new.toml"
    file.write_text(write_amended("tiny-2", [Edit(("cap",), 59)], file), encoding="utf-8")
    assert read(file).cap == 59


@given(st.text(min_size=1, max_size=60))
def test_any_text_is_written_so_that_toml_reads_it(text):
    import tomllib

    if any("\ud800" <= c <= "\udfff" for c in text):
        return
    assert tomllib.loads(to_toml({"a": text, "t": {"b": [text]}})) == {"a": text, "t": {"b": [text]}}


def test_an_edit_says_where_and_what():
    assert str(Edit(("sectors", 0, "lat"), -4.1)) == "sectors[0].lat = -4.1"
