"""A line of text holds several phrases: in cells of tables, in sweeps, and among the changes of a stored what-if."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from optimiser.batch.sweep import read_whatif
from optimiser.common.errors import InputFault
from optimiser.files.read_whatifs import parse_whatifs, read_whatifs, whatif_schema
from optimiser.files.typed.phrases import split_phrases
from optimiser.files.whatif_phrases import parse_phrases


def test_a_line_is_split_where_the_next_word_begins() -> None:
    line = "--lose AWC --at-most kpu:60 heads --start '2 jam lebih awal' --Rain=heavy"
    assert split_phrases(line) == [
        ("lose", "AWC"),
        ("at-most", "kpu:60 heads"),
        ("start", "2 jam lebih awal"),
        ("rain", "heavy"),
    ]


@pytest.mark.parametrize(("line", "found"), [("awc", "awc"), ("--luse awc", "--luse"), ('--lose "awc', '--lose "awc')])
def test_a_line_that_holds_no_phrases_is_refused(line: str, found: str) -> None:
    with pytest.raises(InputFault) as caught:
        split_phrases(line)
    (fault,) = caught.value.faults
    assert fault.found == f"'{found}'"


def test_a_stored_change_may_be_as_it_is_typed(tmp_path: Path) -> None:
    file = tmp_path / "ask.toml"
    file.write_text('changes = ["--lose AWC --rain deras", { do = "heads", cap = 200 }, "--start pawai=08.00"]\n')
    (stored,) = read_whatifs(file)
    (typed,) = read_whatif("--lose awc --rain heavy --heads 200 --start pawai=08:00")
    assert stored.changes == typed.changes
    data = {"changes": ["--lose AWC", {"do": "heads", "cap": 200}]}
    Draft202012Validator(whatif_schema()).validate(data)
    assert parse_whatifs(json.loads(json.dumps(data)))[0].changes == (typed.changes[0], typed.changes[2])


def test_every_fault_of_a_change_that_is_typed_stands_at_its_place() -> None:
    with pytest.raises(InputFault) as caught:
        parse_whatifs({"changes": ["--lose awc", "--heads many --start soon", "--luse awc", "--lose awc=0", 3]})
    places = [str(fault.place) for fault in caught.value.faults]
    assert places == ["changes[1]: --heads", "changes[1]: --start", "changes[2]", "changes[3].number", "changes[4]"]


def test_a_stored_change_opens_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.toml"
    secret.write_text('[[triggers]]\nid = "late"\nname = "Late news"\nat = "15:00"\n')
    with pytest.raises(InputFault, match="needs no file"):
        parse_whatifs({"changes": [f"--add {secret}"]})


def test_capitals_and_outer_spaces_of_identifiers_do_not_matter_in_stored_changes() -> None:
    data = {"changes": [{"do": "lose", "what": " AWC "}, {"do": "keep", "place": "KPU"}]}
    Draft202012Validator(whatif_schema()).validate(data)
    lost, kept = parse_whatifs(data)[0].changes
    assert (lost.what, kept.place) == ("awc", "kpu")  # type: ignore[union-attr]
    assert json.loads(parse_whatifs(data)[0].model_dump_json())["changes"][0]["what"] == "awc"


def test_bug_a_factor_of_rain_out_of_range_was_a_traceback() -> None:
    with pytest.raises(InputFault, match=r"80\.0; expected 0 to 2; write 0\.8 if 80 % is meant"):
        parse_phrases([("rain", "drive=80,march=90,people=60")])


def test_bug_a_period_that_ended_when_it_began_was_a_day_of_24_hours() -> None:
    with pytest.raises(InputFault, match="09:00-09:00"):
        parse_phrases([("period", "09:00-09:00")])
