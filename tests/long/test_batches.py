"""What takes minutes of batches: kill -9 at 200 random instants. Run by `make long`; prints its figure."""

from __future__ import annotations

import contextlib
import random
import time
from pathlib import Path

import psutil
import pytest
from support.dask_cluster import local_cluster
from support.drivers import CountingExecutor, start, wait_for, workers_of
from support.run_invariants import RunChecker, make_good
from support.stub_batch import lightly

from optimiser.common.errors import ClusterTrouble

pytestmark = pytest.mark.long
CASES = 500


def test_kill_at_200_random_instants_loses_nothing_finished(tmp_path: Path, capsys) -> None:
    """Promise 10: workers, drivers and schedulers are killed during 500 cases, and the command is repeated."""
    rng = random.Random(10)
    with lightly():
        good = make_good(tmp_path / "good", CASES, CountingExecutor())
    out = tmp_path / "killed"
    killed = {"worker": 0, "driver": 0, "scheduler": 0}
    checker = None
    while killed["driver"] < 60 or killed["worker"] < 120:
        driver = start(out, CASES)
        wait_for(driver, 1)
        for _ in range(2):
            time.sleep(rng.uniform(0.0, 0.02))
            for victim in workers_of(driver)[: rng.randrange(1, 3)][-1:]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    victim.kill()
                    killed["worker"] += 1
        wait_for(driver, rng.randrange(0, 4))
        time.sleep(rng.uniform(0.0, 0.01))
        assert driver.poll() is None, "the run was over before enough was killed"
        driver.kill()
        killed["driver"] += 1
        driver.communicate()
        checker = checker or RunChecker(out, good)
        checker.check()
    assert checker is not None
    while killed["scheduler"] < 20:
        with local_cluster(1) as cluster:
            driver = start(out, CASES, cluster.address)
            wait_for(driver, rng.randrange(1, 4))
            time.sleep(rng.uniform(0.0, 0.01))
            cluster.scheduler.kill()
            killed["scheduler"] += 1
            driver.communicate()
            assert driver.returncode == ClusterTrouble.exit_code
        done = checker.check()
    assert done < CASES
    driver = start(out, CASES)
    driver.communicate()
    assert driver.returncode == 0
    with lightly():
        hows = checker.finish(CountingExecutor())
    with capsys.disabled():
        print(f"\nkilled: {killed}, {done} cases done by then; looked at {checker.checks} times; attempts {dict(hows)}")
    assert sum(killed.values()) >= 200
