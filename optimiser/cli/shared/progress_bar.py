"""How long work comes along, on standard error: a bar where someone watches, plain lines where not."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from optimiser.batch.case_names import short_name
from optimiser.batch.driver import BatchObserver, BatchProgress
from optimiser.cli.shared.progress_lines import COMPILING
from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import plain
from optimiser.jobs.task import LedgerEntry
from optimiser.nation.coordinate import NationObserver
from optimiser.nation.nation_plan import Round

PAUSE = 10.0  # s between two plain lines, at least


class ProgressLines:
    """Plain lines: what is said at once, how far it is only now and then.

    Parameters
    ----------
    console : where to write.
    language : of the reader.
    """

    def __init__(self, console: Console, language: Language = ENGLISH) -> None:
        self.console, self.language = console, language
        self.said = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left open."""

    def say(self, line: str) -> None:
        """Write a line."""
        self.console.print(Text(line), soft_wrap=True)
        self.said = time.monotonic()

    def show(self, sentence: str, over: int, total: int) -> None:  # noqa: ARG002 - a bar is so long
        """Tell how far it is: so much of it all is over."""
        if time.monotonic() - self.said >= PAUSE:
            self.say(sentence)


class ProgressBar(ProgressLines):
    """A bar that moves; what is said stays above it.

    Parameters
    ----------
    console : a terminal.
    language : of the reader.
    """

    def __init__(self, console: Console, language: Language = ENGLISH) -> None:
        super().__init__(console, language)
        self.progress = Progress(BarColumn(), TextColumn("{task.description}"), console=console, transient=True)
        self.bar = self.progress.add_task("", total=None)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def show(self, sentence: str, over: int, total: int) -> None:
        self.progress.update(self.bar, total=total, completed=over, description=sentence)


def choose_progress(console: Console, language: Language = ENGLISH, quiet: bool = False) -> ProgressLines:
    """Choose the bar on a terminal, plain lines anywhere else, or where nothing is to be said."""
    live = console.is_terminal and not console.is_dumb_terminal and not quiet
    return ProgressBar(console, language) if live else ProgressLines(console, language)


class Cases(BatchObserver):
    """Tells of a batch: one line at the start, one for each case that has no result, and how far it is."""

    def __init__(self, lines: ProgressLines) -> None:
        self.lines, self.language = lines, lines.language

    def restored(self, count: int) -> None:
        said = self.language.plural(
            "the ledger was damaged or gone: made anew from {n} result that is whole",
            "the ledger was damaged or gone: made anew from {n} results that are whole",
            count,
        )
        self.lines.say(said)

    def began(self, tally: BatchProgress, new: int, redone: int) -> None:
        language = self.language
        words = {"total": tally.total, "new": new, "over": tally.total - tally.left}
        self.lines.say(language("{total:,} cases: {new:,} new, {over:,} over already", **words))
        if tally.others:
            self.lines.say(
                language.plural(
                    "{n} case of another version of this program, or of a law of one's own, is left alone",
                    "{n} cases of another version of this program, or of a law of one's own, are left alone",
                    tally.others,
                )
            )
        if redone:
            self.lines.say(
                language.plural(
                    "{n} case is done again: its file is missing or was changed",
                    "{n} cases are done again: their files are missing or were changed",
                    redone,
                )
            )
        self.waited(tally)

    def compiling(self) -> None:
        self.lines.say(self.language(COMPILING))

    def ended(self, entry: LedgerEntry, tally: BatchProgress) -> None:
        if entry.state != "done":
            name, why = plain(short_name(entry)), plain(" ".join(str(entry.error.get("message", "")).split()))
            words = {"name": name, "why": why}
            if entry.state == "failed":
                self.lines.say(self.language("failed: {name}: {why}", **words))
            elif entry.state == "aside":
                self.lines.say(self.language("set aside: {name}: {why}, for the second time", **words))
            else:
                self.lines.say(self.language("will be tried again: {name}: {why}", **words))
        self.waited(tally)

    def waited(self, tally: BatchProgress) -> None:
        language, over = self.language, tally.total - tally.left
        words = {"over": over, "total": tally.total, "rate": 60.0 * tally.rate}
        sentence = language(
            "{over:,} of {total:,} cases, {rate:.3g} a minute, {left} left",
            **words,
            left=clock(tally.time_left, language),
        )
        self.lines.show(sentence, over, tally.total)


class Districts(NationObserver):
    """Tells of a nation: one line for each round, and how many districts have answered in it."""

    def __init__(self, lines: ProgressLines) -> None:
        self.lines, self.language = lines, lines.language
        self.what, self.begun, self.before = "", 0.0, 0

    def compiling(self) -> None:
        self.lines.say(self.language(COMPILING))

    def solved(self, what: str, over: int, total: int) -> None:
        language, now = self.language, time.monotonic()
        if what != self.what:
            self.what, self.begun, self.before = what, now, over
        new = over - self.before
        left = clock((now - self.begun) / new * (total - over) if new else None, language)
        words = {"what": language(what), "over": over, "total": total, "left": left}
        self.lines.show(language("{what}: {over:,} of {total:,} districts, {left} left", **words), over, total)

    def round_ended(self, ended: Round) -> None:
        self.lines.say(self.language(ended.sentence))


def clock(seconds: float | None, language: Language = ENGLISH) -> str:
    """Write a time that is left, ``2 h 05 min``; a question mark where it is not known."""
    if seconds is None:
        return "?"
    if seconds < 59.5:
        return language("{n:.0f} s", n=seconds)
    minutes = round(seconds / 60.0)
    if minutes < 60:
        return language("{n} min", n=minutes)
    return language("{hours} h {minutes:02d} min", hours=minutes // 60, minutes=minutes % 60)
