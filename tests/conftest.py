"""What several test files share: a small valid instance, as data and read."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support.small import small_instance

from optimiser.model.instance import Instance

# the same examples in every run, and no verdict that depends on how busy the machine is
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

# a shell that starts something in the background has it ignore Ctrl-C, and tests that press it would wait for ever
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

HERE = Path(__file__).parent
# files whose tests kill, serve, interrupt or measure: they run by themselves, while nothing else does
ALONE = (
    "batch/test_run_batch",
    "cli/test_commands",
    "cli/test_progress_bar",
    "cli/test_progress_lines",
    "cli/test_streams_and_signals",
    "jobs/test_dask_memory",
    "jobs/test_dask_executor",
    "jobs/test_warm_up",
    "jobs/test_process_executor",
    "simulation/compiled_engine/test_code_cache",
    "test_embedding",
    "web/test_served",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs by itself."""
    for item in items:
        if item.path.relative_to(HERE).with_suffix("").as_posix() in ALONE:
            item.add_marker(pytest.mark.alone)


@pytest.fixture
def small() -> Instance:
    return small_instance()
