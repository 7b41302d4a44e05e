"""Memory that a worker keeps: more page faults without it, the same results, and nothing is changed for good."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from support.dask_cluster import linux

from optimiser.jobs.dask_memory import BLOCK, KEPT, call_keeping_memory, keep_memory

COUNT = """
import os, resource, sys
import numpy as np
from optimiser.jobs import dask_memory as memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(50):
        np.zeros(250_000).fill(1.0)  # 2 MB: some 500 pages
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(faults(), memory.call_keeping_memory(faults), faults())
"""


def faults(**variables: str) -> list[int]:
    command = [sys.executable, "-c", COUNT]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=variables)
    return [int(n) for n in done.stdout.split()]


@linux
def test_a_worker_of_dask_keeps_memory_while_it_has_work_and_is_then_as_it_was() -> None:
    before, meanwhile, after = faults(MALLOC_TRIM_THRESHOLD_="65536")  # as Dask sets it
    assert meanwhile < 3_000
    assert min(before, after) > 20_000


@linux
def test_whoever_has_asked_for_more_keeps_that() -> None:
    assert max(faults(MALLOC_TRIM_THRESHOLD_=str(KEPT), MALLOC_MMAP_THRESHOLD_=str(BLOCK))) < 3_000


def test_what_is_raised_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    assert call_keeping_memory(pow, 2, 3) == 8
    with pytest.raises(ValueError, match="invalid literal"):
        call_keeping_memory(int, "x")


def test_nothing_is_done_on_other_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not keep_memory()
    assert call_keeping_memory(np.sum, [1, 2]) == 3
