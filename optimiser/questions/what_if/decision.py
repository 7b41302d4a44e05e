"""Which of the moves that a search found are advised: those that are shown to help, and no others.

Moving has a price that no figure shows: trips, handovers, and what a crowd makes of it. So nobody is moved for what is
best only on the scenarios it was chosen on, and wide-area means are not brought forward for what others bring.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.moves import BASE, Move, list_moves
from optimiser.planning.evaluation import Interval, estimate, score, subtract
from optimiser.planning.programs.feasibility import nearest_to
from optimiser.planning.search.search_state import Search
from optimiser.simulation.events import negligible
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

SELDOM = 0.1  # share of operations that may differ where all scenarios are alike, 95 % confidence; assumed
TRIED, WORK = 100, 10_000_000  # plans with fewer moves, and sectors, that are simulated at most for them; assumed


def helps(loss: Interval, objective: float) -> bool:
    """Tell whether the first of two plans is shown to be better: the paired interval of the loss lies below 0.

    Where all scenarios show the same difference there is no interval; then it is better if they are enough. Nor may its
    objective be worse, which counts what a trip costs and, where it is asked for, the tail.

    Parameters
    ----------
    loss, objective : of the first plan less those of the second, in points.
    """
    alike = loss.alike and loss.usual < 0.0 and loss.often <= SELDOM
    return (loss.high < 0.0 or alike) and objective < 0.0


def decide(state: Search, kept: Deployment, scenarios: Scenarios) -> Deployment:
    """Return the plan that is advised instead of the one that is kept: with moves that are shown to help, or itself.

    The best plan that was found has to be shown better than the one that is kept. Then moves that bring next to nothing
    are taken back; wide-area means stay where they are unless bringing them forward is shown to help by itself; other
    moves that are not shown to help are taken back as long as the rest is shown to.

    Parameters
    ----------
    state : the search, whose best plan is looked at.
    kept : the plan that stays; allowed.
    scenarios : of their own, so that nothing was chosen on them before.
    """
    plan, balance = state.deployment, _Balance(state.simulator, kept, scenarios)
    if not balance.prefers(plan, kept):
        return kept
    plan = _undo_idle(state, kept, plan)
    advised = _undo_wide_area(balance, plan)
    if advised is None or not balance.prefers(advised, kept):
        return kept
    return _undo_unshown(balance, advised)


def keep_allowed(instance: Instance, plan: Deployment, nodes: int) -> Deployment:
    """Return the plan as far as it is allowed: itself, or what the fewest moves make of it that was state.

    Parameters
    ----------
    nodes : of the search tree. Where they were too few for the nearest plan, moves that are not needed are taken back.

    Raises
    ------
    Infeasible : it is proved that no deployment is allowed.
    NoPlan : none was found within the limits.
    """
    if check(instance, plan).passed:
        return plan
    kept = nearest_to(instance, plan, nodes=nodes)
    for move in list_moves(instance, plan, kept):
        kept = without(instance, kept, [move]) or kept
    return kept


class _Balance:
    """Weighs plans against each other on the same scenarios; each is simulated once."""

    def __init__(self, simulator: Simulator, kept: Deployment, scenarios: Scenarios) -> None:
        self.simulator, self.kept, self.scenarios = simulator, kept, scenarios

    @property
    def instance(self) -> Instance:
        """The instance that is simulated."""
        return self.simulator.instance

    def prefers(self, one: Deployment, other: Deployment) -> bool:
        """Tell whether one plan is shown to be better than another."""
        plans = np.stack([plan.numbers(self.instance) for plan in (one, other)])
        first, second = self.simulator.totals(plans, self.scenarios)
        objectives = (score(self.instance, plan, losses) for plan, losses in ((one, first), (other, second)))
        return helps(estimate(subtract(first, second)), operator.sub(*objectives))


def without(instance: Instance, plan: Deployment, moves: Iterable[Move]) -> Deployment | None:
    """Take moves that led to a plan back; None where what is left is not allowed."""
    kinds = {kind: k for k, kind in enumerate([*(t.id for t in instance.teams), *(v.id for v in instance.vehicles)])}
    places = {place.id: p for p, place in enumerate(instance.places)}
    numbers = plan.numbers(instance)
    for move in moves:
        if move.goal != BASE:
            numbers[places[move.goal], kinds[move.what]] -= move.number
        if move.origin != BASE:
            numbers[places[move.origin], kinds[move.what]] += move.number
    if (numbers < 0).any():
        return None
    fewer = Deployment.of_numbers(instance, numbers, plan.title)
    return fewer if check(instance, fewer).passed else None


def _undo_idle(state: Search, kept: Deployment, plan: Deployment) -> Deployment:
    """Take back moves that bring next to nothing on the planning scenarios: a briefing names those that matter."""
    instance, value = state.simulator.instance, state.value
    idle = negligible(instance.objective)
    for move in list_moves(instance, kept, plan):
        fewer = without(instance, plan, [move])
        if fewer is not None and (worth := state.worth(fewer.numbers(instance))) <= value + idle:
            plan, value = fewer, worth
    return plan


def _undo_wide_area(balance: _Balance, plan: Deployment) -> Deployment | None:
    """Leave wide-area means where they are, unless bringing them forward is shown to help.

    Returns
    -------
    The plan; None where they cannot be left alone without giving up all moves.
    """
    moves = list_moves(balance.instance, balance.kept, plan)
    for move in moves:
        if not _comes_forward(balance.instance, move):
            continue
        others = (without(balance.instance, plan, group) for group in _with_others(move, moves))
        fewer = next((other for other in others if other is not None), None)
        if fewer is None:
            return None
        if not balance.prefers(plan, fewer):
            plan = fewer
    return plan


def _undo_unshown(balance: _Balance, plan: Deployment) -> Deployment:
    """Take back single moves, and pairs of those that go only together, that are not shown to help."""
    instance, kept = balance.instance, balance.kept
    tied: list[Move] = []
    most = min(TRIED, WORK // (len(instance.sectors) * len(balance.scenarios)))
    tries = itertools.count()

    def lighten(plan: Deployment, group: Sequence[Move]) -> Deployment | None:
        """Return the plan without some moves where that is allowed; the plan itself where they are shown to help."""
        fewer = without(instance, plan, group)
        if fewer is None or next(tries) >= most:
            return None if fewer is None else plan
        return fewer if not balance.prefers(plan, fewer) and balance.prefers(fewer, kept) else plan

    for move in list_moves(instance, kept, plan):
        if (lighter := lighten(plan, [move])) is None:
            tied.append(move)
        else:
            plan = lighter
    for pair in itertools.combinations(tied, 2):
        plan = lighten(plan, pair) or plan
    return plan


def _comes_forward(instance: Instance, move: Move) -> bool:
    """Tell whether wide-area means come into a sector, or out of base; from a sector to a post they go back."""
    wide = {vehicle.id for vehicle in instance.vehicles if vehicle.water_cannon}
    sectors = {sector.id for sector in instance.sectors}
    return move.what in wide and (move.goal in sectors or move.origin == BASE)


def _with_others(move: Move, moves: Sequence[Move]) -> Iterator[list[Move]]:
    """Return groups of moves that a move may go together with: alone, with one other, with all at its two places."""
    rest = [other for other in moves if other is not move]
    yield [move]
    yield from ([move, other] for other in rest)
    ends = {move.origin, move.goal} - {BASE}
    yield [move, *(other for other in rest if ends & {other.origin, other.goal})]
