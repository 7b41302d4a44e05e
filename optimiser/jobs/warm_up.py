"""Workers that have the simulation loaded: after an installation one of them compiles it, and the others wait."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

from optimiser.common.errors import CacheWarning
from optimiser.jobs.executor import Executor, map_unordered

if TYPE_CHECKING:
    from optimiser.simulation.compiled_engine.engine import Ready


def warm_up(executor: Executor, compiling: Callable[[], None]) -> None:
    """Have one worker load the simulation before there are others, who would each compile it.

    Where the disk keeps no machine code each of them has to; that is said here, by a `CacheWarning`, and not by each.

    Parameters
    ----------
    executor : its workers are of this machine, and none of them has work.
    compiling : called if it has to be compiled first, which takes a while.
    """
    ready: list[Ready] = []
    with contextlib.suppress(RuntimeError):  # its worker is killed again and again; work that matters will say so
        ready = [found for _, found in map_unordered(executor, _load, [(False,)])]
        if not all(found.there for found in ready):
            compiling()
            ready = [found for _, found in map_unordered(executor, _load, [(True,)])]
    for found in ready:
        if found.trouble is not None:
            warnings.warn(CacheWarning(found.trouble), stacklevel=2)


def _load(compile_it: bool) -> Ready:
    from optimiser.simulation.compiled_engine.engine import load  # noqa: PLC0415 - numba takes a while, and the driver has no need of it

    return load(compile_it)
