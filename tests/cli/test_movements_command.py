"""`optimiser movements`: what is proposed is told, and written into a copy of the instance that can be planned."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import run

from optimiser.files.read import read
from optimiser.model.parts.movement import list_rests

OKU = Path("instances/oku-250.toml")


@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_written_instance_has_what_is_proposed_in_every_language_of_the_file(tmp_path: Path, lang: str) -> None:
    to = tmp_path / "moving.toml"
    run("movements", str(OKU), "--most", "2", "--to", str(to), "--lang", lang)
    written = read(str(to))
    here = read(str(OKU))
    added = written.movements[len(here.movements) :]
    assert sum(not list_rests(movement) for movement in added) == 2
    assert any(list_rests(movement) for movement in added)  # nobody relieves like for like there
    assert ", then " in added[0].name
    assert ", lalu " in written.told_in("id").movements[len(here.movements)].name
    assert written.altered(movements=here.movements, texts=here.texts) == here


def test_bug_help_did_not_say_that_movements_for_rest_and_relief_come_on_top() -> None:
    said = " ".join(run("movements", "--help").stdout.replace("│", " ").split())
    assert "Movements from place to place at most, 4 if left out; accompaniments come on top, and" in said
    assert "movements for rest and relief too unless it is 0, which gives accompaniments alone" in said


def test_comments_of_the_file_are_kept(tmp_path: Path) -> None:
    to = tmp_path / "moving.toml"
    run("movements", str(OKU), "--most", "1", "--to", str(to))
    before = [line for line in OKU.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert [line for line in to.read_text(encoding="utf-8").splitlines() if line.startswith("#")] == before


def test_nothing_is_proposed_where_nobody_goes_on(tmp_path: Path) -> None:
    assert "Nothing to propose" in run("movements", "tiny-2").stdout
