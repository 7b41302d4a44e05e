"""Drivers of batches: an executor in this process that counts, and drivers in processes of their own, to kill."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from optimiser.batch.run_folder import Run
from optimiser.jobs.executor import CallResult


class CountingExecutor:
    """An executor that does the work in this process when it is asked what has ended."""

    def __init__(self, size: int = 2, after: Callable[[], None] = lambda: None) -> None:
        self.size, self.after, self.queue = size, after, list[tuple[Any, ...]]()
        self.most, self.done, self.closed = 0, 0, False

    @property
    def free(self) -> int:
        return self.size - len(self.queue)

    def submit(self, ticket, work, *arguments) -> None:
        self.queue.append((ticket, work, arguments))
        self.most = max(self.most, len(self.queue))

    def wait(self, seconds: float) -> list[CallResult]:
        ended, self.queue = self.queue, []
        self.done += len(ended)
        self.after()
        return [CallResult(ticket, work(*arguments)) for ticket, work, arguments in ended]

    def close(self) -> None:
        self.closed = True


def how(out: Path) -> dict[int, list[str]]:
    """Give how each attempt at each seed ended."""
    with Run(out, create=False) as run:
        return {e.task.spec["seed"]: [a.how for a in run.ledger.attempts(e.task.key)] for e in run.ledger.entries()}


def start(out: Path, count: int, *more: str) -> subprocess.Popen[str]:
    """Start a driver, in a group of its own."""
    program = [sys.executable, "-m", "support.stub_batch", str(out), str(count), "2", *more]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    paths = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": paths}
    driver = subprocess.Popen(program, text=True, start_new_session=True, env=environment, **pipes)
    watchdog = threading.Timer(100.0, driver.kill)  # a driver that hangs fails the test, and does not stop the tests
    watchdog.daemon = True
    watchdog.start()
    return driver


def wait_for(driver: subprocess.Popen[str], lines: int) -> None:
    assert driver.stdout is not None
    for _ in range(lines):
        driver.stdout.readline()


def workers_of(driver: subprocess.Popen[str]) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return [p for p in psutil.Process(driver.pid).children() if "popen_loky" in " ".join(p.cmdline())]
    return []
