"""The command line: in this process, in one of its own, and in a terminal."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from optimiser.cli import app

RUN = [sys.executable, "-m", "optimiser.cli"]


def run(*arguments: object) -> Any:
    """Run a command in this process."""
    return CliRunner().invoke(app, [str(a) for a in arguments])


def outside(*arguments: object, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, its output piped."""
    command = [*RUN, *(str(a) for a in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **settings)


@contextlib.contextmanager
def terminal(command: list[str], environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run a command whose standard error and output are a terminal."""
    ours, theirs = pytest.importorskip("pty").openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def read_all(number: int) -> str:
    parts = []
    with contextlib.suppress(OSError):  # the other end has closed
        while part := os.read(number, 65536):
            parts.append(part)
    return b"".join(parts).decode()
