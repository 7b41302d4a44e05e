"""From an instance to a solution: hand rules, the loop, the checker, and the evaluation on fresh scenarios."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message
from optimiser.common.progress import Progress, Watcher
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.escalation_law import EscalationLaw
from optimiser.model.instance import Instance
from optimiser.model.values.arguments import checked
from optimiser.model.verdict import Verdict
from optimiser.planning.certificate import Certificate
from optimiser.planning.certificate import certify as claim
from optimiser.planning.evaluation import Evaluation, compare, evaluate
from optimiser.planning.programs.solver import SolverName
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.response_tables import interplay, tabulate_around
from optimiser.planning.search.search_state import Search
from optimiser.planning.search.separable import GRID
from optimiser.planning.search.stop_rules import StopRule, after_seconds, any_of
from optimiser.planning.settings import Effort, Means, default_budget
from optimiser.planning.solution import Alternative, Lever, Settings, Solution
from optimiser.planning.true_gap import FEWEST, LOCAL, bound_true_gap, compare_exchanges
from optimiser.simulation.dispatch import Dispatch, send_nearest
from optimiser.simulation.engine import EngineName
from optimiser.simulation.scenario import PLANNING, REPORTING, Scenarios, draw, draw_set
from optimiser.simulation.simulator import Simulator

PROMISE = 20.0  # min: the reception of a delegation that levers are measured with; assumed
LEVERS = 20  # officials that are looked at, at most; assumed
HURRIED = 100  # reporting scenarios after an interrupt, so that it ends soon
MARGIN = 200  # scenarios that margins are measured on at most; assumed
MARGIN_BUDGET = 30_000  # joint replications that margins may take; assumed
MARGIN_SECTORS = 40  # sectors whose margins are measured at most; assumed
EXCHANGES = 2_000  # exchanges that the plan is compared with at most, fewer where each takes longer; assumed
EXCHANGE_BUDGET = 24_000_000  # sectors that are played to compare them at most; assumed
MANY_PLACES = 150  # places beyond which exchanges are too many to say anything about all of them; assumed


@checked()
def optimise(
    instance: Instance,
    *,
    seed: int = 1,
    scenarios: int = 500,
    reporting: int | None = None,
    solver: SolverName = "highs",
    workers: int | None = None,
    seconds: float | None = None,
    budget: int | None = None,
    stop: StopRule | None = None,
    watcher: Watcher | None = None,
    law: EscalationLaw | None = None,
    dispatch: Dispatch = send_nearest,
    extra: Mapping[str, Deployment] | None = None,
    levers: bool = True,
    engine: EngineName = "auto",
    certify: bool = False,
) -> Solution:
    """Plan the deployment of one instance.

    Parameters
    ----------
    instance : the problem.
    seed : seed of every random stream; same seed, same result, whatever the number of processes.
    scenarios : planning scenarios the plan is chosen on.
    reporting : fresh scenarios every reported figure comes from; twice the planning ones by default.
    solver : ``highs`` or ``cbc``.
    workers : threads, or processes of the SimPy engine; all cores by default.
    seconds : wall time after which the search begins no new iteration; a run that it cut is not replayable. What
        follows the search takes its own time.
    budget : joint replications after which the search ends, see `default_budget`; the first candidates are simulated in
        any case. A sector played alone counts as its share of one.
    stop : a further stop rule.
    watcher : told about progress.
    law, dispatch : exchangeable parts of the simulation.
    extra : further deployments to show beside the plan, whether or not they pass the checker; those that pass are also
        first candidates of the loop.
    levers : whether to measure what the reception of a delegation would bring.
    engine : ``compiled``, ``simpy``, or ``auto`` for the compiled one where it can play law and dispatch rule.
    certify : whether to bound the distance from the true optimum, over all scenarios there could be; takes as long as
        planning some ten times.

    Raises
    ------
    Infeasible : it is proved that no deployment meets the requirements.
    NoPlan : none was found within the limits.
    KeyboardInterrupt : interrupted before any deployment was found; `Cancelled` where that came from `cancelled_by`.
    BadSetting : an argument is none that can be used; all that are wrong are named.
    Mismatch : one of `extra` is a plan of another instance.
    """
    watcher = watcher or Watcher()
    watcher.started(instance.title)
    means = Means.of(law, dispatch, engine, workers, solver)
    budget = budget or default_budget(instance, scenarios)
    effort = Effort(scenarios, reporting or 2 * scenarios, budget, seconds, seed)
    others = dict(extra or {})
    for other in others.values():
        other.belong(instance)
    first = candidates(instance)
    own = {name: d for name, d in others.items() if check(instance, d).passed}
    clock = Clock(after_seconds(math.inf if seconds is None else seconds))
    rules: list[StopRule] = [clock]
    rules += [stop] if stop is not None else []
    planning = draw(instance, seed, scenarios, PLANNING)
    with means.simulator(instance, watcher) as simulator:
        if simulator.why_slow:
            watcher.slow(simulator.why_slow)
        settings = Settings(
            seed, scenarios, reporting or 2 * scenarios, solver, means.law.name, budget, simulator.engine.name
        )
        found = search(simulator, planning, {**first, **own}, any_of(*rules), watcher, solver, seconds, budget)
        best = found.deployment
        verdict = check(instance, best)
        if not verdict.passed:
            raise OptimiserError(
                Message("the loop made a deployment that the checker refuses: {verdict}", verdict=verdict.sentence())
            )
        watcher.reporting(Message("plan and alternatives"))
        certificate = certificate_of(instance, found, clock.rang)
        try:
            if found.interrupted:
                raise KeyboardInterrupt
            fresh = draw(instance, seed, settings.reporting, REPORTING)
            plan = evaluate(simulator, best, fresh)
            shown = {**first, **others}
            alternatives = tuple(_alternative(simulator, plan, name, d, fresh) for name, d in shown.items())
            measured = _levers(simulator, plan, fresh) if levers else ()
            margins = _margins(found)
            certificate = _compared(certificate, found, settings, watcher)
            if certify:
                size = settings.scenarios
                true_gap = bound_true_gap(simulator, found.best, seed, size, budget, watcher, solver=solver)
                certificate = replace(certificate, true_gap=true_gap)
        except KeyboardInterrupt:
            found.interrupted = True
            settings = replace(settings, reporting=min(settings.reporting, HURRIED))
            plan = evaluate(simulator, best, draw(instance, seed, settings.reporting, REPORTING))
            alternatives, measured, margins = (), (), {}
    cut = found.by_clock or clock.rang
    return Solution(
        instance=instance,
        deployment=best,
        planning_objective=found.value,
        evaluation=plan,
        alternatives=alternatives,
        levers=measured,
        margins=margins,
        certificate=certificate,
        verdict=verdict,
        history=found.history,
        settings=settings,
        replayable=not (cut or found.interrupted),
        interrupted=found.interrupted,
    )


@dataclass
class Clock:
    """A stop rule that remembers whether it was the one that ended the search."""

    rule: StopRule
    rang: bool = False

    def __call__(self, progress: Progress) -> bool:
        self.rang |= self.rule(progress)
        return self.rang


def _alternative(
    simulator: Simulator, plan: Evaluation, name: str, deployment: Deployment, fresh: Scenarios
) -> Alternative:
    other = evaluate(simulator, deployment, fresh)
    verdict: Verdict = check(simulator.instance, deployment)
    return Alternative(name, other, compare(plan, other), verdict)


def _levers(simulator: Simulator, plan: Evaluation, fresh: Scenarios) -> tuple[Lever, ...]:
    """Measure, official by official, the same plan in the same scenarios with reception promised and kept.

    Where there are many officials, those where most is lost.
    """
    instance = simulator.instance
    visited = {stop.sector for g in instance.gatherings for stop in g.itinerary}
    open_ = [
        s
        for s, sector in enumerate(instance.sectors)
        if sector.official is not None and sector.official.promised is None and sector.id in visited
    ]
    lost = plan.outcome.losses(instance).mean(axis=0)
    result = []
    for s in sorted(sorted(open_, key=lambda s: (-lost[s], s))[:LEVERS]):
        received = fresh.received.copy()
        received[:, s] = PROMISE
        played = evaluate(simulator, plan.deployment, replace(fresh, received=received))
        result.append(Lever(instance.sectors[s].id, PROMISE, compare(played, plan)))
    return tuple(result)


def certificate_of(instance: Instance, found: Search, late: bool) -> Certificate:
    """Say what may be claimed about what a search found; `late` where a clock ended it."""
    reasons = list(interplay(instance, found.simulator.dispatch, found.simulator.law))
    if found.open_places:
        reasons.append(_unlisted(found.open_places))
    if found.by_clock:
        reasons.append(Message("the solver was cut by the clock"))
    if found.interrupted:
        reasons.append(Message("interrupted"))
    if found.spent:
        reasons.append(Message("the budget ended first"))
    elif late:
        reasons.append(Message("the clock ended the search first"))
    if not reasons:
        reasons.append(Message("the search ended before the gap was closed"))
    return claim(found.value, found.bound, len(found.scenarios), found.compared, tuple(reasons))


def _unlisted(places: Sequence[str]) -> Message:
    words = {"most": GRID, "places": ", ".join(places[:3])}
    if len(places) > 3:
        return Message(
            "more than {most:,} feasible configurations at {places} and others, of which a part was simulated", **words
        )
    return Message("more than {most:,} feasible configurations at {places}, of which a part was simulated", **words)


def _compared(certificate: Certificate, found: Search, settings: Settings, watcher: Watcher) -> Certificate:
    """Add what fresh scenarios say about single exchanges."""
    instance, simulator = found.simulator.instance, found.simulator
    comparable = settings.reporting >= FEWEST and instance.objective.tail_weight <= 0.0
    if certificate.gap > 0.0 and comparable and len(instance.places) <= MANY_PLACES:
        watcher.reporting(Message("single exchanges"))
        fresh = draw_set(instance, settings.seed, settings.reporting, LOCAL)
        most = min(EXCHANGES, max(1, EXCHANGE_BUDGET // (len(fresh) * len(instance.sectors))))
        certificate = replace(certificate, local=compare_exchanges(simulator, found.best, fresh, most))
    return certificate


def _margins(found: Search) -> dict[tuple[str, str], tuple[float | None, float | None]]:
    """Measure what one team fewer and one more of a kind would change, sector by sector, on planning scenarios.

    Where there are many sectors, those where most is lost.
    """
    instance, simulator = found.simulator.instance, found.simulator
    lost = simulator.course(found.best, found.scenarios).loss.mean(axis=0)
    sectors = np.sort(np.argsort(-lost, kind="stable")[:MARGIN_SECTORS])
    variants = max(1, 2 * int(found.rules.standing[sectors].sum()))
    few = min(MARGIN, len(found.scenarios), max(2, MARGIN_BUDGET // variants))
    tables, _ = tabulate_around(simulator, found.scenarios.first(few), found.best, found.rules, sectors)
    officers = np.isin(np.arange(found.best.shape[1]), found.rules.officers)
    margins: dict[tuple[str, str], tuple[float | None, float | None]] = {}
    for s, sector in ((s, instance.sectors[s]) for s in sectors):
        change, mean = tables[sector.id].numbers - found.best[s], tables[sector.id].loss.mean(axis=1)
        for k, team in enumerate(instance.teams):
            same = ~np.any(change * ~officers != np.eye(len(officers), dtype=np.int64)[k] * change[:, [k]], axis=1)
            fewer, more = (mean[same & (change[:, k] == by)] for by in (-1, 1))
            if len(fewer) or len(more):
                margins[sector.id, team.id] = (
                    float(fewer[0]) if len(fewer) else None,
                    float(more[0]) if len(more) else None,
                )
    return margins
