"""How planning comes along, on standard error: a moving table where someone watches, plain lines where not."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from optimiser.figures import figure, plain
from optimiser.progress import Progress, Watcher

COMPILING = "compiling the simulation, once after an installation; takes about a minute"


class Lines(Watcher):
    """One short line for each thing that happens, without any control codes.

    Parameters
    ----------
    console : where to write.
    """

    def __init__(self, console: Console) -> None:
        self.console = console

    def __enter__(self) -> Lines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left open."""

    def started(self, name: str) -> None:
        self._say(f"planning: {plain(name)}")

    def candidate(self, name: str, objective: float) -> None:
        self._say(f"by hand, {plain(name)}: {figure(objective)} points")

    def stepped(self, progress: Progress) -> None:
        self._say(
            f"iteration {progress.iteration}: best {figure(progress.best)}, bound {figure(progress.bound)}, "
            f"gap {gap(progress)}, {progress.replications:,} replications, {progress.seconds:.0f} s; {progress.note}"
        )

    def compiling(self) -> None:
        self._say(COMPILING)

    def slow(self, why: str) -> None:
        self._say(f"simulated by SimPy, some hundred times slower: {why}")

    def reporting(self, what: str) -> None:
        self._say(f"fresh scenarios: {what}")

    def _say(self, line: str) -> None:
        self.console.print(Text(line), soft_wrap=True)


class Board(Lines):
    """A table that moves with the loop and disappears when it is over.

    Parameters
    ----------
    console : a terminal.
    """

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self.begun = time.monotonic()
        self.title, self.work = "", "looking for first plans"
        self.hand: list[tuple[str, float]] = []
        self.progress: Progress | None = None
        self.live = Live(get_renderable=self.draw, console=console, transient=True, refresh_per_second=4)

    def __enter__(self) -> Board:
        self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.live.stop()

    def started(self, name: str) -> None:
        self.title = plain(name)

    def candidate(self, name: str, objective: float) -> None:
        self.hand.append((plain(name), objective))
        self.work = "searching; Ctrl-C ends the search and keeps the best plan"

    def stepped(self, progress: Progress) -> None:
        self.progress = progress

    def compiling(self) -> None:
        self.work = COMPILING

    def slow(self, why: str) -> None:
        self.console.print(Text(f"simulated by SimPy, some hundred times slower: {why}"), soft_wrap=True)

    def reporting(self, what: str) -> None:
        self.work = f"fresh scenarios: {what}"

    def draw(self) -> RenderableType:
        """Draw the present state."""
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", no_wrap=True)
        table.add_column()
        for name, objective in self.hand:
            table.add_row("by hand", f"{name}: {figure(objective)} points")
        if self.progress is not None:
            p = self.progress
            table.add_row("iteration", f"{p.iteration}: {plain(p.note)}")
            table.add_row("best", f"{figure(p.best)} points")
            table.add_row("bound", f"{figure(p.bound)} points, gap {gap(p)}")
            table.add_row("replications", f"{p.replications:,}")
        table.add_row("time", f"{time.monotonic() - self.begun:.0f} s, {self.work}")
        return Group(Text(self.title, style="bold reverse"), table)


def gap(progress: Progress) -> str:
    """Write the relative gap."""
    return f"{100.0 * progress.gap:.1f} %"


def watch(console: Console) -> Lines:
    """Choose the board on a terminal, plain lines anywhere else."""
    return Board(console) if console.is_terminal and not console.is_dumb_terminal else Lines(console)
