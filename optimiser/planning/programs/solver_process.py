"""A solver in a process of its own: one problem in, one answer out, pickled.

`solver.solve` with ``isolated=True``, and nothing else, runs it as ``python -m`` with the number of its own process.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time

from optimiser.planning.programs.solver import solve


def main() -> None:
    """Read a problem and its options from standard input, write the answer to standard output."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():  # leads a group of its own: nobody else is ended
        threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
    # whatever a library prints must not mix with the answer: standard output is kept apart and closed to others
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    problem, options = pickle.load(sys.stdin.buffer)
    with answers:
        pickle.dump(solve(problem, **options), answers)


def _end_with(parent: int) -> None:
    """End this process, and a solver below it, once the parent is gone and nobody waits for the answer."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
