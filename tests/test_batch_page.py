"""docs/batch.md works as it is written: every block, in its order, in an empty folder."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from optimiser.cli import app

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PORT = "8786"


def do(command: str) -> str:
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert done.exit_code == 0, f"{command}\n{done.output}"
    return done.stdout


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch):
    """Give a way to start what a line of a shell starts in the background, and end it all at the end."""
    running: list[subprocess.Popen[bytes]] = []

    def start(line: str) -> None:
        for command in filter(str.strip, line.split("&")):
            program, *arguments = shlex.split(command)
            assert program == "dask"
            running.append(
                subprocess.Popen(
                    [sys.executable, "-m", "dask", *arguments], stderr=subprocess.DEVNULL, start_new_session=True
                )
            )

    yield start
    for process in reversed(running):
        process.terminate()
    for process in reversed(running):
        process.wait(20)


def free_port() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


def listens(port: str) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", int(port))) == 0


@pytest.mark.long
def test_the_page_works_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started) -> None:
    monkeypatch.chdir(tmp_path)
    port, done = free_port(), []
    for kind, text in BLOCKS:
        if kind in ("csv", "toml"):
            (file,) = re.findall(rf"`((?:cases|sweep)\.{kind})`[^`]*?:\n\n```{kind}\n", PAGE)
            Path(file).write_text(text, encoding="utf-8")
        elif kind == "sql":
            assert duckdb.sql(text).fetchall()
        elif kind == "python":
            script = subprocess.run(
                [sys.executable, "-W", "error", "-c", text],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=False,
            )
            assert script.returncode == 0, script.stderr
            grid = "list_grid" in text  # two values, two seeds, and a line of names
            assert len(script.stdout.splitlines()) == (1 + 4 if grid else 1 + 3 + 1 + 12)
        for line in text.splitlines() if kind == "" else ():
            if line.startswith("optimiser"):
                done.append(line)
                do(line.replace(PORT, port))
            elif line.startswith("export"):
                for variable in shlex.split(line)[1:]:
                    monkeypatch.setenv(*variable.split("="))
            elif line.startswith("dask"):
                started(line.replace(PORT, port))
                while not listens(port):
                    time.sleep(0.05)
            else:
                (extra,) = re.findall(r"pip install '\.\[(\w+)\]'", line)
                project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
                assert extra in project["optional-dependencies"]
    assert any(PORT in line for line in done)
    assert {"list", "show", "compare", "export"} <= {shlex.split(line)[2] for line in done}
    assert do("optimiser runs list run --json").count('"state": "done"') == 3 + 1 + 12


def test_the_sweep_is_as_many_cases_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from optimiser.batch.list_cases import list_cases

    monkeypatch.chdir(tmp_path)
    (text,) = (text for kind, text in BLOCKS if kind == "toml")
    Path("sweep.toml").write_text(text, encoding="utf-8")
    assert "twelve cases" in PAGE
    assert len({case.task().key for case in list_cases(["sweep.toml"])}) == 12


def test_bug_a_slip_in_the_name_of_a_run_was_a_run_that_was_over(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["batch", "--out", str(tmp_path / "rnu")])
    assert done.exit_code == 4
    assert "there is no ledger" in " ".join(done.stderr.split())
    assert not list(tmp_path.iterdir())
