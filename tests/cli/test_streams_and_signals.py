"""Streams and signals: what ends a command, or nobody reads any more, costs neither files nor a plan that was found."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.command_line import RUN, read_all, run, terminal
from support.drivers import CountingExecutor, how
from support.stub_batch import cases, lightly

from optimiser.batch.run_batch import DRAFT, run_batch
from optimiser.common.atomic_files import write_files

ROOT = Path(__file__).parents[2]
QUICK = ["--scenarios", "4", "--reporting", "6", "--budget", "40", "--workers", "1"]
LONG = ["--scenarios", "60", "--reporting", "6", "--budget", "100000000", "--workers", "1"]
ENDS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def shell(line: str, folder: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell, in which `optimiser` is this program."""
    words = f"{sys.executable} -m optimiser"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    line = "set -o pipefail; " + re.sub(r"\boptimiser\b", words, line)
    settings: dict[str, Any] = {"cwd": folder, "env": environment, "capture_output": True, "text": True}
    return subprocess.run(["bash", "-c", line], check=False, timeout=300, **settings)


# ------------------------------------------------------------ signals


def interrupt(command: list[str], begun: str, how_: signal.Signals, group: bool = False) -> tuple[int, str, str]:
    """Run a command, and send it a signal half a second after a line of its talk; gives code, result and talk."""
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, start_new_session=True, **pipes) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith(begun):
                    break
            time.sleep(0.5)
            (os.killpg if group else os.kill)(process.pid, how_)
            out, talk = process.communicate(timeout=120)
        finally:
            process.kill()
    return process.returncode, out, talk


@pytest.mark.slow
@pytest.mark.parametrize("how_", [ENDS[1], *(pytest.param(end, marks=pytest.mark.long) for end in ENDS[2:])])
def test_bug_a_plan_that_was_found_was_lost_at_sigterm_and_sighup(tmp_path: Path, how_: signal.Signals) -> None:
    command = [*RUN, "plan", "oku-250", *LONG, "--json", "--out", str(tmp_path)]
    code, out, talk = interrupt(command, "by hand", how_, group=True)
    assert (code, "Traceback" in talk) == (128 + how_, False), talk
    assert json.loads(out)["interrupted"] is True
    assert (tmp_path / "plan.json").read_text(encoding="utf-8") == out


@pytest.mark.long
def test_bug_an_answer_that_was_found_was_lost_at_sigterm(tmp_path: Path) -> None:
    assert run("plan", "oku-250", *QUICK, "--quiet", "--out", tmp_path).exit_code == 0
    command = [*RUN, "whatif", "oku-250", str(tmp_path / "plan.json"), "--heads", "240", *LONG, "--json"]
    code, out, talk = interrupt([*command, "--out", str(tmp_path / "a")], "iteration", signal.SIGTERM)
    assert (code, "Traceback" in talk) == (143, False), talk
    assert json.loads(out)["interrupted"] is True
    assert (tmp_path / "a" / "answer.json").read_text(encoding="utf-8") == out


@pytest.mark.slow
def test_bug_a_what_if_that_was_interrupted_while_its_plan_was_made_went_on_as_if_nothing_was() -> None:
    code, out, talk = interrupt([*RUN, "whatif", "oku-250", "--heads", "240", *LONG], "by hand", signal.SIGINT)
    assert (code, out) == (130, "")
    assert talk.endswith("optimiser: interrupted\n")


@pytest.mark.alone  # half a second must be enough for its workers to begin
@pytest.mark.parametrize("how_", ENDS)
def test_a_batch_whose_whole_group_is_ended_blames_no_case_for_it(tmp_path: Path, how_: signal.Signals) -> None:
    for _ in range(2):  # a case that killed two workers would be set aside
        command = [*RUN, "batch", "oku-250", "--seeds", "1:5", *LONG[:-2], "--out", str(tmp_path), "--workers", "2"]
        code, _, talk = interrupt(command, "4 cases", how_, group=True)
        assert (code, "Traceback" in talk) == (128 + how_, False), talk
        assert {end for ends in how(tmp_path).values() for end in ends} <= {"released"}


SECOND = """
import signal
from optimiser import cli

def interrupted(*_):
    raise KeyboardInterrupt

cli.run_command_line = interrupted
try:
    cli.main()
finally:
    signal.raise_signal(signal.SIGINT)
"""


def test_bug_a_second_interrupt_while_the_program_ended_took_its_exit_code() -> None:
    done = subprocess.run([sys.executable, "-c", SECOND], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.long
def test_what_is_to_be_ignored_stays_ignored(tmp_path: Path) -> None:
    done = shell("trap '' HUP; exec optimiser plan tiny-2 --quiet --json & sleep 1; kill -HUP $!; wait $!", tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["interrupted"] is False


# ------------------------------------------------------------ readers who leave


@pytest.mark.parametrize("words", ["instances", "instances --json", "schema plan", "--help", "plan -h", "runs --help"])
def test_bug_a_reader_who_left_was_trouble_with_files(tmp_path: Path, words: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "optimiser", *words.split()]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


SELDOM = (" | true", " >&-", " 2>&1 | head -n 1", " 2>&-", " <&- >&- 2>&-")


@pytest.mark.slow
@pytest.mark.parametrize("line", [" >/dev/full", *(pytest.param(line, marks=pytest.mark.long) for line in SELDOM)])
def test_bug_streams_that_are_closed_cost_the_files_of_a_plan(tmp_path: Path, line: str) -> None:
    done = shell(f"optimiser plan tiny-2 {' '.join(QUICK)} --out out{line}", tmp_path)
    wanted = 0 if line == " 2>&-" else 141 if "|" in line else 4
    assert (done.returncode, "Traceback" in done.stdout + done.stderr) == (wanted, False), done.stderr
    assert json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))["format"] == "optimiser-plan/1"
    assert (tmp_path / "out" / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    if line == " >&-":
        assert done.stderr.endswith("optimiser: standard output is closed\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_bug_help_for_a_full_disk_was_a_fault_of_the_program(tmp_path: Path) -> None:
    done = shell("optimiser --help >/dev/full", tmp_path)
    assert (done.returncode, done.stderr) == (4, "optimiser: standard output: No space left on device\n")


@pytest.mark.long
def test_a_batch_that_nobody_listens_to_ends_as_it_should(tmp_path: Path) -> None:
    done = shell(f"optimiser batch tiny-2 --seeds 1:3 {' '.join(QUICK)} --out run 2>&1 | true", tmp_path)
    assert done.returncode == 141
    listed = shell("optimiser runs list run --json", tmp_path)
    assert [case["state"] for case in json.loads(listed.stdout)["cases"]] == ["done", "done"]


def test_the_package_itself_can_be_run(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert shell("optimiser --version", tmp_path).stdout == f"optimiser {project['version']}\n"


# ------------------------------------------------------------ narrow screens


@pytest.mark.parametrize(
    "words",
    [
        "plan tiny-2 " + " ".join(QUICK),
        "instances",
        "simulate tiny-2 --scenarios 5",
        "whatif tiny-2 --heads 30 " + " ".join(QUICK),
        "validate infeasible-1",
        "repair infeasible/one-officer",
        "runs list {run}",
    ],
)
def test_bug_on_a_screen_of_20_columns_words_were_cut_off(
    tmp_path: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lightly():
        run_batch(cases(1, 2_000_000), tmp_path / "run", executor=CountingExecutor())
    words = words.format(run=tmp_path / "run")
    monkeypatch.setenv("COLUMNS", "20")
    narrow = run(*shlex.split(words))
    assert (narrow.exit_code, "Traceback" in narrow.stderr) == (0, False), narrow.stderr
    lines = narrow.stdout.splitlines()
    assert max(map(len, lines)) <= 20
    assert "…" not in narrow.stdout
    monkeypatch.setenv("COLUMNS", "120")
    wide = run(*shlex.split(words)).stdout
    told = "".join(narrow.stdout.split())
    missing = [word for word in re.findall(r"[^\W_]{3,}", wide) if word not in told]
    assert not missing, "every word and figure of a wide screen is on a narrow one"


@pytest.mark.slow
def test_a_plan_is_watched_on_a_terminal_of_20_columns(tmp_path: Path) -> None:
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "20", "LINES": "10"}
    with terminal([*RUN, "plan", "tiny-2", *QUICK], environment) as (process, number):
        text = read_all(number)
        assert process.wait(120) == 0
    assert "Traceback" not in text


# ------------------------------------------------------------ what killed processes left


@pytest.fixture(scope="module")
def dead() -> int:
    """Give the number of a process that is no more."""
    process = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    number = int(process.stdout)
    assert not psutil.pid_exists(number)
    return number


def test_bug_what_a_killed_write_left_stayed_for_ever(tmp_path: Path, dead: int) -> None:
    folder = tmp_path / "out [1]"
    folder.mkdir()
    mine, alive = f".plan.json.{os.getpid()}.part", f".plan.json.{os.getppid()}.part"
    others = [f".other.json.{dead}.part", "plan.json.part", f"plan.json.{dead}.part", ".plan.json.x.part", alive]
    for name in (f".plan.json.{dead}.part", mine, *others):
        (folder / name).write_bytes(b"half")
    write_files(folder, {"plan.json": b"whole"})
    assert sorted(file.name for file in folder.iterdir()) == sorted(["plan.json", *others])


def test_bug_the_draft_of_a_batch_that_was_killed_stayed_for_ever(
    tmp_path: Path, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in (f"{DRAFT}{dead}-abc", f"{DRAFT}{os.getppid()}-abc", f"{DRAFT}x", f"optimiser-{dead}-abc"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ledger.sqlite").write_bytes(b"towns")
    with lightly():
        run_batch(cases(1), tmp_path / "run", executor=CountingExecutor())
    left = {file.name for file in tmp_path.iterdir()}
    assert left == {f"{DRAFT}{os.getppid()}-abc", f"{DRAFT}x", f"optimiser-{dead}-abc", "run"}


# ------------------------------------------------------------ the name of the distribution


def test_bug_messages_told_to_install_a_name_that_anybody_could_claim() -> None:
    """Only the folder of the project is ours: no text tells pip to fetch this package, or an extra, by a name."""
    texts = [*ROOT.glob("optimiser/**/*.py"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")]
    found = []
    for file in texts:
        text = " ".join(file.read_text(encoding="utf-8").split())
        found += [(file.name, name) for name in re.findall(r"pip install (?:-\S+ )*[\"']?([^\s\"'`]+)", text)]
    assert len(found) > 4
    # a container has the folder under another name, see docs/install.md
    assert {name.partition("[")[0] for _, name in found} <= {".", "/source"}, found
