"""The next best plans: those one exchange away, those made by hand, and how each differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import plain
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment, Numbers
from optimiser.model.moves import Move, list_moves
from optimiser.planning.evaluation import Comparison, Evaluation, compare, evaluate
from optimiser.planning.programs.neighbourhood import Ints, single_exchanges
from optimiser.planning.search.focus import worst_places
from optimiser.planning.search.search_state import Search
from optimiser.questions.why.screening import look_at
from optimiser.simulation.scenario import Scenarios

GLANCE = 64  # planning scenarios that tell where most is lost; assumed
FINALISTS, FEWEST = 64, 12  # exchanges simulated on all planning scenarios, fewer where simulating takes long; assumed
WORK = 1_000_000  # sectors that are simulated for them; assumed
PLACES, LEAST = 24, 8  # places among which units are exchanged: where most is lost, and posts with most; assumed
REACH = 9_600  # sectors times such places: fewer places where simulating takes long; assumed
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
    breaks : rules that it breaks; only where the plan breaks some, and none of these further than the plan does.
    """

    name: str
    deployment: Deployment
    moves: tuple[Move, ...]
    behind: float
    against: Comparison
    breaks: int = 0


def find_rivals(
    state: Search,
    plan: Evaluation,
    others: Mapping[str, Deployment],
    fresh: Scenarios,
    always: Mapping[str, Deployment] | None = None,
) -> tuple[Rival, ...]:
    """Find the next best plans, the closest on the planning scenarios first.

    Those one exchange away that differ in no planning scenario are left out: they are the same plan in other words.

    Parameters
    ----------
    plan : the search's best deployment on the fresh scenarios.
    others : further plans by name, such as those by hand rules; the best of those that pass the checker are told.
    always : plans that are told in any case.
    """
    simulator, instance = state.simulator, state.simulator.instance
    value = state.worth(state.best)
    certain = [(name, other.numbers(instance)) for name, other in (always or {}).items()]
    fixed = [(name, numbers, state.worth(numbers)) for name, numbers in certain]
    known, far = {state.best.tobytes(), *(numbers.tobytes() for _, numbers, _ in fixed)}, []
    for name, other in others.items():
        numbers = other.numbers(instance)
        if check(instance, other).passed and numbers.tobytes() not in known:
            known.add(numbers.tobytes())
            far.append((name, numbers, state.worth(numbers)))
    far = [*fixed, *sorted(far, key=lambda one: one[2])[:FAR]]
    told = {numbers.tobytes() for _, numbers, _ in far}  # one plan has one name
    exchanged = [one for one in _exchanged(state) if one[0].tobytes() not in told]
    near = [(f"{EXCHANGE} {i}", numbers, worth) for i, (numbers, worth) in enumerate(exchanged[:NEAR], 1)]
    rivals = []
    for name, numbers, worth in sorted([*near, *far], key=lambda one: one[2]):
        deployment = Deployment.of_numbers(instance, numbers, name)
        moves = list_moves(instance, plan.deployment, deployment)
        against = compare(plan, evaluate(simulator, deployment, fresh))
        breaks = len(check(instance, deployment).violations)
        rivals.append(Rival(name, deployment, moves, worth - value, against, breaks))
    return tuple(rivals)


def tell_rival(name: str, language: Language = ENGLISH) -> str:
    """Return the name of a rival for a reader."""
    word, _, number = name.partition(" ")
    if word == EXCHANGE and number.isdecimal():
        return language("exchange {n}", n=number)
    return plain(language(name))


def exchange_places(state: Search) -> Ints:
    """Return the places among which exchanges are looked for.

    All; if those are too many, where most is lost and most waits, and what goes with a gathering.
    """
    sectors, places = len(state.simulator.instance.sectors), len(state.best)
    most = min(PLACES, max(LEAST, REACH // max(1, sectors)))
    if places <= most:
        return np.arange(places)
    few = state.scenarios.first(min(GLANCE, len(state.scenarios)))
    lost = state.simulator.course(state.best, few).mean
    moving = state.rules.frame.posts.stop
    posts = worst_places(state.best[sectors:moving].sum(axis=1), most // 4) + sectors
    return np.concatenate([worst_places(lost, most - len(posts)), posts, np.arange(moving, places)])


def _exchanged(state: Search) -> list[tuple[Numbers, float]]:
    """Return the best plans one exchange away with their objectives on the planning scenarios, the best first."""
    simulator, plan = state.simulator, state.best
    exchanges = single_exchanges(state.rules, plan, exchange_places(state))
    if not len(exchanges):
        return []
    most = min(FINALISTS, max(FEWEST, WORK // (len(state.scenarios) * len(simulator.instance.sectors))))
    glance = look_at(state, exchanges)
    rivals = exchanges.take(np.argsort(glance.value, kind="stable")[:most]).plans(plan)
    losses = simulator.totals(rivals, state.scenarios, base=plan)
    differ = np.any(losses != simulator.totals(plan[None], state.scenarios)[0], axis=1)
    rivals, values = rivals[differ], state.objectives(rivals, losses)[differ]
    order = np.argsort(values, kind="stable")
    return [(rivals[i], float(values[i])) for i in order]
