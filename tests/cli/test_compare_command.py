"""`optimiser compare`: the document of the server, the plans beside each other, and plans of any kind."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from support.command_line import run
from support.plan_tables import as_csv, as_workbook
from support.sample_solution import town_values
from support.schemas import validate
from support.town import posted, town

from optimiser.cli.one_plan.compare import name_plans
from optimiser.files.read import parse
from optimiser.model.harms import INDEPENDENT
from optimiser.web.requests import CompareRequest, parse_request
from optimiser.web.run_job import run_job

QUICK = ("--scenarios", "12", "--workers", "1")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("plans")
    instance, plan = parse(town_values()), posted(town())
    fewer = json.loads(plan.model_dump_json())
    fewer["places"]["kpu"]["teams"]["rope"] -= 1
    content = {
        "town.json": json.dumps(town_values()).encode(),
        "plan.json": json.dumps(plan.model_dump(mode="json")).encode(),
        "fewer.json": json.dumps(fewer).encode(),
        "plan.csv": as_csv(instance, plan),
        "plan.xlsx": as_workbook(instance, plan),
    }
    for name, raw in content.items():
        (folder / name).write_bytes(raw)
    return {name: folder / name for name in content}


def test_plans_stand_beside_each_other(files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    done = run("compare", files["town.json"], files["plan.json"], files["fewer.json"], files["plan.csv"], *QUICK)
    assert done.exit_code == 0, done.output
    for words in ("PLANS COMPARED", "the first", "fewer.json, seen from plan.json: 1 x", "plan.csv, seen from"):
        assert words in done.stdout
    assert "nobody" in done.stdout.split("plan.csv, seen from")[1]
    assert max(map(len, done.stdout.splitlines())) <= 100
    indonesian = run("compare", files["town.json"], files["plan.json"], files["fewer.json"], *QUICK, "--lang", "id")
    assert "PERBANDINGAN" in indonesian.stdout


def test_the_document_is_that_of_the_server(files: dict[str, Path], tmp_path: Path) -> None:
    plans = [files["plan.json"], files["fewer.json"], files["plan.xlsx"]]
    done = run("compare", files["town.json"], *plans, *QUICK, "--json", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert validate(document) == "comparison"
    assert (tmp_path / "comparison.json").read_text() == done.stdout
    body = {"instance": town_values(), "scenarios": 12, "deployments": [json.loads(f.read_text()) for f in plans[:2]]}
    body["deployments"].append(files["plan.csv"].read_bytes().decode())
    asked = parse_request(CompareRequest, body)
    served = json.loads(run_job("compare", asked.body(), asked.numbers, str(tmp_path / "job")).content or b"")
    for one in (document, served):
        one["deployments"][2]["deployment"].pop("title")
    assert served == document
    assert document["deployments"][2]["against_first"]["sentence"] == "the same"


def test_a_table_of_all_figures_is_written_for_spreadsheets(files: dict[str, Path], tmp_path: Path) -> None:
    plans = [files["plan.json"], files["fewer.json"]]
    done = run("compare", files["town.json"], *plans, *QUICK, "--json", "--out", tmp_path)
    assert f"written: {tmp_path / 'comparison.csv'}, {tmp_path / 'comparison.json'}" in done.stderr
    rows = list(csv.DictReader(io.StringIO((tmp_path / "comparison.csv").read_bytes().decode())))
    loss = [row for row in rows if row["figure"] == "loss"]
    assert [row["plan"] for row in loss] == ["plan.json", "fewer.json"]
    told = json.loads(done.stdout)["deployments"]
    assert [float(row["mean"]) for row in loss] == [one["evaluation"]["loss"]["mean"] for one in told]
    assert loss[0]["more"] == ""
    assert float(loss[1]["more"]) == told[1]["against_first"]["loss"]["mean"]
    assert len(rows) == 2 * (1 + len(INDEPENDENT))


def test_two_plans_are_needed(files: dict[str, Path]) -> None:
    assert run("compare", files["town.json"], files["plan.json"]).exit_code == 2


def test_plans_are_named_by_what_tells_them_apart() -> None:
    assert name_plans([Path("a/plan.json"), Path("b/plan.json")]) == ["a/plan.json", "b/plan.json"]
    assert name_plans([Path("a/plan.json"), Path("b/other.json")]) == ["plan.json", "other.json"]
    assert name_plans([Path("plan.json"), Path("plan.json")]) == ["1: plan.json", "2: plan.json"]


@pytest.mark.parametrize("name", ["plan.csv", "plan.xlsx"])
def test_every_command_takes_a_table(files: dict[str, Path], tmp_path: Path, name: str) -> None:
    town, plan = files["town.json"], files[name]
    asked = (
        ("check", town, plan),
        ("simulate", town, plan),
        ("orders", town, plan, "--out", tmp_path, "--draft"),
        ("whatif", town, plan, "--keep", "kpu", "--scenarios", "2", "--reporting", "2", "--budget", "1", "--quiet"),
    )
    for words in asked:
        done = run(*words)
        assert done.exit_code in (0, 3), done.output
        assert "fault" not in done.output
    again = run("check", town, tmp_path / "orders.xlsx")
    assert again.stdout == run("check", town, files["plan.xlsx"]).stdout
