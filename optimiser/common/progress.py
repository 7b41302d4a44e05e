"""How far the loop has come, and who is told: observers are a class of methods that do nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """The state of the loop after one iteration.

    Attributes
    ----------
    iteration : 0 is the start from hand rules.
    best : objective of the best deployment on the planning scenarios, in points.
    bound : proved lower bound of the objective on the planning scenarios.
    gap : (best - bound) / best, 0 where best is 0.
    replications : joint replications simulated so far.
    seconds : wall time since the start; never used to decide anything unless a stop rule asks.
    unchanged : iterations since the best last changed.
    finished : nothing is left to try within the rules of the loop.
    note : what this iteration did, in a few words.
    budget : joint replications after which the search ends; None where nothing but a stop rule ends it.
    limit : wall time in seconds after which it begins no new iteration; None where there is none.
    """

    iteration: int
    best: float
    bound: float
    gap: float
    replications: int
    seconds: float
    unchanged: int
    finished: bool
    note: str
    budget: int | None = None
    limit: float | None = None

    @property
    def share(self) -> float | None:
        """How much of budget or time is used, 0 to 1, whichever is more; 1 where it is finished, None without an end.

        It may jump to 1: a search also ends where nothing is left to try.
        """
        used = [self.replications / self.budget] if self.budget else []
        used += [self.seconds / self.limit] if self.limit else []
        return 1.0 if self.finished else min(1.0, max(used)) if used else None


class Watcher:
    """Told what the loop does; overwrite what you need."""

    def started(self, name: str) -> None:
        """Planning of an instance begins."""

    def candidate(self, name: str, objective: float) -> None:
        """A hand rule or another first candidate was evaluated."""

    def stepped(self, progress: Progress) -> None:
        """An iteration is over."""

    def compiling(self) -> None:
        """The simulation has to be compiled first, once after an installation; that takes a while."""

    def slow(self, why: str) -> None:
        """SimPy simulates instead of the compiled engine, and why."""

    def reporting(self, what: str) -> None:
        """The loop is over and what is printed is being simulated on fresh scenarios."""
