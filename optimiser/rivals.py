"""The next best plans: those one exchange away, those made by hand, and how each differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimiser.checker import check
from optimiser.deployment import Deployment, Numbers
from optimiser.evaluation import Comparison, Evaluation, compare, evaluate
from optimiser.figures import plain
from optimiser.language import ENGLISH, Language
from optimiser.moves import Move, list_moves
from optimiser.neighbourhood import Ints, single_exchanges
from optimiser.scenario import Scenarios
from optimiser.search import Search, objectives

GLANCE, FINALISTS = 64, 32  # planning scenarios of a first look, and exchanges played on all of them; assumed
PLACES = 24  # places among which units are exchanged: where most is lost, and posts with most; assumed
EXCHANGE = "exchange"  # what rivals one exchange away are named after, with a running number
NEAR, FAR = 2, 2  # next best plans by exchange, and others, that are told; assumed


@dataclass(frozen=True)
class Rival:
    """Another plan and how it compares.

    Attributes
    ----------
    name : how it came about.
    moves : from the plan to it.
    behind : points by which it is behind the plan on the planning scenarios.
    against : plan minus rival, paired on fresh scenarios; negative is in the plan's favour.
    """

    name: str
    deployment: Deployment
    moves: tuple[Move, ...]
    behind: float
    against: Comparison


def find_rivals(
    found: Search, plan: Evaluation, others: Mapping[str, Deployment], fresh: Scenarios
) -> tuple[Rival, ...]:
    """Find the next best plans, the closest on the planning scenarios first.

    Those one exchange away that differ in no planning scenario are left out: they are the same plan in other words.

    Parameters
    ----------
    plan : the search's best deployment on the fresh scenarios.
    others : further plans by name, such as those by hand rules; the best of those that pass the checker are told.
    """
    simulator, instance = found.simulator, found.simulator.instance
    value = found.worth(found.best)
    known, far = {found.best.tobytes()}, []
    for name, other in others.items():
        numbers = other.numbers(instance)
        if check(instance, other).passed and numbers.tobytes() not in known:
            known.add(numbers.tobytes())
            far.append((name, numbers, found.worth(numbers)))
    far = sorted(far, key=lambda one: one[2])[:FAR]
    told = {numbers.tobytes() for _, numbers, _ in far}  # one plan has one name
    exchanged = [one for one in _exchanged(found) if one[0].tobytes() not in told]
    near = [(f"{EXCHANGE} {i}", numbers, worth) for i, (numbers, worth) in enumerate(exchanged[:NEAR], 1)]
    rivals = []
    for name, numbers, worth in sorted([*near, *far], key=lambda one: one[2]):
        deployment = Deployment.of_numbers(instance, numbers, name)
        moves = list_moves(instance, plan.deployment, deployment)
        against = compare(plan, evaluate(simulator, deployment, fresh))
        rivals.append(Rival(name, deployment, moves, worth - value, against))
    return tuple(rivals)


def tell_rival(name: str, language: Language = ENGLISH) -> str:
    """Give the name of a rival for a reader."""
    word, _, number = name.partition(" ")
    if word == EXCHANGE and number.isdecimal():
        return language("exchange {n}", n=number)
    return plain(language(name))


def focus(found: Search) -> Ints:
    """Give the places among which exchanges are looked for: all, or where most is lost and most waits if too many."""
    sectors, places = len(found.simulator.instance.sectors), len(found.best)
    if places <= PLACES:
        return np.arange(places)
    few = found.scenarios.first(min(GLANCE, len(found.scenarios)))
    lost = found.simulator.course(found.best, few).loss.mean(axis=0)
    waits = found.best[sectors:].sum(axis=1)
    posts = np.argsort(-waits, kind="stable")[: PLACES // 4] + sectors
    return np.sort(np.concatenate([np.argsort(-lost, kind="stable")[: PLACES - len(posts)], posts]))


def _exchanged(found: Search) -> list[tuple[Numbers, float]]:
    """Give the best plans one exchange away with their objectives on the planning scenarios, the best first."""
    simulator, plan = found.simulator, found.best
    exchanges = single_exchanges(found.rules, plan, focus(found))
    if not len(exchanges):
        return []
    rivals, few = exchanges.plans(plan), min(GLANCE, len(found.scenarios))
    glance = objectives(found, rivals, simulator.totals(rivals, found.scenarios, 0, few, base=plan))
    rivals = rivals[np.argsort(glance, kind="stable")[: 2 * FINALISTS]]
    losses = simulator.totals(rivals, found.scenarios, base=plan)
    differ = np.any(losses != simulator.totals(plan[None], found.scenarios)[0], axis=1)
    rivals, values = rivals[differ], objectives(found, rivals, losses)[differ]
    order = np.argsort(values, kind="stable")
    return [(rivals[i], float(values[i])) for i in order]
