"""The tutorial works as it is written: every command, in its order, in an empty folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimiser.cli import app

TUTORIAL = (Path(__file__).parents[1] / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]


def test_the_tutorial_works_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = {}
    for command in COMMANDS:
        program, *arguments = shlex.split(command)
        assert program == "optimiser"
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, f"{command}\n{done.output}"
        shown[arguments[0]] = done.stdout
    assert "no faults" in shown["validate"]
    assert "WHO MOVES" in shown["whatif"]
    made = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    named = set(re.findall(r"`((?:first|papers)/[a-z.]+|district\.xlsx)`", TUTORIAL))
    assert named <= made
    assert {"first/report.html", "first/plan.xlsx", "first/plan.geojson", "papers/orders.html"} <= made


def test_the_tutorial_meets_every_command_a_planner_needs() -> None:
    met = {shlex.split(c)[1] for c in COMMANDS}
    assert {
        "template",
        "validate",
        "plan",
        "whatif",
        "frontier",
        "worth",
        "explain",
        "check",
        "simulate",
        "orders",
    } <= met
