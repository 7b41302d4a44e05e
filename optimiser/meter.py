"""How a batch comes along, on standard error: a bar where someone watches, plain lines where not."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from optimiser.batch import Observer, Tally
from optimiser.figures import plain
from optimiser.language import ENGLISH, Language
from optimiser.live import COMPILING
from optimiser.run import label
from optimiser.task import Entry

PAUSE = 10.0  # s between two plain lines, at least


class Reel(Observer):
    """Plain lines: one at the start, one now and then, one for each case that has no result.

    Parameters
    ----------
    console : where to write.
    language : of the reader.
    """

    def __init__(self, console: Console, language: Language = ENGLISH) -> None:
        self.console, self.language = console, language
        self.said = time.monotonic()

    def __enter__(self) -> Reel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left open."""

    def began(self, tally: Tally, new: int, redone: int) -> None:
        language = self.language
        words = {"total": tally.total, "new": new, "over": tally.total - tally.left}
        self.say(language("{total:,} cases: {new:,} new, {over:,} over already", **words))
        if tally.others:
            self.say(
                language.plural(
                    "{n} case of another version of this program is left alone",
                    "{n} cases of another version of this program are left alone",
                    tally.others,
                )
            )
        if redone:
            self.say(
                language.plural(
                    "{n} case is done again: its file is missing",
                    "{n} cases are done again: their files are missing",
                    redone,
                )
            )

    def compiling(self) -> None:
        self.say(self.language(COMPILING))

    def ended(self, entry: Entry, tally: Tally) -> None:
        if entry.state != "done":
            name, why = plain(label(entry)), plain(" ".join(str(entry.error.get("message", "")).split()))
            words = {"name": name, "why": why}
            if entry.state == "failed":
                self.say(self.language("failed: {name}: {why}", **words))
            elif entry.state == "aside":
                self.say(self.language("set aside: {name}: {why}, for the second time", **words))
            else:
                self.say(self.language("will be tried again: {name}: {why}", **words))
        self.waited(tally)

    def waited(self, tally: Tally) -> None:
        if time.monotonic() - self.said >= PAUSE:
            self.say(self.sentence(tally))

    def sentence(self, tally: Tally) -> str:
        """Say how far it is."""
        language = self.language
        words = {"over": tally.total - tally.left, "total": tally.total, "rate": 60.0 * tally.rate}
        return language(
            "{over:,} of {total:,} cases, {rate:.3g} a minute, {left} left",
            **words,
            left=clock(tally.time_left, language),
        )

    def say(self, line: str) -> None:
        """Write a line."""
        self.console.print(Text(line), soft_wrap=True)
        self.said = time.monotonic()


class Bar(Reel):
    """A bar that moves; lines for cases without a result stay above it.

    Parameters
    ----------
    console : a terminal.
    language : of the reader.
    """

    def __init__(self, console: Console, language: Language = ENGLISH) -> None:
        super().__init__(console, language)
        self.progress = Progress(BarColumn(), TextColumn("{task.description}"), console=console, transient=True)
        self.bar = self.progress.add_task("", total=None)

    def __enter__(self) -> Bar:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def began(self, tally: Tally, new: int, redone: int) -> None:
        super().began(tally, new, redone)
        self.waited(tally)

    def waited(self, tally: Tally) -> None:
        over = tally.total - tally.left
        self.progress.update(self.bar, total=tally.total, completed=over, description=self.sentence(tally))


def clock(seconds: float | None, language: Language = ENGLISH) -> str:
    """Write a time that is left, ``2 h 05 min``; a question mark where it is not known."""
    if seconds is None:
        return "?"
    if seconds < 60.0:
        return language("{n:.0f} s", n=seconds)
    minutes = round(seconds / 60.0)
    if minutes < 60:
        return language("{n} min", n=minutes)
    return language("{hours} h {minutes:02d} min", hours=minutes // 60, minutes=minutes % 60)


def meter(console: Console, language: Language = ENGLISH) -> Reel:
    """Choose the bar on a terminal, plain lines anywhere else."""
    live = console.is_terminal and not console.is_dumb_terminal
    return Bar(console, language) if live else Reel(console, language)
