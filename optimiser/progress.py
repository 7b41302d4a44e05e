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
        """SimPy plays instead of the compiled engine, and why."""

    def reporting(self, what: str) -> None:
        """The loop is over and what is printed is being simulated on fresh scenarios."""
