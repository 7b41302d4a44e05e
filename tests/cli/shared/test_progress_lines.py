"""Who watches gets a board, a log gets lines, and neither changes what is planned."""

from __future__ import annotations

import io

from rich.console import Console

from optimiser.cli.shared.progress_lines import SearchLines, SearchTable, choose_watcher
from optimiser.common.progress import Progress, Watcher
from optimiser.output.render_terminal import make_console

STEP = Progress(3, 28.5, 5.0, 0.8246, 12345, 7.4, 0, False, "moved, 2 points better")


def play(watcher: Watcher) -> None:
    watcher.started("Town \x1b[31m")
    watcher.candidate("proportional", 31.04)
    watcher.stepped(STEP)
    watcher.reporting("plan and alternatives")


def test_lines_are_plain_and_whole() -> None:
    stream = io.StringIO()
    with choose_watcher(Console(file=stream, width=20)) as watcher:
        assert type(watcher) is SearchLines
        play(watcher)
    assert stream.getvalue().splitlines() == [
        "planning: Town ?[31m",
        "by hand, proportional: 31.0 points",
        "iteration 3: best 28.5, bound 5.00, gap 82.5 %, 12,345 replications, 7 s; moved, 2 points better",
        "fresh scenarios: plan and alternatives",
    ]


def test_board_shows_where_the_loop_is_and_leaves_the_screen_clean() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=100, _environ={"TERM": "xterm"})
    with choose_watcher(console) as watcher:
        assert isinstance(watcher, SearchTable)
        play(watcher)
        sheet = Console(file=io.StringIO(), width=100)
        with sheet.capture() as captured:
            sheet.print(watcher.draw())
    text = captured.get()
    for words in ("proportional: 31.0 points", "3: moved", "28.5 points", "gap 82.5 %", "12,345", "fresh scenarios"):
        assert words in text
    assert "\x1b" not in text
    assert stream.getvalue().endswith("\x1b[1A\x1b[2K")  # the last line of the board is wiped


def test_dumb_terminal_gets_lines() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, _environ={"TERM": "dumb"})
    assert type(choose_watcher(console)) is SearchLines


def test_unwanted_colours_are_left_out(monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream = io.StringIO()
    make_console(stream).print("[bold]x[/bold]", style="bold red")
    assert stream.getvalue() == "[bold]x[/bold]\n"
