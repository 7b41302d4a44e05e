"""Moves that an integer program proposes around the incumbent, a few at a time, as long as its promises are kept.

Response tables tell what each place would change if it alone changed. The program combines them within a trust region,
the joint simulation checks each proposal, and the region grows and shrinks with what is kept of the promises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimiser.common.errors import NoPlan
from optimiser.common.message import Message
from optimiser.model.deployment import Deployment, Numbers
from optimiser.planning.magnitude import close_to
from optimiser.planning.programs.allocation import Exhausted
from optimiser.planning.programs.configurations import ResponseTable
from optimiser.planning.search.focus import first_look, focus
from optimiser.planning.search.response_tables import tabulate_around
from optimiser.planning.search.search_state import Propose, Search, Step, Steps
from optimiser.simulation.engine import Floats


@dataclass(frozen=True)
class TrustRegionParams:
    """Tuned constants; all assumed.

    Attributes
    ----------
    first, widest : moves that the first step around an incumbent may make, and any step at most.
    patience : broken promises before exchanges are tried one by one.
    kept : share of a promise that must be kept for the region to grow.
    """

    first: int = 4
    widest: int = 12
    patience: int = 4
    kept: float = 0.5


PARAMS = TrustRegionParams()


def trust_region(state: Search, propose: Propose) -> Steps:
    """Let the integer program propose moves around the incumbent; simulate each proposal."""
    radius, tried = PARAMS.first, list[Numbers]()
    tables, base = _tables(state)
    while len(tried) < PARAMS.patience:
        promise, proposal = _promise(state, propose, tables, base, radius, tried)
        if proposal is None or promise <= close_to(state.value):
            return
        before = state.value
        if state.consider(proposal):
            kept = before - state.value
            radius, tried = min(PARAMS.widest, 2 * radius) if kept >= PARAMS.kept * promise else radius, []
            yield Step(Message("moved, {points:.3g} points better", points=kept))
            tables, base = _tables(state)
        else:
            radius = max(1, radius // 2)
            tried.append(proposal)
            yield Step(Message("promise not kept"))


def _tables(state: Search) -> tuple[dict[str, ResponseTable], Floats]:
    few = state.scenarios.first(first_look(state))
    return tabulate_around(state.simulator, few, state.best, state.rules, focus(state, state.best))


def _promise(
    state: Search,
    propose: Propose,
    tables: dict[str, ResponseTable],
    base: Floats,
    radius: int,
    tried: Sequence[Numbers],
) -> tuple[float, Numbers | None]:
    """Return what the tables promise of the best deployment near the incumbent that was not tried, and itself."""
    instance = state.simulator.instance
    centre, *others = (Deployment.of_numbers(instance, plan) for plan in (state.best, *tried))
    try:
        answer = propose(instance, tables, base, trust=(centre, radius), exclude=[centre, *others])
    except Exhausted:
        return 0.0, None
    except NoPlan:
        state.by_clock = True
        return 0.0, None
    state.by_clock |= answer.by_clock
    return state.objective(state.best, base) - answer.objective, answer.deployment.numbers(instance)
