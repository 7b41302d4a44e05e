"""How many processors this process may use, which can be fewer than the machine has."""

from __future__ import annotations

import os


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
