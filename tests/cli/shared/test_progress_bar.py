"""How a batch comes along: plain lines where nobody watches, a bar on a terminal, words for what went wrong."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from optimiser.batch.driver import BatchProgress
from optimiser.cli.shared import progress_bar
from optimiser.cli.shared.progress_bar import Cases, Districts, ProgressBar, ProgressLines, choose_progress, clock
from optimiser.common.language import language
from optimiser.jobs.task import LedgerEntry, State, Task
from optimiser.nation import coordinate
from optimiser.nation.nation_plan import Round


def entry(state: State, message: str = "") -> LedgerEntry:
    spec = {"instance": "town\x1b[31m", "whatif": None, "seed": 3}
    return LedgerEntry(Task("k", "plan", spec), 1, state, "", 1, {}, {"message": message}, 0, "")


def tally(waiting: int, done: int, ended: int = 0, seconds: float = 0.0, others: int = 0) -> BatchProgress:
    return BatchProgress(
        {"waiting": waiting, "running": 0, "done": done, "failed": 0, "aside": 0}, others, ended, seconds
    )


@pytest.fixture
def written() -> io.StringIO:
    return io.StringIO()


def test_plain_lines_where_nobody_watches(written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(progress_bar.time, "monotonic", lambda: now[0])
    with choose_progress(Console(file=written)) as lines:
        assert type(lines) is ProgressLines
        reel = Cases(lines)
        reel.began(tally(4, 1, others=2), 3, 1)
        reel.compiling()
        reel.ended(entry("done"), tally(3, 2, 1, 1.0))
        reel.ended(entry("failed", "no\nroom"), tally(2, 2, 2, 2.0))
        reel.ended(entry("waiting", "its worker died"), tally(2, 2, 2, 2.0))
        reel.ended(entry("aside", "its worker died"), tally(1, 2, 3, 3.0))
        now[0] += progress_bar.PAUSE - 0.1
        reel.waited(tally(1, 2, 3, 3.0))
        now[0] += 0.2
        reel.waited(tally(60, 40, 30, 60.0))
        reel.waited(tally(60, 40, 30, 60.0))
    assert written.getvalue().splitlines() == [
        "5 cases: 3 new, 1 over already",
        "2 cases of another version of this program, or of a law of one's own, are left alone",
        "1 case is done again: its file is missing or was changed",
        "compiling the simulation, once after an installation; takes half a minute",
        "failed: town?[31m, seed 3: no room",
        "will be tried again: town?[31m, seed 3: its worker died",
        "set aside: town?[31m, seed 3: its worker died, for the second time",
        "40 of 100 cases, 30 a minute, 2 min left",
    ]


def test_a_bar_on_a_terminal(written: io.StringIO) -> None:
    console = Console(file=written, force_terminal=True, width=100, _environ={"TERM": "xterm"})
    with choose_progress(console) as bar:
        assert isinstance(bar, ProgressBar)
        cases = Cases(bar)
        cases.began(tally(4, 0), 4, 0)
        cases.ended(entry("failed", "no room"), tally(2, 2, 2, 60.0))
        task = bar.progress.tasks[0]
        assert (task.completed, task.total) == (2, 4)
        assert task.description == "2 of 4 cases, 2 a minute, 1 min left"
    assert "no room" in written.getvalue()
    assert type(choose_progress(Console(file=written, force_terminal=True, _environ={"TERM": "dumb"}))) is ProgressLines
    assert type(choose_progress(console, quiet=True)) is ProgressLines


def test_rounds_of_a_nation(written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(progress_bar.time, "monotonic", lambda: now[0])
    districts = Districts(choose_progress(Console(file=written)))
    districts.compiling()
    for over, at in ((8, 0.0), (9, 3.0), (12, 11.0), (20, 20.0)):
        now[0] = at
        districts.solved("nothing lent", over, 20)
    now[0] = 31.0
    districts.solved("round 1", 0, 1_000)
    districts.round_ended(Round(1, 20, 100.0, 90.0, 0.1, 30))
    assert written.getvalue().splitlines() == [
        "compiling the simulation, once after an installation; takes half a minute",
        "nothing lent: 12 of 20 districts, 22 s left",
        "round 1: 0 of 1,000 districts, ? left",
        "round 1: 20 districts asked, 100 points, bound 90, gap 10.00 %",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "?"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.7, "1 min"),
        (60.0, "1 min"),
        (3570.0, "1 h 00 min"),
        (7500.0, "2 h 05 min"),
    ],
)
def test_time_left(seconds: float | None, text: str) -> None:
    assert clock(seconds) == text


def test_rate_and_time_left() -> None:
    assert tally(5, 0).time_left is None
    assert (tally(6, 4, 3, 6.0).rate, tally(6, 4, 3, 6.0).time_left) == (0.5, 12.0)


def test_what_is_told_in_indonesian(written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_bar, "PAUSE", 0.0)
    lines = ProgressLines(Console(file=written), language("id"))
    Cases(lines).waited(tally(1, 1))
    Districts(lines).solved(coordinate.ALONE, 1, 2)
    assert written.getvalue().splitlines() == [
        "1 dari 2 kasus, 0 per menit, sisa ?",
        "tanpa pinjaman: 1 dari 2 kabupaten/kota, sisa ?",
    ]
