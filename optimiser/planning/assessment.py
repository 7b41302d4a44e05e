"""What is said of the plan that a search found: its claim, and what fresh scenarios show of it and of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.common.cancellation import held_back
from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.verdict import Verdict
from optimiser.planning.certificate import Certificate, certify
from optimiser.planning.evaluation import Evaluation, compare, evaluate
from optimiser.planning.law_range import LawRange, range_over_law
from optimiser.planning.margins import MARGINS_ON, Margin, measure_margins
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search import separable
from optimiser.planning.search.focus import worst_places
from optimiser.planning.search.response_tables import interplay
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.stop_rules import Ending
from optimiser.planning.settings import Effort
from optimiser.planning.solution import Alternative, Lever
from optimiser.planning.true_gap import FEWEST, LOCAL, bound_true_gap, compare_exchanges
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

PROMISE = 20.0  # min: the reception of a delegation that levers are measured with; assumed
HURRIED = 100  # reporting scenarios after an interrupt, so that it ends soon; assumed


@dataclass(frozen=True)
class AssessmentParams:
    """How much is simulated at most; all assumed.

    Attributes
    ----------
    levers : officials that are looked at.
    exchanges : exchanges that the plan is compared with, fewer where each takes longer.
    exchange_budget : sectors that are simulated to compare them.
    places : beyond so many, exchanges are too many to say anything about all of them.
    """

    levers: int = 20
    exchanges: int = 2_000
    exchange_budget: int = 24_000_000
    places: int = 150


PARAMS = AssessmentParams()


@dataclass(frozen=True)
class Assessment:
    """What is said of a plan; attributes as in `solution.Solution`.

    Attributes
    ----------
    effort : what it took; fewer reporting scenarios than were asked for where an interrupt came.
    """

    effort: Effort
    certificate: Certificate
    evaluation: Evaluation
    alternatives: tuple[Alternative, ...] = ()
    levers: tuple[Lever, ...] = ()
    margins: tuple[Margin, ...] = ()
    law_range: LawRange | None = None


def verified(instance: Instance, plan: Deployment) -> Verdict:
    """Return the checker's verdict on a plan that was made here.

    Raises
    ------
    OptimiserError : the checker refuses it, which is a fault of this program.
    """
    verdict = check(instance, plan)
    if not verdict.passed:
        raise OptimiserError(
            Message("the loop made a deployment that the checker refuses: {verdict}", verdict=verdict.sentence())
        )
    return verdict


def assess(
    state: Search,
    others: Mapping[str, Deployment],
    effort: Effort,
    watcher: Watcher,
    *,
    solver: SolverName,
    levers: bool,
    over_law: bool,
    certify: bool,
) -> Assessment:
    """Evaluate the plan of a search on fresh scenarios, alone and beside others, and say what may be claimed.

    An interrupt leaves all out but the plan itself, which is evaluated on few scenarios then.

    Parameters
    ----------
    others : deployments to show beside the plan, by name.
    levers, over_law, certify : see `optimise.optimise`.
    """
    simulator = state.simulator
    watcher.reporting(Message("plan and alternatives"))
    certificate = certificate_of(state)
    try:
        if not state.interrupted:
            with held_back():
                fresh = effort.reporting_set(simulator.instance)
                plan = evaluate(simulator, state.deployment, fresh)
                alternatives = tuple(_alternative(simulator, plan, name, d, fresh) for name, d in others.items())
                measured = _levers(simulator, plan, fresh) if levers else ()
                aside = effort.another_set(simulator.instance, MARGINS_ON)
                margins = measure_margins(simulator, state.rules, state.best, aside)
                certificate = _compare_exchanges(certificate, state, effort, watcher)
                if certify:
                    true_gap = bound_true_gap(simulator, state.best, effort, watcher, solver=solver)
                    certificate = replace(certificate, true_gap=true_gap)
                ranged = _range_over_law(simulator, state.deployment, others, fresh, watcher) if over_law else None
                return Assessment(effort, certificate, plan, alternatives, measured, margins, ranged)
    except KeyboardInterrupt:
        state.ended = Ending.INTERRUPT
    hurried = replace(effort, reporting=min(effort.reporting, HURRIED))
    plan = evaluate(simulator, state.deployment, hurried.reporting_set(simulator.instance))
    return Assessment(hurried, certificate, plan)


def certificate_of(state: Search) -> Certificate:
    """Say what may be claimed about what a search found."""
    simulator = state.simulator
    reasons = list(interplay(simulator.instance, simulator.dispatch, simulator.law, state.scenarios.uncertain))
    if state.open_places:
        reasons.append(_unlisted(state.open_places))
    if state.by_clock:
        reasons.append(Message("the solver was cut by the clock"))
    if state.ended is not None and state.ended.value is not None:
        reasons.append(state.ended.value)
    if not reasons:
        reasons.append(Message("the search ended before the gap was closed"))
    found = certify(state.value, state.bound, len(state.scenarios), state.compared, tuple(reasons))
    return replace(found, listed=state.listed)


def _unlisted(places: Sequence[str]) -> Message:
    words = {"most": separable.PARAMS.grid, "places": ", ".join(places[:3])}
    if len(places) > 3:
        return Message(
            "more than {most:,} feasible configurations at {places} and others, of which a part was simulated", **words
        )
    return Message("more than {most:,} feasible configurations at {places}, of which a part was simulated", **words)


def _alternative(
    simulator: Simulator, plan: Evaluation, name: str, deployment: Deployment, fresh: Scenarios
) -> Alternative:
    other = evaluate(simulator, deployment, fresh)
    return Alternative(name, other, compare(plan, other), check(simulator.instance, deployment))


def _levers(simulator: Simulator, plan: Evaluation, fresh: Scenarios) -> tuple[Lever, ...]:
    """Measure, official by official, the same plan in the same scenarios with reception promised and kept.

    Where there are many officials, those where most is lost.
    """
    instance = simulator.instance
    visited = {stop.sector for g in instance.gatherings for stop in g.itinerary}
    open_ = np.array(
        [
            s
            for s, sector in enumerate(instance.sectors)
            if sector.official is not None and sector.official.promised is None and sector.id in visited
        ],
        dtype=np.int64,
    )
    lost = plan.outcome.losses(instance).mean(axis=0)
    result = []
    for s in open_[worst_places(lost[open_], PARAMS.levers)]:
        received = fresh.received.copy()
        received[:, s] = PROMISE
        played = evaluate(simulator, plan.deployment, replace(fresh, received=received))
        result.append(Lever(instance.sectors[s].id, PROMISE, compare(played, plan)))
    return tuple(result)


def _range_over_law(
    simulator: Simulator,
    plan: Deployment,
    others: Mapping[str, Deployment],
    fresh: Scenarios,
    watcher: Watcher,
) -> LawRange:
    """Simulate the plan and every alternative over the plausible constants of the law."""
    watcher.reporting(Message("the plausible constants of the law"))
    plans = np.stack([one.numbers(simulator.instance) for one in (plan, *others.values())])
    pairs = [(0, number) for number in range(1, len(plans))]
    return range_over_law(simulator, plans, fresh, pairs)


def _compare_exchanges(certificate: Certificate, state: Search, effort: Effort, watcher: Watcher) -> Certificate:
    """Add what fresh scenarios say about single exchanges, where they can say anything."""
    simulator, instance = state.simulator, state.simulator.instance
    fresh = effort.another_set(instance, LOCAL)
    comparable = len(fresh) >= FEWEST and instance.objective.tail_weight <= 0.0
    if certificate.gap <= 0.0 or not comparable or len(instance.places) > PARAMS.places:
        return certificate
    watcher.reporting(Message("single exchanges"))
    most = min(PARAMS.exchanges, max(1, PARAMS.exchange_budget // (len(fresh) * len(instance.sectors))))
    return replace(certificate, local=compare_exchanges(simulator, state.best, fresh, most))
