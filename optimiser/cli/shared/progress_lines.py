"""How planning comes along, on standard error: a moving table where someone watches, plain lines where not."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import figure, plain
from optimiser.common.progress import Progress, Watcher
from optimiser.output.blocks import Pairs, Paragraph, Section, Value
from optimiser.output.render_terminal import to_terminal

COMPILING = Message("compiling the simulation, once after an installation; takes half a minute")


class SearchLines(Watcher):
    """One short line for each thing that happens, without any control codes.

    Parameters
    ----------
    console : where to write.
    language : of the reader.
    """

    def __init__(self, console: Console, language: Language = ENGLISH) -> None:
        self.console, self.language = console, language

    def __enter__(self) -> SearchLines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left open."""

    def started(self, name: str) -> None:
        self._say(self.language("planning: {name}", name=plain(self.language(name))))

    def candidate(self, name: str, objective: float) -> None:
        language = self.language
        points = figure(objective, language=language)
        self._say(language("by hand, {name}: {points} points", name=plain(language(name)), points=points))

    def stepped(self, progress: Progress) -> None:
        language = self.language
        self._say(
            language(
                "iteration {number}: best {best}, bound {bound}, gap {gap}, {replications:,} replications, "
                "{seconds:.0f} s; {note}",
                number=progress.iteration,
                best=figure(progress.best, language=language),
                bound=figure(progress.bound, language=language),
                gap=gap(progress, language),
                replications=progress.replications,
                seconds=progress.seconds,
                note=plain(language(progress.note)),
            )
        )

    def compiling(self) -> None:
        self._say(self.language(COMPILING))

    def slow(self, why: str) -> None:
        self._say(self.language("simulated by SimPy, some hundred times slower: {why}", why=self.language(why)))

    def reporting(self, what: str) -> None:
        self._say(self.language("fresh scenarios: {what}", what=self.language(what)))

    def _say(self, line: str) -> None:
        self.console.print(Text(line), soft_wrap=True)


class SearchTable(SearchLines):
    """A table that moves with the loop and disappears when it is over.

    Parameters
    ----------
    console : a terminal.
    language : of the reader.
    """

    def __init__(self, console: Console, language: Language = ENGLISH) -> None:
        super().__init__(console, language)
        self.begun = time.monotonic()
        self.title, self.work = "", language("looking for first plans")
        self.hand: list[tuple[str, float]] = []
        self.progress: Progress | None = None
        self.live = Live(get_renderable=self.draw, console=console, transient=True, refresh_per_second=4)

    def __enter__(self) -> SearchTable:
        self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.live.stop()

    def started(self, name: str) -> None:
        self.title = plain(self.language(name))

    def candidate(self, name: str, objective: float) -> None:
        self.hand.append((plain(self.language(name)), objective))
        self.work = self.language("searching; Ctrl-C ends the search and keeps the best plan")

    def stepped(self, progress: Progress) -> None:
        self.progress = progress

    def compiling(self) -> None:
        self.work = self.language(COMPILING)

    def reporting(self, what: str) -> None:
        self.work = self.language("fresh scenarios: {what}", what=self.language(what))

    def draw(self) -> RenderableType:
        """Draw the present state."""
        language = self.language
        pairs: list[tuple[str, Value]] = []
        for name, objective in self.hand:
            points = figure(objective, language=language)
            pairs.append((language("by hand"), language("{name}: {points} points", name=name, points=points)))
        if self.progress is not None:
            p = self.progress
            best, bound = figure(p.best, language=language), figure(p.bound, language=language)
            pairs.append((language("iteration"), f"{p.iteration}: {plain(language(p.note))}"))
            pairs.append((language("best"), language("{points} points", points=best)))
            pairs.append(
                (language("bound"), language("{points} points, gap {gap}", points=bound, gap=gap(p, language)))
            )
            done = language.number(f"{p.replications:,}")
            if p.budget is not None:
                done = language("{part} of {all}", part=done, all=language.number(f"{p.budget:,}"))
            pairs.append((language("replications"), done))
        seconds = time.monotonic() - self.begun
        pairs.append((language("time"), language("{seconds:.0f} s, {work}", seconds=seconds, work=self.work)))
        return to_terminal([Section("", [Paragraph(self.title, "title"), Pairs(pairs)])])


def gap(progress: Progress, language: Language = ENGLISH) -> str:
    """Write the relative gap."""
    return language.number(f"{100.0 * progress.gap:.1f} %")


def choose_watcher(console: Console, language: Language = ENGLISH) -> SearchLines:
    """Choose the board on a terminal, plain lines anywhere else."""
    live = console.is_terminal and not console.is_dumb_terminal
    return SearchTable(console, language) if live else SearchLines(console, language)
