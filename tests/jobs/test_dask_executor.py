"""A Dask cluster only schedules: the results are the same, and whatever of it is killed, nothing finished is lost."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import psutil
import pytest
from support import nations
from support.dask_cluster import LocalCluster, linux, local_cluster
from support.drivers import CountingExecutor, how, start, wait_for
from support.stub_batch import cases, files, lightly
from typer.testing import CliRunner

from optimiser.batch.case import Case, CaseSettings, Subject
from optimiser.batch.run_batch import run_batch
from optimiser.cli import app
from optimiser.common.errors import ClusterTrouble, OptimiserError
from optimiser.files.read import read
from optimiser.jobs import dask_executor
from optimiser.jobs.dask_executor import DaskExecutor
from optimiser.jobs.executor import map_unordered
from optimiser.jobs.ledger import Ledger
from optimiser.nation import coordinate
from optimiser.nation.coordinate import plan_nation


@pytest.fixture(scope="module")
def there() -> Iterator[LocalCluster]:
    with local_cluster() as cluster:
        yield cluster


@pytest.mark.slow
def test_the_bytes_are_those_of_processes_here(there: LocalCluster, tmp_path: Path) -> None:
    wanted = [Case(Subject(read("tiny-2")), seed, settings=CaseSettings(2, 2, 10)) for seed in range(3)]
    wanted.append(Case(Subject(read("infeasible/cap-too-low")), settings=CaseSettings(2, 2, 10)))
    executor = DaskExecutor(there.address)
    assert executor.free == executor.size > 0
    tally = run_batch(wanted, tmp_path / "cluster", executor=executor)
    assert (tally.counts["done"], tally.counts["failed"]) == (3, 1)
    run_batch(wanted, tmp_path / "here", executor=CountingExecutor())
    assert files(tmp_path / "cluster") == files(tmp_path / "here")


@pytest.mark.slow
def test_a_case_that_kills_two_workers_is_set_aside_and_the_others_go_on(there: LocalCluster, tmp_path: Path) -> None:
    with lightly():
        tally = run_batch(cases(1, 2, 1_000_000, 3, 2_000_000), tmp_path, executor=DaskExecutor(there.address))
    assert (tally.counts["done"], tally.counts["failed"], tally.counts["aside"]) == (3, 1, 1)
    assert how(tmp_path)[1_000_000] == ["died", "died"]


@pytest.mark.slow
def test_districts_of_a_nation_are_asked_there_too(there: LocalCluster, tmp_path: Path) -> None:
    nation, _, folder = next(nations.several(1, tmp_path))
    how = {"scenarios": 8, "reporting": 8, "rounds": 2}
    accord = plan_nation(nation, folder, executor=DaskExecutor(there.address), **how)
    assert accord == plan_nation(nation, folder, workers=1, **how)
    executor = DaskExecutor(there.address)
    other = mock.patch.object(coordinate, "program_version", return_value="another")
    with other, pytest.raises(OptimiserError, match="this worker runs version"):
        plan_nation(nation, folder, executor=executor, **how)


@linux
def test_workers_keep_freed_memory_while_they_have_work(there: LocalCluster) -> None:
    def faults() -> int:
        import resource

        import numpy as np

        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(50):
            np.zeros(250_000).fill(1.0)  # 2 MB: some 500 pages
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    executor = DaskExecutor(there.address)
    ((_, found),) = map_unordered(executor, faults, [()])
    executor.close()
    assert found < 5_000  # 25,000 where each array is given back


def test_what_raises_there_is_an_error_here(there: LocalCluster) -> None:
    executor = DaskExecutor(there.address)
    executor.submit("wrong", int, "x")
    executor.submit("right", int, "7")
    ended = {}
    while len(ended) < 2:
        ended.update({e.ticket: e for e in executor.wait(1.0)})
    executor.close()
    assert isinstance(ended["wrong"].error, ValueError)
    assert ended["right"].value == 7
    executor.close()  # a second time does nothing


@pytest.mark.long
def test_a_scheduler_that_is_killed_ends_the_driver_and_loses_nothing(tmp_path: Path) -> None:
    with local_cluster() as cluster:
        driver = start(tmp_path / "run", 3000, cluster.address)
        wait_for(driver, 20)
        cluster.scheduler.kill()
        driver.communicate(timeout=60)
        assert driver.returncode == ClusterTrouble.exit_code
    with Ledger(tmp_path / "run" / "ledger.sqlite") as ledger:
        before = ledger.counts()
        done = [entry.task.key for entry in ledger.entries("done")]
    assert before["running"] == before["failed"] == before["aside"] == 0
    assert len(done) >= 20
    assert {f"results/{key}.json" for key in done} == set(files(tmp_path / "run"))


class Gone:
    """A client whose scheduler goes just while it is asked."""

    status = "running"

    def nthreads(self) -> dict[str, int]:
        raise OSError("Comm closed")

    def submit(self, *_: object, **__: object) -> None:
        self.status = "closed"
        raise RuntimeError("Client is closed. Can't send update-graph message.")


def test_bug_a_scheduler_that_went_while_it_was_asked_ended_a_batch_in_a_traceback() -> None:
    executor = object.__new__(DaskExecutor)
    vars(executor).update(_client=Gone(), _asked=0.0, _size=3, _tickets={}, address="tcp://gone")
    assert executor.size == 0
    assert executor.free == 0
    with pytest.raises(ClusterTrouble, match="the cluster is gone"):
        executor.submit(1, len, ())


def test_no_scheduler_no_workers_and_no_dask_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimiser.jobs.dask_executor.CONNECT_TIMEOUT", 1.0)
    for address, words in (("tcp://127.0.0.1:1", "no scheduler answers"), ("nonsense://x", "is no address")):
        done = CliRunner().invoke(
            app, ["batch", "tiny-2", "--out", str(tmp_path / "run"), "--scheduler", address], catch_exceptions=False
        )
        assert done.exit_code == ClusterTrouble.exit_code
        assert words in done.stderr
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "distributed", None)
        with pytest.raises(ClusterTrouble, match=r"pip install '\.\[cluster\]'"):
            DaskExecutor("tcp://127.0.0.1:1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_workers_killed_at_work_are_started_again(there: LocalCluster, tmp_path: Path) -> None:
    with lightly():
        run_batch(cases(*range(40)), tmp_path / "good", executor=CountingExecutor())
    driver = start(tmp_path / "run", 40, there.address)
    wait_for(driver, 5)
    (victim, *_) = there.workers
    victim.kill()
    psutil.wait_procs([victim], timeout=5)
    driver.communicate(timeout=60)
    assert driver.returncode == 0
    assert files(tmp_path / "run") == files(tmp_path / "good")


@pytest.mark.slow
def test_workers_that_do_not_come_back_are_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_executor, "WORKER_TIMEOUT", 1.0)
    monkeypatch.setattr(dask_executor, "SIZE_INTERVAL", 0.1)
    with local_cluster() as dying:
        executor = DaskExecutor(dying.address)
        os.killpg(dying.nannies.pid, signal.SIGKILL)
        executor.submit("one", int, "7")
        with pytest.raises(ClusterTrouble, match="has no workers"):
            [executor.wait(0.1) for _ in range(600)]
        executor.close()


@pytest.mark.parametrize(
    "address",
    ["", "tcp://x", *(pytest.param(a, marks=pytest.mark.long) for a in ("nonsense", "tcp://", "tcp://a:b"))]
    + [pytest.param(a, marks=pytest.mark.long) for a in ("127.0.0.1:1", "tls://127.0.0.1:1")],
)
def test_bug_what_is_no_address_ended_in_a_traceback(address: str, tmp_path: Path) -> None:
    asked = CliRunner().invoke(app, ["batch", "tiny-2", "--out", str(tmp_path / "run"), "--scheduler", address])
    assert asked.exit_code == 4
    assert "no address" in asked.stderr
    assert not (tmp_path / "run").exists()
