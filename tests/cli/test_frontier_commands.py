"""The commands frontier, worth and explain: documents on standard output, files where asked, faults with code 3."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import run
from support.sample_solution import town_values
from support.town import posted, town

from optimiser.common.errors import InputFault

NAMES = ("vehicle:awc", "awc")
QUICK = ["--scenarios", "4", "--reporting", "6", "--workers", "1", "--budget", "30", "--quiet"]


def town_file(folder: Path) -> Path:
    file = folder / "town.json"
    file.write_text(json.dumps(town_values()), encoding="utf-8")
    return file


def plan_file(folder: Path) -> Path:
    file = folder / "mine.json"
    file.write_text(posted(town()).model_dump_json(), encoding="utf-8")
    return file


def test_frontier_prints_and_writes(tmp_path: Path) -> None:
    done = run("frontier", "tiny-2", "--from", 20, "--to", 40, "--step", 10, "--out", tmp_path, *QUICK)
    assert done.exit_code == 0, done.output
    assert "How many are enough?" in done.stdout
    assert {file.name for file in tmp_path.iterdir()} == {"frontier.svg", "frontier.json"}
    again = run("frontier", "tiny-2", "--from", 20, "--to", 40, "--step", 10, "--json", *QUICK)
    assert json.loads(again.stdout) == json.loads((tmp_path / "frontier.json").read_text(encoding="utf-8"))


def test_another_resource_and_a_tolerance(tmp_path: Path) -> None:
    done = run("frontier", "tiny-2", "--resource", "team:squad", "--tolerance", 1000, "--json", *QUICK)
    document = json.loads(done.stdout)
    assert document["levels"][0]["amount"] == 0
    assert document["knee"] is None  # every scenario of it is alike, and too few are played to show anything
    assert document["tolerance"] == {"points": 1000.0, "share": None}


@pytest.mark.slow
def test_a_kind_is_named_as_what_if_names_it() -> None:
    levels = ["--from", 1, "--to", 2]
    long, short = (run("frontier", "oku-250", "--resource", name, *levels, "--json", *QUICK) for name in NAMES)
    assert short.exit_code == 0, short.output
    assert json.loads(short.stdout) == json.loads(long.stdout)
    done = run("worth", "tiny-2", "--of", "squad", "--json", *QUICK)
    assert [one["resource"] for one in json.loads(done.stdout)["worth"]] == ["team:squad"]


def test_what_is_not_there_cannot_vary() -> None:
    done = run("frontier", "tiny-2", "--resource", "team:tank", *QUICK)
    assert done.exit_code == InputFault.exit_code
    assert "unknown-resource" in done.stderr
    done = run("frontier", "tiny-2", "--from", 9, "--to", 3, *QUICK)
    assert done.exit_code == InputFault.exit_code


def test_price_of_presence_prints_and_writes(tmp_path: Path) -> None:
    values = {**town_values(), "presence": {"observers": False, "reserve_share": 0.0, "one_officer": False}}
    file = tmp_path / "town.json"
    file.write_text(json.dumps(values), encoding="utf-8")
    done = run("presence", file, "--out", tmp_path / "price", *QUICK)
    assert done.exit_code == 0, done.output
    assert "What rules of presence cost" in done.stdout
    document = json.loads((tmp_path / "price" / "presence.json").read_text(encoding="utf-8"))
    assert document["prices"][-1]["rules"] == [rule for one in document["prices"][:-1] for rule in one["rules"]]
    assert json.loads(run("presence", file, "--json", *QUICK).stdout) == document


@pytest.mark.slow
def test_an_estimate_of_the_optimum_prints_and_writes(tmp_path: Path) -> None:
    asked = ("optimum", town_file(tmp_path), "--scenarios", 30, "--budget", 200)
    done = run(*asked, "--out", tmp_path / "estimate")
    assert done.exit_code == 0, done.output
    assert "Estimate of the optimum" in done.stdout
    document = json.loads((tmp_path / "estimate" / "optimum.json").read_text(encoding="utf-8"))
    assert document["format"] == "optimiser-optimum/1"
    assert json.loads(run(*asked, "--json").stdout) == document


def test_without_rules_of_presence_there_is_no_price(tmp_path: Path) -> None:
    done = run("presence", town_file(tmp_path), *QUICK)
    assert done.exit_code == InputFault.exit_code
    assert "a rule of presence in force" in done.stderr


def test_worth_of_one_kind(tmp_path: Path) -> None:
    file, mine = town_file(tmp_path), plan_file(tmp_path)
    done = run("worth", file, mine, "--of", "team:talk", "--json", "--out", tmp_path, *QUICK)
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert [one["resource"] for one in document["worth"]] == ["team:talk"]
    assert json.loads((tmp_path / "worth.json").read_text(encoding="utf-8")) == document
    assert "What one more team or vehicle is worth" in run("worth", file, mine, "--of", "team:talk", *QUICK).stdout


@pytest.mark.slow
def test_explain_a_plan_of_ones_own(tmp_path: Path) -> None:
    file, mine = town_file(tmp_path), plan_file(tmp_path)
    done = run("explain", file, mine, "--trajectories", 0, "--out", tmp_path, *QUICK)
    assert done.exit_code == 0, done.output
    assert "WHY SO MANY HERE" in done.stdout
    document = json.loads((tmp_path / "explanation.json").read_text(encoding="utf-8"))
    assert document["deployment"]["places"] == json.loads(mine.read_text(encoding="utf-8"))["places"]
    assert json.loads(run("explain", file, mine, "--trajectories", 0, "--json", *QUICK).stdout) == document
