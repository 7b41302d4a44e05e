"""One server at a time has a folder; whoever comes second is told so, and a killed one has it no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.command_line import run

from optimiser.common.errors import FileTrouble
from optimiser.jobs.folder_lock import FolderLock
from optimiser.web.job_queue import JobQueue

HOLD = """
import sys
from optimiser.web.job_queue import JobQueue
queue = JobQueue(sys.argv[1])
print("has it", flush=True)
input()
"""


@pytest.mark.parametrize("command", ["board", "serve"])
def test_bug_two_servers_worked_in_one_folder(tmp_path: Path, command: str) -> None:
    first = JobQueue(tmp_path, workers=1)
    options = ["--no-browser"] if command == "board" else []
    second = run(command, "--folder", tmp_path, "--port", 0, *options)
    assert second.exit_code == FileTrouble.exit_code
    assert f"another server works in {tmp_path}" in " ".join(second.stderr.split())
    assert "Traceback" not in second.output
    first.close()
    JobQueue(tmp_path, workers=1).close()


def test_a_killed_server_has_its_folder_no_more(tmp_path: Path) -> None:
    held = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert held.stdout is not None
    assert held.stdout.readline() == b"has it\n"
    with pytest.raises(FileTrouble, match="another server"):
        FolderLock(tmp_path)
    held.kill()
    held.communicate()
    FolderLock(tmp_path).close()


def test_where_nothing_can_be_locked_nobody_is_turned_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    FolderLock(tmp_path).close()
