"""Generating, planning and checking a province from the command line: files, exit codes, words in both languages."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from support import nations
from support.command_line import run
from support.schemas import DRAFT, validate

from optimiser.files.read_nation import nation_schema, read_nation

QUICK = ("--scenarios", 8, "--reporting", 8, "--rounds", 2, "--workers", 1)


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nation")
    nations.draw(11, folder)
    return folder / "nation.toml"


def test_a_nation_is_of_the_published_shape(nation: Path) -> None:
    DRAFT(nation_schema()).validate(read_nation(nation).model_dump(mode="json"))


def test_a_province_is_generated_once(tmp_path: Path) -> None:
    done = run("generate", "province", tmp_path / "p", "--seed", 4, "--separate")
    assert done.exit_code == 0, done.output
    assert read_nation(tmp_path / "p" / "nation.toml").name == "province-separate-4"
    assert len(list((tmp_path / "p" / "districts").glob("*.toml"))) == 17
    before = (tmp_path / "p" / "nation.toml").read_bytes()
    again = run("generate", "province", tmp_path / "p", "--seed", 5)
    assert again.exit_code == 4
    assert "left alone" in again.output
    assert (tmp_path / "p" / "nation.toml").read_bytes() == before


def test_a_nation_is_planned_written_and_checked(nation: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = run("nation", nation, "--out", out, "--json", *QUICK)
    assert done.exit_code == 0, done.output
    assert "round 1: 2 districts asked" in done.stderr
    document = json.loads(done.stdout)
    assert document == json.loads((out / "summary.json").read_text())
    assert validate(document) == "accord"
    assert validate(json.loads(run("nation", nation, "--check", out, "--json").stdout)) == "audit"
    assert sum(loan["teams"] for loan in document["loans"]) == sum(pool["lent"] for pool in document["pools"])
    assert {f.name for f in out.iterdir()} == {
        *("loans.csv", "districts.csv", "summary.json"),
        *("districts", "plans", "answers"),
    }
    rows = list(csv.DictReader((out / "districts.csv").read_text().splitlines()))
    assert [row["district"] for row in rows] == ["district-1", "district-2"]
    for row in rows:  # both ends, or none where the few scenarios that lose something carry no interval
        assert (row["low"] == "") is (row["high"] == "")
        assert row["low"] == "" or float(row["low"]) <= float(row["points"]) <= float(row["high"])
    checked = run("nation", nation, "--check", out)
    assert checked.exit_code == 0
    assert "0 violations" in " ".join(checked.stdout.split())
    for district in ("district-1", "district-2"):  # every other command takes a district with what it has borrowed
        one = run("check", out / "districts" / f"{district}.toml", out / "plans" / f"{district}.json")
        assert one.exit_code == 0, one.output


def test_a_run_that_was_tampered_with_is_refused(nation: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert run("nation", nation, "--out", out, "--quiet", *QUICK).exit_code == 0
    (out / "loans.csv").write_text("district,pool,teams\ndistrict-1,bko,100\n")
    done = run("nation", nation, "--check", out, "--json")
    assert done.exit_code == 3
    assert "lent-more" in {v["code"] for v in json.loads(done.stdout)["violations"]}
    assert validate(json.loads(done.stdout)) == "audit"


def test_bug_a_result_stood_among_districts_and_plans_of_another_nation(nation: Path, tmp_path: Path) -> None:
    for folder, name in (("plans", "elsewhere.json"), ("districts", "elsewhere.toml")):
        file = tmp_path / folder / folder / name
        file.parent.mkdir(parents=True)
        file.write_text("")
        done = run("nation", nation, "--out", tmp_path / folder, *QUICK)
        assert done.exit_code == 4
        assert f"{name}: no district of tiny" in " ".join(done.output.split())


def test_bug_a_province_was_generated_over_districts_of_another_one(tmp_path: Path) -> None:
    file = tmp_path / "districts" / "district-1.toml"
    file.parent.mkdir()
    file.write_text("")
    done = run("generate", "province", tmp_path)
    assert (done.exit_code, file.read_text()) == (4, "")
    assert not (tmp_path / "nation.toml").exists()


def test_bug_a_district_without_a_file_was_looked_for_among_the_shipped_instances(tmp_path: Path) -> None:
    nations.draw(11, tmp_path)
    (tmp_path / "districts" / "district-2.toml").unlink()
    done = run("nation", tmp_path / "nation.toml", *QUICK)
    assert done.exit_code == 4
    assert "district-2.toml: cannot be read" in " ".join(done.output.split()).replace("- ", "-")


def test_a_result_is_not_written_over_the_districts_it_is_made_from(tmp_path: Path) -> None:
    nations.draw(11, tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.toml")}
    (tmp_path / "link").symlink_to(tmp_path)
    for out in (tmp_path, tmp_path / "districts" / "..", tmp_path / "link"):
        done = run("nation", tmp_path / "nation.toml", "--out", out, *QUICK)
        assert done.exit_code == 4, out
        assert "would be written over" in " ".join(done.output.split())
        assert "round 1" not in done.output  # said before the long work
    assert {file: file.read_bytes() for file in tmp_path.rglob("*.toml")} == before


def test_help_says_that_workers_are_processes() -> None:
    text = " ".join(run("nation", "--help").stdout.split())
    assert "Processes; all cores if left out" in text
    assert "Threads" not in text


def test_it_is_said_on_the_screen(nation: Path) -> None:
    done = run("nation", nation, *QUICK)
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    assert "these 8 scenarios of each of 2 districts" in text
    assert "WHO BORROWS MOST" in text
    assert "Traceback" not in done.output


def test_mistakes_have_their_exit_code(nation: Path, tmp_path: Path) -> None:
    assert run("nation", tmp_path / "nowhere.toml").exit_code == 4
    (tmp_path / "bad.toml").write_text('format = "optimiser-nation/1"\n')
    bad = run("nation", tmp_path / "bad.toml")
    assert bad.exit_code == 3
    assert "missing-field" in bad.output
    (tmp_path / "file").write_text("")
    assert run("nation", nation, "--out", tmp_path / "file", *QUICK).exit_code == 4
    assert run("generate", "continent", tmp_path).exit_code == 2


def test_the_page_shows_python_that_works(nation: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    page = (Path(__file__).parents[2] / "docs" / "nation.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(nation.parent)
    exec(compile(block.replace("workers=2", "workers=1"), "docs/nation.md", "exec"), {})
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("round 1: 2 districts asked")
    assert rest
