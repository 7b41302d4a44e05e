"""A Dask cluster of processes on this machine, for tests to kill."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from optimiser.jobs.dask_memory import keep_memory

TESTS = Path(__file__).parents[1]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}",  # workers know the work that stands in for planning
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
}


class LocalCluster:
    """A scheduler and workers of one thread, each with a nanny that starts it again when it died."""

    def __init__(self, workers: int = 2) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{one.getsockname()[1]}"
        port = self.address.rpartition(":")[2]
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        while not self._listens(int(port)):
            assert self.scheduler.poll() is None
            time.sleep(0.05)
        more = ("--nworkers", str(workers), "--nthreads", "1", "--no-dashboard", "--death-timeout", "20")
        self.nannies = self._start("worker", self.address, *more)

    @staticmethod
    def _start(*arguments: str) -> subprocess.Popen[bytes]:
        program = [sys.executable, "-m", "dask", *arguments]
        return subprocess.Popen(program, env=ENVIRONMENT, stderr=subprocess.DEVNULL, start_new_session=True)

    @staticmethod
    def _listens(port: int) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0

    @property
    def workers(self) -> list[psutil.Process]:
        """The processes that do the work."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return [p for p in psutil.Process(self.nannies.pid).children(True) if "spawn_main" in " ".join(p.cmdline())]
        return []

    def close(self) -> None:
        """End all of it."""
        for process in (self.nannies, self.scheduler):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def local_cluster(workers: int = 2) -> Iterator[LocalCluster]:
    """Start one, and end it."""
    cluster = LocalCluster(workers)
    try:
        yield cluster
    finally:
        cluster.close()


linux = pytest.mark.skipif(not keep_memory(), reason="the C library has no mallopt")
