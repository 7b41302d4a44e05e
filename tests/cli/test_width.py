"""What commands print into a pipe keeps 100 columns and breaks no word, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import nations
from support.command_line import run

from optimiser.output import render_terminal

SMALL = ["--scenarios", "4", "--reporting", "4", "--budget", "40", "--quiet"]
FEW = ["--scenarios", "4", "--reporting", "4", "--rounds", "1", "--workers", "1", "--quiet"]
COMMANDS = {  # by name: what is typed; {plan} and {run} stand for what was made before
    "plan": ["plan", "kaur-2005", *SMALL],
    "whatif": ["whatif", "kaur-2005", "{plan}", "--rain", "heavy", "--forbid", "dalmas-awal", *SMALL],
    "explain": ["explain", "tiny-2", "--trajectories", "0", *SMALL],
    "explain long names": ["explain", "muba-2024", "--trajectories", "0", *SMALL],
    "frontier": ["frontier", "kaur-2005", "--from", "40", "--to", "62", "--step", "22", *SMALL],
    "worth": ["worth", "kaur-2005", "{plan}", *SMALL],
    "simulate": ["simulate", "kaur-2005", "{plan}", "--scenarios", "6"],
    "check": ["check", "kaur-2005", "{plan}"],
    "validate": ["validate", "kaur-2005"],
    "repair": ["repair", "infeasible-1"],
    "instances": ["instances"],
    "compare": ["compare", "kaur-2005", "{plan}", "{plan}", "--scenarios", "10"],
    "nation": ["nation", "{nation}", *FEW],
    "nation check": ["nation", "{nation}", "--check", "{lent}"],
    "batch": ["batch", "kaur-2005", "--whatif", "--heads 50", "--out", "{run}", *SMALL],
    "runs list": ["runs", "list", "{run}"],
    "runs show": ["runs", "show", "{run}", "kaur-2005, seed 1"],
    "runs compare": ["runs", "compare", "{run}", "kaur-2005, seed 1", "kaur-2005, heads 50, seed 1"],
}

MARKS = {"explain long names": pytest.mark.long}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("made")
    run("plan", "kaur-2005", *SMALL, "--out", str(folder / "plan"))
    run("batch", "kaur-2005", "--whatif", "--heads 50", "--out", str(folder / "run"), "--workers", "1", *SMALL)
    (folder / "nation").mkdir()
    nations.draw(11, folder / "nation")
    nation = str(folder / "nation" / "nation.toml")
    run("nation", nation, "--out", str(folder / "lent"), *FEW)
    made = {"plan": folder / "plan" / "plan.json", "run": folder / "run", "nation": nation, "lent": folder / "lent"}
    return {name: str(path) for name, path in made.items()}


@pytest.mark.slow
@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "id"])  # whose words are longer
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.long) if n.endswith("names") else n for n in COMMANDS]
)
def test_a_pipe_has_100_columns_and_whole_words(
    name: str, language: str, made: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = [part.format(**made) for part in COMMANDS[name]] + ["--lang", language]
    monkeypatch.delenv("COLUMNS", raising=False)
    shown = run(*typed).stdout
    assert len(shown.splitlines()) > (0 if name in ("check", "validate", "batch") else 1), run(*typed).output
    assert max(map(len, shown.splitlines())) <= render_terminal.PIPED == 100
    monkeypatch.setattr(render_terminal, "WIDEST", 1000)
    monkeypatch.setenv("COLUMNS", "1000")
    whole = {word.rstrip(":") for word in run(*typed).stdout.split()}  # where there is no room, headings label lines
    endless = [word for word in whole if len(word) > 60]  # paths and hashes, which may be too long for any column
    broken = [word for word in shown.split() if word.rstrip(":") not in whole and set(word) - set("─")]
    assert [part for part in broken if not any(part in word for word in endless)] == []
