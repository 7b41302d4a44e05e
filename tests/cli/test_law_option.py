"""The law of escalation by its name: asked for, else that of the plan that is read, and said where it is another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from optimiser import check, evaluate, read, read_deployment
from optimiser.batch.data_frames import tabulate_run
from optimiser.cli import app
from optimiser.model.laws.choice import LAWS
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator

SMALL = ("--scenarios", "4", "--budget", "8", "--quiet", "--json")
OTHER = "A plan was made under the law '{made}'; here it is simulated under '{used}'."


def run(*words: str) -> tuple[Any, str]:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout), done.stderr


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a plan made under the law named risk."""
    folder = tmp_path_factory.mktemp("risk")
    document, _ = run("plan", "tiny-2", "--law", "risk", *SMALL, "--out", str(folder))
    assert document["settings"]["law"] == "risk"
    return folder / "plan.json"


def expected(plan: Path, law: str) -> float:
    instance = read("tiny-2")
    deployment = read_deployment(plan, instance)
    assert check(instance, deployment).passed
    with Simulator(instance, LAWS[law](), engine="simpy") as simulator:
        return evaluate(simulator, deployment, draw(instance, 1, 3, REPORTING)).loss.mean


def test_a_plan_is_simulated_under_the_law_that_it_names(plan: Path) -> None:
    played, said = run("simulate", "tiny-2", str(plan), "--scenarios", "3", "--json")
    assert played["evaluation"]["loss"]["mean"] == pytest.approx(expected(plan, "risk"))
    assert "the law" not in said


def test_another_law_that_is_asked_for_is_said(plan: Path) -> None:
    played, said = run("simulate", "tiny-2", str(plan), "--scenarios", "3", "--json", "--law", "facilitation")
    assert played["evaluation"]["loss"]["mean"] == pytest.approx(expected(plan, "facilitation"))
    assert OTHER.format(made="risk", used="facilitation") in said


def test_plans_of_different_laws_are_compared_under_the_default_one(plan: Path, tmp_path: Path) -> None:
    run("plan", "tiny-2", *SMALL, "--out", str(tmp_path))
    _, said = run("compare", "tiny-2", str(plan), str(tmp_path / "plan.json"), "--scenarios", "3", "--json")
    assert OTHER.format(made="risk", used="facilitation") in said


def test_check_says_which_law_the_figures_are_of(plan: Path, tmp_path: Path) -> None:
    checked, _ = run("check", "tiny-2", str(plan), "--json")
    assert checked["origin"]["law"] == "risk"
    told = CliRunner().invoke(app, ["check", "tiny-2", str(plan)]).stdout
    assert "Its figures are those of the law 'risk'; the default one is 'facilitation'." in " ".join(told.split())


@pytest.mark.slow
def test_a_case_names_its_law_in_a_table_or_on_the_command_line(tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    table.write_text("instance,law\ntiny-2,threshold\ntiny-2,\n")
    small = ("--scenarios", "4", "--budget", "8", "--quiet", "--workers", "1", "--json")
    run("batch", str(table), "--law", "risk", *small, "--out", str(tmp_path / "run"))
    listed, _ = run("runs", "list", str(tmp_path / "run"), "--json")
    assert [case["law"] for case in listed["cases"]] == ["threshold", "risk"]
    assert {case["state"] for case in listed["cases"]} == {"done"}


def test_a_table_with_an_unknown_law_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    table.write_text("instance,law\ntiny-2,kindness\n")
    done = CliRunner().invoke(app, ["batch", str(table), "--out", str(tmp_path / "run")])
    assert done.exit_code == 3
    assert "kindness" in done.output


@pytest.mark.slow
def test_constants_drawn_for_each_scenario_are_asked_for_by_plan_whatif_and_batch(tmp_path: Path) -> None:
    usual, _ = run("plan", "tiny-2", *SMALL)
    planned, _ = run("plan", "tiny-2", "--uncertain", *SMALL)
    asked, _ = run("whatif", "tiny-2", "--heads", "30", "--uncertain", *SMALL)
    assert not usual["settings"]["uncertain"]
    assert planned["settings"]["uncertain"]
    assert asked["settings"]["uncertain"]
    assert planned["evaluation"] != usual["evaluation"]
    run("batch", "tiny-2", "--out", str(tmp_path), "--uncertain", *SMALL)
    (case,) = tabulate_run(tmp_path).to_dict("records")
    assert case["uncertain"]
    assert case["objective"] == planned["objective"]["reporting"]


def test_no_frontier_beside_drawn_constants(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["plan", "tiny-2", "--uncertain", "--frontier", "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "one set of constants" in done.stderr
