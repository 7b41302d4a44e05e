"""From an instance to a solution: hand rules, the loop, the checker, and the evaluation on fresh scenarios."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from optimiser.certificate import Certificate, certify
from optimiser.checker import check
from optimiser.configuration import configuration_of
from optimiser.deployment import Deployment
from optimiser.dispatch import Dispatch, send_nearest
from optimiser.errors import OptimiserError
from optimiser.escalation import EscalationLaw, RiskLaw
from optimiser.evaluation import Evaluation, compare, evaluate
from optimiser.handrules import candidates
from optimiser.instance import Instance
from optimiser.loop import GRID, Search, search
from optimiser.progress import Watcher
from optimiser.scenario import PLANNING, REPORTING, Scenarios, draw
from optimiser.simulation import Simulator
from optimiser.solution import Alternative, Lever, Settings, Solution
from optimiser.solver import SolverName
from optimiser.stop import StopRule, after_replications, after_seconds, any_of
from optimiser.table import interplay
from optimiser.verdict import Verdict

PROMISE = 20.0  # min: the reception of a delegation that levers are measured with; assumed
HURRIED = 100  # reporting scenarios after an interrupt, so that it ends soon


@dataclass(frozen=True)
class Means:
    """What simulates: law, dispatch rule and number of processes."""

    law: EscalationLaw
    dispatch: Dispatch
    workers: int


def optimise(
    instance: Instance,
    *,
    seed: int = 1,
    scenarios: int = 200,
    reporting: int | None = None,
    solver: SolverName = "highs",
    workers: int | None = None,
    seconds: float | None = None,
    budget: int = 16_000,
    stop: StopRule | None = None,
    watcher: Watcher | None = None,
    law: EscalationLaw | None = None,
    dispatch: Dispatch = send_nearest,
    extra: Mapping[str, Deployment] | None = None,
    levers: bool = True,
) -> Solution:
    """Plan the deployment of one instance.

    Parameters
    ----------
    instance : the problem.
    seed : seed of every random stream; same seed, same result, whatever the number of processes.
    scenarios : planning scenarios the plan is chosen on.
    reporting : fresh scenarios every reported figure comes from; twice the planning ones by default.
    solver : ``highs`` or ``cbc``.
    workers : processes; all cores by default, 1 simulates in this process.
    seconds : wall time after which no new iteration begins; a run that it cut is not replayable.
    budget : joint replications after which no new iteration begins.
    stop : a further stop rule.
    watcher : told about progress.
    law, dispatch : exchangeable parts of the simulation.
    extra : further deployments to show beside the plan, whether or not they pass the checker; those that pass are also
        first candidates of the loop.
    levers : whether to measure what the reception of a delegation would bring.

    Raises
    ------
    Infeasible : it is proved that no deployment meets the requirements.
    NoPlan : none was found within the limits.
    KeyboardInterrupt : interrupted before any deployment was found.
    """
    watcher = watcher or Watcher()
    watcher.started(instance.title)
    means = Means(law or RiskLaw(), dispatch, workers or os.cpu_count() or 1)
    settings = Settings(seed, scenarios, reporting or 2 * scenarios, solver, means.law.name, budget)
    others = dict(extra or {})
    first = candidates(instance)
    own = {name: d for name, d in others.items() if check(instance, d).passed}
    rules = [after_replications(budget)]
    rules += [after_seconds(seconds)] if seconds is not None else []
    rules += [stop] if stop is not None else []
    planning = draw(instance, seed, scenarios, PLANNING)
    with Simulator(instance, means.law, means.dispatch, means.workers) as simulator:
        found = search(simulator, planning, {**first, **own}, any_of(*rules), watcher, solver, seconds)
        verdict = check(instance, found.best)
        if not verdict.passed:
            raise OptimiserError(f"the loop made a deployment that the checker refuses: {verdict.sentence()}")
        watcher.reporting("plan and alternatives")
        try:
            if found.interrupted:
                raise KeyboardInterrupt
            fresh = draw(instance, seed, settings.reporting, REPORTING)
            plan = evaluate(simulator, found.best, fresh)
            shown = {**first, **others}
            alternatives = tuple(_alternative(simulator, plan, name, d, fresh) for name, d in shown.items())
            measured = _levers(instance, means, plan, fresh) if levers else ()
        except KeyboardInterrupt:
            found.interrupted = True
            settings = replace(settings, reporting=min(settings.reporting, HURRIED))
            plan = evaluate(simulator, found.best, draw(instance, seed, settings.reporting, REPORTING))
            alternatives, measured = (), ()
    cut = found.by_clock or (seconds is not None and bool(found.history) and found.history[-1].seconds >= seconds)
    return Solution(
        instance=instance,
        plan=found.best.model_copy(update={"title": "plan"}),
        planning_objective=found.value,
        evaluation=plan,
        alternatives=alternatives,
        levers=measured,
        margins=_margins(instance, found),
        certificate=_certificate(instance, found, planning),
        verdict=verdict,
        history=found.history,
        settings=settings,
        replayable=not (cut or found.interrupted),
        interrupted=found.interrupted,
    )


def _alternative(
    simulator: Simulator, plan: Evaluation, name: str, deployment: Deployment, fresh: Scenarios
) -> Alternative:
    other = evaluate(simulator, deployment, fresh)
    verdict: Verdict = check(simulator.instance, deployment)
    return Alternative(name, other, compare(plan, other), verdict)


def _levers(instance: Instance, means: Means, plan: Evaluation, fresh: Scenarios) -> tuple[Lever, ...]:
    """Measure, official by official, the same plan in the same scenarios with reception promised and kept."""
    result = []
    visited = {stop.sector for g in instance.gatherings for stop in g.itinerary}
    for i, sector in enumerate(instance.sectors):
        if sector.official is None or sector.official.promised is not None or sector.id not in visited:
            continue
        official = sector.official.model_copy(update={"promised": PROMISE})
        changed = sector.model_copy(update={"official": official})
        sectors = (*instance.sectors[:i], changed, *instance.sectors[i + 1 :])
        other = instance.model_copy(update={"sectors": sectors})
        with Simulator(other, means.law, means.dispatch, means.workers) as simulator:
            played = evaluate(simulator, plan.deployment, draw(other, fresh.seed, len(fresh), fresh.group))
        result.append(Lever(sector.id, PROMISE, compare(played, plan)))
    return tuple(result)


def _certificate(instance: Instance, found: Search, planning: Scenarios) -> Certificate:
    reasons = list(interplay(instance, found.simulator.dispatch, found.simulator.law))
    if not reasons and not found.exact:
        reasons.append(f"a place has more than {GRID} feasible configurations, and only a part was simulated")
    if found.by_clock:
        reasons.append("the solver was cut by the clock")
    if found.interrupted:
        reasons.append("interrupted")
    return certify(found.value, found.bound, len(planning), found.compared, exact=found.exact, reasons=tuple(reasons))


def _margins(instance: Instance, found: Search) -> dict[tuple[str, str], tuple[float | None, float | None]]:
    """Read from the last tables what one team fewer and one more of a kind would change, sector by sector."""
    margins = {}
    for sector in instance.sectors:
        table = found.tables.get(sector.id) if found.tables else None
        own = configuration_of(instance, found.best, sector.id)
        if table is None or own not in table.configurations:
            continue
        mean = {
            (c.teams, c.vehicles): float(m) for c, m in zip(table.configurations, table.loss.mean(axis=1), strict=True)
        }
        here = mean[own.teams, own.vehicles]
        for k, team in enumerate(instance.teams):
            fewer, more = (mean.get((_changed(own.teams, k, by), own.vehicles)) for by in (-1, 1))
            if fewer is not None or more is not None:
                margins[sector.id, team.id] = (
                    None if fewer is None else fewer - here,
                    None if more is None else more - here,
                )
    return margins


def _changed(numbers: tuple[int, ...], k: int, by: int) -> tuple[int, ...]:
    return tuple(n + by if i == k else n for i, n in enumerate(numbers))
