"""What several test files share: a small valid instance, as data and read."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support.small import small_instance

from optimiser.model.instance import Instance

# the same examples in every run, and no verdict that depends on how busy the machine is
settings.register_profile(
    "steady", deadline=None, derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("steady"), max_examples=300)  # of `make long`
settings.load_profile("steady")

# a shell has what it starts in the background ignore Ctrl-C, and nohup the end of a terminal; what ignores them here
# does so in every process that tests start, and tests that send them would wait for ever
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)

# hundreds of processes are started from here; without byte code kept, each compiles all modules again, 0.5 s of it
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

HERE = Path(__file__).parent
COVERED = 1  # cases of a test in which coverage is measured; assumed
# files that take longest, longest first: a worker that began one of them last would be waited for by the other
LONGEST = (
    "cli/test_streams_and_signals",
    "web/test_served",
    "planning/test_optimise",
    "test_own_law",
    "test_tutorial",
    "simulation/compiled_engine/test_code_cache",
    "test_embedding",
    "test_weights_of_any_size",
    "output/test_layout",
    "test_indonesian",
    "output/test_pictures",
    "test_batch_page",
    "planning/search/test_loop",
    "simulation/compiled_engine/test_replay",
    "web/board/test_sitting",
    "cli/test_width",
)
# beginnings of files whose every line another file reaches at less cost, or that run in browsers, in SimPy or against
# every deployment: found by contexts of one measured run, which leave 1 % of all branches; not measured
UNCOVERED = tuple((HERE / "uncovered.txt").read_text(encoding="utf-8").split())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first; within a file, and among the others, nothing changes its place.

    Measuring coverage takes as long again as running, so that it is measured a few times of what runs again and again:
    in the first case of a test that has many, and not in the longest files, which run what others run as well.
    """

    def place(item: pytest.Item) -> int:
        name = item.path.relative_to(HERE).with_suffix("").as_posix()
        return LONGEST.index(name) if name in LONGEST else len(LONGEST)

    items.sort(key=place)
    seen = Counter[str]()
    for item in items:
        test = item.nodeid.partition("[")[0]
        if hasattr(getattr(item, "function", None), "hypothesis"):
            item.add_marker("drawn")
        where = item.path.relative_to(HERE).as_posix()
        if where.startswith("web/board"):
            item.add_marker("slow")  # in a browser
        if place(item) < len(LONGEST) or where.startswith(UNCOVERED) or seen[test] >= COVERED:
            item.add_marker("no_cover")
        seen[test] += 1


@pytest.fixture
def small() -> Instance:
    return small_instance()
