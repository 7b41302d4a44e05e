"""What several test files share: a small valid instance, as data and read."""

from __future__ import annotations

import signal

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

# files whose tests kill, serve, interrupt or measure: they run by themselves, while nothing else does
ALONE = (
    "batch",
    "cli",
    "cluster",
    "crew",
    "disk",
    "embedding",
    "live",
    "memory",
    "meter",
    "readiness",
    "served",
    "streams",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs by itself."""
    for item in items:
        if item.path.stem.removeprefix("test_") in ALONE:
            item.add_marker(pytest.mark.alone)


@pytest.fixture
def small() -> Instance:
    return small_instance()
