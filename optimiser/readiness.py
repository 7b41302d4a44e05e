"""Workers that have the simulation at hand: after an installation one of them compiles it, and the others wait."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from optimiser.crew import Crew, gather


def make_ready(crew: Crew, compiling: Callable[[], None]) -> None:
    """Have one worker load the simulation before there are others, who would each compile it.

    Parameters
    ----------
    crew : workers of this machine, none of whom has work.
    compiling : called if it has to be compiled first, which takes a while.
    """
    with contextlib.suppress(RuntimeError):  # its worker is killed again and again; work that matters will say so
        if not all(there for _, there in gather(crew, _load, [(False,)])):
            compiling()
            list(gather(crew, _load, [(True,)]))


def _load(compile_it: bool) -> bool:
    from optimiser.engine.machine import load  # noqa: PLC0415 - numba takes a while, and the driver has no need of it

    return load(compile_it)
