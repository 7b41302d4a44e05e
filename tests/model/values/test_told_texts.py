"""An instance is told in the language of its reader, and stays the same instance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimiser.common.errors import InputFault
from optimiser.common.language import language
from optimiser.files.apply_whatif import apply
from optimiser.files.examination import examine
from optimiser.files.read import read
from optimiser.files.workbook.examples import example
from optimiser.model.instance import Instance
from optimiser.model.whatif import WhatIf
from optimiser.output.excel.template import write_template
from optimiser.output.write import describe_plan
from optimiser.planning.optimise import optimise


@pytest.fixture
def town() -> Instance:
    plain = example()
    words = {"title": "Kota kecil", plain.sectors[0].name: "Sektor pertama", plain.teams[0].name: "Tim pertama"}
    return plain.replace(texts={"id": words})


def test_what_is_translated_is_told_and_all_else_is_as_in_the_file(town: Instance) -> None:
    told = town.told_in("id")
    assert (told.title, told.sectors[0].name, told.teams[0].name) == ("Kota kecil", "Sektor pertama", "Tim pertama")
    assert [s.name for s in told.sectors[1:]] == [s.name for s in town.sectors[1:]]
    assert [s.id for s in told.sectors] == [s.id for s in town.sectors]
    assert town.told_in("en") == town


def test_telling_changes_no_identity_and_can_be_taken_back(town: Instance) -> None:
    told = town.told_in("id")
    assert told.fingerprint() == town.fingerprint() == example().fingerprint()
    assert told.as_filed() == town
    assert told.told_in("id") == told
    assert told.told_in("en") == town


def test_two_texts_may_be_told_alike_and_are_told_apart_again(town: Instance) -> None:
    first, second = town.sectors[0].name, town.sectors[1].name
    told = town.replace(texts={"id": {first: "Gerbang", second: "Gerbang"}}).told_in("id")
    assert [s.name for s in told.sectors[:2]] == ["Gerbang", "Gerbang"]
    assert [s.name for s in told.as_filed().sectors[:2]] == [first, second]


def test_a_what_if_of_a_told_instance_is_that_of_the_file(town: Instance) -> None:
    change = WhatIf.model_validate({"name": "cap", "title": "cap", "changes": [{"do": "heads", "cap": 40}]})
    assert apply(town.told_in("id"), change).fingerprint() == apply(town, change).fingerprint()


def test_a_translation_of_nothing_is_a_warning(town: Instance) -> None:
    odd = town.replace(texts={"id": {"A place that is not there": "x"}})
    assert [c.code for c in examine(odd) if c.code == "unused-text"] == ["unused-text"]
    assert not [c for c in examine(town) if c.code == "unused-text"]


def test_a_language_that_is_none_is_refused(town: Instance) -> None:
    with pytest.raises(InputFault) as refused:
        town.replace(texts={"fr": {"title": "x"}})
    assert "texts" in str(refused.value)


def test_translations_survive_a_workbook(town: Instance, tmp_path: Path) -> None:
    file = tmp_path / "town.xlsx"
    file.write_bytes(write_template(town))
    assert read(file).texts == town.texts
    file.write_bytes(write_template(town, language("id")))
    assert read(file).told_in("id").sectors[0].name == "Sektor pertama"
    assert read(file).told_in("en").sectors[0].name == town.sectors[0].name


def test_bug_a_plan_file_had_names_in_the_language_of_its_reader(town: Instance) -> None:
    effort = {"scenarios": 10, "reporting": 10, "budget": 30}
    filed, told = (describe_plan(optimise(t, **effort)) for t in (town, town.told_in("id")))  # type: ignore[arg-type]
    for part in ("instance", "sectors", "deployment"):
        assert json.dumps(told[part]) == json.dumps(filed[part]), part
