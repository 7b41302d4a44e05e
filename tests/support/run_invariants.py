"""What must hold of a run whenever it is looked at, whoever was killed before."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from support.stub_batch import cases, files

from optimiser.batch.run_batch import run_batch
from optimiser.batch.run_folder import Run
from optimiser.jobs.executor import Executor


class RunChecker:
    """Checks a run again and again, and remembers what was finished.

    Parameters
    ----------
    out : folder of the run that suffers.
    good : folder of the same run, undisturbed.
    """

    def __init__(self, out: Path, good: Path) -> None:
        self.out, self.good = out, files(good)
        self.done: dict[str, int] = {}  # file and where it lies on the disk
        self.checks = 0

    def check(self) -> int:
        """Give how many cases are done; what was done is there as it was, whole, and made once."""
        there = files(self.out)
        finished = [name for name in there if not name.endswith(".part")]
        assert all(there[name] == self.good[name] for name in finished), "half a file, or another one"
        with Run(self.out, create=False) as run:
            rows = {f"results/{entry.task.key}.json" for entry in run.ledger.entries("done")}
        assert rows <= set(finished), "a row says done and there is no file"
        assert self.done.keys() <= rows, "what was done is not any more"
        now = {name: os.stat(self.out / name).st_ino for name in rows}
        assert all(now[name] == place for name, place in self.done.items()), "what was done was made again"
        self.done, self.checks = now, self.checks + 1
        return len(rows)

    def finish(self, executor: Executor) -> Counter[str]:
        """Try once more what was set aside, and hold the run against the undisturbed one; gives how attempts ended."""
        run_batch([], self.out, executor=executor, again=True)
        assert self.check() == len(self.good)
        assert files(self.out) == self.good
        hows: Counter[str] = Counter()
        with Run(self.out, create=False) as run:
            for entry in run.ledger.entries():
                attempts = [attempt.how for attempt in run.ledger.attempts(entry.task.key)]
                assert attempts.count("done") == 1, "done twice"
                assert attempts[-1] == "done"
                hows.update(attempts)
        return hows


def make_good(folder: Path, count: int, executor: Executor) -> Path:
    """Make the undisturbed run."""
    run_batch(cases(*range(count)), folder, executor=executor)
    return folder
