"""Cases of runs side by side: the plans of two are played on the same random numbers, scenario by scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from optimiser.case import PLAN, changed
from optimiser.deployment import Deployment
from optimiser.evaluation import Comparison, Evaluation, compare, evaluate
from optimiser.run import Run, label
from optimiser.scenario import REPORTING, draw
from optimiser.simulation import Simulator
from optimiser.task import Entry


@dataclass(frozen=True)
class Pair:
    """Two cases and what tells them apart.

    Attributes
    ----------
    first, second : what they are called.
    before, after : their plans, each in its own town.
    change : second less first, paired.
    same : whether both have the same plan.
    """

    first: str
    second: str
    before: Evaluation
    after: Evaluation
    change: Comparison
    same: bool


def pair(run: Run, entry: Entry, other: Run, second: Entry, workers: int = 1) -> Pair:
    """Compare two cases on the reporting scenarios of the first.

    Each plan is played in its own town. Where the towns differ, what they have in common sees the same random numbers.

    Raises
    ------
    FileTrouble : a result is missing or was changed.
    """
    document = run.document(entry)
    seed, count = document["settings"]["seed"], document["settings"]["reporting"]
    before = _play(run, entry, document, seed, count, workers)
    after = _play(other, second, other.document(second), seed, count, workers)
    same = before.deployment.places == after.deployment.places
    return Pair(label(entry), label(second), before, after, compare(after, before, across=True), same)


def _play(run: Run, entry: Entry, document: dict[str, Any], seed: int, count: int, workers: int) -> Evaluation:
    instance, _ = changed(run.ledger.input(entry.task.input), entry.task.spec)
    deployment = Deployment.model_validate(document["deployment"])
    with Simulator(instance, workers=workers) as simulator:
        return evaluate(simulator, deployment, draw(instance, seed, count, REPORTING))


def match(run: Run, other: Run) -> Iterator[tuple[Entry, Entry | None]]:
    """Give the cases of a run, each with the case of the same label in another run, None where there is none done."""
    there = {label(entry): entry for entry in other.ledger.entries("done", PLAN)}
    for entry in run.ledger.entries("done", PLAN):
        yield entry, there.get(label(entry))
